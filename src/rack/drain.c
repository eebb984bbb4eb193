/* A job that is put back keeps the work it has done: jobs are expected to go on from a checkpoint.
 * What is left to run is at least one step, so that it is never done without having ended. */
#include "rack/drain.h"

#include "base/check.h"
#include "base/memory.h"

#include <stdlib.h>

void drain_job(const struct plenum_ledger *ledger, struct plenum_command *command, uint64_t job)
{
    struct plenum_ref ref = plenum_ref(PLENUM_JOB, job);
    const int64_t *row = plenum_ledger_row(ledger, PLENUM_JOB, job);
    CHECK(row);
    int64_t now_ms = plenum_ledger_now_ms(ledger);
    int64_t left_ms = row[PLENUM_JOB_LEFT_MS];
    bool ran = row[PLENUM_JOB_STATE] == PLENUM_JOB_RUNNING;
    if (ran) {
        int64_t step_ms = plenum_ledger_site(ledger)->step_ms;
        left_ms -= now_ms - row[PLENUM_JOB_SINCE_MS];
        left_ms = left_ms < step_ms ? step_ms : left_ms;
    }
    plenum_command_release(command, ref, PLENUM_BOOK_POWER | PLENUM_BOOK_CAPACITY, now_ms);
    plenum_command_set(command, ref, PLENUM_FIELD_STATE, PLENUM_JOB_QUEUED);
    plenum_command_set(command, ref, PLENUM_JOB_LEFT_MS, left_ms);
    plenum_command_set(command, ref, PLENUM_JOB_START_MS, PLENUM_FOREVER);
    plenum_command_set(command, ref, PLENUM_JOB_END_MS, PLENUM_FOREVER);
    if (ran)
        plenum_command_set(command, ref, PLENUM_JOB_PREEMPTIONS, row[PLENUM_JOB_PREEMPTIONS] + 1);
}

/* Whether the command already takes the job off. */
static bool drained_already(const struct plenum_command *command, struct plenum_ref owner)
{
    for (size_t i = 0; i < command->op_count; i++) {
        const struct plenum_op *op = &command->ops[i];
        if (op->type == PLENUM_OP_RELEASE && op->release.owner.kind == owner.kind &&
            op->release.owner.id == owner.id)
            return true;
    }
    return false;
}

void drain_job_once(const struct plenum_ledger *ledger, struct plenum_command *command,
                    uint64_t job)
{
    if (!drained_already(command, plenum_ref(PLENUM_JOB, job)))
        drain_job(ledger, command, job);
}

static void drain_server(const struct plenum_ledger *ledger, struct plenum_command *command,
                         int32_t server)
{
    size_t count = plenum_capacity_claims_on(ledger, server, NULL, 0);
    struct plenum_capacity_claim *claims = memory_new(count, sizeof *claims);
    plenum_capacity_claims_on(ledger, server, claims, count);
    for (size_t i = 0; i < count; i++)
        if (claims[i].owner.kind == PLENUM_JOB)
            drain_job_once(ledger, command, claims[i].owner.id);
    free(claims);
    int64_t now_ms = plenum_ledger_now_ms(ledger);
    plenum_command_window(command, server, now_ms, now_ms);
}

void drain_rack(const struct plenum_ledger *ledger, struct plenum_command *command, int32_t rack)
{
    const struct plenum_site *site = plenum_ledger_site(ledger);
    CHECK(rack >= 0 && rack < site->rack_count);
    int32_t first = site->racks[rack].first_server;
    int32_t count = site->rack_models[site->racks[rack].model].server_count;
    for (int32_t server = first; server < first + count; server++)
        drain_server(ledger, command, server);
}
