/* Reserved jobs begin now where they fit, the widest first, and a few have their windows bettered
 * in each round. A promise is only ever bettered. */
#include "capacity/site_agent.h"

#include "base/memory.h"
#include "capacity/site_shift.h"

#include <stdlib.h>

#define BETTER_BY_MS (INT64_C(10) * 60 * 1000)

enum { BETTERED = 4 }; /* reserved jobs for which an earlier window is looked for in a round */

static bool job_waits_for_start(const int64_t *row, int64_t now_ms)
{
    return row[PLENUM_JOB_STATE] == PLENUM_JOB_RESERVED && row[PLENUM_JOB_START_MS] > now_ms &&
           row[PLENUM_JOB_EARLIEST_MS] <= now_ms;
}

static int compare_widths(const void *a, const void *b)
{
    const struct wide_job *x = a, *y = b;
    if (x->width != y->width)
        return x->width > y->width ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

/* Puts the collected jobs in order of what they take, the most first: large gangs seldom fit, and
 * what they leave small jobs fill. Jobs of one width stay in the order of their ids. */
static void widest_first(struct capacity_agent *agent, const struct plenum_ledger *ledger)
{
    if (agent->id_count == 0)
        return;
    agent->wide = array_reserve(agent->wide, &agent->wide_capacity, agent->id_count,
                                sizeof *agent->wide, AGENT_JOBS_MAX);
    for (size_t i = 0; i < agent->id_count; i++) {
        const int64_t *row = plenum_ledger_row(ledger, PLENUM_JOB, agent->ids[i]);
        agent->wide[i] = (struct wide_job){row[PLENUM_JOB_SERVERS] * row[PLENUM_JOB_ACCELERATORS] *
                                               row[PLENUM_JOB_MILLI],
                                           agent->ids[i]};
    }
    qsort(agent->wide, agent->id_count, sizeof *agent->wide, compare_widths);
    for (size_t i = 0; i < agent->id_count; i++)
        agent->ids[i] = agent->wide[i].id;
}

/* Fills the command that begins a reserved job now on its own servers, if its quota allows that. */
static bool find_shift(struct capacity_agent *agent, const struct plenum_ledger *ledger,
                       uint64_t id)
{
    struct quota_window window =
        site_quota_window(agent->quota, ledger, id, plenum_ledger_now_ms(ledger));
    plenum_command_reset(&agent->command, PLENUM_COMMAND_JOB_START, AGENT_ACTOR);
    if (!site_shift_fill(ledger, id, &agent->command))
        return false;
    site_quota_count_job(agent->quota, id, -1);
    if (site_quota_ask(agent->quota, &window).limit != QUOTA_FITS) {
        site_quota_count_job(agent->quota, id, 1);
        return false;
    }
    agent_count_given(agent, ledger, &window);
    return true;
}

/* Takes one reserved job forward to now if it fits on its own servers, or besides its own later
 * window. */
static enum plenum_status take_forward(struct capacity_agent *agent, const struct plenum_port *port,
                                       uint64_t id)
{
    const struct plenum_ledger *ledger = port->ledger;
    const int64_t *row = plenum_ledger_row(ledger, PLENUM_JOB, id);
    struct fit_request request = fit_request_of(row);
    int32_t tenant = (int32_t)row[PLENUM_JOB_TENANT];
    int64_t now_ms = plenum_ledger_now_ms(ledger);
    if (find_shift(agent, ledger, id))
        return plenum_port_submit(port, &agent->command, NULL);
    if (agent_knows_failed(&agent->failed, &request, tenant))
        return PLENUM_OK;
    enum search search = agent_find_window(agent, ledger, id, &request, now_ms, now_ms);
    if (search == SEARCH_FOUND)
        return plenum_port_submit(port, &agent->command, NULL);
    agent_remember_failed(&agent->failed, &request,
                          search == SEARCH_NO_QUOTA ? tenant : PLENUM_NONE);
    return PLENUM_OK;
}

enum plenum_status agent_take_all_forward(struct capacity_agent *agent,
                                          const struct plenum_port *port)
{
    enum plenum_status status = PLENUM_OK;
    agent->failed.count = 0;
    agent_collect(agent, port->ledger, job_waits_for_start);
    widest_first(agent, port->ledger);
    for (size_t i = 0; i < agent->id_count && status == PLENUM_OK; i++)
        status = take_forward(agent, port, agent->ids[i]);
    return status;
}

static bool job_is_reserved(const int64_t *row, int64_t now_ms)
{
    return row[PLENUM_JOB_STATE] == PLENUM_JOB_RESERVED && row[PLENUM_JOB_START_MS] > now_ms;
}

/* Gives some of the reserved jobs an earlier window, others in each round: the site has grown, or
 * jobs before them have gone. A promise is only ever bettered. */
enum plenum_status agent_better_promises(struct capacity_agent *agent,
                                         const struct plenum_port *port)
{
    const struct plenum_ledger *ledger = port->ledger;
    enum plenum_status status = PLENUM_OK;
    int64_t rounds = (plenum_ledger_now_ms(ledger) - agent->site->start_ms) / ROUND_MS;
    agent_collect(agent, ledger, job_is_reserved);
    size_t picks = agent->id_count < BETTERED ? agent->id_count : BETTERED;
    for (size_t i = 0; i < picks && status == PLENUM_OK; i++) {
        uint64_t id = agent->ids[((size_t)rounds * BETTERED + i) % agent->id_count];
        const int64_t *row = plenum_ledger_row(ledger, PLENUM_JOB, id);
        struct fit_request request = fit_request_of(row);
        if (agent_find_window(agent, ledger, id, &request, agent_earliest(ledger, row),
                              row[PLENUM_JOB_START_MS] - BETTER_BY_MS) == SEARCH_FOUND)
            status = plenum_port_submit(port, &agent->command, NULL);
    }
    return status;
}
