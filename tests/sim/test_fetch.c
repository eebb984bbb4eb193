/* Robots that break are fetched: one by one in tables, and often in a small hall from several
 * seeds. Nothing that the ledger refuses is ever proposed (world_for_tests). */
#include "site_for_tests.h"
#include "world_for_tests.h"

#include <plenum/wait.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MINUTE 60

/* The catalogue of site_for_tests, whose carriers fetch; a hall with two repair stations. */
#define HALL                                                                                       \
    "halls:\n"                                                                                     \
    "- {name: hall, size: [12, 8]}\n"                                                              \
    "chargers:\n"                                                                                  \
    "- {name: 'c-{1..2}', cell: [0, 0], step: [0, 2], power_w: 2000, feeds: [panel-a]}\n"          \
    "stations:\n"                                                                                  \
    "- {name: 's-{1..2}', cell: [11, 0], step: [0, 7]}\n"                                          \
    "repair_stations:\n"                                                                           \
    "- {name: 'repair-{1..2}', cell: [2, 6], step: [3, 0]}\n"
#define TWO_CARRIERS                                                                               \
    "robots:\n"                                                                                    \
    "- {name: 'carrier-{1..2}', model: carrier, cells: [[1, 5], [1, 3]]}\n"                        \
    "- {name: 'tote-{1..3}', model: tote, cells: [[5, 4], [7, 4], [9, 4]]}\n"
#define ONE_CARRIER                                                                                \
    "robots:\n"                                                                                    \
    "- {name: 'carrier-{1..1}', model: carrier, cells: [[1, 5]]}\n"                                \
    "- {name: 'tote-{1..4}', model: tote, cells: [[1, 3], [5, 4], [7, 4], [9, 4]]}\n"
#define QUIET "world: {robot_repair: 10m}\n"

enum { CARRIER, OTHER, TOTE_1, TOTE_2, TOTE_3 };

static struct plenum_site *site_of(const char *rest)
{
    static const char payload[] = "carries: rack, ", fetches[] = "fetches: true, ";
    static const char catalogue[] = SITE_HEAD SITE_CATALOGUE SITE_POWER HALL;
    size_t room = sizeof catalogue + sizeof fetches + strlen(rest);
    char *text = malloc(room);
    assert_non_null(text);
    const char *at = strstr(catalogue, payload);
    assert_non_null(at);
    snprintf(text, room, "%.*s%s%s%s", (int)(at - catalogue), catalogue, fetches, at, rest);
    struct plenum_site *site = site_for_tests(text);
    free(text);
    return site;
}

static int64_t field(const struct world *world, int32_t robot, int32_t which)
{
    return world_get(world, PLENUM_ROBOT, (uint64_t)robot, which);
}

static void break_one(struct world *world, int32_t robot)
{
    world_set(world, PLENUM_ROBOT, (uint64_t)robot, PLENUM_FIELD_STATE, PLENUM_ROBOT_BROKEN);
    world_set(world, PLENUM_ROBOT, (uint64_t)robot, PLENUM_ROBOT_READY_MS,
              world_now_ms(world) + INT64_C(20) * MINUTE * 1000);
}

/* Steps until the robot is in a state; the time that took, in steps. */
static int run_to(struct world *world, int32_t robot, int64_t state, int most)
{
    int step = 0;
    for (; step < most && field(world, robot, PLENUM_FIELD_STATE) != state; step++)
        world_run(world, 1);
    assert_int_equal(field(world, robot, PLENUM_FIELD_STATE), state);
    return step;
}

static enum plenum_wait_cause why(const struct world *world, int32_t robot)
{
    struct plenum_robot_wait wait;
    for (int i = 0; i < world->agent_count; i++)
        if (strcmp(world->agents[i].name, "planner/fleet") == 0)
            assert_int_equal(
                plenum_fleet_agent_why(&world->agents[i], world->ledger, robot, &wait, 1), 1);
    return wait.cause;
}

static void test_one_is_fetched(void **state)
{
    (void)state;
    static const int32_t cases[] = {TOTE_1, TOTE_3, OTHER, CARRIER};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world world;
        struct plenum_site *site = site_of(TWO_CARRIERS QUIET);
        int32_t robot = cases[i];
        world_init(&world, site, WORLD_SIM | WORLD_FLEET, 1);
        int32_t cell = plenum_floor_cell_of(world.ledger, robot);
        break_one(&world, robot);
        world_run(&world, 2);
        assert_int_equal(why(&world, robot), PLENUM_WAIT_FETCHED);
        run_to(&world, robot, PLENUM_ROBOT_CARRIED, 3 * MINUTE);
        assert_int_equal(plenum_floor_cell_of(world.ledger, robot), PLENUM_NONE);
        assert_int_not_equal(plenum_floor_robot_at(world.ledger, cell), robot);
        world_run(&world, 1);
        assert_int_equal(why(&world, robot), PLENUM_WAIT_CARRIED);
        run_to(&world, robot, PLENUM_ROBOT_BROKEN, 3 * MINUTE);
        int32_t there = plenum_floor_cell_of(world.ledger, robot);
        assert_true(there == site->repair_stations[0].cell ||
                    there == site->repair_stations[1].cell);
        assert_int_equal(field(&world, robot, PLENUM_ROBOT_FETCH), 0);
        assert_int_equal(why(&world, robot), PLENUM_WAIT_BROKEN);
        int repair = run_to(&world, robot, PLENUM_ROBOT_IDLE, 11 * MINUTE);
        assert_true(repair >= 4 * MINUTE);
        world_run(&world, 5);
        assert_int_not_equal(plenum_floor_cell_of(world.ledger, robot), there);
        assert_int_equal(plenum_ledger_count(world.ledger, PLENUM_TASK), 0);
        world_finish(&world);
        plenum_site_destroy(site);
    }
}

/* The only one that fetches is repaired where it stands, and so is a robot that it has on it then:
 * set down when the carrier works again. */
static void test_the_carrier_breaks(void **state)
{
    (void)state;
    struct world world;
    struct plenum_site *site = site_of(ONE_CARRIER QUIET);
    world_init(&world, site, WORLD_SIM | WORLD_FLEET, 1);
    break_one(&world, TOTE_3);
    run_to(&world, TOTE_3, PLENUM_ROBOT_CARRIED, 4 * MINUTE);
    world_set(&world, PLENUM_ROBOT, CARRIER, PLENUM_FIELD_STATE, PLENUM_ROBOT_BROKEN);
    world_set(&world, PLENUM_ROBOT, CARRIER, PLENUM_ROBOT_READY_MS,
              world_now_ms(&world) + INT64_C(5) * MINUTE * 1000);
    world_run(&world, 4 * MINUTE);
    assert_int_equal(field(&world, TOTE_3, PLENUM_FIELD_STATE), PLENUM_ROBOT_CARRIED);
    assert_int_equal(why(&world, CARRIER), PLENUM_WAIT_BROKEN);
    run_to(&world, CARRIER, PLENUM_ROBOT_BUSY, 2 * MINUTE);
    run_to(&world, TOTE_3, PLENUM_ROBOT_BROKEN, 3 * MINUTE);
    run_to(&world, TOTE_3, PLENUM_ROBOT_IDLE, 11 * MINUTE);
    world_finish(&world);
    plenum_site_destroy(site);
}

/* Three at once for two stations: the third waits for one to be free, and is told so. */
static void test_no_station_is_free(void **state)
{
    (void)state;
    struct world world;
    struct plenum_site *site = site_of(TWO_CARRIERS QUIET);
    world_init(&world, site, WORLD_SIM | WORLD_FLEET, 1);
    for (int32_t robot = TOTE_1; robot <= TOTE_3; robot++)
        break_one(&world, robot);
    world_run(&world, 1);
    assert_int_equal(field(&world, TOTE_3, PLENUM_ROBOT_FETCH), 0);
    assert_int_equal(why(&world, TOTE_3), PLENUM_WAIT_NO_STATION);
    run_to(&world, TOTE_3, PLENUM_ROBOT_CARRIED, 18 * MINUTE);
    world_finish(&world);
    plenum_site_destroy(site);
}

/* While the floor is stopped nothing is taken up; afterwards it is. */
static void test_a_stopped_floor(void **state)
{
    (void)state;
    struct world world;
    struct plenum_site *site = site_of(TWO_CARRIERS QUIET);
    world_init(&world, site, WORLD_SIM | WORLD_FLEET, 1);
    break_one(&world, TOTE_1);
    world_run(&world, 30);
    world_set(&world, PLENUM_STOP, PLENUM_STOP_FLOOR, PLENUM_FIELD_STATE, PLENUM_STOP_STOPPED);
    world_run(&world, 5 * MINUTE);
    assert_int_equal(field(&world, TOTE_1, PLENUM_FIELD_STATE), PLENUM_ROBOT_BROKEN);
    world_set(&world, PLENUM_STOP, PLENUM_STOP_FLOOR, PLENUM_FIELD_STATE, PLENUM_STOP_CLEAR);
    run_to(&world, TOTE_1, PLENUM_ROBOT_CARRIED, 3 * MINUTE);
    world_finish(&world);
    plenum_site_destroy(site);
}

/* One that nobody comes to is repaired where it stands, and what was asked for is called off. */
static void test_nobody_comes(void **state)
{
    (void)state;
    struct world world;
    struct plenum_site *site = site_of(ONE_CARRIER QUIET);
    world_init(&world, site, WORLD_SIM | WORLD_FLEET, 1);
    int32_t cell = plenum_floor_cell_of(world.ledger, TOTE_2);
    break_one(&world, CARRIER);
    break_one(&world, TOTE_2);
    world_set(&world, PLENUM_ROBOT, CARRIER, PLENUM_ROBOT_READY_MS,
              world_now_ms(&world) + INT64_C(60) * MINUTE * 1000);
    world_run(&world, 19 * MINUTE);
    assert_int_not_equal(field(&world, TOTE_2, PLENUM_ROBOT_FETCH), 0);
    assert_int_equal(plenum_floor_cell_of(world.ledger, TOTE_2), cell);
    run_to(&world, TOTE_2, PLENUM_ROBOT_IDLE, 2 * MINUTE);
    world_run(&world, 1);
    assert_int_equal(field(&world, TOTE_2, PLENUM_ROBOT_FETCH), 0);
    assert_int_equal(plenum_ledger_count(world.ledger, PLENUM_TASK), 0);
    world_finish(&world);
    plenum_site_destroy(site);
}

/* --- often ------------------------------------------------------------------------------------ */

enum { ROBOTS_MAX = 8, DOWN_MOST_S = 40 * MINUTE };

/* Since when each robot is out of work; 0: it is not. */
struct downs {
    int64_t since_s[ROBOTS_MAX];
    int64_t longest_s;
    int broke, fetched;
};

static void look(const struct world *world, struct downs *downs, int64_t now_s)
{
    for (int32_t robot = 0; robot < world->site->robot_count; robot++) {
        int64_t state = field(world, robot, PLENUM_FIELD_STATE);
        int32_t cell = plenum_floor_cell_of(world->ledger, robot);
        bool down = state == PLENUM_ROBOT_BROKEN || state == PLENUM_ROBOT_CARRIED;
        assert_int_equal(cell == PLENUM_NONE, state == PLENUM_ROBOT_CARRIED);
        downs->broke += down && downs->since_s[robot] == 0;
        downs->since_s[robot] = !down ? 0 : downs->since_s[robot] ? downs->since_s[robot] : now_s;
        int64_t down_s = down ? now_s - downs->since_s[robot] : 0;
        downs->longest_s = down_s > downs->longest_s ? down_s : downs->longest_s;
        if (down_s > DOWN_MOST_S)
            fail_msg("seed %llu: robot %d is out of work for %lld s",
                     (unsigned long long)world->seed, robot, (long long)down_s);
    }
}

static void count_fetched(struct world *world, const struct plenum_command *command)
{
    struct downs *downs = world->context;
    for (size_t i = 0; i < command->op_count; i++)
        downs->fetched += command->ops[i].type == PLENUM_OP_FLOOR_LIFT;
}

static void test_many_break(void **state)
{
    (void)state;
    static const char *const sites[] = {
        TWO_CARRIERS "world: {robot_repair: 10m, robot_breakdown_ppm: 1000000, tote_every: 20s,\n"
                     "  robot_late_ppm: 20000, robot_late_steps_max: 5}\n",
        ONE_CARRIER "world: {robot_repair: 10m, robot_breakdown_ppm: 1000000, tote_every: 20s,\n"
                    "  robot_late_ppm: 20000, robot_late_steps_max: 5}\n"};
    for (size_t i = 0; i < sizeof sites / sizeof *sites; i++)
        for (uint64_t seed = 1; seed <= 4; seed++) {
            struct world world;
            struct downs downs = {0};
            struct plenum_site *site = site_of(sites[i]);
            world_init(&world, site, WORLD_SIM | WORLD_FLEET, seed);
            world.anew = seed % 2 == 0;
            world.watch = count_fetched;
            world.context = &downs;
            for (int64_t second = 1; second <= (int64_t)120 * MINUTE; second++) {
                world_run(&world, 1);
                look(&world, &downs, second);
            }
            print_message("site %zu seed %llu: %d broke, %d fetched, at most %lld s\n", i,
                          (unsigned long long)seed, downs.broke, downs.fetched,
                          (long long)downs.longest_s);
            assert_true(downs.fetched > 0);
            world_finish(&world);
            plenum_site_destroy(site);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_is_fetched),     cmocka_unit_test(test_the_carrier_breaks),
        cmocka_unit_test(test_no_station_is_free), cmocka_unit_test(test_a_stopped_floor),
        cmocka_unit_test(test_nobody_comes),       cmocka_unit_test(test_many_break),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
