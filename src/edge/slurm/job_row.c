/* The commands that make and change the rows of Slurm's jobs. */
#include "edge/slurm/agent.h"

#include "base/check.h"
#include "rack/drain.h"

static const char ACTOR[] = "slurm";
static const int64_t LONGEST_MS = INT64_C(365) * 24 * 3600 * 1000; /* for a job without a limit */
static const int64_t PUT_OFF_MS = INT64_C(10) * 60 * 1000;
enum { DOUBLINGS_MAX = 6 };

static void set(struct slurm_agent *agent, uint64_t id, int32_t field, int64_t value)
{
    plenum_command_set(&agent->command, plenum_ref(PLENUM_JOB, id), field, value);
}

static uint64_t create(struct slurm_agent *agent, const struct plenum_ledger *ledger,
                       enum plenum_command_kind kind, const struct slurm_job *job,
                       const struct slurm_shape *shape)
{
    uint64_t id = plenum_ledger_next_id(ledger, PLENUM_JOB);
    plenum_command_reset(&agent->command, kind, ACTOR);
    plenum_command_create(&agent->command, plenum_ref(PLENUM_JOB, id));
    const struct {
        int32_t field;
        int64_t value;
    } fields[] = {{PLENUM_JOB_TENANT, shape->tenant},
                  {PLENUM_JOB_SERVERS, shape->servers},
                  {PLENUM_JOB_ACCELERATORS, shape->accelerators},
                  {PLENUM_JOB_MILLI, 1000},
                  {PLENUM_JOB_CHIP, shape->chip},
                  {PLENUM_JOB_CORES, shape->cores},
                  {PLENUM_JOB_MEMORY_BYTES, shape->memory_bytes},
                  {PLENUM_JOB_DURATION_MS, shape->length_ms},
                  {PLENUM_JOB_LEFT_MS, shape->length_ms},
                  {PLENUM_JOB_SUBMIT_MS, job->submit_ms},
                  {PLENUM_JOB_EARLIEST_MS, plenum_ledger_now_ms(ledger)},
                  {PLENUM_JOB_START_MS, PLENUM_FOREVER},
                  {PLENUM_JOB_END_MS, PLENUM_FOREVER},
                  {PLENUM_JOB_PREEMPTIBLE, shape->preemptible},
                  {PLENUM_JOB_PRIORITY, agent->site->tenants[shape->tenant].priority},
                  {PLENUM_JOB_ENGINE_JOB, job->id}};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        set(agent, id, fields[i].field, fields[i].value);
    return id;
}

void slurm_row_submit(struct slurm_agent *agent, const struct plenum_ledger *ledger,
                      const struct slurm_job *job, const struct slurm_shape *shape)
{
    CHECK(shape->length_ms > 0);
    (void)create(agent, ledger, PLENUM_COMMAND_JOB_SUBMIT, job, shape);
}

/* --- a job that runs beside Plenum ------------------------------------------------------------ */

struct adoption {
    struct slurm_agent *agent;
    const struct plenum_ledger *ledger;
    const struct slurm_shape *shape;
    struct plenum_ref job;
    int64_t from_ms, until_ms;
    int32_t nodes;
};

/* The first that are wholly free; fewer where there are fewer, which the ledger will refuse. */
static uint64_t free_accelerators(const struct adoption *adoption, int32_t server)
{
    struct plenum_capacity_free free_on;
    uint64_t chosen = 0;
    plenum_capacity_free_on(adoption->ledger, server, adoption->from_ms, adoption->until_ms,
                            &free_on);
    int32_t left = adoption->shape->accelerators;
    for (int32_t i = 0; i < PLENUM_ACCELERATORS_PER_SERVER_MAX && left > 0; i++) {
        uint64_t bit = UINT64_C(1) << i;
        chosen |= free_on.whole & bit;
        left -= (free_on.whole & bit) != 0;
    }
    for (int32_t i = 0; left > 0; i++) {
        left -= (chosen >> i & 1) == 0;
        chosen |= UINT64_C(1) << i;
    }
    return chosen;
}

static bool claim_node(void *context, const char *name)
{
    struct adoption *adoption = context;
    const struct plenum_site *site = adoption->agent->site;
    int32_t rack = slurm_rack_find(adoption->agent, name);
    if (rack == PLENUM_NONE || ++adoption->nodes > adoption->shape->servers)
        return false;
    int32_t server = slurm_server_of(adoption->agent, rack);
    const struct slurm_shape *shape = adoption->shape;
    struct plenum_capacity_claim claim = {.owner = adoption->job,
                                          .server = server,
                                          .milli = shape->accelerators > 0 ? 1000 : 0,
                                          .accelerators = free_accelerators(adoption, server),
                                          .cores = shape->cores,
                                          .memory_bytes = shape->memory_bytes,
                                          .from_ms = adoption->from_ms,
                                          .until_ms = adoption->until_ms};
    int64_t watts = plenum_server_job_w(&site->server_models[site->servers[server].model],
                                        shape->accelerators, 1000, shape->cores);
    plenum_command_claim_capacity(&adoption->agent->command, &claim);
    if (watts > 0)
        plenum_command_claim_power(&adoption->agent->command, adoption->job,
                                   site->positions[site->racks[rack].position].load,
                                   adoption->from_ms, adoption->until_ms, watts);
    return true;
}

bool slurm_row_adopt(struct slurm_agent *agent, const struct plenum_ledger *ledger,
                     const struct slurm_job *job, const struct slurm_shape *shape)
{
    int64_t now_ms = plenum_ledger_now_ms(ledger);
    int64_t end_ms = job->limit_ms == 0     ? now_ms + LONGEST_MS
                     : job->end_ms > now_ms ? job->end_ms
                                            : now_ms;
    int64_t until_ms = end_ms + SLURM_KILL_WAIT_MS;
    struct slurm_shape whole = *shape;
    whole.length_ms = until_ms - now_ms;
    whole.preemptible = false;
    uint64_t id = create(agent, ledger, PLENUM_COMMAND_JOB_START, job, &whole);
    struct adoption adoption = {agent,  ledger,   &whole, plenum_ref(PLENUM_JOB, id),
                                now_ms, until_ms, 0};
    if (!slurm_hostlist_walk(job->nodes, claim_node, &adoption) || adoption.nodes != shape->servers)
        return false;
    set(agent, id, PLENUM_FIELD_STATE, PLENUM_JOB_RUNNING);
    set(agent, id, PLENUM_JOB_START_MS, now_ms);
    set(agent, id, PLENUM_JOB_END_MS, until_ms);
    return true;
}

/* --- its end, and back into the queue --------------------------------------------------------- */

void slurm_row_end(struct slurm_agent *agent, const struct plenum_ledger *ledger, uint64_t id,
                   bool completed)
{
    bool runs = plenum_ledger_get(ledger, PLENUM_JOB, id, PLENUM_FIELD_STATE) == PLENUM_JOB_RUNNING;
    plenum_command_reset(&agent->command,
                         completed && runs ? PLENUM_COMMAND_JOB_FINISH : PLENUM_COMMAND_JOB_CANCEL,
                         ACTOR);
    plenum_command_release(&agent->command, plenum_ref(PLENUM_JOB, id),
                           PLENUM_BOOK_POWER | PLENUM_BOOK_CAPACITY, plenum_ledger_now_ms(ledger));
    set(agent, id, PLENUM_FIELD_STATE, completed && runs ? PLENUM_JOB_DONE : PLENUM_JOB_CANCELLED);
}

void slurm_row_put_back(struct slurm_agent *agent, const struct plenum_ledger *ledger, uint64_t id)
{
    const int64_t *row = plenum_ledger_row(ledger, PLENUM_JOB, id);
    CHECK(row);
    int64_t doublings =
        row[PLENUM_JOB_PREEMPTIONS] < DOUBLINGS_MAX ? row[PLENUM_JOB_PREEMPTIONS] : DOUBLINGS_MAX;
    plenum_command_reset(&agent->command, PLENUM_COMMAND_JOB_PREEMPT, ACTOR);
    drain_job(ledger, &agent->command, id);
    set(agent, id, PLENUM_JOB_LEFT_MS, row[PLENUM_JOB_DURATION_MS]);
    set(agent, id, PLENUM_JOB_EARLIEST_MS,
        plenum_ledger_now_ms(ledger) + (PUT_OFF_MS << doublings));
}
