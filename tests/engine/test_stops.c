/* Stops of a running site: robots stand and drones stay down while they are in force, all goes on
 * after, and no planner proposes what a stop forbids. */
#include <plenum/engine.h>

#include "busy_site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct seen { /* of the rows of a run */
    uint64_t refused_steps, take_offs, plans;
};

static void observe(void *context, const struct plenum_journal_row *row)
{
    struct seen *seen = context;
    seen->refused_steps += row->command->kind == PLENUM_COMMAND_ROBOT_STEP && !row->taken;
    seen->plans += row->command->kind == PLENUM_COMMAND_FLIGHT_PLAN && row->taken;
    for (size_t i = 0; i < row->command->op_count && row->taken; i++) {
        const struct plenum_op *op = &row->command->ops[i];
        seen->take_offs += op->type == PLENUM_OP_SET && op->set.ref.kind == PLENUM_DRONE &&
                           op->set.field == PLENUM_FIELD_STATE &&
                           op->set.value == PLENUM_DRONE_FLYING;
    }
}

static void step(struct plenum_engine *engine, int64_t steps)
{
    struct plenum_error error;
    for (; steps > 0; steps--)
        if (plenum_engine_step(engine, &error) != PLENUM_OK)
            fail_msg("%s", error.text);
}

static void set_stop(struct plenum_engine *engine, enum plenum_stop stop, int64_t state)
{
    struct plenum_command command;
    plenum_command_init(&command, PLENUM_COMMAND_FLOOR_STOP, "ada");
    plenum_command_set(&command, plenum_ref(PLENUM_STOP, stop), PLENUM_FIELD_STATE, state);
    assert_int_equal(plenum_engine_post(engine, &command, false, NULL, NULL), PLENUM_OK);
    plenum_command_finish(&command);
    step(engine, 1);
    assert_int_equal(plenum_stop_in_force(plenum_engine_ledger(engine), stop),
                     state == PLENUM_STOP_STOPPED);
}

static int64_t count_in(const struct plenum_ledger *ledger, uint32_t kind, int64_t state)
{
    size_t cursor = 0;
    uint64_t id;
    const int64_t *row;
    int64_t count = 0;
    while (plenum_ledger_walk(ledger, kind, &cursor, &id, &row))
        count += row[PLENUM_FIELD_STATE] == state;
    return count;
}

static struct plenum_engine *begin(const struct plenum_site *site, struct seen *seen)
{
    struct plenum_error error;
    struct plenum_engine *engine;
    struct plenum_engine_options options = {.observe = observe, .observe_context = seen};
    if (plenum_engine_create(site, &options, &engine, &error) != PLENUM_OK)
        fail_msg("%s", error.text);
    return engine;
}

static void test_floor_stands(void **state)
{
    enum { ROBOTS = 8 };
    int32_t cells[ROBOTS];
    struct seen seen = {0};
    struct plenum_site *site = site_for_tests(SITE_BUSY);
    struct plenum_engine *engine = begin(site, &seen);
    const struct plenum_ledger *ledger = plenum_engine_ledger(engine);
    (void)state;
    assert_int_equal(site->robot_count, ROBOTS);
    step(engine, 400);
    set_stop(engine, PLENUM_STOP_FLOOR, PLENUM_STOP_STOPPED);
    memcpy(cells, plenum_floor_cells(ledger), sizeof cells);
    for (int i = 0; i < 300; i++) {
        step(engine, 1);
        assert_memory_equal(cells, plenum_floor_cells(ledger), sizeof cells);
    }
    set_stop(engine, PLENUM_STOP_FLOOR, PLENUM_STOP_CLEAR);
    step(engine, 30);
    assert_memory_not_equal(cells, plenum_floor_cells(ledger), sizeof cells);
    assert_int_equal(seen.refused_steps, 0);
    plenum_engine_destroy(engine);
    plenum_site_destroy(site);
}

static void test_drones_stay_down(void **state)
{
    struct seen seen = {0};
    struct plenum_site *site = site_for_tests(SITE_BUSY);
    struct plenum_engine *engine = begin(site, &seen);
    const struct plenum_ledger *ledger = plenum_engine_ledger(engine);
    (void)state;
    for (int i = 0; count_in(ledger, PLENUM_FLIGHT, PLENUM_FLIGHT_ACCEPTED) == 0; i++) {
        assert_true(i < 20000);
        step(engine, 1);
    }
    uint64_t take_offs = seen.take_offs, plans = seen.plans;
    set_stop(engine, PLENUM_STOP_AIR, PLENUM_STOP_STOPPED);
    assert_int_equal(count_in(ledger, PLENUM_FLIGHT, PLENUM_FLIGHT_ACCEPTED), 0);
    assert_int_equal(count_in(ledger, PLENUM_DRONE, PLENUM_DRONE_PREPARING), 0);
    assert_int_equal(count_in(ledger, PLENUM_DELIVERY, PLENUM_DELIVERY_PLANNED), 0);
    step(engine, 3600);
    assert_int_equal(count_in(ledger, PLENUM_DRONE, PLENUM_DRONE_FLYING), 0);
    assert_int_equal(plenum_air_flights(ledger), 0);
    assert_true(count_in(ledger, PLENUM_DELIVERY, PLENUM_DELIVERY_ASKED) > 0);
    assert_int_equal(seen.take_offs, take_offs);
    assert_int_equal(seen.plans, plans);
    set_stop(engine, PLENUM_STOP_AIR, PLENUM_STOP_CLEAR);
    step(engine, 600);
    assert_true(seen.take_offs > take_offs);
    plenum_engine_destroy(engine);
    plenum_site_destroy(site);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_floor_stands),
        cmocka_unit_test(test_drones_stay_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
