/* Maintenance: servers kept clear for work on a server, a rack or a power node. The maintenance
 * holds all of each server for its time, so nothing can be sold into it. Work on a power node needs
 * the servers of racks that have no feed besides: the others go on with the feed that is left,
 * which the power book has kept free for just that. */
#include "capacity/offer_desk.h"
#include "capacity/site_reclaim.h"

#include "base/check.h"
#include "base/instant.h"
#include "base/memory.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdlib.h>

#define WEEKS_2_MS (INT64_C(14) * 24 * 3600 * 1000)

enum { CLAIMS_MAX = 1 << 24 };

static bool node_is_under(const struct plenum_site *site, int32_t node, int32_t above)
{
    while (node != PLENUM_NONE && node != above)
        node = site->power_nodes[node].parent;
    return node != PLENUM_NONE;
}

/* Whether the rack's watts all come through the node. */
static bool loses_power(const struct plenum_site *site, int32_t rack, int32_t node)
{
    const int32_t *nodes = site->loads[site->positions[site->racks[rack].position].load].nodes;
    return node_is_under(site, nodes[0], node) &&
           (nodes[1] == PLENUM_NONE || node_is_under(site, nodes[1], node));
}

static bool is_kept_clear(const struct plenum_site *site, const struct plenum_maintenance *work,
                          int32_t server)
{
    int32_t rack = site->servers[server].rack;
    if (work->server != PLENUM_NONE)
        return server == work->server;
    return work->rack != PLENUM_NONE ? rack == work->rack : loses_power(site, rack, work->node);
}

static enum plenum_status check(const struct plenum_ledger *ledger,
                                const struct plenum_maintenance *work, struct plenum_error *error)
{
    const struct plenum_site *site = plenum_ledger_site(ledger);
    char from[INSTANT_TEXT], until[INSTANT_TEXT], now[INSTANT_TEXT];
    int64_t now_ms = plenum_ledger_now_ms(ledger);
    int named =
        (work->rack != PLENUM_NONE) + (work->server != PLENUM_NONE) + (work->node != PLENUM_NONE);
    if (named != 1)
        return plenum_fail(error, PLENUM_INPUT,
                           "expected one of rack, server and node: found %d of them", named);
    if (work->rack >= site->rack_count || work->server >= site->server_count ||
        work->node >= site->power_node_count || work->rack < PLENUM_NONE ||
        work->server < PLENUM_NONE || work->node < PLENUM_NONE)
        return plenum_fail(error, PLENUM_INPUT, "there is no rack, server or node of that number");
    if (work->from_ms < now_ms)
        return plenum_fail(error, PLENUM_INPUT, "from_ms: %s is past: the clock stands at %s",
                           instant_format(work->from_ms, from), instant_format(now_ms, now));
    if (work->until_ms <= work->from_ms ||
        work->until_ms - work->from_ms > PLENUM_OFFER_DURATION_MAX)
        return plenum_fail(
            error, PLENUM_INPUT,
            "until_ms: found %s, expected an instant after from_ms, at most 366 days",
            instant_format(work->until_ms, until));
    return PLENUM_OK;
}

/* --- what stands there ------------------------------------------------------------------------ */

struct standing_list {
    struct plenum_capacity_claim *claims; /* on servers that are to be clear, not yet over */
    size_t count, capacity;
    uint8_t *clear; /* by server */
    int32_t servers;
};

static void find_standing(struct plenum_offer_desk *desk, const struct plenum_ledger *ledger,
                          const struct plenum_maintenance *work, struct standing_list *list)
{
    const struct plenum_site *site = desk->site;
    *list = (struct standing_list){.clear = memory_new((size_t)site->server_count, 1)};
    for (int32_t server = 0; server < site->server_count; server++) {
        const struct plenum_capacity_claim *claims;
        if (!is_kept_clear(site, work, server))
            continue;
        list->clear[server] = 1;
        list->servers++;
        size_t count = offer_claims_on(desk, ledger, server, &claims);
        for (size_t i = 0; i < count; i++)
            if (claims[i].until_ms > work->from_ms)
                ARRAY_PUSH(list->claims, list->count, list->capacity, CLAIMS_MAX) = claims[i];
    }
}

static void drop_standing(struct standing_list *list)
{
    free(list->claims);
    free(list->clear);
}

/* Whether the i-th is the first of its owner that meets the work. */
static bool is_first_in_the_way(const struct standing_list *list, size_t i,
                                const struct plenum_maintenance *work)
{
    if (list->claims[i].from_ms >= work->until_ms || list->claims[i].owner.kind != PLENUM_JOB)
        return false;
    for (size_t k = 0; k < i; k++)
        if (list->claims[k].owner.id == list->claims[i].owner.id &&
            list->claims[k].owner.kind == PLENUM_JOB && list->claims[k].from_ms < work->until_ms)
            return false;
    return true;
}

/* The first instant from which nothing stands there for as long as the work takes. */
static int64_t first_clear(const struct standing_list *list, const struct plenum_maintenance *work)
{
    int64_t length_ms = work->until_ms - work->from_ms, at_ms = work->from_ms;
    for (bool moved = true; moved;) {
        moved = false;
        for (size_t i = 0; i < list->count; i++)
            if (list->claims[i].from_ms < at_ms + length_ms && list->claims[i].until_ms > at_ms) {
                at_ms = list->claims[i].until_ms;
                moved = true;
            }
        if (at_ms == PLENUM_FOREVER)
            break;
    }
    return at_ms;
}

/* When the job could start elsewhere, and the sentence that says so. */
static void tell_standing(struct plenum_offer_desk *desk, const struct plenum_ledger *ledger,
                          const struct standing_list *list, uint64_t job,
                          struct plenum_standing *standing)
{
    char until[INSTANT_TEXT], start[INSTANT_TEXT];
    const int64_t *row = plenum_ledger_row(ledger, PLENUM_JOB, job);
    CHECK(row);
    struct fit_request request = fit_request_of(row);
    int64_t now_ms = plenum_ledger_now_ms(ledger), from_ms = row[PLENUM_JOB_START_MS];
    from_ms = from_ms > now_ms ? from_ms : now_ms;
    site_fit_exclude(desk->fit, list->clear);
    int64_t start_ms = offer_search(desk, ledger, &request, from_ms, from_ms + WEEKS_2_MS);
    site_fit_exclude(desk->fit, NULL);
    *standing = (struct plenum_standing){job, row[PLENUM_JOB_START_MS], row[PLENUM_JOB_END_MS],
                                         start_ms, ""};
    (void)text_format(standing->text, sizeof standing->text,
                      "job %" PRIu64 " of %s, %s until %s: %s%s", job,
                      desk->site->tenants[row[PLENUM_JOB_TENANT]].name,
                      plenum_state_name(PLENUM_JOB, (int32_t)row[PLENUM_FIELD_STATE]),
                      instant_format(row[PLENUM_JOB_END_MS], until),
                      start_ms == PLENUM_FOREVER ? "no place elsewhere within two weeks"
                                                 : "could be elsewhere from ",
                      start_ms == PLENUM_FOREVER ? "" : instant_format(start_ms, start));
}

enum plenum_status plenum_maintenance_ask(struct plenum_offer_desk *desk,
                                          const struct plenum_ledger *ledger,
                                          const struct plenum_maintenance *work,
                                          struct plenum_maintenance_answer *answer,
                                          struct plenum_error *error)
{
    struct standing_list list;
    enum plenum_status status = check(ledger, work, error);
    answer->standing_count = 0;
    if (status != PLENUM_OK)
        return status;
    find_standing(desk, ledger, work, &list);
    answer->servers = list.servers;
    answer->earliest_ms = first_clear(&list, work);
    for (size_t i = 0; i < list.count && answer->standing_count < PLENUM_STANDING_MAX; i++)
        if (is_first_in_the_way(&list, i, work))
            tell_standing(desk, ledger, &list, list.claims[i].owner.id,
                          &answer->standing[answer->standing_count++]);
    drop_standing(&list);
    return PLENUM_OK;
}

/* --- commands --------------------------------------------------------------------------------- */

/* What runs into the work ends when it begins, told now; what would begin later waits again. Both
 * are placed elsewhere before all that was not sold. */
static void take_off(const struct plenum_ledger *ledger, uint64_t job,
                     const struct plenum_maintenance *work, struct plenum_command *command)
{
    const int64_t *row = plenum_ledger_row(ledger, PLENUM_JOB, job);
    struct plenum_ref ref = plenum_ref(PLENUM_JOB, job);
    bool later = row[PLENUM_FIELD_STATE] == PLENUM_JOB_RUNNING &&
                 work->from_ms > plenum_ledger_now_ms(ledger);
    if (!later) {
        site_reclaim_put_back(ledger, command, job);
        return;
    }
    plenum_command_release(command, ref, PLENUM_BOOK_POWER | PLENUM_BOOK_CAPACITY, work->from_ms);
    plenum_command_set(command, ref, PLENUM_JOB_END_MS, work->from_ms);
    plenum_command_set(command, ref, PLENUM_JOB_PREEMPTED_MS, work->from_ms);
}

static void keep_clear(const struct plenum_site *site, const struct standing_list *list,
                       struct plenum_ref ref, const struct plenum_maintenance *work,
                       struct plenum_command *command)
{
    for (int32_t server = 0; server < site->server_count; server++) {
        const struct plenum_server_model *model = &site->server_models[site->servers[server].model];
        if (!list->clear[server])
            continue;
        uint64_t all =
            model->accelerators == 64 ? UINT64_MAX : (UINT64_C(1) << model->accelerators) - 1;
        struct plenum_capacity_claim claim = {.owner = ref,
                                              .server = server,
                                              .milli = all ? 1000 : 0,
                                              .accelerators = all,
                                              .cores = model->cores,
                                              .memory_bytes = model->memory_bytes,
                                              .from_ms = work->from_ms,
                                              .until_ms = work->until_ms};
        plenum_command_claim_capacity(command, &claim);
    }
}

enum plenum_status plenum_maintenance_plan(struct plenum_offer_desk *desk,
                                           const struct plenum_ledger *ledger,
                                           const struct plenum_maintenance *work, bool take,
                                           struct plenum_command *command,
                                           struct plenum_error *error)
{
    struct standing_list list;
    struct plenum_ref ref =
        plenum_ref(PLENUM_MAINTENANCE, plenum_ledger_next_id(ledger, PLENUM_MAINTENANCE));
    enum plenum_status status = check(ledger, work, error);
    if (status != PLENUM_OK)
        return status;
    command->kind = PLENUM_COMMAND_MAINTENANCE_PLAN;
    find_standing(desk, ledger, work, &list);
    for (size_t i = 0; i < list.count && take; i++)
        if (is_first_in_the_way(&list, i, work))
            take_off(ledger, list.claims[i].owner.id, work, command);
    plenum_command_create(command, ref);
    plenum_command_set(command, ref, PLENUM_MAINTENANCE_RACK, work->rack);
    plenum_command_set(command, ref, PLENUM_MAINTENANCE_SERVER, work->server);
    plenum_command_set(command, ref, PLENUM_MAINTENANCE_NODE, work->node);
    plenum_command_set(command, ref, PLENUM_MAINTENANCE_FROM_MS, work->from_ms);
    plenum_command_set(command, ref, PLENUM_MAINTENANCE_UNTIL_MS, work->until_ms);
    keep_clear(desk->site, &list, ref, work, command);
    drop_standing(&list);
    return PLENUM_OK;
}

enum plenum_status plenum_maintenance_cancel(const struct plenum_ledger *ledger, uint64_t id,
                                             struct plenum_command *command,
                                             struct plenum_error *error)
{
    struct plenum_ref ref = plenum_ref(PLENUM_MAINTENANCE, id);
    const int64_t *row = plenum_ledger_row(ledger, PLENUM_MAINTENANCE, id);
    if (!row || row[PLENUM_FIELD_STATE] >= PLENUM_MAINTENANCE_DONE)
        return plenum_fail(error, PLENUM_REFUSED,
                           "there is no maintenance %" PRIu64 " to be cancelled", id);
    command->kind = PLENUM_COMMAND_MAINTENANCE_CANCEL;
    plenum_command_release(command, ref, PLENUM_BOOK_CAPACITY, plenum_ledger_now_ms(ledger));
    plenum_command_set(command, ref, PLENUM_FIELD_STATE, PLENUM_MAINTENANCE_CANCELLED);
    return PLENUM_OK;
}
