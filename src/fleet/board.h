/* Board: the tasks of a problem while it runs: which are open, who does what, what is done.
 *
 * Open is every task that was revealed and is not finished. A task belongs to at most one robot,
 * and a robot has at most one; once its first errand is done it stays with the robot. */
#ifndef FLEET_BOARD_H
#define FLEET_BOARD_H

#include "fleet/problem.h"

#define BOARD_NONE UINT32_MAX

struct board_event {
    uint32_t step, robot, task;
    uint32_t errands; /* done of the task, this one included; 0: the task was given */
};

struct board {
    const struct problem *problem;
    uint32_t shown; /* tasks 0 .. shown-1 were revealed (PROBLEM_CHOICE) or given */
    uint32_t *open; /* revealed and neither started nor finished */
    uint32_t open_count;
    uint32_t *robot_task;   /* or BOARD_NONE */
    uint32_t *robot_errand; /* done of the robot's task */
    uint32_t *robot_dealt;  /* tasks dealt to it so far */
    uint32_t *task_robot;   /* or BOARD_NONE */
    uint32_t *task_shown;   /* step */
    uint32_t tasks_done, errands_done;
    struct board_event *events;
    size_t events_count, events_room;
};

void board_init(struct board *board, const struct problem *problem);
void board_finish(struct board *board);
/* Gives tasks to robots without one where the problem deals them (not PROBLEM_CHOICE). */
void board_deal(struct board *board, uint32_t step);
/* Gives an open task to a robot that has none, or that has not started its own, which is open to
 * others then. BOARD_NONE takes it away. */
void board_give(struct board *board, uint32_t step, uint32_t robot, uint32_t task);
/* The robot is in this cell after a step: its errand may be done. Says whether one was. */
bool board_visit(struct board *board, uint32_t step, uint32_t robot, uint32_t cell);
/* The cell of the errand `ahead` errands after the robot's current one; BOARD_NONE after its
 * task's last. */
uint32_t board_goal(const struct board *board, uint32_t robot, uint32_t ahead);

#endif
