/* A job that waits for long although its tenant is within its guarantee has room taken from others;
 * few are looked at in a round, others in each. */
#include "capacity/site_agent.h"

#define RECLAIM_WAITED_MS (INT64_C(60) * 60 * 1000) /* before a guarantee is taken back */
#define RECLAIM_WITHIN_MS (INT64_C(10) * 60 * 1000) /* it must help within */

enum { RECLAIM_TRIES = 2 }; /* jobs in a round for which room is looked for at others */

bool agent_reclaim_window(struct capacity_agent *agent, const struct plenum_ledger *ledger,
                          uint64_t id, int64_t latest_ms)
{
    const int64_t *row = plenum_ledger_row(ledger, PLENUM_JOB, id);
    return site_reclaim_window(agent->reclaim, ledger, &agent->tenants, id,
                               agent_earliest(ledger, row), latest_ms, &agent->command);
}

enum plenum_status agent_submit_reclaim(struct capacity_agent *agent,
                                        const struct plenum_port *port)
{
    enum plenum_status status = plenum_port_submit(port, &agent->command, NULL);
    agent_read_tenants(agent, port->ledger);
    return status;
}

/* Long since it could have run, and not about to. */
static bool job_waits_long(const int64_t *row, int64_t now_ms)
{
    return row[PLENUM_JOB_STATE] <= PLENUM_JOB_RESERVED && row[PLENUM_JOB_ACCELERATORS] > 0 &&
           row[PLENUM_JOB_PROMISED_MS] == 0 &&
           site_job_asked_ms(row) + RECLAIM_WAITED_MS <= now_ms &&
           row[PLENUM_JOB_START_MS] > now_ms + RECLAIM_WITHIN_MS;
}

/* Whether some job that could give way runs on what the job asks for. */
static bool some_may_give_way(const struct capacity_agent *agent,
                              const struct plenum_ledger *ledger, const int64_t *row)
{
    size_t cursor = 0;
    uint64_t id;
    const int64_t *other;
    while (plenum_ledger_walk(ledger, PLENUM_JOB, &cursor, &id, &other))
        if (other[PLENUM_FIELD_STATE] == PLENUM_JOB_RUNNING && other[PLENUM_JOB_ACCELERATORS] > 0 &&
            (row[PLENUM_JOB_CHIP] == PLENUM_NONE || other[PLENUM_JOB_CHIP] == PLENUM_NONE ||
             row[PLENUM_JOB_CHIP] == other[PLENUM_JOB_CHIP]) &&
            site_reclaim_may(ledger, &agent->tenants, row, id))
            return true;
    return false;
}

/* Whether the job's tenant, or one above it, is within its guarantee with the job, and its quota
 * lets it begin. */
static bool may_reclaim(const struct capacity_agent *agent, const struct plenum_ledger *ledger,
                        uint64_t id, const int64_t *row)
{
    struct quota_window window = site_quota_window(
        agent->quota, ledger, id, plenum_ledger_now_ms(ledger) + RECLAIM_NOTICE_MS);
    if (site_tenants_entitled(&agent->tenants, window.tenant, window.slot, window.milli) ==
            PLENUM_NONE ||
        !some_may_give_way(agent, ledger, row))
        return false;
    site_quota_count_job(agent->quota, id, -1);
    struct quota_answer answer = site_quota_ask(agent->quota, &window);
    site_quota_count_job(agent->quota, id, 1);
    return answer.limit == QUOTA_FITS;
}

/* Takes back for one of the jobs that wait long what is guaranteed to its tenant; others are looked
 * at in each round. */
enum plenum_status agent_reclaim_share(struct capacity_agent *agent, const struct plenum_port *port)
{
    const struct plenum_ledger *ledger = port->ledger;
    int64_t now_ms = plenum_ledger_now_ms(ledger);
    size_t round = (size_t)((now_ms - agent->site->start_ms) / ROUND_MS), tries = 0;
    agent_collect(agent, ledger, job_waits_long);
    for (size_t i = 0; i < agent->id_count && tries < RECLAIM_TRIES; i++) {
        uint64_t id = agent->ids[(round * RECLAIM_TRIES + i) % agent->id_count];
        if (!may_reclaim(agent, ledger, id, plenum_ledger_row(ledger, PLENUM_JOB, id)))
            continue;
        tries++;
        if (agent_reclaim_window(agent, ledger, id, now_ms + RECLAIM_WITHIN_MS))
            return agent_submit_reclaim(agent, port);
    }
    return PLENUM_OK;
}
