/* Audit: checks what a journal says was taken, from the journal alone. It shares no code with the
 * books of the ledger, and none with its timelines or its geometry: it keeps plain lists of claims,
 * sorts them by instant, and adds up.
 *
 * Robots, cells, states and flights are judged row by row. Watts and accelerators are judged when
 * all rows are read: at every instant that the clock has passed, and at those to come, for the
 * claims as they stood in the end. What is told is the last row that added to what does not fit.
 */
#ifndef LEDGER_AUDIT_H
#define LEDGER_AUDIT_H

#include <plenum/journal.h>

#include <stddef.h>

enum { AUDIT_LIST_MAX = 1 << 30, AUDIT_LINES_MAX = 1000 };

/* Entity -> a 32-bit value. */
struct audit_map {
    uint64_t *keys; /* 0: free */
    uint32_t *values;
    size_t count, capacity;
};

uint64_t audit_key(struct plenum_ref ref);
void audit_map_finish(struct audit_map *map);
/* The value of key; where it is new, it is made and holds missing. */
uint32_t *audit_map_at(struct audit_map *map, uint64_t key, uint32_t missing);

/* A claim on watts or on a server, as it stands after all releases so far. */
struct audit_claim {
    int32_t place; /* load or server */
    int32_t milli, cores;
    uint32_t next; /* of the same owner + 1; 0: none */
    int64_t from_ms, until_ms;
    int64_t amount; /* watts or bytes */
    uint64_t accelerators;
    uint64_t row;
    bool uses; /* of a server: not of a maintenance, which needs no window */
};

struct audit_claims {
    struct audit_claim *list;
    size_t count, capacity;
    struct audit_map owners; /* the newest claim of each + 1 */
};

struct audit_limit {
    int32_t node;
    int64_t from_ms, until_ms, limit_w, failover_limit_w;
};

/* A server's window as a command set it. */
struct audit_window {
    int32_t server;
    uint64_t row;
    int64_t now_ms, from_ms, until_ms;
};

struct audit_volume {
    uint64_t owner;
    uint64_t row;
    struct plenum_volume volume; /* vertices its own */
};

struct audit_air {
    struct audit_volume *standing, *closed;
    size_t standing_count, standing_capacity, closed_count, closed_capacity;
};

struct audit_robot {
    int32_t cell;              /* PLENUM_NONE: not on the floor yet */
    int32_t hall, column, row; /* of its cell; of its target once that is known */
    int32_t target;            /* in the step that is judged */
    int32_t there;             /* robot that was in the target before */
};

struct audit_cell {
    int32_t robot;       /* PLENUM_NONE: none */
    uint32_t stamp : 31; /* the step that put a robot there last */
    uint32_t closed : 1;
};

struct audit_floor {
    struct audit_robot *robots;
    struct audit_cell *cells;
    uint64_t *closed; /* of each cell: key of who closed it; 0: open */
    int64_t *areas;   /* state of each area */
    uint32_t step;    /* counts steps */
    int64_t last_step_ms;
};

/* A task whose load is a robot. */
struct audit_fetch {
    int64_t robot, carrier, state; /* state PLENUM_NONE: it ended */
};

struct audit_carried_robot {
    bool carried;  /* by its state */
    bool lifted;   /* by the floor's operations */
    uint64_t task; /* that fetches it */
};

struct audit_carried {
    struct audit_carried_robot *robots;
    struct audit_map tasks; /* index in list + 1; 0: its load is no robot */
    struct audit_fetch *list;
    size_t count, capacity;
};

struct audit {
    const struct plenum_site *site;
    struct plenum_audit *totals;
    void (*line)(void *context, const char *text);
    void *context;
    uint64_t seq; /* of the row that is judged */
    int64_t now_ms;
    struct audit_claims power, capacity;
    struct audit_limit *limits;
    size_t limit_count, limit_capacity;
    int64_t *windows; /* from, until of each server, as they are now */
    struct audit_window *changes;
    size_t change_count, change_capacity;
    struct audit_map states;
    struct audit_floor floor;
    struct audit_carried carried;
    bool stops[PLENUM_STOP_COUNT]; /* in force */
    struct audit_air air;
};

/* Tells one violation. */
void audit_tell(struct audit *audit, uint64_t row, int64_t at_ms, const char *format, ...)
    PLENUM_PRINTF(4, 5);

void audit_claims_add(struct audit_claims *claims, struct plenum_ref owner,
                      const struct audit_claim *claim);
/* Cuts the owner's claims at from_ms. */
void audit_claims_release(struct audit_claims *claims, struct plenum_ref owner, int64_t from_ms,
                          int64_t now_ms);
void audit_claims_finish(struct audit_claims *claims);

/* Each judges and notes its operations of one command. */
void audit_floor_init(struct audit *audit);
void audit_floor_command(struct audit *audit, const struct plenum_command *command);
void audit_floor_finish(struct audit *audit);
void audit_tell_robot(struct audit *audit, int32_t robot, int32_t cell, const char *what);
/* One step: a move (enum plenum_move) for each robot of the site. */
void audit_step(struct audit *audit, const uint8_t *moves, int32_t count);
/* Robots that are carried; after the floor's operations of the command. */
void audit_carried_init(struct audit *audit);
void audit_carried_command(struct audit *audit, const struct plenum_command *command);
/* Whether the load of the task is a robot. */
bool audit_is_fetch(struct audit *audit, struct plenum_ref task);
void audit_carried_finish(struct audit *audit);
void audit_air_command(struct audit *audit, const struct plenum_command *command);
void audit_air_finish(struct audit *audit);
void audit_stops_command(struct audit *audit, const struct plenum_command *command);
void audit_entity_command(struct audit *audit, const struct plenum_command *command);

/* Judge what was claimed in the whole journal. */
void audit_power_judge(struct audit *audit);
void audit_capacity_judge(struct audit *audit);

#endif
