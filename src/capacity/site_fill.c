/* Jobs that may be put back use what is free until somebody's window begins: else a large gang that
 * waits for its last server keeps the others idle. */
#include "capacity/site_agent.h"

#define MINUTE_MS   INT64_C(60000)
#define FILL_MIN_MS (10 * MINUTE_MS) /* less is not worth a start */
#define FILL_MAX_MS (60 * MINUTE_MS) /* for so long nobody may have the room back (G5) */

static bool may_fill(const int64_t *row, int64_t now_ms)
{
    return row[PLENUM_JOB_PREEMPTIBLE] && row[PLENUM_JOB_PROMISED_MS] == 0 &&
           row[PLENUM_JOB_EARLIEST_MS] <= now_ms && row[PLENUM_JOB_LEFT_MS] > FILL_MIN_MS &&
           !site_reclaim_told_lately(row, now_ms);
}

static struct fit_request shortest_fill(const int64_t *row)
{
    struct fit_request request = fit_request_of(row);
    request.length_ms = FILL_MIN_MS;
    return request;
}

bool agent_cannot_fill(const struct capacity_agent *agent, const struct plenum_ledger *ledger,
                       uint64_t id)
{
    const int64_t *row = plenum_ledger_row(ledger, PLENUM_JOB, id);
    struct fit_request request = shortest_fill(row);
    return !may_fill(row, plenum_ledger_now_ms(ledger)) ||
           agent_knows_failed(&agent->unfilled, &request, (int32_t)row[PLENUM_JOB_TENANT]);
}

static bool stays_free(const struct capacity_agent *agent, const struct plenum_ledger *ledger,
                       const struct fit_request *request, int64_t now_ms)
{
    for (int32_t i = 0; i < request->servers; i++)
        if (site_calendar_next(site_fit_calendar(agent->fit), ledger, site_fit_found(agent->fit, i),
                               request, now_ms) != now_ms)
            return false;
    return true;
}

/* The longest that the servers found stay free for, in whole minutes; they do for request. */
static int64_t longest_fill(const struct capacity_agent *agent, const struct plenum_ledger *ledger,
                            struct fit_request request, int64_t most_ms, int64_t now_ms)
{
    int64_t fits = request.length_ms / MINUTE_MS, fails = most_ms / MINUTE_MS + 1;
    while (fails - fits > 1) {
        int64_t middle = fits + (fails - fits) / 2;
        request.length_ms = middle * MINUTE_MS;
        *(stays_free(agent, ledger, &request, now_ms) ? &fits : &fails) = middle;
    }
    return fits * MINUTE_MS;
}

/* Fills the command, whose window is on the servers found. */
static bool fill_until(struct capacity_agent *agent, const struct plenum_ledger *ledger,
                       uint64_t id, const struct fit_request *request)
{
    struct plenum_refusal refusal;
    int64_t now_ms = plenum_ledger_now_ms(ledger);
    struct quota_window window = agent_window_found(agent, ledger, id, now_ms);
    window.until_ms = now_ms + request->length_ms;
    if (site_quota_ask(agent->quota, &window).limit != QUOTA_FITS)
        return false;
    agent_fill_window(agent, ledger, id, request, now_ms);
    plenum_command_set(&agent->command, plenum_ref(PLENUM_JOB, id), PLENUM_JOB_PREEMPTED_MS,
                       window.until_ms);
    if (!plenum_ledger_test(ledger, &agent->command, &refusal))
        return false;
    agent_count_given(agent, ledger, &window);
    return true;
}

bool agent_find_fill(struct capacity_agent *agent, const struct plenum_ledger *ledger, uint64_t id)
{
    if (agent_cannot_fill(agent, ledger, id))
        return false;
    const int64_t *row = plenum_ledger_row(ledger, PLENUM_JOB, id);
    struct fit_request request = shortest_fill(row);
    int64_t now_ms = plenum_ledger_now_ms(ledger);
    int64_t most_ms =
        row[PLENUM_JOB_LEFT_MS] > FILL_MAX_MS ? FILL_MAX_MS : row[PLENUM_JOB_LEFT_MS] - 1;
    if (site_fit_search(agent->fit, ledger, &request, now_ms, now_ms) != now_ms) {
        agent_remember_failed(&agent->unfilled, &request, PLENUM_NONE);
        return false;
    }
    struct fit_request longest = request;
    longest.length_ms = longest_fill(agent, ledger, request, most_ms, now_ms);
    if (fill_until(agent, ledger, id, &longest))
        return true;
    agent_remember_failed(&agent->unfilled, &request, (int32_t)row[PLENUM_JOB_TENANT]);
    return false;
}
