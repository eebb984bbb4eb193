/* See mass.h. */
#include "fleet/mass.h"

#include "base/check.h"
#include "base/memory.h"
#include "base/random.h"

#include <stdlib.h>
#include <string.h>

enum { AHEAD_ROBOT = 32, AHEAD_CELLS = 16 };

#if defined(__GNUC__)
#define FETCH_AHEAD(address) __builtin_prefetch(address)
#else
#define FETCH_AHEAD(address) ((void)(address))
#endif

static const uint32_t place_step[] = {1, 1u << 16, UINT32_MAX, 0u - (1u << 16), 0};

static uint32_t rim_width(const struct grid *grid)
{
    return grid->width + 2;
}

static size_t rim_cells(const struct grid *grid)
{
    return (size_t)rim_width(grid) * (grid->height + 2);
}

static uint32_t cell_of_place(const struct mass *mass, uint32_t place)
{
    return ((place >> 16) + 1) * rim_width(mass->grid) + (place & 0xffff) + 1;
}

void mass_init(struct mass *mass, const struct grid *grid, const struct streets *streets,
               struct crowd *crowd)
{
    uint32_t width = rim_width(grid);
    *mass = (struct mass){
        .grid = grid,
        .streets = streets,
        .crowd = crowd,
        .robots = memory_new(crowd->robots, sizeof *mass->robots),
        .cells = memory_new(rim_cells(grid), sizeof *mass->cells),
        .frames = memory_new(crowd->robots, sizeof *mass->frames),
        .offset = {1, width, UINT32_MAX, 0u - width, 0},
    };
    for (size_t cell = 0; cell < rim_cells(grid); cell++) {
        mass->cells[cell] = (struct mass_cell){GRID_NONE, MASS_WALL};
    }
    for (uint32_t node = 0; node < grid->nodes; node++) {
        mass->cells[cell_of_place(mass, streets->place[node])].there = GRID_NONE;
    }
}

void mass_finish(struct mass *mass)
{
    free(mass->robots);
    free(mass->cells);
    free(mass->frames);
    *mass = (struct mass){0};
}

size_t mass_bytes(const struct mass *mass)
{
    return mass->crowd->robots * (sizeof *mass->robots + sizeof *mass->frames) +
           rim_cells(mass->grid) * sizeof *mass->cells;
}

static uint32_t robot_steps(const struct mass *mass, const struct mass_robot *robot, uint32_t place)
{
    if (robot->goal == GRID_NONE) {
        return place != robot->place;
    }
    return streets_distance_places(mass->streets, place, robot->goal);
}

/* As in pibt.c: a held robot stands on every way on, but not in the goal itself. */
static bool robot_is_shut_in(const struct mass *mass, const struct mass_robot *robot)
{
    const struct crowd *crowd = mass->crowd;
    uint32_t here_steps = robot_steps(mass, robot, robot->place);
    bool shut = false;
    for (int way = 0; way < GRID_HEADINGS && crowd->held_count > 0; way++) {
        const struct mass_cell *cell = &mass->cells[robot->at + mass->offset[way]];
        uint32_t place = robot->place + place_step[way];
        if (cell->there == MASS_WALL || robot_steps(mass, robot, place) >= here_steps) {
            continue;
        }
        shut = cell->here != GRID_NONE && crowd->held[cell->here] && place != robot->goal;
        if (!shut) {
            return false;
        }
    }
    return shut;
}

/* As frame_rank in pibt.c. */
static void frame_open(const struct mass *mass, struct mass_frame *frame, uint32_t number)
{
    const struct mass_robot *robot = &mass->robots[number];
    uint64_t chance = random_at(mass->seed, 0, number, 0);
    uint64_t keys[GRID_HEADINGS + 1];
    uint32_t stay = robot_is_shut_in(mass, robot) ? 2 : 0;
    frame->robot = number;
    frame->count = frame->tried = 0;
    for (int way = 0; way <= GRID_HEADINGS; way++) {
        const struct mass_cell *cell = &mass->cells[robot->at + mass->offset[way]];
        if (cell->there == MASS_WALL) {
            continue;
        }
        bool taken = way < GRID_HEADINGS && cell->here != GRID_NONE;
        uint64_t steps = robot_steps(mass, robot, robot->place + place_step[way]);
        steps += way == GRID_HEADINGS ? stay : 0;
        uint64_t key = steps << 32 | (uint64_t)taken << 16 | (chance >> (8 * way) & 0xff);
        int rank = frame->count++;
        for (; rank > 0 && keys[rank - 1] > key; rank--) {
            keys[rank] = keys[rank - 1];
            frame->choice[rank] = frame->choice[rank - 1];
        }
        keys[rank] = key;
        frame->choice[rank] = (uint8_t)way;
    }
}

static void robot_take(struct mass *mass, uint32_t number, uint32_t cell)
{
    mass->robots[number].to = cell;
    mass->cells[cell].there = number;
}

/* As frame_choose in pibt.c. */
static bool frame_choose(struct mass *mass, struct mass_frame *frame)
{
    const struct mass_robot *robot = &mass->robots[frame->robot];
    while (frame->tried < frame->count) {
        uint32_t to = robot->at + mass->offset[frame->choice[frame->tried++]];
        const struct mass_cell *cell = &mass->cells[to];
        uint32_t other = cell->here;
        mass->work++;
        if (cell->there != GRID_NONE) {
            other = cell->there;
        } else if (other == GRID_NONE || other == frame->robot ||
                   mass->robots[other].to != robot->at) {
            robot_take(mass, frame->robot, to);
            return true;
        }
        uint32_t *blocker = &mass->crowd->blocker[frame->robot];
        *blocker = *blocker == GRID_NONE ? other : *blocker;
    }
    return false;
}

static void robot_decide(struct mass *mass, uint32_t number)
{
    uint32_t depth = 0;
    frame_open(mass, &mass->frames[depth++], number);
    while (depth > 0) {
        struct mass_frame *frame = &mass->frames[depth - 1];
        bool cut = mass->budget != 0 && mass->work >= mass->budget;
        if (cut || !frame_choose(mass, frame)) {
            robot_take(mass, frame->robot, mass->robots[frame->robot].at);
            depth--;
            continue;
        }
        uint32_t other = mass->cells[mass->robots[frame->robot].to].here;
        if (other == GRID_NONE || mass->robots[other].to != 0) {
            return;
        }
        CHECK(depth < mass->crowd->robots);
        frame_open(mass, &mass->frames[depth++], other);
    }
}

static void mass_end(struct mass *mass, uint32_t robots)
{
    for (uint32_t number = 0; number < robots; number++) {
        const struct mass_robot *robot = &mass->robots[number];
        if (robot->at != 0) {
            mass->cells[robot->at].here = GRID_NONE;
            mass->cells[robot->at].there = GRID_NONE;
            mass->cells[robot->to != 0 ? robot->to : robot->at].there = GRID_NONE;
        }
    }
}

static enum plenum_status mass_begin(struct mass *mass, struct plenum_error *error)
{
    struct crowd *crowd = mass->crowd;
    const uint32_t *place = mass->streets->place;
    crowd->held_count = 0;
    memset(crowd->blocker, 0xff, crowd->robots * sizeof *crowd->blocker);
    for (uint32_t number = 0; number < crowd->robots; number++) {
        uint32_t at = crowd->at[number], goal = crowd->goal[number];
        struct mass_robot *robot = &mass->robots[number];
        *robot = (struct mass_robot){.goal = goal == GRID_NONE ? GRID_NONE : place[goal]};
        if (at == GRID_NONE) {
            continue;
        }
        robot->place = place[at];
        struct mass_cell *cell = &mass->cells[cell_of_place(mass, place[at])];
        if (cell->here != GRID_NONE) {
            uint32_t other = cell->here;
            mass_end(mass, number);
            return plenum_fail(error, PLENUM_INPUT,
                               "robot %u stands in cell %u, where robot %u stands already", number,
                               mass->grid->cell_of_node[at], other);
        }
        robot->at = cell_of_place(mass, place[at]);
        cell->here = number;
        if (crowd->held[number]) {
            robot_take(mass, number, robot->at);
            crowd->held_count++;
        }
    }
    return PLENUM_OK;
}

static void mass_fetch(const struct mass *mass, uint32_t turn)
{
    const struct crowd *crowd = mass->crowd;
    if (turn + AHEAD_ROBOT < crowd->robots) {
        FETCH_AHEAD(&mass->robots[crowd->order[turn + AHEAD_ROBOT]]);
    }
    if (turn + AHEAD_CELLS < crowd->robots) {
        uint32_t at = mass->robots[crowd->order[turn + AHEAD_CELLS]].at;
        if (at != 0) {
            FETCH_AHEAD(&mass->cells[at]);
            FETCH_AHEAD(&mass->cells[at + mass->offset[PLENUM_FLEET_FACING_SOUTH]]);
            FETCH_AHEAD(&mass->cells[at + mass->offset[PLENUM_FLEET_FACING_NORTH]]);
        }
    }
}

static void mass_write(const struct mass *mass, uint8_t *actions)
{
    for (uint32_t number = 0; number < mass->crowd->robots; number++) {
        const struct mass_robot *robot = &mass->robots[number];
        uint8_t action = PLENUM_FLEET_WAIT;
        for (uint8_t way = 0; way < GRID_HEADINGS && robot->at != 0; way++) {
            if (robot->to == robot->at + mass->offset[way]) {
                action = (uint8_t)(PLENUM_FLEET_EAST + way);
            }
        }
        actions[number] = action;
    }
}

enum plenum_status mass_step(struct mass *mass, uint64_t seed, uint64_t budget, uint8_t *actions,
                             bool *cut, struct plenum_error *error)
{
    const struct crowd *crowd = mass->crowd;
    enum plenum_status status = mass_begin(mass, error);
    if (status != PLENUM_OK) {
        return status;
    }
    mass->seed = seed;
    mass->budget = budget;
    mass->work = 0;
    for (uint32_t turn = 0; turn < crowd->robots; turn++) {
        mass_fetch(mass, turn);
        uint32_t number = crowd->order[turn];
        if (mass->robots[number].at != 0 && mass->robots[number].to == 0) {
            robot_decide(mass, number);
        }
    }
    *cut = budget != 0 && mass->work >= budget;
    mass_write(mass, actions);
    mass_end(mass, crowd->robots);
    return PLENUM_OK;
}
