/* Fields with turns against plain relaxation, hubs, and large floors where robots share them. */
#include "base/memory.h"
#include "base/random.h"
#include "fleet/field.h"
#include "fleet/hub.h"

#include <plenum/fleet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { WIDTH = 61, HEIGHT = 40, CELLS = WIDTH * HEIGHT, SIDE = 130, ROBOTS = 60, TURN = 8 };

static void floor_make(uint8_t *walls, struct random *random, uint32_t wall_ppm)
{
    for (uint32_t cell = 0; cell < CELLS; cell++) {
        walls[cell] = random_chance_ppm(random, wall_ppm) != 0;
    }
}

static bool lower(uint32_t *value, uint32_t found)
{
    bool better = found < *value;
    *value = better ? found : *value;
    return better;
}

/* Costs to the goal from every node and heading, by looking at every move until nothing changes. */
static uint32_t *costs_by_relaxing(const struct grid *grid, uint8_t (*costs)[GRID_HEADINGS],
                                   uint32_t goal)
{
    uint32_t *values = memory_new((size_t)grid->nodes * GRID_HEADINGS, sizeof *values);
    for (uint32_t state = 0; state < grid->nodes * GRID_HEADINGS; state++) {
        values[state] = state / GRID_HEADINGS == goal ? 0 : FIELD_FAR;
    }
    for (bool changed = true; changed;) {
        changed = false;
        for (uint32_t state = 0; state < grid->nodes * GRID_HEADINGS; state++) {
            uint32_t node = state / GRID_HEADINGS, heading = state % GRID_HEADINGS;
            uint32_t first = node * GRID_HEADINGS, next = grid->next[node][heading];
            changed |= lower(&values[state], values[first + (heading + 1) % 4] + TURN);
            changed |= lower(&values[state], values[first + (heading + 3) % 4] + TURN);
            if (next != GRID_NONE) {
                changed |= lower(&values[state],
                                 values[next * GRID_HEADINGS + heading] + costs[node][heading]);
            }
        }
    }
    return values;
}

static void test_fields_with_turns_are_the_least(void **state)
{
    (void)state;
    static uint8_t walls[CELLS];
    for (uint64_t seed = 1; seed <= 8; seed++) {
        struct random random;
        random_init(&random, seed);
        floor_make(walls, &random, seed % 2 == 0 ? 150000 : 350000);
        struct grid grid;
        struct fields fields;
        grid_init(&grid, &(struct plenum_fleet_map){WIDTH, HEIGHT, walls});
        uint8_t(*costs)[GRID_HEADINGS] = memory_new(grid.nodes, sizeof *costs);
        for (uint32_t node = 0; node < grid.nodes; node++) {
            for (int heading = 0; heading < GRID_HEADINGS; heading++) {
                costs[node][heading] = (uint8_t)random_between(&random, 1, 40);
            }
        }
        fields_init(&fields, &grid, PLENUM_FLEET_TURNING, 1 << 20, 4, NULL);
        fields_guide(&fields, costs, TURN);
        uint32_t goal = (uint32_t)random_below(&random, grid.nodes);
        const uint16_t *found = fields_get(&fields, goal, goal);
        uint32_t *expected = costs_by_relaxing(&grid, costs, goal);
        for (uint32_t i = 0; i < grid.nodes * GRID_HEADINGS; i++) {
            assert_int_equal(found[i], expected[i]);
        }
        free(expected);
        fields_finish(&fields);
        grid_finish(&grid);
        free(costs);
    }
}

/* An L of 3 cells each way: two moves, a turn, two moves. */
static void test_a_turn_costs_its_steps(void **state)
{
    (void)state;
    static const uint8_t walls[] = {0, 0, 0, 1, 1, 0, 1, 1, 0};
    struct plenum_fleet_options options = plenum_fleet_options_default();
    options.method = PLENUM_FLEET_WINDOW;
    options.motion = PLENUM_FLEET_TURNING;
    for (uint32_t turn_steps = 0; turn_steps <= PLENUM_FLEET_MAX_TURN_STEPS; turn_steps++) {
        options.turn_steps = turn_steps;
        struct plenum_fleet *fleet;
        struct plenum_fleet_map map = {3, 3, walls};
        assert_int_equal(plenum_fleet_create(&map, 1, &options, &fleet, NULL), PLENUM_OK);
        uint32_t turn = turn_steps > 0 ? turn_steps : 1, steps = 0;
        assert_int_equal(plenum_fleet_distance(fleet, 0, 8), 4 + turn);
        plenum_fleet_set_pose(fleet, 0, 0, PLENUM_FLEET_FACING_EAST);
        plenum_fleet_set_goal(fleet, 0, 8);
        while (plenum_fleet_pose(fleet, 0, NULL) != 8 && steps < 20) {
            uint8_t action;
            assert_int_equal(plenum_fleet_step(fleet, steps++, 0, &action, NULL, NULL), PLENUM_OK);
            plenum_fleet_apply(fleet, &action);
        }
        assert_int_equal(steps, 4 + turn);
        plenum_fleet_destroy(fleet);
    }
    options.turn_steps = PLENUM_FLEET_MAX_TURN_STEPS + 1;
    struct plenum_fleet *none;
    assert_int_equal(
        plenum_fleet_create(&(struct plenum_fleet_map){3, 3, walls}, 1, &options, &none, NULL),
        PLENUM_INPUT);
}

/* Steps from a node to every other, or UINT32_MAX. */
static void steps_from(const struct grid *grid, uint32_t from, uint32_t *steps, uint32_t *queue)
{
    memset(steps, 0xff, grid->nodes * sizeof *steps);
    uint32_t head = 0, tail = 0;
    steps[from] = 0;
    queue[tail++] = from;
    while (head < tail) {
        uint32_t node = queue[head++];
        for (int heading = 0; heading < GRID_HEADINGS; heading++) {
            uint32_t next = grid->next[node][heading];
            if (next != GRID_NONE && steps[next] == UINT32_MAX) {
                steps[next] = steps[node] + 1;
                queue[tail++] = next;
            }
        }
    }
}

static void test_every_node_has_a_hub_near(void **state)
{
    (void)state;
    static uint8_t walls[CELLS];
    static uint32_t steps[CELLS], queue[CELLS];
    for (uint64_t seed = 1; seed <= 6; seed++) {
        struct random random;
        random_init(&random, seed);
        floor_make(walls, &random, (uint32_t)seed * 80000);
        struct grid grid;
        struct hubs hubs;
        grid_init(&grid, &(struct plenum_fleet_map){WIDTH, HEIGHT, walls});
        hubs_init(&hubs, &grid, (uint32_t)seed * 100);
        assert_true(hubs.square == HUB_SQUARE_MAX ||
                    grid.nodes / (hubs.square * hubs.square) <= seed * 25);
        uint32_t found = 0;
        for (uint32_t node = 0; node < grid.nodes; node++) {
            assert_true(hubs.of[node] < grid.nodes);
            assert_int_equal(hubs.of[hubs.of[node]], hubs.of[node]);
            if (hubs.of[node] != node) {
                continue;
            }
            found++;
            steps_from(&grid, node, steps, queue);
            for (uint32_t other = 0; other < grid.nodes; other++) {
                assert_true(hubs.of[other] != node || steps[other] <= hubs.reach);
            }
        }
        assert_int_equal(found, hubs.count);
        hubs_finish(&hubs);
        grid_finish(&grid);
    }
}

static struct plenum_fleet *large_make(unsigned threads)
{
    static uint8_t walls[SIDE * SIDE];
    struct plenum_fleet_options options = plenum_fleet_options_default();
    options.method = PLENUM_FLEET_WINDOW;
    options.motion = PLENUM_FLEET_TURNING;
    options.remember = true;
    options.improve = 2;
    options.threads = threads;
    struct plenum_fleet *fleet;
    struct plenum_fleet_map map = {SIDE, SIDE, walls};
    assert_int_equal(plenum_fleet_create(&map, ROBOTS, &options, &fleet, NULL), PLENUM_OK);
    for (uint32_t robot = 0; robot < ROBOTS; robot++) {
        plenum_fleet_set_pose(fleet, robot, robot * 2 * SIDE + robot, PLENUM_FLEET_FACING_EAST);
        plenum_fleet_set_goal(fleet, robot, (SIDE - 1 - robot) * SIDE + (robot * 37 + 11) % SIDE);
    }
    return fleet;
}

/* Goals far away are found by way of hubs, by the same actions for any number of threads. */
static void test_robots_come_to_goals_far_away(void **state)
{
    (void)state;
    uint8_t one[ROBOTS], many[ROBOTS], there[ROBOTS] = {0};
    struct plenum_fleet *single = large_make(1), *shared = large_make(3);
    uint32_t arrived = 0;
    for (uint64_t tick = 0; tick < 400 && arrived < ROBOTS; tick++) {
        assert_int_equal(plenum_fleet_step(single, tick, 0, one, NULL, NULL), PLENUM_OK);
        assert_int_equal(plenum_fleet_step(shared, tick, 0, many, NULL, NULL), PLENUM_OK);
        assert_memory_equal(one, many, ROBOTS);
        plenum_fleet_apply(single, one);
        plenum_fleet_apply(shared, many);
        for (uint32_t robot = 0; robot < ROBOTS; robot++) {
            bool here = plenum_fleet_pose(single, robot, NULL) == plenum_fleet_goal(single, robot);
            arrived += here && !there[robot];
            there[robot] |= here;
        }
    }
    assert_int_equal(arrived, ROBOTS);
    plenum_fleet_destroy(single);
    plenum_fleet_destroy(shared);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fields_with_turns_are_the_least),
        cmocka_unit_test(test_a_turn_costs_its_steps),
        cmocka_unit_test(test_every_node_has_a_hub_near),
        cmocka_unit_test(test_robots_come_to_goals_far_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
