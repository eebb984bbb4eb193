/* The engine's memory, its way of a command, and its step. */
#include <plenum/engine.h>

#include "base/check.h"
#include "base/memory.h"
#include "base/wall.h"
#include "engine/inbox.h"
#include "engine/pace.h"
#include "engine/pulse.h"

#include <stdlib.h>
#include <string.h>

/* How long a taken command may wait for its batch to become durable. */
static const int64_t SYNC_AFTER_NS = 100 * 1000000;
/* How long one wait may last, so that a stop or a posted command is seen soon. */
static const int64_t WAIT_MAX_NS = 50 * 1000000;
/* How often clients are served while steps are taken without a pause. */
static const int64_t SERVE_EVERY_NS = 1000000;

struct waiting { /* a client whose command is not yet durable */
    void (*answer)(void *context, const struct plenum_outcome *outcome);
    void *context;
    struct plenum_outcome outcome;
};

struct agent_slot {
    struct plenum_agent agent;
    enum plenum_meter meter;
};

struct plenum_engine {
    const struct plenum_site *site;
    struct plenum_ledger *ledger;
    struct plenum_journal *journal;
    struct plenum_history *history; /* of the journal */
    struct plenum_sink journal_sink;
    struct plenum_sink sink; /* meters the journal's */
    struct plenum_port port;
    struct agent_slot agents[PLENUM_AGENTS_MAX];
    size_t agent_count, planners_from;
    struct inbox *inbox;
    struct waiting *waiting;
    size_t waiting_count, waiting_capacity;
    struct plenum_command scratch;
    struct pace pace;
    struct pulse pulse;
    int64_t pulse_speed_milli; /* that the pulse is of */
    const struct wall_clock *clock;
    struct wall_clock serving; /* the clock whose sleep serves clients */
    void (*serve)(void *context, int64_t wait_ns);
    void *serve_context;
    int64_t served_ns;
    int64_t spent_ns[PLENUM_METER_COUNT];
    int64_t last_sync_ns;
    uint64_t last_sync_seq;
    void (*observe)(void *context, const struct plenum_journal_row *row);
    void *observe_context;
    uint64_t tasks_done;
    struct plenum_error error; /* of the submit that failed */
};

const char *plenum_meter_name(enum plenum_meter meter)
{
    static const char *const names[] = {
#define X(code, name) name,
        PLENUM_METERS(X)
#undef X
    };
    CHECK(meter < PLENUM_METER_COUNT);
    return names[meter];
}

/* --- the way of a command --------------------------------------------------------------------- */

static enum plenum_status engine_append(void *context, uint64_t seq, int64_t now_ms,
                                        const struct plenum_command *command,
                                        const struct plenum_outcome *outcome,
                                        struct plenum_error *error)
{
    struct plenum_engine *engine = context;
    if (!engine->journal)
        return PLENUM_OK;
    int64_t begin_ns = wall_now_ns(engine->clock);
    enum plenum_status status = engine->journal_sink.append(engine->journal_sink.context, seq,
                                                            now_ms, command, outcome, error);
    int64_t spent_ns = wall_now_ns(engine->clock) - begin_ns;
    engine->spent_ns[PLENUM_METER_JOURNAL] += spent_ns;
    engine->spent_ns[PLENUM_METER_LEDGER] -= spent_ns;
    return status;
}

static void engine_count(struct plenum_engine *engine, const struct plenum_command *command)
{
    for (size_t i = 0; i < command->op_count; i++) {
        const struct plenum_op *op = &command->ops[i];
        engine->tasks_done += op->type == PLENUM_OP_SET && op->set.ref.kind == PLENUM_TASK &&
                              op->set.field == PLENUM_FIELD_STATE &&
                              op->set.value == PLENUM_TASK_DONE;
    }
}

static void engine_tell(struct plenum_engine *engine, const struct plenum_command *command,
                        int64_t now_ms, const struct plenum_outcome *outcome)
{
    if (outcome->taken && !outcome->again)
        engine_count(engine, command);
    if (!engine->observe || outcome->again)
        return;
    struct plenum_journal_row row = {.seq = outcome->seq,
                                     .now_ms = now_ms,
                                     .command = command,
                                     .taken = outcome->taken,
                                     .reason = outcome->refusal.reason};
    engine->observe(engine->observe_context, &row);
}

static enum plenum_status engine_submit(void *context, const struct plenum_command *command,
                                        struct plenum_outcome *outcome)
{
    struct plenum_engine *engine = context;
    struct plenum_outcome own;
    int64_t now_ms = plenum_ledger_now_ms(engine->ledger);
    int64_t begin_ns = wall_now_ns(engine->clock);
    enum plenum_status status = plenum_ledger_submit(engine->ledger, command, &engine->sink,
                                                     outcome ? outcome : &own, &engine->error);
    engine->spent_ns[PLENUM_METER_LEDGER] += wall_now_ns(engine->clock) - begin_ns;
    if (status == PLENUM_OK)
        engine_tell(engine, command, now_ms, outcome ? outcome : &own);
    return status;
}

void plenum_engine_sync(struct plenum_engine *engine)
{
    int64_t begin_ns = wall_now_ns(engine->clock);
    if (engine->journal)
        plenum_journal_sync(engine->journal);
    engine->last_sync_seq = plenum_ledger_seq(engine->ledger);
    engine->last_sync_ns = wall_now_ns(engine->clock);
    engine->spent_ns[PLENUM_METER_JOURNAL] += engine->last_sync_ns - begin_ns;
    size_t count = engine->waiting_count;
    engine->waiting_count = 0;
    for (size_t i = 0; i < count; i++)
        engine->waiting[i].answer(engine->waiting[i].context, &engine->waiting[i].outcome);
}

/* A batch ends when a client waits for it, when it is large, or when it is old. */
static void engine_sync_if_due(struct plenum_engine *engine)
{
    uint64_t batch = plenum_ledger_seq(engine->ledger) - engine->last_sync_seq;
    if (batch == 0 && engine->waiting_count == 0)
        return;
    bool old = wall_now_ns(engine->clock) - engine->last_sync_ns >= SYNC_AFTER_NS;
    if (engine->waiting_count > 0 || batch >= PLENUM_BATCH_MAX || old)
        plenum_engine_sync(engine);
}

static void engine_wait_for_sync(struct plenum_engine *engine, const struct inbox_item *item,
                                 const struct plenum_outcome *outcome)
{
    if (!item->answer)
        return;
    struct waiting waiting = {item->answer, item->context, *outcome};
    ARRAY_PUSH(engine->waiting, engine->waiting_count, engine->waiting_capacity, PLENUM_INBOX_MAX) =
        waiting;
}

/* Takes up what clients posted, as much as was there at the begin. */
enum plenum_status plenum_engine_take_posted(struct plenum_engine *engine)
{
    struct inbox_item item;
    enum plenum_status status = PLENUM_OK;
    for (size_t left = inbox_length(engine->inbox); left > 0 && status == PLENUM_OK; left--) {
        if (!inbox_take(engine->inbox, &item))
            break;
        struct plenum_outcome outcome = {0};
        if (item.dry_run)
            outcome.taken = plenum_ledger_test(engine->ledger, &item.command, &outcome.refusal);
        else
            status = engine_submit(engine, &item.command, &outcome);
        if (status == PLENUM_OK)
            engine_wait_for_sync(engine, &item, &outcome);
        plenum_command_finish(&item.command);
    }
    return status;
}

/* --- a step ----------------------------------------------------------------------------------- */

static int64_t engine_submit_ns(const struct plenum_engine *engine)
{
    return engine->spent_ns[PLENUM_METER_LEDGER] + engine->spent_ns[PLENUM_METER_JOURNAL];
}

/* Asks one agent; what it spent in submits is not its own time. */
static enum plenum_status engine_ask(struct plenum_engine *engine, struct agent_slot *slot)
{
    int64_t begin_ns = wall_now_ns(engine->clock), submits_ns = engine_submit_ns(engine);
    enum plenum_status status = slot->agent.step(slot->agent.self, &engine->port);
    int64_t all_ns = wall_now_ns(engine->clock) - begin_ns;
    engine->spent_ns[slot->meter] += all_ns - (engine_submit_ns(engine) - submits_ns);
    return status;
}

static enum plenum_status engine_tick(struct plenum_engine *engine, struct plenum_error *error)
{
    struct plenum_outcome outcome;
    plenum_command_reset(&engine->scratch, PLENUM_COMMAND_TICK, "clock");
    plenum_command_tick(&engine->scratch,
                        plenum_ledger_now_ms(engine->ledger) + engine->site->step_ms);
    enum plenum_status status = engine_submit(engine, &engine->scratch, &outcome);
    if (status != PLENUM_OK || outcome.taken)
        return status;
    char text[PLENUM_REFUSAL_TEXT];
    return plenum_fail(error, PLENUM_REFUSED, "the clock stands: %s, and nothing was shed",
                       plenum_refusal_format(engine->site, &outcome.refusal, text));
}

enum plenum_status plenum_engine_step(struct plenum_engine *engine, struct plenum_error *error)
{
    enum plenum_status status = plenum_engine_take_posted(engine);
    for (size_t i = 0; i < engine->agent_count && status == PLENUM_OK; i++)
        status = engine_ask(engine, &engine->agents[i]);
    if (status != PLENUM_OK)
        return plenum_fail(error, status, "%s", engine->error.text);
    status = engine_tick(engine, error);
    if (status == PLENUM_OK && engine->journal) {
        int64_t begin_ns = wall_now_ns(engine->clock);
        plenum_journal_snapshot(engine->journal, engine->ledger, false);
        engine->spent_ns[PLENUM_METER_JOURNAL] += wall_now_ns(engine->clock) - begin_ns;
    }
    engine_sync_if_due(engine);
    return status;
}

static enum plenum_status engine_stand(struct plenum_engine *engine, struct plenum_error *error)
{
    enum plenum_status status = plenum_engine_take_posted(engine);
    engine_sync_if_due(engine);
    return status == PLENUM_OK ? PLENUM_OK : plenum_fail(error, status, "%s", engine->error.text);
}

/* --- clients of the engine's thread ------------------------------------------------------ */

static int64_t engine_now_ns(void *context)
{
    (void)context;
    return wall_now_ns(&wall_clock_system);
}

static void engine_sleep_ns(void *context, int64_t ns)
{
    struct plenum_engine *engine = context;
    engine->serve(engine->serve_context, ns);
    engine->served_ns = wall_now_ns(engine->clock);
}

/* Without a server the clock sleeps by itself. */
static void engine_set_server(struct plenum_engine *engine,
                              void (*serve)(void *context, int64_t wait_ns), void *context)
{
    engine->clock = &wall_clock_system;
    if (!serve)
        return;
    engine->serve = serve;
    engine->serve_context = context;
    engine->serving = (struct wall_clock){engine_now_ns, engine_sleep_ns, engine};
    engine->clock = &engine->serving;
}

static void engine_serve_if_due(struct plenum_engine *engine)
{
    if (engine->serve && wall_now_ns(engine->clock) - engine->served_ns >= SERVE_EVERY_NS)
        engine_sleep_ns(engine, 0);
}

/* A pause and another speed begin it anew. */
static void engine_beat(struct plenum_engine *engine)
{
    int64_t speed_milli = plenum_engine_speed(engine);
    if (plenum_engine_paused(engine) || speed_milli != engine->pulse_speed_milli)
        pulse_forget(&engine->pulse);
    engine->pulse_speed_milli = speed_milli;
    struct pulse_mark mark = {wall_now_ns(engine->clock), plenum_ledger_now_ms(engine->ledger),
                              engine->spent_ns[PLENUM_METER_JOURNAL]};
    pulse_beat(&engine->pulse, &mark);
}

bool plenum_engine_pulse(const struct plenum_engine *engine, int64_t *speed_milli,
                         int64_t *journal_milli)
{
    return pulse_read(&engine->pulse, speed_milli, journal_milli);
}

enum plenum_status plenum_engine_run(struct plenum_engine *engine, int64_t until_ms,
                                     const volatile sig_atomic_t *stop,
                                     void (*each)(void *context, struct plenum_engine *engine),
                                     void *context, struct plenum_error *error)
{
    enum plenum_status status = PLENUM_OK;
    while (status == PLENUM_OK && plenum_ledger_now_ms(engine->ledger) < until_ms) {
        if (stop && *stop) {
            status = plenum_fail(error, PLENUM_STOPPED, "interrupted");
            break;
        }
        bool go = pace_wait(&engine->pace, engine->site->step_ms, WAIT_MAX_NS);
        status = go ? plenum_engine_step(engine, error) : engine_stand(engine, error);
        engine_serve_if_due(engine);
        engine_beat(engine);
        if (each)
            each(context, engine);
    }
    plenum_engine_sync(engine);
    return status;
}

/* --- begin and end ---------------------------------------------------------------------------- */

static enum plenum_status engine_recover(struct plenum_engine *engine,
                                         const struct plenum_engine_options *options,
                                         struct plenum_error *error)
{
    struct plenum_journal_options keeping = {.snapshot_every = options->snapshot_every};
    if (!options->journal_path) {
        engine->ledger = plenum_ledger_create(engine->site);
        return PLENUM_OK;
    }
    enum plenum_status status =
        plenum_journal_open(options->journal_path, engine->site, &keeping, &engine->journal, error);
    if (status != PLENUM_OK)
        return status;
    engine->history = plenum_history_create(engine->journal);
    engine->journal_sink = plenum_journal_sink(engine->journal);
    return plenum_journal_recover(engine->journal, &engine->ledger, error);
}

/* The first command of every journal makes what the site file describes. */
static enum plenum_status engine_begin(struct plenum_engine *engine, struct plenum_error *error)
{
    if (plenum_ledger_seq(engine->ledger) > 0)
        return PLENUM_OK;
    struct plenum_outcome outcome;
    plenum_command_reset(&engine->scratch, PLENUM_COMMAND_GENESIS, "engine");
    plenum_ledger_genesis(engine->site, &engine->scratch);
    enum plenum_status status = engine_submit(engine, &engine->scratch, &outcome);
    if (status != PLENUM_OK)
        return plenum_fail(error, status, "%s", engine->error.text);
    char text[PLENUM_REFUSAL_TEXT];
    if (!outcome.taken)
        return plenum_fail(error, PLENUM_REFUSED, "the site cannot begin: %s",
                           plenum_refusal_format(engine->site, &outcome.refusal, text));
    plenum_engine_sync(engine);
    return PLENUM_OK;
}

static void engine_make_agents(struct plenum_engine *engine, unsigned threads, bool sim)
{
    const struct plenum_site *site = engine->site;
    struct agent_slot *slot = engine->agents;
    if (sim)
        *slot++ = (struct agent_slot){plenum_sim_agent(site, site->seed), PLENUM_METER_SIM};
    engine->planners_from = (size_t)(slot - engine->agents);
    *slot++ = (struct agent_slot){plenum_rack_agent(site), PLENUM_METER_RACK};
    *slot++ = (struct agent_slot){plenum_capacity_agent(site), PLENUM_METER_CAPACITY};
    *slot++ = (struct agent_slot){plenum_airspace_agent(site), PLENUM_METER_AIRSPACE};
    *slot++ = (struct agent_slot){plenum_fleet_agent(site, threads), PLENUM_METER_FLEET};
    engine->agent_count = (size_t)(slot - engine->agents);
}

enum plenum_status plenum_engine_create(const struct plenum_site *site,
                                        const struct plenum_engine_options *options,
                                        struct plenum_engine **engine_out,
                                        struct plenum_error *error)
{
    static const struct plenum_engine_options defaults;
    if (!options)
        options = &defaults;
    struct plenum_engine *engine = memory_new(1, sizeof *engine);
    engine->site = site;
    engine_set_server(engine, options->serve, options->serve_context);
    engine->sink = (struct plenum_sink){.append = engine_append, .context = engine};
    engine->observe = options->observe;
    engine->observe_context = options->observe_context;
    engine->inbox = inbox_create(PLENUM_INBOX_MAX);
    engine->last_sync_ns = wall_now_ns(engine->clock);
    pace_init(&engine->pace, engine->clock, options->speed_milli);
    plenum_command_init(&engine->scratch, PLENUM_COMMAND_OTHER, "engine");
    enum plenum_status status = engine_recover(engine, options, error);
    if (status == PLENUM_OK) {
        engine->port = (struct plenum_port){engine->ledger, engine_submit, engine};
        engine_make_agents(engine, options->threads ? options->threads : 1, !options->no_sim);
        status = engine_begin(engine, error);
    }
    if (status != PLENUM_OK) {
        plenum_engine_destroy(engine);
        engine = NULL;
    }
    *engine_out = engine;
    return status;
}

void plenum_engine_destroy(struct plenum_engine *engine)
{
    if (!engine)
        return;
    for (size_t i = 0; i < engine->agent_count; i++)
        engine->agents[i].agent.destroy(engine->agents[i].agent.self);
    if (engine->journal && engine->ledger && plenum_ledger_seq(engine->ledger) > 0) {
        plenum_engine_sync(engine);
        plenum_journal_snapshot(engine->journal, engine->ledger, true);
    }
    plenum_history_destroy(engine->history);
    plenum_journal_close(engine->journal);
    plenum_ledger_destroy(engine->ledger);
    inbox_destroy(engine->inbox);
    plenum_command_finish(&engine->scratch);
    free(engine->waiting);
    free(engine);
}

enum plenum_status plenum_engine_add(struct plenum_engine *engine, struct plenum_agent agent)
{
    if (engine->agent_count == PLENUM_AGENTS_MAX)
        return PLENUM_LIMIT;
    size_t at = engine->planners_from++;
    memmove(&engine->agents[at + 1], &engine->agents[at],
            (engine->agent_count - at) * sizeof *engine->agents);
    engine->agents[at] = (struct agent_slot){agent, PLENUM_METER_OTHER};
    engine->agent_count++;
    return PLENUM_OK;
}

/* --- what clients call ------------------------------------------------------------------------ */

enum plenum_status
plenum_engine_post(struct plenum_engine *engine, const struct plenum_command *command, bool dry_run,
                   void (*answer)(void *context, const struct plenum_outcome *outcome),
                   void *context)
{
    struct inbox_item item = {
        .command = *command, .dry_run = dry_run, .answer = answer, .context = context};
    return inbox_put(engine->inbox, &item) ? PLENUM_OK : PLENUM_LIMIT;
}

void plenum_engine_pause(struct plenum_engine *engine, bool paused)
{
    atomic_store(&engine->pace.allowed, 0);
    atomic_store(&engine->pace.paused, paused);
}

bool plenum_engine_paused(struct plenum_engine *engine)
{
    return atomic_load(&engine->pace.paused);
}

void plenum_engine_set_speed(struct plenum_engine *engine, int64_t speed_milli)
{
    CHECK(speed_milli >= 0);
    atomic_store(&engine->pace.speed_milli, speed_milli);
}

int64_t plenum_engine_speed(struct plenum_engine *engine)
{
    return atomic_load(&engine->pace.speed_milli);
}

void plenum_engine_allow_steps(struct plenum_engine *engine, int64_t n)
{
    CHECK(n >= 0);
    atomic_fetch_add(&engine->pace.allowed, n);
}

const char *plenum_engine_trouble(const struct plenum_engine *engine, size_t *cursor,
                                  const char **agent)
{
    while (*cursor < engine->agent_count) {
        const struct plenum_agent *next = &engine->agents[(*cursor)++].agent;
        const char *trouble = next->trouble ? next->trouble(next->self) : "";
        *agent = next->name;
        if (trouble[0])
            return trouble;
    }
    return NULL;
}

const struct plenum_ledger *plenum_engine_ledger(const struct plenum_engine *engine)
{
    return engine->ledger;
}

struct plenum_journal *plenum_engine_journal(struct plenum_engine *engine)
{
    return engine->journal;
}

struct plenum_history *plenum_engine_history(struct plenum_engine *engine)
{
    return engine->history;
}

uint64_t plenum_engine_tasks_done(const struct plenum_engine *engine)
{
    return engine->tasks_done;
}

size_t plenum_engine_why(const struct plenum_engine *engine, int32_t robot,
                         struct plenum_robot_wait *waits, size_t most)
{
    size_t fleet = engine->planners_from;
    while (engine->agents[fleet].meter != PLENUM_METER_FLEET)
        fleet++;
    return plenum_fleet_agent_why(&engine->agents[fleet].agent, engine->ledger, robot, waits, most);
}

int64_t plenum_engine_spent_ns(const struct plenum_engine *engine, enum plenum_meter meter)
{
    CHECK(meter < PLENUM_METER_COUNT);
    return engine->spent_ns[meter];
}
