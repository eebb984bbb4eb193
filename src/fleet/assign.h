/* Assign: which robot does which open task (PROBLEM_CHOICE).
 *
 * The cheapest pair first: steps from the robot to the task's first errand, and a share of the
 * steps from errand to errand, so that short tasks come before long ones. Robots on their way to
 * a first errand take part again in every step. Where there are very many pairs, robots without a
 * task take the one that looks nearest, and keep it. */
#ifndef FLEET_ASSIGN_H
#define FLEET_ASSIGN_H

#include "fleet/board.h"

struct assign {
    struct board *board;
    struct plenum_fleet *fleet;
    uint32_t *length; /* of a task from its first errand to its last; BOARD_NONE: not known yet */
    struct assign_pair *pairs;
    size_t pairs_room;
    uint32_t *robots; /* who may get a task */
    uint32_t length_percent;
    uint32_t keep; /* steps that a change of task must save */
};

void assign_init(struct assign *assign, struct board *board, struct plenum_fleet *fleet);
void assign_finish(struct assign *assign);
void assign_step(struct assign *assign, uint32_t step);

#endif
