/* The turns of one tile's robots. See mass.h and pibt.h. */
#include "fleet/mass.h"

#include "base/check.h"
#include "base/random.h"
#include "fleet/lane.h"

struct frame {
    uint32_t slot;
    uint8_t count, tried;
    uint8_t choice[MASS_WAYS]; /* heading, or GRID_HEADINGS: stay */
};

/* A tile's planning. */
struct turn {
    struct mass *mass;
    struct mass_tile *tile;
    int32_t west, east, north, south; /* places within reach, both ends among them */
    struct frame frames[MASS_DEPTH];
};

static uint32_t robot_steps(const struct mass *mass, const struct mass_robot *robot, uint32_t place)
{
    if (robot->goal == GRID_NONE) {
        return place != robot->place;
    }
    return mass->atlas != NULL ? atlas_steps(mass->atlas, robot->number, place)
                               : streets_distance_places(mass->streets, place, robot->goal);
}

/* Habits of a floor without streets: even rows go east and even columns south, the others back. */
static bool is_against_habit(uint32_t place, int way)
{
    uint32_t row = place >> 16, column = place & 0xffff;
    return way % 2 == 0 ? (row & 1) != (way == PLENUM_FLEET_FACING_WEST)
                        : (column & 1) != (way == PLENUM_FLEET_FACING_NORTH);
}

static void robot_rate_by_atlas(const struct mass *mass, const struct mass_robot *robot,
                                uint32_t ways, uint32_t costs[MASS_WAYS])
{
    for (int way = 0; way < MASS_WAYS; way++) {
        if (!(ways >> way & 1)) {
            continue;
        }
        costs[way] = LANE_STEP * robot_steps(mass, robot, mass_place_after(robot->place, way));
        if (way < GRID_HEADINGS && is_against_habit(robot->place, way)) {
            costs[way] += LANE_STEP / 2;
        }
    }
}

/* As in pibt.c: a held robot stands on every way on, but not in the goal itself. */
static bool robot_is_shut_in(const struct mass *mass, const struct mass_robot *robot)
{
    uint32_t here_steps = robot_steps(mass, robot, robot->place);
    bool shut = false;
    for (int way = 0; way < GRID_HEADINGS; way++) {
        const struct mass_cell *cell = &mass->cells[robot->at + mass->offset[way]];
        uint32_t place = mass_place_after(robot->place, way);
        if (cell->there == MASS_WALL || robot_steps(mass, robot, place) >= here_steps) {
            continue;
        }
        shut = cell->here != GRID_NONE && mass->crowd->held[mass->robots[cell->here].number] &&
               place != robot->goal;
        if (!shut) {
            return false;
        }
    }
    return shut;
}

/* Quarters of a circle from one heading to the other. */
static uint32_t quarter_turns(uint8_t from, int to)
{
    static const uint8_t turns[GRID_HEADINGS] = {0, 1, 2, 1};
    return turns[(to - from) & (GRID_HEADINGS - 1)];
}

/* Staying is worse than every turn to come nearer, and better than going away. */
static void robot_rate_turns(const struct mass_robot *robot, uint32_t costs[MASS_WAYS])
{
    for (int way = 0; way < GRID_HEADINGS; way++) {
        costs[way] += MASS_TURN * quarter_turns(robot->heading, way);
    }
    if (robot->goal != GRID_NONE) {
        costs[GRID_HEADINGS] += 2 * MASS_TURN;
    }
}

static void robot_rate(const struct mass *mass, const struct mass_robot *robot, uint32_t ways,
                       uint32_t costs[MASS_WAYS])
{
    if (robot->goal == GRID_NONE) {
        for (int way = 0; way < MASS_WAYS; way++) {
            costs[way] = way != GRID_HEADINGS;
        }
        return;
    }
    if (mass->atlas != NULL) {
        robot_rate_by_atlas(mass, robot, ways, costs);
    } else {
        lanes_rate(&mass->lanes, robot->place, robot->goal, ways, costs);
    }
    if (mass->any_held && robot_is_shut_in(mass, robot)) {
        costs[GRID_HEADINGS] += 2 * LANE_STEP;
    }
}

/* Ranks the robot's ways: by cost, free cells first, then by chance. */
static void frame_open(const struct mass *mass, struct frame *frame, uint32_t slot)
{
    const struct mass_robot *robot = &mass->robots[slot];
    uint64_t chance = random_at(mass->seed, 0, robot->number, 0);
    uint64_t keys[MASS_WAYS];
    uint32_t costs[MASS_WAYS], ways = 0;
    for (int way = 0; way < MASS_WAYS; way++) {
        ways |= (uint32_t)(mass->cells[robot->at + mass->offset[way]].there != MASS_WALL) << way;
    }
    robot_rate(mass, robot, ways, costs);
    if (mass->stays != NULL) {
        robot_rate_turns(robot, costs);
    }
    frame->slot = slot;
    frame->count = frame->tried = 0;
    for (int way = 0; way < MASS_WAYS; way++) {
        const struct mass_cell *cell = &mass->cells[robot->at + mass->offset[way]];
        if (!(ways >> way & 1)) {
            continue;
        }
        bool taken = way < GRID_HEADINGS && cell->here != GRID_NONE;
        uint64_t key =
            (uint64_t)costs[way] << 32 | (uint64_t)taken << 16 | (chance >> (8 * way) & 0xff);
        int rank = frame->count++;
        for (; rank > 0 && keys[rank - 1] > key; rank--) {
            keys[rank] = keys[rank - 1];
            frame->choice[rank] = frame->choice[rank - 1];
        }
        keys[rank] = key;
        frame->choice[rank] = (uint8_t)way;
    }
}

/* Whether the robot may be asked to give way. */
static bool within_reach(const struct turn *turn, uint32_t slot)
{
    uint32_t place = turn->mass->robots[slot].place;
    int32_t x = (int32_t)(place & 0xffff), y = (int32_t)(place >> 16);
    return x >= turn->west && x <= turn->east && y >= turn->north && y <= turn->south;
}

/* Takes the next cell that nobody will be in, that no exchange of places leads to, and whose
 * robot, if it has one, may be asked to go. False: there is none. */
static bool frame_choose(struct turn *turn, struct frame *frame, bool deep)
{
    struct mass *mass = turn->mass;
    struct mass_robot *robot = &mass->robots[frame->slot];
    while (frame->tried < frame->count) {
        uint32_t to = robot->at + mass->offset[frame->choice[frame->tried++]];
        const struct mass_cell *cell = &mass->cells[to];
        uint32_t other = cell->here;
        turn->tile->work++;
        if (cell->there != GRID_NONE) {
            other = cell->there;
        } else if (other == GRID_NONE || other == frame->slot ||
                   (mass->robots[other].to == 0 ? !deep && within_reach(turn, other)
                                                : mass->robots[other].to != robot->at)) {
            mass_take(mass, frame->slot, to);
            return true;
        }
        robot->blocker = robot->blocker == GRID_NONE ? other : robot->blocker;
    }
    return false;
}

static void robot_decide(struct turn *turn, uint32_t slot)
{
    struct mass *mass = turn->mass;
    struct mass_tile *tile = turn->tile;
    uint32_t depth = 0;
    frame_open(mass, &turn->frames[depth++], slot);
    while (depth > 0) {
        struct frame *frame = &turn->frames[depth - 1];
        tile->cut = tile->cut || (tile->budget != 0 && tile->work >= tile->budget);
        if (tile->cut || !frame_choose(turn, frame, depth == MASS_DEPTH)) {
            mass_take(mass, frame->slot, mass->robots[frame->slot].at);
            depth--;
            continue;
        }
        uint32_t other = mass->cells[mass->robots[frame->slot].to].here;
        if (other == GRID_NONE || mass->robots[other].to != 0) {
            return;
        }
        CHECK(depth < MASS_DEPTH);
        frame_open(mass, &turn->frames[depth++], other);
    }
}

void mass_take_turns(struct mass *mass, uint32_t number)
{
    struct mass_tile *tile = &mass->tiles[number];
    int32_t west = (int32_t)(number % mass->tiles_across * MASS_TILE) - (int32_t)mass->shift_x;
    int32_t north = (int32_t)(number / mass->tiles_across * MASS_TILE) - (int32_t)mass->shift_y;
    struct turn turn;
    turn.mass = mass;
    turn.tile = tile;
    turn.west = west - MASS_REACH;
    turn.east = west + MASS_TILE - 1 + MASS_REACH;
    turn.north = north - MASS_REACH;
    turn.south = north + MASS_TILE - 1 + MASS_REACH;
    for (uint32_t i = tile->first; i < tile[1].first; i++) {
        if (mass->robots[mass->turns[i]].to == 0) {
            robot_decide(&turn, mass->turns[i]);
        }
    }
}

/* --- robots that turn ------------------------------------------------------------------------- */

/* The way that was decided; GRID_HEADINGS: it stays. */
static int way_decided(const struct mass *mass, const struct mass_robot *robot)
{
    for (int way = 0; way < GRID_HEADINGS; way++) {
        if (robot->to == robot->at + mass->offset[way]) {
            return way;
        }
    }
    return GRID_HEADINGS;
}

/* The robot stays, so who was to come into its cell stays, and so on. Who is marked already has
 * been followed, or is being followed by another thread. */
static void mark_waiting(struct mass *mass, uint32_t slot)
{
    while (!atomic_exchange_explicit(&mass->stays[slot], 1, memory_order_relaxed)) {
        uint32_t follower = mass->cells[mass->robots[slot].at].there;
        if (follower == GRID_NONE) {
            return;
        }
        slot = follower;
    }
}

void mass_settle(struct mass *mass, uint32_t number)
{
    const struct mass_tile *tile = &mass->tiles[number];
    for (uint32_t slot = tile->first; slot < tile[1].first; slot++) {
        const struct mass_robot *robot = &mass->robots[slot];
        if (way_decided(mass, robot) != robot->heading) {
            mark_waiting(mass, slot);
        }
    }
}

uint8_t mass_action(const struct mass *mass, uint32_t slot)
{
    const struct mass_robot *robot = &mass->robots[slot];
    int way = way_decided(mass, robot);
    if (way == GRID_HEADINGS) {
        return PLENUM_FLEET_WAIT;
    }
    if (mass->stays == NULL) {
        return (uint8_t)(PLENUM_FLEET_EAST + way);
    }
    if (way != robot->heading) {
        bool left = ((way - robot->heading) & (GRID_HEADINGS - 1)) == GRID_HEADINGS - 1;
        return left ? PLENUM_FLEET_COUNTER_CLOCKWISE : PLENUM_FLEET_CLOCKWISE;
    }
    bool stays = atomic_load_explicit(&mass->stays[slot], memory_order_relaxed);
    return stays ? PLENUM_FLEET_WAIT : PLENUM_FLEET_FORWARD;
}
