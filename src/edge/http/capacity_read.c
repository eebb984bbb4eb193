/* GET /v1/capacity/queue and prices: who waits, and what it costs. */
#include "edge/http/capacity.h"
#include "edge/http/json.h"

#define HOUR_MS INT64_C(3600000)
#define WEEK_MS (7 * 24 * HOUR_MS)

enum { WEEKS = 8 };

bool capacity_chip_is_sold(const struct plenum_site *site, int32_t chip)
{
    for (int32_t i = 0; i < site->server_count; i++)
        if (site->server_models[site->servers[i].model].accelerator_chip == chip)
            return site->chips[chip].kind == PLENUM_CHIP_ACCELERATOR;
    return false;
}

/* --- queue ------------------------------------------------------------------------------------ */

static json_t *wait_json(struct call *call, struct plenum_offer_desk *desk, uint64_t id,
                         const int64_t *row)
{
    const struct plenum_site *site = plenum_ledger_site(call->ledger);
    struct plenum_wait wait;
    json_t *object = json_object();
    plenum_offer_wait(desk, call->ledger, id, &wait);
    json_put_i64(object, "job", (int64_t)id);
    json_put_text(object, "state", plenum_state_name(PLENUM_JOB, (int32_t)row[PLENUM_FIELD_STATE]));
    json_put_i64(object, "tenant", row[PLENUM_JOB_TENANT]);
    json_put_text(object, "tenant_name", site->tenants[row[PLENUM_JOB_TENANT]].name);
    json_put_i64(object, "accelerators", row[PLENUM_JOB_SERVERS] * row[PLENUM_JOB_ACCELERATORS]);
    json_put_i64(object, "servers", row[PLENUM_JOB_SERVERS]);
    json_put_i64(object, "submit_ms", row[PLENUM_JOB_SUBMIT_MS]);
    json_put_ms(object, "predicted_start_ms", wait.start_ms);
    json_put_ms(object, "latest_start_ms", wait.latest_ms);
    json_put(object, "promised", json_boolean(row[PLENUM_JOB_PROMISED_MS] != 0));
    json_put(object, "behind", wait.behind ? json_integer((int64_t)wait.behind) : json_null());
    json_put_text(object, "reason", wait.reason);
    return object;
}

/* Queued jobs and reserved ones that have not begun, in the order in which they were asked for. */
void handle_queue(struct call *call, const char *id)
{
    int64_t limit = 100, from = 0;
    size_t cursor = 0;
    uint64_t job;
    const int64_t *row;
    (void)id;
    if (!call_query_i64(call, "limit", 1, PLENUM_HTTP_PAGE_MAX, &limit) ||
        !call_query_i64(call, "cursor", 0, INT64_MAX, &from))
        return;
    struct plenum_offer_desk *desk = capacity_desk(call);
    json_t *page = json_object(), *items = json_array(), *next = NULL;
    int64_t count = 0;
    while (plenum_ledger_walk(call->ledger, PLENUM_JOB, &cursor, &job, &row)) {
        if (row[PLENUM_FIELD_STATE] > PLENUM_JOB_RESERVED)
            continue;
        count++;
        if (job < (uint64_t)from)
            continue;
        if (limit > 0)
            json_push(items, wait_json(call, desk, job, row));
        else if (!next)
            next = json_integer((int64_t)job);
        limit -= limit > 0;
    }
    json_put(page, "items", items);
    json_put(page, "next", next ? next : json_null());
    json_put_i64(page, "count", count);
    capacity_desk_return(call, desk);
    call_answer_json(call, page);
}

/* --- prices ----------------------------------------------------------------------------------- */

static json_t *chip_prices(struct call *call, struct plenum_offer_desk *desk, int32_t chip)
{
    const struct plenum_site *site = plenum_ledger_site(call->ledger);
    int64_t now_ms = plenum_ledger_now_ms(call->ledger), total, sold, share;
    int64_t price =
        plenum_offer_price_posted(desk, call->ledger, chip, now_ms, now_ms + HOUR_MS, &share);
    json_t *object = json_object(), *weeks = json_array(), *shares = json_array();
    plenum_offer_sold(desk, call->ledger, chip, PLENUM_NONE, now_ms, now_ms + HOUR_MS, &total,
                      &sold);
    for (int64_t week = 0; week < WEEKS; week++) {
        int64_t from_ms = now_ms + week * WEEK_MS;
        json_push(weeks, json_integer(plenum_offer_price_posted(desk, call->ledger, chip, from_ms,
                                                                from_ms + WEEK_MS, &share)));
        json_push(shares, json_integer(share));
    }
    json_put_i64(object, "chip", chip);
    json_put_text(object, "name", site->chips[chip].name);
    json_put(object, "accelerators", json_milli(total));
    json_put(object, "sold", json_milli(sold));
    json_put_i64(object, "price_hour_micro", price);
    json_put(object, "weeks", weeks);
    json_put(object, "weeks_sold_milli", shares);
    return object;
}

/* Those that buy: tenants with others under them do not. */
static json_t *buyers(const struct plenum_site *site)
{
    json_t *tenants = json_array();
    for (int32_t i = 0; i < site->tenant_count; i++) {
        if (site->tenants[i].child_count > 0)
            continue;
        json_t *tenant = json_object();
        json_put_i64(tenant, "id", i);
        json_put_text(tenant, "name", site->tenants[i].name);
        json_push(tenants, tenant);
    }
    return tenants;
}

void handle_prices(struct call *call, const char *id)
{
    const struct plenum_site *site = plenum_ledger_site(call->ledger);
    struct plenum_offer_desk *desk = capacity_desk(call);
    json_t *object = json_object(), *chips = json_array();
    int64_t now_ms = plenum_ledger_now_ms(call->ledger);
    (void)id;
    for (int32_t chip = 0; chip < site->chip_count; chip++)
        if (capacity_chip_is_sold(site, chip))
            json_push(chips, chip_prices(call, desk, chip));
    json_put_i64(object, "now_ms", now_ms);
    json_put_i64(object, "from_ms", now_ms);
    json_put_i64(object, "step_ms", WEEK_MS);
    json_put_i64(object, "low_hour_micro", PLENUM_PRICE_LOW_MICRO);
    json_put_i64(object, "high_hour_micro", PLENUM_PRICE_HIGH_MICRO);
    json_put(object, "tenants", buyers(site));
    json_put(object, "chips", chips);
    capacity_desk_return(call, desk);
    call_answer_json(call, object);
}
