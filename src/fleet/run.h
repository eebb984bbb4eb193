/* Run: a problem from its first step to its last, with a fleet as planner and a board of tasks. */
#ifndef FLEET_RUN_H
#define FLEET_RUN_H

#include "fleet/assign.h"
#include "fleet/board.h"
#include "fleet/execute.h"
#include "fleet/traffic.h"

#include "base/wall.h"

struct run_options {
    struct plenum_fleet_options fleet;
    uint32_t steps;
    uint32_t step_ms;        /* time that a step should take, and after which it begins no more
                                attempts; 0: its work is fixed */
    uint32_t length_percent; /* struct assign */
    uint32_t guide_every;    /* steps between changes of guidance; 0: none is learnt */
    bool thin;               /* few robots for the floor */
    uint32_t active_max;     /* robots with a goal at a time: more would stand in the way */
    uint32_t guide_until;    /* step after which it changes no more; 0: never */
};

/* A way that a robot was given: from where it got the goal. */
struct run_leg {
    uint32_t from, to;
    enum plenum_fleet_heading heading;
};

struct run {
    const struct problem *problem;
    struct run_options options;
    struct plenum_fleet *fleet;
    struct board board;
    struct assign assign;
    struct traffic traffic;
    const struct wall_clock *clock;
    struct execute execute;        /* where actions take several ticks */
    uint32_t steps;                /* done; ticks in a problem that has them */
    uint32_t plans;                /* made */
    uint8_t *actions;              /* steps * robots, step by step */
    int64_t *step_ns;              /* of planning and assignment */
    uint32_t *since;               /* step in which the robot got its goal */
    uint32_t *goal;                /* that it has now */
    uint32_t *way;                 /* from where it got that goal, in steps */
    uint32_t *at, *wanted, *ahead; /* where each robot is, should be, and how far that is */
    uint8_t *active;               /* dealt tasks: the robot has leave to go */
    struct run_leg *legs;          /* given out */
    size_t leg_count, leg_room;
    uint64_t moves, waits;
    uint32_t steps_cut;  /* steps that ended because their time had */
    uint32_t steps_late; /* that took longer than their time all the same */
    int64_t step_start_ns;
    uint64_t causes[PLENUM_FLEET_CAUSE_COUNT]; /* of robots that were planned, all steps together */
    uint64_t budget;                           /* of a step's work; 0: no limit */
};

/* What suits a problem; steps is 0. */
struct run_options run_options_for(const struct problem *problem);
PLENUM_MUST_USE enum plenum_status run_init(struct run *run, const struct problem *problem,
                                            const struct run_options *options,
                                            const struct wall_clock *clock,
                                            struct plenum_error *error);
void run_finish(struct run *run);
PLENUM_MUST_USE enum plenum_status run_step(struct run *run, struct plenum_error *error);

#endif
