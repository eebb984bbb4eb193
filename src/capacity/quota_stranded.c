/* A rack after the other, and its servers in order, each of which takes its part of the watts that
 * the rack has left. */
#include "capacity/quota_stranded.h"

#define HOUR_MS INT64_C(3600000)

enum { WHOLE_MILLI = 1000 };

/* Accelerators of one server that nobody holds. */
struct unheld {
    int32_t whole;         /* wholly free now */
    int32_t stays;         /* and for the next hour */
    int64_t milli;         /* parts of others */
    int32_t cores, memory; /* how many have their part of these for the hour */
};

static struct unheld unheld_of(const struct plenum_ledger *ledger,
                               const struct plenum_server_model *model, int32_t server)
{
    int64_t now_ms = plenum_ledger_now_ms(ledger);
    int64_t step_ms = plenum_ledger_site(ledger)->step_ms;
    struct plenum_capacity_free now, hour;
    struct unheld unheld = {0};
    plenum_capacity_free_on(ledger, server, now_ms, now_ms + step_ms, &now);
    plenum_capacity_free_on(ledger, server, now_ms, now_ms + HOUR_MS, &hour);
    for (int32_t i = 0; i < model->accelerators; i++) {
        bool whole = now.milli[i] == WHOLE_MILLI;
        unheld.whole += whole;
        unheld.stays += whole && hour.offered && hour.milli[i] == WHOLE_MILLI;
        unheld.milli += whole ? 0 : now.milli[i];
    }
    int32_t cores = model->cores / model->accelerators;
    int64_t memory_bytes = model->memory_bytes / model->accelerators;
    unheld.cores = cores > 0 ? hour.cores / cores : model->accelerators;
    unheld.memory =
        memory_bytes > 0 ? (int32_t)(hour.memory_bytes / memory_bytes) : model->accelerators;
    return unheld;
}

/* Takes the part of *left that is over there for the cause. */
static void strand(struct plenum_quota_chip *chip, enum plenum_stranded_cause cause, int32_t *left,
                   int64_t there)
{
    if (*left <= there)
        return;
    chip->stranded_milli[cause] += (*left - there) * WHOLE_MILLI;
    *left = (int32_t)there;
}

static void add_server(const struct plenum_ledger *ledger, int32_t server,
                       struct plenum_quota_chip *chip, int64_t *rack_w)
{
    const struct plenum_site *site = plenum_ledger_site(ledger);
    const struct plenum_server_model *model = &site->server_models[site->servers[server].model];
    struct unheld unheld = unheld_of(ledger, model, server);
    int64_t each_w = plenum_server_job_w(model, 1, WHOLE_MILLI, model->cores / model->accelerators);
    int32_t left = unheld.whole;
    chip->sold_milli += (int64_t)(model->accelerators - unheld.whole) * WHOLE_MILLI - unheld.milli;
    chip->stranded_milli[PLENUM_STRANDED_FRACTION] += unheld.milli;
    strand(chip, PLENUM_STRANDED_PROMISED, &left, unheld.stays);
    strand(chip, PLENUM_STRANDED_CORES, &left, unheld.cores);
    strand(chip, PLENUM_STRANDED_MEMORY, &left, unheld.memory);
    if (each_w > 0)
        strand(chip, PLENUM_STRANDED_POWER, &left, *rack_w > 0 ? *rack_w / each_w : 0);
    *rack_w -= left * each_w;
    chip->usable_milli += (int64_t)left * WHOLE_MILLI;
    if (left == model->accelerators)
        chip->whole_milli += (int64_t)left * WHOLE_MILLI;
}

static void add_rack(const struct plenum_ledger *ledger, int32_t rack,
                     const struct site_tenants *tenants, struct plenum_quota_chip *chips)
{
    const struct plenum_site *site = plenum_ledger_site(ledger);
    const struct plenum_rack *placed = &site->racks[rack];
    int64_t now_ms = plenum_ledger_now_ms(ledger);
    int64_t state = plenum_ledger_get(ledger, PLENUM_RACK, (uint64_t)rack, PLENUM_FIELD_STATE);
    int64_t rack_w = plenum_power_headroom_w(ledger, site->positions[placed->position].load, now_ms,
                                             now_ms + HOUR_MS);
    int32_t servers = site->rack_models[placed->model].server_count;
    for (int32_t i = 0; i < servers && state != PLENUM_RACK_RETIRED; i++) {
        int32_t server = placed->first_server + i;
        const struct plenum_server_model *model = &site->server_models[site->servers[server].model];
        int64_t opens_ms, closes_ms, milli = (int64_t)model->accelerators * WHOLE_MILLI;
        if (model->accelerators == 0)
            continue;
        struct plenum_quota_chip *chip = &chips[tenants->slots[model->accelerator_chip]];
        plenum_capacity_window(ledger, server, &opens_ms, &closes_ms);
        chip->all_milli += milli;
        if (opens_ms <= now_ms && closes_ms > now_ms)
            add_server(ledger, server, chip, &rack_w);
        else
            chip->stranded_milli[PLENUM_STRANDED_RACK] += milli;
    }
}

void quota_find_stranded(const struct plenum_ledger *ledger, const struct site_tenants *tenants,
                         struct plenum_quota_chip *chips)
{
    for (int32_t slot = 0; slot < tenants->slot_count; slot++)
        chips[slot] = (struct plenum_quota_chip){.chip = tenants->chips[slot]};
    for (int32_t rack = 0; rack < tenants->site->rack_count; rack++)
        add_rack(ledger, rack, tenants, chips);
}
