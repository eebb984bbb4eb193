/* No robot waits for ever where its goal can be reached: small worlds, most of them too narrow or
 * too full for local rules, against what reach.c finds by trying every move. */
#include "reach.h"
#include "small_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct method {
    const char *name;
    enum plenum_fleet_motion motion;
    enum plenum_fleet_method method;
    uint32_t window_steps, improve;
    bool remember;
};

static const struct method methods[] = {
    {"next step", PLENUM_FLEET_SLIDING, PLENUM_FLEET_NEXT_STEP, 0, 0, false},
    {"window", PLENUM_FLEET_SLIDING, PLENUM_FLEET_WINDOW, 3, 2, false},
    {"window, turning", PLENUM_FLEET_TURNING, PLENUM_FLEET_WINDOW, 3, 2, false},
    {"window, remembering", PLENUM_FLEET_SLIDING, PLENUM_FLEET_WINDOW, 3, 2, true},
    {"window, turning, remembering", PLENUM_FLEET_TURNING, PLENUM_FLEET_WINDOW, 3, 2, true},
};
enum { METHODS = sizeof methods / sizeof *methods };

static struct plenum_fleet *method_fleet(const struct world *world, const struct method *method,
                                         uint64_t patience)
{
    struct plenum_fleet_map map = {world->width, world->height, world->walls};
    struct plenum_fleet_options options = plenum_fleet_options_default();
    options.motion = method->motion;
    options.method = method->method;
    options.window_steps = method->window_steps;
    options.improve = method->improve;
    options.remember = method->remember;
    options.patience = patience;
    options.field_bytes = 1 << 16;
    struct plenum_fleet *fleet;
    assert_int_equal(plenum_fleet_create(&map, world->robots, &options, &fleet, NULL), PLENUM_OK);
    return fleet;
}

/* --- errands for ever ------------------------------------------------------------------------- */

struct errands {
    struct world world;
    uint8_t reach[WORLD_ROBOTS][WORLD_CELLS]; /* cells that each robot can get to */
    uint32_t longest;                         /* wait of a robot whose goal can be reached */
    uint32_t who;
};

static void errands_begin(struct errands *errands)
{
    for (uint32_t robot = 0; robot < errands->world.robots; robot++) {
        reach_cells(&errands->world, robot, errands->reach[robot]);
    }
    errands->longest = 0;
}

/* Who has arrived gets another goal. One in eight of those cannot be reached, perhaps, and is kept
 * for ever: others must not suffer from that. */
static void errands_give(struct errands *errands, struct random *random)
{
    struct world *world = &errands->world;
    for (uint32_t robot = 0; robot < world->robots; robot++) {
        world->waited[robot]++;
        if (world->cell[robot] != world->goal[robot]) {
            continue;
        }
        world->waited[robot] = 0;
        bool any = random_chance_ppm(random, 125000) != 0;
        do {
            world->goal[robot] = world_free_cell(world, random);
        } while (!any && !errands->reach[robot][world->goal[robot]]);
    }
}

static void errands_look(struct errands *errands)
{
    const struct world *world = &errands->world;
    for (uint32_t robot = 0; robot < world->robots; robot++) {
        bool can = errands->reach[robot][world->goal[robot]] != 0;
        if (can && world->waited[robot] > errands->longest) {
            errands->longest = world->waited[robot];
            errands->who = robot;
        }
    }
}

static void errands_run(struct errands *errands, struct random *random, const struct method *method,
                        uint64_t patience, uint32_t steps)
{
    struct plenum_fleet *fleet = method_fleet(&errands->world, method, patience);
    uint8_t actions[WORLD_ROBOTS];
    for (uint32_t tick = 0; tick < steps; tick++) {
        errands_give(errands, random);
        errands_look(errands);
        world_tell(&errands->world, fleet);
        assert_int_equal(plenum_fleet_step(fleet, tick, 0, actions, NULL, NULL), PLENUM_OK);
        world_step(&errands->world, actions);
    }
    plenum_fleet_destroy(fleet);
}

/* What a robot waits at most: until its patience ends, and while the others are led one by one. No
 * proof has so small a number; these worlds have. */
enum { PATIENCE = 8, STEPS_A_CELL = 6 };

static uint32_t longest_wait(const struct world *world)
{
    return PATIENCE + STEPS_A_CELL * world->robots * world_free(world);
}

static void test_nobody_waits_for_ever(void **state)
{
    (void)state;
    static struct errands errands;
    const char *wanted = getenv("DEADLOCK_WORLDS");
    uint64_t worlds = wanted != NULL ? strtoull(wanted, NULL, 10) : 150;
    for (uint64_t seed = 1; seed <= worlds; seed++) {
        const struct method *method = &methods[seed % METHODS];
        struct random random;
        random_init(&random, seed);
        small_world_random(&errands.world, &random);
        errands_begin(&errands);
        uint32_t limit = longest_wait(&errands.world);
        errands_run(&errands, &random, method, PATIENCE, limit + limit / 4);
        if (errands.longest > limit) {
            fail_msg("seed %d, %s: robot %u waits %u steps, expected at most %u", (int)seed,
                     method->name, errands.who, errands.longest, limit);
        }
    }
}

/* --- worlds where local rules fail ------------------------------------------------------------ */

struct narrow {
    const char *name;
    const char *rows[SMALL_WORLD_ROWS];
    uint32_t robots;
    uint32_t cells[5], goals[5];
};

/* PIBT with its rule for two robots in a corridor leaves some robot waiting for ever in each. */
static const struct narrow narrows[] = {
    {"a cross, two robots", {"@@.@@", "@@.@@", ".....", "@@.@@", "@@.@@"}, 2, {12, 10}, {10, 11}},
    {"a cross, four robots",
     {"@@.@@", "@@.@@", ".....", "@@.@@", "@@.@@"},
     4,
     {13, 2, 10, 22},
     {11, 12, 13, 14}},
    {"a comb, two robots", {".@.@.", ".@.@.", "....."}, 2, {11, 0}, {0, 10}},
    {"a comb, three robots", {".@.@.@.", "......."}, 3, {11, 2, 0}, {7, 10, 9}},
    {"a comb, five robots", {".@.@.@.", "......."}, 5, {12, 9, 8, 4, 13}, {4, 0, 10, 8, 7}},
    {"a corridor with a bay", {"@@@.@@@@@", "........."}, 3, {11, 12, 10}, {17, 15, 12}},
    {"a T", {".......", "@@@.@@@", "@@@.@@@", "@@@.@@@"}, 3, {0, 4, 2}, {2, 1, 24}},
    {"a ring with a spur", {"...@@@@", ".@.....", "...@@@@"}, 3, {2, 1, 16}, {12, 13, 0}},
    {"a room with a dead end", {"...@@@", "......", "...@@@"}, 3, {8, 6, 0}, {0, 10, 9}},
    {"two rooms with a passage",
     {"..@@..", "......", "..@@.."},
     5,
     {6, 8, 12, 17, 4},
     {9, 16, 0, 4, 8}},
};
enum { NARROWS = sizeof narrows / sizeof *narrows, NARROW_STEPS = 600 };

/* Robots go to their goals once, and stay at hand there. Whether all have been there in time. */
static bool narrow_solved(const struct narrow *narrow, const struct method *method,
                          uint64_t patience)
{
    struct world world;
    small_world_parse(&world, narrow->rows);
    world.robots = narrow->robots;
    memcpy(world.cell, narrow->cells, sizeof narrow->cells);
    memcpy(world.goal, narrow->goals, sizeof narrow->goals);
    struct plenum_fleet *fleet = method_fleet(&world, method, patience);
    uint32_t arrived = 0;
    for (uint32_t tick = 0; tick < NARROW_STEPS && arrived != (1u << world.robots) - 1; tick++) {
        uint8_t actions[WORLD_ROBOTS];
        for (uint32_t robot = 0; robot < world.robots; robot++) {
            bool home = world.cell[robot] == world.goal[robot];
            arrived |= (uint32_t)home << robot;
            world.waited[robot] = home ? 0 : world.waited[robot] + 1;
        }
        world_tell(&world, fleet);
        assert_int_equal(plenum_fleet_step(fleet, tick, 0, actions, NULL, NULL), PLENUM_OK);
        world_step(&world, actions);
    }
    plenum_fleet_destroy(fleet);
    return arrived == (1u << world.robots) - 1;
}

static void test_worlds_where_local_rules_fail(void **state)
{
    (void)state;
    for (size_t i = 0; i < NARROWS; i++) {
        if (narrow_solved(&narrows[i], &methods[0], UINT64_MAX)) {
            fail_msg("%s: local rules suffice", narrows[i].name);
        }
        for (size_t m = 0; m < METHODS; m++) {
            if (!narrow_solved(&narrows[i], &methods[m], 0)) {
                fail_msg("%s, %s: not solved", narrows[i].name, methods[m].name);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_worlds_where_local_rules_fail),
        cmocka_unit_test(test_nobody_waits_for_ever),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
