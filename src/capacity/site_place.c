/* Waiting jobs, in the order of the queue: each its earliest window, most of them only where that
 * is within PLAN_AHEAD_MS (may_plan_until). */
#include "capacity/site_agent.h"

#include "base/check.h"

#define HORIZON_MS (INT64_C(14) * 24 * 3600 * 1000)

enum {
    FAR_MAX = 8,     /* jobs with a window later than PLAN_AHEAD_MS */
    PER_ROUND = 256, /* searches for jobs of the queue: a bound on the work of a round */
};

/* Whether a window is later than PLAN_AHEAD_MS after the job could first start. */
static bool is_far(const struct plenum_ledger *ledger, const int64_t *row, int64_t start_ms)
{
    return row[PLENUM_JOB_PROMISED_MS] == 0 &&
           start_ms > agent_earliest(ledger, row) + PLAN_AHEAD_MS;
}

static void count_far(struct capacity_agent *agent, const struct plenum_ledger *ledger)
{
    size_t cursor = 0;
    uint64_t id;
    const int64_t *row;
    agent->far_count = 0;
    while (plenum_ledger_walk(ledger, PLENUM_JOB, &cursor, &id, &row))
        agent->far_count += row[PLENUM_FIELD_STATE] == PLENUM_JOB_RESERVED &&
                            is_far(ledger, row, row[PLENUM_JOB_START_MS]);
}

/* The latest start that a job may be given now. Windows far ahead are for the first FAR_MAX in the
 * queue's order alone, so that no large gang waits for ever behind small jobs; were they given to
 * all, whose turn it is would be settled by who came first, and no share would ever be fair. */
static int64_t may_plan_until(const struct capacity_agent *agent,
                              const struct plenum_ledger *ledger, const int64_t *row)
{
    bool far = agent->far_count < FAR_MAX || row[PLENUM_JOB_PROMISED_MS] != 0;
    return agent_earliest(ledger, row) + (far ? HORIZON_MS : PLAN_AHEAD_MS);
}

/* Whether it is known without a search that a waiting job cannot begin now, if now it could. */
static bool may_skip(const struct capacity_agent *agent, const struct plenum_ledger *ledger,
                     uint64_t id)
{
    const int64_t *row = plenum_ledger_row(ledger, PLENUM_JOB, id);
    CHECK(row && row[PLENUM_FIELD_STATE] == PLENUM_JOB_QUEUED);
    struct fit_request request = fit_request_of(row);
    return row[PLENUM_JOB_EARLIEST_MS] <= plenum_ledger_now_ms(ledger) &&
           agent_knows_failed(&agent->failed, &request, (int32_t)row[PLENUM_JOB_TENANT]) &&
           agent_cannot_fill(agent, ledger, id);
}

/* Fills the command that gives a job its earliest window. One that may be put back rather fills
 * room now than has a window far ahead. */
static enum search find_place(struct capacity_agent *agent, const struct plenum_ledger *ledger,
                              uint64_t id, const struct fit_request *request)
{
    const int64_t *row = plenum_ledger_row(ledger, PLENUM_JOB, id);
    int64_t from_ms = agent_earliest(ledger, row), latest_ms = may_plan_until(agent, ledger, row);
    int64_t near_ms = row[PLENUM_JOB_PREEMPTIBLE] ? from_ms + PLAN_AHEAD_MS : latest_ms;
    enum search search = agent_find_window(agent, ledger, id, request, from_ms, near_ms);
    if (search != SEARCH_FOUND && agent_find_fill(agent, ledger, id))
        return SEARCH_FOUND;
    if (search == SEARCH_FOUND || near_ms == latest_ms)
        return search;
    return agent_find_window(agent, ledger, id, request, near_ms, latest_ms);
}

/* Gives a waiting job its earliest window. */
static enum plenum_status place(struct capacity_agent *agent, const struct plenum_port *port,
                                uint64_t id)
{
    const struct plenum_ledger *ledger = port->ledger;
    const int64_t *row = plenum_ledger_row(ledger, PLENUM_JOB, id);
    struct fit_request request = fit_request_of(row);
    int32_t tenant = (int32_t)row[PLENUM_JOB_TENANT];
    enum search search = find_place(agent, ledger, id, &request);
    if (search == SEARCH_FOUND) {
        agent->far_count += is_far(ledger, row, agent->start_ms);
        site_queue_placed(agent->queue, row, agent->start_ms);
        return plenum_port_submit(port, &agent->command, NULL);
    }
    if (row[PLENUM_JOB_EARLIEST_MS] <= plenum_ledger_now_ms(ledger))
        agent_remember_failed(&agent->failed, &request,
                              search == SEARCH_NO_QUOTA ? tenant : PLENUM_NONE);
    return PLENUM_OK;
}

/* Gives a job that was sold, and waits again, a window: now; else one that others give way for;
 * else its earliest. */
static enum plenum_status place_sold(struct capacity_agent *agent, const struct plenum_port *port,
                                     uint64_t id)
{
    const struct plenum_ledger *ledger = port->ledger;
    const int64_t *row = plenum_ledger_row(ledger, PLENUM_JOB, id);
    struct fit_request request = fit_request_of(row);
    int64_t from_ms = agent_earliest(ledger, row);
    if (agent_find_window(agent, ledger, id, &request, from_ms, from_ms) == SEARCH_FOUND) {
        site_queue_placed(agent->queue, row, agent->start_ms);
        return plenum_port_submit(port, &agent->command, NULL);
    }
    if (!agent_reclaim_window(agent, ledger, id, may_plan_until(agent, ledger, row)))
        return place(agent, port, id);
    enum plenum_status status = agent_submit_reclaim(agent, port);
    row = plenum_ledger_row(ledger, PLENUM_JOB, id);
    site_queue_placed(agent->queue, row, row[PLENUM_JOB_START_MS]);
    return status;
}

enum plenum_status agent_place_waiting(struct capacity_agent *agent, const struct plenum_port *port)
{
    enum plenum_status status = PLENUM_OK;
    agent->failed.count = agent->unfilled.count = 0;
    count_far(agent, port->ledger);
    site_queue_fill(agent->queue, port->ledger, &agent->tenants);
    for (int searches = 0; searches < PER_ROUND && status == PLENUM_OK;) {
        uint64_t id = site_queue_next(agent->queue);
        if (id == 0)
            break;
        if (may_skip(agent, port->ledger, id))
            continue;
        searches++;
        status = plenum_ledger_get(port->ledger, PLENUM_JOB, id, PLENUM_JOB_PROMISED_MS) != 0
                     ? place_sold(agent, port, id)
                     : place(agent, port, id);
    }
    return status;
}
