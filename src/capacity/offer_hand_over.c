/* Hand-over: a reservation, some of its servers, or what is left of it from an instant on, becomes
 * another tenant's, on the same servers at the same time. The price is split as what is handed over
 * is to the whole, so that both parts together are what was paid. */
#include "capacity/offer_desk.h"

#include "base/check.h"
#include "base/instant.h"
#include "base/memory.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* part of whole of an amount, rounded down; whole is at most some years of seconds. */
static int64_t share_of(int64_t amount, int64_t part, int64_t whole)
{
    return amount / whole * part + amount % whole * part / whole;
}

/* What the job holds until its end, as an offer. parts are the caller's to free. */
static struct plenum_offer held_by(const struct plenum_ledger *ledger, uint64_t job,
                                   const int64_t *row, struct plenum_offer_part **parts)
{
    struct plenum_ref ref = plenum_ref(PLENUM_JOB, job);
    size_t count = plenum_capacity_claims_of(ledger, ref, NULL, 0);
    struct plenum_capacity_claim *claims = memory_new(count, sizeof *claims);
    struct plenum_offer held = {.start_ms = row[PLENUM_JOB_START_MS],
                                .end_ms = row[PLENUM_JOB_END_MS],
                                .per_server = (int32_t)row[PLENUM_JOB_ACCELERATORS],
                                .milli = (int32_t)row[PLENUM_JOB_MILLI],
                                .cores = (int32_t)row[PLENUM_JOB_CORES],
                                .memory_bytes = row[PLENUM_JOB_MEMORY_BYTES],
                                .max_w = row[PLENUM_JOB_MAX_W],
                                .price_micro = row[PLENUM_JOB_PRICE_MICRO]};
    *parts = memory_new(count, sizeof **parts);
    plenum_capacity_claims_of(ledger, ref, claims, count);
    for (size_t i = 0; i < count; i++)
        if (claims[i].until_ms == held.end_ms)
            (*parts)[held.part_count++] =
                (struct plenum_offer_part){claims[i].server, claims[i].accelerators, 0};
    free(claims);
    held.parts = *parts;
    return held;
}

/* What of it goes to the other tenant; the rest stays in held. */
static struct plenum_offer cut_off(struct plenum_offer *held, int32_t servers, int64_t from_ms)
{
    struct plenum_offer part = *held;
    if (from_ms > held->start_ms) {
        int64_t whole_s = (held->end_ms - held->start_ms) / 1000;
        part.start_ms = held->end_ms = from_ms;
        part.price_micro =
            share_of(held->price_micro, (part.end_ms - from_ms) / 1000, whole_s > 0 ? whole_s : 1);
    } else {
        part.parts = held->parts + (held->part_count - servers);
        part.part_count = servers;
        part.price_micro = share_of(held->price_micro, servers, held->part_count);
        part.max_w = share_of(held->max_w, servers, held->part_count);
        held->part_count -= servers;
        held->max_w -= part.max_w;
    }
    held->price_micro -= part.price_micro;
    return part;
}

/* The job goes on with less. */
static void keep_rest(const struct plenum_ledger *ledger, const struct plenum_offer *rest,
                      struct plenum_ref job, const int64_t *row, int64_t from_ms,
                      struct plenum_command *command)
{
    int64_t lost_ms = row[PLENUM_JOB_END_MS] - rest->end_ms;
    bool in_time = lost_ms > 0;
    plenum_command_release(command, job, PLENUM_BOOK_POWER | PLENUM_BOOK_CAPACITY,
                           in_time ? from_ms : plenum_ledger_now_ms(ledger));
    if (!in_time)
        offer_claims(plenum_ledger_site(ledger), rest, job, command);
    plenum_command_set(command, job, PLENUM_JOB_SERVERS, rest->part_count);
    plenum_command_set(command, job, PLENUM_JOB_MAX_W, rest->max_w);
    plenum_command_set(command, job, PLENUM_JOB_END_MS, rest->end_ms);
    plenum_command_set(command, job, PLENUM_JOB_DURATION_MS, row[PLENUM_JOB_DURATION_MS] - lost_ms);
    plenum_command_set(command, job, PLENUM_JOB_LEFT_MS, row[PLENUM_JOB_LEFT_MS] - lost_ms);
    plenum_command_set(command, job, PLENUM_JOB_PRICE_MICRO, rest->price_micro);
}

/* The part as a reservation of its own, promised as the whole was. */
static void give_part(const struct plenum_ledger *ledger, const struct plenum_offer *part,
                      const int64_t *row, int32_t tenant, struct plenum_command *command)
{
    struct plenum_offer_request request = {.tenant = tenant,
                                           .chip = (int32_t)row[PLENUM_JOB_CHIP],
                                           .within = (enum plenum_within)row[PLENUM_JOB_WITHIN],
                                           .spread = (enum plenum_spread)row[PLENUM_JOB_SPREAD],
                                           .max_w = part->max_w,
                                           .preemptible = row[PLENUM_JOB_PREEMPTIBLE] != 0};
    plenum_offer_reserve(ledger, &request, part, command);
    command->kind = PLENUM_COMMAND_JOB_HAND_OVER;
}

static enum plenum_status check(const struct plenum_ledger *ledger, uint64_t job,
                                const int64_t *row, int32_t servers, int64_t from_ms,
                                struct plenum_error *error)
{
    char found[INSTANT_TEXT], after[INSTANT_TEXT], before[INSTANT_TEXT];
    if (!row || (row[PLENUM_FIELD_STATE] != PLENUM_JOB_RESERVED &&
                 row[PLENUM_FIELD_STATE] != PLENUM_JOB_RUNNING))
        return plenum_fail(error, PLENUM_REFUSED, "job %" PRIu64 " has no window", job);
    int64_t now_ms = plenum_ledger_now_ms(ledger), start_ms = row[PLENUM_JOB_START_MS];
    bool runs = row[PLENUM_FIELD_STATE] == PLENUM_JOB_RUNNING;
    if (servers < 0 || servers > row[PLENUM_JOB_SERVERS])
        return plenum_fail(error, PLENUM_REFUSED,
                           "servers: found %" PRId32 ", expected 1 to %" PRId64, servers,
                           row[PLENUM_JOB_SERVERS]);
    if (from_ms > start_ms && servers != 0 && servers != row[PLENUM_JOB_SERVERS])
        return plenum_fail(error, PLENUM_REFUSED,
                           "servers: found %" PRId32
                           ", expected all of them where a time is given as well",
                           servers);
    int64_t least_ms = runs ? now_ms + 1 : start_ms;
    if (from_ms < least_ms || from_ms >= row[PLENUM_JOB_END_MS])
        return plenum_fail(error, PLENUM_REFUSED,
                           "from %s: expected an instant from %s to before %s",
                           instant_format(from_ms, found), instant_format(least_ms, after),
                           instant_format(row[PLENUM_JOB_END_MS], before));
    return PLENUM_OK;
}

enum plenum_status plenum_offer_hand_over(const struct plenum_ledger *ledger, uint64_t job,
                                          int32_t tenant, int32_t servers, int64_t from_ms,
                                          struct plenum_command *command, int64_t *price_micro,
                                          struct plenum_error *error)
{
    const struct plenum_site *site = plenum_ledger_site(ledger);
    const int64_t *row = plenum_ledger_row(ledger, PLENUM_JOB, job);
    struct plenum_ref ref = plenum_ref(PLENUM_JOB, job);
    if (tenant < 0 || tenant >= site->tenant_count || (row && tenant == row[PLENUM_JOB_TENANT]))
        return plenum_fail(error, PLENUM_REFUSED, "tenant: expected one other than it has");
    enum plenum_status status = check(ledger, job, row, servers, from_ms, error);
    if (status != PLENUM_OK)
        return status;
    command->kind = PLENUM_COMMAND_JOB_HAND_OVER;
    *price_micro = row[PLENUM_JOB_PRICE_MICRO];
    bool all = servers == 0 || servers == row[PLENUM_JOB_SERVERS];
    if (all && from_ms == row[PLENUM_JOB_START_MS]) {
        plenum_command_set(command, ref, PLENUM_JOB_TENANT, tenant);
        plenum_command_set(command, ref, PLENUM_JOB_PRIORITY, site->tenants[tenant].priority);
        return PLENUM_OK;
    }
    struct plenum_offer_part *parts;
    struct plenum_offer held = held_by(ledger, job, row, &parts);
    struct plenum_offer part = cut_off(&held, servers, from_ms);
    keep_rest(ledger, &held, ref, row, from_ms, command);
    give_part(ledger, &part, row, tenant, command);
    *price_micro = part.price_micro;
    free(parts);
    return PLENUM_OK;
}
