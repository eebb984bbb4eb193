/* Small sites at work, end to end: what one room does reaches the others through the ledger. */
#include "site_for_tests.h"
#include "world_for_tests.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define MINUTE 60
#define HOUR   3600

#define RACKS                                                                                      \
    "tenants:\n"                                                                                   \
    "- {name: acme, share_milli: 500, priority: 2}\n"                                              \
    "- {name: zeta, share_milli: 250, priority: 1}\n"                                              \
    "racks:\n"                                                                                     \
    "- {name: 'r-{1..4}', model: rk, position: 'p-{1..4}', arrive: start+5m, every: 5m,\n"         \
    "   shipped_ahead: 4h, built_ahead: 1d}\n"

#define ROBOTS                                                                                     \
    "robots:\n"                                                                                    \
    "- {name: 'carrier-{1..2}', model: carrier, cells: [[1, 5], [1, 7]]}\n"                        \
    "- {name: 'tote-{1..4}', model: tote, cells: [[5, 5], [7, 5], [9, 5], [4, 2]]}\n"

/* No chance but of the supplier: nothing fails, nobody asks. */
#define QUIET "world: {cabling: 2m, burn_in: 5m, repair: 3m}\n"

#define SITE_BASE SITE_HEAD SITE_CATALOGUE SITE_POWER SITE_FLOOR RACKS

/* --- a rack's way ----------------------------------------------------------------------------- */

struct way {
    int64_t states[32];
    int count;
};

static void note_state(struct world *world, const struct plenum_command *command)
{
    struct way *way = world->context;
    for (size_t i = 0; i < command->op_count; i++) {
        const struct plenum_op *op = &command->ops[i];
        if (op->type == PLENUM_OP_SET && op->set.ref.kind == PLENUM_RACK && op->set.ref.id == 0 &&
            op->set.field == PLENUM_FIELD_STATE && way->count < 32)
            way->states[way->count++] = op->set.value;
    }
}

static void test_rack_comes_into_service(void **state)
{
    (void)state;
    struct plenum_site *site = site_for_tests(SITE_BASE ROBOTS QUIET);
    struct world world;
    struct way way = {0};

    world_init(&world, site, WORLD_ALL, 1);
    world.watch = note_state;
    world.context = &way;
    assert_true(world_run_to_rack(&world, 0, PLENUM_RACK_IN_SERVICE, HOUR));
    assert_int_equal(way.count, PLENUM_RACK_IN_SERVICE);
    for (int i = 0; i < way.count; i++)
        assert_int_equal(way.states[i], i + 1);
    assert_int_equal(plenum_power_node_w(world.ledger, 0, PLENUM_NONE, world_now_ms(&world)) +
                         plenum_power_node_w(world.ledger, 1, PLENUM_NONE, world_now_ms(&world)),
                     site->rack_models[0].idle_w);
    for (int32_t rack = 1; rack < 4; rack++)
        assert_true(world_run_to_rack(&world, rack, PLENUM_RACK_IN_SERVICE, HOUR));
    assert_int_equal(plenum_ledger_count(world.ledger, PLENUM_TASK), 0);
    assert_int_equal(world_count(&world, PLENUM_ROBOT, PLENUM_ROBOT_IDLE), 6);
    world_finish(&world);
    plenum_site_destroy(site);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rack_comes_into_service),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
