/* The fleet planner's agent on a small floor, alone: the test is the devices. */
#include "site_for_tests.h"
#include "world_for_tests.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define ROBOTS                                                                                     \
    "tenants:\n"                                                                                   \
    "- {name: acme, share_milli: 500, priority: 2}\n"                                              \
    "racks:\n"                                                                                     \
    "- {name: 'r-{1..2}', model: rk, position: 'p-{1..2}', arrive: start, every: 1s,\n"            \
    "   shipped_ahead: 4h, built_ahead: 1d}\n"                                                     \
    "robots:\n"                                                                                    \
    "- {name: carrier, model: carrier, cells: [[1, 5]]}\n"                                         \
    "- {name: 'tote-{1..3}', model: tote, cells: [[5, 5], [7, 5], [10, 5]]}\n"

#define SITE SITE_HEAD SITE_CATALOGUE SITE_POWER SITE_FLOOR ROBOTS

enum { CARRIER, TOTE_1, TOTE_2, TOTE_3, ROBOT_COUNT, WIDTH = 12 };

static int32_t cell(int32_t column, int32_t row)
{
    return row * WIDTH + column;
}

static int64_t robot_is(const struct world *world, int32_t robot)
{
    return world_get(world, PLENUM_ROBOT, (uint64_t)robot, PLENUM_FIELD_STATE);
}

static int64_t task_of(const struct world *world, int32_t robot)
{
    return world_get(world, PLENUM_ROBOT, (uint64_t)robot, PLENUM_ROBOT_TASK);
}

static int64_t task_is(const struct world *world, uint64_t task)
{
    return world_get(world, PLENUM_TASK, task, PLENUM_FIELD_STATE);
}

static void set_robot(struct world *world, int32_t robot, int32_t field, int64_t value)
{
    world_set(world, PLENUM_ROBOT, (uint64_t)robot, field, value);
}

/* The site with another text in the place of one that it has. */
static struct plenum_site *begin_with(struct world *world, const char *old, const char *new)
{
    static const char text[] = SITE;
    char changed[sizeof text + 64];
    const char *at = strstr(text, old);
    assert_non_null(at);
    snprintf(changed, sizeof changed, "%.*s%s%s", (int)(at - text), text, new, at + strlen(old));
    struct plenum_site *site = site_for_tests(changed);
    world_init(world, site, WORLD_FLEET, 1);
    return site;
}

static struct plenum_site *begin(struct world *world)
{
    struct plenum_site *site = site_for_tests(SITE);
    world_init(world, site, WORLD_FLEET, 1);
    return site;
}

static void end(struct world *world, struct plenum_site *site)
{
    world_finish(world);
    plenum_site_destroy(site);
}

/* Steps until the task is in a state, which it must be within a minute. */
static void run_to_task(struct world *world, uint64_t task, int64_t state)
{
    for (int step = 0; step < 60 && task_is(world, task) != state; step++)
        world_run(world, 1);
    assert_int_equal(task_is(world, task), state);
}

/* --- tasks ------------------------------------------------------------------------------------ */

static void test_who_takes_what(void **state)
{
    (void)state;
    static const struct {
        enum plenum_task_load load;
        int32_t column, row, robot;
    } cases[] = {
        {PLENUM_LOAD_TOTE, 5, 6, TOTE_1},   {PLENUM_LOAD_TOTE, 8, 5, TOTE_2},
        {PLENUM_LOAD_TOTE, 11, 0, TOTE_3},  {PLENUM_LOAD_TOTE, 1, 5, TOTE_1},
        {PLENUM_LOAD_RACK, 10, 5, CARRIER}, {PLENUM_LOAD_PART, 0, 6, TOTE_1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world world;
        struct plenum_site *site = begin(&world);
        uint64_t task =
            world_ask(&world, cases[i].load, cell(cases[i].column, cases[i].row), cell(3, 7), 0);
        world_run(&world, 1);
        assert_int_equal(task_of(&world, cases[i].robot), task);
        assert_int_equal(robot_is(&world, cases[i].robot), PLENUM_ROBOT_BUSY);
        end(&world, site);
    }
}

static void test_a_task_from_end_to_end(void **state)
{
    (void)state;
    struct world world;
    struct plenum_site *site = begin(&world);
    uint64_t task = world_ask(&world, PLENUM_LOAD_TOTE, cell(11, 0), cell(11, 2), 0);
    run_to_task(&world, task, PLENUM_TASK_AT_PICK);
    assert_int_equal(plenum_floor_cell_of(world.ledger, TOTE_3), cell(11, 0));
    world_run(&world, 20);
    assert_int_equal(plenum_floor_cell_of(world.ledger, TOTE_3), cell(11, 0));
    world_set(&world, PLENUM_TASK, task, PLENUM_FIELD_STATE, PLENUM_TASK_TO_DROP);
    run_to_task(&world, task, PLENUM_TASK_AT_DROP);
    assert_int_equal(plenum_floor_cell_of(world.ledger, TOTE_3), cell(11, 2));
    world_set(&world, PLENUM_TASK, task, PLENUM_FIELD_STATE, PLENUM_TASK_DONE);
    world_run(&world, 1);
    assert_int_equal(plenum_ledger_count(world.ledger, PLENUM_TASK), 0);
    assert_int_equal(robot_is(&world, TOTE_3), PLENUM_ROBOT_IDLE);
    assert_int_equal(task_of(&world, TOTE_3), 0);
    end(&world, site);
}

static void test_broken_robots(void **state)
{
    (void)state;
    static const struct {
        int64_t at, after; /* of the task: when the robot breaks, a step later */
        bool keeps;
    } cases[] = {
        {PLENUM_TASK_TO_PICK, PLENUM_TASK_TO_PICK, false},
        {PLENUM_TASK_AT_PICK, PLENUM_TASK_TO_PICK, false},
        {PLENUM_TASK_TO_DROP, PLENUM_TASK_TO_DROP, true},
        {PLENUM_TASK_AT_DROP, PLENUM_TASK_AT_DROP, true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world world;
        struct plenum_site *site = begin(&world);
        uint64_t task = world_ask(&world, PLENUM_LOAD_TOTE, cell(11, 0), cell(11, 2), 0);
        world_run(&world, 1);
        for (int64_t at = PLENUM_TASK_AT_PICK; at <= cases[i].at; at++) {
            if (at == PLENUM_TASK_TO_DROP)
                world_set(&world, PLENUM_TASK, task, PLENUM_FIELD_STATE, at);
            run_to_task(&world, task, at);
        }
        set_robot(&world, TOTE_3, PLENUM_FIELD_STATE, PLENUM_ROBOT_BROKEN);
        int32_t stands = plenum_floor_cell_of(world.ledger, TOTE_3);
        world_run(&world, 1);
        assert_int_equal(task_is(&world, task), cases[i].after);
        assert_int_equal(task_of(&world, TOTE_3), cases[i].keeps ? (int64_t)task : 0);
        world_run(&world, 10);
        assert_int_equal(plenum_floor_cell_of(world.ledger, TOTE_3), stands);
        end(&world, site);
    }
}

/* One far task, while near ones keep coming faster than robots serve them. */
static void test_no_task_waits_for_ever(void **state)
{
    (void)state;
    struct world world;
    struct plenum_site *site = begin(&world);
    set_robot(&world, TOTE_2, PLENUM_FIELD_STATE, PLENUM_ROBOT_BROKEN);
    set_robot(&world, TOTE_3, PLENUM_FIELD_STATE, PLENUM_ROBOT_BROKEN);
    for (int i = 0; i < 8; i++)
        world_ask(&world, PLENUM_LOAD_TOTE, cell(5, 5), cell(5, 6), 0);
    uint64_t far = world_ask(&world, PLENUM_LOAD_TOTE, cell(11, 0), cell(11, 2), 0);
    int step = 0;
    for (; step < 2000 && task_is(&world, far) == PLENUM_TASK_OPEN; step++) {
        world_run(&world, 1);
        uint64_t task = (uint64_t)task_of(&world, TOTE_1);
        if (task != 0 && task_is(&world, task) == PLENUM_TASK_AT_PICK)
            world_set(&world, PLENUM_TASK, task, PLENUM_FIELD_STATE, PLENUM_TASK_TO_DROP);
        else if (task != 0 && task_is(&world, task) == PLENUM_TASK_AT_DROP)
            world_set(&world, PLENUM_TASK, task, PLENUM_FIELD_STATE, PLENUM_TASK_DONE);
        if (step % 4 == 0)
            world_ask(&world, PLENUM_LOAD_TOTE, cell(5, 5), cell(5, 6), 0);
    }
    assert_true(step < 2000);
    end(&world, site);
}

/* Whether robots are many or few. */
static void test_priority_first(void **state)
{
    (void)state;
    for (int few = 0; few < 2; few++) {
        struct world world;
        struct plenum_site *site = begin(&world);
        if (few) {
            set_robot(&world, TOTE_2, PLENUM_FIELD_STATE, PLENUM_ROBOT_BROKEN);
            set_robot(&world, TOTE_3, PLENUM_FIELD_STATE, PLENUM_ROBOT_BROKEN);
        }
        for (int i = 0; i < 4; i++)
            world_ask(&world, PLENUM_LOAD_TOTE, cell(5, 5), cell(5, 6), 0);
        uint64_t urgent = world_ask(&world, PLENUM_LOAD_PART, cell(0, 6), cell(3, 3), 1);
        world_run(&world, 1);
        assert_int_equal(task_is(&world, urgent), PLENUM_TASK_TO_PICK);
        end(&world, site);
    }
}

/* --- batteries -------------------------------------------------------------------------------- */

static void test_charging(void **state)
{
    (void)state;
    struct world world;
    struct plenum_site *site = begin(&world);
    int64_t full_j = site->robot_models[site->robots[TOTE_1].model].battery_j;
    for (int32_t robot = TOTE_1; robot <= TOTE_3; robot++)
        set_robot(&world, robot, PLENUM_ROBOT_CHARGE_J, full_j / 10);
    world_run(&world, 60);
    assert_int_equal(world_count(&world, PLENUM_ROBOT, PLENUM_ROBOT_CHARGING), 2);
    assert_int_equal(plenum_power_node_w(world.ledger, 0, PLENUM_NONE, world_now_ms(&world)), 1000);
    uint64_t task = world_ask(&world, PLENUM_LOAD_TOTE, cell(11, 0), cell(11, 2), 0);
    bool filled[ROBOT_COUNT] = {false};
    for (int step = 0; step < 2 * 3600; step++) {
        world_run(&world, 1);
        for (int32_t robot = TOTE_1; robot <= TOTE_3; robot++) {
            bool idle = robot_is(&world, robot) == PLENUM_ROBOT_IDLE ||
                        robot_is(&world, robot) == PLENUM_ROBOT_BUSY;
            int64_t charge_j =
                world_get(&world, PLENUM_ROBOT, (uint64_t)robot, PLENUM_ROBOT_CHARGE_J);
            filled[robot] = filled[robot] || (idle && charge_j >= full_j * 97 / 100);
        }
    }
    assert_true(filled[TOTE_1] && filled[TOTE_2] && filled[TOTE_3]);
    assert_int_not_equal(task_is(&world, task), PLENUM_TASK_OPEN);
    assert_int_equal(plenum_power_node_w(world.ledger, 0, PLENUM_NONE, world_now_ms(&world)), 0);
    end(&world, site);
}

/* A charger gives what is wanted, or half of it where its panel has less left, or nothing. */
static void test_charging_with_few_watts(void **state)
{
    (void)state;
    static const struct {
        int64_t limit_w, granted_w;
    } cases[] = {{500, 500}, {499, 250}, {250, 250}, {249, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world world;
        struct plenum_site *site = begin(&world);
        int64_t now_ms = world_now_ms(&world);
        plenum_command_reset(&world.scratch, PLENUM_COMMAND_POWER_DERATE, "test");
        plenum_command_limit(&world.scratch, 2, now_ms, PLENUM_FOREVER, cases[i].limit_w,
                             cases[i].limit_w);
        world_submit(&world, &world.scratch);
        set_robot(&world, TOTE_1, PLENUM_ROBOT_CHARGE_J, 100000);
        world_run(&world, 60);
        assert_int_equal(robot_is(&world, TOTE_1),
                         cases[i].granted_w > 0 ? PLENUM_ROBOT_CHARGING : PLENUM_ROBOT_TO_CHARGER);
        assert_int_equal(world_get(&world, PLENUM_ROBOT, TOTE_1, PLENUM_ROBOT_CHARGE_W),
                         cases[i].granted_w);
        end(&world, site);
    }
}

/* A cell of way takes 30 kJ: to the task, over it and to a charger is 12 cells for the nearest
 * robot, 14 for the next. Who has too little for that goes to charge, and comes back. */
static void test_battery_for_the_whole_task(void **state)
{
    (void)state;
    static const struct {
        int64_t charge_j;
        int32_t robot;
    } cases[] = {{375000, TOTE_1}, {355000, TOTE_2}, {201000, TOTE_2}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world world;
        struct plenum_site *site = begin_with(&world, "move_j: 100,", "move_j: 30000,");
        set_robot(&world, TOTE_1, PLENUM_ROBOT_CHARGE_J, cases[i].charge_j);
        uint64_t task = world_ask(&world, PLENUM_LOAD_TOTE, cell(4, 5), cell(3, 7), 0);
        world_run(&world, 1);
        assert_int_equal(task_of(&world, cases[i].robot), task);
        assert_int_equal(robot_is(&world, TOTE_1),
                         cases[i].robot == TOTE_1 ? PLENUM_ROBOT_BUSY : PLENUM_ROBOT_TO_CHARGER);
        end(&world, site);
    }
}

/* The only robot there is charges first; a task that no battery lasts for is done all the same, by
 * a robot that is full. */
static void test_charge_before_the_task(void **state)
{
    (void)state;
    static const char *const move_j[] = {"move_j: 30000,", "move_j: 100000,"};
    for (size_t i = 0; i < sizeof move_j / sizeof *move_j; i++) {
        struct world world;
        struct plenum_site *site = begin_with(&world, "move_j: 100,", move_j[i]);
        set_robot(&world, TOTE_1, PLENUM_ROBOT_CHARGE_J, 320000);
        set_robot(&world, TOTE_2, PLENUM_FIELD_STATE, PLENUM_ROBOT_BROKEN);
        set_robot(&world, TOTE_3, PLENUM_FIELD_STATE, PLENUM_ROBOT_BROKEN);
        uint64_t task = world_ask(&world, PLENUM_LOAD_TOTE, cell(0, 3), cell(0, 7), 0);
        world_run(&world, 1);
        assert_int_equal(robot_is(&world, TOTE_1), PLENUM_ROBOT_TO_CHARGER);
        for (int step = 0; step < 2 * 3600 && task_is(&world, task) == PLENUM_TASK_OPEN; step++)
            world_run(&world, 1);
        assert_int_not_equal(task_is(&world, task), PLENUM_TASK_OPEN);
        end(&world, site);
    }
}

/* --- due times -------------------------------------------------------------------------------- */

static void set_due(struct world *world, uint64_t task, int64_t steps)
{
    world_set(world, PLENUM_TASK, task, PLENUM_TASK_DUE_MS,
              world_now_ms(world) + steps * world->site->step_ms);
}

/* One robot, a task beside it and one far away: the one that is due goes first, unless that is far
 * off; a priority is before it. */
static void test_due_first(void **state)
{
    (void)state;
    static const struct {
        int64_t due_steps, near_priority;
        bool far_first;
    } cases[] = {{30, 0, true}, {10000, 0, false}, {30, 1, false}, {0, 0, true}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world world;
        struct plenum_site *site = begin(&world);
        set_robot(&world, TOTE_2, PLENUM_FIELD_STATE, PLENUM_ROBOT_BROKEN);
        set_robot(&world, TOTE_3, PLENUM_FIELD_STATE, PLENUM_ROBOT_BROKEN);
        uint64_t near =
            world_ask(&world, PLENUM_LOAD_TOTE, cell(5, 6), cell(3, 7), cases[i].near_priority);
        uint64_t far = world_ask(&world, PLENUM_LOAD_TOTE, cell(11, 0), cell(11, 2), 0);
        set_due(&world, far, cases[i].due_steps);
        world_run(&world, 1);
        assert_int_equal(task_of(&world, TOTE_1), cases[i].far_first ? far : near);
        end(&world, site);
    }
}

/* Two robots, two tasks: the least way in all makes the second task late; then it gets the robot
 * that is in time. It takes 4 steps to carry, the robots come in 3 and in 6. */
static void test_in_time_before_short_ways(void **state)
{
    (void)state;
    static const int64_t due_steps[] = {PLENUM_FOREVER, 11, 7, 8};
    for (size_t i = 0; i < sizeof due_steps / sizeof *due_steps; i++) {
        struct world world;
        struct plenum_site *site = begin(&world);
        set_robot(&world, TOTE_2, PLENUM_FIELD_STATE, PLENUM_ROBOT_BROKEN);
        uint64_t other = world_ask(&world, PLENUM_LOAD_TOTE, cell(4, 7), cell(3, 7), 0);
        uint64_t due = world_ask(&world, PLENUM_LOAD_TOTE, cell(6, 3), cell(8, 5), 0);
        if (due_steps[i] != PLENUM_FOREVER)
            set_due(&world, due, due_steps[i]);
        bool pressed = due_steps[i] < 10;
        world_run(&world, 1);
        assert_int_equal(task_of(&world, TOTE_1), pressed ? due : other);
        assert_int_equal(task_of(&world, TOTE_3), pressed ? other : due);
        end(&world, site);
    }
}

/* --- the floor -------------------------------------------------------------------------------- */

/* An idle robot leaves the cell that a rack will stand in. */
static void test_positions_are_left(void **state)
{
    (void)state;
    struct world world;
    struct plenum_site *site = begin(&world);
    int32_t position = site->positions[0].cell;
    uint64_t task = world_ask(&world, PLENUM_LOAD_TOTE, position, cell(11, 2), 0);
    run_to_task(&world, task, PLENUM_TASK_AT_PICK);
    int64_t robot = world_get(&world, PLENUM_TASK, task, PLENUM_TASK_ROBOT);
    set_robot(&world, (int32_t)robot, PLENUM_FIELD_STATE, PLENUM_ROBOT_BROKEN);
    for (int64_t rack_state = PLENUM_RACK_BUILT; rack_state <= PLENUM_RACK_AT_DOCK; rack_state++)
        world_set(&world, PLENUM_RACK, 0, PLENUM_FIELD_STATE, rack_state);
    world_run(&world, 1);
    assert_int_equal(plenum_floor_robot_at(world.ledger, position), robot);
    set_robot(&world, (int32_t)robot, PLENUM_FIELD_STATE, PLENUM_ROBOT_IDLE);
    set_robot(&world, (int32_t)robot, PLENUM_ROBOT_CHARGE_J, 1000000);
    for (int step = 0; step < 5; step++) {
        world_run(&world, 1);
        if (task_is(&world, task) == PLENUM_TASK_AT_PICK) /* it alone can still take it up there */
            world_set(&world, PLENUM_TASK, task, PLENUM_FIELD_STATE, PLENUM_TASK_TO_DROP);
    }
    assert_int_equal(plenum_floor_robot_at(world.ledger, position), PLENUM_NONE);
    end(&world, site);
}

/* The nearest robot is the nearest around closed cells, to an agent in its first step as well as to
 * one that has seen them close, and in whatever order the floor was stopped and closed. */
static void test_closed_cells_are_known_at_once(void **state)
{
    (void)state;
    for (int round = 0; round < 4; round++) {
        struct world world;
        struct plenum_site *site = begin(&world);
        world.anew = round % 2 == 1;
        set_robot(&world, TOTE_2, PLENUM_FIELD_STATE, PLENUM_ROBOT_BROKEN);
        world_run(&world, 1);
        if (round >= 2)
            world_set(&world, PLENUM_STOP, PLENUM_STOP_FLOOR, PLENUM_FIELD_STATE,
                      PLENUM_STOP_STOPPED);
        plenum_command_reset(&world.scratch, PLENUM_COMMAND_OTHER, "test");
        for (int row = 0; row < 7; row++)
            plenum_command_close_cell(&world.scratch, plenum_ref(PLENUM_RACK, 0), cell(6, row));
        world_submit(&world, &world.scratch);
        uint64_t task = world_ask(&world, PLENUM_LOAD_TOTE, cell(7, 4), cell(3, 7), 0);
        world_run(&world, 1);
        assert_int_equal(task_of(&world, TOTE_3), task);
        end(&world, site);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_takes_what),
        cmocka_unit_test(test_a_task_from_end_to_end),
        cmocka_unit_test(test_broken_robots),
        cmocka_unit_test(test_no_task_waits_for_ever),
        cmocka_unit_test(test_priority_first),
        cmocka_unit_test(test_charging),
        cmocka_unit_test(test_charging_with_few_watts),
        cmocka_unit_test(test_battery_for_the_whole_task),
        cmocka_unit_test(test_charge_before_the_task),
        cmocka_unit_test(test_due_first),
        cmocka_unit_test(test_in_time_before_short_ways),
        cmocka_unit_test(test_positions_are_left),
        cmocka_unit_test(test_closed_cells_are_known_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
