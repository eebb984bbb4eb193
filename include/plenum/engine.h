/* Engine: the loop of a running site.
 *
 * A step of the engine is a step of the site's clock. In it, always in this order: commands that
 * clients posted, then every agent once (devices first, the simulator among them; then the
 * planners rack, capacity, airspace, fleet), then the clock moves by one step of the site.
 *
 * What is always true:
 *   E1  a client is answered only when its command is durable in the journal.
 *   E2  the state after a step depends on the state before it and the commands posted, on nothing
 *       else: not on wall time, speed, thread count or batch size.
 *   E3  so a run that was cut at any moment, and goes on from its journal, comes to the same
 *       states as one that was not.
 *
 * One thread drives an engine; plenum_engine_post, _pause and _set_speed may be called from
 * others. */
#ifndef PLENUM_ENGINE_H
#define PLENUM_ENGINE_H

#include <plenum/history.h>
#include <plenum/port.h>
#include <plenum/wait.h>
#include <signal.h>

struct plenum_engine;

enum {
    PLENUM_INBOX_MAX = 4096, /* commands posted and not yet taken up */
    PLENUM_BATCH_MAX = 4096, /* commands in one transaction of the journal */
    PLENUM_AGENTS_MAX = 16
};

/* code, name: where the wall time of a run goes */
#define PLENUM_METERS(X)                                                                           \
    X(SIM, "sim")                                                                                  \
    X(RACK, "rack")                                                                                \
    X(CAPACITY, "capacity")                                                                        \
    X(AIRSPACE, "airspace")                                                                        \
    X(FLEET, "fleet")                                                                              \
    X(LEDGER, "ledger")                                                                            \
    X(JOURNAL, "journal")                                                                          \
    X(OTHER, "other")

enum plenum_meter {
#define X(code, name) PLENUM_METER_##code,
    PLENUM_METERS(X)
#undef X
        PLENUM_METER_COUNT
};

PLENUM_API const char *plenum_meter_name(enum plenum_meter meter);

struct plenum_engine_options {
    const char *journal_path; /* NULL: nothing is kept */
    int64_t snapshot_every;   /* see struct plenum_journal_options */
    unsigned threads;         /* of the planners; 0: 1 */
    int64_t speed_milli;      /* site seconds in a wall second, thousandths; 0: no waiting */
    bool no_sim;              /* devices are connected by other agents */
    /* Called for every command that was submitted, after its outcome. May be NULL. */
    void (*observe)(void *context, const struct plenum_journal_row *row);
    void *observe_context;
    /* Called on the engine's thread instead of sleeping, to last at most wait_ns, and every
     * millisecond or so with 0 while steps are taken: for a server of clients that reads the
     * ledger. May be NULL. */
    void (*serve)(void *context, int64_t wait_ns);
    void *serve_context;
};

/* Opens the journal (or makes one), recovers its state and makes the agents. The site must outlive
 * the engine. options may be NULL. */
PLENUM_API enum plenum_status plenum_engine_create(const struct plenum_site *site,
                                                   const struct plenum_engine_options *options,
                                                   struct plenum_engine **engine,
                                                   struct plenum_error *error) PLENUM_MUST_USE;
/* Makes durable what was taken, keeps a snapshot, closes. */
PLENUM_API void plenum_engine_destroy(struct plenum_engine *engine);

/* Adds an agent before the planners (an edge). The engine destroys it. PLENUM_LIMIT over
 * PLENUM_AGENTS_MAX. */
PLENUM_API enum plenum_status plenum_engine_add(struct plenum_engine *engine,
                                                struct plenum_agent agent) PLENUM_MUST_USE;

/* What keeps an agent from its work: the first from *cursor on (start with 0) that has something to
 * say, and its name; NULL when none has. The text is good until the next step. */
PLENUM_API const char *plenum_engine_trouble(const struct plenum_engine *engine, size_t *cursor,
                                             const char **agent);

PLENUM_API const struct plenum_ledger *plenum_engine_ledger(const struct plenum_engine *engine);
/* NULL when none is kept. */
PLENUM_API struct plenum_journal *plenum_engine_journal(struct plenum_engine *engine);

/* Its past states; NULL when no journal is kept. Not worked at by the engine: whoever asks does. */
PLENUM_API struct plenum_history *plenum_engine_history(struct plenum_engine *engine);

/* One step. */
PLENUM_API enum plenum_status plenum_engine_step(struct plenum_engine *engine,
                                                 struct plenum_error *error) PLENUM_MUST_USE;
/* Steps at the set speed until the site's clock stands at until_ms or later, or *stop is not 0
 * (PLENUM_STOPPED; all that was taken is durable then). each, if not NULL, is called after every
 * step, and some times a second while paused. */
PLENUM_API enum plenum_status
plenum_engine_run(struct plenum_engine *engine, int64_t until_ms, const volatile sig_atomic_t *stop,
                  void (*each)(void *context, struct plenum_engine *engine), void *context,
                  struct plenum_error *error) PLENUM_MUST_USE;

/* Paused, the clock stands still and commands are still taken. 0 speed: no waiting. */
PLENUM_API void plenum_engine_pause(struct plenum_engine *engine, bool paused);
PLENUM_API bool plenum_engine_paused(struct plenum_engine *engine);
PLENUM_API void plenum_engine_set_speed(struct plenum_engine *engine, int64_t speed_milli);
PLENUM_API int64_t plenum_engine_speed(struct plenum_engine *engine);
/* While paused: take n steps, then stand again. */
PLENUM_API void plenum_engine_allow_steps(struct plenum_engine *engine, int64_t n);

/* Hands a command in, from any thread. It is copied. answer is called once, from the engine's
 * thread, when the outcome is durable (or with dry_run: what the ledger would say now; nothing is
 * changed or written). PLENUM_LIMIT when the inbox is full: try again later (back-pressure). */
PLENUM_API enum plenum_status
plenum_engine_post(struct plenum_engine *engine, const struct plenum_command *command, bool dry_run,
                   void (*answer)(void *context, const struct plenum_outcome *outcome),
                   void *context) PLENUM_MUST_USE;

/* Takes up what was posted now instead of at the next step, and not during one: for a server on the
 * engine's thread that must see the effect before it looks at the next request. Answers still come
 * when outcomes are durable. */
PLENUM_API enum plenum_status
plenum_engine_take_posted(struct plenum_engine *engine) PLENUM_MUST_USE;

/* Wall nanoseconds spent so far. */
PLENUM_API int64_t plenum_engine_spent_ns(const struct plenum_engine *engine,
                                          enum plenum_meter meter);

/* Of the last seconds of a run that was not paused: site seconds in a wall second, and the part of
 * the time that the journal took, both in thousandths. False while too few have passed. */
PLENUM_API bool plenum_engine_pulse(const struct plenum_engine *engine, int64_t *speed_milli,
                                    int64_t *journal_milli);
/* Tasks that robots have done since this engine was made. */
PLENUM_API uint64_t plenum_engine_tasks_done(const struct plenum_engine *engine);

/* Why a robot does not move, and who keeps it: plenum_fleet_agent_why of the engine's planner. */
PLENUM_API size_t plenum_engine_why(const struct plenum_engine *engine, int32_t robot,
                                    struct plenum_robot_wait *waits, size_t most);

/* Makes all that was taken durable now, and answers who waits for it. */
PLENUM_API void plenum_engine_sync(struct plenum_engine *engine);

#endif
