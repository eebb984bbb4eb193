/* See execute.h. */
#include "fleet/execute.h"

#include "base/check.h"
#include "base/memory.h"
#include "base/random.h"

#include <stdlib.h>
#include <string.h>

enum { OPEN, ASKED, STAYS, GOES };

void execute_init(struct execute *execute, const struct problem *problem)
{
    size_t cells = (size_t)problem->width * problem->height;
    *execute = (struct execute){
        .problem = problem,
        .ticks = problem->action_ticks,
        .cell = memory_new(problem->robots, sizeof *execute->cell),
        .heading = memory_new(problem->robots, 1),
        .staged = memory_new(problem->robots, 1),
        .progress = memory_new(problem->robots, sizeof *execute->progress),
        .delay = memory_new(problem->robots, sizeof *execute->delay),
        .queue = memory_new(cells, sizeof *execute->queue),
        .visits = memory_new(2 * (size_t)problem->robots, sizeof *execute->visits),
        .state = memory_new(problem->robots, 1),
        .chain = memory_new(problem->robots, sizeof *execute->chain),
    };
    memset(execute->queue, 0xff, cells * sizeof *execute->queue);
    for (uint32_t robot = 0; robot < problem->robots; robot++) {
        uint32_t cell = execute->cell[robot] = problem->start[robot];
        execute->visits[2 * robot] = (struct execute_visit){robot, EXECUTE_NONE};
        execute->queue[cell][0] = execute->queue[cell][1] = 2 * robot;
    }
}

void execute_finish(struct execute *execute)
{
    free(execute->cell);
    free(execute->heading);
    free(execute->staged);
    free(execute->progress);
    free(execute->delay);
    free(execute->queue);
    free(execute->visits);
    free(execute->state);
    free(execute->chain);
    *execute = (struct execute){0};
}

static uint32_t cell_ahead(const struct execute *execute, uint32_t cell, uint8_t heading)
{
    return plenum_fleet_cell_after(execute->problem->width, cell,
                                   (enum plenum_fleet_heading)heading, PLENUM_FLEET_FORWARD);
}

/* The robot in the cell that this one moves to, or EXECUTE_NONE. */
static uint32_t robot_ahead(const struct execute *execute, const uint32_t *here,
                            const uint32_t *cells, const uint8_t *headings, const uint8_t *actions,
                            uint32_t robot)
{
    return actions[robot] == PLENUM_FLEET_FORWARD
               ? here[cell_ahead(execute, cells[robot], headings[robot])]
               : EXECUTE_NONE;
}

void execute_loosen(const struct execute *execute, const uint32_t *cells, const uint8_t *headings,
                    uint8_t *actions)
{
    const struct problem *problem = execute->problem;
    size_t floor = (size_t)problem->width * problem->height;
    uint32_t *here = memory_new(floor, sizeof *here);
    memset(here, 0xff, floor * sizeof *here);
    memset(execute->state, OPEN, problem->robots);
    for (uint32_t robot = 0; robot < problem->robots; robot++) {
        here[cells[robot]] = robot;
    }
    for (uint32_t first = 0; first < problem->robots; first++) {
        uint32_t length = 0, robot = first;
        while (robot != EXECUTE_NONE && execute->state[robot] == OPEN) {
            execute->state[robot] = ASKED;
            execute->chain[length++] = robot;
            robot = robot_ahead(execute, here, cells, headings, actions, robot);
        }
        /* Who comes back to the chain closes a circle: nobody in the chain moves. */
        bool goes = robot == EXECUTE_NONE || execute->state[robot] == GOES;
        while (length-- > 0) {
            uint32_t member = execute->chain[length];
            if (actions[member] == PLENUM_FLEET_FORWARD && !goes) {
                actions[member] = PLENUM_FLEET_WAIT;
            }
            goes = actions[member] == PLENUM_FLEET_FORWARD;
            execute->state[member] = goes ? GOES : STAYS;
        }
    }
    free(here);
}

static bool robot_acts(const struct execute *execute, uint32_t robot)
{
    return execute->staged[robot] != PLENUM_FLEET_WAIT;
}

bool execute_busy(const struct execute *execute, uint32_t robot)
{
    return robot_acts(execute, robot) || execute->delay[robot] > 0;
}

/* A robot that has not begun to move is the last that is to come to that cell: while it has its
 * action, no plan leads another there. */
static void robot_recall(struct execute *execute, uint32_t robot)
{
    bool forward = execute->staged[robot] == PLENUM_FLEET_FORWARD;
    execute->staged[robot] = PLENUM_FLEET_WAIT;
    if (!forward) {
        return;
    }
    uint32_t *queue =
        execute->queue[cell_ahead(execute, execute->cell[robot], execute->heading[robot])];
    uint32_t last = queue[1];
    CHECK(execute->visits[last].robot == robot);
    if (queue[0] == last) {
        queue[0] = queue[1] = EXECUTE_NONE;
        return;
    }
    CHECK(execute->visits[queue[0]].next == last);
    queue[1] = queue[0];
    execute->visits[queue[1]].next = EXECUTE_NONE;
}

void execute_recall(struct execute *execute)
{
    for (uint32_t robot = 0; robot < execute->problem->robots; robot++) {
        if (robot_acts(execute, robot) && execute->progress[robot] == 0) {
            robot_recall(execute, robot);
        }
    }
}

uint32_t execute_aim(const struct execute *execute, uint32_t robot,
                     enum plenum_fleet_heading *heading)
{
    *heading = (enum plenum_fleet_heading)execute->heading[robot];
    if (execute->staged[robot] == PLENUM_FLEET_FORWARD) {
        return cell_ahead(execute, execute->cell[robot], execute->heading[robot]);
    }
    *heading =
        plenum_fleet_heading_after(*heading, (enum plenum_fleet_action)execute->staged[robot]);
    return execute->cell[robot];
}

uint32_t execute_place(const struct execute *execute, uint32_t robot)
{
    bool between = execute->staged[robot] == PLENUM_FLEET_FORWARD && execute->progress[robot] > 0;
    return between ? EXECUTE_NONE : execute->cell[robot];
}

void execute_stage(struct execute *execute, const uint8_t *actions)
{
    for (uint32_t robot = 0; robot < execute->problem->robots; robot++) {
        if (actions[robot] == PLENUM_FLEET_WAIT) {
            continue;
        }
        CHECK(!robot_acts(execute, robot));
        execute->staged[robot] = actions[robot];
        if (actions[robot] != PLENUM_FLEET_FORWARD) {
            continue;
        }
        uint32_t *queue =
            execute->queue[cell_ahead(execute, execute->cell[robot], execute->heading[robot])];
        /* The visit of the cell that the robot is in is the first of that queue. */
        uint32_t own = execute->queue[execute->cell[robot]][0];
        CHECK(own / 2 == robot);
        uint32_t visit = own ^ 1;
        execute->visits[visit] = (struct execute_visit){robot, EXECUTE_NONE};
        if (queue[0] == EXECUTE_NONE) {
            queue[0] = visit;
        } else {
            execute->visits[queue[1]].next = visit;
        }
        queue[1] = visit;
    }
}

/* A robot that moves on may be followed straight ahead: the robot it follows, EXECUTE_NONE when
 * the cell is its own, and the robot itself when it must wait. */
static uint32_t robot_follows(const struct execute *execute, uint32_t robot)
{
    uint32_t cell = cell_ahead(execute, execute->cell[robot], execute->heading[robot]);
    uint32_t first = execute->queue[cell][0];
    uint32_t ahead = execute->visits[first].robot, second = execute->visits[first].next;
    if (ahead == robot) {
        return EXECUTE_NONE;
    }
    bool next = second != EXECUTE_NONE && execute->visits[second].robot == robot;
    bool straight = execute->staged[ahead] == PLENUM_FLEET_FORWARD &&
                    execute->cell[ahead] == cell &&
                    execute->heading[ahead] == execute->heading[robot];
    return next && straight ? ahead : robot;
}

static bool robot_stays(const struct execute *execute, uint32_t robot)
{
    return execute->delay[robot] > 0 || !robot_acts(execute, robot);
}

/* Decides a robot and those ahead that it hangs on. */
static void robot_decide(struct execute *execute, uint32_t robot)
{
    uint32_t length = 0;
    bool goes = false;
    for (;;) {
        if (execute->state[robot] != OPEN || robot_stays(execute, robot)) {
            goes = execute->state[robot] == GOES;
            execute->state[robot] = goes ? GOES : STAYS;
            break;
        }
        execute->chain[length++] = robot;
        if (execute->staged[robot] != PLENUM_FLEET_FORWARD) {
            goes = true;
            break;
        }
        uint32_t ahead = robot_follows(execute, robot);
        if (ahead == EXECUTE_NONE || ahead == robot) {
            goes = ahead == EXECUTE_NONE;
            break;
        }
        robot = ahead;
    }
    uint32_t last = robot;
    while (length-- > 0) {
        uint32_t member = execute->chain[length];
        if (member != last) {
            /* Behind a robot that stays, what room is left may be used. */
            uint32_t before = execute->progress[last] + goes;
            goes = execute->progress[member] + 1 <= before;
        }
        execute->state[member] = goes ? GOES : STAYS;
        last = member;
    }
}

static void robot_arrive(struct execute *execute, uint32_t robot)
{
    uint8_t action = execute->staged[robot];
    execute->staged[robot] = PLENUM_FLEET_WAIT;
    execute->progress[robot] = 0;
    if (action == PLENUM_FLEET_FORWARD) {
        uint32_t *queue = execute->queue[execute->cell[robot]];
        CHECK(execute->visits[queue[0]].robot == robot);
        queue[0] = execute->visits[queue[0]].next;
        queue[1] = queue[0] == EXECUTE_NONE ? EXECUTE_NONE : queue[1];
        execute->cell[robot] = cell_ahead(execute, execute->cell[robot], execute->heading[robot]);
        return;
    }
    execute->heading[robot] = (uint8_t)plenum_fleet_heading_after(
        (enum plenum_fleet_heading)execute->heading[robot], (enum plenum_fleet_action)action);
}

/* Some of the robots that are not late begin to be. */
static void delays_draw(struct execute *execute, uint64_t seed, uint64_t tick)
{
    const struct problem_delay *delay = &execute->problem->delay;
    for (uint32_t robot = 0; robot < execute->problem->robots && delay->ppm > 0; robot++) {
        uint64_t bits = random_at(seed + delay->seed, 7, robot, tick);
        if (execute->delay[robot] > 0) {
            execute->delay[robot]--;
        }
        if (execute->delay[robot] > 0 || random_below_from(bits, 1000000) >= delay->ppm) {
            continue;
        }
        uint64_t span = delay->most - delay->least, more = 0;
        uint64_t lot = random_at(seed + delay->seed, 8, robot, tick);
        if (!delay->gaussian) {
            more = random_below_from(lot, span + 1);
        } else {
            /* Twelve parts of even lots: a bell around the mean, of a sixth of their span. */
            int64_t sum = 0;
            for (int i = 0; i < 12; i++) {
                sum += (int64_t)random_below_from(random_at(lot, 9, (uint64_t)i, 0), 1001) - 500;
            }
            int64_t value = (int64_t)span * delay->mean_milli / 1000 +
                            (int64_t)span * delay->deviation_milli * sum / 1000000;
            more = value < 0 ? 0 : (uint64_t)value > span ? span : (uint64_t)value;
        }
        execute->delay[robot] = delay->least + (uint32_t)more;
        execute->delays++;
    }
}

void execute_tick(struct execute *execute, uint64_t seed, uint64_t tick, uint8_t *actions)
{
    uint32_t robots = execute->problem->robots;
    delays_draw(execute, seed, tick);
    memset(execute->state, OPEN, robots);
    for (uint32_t robot = 0; robot < robots; robot++) {
        if (execute->state[robot] == OPEN) {
            robot_decide(execute, robot);
        }
    }
    for (uint32_t robot = 0; robot < robots; robot++) {
        bool goes = execute->state[robot] == GOES;
        actions[robot] = goes ? execute->staged[robot] : PLENUM_FLEET_WAIT;
        execute->progress[robot] += goes;
    }
    for (uint32_t robot = 0; robot < robots; robot++) {
        if (execute->progress[robot] == execute->ticks) {
            robot_arrive(execute, robot);
        }
    }
}
