/* Tenants: they ask for jobs, ask for more time before a job ends, and cancel. */
#include "sim/sim.h"

#include "base/check.h"
#include "base/memory.h"

#include <stdlib.h>

static const int64_t MINUTE_MS = 60000;
static const int64_t EXTEND_BEFORE_END_MS = 600000;
enum { LIVE_MAX = 1 << 24 };

/* --- new jobs --------------------------------------------------------------------------------- */

static void set_job(struct sim *sim, uint64_t id, int32_t field, int64_t value)
{
    plenum_command_set(&sim->command, plenum_ref(PLENUM_JOB, id), field, value);
}

static enum plenum_status submit_job(struct sim *sim, const struct plenum_port *port,
                                     const struct plenum_trace_job *job, int64_t earliest_ms)
{
    uint64_t id = plenum_ledger_next_id(port->ledger, PLENUM_JOB);
    const struct plenum_tenant *tenant = &sim->site->tenants[job->tenant];
    plenum_command_reset(&sim->command, PLENUM_COMMAND_JOB_SUBMIT, tenant->name);
    plenum_command_create(&sim->command, plenum_ref(PLENUM_JOB, id));
    set_job(sim, id, PLENUM_JOB_TENANT, job->tenant);
    set_job(sim, id, PLENUM_JOB_SERVERS, job->servers);
    set_job(sim, id, PLENUM_JOB_ACCELERATORS, job->accelerators);
    set_job(sim, id, PLENUM_JOB_MILLI, job->milli);
    set_job(sim, id, PLENUM_JOB_CHIP, job->chip);
    set_job(sim, id, PLENUM_JOB_CORES, job->cores);
    set_job(sim, id, PLENUM_JOB_MEMORY_BYTES, job->memory_bytes);
    set_job(sim, id, PLENUM_JOB_DURATION_MS, job->duration_ms);
    set_job(sim, id, PLENUM_JOB_LEFT_MS, job->duration_ms);
    set_job(sim, id, PLENUM_JOB_SUBMIT_MS, plenum_ledger_now_ms(port->ledger));
    set_job(sim, id, PLENUM_JOB_EARLIEST_MS, earliest_ms);
    set_job(sim, id, PLENUM_JOB_START_MS, PLENUM_FOREVER);
    set_job(sim, id, PLENUM_JOB_END_MS, PLENUM_FOREVER);
    set_job(sim, id, PLENUM_JOB_PREEMPTIBLE, job->preemptible);
    set_job(sim, id, PLENUM_JOB_PRIORITY, tenant->priority);
    return plenum_port_submit(port, &sim->command, NULL);
}

/* A job of a class: its length and start are drawn, in whole minutes. */
static enum plenum_status ask_class(struct sim *sim, const struct plenum_port *port, int32_t index)
{
    const struct plenum_job_class *class = &sim->site->job_classes[index];
    int64_t now_ms = plenum_ledger_now_ms(port->ledger);
    uint64_t length = sim_draw(sim, SIM_JOB_SHAPE, (uint64_t)index * 2, now_ms);
    uint64_t ahead = sim_draw(sim, SIM_JOB_SHAPE, (uint64_t)index * 2 + 1, now_ms);
    uint64_t range = (uint64_t)((class->duration_max_ms - class->duration_min_ms) / MINUTE_MS) + 1;
    struct plenum_trace_job job = {.submit_ms = now_ms,
                                   .duration_ms =
                                       class->duration_min_ms +
                                       (int64_t)random_below_from(length, range) * MINUTE_MS,
                                   .tenant = class->tenant,
                                   .servers = class->servers,
                                   .accelerators = class->accelerators,
                                   .milli = class->milli,
                                   .chip = class->chip,
                                   .cores = class->cores,
                                   .memory_bytes = class->memory_bytes,
                                   .preemptible = class->preemptible};
    uint64_t minutes = (uint64_t)(class->ahead_max_ms / MINUTE_MS) + 1;
    return submit_job(sim, port, &job,
                      now_ms + (int64_t)random_below_from(ahead, minutes) * MINUTE_MS);
}

/* The first job of the trace at or after an instant; the trace is in order of submission. */
static int32_t trace_from(const struct plenum_site *site, int64_t instant_ms)
{
    int32_t low = 0, high = site->trace_job_count;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (site->trace_jobs[middle].submit_ms < instant_ms)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static enum plenum_status ask(struct sim *sim, const struct plenum_port *port)
{
    const struct plenum_site *site = sim->site;
    int64_t now_ms = plenum_ledger_now_ms(port->ledger);
    enum plenum_status status = PLENUM_OK;
    for (int32_t i = 0; i < site->job_class_count && status == PLENUM_OK; i++)
        if (sim_event(sim_draw(sim, SIM_JOB, (uint64_t)i, now_ms),
                      site->job_classes[i].mean_interval_ms, site->step_ms))
            status = ask_class(sim, port, i);
    for (int32_t i = trace_from(site, now_ms);
         i < site->trace_job_count && status == PLENUM_OK &&
         site->trace_jobs[i].submit_ms < now_ms + site->step_ms;
         i++)
        status = submit_job(sim, port, &site->trace_jobs[i], now_ms);
    return status;
}

/* --- more time, and less ---------------------------------------------------------------------- */

/* Claims what the job has at its end for a quarter of its length more (an earlier extension left
 * claims that end before); the ledger says whether that is free. */
static enum plenum_status extend(struct sim *sim, const struct plenum_port *port, uint64_t id)
{
    enum { CLAIMS_MAX = 1024 };
    const struct plenum_ledger *ledger = port->ledger;
    const int64_t *row = plenum_ledger_row(ledger, PLENUM_JOB, id);
    struct plenum_ref job = plenum_ref(PLENUM_JOB, id);
    int64_t end_ms = row[PLENUM_JOB_END_MS];
    int64_t more_ms = row[PLENUM_JOB_DURATION_MS] / 4 / MINUTE_MS * MINUTE_MS + MINUTE_MS;
    struct plenum_capacity_claim capacity[CLAIMS_MAX];
    struct plenum_power_claim power[CLAIMS_MAX];
    size_t capacity_count = plenum_capacity_claims_of(ledger, job, capacity, CLAIMS_MAX);
    size_t power_count = plenum_power_claims_of(ledger, job, power, CLAIMS_MAX);
    if (capacity_count > CLAIMS_MAX || power_count > CLAIMS_MAX)
        return PLENUM_OK;
    plenum_command_reset(&sim->command, PLENUM_COMMAND_JOB_EXTEND,
                         sim->site->tenants[row[PLENUM_JOB_TENANT]].name);
    for (size_t i = 0; i < capacity_count; i++) {
        if (capacity[i].until_ms != end_ms)
            continue;
        capacity[i].from_ms = end_ms;
        capacity[i].until_ms = end_ms + more_ms;
        plenum_command_claim_capacity(&sim->command, &capacity[i]);
    }
    for (size_t i = 0; i < power_count; i++)
        if (power[i].until_ms == end_ms)
            plenum_command_claim_power(&sim->command, job, power[i].load, end_ms, end_ms + more_ms,
                                       power[i].watts);
    set_job(sim, id, PLENUM_JOB_END_MS, end_ms + more_ms);
    set_job(sim, id, PLENUM_JOB_DURATION_MS, row[PLENUM_JOB_DURATION_MS] + more_ms);
    set_job(sim, id, PLENUM_JOB_LEFT_MS, row[PLENUM_JOB_LEFT_MS] + more_ms);
    return plenum_port_submit(port, &sim->command, NULL);
}

static enum plenum_status cancel(struct sim *sim, const struct plenum_port *port, uint64_t id)
{
    int64_t tenant = plenum_ledger_get(port->ledger, PLENUM_JOB, id, PLENUM_JOB_TENANT);
    plenum_command_reset(&sim->command, PLENUM_COMMAND_JOB_CANCEL, sim->site->tenants[tenant].name);
    plenum_command_release(&sim->command, plenum_ref(PLENUM_JOB, id), PLENUM_BOOK_ALL,
                           plenum_ledger_now_ms(port->ledger));
    set_job(sim, id, PLENUM_FIELD_STATE, PLENUM_JOB_CANCELLED);
    return plenum_port_submit(port, &sim->command, NULL);
}

/* Who extends does so shortly before the end, and may do it again: the draw is for this length. */
static bool extends_now(const struct sim *sim, const struct plenum_ledger *ledger, uint64_t id,
                        const int64_t *row)
{
    return row[PLENUM_FIELD_STATE] == PLENUM_JOB_RUNNING &&
           sim_now_is(ledger, row[PLENUM_JOB_END_MS] - EXTEND_BEFORE_END_MS) &&
           sim_chance(sim_draw(sim, SIM_EXTEND, id, row[PLENUM_JOB_DURATION_MS]),
                      sim->site->world.job_extend_ppm);
}

/* Who cancels does so within twice the length asked. */
static bool cancels_now(const struct sim *sim, const struct plenum_ledger *ledger, uint64_t id,
                        const int64_t *row)
{
    uint64_t bits = sim_draw(sim, SIM_CANCEL, id, row[PLENUM_JOB_SUBMIT_MS]);
    if (row[PLENUM_FIELD_STATE] >= PLENUM_JOB_DONE ||
        !sim_chance(bits, sim->site->world.job_cancel_ppm))
        return false;
    int64_t after_ms = (int64_t)(bits % 2000) * row[PLENUM_JOB_DURATION_MS] / 1000;
    return sim_now_is(ledger, row[PLENUM_JOB_SUBMIT_MS] + after_ms);
}

static void collect(struct sim *sim, const struct plenum_ledger *ledger,
                    bool (*wanted)(const struct sim *sim, const struct plenum_ledger *ledger,
                                   uint64_t id, const int64_t *row))
{
    size_t cursor = 0;
    uint64_t id;
    const int64_t *row;
    sim->id_count = 0;
    while (plenum_ledger_walk(ledger, PLENUM_JOB, &cursor, &id, &row))
        if (wanted(sim, ledger, id, row))
            ARRAY_PUSH(sim->ids, sim->id_count, sim->id_capacity, LIVE_MAX) = id;
}

enum plenum_status sim_tenants(struct sim *sim, const struct plenum_port *port)
{
    enum plenum_status status = PLENUM_OK;
    collect(sim, port->ledger, cancels_now);
    for (size_t i = 0; i < sim->id_count && status == PLENUM_OK; i++)
        status = cancel(sim, port, sim->ids[i]);
    collect(sim, port->ledger, extends_now);
    for (size_t i = 0; i < sim->id_count && status == PLENUM_OK; i++)
        status = extend(sim, port, sim->ids[i]);
    return status == PLENUM_OK ? ask(sim, port) : status;
}
