/* Maintenance: nothing is sold into it, what stands there is named and may be taken off, and it
 * begins, ends and is cancelled with what it keeps clear. */
#include <plenum/offer.h>

#include "site_for_tests.h"
#include "world_for_tests.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define MINUTE_MS INT64_C(60000)
#define HOUR_MS   (60 * MINUTE_MS)

#define RACKS                                                                                      \
    "tenants:\n"                                                                                   \
    "- {name: acme, share_milli: 500, priority: 2}\n"                                              \
    "racks:\n"                                                                                     \
    "- {name: 'r-{1..2}', model: rk, position: 'p-{1..2}', arrive: start}\n"                       \
    "robots:\n"                                                                                    \
    "- {name: 'carrier-{1..2}', model: carrier, cells: [[1, 5], [1, 7]]}\n"                        \
    "world: {cabling: 1m, burn_in: 1m}\n"

struct hall {
    struct plenum_site *site;
    struct world world;
    struct plenum_offer_desk *desk;
    struct plenum_offer_answer offers;
    struct plenum_maintenance_answer answer;
};

static int setup(void **state)
{
    struct hall *hall = test_calloc(1, sizeof *hall);
    hall->site = site_for_tests(SITE_HEAD SITE_CATALOGUE SITE_POWER SITE_FLOOR RACKS);
    hall->desk = plenum_offer_desk_create(hall->site);
    world_init(&hall->world, hall->site, WORLD_SIM | WORLD_RACK | WORLD_FLEET | WORLD_CAPACITY, 1);
    for (int32_t rack = 0; rack < 2; rack++)
        assert_true(world_run_to_rack(&hall->world, rack, PLENUM_RACK_IN_SERVICE, 7200));
    *state = hall;
    return 0;
}

static int teardown(void **state)
{
    struct hall *hall = *state;
    plenum_offer_desk_destroy(hall->desk);
    world_finish(&hall->world);
    plenum_site_destroy(hall->site);
    test_free(hall);
    return 0;
}

static struct plenum_maintenance work_on(const struct hall *hall, int32_t rack, int64_t in_ms)
{
    int64_t from_ms = world_now_ms(&hall->world) + in_ms;
    return (struct plenum_maintenance){rack, PLENUM_NONE, PLENUM_NONE, from_ms, from_ms + HOUR_MS};
}

/* Plans it; whether the ledger takes it. */
static bool plan(struct hall *hall, const struct plenum_maintenance *work, bool take)
{
    struct plenum_command *command = &hall->world.scratch;
    struct plenum_refusal refusal;
    struct plenum_error error;
    plenum_command_reset(command, PLENUM_COMMAND_OTHER, "test");
    assert_int_equal(
        plenum_maintenance_plan(hall->desk, hall->world.ledger, work, take, command, &error),
        PLENUM_OK);
    if (!plenum_ledger_test(hall->world.ledger, command, &refusal))
        return false;
    world_submit(&hall->world, command);
    return true;
}

static const struct plenum_offer *ask(struct hall *hall, int32_t accelerators, int64_t from_ms)
{
    struct plenum_offer_request request;
    struct plenum_error error;
    plenum_offer_request_init(hall->world.ledger, &request);
    request.tenant = 0;
    request.accelerators = accelerators;
    request.earliest_ms = from_ms;
    assert_int_equal(
        plenum_offer_ask(hall->desk, hall->world.ledger, &request, 1, &hall->offers, &error),
        PLENUM_OK);
    return hall->offers.offer_count > 0 ? &hall->offers.offers[0] : NULL;
}

static uint64_t buy(struct hall *hall, int32_t accelerators, int64_t from_ms)
{
    struct plenum_offer_request request = {.tenant = 0, .chip = PLENUM_NONE};
    uint64_t job = plenum_ledger_next_id(hall->world.ledger, PLENUM_JOB);
    assert_non_null(ask(hall, accelerators, from_ms));
    plenum_command_reset(&hall->world.scratch, PLENUM_COMMAND_OTHER, "test");
    plenum_offer_reserve(hall->world.ledger, &request, &hall->offers.offers[0],
                         &hall->world.scratch);
    world_submit(&hall->world, &hall->world.scratch);
    return job;
}

static int64_t state_of(const struct hall *hall, uint64_t id)
{
    return world_get(&hall->world, PLENUM_MAINTENANCE, id, PLENUM_FIELD_STATE);
}

/* Nothing is sold into it, which is told; then it begins and ends. */
static void test_planned(void **state)
{
    struct hall *hall = *state;
    struct plenum_maintenance work = work_on(hall, 0, 10 * MINUTE_MS);
    assert_true(plan(hall, &work, false));
    const struct plenum_offer *offer = ask(hall, 32, world_now_ms(&hall->world));
    assert_int_equal(offer->start_ms, work.until_ms);
    bool told = false;
    for (int32_t i = 0; i < hall->offers.blocker_count; i++)
        told = told || (hall->offers.blockers[i].kind == PLENUM_BLOCKER_MAINTENANCE &&
                        strstr(hall->offers.blockers[i].text, "r-1") != NULL);
    assert_true(told);
    offer = ask(hall, 16, world_now_ms(&hall->world));
    assert_int_equal(hall->site->servers[offer->parts[0].server].rack, 1);
    world_run(&hall->world, 601);
    assert_int_equal(state_of(hall, 1), PLENUM_MAINTENANCE_UNDER_WAY);
    world_run(&hall->world, 3601);
    assert_false(plenum_ledger_exists(hall->world.ledger, plenum_ref(PLENUM_MAINTENANCE, 1)));
    assert_int_equal(ask(hall, 32, 0)->start_ms, world_now_ms(&hall->world));
}

/* What stands there is named, with when it could be elsewhere and when nothing would be in the way;
 * taken off, it runs elsewhere. */
static void test_standing(void **state)
{
    struct hall *hall = *state;
    int64_t now_ms = world_now_ms(&hall->world);
    struct plenum_error error;
    uint64_t running = buy(hall, 32, now_ms);
    world_run(&hall->world, 2);
    uint64_t later = buy(hall, 16, now_ms + 3 * HOUR_MS);
    struct plenum_capacity_claim claim;
    plenum_capacity_claims_of(hall->world.ledger, plenum_ref(PLENUM_JOB, later), &claim, 1);
    struct plenum_maintenance work =
        work_on(hall, hall->site->servers[claim.server].rack, 30 * MINUTE_MS);
    work.until_ms = now_ms + 4 * HOUR_MS;
    assert_int_equal(
        plenum_maintenance_ask(hall->desk, hall->world.ledger, &work, &hall->answer, &error),
        PLENUM_OK);
    assert_int_equal(hall->answer.servers, 4);
    assert_int_equal(hall->answer.standing_count, 2);
    assert_int_equal(hall->answer.standing[0].job, running);
    assert_int_equal(hall->answer.standing[0].start_ms, PLENUM_FOREVER);
    assert_int_equal(hall->answer.standing[1].job, later);
    assert_int_equal(hall->answer.standing[1].start_ms, now_ms + 3 * HOUR_MS);
    assert_int_equal(hall->answer.earliest_ms, now_ms + 4 * HOUR_MS);
    assert_false(plan(hall, &work, false));
    assert_true(plan(hall, &work, true));
    world_run(&hall->world, 60);
    assert_int_equal(world_get(&hall->world, PLENUM_JOB, later, PLENUM_JOB_START_MS),
                     now_ms + 3 * HOUR_MS);
    assert_int_equal(world_get(&hall->world, PLENUM_JOB, running, PLENUM_FIELD_STATE),
                     PLENUM_JOB_RUNNING);
    world_run(&hall->world, 1900);
    assert_int_not_equal(world_get(&hall->world, PLENUM_JOB, running, PLENUM_FIELD_STATE),
                         PLENUM_JOB_RUNNING);
}

static void test_cancelled(void **state)
{
    struct hall *hall = *state;
    struct plenum_error error;
    struct plenum_maintenance work = work_on(hall, 0, 0);
    assert_true(plan(hall, &work, false));
    plenum_command_reset(&hall->world.scratch, PLENUM_COMMAND_OTHER, "test");
    assert_int_equal(plenum_maintenance_cancel(hall->world.ledger, 1, &hall->world.scratch, &error),
                     PLENUM_OK);
    world_submit(&hall->world, &hall->world.scratch);
    assert_int_equal(ask(hall, 32, 0)->start_ms, world_now_ms(&hall->world));
    world_run(&hall->world, 2);
    assert_int_equal(plenum_maintenance_cancel(hall->world.ledger, 1, &hall->world.scratch, &error),
                     PLENUM_REFUSED);
}

/* Racks with a second feed go on while one is worked on; a server alone can be cleared. */
static void test_targets(void **state)
{
    struct hall *hall = *state;
    struct plenum_error error;
    struct plenum_maintenance work = work_on(hall, PLENUM_NONE, HOUR_MS);
    work.node = 2;
    assert_int_equal(
        plenum_maintenance_ask(hall->desk, hall->world.ledger, &work, &hall->answer, &error),
        PLENUM_OK);
    assert_int_equal(hall->answer.servers, 0);
    assert_true(plan(hall, &work, false));
    work.node = PLENUM_NONE;
    work.server = 1;
    assert_true(plan(hall, &work, false));
    assert_int_equal(ask(hall, 28, work.from_ms)->start_ms, work.from_ms);
    assert_true(ask(hall, 32, work.from_ms)->start_ms >= work.until_ms);
}

static void test_bad_input(void **state)
{
    struct hall *hall = *state;
    int64_t now_ms = world_now_ms(&hall->world);
    const struct {
        struct plenum_maintenance work;
        const char *text;
    } cases[] = {
        {{-1, -1, -1, now_ms, now_ms + 1}, "found 0 of them"},
        {{0, 1, -1, now_ms, now_ms + 1}, "found 2 of them"},
        {{99, -1, -1, now_ms, now_ms + 1}, "there is no"},
        {{-1, -1, 99, now_ms, now_ms + 1}, "there is no"},
        {{0, -1, -1, now_ms - 1, now_ms + 1}, "is past"},
        {{0, -1, -1, now_ms, now_ms}, "until_ms: found"},
        {{0, -1, -1, now_ms, now_ms + 367 * 24 * HOUR_MS}, "until_ms: found"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct plenum_error error;
        assert_int_equal(plenum_maintenance_ask(hall->desk, hall->world.ledger, &cases[i].work,
                                                &hall->answer, &error),
                         PLENUM_INPUT);
        if (!strstr(error.text, cases[i].text))
            fail_msg("case %zu: %s", i, error.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_planned, setup, teardown),
        cmocka_unit_test_setup_teardown(test_standing, setup, teardown),
        cmocka_unit_test_setup_teardown(test_cancelled, setup, teardown),
        cmocka_unit_test_setup_teardown(test_targets, setup, teardown),
        cmocka_unit_test_setup_teardown(test_bad_input, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
