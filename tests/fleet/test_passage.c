/* What the floor falls into without a node, and whether a robot gets to its goal at all: against
 * naive answers. */
#include "reach.h"
#include "small_world.h"

#include "fleet/passage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { WORLDS = 200 };

static void grid_of(struct grid *grid, const struct world *world)
{
    struct plenum_fleet_map map = {world->width, world->height, world->walls};
    grid_init(grid, &map);
}

/* Marks all that can be reached from a node without entering another; returns how many. */
static uint32_t flood(const struct grid *grid, const uint8_t *shut, uint32_t from, uint32_t without,
                      uint8_t *seen)
{
    uint32_t queue[WORLD_CELLS], head = 0, tail = 0;
    memset(seen, 0, WORLD_CELLS);
    queue[tail++] = from;
    seen[from] = 1;
    while (head < tail) {
        uint32_t node = queue[head++];
        for (int heading = 0; heading < GRID_HEADINGS; heading++) {
            uint32_t beside = grid->next[node][heading];
            if (beside != GRID_NONE && beside != without && !shut[beside] && !seen[beside]) {
                seen[beside] = 1;
                queue[tail++] = beside;
            }
        }
    }
    return tail;
}

static void node_check(const struct parts *parts, const uint8_t *shut, uint32_t node)
{
    const struct grid *grid = parts->grid;
    struct parts_view view;
    parts_look(parts, node, &view);
    for (int heading = 0; heading < GRID_HEADINGS; heading++) {
        uint32_t beside = grid->next[node][heading];
        if (beside == GRID_NONE || shut[beside]) {
            assert_int_equal(view.of[heading], PARTS_NONE);
            continue;
        }
        uint8_t seen[WORLD_CELLS];
        int part = view.of[heading];
        assert_in_range(part, 0, view.count - 1);
        assert_int_equal(parts_size(&view, part), flood(grid, shut, beside, node, seen));
        for (uint32_t other = 0; other < grid->nodes; other++) {
            bool stranger = shut[other] || other == node || parts->root[other] != parts->root[node];
            bool within = !stranger && parts_of(&view, parts->number[other]) == part;
            assert_int_equal(within, seen[other] != 0);
        }
    }
}

static void test_parts_are_what_a_flood_finds(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= WORLDS / 4; seed++) {
        struct random random;
        random_init(&random, seed);
        struct world world;
        world_random(&world, &random, (uint32_t)random_below(&random, 500000));
        struct grid grid;
        struct parts parts;
        uint8_t shut[WORLD_CELLS];
        grid_of(&grid, &world);
        parts_init(&parts, &grid);
        for (uint32_t node = 0; node < grid.nodes; node++) {
            shut[node] = random_chance_ppm(&random, 100000) != 0;
        }
        parts_search(&parts, shut);
        for (uint32_t node = 0; node < grid.nodes; node++) {
            if (!shut[node]) {
                node_check(&parts, shut, node);
            }
        }
        parts_finish(&parts);
        grid_finish(&grid);
    }
}

static void passage_check(struct passage *passage, const struct world *world, uint32_t robot)
{
    const struct grid *grid = passage->parts->grid;
    uint8_t cells[WORLD_CELLS];
    uint32_t from = grid->node_of_cell[world->cell[robot]];
    reach_cells(world, robot, cells);
    for (uint32_t goal = 0; goal < grid->nodes && !world->held[robot]; goal++) {
        struct passage_state next;
        if (goal != from) {
            bool reached = cells[grid->cell_of_node[goal]] != 0;
            assert_int_equal(passage_find(passage, from, goal, &next),
                             reached ? PASSAGE_FOUND : PASSAGE_NONE);
        }
    }
}

static void test_passages_are_what_all_moves_find(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= WORLDS; seed++) {
        struct random random;
        random_init(&random, 5000 + seed);
        struct world world;
        struct grid grid;
        struct parts parts;
        struct passage passage;
        uint8_t shut[WORLD_CELLS] = {0};
        uint32_t here[WORLD_CELLS];
        small_world_random(&world, &random);
        grid_of(&grid, &world);
        memset(here, 0xff, sizeof here);
        for (uint32_t robot = 0; robot < world.robots; robot++) {
            uint32_t node = grid.node_of_cell[world.cell[robot]];
            here[node] = robot;
            shut[node] = world.held[robot];
        }
        parts_init(&parts, &grid);
        passage_init(&passage, &parts);
        parts_search(&parts, shut);
        passage_count(&passage, here);
        for (uint32_t robot = 0; robot < world.robots; robot++) {
            passage_check(&passage, &world, robot);
        }
        passage_finish(&passage);
        parts_finish(&parts);
        grid_finish(&grid);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parts_are_what_a_flood_finds),
        cmocka_unit_test(test_passages_are_what_all_moves_find),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
