/* A limit that will be lowered: what goes before it is, in which order, and no more than needed.
 *
 * With feed-b lost, panel-a carries all of this:
 *
 *     two racks in service     2 x 1700 W
 *     two carriers that charge 2 x 2000 W    a third is 666 W
 *     spot, preemptible        6800 W
 *     low, priority 1          3400 W
 *     high, priority 2         3400 W        together 21000 W */
#include "site_for_tests.h"
#include "world_for_tests.h"

#include <plenum/rack.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define MINUTE_MS INT64_C(60000)

#define PARTS                                                                                      \
    "tenants:\n"                                                                                   \
    "- {name: acme, share_milli: 500, priority: 2}\n"                                              \
    "racks:\n"                                                                                     \
    "- {name: 'r-{1..2}', model: rk, position: 'p-{1..2}', arrive: start, every: 1s,\n"            \
    "   shipped_ahead: 4h, built_ahead: 1d}\n"                                                     \
    "robots:\n"                                                                                    \
    "- {name: 'carrier-{1..2}', model: carrier, cells: [[1, 5], [1, 7]]}\n"                        \
    "world: {cabling: 1m, burn_in: 1m}\n"

enum { PANEL_A = 2 };

struct shed_case {
    int64_t limit_w;
    int slowed, stopped, preemptible, jobs, racks; /* commands of each sort */
};

struct sheds {
    struct shed_case so_far;
    enum plenum_shed_step step;
};

/* Every shedding is needed when it comes, within the lead, and never milder than the one before. */
static void note_shed(struct world *world, const struct plenum_command *command)
{
    struct sheds *sheds = world->context;
    const struct plenum_op *op = &command->ops[0];
    int32_t node, feed_lost;
    if (command->kind != PLENUM_COMMAND_POWER_SHED)
        return;
    int64_t over_ms = plenum_power_first_over(world->ledger, &node, &feed_lost);
    assert_true(over_ms <= world_now_ms(world) + PLENUM_SHED_LEAD_MS);
    enum plenum_shed_step step = PLENUM_SHED_RACKS;
    if (op->type != PLENUM_OP_RELEASE || op->release.owner.kind == PLENUM_RACK) {
        sheds->so_far.racks++;
    } else if (op->release.owner.kind == PLENUM_ROBOT) {
        step = PLENUM_SHED_CHARGING;
        *(op[1].type == PLENUM_OP_POWER_CLAIM ? &sheds->so_far.slowed : &sheds->so_far.stopped) +=
            1;
    } else {
        bool preemptible =
            world_get(world, PLENUM_JOB, op->release.owner.id, PLENUM_JOB_PREEMPTIBLE);
        step = preemptible ? PLENUM_SHED_PREEMPTIBLE : PLENUM_SHED_JOBS;
        *(preemptible ? &sheds->so_far.preemptible : &sheds->so_far.jobs) += 1;
    }
    assert_true(step >= sheds->step);
    sheds->step = step;
}

static uint64_t submit_job(struct world *world, int32_t servers, int64_t priority, bool preemptible)
{
    uint64_t id = plenum_ledger_next_id(world->ledger, PLENUM_JOB);
    struct plenum_ref job = plenum_ref(PLENUM_JOB, id);
    const struct {
        int32_t field;
        int64_t value;
    } fields[] = {
        {PLENUM_JOB_SERVERS, servers},
        {PLENUM_JOB_ACCELERATORS, 4},
        {PLENUM_JOB_MILLI, 1000},
        {PLENUM_JOB_CHIP, PLENUM_NONE},
        {PLENUM_JOB_DURATION_MS, 120 * MINUTE_MS},
        {PLENUM_JOB_LEFT_MS, 120 * MINUTE_MS},
        {PLENUM_JOB_SUBMIT_MS, world_now_ms(world)},
        {PLENUM_JOB_START_MS, PLENUM_FOREVER},
        {PLENUM_JOB_END_MS, PLENUM_FOREVER},
        {PLENUM_JOB_PREEMPTIBLE, preemptible},
        {PLENUM_JOB_PRIORITY, priority},
    };
    plenum_command_reset(&world->scratch, PLENUM_COMMAND_JOB_SUBMIT, "acme");
    plenum_command_create(&world->scratch, job);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        plenum_command_set(&world->scratch, job, fields[i].field, fields[i].value);
    world_submit(world, &world->scratch);
    return id;
}

/* Both racks in service and full, both carriers on their chargers. */
static void fill(struct world *world)
{
    for (int32_t rack = 0; rack < 2; rack++)
        assert_true(world_run_to_rack(world, rack, PLENUM_RACK_IN_SERVICE, 7200));
    for (uint64_t robot = 0; robot < 2; robot++)
        world_set(world, PLENUM_ROBOT, robot, PLENUM_ROBOT_CHARGE_J, 1000000);
    submit_job(world, 4, 0, true);
    submit_job(world, 2, 1, false);
    submit_job(world, 2, 2, false);
    world_run(world, 120);
    assert_int_equal(world_count(world, PLENUM_JOB, PLENUM_JOB_RUNNING), 3);
    assert_int_equal(world_count(world, PLENUM_ROBOT, PLENUM_ROBOT_CHARGING), 2);
    assert_int_equal(plenum_power_node_w(world->ledger, PANEL_A, 1, world_now_ms(world)), 21000);
}

static int64_t lower_limit(struct world *world, int64_t limit_w)
{
    int64_t from_ms = world_now_ms(world) + 10 * MINUTE_MS;
    plenum_command_reset(&world->scratch, PLENUM_COMMAND_POWER_DERATE, "utility");
    plenum_command_limit(&world->scratch, PANEL_A, from_ms, from_ms + 20 * MINUTE_MS, limit_w,
                         limit_w);
    world_submit(world, &world->scratch);
    return from_ms;
}

static void run_until(struct world *world, int64_t instant_ms)
{
    world_run(world, (instant_ms - world_now_ms(world)) / world->site->step_ms);
}

static void check_case(const struct plenum_site *site, const struct shed_case *expected)
{
    struct world world;
    struct sheds sheds = {.so_far = {.limit_w = expected->limit_w}};
    print_message("limit %lld W\n", (long long)expected->limit_w);
    world_init(&world, site, WORLD_ALL, 1);
    world.watch = note_shed;
    world.context = &sheds;
    fill(&world);
    int64_t from_ms = lower_limit(&world, expected->limit_w);
    run_until(&world, from_ms - PLENUM_SHED_LEAD_MS - 1000);
    assert_int_equal(sheds.so_far.slowed, 0);
    assert_int_equal(sheds.so_far.preemptible + sheds.so_far.jobs + sheds.so_far.racks, 0);
    run_until(&world, from_ms + MINUTE_MS);
    assert_memory_equal(&sheds.so_far, expected, sizeof *expected);
    for (int32_t feed_lost = PLENUM_NONE; feed_lost < site->feed_count; feed_lost++)
        assert_true(plenum_power_node_w(world.ledger, PANEL_A, feed_lost, world_now_ms(&world)) <=
                    expected->limit_w);
    world_run(&world, 30 * 60);
    assert_int_equal(world_count(&world, PLENUM_RACK, PLENUM_RACK_IN_SERVICE), 2);
    assert_int_equal(world_count(&world, PLENUM_JOB, PLENUM_JOB_RUNNING), 3);
    world_finish(&world);
}

static void test_mildest_first(void **state)
{
    (void)state;
    static const struct shed_case cases[] = {
        {21000, 0, 0, 0, 0, 0}, {20000, 1, 0, 0, 0, 0}, {17500, 2, 2, 0, 0, 0},
        {12000, 2, 2, 1, 0, 0}, {9000, 2, 2, 1, 1, 0},  {5000, 2, 2, 1, 2, 0},
        {3000, 2, 2, 1, 2, 1},  {1000, 2, 2, 1, 2, 2},
    };
    struct plenum_site *site = site_for_tests(SITE_HEAD SITE_CATALOGUE SITE_POWER SITE_FLOOR PARTS);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_case(site, &cases[i]);
    plenum_site_destroy(site);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mildest_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
