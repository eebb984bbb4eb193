/* Lanes on random nets: who always takes the least cost arrives, from everywhere to everywhere; and
 * the distances told are those of a search over one-way streets, or little more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/random.h"
#include "fleet/lane.h"

enum { SIDE_MAX = 26, CELLS = SIDE_MAX * SIDE_MAX, NETS = 40 };

struct floor {
    uint32_t width, height;
    uint8_t walls[CELLS];
    struct grid grid;
    struct streets streets;
    struct lanes lanes;
};

static void floor_open(struct floor *floor)
{
    struct plenum_fleet_map map = {floor->width, floor->height, floor->walls};
    grid_init(&floor->grid, &map);
    streets_init(&floor->streets, &floor->grid);
    assert_true(floor->streets.net);
    lanes_init(&floor->lanes, &floor->streets, &floor->grid);
}

static void floor_close(struct floor *floor)
{
    lanes_finish(&floor->lanes);
    streets_finish(&floor->streets);
    grid_finish(&floor->grid);
}

/* Streets at the rim all around, and others by chance; walls everywhere else. */
static void floor_random(struct floor *floor, struct random *random)
{
    bool row[SIDE_MAX], column[SIDE_MAX];
    floor->width = 2 + (uint32_t)random_below(random, SIDE_MAX - 1);
    floor->height = 2 + (uint32_t)random_below(random, SIDE_MAX - 1);
    uint64_t pitch = 1 + random_below(random, 6);
    for (uint32_t i = 0; i < SIDE_MAX; i++) {
        row[i] = i == 0 || i + 1 == floor->height || random_below(random, pitch) == 0;
        column[i] = i == 0 || i + 1 == floor->width || random_below(random, pitch) == 0;
    }
    for (uint32_t cell = 0; cell < floor->width * floor->height; cell++) {
        floor->walls[cell] = !row[cell / floor->width] && !column[cell % floor->width];
    }
}

static uint32_t ways_of(const struct floor *floor, uint32_t node)
{
    uint32_t ways = 1u << GRID_HEADINGS;
    for (int way = 0; way < GRID_HEADINGS; way++) {
        ways |= (uint32_t)(floor->grid.next[node][way] != GRID_NONE) << way;
    }
    return ways;
}

/* Steps of a robot alone that always takes the cheapest way, or GRID_NONE: it goes in circles. */
static uint32_t walk(const struct floor *floor, uint32_t from, uint32_t to)
{
    const uint32_t *place = floor->streets.place;
    uint32_t node = from, steps = 0;
    while (node != to) {
        uint32_t costs[LANE_WAYS], ways = ways_of(floor, node);
        lanes_rate(&floor->lanes, place[node], place[to], ways, costs);
        int best = GRID_HEADINGS;
        for (int way = 0; way < GRID_HEADINGS; way++) {
            best = (ways >> way & 1) && costs[way] < costs[best] ? way : best;
        }
        if (best == GRID_HEADINGS || ++steps > 4 * floor->grid.nodes) {
            return GRID_NONE;
        }
        node = floor->grid.next[node][best];
    }
    return steps;
}

static void check_walks(const struct floor *floor)
{
    uint32_t nodes = floor->grid.nodes;
    uint64_t walked = 0, least = 0;
    for (uint32_t from = 0; from < nodes; from++) {
        for (uint32_t to = 0; to < nodes; to++) {
            uint32_t steps = walk(floor, from, to);
            if (steps == GRID_NONE) {
                fail_msg("no way from cell %u to cell %u of %u x %u",
                         floor->grid.cell_of_node[from], floor->grid.cell_of_node[to], floor->width,
                         floor->height);
            }
            assert_true(steps >= streets_distance(&floor->streets, from, to));
            walked += steps;
            least += streets_distance(&floor->streets, from, to);
        }
    }
    assert_true(walked < 4 * least);
}

static void test_the_cheapest_way_arrives(void **state)
{
    (void)state;
    struct random random;
    struct floor floor;
    random_init(&random, 20260101);
    print_message("seed 20260101\n");
    for (int i = 0; i < NETS; i++) {
        floor_random(&floor, &random);
        floor_open(&floor);
        check_walks(&floor);
        floor_close(&floor);
    }
}

/* Aisles of length 10 between racks of depth 2, cross aisles two cells wide. */
static void test_a_warehouse_costs_little_more(void **state)
{
    (void)state;
    struct floor floor = {.width = 26, .height = 25};
    for (uint32_t cell = 0; cell < floor.width * floor.height; cell++) {
        floor.walls[cell] = cell / floor.width % 3 != 0 && cell % floor.width % 12 >= 2;
    }
    floor_open(&floor);
    check_walks(&floor);
    const uint32_t *place = floor.streets.place;
    uint32_t last = floor.grid.nodes - 1;
    assert_int_equal(lanes_distance(&floor.lanes, place[0], place[0]), 0);
    assert_in_range(lanes_distance(&floor.lanes, place[0], place[last]), 25 + 24, 25 + 24 + 12);
    floor_close(&floor);
}

static void test_single_streets_have_no_lanes(void **state)
{
    (void)state;
    struct floor floor = {.width = 5, .height = 1};
    floor_open(&floor);
    uint32_t costs[LANE_WAYS];
    lanes_rate(&floor.lanes, 2, 4, 1u << 0 | 1u << 2 | 1u << 4, costs);
    assert_int_equal(costs[0], LANE_STEP);
    assert_int_equal(costs[2], 3 * LANE_STEP);
    assert_int_equal(costs[4], 2 * LANE_STEP);
    floor_close(&floor);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_cheapest_way_arrives),
        cmocka_unit_test(test_a_warehouse_costs_little_more),
        cmocka_unit_test(test_single_streets_have_no_lanes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
