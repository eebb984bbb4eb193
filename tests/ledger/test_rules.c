/* Each rule of src/ledger/rules.h, kept and broken; and a fixed history that comes to the same
 * state on every machine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/random.h"
#include "site_for_tests.h"
#include "world.h"

#define SITE                                                                                       \
    SITE_SMALL "robots:\n"                                                                         \
               "- {name: 'x-{1..2}', model: carrier, cells: [[1, 0], [4, 4]]}\n"                   \
               "airspace:\n"                                                                       \
               "  polygon_mm: [[-90000, -90000], [90000, -90000], [90000, 90000],\n"               \
               "               [-90000, 90000]]\n"                                                 \
               "  lower_mm: 0\n"                                                                   \
               "  upper_mm: 120000\n"                                                              \
               "pads:\n"                                                                           \
               "- {name: near, at_mm: [1000, 1000], cell: [10, 7], stands: 2, charge_w: 1000,\n"   \
               "   feeds: [panel-b]}\n"                                                            \
               "- {name: far, at_mm: [80000, 80000], outlying: true, stands: 2, charge_w: 1000}\n" \
               "drones:\n"                                                                         \
               "- {name: 'd-{1..2}', model: bird, pads: [near]}\n"                                 \
               "areas:\n"                                                                          \
               "- {name: aisle, from: [8, 4], to: [9, 5]}\n"                                       \
               "- {name: lane, kind: fire-lane, from: [0, 7], to: [9, 7]}\n"

static const struct plenum_ref rack = {PLENUM_RACK, 0};
static const struct plenum_ref robot = {PLENUM_ROBOT, 0};
static const struct plenum_ref drone = {PLENUM_DRONE, 0};
static const struct plenum_ref task = {PLENUM_TASK, 1};
static const struct plenum_ref job = {PLENUM_JOB, 1};
static const struct plenum_ref flight = {PLENUM_FLIGHT, 1};
static const struct plenum_ref maintenance = {PLENUM_MAINTENANCE, 1};

static int set_up(void **state)
{
    static struct world world;
    world_init(&world, SITE);
    *state = &world;
    return 0;
}

static int tear_down(void **state)
{
    world_finish(*state);
    return 0;
}

static int64_t now(const struct world *world)
{
    return plenum_ledger_now_ms(world->ledger);
}

/* The command at hand is refused for the rule, by its number. */
static void world_refuse_rule(struct world *world, const char *rule)
{
    world_refuse(world, PLENUM_REASON_RULE);
    size_t length = strlen(rule);
    const char *told = world->outcome.refusal.rule;
    if (strncmp(told, rule, length) != 0 || told[length] != ':')
        fail_msg("expected %s, told %s", rule, told);
}

static void set(struct world *world, struct plenum_ref ref, int32_t field, int64_t value)
{
    plenum_command_set(&world->command, ref, field, value);
}

static void set_state(struct world *world, struct plenum_ref ref, int64_t state)
{
    set(world, ref, PLENUM_FIELD_STATE, state);
}

static void begin_rack(struct world *world, int64_t state)
{
    world_rack_to(world, 0, state - 1);
    set_state((world_begin(world), world), rack, state);
}

/* --- racks ------------------------------------------------------------------------------------ */

static void test_r1(void **state)
{
    struct world *world = *state;
    int32_t cell = world->site->positions[0].cell;
    begin_rack(world, PLENUM_RACK_PLACED);
    world_refuse_rule(world, "R1");
    plenum_command_close_cell(&world->command, rack, cell + 1);
    world_refuse_rule(world, "R1");
    plenum_command_close_cell(&world->command, robot, cell);
    world_refuse_rule(world, "R1");
    world_rack_to(world, 0, PLENUM_RACK_CABLED);
    plenum_command_open_cell(world_begin(world), rack, cell);
    world_refuse_rule(world, "R1");
    plenum_command_close_cell(&world->command, rack, cell);
    world_take(world);
    plenum_command_open_cell(world_begin(world), rack, cell);
    set_state(world, rack, PLENUM_RACK_RETIRED);
    world_take(world);
}

static void test_r2(void **state)
{
    struct world *world = *state;
    int32_t load = world->site->positions[0].load;
    begin_rack(world, PLENUM_RACK_POWERED);
    world_refuse_rule(world, "R2");
    plenum_command_claim_power(&world->command, rack, load, now(world), now(world) + 1, 8499);
    world_refuse_rule(world, "R2");
    plenum_command_claim_power(&world->command, rack, load, now(world) + 1, PLENUM_FOREVER, 9000);
    world_refuse_rule(world, "R2");
    plenum_command_claim_power(&world->command, rack, load + 1, now(world), PLENUM_FOREVER, 1);
    world_refuse_rule(world, "R2");
    plenum_command_claim_power(&world->command, rack, load, now(world), now(world) + 1, 1);
    world_take(world);
}

static void test_r3(void **state)
{
    struct world *world = *state;
    int32_t load = world->site->positions[0].load;
    int64_t later = now(world) + 1000;
    world_rack_to(world, 0, PLENUM_RACK_TESTED);
    set_state((world_begin(world), world), rack, PLENUM_RACK_IN_SERVICE);
    plenum_command_release(&world->command, rack, PLENUM_BOOK_POWER, later);
    world_refuse_rule(world, "R3");
    plenum_command_claim_power(&world->command, rack, load, later, PLENUM_FOREVER, 1699);
    world_refuse_rule(world, "R3");
    plenum_command_claim_power(&world->command, rack, load, later + 1, PLENUM_FOREVER, 1);
    world_refuse_rule(world, "R3");
    plenum_command_claim_power(&world->command, rack, load, later, later + 1, 1);
    world_take(world);
}

static void test_r4(void **state)
{
    struct world *world = *state;
    plenum_command_claim_power(world_begin(world), rack, 0, now(world) + 9, PLENUM_FOREVER, 1);
    world_refuse_rule(world, "R4");
    world_rack_to(world, 0, PLENUM_RACK_POWERED);
    set_state((world_begin(world), world), rack, PLENUM_RACK_FAILED);
    world_refuse_rule(world, "R4");
    plenum_command_release(&world->command, rack, PLENUM_BOOK_POWER, now(world));
    world_take(world);
    plenum_command_claim_power(world_begin(world), rack, 0, now(world) + 9, PLENUM_FOREVER, 1);
    world_refuse_rule(world, "R4");
    plenum_command_window(&world->command, 2, now(world) + 9, PLENUM_FOREVER);
    world_take(world);
    plenum_command_window(world_begin(world), 2, now(world), now(world));
    world_refuse_rule(world, "R4");
}

static void test_r5(void **state)
{
    struct world *world = *state;
    world_rack_to(world, 0, PLENUM_RACK_TESTED);
    plenum_command_window(world_begin(world), 2, now(world), PLENUM_FOREVER);
    world_refuse_rule(world, "R5");
    plenum_command_window(world_begin(world), 2, now(world) + 1000, PLENUM_FOREVER);
    world_take(world);
    world_tick(world, 1000);
    set((world_begin(world), world), rack, PLENUM_RACK_FAULT, 0);
    world_refuse_rule(world, "R5");
    world_rack_to(world, 0, PLENUM_RACK_IN_SERVICE);
    set_state((world_begin(world), world), rack, PLENUM_RACK_FAILED);
    plenum_command_release(&world->command, rack, PLENUM_BOOK_POWER, now(world));
    for (int32_t server = 0; server < 3; server++)
        plenum_command_window(&world->command, server, 0, 0);
    world_refuse_rule(world, "R5");
    plenum_command_window(&world->command, 3, 0, now(world));
    world_take(world);
}

static void test_r6(void **state)
{
    struct world *world = *state;
    begin_rack(world, PLENUM_RACK_CARRIED);
    world_refuse_rule(world, "R6");
    world_rack_to(world, 0, PLENUM_RACK_CARRIED);
    set((world_begin(world), world), task, PLENUM_TASK_RACK, 1);
    world_refuse_rule(world, "R6");
    set_state((world_begin(world), world), task, PLENUM_TASK_DONE);
    world_take(world);
    plenum_command_end(world_begin(world), task);
    world_refuse_rule(world, "R6");
    set_state(world, rack, PLENUM_RACK_PLACED);
    plenum_command_close_cell(&world->command, rack, world->site->positions[0].cell);
    world_take(world);
}

/* --- tasks and robots ------------------------------------------------------------------------- */

static void test_r7(void **state)
{
    struct world *world = *state;
    plenum_command_create(world_begin(world), task);
    set(world, task, PLENUM_TASK_ROBOT, PLENUM_NONE);
    world_take(world);
    set_state((world_begin(world), world), task, PLENUM_TASK_TO_PICK);
    world_refuse_rule(world, "R7");
    set(world, task, PLENUM_TASK_ROBOT, 0);
    world_refuse_rule(world, "R7");
    set(world, robot, PLENUM_ROBOT_TASK, 1);
    world_take(world);
    set((world_begin(world), world), robot, PLENUM_ROBOT_TASK, 0);
    world_refuse_rule(world, "R7");
    set_state(world, task, PLENUM_TASK_OPEN);
    world_take(world);
}

/* --- robots that are carried ------------------------------------------------------------------ */

static const struct plenum_ref broken = {PLENUM_ROBOT, 1};

/* A command in which robot 0 takes up robot 1, but for its lifting. */
static void begin_take_up(struct world *world)
{
    plenum_command_create(world_begin(world), task);
    set(world, task, PLENUM_TASK_LOAD, PLENUM_LOAD_ROBOT);
    set(world, task, PLENUM_TASK_FETCHED, 1);
    set(world, task, PLENUM_TASK_ROBOT, 0);
    set(world, task, PLENUM_TASK_RACK, PLENUM_NONE);
    set(world, robot, PLENUM_ROBOT_TASK, 1);
    set(world, broken, PLENUM_ROBOT_FETCH, 1);
    set_state(world, broken, PLENUM_ROBOT_BROKEN);
    set_state(world, broken, PLENUM_ROBOT_CARRIED);
    for (int64_t state = PLENUM_TASK_TO_PICK; state <= PLENUM_TASK_AT_PICK; state++)
        set_state(world, task, state);
}

static void test_r21_taken_up(void **state)
{
    struct world *world = *state;
    begin_take_up(world);
    set_state(world, task, PLENUM_TASK_TO_DROP);
    world_refuse_rule(world, "R21");
    plenum_command_lift(&world->command, 1);
    set(world, task, PLENUM_TASK_ROBOT, 1);
    set(world, robot, PLENUM_ROBOT_TASK, 0);
    set(world, broken, PLENUM_ROBOT_TASK, 1);
    world_refuse_rule(world, "R21");
    begin_take_up(world);
    plenum_command_lift(&world->command, 1);
    world_refuse_rule(world, "R21");
    set_state(world, task, PLENUM_TASK_TO_DROP);
    set(world, task, PLENUM_TASK_FETCHED, PLENUM_NONE);
    world_refuse_rule(world, "R21");
    set(world, task, PLENUM_TASK_FETCHED, 1);
    set(world, task, PLENUM_TASK_LOAD, PLENUM_LOAD_RACK);
    world_refuse_rule(world, "R21");
    plenum_command_lift(world_begin(world), 1);
    world_refuse_rule(world, "R21");
    world_refuse_rule((set_state(world, broken, PLENUM_ROBOT_BROKEN), world), "R21");
}

static void test_r21_set_down(void **state)
{
    struct world *world = *state;
    int32_t stood = plenum_floor_cell_of(world->ledger, 1);
    int32_t other = plenum_floor_cell_of(world->ledger, 0);
    begin_take_up(world);
    set_state(world, task, PLENUM_TASK_TO_DROP);
    plenum_command_lift(&world->command, 1);
    world_take(world);
    assert_int_equal(plenum_floor_cell_of(world->ledger, 1), PLENUM_NONE);
    assert_int_equal(plenum_floor_robot_at(world->ledger, stood), PLENUM_NONE);
    set_state((world_begin(world), world), broken, PLENUM_ROBOT_BROKEN);
    world_refuse_rule(world, "R21");
    plenum_command_place(world_begin(world), 1, stood);
    world_refuse_rule(world, "R21");
    plenum_command_place(world_begin(world), 1, other);
    set_state(world, broken, PLENUM_ROBOT_BROKEN);
    world_refuse(world, PLENUM_REASON_CELL_TAKEN);
    set((world_begin(world), world), task, PLENUM_TASK_FETCHED, 0);
    world_refuse_rule(world, "R21");
    plenum_command_end(world_begin(world), task);
    world_refuse_rule(world, "R21");
    set_state((world_begin(world), world), plenum_ref(PLENUM_STOP, PLENUM_STOP_FLOOR),
              PLENUM_STOP_STOPPED);
    plenum_command_place(&world->command, 1, stood);
    set_state(world, broken, PLENUM_ROBOT_BROKEN);
    world_refuse_rule(world, "R15");
    plenum_command_place(world_begin(world), 1, stood);
    set_state(world, broken, PLENUM_ROBOT_BROKEN);
    world_take(world);
    assert_int_equal(plenum_floor_cell_of(world->ledger, 1), stood);
}

static void test_r8(void **state)
{
    struct world *world = *state;
    static const uint8_t west[2] = {PLENUM_MOVE_WEST, PLENUM_MOVE_WAIT};
    int32_t load = world->site->chargers[0].load;
    set((world_begin(world), world), robot, PLENUM_ROBOT_CHARGER, 0);
    set_state(world, robot, PLENUM_ROBOT_TO_CHARGER);
    world_take(world);
    set_state((world_begin(world), world), robot, PLENUM_ROBOT_CHARGING);
    plenum_command_claim_power(&world->command, robot, load, now(world), now(world) + 9, 500);
    world_refuse_rule(world, "R8");
    plenum_command_step(&world->command, west, 2);
    world_take(world);
    plenum_command_release(world_begin(world), robot, PLENUM_BOOK_POWER, now(world));
    world_refuse_rule(world, "R8");
    set_state(world, robot, PLENUM_ROBOT_IDLE);
    world_take(world);
}

/* --- jobs ------------------------------------------------------------------------------------- */

static void claim_server(struct world *world, int32_t server, int64_t from_ms)
{
    struct plenum_capacity_claim claim = {.owner = job,
                                          .server = server,
                                          .milli = 1000,
                                          .accelerators = 3,
                                          .from_ms = from_ms,
                                          .until_ms = now(world) + 60000};
    plenum_command_claim_capacity(&world->command, &claim);
}

static void begin_job(struct world *world, int64_t state)
{
    world_rack_to(world, 0, PLENUM_RACK_IN_SERVICE);
    plenum_command_create(world_begin(world), job);
    set(world, job, PLENUM_JOB_SERVERS, 2);
    set_state(world, job, state);
}

static void test_r9(void **state)
{
    struct world *world = *state;
    begin_job(world, PLENUM_JOB_RESERVED);
    world_refuse_rule(world, "R9");
    claim_server(world, 0, now(world) + 5000);
    world_take(world);
    plenum_command_release(world_begin(world), job, PLENUM_BOOK_CAPACITY, now(world));
    world_refuse_rule(world, "R9");
}

static void test_r10(void **state)
{
    struct world *world = *state;
    begin_job(world, PLENUM_JOB_RUNNING);
    claim_server(world, 0, now(world));
    world_refuse_rule(world, "R10");
    claim_server(world, 1, now(world) + 1);
    world_refuse_rule(world, "R10");
    claim_server(world, 2, now(world));
    world_take(world);
}

static void test_r11(void **state)
{
    struct world *world = *state;
    begin_job(world, PLENUM_JOB_RESERVED);
    claim_server(world, 0, now(world));
    plenum_command_claim_power(&world->command, job, 0, now(world), PLENUM_FOREVER, 10);
    world_take(world);
    set_state((world_begin(world), world), job, PLENUM_JOB_CANCELLED);
    world_refuse_rule(world, "R11");
    plenum_command_release(&world->command, job, PLENUM_BOOK_CAPACITY, now(world));
    world_refuse_rule(world, "R11");
    plenum_command_release(&world->command, job, PLENUM_BOOK_POWER, now(world));
    world_take(world);
}

static void test_r14(void **state)
{
    struct world *world = *state;
    begin_job(world, PLENUM_JOB_RESERVED);
    claim_server(world, 0, now(world));
    world_take(world);
    plenum_command_end(world_begin(world), job);
    world_refuse_rule(world, "R14");
    plenum_command_release(world_begin(world), job, PLENUM_BOOK_ALL, now(world) + 1);
    plenum_command_end(&world->command, job);
    world_refuse_rule(world, "R14");
    plenum_command_release(world_begin(world), job, PLENUM_BOOK_ALL, now(world));
    plenum_command_end(&world->command, job);
    world_take(world);
    assert_false(plenum_ledger_exists(world->ledger, job));
}

/* Its time has come, its rack has not. */
static void test_r19(void **state)
{
    struct world *world = *state;
    world_rack_to(world, 0, PLENUM_RACK_TESTED);
    plenum_command_window(world_begin(world), 2, now(world) + 1000, PLENUM_FOREVER);
    plenum_command_create(&world->command, job);
    set(world, job, PLENUM_JOB_SERVERS, 1);
    claim_server(world, 2, now(world) + 1000);
    set_state(world, job, PLENUM_JOB_RESERVED);
    world_take(world);
    world_tick(world, 1000);
    set_state((world_begin(world), world), job, PLENUM_JOB_RUNNING);
    world_refuse_rule(world, "R19");
    world_rack_to(world, 0, PLENUM_RACK_IN_SERVICE);
    set_state((world_begin(world), world), job, PLENUM_JOB_RUNNING);
    world_take(world);
}

/* --- maintenance ------------------------------------------------------------------------------ */

static void clear_server(struct world *world, int32_t server, int64_t from_ms)
{
    struct plenum_capacity_claim claim = {.owner = maintenance,
                                          .server = server,
                                          .milli = 1000,
                                          .accelerators = 15,
                                          .from_ms = from_ms,
                                          .until_ms = now(world) + 60000};
    plenum_command_claim_capacity(&world->command, &claim);
}

/* A server is kept clear also where it is not offered; then nobody else has it. */
static void test_r20(void **state)
{
    struct world *world = *state;
    begin_job(world, PLENUM_JOB_RESERVED);
    claim_server(world, 0, now(world) + 5000);
    world_take(world);
    plenum_command_create(world_begin(world), maintenance);
    clear_server(world, 0, now(world));
    world_refuse(world, PLENUM_REASON_ACCELERATOR_TAKEN);
    plenum_command_create(world_begin(world), maintenance);
    clear_server(world, 1, now(world));
    clear_server(world, world->site->server_count - 1, now(world));
    world_take(world);
    claim_server((world_begin(world), world), 1, now(world) + 5000);
    world_refuse(world, PLENUM_REASON_ACCELERATOR_TAKEN);
    set_state((world_begin(world), world), maintenance, PLENUM_MAINTENANCE_CANCELLED);
    world_refuse_rule(world, "R20");
    plenum_command_release(&world->command, maintenance, PLENUM_BOOK_CAPACITY, now(world));
    world_take(world);
}

/* --- flights ---------------------------------------------------------------------------------- */

static void claim_air(struct world *world, int64_t length_ms)
{
    const struct plenum_volume volume = {.shape = PLENUM_SHAPE_CIRCLE,
                                         .centre = {1000, 1000},
                                         .radius_mm = 5000,
                                         .upper_mm = 20000,
                                         .from_ms = now(world),
                                         .until_ms = now(world) + length_ms};
    plenum_command_claim_air(&world->command, flight, &volume, 1);
}

static void begin_flight(struct world *world)
{
    plenum_command_create(world_begin(world), flight);
    set(world, flight, PLENUM_FLIGHT_DRONE, 0);
    set(world, drone, PLENUM_DRONE_FLIGHT, 1);
    set_state(world, drone, PLENUM_DRONE_PREPARING);
}

static void test_r12(void **state)
{
    struct world *world = *state;
    begin_flight(world);
    world_refuse_rule(world, "R12");
    claim_air(world, 60000);
    world_take(world);
    plenum_command_release(world_begin(world), flight, PLENUM_BOOK_AIR, now(world));
    world_refuse_rule(world, "R12");
    set_state(world, flight, PLENUM_FLIGHT_ENDED);
    world_take(world);
}

static void test_r13(void **state)
{
    struct world *world = *state;
    begin_flight(world);
    claim_air(world, 60000);
    world_take(world);
    set_state((world_begin(world), world), drone, PLENUM_DRONE_FLYING);
    world_refuse_rule(world, "R13");
    set_state(world, flight, PLENUM_FLIGHT_ACTIVATED);
    world_take(world);
    set_state((world_begin(world), world), flight, PLENUM_FLIGHT_ENDED);
    world_refuse_rule(world, "R13");
    set_state(world, drone, PLENUM_DRONE_READY);
    world_take(world);
}

/* --- stops ------------------------------------------------------------------------------------ */

static const struct plenum_ref floor_stop = {PLENUM_STOP, PLENUM_STOP_FLOOR};
static const struct plenum_ref air_stop = {PLENUM_STOP, PLENUM_STOP_AIR};

static void test_r15(void **state)
{
    struct world *world = *state;
    static const uint8_t waits[2], moves[2] = {PLENUM_MOVE_SOUTH, PLENUM_MOVE_WAIT};
    set_state((world_begin(world), world), floor_stop, PLENUM_STOP_STOPPED);
    plenum_command_step(&world->command, moves, 2);
    world_refuse_rule(world, "R15");
    set_state((world_begin(world), world), floor_stop, PLENUM_STOP_STOPPED);
    world_take(world);
    assert_true(plenum_stop_in_force(world->ledger, PLENUM_STOP_FLOOR));
    assert_false(plenum_stop_in_force(world->ledger, PLENUM_STOP_AIR));
    plenum_command_step(world_begin(world), moves, 2);
    world_refuse_rule(world, "R15");
    plenum_command_step(world_begin(world), waits, 2);
    plenum_command_tick(&world->command, now(world) + 1000);
    world_take(world);
    set_state((world_begin(world), world), floor_stop, PLENUM_STOP_CLEAR);
    plenum_command_step(&world->command, moves, 2);
    world_take(world);
    assert_false(plenum_stop_in_force(world->ledger, PLENUM_STOP_FLOOR));
}

/* A drone that flies already goes on, and lands. */
static void test_r16(void **state)
{
    struct world *world = *state;
    begin_flight(world);
    claim_air(world, 60000);
    world_take(world);
    set_state((world_begin(world), world), air_stop, PLENUM_STOP_STOPPED);
    world_take(world);
    set_state((world_begin(world), world), flight, PLENUM_FLIGHT_ACTIVATED);
    set_state(world, drone, PLENUM_DRONE_FLYING);
    world_refuse_rule(world, "R16");
    set_state(world, air_stop, PLENUM_STOP_CLEAR);
    world_take(world);
    set_state((world_begin(world), world), air_stop, PLENUM_STOP_STOPPED);
    world_take(world);
    set(world_begin(world) ? world : NULL, drone, PLENUM_DRONE_CHARGE_J, 5);
    world_take(world);
    set_state((world_begin(world), world), flight, PLENUM_FLIGHT_ENDED);
    set_state(world, drone, PLENUM_DRONE_READY);
    world_take(world);
}

/* --- areas ------------------------------------------------------------------------------------ */

static const struct plenum_ref aisle = {PLENUM_AREA, 0};

/* Closes or opens `count` cells of the aisle, of its four. */
static void turn_aisle(struct world *world, bool close, int32_t count)
{
    for (int32_t i = 0; i < count; i++) {
        int32_t cell = plenum_area_cell(world->site, &world->site->areas[aisle.id], i);
        if (close)
            plenum_command_close_cell(&world->command, aisle, cell);
        else
            plenum_command_open_cell(&world->command, aisle, cell);
    }
}

static void test_r17(void **state)
{
    struct world *world = *state;
    set_state((world_begin(world), world), aisle, PLENUM_AREA_CLOSED);
    world_refuse(world, PLENUM_REASON_STATE);
    set_state((world_begin(world), world), aisle, PLENUM_AREA_CLOSING);
    world_take(world);
    turn_aisle((world_begin(world), world), true, 1);
    world_refuse_rule(world, "R17");
    for (int32_t closed = 0; closed < 4; closed++) {
        set_state((world_begin(world), world), aisle, PLENUM_AREA_CLOSED);
        turn_aisle(world, true, closed);
        world_refuse_rule(world, "R17");
    }
    plenum_command_close_cell(&world->command, aisle, 0);
    world_refuse_rule(world, "R17"); /* as many as it has, but one is another's */
    set_state((world_begin(world), world), aisle, PLENUM_AREA_CLOSED);
    turn_aisle(world, true, 4);
    world_take(world);
    turn_aisle((world_begin(world), world), false, 4);
    world_refuse_rule(world, "R17");
    set_state((world_begin(world), world), aisle, PLENUM_AREA_OPEN);
    turn_aisle(world, false, 3);
    world_refuse_rule(world, "R17");
    set_state((world_begin(world), world), aisle, PLENUM_AREA_OPEN);
    turn_aisle(world, false, 4);
    world_take(world);
}

static void test_r18(void **state)
{
    struct world *world = *state;
    static const int32_t fields[] = {PLENUM_TASK_FROM_CELL, PLENUM_TASK_TO_CELL};
    for (size_t i = 0; i < 2; i++) {
        plenum_command_create(world_begin(world), task);
        set(world, task, fields[i], 7 * 12 + 9);
        world_refuse_rule(world, "R18");
    }
    plenum_command_create(world_begin(world), task);
    set(world, task, PLENUM_TASK_FROM_CELL, 7 * 12 + 10);
    world_take(world);
}

/* --- a fixed history -------------------------------------------------------------------------- */

static void history(struct world *world)
{
    static const uint8_t moves[2] = {PLENUM_MOVE_SOUTH, PLENUM_MOVE_WEST};
    plenum_command_limit(world_begin(world), 2, now(world) + 3600000, now(world) + 7200000, 15000,
                         30000);
    world_take(world);
    begin_job(world, PLENUM_JOB_RUNNING);
    claim_server(world, 0, now(world));
    claim_server(world, 3, now(world));
    plenum_command_claim_power(&world->command, job, world->site->positions[0].load, now(world),
                               now(world) + 60000, 1401);
    world_take(world);
    begin_flight(world);
    claim_air(world, 45000);
    world_take(world);
    for (int i = 0; i < 3; i++) {
        plenum_command_step(world_begin(world), moves, 2);
        plenum_command_tick(&world->command, now(world) + 1000);
        world_take(world);
    }
    world_rack_to(world, 1, PLENUM_RACK_CARRIED);
    world_tick(world, 30000);
    plenum_command_tick(world_begin(world), now(world));
    world_refuse(world, PLENUM_REASON_PAST);
}

/* The state after the history, by BLAKE2b-256: the same for every compiler and machine. It changes
 * when the rules or the form of a snapshot do. */
static void test_fixed_history(void **state)
{
    struct world *world = *state;
    char text[65];
    history(world);
    plenum_ledger_state_hash(world->ledger, text);
    assert_string_equal(text, "56a7b0d628d06ced7099483c8a4a4356a7774b3993a3dd8630ad8825fccfc0cb");
    assert_int_equal(plenum_ledger_seq(world->ledger), 22);
}

/* A snapshot of that state with bits flipped is refused, or is another state that can be written;
 * one that was cut is refused. */
static void test_damaged_history(void **state)
{
    struct world *world = *state;
    struct random random;
    uint8_t *data;
    size_t length;
    history(world);
    plenum_ledger_snapshot(world->ledger, &data, &length);
    random_init(&random, 21);
    for (int i = 0; i < 4000; i++) {
        struct plenum_ledger *restored;
        char text[65];
        size_t at = random_below(&random, length), cut = i % 4 == 0 ? at : length;
        uint8_t *copy = malloc(length);
        memcpy(copy, data, length);
        copy[at] ^= (uint8_t)(1u << random_below(&random, 8));
        enum plenum_status status = plenum_ledger_restore(world->site, copy, cut, &restored, NULL);
        assert_true(status == PLENUM_CORRUPT || (status == PLENUM_OK && cut == length));
        if (restored)
            plenum_ledger_state_hash(restored, text);
        plenum_ledger_destroy(restored);
        free(copy);
    }
    free(data);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_r1),
        TEST(test_r2),
        TEST(test_r3),
        TEST(test_r4),
        TEST(test_r5),
        TEST(test_r6),
        TEST(test_r7),
        TEST(test_r8),
        TEST(test_r9),
        TEST(test_r10),
        TEST(test_r11),
        TEST(test_r12),
        TEST(test_r13),
        TEST(test_r14),
        TEST(test_r15),
        TEST(test_r16),
        TEST(test_r17),
        TEST(test_r18),
        TEST(test_r19),
        TEST(test_r20),
        TEST(test_r21_taken_up),
        TEST(test_r21_set_down),
        TEST(test_fixed_history),
        TEST(test_damaged_history),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
