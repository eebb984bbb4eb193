/* Entities: the things a running site keeps a record of, and the fields of each.
 *
 * One list makes everything: the enum, the names, the stored row, the state hash, the JSON.
 * Each entity is a row of 64-bit integers. A field that holds an index of the site file (a rack
 * model, a pad) is PLENUM_NONE when there is none; a field that holds the id of another entity is
 * 0 when there is none: ids of entities that come and go start at 1 and are never used twice.
 *
 * Racks, robots, drones, tenants and areas have the id of their index in the site file, from 0 on,
 * and stay; so do the site's stops, whose ids are enum plenum_stop.
 * Tasks, jobs, deliveries, flights and maintenances come and go.
 *
 * A state changes only along the arrows of the tables below; the ledger refuses any other. */
#ifndef PLENUM_ENTITY_H
#define PLENUM_ENTITY_H

#include <stdint.h>

/* code, lower-case name, 1 if its entities come and go */
#define PLENUM_KINDS(X)                                                                            \
    X(RACK, rack, 0)                                                                               \
    X(ROBOT, robot, 0)                                                                             \
    X(DRONE, drone, 0)                                                                             \
    X(TASK, task, 1)                                                                               \
    X(JOB, job, 1)                                                                                 \
    X(DELIVERY, delivery, 1)                                                                       \
    X(FLIGHT, flight, 1)                                                                           \
    X(STOP, stop, 0)                                                                               \
    X(TENANT, tenant, 0)                                                                           \
    X(AREA, area, 0)                                                                               \
    X(MAINTENANCE, maintenance, 1)

enum plenum_kind {
#define X(code, name, comes) PLENUM_##code,
    PLENUM_KINDS(X)
#undef X
        PLENUM_KIND_COUNT
};

/* One entity. */
struct plenum_ref {
    uint32_t kind; /* enum plenum_kind */
    uint64_t id;
};

/* --- fields: the first two of every kind are STATE and SINCE_MS; the ledger sets SINCE_MS ----- */

#define PLENUM_RACK_FIELDS(X)                                                                      \
    X(RACK, STATE, state)                                                                          \
    X(RACK, SINCE_MS, since_ms)                                                                    \
    X(RACK, TASK, task)         /* task that carries it, or a spare part to it; 0 */               \
    X(RACK, DELIVERY, delivery) /* flight order of its spare part; 0 */                            \
    X(RACK, BURN_INS, burn_ins) /* tests begun */                                                  \
    X(RACK, FAILURES, failures)                                                                    \
    X(RACK, FAULT, fault)     /* 1 when the rack or its tester reported one, until repaired */     \
    X(RACK, PART_MS, part_ms) /* when its spare part came; 0 */                                    \
    X(RACK, EXPECTED_MS, expected_ms) /* from when on its servers are sold before it serves; 0 */  \
    X(RACK, RETIRE_MS, retire_ms)     /* when it will be taken out for good; 0: not planned */

#define PLENUM_ROBOT_FIELDS(X)                                                                     \
    X(ROBOT, STATE, state)                                                                         \
    X(ROBOT, SINCE_MS, since_ms)                                                                   \
    X(ROBOT, TASK, task)                 /* 0 when it has none */                                  \
    X(ROBOT, CHARGER, charger)           /* goes to or stands at; PLENUM_NONE */                   \
    X(ROBOT, CHARGE_J, charge_j)         /* in the battery, as last reported */                    \
    X(ROBOT, CHARGE_MS, charge_ms)       /* when that was */                                       \
    X(ROBOT, CHARGE_MOVES, charge_moves) /* its moves by then, see plenum_floor_moves */           \
    X(ROBOT, CHARGE_W, charge_w)         /* watts it is granted while charging */                  \
    X(ROBOT, READY_MS, ready_ms)         /* late or broken: does not move before */                \
    X(ROBOT, FETCH, fetch)               /* task that fetches it; 0 */

#define PLENUM_DRONE_FIELDS(X)                                                                     \
    X(DRONE, STATE, state)                                                                         \
    X(DRONE, SINCE_MS, since_ms)                                                                   \
    X(DRONE, PAD, pad)       /* where it stands; while flying, where it will land */               \
    X(DRONE, FLIGHT, flight) /* 0 when it has none */                                              \
    X(DRONE, CHARGE_J, charge_j)                                                                   \
    X(DRONE, CHARGE_MS, charge_ms)                                                                 \
    X(DRONE, CHARGE_W, charge_w)                                                                   \
    X(DRONE, READY_MS, ready_ms)

#define PLENUM_TASK_FIELDS(X)                                                                      \
    X(TASK, STATE, state)                                                                          \
    X(TASK, SINCE_MS, since_ms)                                                                    \
    X(TASK, LOAD, load) /* enum plenum_task_load: what is carried */                               \
    X(TASK, FROM_CELL, from_cell)                                                                  \
    X(TASK, TO_CELL, to_cell)                                                                      \
    X(TASK, ROBOT, robot) /* index, or PLENUM_NONE */                                              \
    X(TASK, RACK, rack)   /* the rack carried or served, or PLENUM_NONE */                         \
    X(TASK, CREATED_MS, created_ms)                                                                \
    X(TASK, DUE_MS, due_ms) /* PLENUM_FOREVER: none */                                             \
    X(TASK, PRIORITY, priority)                                                                    \
    X(TASK, FETCHED, fetched) /* index of the robot that is its load, or PLENUM_NONE */

#define PLENUM_JOB_FIELDS(X)                                                                       \
    X(JOB, STATE, state)                                                                           \
    X(JOB, SINCE_MS, since_ms)                                                                     \
    X(JOB, TENANT, tenant)                                                                         \
    X(JOB, SERVERS, servers)                                                                       \
    X(JOB, ACCELERATORS, accelerators) /* on each server */                                        \
    X(JOB, MILLI, milli)               /* of each accelerator */                                   \
    X(JOB, CHIP, chip)                 /* asked for by name, or PLENUM_NONE */                     \
    X(JOB, CORES, cores)               /* on each server */                                        \
    X(JOB, MEMORY_BYTES, memory_bytes) /* on each server */                                        \
    X(JOB, DURATION_MS, duration_ms)   /* asked in all */                                          \
    X(JOB, LEFT_MS, left_ms)           /* still to run, as of SINCE_MS */                          \
    X(JOB, SUBMIT_MS, submit_ms)                                                                   \
    X(JOB, EARLIEST_MS, earliest_ms) /* not before */                                              \
    X(JOB, START_MS, start_ms)       /* promised or actual; PLENUM_FOREVER: not known */           \
    X(JOB, END_MS, end_ms)                                                                         \
    X(JOB, PREEMPTIBLE, preemptible)                                                               \
    X(JOB, PRIORITY, priority)                                                                     \
    X(JOB, PREEMPTIONS, preemptions)                                                               \
    X(JOB, PREEMPTED_MS, preempted_ms) /* when it last was, or was moved; 0: never */              \
    X(JOB, WITHIN, within)             /* enum plenum_within: where its servers must be */         \
    X(JOB, SPREAD, spread)             /* enum plenum_spread: what no two of its servers share */  \
    X(JOB, PROMISED_MS, promised_ms)   /* start that was sold; 0: none was */                      \
    X(JOB, PRICE_MICRO, price_micro) /* paid for all of it, fixed when it was sold; 0: nothing */  \
    X(JOB, FORETOLD_MS, foretold_ms) /* start foretold when it began to wait; 0: none was */       \
    X(JOB, ENGINE_JOB, engine_job)   /* its number at the engine that runs it; 0: at none */       \
    X(JOB, MAX_W, max_w)             /* may draw so many watts over idle in all; 0: as it likes */

/* Something a drone is to bring from pad to pad. */
#define PLENUM_DELIVERY_FIELDS(X)                                                                  \
    X(DELIVERY, STATE, state)                                                                      \
    X(DELIVERY, SINCE_MS, since_ms)                                                                \
    X(DELIVERY, FROM_PAD, from_pad)                                                                \
    X(DELIVERY, TO_PAD, to_pad)                                                                    \
    X(DELIVERY, MASS_G, mass_g)                                                                    \
    X(DELIVERY, RACK, rack)     /* spare part for this rack, or PLENUM_NONE */                     \
    X(DELIVERY, FLIGHT, flight) /* 0 until one is planned */                                       \
    X(DELIVERY, CREATED_MS, created_ms)

/* An operational intent (ASTM F3548-21) of one of the site's own drones. */
#define PLENUM_FLIGHT_FIELDS(X)                                                                    \
    X(FLIGHT, STATE, state)                                                                        \
    X(FLIGHT, SINCE_MS, since_ms)                                                                  \
    X(FLIGHT, DRONE, drone)                                                                        \
    X(FLIGHT, DELIVERY, delivery) /* 0: flies empty, to fetch */                                   \
    X(FLIGHT, FROM_PAD, from_pad)                                                                  \
    X(FLIGHT, TO_PAD, to_pad)                                                                      \
    X(FLIGHT, START_MS, start_ms)                                                                  \
    X(FLIGHT, END_MS, end_ms)                                                                      \
    X(FLIGHT, ENERGY_J, energy_j) /* planned, wind allowed for, reserve not */

/* What a tenant had and spent, written down once a minute (src/capacity/site_account.h); of one
 * with others under it, theirs too. */
#define PLENUM_TENANT_FIELDS(X)                                                                    \
    X(TENANT, STATE, state)                                                                        \
    X(TENANT, SINCE_MS, since_ms)                                                                  \
    X(TENANT, ACCOUNTED_MS, accounted_ms)     /* as of when; 0: never was */                       \
    X(TENANT, USED_MILLI_MS, used_milli_ms)   /* thousandths x ms it held, older ones halved */    \
    X(TENANT, PERIOD_MS, period_ms)           /* when the period of its budget began */            \
    X(TENANT, SPENT_MILLI_MS, spent_milli_ms) /* thousandths x ms it held in that period */        \
    X(TENANT, SPENT_MICRO, spent_micro)       /* money that it paid in it */

/* Work on a rack, a server or a power node, for which servers are kept clear. */
#define PLENUM_MAINTENANCE_FIELDS(X)                                                               \
    X(MAINTENANCE, STATE, state)                                                                   \
    X(MAINTENANCE, SINCE_MS, since_ms)                                                             \
    X(MAINTENANCE, RACK, rack)     /* what is worked on: one of these three, */                    \
    X(MAINTENANCE, SERVER, server) /* the others PLENUM_NONE */                                    \
    X(MAINTENANCE, NODE, node)     /* a power node */                                              \
    X(MAINTENANCE, FROM_MS, from_ms)                                                               \
    X(MAINTENANCE, UNTIL_MS, until_ms)

/* What a person can bring to a stand at once, and let go on. */
#define PLENUM_STOP_FIELDS(X)                                                                      \
    X(STOP, STATE, state)                                                                          \
    X(STOP, SINCE_MS, since_ms)

enum plenum_stop {
    PLENUM_STOP_FLOOR, /* no robot moves */
    PLENUM_STOP_AIR,   /* no drone takes off; those in the air land */
    PLENUM_STOP_COUNT
};

/* An area of the floor, which is closed at times. */
#define PLENUM_AREA_FIELDS(X)                                                                      \
    X(AREA, STATE, state)                                                                          \
    X(AREA, SINCE_MS, since_ms)                                                                    \
    X(AREA, FROM_MS, from_ms)     /* of its next closure, or the one in force; FOREVER: none */    \
    X(AREA, UNTIL_MS, until_ms)   /* of the same */                                                \
    X(AREA, NOTICE_MS, notice_ms) /* from so long before FROM_MS on no robot enters */

/* enum plenum_rack_field { PLENUM_RACK_STATE, PLENUM_RACK_SINCE_MS, ... } */
#define X(kind, code, name) PLENUM_##kind##_##code,
enum plenum_rack_field { PLENUM_RACK_FIELDS(X) PLENUM_RACK_FIELD_COUNT };
enum plenum_robot_field { PLENUM_ROBOT_FIELDS(X) PLENUM_ROBOT_FIELD_COUNT };
enum plenum_drone_field { PLENUM_DRONE_FIELDS(X) PLENUM_DRONE_FIELD_COUNT };
enum plenum_task_field { PLENUM_TASK_FIELDS(X) PLENUM_TASK_FIELD_COUNT };
enum plenum_job_field { PLENUM_JOB_FIELDS(X) PLENUM_JOB_FIELD_COUNT };
enum plenum_delivery_field { PLENUM_DELIVERY_FIELDS(X) PLENUM_DELIVERY_FIELD_COUNT };
enum plenum_flight_field { PLENUM_FLIGHT_FIELDS(X) PLENUM_FLIGHT_FIELD_COUNT };
enum plenum_stop_field { PLENUM_STOP_FIELDS(X) PLENUM_STOP_FIELD_COUNT };
enum plenum_tenant_field { PLENUM_TENANT_FIELDS(X) PLENUM_TENANT_FIELD_COUNT };
enum plenum_area_field { PLENUM_AREA_FIELDS(X) PLENUM_AREA_FIELD_COUNT };
enum plenum_maintenance_field { PLENUM_MAINTENANCE_FIELDS(X) PLENUM_MAINTENANCE_FIELD_COUNT };
#undef X

enum {
    PLENUM_FIELD_STATE = 0,    /* of every kind */
    PLENUM_FIELD_SINCE_MS = 1, /* of every kind */
    PLENUM_FIELDS_MAX = 32
};

/* --- states, and the states each may change to ---------------------------------------------------
 * code, name, bit set of next states. The first is the state of a new entity. */

#define PLENUM_TO(kind, state) (1u << PLENUM_##kind##_##state)

#define PLENUM_RACK_STATES(X)                                                                      \
    X(RACK, ORDERED, "ordered", PLENUM_TO(RACK, BUILT))                                            \
    X(RACK, BUILT, "built", PLENUM_TO(RACK, SHIPPED))                                              \
    X(RACK, SHIPPED, "shipped", PLENUM_TO(RACK, AT_DOCK))                                          \
    X(RACK, AT_DOCK, "at-dock", PLENUM_TO(RACK, CARRIED))                                          \
    X(RACK, CARRIED, "carried", PLENUM_TO(RACK, PLACED))                                           \
    X(RACK, PLACED, "placed", PLENUM_TO(RACK, CABLED))                                             \
    X(RACK, CABLED, "cabled", PLENUM_TO(RACK, POWERED) | PLENUM_TO(RACK, RETIRED))                 \
    X(RACK, POWERED, "powered",                                                                    \
      PLENUM_TO(RACK, TESTED) | PLENUM_TO(RACK, FAILED) | PLENUM_TO(RACK, CABLED))                 \
    X(RACK, TESTED, "tested",                                                                      \
      PLENUM_TO(RACK, IN_SERVICE) | PLENUM_TO(RACK, FAILED) | PLENUM_TO(RACK, CABLED))             \
    X(RACK, IN_SERVICE, "in-service",                                                              \
      PLENUM_TO(RACK, FAILED) | PLENUM_TO(RACK, RETIRED) | PLENUM_TO(RACK, CABLED))                \
    X(RACK, FAILED, "failed", PLENUM_TO(RACK, CABLED) | PLENUM_TO(RACK, RETIRED))                  \
    X(RACK, RETIRED, "retired", 0)

/* Carried: broken, and on another robot; it stands in no cell. */
#define PLENUM_ROBOT_STATES(X)                                                                     \
    X(ROBOT, IDLE, "idle",                                                                         \
      PLENUM_TO(ROBOT, BUSY) | PLENUM_TO(ROBOT, TO_CHARGER) | PLENUM_TO(ROBOT, BROKEN))            \
    X(ROBOT, BUSY, "busy", PLENUM_TO(ROBOT, IDLE) | PLENUM_TO(ROBOT, BROKEN))                      \
    X(ROBOT, TO_CHARGER, "to-charger",                                                             \
      PLENUM_TO(ROBOT, CHARGING) | PLENUM_TO(ROBOT, IDLE) | PLENUM_TO(ROBOT, BROKEN))              \
    X(ROBOT, CHARGING, "charging", PLENUM_TO(ROBOT, IDLE) | PLENUM_TO(ROBOT, BROKEN))              \
    X(ROBOT, BROKEN, "broken",                                                                     \
      PLENUM_TO(ROBOT, IDLE) | PLENUM_TO(ROBOT, BUSY) | PLENUM_TO(ROBOT, CARRIED))                 \
    X(ROBOT, CARRIED, "carried", PLENUM_TO(ROBOT, BROKEN))

#define PLENUM_DRONE_STATES(X)                                                                     \
    X(DRONE, READY, "ready",                                                                       \
      PLENUM_TO(DRONE, PREPARING) | PLENUM_TO(DRONE, CHARGING) | PLENUM_TO(DRONE, GROUNDED))       \
    X(DRONE, PREPARING, "preparing", PLENUM_TO(DRONE, FLYING) | PLENUM_TO(DRONE, READY))           \
    X(DRONE, FLYING, "flying", PLENUM_TO(DRONE, READY))                                            \
    X(DRONE, CHARGING, "charging", PLENUM_TO(DRONE, READY) | PLENUM_TO(DRONE, GROUNDED))           \
    X(DRONE, GROUNDED, "grounded", PLENUM_TO(DRONE, READY))

#define PLENUM_TASK_STATES(X)                                                                      \
    X(TASK, OPEN, "open", PLENUM_TO(TASK, TO_PICK))                                                \
    X(TASK, TO_PICK, "to-pick", PLENUM_TO(TASK, AT_PICK) | PLENUM_TO(TASK, OPEN))                  \
    X(TASK, AT_PICK, "at-pick", PLENUM_TO(TASK, TO_DROP) | PLENUM_TO(TASK, OPEN))                  \
    X(TASK, TO_DROP, "to-drop", PLENUM_TO(TASK, AT_DROP))                                          \
    X(TASK, AT_DROP, "at-drop", PLENUM_TO(TASK, DONE))                                             \
    X(TASK, DONE, "done", 0)

#define PLENUM_JOB_STATES(X)                                                                       \
    X(JOB, QUEUED, "queued",                                                                       \
      PLENUM_TO(JOB, RESERVED) | PLENUM_TO(JOB, RUNNING) | PLENUM_TO(JOB, CANCELLED))              \
    X(JOB, RESERVED, "reserved",                                                                   \
      PLENUM_TO(JOB, RUNNING) | PLENUM_TO(JOB, QUEUED) | PLENUM_TO(JOB, CANCELLED))                \
    X(JOB, RUNNING, "running",                                                                     \
      PLENUM_TO(JOB, DONE) | PLENUM_TO(JOB, QUEUED) | PLENUM_TO(JOB, CANCELLED))                   \
    X(JOB, DONE, "done", 0)                                                                        \
    X(JOB, CANCELLED, "cancelled", 0)

#define PLENUM_DELIVERY_STATES(X)                                                                  \
    X(DELIVERY, ASKED, "asked", PLENUM_TO(DELIVERY, PLANNED) | PLENUM_TO(DELIVERY, CANCELLED))     \
    X(DELIVERY, PLANNED, "planned", PLENUM_TO(DELIVERY, FLYING) | PLENUM_TO(DELIVERY, ASKED))      \
    X(DELIVERY, FLYING, "flying", PLENUM_TO(DELIVERY, LANDED))                                     \
    X(DELIVERY, LANDED, "landed", 0)                                                               \
    X(DELIVERY, CANCELLED, "cancelled", 0)

/* ASTM F3548-21 section 4.4: operational intent states. */
#define PLENUM_FLIGHT_STATES(X)                                                                    \
    X(FLIGHT, ACCEPTED, "accepted",                                                                \
      PLENUM_TO(FLIGHT, ACTIVATED) | PLENUM_TO(FLIGHT, NONCONFORMING) |                            \
          PLENUM_TO(FLIGHT, CONTINGENT) | PLENUM_TO(FLIGHT, ENDED))                                \
    X(FLIGHT, ACTIVATED, "activated",                                                              \
      PLENUM_TO(FLIGHT, NONCONFORMING) | PLENUM_TO(FLIGHT, CONTINGENT) | PLENUM_TO(FLIGHT, ENDED)) \
    X(FLIGHT, NONCONFORMING, "nonconforming",                                                      \
      PLENUM_TO(FLIGHT, ACTIVATED) | PLENUM_TO(FLIGHT, CONTINGENT) | PLENUM_TO(FLIGHT, ENDED))     \
    X(FLIGHT, CONTINGENT, "contingent", PLENUM_TO(FLIGHT, ENDED))                                  \
    X(FLIGHT, ENDED, "ended", 0)

#define PLENUM_STOP_STATES(X)                                                                      \
    X(STOP, CLEAR, "clear", PLENUM_TO(STOP, STOPPED))                                              \
    X(STOP, STOPPED, "stopped", PLENUM_TO(STOP, CLEAR))

#define PLENUM_TENANT_STATES(X) X(TENANT, OPEN, "open", 0)

/* Closing: robots leave it and none enters. Closed: its cells are closed in its name. */
#define PLENUM_AREA_STATES(X)                                                                      \
    X(AREA, OPEN, "open", PLENUM_TO(AREA, CLOSING))                                                \
    X(AREA, CLOSING, "closing", PLENUM_TO(AREA, CLOSED) | PLENUM_TO(AREA, OPEN))                   \
    X(AREA, CLOSED, "closed", PLENUM_TO(AREA, OPEN))

#define PLENUM_MAINTENANCE_STATES(X)                                                               \
    X(MAINTENANCE, PLANNED, "planned",                                                             \
      PLENUM_TO(MAINTENANCE, UNDER_WAY) | PLENUM_TO(MAINTENANCE, CANCELLED))                       \
    X(MAINTENANCE, UNDER_WAY, "under-way",                                                         \
      PLENUM_TO(MAINTENANCE, DONE) | PLENUM_TO(MAINTENANCE, CANCELLED))                            \
    X(MAINTENANCE, DONE, "done", 0)                                                                \
    X(MAINTENANCE, CANCELLED, "cancelled", 0)

#define X(kind, code, name, next) PLENUM_##kind##_##code,
enum plenum_rack_state { PLENUM_RACK_STATES(X) PLENUM_RACK_STATE_COUNT };
enum plenum_robot_state { PLENUM_ROBOT_STATES(X) PLENUM_ROBOT_STATE_COUNT };
enum plenum_drone_state { PLENUM_DRONE_STATES(X) PLENUM_DRONE_STATE_COUNT };
enum plenum_task_state { PLENUM_TASK_STATES(X) PLENUM_TASK_STATE_COUNT };
enum plenum_job_state { PLENUM_JOB_STATES(X) PLENUM_JOB_STATE_COUNT };
enum plenum_delivery_state { PLENUM_DELIVERY_STATES(X) PLENUM_DELIVERY_STATE_COUNT };
enum plenum_flight_state { PLENUM_FLIGHT_STATES(X) PLENUM_FLIGHT_STATE_COUNT };
enum plenum_stop_state { PLENUM_STOP_STATES(X) PLENUM_STOP_STATE_COUNT };
enum plenum_tenant_state { PLENUM_TENANT_STATES(X) PLENUM_TENANT_STATE_COUNT };
enum plenum_area_state { PLENUM_AREA_STATES(X) PLENUM_AREA_STATE_COUNT };
enum plenum_maintenance_state { PLENUM_MAINTENANCE_STATES(X) PLENUM_MAINTENANCE_STATE_COUNT };
#undef X

/* Where the servers of a job must be: all in one of these. A block is the racks of the positions
 * that the site file gives its name, as those on one network switch; a row the racks whose
 * positions stand in one line of cells of a hall, across the way they face. code, name */
#define PLENUM_WITHINS(X)                                                                          \
    X(SITE, "site")                                                                                \
    X(BLOCK, "block")                                                                              \
    X(ROW, "row")                                                                                  \
    X(RACK, "rack")                                                                                \
    X(SERVER, "server")

enum plenum_within {
#define X(code, name) PLENUM_WITHIN_##code,
    PLENUM_WITHINS(X)
#undef X
        PLENUM_WITHIN_COUNT
};

/* What no two servers of a job may share, so that one failure never takes both. Power: the power
 * node from which their racks' first feed comes. code, name */
#define PLENUM_SPREADS(X)                                                                          \
    X(NONE, "none")                                                                                \
    X(RACK, "rack")                                                                                \
    X(POWER, "power")                                                                              \
    X(ROW, "row")                                                                                  \
    X(BLOCK, "block")

enum plenum_spread {
#define X(code, name) PLENUM_SPREAD_##code,
    PLENUM_SPREADS(X)
#undef X
        PLENUM_SPREAD_COUNT
};

/* Of a robot that is fetched, FROM_CELL is where it broke and TO_CELL a repair station; its carrier
 * takes it up and sets it down from a cell beside. */
enum plenum_task_load {
    PLENUM_LOAD_TOTE,
    PLENUM_LOAD_RACK,
    PLENUM_LOAD_PART,
    PLENUM_LOAD_ROBOT,
    PLENUM_LOAD_COUNT
};

#endif
