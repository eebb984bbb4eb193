/* The capacity planner as an agent.
 *
 * Every step: jobs whose time is over finish, reserved jobs whose start has come begin. Every
 * ROUND_MS of site time: waiting jobs are given the earliest window in the calendar, in the order
 * of site_queue.h, so that each has a start that is known; before that, reserved jobs that fit now
 * are taken forward, and after it some get an earlier window (a rack came into service, a job was
 * cancelled). A promised start is never put off by this: only a fault or a lowered limit takes a
 * job off (src/rack). */
#include <plenum/port.h>

#include "base/check.h"
#include "base/memory.h"
#include "capacity/site_defrag.h"
#include "capacity/site_fit.h"
#include "capacity/site_forecast.h"
#include "capacity/site_queue.h"
#include "capacity/site_reclaim.h"

#include <stdlib.h>

static const char ACTOR[] = "planner/capacity";

#define ROUND_MS          INT64_C(30000)
#define HORIZON_MS        (INT64_C(14) * 24 * 3600 * 1000)
#define FAILED_MAX        64  /* requests remembered as not fitting in a round */
#define PER_ROUND         256 /* jobs from the queue: a bound on the work of one round */
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

struct capacity_agent {
    const struct plenum_site *site;
    struct site_fit *fit;
    struct site_queue *queue;
    struct site_reclaim *reclaim;
    struct site_forecast *forecast;
    struct site_defrag *defrag;
    int64_t *share_milli; /* by tenant: what is guaranteed of what is in service */
    struct plenum_command command;
    uint64_t *ids; /* of jobs to act on: a walk may not go on while commands are taken */
    size_t id_count, id_capacity;
    struct wide_job *wide; /* scratch of widest_first */
    size_t wide_capacity;
    struct fit_request failed[FAILED_MAX];
    size_t failed_count;
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
static bool known_to_fail(const struct capacity_agent *agent, const struct fit_request *request)
{
    for (size_t i = 0; i < agent->failed_count; i++)
        if (fit_request_within(&agent->failed[i], request))
            return true;
    return false;
}

static void remember_failed(struct capacity_agent *agent, const struct fit_request *request)
{
    size_t kept = 0;
    for (size_t i = 0; i < agent->failed_count; i++)
        if (!fit_request_within(request, &agent->failed[i]))
            agent->failed[kept++] = agent->failed[i];
    agent->failed_count = kept;
    if (kept < FAILED_MAX)
        agent->failed[agent->failed_count++] = *request;
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

/* Fills the command that gives a job its earliest window that starts in [from_ms, latest_ms]. A
 * search looks at the watts of each server alone; where those of a gang share what is above them,
 * the ledger says no, and the search goes on from later and later. False when there is none. */
static bool find_window(struct capacity_agent *agent, const struct plenum_ledger *ledger,
                        uint64_t id, const struct fit_request *request, int64_t from_ms,
                        int64_t latest_ms)
{
    struct plenum_refusal refusal;
    for (int64_t later_ms = ROUND_MS; from_ms <= latest_ms; later_ms *= 2) {
        int64_t start_ms = site_fit_search(agent->fit, ledger, request, from_ms, latest_ms);
        if (start_ms == PLENUM_FOREVER)
            return false;
        fill_window(agent, ledger, id, request, start_ms);
        if (plenum_ledger_test(ledger, &agent->command, &refusal))
            return true;
        from_ms = start_ms + later_ms;
    }
    return false;
}

/* --- room taken from others (site_reclaim.h) -------------------------------------------------- */

/* What is guaranteed to each tenant of the accelerators that are in service. */
static void find_shares(struct capacity_agent *agent, const struct plenum_ledger *ledger)
{
    const struct plenum_site *site = agent->site;
    int64_t milli = 0;
    for (int32_t server = 0; server < site->server_count; server++) {
        int64_t opens_ms, closes_ms;
        plenum_capacity_window(ledger, server, &opens_ms, &closes_ms);
        if (opens_ms < closes_ms)
            milli += 1000 * site->server_models[site->servers[server].model].accelerators;
    }
    for (int32_t i = 0; i < site->tenant_count; i++)
        agent->share_milli[i] = milli * site->tenants[i].share_milli / 1000;
}

static bool reclaim_window(struct capacity_agent *agent, const struct plenum_ledger *ledger,
                           uint64_t id, int64_t latest_ms)
{
    const int64_t *row = plenum_ledger_row(ledger, PLENUM_JOB, id);
    return site_reclaim_window(agent->reclaim, ledger, id, earliest_start(ledger, row), latest_ms,
                               site_queue_running(agent->queue), agent->share_milli,
                               &agent->command);
}

/* Long since it could have run, and not about to. */
static bool job_waits_long(const int64_t *row, int64_t now_ms)
{
    int64_t since_ms = row[PLENUM_JOB_EARLIEST_MS] > row[PLENUM_JOB_SUBMIT_MS]
                           ? row[PLENUM_JOB_EARLIEST_MS]
                           : row[PLENUM_JOB_SUBMIT_MS];
    return row[PLENUM_JOB_STATE] == PLENUM_JOB_RESERVED && row[PLENUM_JOB_ACCELERATORS] > 0 &&
           row[PLENUM_JOB_PROMISED_MS] == 0 && !row[PLENUM_JOB_PREEMPTIBLE] &&
           since_ms + RECLAIM_WAITED_MS <= now_ms &&
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
            site_reclaim_may(ledger, row, other, site_queue_running(agent->queue),
                             agent->share_milli))
            return true;
    return false;
}

/* Whether the job's tenant is short of its guarantee, and stays so with the job. */
static bool is_guaranteed(const struct capacity_agent *agent, const int64_t *row)
{
    int64_t tenant = row[PLENUM_JOB_TENANT];
    int64_t milli = row[PLENUM_JOB_SERVERS] * row[PLENUM_JOB_ACCELERATORS] * row[PLENUM_JOB_MILLI];
    return site_queue_running(agent->queue)[tenant] + milli <= agent->share_milli[tenant];
}

/* Takes back for one of the jobs that wait long what is guaranteed to its tenant. */
static enum plenum_status reclaim_share(struct capacity_agent *agent,
                                        const struct plenum_port *port)
{
    const struct plenum_ledger *ledger = port->ledger;
    int64_t now_ms = plenum_ledger_now_ms(ledger);
    collect(agent, ledger, job_waits_long);
    for (size_t i = 0, tries = 0; i < agent->id_count && tries < RECLAIM_TRIES; i++) {
        const int64_t *row = plenum_ledger_row(ledger, PLENUM_JOB, agent->ids[i]);
        if (!is_guaranteed(agent, row) || !some_may_give_way(agent, ledger, row))
            continue;
        tries++;
        if (reclaim_window(agent, ledger, agent->ids[i], now_ms + RECLAIM_WITHIN_MS))
            return plenum_port_submit(port, &agent->command, NULL);
    }
    return PLENUM_OK;
}

/* Gives one waiting job its earliest window. */
static enum plenum_status place(struct capacity_agent *agent, const struct plenum_port *port,
                                uint64_t id)
{
    const struct plenum_ledger *ledger = port->ledger;
    const int64_t *row = plenum_ledger_row(ledger, PLENUM_JOB, id);
    CHECK(row && row[PLENUM_FIELD_STATE] == PLENUM_JOB_QUEUED);
    struct fit_request request = fit_request_of(row);
    if (known_to_fail(agent, &request))
        return PLENUM_OK;
    int64_t from_ms = earliest_start(ledger, row), latest_ms = from_ms + HORIZON_MS;
    if (row[PLENUM_JOB_PROMISED_MS] != 0 &&
        !find_window(agent, ledger, id, &request, from_ms, from_ms) &&
        reclaim_window(agent, ledger, id, latest_ms)) {
        site_queue_placed(agent->queue, row);
        return plenum_port_submit(port, &agent->command, NULL);
    }
    if (!find_window(agent, ledger, id, &request, from_ms, latest_ms)) {
        remember_failed(agent, &request);
        return PLENUM_OK;
    }
    site_queue_placed(agent->queue, row);
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

/* Takes one reserved job forward to now if it fits besides its own later window. */
static enum plenum_status take_forward(struct capacity_agent *agent, const struct plenum_port *port,
                                       uint64_t id)
{
    const struct plenum_ledger *ledger = port->ledger;
    struct fit_request request = fit_request_of(plenum_ledger_row(ledger, PLENUM_JOB, id));
    int64_t now_ms = plenum_ledger_now_ms(ledger);
    if (known_to_fail(agent, &request))
        return PLENUM_OK;
    if (find_window(agent, ledger, id, &request, now_ms, now_ms))
        return plenum_port_submit(port, &agent->command, NULL);
    remember_failed(agent, &request);
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
                        row[PLENUM_JOB_START_MS] - BETTER_BY_MS))
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

static enum plenum_status plan_round(struct capacity_agent *agent, const struct plenum_port *port)
{
    enum plenum_status status = PLENUM_OK;
    agent->failed_count = 0;
    collect(agent, port->ledger, job_waits_for_start);
    widest_first(agent, port->ledger);
    for (size_t i = 0; i < agent->id_count && status == PLENUM_OK; i++)
        status = take_forward(agent, port, agent->ids[i]);
    agent->failed_count = 0;
    site_queue_fill(agent->queue, port->ledger);
    find_shares(agent, port->ledger);
    for (int searches = 0; searches < PER_ROUND && status == PLENUM_OK; searches++) {
        uint64_t id = site_queue_next(agent->queue);
        if (id == 0)
            break;
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
    free(agent->share_milli);
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
    agent->share_milli = memory_new((size_t)site->tenant_count, sizeof *agent->share_milli);
    plenum_command_init(&agent->command, PLENUM_COMMAND_OTHER, ACTOR);
    return (struct plenum_agent){.name = ACTOR,
                                 .step = capacity_agent_step,
                                 .destroy = capacity_agent_destroy,
                                 .self = agent};
}
