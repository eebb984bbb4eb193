/* See assign.h. */
#include "fleet/assign.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum {
    PAIRS_MAX = 1 << 21,     /* with more, only robots without a task choose, by how it looks */
    EXACT_MAX = 1 << 23,     /* robots * robots * tasks that are matched at the least cost */
    LENGTH_STATES = 500000,  /* values of fields that a step may compute for tasks' lengths */
    FIRST_STATES = 20000000, /* likewise before the first step */
    AT_ONCE = 8,             /* tasks looked at together */
    NEAR = 16,               /* tasks that each of more robots chooses from */
};

static uint32_t free_cells(const struct problem *problem)
{
    uint32_t cells = problem->width * problem->height, count = 0;
    for (uint32_t cell = 0; cell < cells; cell++) {
        count += problem->walls[cell] == 0;
    }
    return count;
}

void assign_init(struct assign *assign, struct board *board, struct plenum_fleet *fleet,
                 uint32_t step_cost)
{
    const struct problem *problem = board->problem;
    size_t ways = (size_t)AT_ONCE * problem->robots;
    *assign = (struct assign){
        .board = board,
        .fleet = fleet,
        .length = memory_new(problem->tasks, sizeof *assign->length),
        .robots = memory_new(problem->robots, sizeof *assign->robots),
        .chosen = memory_new(problem->robots, sizeof *assign->chosen),
        .at = memory_new(ways, sizeof *assign->at),
        .to = memory_new(ways, sizeof *assign->to),
        .way = memory_new(ways, sizeof *assign->way),
        .length_percent = 100,
        .keep = 1,
        .active_max = problem->robots,
        .field_states =
            (uint64_t)free_cells(problem) * (problem->motion == PLENUM_FLEET_TURNING ? 4 : 1),
        .credit = FIRST_STATES,
        .measured = step_cost,
        .looked = 1,
    };
    memset(assign->length, 0xff, problem->tasks * sizeof *assign->length);
    match_list_init(&assign->near, problem->robots, NEAR);
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
    match_list_finish(&assign->near);
    *assign = (struct assign){0};
}

static uint32_t cells_apart(uint32_t width, uint32_t a, uint32_t b)
{
    uint32_t down = a / width > b / width ? a / width - b / width : b / width - a / width;
    uint32_t across = a % width > b % width ? a % width - b % width : b % width - a % width;
    return down + across;
}

/* From errand to errand, walls left out. */
static uint32_t errands_apart(const struct problem *problem, uint32_t task)
{
    uint32_t sum = 0, last = problem->task_errands[task + 1];
    for (uint32_t i = problem->task_errands[task] + 1; i < last; i++) {
        sum += cells_apart(problem->width, problem->errands[i - 1], problem->errands[i]);
    }
    return sum;
}

static void task_measure(struct assign *assign, uint32_t task)
{
    const struct problem *problem = assign->board->problem;
    uint32_t first = problem->task_errands[task], last = problem->task_errands[task + 1];
    uint64_t length = 0;
    for (uint32_t i = first + 1; i < last; i++) {
        length +=
            plenum_fleet_distance(assign->fleet, problem->errands[i - 1], problem->errands[i]);
    }
    assign->length[task] = length < UINT32_MAX / 4 ? (uint32_t)length : UINT32_MAX / 4;
    assign->measured += length;
    assign->looked += errands_apart(problem, task);
    assign->credit -= (int64_t)((last - first) * assign->field_states);
}

/* Measures open tasks by turns, for guidance changes; as many as a step can afford. */
static void assign_measure(struct assign *assign)
{
    const struct board *board = assign->board;
    for (uint32_t i = 0; i < board->open_count && assign->credit > 0; i++) {
        assign->turn = assign->turn + 1 < board->open_count ? assign->turn + 1 : 0;
        task_measure(assign, board->open[assign->turn]);
    }
    assign->credit += LENGTH_STATES;
    assign->credit = assign->credit < LENGTH_STATES ? assign->credit : LENGTH_STATES;
}

/* What a task takes from its first errand to its last: as measured, or, before that, by how it
 * looks and how measured ones looked. */
static uint32_t task_length(const struct assign *assign, uint32_t task)
{
    if (assign->length[task] != BOARD_NONE) {
        return assign->length[task];
    }
    uint64_t looks = errands_apart(assign->board->problem, task);
    return (uint32_t)(looks * assign->measured / assign->looked);
}

/* What each robot that may choose would take for `some` open tasks from the first-th. */
static void assign_costs_some(struct assign *assign, uint32_t robots, uint32_t first, uint32_t some)
{
    const struct board *board = assign->board;
    const struct problem *problem = board->problem;
    for (uint32_t i = 0; i < some; i++) {
        for (uint32_t j = 0; j < robots; j++) {
            assign->at[i * robots + j] = plenum_fleet_pose(assign->fleet, assign->robots[j], NULL);
            assign->to[i * robots + j] =
                problem->errands[problem->task_errands[board->open[first + i]]];
        }
    }
    plenum_fleet_distances(assign->fleet, some * robots, assign->at, assign->to, assign->way);
    for (uint32_t i = 0; i < some; i++) {
        uint32_t task = board->open[first + i];
        uint64_t fixed = (uint64_t)task_length(assign, task) * assign->length_percent / 100;
        for (uint32_t j = 0; j < robots; j++) {
            uint32_t way = assign->way[i * robots + j];
            uint32_t change = board->robot_task[assign->robots[j]] == task ? 0 : assign->keep;
            assign->cost[(size_t)j * board->open_count + first + i] =
                way == PLENUM_FLEET_FAR ? MATCH_NONE : way + (uint32_t)fixed + change;
        }
    }
}

static void assign_costs(struct assign *assign, uint32_t robots)
{
    uint32_t open = assign->board->open_count;
    assign->cost = array_reserve(assign->cost, &assign->cost_room, (size_t)robots * open,
                                 sizeof *assign->cost, PAIRS_MAX);
    assign_measure(assign);
    for (uint32_t first = 0; first < open; first += AT_ONCE) {
        assign_costs_some(assign, robots, first, open - first < AT_ONCE ? open - first : AT_ONCE);
    }
}

/* Leaves the dearest without a robot where more would be busy than should be. */
static void assign_limit(struct assign *assign, uint32_t robots)
{
    const struct board *board = assign->board;
    uint32_t busy = 0;
    for (uint32_t robot = 0; robot < board->problem->robots; robot++) {
        busy += board->robot_task[robot] != BOARD_NONE && board->robot_errand[robot] > 0;
    }
    for (uint32_t j = 0; j < robots; j++) {
        busy += assign->chosen[j] != MATCH_NONE;
    }
    for (; busy > assign->active_max; busy--) {
        uint32_t dearest = MATCH_NONE, most = 0;
        for (uint32_t j = 0; j < robots; j++) {
            if (assign->chosen[j] == MATCH_NONE) {
                continue;
            }
            uint32_t cost = assign->cost[(size_t)j * board->open_count + assign->chosen[j]];
            if (dearest == MATCH_NONE || cost > most) {
                dearest = j;
                most = cost;
            }
        }
        if (dearest == MATCH_NONE) {
            return;
        }
        assign->chosen[dearest] = MATCH_NONE;
    }
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

/* Robots that none of their nearest tasks was left for: each takes the one that looks nearest. */
static void assign_rest(struct assign *assign, uint32_t step, uint32_t robot)
{
    struct board *board = assign->board;
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

/* Robots without a task, and for each the tasks without a robot that look nearest. Returns how
 * many robots. */
static uint32_t list_by_looks(struct assign *assign)
{
    struct board *board = assign->board;
    uint32_t robots = 0;
    match_list_clear(&assign->near);
    for (uint32_t robot = 0; robot < board->problem->robots; robot++) {
        if (board->robot_task[robot] != BOARD_NONE) {
            continue;
        }
        uint32_t cell = plenum_fleet_pose(assign->fleet, robot, NULL);
        assign->robots[robots++] = robot;
        match_list_row(&assign->near);
        for (uint32_t i = 0; i < board->open_count; i++) {
            if (board->task_robot[board->open[i]] == BOARD_NONE) {
                match_list_offer(&assign->near, i,
                                 task_looks(board->problem, board->open[i], cell));
            }
        }
    }
    return robots;
}

/* Robots without a task get those near them, at the least cost by how it looks. */
static void assign_looks(struct assign *assign, uint32_t step)
{
    struct board *board = assign->board;
    uint32_t robots = list_by_looks(assign);
    match_sparse(&assign->near, board->open_count, assign->chosen, NULL);
    for (uint32_t i = 0; i < robots; i++) {
        if (assign->chosen[i] != MATCH_NONE) {
            board_give(board, step, assign->robots[i], board->open[assign->chosen[i]]);
        }
    }
    for (uint32_t i = 0; i < robots; i++) {
        if (assign->chosen[i] == MATCH_NONE) {
            assign_rest(assign, step, assign->robots[i]);
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

/* At the least cost among the cheapest few of each robot; then, robot by robot, of all. */
static void match_near(struct assign *assign, uint32_t robots)
{
    uint32_t open = assign->board->open_count;
    match_list_clear(&assign->near);
    for (uint32_t j = 0; j < robots; j++) {
        match_list_row(&assign->near);
        for (uint32_t i = 0; i < open; i++) {
            uint32_t cost = assign->cost[(size_t)j * open + i];
            if (cost != MATCH_NONE) {
                match_list_offer(&assign->near, i, cost);
            }
        }
    }
    match_sparse(&assign->near, open, assign->chosen, NULL);
    match_rest(robots, open, assign->cost, assign->chosen);
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
        match_near(assign, robots);
    }
    assign_limit(assign, robots);
    assign_give(assign, step, robots);
}
