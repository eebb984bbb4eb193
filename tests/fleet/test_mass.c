/* Very many robots, planned tile by tile: the rules of a step hold, threads change nothing, and
 * every robot gets to its goal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/random.h"

#include <plenum/fleet.h>

enum { SIDE = 150, CELLS = SIDE * SIDE, ROBOTS = 4000, WORLDS = 6, STEPS = 40 };

struct world {
    uint8_t walls[CELLS];
    uint32_t free[CELLS], free_count;
    uint32_t robots;
    uint32_t cell[ROBOTS], goal[ROBOTS], waited[ROBOTS];
    bool held[ROBOTS];
    enum plenum_fleet_motion motion;
    uint8_t heading[ROBOTS];
};

/* What a floor is made of: walls where neither a row nor a column street is. */
struct shape {
    const char *name;
    uint32_t row_pitch, column_pitch, column_width;
};

static const struct shape shapes[] = {
    {"open", 1, 1, 1},
    {"sortation", 2, 2, 1},
    {"warehouse", 3, 12, 2},
};

static bool is_street(uint32_t i, uint32_t pitch, uint32_t width)
{
    return i % pitch < width || i == SIDE - 1;
}

static void world_make(struct world *world, const struct shape *shape,
                       enum plenum_fleet_motion motion, uint32_t robots, struct random *random)
{
    *world = (struct world){.robots = robots, .motion = motion};
    for (uint32_t cell = 0; cell < CELLS; cell++) {
        world->walls[cell] = !is_street(cell / SIDE, shape->row_pitch, 1) &&
                             !is_street(cell % SIDE, shape->column_pitch, shape->column_width);
        if (!world->walls[cell]) {
            world->free[world->free_count++] = cell;
        }
    }
    for (uint32_t i = 0; i < world->free_count; i++) {
        uint32_t other = i + (uint32_t)random_below(random, world->free_count - i);
        uint32_t cell = world->free[i];
        world->free[i] = world->free[other];
        world->free[other] = cell;
    }
    for (uint32_t robot = 0; robot < robots; robot++) {
        world->cell[robot] = robot % 97 == 5 ? PLENUM_FLEET_NOWHERE : world->free[robot];
        world->goal[robot] = world->free[random_below(random, world->free_count)];
        world->heading[robot] = (uint8_t)random_below(random, 4);
    }
}

static struct plenum_fleet *fleet_of(const struct world *world, unsigned threads)
{
    struct plenum_fleet_map map = {SIDE, SIDE, world->walls};
    struct plenum_fleet_options options = plenum_fleet_options_default();
    struct plenum_fleet *fleet;
    options.field_bytes = 1; /* no room for fields: distances by streets */
    options.threads = threads;
    options.motion = world->motion;
    assert_int_equal(plenum_fleet_create(&map, world->robots, &options, &fleet, NULL), PLENUM_OK);
    return fleet;
}

static void tell(const struct world *world, struct plenum_fleet *fleet)
{
    for (uint32_t robot = 0; robot < world->robots; robot++) {
        plenum_fleet_set_pose(fleet, robot, world->cell[robot],
                              (enum plenum_fleet_heading)world->heading[robot]);
        plenum_fleet_set_goal(fleet, robot, world->goal[robot]);
        plenum_fleet_set_priority(fleet, robot, world->waited[robot]);
        plenum_fleet_set_held(fleet, robot, world->held[robot]);
    }
}

/* The step that a robot's action is, PLENUM_FLEET_WAIT where it keeps its cell; turns are done. */
static uint8_t step_of(struct world *world, uint32_t robot, uint8_t action)
{
    if (world->motion == PLENUM_FLEET_SLIDING || action == PLENUM_FLEET_WAIT) {
        assert_in_range(action, PLENUM_FLEET_WAIT, PLENUM_FLEET_NORTH);
        return action;
    }
    if (action == PLENUM_FLEET_FORWARD) {
        return (uint8_t)(PLENUM_FLEET_EAST + world->heading[robot]);
    }
    assert_in_range(action, PLENUM_FLEET_CLOCKWISE, PLENUM_FLEET_COUNTER_CLOCKWISE);
    world->heading[robot] =
        (uint8_t)((world->heading[robot] + (action == PLENUM_FLEET_CLOCKWISE ? 1 : 3)) % 4);
    return PLENUM_FLEET_WAIT;
}

/* Moves the robots, by the rules of plenum/fleet.h. */
static void referee(struct world *world, const uint8_t *actions)
{
    static uint32_t before[CELLS], after[CELLS];
    static const int32_t step[] = {0, 1, SIDE, -1, -SIDE};
    memset(before, 0xff, sizeof before);
    memset(after, 0xff, sizeof after);
    for (uint32_t robot = 0; robot < world->robots; robot++) {
        uint32_t cell = world->cell[robot];
        if (cell == PLENUM_FLEET_NOWHERE) {
            assert_int_equal(actions[robot], PLENUM_FLEET_WAIT);
            continue;
        }
        assert_false(world->held[robot] && actions[robot] != PLENUM_FLEET_WAIT);
        uint8_t way = step_of(world, robot, actions[robot]);
        assert_false(way == PLENUM_FLEET_EAST && cell % SIDE == SIDE - 1);
        assert_false(way == PLENUM_FLEET_WEST && cell % SIDE == 0);
        uint32_t to = (uint32_t)((int32_t)cell + step[way]);
        assert_in_range(to, 0, CELLS - 1);
        assert_int_equal(world->walls[to], 0);
        assert_int_equal(after[to], UINT32_MAX);
        after[to] = before[cell] = robot;
    }
    for (uint32_t cell = 0; cell < CELLS; cell++) {
        uint32_t robot = after[cell];
        if (robot == UINT32_MAX || world->cell[robot] == cell) {
            continue;
        }
        uint32_t from = world->cell[robot], other = before[cell];
        assert_false(other != UINT32_MAX && after[from] == other);
        world->cell[robot] = cell;
    }
}

static void check_steps(const struct shape *shape, enum plenum_fleet_motion motion, uint32_t robots,
                        struct random *random)
{
    static struct world world;
    static const unsigned threads[] = {1, 2, 5};
    static uint8_t actions[3][ROBOTS];
    struct plenum_fleet *fleets[3];
    world_make(&world, shape, motion, robots, random);
    for (int i = 0; i < 3; i++) {
        fleets[i] = fleet_of(&world, threads[i]);
    }
    for (uint32_t tick = 0; tick < STEPS; tick++) {
        for (uint32_t robot = 0; robot < robots; robot++) {
            world.held[robot] = random_below(random, 50) == 0;
            world.waited[robot] = (uint32_t)random_below(random, 1000);
        }
        uint64_t budget = tick % 5 == 4 ? robots : 0;
        struct plenum_fleet_report report;
        for (int i = 0; i < 3; i++) {
            tell(&world, fleets[i]);
            assert_int_equal(plenum_fleet_step(fleets[i], tick, budget, actions[i], &report, NULL),
                             PLENUM_OK);
            assert_memory_equal(actions[i], actions[0], robots);
        }
        assert_true(budget != 0 || !report.cut);
        assert_int_equal(report.moves + report.waits, robots - (robots + 91) / 97);
        referee(&world, actions[0]);
    }
    for (int i = 0; i < 3; i++) {
        plenum_fleet_destroy(fleets[i]);
    }
}

static void test_rules_hold_for_any_number_of_threads(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, 20261123);
    print_message("seed 20261123\n");
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        for (int motion = PLENUM_FLEET_SLIDING; motion <= PLENUM_FLEET_TURNING; motion++) {
            check_steps(&shapes[i], (enum plenum_fleet_motion)motion, 300, &random);
            check_steps(&shapes[i], (enum plenum_fleet_motion)motion, ROBOTS, &random);
        }
    }
}

/* Robots whose goal is found stay without one; the others must come through all the same. */
static void check_arrivals(const struct shape *shape, enum plenum_fleet_motion motion,
                           struct random *random)
{
    static struct world world;
    static uint8_t actions[ROBOTS];
    world_make(&world, shape, motion, 2000, random);
    struct plenum_fleet *fleet = fleet_of(&world, 2);
    uint32_t left = world.robots;
    for (uint32_t tick = 0; left > 0 && tick < (motion == PLENUM_FLEET_TURNING ? 12 : 6) * SIDE;
         tick++) {
        left = 0;
        for (uint32_t robot = 0; robot < world.robots; robot++) {
            bool arrived = world.cell[robot] == world.goal[robot] ||
                           world.goal[robot] == PLENUM_FLEET_NOWHERE ||
                           world.cell[robot] == PLENUM_FLEET_NOWHERE;
            world.goal[robot] = arrived ? PLENUM_FLEET_NOWHERE : world.goal[robot];
            world.waited[robot] = arrived ? 0 : world.waited[robot] + 1;
            left += !arrived;
        }
        tell(&world, fleet);
        assert_int_equal(plenum_fleet_step(fleet, tick, 0, actions, NULL, NULL), PLENUM_OK);
        referee(&world, actions);
    }
    plenum_fleet_destroy(fleet);
    assert_int_equal(left, 0);
}

static void test_every_robot_arrives(void **state)
{
    (void)state;
    struct random random;
    random_init(&random, 7);
    print_message("seed 7\n");
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        check_arrivals(&shapes[i], PLENUM_FLEET_SLIDING, &random);
    }
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        check_arrivals(&shapes[i], PLENUM_FLEET_TURNING, &random);
    }
}

static void test_two_in_a_cell_are_named(void **state)
{
    (void)state;
    static struct world world;
    uint8_t actions[4];
    struct random random;
    struct plenum_error error;
    random_init(&random, 1);
    world_make(&world, &shapes[0], PLENUM_FLEET_SLIDING, 4, &random);
    uint32_t apart = world.cell[3];
    world.cell[3] = world.cell[1];
    struct plenum_fleet *fleet = fleet_of(&world, 2);
    tell(&world, fleet);
    assert_int_equal(plenum_fleet_step(fleet, 0, 0, actions, NULL, &error), PLENUM_INPUT);
    assert_non_null(strstr(error.text, "robot 3 stands in cell"));
    assert_non_null(strstr(error.text, "where robot 1 stands already"));
    world.cell[3] = apart;
    tell(&world, fleet);
    assert_int_equal(plenum_fleet_step(fleet, 0, 0, actions, NULL, &error), PLENUM_OK);
    referee(&world, actions);
    plenum_fleet_destroy(fleet);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules_hold_for_any_number_of_threads),
        cmocka_unit_test(test_every_robot_arrives),
        cmocka_unit_test(test_two_in_a_cell_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
