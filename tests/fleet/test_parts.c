/* Parts of the planner against naive models: partial fields, threads, execution. */
#include "base/memory.h"
#include "base/random.h"
#include "fleet/execute.h"
#include "fleet/field.h"

#include <plenum/fleet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { WIDTH = 96, HEIGHT = 40, CELLS = WIDTH * HEIGHT, ROBOTS = 700 };

static void floor_make(uint8_t *walls, struct random *random)
{
    for (uint32_t cell = 0; cell < CELLS; cell++) {
        walls[cell] = random_chance_ppm(random, 100000) != 0;
    }
}

/* Fields that end early and go on later say at the end what whole fields say. */
static void test_partial_fields_agree_with_whole_ones(void **state)
{
    (void)state;
    static uint8_t walls[CELLS];
    for (uint64_t seed = 1; seed <= 6; seed++) {
        struct random random;
        random_init(&random, seed);
        floor_make(walls, &random);
        enum plenum_fleet_motion motion =
            seed % 2 == 0 ? PLENUM_FLEET_TURNING : PLENUM_FLEET_SLIDING;
        struct plenum_fleet_map map = {WIDTH, HEIGHT, walls};
        struct grid grid;
        grid_init(&grid, &map);
        uint8_t(*costs)[GRID_HEADINGS] = memory_new(grid.nodes, sizeof *costs);
        for (uint32_t node = 0; node < grid.nodes; node++) {
            for (int heading = 0; heading < GRID_HEADINGS; heading++) {
                costs[node][heading] = (uint8_t)random_between(&random, 1, 40);
            }
        }
        struct fields whole, partial;
        fields_init(&whole, &grid, motion, 1 << 20, 4, NULL);
        fields_init(&partial, &grid, motion, 1 << 20, 4, NULL);
        fields_guide(&whole, costs, 8);
        fields_guide(&partial, costs, 8);
        partial.partial = true;
        partial.slack = 3;
        uint32_t goal = (uint32_t)random_below(&random, grid.nodes);
        for (int wish = 0; wish < 30; wish++) {
            uint32_t node = (uint32_t)random_below(&random, grid.nodes);
            const uint16_t *all = fields_get(&whole, goal, node);
            const uint16_t *some = fields_get(&partial, goal, node);
            assert_memory_equal(all + (size_t)node * whole.stride,
                                some + (size_t)node * whole.stride, whole.stride * sizeof *all);
        }
        fields_finish(&whole);
        fields_finish(&partial);
        grid_finish(&grid);
        free(costs);
    }
}

static uint32_t free_cell(const uint8_t *walls, struct random *random)
{
    uint32_t cell;
    do {
        cell = (uint32_t)random_below(random, CELLS);
    } while (walls[cell]);
    return cell;
}

static struct plenum_fleet *crowd_make(const uint8_t *walls, bool turning, unsigned threads)
{
    struct random random;
    random_init(&random, 77);
    static uint8_t taken[CELLS];
    memset(taken, 0, sizeof taken);
    struct plenum_fleet_map map = {WIDTH, HEIGHT, walls};
    struct plenum_fleet_options options = plenum_fleet_options_default();
    options.method = PLENUM_FLEET_WINDOW;
    options.motion = turning ? PLENUM_FLEET_TURNING : PLENUM_FLEET_SLIDING;
    options.improve = 4;
    options.remember = true;
    options.threads = threads;
    struct plenum_fleet *fleet;
    assert_int_equal(plenum_fleet_create(&map, ROBOTS, &options, &fleet, NULL), PLENUM_OK);
    for (uint32_t robot = 0; robot < ROBOTS;) {
        uint32_t cell = free_cell(walls, &random);
        if (!taken[cell]) {
            taken[cell] = 1;
            plenum_fleet_set_pose(fleet, robot, cell, PLENUM_FLEET_FACING_EAST);
            plenum_fleet_set_priority(fleet, robot, random_below(&random, 1000));
            plenum_fleet_set_goal(fleet, robot++, free_cell(walls, &random));
        }
    }
    return fleet;
}

static void test_threads_change_nothing(void **state)
{
    (void)state;
    static uint8_t walls[CELLS], one[ROBOTS], many[ROBOTS];
    struct random random;
    random_init(&random, 5);
    floor_make(walls, &random);
    for (int turning = 0; turning < 2; turning++) {
        struct plenum_fleet *single = crowd_make(walls, turning != 0, 1);
        struct plenum_fleet *shared = crowd_make(walls, turning != 0, 3);
        for (uint64_t tick = 0; tick < 12; tick++) {
            struct plenum_fleet_report first, second;
            uint64_t budget = tick % 3 == 2 ? 40000 : 0;
            assert_int_equal(plenum_fleet_step(single, tick, budget, one, &first, NULL), PLENUM_OK);
            assert_int_equal(plenum_fleet_step(shared, tick, budget, many, &second, NULL),
                             PLENUM_OK);
            assert_memory_equal(one, many, ROBOTS);
            assert_int_equal(first.work, second.work);
            plenum_fleet_apply(single, one);
            plenum_fleet_apply(shared, many);
        }
        plenum_fleet_destroy(single);
        plenum_fleet_destroy(shared);
    }
}

/* A square of robots that move in ticks. Positions are cells times ticks. */
struct square {
    int64_t at[2];
};

static struct square square_of(const struct execute *execute, uint32_t robot)
{
    static const int right[] = {1, 0, -1, 0}, down[] = {0, 1, 0, -1};
    uint32_t width = execute->problem->width, cell = execute->cell[robot];
    uint8_t heading = execute->heading[robot];
    int64_t slide =
        execute->staged[robot] == PLENUM_FLEET_FORWARD ? (int64_t)execute->progress[robot] : 0;
    return (struct square){{(int64_t)(cell % width) * execute->ticks + right[heading] * slide,
                            (int64_t)(cell / width) * execute->ticks + down[heading] * slide}};
}

static void squares_check(const struct execute *execute)
{
    for (uint32_t a = 0; a < execute->problem->robots; a++) {
        struct square one = square_of(execute, a);
        for (uint32_t b = a + 1; b < execute->problem->robots; b++) {
            struct square other = square_of(execute, b);
            bool apart = llabs(one.at[0] - other.at[0]) >= execute->ticks ||
                         llabs(one.at[1] - other.at[1]) >= execute->ticks;
            assert_true(apart);
        }
    }
}

/* Robots wander by lot on a small full floor while a fifth of all actions is delayed. */
static void test_late_robots_never_overlap(void **state)
{
    (void)state;
    enum { SIDE = 7, CROWD = 20 };
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct random random;
        random_init(&random, seed);
        uint8_t walls[SIDE * SIDE] = {0}, actions[CROWD];
        uint32_t start[CROWD];
        for (uint32_t robot = 0; robot < CROWD; robot++) {
            start[robot] = robot + robot / 5;
        }
        struct plenum_fleet_map map = {SIDE, SIDE, walls};
        struct problem problem = {.motion = PLENUM_FLEET_TURNING,
                                  .width = SIDE,
                                  .height = SIDE,
                                  .walls = walls,
                                  .robots = CROWD,
                                  .start = start,
                                  .action_ticks = 3,
                                  .delay = {.seed = seed, .ppm = 70000, .least = 2, .most = 9}};
        struct plenum_fleet_options options = plenum_fleet_options_default();
        options.method = PLENUM_FLEET_WINDOW;
        options.motion = PLENUM_FLEET_TURNING;
        options.remember = true;
        struct plenum_fleet *fleet;
        assert_int_equal(plenum_fleet_create(&map, CROWD, &options, &fleet, NULL), PLENUM_OK);
        struct execute execute;
        execute_init(&execute, &problem);
        uint32_t arrived = 0, cells[CROWD], goal[CROWD], waited[CROWD] = {0};
        for (uint32_t robot = 0; robot < CROWD; robot++) {
            goal[robot] = (uint32_t)random_below(&random, SIDE * SIDE);
        }
        for (uint64_t tick = 0; tick < 240; tick++) {
            if (tick % 3 == 0) {
                uint8_t headings[CROWD];
                execute_recall(&execute);
                for (uint32_t robot = 0; robot < CROWD; robot++) {
                    enum plenum_fleet_heading heading;
                    cells[robot] = execute_aim(&execute, robot, &heading);
                    headings[robot] = (uint8_t)heading;
                    if (cells[robot] == goal[robot]) {
                        goal[robot] = (uint32_t)random_below(&random, SIDE * SIDE);
                        arrived++;
                        waited[robot] = 0;
                    }
                    plenum_fleet_set_pose(fleet, robot, cells[robot], heading);
                    plenum_fleet_set_held(fleet, robot, execute_busy(&execute, robot));
                    plenum_fleet_set_goal(fleet, robot, goal[robot]);
                    plenum_fleet_set_priority(fleet, robot, waited[robot]++);
                }
                assert_int_equal(plenum_fleet_step(fleet, tick, 0, actions, NULL, NULL), PLENUM_OK);
                execute_loosen(&execute, cells, headings, actions);
                execute_stage(&execute, actions);
            }
            execute_tick(&execute, 1, tick, actions);
            squares_check(&execute);
        }
        assert_true(arrived > CROWD / 2);
        assert_true(execute.delays > 100);
        execute_finish(&execute);
        plenum_fleet_destroy(fleet);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_partial_fields_agree_with_whole_ones),
        cmocka_unit_test(test_threads_change_nothing),
        cmocka_unit_test(test_late_robots_never_overlap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
