/* Assign: which robot does which open task (PROBLEM_CHOICE).
 *
 * At the least cost in all: what it takes from the robot to the task's first errand, and a share of
 * what it takes from errand to errand, so that short tasks come before long ones; guidance makes
 * ways through traffic dear. Where robots are many, each chooses from the few tasks that are
 * cheapest to it, still at the least cost in all. Robots on their way to a first errand take part
 * again in every step. Where there are very many pairs, robots without a task are matched to tasks
 * by how far they look, and keep them. */
#ifndef FLEET_ASSIGN_H
#define FLEET_ASSIGN_H

#include "fleet/board.h"
#include "fleet/match_sparse.h"

struct assign {
    struct board *board;
    struct plenum_fleet *fleet;
    uint32_t *length; /* of a task from its first errand to its last; BOARD_NONE: not measured */
    uint64_t measured, looked; /* lengths of all measured tasks, and how they looked */
    uint64_t field_states;     /* values of one field */
    int64_t credit;            /* values that may be computed for lengths */
    uint32_t turn;             /* of the open tasks, in being measured */
    uint32_t *cost;            /* a robot that may get a task, and an open task */
    size_t cost_room;
    uint32_t *robots;        /* who may get a task */
    uint32_t *chosen;        /* what each of them gets */
    uint32_t *at, *to, *way; /* of each of them, to one task */
    struct match_list near;  /* of each of them, the cheapest tasks */
    uint32_t length_percent;
    uint32_t keep;       /* what a change of task must save */
    uint32_t active_max; /* robots that may have a task: more would only stand in the way */
};

/* step_cost: of a step in the open, in the units of distances. */
void assign_init(struct assign *assign, struct board *board, struct plenum_fleet *fleet,
                 uint32_t step_cost);
void assign_finish(struct assign *assign);
void assign_step(struct assign *assign, uint32_t step);

#endif
