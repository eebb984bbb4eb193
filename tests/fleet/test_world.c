/* Properties of steps in many small random worlds, judged by the referee in world.c. */
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { SEEDS = 150 };

static void step(struct world *world, struct plenum_fleet *fleet, uint64_t tick, uint64_t budget)
{
    uint8_t actions[WORLD_ROBOTS];
    struct plenum_error error;
    assert_int_equal(plenum_fleet_step(fleet, tick, budget, actions, NULL, &error), PLENUM_OK);
    world_step(world, actions);
}

/* Anything may change between steps: goals, priorities, held robots, blocked cells, robots that
 * leave the floor. */
static void world_shake(struct world *world, struct random *random)
{
    uint32_t cell = world_free_cell(world, random);
    world->blocked[cell] = (uint8_t)((world->blocked[cell] + 1 + random_below(random, 2)) % 3);
    uint32_t robot = (uint32_t)random_below(random, world->robots);
    world->held[robot] = !world->held[robot];
    robot = (uint32_t)random_below(random, world->robots);
    world->goal[robot] =
        random_chance_ppm(random, 300000) ? PLENUM_FLEET_NOWHERE : world_free_cell(world, random);
    robot = (uint32_t)random_below(random, world->robots);
    world->waited[robot] = (uint32_t)random_below(random, 100);
    robot = (uint32_t)random_below(random, world->robots);
    if (random_chance_ppm(random, 100000)) {
        world->cell[robot] = PLENUM_FLEET_NOWHERE;
    }
}

static uint32_t some_robots(const struct world *world, struct random *random)
{
    uint32_t most = world_free(world) < WORLD_ROBOTS ? world_free(world) : WORLD_ROBOTS;
    return (uint32_t)random_between(random, 1, most);
}

static void test_no_rule_is_ever_broken(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct random random;
        random_init(&random, seed);
        struct world world;
        world_random(&world, &random, (uint32_t)random_below(&random, 400000));
        world_people(&world, &random, some_robots(&world, &random));
        struct plenum_fleet *fleet = world_fleet(&world, 1);
        for (uint64_t tick = 0; tick < 40; tick++) {
            world_shake(&world, &random);
            world_tell(&world, fleet);
            step(&world, fleet, tick, random_below(&random, 3) * world.robots);
        }
        plenum_fleet_destroy(fleet);
    }
}

static void test_a_fleet_made_anew_says_the_same(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct random random;
        random_init(&random, 1000 + seed);
        struct world world;
        world_random(&world, &random, 200000);
        world_people(&world, &random, some_robots(&world, &random));
        struct plenum_fleet *lived = world_fleet(&world, 1);
        for (uint64_t tick = 0; tick < 20; tick++) {
            world_shake(&world, &random);
            world_tell(&world, lived);
            struct plenum_fleet *anew = world_fleet(&world, 1 + (unsigned)(tick % 3));
            uint8_t first[WORLD_ROBOTS], second[WORLD_ROBOTS];
            struct plenum_fleet_report one, other;
            assert_int_equal(plenum_fleet_step(lived, tick, 0, first, &one, NULL), PLENUM_OK);
            assert_int_equal(plenum_fleet_step(anew, tick, 0, second, &other, NULL), PLENUM_OK);
            assert_memory_equal(first, second, world.robots);
            assert_int_equal(one.work, other.work);
            world_step(&world, first);
            plenum_fleet_destroy(anew);
        }
        plenum_fleet_destroy(lived);
    }
}

/* Goals as errands: who arrives gets a new one. Returns the steps until everybody arrived
 * `rounds` times, or limit. */
static uint32_t run_errands(struct world *world, struct random *random, uint32_t rounds,
                            uint32_t limit)
{
    uint32_t done[WORLD_ROBOTS] = {0}, tick = 0;
    struct plenum_fleet *fleet = world_fleet(world, 1);
    for (bool open = true; open && tick < limit; tick++) {
        open = false;
        for (uint32_t robot = 0; robot < world->robots; robot++) {
            world->waited[robot]++;
            if (world->cell[robot] == world->goal[robot]) {
                done[robot]++;
                world->waited[robot] = 0;
                world->goal[robot] = world_free_cell(world, random);
            }
            open |= done[robot] < rounds;
        }
        world_tell(world, fleet);
        step(world, fleet, tick, 0);
    }
    plenum_fleet_destroy(fleet);
    return tick;
}

static struct plenum_fleet *window_fleet(const struct world *world, bool turning, bool remember)
{
    struct plenum_fleet_map map = {world->width, world->height, world->walls};
    struct plenum_fleet_options options = plenum_fleet_options_default();
    options.method = PLENUM_FLEET_WINDOW;
    options.motion = turning ? PLENUM_FLEET_TURNING : PLENUM_FLEET_SLIDING;
    options.window_steps = turning ? 4 : 3;
    options.improve = 3;
    options.remember = remember;
    options.field_bytes = 4 << 20;
    struct plenum_fleet *fleet;
    assert_int_equal(plenum_fleet_create(&map, world->robots, &options, &fleet, NULL), PLENUM_OK);
    return fleet;
}

/* All four kinds of window; those that do not remember say the same when made anew. */
static void test_windows_break_no_rule(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        bool turning = seed % 2 == 0, remember = seed % 4 < 2;
        struct random random;
        random_init(&random, 3000 + seed);
        struct world world;
        world_random(&world, &random, 200000);
        world_people(&world, &random, some_robots(&world, &random));
        struct plenum_fleet *fleet = window_fleet(&world, turning, remember);
        for (uint64_t tick = 0; tick < 20; tick++) {
            if (!remember || tick % 5 == 0) {
                world_shake(&world, &random);
            }
            world_tell(&world, fleet);
            uint8_t actions[WORLD_ROBOTS], again[WORLD_ROBOTS];
            assert_int_equal(plenum_fleet_step(fleet, tick, 0, actions, NULL, NULL), PLENUM_OK);
            if (!remember) {
                struct plenum_fleet *anew = window_fleet(&world, turning, false);
                world_tell(&world, anew);
                assert_int_equal(plenum_fleet_step(anew, tick, 0, again, NULL, NULL), PLENUM_OK);
                assert_memory_equal(actions, again, world.robots);
                plenum_fleet_destroy(anew);
            }
            world_step(&world, actions);
        }
        plenum_fleet_destroy(fleet);
    }
}

/* Racks and aisles, or no walls at all, in some size. */
static void world_of_streets(struct world *world, struct random *random)
{
    *world = (struct world){
        .width = (uint32_t)random_between(random, 3, 20),
        .height = (uint32_t)random_between(random, 3, 20),
    };
    uint32_t rows = (uint32_t)random_between(random, 2, 4);
    uint32_t columns = (uint32_t)random_between(random, 2, 6);
    uint32_t width = (uint32_t)random_between(random, 1, 2);
    bool walls = random_chance_ppm(random, 800000) != 0;
    for (uint32_t cell = 0; cell < world->width * world->height; cell++) {
        uint32_t row = cell / world->width, column = cell % world->width;
        world->walls[cell] = walls && row % rows != 0 && column % columns >= width;
    }
}

static struct plenum_fleet *small_memory_fleet(const struct world *world)
{
    struct plenum_fleet_map map = {world->width, world->height, world->walls};
    struct plenum_fleet_options options = plenum_fleet_options_default();
    options.field_bytes = 1;
    struct plenum_fleet *fleet;
    assert_int_equal(plenum_fleet_create(&map, world->robots, &options, &fleet, NULL), PLENUM_OK);
    world_tell(world, fleet);
    return fleet;
}

/* Where memory is short, distances come from streets: the same as from tables. On floors without
 * bridges the planner for very many robots decides, by the same rules. */
static void test_streets_are_as_far_as_fields(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct random random;
        random_init(&random, 4000 + seed);
        struct world world;
        world_of_streets(&world, &random);
        world_people(&world, &random, some_robots(&world, &random));
        struct plenum_fleet *tables = world_fleet(&world, 1);
        struct plenum_fleet *streets = small_memory_fleet(&world);
        for (uint64_t tick = 0; tick < 15; tick++) {
            world_shake(&world, &random);
            memset(world.blocked, 0, sizeof world.blocked);
            world_tell(&world, tables);
            world_tell(&world, streets);
            for (uint32_t pair = 0; tick == 0 && pair < WORLD_CELLS * WORLD_CELLS; pair++) {
                uint32_t from = pair / WORLD_CELLS, to = pair % WORLD_CELLS;
                uint32_t cells = world.width * world.height;
                if (from >= cells || to >= cells || world.walls[from] || world.walls[to]) {
                    continue;
                }
                assert_int_equal(plenum_fleet_distance(tables, from, to),
                                 plenum_fleet_distance(streets, from, to));
            }
            uint8_t first[WORLD_ROBOTS], second[WORLD_ROBOTS];
            struct plenum_fleet_report one, other;
            assert_int_equal(plenum_fleet_step(tables, tick, 0, first, &one, NULL), PLENUM_OK);
            assert_int_equal(plenum_fleet_step(streets, tick, 0, second, &other, NULL), PLENUM_OK);
            assert_int_equal(one.moves + one.waits, other.moves + other.waits);
            assert_int_equal(one.arrived, other.arrived);
            struct world copy = world;
            world_step(&copy, second);
            world_step(&world, first);
        }
        plenum_fleet_destroy(tables);
        plenum_fleet_destroy(streets);
    }
}

static void test_everybody_arrives_where_every_edge_is_on_a_circle(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        struct random random;
        random_init(&random, 2000 + seed);
        struct world world;
        world_random(&world, &random, (uint32_t)random_below(&random, 300000));
        if (!world_round_off(&world)) {
            continue;
        }
        uint32_t most = world_free(&world) - 1;
        most = most < WORLD_ROBOTS ? most : WORLD_ROBOTS;
        world_people(&world, &random, (uint32_t)random_between(&random, 1, most));
        uint32_t ticks = run_errands(&world, &random, 3, 30000);
        if (ticks == 30000) {
            fail_msg("seed %d: somebody has not arrived", (int)seed);
        }
    }
}

struct narrow {
    const char *name;
    const char *rows[8];
    uint32_t robots;
    uint32_t cells[4], goals[4];
};

/* Floors with corridors and dead ends where robots must exchange places. */
static const struct narrow narrows[] = {
    {"a corridor with one bay", {"@@.@@", "....."}, 2, {5, 9}, {9, 5}},
    {"a corridor with its bay at the end", {".@@@@", ".....", ".@@@@"}, 2, {5, 9}, {9, 5}},
    {"a tree", {"@.@", "...", "@.@"}, 3, {1, 3, 5}, {5, 7, 3}},
    {"a tunnel between two rooms", {"..@@..", "......", "..@@.."}, 4, {0, 1, 4, 5}, {5, 4, 1, 0}},
    {"a parked robot in a dead end", {"@@.@@", "....."}, 2, {5, 7}, {9, 7}},
    {"a loop with a chain", {"....@@@@", ".@@.....", "....@@@@"}, 2, {11, 15}, {15, 11}},
};

static void test_robots_exchange_places_in_corridors(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof narrows / sizeof *narrows; i++) {
        const struct narrow *narrow = &narrows[i];
        struct world world;
        uint32_t rows = 0;
        while (rows < 8 && narrow->rows[rows] != NULL) {
            rows++;
        }
        world_parse(&world, narrow->rows, rows);
        world.robots = narrow->robots;
        memcpy(world.cell, narrow->cells, sizeof narrow->cells);
        memcpy(world.goal, narrow->goals, sizeof narrow->goals);
        struct plenum_fleet *fleet = world_fleet(&world, 1);
        uint32_t arrived = 0, tick = 0;
        for (; tick < 200 && arrived != (1u << world.robots) - 1; tick++) {
            for (uint32_t robot = 0; robot < world.robots; robot++) {
                bool home = world.cell[robot] == world.goal[robot];
                arrived |= (uint32_t)home << robot;
                world.waited[robot] = home ? 0 : world.waited[robot] + 1;
            }
            world_tell(&world, fleet);
            step(&world, fleet, tick, 0);
        }
        plenum_fleet_destroy(fleet);
        if (tick == 200) {
            fail_msg("%s: not solved", narrow->name);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_rule_is_ever_broken),
        cmocka_unit_test(test_a_fleet_made_anew_says_the_same),
        cmocka_unit_test(test_windows_break_no_rule),
        cmocka_unit_test(test_streets_are_as_far_as_fields),
        cmocka_unit_test(test_everybody_arrives_where_every_edge_is_on_a_circle),
        cmocka_unit_test(test_robots_exchange_places_in_corridors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
