/* The capacity planner as an agent.
 *
 * Every step: jobs whose time is over finish, reserved jobs whose start has come begin. Every
 * ROUND_MS of site time: waiting jobs are given the earliest window in the calendar, in the order
 * of site_queue.h and within the quotas of site_quota.h, a few also far ahead (site_place.c);
 * before that, reserved jobs that fit now are taken forward, and after it some get an earlier
 * window (a rack came into service, a job was cancelled). A promised start is never put off by
 * this: only a fault or a lowered limit takes a job off (src/rack). */
#include "capacity/site_agent.h"

#include "base/memory.h"
#include "capacity/site_account.h"

#include <stdlib.h>

/* --- finish and begin ------------------------------------------------------------------------- */

static bool job_is_due(const int64_t *row, int64_t now_ms)
{
    switch (row[PLENUM_JOB_STATE]) {
    case PLENUM_JOB_RUNNING:
        return row[PLENUM_JOB_END_MS] <= now_ms;
    case PLENUM_JOB_RESERVED:
        return row[PLENUM_JOB_START_MS] <= now_ms;
    case PLENUM_JOB_DONE:
    case PLENUM_JOB_CANCELLED:
        return true;
    default:
        return false;
    }
}

void agent_collect(struct capacity_agent *agent, const struct plenum_ledger *ledger,
                   bool (*wanted)(const int64_t *row, int64_t now_ms))
{
    size_t cursor = 0;
    uint64_t id;
    const int64_t *row;
    int64_t now_ms = plenum_ledger_now_ms(ledger);
    agent->id_count = 0;
    while (plenum_ledger_walk(ledger, PLENUM_JOB, &cursor, &id, &row))
        if (wanted(row, now_ms))
            ARRAY_PUSH(agent->ids, agent->id_count, agent->id_capacity, AGENT_JOBS_MAX) = id;
}

static enum plenum_status move_on(struct capacity_agent *agent, const struct plenum_port *port,
                                  uint64_t id)
{
    struct plenum_command *command = &agent->command;
    struct plenum_ref job = plenum_ref(PLENUM_JOB, id);
    int64_t state = plenum_ledger_get(port->ledger, PLENUM_JOB, id, PLENUM_FIELD_STATE);
    if (state == PLENUM_JOB_RESERVED) {
        plenum_command_reset(command, PLENUM_COMMAND_JOB_START, AGENT_ACTOR);
        plenum_command_set(command, job, PLENUM_FIELD_STATE, PLENUM_JOB_RUNNING);
        return plenum_port_submit(port, command, NULL);
    }
    if (state == PLENUM_JOB_RUNNING &&
        site_reclaim_told(plenum_ledger_row(port->ledger, PLENUM_JOB, id))) {
        plenum_command_reset(command, PLENUM_COMMAND_JOB_PREEMPT, AGENT_ACTOR);
        site_reclaim_put_back(port->ledger, command, id);
        return plenum_port_submit(port, command, NULL);
    }
    plenum_command_reset(command, PLENUM_COMMAND_JOB_FINISH, AGENT_ACTOR);
    if (state == PLENUM_JOB_RUNNING)
        plenum_command_set(command, job, PLENUM_FIELD_STATE, PLENUM_JOB_DONE);
    plenum_command_end(command, job);
    return plenum_port_submit(port, command, NULL);
}

static enum plenum_status move_jobs_on(struct capacity_agent *agent, const struct plenum_port *port)
{
    enum plenum_status status = PLENUM_OK;
    agent_collect(agent, port->ledger, job_is_due);
    for (size_t i = 0; i < agent->id_count && status == PLENUM_OK; i++)
        status = move_on(agent, port, agent->ids[i]);
    return status;
}

/* --- starts foretold (site_forecast.h) -------------------------------------------------------- */

static bool job_is_untold(const int64_t *row, int64_t now_ms)
{
    return row[PLENUM_FIELD_STATE] <= PLENUM_JOB_RESERVED && row[PLENUM_JOB_FORETOLD_MS] == 0 &&
           (row[PLENUM_JOB_START_MS] > now_ms || row[PLENUM_FIELD_STATE] == PLENUM_JOB_QUEUED);
}

/* Writes down for jobs that began to wait when they are expected to start, to be held against what
 * comes. */
static enum plenum_status foretell(struct capacity_agent *agent, const struct plenum_port *port)
{
    struct plenum_command *command = &agent->command;
    agent_collect(agent, port->ledger, job_is_untold);
    if (agent->id_count == 0)
        return PLENUM_OK;
    site_forecast_read(agent->forecast, port->ledger);
    plenum_command_reset(command, PLENUM_COMMAND_JOB_FORETELL, AGENT_ACTOR);
    for (size_t i = 0; i < agent->id_count; i++) {
        int64_t start_ms = site_forecast_start(agent->forecast, agent->ids[i]);
        if (start_ms != PLENUM_FOREVER)
            plenum_command_set(command, plenum_ref(PLENUM_JOB, agent->ids[i]),
                               PLENUM_JOB_FORETOLD_MS, start_ms);
    }
    return command->op_count > 0 ? plenum_port_submit(port, command, NULL) : PLENUM_OK;
}

/* --- a round ---------------------------------------------------------------------------------- */

void agent_read_tenants(struct capacity_agent *agent, const struct plenum_ledger *ledger)
{
    site_tenants_read(&agent->tenants, ledger);
    site_quota_read(agent->quota, ledger, &agent->tenants);
}

/* Makes the move that is due, if one is (site_defrag.h). */
static enum plenum_status defragment(struct capacity_agent *agent, const struct plenum_port *port)
{
    if (!site_defrag_due(agent->defrag, plenum_ledger_now_ms(port->ledger), ROUND_MS) ||
        !site_defrag_move(agent->defrag, port->ledger, &agent->command))
        return PLENUM_OK;
    return plenum_port_submit(port, &agent->command, NULL);
}

/* Writes down what tenants hold, when it is time to (site_account.h). */
static enum plenum_status account(struct capacity_agent *agent, const struct plenum_port *port)
{
    if (!site_account_due(port->ledger, ROUND_MS) ||
        !site_account_fill(port->ledger, &agent->tenants, &agent->command))
        return PLENUM_OK;
    return plenum_port_submit(port, &agent->command, NULL);
}

static enum plenum_status plan_round(struct capacity_agent *agent, const struct plenum_port *port)
{
    static enum plenum_status (*const parts[])(struct capacity_agent *,
                                               const struct plenum_port *) = {
        agent_take_all_forward, agent_place_waiting, agent_reclaim_share,
        agent_better_promises,  defragment,          foretell,
    };
    site_tenants_read(&agent->tenants, port->ledger);
    enum plenum_status status = account(agent, port);
    site_quota_read(agent->quota, port->ledger, &agent->tenants);
    for (size_t i = 0; i < sizeof parts / sizeof *parts && status == PLENUM_OK; i++)
        status = parts[i](agent, port);
    return status;
}

/* --- the agent -------------------------------------------------------------------------------- */

static enum plenum_status capacity_agent_step(void *self, const struct plenum_port *port)
{
    struct capacity_agent *agent = self;
    enum plenum_status status = move_jobs_on(agent, port);
    int64_t since_ms = plenum_ledger_now_ms(port->ledger) - agent->site->start_ms;
    bool due = since_ms / ROUND_MS != (since_ms - agent->site->step_ms) / ROUND_MS;
    return status == PLENUM_OK && due ? plan_round(agent, port) : status;
}

static void capacity_agent_destroy(void *self)
{
    struct capacity_agent *agent = self;
    site_fit_destroy(agent->fit);
    site_queue_destroy(agent->queue);
    site_reclaim_destroy(agent->reclaim);
    site_forecast_destroy(agent->forecast);
    site_defrag_destroy(agent->defrag);
    site_tenants_finish(&agent->tenants);
    site_quota_destroy(agent->quota);
    plenum_command_finish(&agent->command);
    free(agent->ids);
    free(agent->wide);
    free(agent);
}

struct plenum_agent plenum_capacity_agent(const struct plenum_site *site)
{
    struct capacity_agent *agent = memory_new(1, sizeof *agent);
    agent->site = site;
    agent->fit = site_fit_create(site);
    agent->queue = site_queue_create(site);
    agent->reclaim = site_reclaim_create(site);
    agent->forecast = site_forecast_create(site);
    agent->defrag = site_defrag_create(site);
    site_tenants_init(&agent->tenants, site);
    agent->quota = site_quota_create(site);
    plenum_command_init(&agent->command, PLENUM_COMMAND_OTHER, AGENT_ACTOR);
    return (struct plenum_agent){.name = AGENT_ACTOR,
                                 .step = capacity_agent_step,
                                 .destroy = capacity_agent_destroy,
                                 .self = agent};
}
