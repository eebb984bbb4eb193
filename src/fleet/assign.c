/* See assign.h. */
#include "fleet/assign.h"

#include "base/memory.h"
#include "fleet/match.h"

#include <stdlib.h>
#include <string.h>

enum {
    PAIRS_MAX = 1 << 21, /* with more, only robots without a task choose, by how it looks */
    EXACT_MAX = 1 << 23, /* robots * robots * tasks that are matched at the least cost */
};

void assign_init(struct assign *assign, struct board *board, struct plenum_fleet *fleet)
{
    *assign = (struct assign){
        .board = board,
        .fleet = fleet,
        .length = memory_new(board->problem->tasks, sizeof *assign->length),
        .robots = memory_new(board->problem->robots, sizeof *assign->robots),
        .chosen = memory_new(board->problem->robots, sizeof *assign->chosen),
        .at = memory_new(board->problem->robots, sizeof *assign->at),
        .to = memory_new(board->problem->robots, sizeof *assign->to),
        .way = memory_new(board->problem->robots, sizeof *assign->way),
        .length_percent = 100,
        .keep = 1,
    };
    memset(assign->length, 0xff, board->problem->tasks * sizeof *assign->length);
}

void assign_finish(struct assign *assign)
{
    free(assign->length);
    free(assign->cost);
    free(assign->robots);
    free(assign->chosen);
    free(assign->at);
    free(assign->to);
    free(assign->way);
    *assign = (struct assign){0};
}

static uint32_t task_length(struct assign *assign, uint32_t task)
{
    if (assign->length[task] == BOARD_NONE) {
        const struct problem *problem = assign->board->problem;
        assign->length[task] = 0;
        uint32_t last = problem->task_errands[task + 1];
        for (uint32_t i = problem->task_errands[task] + 1; i < last; i++) {
            assign->length[task] +=
                plenum_fleet_distance(assign->fleet, problem->errands[i - 1], problem->errands[i]);
        }
    }
    return assign->length[task];
}

/* What each robot that may choose would take for each open task. */
static void assign_costs(struct assign *assign, uint32_t robots)
{
    const struct board *board = assign->board;
    uint32_t *at = assign->at, *to = assign->to, *way = assign->way;
    assign->cost =
        array_reserve(assign->cost, &assign->cost_room, (size_t)robots * board->open_count,
                      sizeof *assign->cost, PAIRS_MAX);
    for (uint32_t j = 0; j < robots; j++) {
        at[j] = plenum_fleet_pose(assign->fleet, assign->robots[j], NULL);
    }
    for (uint32_t i = 0; i < board->open_count; i++) {
        uint32_t task = board->open[i];
        uint32_t fixed = assign->keep + task_length(assign, task) * assign->length_percent / 100;
        for (uint32_t j = 0; j < robots; j++) {
            to[j] = board->problem->errands[board->problem->task_errands[task]];
        }
        plenum_fleet_distances(assign->fleet, robots, at, to, way);
        for (uint32_t j = 0; j < robots; j++) {
            uint32_t kept = board->robot_task[assign->robots[j]] == task ? assign->keep : 0;
            assign->cost[(size_t)j * board->open_count + i] =
                way[j] == PLENUM_FLEET_FAR ? MATCH_NONE : way[j] + fixed - kept;
        }
    }
}

static uint32_t cells_apart(uint32_t width, uint32_t a, uint32_t b)
{
    uint32_t down = a / width > b / width ? a / width - b / width : b / width - a / width;
    uint32_t across = a % width > b % width ? a % width - b % width : b % width - a % width;
    return down + across;
}

/* From the robot's cell through all errands, walls left out. */
static uint32_t task_looks(const struct problem *problem, uint32_t task, uint32_t cell)
{
    uint32_t sum = 0;
    for (uint32_t i = problem->task_errands[task]; i < problem->task_errands[task + 1]; i++) {
        sum += cells_apart(problem->width, cell, problem->errands[i]);
        cell = problem->errands[i];
    }
    return sum;
}

/* Robot by robot, each without a task takes the cheapest open one. */
static void assign_looks(struct assign *assign, uint32_t step)
{
    struct board *board = assign->board;
    for (uint32_t robot = 0; robot < board->problem->robots; robot++) {
        if (board->robot_task[robot] != BOARD_NONE) {
            continue;
        }
        uint32_t cell = plenum_fleet_pose(assign->fleet, robot, NULL);
        uint32_t best = BOARD_NONE, best_cost = UINT32_MAX;
        for (uint32_t i = 0; i < board->open_count; i++) {
            uint32_t task = board->open[i];
            if (board->task_robot[task] != BOARD_NONE) {
                continue;
            }
            uint32_t cost = task_looks(board->problem, task, cell);
            if (cost < best_cost) {
                best = task;
                best_cost = cost;
            }
        }
        if (best != BOARD_NONE) {
            board_give(board, step, robot, best);
        }
    }
}

/* Takes tasks away before it gives others, so that no task has two robots in between. */
static void assign_give(struct assign *assign, uint32_t step, uint32_t robots)
{
    struct board *board = assign->board;
    for (uint32_t i = 0; i < robots; i++) {
        uint32_t robot = assign->robots[i];
        assign->chosen[i] =
            assign->chosen[i] == MATCH_NONE ? BOARD_NONE : board->open[assign->chosen[i]];
        if (board->robot_task[robot] != assign->chosen[i]) {
            board_give(board, step, robot, BOARD_NONE);
        }
    }
    for (uint32_t i = 0; i < robots; i++) {
        if (assign->chosen[i] != BOARD_NONE) {
            board_give(board, step, assign->robots[i], assign->chosen[i]);
        }
    }
}

void assign_step(struct assign *assign, uint32_t step)
{
    struct board *board = assign->board;
    uint32_t robots = 0, without = 0;
    for (uint32_t robot = 0; robot < board->problem->robots; robot++) {
        bool free_now = board->robot_task[robot] == BOARD_NONE;
        without += free_now;
        if (free_now || board->robot_errand[robot] == 0) {
            assign->robots[robots++] = robot;
        }
    }
    if (without == 0 || board->open_count == 0) {
        return;
    }
    if ((uint64_t)robots * board->open_count > PAIRS_MAX) {
        assign_looks(assign, step);
        return;
    }
    assign_costs(assign, robots);
    if ((uint64_t)robots * robots * board->open_count <= EXACT_MAX) {
        match_exact(robots, board->open_count, assign->cost, assign->chosen);
    } else {
        match_greedy(robots, board->open_count, assign->cost, assign->chosen);
    }
    assign_give(assign, step, robots);
}
