/* See board.h. */
#include "fleet/board.h"

#include "base/check.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static void board_event(struct board *board, struct board_event event)
{
    ARRAY_PUSH(board->events, board->events_count, board->events_room, SIZE_MAX / 64) = event;
}

/* Reveals tasks until `open` of them are not finished. */
static void board_reveal(struct board *board, uint32_t step)
{
    const struct problem *problem = board->problem;
    uint64_t want = (uint64_t)problem->robots * problem->reveal_milli / 1000;
    uint64_t until = want + board->tasks_done;
    while (board->shown < until && board->shown < problem->tasks) {
        uint32_t task = board->shown++;
        board->task_shown[task] = step;
        if (!problem->task_refused[task]) {
            board->open[board->open_count++] = task;
        }
    }
}

void board_init(struct board *board, const struct problem *problem)
{
    *board = (struct board){
        .problem = problem,
        .open = memory_new(problem->tasks, sizeof *board->open),
        .robot_task = memory_new(problem->robots, sizeof *board->robot_task),
        .robot_errand = memory_new(problem->robots, sizeof *board->robot_errand),
        .robot_dealt = memory_new(problem->robots, sizeof *board->robot_dealt),
        .task_robot = memory_new(problem->tasks, sizeof *board->task_robot),
        .task_shown = memory_new(problem->tasks, sizeof *board->task_shown),
    };
    memset(board->robot_task, 0xff, problem->robots * sizeof *board->robot_task);
    memset(board->task_robot, 0xff, problem->tasks * sizeof *board->task_robot);
    if (problem->deal == PROBLEM_CHOICE) {
        board_reveal(board, 0);
    }
}

void board_finish(struct board *board)
{
    free(board->open);
    free(board->robot_task);
    free(board->robot_errand);
    free(board->robot_dealt);
    free(board->task_robot);
    free(board->task_shown);
    free(board->events);
    *board = (struct board){0};
}

/* The next task of the problem for this robot, or BOARD_NONE. A League list starts again at its
 * end; refused tasks are passed over. */
static uint32_t board_next_dealt(struct board *board, uint32_t robot)
{
    const struct problem *problem = board->problem;
    for (uint32_t tries = 0; tries < problem->tasks; tries++) {
        uint64_t index = board->shown;
        if (problem->deal == PROBLEM_ROUND_ROBIN) {
            index = robot + (uint64_t)board->robot_dealt[robot]++ * problem->robots;
        } else {
            board->shown++;
        }
        if (problem->year == 0 && index >= problem->tasks) {
            return BOARD_NONE;
        }
        uint32_t task = (uint32_t)(index % problem->tasks);
        if (!problem->task_refused[task]) {
            return task;
        }
    }
    return BOARD_NONE;
}

void board_deal(struct board *board, uint32_t step)
{
    for (uint32_t robot = 0; robot < board->problem->robots; robot++) {
        if (board->robot_task[robot] == BOARD_NONE) {
            uint32_t task = board_next_dealt(board, robot);
            if (task != BOARD_NONE) {
                board->task_shown[task] = step;
                board->robot_task[robot] = task;
                board->robot_errand[robot] = 0;
                board_event(board, (struct board_event){step, robot, task, 0});
            }
        }
    }
}

void board_give(struct board *board, uint32_t step, uint32_t robot, uint32_t task)
{
    uint32_t before = board->robot_task[robot];
    if (before == task) {
        return;
    }
    CHECK(before == BOARD_NONE || board->robot_errand[robot] == 0);
    if (before != BOARD_NONE) {
        board->task_robot[before] = BOARD_NONE;
    }
    board->robot_task[robot] = task;
    board->robot_errand[robot] = 0;
    if (task != BOARD_NONE) {
        CHECK(board->task_robot[task] == BOARD_NONE);
        board->task_robot[task] = robot;
    }
    board_event(board, (struct board_event){step, robot, task, 0});
}

static void board_close(struct board *board, uint32_t task)
{
    for (uint32_t i = 0; i < board->open_count; i++) {
        if (board->open[i] == task) {
            memmove(&board->open[i], &board->open[i + 1],
                    (--board->open_count - i) * sizeof *board->open);
            return;
        }
    }
}

bool board_visit(struct board *board, uint32_t step, uint32_t robot, uint32_t cell)
{
    uint32_t task = board->robot_task[robot];
    if (task == BOARD_NONE || board_goal(board, robot, 0) != cell) {
        return false;
    }
    uint32_t done = ++board->robot_errand[robot];
    board->errands_done++;
    board_event(board, (struct board_event){step, robot, task, done});
    if (board->problem->deal == PROBLEM_CHOICE && done == 1) {
        board_close(board, task);
    }
    if (board_goal(board, robot, 0) == BOARD_NONE) {
        board->tasks_done++;
        board->robot_task[robot] = BOARD_NONE;
        if (board->problem->deal == PROBLEM_CHOICE) {
            board_reveal(board, step);
        }
    }
    return true;
}

uint32_t board_goal(const struct board *board, uint32_t robot, uint32_t ahead)
{
    uint32_t task = board->robot_task[robot];
    if (task == BOARD_NONE) {
        return BOARD_NONE;
    }
    uint32_t index = board->problem->task_errands[task] + board->robot_errand[robot] + ahead;
    return index < board->problem->task_errands[task + 1] ? board->problem->errands[index]
                                                          : BOARD_NONE;
}
