/* The capacity planner as an agent.
 *
 * Every step: jobs whose time is over finish, reserved jobs whose start has come begin. Every
 * ROUND_MS of site time: waiting jobs are given the earliest window in the calendar, in the order
 * of site_queue.h and within the quotas of site_quota.h, a few also far ahead (may_plan_until);
 * before that, reserved jobs that fit now are taken forward, and after it some get an earlier
 * window (a rack came into service, a job was cancelled). A promised start is never put off by
 * this: only a fault or a lowered limit takes a job off (src/rack). */
#include <plenum/port.h>

#include "base/check.h"
#include "base/memory.h"
#include "capacity/site_account.h"
#include "capacity/site_defrag.h"
#include "capacity/site_fit.h"
#include "capacity/site_forecast.h"
#include "capacity/site_queue.h"
#include "capacity/site_quota.h"
#include "capacity/site_reclaim.h"
#include "capacity/site_shift.h"

#include <stdlib.h>

static const char ACTOR[] = "planner/capacity";

#define ROUND_MS          INT64_C(30000)
#define HORIZON_MS        (INT64_C(14) * 24 * 3600 * 1000)
#define PLAN_AHEAD_MS     (INT64_C(2) * 60 * 1000) /* see may_plan_until */
#define FAR_MAX           8                        /* jobs with a window later than that */
#define FAILED_MAX        64  /* requests remembered as not fitting in a round */
#define PER_ROUND         256 /* searches for jobs of the queue: a bound on the work of a round */
#define BETTERED          4 /* reserved jobs for which an earlier window is looked for in a round */
#define RECLAIM_TRIES     2 /* jobs in a round for which room is looked for at others */
#define RECLAIM_WAITED_MS (INT64_C(60) * 60 * 1000) /* before a guarantee is taken back */
#define RECLAIM_WITHIN_MS (INT64_C(10) * 60 * 1000) /* it must help within */
#define BETTER_BY_MS      (INT64_C(10) * 60 * 1000)
#define LIVE_MAX          (1 << 24)

struct wide_job {
    int64_t width; /* thousandths of accelerators */
    uint64_t id;
};

struct failed_request {
    struct fit_request request;
    int32_t tenant; /* whose quota is too small, or PLENUM_NONE: there is no room */
};

struct capacity_agent {
    const struct plenum_site *site;
    struct site_fit *fit;
    struct site_queue *queue;
    struct site_reclaim *reclaim;
    struct site_forecast *forecast;
    struct site_defrag *defrag;
    struct site_tenants tenants;
    struct site_quota *quota;
    struct plenum_command command;
    uint64_t *ids; /* of jobs to act on: a walk may not go on while commands are taken */
    size_t id_count, id_capacity;
    struct wide_job *wide; /* scratch of widest_first */
    size_t wide_capacity;
    struct failed_request failed[FAILED_MAX];
    size_t failed_count;
    int64_t start_ms; /* of the window that the last search found */
    int far_count;    /* jobs with a window later than PLAN_AHEAD_MS */
};

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

static void collect(struct capacity_agent *agent, const struct plenum_ledger *ledger,
                    bool (*wanted)(const int64_t *row, int64_t now_ms))
{
    size_t cursor = 0;
    uint64_t id;
    const int64_t *row;
    int64_t now_ms = plenum_ledger_now_ms(ledger);
    agent->id_count = 0;
    while (plenum_ledger_walk(ledger, PLENUM_JOB, &cursor, &id, &row))
        if (wanted(row, now_ms))
            ARRAY_PUSH(agent->ids, agent->id_count, agent->id_capacity, LIVE_MAX) = id;
}

static enum plenum_status move_on(struct capacity_agent *agent, const struct plenum_port *port,
                                  uint64_t id)
{
    struct plenum_command *command = &agent->command;
    struct plenum_ref job = plenum_ref(PLENUM_JOB, id);
    int64_t state = plenum_ledger_get(port->ledger, PLENUM_JOB, id, PLENUM_FIELD_STATE);
    if (state == PLENUM_JOB_RESERVED) {
        plenum_command_reset(command, PLENUM_COMMAND_JOB_START, ACTOR);
        plenum_command_set(command, job, PLENUM_FIELD_STATE, PLENUM_JOB_RUNNING);
        return plenum_port_submit(port, command, NULL);
    }
    if (state == PLENUM_JOB_RUNNING &&
        site_reclaim_told(plenum_ledger_row(port->ledger, PLENUM_JOB, id))) {
        plenum_command_reset(command, PLENUM_COMMAND_JOB_PREEMPT, ACTOR);
        site_reclaim_put_back(port->ledger, command, id);
        return plenum_port_submit(port, command, NULL);
    }
    plenum_command_reset(command, PLENUM_COMMAND_JOB_FINISH, ACTOR);
    if (state == PLENUM_JOB_RUNNING)
        plenum_command_set(command, job, PLENUM_FIELD_STATE, PLENUM_JOB_DONE);
    plenum_command_end(command, job);
    return plenum_port_submit(port, command, NULL);
}

static enum plenum_status move_jobs_on(struct capacity_agent *agent, const struct plenum_port *port)
{
    enum plenum_status status = PLENUM_OK;
    collect(agent, port->ledger, job_is_due);
    for (size_t i = 0; i < agent->id_count && status == PLENUM_OK; i++)
        status = move_on(agent, port, agent->ids[i]);
    return status;
}

/* --- a round ---------------------------------------------------------------------------------- */

/* A job that asks for no less than one that did not fit does not fit either: in a round, claims
 * only grow. */
static bool known_to_fail(const struct capacity_agent *agent, const struct fit_request *request,
                          int32_t tenant)
{
    for (size_t i = 0; i < agent->failed_count; i++)
        if ((agent->failed[i].tenant == PLENUM_NONE || agent->failed[i].tenant == tenant) &&
            fit_request_within(&agent->failed[i].request, request))
            return true;
    return false;
}

static void remember_failed(struct capacity_agent *agent, const struct fit_request *request,
                            int32_t tenant)
{
    size_t kept = 0;
    for (size_t i = 0; i < agent->failed_count; i++)
        if (agent->failed[i].tenant != tenant ||
            !fit_request_within(request, &agent->failed[i].request))
            agent->failed[kept++] = agent->failed[i];
    agent->failed_count = kept;
    if (kept < FAILED_MAX)
        agent->failed[agent->failed_count++] = (struct failed_request){*request, tenant};
}

/* The command that gives a job a window, instead of the one it has: claims, START_MS and END_MS,
 * and RUNNING where it starts now. */
static void fill_window(struct capacity_agent *agent, const struct plenum_ledger *ledger,
                        uint64_t id, const struct fit_request *request, int64_t start_ms)
{
    struct plenum_ref job = plenum_ref(PLENUM_JOB, id);
    struct plenum_command *command = &agent->command;
    int64_t now_ms = plenum_ledger_now_ms(ledger);
    bool now = start_ms == now_ms;
    bool held = plenum_ledger_get(ledger, PLENUM_JOB, id, PLENUM_FIELD_STATE) != PLENUM_JOB_QUEUED;
    plenum_command_reset(command, now ? PLENUM_COMMAND_JOB_START : PLENUM_COMMAND_JOB_RESERVE,
                         ACTOR);
    if (held)
        plenum_command_release(command, job, PLENUM_BOOK_POWER | PLENUM_BOOK_CAPACITY, now_ms);
    site_fit_claim(agent->fit, ledger, command, job, request, start_ms);
    if (now || !held)
        plenum_command_set(command, job, PLENUM_FIELD_STATE,
                           now ? PLENUM_JOB_RUNNING : PLENUM_JOB_RESERVED);
    plenum_command_set(command, job, PLENUM_JOB_START_MS, start_ms);
    plenum_command_set(command, job, PLENUM_JOB_END_MS, start_ms + request->length_ms);
}

static int64_t earliest_start(const struct plenum_ledger *ledger, const int64_t *row)
{
    int64_t now_ms = plenum_ledger_now_ms(ledger);
    return row[PLENUM_JOB_EARLIEST_MS] > now_ms ? row[PLENUM_JOB_EARLIEST_MS] : now_ms;
}

enum search { SEARCH_FOUND, SEARCH_NO_ROOM, SEARCH_NO_QUOTA };

/* The window that the last search found: of the chip of the servers found. */
static struct quota_window window_found(const struct capacity_agent *agent,
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
        *window = window_found(agent, ledger, id, start_ms);
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
        fill_window(agent, ledger, id, request, start_ms);
        if (plenum_ledger_test(ledger, &agent->command, &refusal))
            return SEARCH_FOUND;
    }
    return without;
}

/* Fills the command that gives a job its earliest window that starts in [from_ms, latest_ms],
 * instead of the one it has, and counts it as given. */
static enum search find_window(struct capacity_agent *agent, const struct plenum_ledger *ledger,
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
    agent->start_ms = window.from_ms;
    site_quota_count(agent->quota, &window, 1);
    if (window.from_ms == plenum_ledger_now_ms(ledger) && window.slot != PLENUM_NONE)
        site_tenants_add(&agent->tenants, window.tenant, window.slot, window.milli);
    return SEARCH_FOUND;
}

/* --- room taken from others (site_reclaim.h) -------------------------------------------------- */

static bool reclaim_window(struct capacity_agent *agent, const struct plenum_ledger *ledger,
                           uint64_t id, int64_t latest_ms)
{
    const int64_t *row = plenum_ledger_row(ledger, PLENUM_JOB, id);
    return site_reclaim_window(agent->reclaim, ledger, &agent->tenants, id,
                               earliest_start(ledger, row), latest_ms, &agent->command);
}

/* Reads what every tenant has. */
static void read_tenants(struct capacity_agent *agent, const struct plenum_ledger *ledger)
{
    site_tenants_read(&agent->tenants, ledger);
    site_quota_read(agent->quota, ledger, &agent->tenants);
}

/* Submits what takes room from others; what tenants have is then another thing. */
static enum plenum_status submit_reclaim(struct capacity_agent *agent,
                                         const struct plenum_port *port)
{
    enum plenum_status status = plenum_port_submit(port, &agent->command, NULL);
    read_tenants(agent, port->ledger);
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
static enum plenum_status reclaim_share(struct capacity_agent *agent,
                                        const struct plenum_port *port)
{
    const struct plenum_ledger *ledger = port->ledger;
    int64_t now_ms = plenum_ledger_now_ms(ledger);
    size_t round = (size_t)((now_ms - agent->site->start_ms) / ROUND_MS), tries = 0;
    collect(agent, ledger, job_waits_long);
    for (size_t i = 0; i < agent->id_count && tries < RECLAIM_TRIES; i++) {
        uint64_t id = agent->ids[(round * RECLAIM_TRIES + i) % agent->id_count];
        if (!may_reclaim(agent, ledger, id, plenum_ledger_row(ledger, PLENUM_JOB, id)))
            continue;
        tries++;
        if (reclaim_window(agent, ledger, id, now_ms + RECLAIM_WITHIN_MS))
            return submit_reclaim(agent, port);
    }
    return PLENUM_OK;
}

/* --- windows for those who wait --------------------------------------------------------------- */

/* Whether a window is later than PLAN_AHEAD_MS after the job could first start. */
static bool is_far(const struct plenum_ledger *ledger, const int64_t *row, int64_t start_ms)
{
    return row[PLENUM_JOB_PROMISED_MS] == 0 &&
           start_ms > earliest_start(ledger, row) + PLAN_AHEAD_MS;
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
    return earliest_start(ledger, row) + (far ? HORIZON_MS : PLAN_AHEAD_MS);
}

/* Whether it is known without a search that a waiting job cannot begin now, if now it could. */
static bool may_skip(const struct capacity_agent *agent, const struct plenum_ledger *ledger,
                     uint64_t id)
{
    const int64_t *row = plenum_ledger_row(ledger, PLENUM_JOB, id);
    CHECK(row && row[PLENUM_FIELD_STATE] == PLENUM_JOB_QUEUED);
    struct fit_request request = fit_request_of(row);
    return row[PLENUM_JOB_EARLIEST_MS] <= plenum_ledger_now_ms(ledger) &&
           known_to_fail(agent, &request, (int32_t)row[PLENUM_JOB_TENANT]);
}

/* Gives one waiting job its earliest window. */
static enum plenum_status place(struct capacity_agent *agent, const struct plenum_port *port,
                                uint64_t id)
{
    const struct plenum_ledger *ledger = port->ledger;
    const int64_t *row = plenum_ledger_row(ledger, PLENUM_JOB, id);
    struct fit_request request = fit_request_of(row);
    int32_t tenant = (int32_t)row[PLENUM_JOB_TENANT];
    int64_t from_ms = earliest_start(ledger, row), latest_ms = may_plan_until(agent, ledger, row);
    bool now = from_ms == plenum_ledger_now_ms(ledger);
    enum search search = SEARCH_NO_ROOM;
    if (row[PLENUM_JOB_PROMISED_MS] != 0) {
        search = find_window(agent, ledger, id, &request, from_ms, from_ms);
        if (search != SEARCH_FOUND && reclaim_window(agent, ledger, id, latest_ms)) {
            enum plenum_status status = submit_reclaim(agent, port);
            row = plenum_ledger_row(ledger, PLENUM_JOB, id);
            site_queue_placed(agent->queue, row, row[PLENUM_JOB_START_MS]);
            return status;
        }
    }
    if (search != SEARCH_FOUND)
        search = find_window(agent, ledger, id, &request, from_ms, latest_ms);
    if (search != SEARCH_FOUND) {
        if (now)
            remember_failed(agent, &request, search == SEARCH_NO_QUOTA ? tenant : PLENUM_NONE);
        return PLENUM_OK;
    }
    agent->far_count += is_far(ledger, row, agent->start_ms);
    site_queue_placed(agent->queue, row, agent->start_ms);
    return plenum_port_submit(port, &agent->command, NULL);
}

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
                                sizeof *agent->wide, LIVE_MAX);
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
    plenum_command_reset(&agent->command, PLENUM_COMMAND_JOB_START, ACTOR);
    if (!site_shift_fill(ledger, id, &agent->command))
        return false;
    site_quota_count_job(agent->quota, id, -1);
    if (site_quota_ask(agent->quota, &window).limit != QUOTA_FITS) {
        site_quota_count_job(agent->quota, id, 1);
        return false;
    }
    site_quota_count(agent->quota, &window, 1);
    if (window.slot != PLENUM_NONE)
        site_tenants_add(&agent->tenants, window.tenant, window.slot, window.milli);
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
    if (known_to_fail(agent, &request, tenant))
        return PLENUM_OK;
    enum search search = find_window(agent, ledger, id, &request, now_ms, now_ms);
    if (search == SEARCH_FOUND)
        return plenum_port_submit(port, &agent->command, NULL);
    remember_failed(agent, &request, search == SEARCH_NO_QUOTA ? tenant : PLENUM_NONE);
    return PLENUM_OK;
}

static bool job_is_reserved(const int64_t *row, int64_t now_ms)
{
    return row[PLENUM_JOB_STATE] == PLENUM_JOB_RESERVED && row[PLENUM_JOB_START_MS] > now_ms;
}

/* Gives some of the reserved jobs an earlier window, others in each round: the site has grown, or
 * jobs before them have gone. A promise is only ever bettered. */
static enum plenum_status better_promises(struct capacity_agent *agent,
                                          const struct plenum_port *port)
{
    const struct plenum_ledger *ledger = port->ledger;
    enum plenum_status status = PLENUM_OK;
    int64_t rounds = (plenum_ledger_now_ms(ledger) - agent->site->start_ms) / ROUND_MS;
    collect(agent, ledger, job_is_reserved);
    size_t picks = agent->id_count < BETTERED ? agent->id_count : BETTERED;
    for (size_t i = 0; i < picks && status == PLENUM_OK; i++) {
        uint64_t id = agent->ids[((size_t)rounds * BETTERED + i) % agent->id_count];
        const int64_t *row = plenum_ledger_row(ledger, PLENUM_JOB, id);
        struct fit_request request = fit_request_of(row);
        if (find_window(agent, ledger, id, &request, earliest_start(ledger, row),
                        row[PLENUM_JOB_START_MS] - BETTER_BY_MS) == SEARCH_FOUND)
            status = plenum_port_submit(port, &agent->command, NULL);
    }
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
    collect(agent, port->ledger, job_is_untold);
    if (agent->id_count == 0)
        return PLENUM_OK;
    site_forecast_read(agent->forecast, port->ledger);
    plenum_command_reset(command, PLENUM_COMMAND_JOB_FORETELL, ACTOR);
    for (size_t i = 0; i < agent->id_count; i++) {
        int64_t start_ms = site_forecast_start(agent->forecast, agent->ids[i]);
        if (start_ms != PLENUM_FOREVER)
            plenum_command_set(command, plenum_ref(PLENUM_JOB, agent->ids[i]),
                               PLENUM_JOB_FORETOLD_MS, start_ms);
    }
    return command->op_count > 0 ? plenum_port_submit(port, command, NULL) : PLENUM_OK;
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
    site_tenants_read(&agent->tenants, port->ledger);
    enum plenum_status status = account(agent, port);
    site_quota_read(agent->quota, port->ledger, &agent->tenants);
    agent->failed_count = 0;
    collect(agent, port->ledger, job_waits_for_start);
    widest_first(agent, port->ledger);
    for (size_t i = 0; i < agent->id_count && status == PLENUM_OK; i++)
        status = take_forward(agent, port, agent->ids[i]);
    agent->failed_count = 0;
    count_far(agent, port->ledger);
    site_queue_fill(agent->queue, port->ledger, &agent->tenants);
    for (int searches = 0; searches < PER_ROUND && status == PLENUM_OK;) {
        uint64_t id = site_queue_next(agent->queue);
        if (id == 0)
            break;
        if (may_skip(agent, port->ledger, id))
            continue;
        searches++;
        status = place(agent, port, id);
    }
    if (status == PLENUM_OK)
        status = reclaim_share(agent, port);
    if (status == PLENUM_OK)
        status = better_promises(agent, port);
    if (status == PLENUM_OK)
        status = defragment(agent, port);
    return status == PLENUM_OK ? foretell(agent, port) : status;
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
    plenum_command_init(&agent->command, PLENUM_COMMAND_OTHER, ACTOR);
    return (struct plenum_agent){.name = ACTOR,
                                 .step = capacity_agent_step,
                                 .destroy = capacity_agent_destroy,
                                 .self = agent};
}
