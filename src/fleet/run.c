/* See run.h. */
#include "fleet/run.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum {
    OVERDUE_STEPS = 200,
    LEAD_STEPS = 100,    /* after which a robot that is overdue is led */
    ACTIVE_TURNING = 42, /* robots with a goal, of a hundred free cells: measured */
    ACTIVE_SLIDING = 75,
    MANY = 2000, /* more robots are given less of each one's time */
    FEW = 300,   /* robots that can look furthest in their time */
    WINDOW_MOST = 8,
    THIN = 20, /* robots of a hundred free cells: fewer look further and need no lanes */
};

/* The least priority of a robot that is overdue: it goes before all others. */
static const uint64_t OVERDUE = 1ull << 40;

static uint32_t free_cells(const struct problem *problem)
{
    uint32_t cells = problem->width * problem->height, count = 0;
    for (uint32_t cell = 0; cell < cells; cell++) {
        count += problem->walls[cell] == 0;
    }
    return count;
}

static uint32_t active_most(const struct problem *problem, uint32_t cells)
{
    uint64_t part = problem->motion == PLENUM_FLEET_TURNING ? ACTIVE_TURNING : ACTIVE_SLIDING;
    uint64_t most = cells * part / 100 + 1;
    return most < problem->robots ? (uint32_t)most : problem->robots;
}

struct run_options run_options_for(const struct problem *problem)
{
    struct run_options options = {.fleet = plenum_fleet_options_default()};
    uint32_t cells = free_cells(problem);
    options.fleet.motion = problem->motion;
    options.fleet.method = PLENUM_FLEET_WINDOW;
    options.fleet.remember = true;
    options.fleet.window_steps = problem->motion == PLENUM_FLEET_TURNING ? 4 : 3;
    options.fleet.improve = problem->robots <= MANY ? 12 : 3;
    options.length_percent = 100;
    options.fleet.patience = OVERDUE + LEAD_STEPS;
    options.guide_every = 10;
    options.active_max = active_most(problem, cells);
    options.thin = (uint64_t)problem->robots * 100 < (uint64_t)cells * THIN;
    if (options.thin && problem->motion == PLENUM_FLEET_TURNING) {
        options.fleet.window_steps = problem->robots <= FEW ? 7 : 5;
    } else if (options.thin && problem->robots <= MANY) {
        options.fleet.window_steps = 5;
    }
    options.fleet.turn_steps = problem->turn_steps;
    if (problem->motion == PLENUM_FLEET_TURNING && problem->turn_steps > 1) {
        uint32_t steps = options.fleet.window_steps + problem->turn_steps - 1;
        options.fleet.window_steps = steps < WINDOW_MOST ? steps : WINDOW_MOST;
    }
    return options;
}

/* plenum_fleet_stop */
static bool run_out_of_time(void *context)
{
    const struct run *run = context;
    int64_t spent = wall_now_ns(run->clock) - run->step_start_ns;
    return spent >= (int64_t)run->options.step_ms * 1000000;
}

enum plenum_status run_init(struct run *run, const struct problem *problem,
                            const struct run_options *options, const struct wall_clock *clock,
                            struct plenum_error *error)
{
    *run = (struct run){.problem = problem, .options = *options, .clock = clock};
    struct plenum_fleet_map map = {problem->width, problem->height, problem->walls};
    enum plenum_status status =
        plenum_fleet_create(&map, problem->robots, &options->fleet, &run->fleet, error);
    if (status != PLENUM_OK) {
        return status;
    }
    if (options->step_ms > 0) {
        plenum_fleet_set_stop(run->fleet, run_out_of_time, run);
    }
    for (uint32_t robot = 0; robot < problem->robots; robot++) {
        plenum_fleet_set_pose(run->fleet, robot, problem->start[robot], PLENUM_FLEET_FACING_EAST);
    }
    if (problem->action_ticks > 0) {
        execute_init(&run->execute, problem);
    }
    board_init(&run->board, problem);
    assign_init(&run->assign, &run->board, run->fleet, options->guide_every > 0 ? TRAFFIC_STEP : 1);
    run->assign.length_percent = options->length_percent;
    run->assign.active_max = options->active_max;
    traffic_init(&run->traffic, &map);
    if (options->thin) {
        run->traffic.lane = 0;
        run->traffic.against /= 2;
        run->traffic.crowd /= 3;
    }
    if (options->guide_every > 0) {
        traffic_guide(&run->traffic, run->fleet);
    }
    run->actions = memory_new((size_t)options->steps * problem->robots, 1);
    run->step_ns = memory_new(options->steps, sizeof *run->step_ns);
    run->since = memory_new(problem->robots, sizeof *run->since);
    run->way = memory_new(problem->robots, sizeof *run->way);
    run->goal = memory_new(problem->robots, sizeof *run->goal);
    run->active = memory_new(problem->robots, sizeof *run->active);
    run->at = memory_new(problem->robots, sizeof *run->at);
    run->wanted = memory_new(problem->robots, sizeof *run->wanted);
    run->ahead = memory_new(problem->robots, sizeof *run->ahead);
    memset(run->goal, 0xff, problem->robots * sizeof *run->goal);
    return PLENUM_OK;
}

void run_finish(struct run *run)
{
    if (run->fleet != NULL) {
        board_finish(&run->board);
        assign_finish(&run->assign);
        plenum_fleet_destroy(run->fleet);
    }
    execute_finish(&run->execute);
    free(run->actions);
    free(run->step_ns);
    free(run->since);
    free(run->legs);
    free(run->way);
    traffic_finish(&run->traffic);
    free(run->goal);
    free(run->active);
    free(run->at);
    free(run->wanted);
    free(run->ahead);
    *run = (struct run){0};
}

/* The nearest to its goal goes first, but before all others who has needed much longer than its
 * way alone: so nobody is pushed about for ever. */
static uint64_t robot_priority(const struct run *run, uint32_t robot, uint32_t way)
{
    uint64_t age = run->steps - run->since[robot];
    uint64_t fair = OVERDUE_STEPS + run->way[robot] / 4;
    return age > fair ? OVERDUE + age - fair : (1ull << 32) - way;
}

static void leg_note(struct run *run, uint32_t robot, uint32_t cell, uint32_t goal)
{
    if (goal == BOARD_NONE) {
        return;
    }
    enum plenum_fleet_heading heading;
    plenum_fleet_pose(run->fleet, robot, &heading);
    ARRAY_PUSH(run->legs, run->leg_count, run->leg_room, SIZE_MAX / 64) =
        (struct run_leg){cell, goal, heading};
}

/* The cells of all robots and of their goals, and how far it is. */
static void run_look(struct run *run)
{
    for (uint32_t robot = 0; robot < run->problem->robots; robot++) {
        run->at[robot] = plenum_fleet_pose(run->fleet, robot, NULL);
        run->wanted[robot] = board_goal(&run->board, robot, 0);
    }
    plenum_fleet_distances(run->fleet, run->problem->robots, run->at, run->wanted, run->ahead);
}

struct candidate {
    uint32_t way, robot;
};

static int candidate_compare(const void *left, const void *right)
{
    const struct candidate *a = left, *b = right;
    if (a->way != b->way) {
        return a->way < b->way ? -1 : 1;
    }
    return a->robot < b->robot ? -1 : a->robot > b->robot;
}

/* Where too many robots have dealt tasks, some stay without a goal and make way: who had leave
 * keeps it until its goal is reached, and then the nearest to their goals get it. */
static void run_limit(struct run *run)
{
    uint32_t robots = run->problem->robots, active = 0, count = 0;
    if (run->options.active_max >= robots || run->problem->deal == PROBLEM_CHOICE) {
        return;
    }
    struct candidate *waiting = memory_new(robots, sizeof *waiting);
    for (uint32_t robot = 0; robot < robots; robot++) {
        uint32_t goal = run->wanted[robot];
        run->active[robot] = run->active[robot] && goal != BOARD_NONE && goal == run->goal[robot];
        active += run->active[robot];
        if (!run->active[robot] && goal != BOARD_NONE) {
            waiting[count++] = (struct candidate){run->ahead[robot], robot};
        }
    }
    qsort(waiting, count, sizeof *waiting, candidate_compare);
    for (uint32_t i = 0; i < count; i++) {
        run->active[waiting[i].robot] = active < run->options.active_max;
        active += run->active[waiting[i].robot];
        if (!run->active[waiting[i].robot]) {
            run->wanted[waiting[i].robot] = BOARD_NONE;
        }
    }
    free(waiting);
}

static void run_tell(struct run *run)
{
    run_look(run);
    run_limit(run);
    for (uint32_t robot = 0; robot < run->problem->robots; robot++) {
        uint32_t goal = run->wanted[robot], way = goal == BOARD_NONE ? 0 : run->ahead[robot];
        if (goal != run->goal[robot]) {
            run->goal[robot] = goal;
            run->since[robot] = run->steps;
            plenum_fleet_set_goal(run->fleet, robot, goal);
            leg_note(run, robot, run->at[robot], goal);
            run->way[robot] = way;
        }
        uint32_t next = goal == BOARD_NONE ? BOARD_NONE : board_goal(&run->board, robot, 1);
        plenum_fleet_set_next_goal(run->fleet, robot, next);
        plenum_fleet_set_priority(run->fleet, robot,
                                  goal == BOARD_NONE ? 0 : robot_priority(run, robot, way));
    }
}

/* Learns from this step; costs change from time to time, for that makes all fields anew. */
static void run_learn(struct run *run, const uint8_t *actions)
{
    uint32_t every = run->options.guide_every;
    if (every == 0) {
        return;
    }
    traffic_count(&run->traffic, run->fleet, run->problem->robots, actions);
    if (run->plans % every == 0 &&
        (run->options.guide_until == 0 || run->steps <= run->options.guide_until)) {
        traffic_guide(&run->traffic, run->fleet);
    }
}

static void run_visit(struct run *run)
{
    for (uint32_t robot = 0; robot < run->problem->robots; robot++) {
        uint32_t cell = run->problem->action_ticks == 0 ? plenum_fleet_pose(run->fleet, robot, NULL)
                                                        : execute_place(&run->execute, robot);
        if (cell != BOARD_NONE && board_visit(&run->board, run->steps, robot, cell)) {
            run->goal[robot] = BOARD_NONE;
        }
    }
}

/* Sets the work of the next step by what this one's took. */
static void run_pace(struct run *run, uint64_t work, int64_t spent_ns)
{
    run->step_ns[run->steps++] = spent_ns;
    if (run->options.step_ms == 0) {
        return;
    }
    double wanted_ns = (double)run->options.step_ms * 1e6, spent = (double)spent_ns;
    run->steps_late += spent > wanted_ns;
    if (work == 0) {
        return;
    }
    double budget = (double)work * wanted_ns / (spent > 1000 ? spent : 1000);
    double before = run->budget > 0 ? (double)run->budget : budget / 4;
    run->budget = (uint64_t)(0.8 * before + 0.2 * budget) + 1;
}

/* Robots that have not begun what was planned are planned anew. One that still carries out an
 * action is where that will take it, and it gets no other, as one that is late. */
static void run_recall(struct run *run)
{
    if (run->problem->action_ticks == 0) {
        return;
    }
    execute_recall(&run->execute);
    for (uint32_t robot = 0; robot < run->problem->robots; robot++) {
        enum plenum_fleet_heading heading;
        uint32_t cell = execute_aim(&run->execute, robot, &heading);
        plenum_fleet_set_pose(run->fleet, robot, cell, heading);
        plenum_fleet_set_held(run->fleet, robot, execute_busy(&run->execute, robot));
    }
}

static void run_stage(struct run *run, uint8_t *actions)
{
    uint32_t robots = run->problem->robots;
    uint8_t *headings = memory_new(robots, 1);
    for (uint32_t robot = 0; robot < robots; robot++) {
        enum plenum_fleet_heading heading;
        run->at[robot] = plenum_fleet_pose(run->fleet, robot, &heading);
        headings[robot] = (uint8_t)heading;
    }
    execute_loosen(&run->execute, run->at, headings, actions);
    execute_stage(&run->execute, actions);
    free(headings);
}

/* Plans one action for every robot, and moves the fleet's robots to where those lead. */
static enum plenum_status run_plan(struct run *run, uint8_t *actions,
                                   struct plenum_fleet_report *report, struct plenum_error *error)
{
    run->step_start_ns = wall_now_ns(run->clock);
    run_recall(run);
    if (run->problem->deal == PROBLEM_CHOICE) {
        assign_step(&run->assign, run->steps);
    } else {
        board_deal(&run->board, run->steps);
    }
    run_tell(run);
    enum plenum_status status =
        plenum_fleet_step(run->fleet, run->plans++, run->budget, actions, report, error);
    if (status != PLENUM_OK) {
        return status;
    }
    plenum_fleet_count_causes(run->fleet, run->causes);
    run->steps_cut += report->cut;
    if (run->problem->action_ticks > 0) {
        run_stage(run, actions);
    }
    run_learn(run, actions);
    plenum_fleet_apply(run->fleet, actions);
    return PLENUM_OK;
}

/* One tick of execution, and before it, where an action's time has passed, a plan. */
static enum plenum_status run_tick(struct run *run, struct plenum_error *error)
{
    uint32_t robots = run->problem->robots;
    uint8_t *actions = run->actions + (size_t)run->steps * robots;
    struct plenum_fleet_report report = {0};
    int64_t start = wall_now_ns(run->clock);
    if (run->steps % run->problem->action_ticks == 0) {
        enum plenum_status status = run_plan(run, actions, &report, error);
        if (status != PLENUM_OK) {
            return status;
        }
    }
    execute_tick(&run->execute, run->options.fleet.seed, run->steps, actions);
    for (uint32_t robot = 0; robot < robots; robot++) {
        run->waits += actions[robot] == PLENUM_FLEET_WAIT;
        run->moves += actions[robot] != PLENUM_FLEET_WAIT;
    }
    run_pace(run, report.work, wall_now_ns(run->clock) - start);
    run_visit(run);
    return PLENUM_OK;
}

enum plenum_status run_step(struct run *run, struct plenum_error *error)
{
    if (run->problem->action_ticks > 0) {
        return run_tick(run, error);
    }
    uint8_t *actions = run->actions + (size_t)run->steps * run->problem->robots;
    struct plenum_fleet_report report;
    int64_t start = wall_now_ns(run->clock);
    enum plenum_status status = run_plan(run, actions, &report, error);
    if (status != PLENUM_OK) {
        return status;
    }
    run_pace(run, report.work, wall_now_ns(run->clock) - start);
    run->moves += report.moves;
    run->waits += report.waits;
    run_visit(run);
    return PLENUM_OK;
}
