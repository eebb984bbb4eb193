/* Windows are looked for by first fit, asked of the quota, and tried on the ledger. */
#include "capacity/site_agent.h"

/* A job that asks for no less than one that did not fit does not fit either: in a round, claims
 * only grow. */
bool agent_knows_failed(const struct failed_requests *failed, const struct fit_request *request,
                        int32_t tenant)
{
    for (size_t i = 0; i < failed->count; i++)
        if ((failed->list[i].tenant == PLENUM_NONE || failed->list[i].tenant == tenant) &&
            fit_request_within(&failed->list[i].request, request))
            return true;
    return false;
}

void agent_remember_failed(struct failed_requests *failed, const struct fit_request *request,
                           int32_t tenant)
{
    size_t kept = 0;
    for (size_t i = 0; i < failed->count; i++)
        if (failed->list[i].tenant != tenant ||
            !fit_request_within(request, &failed->list[i].request))
            failed->list[kept++] = failed->list[i];
    failed->count = kept;
    if (kept < FAILED_MAX)
        failed->list[failed->count++] = (struct failed_request){*request, tenant};
}

void agent_fill_window(struct capacity_agent *agent, const struct plenum_ledger *ledger,
                       uint64_t id, const struct fit_request *request, int64_t start_ms)
{
    struct plenum_ref job = plenum_ref(PLENUM_JOB, id);
    struct plenum_command *command = &agent->command;
    int64_t now_ms = plenum_ledger_now_ms(ledger);
    bool now = start_ms == now_ms;
    bool held = plenum_ledger_get(ledger, PLENUM_JOB, id, PLENUM_FIELD_STATE) != PLENUM_JOB_QUEUED;
    plenum_command_reset(command, now ? PLENUM_COMMAND_JOB_START : PLENUM_COMMAND_JOB_RESERVE,
                         AGENT_ACTOR);
    if (held)
        plenum_command_release(command, job, PLENUM_BOOK_POWER | PLENUM_BOOK_CAPACITY, now_ms);
    site_fit_claim(agent->fit, ledger, command, job, request, start_ms);
    if (now || !held)
        plenum_command_set(command, job, PLENUM_FIELD_STATE,
                           now ? PLENUM_JOB_RUNNING : PLENUM_JOB_RESERVED);
    plenum_command_set(command, job, PLENUM_JOB_START_MS, start_ms);
    plenum_command_set(command, job, PLENUM_JOB_END_MS, start_ms + request->length_ms);
}

struct quota_window agent_window_found(const struct capacity_agent *agent,
                                       const struct plenum_ledger *ledger, uint64_t id,
                                       int64_t start_ms)
{
    const struct plenum_site *site = agent->site;
    struct quota_window window = site_quota_window(agent->quota, ledger, id, start_ms);
    int32_t server = site_fit_found(agent->fit, 0);
    if (window.slot != PLENUM_NONE)
        window.slot =
            agent->tenants.slots[site->server_models[site->servers[server].model].accelerator_chip];
    return window;
}

void agent_count_given(struct capacity_agent *agent, const struct plenum_ledger *ledger,
                       const struct quota_window *window)
{
    agent->start_ms = window->from_ms;
    site_quota_count(agent->quota, window, 1);
    if (window->from_ms == plenum_ledger_now_ms(ledger) && window->slot != PLENUM_NONE)
        site_tenants_add(&agent->tenants, window->tenant, window->slot, window->milli);
}

/* Searches from_ms to latest_ms. A search looks at the watts of each server alone; where those of a
 * gang share what is above them, the ledger says no, and the search goes on from later and later;
 * so it does where the tenant may not have the window. What was sold is had whatever the quota. */
static enum search search_window(struct capacity_agent *agent, const struct plenum_ledger *ledger,
                                 uint64_t id, const struct fit_request *request, int64_t from_ms,
                                 int64_t latest_ms, struct quota_window *window)
{
    enum search without = SEARCH_NO_ROOM;
    bool sold = plenum_ledger_get(ledger, PLENUM_JOB, id, PLENUM_JOB_PROMISED_MS) != 0;
    struct plenum_refusal refusal;
    for (int64_t later_ms = ROUND_MS; from_ms <= latest_ms; later_ms *= 2) {
        int64_t start_ms = site_fit_search(agent->fit, ledger, request, from_ms, latest_ms);
        if (start_ms == PLENUM_FOREVER)
            return without;
        *window = agent_window_found(agent, ledger, id, start_ms);
        from_ms = start_ms + later_ms;
        struct quota_answer answer = {.limit = QUOTA_FITS};
        if (!sold)
            answer = site_quota_ask(agent->quota, window);
        if (answer.limit == QUOTA_HOURS || answer.limit == QUOTA_MONEY)
            return SEARCH_NO_QUOTA;
        if (answer.limit != QUOTA_FITS) {
            without = SEARCH_NO_QUOTA;
            from_ms = answer.at_ms > from_ms ? answer.at_ms : from_ms;
            continue;
        }
        agent_fill_window(agent, ledger, id, request, start_ms);
        if (plenum_ledger_test(ledger, &agent->command, &refusal))
            return SEARCH_FOUND;
    }
    return without;
}

/* Fills the command that gives a job its earliest window that starts in [from_ms, latest_ms],
 * instead of the one it has, and counts it as given. */
enum search agent_find_window(struct capacity_agent *agent, const struct plenum_ledger *ledger,
                              uint64_t id, const struct fit_request *request, int64_t from_ms,
                              int64_t latest_ms)
{
    struct quota_window window;
    site_quota_count_job(agent->quota, id, -1);
    enum search search = search_window(agent, ledger, id, request, from_ms, latest_ms, &window);
    if (search != SEARCH_FOUND) {
        site_quota_count_job(agent->quota, id, 1);
        return search;
    }
    agent_count_given(agent, ledger, &window);
    return SEARCH_FOUND;
}
