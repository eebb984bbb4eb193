/* Areas of the floor under the fleet planner's agent: closed in time and empty, fire lanes passed
 * through, idle robots parked. The test is the devices. */
#include "site_for_tests.h"
#include "world_for_tests.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Twelve columns of eight rows: a lane of three columns between east and west, an aisle in the
 * south that closes, parking in the north. */
#define SITE                                                                                       \
    SITE_HEAD SITE_CATALOGUE "halls:\n"                                                            \
                             "- {name: hall, size: [12, 8]}\n"                                     \
                             "robots:\n"                                                           \
                             "- {name: 'tote-{1..4}', model: tote,\n"                              \
                             "   area: {from: [0, 4], to: [2, 7], every: [2, 2]}}\n"               \
                             "areas:\n"                                                            \
                             "- {name: lane, kind: fire-lane, from: [5, 0], to: [7, 5]}\n"         \
                             "- {name: parking, kind: parking, from: [0, 0], to: [3, 1]}\n"        \
                             "- name: south\n"                                                     \
                             "  from: [1, 6]\n"                                                    \
                             "  to: [8, 7]\n"                                                      \
                             "  closed:\n"                                                         \
                             "  - {from: start+60s, until: start+90s, notice: 20s}\n"              \
                             "  - {from: start+150s, until: start+160s, notice: 5s}\n"

enum { LANE, PARKING, SOUTH, ROBOTS = 4, WIDTH = 12 };

static int32_t cell(int32_t column, int32_t row)
{
    return row * WIDTH + column;
}

static int64_t area_is(const struct world *world, uint64_t area)
{
    return world_get(world, PLENUM_AREA, area, PLENUM_FIELD_STATE);
}

static int robots_in(const struct world *world, int32_t area)
{
    int count = 0;
    for (int32_t i = 0; i < world->site->robot_count; i++)
        count += plenum_site_area_of(world->site, plenum_floor_cell_of(world->ledger, i)) == area;
    return count;
}

static uint64_t ask(struct world *world, int32_t from, int32_t to)
{
    return world_ask(world, PLENUM_LOAD_TOTE, from, to, 0);
}

/* Takes up and sets down at once what robots have come for. */
static void handle(struct world *world)
{
    for (uint64_t robot = 0; robot < (uint64_t)world->site->robot_count; robot++) {
        uint64_t task = (uint64_t)world_get(world, PLENUM_ROBOT, robot, PLENUM_ROBOT_TASK);
        int64_t is = task ? world_get(world, PLENUM_TASK, task, PLENUM_FIELD_STATE) : 0;
        if (is == PLENUM_TASK_AT_PICK || is == PLENUM_TASK_AT_DROP)
            world_set(world, PLENUM_TASK, task, PLENUM_FIELD_STATE, is + 1);
    }
}

/* Totes from end to end of the hall and in the south, all the time. */
static void work(struct world *world, int steps)
{
    for (int i = 0; i < steps; i++) {
        if (i % 4 == 0)
            ask(world, cell(10, i % 8), cell(0, 2 + i % 5));
        if (i % 7 == 0)
            ask(world, cell(2, 7), cell(11, 3));
        world_run(world, 1);
        handle(world);
    }
}

struct fixture {
    struct plenum_site *site;
    struct world world;
};

static int set_up(void **state)
{
    static struct fixture fixture;
    fixture.site = site_for_tests(SITE);
    world_init(&fixture.world, fixture.site, WORLD_FLEET, 1);
    *state = &fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;
    world_finish(&fixture->world);
    plenum_site_destroy(fixture->site);
    return 0;
}

/* --- closures --------------------------------------------------------------------------------- */

/* Whoever plans the steps, one that lives or one made anew each time, the robots are out in time,
 * and the closures come one after the other. */
static void test_areas_close_in_time(void **state)
{
    static const struct {
        int until;
        int64_t state;
    } rows[] = {
        {40, PLENUM_AREA_OPEN},  {59, PLENUM_AREA_CLOSING},  {90, PLENUM_AREA_CLOSED},
        {144, PLENUM_AREA_OPEN}, {149, PLENUM_AREA_CLOSING}, {160, PLENUM_AREA_CLOSED},
        {170, PLENUM_AREA_OPEN},
    };
    struct fixture *fixture = *state;
    struct world *world = &fixture->world;
    char first[65] = "", hash[65];
    for (int anew = 0; anew < 2; anew++) {
        world->anew = anew == 1;
        for (size_t i = 0, at = 0; i < sizeof rows / sizeof rows[0]; i++) {
            work(world, rows[i].until - (int)at);
            at = (size_t)rows[i].until;
            assert_int_equal(area_is(world, SOUTH), rows[i].state);
            if (rows[i].state == PLENUM_AREA_CLOSED)
                assert_int_equal(robots_in(world, SOUTH), 0);
        }
        assert_int_equal(world_get(world, PLENUM_AREA, SOUTH, PLENUM_AREA_FROM_MS), PLENUM_FOREVER);
        plenum_ledger_state_hash(world->ledger, hash);
        if (anew == 1)
            assert_string_equal(hash, first);
        memcpy(first, hash, sizeof first);
        tear_down(state);
        set_up(state);
    }
}

/* One that breaks inside keeps the area from being closed, as long as it stands there. */
static void test_nobody_is_caught_inside(void **state)
{
    struct fixture *fixture = *state;
    struct world *world = &fixture->world;
    uint64_t task = ask(world, cell(2, 7), cell(11, 3));
    for (int i = 0; world_get(world, PLENUM_TASK, task, PLENUM_FIELD_STATE) != PLENUM_TASK_AT_PICK;
         i++) {
        assert_true(i < 30);
        world_run(world, 1);
    }
    uint64_t robot = (uint64_t)world_get(world, PLENUM_TASK, task, PLENUM_TASK_ROBOT);
    world_set(world, PLENUM_ROBOT, robot, PLENUM_FIELD_STATE, PLENUM_ROBOT_BROKEN);
    while (world_now_ms(world) < world->site->start_ms + 70000)
        world_run(world, 1);
    assert_int_equal(area_is(world, SOUTH), PLENUM_AREA_CLOSING);
    assert_int_equal(world_get(world, PLENUM_TASK, task, PLENUM_FIELD_STATE), PLENUM_TASK_OPEN);
    world_set(world, PLENUM_ROBOT, robot, PLENUM_FIELD_STATE, PLENUM_ROBOT_IDLE);
    world_run(world, 10);
    assert_int_equal(area_is(world, SOUTH), PLENUM_AREA_CLOSED);
    world_run(world, 30);
    assert_int_not_equal(world_get(world, PLENUM_TASK, task, PLENUM_FIELD_STATE), PLENUM_TASK_OPEN);
}

/* A person closes and opens; the closure in force is over by that, and the next one comes. */
static void test_by_hand(void **state)
{
    struct fixture *fixture = *state;
    struct world *world = &fixture->world;
    int64_t start_ms = world->site->start_ms;
    world_run(world, 65);
    assert_int_equal(area_is(world, SOUTH), PLENUM_AREA_CLOSED);
    plenum_command_reset(&world->scratch, PLENUM_COMMAND_AREA_OPEN, "test");
    plenum_area_open(world->ledger, &world->scratch, SOUTH);
    world_submit(world, &world->scratch);
    world_run(world, 5);
    assert_int_equal(area_is(world, SOUTH), PLENUM_AREA_OPEN);
    assert_int_equal(world_get(world, PLENUM_AREA, SOUTH, PLENUM_AREA_FROM_MS), start_ms + 150000);
    plenum_command_reset(&world->scratch, PLENUM_COMMAND_AREA_CLOSE, "test");
    plenum_area_plan(&world->scratch, SOUTH,
                     (struct plenum_closure){start_ms + 95000, start_ms + 100000, 0});
    world_submit(world, &world->scratch);
    world_run(world, 27);
    assert_int_equal(area_is(world, SOUTH), PLENUM_AREA_CLOSED);
    world_run(world, 5);
    assert_int_equal(area_is(world, SOUTH), PLENUM_AREA_OPEN);
    assert_int_equal(world_get(world, PLENUM_AREA, SOUTH, PLENUM_AREA_FROM_MS), start_ms + 150000);
}

/* --- lanes and parking ------------------------------------------------------------------------ */

/* In crowded work no robot stands in the lane for more than a few steps. */
static void test_lanes_stay_free(void **state)
{
    struct fixture *fixture = *state;
    struct world *world = &fixture->world;
    int32_t before[8] = {0}, stood[8] = {0}, longest = 0;
    int crossed = 0;
    for (int step = 0; step < 600; step++) {
        work(world, 1);
        if (step % 4 == 0)
            ask(world, cell(10, step % 5), cell(0, 2 + step % 4));
        for (int32_t i = 0; i < ROBOTS; i++) {
            int32_t at = plenum_floor_cell_of(world->ledger, i);
            bool lane = plenum_site_area_of(world->site, at) == LANE;
            stood[i] = lane && at == before[i] ? stood[i] + 1 : 0;
            longest = stood[i] > longest ? stood[i] : longest;
            crossed += lane;
            before[i] = at;
        }
    }
    assert_true(crossed > 100);
    assert_true(longest <= 2);
}

static void test_idle_robots_park(void **state)
{
    struct fixture *fixture = *state;
    struct world *world = &fixture->world;
    world_run(world, 20);
    assert_int_equal(robots_in(world, PARKING), ROBOTS);
    int32_t cells[ROBOTS];
    for (int32_t i = 0; i < ROBOTS; i++)
        cells[i] = plenum_floor_cell_of(world->ledger, i);
    world_run(world, 10);
    for (int32_t i = 0; i < ROBOTS; i++)
        assert_int_equal(plenum_floor_cell_of(world->ledger, i), cells[i]);
    uint64_t task = ask(world, cell(10, 3), cell(11, 3));
    for (int i = 0; plenum_ledger_exists(world->ledger, plenum_ref(PLENUM_TASK, task)); i++) {
        assert_true(i < 60);
        world_run(world, 1);
        handle(world);
    }
    world_run(world, 20);
    assert_int_equal(robots_in(world, PARKING), ROBOTS);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_areas_close_in_time), TEST(test_nobody_is_caught_inside), TEST(test_by_hand),
        TEST(test_lanes_stay_free),     TEST(test_idle_robots_park),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
