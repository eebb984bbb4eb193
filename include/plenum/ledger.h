/* Ledger: what is true at a site, and the only code that changes it.
 *
 * The ledger keeps four books of claims (power, capacity, floor, airspace) and a row for each
 * entity (entity.h). It changes by commands alone: a command is tested as a whole against the
 * state, without changing it; then written to the journal; then applied, which cannot fail.
 *
 * What is always true, after every command:
 *   L1  no power node carries more than its limit at any instant from now on for which a claim was
 *       taken, with all feeds up and with any one lost; nor a cooling zone. (A limit that is
 *       lowered for a future instant may be passed there for as long as that instant is future.)
 *   L2  no accelerator, core or byte of a server is given twice at any instant, and none is given
 *       outside the server's window.
 *   L3  no two robots are in one cell, none in a wall or in a cell closed to it, and no two have
 *       changed cells with each other in one step.
 *   L4  volumes of two flights do not meet in space and time, and none that was claimed met a
 *       closed volume or left the site's airspace.
 *   L5  every entity came to its state along the arrows of entity.h and meets the demands of the
 *       state it is in (src/ledger/rules.c).
 *   L6  the clock has only moved forward, and no instant at which L1 fails was ever entered.
 *   L7  the state is a function of the site file and the sequence of commands alone.
 *
 * Single-threaded: one thread at a time may call into a ledger. Reading functions do not change
 * anything a caller can see. */
#ifndef PLENUM_LEDGER_H
#define PLENUM_LEDGER_H

#include <plenum/command.h>

struct plenum_ledger;

/* --- refusals --------------------------------------------------------------------------------- */

/* code, name, what the ledger never allows */
#define PLENUM_REASONS(X)                                                                          \
    X(NONE, "none", "")                                                                            \
    X(POWER_LIMIT, "power-limit", "a power node over its limit with all feeds up")                 \
    X(FEED_LOST_LIMIT, "feed-lost-limit", "a power node over its limit with one feed lost")        \
    X(COOLING_LIMIT, "cooling-limit", "a cooling zone over its limit")                             \
    X(ACCELERATOR_TAKEN, "accelerator-taken", "an accelerator given twice")                        \
    X(CORES_TAKEN, "cores-taken", "a core given twice")                                            \
    X(MEMORY_TAKEN, "memory-taken", "memory given twice")                                          \
    X(NOT_OFFERED, "not-offered", "a server used outside its window")                              \
    X(WALL, "wall", "a robot in a wall or outside its hall")                                       \
    X(CELL_TAKEN, "cell-taken", "two robots in a cell")                                            \
    X(SWAP, "swap", "two robots changing cells")                                                   \
    X(CELL_CLOSED, "cell-closed", "a robot in a closed cell, or a cell closed twice")              \
    X(AIR_TAKEN, "air-taken", "two flights meeting in space and time")                             \
    X(AIR_CLOSED, "air-closed", "a flight in a closed volume")                                     \
    X(AIR_BOUNDS, "air-bounds", "a flight outside the airspace")                                   \
    X(STATE, "state", "a change of state that no arrow allows")                                    \
    X(RULE, "rule", "an entity in a state whose demands it does not meet")                         \
    X(UNKNOWN, "unknown", "a thing that does not exist")                                           \
    X(EXISTS, "exists", "a thing made twice")                                                      \
    X(PAST, "past", "a claim on the past, or the clock going back")                                \
    X(MALFORMED, "malformed", "an operation that means nothing")                                   \
    X(ID_REUSED, "id-reused", "a command id used again with other content")

enum plenum_reason {
#define X(code, name, never) PLENUM_REASON_##code,
    PLENUM_REASONS(X)
#undef X
        PLENUM_REASON_COUNT
};

/* The first operation that does not fit, and by how much. Which members mean something depends on
 * the reason; plenum_refusal_format makes the sentence. */
struct plenum_refusal {
    enum plenum_reason reason;
    uint32_t op;             /* index in the command */
    int32_t subject;         /* power node, zone, server, cell, robot: an index of the site file */
    int32_t feed_lost;       /* feed index, for FEED_LOST_LIMIT */
    int64_t asked;           /* the total it would come to: watts, milli, cores, bytes */
    int64_t limit;           /* what there is */
    int64_t from_ms;         /* the first instant where it does not fit */
    struct plenum_ref other; /* who is in the way, where one is; kind PLENUM_KIND_COUNT: none */
    const char *rule;        /* for RULE and MALFORMED: static text that says what is demanded */
};

enum { PLENUM_REFUSAL_TEXT = 256 };

/* "feed-a: 412000 W of 400000 W from 2026-01-05T10:00Z". Returns text. */
PLENUM_API char *plenum_refusal_format(const struct plenum_site *site,
                                       const struct plenum_refusal *refusal,
                                       char text[PLENUM_REFUSAL_TEXT]);
PLENUM_API const char *plenum_reason_name(enum plenum_reason reason);

/* --- commands --------------------------------------------------------------------------------- */

/* The ledger's answer to a command. */
struct plenum_outcome {
    bool taken;
    bool again;   /* same id and content as before: this is the answer given then */
    uint64_t seq; /* number of the command; taken and refused ones count alike */
    struct plenum_refusal refusal; /* when not taken */
};

/* Where commands are written before they are applied: one row each, refused ones too. append
 * returns anything but PLENUM_OK only when nothing was or will be written; a disk that fails later
 * is the journal's to deal with (it stops the process). */
struct plenum_sink {
    enum plenum_status (*append)(void *context, uint64_t seq, int64_t now_ms,
                                 const struct plenum_command *command,
                                 const struct plenum_outcome *outcome, struct plenum_error *error);
    void *context;
};

/* An empty ledger of a site at site->start_ms: no robot stands anywhere, all kinds that stay have
 * no entities yet (plenum_ledger_genesis makes them). site must outlive it. */
PLENUM_API struct plenum_ledger *plenum_ledger_create(const struct plenum_site *site);
PLENUM_API void plenum_ledger_destroy(struct plenum_ledger *ledger);

/* Fills the first command of every journal: racks, robots in their cells with full batteries,
 * drones on their pads with full batteries; no stop in force. */
PLENUM_API void plenum_ledger_genesis(const struct plenum_site *site,
                                      struct plenum_command *command);

/* What the ledger would answer now. Changes nothing. True when the command fits. */
PLENUM_API bool plenum_ledger_test(const struct plenum_ledger *ledger,
                                   const struct plenum_command *command,
                                   struct plenum_refusal *refusal);

/* Tests the command, appends it to the sink (may be NULL), applies it if it fits. A command whose
 * id was seen in the last PLENUM_ID_MEMORY_MS is answered as it was then, without a new row.
 * Returns PLENUM_OK when there is an outcome, taken or not. */
PLENUM_API enum plenum_status plenum_ledger_submit(struct plenum_ledger *ledger,
                                                   const struct plenum_command *command,
                                                   const struct plenum_sink *sink,
                                                   struct plenum_outcome *outcome,
                                                   struct plenum_error *error) PLENUM_MUST_USE;

/* Whether a command of this id was answered in the last PLENUM_ID_MEMORY_MS, and how. */
PLENUM_API bool plenum_ledger_answered(const struct plenum_ledger *ledger,
                                       struct plenum_command_id id, struct plenum_outcome *outcome);

#define PLENUM_ID_MEMORY_MS (INT64_C(7) * 24 * 3600 * 1000) /* site time */

/* --- the state as bytes ----------------------------------------------------------------------- */

/* The whole state in canonical order (independent of how it came about or lies in memory); free()
 * by the caller. restore makes a ledger of it; PLENUM_CORRUPT if the bytes are not such a state
 * for this site. */
PLENUM_API void plenum_ledger_snapshot(const struct plenum_ledger *ledger, uint8_t **data,
                                       size_t *length);
PLENUM_API enum plenum_status plenum_ledger_restore(const struct plenum_site *site,
                                                    const uint8_t *data, size_t length,
                                                    struct plenum_ledger **ledger,
                                                    struct plenum_error *error) PLENUM_MUST_USE;
/* BLAKE2b-256 of what is true of the site, in lower-case hex with its final 0: 65 bytes. It is the
 * part of the snapshot without the count of commands and the ids remembered, so a refused command
 * leaves it as it was. */
PLENUM_API void plenum_ledger_state_hash(const struct plenum_ledger *ledger, char text[65]);

/* --- reading ---------------------------------------------------------------------------------- */

PLENUM_API const struct plenum_site *plenum_ledger_site(const struct plenum_ledger *ledger);
PLENUM_API int64_t plenum_ledger_now_ms(const struct plenum_ledger *ledger);
/* The number of the last command, 0 before the first. */
PLENUM_API uint64_t plenum_ledger_seq(const struct plenum_ledger *ledger);

/* Entities. get CHECKs that the entity exists. */
PLENUM_API bool plenum_ledger_exists(const struct plenum_ledger *ledger, struct plenum_ref ref);
PLENUM_API int64_t plenum_ledger_get(const struct plenum_ledger *ledger, uint32_t kind, uint64_t id,
                                     int32_t field);
PLENUM_API size_t plenum_ledger_count(const struct plenum_ledger *ledger, uint32_t kind);
/* The row of the entity: fields in order. Valid until the next command. NULL if there is none. */
PLENUM_API const int64_t *plenum_ledger_row(const struct plenum_ledger *ledger, uint32_t kind,
                                            uint64_t id);
/* All rows of a kind that stays, one after the other in order of id, each with all of its kind's
 * fields. Valid until the next command. NULL if there are none. */
PLENUM_API const int64_t *plenum_ledger_rows(const struct plenum_ledger *ledger, uint32_t kind);
/* Walks a kind in order of id: start with *cursor = 0; gives id and row; false at the end. No
 * command may be taken during a walk that goes on. */
PLENUM_API bool plenum_ledger_walk(const struct plenum_ledger *ledger, uint32_t kind,
                                   size_t *cursor, uint64_t *id, const int64_t **row);
/* The id that the next create of the kind must carry. */
PLENUM_API uint64_t plenum_ledger_next_id(const struct plenum_ledger *ledger, uint32_t kind);

/* Whether a stop is in force now. */
PLENUM_API bool plenum_stop_in_force(const struct plenum_ledger *ledger, enum plenum_stop stop);

/* Power. A scenario is PLENUM_NONE (all feeds up) or the index of the feed that is lost. */
PLENUM_API int64_t plenum_power_node_w(const struct plenum_ledger *ledger, int32_t node,
                                       int32_t feed_lost, int64_t at_ms);
PLENUM_API int64_t plenum_power_limit_w(const struct plenum_ledger *ledger, int32_t node,
                                        int32_t feed_lost, int64_t at_ms);
/* The greatest so far, at instants that were entered. */
PLENUM_API int64_t plenum_power_peak_w(const struct plenum_ledger *ledger, int32_t node,
                                       int32_t feed_lost);
PLENUM_API int64_t plenum_cooling_zone_w(const struct plenum_ledger *ledger, int32_t zone,
                                         int64_t at_ms);
/* The most watts that a claim at the load may have on all of [from_ms, until_ms); may be < 0. */
PLENUM_API int64_t plenum_power_headroom_w(const struct plenum_ledger *ledger, int32_t load,
                                           int64_t from_ms, int64_t until_ms);
/* The first instant from from_ms on, before latest_ms, where watts fit at the load for length_ms
 * (INT64_MAX for ever); PLENUM_FOREVER if there is none. */
PLENUM_API int64_t plenum_power_first_fit(const struct plenum_ledger *ledger, int32_t load,
                                          int64_t from_ms, int64_t latest_ms, int64_t length_ms,
                                          int64_t watts);
/* A node or scenario over its limit from now on: the first such instant, PLENUM_FOREVER if none;
 * *node and *feed_lost say where (zones: node = power_node_count + zone). */
PLENUM_API int64_t plenum_power_first_over(const struct plenum_ledger *ledger, int32_t *node,
                                           int32_t *feed_lost);

/* Capacity: what is free on a server on all of an interval. */
struct plenum_capacity_free {
    bool offered;   /* the interval lies in the server's window */
    uint64_t whole; /* set of accelerators that are wholly free */
    int32_t milli[PLENUM_ACCELERATORS_PER_SERVER_MAX]; /* of each accelerator */
    int32_t cores;
    int64_t memory_bytes;
};
PLENUM_API void plenum_capacity_free_on(const struct plenum_ledger *ledger, int32_t server,
                                        int64_t from_ms, int64_t until_ms,
                                        struct plenum_capacity_free *free_on);
PLENUM_API void plenum_capacity_window(const struct plenum_ledger *ledger, int32_t server,
                                       int64_t *from_ms, int64_t *until_ms);
/* For caches: a number that is another after each command that changed claims on the server or its
 * window (PLENUM_NONE: of any server). It is no part of the state. Claims that end with time leave
 * it as it is. */
PLENUM_API uint64_t plenum_capacity_revision(const struct plenum_ledger *ledger, int32_t server);

/* Claims of an owner in the order they were made: at most max of them into claims, returns how
 * many there are. Expired claims are gone. */
PLENUM_API size_t plenum_power_claims_of(const struct plenum_ledger *ledger,
                                         struct plenum_ref owner, struct plenum_power_claim *claims,
                                         size_t max);
PLENUM_API size_t plenum_capacity_claims_of(const struct plenum_ledger *ledger,
                                            struct plenum_ref owner,
                                            struct plenum_capacity_claim *claims, size_t max);
/* Claims at a load, and on a server, likewise. */
PLENUM_API size_t plenum_power_claims_at(const struct plenum_ledger *ledger, int32_t load,
                                         struct plenum_power_claim *claims, size_t max);
PLENUM_API size_t plenum_capacity_claims_on(const struct plenum_ledger *ledger, int32_t server,
                                            struct plenum_capacity_claim *claims, size_t max);

/* Floor. */
PLENUM_API int32_t plenum_floor_cell_of(const struct plenum_ledger *ledger, int32_t robot);
PLENUM_API int32_t plenum_floor_robot_at(const struct plenum_ledger *ledger, int32_t cell);
/* Who closed the cell; kind PLENUM_KIND_COUNT when it is open. */
PLENUM_API struct plenum_ref plenum_floor_closed_by(const struct plenum_ledger *ledger,
                                                    int32_t cell);
/* Closed cells in ascending order: at most max of them into cells, returns how many there are. */
PLENUM_API size_t plenum_floor_closed_cells(const struct plenum_ledger *ledger, int32_t *cells,
                                            size_t max);
/* All robots' cells in order of index (PLENUM_NONE: nowhere); valid until the next command. */
PLENUM_API const int32_t *plenum_floor_cells(const struct plenum_ledger *ledger);
/* Whether a robot that breaks where this one stands is carried to a repair station: there is one
 * and a robot that fetches in its hall, and it neither stands in one nor has a rack or a robot on
 * it. */
PLENUM_API bool plenum_robot_may_be_fetched(const struct plenum_ledger *ledger, int32_t robot);
/* Cells travelled since the start. */
PLENUM_API int64_t plenum_floor_moves(const struct plenum_ledger *ledger, int32_t robot);

/* Areas: appends to a command what brings an area into another state, its cells closed or opened
 * with it; and what plans its next closure, or gives the one in force another end. */
PLENUM_API void plenum_area_set(const struct plenum_ledger *ledger, struct plenum_command *command,
                                int32_t area, enum plenum_area_state state);
PLENUM_API void plenum_area_plan(struct plenum_command *command, int32_t area,
                                 struct plenum_closure closure);
/* Appends what opens an area at a person's wish: the closure in force, or the next, is over by
 * that, and the site file's next one is planned. The ledger refuses it where there is neither. */
PLENUM_API void plenum_area_open(const struct plenum_ledger *ledger, struct plenum_command *command,
                                 int32_t area);

/* Airspace: whether volumes of owner could be claimed now; refusal says what they meet. */
PLENUM_API bool plenum_air_fits(const struct plenum_ledger *ledger, struct plenum_ref owner,
                                const struct plenum_volume *volumes, int32_t count,
                                struct plenum_refusal *refusal);
PLENUM_API size_t plenum_air_flights(const struct plenum_ledger *ledger);
/* The volumes that owner has claimed; valid until the next command. Returns how many. */
PLENUM_API int32_t plenum_air_volumes_of(const struct plenum_ledger *ledger,
                                         struct plenum_ref owner,
                                         const struct plenum_volume **volumes);

/* The volumes closed by commands that have not ended, in the order they were closed in; those of
 * the site file are not among them. Valid until the next command. Returns how many. */
PLENUM_API int32_t plenum_air_closed(const struct plenum_ledger *ledger,
                                     const struct plenum_volume **volumes);

#endif
