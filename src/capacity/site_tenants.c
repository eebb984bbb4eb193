#include "capacity/site_tenants.h"

#include "base/check.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* --- the tree --------------------------------------------------------------------------------- */

static int32_t depth_of(const struct plenum_site *site, int32_t tenant)
{
    int32_t depth = 0;
    for (; site->tenants[tenant].parent != PLENUM_NONE; tenant = site->tenants[tenant].parent)
        depth++;
    return depth;
}

static void find_order(struct site_tenants *tenants)
{
    const struct plenum_site *site = tenants->site;
    int32_t placed = 0;
    for (int32_t depth = PLENUM_TENANT_DEPTH_MAX - 1; depth >= 0; depth--)
        for (int32_t i = 0; i < site->tenant_count; i++)
            if (depth_of(site, i) == depth)
                tenants->order[placed++] = i;
    CHECK(placed == site->tenant_count);
}

static void find_slots(struct site_tenants *tenants)
{
    const struct plenum_site *site = tenants->site;
    for (int32_t chip = 0; chip < site->chip_count; chip++)
        tenants->slots[chip] = PLENUM_NONE;
    for (int32_t i = 0; i < site->server_model_count; i++) {
        int32_t chip = site->server_models[i].accelerator_chip;
        if (chip == PLENUM_NONE || tenants->slots[chip] != PLENUM_NONE)
            continue;
        tenants->chips[tenants->slot_count] = chip;
        tenants->slots[chip] = tenants->slot_count++;
    }
}

void site_tenants_init(struct site_tenants *tenants, const struct plenum_site *site)
{
    *tenants = (struct site_tenants){.site = site};
    tenants->slots = memory_new((size_t)site->chip_count, sizeof *tenants->slots);
    tenants->chips = memory_new((size_t)site->chip_count, sizeof *tenants->chips);
    tenants->order = memory_new((size_t)site->tenant_count, sizeof *tenants->order);
    find_slots(tenants);
    find_order(tenants);
    size_t slots = (size_t)tenants->slot_count;
    tenants->offered_milli = memory_new(slots, sizeof *tenants->offered_milli);
    tenants->held_milli =
        memory_new((size_t)site->tenant_count * slots, sizeof *tenants->held_milli);
}

void site_tenants_finish(struct site_tenants *tenants)
{
    free(tenants->slots);
    free(tenants->chips);
    free(tenants->order);
    free(tenants->offered_milli);
    free(tenants->held_milli);
}

/* --- reading ---------------------------------------------------------------------------------- */

static void read_offered(struct site_tenants *tenants, const struct plenum_ledger *ledger)
{
    const struct plenum_site *site = tenants->site;
    for (int32_t slot = 0; slot < tenants->slot_count; slot++)
        tenants->offered_milli[slot] = 0;
    for (int32_t server = 0; server < site->server_count; server++) {
        const struct plenum_server_model *model = &site->server_models[site->servers[server].model];
        int64_t opens_ms, closes_ms;
        plenum_capacity_window(ledger, server, &opens_ms, &closes_ms);
        if (model->accelerators > 0 && opens_ms <= plenum_ledger_now_ms(ledger) &&
            opens_ms < closes_ms)
            tenants->offered_milli[tenants->slots[model->accelerator_chip]] +=
                INT64_C(1000) * model->accelerators;
    }
}

void site_tenants_read(struct site_tenants *tenants, const struct plenum_ledger *ledger)
{
    size_t cursor = 0, count = (size_t)tenants->site->tenant_count * (size_t)tenants->slot_count;
    uint64_t job;
    const int64_t *row;
    read_offered(tenants, ledger);
    if (count > 0)
        memset(tenants->held_milli, 0, count * sizeof *tenants->held_milli);
    while (plenum_ledger_walk(ledger, PLENUM_JOB, &cursor, &job, &row)) {
        int32_t slot = row[PLENUM_FIELD_STATE] == PLENUM_JOB_RUNNING
                           ? site_tenants_slot(tenants, ledger, job, row)
                           : PLENUM_NONE;
        if (slot != PLENUM_NONE)
            site_tenants_add(tenants, (int32_t)row[PLENUM_JOB_TENANT], slot, site_job_milli(row));
    }
}

int32_t site_tenants_slot(const struct site_tenants *tenants, const struct plenum_ledger *ledger,
                          uint64_t job, const int64_t *row)
{
    const struct plenum_site *site = tenants->site;
    struct plenum_capacity_claim claim;
    if (row[PLENUM_JOB_ACCELERATORS] == 0 || tenants->slot_count == 0)
        return PLENUM_NONE;
    if (row[PLENUM_JOB_CHIP] != PLENUM_NONE)
        return tenants->slots[row[PLENUM_JOB_CHIP]];
    if (plenum_capacity_claims_of(ledger, plenum_ref(PLENUM_JOB, job), &claim, 1) == 0)
        return 0;
    return tenants->slots[site->server_models[site->servers[claim.server].model].accelerator_chip];
}

void site_tenants_add(struct site_tenants *tenants, int32_t tenant, int32_t slot, int64_t milli)
{
    CHECK(slot >= 0 && slot < tenants->slot_count);
    for (; tenant != PLENUM_NONE; tenant = tenants->site->tenants[tenant].parent)
        tenants->held_milli[tenant * tenants->slot_count + slot] += milli;
}

/* --- guarantees ------------------------------------------------------------------------------- */

int64_t site_tenants_held(const struct site_tenants *tenants, int32_t tenant, int32_t slot)
{
    return tenants->held_milli[tenant * tenants->slot_count + slot];
}

int64_t site_tenants_share(const struct site_tenants *tenants, int32_t tenant, int32_t slot)
{
    return tenants->offered_milli[slot] *
           plenum_tenant_share_milli(&tenants->site->tenants[tenant], tenants->chips[slot]) / 1000;
}

int32_t site_tenants_entitled(const struct site_tenants *tenants, int32_t tenant, int32_t slot,
                              int64_t milli)
{
    for (; tenant != PLENUM_NONE; tenant = tenants->site->tenants[tenant].parent)
        if (site_tenants_held(tenants, tenant, slot) + milli <=
            site_tenants_share(tenants, tenant, slot))
            return tenant;
    return PLENUM_NONE;
}

static bool is_under(const struct plenum_site *site, int32_t tenant, int32_t above)
{
    while (tenant != PLENUM_NONE && tenant != above)
        tenant = site->tenants[tenant].parent;
    return tenant == above;
}

bool site_tenants_owes(const struct site_tenants *tenants, int32_t asking, int32_t other,
                       int32_t slot, int64_t milli)
{
    const struct plenum_site *site = tenants->site;
    if (asking == other)
        return false;
    while (!is_under(site, other, site->tenants[asking].parent))
        asking = site->tenants[asking].parent;
    int32_t both = site->tenants[asking].parent;
    if (site_tenants_held(tenants, asking, slot) + milli >
        site_tenants_share(tenants, asking, slot))
        return false;
    for (; other != both; other = site->tenants[other].parent)
        if (site_tenants_held(tenants, other, slot) <= site_tenants_share(tenants, other, slot))
            return false;
    return true;
}
