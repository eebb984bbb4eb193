/* Alarms and figures: each kind of trouble is told while it lasts and not after, the worst comes
 * first, and the figures are those of a count by hand. */
#include "edge/alarms.h"
#include "edge/figures.h"

#include "busy_site.h"
#include "world_for_tests.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const struct alarm *find(const struct alarms *alarms, const char *code)
{
    for (size_t i = 0; i < alarms->count; i++)
        if (strcmp(alarms->items[i].code, code) == 0)
            return &alarms->items[i];
    return NULL;
}

static void check_order(const struct alarms *alarms)
{
    assert_true(alarms->count <= ALARMS_MAX);
    for (size_t i = 0; i < alarms->count; i++) {
        const struct alarm *alarm = &alarms->items[i];
        assert_true(i == 0 || alarm[-1].severity <= alarm->severity);
        assert_true(alarm->subject[0] && alarm->reason[0] && alarm->todo[0]);
        assert_memory_equal(alarm->cli, "plenum ", 7);
        assert_int_equal(alarm->view[0], '/');
    }
}

/* Whether there is a reason for the alarm, seen by another way. */
static bool is_so(const struct world *world, const char *code)
{
    if (strcmp(code, "rack-failed") == 0)
        return world_count(world, PLENUM_RACK, PLENUM_RACK_FAILED) > 0;
    if (strcmp(code, "robot-broken") == 0)
        return world_count(world, PLENUM_ROBOT, PLENUM_ROBOT_BROKEN) > 0;
    for (int32_t i = 0; i < world->site->world.derate_count; i++) {
        const struct plenum_derate *derate = &world->site->world.derates[i];
        if (derate->from_ms <= world_now_ms(world) && world_now_ms(world) < derate->until_ms)
            return true;
    }
    return false;
}

/* A busy site for three hours, looked at every minute. */
static void test_told_while_it_lasts(void **state)
{
    static const char *const codes[] = {"rack-failed", "robot-broken", "limit-lowered"};
    static struct alarms alarms;
    int seen[3] = {0};
    struct world world;
    struct plenum_site *site = site_for_tests(SITE_BUSY);
    (void)state;
    world_init(&world, site, WORLD_ALL | WORLD_AIRSPACE, site->seed);
    world.may_be_refused = UINT64_MAX;
    for (int minute = 0; minute < 180; minute++) {
        world_run(&world, 60);
        alarms_of(world.ledger, &alarms);
        check_order(&alarms);
        for (int i = 0; i < 3; i++) {
            bool told = find(&alarms, codes[i]) != NULL;
            if (told != is_so(&world, codes[i]))
                fail_msg("minute %d: %s %s", minute, codes[i], told ? "told" : "not told");
            seen[i] += told;
        }
    }
    for (int i = 0; i < 3; i++)
        assert_true(seen[i] > 0 && seen[i] < 180);
    world_finish(&world);
    plenum_site_destroy(site);
}

static void test_stops_are_told(void **state)
{
    static struct alarms alarms;
    struct world world;
    struct plenum_site *site = site_for_tests(SITE_BUSY);
    (void)state;
    world_init(&world, site, WORLD_ALL, 1);
    alarms_of(world.ledger, &alarms);
    assert_null(find(&alarms, "floor-stopped"));
    world_set(&world, PLENUM_STOP, PLENUM_STOP_FLOOR, PLENUM_FIELD_STATE, PLENUM_STOP_STOPPED);
    world_set(&world, PLENUM_STOP, PLENUM_STOP_AIR, PLENUM_FIELD_STATE, PLENUM_STOP_STOPPED);
    alarms_of(world.ledger, &alarms);
    check_order(&alarms);
    assert_string_equal(alarms.items[0].code, "floor-stopped");
    assert_non_null(strstr(find(&alarms, "floor-stopped")->cli, "resume"));
    assert_string_equal(find(&alarms, "drones-grounded")->view, "/air");
    world_finish(&world);
    plenum_site_destroy(site);
}

/* Of very many that are alike some are told and the rest is counted. */
static void test_many_alike(void **state)
{
    static struct alarms alarms;
    struct world world;
    struct plenum_site *site = site_for_tests(
        SITE_HEAD SITE_CATALOGUE SITE_POWER SITE_FLOOR
        "robots:\n"
        "- {name: 'tote-{1..20}', model: tote, cells: [[0, 0], [1, 0], [2, 0], [3, 0], [4, 0],\n"
        "   [5, 0], [6, 0], [7, 0], [8, 0], [9, 0], [0, 7], [1, 7], [2, 7], [3, 7], [4, 7],\n"
        "   [6, 7], [7, 7], [8, 7], [9, 7], [10, 7]]}\n");
    (void)state;
    world_init(&world, site, 0, 1);
    for (uint64_t robot = 0; robot < 20; robot++)
        world_set(&world, PLENUM_ROBOT, robot, PLENUM_FIELD_STATE, PLENUM_ROBOT_BROKEN);
    alarms_of(world.ledger, &alarms);
    assert_int_equal(alarms.count, ALARMS_ALIKE_MAX);
    assert_int_equal(alarms.left_out, 20 - ALARMS_ALIKE_MAX);
    assert_string_equal(alarms.items[0].subject, "tote-1");
    world_finish(&world);
    plenum_site_destroy(site);
}

static int64_t sum(const int64_t *counts, int count)
{
    int64_t total = 0;
    for (int i = 0; i < count; i++)
        total += counts[i];
    return total;
}

enum { CLAIMS = 1024 };

/* By the claims that stand now, place by place. */
static int64_t claimed_w(const struct world *world)
{
    struct plenum_power_claim claims[CLAIMS];
    int64_t watts = 0;
    for (int32_t load = 0; load < world->site->load_count; load++) {
        size_t count = plenum_power_claims_at(world->ledger, load, claims, CLAIMS);
        assert_true(count <= CLAIMS);
        for (size_t i = 0; i < count; i++)
            if (claims[i].from_ms <= world_now_ms(world))
                watts += claims[i].watts;
    }
    return watts;
}

static int64_t claimed_milli(const struct world *world)
{
    struct plenum_capacity_claim claims[CLAIMS];
    int64_t milli = 0;
    for (int32_t server = 0; server < world->site->server_count; server++) {
        size_t count = plenum_capacity_claims_on(world->ledger, server, claims, CLAIMS);
        assert_true(count <= CLAIMS);
        for (size_t i = 0; i < count; i++)
            for (int bit = 0; bit < 64 && claims[i].from_ms <= world_now_ms(world); bit++)
                milli += (claims[i].accelerators >> bit & 1) != 0 ? claims[i].milli : 0;
    }
    return milli;
}

static void test_figures(void **state)
{
    struct world world;
    struct plenum_site *site = site_for_tests(SITE_BUSY);
    (void)state;
    world_init(&world, site, WORLD_ALL | WORLD_AIRSPACE, site->seed);
    world.may_be_refused = UINT64_MAX;
    for (int i = 0; i < 60; i++) {
        world_run(&world, 120);
        int64_t sold_milli = claimed_milli(&world), watts = claimed_w(&world);
        struct figures figures = figures_of(world.ledger);
        assert_int_equal(figures.sold_milli, sold_milli);
        assert_int_equal(figures.power_w, watts);
        assert_int_equal(figures.headroom_w, figures.limit_w - watts);
        assert_true(figures.headroom_feed_lost_w <= figures.headroom_w);
        assert_true(figures.free * 1000 + sold_milli <= figures.offered * 1000);
        assert_int_equal(sum(figures.racks, PLENUM_RACK_STATE_COUNT), site->rack_count);
        assert_int_equal(sum(figures.robots, PLENUM_ROBOT_STATE_COUNT), site->robot_count);
        assert_int_equal(sum(figures.drones, PLENUM_DRONE_STATE_COUNT), site->drone_count);
    }
    world_finish(&world);
    plenum_site_destroy(site);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_told_while_it_lasts),
        cmocka_unit_test(test_stops_are_told),
        cmocka_unit_test(test_many_alike),
        cmocka_unit_test(test_figures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
