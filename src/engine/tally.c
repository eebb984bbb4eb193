/* A row is taken in by following its operations, one function a type. */
#include "engine/tally.h"

#include "base/check.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { WAITS_MAX = 1 << 28 };

void tally_init(struct tally *tally, const struct plenum_site *site)
{
    memset(tally, 0, sizeof *tally);
    tally->site = site;
    entities_init(&tally->entities, site);
    tally->tenants = memory_new((size_t)site->tenant_count, sizeof *tally->tenants);
    tally->offered = memory_new((size_t)site->server_count, sizeof *tally->offered);
    tally->first_ms = tally->last_ms = site->start_ms;
}

void tally_finish(struct tally *tally)
{
    for (int32_t i = 0; i < tally->site->tenant_count; i++)
        free(tally->tenants[i].waits.ms);
    predictions_finish(&tally->predictions);
    free(tally->tenants);
    free(tally->offered);
    entities_finish(&tally->entities);
}

static int64_t job_milli(const int64_t *row)
{
    return row[PLENUM_JOB_SERVERS] * row[PLENUM_JOB_ACCELERATORS] * row[PLENUM_JOB_MILLI];
}

/* The bound lets work flow like water: at every instant at most what is offered, and never more
 * than was asked and is not done. No schedule of whole jobs on whole servers can pass it. */
static void tally_pass_time(struct tally *tally, int64_t passed_ms)
{
    int64_t room = tally->offered_devices * 1000 * passed_ms;
    int64_t flow = room < tally->backlog_milli_ms ? room : tally->backlog_milli_ms;
    tally->offered_milli_ms += room;
    tally->bound_milli_ms += flow;
    tally->backlog_milli_ms -= flow;
    for (int32_t i = 0; i < tally->site->tenant_count; i++)
        tally->tenants[i].sold_milli_ms += tally->tenants[i].running_milli * passed_ms;
    tally->last_ms += passed_ms;
}

static void tally_window(struct tally *tally, const struct plenum_op *op)
{
    int32_t server = op->window.server;
    bool offered = op->window.from_ms <= tally->last_ms && tally->last_ms < op->window.until_ms;
    int32_t devices = tally->site->server_models[tally->site->servers[server].model].accelerators;
    if (offered != tally->offered[server])
        tally->offered_devices += offered ? devices : -devices;
    tally->offered[server] = offered;
}

static void tally_job_state(struct tally *tally, uint64_t id, const int64_t *row, int64_t next)
{
    struct tally_tenant *tenant = &tally->tenants[row[PLENUM_JOB_TENANT]];
    if (row[PLENUM_FIELD_STATE] == PLENUM_JOB_RUNNING)
        tenant->running_milli -= job_milli(row);
    if (row[PLENUM_FIELD_STATE] == PLENUM_JOB_RUNNING && next == PLENUM_JOB_QUEUED)
        tenant->preemptions++;
    tenant->jobs_finished += next == PLENUM_JOB_DONE;
    tenant->jobs_cancelled += next == PLENUM_JOB_CANCELLED;
    if (next != PLENUM_JOB_RUNNING)
        return;
    tenant->running_milli += job_milli(row);
    if (row[PLENUM_JOB_PREEMPTIONS] > 0)
        return;
    predictions_start(&tally->predictions, id, tally->last_ms, row[PLENUM_JOB_PROMISED_MS]);
    tenant->jobs_started++;
    int64_t asked_ms = row[PLENUM_JOB_EARLIEST_MS] > row[PLENUM_JOB_SUBMIT_MS]
                           ? row[PLENUM_JOB_EARLIEST_MS]
                           : row[PLENUM_JOB_SUBMIT_MS];
    struct tally_waits *waits = &tenant->waits;
    ARRAY_PUSH(waits->ms, waits->count, waits->capacity, WAITS_MAX) = tally->last_ms - asked_ms;
}

static void tally_task_state(struct tally *tally, const int64_t *row, int64_t next)
{
    tally->errands_done += next == PLENUM_TASK_TO_DROP || next == PLENUM_TASK_DONE;
    if (next != PLENUM_TASK_DONE)
        return;
    tally->tasks_done[row[PLENUM_TASK_LOAD]]++;
    if (tally->leg_count < TALLY_LEGS_MAX)
        tally->legs[tally->leg_count++] = (struct tally_leg){(int32_t)row[PLENUM_TASK_FROM_CELL],
                                                             (int32_t)row[PLENUM_TASK_TO_CELL]};
}

static void tally_state(struct tally *tally, struct plenum_ref ref, const int64_t *row,
                        int64_t next)
{
    uint32_t kind = ref.kind;
    if (kind == PLENUM_JOB)
        tally_job_state(tally, ref.id, row, next);
    else if (kind == PLENUM_TASK)
        tally_task_state(tally, row, next);
    else if (kind == PLENUM_FLIGHT)
        tally->flights_ended += next == PLENUM_FLIGHT_ENDED;
    else if (kind == PLENUM_DELIVERY)
        tally->deliveries_landed += next == PLENUM_DELIVERY_LANDED;
}

static void tally_set(struct tally *tally, const struct plenum_op *op)
{
    struct plenum_ref ref = op->set.ref;
    const int64_t *old = entities_row(&tally->entities, ref);
    CHECK(old && op->set.field >= 0 && op->set.field < PLENUM_FIELDS_MAX);
    if (op->set.field == PLENUM_FIELD_STATE)
        tally_state(tally, ref, old, op->set.value);
    if (ref.kind == PLENUM_JOB && op->set.field == PLENUM_JOB_FORETOLD_MS)
        predictions_foretell(&tally->predictions, ref.id, op->set.value);
    int64_t row[PLENUM_FIELDS_MAX];
    memcpy(row, old, (size_t)plenum_kind_field_count(ref.kind) * sizeof *row);
    row[op->set.field] = op->set.value;
    entities_put(&tally->entities, ref, row);
}

static void tally_op(struct tally *tally, const struct plenum_op *op)
{
    static const int64_t zeros[PLENUM_FIELDS_MAX];
    switch (op->type) {
    case PLENUM_OP_CREATE:
        entities_put(&tally->entities, op->create.ref, zeros);
        tally->flights_planned += op->create.ref.kind == PLENUM_FLIGHT;
        if (op->create.ref.kind == PLENUM_JOB)
            predictions_create(&tally->predictions, op->create.ref.id);
        break;
    case PLENUM_OP_SET:
        tally_set(tally, op);
        break;
    case PLENUM_OP_END:
        entities_end(&tally->entities, op->end.ref);
        break;
    case PLENUM_OP_WINDOW:
        tally_window(tally, op);
        break;
    case PLENUM_OP_FLOOR_STEP:
        tally->robot_steps += (uint64_t)op->step.count;
        break;
    case PLENUM_OP_TICK:
        tally_pass_time(tally, op->tick.to_ms - tally->last_ms);
        break;
    default:
        break;
    }
}

/* What a tenant asks, by a new job or by asking for more time. */
static void tally_asked(struct tally *tally, const struct plenum_command *command)
{
    for (size_t i = 0; i < command->op_count; i++) {
        const struct plenum_op *op = &command->ops[i];
        if (op->type != PLENUM_OP_CREATE || op->create.ref.kind != PLENUM_JOB)
            continue;
        const int64_t *row = entities_row(&tally->entities, op->create.ref);
        struct tally_tenant *tenant = &tally->tenants[row[PLENUM_JOB_TENANT]];
        int64_t work = job_milli(row) * row[PLENUM_JOB_DURATION_MS];
        tenant->jobs_asked++;
        tenant->asked_milli_ms += work;
        tally->backlog_milli_ms += work;
    }
}

/* The work that an extension adds: the change of DURATION_MS, read before the row is taken in. */
static void tally_extended(struct tally *tally, const struct plenum_command *command)
{
    for (size_t i = 0; i < command->op_count; i++) {
        const struct plenum_op *op = &command->ops[i];
        if (op->type != PLENUM_OP_SET || op->set.ref.kind != PLENUM_JOB ||
            op->set.field != PLENUM_JOB_DURATION_MS)
            continue;
        const int64_t *row = entities_row(&tally->entities, op->set.ref);
        if (!row || row[PLENUM_JOB_DURATION_MS] == 0)
            continue;
        int64_t work = job_milli(row) * (op->set.value - row[PLENUM_JOB_DURATION_MS]);
        tally->tenants[row[PLENUM_JOB_TENANT]].asked_milli_ms += work;
        tally->backlog_milli_ms += work > 0 ? work : 0;
    }
}

void tally_row(struct tally *tally, const struct plenum_journal_row *row)
{
    tally->rows++;
    if (!row->taken) {
        tally->refused[row->reason]++;
        return;
    }
    tally->taken[row->command->kind]++;
    tally_extended(tally, row->command);
    for (size_t i = 0; i < row->command->op_count; i++)
        tally_op(tally, &row->command->ops[i]);
    tally_asked(tally, row->command);
}
