/* The public functions of the fleet, one by one. */
#include <plenum/fleet.h>

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const uint8_t open_walls[64] = {0};

static struct plenum_fleet *fleet_on(uint32_t width, uint32_t height, const uint8_t *walls,
                                     uint32_t robots)
{
    struct plenum_fleet_map map = {width, height, walls};
    struct plenum_fleet_options options = plenum_fleet_options_default();
    struct plenum_fleet *fleet;
    assert_int_equal(plenum_fleet_create(&map, robots, &options, &fleet, NULL), PLENUM_OK);
    return fleet;
}

static void put(struct plenum_fleet *fleet, uint32_t robot, uint32_t cell, uint32_t goal)
{
    plenum_fleet_set_pose(fleet, robot, cell, PLENUM_FLEET_FACING_EAST);
    plenum_fleet_set_goal(fleet, robot, goal);
}

static void test_one_robot_goes_straight(void **state)
{
    (void)state;
    struct plenum_fleet *fleet = fleet_on(4, 1, open_walls, 1);
    put(fleet, 0, 0, 3);
    uint8_t action;
    for (uint32_t tick = 0; tick < 3; tick++) {
        assert_int_equal(plenum_fleet_step(fleet, tick, 0, &action, NULL, NULL), PLENUM_OK);
        assert_int_equal(action, PLENUM_FLEET_EAST);
        plenum_fleet_apply(fleet, &action);
    }
    struct plenum_fleet_report report;
    assert_int_equal(plenum_fleet_step(fleet, 3, 0, &action, &report, NULL), PLENUM_OK);
    assert_int_equal(action, PLENUM_FLEET_WAIT);
    assert_int_equal(report.arrived, 1);
    assert_int_equal(report.waits, 1);
    assert_int_equal(plenum_fleet_pose(fleet, 0, NULL), 3);
    plenum_fleet_destroy(fleet);
}

static void test_the_greater_priority_pushes(void **state)
{
    (void)state;
    for (uint32_t first = 0; first < 2; first++) {
        struct plenum_fleet *fleet = fleet_on(4, 4, open_walls, 2);
        put(fleet, 0, 5, 6);
        put(fleet, 1, 6, 5);
        plenum_fleet_set_priority(fleet, first, 7);
        uint8_t actions[2];
        assert_int_equal(plenum_fleet_step(fleet, 0, 0, actions, NULL, NULL), PLENUM_OK);
        assert_int_equal(actions[first], first == 0 ? PLENUM_FLEET_EAST : PLENUM_FLEET_WEST);
        assert_int_equal(plenum_fleet_blocker(fleet, first), UINT32_MAX);
        plenum_fleet_destroy(fleet);
    }
}

static void test_held_robots_block_and_are_named(void **state)
{
    (void)state;
    struct plenum_fleet *fleet = fleet_on(3, 1, open_walls, 2);
    put(fleet, 0, 0, 2);
    put(fleet, 1, 1, 0);
    plenum_fleet_set_held(fleet, 1, true);
    uint8_t actions[2];
    assert_int_equal(plenum_fleet_step(fleet, 0, 0, actions, NULL, NULL), PLENUM_OK);
    assert_int_equal(actions[0], PLENUM_FLEET_WAIT);
    assert_int_equal(actions[1], PLENUM_FLEET_WAIT);
    assert_int_equal(plenum_fleet_blocker(fleet, 0), 1);
    plenum_fleet_destroy(fleet);
}

/* One that wants to the other side of a held robot goes round; one that wants to where it stands
 * waits. */
static void test_robots_go_round_held_ones(void **state)
{
    (void)state;
    struct plenum_fleet *fleet = fleet_on(5, 4, open_walls, 2);
    uint8_t actions[2];
    put(fleet, 0, 2, 17);
    put(fleet, 1, 7, PLENUM_FLEET_NOWHERE);
    plenum_fleet_set_held(fleet, 1, true);
    uint32_t tick = 0;
    for (; plenum_fleet_pose(fleet, 0, NULL) != 17 && tick < 20; tick++) {
        assert_int_equal(plenum_fleet_step(fleet, tick, 0, actions, NULL, NULL), PLENUM_OK);
        assert_int_not_equal(actions[0], PLENUM_FLEET_WAIT);
        plenum_fleet_apply(fleet, actions);
    }
    assert_int_equal(plenum_fleet_pose(fleet, 0, NULL), 17);
    put(fleet, 0, 2, 7);
    assert_int_equal(plenum_fleet_step(fleet, tick, 0, actions, NULL, NULL), PLENUM_OK);
    assert_int_equal(actions[0], PLENUM_FLEET_WAIT);
    plenum_fleet_destroy(fleet);
}

static void test_routes_lead_around_blocked_cells(void **state)
{
    (void)state;
    struct plenum_fleet *fleet = fleet_on(3, 2, open_walls, 1);
    put(fleet, 0, 0, 2);
    assert_int_equal(plenum_fleet_distance(fleet, 0, 2), 2);
    plenum_fleet_set_blocked(fleet, 1, true);
    assert_int_equal(plenum_fleet_distance(fleet, 0, 2), 4);
    uint8_t action;
    assert_int_equal(plenum_fleet_step(fleet, 0, 0, &action, NULL, NULL), PLENUM_OK);
    assert_int_equal(action, PLENUM_FLEET_SOUTH);
    plenum_fleet_set_blocked(fleet, 4, true);
    assert_int_equal(plenum_fleet_distance(fleet, 0, 2), PLENUM_FLEET_FAR);
    struct plenum_fleet_report report;
    assert_int_equal(plenum_fleet_step(fleet, 1, 0, &action, &report, NULL), PLENUM_OK);
    assert_int_equal(report.stranded, 1);
    plenum_fleet_set_blocked(fleet, 1, false);
    assert_int_equal(plenum_fleet_distance(fleet, 0, 2), 2);
    plenum_fleet_destroy(fleet);
}

/* Three columns of four close: who is deep inside comes out, who is outside goes around. */
static void test_closing_cells_are_left(void **state)
{
    (void)state;
    struct plenum_fleet *fleet = fleet_on(5, 4, open_walls, 2);
    for (uint32_t cell = 0; cell < 15; cell++) {
        if (cell % 5 >= 1 && cell % 5 <= 3) {
            plenum_fleet_set_closing(fleet, cell);
        }
    }
    put(fleet, 0, 2, 10);
    put(fleet, 1, 0, 4);
    assert_int_equal(plenum_fleet_distance(fleet, 0, 4), 10);
    assert_int_equal(plenum_fleet_distance(fleet, 2, 4), 2);
    assert_int_equal(plenum_fleet_distance(fleet, 0, 2), PLENUM_FLEET_FAR);
    uint8_t actions[2];
    for (uint32_t tick = 0; tick < 12; tick++) {
        assert_int_equal(plenum_fleet_step(fleet, tick, 0, actions, NULL, NULL), PLENUM_OK);
        plenum_fleet_apply(fleet, actions);
        uint32_t cell = plenum_fleet_pose(fleet, 1, NULL);
        assert_true(cell >= 15 || cell % 5 == 0 || cell % 5 == 4);
    }
    assert_int_equal(plenum_fleet_pose(fleet, 0, NULL), 10);
    assert_int_equal(plenum_fleet_pose(fleet, 1, NULL), 4);
    for (uint32_t cell = 0; cell < 15; cell++) {
        plenum_fleet_set_blocked(fleet, cell, false);
    }
    assert_int_equal(plenum_fleet_distance(fleet, 0, 4), 4);
    plenum_fleet_destroy(fleet);
}

static void test_two_robots_in_one_cell_are_refused(void **state)
{
    (void)state;
    struct plenum_fleet *fleet = fleet_on(3, 2, open_walls, 2);
    put(fleet, 0, 4, 2);
    put(fleet, 1, 4, 0);
    uint8_t actions[2];
    struct plenum_error error;
    assert_int_equal(plenum_fleet_step(fleet, 0, 0, actions, NULL, &error), PLENUM_INPUT);
    assert_string_equal(error.text, "robot 1 stands in cell 4, where robot 0 stands already");
    put(fleet, 1, 5, 0);
    assert_int_equal(plenum_fleet_step(fleet, 0, 0, actions, NULL, &error), PLENUM_OK);
    plenum_fleet_destroy(fleet);
}

static void test_robots_off_the_floor_wait(void **state)
{
    (void)state;
    struct plenum_fleet *fleet = fleet_on(3, 1, open_walls, 2);
    put(fleet, 0, 0, 2);
    uint8_t actions[2];
    struct plenum_fleet_report report;
    assert_int_equal(plenum_fleet_step(fleet, 0, 0, actions, &report, NULL), PLENUM_OK);
    assert_int_equal(actions[1], PLENUM_FLEET_WAIT);
    assert_int_equal(report.moves + report.waits, 1);
    plenum_fleet_destroy(fleet);
}

static void test_fields_short_of_memory_leave_the_last_without(void **state)
{
    (void)state;
    uint8_t walls[64] = {0};
    for (uint32_t i = 1; i < 7; i++) {
        walls[9 * i] = 1;
    }
    struct plenum_fleet_map map = {8, 8, walls};
    struct plenum_fleet_options options = plenum_fleet_options_default();
    options.field_bytes = 1;
    options.method = PLENUM_FLEET_WINDOW; /* one step ahead needs no fields */
    struct plenum_fleet *fleet;
    assert_int_equal(plenum_fleet_create(&map, 2, &options, &fleet, NULL), PLENUM_OK);
    put(fleet, 0, 0, 7);
    put(fleet, 1, 63, 56);
    plenum_fleet_set_priority(fleet, 1, 5);
    uint8_t actions[2];
    struct plenum_fleet_report report;
    for (uint32_t tick = 0; tick < 3; tick++) {
        assert_int_equal(plenum_fleet_step(fleet, tick, 0, actions, &report, NULL), PLENUM_OK);
        assert_int_equal(report.unplanned, 1);
        assert_int_equal(actions[0], PLENUM_FLEET_WAIT);
        assert_int_equal(actions[1], PLENUM_FLEET_WEST);
    }
    plenum_fleet_destroy(fleet);
}

/* --- why robots wait -------------------------------------------------------------------------- */

/* Robots on a floor of one row, at cells 0, 1, ... in order. */
struct wait {
    uint32_t cells, robots;
    uint32_t goal[3];
    uint32_t held;                             /* robot, or NONE */
    uint32_t blocked;                          /* cell, or NONE */
    enum plenum_fleet_cause cause, root_cause; /* of robot 0 */
    uint32_t root, length;
};

#define NONE UINT32_MAX

static const struct wait waits[] = {
    {3, 1, {2}, NONE, NONE, PLENUM_FLEET_CAUSE_MOVES, PLENUM_FLEET_CAUSE_MOVES, 0, 0},
    {3, 1, {NONE}, NONE, NONE, PLENUM_FLEET_CAUSE_CONTENT, PLENUM_FLEET_CAUSE_CONTENT, 0, 0},
    {3, 1, {2}, 0, NONE, PLENUM_FLEET_CAUSE_HELD, PLENUM_FLEET_CAUSE_HELD, 0, 0},
    {3, 1, {2}, NONE, 2, PLENUM_FLEET_CAUSE_CLOSED, PLENUM_FLEET_CAUSE_CLOSED, 0, 0},
    {3, 1, {2}, NONE, 1, PLENUM_FLEET_CAUSE_NO_WAY, PLENUM_FLEET_CAUSE_NO_WAY, 0, 0},
    {3, 2, {1, NONE}, 1, NONE, PLENUM_FLEET_CAUSE_QUEUE, PLENUM_FLEET_CAUSE_HELD, 1, 1},
    {4, 3, {3, 3, NONE}, 2, NONE, PLENUM_FLEET_CAUSE_SHUT_IN, PLENUM_FLEET_CAUSE_HELD, 2, 2},
    {3,
     3,
     {2, NONE, NONE},
     NONE,
     NONE,
     PLENUM_FLEET_CAUSE_SHUT_IN,
     PLENUM_FLEET_CAUSE_CONTENT,
     1,
     1},
};

static void test_robots_say_why_they_wait(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2 * sizeof waits / sizeof *waits; i++) {
        const struct wait *wait = &waits[i / 2];
        struct plenum_fleet_map map = {wait->cells, 1, open_walls};
        struct plenum_fleet_options options = plenum_fleet_options_default();
        options.method = i % 2 == 0 ? PLENUM_FLEET_NEXT_STEP : PLENUM_FLEET_WINDOW;
        options.patience = 1;
        struct plenum_fleet *fleet;
        assert_int_equal(plenum_fleet_create(&map, wait->robots, &options, &fleet, NULL),
                         PLENUM_OK);
        for (uint32_t robot = 0; robot < wait->robots; robot++) {
            put(fleet, robot, robot, wait->goal[robot]);
            plenum_fleet_set_held(fleet, robot, robot == wait->held);
            plenum_fleet_set_priority(fleet, robot, 5 - robot);
        }
        plenum_fleet_set_blocked(fleet, wait->cells - 1, wait->blocked == wait->cells - 1);
        plenum_fleet_set_blocked(fleet, 1, wait->blocked == 1);
        uint8_t actions[3];
        uint64_t counts[PLENUM_FLEET_CAUSE_COUNT] = {0};
        assert_int_equal(plenum_fleet_step(fleet, 0, 0, actions, NULL, NULL), PLENUM_OK);
        struct plenum_fleet_why why = plenum_fleet_why(fleet, 0);
        assert_int_equal(why.cause, wait->cause);
        assert_int_equal(why.root_cause, wait->root_cause);
        assert_int_equal(why.root, wait->root);
        assert_int_equal(why.length, wait->length);
        assert_false(why.circle);
        plenum_fleet_count_causes(fleet, counts);
        assert_true(counts[wait->cause] > 0);
        plenum_fleet_destroy(fleet);
    }
    assert_string_equal(plenum_fleet_cause_name(PLENUM_FLEET_CAUSE_SHUT_IN), "shut-in");
}

/* Who goes before others without having waited is not led: a robot that is shut in is only found to
 * be so when it would be led. */
static void test_urgency_is_no_patience(void **state)
{
    (void)state;
    for (uint64_t waited = 4; waited <= 5; waited++) {
        struct plenum_fleet_map map = {3, 1, open_walls};
        struct plenum_fleet_options options = plenum_fleet_options_default();
        struct plenum_fleet *fleet;
        uint8_t actions[3];
        options.patience = 5;
        assert_int_equal(plenum_fleet_create(&map, 3, &options, &fleet, NULL), PLENUM_OK);
        for (uint32_t robot = 0; robot < 3; robot++)
            put(fleet, robot, robot, robot == 0 ? 2 : NONE);
        plenum_fleet_set_priority(fleet, 0, PLENUM_FLEET_URGENT + waited);
        assert_int_equal(plenum_fleet_step(fleet, 0, 0, actions, NULL, NULL), PLENUM_OK);
        bool led = plenum_fleet_why(fleet, 0).cause == PLENUM_FLEET_CAUSE_SHUT_IN;
        assert_int_equal(led, waited >= options.patience);
        plenum_fleet_destroy(fleet);
    }
}

struct refusal {
    uint32_t width, height, robots;
    int motion;
    enum plenum_status status;
    const char *text;
};

static const struct refusal refusals[] = {
    {0, 5, 1, 0, PLENUM_INPUT, "map of 0 x 5 cells, expected at least 1 x 1"},
    {1 << 20, 1 << 20, 1, 0, PLENUM_LIMIT,
     "map of 1048576 x 1048576 cells, expected at most 134217728 cells"},
    {8, 8, PLENUM_FLEET_MAX_ROBOTS + 1, 0, PLENUM_LIMIT,
     "4194305 robots, expected at most 4194304"},
};

static void test_unusable_input_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        const struct refusal *refusal = &refusals[i];
        struct plenum_fleet_map map = {refusal->width, refusal->height, open_walls};
        struct plenum_fleet_options options = plenum_fleet_options_default();
        struct plenum_fleet *fleet;
        struct plenum_error error;
        assert_int_equal(plenum_fleet_create(&map, refusal->robots, &options, &fleet, &error),
                         refusal->status);
        assert_string_equal(error.text, refusal->text);
        assert_null(fleet);
    }
    plenum_fleet_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_robot_goes_straight),
        cmocka_unit_test(test_the_greater_priority_pushes),
        cmocka_unit_test(test_held_robots_block_and_are_named),
        cmocka_unit_test(test_robots_go_round_held_ones),
        cmocka_unit_test(test_routes_lead_around_blocked_cells),
        cmocka_unit_test(test_closing_cells_are_left),
        cmocka_unit_test(test_two_robots_in_one_cell_are_refused),
        cmocka_unit_test(test_robots_off_the_floor_wait),
        cmocka_unit_test(test_fields_short_of_memory_leave_the_last_without),
        cmocka_unit_test(test_robots_say_why_they_wait),
        cmocka_unit_test(test_urgency_is_no_patience),
        cmocka_unit_test(test_unusable_input_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
