/* GET /v1/capacity/calendar: how much there is and how much of it is sold, over time; what of it is
 * still to come, and what is kept clear for work. */
#include "edge/http/capacity.h"
#include "edge/http/json.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

#define DAY_MS (INT64_C(24) * 3600 * 1000)

enum { BUCKETS_MAX = 1000 };

struct span {
    int64_t from_ms, step_ms, buckets;
};

/* Accelerators over the buckets of a span, in thousandths x milliseconds. */
struct layer {
    const struct span *span;
    int64_t *milli_ms;
};

static void layer_add(struct layer *layer, int64_t milli, int64_t from_ms, int64_t until_ms)
{
    const struct span *span = layer->span;
    int64_t first = (from_ms - span->from_ms) / span->step_ms;
    for (int64_t i = first > 0 ? first : 0; i < span->buckets; i++) {
        int64_t begin_ms = span->from_ms + i * span->step_ms, end_ms = begin_ms + span->step_ms;
        begin_ms = begin_ms > from_ms ? begin_ms : from_ms;
        end_ms = end_ms < until_ms ? end_ms : until_ms;
        if (begin_ms >= until_ms)
            return;
        if (begin_ms < end_ms)
            layer->milli_ms[i] += milli * (end_ms - begin_ms);
    }
}

/* Takes what was added. */
static json_t *layer_json(struct layer *layer)
{
    json_t *list = json_array();
    for (int64_t i = 0; i < layer->span->buckets; i++)
        json_push(list, json_milli(layer->milli_ms[i] / layer->span->step_ms));
    free(layer->milli_ms);
    return list;
}

struct pick { /* servers of a chip, or of a rack */
    int32_t chip, rack;
};

/* Accelerators of the server, in thousandths; 0 where it is not among those. */
static int64_t picked_milli(const struct plenum_site *site, const struct pick *pick, int32_t server)
{
    const struct plenum_server_model *model = &site->server_models[site->servers[server].model];
    bool fits = (pick->chip == PLENUM_NONE || model->accelerator_chip == pick->chip) &&
                (pick->rack == PLENUM_NONE || site->servers[server].rack == pick->rack);
    return fits ? (int64_t)model->accelerators * 1000 : 0;
}

/* Of the total, what is on racks that are still to come, or to come back. */
static json_t *to_come_json(const struct plenum_ledger *ledger, const struct pick *pick,
                            const struct span *span)
{
    const struct plenum_site *site = plenum_ledger_site(ledger);
    struct layer layer = {span, memory_new((size_t)span->buckets, sizeof *layer.milli_ms)};
    for (int32_t server = 0; server < site->server_count; server++) {
        int64_t from_ms, until_ms, milli = picked_milli(site, pick, server);
        if (milli == 0 ||
            plenum_ledger_get(ledger, PLENUM_RACK, (uint64_t)site->servers[server].rack,
                              PLENUM_RACK_EXPECTED_MS) == 0)
            continue;
        plenum_capacity_window(ledger, server, &from_ms, &until_ms);
        layer_add(&layer, milli, from_ms, until_ms);
    }
    return layer_json(&layer);
}

/* Of what is sold, what is kept clear for work. */
static json_t *kept_clear_json(const struct plenum_ledger *ledger, const struct pick *pick,
                               const struct span *span)
{
    const struct plenum_site *site = plenum_ledger_site(ledger);
    struct layer layer = {span, memory_new((size_t)span->buckets, sizeof *layer.milli_ms)};
    size_t cursor = 0;
    uint64_t id;
    const int64_t *row;
    while (plenum_ledger_walk(ledger, PLENUM_MAINTENANCE, &cursor, &id, &row)) {
        struct plenum_ref ref = plenum_ref(PLENUM_MAINTENANCE, id);
        size_t count = plenum_capacity_claims_of(ledger, ref, NULL, 0);
        struct plenum_capacity_claim *claims = memory_new(count, sizeof *claims);
        plenum_capacity_claims_of(ledger, ref, claims, count);
        for (size_t i = 0; i < count; i++)
            layer_add(&layer, picked_milli(site, pick, claims[i].server), claims[i].from_ms,
                      claims[i].until_ms);
        free(claims);
    }
    return layer_json(&layer);
}

static void put_series(json_t *object, struct plenum_offer_desk *desk, struct call *call,
                       struct pick pick, const struct span *span)
{
    json_t *total = json_array(), *sold = json_array();
    for (int64_t i = 0; i < span->buckets; i++) {
        int64_t total_milli, sold_milli, from_ms = span->from_ms + i * span->step_ms;
        plenum_offer_sold(desk, call->ledger, pick.chip, pick.rack, from_ms,
                          from_ms + span->step_ms, &total_milli, &sold_milli);
        json_push(total, json_milli(total_milli));
        json_push(sold, json_milli(sold_milli));
    }
    json_put(object, "total", total);
    json_put(object, "sold", sold);
    json_put(object, "to_come", to_come_json(call->ledger, &pick, span));
    json_put(object, "kept_clear", kept_clear_json(call->ledger, &pick, span));
}

static json_t *calendar_chips(struct call *call, struct plenum_offer_desk *desk,
                              const struct span *span)
{
    const struct plenum_site *site = plenum_ledger_site(call->ledger);
    json_t *list = json_array();
    for (int32_t chip = 0; chip < site->chip_count; chip++) {
        if (!capacity_chip_is_sold(site, chip))
            continue;
        json_t *object = json_object();
        json_put_i64(object, "chip", chip);
        json_put_text(object, "name", site->chips[chip].name);
        put_series(object, desk, call, (struct pick){chip, PLENUM_NONE}, span);
        json_push(list, object);
    }
    return list;
}

/* Of racks that have accelerators. */
static json_t *calendar_racks(struct call *call, struct plenum_offer_desk *desk,
                              const struct span *span)
{
    const struct plenum_site *site = plenum_ledger_site(call->ledger);
    json_t *list = json_array();
    for (int32_t rack = 0; rack < site->rack_count; rack++) {
        const struct plenum_server *first = &site->servers[site->racks[rack].first_server];
        int32_t chip = site->server_models[first->model].accelerator_chip;
        if (chip == PLENUM_NONE)
            continue;
        json_t *object = json_object();
        json_put_i64(object, "rack", rack);
        json_put_text(object, "name", site->racks[rack].name);
        json_put_text(object, "chip", site->chips[chip].name);
        put_series(object, desk, call, (struct pick){PLENUM_NONE, rack}, span);
        json_push(list, object);
    }
    return list;
}

static bool read_span(struct call *call, struct span *span)
{
    int64_t now_ms = plenum_ledger_now_ms(call->ledger), until_ms = now_ms + DAY_MS;
    *span = (struct span){.from_ms = now_ms, .buckets = 48};
    if (!call_query_i64(call, "from_ms", 0, INT64_MAX / 2, &span->from_ms))
        return false;
    until_ms = span->from_ms > now_ms ? span->from_ms + DAY_MS : until_ms;
    if (!call_query_i64(call, "until_ms", span->from_ms + 1,
                        span->from_ms + PLENUM_OFFER_DURATION_MAX, &until_ms) ||
        !call_query_i64(call, "buckets", 1, BUCKETS_MAX, &span->buckets))
        return false;
    span->step_ms = (until_ms - span->from_ms + span->buckets - 1) / span->buckets;
    return true;
}

void handle_calendar(struct call *call, const char *id)
{
    struct span span;
    const char *by = call_query(call, "by");
    (void)id;
    if (by && strcmp(by, "chip") != 0 && strcmp(by, "rack") != 0) {
        call_problem(call, 400, "by: found \"%s\", expected chip or rack", by);
        return;
    }
    if (!read_span(call, &span))
        return;
    struct plenum_offer_desk *desk = capacity_desk(call);
    json_t *object = json_object();
    json_put_i64(object, "from_ms", span.from_ms);
    json_put_i64(object, "step_ms", span.step_ms);
    if (by && strcmp(by, "rack") == 0)
        json_put(object, "racks", calendar_racks(call, desk, &span));
    else
        json_put(object, "chips", calendar_chips(call, desk, &span));
    capacity_desk_return(call, desk);
    call_answer_json(call, object);
}
