/* See assign.h. */
#include "fleet/assign.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* With more pairs than this, only robots without a task choose, by distances as they look. */
enum { PAIRS_MAX = 1 << 21 };

struct assign_pair {
    uint32_t cost, robot, task;
};

void assign_init(struct assign *assign, struct board *board, struct plenum_fleet *fleet)
{
    *assign = (struct assign){
        .board = board,
        .fleet = fleet,
        .length = memory_new(board->problem->tasks, sizeof *assign->length),
        .robots = memory_new(board->problem->robots, sizeof *assign->robots),
        .length_percent = 100,
        .keep = 1,
    };
    memset(assign->length, 0xff, board->problem->tasks * sizeof *assign->length);
}

void assign_finish(struct assign *assign)
{
    free(assign->length);
    free(assign->pairs);
    free(assign->robots);
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

static int pair_compare(const void *left, const void *right)
{
    const struct assign_pair *a = left, *b = right;
    if (a->cost != b->cost) {
        return a->cost < b->cost ? -1 : 1;
    }
    if (a->robot != b->robot) {
        return a->robot < b->robot ? -1 : 1;
    }
    return a->task < b->task ? -1 : a->task > b->task;
}

static size_t pairs_list(struct assign *assign, uint32_t robots)
{
    const struct board *board = assign->board;
    size_t count = 0, need = (size_t)robots * board->open_count;
    assign->pairs =
        array_reserve(assign->pairs, &assign->pairs_room, need, sizeof *assign->pairs, PAIRS_MAX);
    for (uint32_t i = 0; i < board->open_count; i++) {
        uint32_t task = board->open[i];
        uint32_t first = board->problem->errands[board->problem->task_errands[task]];
        uint32_t fixed = assign->keep + task_length(assign, task) * assign->length_percent / 100;
        for (uint32_t j = 0; j < robots; j++) {
            uint32_t robot = assign->robots[j];
            uint32_t cell = plenum_fleet_pose(assign->fleet, robot, NULL);
            uint32_t way = plenum_fleet_distance(assign->fleet, cell, first);
            if (way != PLENUM_FLEET_FAR) {
                uint32_t kept = board->robot_task[robot] == task ? assign->keep : 0;
                assign->pairs[count++] = (struct assign_pair){way + fixed - kept, robot, task};
            }
        }
    }
    return count;
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
    size_t pairs = pairs_list(assign, robots);
    qsort(assign->pairs, pairs, sizeof *assign->pairs, pair_compare);
    uint32_t *chosen = memory_new(board->problem->robots, sizeof *chosen);
    uint8_t *taken = memory_new(board->problem->tasks, 1);
    memset(chosen, 0xff, board->problem->robots * sizeof *chosen);
    for (size_t i = 0; i < pairs; i++) {
        const struct assign_pair *pair = &assign->pairs[i];
        if (chosen[pair->robot] == BOARD_NONE && !taken[pair->task]) {
            chosen[pair->robot] = pair->task;
            taken[pair->task] = 1;
        }
    }
    for (uint32_t i = 0; i < robots; i++) {
        uint32_t robot = assign->robots[i];
        if (board->robot_task[robot] != chosen[robot] && board->robot_task[robot] != BOARD_NONE) {
            board_give(board, step, robot, BOARD_NONE);
        }
    }
    for (uint32_t i = 0; i < robots; i++) {
        if (chosen[assign->robots[i]] != BOARD_NONE) {
            board_give(board, step, assign->robots[i], chosen[assign->robots[i]]);
        }
    }
    free(taken);
    free(chosen);
}
