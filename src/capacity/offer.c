/* Asking: every shape of a request is searched from its earliest start, then from later and later
 * ones; what is found is tried on the ledger, since the watts of a gang are only known together,
 * and held against the quota of the tenant; the best of all that was found is the answer. */
#include "capacity/offer_desk.h"

#include "base/check.h"
#include "base/instant.h"
#include "base/memory.h"

#include <inttypes.h>
#include <stdlib.h>

#define STEP_MS    INT64_C(60000)             /* starts are looked for from minute to minute */
#define GAP_MIN_MS INT64_C(900000)            /* between two offers of a shape, at least */
#define GAP_MAX_MS (INT64_C(6) * 3600 * 1000) /* and at first at most; it doubles */
#define WEEKS_2_MS (INT64_C(14) * 24 * 3600 * 1000)

enum { PARTS_MAX = 1 << 28 };

/* An offer before its parts are where they stay. */
struct found {
    struct plenum_offer offer;
    size_t first_part;
    int32_t shape, class;
};

struct plenum_offer_desk *plenum_offer_desk_create(const struct plenum_site *site)
{
    struct plenum_offer_desk *desk = memory_new(1, sizeof *desk);
    desk->site = site;
    desk->fit = site_fit_create(site);
    desk->forecast = site_forecast_create(site);
    quota_limits_init(&desk->limits, site);
    for (int32_t sold = 0; sold <= 1000; sold++)
        desk->prices[sold] = plenum_price_hour_micro(sold);
    plenum_command_init(&desk->command, PLENUM_COMMAND_JOB_RESERVE, "offer");
    return desk;
}

void plenum_offer_desk_destroy(struct plenum_offer_desk *desk)
{
    if (!desk)
        return;
    site_fit_destroy(desk->fit);
    site_forecast_destroy(desk->forecast);
    quota_limits_finish(&desk->limits);
    plenum_command_finish(&desk->command);
    free(desk->parts);
    free(desk->claims);
    free(desk);
}

void plenum_offer_request_init(const struct plenum_ledger *ledger,
                               struct plenum_offer_request *request)
{
    int64_t now_ms = plenum_ledger_now_ms(ledger);
    *request = (struct plenum_offer_request){.tenant = PLENUM_NONE,
                                             .accelerators = 1,
                                             .milli = 1000,
                                             .chip = PLENUM_NONE,
                                             .cores = PLENUM_NONE,
                                             .memory_bytes = PLENUM_NONE,
                                             .duration_ms = 3600000,
                                             .earliest_ms = now_ms,
                                             .latest_ms = now_ms + WEEKS_2_MS};
}

/* --- what a request may be -------------------------------------------------------------------- */

static enum plenum_status check_amounts(const struct plenum_offer_request *request,
                                        struct plenum_error *error)
{
    int32_t all = request->accelerators, each = request->per_server, servers = request->servers;
    if (all < 0 || each < 0 || servers < 0 || request->cores < PLENUM_NONE ||
        request->memory_bytes < PLENUM_NONE)
        return plenum_fail(error, PLENUM_INPUT, "amounts: expected none under 0");
    if (request->milli < 1 || request->milli > 1000)
        return plenum_fail(error, PLENUM_INPUT, "milli: found %" PRId32 ", expected 1 to 1000",
                           request->milli);
    if (request->max_w < 0)
        return plenum_fail(error, PLENUM_INPUT, "max_w: found %" PRId64 ", expected 0 or more",
                           request->max_w);
    if (all == 0 && (servers == 0 || request->cores < 1))
        return plenum_fail(error, PLENUM_INPUT,
                           "accelerators: found 0, expected servers and cores with it");
    if (request->milli < 1000 && each > 1)
        return plenum_fail(error, PLENUM_INPUT,
                           "per_server: found %" PRId32 ", expected 1 with parts of accelerators",
                           each);
    if ((each > 0 && all % each != 0) || (servers > 0 && all % servers != 0) ||
        (each > 0 && servers > 0 && each != all / servers))
        return plenum_fail(error, PLENUM_INPUT,
                           "accelerators: found %" PRId32 ", expected servers times per_server",
                           all);
    return PLENUM_OK;
}

static enum plenum_status check_times(const struct plenum_ledger *ledger,
                                      const struct plenum_offer_request *request,
                                      struct plenum_error *error)
{
    char found[INSTANT_TEXT], expected[INSTANT_TEXT];
    int64_t now_ms = plenum_ledger_now_ms(ledger), far_ms = now_ms + PLENUM_OFFER_HORIZON_MS;
    if (request->duration_ms < 1000 || request->duration_ms > PLENUM_OFFER_DURATION_MAX)
        return plenum_fail(error, PLENUM_INPUT,
                           "duration_ms: found %" PRId64 ", expected 1000 to %" PRId64,
                           request->duration_ms, PLENUM_OFFER_DURATION_MAX);
    if (request->latest_ms < now_ms)
        return plenum_fail(error, PLENUM_INPUT, "latest_ms: %s is past: the clock stands at %s",
                           instant_format(request->latest_ms, found),
                           instant_format(now_ms, expected));
    if (request->earliest_ms > request->latest_ms || request->latest_ms > far_ms)
        return plenum_fail(
            error, PLENUM_INPUT, "latest_ms: found %s, expected an instant from earliest_ms to %s",
            instant_format(request->latest_ms, found), instant_format(far_ms, expected));
    return PLENUM_OK;
}

static enum plenum_status check_request(const struct plenum_ledger *ledger,
                                        const struct plenum_offer_request *request,
                                        struct plenum_error *error)
{
    const struct plenum_site *site = plenum_ledger_site(ledger);
    if (request->tenant < PLENUM_NONE || request->tenant >= site->tenant_count)
        return plenum_fail(error, PLENUM_INPUT, "tenant: there is none of that number");
    if (request->chip < PLENUM_NONE || request->chip >= site->chip_count)
        return plenum_fail(error, PLENUM_INPUT, "chip: there is none of that number");
    enum plenum_status status = check_amounts(request, error);
    return status == PLENUM_OK ? check_times(ledger, request, error) : status;
}

/* --- one window ------------------------------------------------------------------------------- */

/* From when on the server is expected; 0 where its rack serves. */
static int64_t expected_ms(const struct plenum_ledger *ledger, int32_t server)
{
    const struct plenum_site *site = plenum_ledger_site(ledger);
    const int64_t *rack =
        plenum_ledger_row(ledger, PLENUM_RACK, (uint64_t)site->servers[server].rack);
    return rack[PLENUM_FIELD_STATE] == PLENUM_RACK_IN_SERVICE ? 0 : rack[PLENUM_RACK_EXPECTED_MS];
}

/* The offer of the window that the last search found: its parts go to the desk's list. */
static void take_down(struct plenum_offer_desk *desk, const struct plenum_ledger *ledger,
                      const struct fit_request *shape, int64_t start_ms, struct found *found)
{
    const struct plenum_command *command = &desk->command;
    found->first_part = desk->part_count;
    found->offer = (struct plenum_offer){.start_ms = start_ms,
                                         .end_ms = start_ms + shape->length_ms,
                                         .part_count = shape->servers,
                                         .per_server = shape->accelerators,
                                         .milli = shape->milli,
                                         .chip = shape->chip,
                                         .cores = shape->cores,
                                         .memory_bytes = shape->memory_bytes,
                                         .max_w = shape->max_w};
    for (size_t i = 0; i < command->op_count; i++) {
        const struct plenum_op *op = &command->ops[i];
        if (op->type == PLENUM_OP_POWER_CLAIM)
            found->offer.watts += op->power.watts;
        if (op->type != PLENUM_OP_CAPACITY_CLAIM)
            continue;
        struct plenum_offer_part part = {op->capacity.server, op->capacity.accelerators,
                                         expected_ms(ledger, op->capacity.server)};
        ARRAY_PUSH(desk->parts, desk->part_count, desk->part_capacity, PARTS_MAX) = part;
    }
}

/* A job with the claims of the last search, to be tried. */
static void fill_trial(struct plenum_offer_desk *desk, const struct plenum_ledger *ledger,
                       const struct fit_request *shape, int64_t start_ms)
{
    struct plenum_ref job = plenum_ref(PLENUM_JOB, plenum_ledger_next_id(ledger, PLENUM_JOB));
    plenum_command_reset(&desk->command, PLENUM_COMMAND_JOB_RESERVE, "offer");
    plenum_command_create(&desk->command, job);
    site_fit_claim(desk->fit, ledger, &desk->command, job, shape, start_ms);
    plenum_command_set(&desk->command, job, PLENUM_FIELD_STATE, PLENUM_JOB_RESERVED);
}

/* Where the watts of the gang do not fit together, the search goes on from later and later. */
int64_t offer_search(struct plenum_offer_desk *desk, const struct plenum_ledger *ledger,
                     const struct fit_request *shape, int64_t from_ms, int64_t latest_ms)
{
    struct plenum_refusal refusal;
    for (int64_t later_ms = STEP_MS; from_ms <= latest_ms; later_ms *= 2) {
        int64_t start_ms = site_fit_search(desk->fit, ledger, shape, from_ms, latest_ms);
        if (start_ms == PLENUM_FOREVER)
            break;
        fill_trial(desk, ledger, shape, start_ms);
        if (plenum_ledger_test(ledger, &desk->command, &refusal))
            return start_ms;
        from_ms = start_ms + later_ms;
    }
    return PLENUM_FOREVER;
}

/* What the tenant's quota is against is looked for from when on it is not; where only the money is
 * not there, later and later, since that may cost less. */
static bool find_offer(struct plenum_offer_desk *desk, const struct plenum_ledger *ledger,
                       const struct plenum_offer_request *request, const struct fit_request *shape,
                       int64_t from_ms, struct found *found)
{
    char why[PLENUM_OFFER_TEXT];
    size_t first_part = desk->part_count;
    for (int64_t later_ms = STEP_MS; from_ms <= request->latest_ms; later_ms *= 2) {
        int64_t start_ms = offer_search(desk, ledger, shape, from_ms, request->latest_ms);
        if (start_ms == PLENUM_FOREVER)
            return false;
        take_down(desk, ledger, shape, start_ms, found);
        offer_price(desk, ledger, shape, &found->offer);
        struct quota_window window = quota_limits_window(&desk->limits, request, &found->offer);
        if (request->tenant == PLENUM_NONE || quota_limits_admit(&desk->limits, &window, why))
            return true;
        desk->part_count = first_part;
        int64_t first_ms = quota_limits_first(&desk->limits, &window);
        from_ms = first_ms > start_ms ? first_ms : start_ms + later_ms;
    }
    return false;
}

/* --- all windows ------------------------------------------------------------------------------ */

static int64_t first_gap_ms(int64_t duration_ms)
{
    int64_t gap_ms = duration_ms / 8 / STEP_MS * STEP_MS;
    return gap_ms < GAP_MIN_MS ? GAP_MIN_MS : gap_ms > GAP_MAX_MS ? GAP_MAX_MS : gap_ms;
}

/* The earliest window of a shape, and some later ones. */
static int32_t search_shape(struct plenum_offer_desk *desk, const struct plenum_ledger *ledger,
                            const struct plenum_offer_request *request,
                            const struct fit_request *shape, int32_t max, struct found *found)
{
    int64_t now_ms = plenum_ledger_now_ms(ledger), gap_ms = first_gap_ms(request->duration_ms);
    int64_t from_ms = request->earliest_ms > now_ms ? request->earliest_ms : now_ms;
    int32_t count = 0;
    while (count < max && find_offer(desk, ledger, request, shape, from_ms, &found[count])) {
        from_ms = (found[count].offer.start_ms + gap_ms + STEP_MS - 1) / STEP_MS * STEP_MS;
        gap_ms *= 2;
        count++;
    }
    return count;
}

static int compare_offers(const struct plenum_offer *a, const struct plenum_offer *b)
{
    if (a->start_ms != b->start_ms)
        return a->start_ms < b->start_ms ? -1 : 1;
    if (a->price_micro != b->price_micro)
        return a->price_micro < b->price_micro ? -1 : 1;
    return a->chip != b->chip ? (a->chip > b->chip) - (a->chip < b->chip)
                              : (a->per_server < b->per_server) - (a->per_server > b->per_server);
}

static int compare_starts(const void *a, const void *b)
{
    return compare_offers(&((const struct found *)a)->offer, &((const struct found *)b)->offer);
}

static int compare_classes(const void *a, const void *b)
{
    const struct found *x = a, *y = b;
    return x->class != y->class ? (x->class > y->class) - (x->class < y->class)
                                : compare_starts(a, b);
}

/* Classes: the earliest of each shape, those that cost less than all before them, the others. */
static void class_found(struct found *found, int32_t count)
{
    uint64_t seen = 0;
    int64_t least_micro = INT64_MAX;
    qsort(found, (size_t)count, sizeof *found, compare_starts);
    for (int32_t i = 0; i < count; i++) {
        bool first = !(seen >> found[i].shape & 1);
        bool cheap = found[i].offer.price_micro < least_micro;
        found[i].class = first ? 0 : cheap ? 1 : 2;
        seen |= UINT64_C(1) << found[i].shape;
        least_micro = cheap ? found[i].offer.price_micro : least_micro;
    }
}

static void answer_best(struct plenum_offer_desk *desk, struct found *found, int32_t count,
                        int32_t max, struct plenum_offer_answer *answer)
{
    class_found(found, count);
    qsort(found, (size_t)count, sizeof *found, compare_classes);
    count = count < max ? count : max;
    qsort(found, (size_t)count, sizeof *found, compare_starts);
    for (int32_t i = 0; i < count; i++) {
        answer->offers[i] = found[i].offer;
        answer->offers[i].parts = &desk->parts[found[i].first_part];
    }
    answer->offer_count = count;
}

enum plenum_status plenum_offer_ask(struct plenum_offer_desk *desk,
                                    const struct plenum_ledger *ledger,
                                    const struct plenum_offer_request *request, int32_t max,
                                    struct plenum_offer_answer *answer, struct plenum_error *error)
{
    struct fit_request shapes[SHAPES_MAX];
    CHECK(max >= 1 && max <= PLENUM_OFFERS_MAX);
    answer->offer_count = answer->blocker_count = 0;
    enum plenum_status status = check_request(ledger, request, error);
    if (status != PLENUM_OK)
        return status;
    int32_t shape_count = offer_shapes(desk->site, request, shapes), count = 0;
    struct found *found = memory_new((size_t)shape_count * (size_t)max, sizeof *found);
    desk->part_count = 0;
    quota_limits_read(&desk->limits, ledger);
    for (int32_t i = 0; i < shape_count; i++) {
        int32_t more = search_shape(desk, ledger, request, &shapes[i], max, &found[count]);
        for (int32_t k = 0; k < more; k++)
            found[count++].shape = i;
    }
    answer_best(desk, found, count, max, answer);
    free(found);
    offer_blockers(desk, ledger, request, shapes, shape_count,
                   answer->offer_count > 0 ? &answer->offers[0] : NULL, answer);
    return PLENUM_OK;
}
