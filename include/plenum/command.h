/* Command: a wish to change what is true. It is a list of operations, taken whole or not at all.
 *
 * Planners, devices, people and the clock all speak to the ledger in commands. What a command may
 * do is the sum of its operations; its kind is a label for people and for counting.
 *
 * A command owns the memory of its operations. Fill it with the plenum_command_* functions below,
 * in the order in which the operations are meant to be read: the first that does not fit is the
 * one that a refusal names. Claims and releases of one command are judged together, so that a
 * command may release and claim again, or swap, without a moment in between: its releases end
 * claims that stood before it, wherever they are in the list, and never its own. An owner is
 * released at most once in each book, a server gets at most one window, and a power node at most
 * one limit for an instant. */
#ifndef PLENUM_COMMAND_H
#define PLENUM_COMMAND_H

#include <plenum/entity.h>
#include <plenum/site.h>
#include <stddef.h>

enum {
    PLENUM_OPS_MAX = 1 << 23,            /* the genesis of a million robots among them */
    PLENUM_ACTOR_MAX = 64,               /* bytes, the final 0 among them */
    PLENUM_COMMAND_BYTES_MAX = 64 << 20, /* encoded */
    PLENUM_VOLUMES_MAX = 1000            /* of one claim */
};

/* code, name */
#define PLENUM_COMMAND_KINDS(X)                                                                    \
    X(OTHER, "other")                                                                              \
    X(GENESIS, "genesis")                                                                          \
    X(TICK, "tick")                                                                                \
    X(RACK_REPORT, "rack.report")                                                                  \
    X(RACK_MOVE_ON, "rack.move-on")                                                                \
    X(RACK_CARRY, "rack.carry")                                                                    \
    X(RACK_PLACE, "rack.place")                                                                    \
    X(RACK_POWER, "rack.power")                                                                    \
    X(RACK_SERVE, "rack.serve")                                                                    \
    X(RACK_FAIL, "rack.fail")                                                                      \
    X(RACK_REPAIR, "rack.repair")                                                                  \
    X(RACK_RETIRE, "rack.retire")                                                                  \
    X(POWER_DERATE, "power.derate")                                                                \
    X(POWER_SHED, "power.shed")                                                                    \
    X(JOB_SUBMIT, "job.submit")                                                                    \
    X(JOB_RESERVE, "job.reserve")                                                                  \
    X(JOB_START, "job.start")                                                                      \
    X(JOB_EXTEND, "job.extend")                                                                    \
    X(JOB_CANCEL, "job.cancel")                                                                    \
    X(JOB_PREEMPT, "job.preempt")                                                                  \
    X(JOB_FINISH, "job.finish")                                                                    \
    X(TASK_ASK, "task.ask")                                                                        \
    X(TASK_ASSIGN, "task.assign")                                                                  \
    X(TASK_MOVE_ON, "task.move-on")                                                                \
    X(ROBOT_STEP, "robot.step")                                                                    \
    X(ROBOT_CHARGE, "robot.charge")                                                                \
    X(ROBOT_REPORT, "robot.report")                                                                \
    X(DELIVERY_ASK, "delivery.ask")                                                                \
    X(FLIGHT_PLAN, "flight.plan")                                                                  \
    X(FLIGHT_MOVE_ON, "flight.move-on")                                                            \
    X(DRONE_CHARGE, "drone.charge")                                                                \
    X(DRONE_REPORT, "drone.report")                                                                \
    X(AIR_CLOSE, "air.close")                                                                      \
    X(FLOOR_STOP, "floor.stop")                                                                    \
    X(FLOOR_RESUME, "floor.resume")                                                                \
    X(DRONES_GROUND, "drones.ground")                                                              \
    X(DRONES_RELEASE, "drones.release")                                                            \
    X(JOB_FORETELL, "job.foretell")                                                                \
    X(JOB_MOVE, "job.move")                                                                        \
    X(TENANT_ACCOUNT, "tenant.account")                                                            \
    X(AREA_CLOSE, "area.close")                                                                    \
    X(AREA_OPEN, "area.open")                                                                      \
    X(AREA_MOVE_ON, "area.move-on")                                                                \
    X(RACK_EXPECT, "rack.expect")                                                                  \
    X(RACK_LATE, "rack.late")                                                                      \
    X(JOB_HAND_OVER, "job.hand-over")                                                              \
    X(MAINTENANCE_PLAN, "maintenance.plan")                                                        \
    X(MAINTENANCE_MOVE_ON, "maintenance.move-on")                                                  \
    X(MAINTENANCE_CANCEL, "maintenance.cancel")                                                    \
    X(ROBOT_FETCH, "robot.fetch")                                                                  \
    X(ROBOT_LIFT, "robot.lift")

enum plenum_command_kind {
#define X(code, name) PLENUM_COMMAND_##code,
    PLENUM_COMMAND_KINDS(X)
#undef X
        PLENUM_COMMAND_KIND_COUNT
};

/* code, name. The number is stored in journals: add at the end only. */
#define PLENUM_OP_TYPES(X)                                                                         \
    X(POWER_CLAIM, "power-claim")                                                                  \
    X(CAPACITY_CLAIM, "capacity-claim")                                                            \
    X(AIR_CLAIM, "air-claim")                                                                      \
    X(RELEASE, "release")                                                                          \
    X(FLOOR_PLACE, "floor-place")                                                                  \
    X(FLOOR_CLOSE, "floor-close")                                                                  \
    X(FLOOR_OPEN, "floor-open")                                                                    \
    X(FLOOR_STEP, "floor-step")                                                                    \
    X(LIMIT, "limit")                                                                              \
    X(WINDOW, "window")                                                                            \
    X(AIR_CLOSE, "air-close")                                                                      \
    X(CREATE, "create")                                                                            \
    X(SET, "set")                                                                                  \
    X(END, "end")                                                                                  \
    X(TICK, "tick")                                                                                \
    X(FLOOR_LIFT, "floor-lift")

enum plenum_op_type {
#define X(code, name) PLENUM_OP_##code,
    PLENUM_OP_TYPES(X)
#undef X
        PLENUM_OP_TYPE_COUNT
};

enum plenum_book { /* a bit each, for releases */
                   PLENUM_BOOK_POWER = 1,
                   PLENUM_BOOK_CAPACITY = 2,
                   PLENUM_BOOK_AIR = 4,
                   PLENUM_BOOK_ALL = 7
};

/* What a robot does in one step, without rotation. Rows grow to the south. */
enum plenum_move {
    PLENUM_MOVE_WAIT,
    PLENUM_MOVE_EAST,
    PLENUM_MOVE_SOUTH,
    PLENUM_MOVE_WEST,
    PLENUM_MOVE_NORTH,
    PLENUM_MOVE_COUNT
};

/* Watts at a load on [from_ms, until_ms). They count at every node above the load's nodes, as the
 * feed rule of struct plenum_load says, and as heat in the load's cooling zone. */
struct plenum_power_claim {
    struct plenum_ref owner;
    int32_t load;
    int64_t from_ms, until_ms;
    int64_t watts; /* > 0 */
};

/* Part of a server on [from_ms, until_ms). */
struct plenum_capacity_claim {
    struct plenum_ref owner;
    int32_t server;
    int32_t milli;         /* of each accelerator in the set, 1 .. 1000; 0 with an empty set */
    uint64_t accelerators; /* set: bit i is the server's accelerator i */
    int32_t cores;
    int64_t memory_bytes;
    int64_t from_ms, until_ms;
};

/* Volumes of a flight. Volumes of one owner may meet each other. */
struct plenum_air_claim {
    struct plenum_ref owner;
    const struct plenum_volume *volumes;
    int32_t volume_count;
};

struct plenum_op {
    enum plenum_op_type type;
    union {
        struct plenum_power_claim power;
        struct plenum_capacity_claim capacity;
        struct plenum_air_claim air;
        /* Ends all claims of owner in the books of the set at from_ms: a claim that began before
         * is cut there, one that begins later is gone. */
        struct {
            struct plenum_ref owner;
            uint32_t books;
            int64_t from_ms;
        } release;
        /* A robot that is nowhere yet stands in cell from now on. */
        struct {
            int32_t robot, cell;
        } place;
        /* A robot that stands is taken up, and stands nowhere: its cell is free to the placements
         * and closings of the command. It waits in the command's step. */
        struct {
            int32_t robot;
        } lift;
        /* A cell closed to robots in the name of owner, and opened again. */
        struct {
            struct plenum_ref owner;
            int32_t cell;
        } close, open;
        /* One step of all robots: a byte (enum plenum_move) for each robot of the site in order of
         * index; robots that are nowhere wait. At most one in a command, and one at any
         * instant: the next only after the clock has moved. */
        struct {
            const uint8_t *moves;
            int32_t count;
        } step;
        /* Limits of a power node on [from_ms, until_ms), now in force there instead of whatever
         * was. Taken also when claims over it already stand in the future: then nothing new may be
         * claimed there, and the clock does not enter the first such instant before they go. */
        struct {
            int32_t node;
            int64_t from_ms, until_ms;
            int64_t limit_w, failover_limit_w;
        } limit;
        /* When a server may be used: [from_ms, until_ms), instead of the window it had;
         * from == until means never. Claims must lie inside. */
        struct {
            int32_t server;
            int64_t from_ms, until_ms;
        } window;
        /* A volume that flights may not meet from now on (F3548-21: constraint), besides those of
         * the site file. Taken also when flights already there meet it. */
        struct {
            const struct plenum_volume *volume;
        } air_close;
        /* A new entity: all fields 0, its state the first of its kind. For kinds that come and go
         * the id is plenum_ledger_next_id, the next create's one more. */
        struct {
            struct plenum_ref ref;
        } create;
        /* A field of an entity gets a value. Setting STATE to what it is is refused. */
        struct {
            struct plenum_ref ref;
            int32_t field;
            int64_t value;
        } set;
        /* The entity is gone. It must hold no claims; only kinds that come and go. */
        struct {
            struct plenum_ref ref;
        } end;
        /* The clock moves on to to_ms, which is later than now. At most one, and last. */
        struct {
            int64_t to_ms;
        } tick;
    };
};

/* Id of a command that a client may send twice. All zero: none, not idempotent. */
struct plenum_command_id {
    uint64_t hi, lo;
};

struct plenum_command {
    struct plenum_command_id id;
    enum plenum_command_kind kind;
    char actor[PLENUM_ACTOR_MAX]; /* who wants it: "clock", "planner/rack", "sim", a person */
    struct plenum_op *ops;
    size_t op_count;
    size_t op_capacity;
    void *blocks; /* memory of moves, volumes and vertices */
};

/* An empty command. actor is cut to its room. */
PLENUM_API void plenum_command_init(struct plenum_command *command, enum plenum_command_kind kind,
                                    const char *actor);
PLENUM_API void plenum_command_finish(struct plenum_command *command);
/* Empty again, memory kept where possible. */
PLENUM_API void plenum_command_reset(struct plenum_command *command, enum plenum_command_kind kind,
                                     const char *actor);

/* Each appends one operation. Pointed-to moves, volumes and vertices are copied. */
PLENUM_API void plenum_command_claim_power(struct plenum_command *command, struct plenum_ref owner,
                                           int32_t load, int64_t from_ms, int64_t until_ms,
                                           int64_t watts);
PLENUM_API void plenum_command_claim_capacity(struct plenum_command *command,
                                              const struct plenum_capacity_claim *claim);
PLENUM_API void plenum_command_claim_air(struct plenum_command *command, struct plenum_ref owner,
                                         const struct plenum_volume *volumes, int32_t count);
PLENUM_API void plenum_command_release(struct plenum_command *command, struct plenum_ref owner,
                                       uint32_t books, int64_t from_ms);
PLENUM_API void plenum_command_place(struct plenum_command *command, int32_t robot, int32_t cell);
PLENUM_API void plenum_command_lift(struct plenum_command *command, int32_t robot);
PLENUM_API void plenum_command_close_cell(struct plenum_command *command, struct plenum_ref owner,
                                          int32_t cell);
PLENUM_API void plenum_command_open_cell(struct plenum_command *command, struct plenum_ref owner,
                                         int32_t cell);
PLENUM_API void plenum_command_step(struct plenum_command *command, const uint8_t *moves,
                                    int32_t count);
PLENUM_API void plenum_command_limit(struct plenum_command *command, int32_t node, int64_t from_ms,
                                     int64_t until_ms, int64_t limit_w, int64_t failover_limit_w);
PLENUM_API void plenum_command_window(struct plenum_command *command, int32_t server,
                                      int64_t from_ms, int64_t until_ms);
PLENUM_API void plenum_command_close_air(struct plenum_command *command,
                                         const struct plenum_volume *volume);
PLENUM_API void plenum_command_create(struct plenum_command *command, struct plenum_ref ref);
PLENUM_API void plenum_command_set(struct plenum_command *command, struct plenum_ref ref,
                                   int32_t field, int64_t value);
PLENUM_API void plenum_command_end(struct plenum_command *command, struct plenum_ref ref);
PLENUM_API void plenum_command_tick(struct plenum_command *command, int64_t to_ms);
/* Any operation that points to nothing: CHECKs that it is no air claim, air closure or step. */
PLENUM_API void plenum_command_push(struct plenum_command *command, const struct plenum_op *op);

/* Names. Each CHECKs that there is such a thing. */
PLENUM_API const char *plenum_command_kind_name(enum plenum_command_kind kind);
PLENUM_API const char *plenum_op_type_name(enum plenum_op_type type);
PLENUM_API const char *plenum_kind_name(uint32_t kind);
PLENUM_API int32_t plenum_kind_field_count(uint32_t kind);
PLENUM_API const char *plenum_field_name(uint32_t kind, int32_t field);
PLENUM_API int32_t plenum_kind_state_count(uint32_t kind);
PLENUM_API const char *plenum_state_name(uint32_t kind, int32_t state);
/* The states that one of this kind in this state may change to, a bit each. */
PLENUM_API uint32_t plenum_state_next(uint32_t kind, int32_t state);
/* Whether entities of the kind come and go. */
PLENUM_API bool plenum_kind_comes_and_goes(uint32_t kind);

/* The stored form: integers little-endian or LEB128, moves two a byte; the same bytes for the
 * same command on every machine. encode gives memory that the caller frees with free(). decode
 * fills a command that was initialised; PLENUM_CORRUPT for anything that encode cannot have
 * written (the command is then empty). */
PLENUM_API enum plenum_status plenum_command_encode(const struct plenum_command *command,
                                                    uint8_t **data, size_t *length,
                                                    struct plenum_error *error) PLENUM_MUST_USE;
PLENUM_API enum plenum_status plenum_command_decode(struct plenum_command *command,
                                                    const uint8_t *data, size_t length,
                                                    struct plenum_error *error) PLENUM_MUST_USE;

static inline struct plenum_ref plenum_ref(uint32_t kind, uint64_t id)
{
    return (struct plenum_ref){.kind = kind, .id = id};
}

#endif
