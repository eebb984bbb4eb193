/* Blockers: each server that could give its part is looked at over the window as it was asked
 * for: it is free, or its rack is not in service, or jobs hold it, or its watts do not fit. What a
 * job or rack keeps back is summed over its servers. Where there is an offer later on, only jobs
 * that hold its servers are told, those that end last first; else all, those that end first first.
 * Racks follow by the date they are expected. Before all of them comes what the tenant's quota is
 * against. */
#include "capacity/offer_desk.h"
#include "capacity/site_forecast.h"

#include "base/check.h"
#include "base/instant.h"
#include "base/memory.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { CLAIMS_MAX = 1 << 20, LIST_MAX = 1 << 24 };

struct looking {
    struct plenum_offer_desk *desk;
    const struct plenum_ledger *ledger;
    const struct fit_request *shape;
    int64_t from_ms, until_ms;
    struct plenum_blocker *list; /* of jobs and racks, in the order they were met */
    size_t count, capacity;
    int32_t servers, open_servers, free_servers; /* that could serve; in service; free then */
    const struct plenum_offer *first;            /* or NULL */
};

/* --- racks ------------------------------------------------------------------------------------ */

static struct plenum_blocker *find_blocker(struct looking *looking, enum plenum_blocker_kind kind,
                                           uint64_t job, int32_t rack)
{
    for (size_t i = looking->count; i > 0; i--) {
        struct plenum_blocker *other = &looking->list[i - 1];
        if (other->kind == kind && other->job == job && other->rack == rack)
            return other;
    }
    struct plenum_blocker fresh = {.kind = kind, .job = job, .rack = rack};
    ARRAY_PUSH(looking->list, looking->count, looking->capacity, LIST_MAX) = fresh;
    return &looking->list[looking->count - 1];
}

/* --- one server ------------------------------------------------------------------------------- */

static void look_at_rack(struct looking *looking, int32_t rack, int32_t devices)
{
    struct plenum_blocker *blocker = find_blocker(looking, PLENUM_BLOCKER_RACK, 0, rack);
    const int64_t *row = plenum_ledger_row(looking->ledger, PLENUM_RACK, (uint64_t)rack);
    blocker->accelerators += devices;
    blocker->at_ms = row[PLENUM_RACK_EXPECTED_MS] != 0
                         ? row[PLENUM_RACK_EXPECTED_MS]
                         : site_rack_expected_ms(looking->ledger, rack);
}

size_t offer_claims_on(struct plenum_offer_desk *desk, const struct plenum_ledger *ledger,
                       int32_t server, const struct plenum_capacity_claim **claims)
{
    size_t count = plenum_capacity_claims_on(ledger, server, desk->claims, desk->claim_capacity);
    if (count > desk->claim_capacity) {
        count = count < CLAIMS_MAX ? count : CLAIMS_MAX;
        desk->claims = array_reserve(desk->claims, &desk->claim_capacity, count,
                                     sizeof *desk->claims, CLAIMS_MAX);
        plenum_capacity_claims_on(ledger, server, desk->claims, count);
    }
    *claims = desk->claims;
    return count;
}

static void look_at_claims(struct looking *looking, int32_t server)
{
    const struct plenum_capacity_claim *claims;
    size_t count = offer_claims_on(looking->desk, looking->ledger, server, &claims);
    for (size_t i = 0; i < count; i++) {
        const struct plenum_capacity_claim *claim = &claims[i];
        bool job = claim->owner.kind == PLENUM_JOB;
        if ((!job && claim->owner.kind != PLENUM_MAINTENANCE) ||
            claim->until_ms <= looking->from_ms || claim->from_ms >= looking->until_ms)
            continue;
        struct plenum_blocker *blocker = find_blocker(
            looking, job ? PLENUM_BLOCKER_JOB : PLENUM_BLOCKER_MAINTENANCE, claim->owner.id,
            job ? PLENUM_NONE : looking->desk->site->servers[server].rack);
        blocker->accelerators += __builtin_popcountll(claim->accelerators);
        blocker->at_ms = claim->until_ms > blocker->at_ms ? claim->until_ms : blocker->at_ms;
    }
}

static bool part_is_free(const struct looking *looking, int32_t server)
{
    const struct fit_request *shape = looking->shape;
    const struct plenum_site *site = looking->desk->site;
    const struct plenum_server_model *model = &site->server_models[site->servers[server].model];
    int32_t devices = 0;
    struct plenum_capacity_free free_on;
    site_calendar_free(site_fit_calendar(looking->desk->fit), looking->ledger, server,
                       looking->from_ms, looking->until_ms, &free_on);
    for (int32_t i = 0; i < model->accelerators; i++)
        devices += shape->milli == 1000 ? (int32_t)(free_on.whole >> i & 1)
                                        : free_on.milli[i] >= shape->milli;
    return devices >= shape->accelerators && free_on.cores >= shape->cores &&
           free_on.memory_bytes >= shape->memory_bytes;
}

static bool is_part_of(const struct plenum_offer *offer, int32_t server)
{
    for (int32_t i = 0; i < offer->part_count; i++)
        if (offer->parts[i].server == server)
            return true;
    return false;
}

static void look_at_server(struct looking *looking, int32_t server)
{
    const struct plenum_site *site = looking->desk->site;
    const struct plenum_server_model *model = &site->server_models[site->servers[server].model];
    int32_t rack = site->servers[server].rack;
    if (!site_fit_serves(model, looking->shape) ||
        plenum_ledger_get(looking->ledger, PLENUM_RACK, (uint64_t)rack, PLENUM_FIELD_STATE) ==
            PLENUM_RACK_RETIRED)
        return;
    looking->servers++;
    int64_t opens_ms, closes_ms;
    plenum_capacity_window(looking->ledger, server, &opens_ms, &closes_ms);
    if (opens_ms > looking->from_ms || closes_ms < looking->until_ms) {
        look_at_rack(looking, rack, model->accelerators);
        return;
    }
    looking->open_servers++;
    if (part_is_free(looking, server))
        looking->free_servers++;
    else if (!looking->first || is_part_of(looking->first, server))
        look_at_claims(looking, server);
}

/* --- the texts -------------------------------------------------------------------------------- */

static const char *what_of(const struct looking *looking)
{
    return looking->shape->chip == PLENUM_NONE
               ? "no accelerators"
               : looking->desk->site->chips[looking->shape->chip].name;
}

static void text_job(const struct looking *looking, struct plenum_blocker *blocker)
{
    char until[INSTANT_TEXT];
    const int64_t *row = plenum_ledger_row(looking->ledger, PLENUM_JOB, blocker->job);
    CHECK(row);
    (void)text_format(blocker->text, sizeof blocker->text,
                      "job %" PRIu64 " of %s, %s, holds %" PRId32 " %s until %s", blocker->job,
                      looking->desk->site->tenants[row[PLENUM_JOB_TENANT]].name,
                      plenum_state_name(PLENUM_JOB, (int32_t)row[PLENUM_FIELD_STATE]),
                      blocker->accelerators, what_of(looking),
                      instant_format(blocker->at_ms, until));
}

static void text_maintenance(const struct looking *looking, struct plenum_blocker *blocker)
{
    char until[INSTANT_TEXT];
    (void)text_format(blocker->text, sizeof blocker->text,
                      "maintenance %" PRIu64 " keeps %" PRId32 " %s in rack %s clear until %s",
                      blocker->job, blocker->accelerators, what_of(looking),
                      looking->desk->site->racks[blocker->rack].name,
                      instant_format(blocker->at_ms, until));
}

static void text_rack(const struct looking *looking, struct plenum_blocker *blocker)
{
    char expected[INSTANT_TEXT];
    int64_t state = plenum_ledger_get(looking->ledger, PLENUM_RACK, (uint64_t)blocker->rack,
                                      PLENUM_FIELD_STATE);
    (void)text_format(blocker->text, sizeof blocker->text,
                      "rack %s with %" PRId32 " %s is %s, in service by about %s",
                      looking->desk->site->racks[blocker->rack].name, blocker->accelerators,
                      what_of(looking), plenum_state_name(PLENUM_RACK, (int32_t)state),
                      instant_format(blocker->at_ms, expected));
}

static int compare_blockers(const void *a, const void *b)
{
    const struct plenum_blocker *x = a, *y = b;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    if (x->at_ms != y->at_ms)
        return x->at_ms < y->at_ms ? -1 : 1;
    if (x->job != y->job)
        return x->job < y->job ? -1 : 1;
    return (x->rack > y->rack) - (x->rack < y->rack);
}

static int compare_last_first(const void *a, const void *b)
{
    const struct plenum_blocker *x = a, *y = b;
    bool jobs = x->kind == PLENUM_BLOCKER_JOB && y->kind == PLENUM_BLOCKER_JOB;
    if (jobs && x->at_ms != y->at_ms)
        return x->at_ms > y->at_ms ? -1 : 1;
    return compare_blockers(a, b);
}

static int64_t first_ms(const struct looking *looking)
{
    return looking->first ? looking->first->start_ms : PLENUM_FOREVER;
}

static void push(struct plenum_offer_answer *answer, const struct plenum_blocker *blocker)
{
    if (answer->blocker_count < PLENUM_OFFER_BLOCKERS_MAX)
        answer->blockers[answer->blocker_count++] = *blocker;
}

/* Before any job or rack: what there is and what is needed. */
static void push_sum(const struct looking *looking, struct plenum_offer_answer *answer)
{
    char from[INSTANT_TEXT];
    const struct fit_request *shape = looking->shape;
    struct plenum_blocker blocker = {
        .kind = PLENUM_BLOCKER_FREE, .at_ms = first_ms(looking), .rack = PLENUM_NONE};
    (void)text_format(blocker.text, sizeof blocker.text,
                      "from %s on, %" PRId32 " of %" PRId32 " servers with %s (%" PRId32
                      " in service) are free for all of it, %" PRId32 " are needed%s",
                      instant_format(looking->from_ms, from), looking->free_servers,
                      looking->servers, what_of(looking), looking->open_servers, shape->servers,
                      looking->free_servers < shape->servers ? ""
                      : shape->within != PLENUM_WITHIN_SITE  ? ", all in one place"
                      : shape->spread != PLENUM_SPREAD_NONE  ? ", none with another's failures"
                                                             : "");
    push(answer, &blocker);
}

/* --- quota ------------------------------------------------------------------------------------ */

static void push_quota(const struct looking *looking, const struct plenum_offer_request *request,
                       struct plenum_offer_answer *answer)
{
    const struct fit_request *shape = looking->shape;
    struct plenum_blocker blocker = {
        .kind = PLENUM_BLOCKER_QUOTA, .at_ms = first_ms(looking), .rack = PLENUM_NONE};
    struct plenum_offer asked = {.start_ms = looking->from_ms,
                                 .end_ms = looking->until_ms,
                                 .part_count = shape->servers,
                                 .per_server = shape->accelerators,
                                 .milli = shape->milli,
                                 .chip = shape->chip};
    if (request->tenant == PLENUM_NONE)
        return;
    offer_price(looking->desk, looking->ledger, shape, &asked);
    struct quota_window window = quota_limits_window(&looking->desk->limits, request, &asked);
    if (!quota_limits_admit(&looking->desk->limits, &window, blocker.text))
        push(answer, &blocker);
}

/* --- power ------------------------------------------------------------------------------------ */

/* Enough servers are free: it is their watts, which the ledger names. They are claimed in the name
 * of their racks, since a job that only holds watts would be refused for that. */
static void push_power(const struct looking *looking, struct plenum_offer_answer *answer)
{
    const struct plenum_site *site = looking->desk->site;
    struct plenum_command *command = &looking->desk->command;
    struct plenum_blocker blocker = {
        .kind = PLENUM_BLOCKER_POWER, .at_ms = first_ms(looking), .rack = PLENUM_NONE};
    struct plenum_refusal refusal;
    int32_t left = looking->shape->servers;
    plenum_command_reset(command, PLENUM_COMMAND_JOB_RESERVE, "offer");
    for (int32_t server = 0; server < site->server_count && left > 0; server++) {
        const struct plenum_server_model *model = &site->server_models[site->servers[server].model];
        int64_t opens_ms, closes_ms;
        plenum_capacity_window(looking->ledger, server, &opens_ms, &closes_ms);
        if (!site_fit_serves(model, looking->shape) || opens_ms > looking->from_ms ||
            closes_ms < looking->until_ms || !part_is_free(looking, server))
            continue;
        int64_t watts = fit_request_w(model, looking->shape);
        int32_t rack = site->servers[server].rack;
        if (watts > 0)
            plenum_command_claim_power(command, plenum_ref(PLENUM_RACK, (uint64_t)rack),
                                       site->positions[site->racks[rack].position].load,
                                       looking->from_ms, looking->until_ms, watts);
        left--;
    }
    if (plenum_ledger_test(looking->ledger, command, &refusal) ||
        refusal.reason > PLENUM_REASON_COOLING_LIMIT)
        return;
    (void)plenum_refusal_format(site, &refusal, blocker.text);
    push(answer, &blocker);
}

/* --- the whole -------------------------------------------------------------------------------- */

static void push_never(const struct plenum_offer_request *request, const char *why, int32_t there,
                       struct plenum_offer_answer *answer)
{
    struct plenum_blocker blocker = {
        .kind = PLENUM_BLOCKER_NEVER, .at_ms = PLENUM_FOREVER, .rack = PLENUM_NONE};
    (void)text_format(blocker.text, sizeof blocker.text,
                      "larger than the site could ever hold: %" PRId32
                      " accelerators asked, %s %" PRId32,
                      request->accelerators, why, there);
    push(answer, &blocker);
}

/* Says so where the request could be served if its servers might draw more. */
static bool push_capped(const struct plenum_site *site, const struct plenum_offer_request *request,
                        struct plenum_offer_answer *answer)
{
    struct fit_request shapes[SHAPES_MAX];
    struct plenum_offer_request free_to_draw = *request;
    struct plenum_blocker blocker = {
        .kind = PLENUM_BLOCKER_POWER, .at_ms = PLENUM_FOREVER, .rack = PLENUM_NONE};
    int64_t least_w = INT64_MAX;
    free_to_draw.max_w = 0;
    int32_t count = offer_shapes(site, &free_to_draw, shapes);
    for (int32_t i = 0; i < count; i++)
        for (int32_t model = 0; model < site->server_model_count; model++) {
            if (!site_fit_serves(&site->server_models[model], &shapes[i]))
                continue;
            int64_t watts = offer_least_w(&site->server_models[model], &shapes[i]);
            least_w = watts < least_w ? watts : least_w;
        }
    if (count == 0)
        return false;
    (void)text_format(blocker.text, sizeof blocker.text,
                      "at most %" PRId64 " W were asked, and at least %" PRId64 " W are needed",
                      request->max_w, least_w);
    push(answer, &blocker);
    return true;
}

static void look(struct looking *looking, const struct plenum_offer_request *request,
                 struct plenum_offer_answer *answer)
{
    for (int32_t server = 0; server < looking->desk->site->server_count; server++)
        look_at_server(looking, server);
    if (looking->servers < looking->shape->servers) {
        push_never(request, "servers that could give a part:", looking->servers, answer);
        return;
    }
    push_quota(looking, request, answer);
    push_sum(looking, answer);
    if (looking->free_servers >= looking->shape->servers)
        push_power(looking, answer);
    if (looking->count > 1)
        qsort(looking->list, looking->count, sizeof *looking->list,
              looking->first ? compare_last_first : compare_blockers);
    for (size_t i = 0; i < looking->count && i < PLENUM_OFFER_BLOCKERS_MAX; i++) {
        struct plenum_blocker *blocker = &looking->list[i];
        if (blocker->kind == PLENUM_BLOCKER_JOB)
            text_job(looking, blocker);
        else if (blocker->kind == PLENUM_BLOCKER_MAINTENANCE)
            text_maintenance(looking, blocker);
        else
            text_rack(looking, blocker);
        push(answer, blocker);
    }
}

void offer_blockers(struct plenum_offer_desk *desk, const struct plenum_ledger *ledger,
                    const struct plenum_offer_request *request, const struct fit_request *shapes,
                    int32_t shape_count, const struct plenum_offer *first,
                    struct plenum_offer_answer *answer)
{
    int64_t now_ms = plenum_ledger_now_ms(ledger);
    int64_t from_ms = request->earliest_ms > now_ms ? request->earliest_ms : now_ms;
    if (first && first->start_ms <= from_ms)
        return;
    if (shape_count == 0 && request->max_w > 0 && push_capped(desk->site, request, answer))
        return;
    if (shape_count == 0) {
        push_never(request, "servers that could give its part:", 0, answer);
        return;
    }
    int32_t index = 0;
    while (first && index + 1 < shape_count && shapes[index].chip != first->chip)
        index++;
    struct looking looking = {.desk = desk,
                              .ledger = ledger,
                              .shape = &shapes[index],
                              .first = first,
                              .from_ms = from_ms,
                              .until_ms = from_ms + request->duration_ms};
    look(&looking, request, answer);
    free(looking.list);
}
