/* The atlas against exact searches: its estimates are lengths of ways that are there (A1), a robot
 * that follows them down arrives (A2), what is kept for robots changes nothing (A3), and what is
 * joined is joined (A4); how far over the distance they are; and very many robots planned by it. */
#include "fleet/atlas.h"

#include "base/memory.h"
#include "base/random.h"
#include "fleet/floor_made.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { SIDE = 200, PAIRS = 60, SEEDS = 3 };

struct floor {
    uint8_t *walls;
    struct grid grid;
    struct atlas atlas;
};

/* A city, a warehouse, or obstacles in 10 or 30 cells of a hundred. */
static void floor_init(struct floor *floor, int kind, uint64_t seed)
{
    static const enum floor_kind made[] = {FLOOR_CITY, FLOOR_WAREHOUSE};
    struct random random;
    random_init(&random, seed);
    if (kind < 2) {
        floor->walls = floor_make(made[kind], SIDE, SIDE, seed);
    } else {
        floor->walls = memory_new((size_t)SIDE * SIDE, 1);
        for (int cell = 0; cell < SIDE * SIDE; cell++)
            floor->walls[cell] = random_below(&random, 100) < (kind == 2 ? 10 : 30);
    }
    const struct plenum_fleet_map map = {SIDE, SIDE, floor->walls};
    grid_init(&floor->grid, &map);
    assert_true(atlas_init(&floor->atlas, &floor->grid, 1, NULL));
}

static void floor_finish(struct floor *floor)
{
    atlas_finish(&floor->atlas);
    grid_finish(&floor->grid);
    free(floor->walls);
}

/* Steps from every node to one, by a plain search. */
static void search_all(const struct grid *grid, uint32_t to, uint32_t *steps)
{
    uint32_t *queue = test_malloc(grid->nodes * sizeof *queue), head = 0, tail = 0;
    memset(steps, 0xff, grid->nodes * sizeof *steps);
    steps[to] = 0;
    queue[tail++] = to;
    while (head < tail) {
        uint32_t node = queue[head++];
        for (int i = 0; i < GRID_HEADINGS; i++) {
            uint32_t from = grid->next[node][i];
            if (from == GRID_NONE || steps[from] != UINT32_MAX || !grid_enters(grid, from, node))
                continue;
            steps[from] = steps[node] + 1;
            queue[tail++] = from;
        }
    }
    test_free(queue);
}

/* Follows the estimate down; the steps it took. Each is one less at the most of what was said. */
static uint32_t walk(struct floor *floor, uint32_t from, uint32_t to)
{
    struct atlas *atlas = &floor->atlas;
    uint32_t node = from, taken = 0, said = UINT32_MAX;
    while (node != to) {
        assert_true(atlas_aim(atlas, 0, atlas->place[node], atlas->place[to]));
        uint32_t here = atlas_steps(atlas, 0, atlas->place[node]), best = GRID_NONE;
        assert_true(here < said);
        said = here;
        for (int i = 0; i < GRID_HEADINGS; i++) {
            uint32_t next = floor->grid.open[node][i];
            if (next != GRID_NONE && atlas_steps(atlas, 0, atlas->place[next]) < here)
                best = best == GRID_NONE || atlas_steps(atlas, 0, atlas->place[next]) <
                                                atlas_steps(atlas, 0, atlas->place[best])
                           ? next
                           : best;
        }
        assert_true(best != GRID_NONE);
        node = best;
        taken++;
    }
    return taken;
}

struct excess {
    uint64_t pairs;
    double sum, most;
};

static void check_pair(struct floor *floor, uint32_t from, uint32_t to, const uint32_t *steps,
                       struct excess *excess)
{
    struct atlas *atlas = &floor->atlas;
    bool known = atlas_aim(atlas, 0, atlas->place[from], atlas->place[to]);
    uint32_t by_hubs = atlas_distance(atlas, atlas->place[from], atlas->place[to]);
    assert_int_equal(known, steps[from] != UINT32_MAX);
    assert_int_equal(by_hubs < ATLAS_FAR, known);
    if (!known)
        return;
    uint32_t said = atlas_steps(atlas, 0, atlas->place[from]);
    assert_true(said >= steps[from] && by_hubs >= said);
    uint32_t taken = walk(floor, from, to);
    assert_true(taken >= steps[from] && taken <= said);
    if (steps[from] == 0)
        return;
    double over = (double)(taken - steps[from]) / steps[from];
    excess->pairs++;
    excess->sum += over;
    excess->most = over > excess->most ? over : excess->most;
}

static void test_estimates(void **state)
{
    (void)state;
    static const char *const names[] = {"city", "warehouse", "obstacles, 10 %", "obstacles, 30 %"};
    static const double limits[] = {0.02, 0.05, 0.03, 0.15};
    for (int kind = 0; kind < 4; kind++) {
        struct excess excess = {0};
        for (uint64_t seed = 1; seed <= SEEDS; seed++) {
            struct floor floor;
            struct random random;
            floor_init(&floor, kind, seed);
            random_init(&random, seed);
            uint32_t *steps = test_malloc(floor.grid.nodes * sizeof *steps);
            for (int pair = 0; pair < PAIRS; pair++) {
                uint32_t to = (uint32_t)random_below(&random, floor.grid.nodes);
                uint32_t from = (uint32_t)random_below(&random, floor.grid.nodes);
                search_all(&floor.grid, to, steps);
                check_pair(&floor, from, to, steps, &excess);
            }
            test_free(steps);
            floor_finish(&floor);
        }
        print_message("%s, seeds 1 to %d: %d pairs, ways longer by %.2f %% in the mean, %.1f %% at "
                      "most\n",
                      names[kind], SEEDS, (int)excess.pairs,
                      excess.sum * 100 / (double)excess.pairs, excess.most * 100);
        assert_true(excess.pairs > PAIRS && excess.sum / (double)excess.pairs < limits[kind]);
    }
}

/* A robot that jumps about is told the same as one that is made anew. */
static void test_what_is_kept_changes_nothing(void **state)
{
    (void)state;
    struct floor floor, fresh;
    struct random random;
    random_init(&random, 7);
    floor_init(&floor, 3, 7);
    floor_init(&fresh, 3, 7);
    uint32_t at = 0, goal = 1;
    for (int i = 0; i < 2000; i++) {
        uint32_t next = floor.grid.open[at][random_below(&random, GRID_HEADINGS)];
        at = next == GRID_NONE || random_below(&random, 50) == 0
                 ? (uint32_t)random_below(&random, floor.grid.nodes)
                 : next;
        goal = random_below(&random, 30) == 0 ? (uint32_t)random_below(&random, floor.grid.nodes)
                                              : goal;
        uint32_t place = floor.atlas.place[at], to = floor.atlas.place[goal];
        fresh.atlas.robot[0].tile = GRID_NONE;
        bool known = atlas_aim(&floor.atlas, 0, place, to);
        assert_int_equal(known, atlas_aim(&fresh.atlas, 0, place, to));
        if (known)
            assert_int_equal(atlas_steps(&floor.atlas, 0, place),
                             atlas_steps(&fresh.atlas, 0, place));
    }
    floor_finish(&floor);
    floor_finish(&fresh);
}

/* Blocked cells are gone round, and what they cut off is not joined. */
static void test_blocked_cells(void **state)
{
    (void)state;
    struct floor floor;
    struct random random;
    struct excess excess = {0};
    random_init(&random, 9);
    floor_init(&floor, 2, 9);
    for (int i = 0; i < 400; i++)
        (void)grid_bar(&floor.grid, (uint32_t)random_below(&random, floor.grid.nodes),
                       GRID_BLOCKED);
    atlas_expire(&floor.atlas);
    atlas_refresh(&floor.atlas);
    uint32_t *steps = test_malloc(floor.grid.nodes * sizeof *steps);
    for (int pair = 0; pair < PAIRS; pair++) {
        uint32_t to = (uint32_t)random_below(&random, floor.grid.nodes);
        uint32_t from = (uint32_t)random_below(&random, floor.grid.nodes);
        if (floor.grid.access[to] != GRID_OPEN || floor.grid.access[from] != GRID_OPEN)
            continue;
        search_all(&floor.grid, to, steps);
        check_pair(&floor, from, to, steps, &excess);
    }
    assert_true(excess.pairs > PAIRS / 2);
    test_free(steps);
    floor_finish(&floor);
}

/* --- very many robots by it ------------------------------------------------------------------- */

enum { ROBOTS = 1500, STEPS = 400 };

static struct plenum_fleet *city_fleet(const uint8_t *walls, enum plenum_fleet_motion motion,
                                       uint64_t seed, unsigned threads)
{
    struct plenum_fleet_options options = plenum_fleet_options_default();
    struct plenum_fleet_map map = {SIDE, SIDE, walls};
    struct plenum_fleet *fleet;
    struct plenum_error error;
    struct random random;
    random_init(&random, seed);
    options.field_bytes = 1;
    options.threads = threads;
    options.motion = motion;
    assert_int_equal(plenum_fleet_create(&map, ROBOTS, &options, &fleet, &error), PLENUM_OK);
    uint8_t *taken = test_calloc((size_t)SIDE * SIDE, 1);
    for (uint32_t robot = 0; robot < ROBOTS; robot++) {
        uint32_t cell;
        do {
            cell = (uint32_t)random_below(&random, (uint64_t)SIDE * SIDE);
        } while (walls[cell] || taken[cell]);
        taken[cell] = 1;
        plenum_fleet_set_pose(fleet, robot, cell, PLENUM_FLEET_FACING_EAST);
    }
    test_free(taken);
    return fleet;
}

static uint32_t draw_goal(const uint8_t *walls, uint64_t seed, uint32_t robot, uint32_t number)
{
    for (uint64_t try = 0;; try++) {
        uint64_t bits = random_at(seed, try, robot, number);
        uint32_t cell = (uint32_t)random_below_from(bits, (uint64_t)SIDE * SIDE);
        if (!walls[cell])
            return cell;
    }
}

/* No two in a cell, no exchange, none in a wall. */
static void check_step(const struct plenum_fleet *fleet, const uint8_t *walls, uint32_t *before)
{
    uint32_t *here = test_malloc((size_t)SIDE * SIDE * sizeof *here);
    memset(here, 0xff, (size_t)SIDE * SIDE * sizeof *here);
    for (uint32_t robot = 0; robot < ROBOTS; robot++) {
        uint32_t cell = plenum_fleet_pose(fleet, robot, NULL);
        assert_true(!walls[cell] && here[cell] == UINT32_MAX);
        here[cell] = robot;
    }
    for (uint32_t robot = 0; robot < ROBOTS; robot++) {
        uint32_t cell = plenum_fleet_pose(fleet, robot, NULL), other = here[before[robot]];
        assert_false(other != UINT32_MAX && other != robot && before[other] == cell);
        before[robot] = cell;
    }
    test_free(here);
}

static int run_city(enum plenum_fleet_motion motion, uint64_t seed, unsigned threads,
                    uint64_t *hash)
{
    uint8_t *walls = floor_make(FLOOR_CITY, SIDE, SIDE, seed);
    struct plenum_fleet *fleet = city_fleet(walls, motion, seed, threads);
    uint32_t *before = test_malloc(ROBOTS * sizeof *before);
    uint32_t *errands = test_calloc(ROBOTS, sizeof *errands);
    uint8_t *actions = test_malloc(ROBOTS);
    struct plenum_error error;
    int arrived = 0;
    for (uint32_t robot = 0; robot < ROBOTS; robot++) {
        before[robot] = plenum_fleet_pose(fleet, robot, NULL);
        plenum_fleet_set_goal(fleet, robot, draw_goal(walls, seed, robot, 0));
    }
    for (uint32_t step = 0; step < STEPS; step++) {
        for (uint32_t robot = 0; robot < ROBOTS; robot++) {
            if (plenum_fleet_pose(fleet, robot, NULL) != plenum_fleet_goal(fleet, robot))
                continue;
            arrived++;
            plenum_fleet_set_goal(fleet, robot, draw_goal(walls, seed, robot, ++errands[robot]));
        }
        assert_int_equal(plenum_fleet_step(fleet, step, 0, actions, NULL, &error), PLENUM_OK);
        plenum_fleet_apply(fleet, actions);
        check_step(fleet, walls, before);
        for (uint32_t robot = 0; robot < ROBOTS; robot++)
            *hash = *hash * 31 + actions[robot];
    }
    plenum_fleet_destroy(fleet);
    test_free(before);
    test_free(errands);
    test_free(actions);
    free(walls);
    return arrived;
}

static void check_city(enum plenum_fleet_motion motion, int least)
{
    uint64_t one = 0, three = 0;
    int arrived = run_city(motion, 4, 1, &one);
    assert_int_equal(run_city(motion, 4, 3, &three), arrived);
    assert_true(one == three);
    print_message("seed 4: %d of %d robots' errands in %d steps\n", arrived, ROBOTS, STEPS);
    assert_true(arrived > least);
}

static void test_a_city_of_robots(void **state)
{
    (void)state;
    check_city(PLENUM_FLEET_SLIDING, ROBOTS * 3 / 2);
}

static void test_a_city_of_robots_that_turn(void **state)
{
    (void)state;
    check_city(PLENUM_FLEET_TURNING, ROBOTS);
}

/* The atlas has tiles only where nothing is blocked. */
static void test_turning_among_blocked_cells_is_refused(void **state)
{
    (void)state;
    uint8_t *walls = floor_make(FLOOR_CITY, SIDE, SIDE, 4);
    uint8_t *actions = test_malloc(ROBOTS);
    struct plenum_error error;
    struct plenum_fleet *fleet = city_fleet(walls, PLENUM_FLEET_TURNING, 4, 1);
    uint32_t cell = draw_goal(walls, 4, 0, 0);
    plenum_fleet_set_blocked(fleet, cell, true);
    assert_int_equal(plenum_fleet_step(fleet, 0, 0, actions, NULL, &error), PLENUM_INPUT);
    assert_non_null(strstr(error.text, "1 blocked cells, and robots that turn"));
    plenum_fleet_set_blocked(fleet, cell, false);
    assert_int_equal(plenum_fleet_step(fleet, 0, 0, actions, NULL, &error), PLENUM_OK);
    plenum_fleet_destroy(fleet);
    test_free(actions);
    free(walls);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_estimates),
        cmocka_unit_test(test_what_is_kept_changes_nothing),
        cmocka_unit_test(test_blocked_cells),
        cmocka_unit_test(test_a_city_of_robots),
        cmocka_unit_test(test_a_city_of_robots_that_turn),
        cmocka_unit_test(test_turning_among_blocked_cells_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
