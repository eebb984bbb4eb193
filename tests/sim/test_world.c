/* Small sites at work, end to end: what one room does reaches the others through the ledger. */
#include "site_for_tests.h"
#include "world_for_tests.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
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
#define QUIET "world:\n  cabling: 2m\n  burn_in: 5m\n  repair: 3m\n"

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

#define STANDING                                                                                   \
    "tenants:\n- {name: acme}\n"                                                                   \
    "racks:\n"                                                                                     \
    "- {name: 'r-{1..4}', model: rk, position: 'p-{1..4}', arrive: start, stands: true}\n"

/* Racks that stand need no dock and no robots, to come into service and to be repaired. */
static void test_standing_racks_come_into_service(void **state)
{
    (void)state;
    char text[4096];
    const char *whole = SITE_HEAD SITE_CATALOGUE SITE_POWER SITE_FLOOR STANDING QUIET;
    const char *dock = strstr(whole, "docks:"), *chargers = strstr(whole, "chargers:");
    snprintf(text, sizeof text, "%.*s%s", (int)(dock - whole), whole, chargers);
    struct plenum_site *site = site_for_tests(text);
    struct world world;
    world_init(&world, site, WORLD_ALL, 1);
    assert_int_equal(world_count(&world, PLENUM_RACK, PLENUM_RACK_PLACED), 4);
    for (int32_t rack = 0; rack < 4; rack++)
        assert_true(world_run_to_rack(&world, rack, PLENUM_RACK_IN_SERVICE, HOUR));
    world_set(&world, PLENUM_RACK, 0, PLENUM_RACK_FAULT, 1);
    world_run(&world, 1);
    assert_int_equal(world_count(&world, PLENUM_RACK, PLENUM_RACK_FAILED), 1);
    assert_true(world_run_to_rack(&world, 0, PLENUM_RACK_IN_SERVICE, HOUR));
    assert_int_equal(plenum_ledger_count(world.ledger, PLENUM_TASK), 0);
    world_finish(&world);
    plenum_site_destroy(site);
}

/* --- a fault ---------------------------------------------------------------------------------- */

#define AIR                                                                                        \
    "airspace:\n"                                                                                  \
    "  polygon_mm: [[-1000000, -1000000], [3000000, -1000000], [3000000, 1000000],\n"              \
    "    [-1000000, 1000000]]\n"                                                                   \
    "  lower_mm: 0\n"                                                                              \
    "  upper_mm: 120000\n"                                                                         \
    "pads:\n"                                                                                      \
    "- {name: roof, at_mm: [0, 0], cell: [11, 7], stands: 2, charge_w: 800, feeds: [panel-b]}\n"   \
    "- {name: depot, at_mm: [2000000, 0], outlying: true, stands: 2, charge_w: 800}\n"             \
    "drones:\n"                                                                                    \
    "- {name: 'bird-{1..2}', model: bird, pads: [roof]}\n"

/* One more job than two racks of four servers can run, then a fault in the first rack. */
#define FULL                                                                                       \
    "demand:\n"                                                                                    \
    "  jobs:\n"                                                                                    \
    "  - {name: whole, tenant: acme, every: 2m, duration: [60m, 90m], servers: 2,\n"               \
    "     accelerators: 4, chip: acc, cores: 16, memory_gib: 64}\n"

static int64_t rack_field(const struct world *world, int32_t rack, int32_t field)
{
    return world_get(world, PLENUM_RACK, (uint64_t)rack, field);
}

/* Claims of jobs on the servers of a rack. */
static size_t claims_on_rack(const struct world *world, int32_t rack)
{
    const struct plenum_rack *placed = &world->site->racks[rack];
    int32_t servers = world->site->rack_models[placed->model].server_count;
    size_t claims = 0;
    for (int32_t i = 0; i < servers; i++)
        claims += plenum_capacity_claims_on(world->ledger, placed->first_server + i, NULL, 0);
    return claims;
}

/* Deliveries landed and tasks for parts asked for since the start. */
struct parts {
    int flown, from_dock, from_pad;
};

static void note_parts(struct world *world, const struct plenum_command *command)
{
    struct parts *parts = world->context;
    for (size_t i = 0; i < command->op_count; i++) {
        const struct plenum_op *op = &command->ops[i];
        if (op->type != PLENUM_OP_SET)
            continue;
        if (op->set.ref.kind == PLENUM_DELIVERY && op->set.field == PLENUM_FIELD_STATE)
            parts->flown += op->set.value == PLENUM_DELIVERY_LANDED;
        if (op->set.ref.kind == PLENUM_TASK && op->set.field == PLENUM_TASK_LOAD &&
            op->set.value == PLENUM_LOAD_PART) {
            bool dock = command->ops[i + 1].set.value == world->site->docks[0].cell;
            *(dock ? &parts->from_dock : &parts->from_pad) += 1;
        }
    }
}

/* A rack in service with jobs on it fails, is repaired and comes back. */
static void check_fault(const char *text, uint64_t seed, struct parts *parts)
{
    struct plenum_site *site = site_for_tests(text);
    struct world world;
    *parts = (struct parts){0};
    world_init(&world, site, WORLD_ALL | WORLD_AIRSPACE, seed);
    for (int32_t rack = 0; rack < 4; rack++)
        assert_true(world_run_to_rack(&world, rack, PLENUM_RACK_IN_SERVICE, HOUR));
    while (claims_on_rack(&world, 0) == 0)
        world_run(&world, MINUTE);
    world.watch = note_parts;
    world.context = parts;
    world_set(&world, PLENUM_RACK, 0, PLENUM_RACK_FAULT, 1);
    world_run(&world, 1);
    assert_int_equal(rack_field(&world, 0, PLENUM_FIELD_STATE), PLENUM_RACK_FAILED);
    assert_int_equal(claims_on_rack(&world, 0), 0);
    assert_true(world_count(&world, PLENUM_JOB, PLENUM_JOB_QUEUED) > 0);
    uint64_t next_id = plenum_ledger_next_id(world.ledger, PLENUM_JOB);
    assert_true(world_run_to_rack(&world, 0, PLENUM_RACK_IN_SERVICE, 4 * HOUR));
    assert_int_equal(rack_field(&world, 0, PLENUM_RACK_FAILURES), 1);
    assert_int_equal(rack_field(&world, 0, PLENUM_RACK_FAULT), 0);
    assert_int_equal(rack_field(&world, 0, PLENUM_RACK_BURN_INS), 2);
    world_run(&world, 5 * MINUTE);
    for (uint64_t id = 1; id < next_id; id++) { /* those that it put back have a place again */
        const int64_t *row = plenum_ledger_row(world.ledger, PLENUM_JOB, id);
        assert_true(!row || row[PLENUM_FIELD_STATE] != PLENUM_JOB_QUEUED);
    }
    assert_true(claims_on_rack(&world, 0) > 0);
    world_finish(&world);
    plenum_site_destroy(site);
}

static void test_part_flies_in(void **state)
{
    (void)state;
    struct parts parts;
    check_fault(SITE_BASE AIR ROBOTS FULL QUIET, 1, &parts);
    assert_int_equal(parts.flown, 1);
    assert_int_equal(parts.from_pad, 1);
    assert_int_equal(parts.from_dock, 0);
}

static void test_part_comes_from_dock(void **state)
{
    (void)state;
    static const char *const worlds[] = {
        SITE_BASE ROBOTS FULL QUIET,                                 /* no drones */
        SITE_BASE AIR ROBOTS FULL QUIET "  wind_mean_mm_s: 20000\n", /* too windy */
    };
    for (size_t i = 0; i < sizeof worlds / sizeof *worlds; i++) {
        struct parts parts;
        check_fault(worlds[i], 1, &parts);
        assert_int_equal(parts.flown, 0);
        assert_int_equal(parts.from_pad, 0);
        assert_int_equal(parts.from_dock, 1);
    }
}

/* --- robots ----------------------------------------------------------------------- */

/* A robot low on charge goes to charge, and comes back full; one that breaks is idle again. */
static void test_robots_charge_and_mend(void **state)
{
    (void)state;
    struct plenum_site *site = site_for_tests(SITE_BASE ROBOTS QUIET);
    struct world world;
    world_init(&world, site, WORLD_ALL, 1);
    for (uint64_t robot = 0; robot < 6; robot++)
        world_set(&world, PLENUM_ROBOT, robot, PLENUM_ROBOT_CHARGE_J,
                  site->robot_models[site->robots[robot].model].battery_j / 5);
    int64_t cell = plenum_floor_cell_of(world.ledger, 5);
    world_set(&world, PLENUM_ROBOT, 5, PLENUM_FIELD_STATE, PLENUM_ROBOT_BROKEN);
    world_set(&world, PLENUM_ROBOT, 5, PLENUM_ROBOT_READY_MS, world_now_ms(&world) + 60000);
    world_run(&world, MINUTE);
    assert_int_equal(plenum_floor_cell_of(world.ledger, 5), cell);
    assert_true(world_count(&world, PLENUM_ROBOT, PLENUM_ROBOT_CHARGING) == 2);
    bool charged[6] = {false};
    for (int minute = 0; minute < 360; minute++) {
        world_run(&world, MINUTE);
        for (uint64_t robot = 0; robot < 6; robot++)
            charged[robot] |= world_get(&world, PLENUM_ROBOT, robot, PLENUM_ROBOT_CHARGE_J) >
                              site->robot_models[site->robots[robot].model].battery_j * 95 / 100;
    }
    for (int robot = 0; robot < 6; robot++)
        assert_true(charged[robot]);
    world_finish(&world);
    plenum_site_destroy(site);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rack_comes_into_service),
        cmocka_unit_test(test_standing_racks_come_into_service),
        cmocka_unit_test(test_part_flies_in),
        cmocka_unit_test(test_part_comes_from_dock),
        cmocka_unit_test(test_robots_charge_and_mend),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
