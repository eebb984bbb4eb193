/* GET /v1/capacity/quota: what is guaranteed to each tenant, what of it servers can hold, and what
 * of the site is stranded, by cause. */
#include "edge/http/call.h"
#include "edge/http/json.h"

#include <plenum/quota.h>

static json_t *stranded_json(const int64_t *stranded_milli)
{
    json_t *list = json_array();
    for (int i = 0; i < PLENUM_STRANDED_CAUSE_COUNT; i++) {
        enum plenum_stranded_cause cause = (enum plenum_stranded_cause)i;
        if (stranded_milli[i] == 0)
            continue;
        json_t *object = json_object();
        json_put_text(object, "cause", plenum_stranded_cause_name(cause));
        json_put_text(object, "meaning", plenum_stranded_cause_meaning(cause));
        json_put(object, "accelerators", json_milli(stranded_milli[i]));
        json_push(list, object);
    }
    return list;
}

static json_t *chip_json(const struct plenum_site *site, const struct plenum_quota_chip *chip)
{
    json_t *object = json_object();
    json_put_i64(object, "chip", chip->chip);
    json_put_text(object, "name", site->chips[chip->chip].name);
    json_put(object, "accelerators", json_milli(chip->all_milli));
    json_put(object, "sold", json_milli(chip->sold_milli));
    json_put(object, "usable", json_milli(chip->usable_milli));
    json_put(object, "usable_whole_servers", json_milli(chip->whole_milli));
    json_put(object, "stranded", stranded_json(chip->stranded_milli));
    return object;
}

/* Chips of which something is guaranteed to the tenant, or that it holds. */
static json_t *grants_json(const struct plenum_site *site, const struct plenum_quota *quota,
                           int32_t tenant)
{
    json_t *list = json_array();
    for (int32_t i = 0; i < plenum_quota_chip_count(quota); i++) {
        struct plenum_quota_grant grant = plenum_quota_grant(quota, tenant, i);
        int32_t chip = plenum_quota_chip(quota, i)->chip;
        if (grant.granted_milli == 0 && grant.held_milli == 0)
            continue;
        json_t *object = json_object();
        json_put_i64(object, "chip", chip);
        json_put_text(object, "name", site->chips[chip].name);
        json_put(object, "granted", json_milli(grant.granted_milli));
        json_put(object, "held", json_milli(grant.held_milli));
        json_put(object, "placeable", json_milli(grant.placeable_milli));
        json_put(object, "placeable_whole_servers", json_milli(grant.placeable_whole_milli));
        json_put(object, "stranded", stranded_json(grant.stranded_milli));
        json_push(list, object);
    }
    return list;
}

/* A limit of a budget: null where there is none. */
static json_t *limit_json(int64_t limit, int64_t unit)
{
    return limit == PLENUM_FOREVER ? json_null() : json_integer(limit / unit);
}

static json_t *budget_json(const struct plenum_budget *budget,
                           const struct plenum_quota_standing *standing)
{
    const int64_t hour_ms = 3600000;
    if (budget->period_ms == 0)
        return json_null();
    json_t *object = json_object();
    json_put_i64(object, "from_ms", standing->period_ms);
    json_put_i64(object, "until_ms", standing->period_ms + budget->period_ms);
    json_put(object, "micro", limit_json(budget->micro, 1));
    json_put_i64(object, "spent_micro", standing->spent_micro);
    json_put(object, "accelerator_hours", limit_json(budget->milli_ms, 1000 * hour_ms));
    json_put(object, "spent_accelerator_hours", json_milli(standing->spent_milli_ms / hour_ms));
    return object;
}

static json_t *tenant_json(const struct plenum_site *site, const struct plenum_quota *quota,
                           int32_t id)
{
    const struct plenum_tenant *tenant = &site->tenants[id];
    struct plenum_quota_standing standing = plenum_quota_standing(quota, id);
    bool top = tenant->parent == PLENUM_NONE;
    json_t *object = json_object();
    json_put_i64(object, "id", id);
    json_put_text(object, "name", tenant->name);
    json_put(object, "under", top ? json_null() : json_integer(tenant->parent));
    json_put(object, "under_name",
             top ? json_null() : json_string(site->tenants[tenant->parent].name));
    json_put_i64(object, "weight", tenant->weight);
    json_put_i64(object, "priority", tenant->priority);
    json_put(object, "held", json_milli(standing.held_milli));
    json_put(object, "held_of_late", json_milli(standing.mean_milli));
    json_put(object, "budget", budget_json(&tenant->budget, &standing));
    json_put(object, "chips", grants_json(site, quota, id));
    return object;
}

void handle_quota(struct call *call, const char *id)
{
    const struct plenum_site *site = plenum_ledger_site(call->ledger);
    int64_t limit = 100, from = 0;
    (void)id;
    if (!call_query_i64(call, "limit", 1, PLENUM_HTTP_PAGE_MAX, &limit) ||
        !call_query_i64(call, "cursor", 0, INT64_MAX, &from))
        return;
    struct plenum_quota *quota = plenum_quota_create(site);
    json_t *page = json_object(), *items = json_array(), *chips = json_array();
    plenum_quota_read(quota, call->ledger);
    for (; from < site->tenant_count && limit > 0; from++, limit--)
        json_push(items, tenant_json(site, quota, (int32_t)from));
    for (int32_t i = 0; i < plenum_quota_chip_count(quota); i++)
        json_push(chips, chip_json(site, plenum_quota_chip(quota, i)));
    json_put(page, "items", items);
    json_put(page, "next", from < site->tenant_count ? json_integer(from) : json_null());
    json_put_i64(page, "count", site->tenant_count);
    json_put_i64(page, "half_life_ms", site->half_life_ms);
    json_put(page, "chips", chips);
    plenum_quota_destroy(quota);
    call_answer_json(call, page);
}
