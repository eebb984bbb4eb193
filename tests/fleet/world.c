/* See world.h. */
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

void world_parse(struct world *world, const char *const *rows, uint32_t count)
{
    *world = (struct world){.width = (uint32_t)strlen(rows[0]), .height = count};
    assert_true(world->width * count <= WORLD_CELLS);
    for (uint32_t cell = 0; cell < world->width * count; cell++) {
        world->walls[cell] = rows[cell / world->width][cell % world->width] == '@';
    }
}

/* The cell one ahead, or PLENUM_FLEET_NOWHERE at the rim. */
static uint32_t cell_beside(const struct world *world, uint32_t cell, int heading)
{
    int column = (int)(cell % world->width), row = (int)(cell / world->width);
    static const int right[] = {1, 0, -1, 0}, down[] = {0, 1, 0, -1};
    column += right[heading];
    row += down[heading];
    if (column < 0 || row < 0 || column >= (int)world->width || row >= (int)world->height) {
        return PLENUM_FLEET_NOWHERE;
    }
    return (uint32_t)row * world->width + (uint32_t)column;
}

static bool cell_free(const struct world *world, uint32_t cell)
{
    return cell != PLENUM_FLEET_NOWHERE && !world->walls[cell];
}

/* Free cells reached from the first one that is neither `without` nor over the pair's edge. */
static uint32_t world_reach(const struct world *world, const uint32_t pair[2], uint8_t *seen)
{
    uint32_t queue[WORLD_CELLS], head = 0, tail = 0;
    memset(seen, 0, WORLD_CELLS);
    uint32_t first = 0;
    while (first < world->width * world->height && world->walls[first]) {
        first++;
    }
    if (first == world->width * world->height) {
        return 0;
    }
    queue[tail++] = first;
    seen[first] = 1;
    while (head < tail) {
        uint32_t cell = queue[head++];
        for (int heading = 0; heading < 4; heading++) {
            uint32_t beside = cell_beside(world, cell, heading);
            bool cut = pair != NULL && ((cell == pair[0] && beside == pair[1]) ||
                                        (cell == pair[1] && beside == pair[0]));
            if (!cut && cell_free(world, beside) && !seen[beside]) {
                seen[beside] = 1;
                queue[tail++] = beside;
            }
        }
    }
    return tail;
}

static void world_keep_connected(struct world *world)
{
    uint8_t seen[WORLD_CELLS];
    world_reach(world, NULL, seen);
    for (uint32_t cell = 0; cell < world->width * world->height; cell++) {
        world->walls[cell] |= !seen[cell];
    }
}

void world_random(struct world *world, struct random *random, uint32_t wall_ppm)
{
    *world = (struct world){
        .width = (uint32_t)random_between(random, 2, 20),
        .height = (uint32_t)random_between(random, 2, 20),
    };
    for (uint32_t cell = 0; cell < world->width * world->height; cell++) {
        world->walls[cell] = random_chance_ppm(random, wall_ppm) != 0;
    }
    world_keep_connected(world);
}

uint32_t world_free(const struct world *world)
{
    uint32_t count = 0;
    for (uint32_t cell = 0; cell < world->width * world->height; cell++) {
        count += !world->walls[cell];
    }
    return count;
}

/* A bridge is an edge whose loss parts the floor. */
static bool world_cut_bridge(struct world *world)
{
    uint8_t seen[WORLD_CELLS];
    uint32_t whole = world_free(world);
    for (uint32_t cell = 0; cell < world->width * world->height; cell++) {
        for (int heading = 0; heading < 2 && !world->walls[cell]; heading++) {
            uint32_t pair[2] = {cell, cell_beside(world, cell, heading)};
            if (!cell_free(world, pair[1])) {
                continue;
            }
            uint32_t near = world_reach(world, pair, seen);
            if (near == whole) {
                continue;
            }
            for (uint32_t other = 0; other < world->width * world->height; other++) {
                world->walls[other] |= near > whole / 2 ? !seen[other] : seen[other];
            }
            return true;
        }
    }
    return false;
}

bool world_round_off(struct world *world)
{
    while (world_cut_bridge(world)) {
    }
    return world_free(world) >= 4;
}

uint32_t world_free_cell(const struct world *world, struct random *random)
{
    for (;;) {
        uint32_t cell = (uint32_t)random_below(random, world->width * world->height);
        if (!world->walls[cell]) {
            return cell;
        }
    }
}

static uint32_t world_robot_at(const struct world *world, uint32_t cell)
{
    uint32_t robot = 0;
    while (robot < world->robots && world->cell[robot] != cell) {
        robot++;
    }
    return robot;
}

void world_people(struct world *world, struct random *random, uint32_t robots)
{
    assert_true(robots <= WORLD_ROBOTS && robots <= world_free(world));
    for (world->robots = 0; world->robots < robots;) {
        uint32_t cell = world_free_cell(world, random);
        if (world_robot_at(world, cell) == world->robots) {
            world->cell[world->robots] = cell;
            world->goal[world->robots++] = world_free_cell(world, random);
        }
    }
}

struct plenum_fleet *world_fleet(const struct world *world, unsigned threads)
{
    struct plenum_fleet_map map = {world->width, world->height, world->walls};
    struct plenum_fleet_options options = plenum_fleet_options_default();
    options.threads = threads;
    options.field_bytes = 1 << 20;
    struct plenum_fleet *fleet;
    struct plenum_error error;
    assert_int_equal(plenum_fleet_create(&map, world->robots, &options, &fleet, &error), PLENUM_OK);
    world_tell(world, fleet);
    return fleet;
}

void world_tell(const struct world *world, struct plenum_fleet *fleet)
{
    for (uint32_t cell = 0; cell < world->width * world->height; cell++) {
        if (world->blocked[cell] == WORLD_CLOSING) {
            plenum_fleet_set_closing(fleet, cell);
        } else {
            plenum_fleet_set_blocked(fleet, cell, world->blocked[cell] == WORLD_BLOCKED);
        }
    }
    for (uint32_t robot = 0; robot < world->robots; robot++) {
        plenum_fleet_set_pose(fleet, robot, world->cell[robot],
                              (enum plenum_fleet_heading)world->heading[robot]);
        plenum_fleet_set_goal(fleet, robot, world->goal[robot]);
        plenum_fleet_set_priority(fleet, robot, world->waited[robot]);
        plenum_fleet_set_held(fleet, robot, world->held[robot]);
    }
}

void world_step(struct world *world, const uint8_t *actions)
{
    uint32_t to[WORLD_ROBOTS];
    for (uint32_t robot = 0; robot < world->robots; robot++) {
        to[robot] = world->cell[robot];
        if (actions[robot] == PLENUM_FLEET_WAIT) {
            continue;
        }
        assert_int_not_equal(world->cell[robot], PLENUM_FLEET_NOWHERE);
        assert_false(world->held[robot]);
        if (actions[robot] == PLENUM_FLEET_CLOCKWISE ||
            actions[robot] == PLENUM_FLEET_COUNTER_CLOCKWISE) {
            bool right = actions[robot] == PLENUM_FLEET_CLOCKWISE;
            world->heading[robot] = (uint8_t)((world->heading[robot] + (right ? 1 : 3)) % 4);
            continue;
        }
        int way = actions[robot] == PLENUM_FLEET_FORWARD ? world->heading[robot]
                                                         : actions[robot] - PLENUM_FLEET_EAST;
        assert_in_range(way, 0, 3);
        to[robot] = cell_beside(world, world->cell[robot], way);
        assert_true(cell_free(world, to[robot]));
        assert_true(world->blocked[to[robot]] == WORLD_OPEN ||
                    (world->blocked[to[robot]] == WORLD_CLOSING &&
                     world->blocked[world->cell[robot]] == WORLD_CLOSING));
    }
    for (uint32_t a = 0; a < world->robots; a++) {
        for (uint32_t b = a + 1; b < world->robots; b++) {
            assert_false(to[a] == to[b] && to[a] != PLENUM_FLEET_NOWHERE);
            assert_false(to[a] == world->cell[b] && to[b] == world->cell[a] && to[a] != to[b]);
        }
    }
    memcpy(world->cell, to, world->robots * sizeof *to);
}
