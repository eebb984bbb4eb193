/* Execute: robots carry out what was planned, tick by tick, and some are late.
 *
 * A forward move or a turn takes several ticks, and a delayed robot stands still for some. What
 * is kept, however late anybody is, is the order in which robots come to each cell:
 *   1. queue[cell] lists the robots that are to be in it, in the order of the plan; the first is
 *      in it, or is the next to come;
 *   2. a robot moves into a cell when it is the first there, or behind the first while that one
 *      leaves straight ahead and is at least as far;
 *   3. so no two robots' squares ever overlap.
 * A step of a plan in which robots follow each other in a circle cannot be carried out by squares
 * as large as a cell: execute_loosen takes such moves out before they are staged. Without circles
 * the order is that of a run without delays, so nobody waits for ever.
 *
 * After Hönig, Kumar, Cohen, Ma, Xu, Ayanian, Koenig: Multi-Agent Path Finding with Kinematic
 * Constraints, ICAPS 2016 (temporal plan graph); Ma, Kumar, Koenig: Multi-Agent Path Finding with
 * Delay Probabilities, AAAI 2017 (minimal communication). Ticks and delays as in the League of
 * Robot Runners 2026; its delays are drawn by our own random numbers. */
#ifndef FLEET_EXECUTE_H
#define FLEET_EXECUTE_H

#include "fleet/problem.h"

struct execute_visit {
    uint32_t robot, next;
};

struct execute {
    const struct problem *problem;
    uint32_t ticks; /* of a forward move or a turn */
    uint32_t *cell; /* where a robot is, or which it leaves */
    uint8_t *heading;
    uint8_t *staged;              /* the action it is carrying out, or PLENUM_FLEET_WAIT */
    uint32_t *progress;           /* ticks of it done */
    uint32_t *delay;              /* ticks that it will stand still */
    uint32_t (*queue)[2];         /* of a cell: first and last visit; EXECUTE_NONE */
    struct execute_visit *visits; /* two a robot: where it is, and where it goes */
    uint8_t *state;               /* of a robot in this tick: not decided, asked, stays, goes */
    uint32_t *chain;              /* robots whose decision hangs on the next one's */
    uint64_t delays;              /* that have begun */
};

#define EXECUTE_NONE UINT32_MAX

void execute_init(struct execute *execute, const struct problem *problem);
void execute_finish(struct execute *execute);
/* Turns moves into waits until no robots follow each other in a circle and nobody moves to where
 * another stays. cells and headings are those before the step, by robot. */
void execute_loosen(const struct execute *execute, const uint32_t *cells, const uint8_t *headings,
                    uint8_t *actions);
/* Takes back what was staged and has not begun, for another plan to be made. */
void execute_recall(struct execute *execute);
/* Whether a robot still carries something out, or is late; only others may be given a new
 * action. */
bool execute_busy(const struct execute *execute, uint32_t robot);
/* Where a robot is when what it carries out is done. */
uint32_t execute_aim(const struct execute *execute, uint32_t robot,
                     enum plenum_fleet_heading *heading);
/* The cell of a robot that is not between two, or EXECUTE_NONE. */
uint32_t execute_place(const struct execute *execute, uint32_t robot);
/* Gives robots the actions of one step, which execute_loosen has seen. */
void execute_stage(struct execute *execute, const uint8_t *actions);
/* One tick: actions[robot] is what each robot did in it. */
void execute_tick(struct execute *execute, uint64_t seed, uint64_t tick, uint8_t *actions);

#endif
