/* Jobs: each of Slurm's is looked at beside its row in the ledger.
 *
 *     Slurm \ ledger   none       queued   reserved        running          cancelled   done
 *     pending          submit(1)  hold     hold, foretell  release          scancel     -
 *     running          book it    requeue  requeue         -(2)             scancel     -
 *     ended            -          end      end             end              -           -
 *     gone             -          end      end             end              -           -
 *
 * (1) those that were given to Plenum. (2) on other nodes than the ledger's it is requeued. */
#include "edge/slurm/agent.h"

#include "base/check.h"
#include "base/instant.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"
#include "rack/drain.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { LIVE_MAX = 1 << 24, COMMENT_MAX = 256 };

/* --- who is who ------------------------------------------------------------------------------- */

static int order_pairs(const void *left, const void *right)
{
    const struct slurm_pair *a = left, *b = right;
    return a->engine_job != b->engine_job ? (a->engine_job > b->engine_job ? 1 : -1)
                                          : (a->id > b->id) - (a->id < b->id);
}

static void read_pairs(struct slurm_agent *agent, const struct plenum_ledger *ledger)
{
    size_t cursor = 0;
    uint64_t id;
    const int64_t *row;
    agent->pair_count = 0;
    while (plenum_ledger_walk(ledger, PLENUM_JOB, &cursor, &id, &row))
        if (row[PLENUM_JOB_ENGINE_JOB] != 0)
            ARRAY_PUSH(agent->pairs, agent->pair_count, agent->pair_capacity, LIVE_MAX) =
                (struct slurm_pair){row[PLENUM_JOB_ENGINE_JOB], id};
    if (agent->pair_count > 1)
        qsort(agent->pairs, agent->pair_count, sizeof *agent->pairs, order_pairs);
}

/* --- what its owner and squeue see ------------------------------------------------------------ */

/* Keeps a pending job from starting, and says why. start_ms: when it will at the latest, or 0. */
static void hold(struct slurm_agent *agent, const struct slurm_job *job, bool preemptible,
                 int64_t start_ms, const char *text)
{
    char comment[COMMENT_MAX];
    (void)text_format(comment, sizeof comment, "plenum%s: %s", preemptible ? " preemptible" : "",
                      text);
    if ((job->held && strcmp(job->comment, comment) == 0) ||
        !slurm_may_order(agent, SUBJECT_JOB, job->id))
        return;
    slurm_order_begin(agent, "scontrol", "update");
    slurm_order_word(agent, "JobId=%" PRId64, job->id);
    slurm_order_word(agent, "Priority=0");
    if (start_ms > 0)
        slurm_order_word(agent, "StartTime=uts%" PRId64, start_ms / 1000);
    slurm_order_word(agent, "Comment=%s", comment);
    (void)slurm_order_give(agent, SUBJECT_JOB, job->id);
}

static void order_job(struct slurm_agent *agent, const char *program, const char *verb,
                      const struct slurm_job *job)
{
    if (!slurm_may_order(agent, SUBJECT_JOB, job->id))
        return;
    slurm_order_begin(agent, program, verb);
    slurm_order_word(agent, "%" PRId64, job->id);
    (void)slurm_order_give(agent, SUBJECT_JOB, job->id);
}

/* --- a job that the ledger does not know ------------------------------------------------------ */

static enum plenum_status take_up(struct slurm_agent *agent, const struct plenum_port *port,
                                  const struct slurm_job *job)
{
    struct slurm_shape shape;
    char why[SLURM_WHY_MAX];
    bool taken = false, preemptible = slurm_job_is_preemptible(job);
    if (!slurm_job_is_given(job))
        return PLENUM_OK;
    bool understood = slurm_shape_of(agent->site, job, &shape, why);
    if (understood && shape.length_ms == 0)
        understood = !text_format(why, sizeof why, "it needs a time limit (--time)");
    if (!understood) {
        hold(agent, job, preemptible, 0, why);
        return PLENUM_OK;
    }
    if (!slurm_may_order(agent, SUBJECT_JOB, job->id))
        return PLENUM_OK;
    slurm_row_submit(agent, port->ledger, job, &shape);
    enum plenum_status status = slurm_submit(agent, port, SUBJECT_JOB, job->id, &taken);
    if (taken)
        hold(agent, job, preemptible, 0, "waits for its turn");
    return status;
}

struct serving {
    const struct slurm_agent *agent;
    const struct plenum_ledger *ledger;
};

static bool is_serving(void *context, const char *name)
{
    const struct serving *serving = context;
    int32_t rack = slurm_rack_find(serving->agent, name);
    return rack == PLENUM_NONE || plenum_ledger_get(serving->ledger, PLENUM_RACK, (uint64_t)rack,
                                                    PLENUM_FIELD_STATE) == PLENUM_RACK_IN_SERVICE;
}

/* What runs in a reservation of ours is what was sold: it is booked already. What runs on a node
 * that is not in service yet is booked when it is. */
static enum plenum_status adopt(struct slurm_agent *agent, const struct plenum_port *port,
                                const struct slurm_job *job)
{
    struct slurm_shape shape;
    char why[SLURM_WHY_MAX], text[SLURM_WHY_MAX + 80];
    bool sold = strncmp(job->reservation, SLURM_RESERVATION_PREFIX,
                        sizeof SLURM_RESERVATION_PREFIX - 1) == 0;
    struct serving serving = {agent, port->ledger};
    if (sold || !slurm_may_order(agent, SUBJECT_JOB, job->id) ||
        !slurm_hostlist_walk(job->nodes, is_serving, &serving))
        return PLENUM_OK;
    if (slurm_shape_of(agent->site, job, &shape, why)) {
        if (slurm_row_adopt(agent, port->ledger, job, &shape))
            return slurm_submit(agent, port, SUBJECT_JOB, job->id, NULL);
        (void)text_format(why, sizeof why, "it has nodes that the site file does not name");
    }
    (void)text_format(text, sizeof text, "job %" PRId64 " runs, and cannot be booked: %s", job->id,
                      why);
    slurm_note_failure(agent, SUBJECT_JOB, job->id, text);
    return PLENUM_OK;
}

/* --- a job that is pending -------------------------------------------------------------------- */

/* Minutes that Slurm may let it run, so that it is over by its end. */
static int64_t minutes_left(const struct plenum_ledger *ledger, const int64_t *row)
{
    int64_t left_ms = row[PLENUM_JOB_END_MS] - SLURM_KILL_WAIT_MS - plenum_ledger_now_ms(ledger);
    return left_ms > 60000 ? left_ms / 60000 : 1;
}

/* Two orders: the second lets go what the first has tied to its nodes. */
static void release(struct slurm_agent *agent, const struct plenum_ledger *ledger,
                    const struct slurm_job *job, uint64_t id)
{
    const int64_t *row = plenum_ledger_row(ledger, PLENUM_JOB, id);
    int64_t minutes = minutes_left(ledger, row);
    if (!slurm_may_order(agent, SUBJECT_JOB, job->id))
        return;
    slurm_order_begin(agent, "scontrol", "update");
    slurm_order_word(agent, "JobId=%" PRId64, job->id);
    slurm_order_nodes(agent, "ReqNodeList", ledger, id);
    slurm_order_word(agent, "NumNodes=%" PRId64, row[PLENUM_JOB_SERVERS]);
    slurm_order_word(agent, "StartTime=now");
    if (minutes * 60000 < job->limit_ms)
        slurm_order_word(agent, "TimeLimit=%" PRId64, minutes);
    slurm_order_word(agent, "Comment=plenum%s: starts now",
                     row[PLENUM_JOB_PREEMPTIBLE] ? " preemptible" : "");
    if (slurm_order_give(agent, SUBJECT_JOB, job->id))
        order_job(agent, "scontrol", "release", job);
}

/* Slurm has not begun it in the time that it was given: it is held again, then loses its place. */
static enum plenum_status give_up(struct slurm_agent *agent, const struct plenum_port *port,
                                  const struct slurm_job *job, uint64_t id)
{
    char text[256];
    if (!slurm_may_order(agent, SUBJECT_JOB, job->id))
        return PLENUM_OK;
    slurm_order_begin(agent, "scontrol", "update");
    slurm_order_word(agent, "JobId=%" PRId64, job->id);
    slurm_order_word(agent, "Priority=0");
    if (!slurm_order_give(agent, SUBJECT_JOB, job->id))
        return PLENUM_OK;
    (void)text_format(text, sizeof text, "job %" PRId64 " was not begun by Slurm: %s", job->id,
                      job->reason);
    slurm_note_failure(agent, SUBJECT_BEGIN, job->id, text);
    slurm_row_put_back(agent, port->ledger, id);
    return slurm_submit(agent, port, SUBJECT_JOB, job->id, NULL);
}

static enum plenum_status step_started(struct slurm_agent *agent, const struct plenum_port *port,
                                       const struct slurm_job *job, uint64_t id)
{
    const int64_t *row = plenum_ledger_row(port->ledger, PLENUM_JOB, id);
    int64_t since_ms = row[PLENUM_JOB_START_MS] > row[PLENUM_JOB_PREEMPTED_MS]
                           ? row[PLENUM_JOB_START_MS]
                           : row[PLENUM_JOB_PREEMPTED_MS];
    if (plenum_ledger_now_ms(port->ledger) > since_ms + SLURM_START_WAIT_MS)
        return give_up(agent, port, job, id);
    if (job->held)
        release(agent, port->ledger, job, id);
    return PLENUM_OK;
}

/* A job that was taken off begins anew: Slurm knows no more of what it had done. */
static enum plenum_status step_queued(struct slurm_agent *agent, const struct plenum_port *port,
                                      const struct slurm_job *job, uint64_t id)
{
    const int64_t *row = plenum_ledger_row(port->ledger, PLENUM_JOB, id);
    hold(agent, job, row[PLENUM_JOB_PREEMPTIBLE] != 0, 0, "waits for its turn");
    if (row[PLENUM_JOB_LEFT_MS] == row[PLENUM_JOB_DURATION_MS])
        return PLENUM_OK;
    int64_t whole_ms = row[PLENUM_JOB_DURATION_MS];
    plenum_command_reset(&agent->command, PLENUM_COMMAND_OTHER, "slurm");
    plenum_command_set(&agent->command, plenum_ref(PLENUM_JOB, id), PLENUM_JOB_LEFT_MS, whole_ms);
    return slurm_submit(agent, port, SUBJECT_JOB, job->id, NULL);
}

static enum plenum_status step_pending(struct slurm_agent *agent, const struct plenum_port *port,
                                       const struct slurm_job *job, uint64_t id)
{
    char when[INSTANT_TEXT], text[COMMENT_MAX];
    const int64_t *row = plenum_ledger_row(port->ledger, PLENUM_JOB, id);
    switch (row[PLENUM_FIELD_STATE]) {
    case PLENUM_JOB_QUEUED:
        return step_queued(agent, port, job, id);
    case PLENUM_JOB_RESERVED:
        (void)text_format(text, sizeof text, "starts by %s",
                          instant_format(row[PLENUM_JOB_START_MS] / 1000 * 1000, when));
        hold(agent, job, row[PLENUM_JOB_PREEMPTIBLE] != 0, row[PLENUM_JOB_START_MS], text);
        return PLENUM_OK;
    case PLENUM_JOB_RUNNING:
        return step_started(agent, port, job, id);
    case PLENUM_JOB_CANCELLED:
        order_job(agent, "scancel", "--full", job);
        return PLENUM_OK;
    default:
        return PLENUM_OK;
    }
}

/* --- a job that runs or has ended ------------------------------------------------------------- */

struct places {
    const struct slurm_agent *agent;
    const struct plenum_capacity_claim *claims;
    size_t count;
};

static bool is_place(void *context, const char *name)
{
    const struct places *places = context;
    int32_t rack = slurm_rack_find(places->agent, name);
    for (size_t i = 0; i < places->count && rack != PLENUM_NONE; i++)
        if (places->claims[i].server == slurm_server_of(places->agent, rack))
            return true;
    return false;
}

/* Whether it runs where the ledger has it. */
static bool is_in_place(const struct slurm_agent *agent, const struct plenum_ledger *ledger,
                        const struct slurm_job *job, uint64_t id)
{
    struct plenum_ref ref = plenum_ref(PLENUM_JOB, id);
    size_t count = plenum_capacity_claims_of(ledger, ref, NULL, 0);
    struct plenum_capacity_claim *claims = memory_new(count, sizeof *claims);
    plenum_capacity_claims_of(ledger, ref, claims, count);
    struct places places = {agent, claims, count};
    bool in_place = job->nodes[0] == 0 || slurm_hostlist_walk(job->nodes, is_place, &places);
    free(claims);
    return in_place;
}

/* It goes back into Slurm's queue, and is held there. Slurm refuses that for jobs that said
 * --no-requeue: those are ended. */
static void requeue(struct slurm_agent *agent, const struct slurm_job *job)
{
    if (!slurm_may_order(agent, SUBJECT_JOB, job->id))
        return;
    order_job(agent, "scontrol", "requeuehold", job);
    if (!slurm_may_order(agent, SUBJECT_JOB, job->id) && agent->orders_left > 0) {
        slurm_order_begin(agent, "scancel", "--full");
        slurm_order_word(agent, "%" PRId64, job->id);
        (void)slurm_order_give(agent, SUBJECT_JOB, job->id);
    }
}

static void step_running(struct slurm_agent *agent, const struct plenum_ledger *ledger,
                         const struct slurm_job *job, uint64_t id)
{
    switch (plenum_ledger_get(ledger, PLENUM_JOB, id, PLENUM_FIELD_STATE)) {
    case PLENUM_JOB_QUEUED:
    case PLENUM_JOB_RESERVED:
        requeue(agent, job);
        return;
    case PLENUM_JOB_RUNNING:
        slurm_forget_failure(agent, SUBJECT_BEGIN, job->id);
        if (!is_in_place(agent, ledger, job, id))
            requeue(agent, job);
        return;
    case PLENUM_JOB_CANCELLED:
        order_job(agent, "scancel", "--full", job);
        return;
    default:
        return;
    }
}

static enum plenum_status end_row(struct slurm_agent *agent, const struct plenum_port *port,
                                  const struct slurm_pair *pair, const char *state)
{
    int64_t now_is = plenum_ledger_get(port->ledger, PLENUM_JOB, pair->id, PLENUM_FIELD_STATE);
    if (now_is == PLENUM_JOB_DONE || now_is == PLENUM_JOB_CANCELLED)
        return PLENUM_OK;
    if (strcmp(state, "COMPLETED") != 0)
        log_line(LOG_INFO, "slurm: job %" PRId64 " (%" PRIu64 " here) ended: %s", pair->engine_job,
                 pair->id, state);
    slurm_forget_failure(agent, SUBJECT_JOB, pair->engine_job);
    slurm_forget_failure(agent, SUBJECT_BEGIN, pair->engine_job);
    slurm_row_end(agent, port->ledger, pair->id, strcmp(state, "COMPLETED") == 0);
    return slurm_submit(agent, port, SUBJECT_JOB, pair->engine_job, NULL);
}

/* --- all of them ------------------------------------------------------------------------------ */

static enum plenum_status step_unknown(struct slurm_agent *agent, const struct plenum_port *port,
                                       const struct slurm_job *job)
{
    if (job->phase == SLURM_PENDING)
        return take_up(agent, port, job);
    if (job->phase == SLURM_RUNNING)
        return adopt(agent, port, job);
    slurm_forget_failure(agent, SUBJECT_JOB, job->id);
    return PLENUM_OK;
}

static enum plenum_status step_pair(struct slurm_agent *agent, const struct plenum_port *port,
                                    const struct slurm_job *job, const struct slurm_pair *pair)
{
    switch (job->phase) {
    case SLURM_PENDING:
        return step_pending(agent, port, job, pair->id);
    case SLURM_RUNNING:
        step_running(agent, port->ledger, job, pair->id);
        return PLENUM_OK;
    case SLURM_ENDED:
        return end_row(agent, port, pair, job->state);
    case SLURM_LEAVING:
        break;
    }
    return PLENUM_OK;
}

/* Both are in order of Slurm's numbers: a merge. */
enum plenum_status slurm_step_jobs(struct slurm_agent *agent, const struct plenum_port *port)
{
    enum plenum_status status = PLENUM_OK;
    size_t j = 0, p = 0;
    read_pairs(agent, port->ledger);
    while ((j < agent->jobs.count || p < agent->pair_count) && status == PLENUM_OK) {
        const struct slurm_job *job = j < agent->jobs.count ? &agent->jobs.items[j] : NULL;
        const struct slurm_pair *pair = p < agent->pair_count ? &agent->pairs[p] : NULL;
        CHECK(job || pair);
        if (!pair || (job && job->id < pair->engine_job)) {
            status = step_unknown(agent, port, job);
            j++;
        } else if (!job || job->id > pair->engine_job) {
            status = end_row(agent, port, pair, "gone");
            p++;
        } else {
            status = step_pair(agent, port, job, pair);
            j += p + 1 == agent->pair_count || pair[1].engine_job != job->id;
            p++;
        }
    }
    return status;
}

/* --- behind the clock ------------------------------------------------------------------------- */

/* A job to start is put off to a round instant, so that it is put off seldom. */
static int64_t round_up(int64_t wall_ms)
{
    static const int64_t ROUND_MS = 10000;
    return (wall_ms / ROUND_MS + 1) * ROUND_MS;
}

static bool starts_unseen(const int64_t *row, int64_t wall_ms)
{
    return row[PLENUM_JOB_ENGINE_JOB] != 0 && row[PLENUM_FIELD_STATE] <= PLENUM_JOB_RESERVED &&
           row[PLENUM_JOB_EARLIEST_MS] < wall_ms;
}

static enum plenum_status put_off(struct slurm_agent *agent, const struct plenum_port *port,
                                  uint64_t id)
{
    int64_t until_ms = round_up(agent->now_ms);
    struct plenum_ref job = plenum_ref(PLENUM_JOB, id);
    const int64_t *row = plenum_ledger_row(port->ledger, PLENUM_JOB, id);
    plenum_command_reset(&agent->command, PLENUM_COMMAND_OTHER, "slurm");
    if (row[PLENUM_FIELD_STATE] == PLENUM_JOB_RESERVED && row[PLENUM_JOB_START_MS] < until_ms)
        drain_job(port->ledger, &agent->command, id);
    plenum_command_set(&agent->command, job, PLENUM_JOB_EARLIEST_MS, until_ms);
    return slurm_submit(agent, port, SUBJECT_JOB, row[PLENUM_JOB_ENGINE_JOB], NULL);
}

enum plenum_status slurm_put_off(struct slurm_agent *agent, const struct plenum_port *port)
{
    size_t cursor = 0;
    uint64_t id;
    const int64_t *row;
    enum plenum_status status = PLENUM_OK;
    agent->id_count = 0;
    while (plenum_ledger_walk(port->ledger, PLENUM_JOB, &cursor, &id, &row))
        if (starts_unseen(row, agent->now_ms))
            ARRAY_PUSH(agent->ids, agent->id_count, agent->id_capacity, LIVE_MAX) = id;
    for (size_t i = 0; i < agent->id_count && status == PLENUM_OK; i++)
        status = put_off(agent, port, agent->ids[i]);
    return status;
}
