#include "capacity/site_shift.h"

#include "base/check.h"
#include "base/memory.h"

#include <stdlib.h>

/* Whether the part of the server is free from now until the claim begins. */
static bool is_free_before(const struct plenum_ledger *ledger,
                           const struct plenum_capacity_claim *claim)
{
    struct plenum_capacity_free free_on;
    plenum_capacity_free_on(ledger, claim->server, plenum_ledger_now_ms(ledger), claim->from_ms,
                            &free_on);
    bool fits = free_on.offered && free_on.cores >= claim->cores &&
                free_on.memory_bytes >= claim->memory_bytes;
    for (int32_t i = 0; fits && i < PLENUM_ACCELERATORS_PER_SERVER_MAX; i++)
        fits = (claim->accelerators >> i & 1) == 0 || free_on.milli[i] >= claim->milli;
    return fits;
}

static bool shift_capacity(const struct plenum_ledger *ledger, struct plenum_ref job,
                           int64_t end_ms, struct plenum_command *command)
{
    size_t count = plenum_capacity_claims_of(ledger, job, NULL, 0);
    struct plenum_capacity_claim *claims = memory_new(count, sizeof *claims);
    plenum_capacity_claims_of(ledger, job, claims, count);
    bool fits = true;
    for (size_t i = 0; i < count && fits; i++) {
        fits = is_free_before(ledger, &claims[i]);
        claims[i].from_ms = plenum_ledger_now_ms(ledger);
        claims[i].until_ms = end_ms;
        plenum_command_claim_capacity(command, &claims[i]);
    }
    free(claims);
    return fits;
}

static void shift_power(const struct plenum_ledger *ledger, struct plenum_ref job, int64_t end_ms,
                        struct plenum_command *command)
{
    size_t count = plenum_power_claims_of(ledger, job, NULL, 0);
    struct plenum_power_claim *claims = memory_new(count, sizeof *claims);
    plenum_power_claims_of(ledger, job, claims, count);
    for (size_t i = 0; i < count; i++)
        plenum_command_claim_power(command, job, claims[i].load, plenum_ledger_now_ms(ledger),
                                   end_ms, claims[i].watts);
    free(claims);
}

bool site_shift_fill(const struct plenum_ledger *ledger, uint64_t id,
                     struct plenum_command *command)
{
    struct plenum_refusal refusal;
    struct plenum_ref job = plenum_ref(PLENUM_JOB, id);
    const int64_t *row = plenum_ledger_row(ledger, PLENUM_JOB, id);
    int64_t now_ms = plenum_ledger_now_ms(ledger);
    CHECK(row && row[PLENUM_FIELD_STATE] == PLENUM_JOB_RESERVED);
    int64_t end_ms = now_ms + row[PLENUM_JOB_LEFT_MS];
    plenum_command_release(command, job, PLENUM_BOOK_POWER | PLENUM_BOOK_CAPACITY, now_ms);
    if (!shift_capacity(ledger, job, end_ms, command))
        return false;
    shift_power(ledger, job, end_ms, command);
    plenum_command_set(command, job, PLENUM_FIELD_STATE, PLENUM_JOB_RUNNING);
    plenum_command_set(command, job, PLENUM_JOB_START_MS, now_ms);
    plenum_command_set(command, job, PLENUM_JOB_END_MS, end_ms);
    return plenum_ledger_test(ledger, command, &refusal);
}
