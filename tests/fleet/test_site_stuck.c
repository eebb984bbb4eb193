/* The fleet of a running site in halls where local rules leave robots where they are for ever:
 * every task is done; and what is said of robots that wait. The test is the devices. */
#include "site_for_tests.h"
#include "world_for_tests.h"

#include "base/random.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <plenum/wait.h>

#define HALL(map, robots)                                                                          \
    SITE_HEAD SITE_CATALOGUE "halls:\n- name: hall\n  rows: |\n" map                               \
                             "robots:\n- {name: 'tote-{1..4}', model: tote, cells: [" robots       \
                             "]}\n"

/* Dead ends, a comb, a ring with a spur, two rooms with a passage. */
static const char *const halls[] = {
    HALL("    @@.@@\n    @@.@@\n    .....\n    @@.@@\n    @@.@@\n",
         "[0, 2], [1, 2], [2, 0], [4, 2]"),
    HALL("    .@.@.@.\n    .......\n", "[0, 0], [1, 1], [4, 0], [6, 1]"),
    HALL("    ...@@@@\n    .@.....\n    ...@@@@\n", "[0, 0], [0, 1], [6, 1], [5, 1]"),
    HALL("    ..@@..\n    ......\n    ..@@..\n", "[0, 0], [1, 1], [2, 1], [3, 1]"),
    HALL("    .......\n    @@@.@@@\n    @@@.@@@\n    @@@.@@@\n", "[0, 0], [3, 1], [3, 3], [6, 0]"),
};
enum { HALLS = sizeof halls / sizeof *halls, ROBOTS = 4, STEPS = 1500, WAIT_MOST = 600 };

static int32_t free_cell(const struct plenum_site *site, struct random *random)
{
    for (;;) {
        int32_t cell = (int32_t)random_below(random, (uint64_t)site->cell_count);
        if (!site->walls[cell])
            return cell;
    }
}

/* Takes up and sets down at once what a robot has come for, and keeps its battery full. */
static void serve(struct world *world, int32_t robot)
{
    const struct plenum_robot_model *model =
        &world->site->robot_models[world->site->robots[robot].model];
    uint64_t task = (uint64_t)world_get(world, PLENUM_ROBOT, (uint64_t)robot, PLENUM_ROBOT_TASK);
    int64_t is = task ? world_get(world, PLENUM_TASK, task, PLENUM_FIELD_STATE) : 0;
    if (is == PLENUM_TASK_AT_PICK || is == PLENUM_TASK_AT_DROP)
        world_set(world, PLENUM_TASK, task, PLENUM_FIELD_STATE, is + 1);
    world_set(world, PLENUM_ROBOT, (uint64_t)robot, PLENUM_ROBOT_CHARGE_J, model->battery_j);
    world_set(world, PLENUM_ROBOT, (uint64_t)robot, PLENUM_ROBOT_CHARGE_MOVES,
              plenum_floor_moves(world->ledger, robot));
}

/* As many tasks as robots at any time; none is older than WAIT_MOST steps. */
static void keep_busy(struct world *world, struct random *random)
{
    size_t cursor = 0;
    uint64_t id;
    const int64_t *row;
    while (plenum_ledger_walk(world->ledger, PLENUM_TASK, &cursor, &id, &row)) {
        int64_t age_ms = plenum_ledger_now_ms(world->ledger) - row[PLENUM_TASK_CREATED_MS];
        assert_in_range(age_ms / world->site->step_ms, 0, WAIT_MOST);
    }
    if (plenum_ledger_count(world->ledger, PLENUM_TASK) < ROBOTS) {
        int32_t from = free_cell(world->site, random);
        world_ask(world, PLENUM_LOAD_TOTE, from, free_cell(world->site, random), 0);
    }
}

static void test_every_task_is_done(void **state)
{
    (void)state;
    for (size_t hall = 0; hall < HALLS; hall++) {
        struct plenum_site *site = site_for_tests(halls[hall]);
        struct world world;
        struct random random;
        random_init(&random, hall);
        world_init(&world, site, WORLD_FLEET, 1);
        for (int step = 0; step < STEPS; step++) {
            keep_busy(&world, &random);
            world_run(&world, 1);
            for (int32_t robot = 0; robot < ROBOTS; robot++)
                serve(&world, robot);
        }
        world_finish(&world);
        plenum_site_destroy(site);
    }
}

/* --- why robots wait -------------------------------------------------------------------------- */

static void check_why(const struct world *world, int32_t robot, enum plenum_wait_cause cause,
                      int32_t root, enum plenum_wait_cause root_cause)
{
    struct plenum_robot_wait waits[ROBOTS];
    size_t count = plenum_fleet_agent_why(&world->agents[0], world->ledger, robot, waits, ROBOTS);
    assert_in_range(count, 1, ROBOTS);
    assert_int_equal(waits[0].robot, robot);
    assert_string_equal(plenum_wait_name(waits[0].cause), plenum_wait_name(cause));
    assert_int_equal(waits[count - 1].robot, root);
    assert_string_equal(plenum_wait_name(waits[count - 1].cause), plenum_wait_name(root_cause));
}

/* In the hall of dead ends robot 1 wants to where 0 stands, which is broken. */
static void test_why_robots_wait(void **state)
{
    (void)state;
    struct plenum_site *site = site_for_tests(halls[0]);
    struct world world;
    world_init(&world, site, WORLD_FLEET, 1);
    world_run(&world, 1);
    check_why(&world, 1, PLENUM_WAIT_NO_TASK, 1, PLENUM_WAIT_NO_TASK);
    world_set(&world, PLENUM_ROBOT, 0, PLENUM_FIELD_STATE, PLENUM_ROBOT_BROKEN);
    world_ask(&world, PLENUM_LOAD_TOTE, 10, 2, 0);
    world_run(&world, 2);
    check_why(&world, 0, PLENUM_WAIT_BROKEN, 0, PLENUM_WAIT_BROKEN);
    check_why(&world, 1, PLENUM_WAIT_QUEUE, 0, PLENUM_WAIT_BROKEN);
    world_set(&world, PLENUM_ROBOT, 3, PLENUM_ROBOT_READY_MS,
              plenum_ledger_now_ms(world.ledger) + 5000);
    check_why(&world, 3, PLENUM_WAIT_LATE, 3, PLENUM_WAIT_LATE);
    world_set(&world, PLENUM_STOP, PLENUM_STOP_FLOOR, PLENUM_FIELD_STATE, PLENUM_STOP_STOPPED);
    check_why(&world, 1, PLENUM_WAIT_STOPPED, 1, PLENUM_WAIT_STOPPED);
    world_finish(&world);
    plenum_site_destroy(site);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_task_is_done),
        cmocka_unit_test(test_why_robots_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
