/* Commands of reservations. */
#include "capacity/offer_desk.h"

#include "base/check.h"
#include "base/instant.h"
#include "base/memory.h"
#include "capacity/site_account.h"

#include <inttypes.h>
#include <stdlib.h>

static int32_t load_of(const struct plenum_site *site, int32_t server)
{
    return site->positions[site->racks[site->servers[server].rack].position].load;
}

static int64_t part_watts(const struct plenum_site *site, const struct plenum_offer *offer,
                          int32_t server)
{
    const struct fit_request part = {.servers = offer->part_count,
                                     .accelerators = offer->per_server,
                                     .milli = offer->milli,
                                     .cores = offer->cores,
                                     .max_w = offer->max_w};
    return fit_request_w(&site->server_models[site->servers[server].model], &part);
}

/* Watts of all parts at the load of part i; 0 where an earlier part has the same load. */
static int64_t load_watts(const struct plenum_site *site, const struct plenum_offer *offer,
                          int32_t i)
{
    int32_t load = load_of(site, offer->parts[i].server);
    int64_t watts = 0;
    for (int32_t k = 0; k < i; k++)
        if (load_of(site, offer->parts[k].server) == load)
            return 0;
    for (int32_t k = i; k < offer->part_count; k++)
        if (load_of(site, offer->parts[k].server) == load)
            watts += part_watts(site, offer, offer->parts[k].server);
    return watts;
}

/* Capacity on each server, and watts at each rack, as the site's planner claims them. */
void offer_claims(const struct plenum_site *site, const struct plenum_offer *offer,
                  struct plenum_ref job, struct plenum_command *command)
{
    for (int32_t i = 0; i < offer->part_count; i++) {
        const struct plenum_offer_part *part = &offer->parts[i];
        struct plenum_capacity_claim claim = {.owner = job,
                                              .server = part->server,
                                              .milli = offer->per_server > 0 ? offer->milli : 0,
                                              .accelerators = part->accelerators,
                                              .cores = offer->cores,
                                              .memory_bytes = offer->memory_bytes,
                                              .from_ms = offer->start_ms,
                                              .until_ms = offer->end_ms};
        int64_t watts = load_watts(site, offer, i);
        plenum_command_claim_capacity(command, &claim);
        if (watts > 0)
            plenum_command_claim_power(command, job, load_of(site, part->server), offer->start_ms,
                                       offer->end_ms, watts);
    }
}

void plenum_offer_reserve(const struct plenum_ledger *ledger,
                          const struct plenum_offer_request *request,
                          const struct plenum_offer *offer, struct plenum_command *command)
{
    const struct plenum_site *site = plenum_ledger_site(ledger);
    struct plenum_ref job = plenum_ref(PLENUM_JOB, plenum_ledger_next_id(ledger, PLENUM_JOB));
    CHECK(request->tenant >= 0 && request->tenant < site->tenant_count);
    int64_t length_ms = offer->end_ms - offer->start_ms;
    const struct {
        int32_t field;
        int64_t value;
    } fields[] = {{PLENUM_FIELD_STATE, PLENUM_JOB_RESERVED},
                  {PLENUM_JOB_TENANT, request->tenant},
                  {PLENUM_JOB_SERVERS, offer->part_count},
                  {PLENUM_JOB_ACCELERATORS, offer->per_server},
                  {PLENUM_JOB_MILLI, offer->milli},
                  {PLENUM_JOB_CHIP, request->chip},
                  {PLENUM_JOB_CORES, offer->cores},
                  {PLENUM_JOB_MEMORY_BYTES, offer->memory_bytes},
                  {PLENUM_JOB_DURATION_MS, length_ms},
                  {PLENUM_JOB_LEFT_MS, length_ms},
                  {PLENUM_JOB_SUBMIT_MS, plenum_ledger_now_ms(ledger)},
                  {PLENUM_JOB_EARLIEST_MS, offer->start_ms},
                  {PLENUM_JOB_START_MS, offer->start_ms},
                  {PLENUM_JOB_END_MS, offer->end_ms},
                  {PLENUM_JOB_PREEMPTIBLE, request->preemptible},
                  {PLENUM_JOB_PRIORITY, site->tenants[request->tenant].priority},
                  {PLENUM_JOB_WITHIN, request->within},
                  {PLENUM_JOB_SPREAD, request->spread},
                  {PLENUM_JOB_MAX_W, request->max_w},
                  {PLENUM_JOB_PROMISED_MS, offer->start_ms},
                  {PLENUM_JOB_PRICE_MICRO, offer->price_micro}};
    command->kind = PLENUM_COMMAND_JOB_RESERVE;
    plenum_command_create(command, job);
    offer_claims(site, offer, job, command);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        plenum_command_set(command, job, fields[i].field, fields[i].value);
    site_account_pay(ledger, command, request->tenant, offer->price_micro);
}

/* The row of a job that is not over, or NULL. */
static const int64_t *live_job(const struct plenum_ledger *ledger, uint64_t job)
{
    const int64_t *row = plenum_ledger_row(ledger, PLENUM_JOB, job);
    return row && row[PLENUM_FIELD_STATE] < PLENUM_JOB_DONE ? row : NULL;
}

enum plenum_status plenum_offer_cancel(const struct plenum_ledger *ledger, uint64_t job,
                                       struct plenum_command *command, struct plenum_error *error)
{
    struct plenum_ref ref = plenum_ref(PLENUM_JOB, job);
    if (!live_job(ledger, job))
        return plenum_fail(error, PLENUM_REFUSED, "there is no job %" PRIu64 " to be cancelled",
                           job);
    command->kind = PLENUM_COMMAND_JOB_CANCEL;
    plenum_command_release(command, ref, PLENUM_BOOK_POWER | PLENUM_BOOK_CAPACITY,
                           plenum_ledger_now_ms(ledger));
    plenum_command_set(command, ref, PLENUM_FIELD_STATE, PLENUM_JOB_CANCELLED);
    return PLENUM_OK;
}

/* Claims like those of the job that last to its end, over what comes after it. */
static void claim_more(const struct plenum_ledger *ledger, struct plenum_ref job, int64_t end_ms,
                       int64_t new_end_ms, struct plenum_command *command)
{
    size_t count = plenum_capacity_claims_of(ledger, job, NULL, 0);
    struct plenum_capacity_claim *capacity = memory_new(count, sizeof *capacity);
    plenum_capacity_claims_of(ledger, job, capacity, count);
    for (size_t i = 0; i < count; i++) {
        if (capacity[i].until_ms != end_ms)
            continue;
        capacity[i].from_ms = end_ms;
        capacity[i].until_ms = new_end_ms;
        plenum_command_claim_capacity(command, &capacity[i]);
    }
    free(capacity);
    count = plenum_power_claims_of(ledger, job, NULL, 0);
    struct plenum_power_claim *power = memory_new(count, sizeof *power);
    plenum_power_claims_of(ledger, job, power, count);
    for (size_t i = 0; i < count; i++)
        if (power[i].until_ms == end_ms)
            plenum_command_claim_power(command, job, power[i].load, end_ms, new_end_ms,
                                       power[i].watts);
    free(power);
}

enum plenum_status plenum_offer_move_end(const struct plenum_ledger *ledger, uint64_t job,
                                         int64_t end_ms, int64_t extra_micro,
                                         struct plenum_command *command, struct plenum_error *error)
{
    char found[INSTANT_TEXT], after[INSTANT_TEXT];
    struct plenum_ref ref = plenum_ref(PLENUM_JOB, job);
    const int64_t *row = live_job(ledger, job);
    if (!row || row[PLENUM_FIELD_STATE] == PLENUM_JOB_QUEUED)
        return plenum_fail(error, PLENUM_REFUSED, "job %" PRIu64 " has no window", job);
    int64_t now_ms = plenum_ledger_now_ms(ledger), old_ms = row[PLENUM_JOB_END_MS];
    int64_t start_ms = row[PLENUM_JOB_START_MS], least_ms = start_ms > now_ms ? start_ms : now_ms;
    if (end_ms <= least_ms || end_ms == old_ms)
        return plenum_fail(error, PLENUM_REFUSED, "end %s: expected another than it has, after %s",
                           instant_format(end_ms, found), instant_format(least_ms, after));
    command->kind = PLENUM_COMMAND_JOB_EXTEND;
    if (end_ms > old_ms)
        claim_more(ledger, ref, old_ms, end_ms, command);
    else
        plenum_command_release(command, ref, PLENUM_BOOK_POWER | PLENUM_BOOK_CAPACITY, end_ms);
    plenum_command_set(command, ref, PLENUM_JOB_END_MS, end_ms);
    plenum_command_set(command, ref, PLENUM_JOB_DURATION_MS,
                       row[PLENUM_JOB_DURATION_MS] + end_ms - old_ms);
    plenum_command_set(command, ref, PLENUM_JOB_LEFT_MS, row[PLENUM_JOB_LEFT_MS] + end_ms - old_ms);
    if (extra_micro > 0 && end_ms > old_ms) {
        plenum_command_set(command, ref, PLENUM_JOB_PRICE_MICRO,
                           row[PLENUM_JOB_PRICE_MICRO] + extra_micro);
        site_account_pay(ledger, command, (int32_t)row[PLENUM_JOB_TENANT], extra_micro);
    }
    return PLENUM_OK;
}
