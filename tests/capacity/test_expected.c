/* Racks that are to come, sold ahead; racks that are to go. What is promised there is kept, or a
 * command says why not, and then it is placed again, sold before unsold. */
#include <plenum/offer.h>

#include "base/random.h"
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

/* r-1 and r-2 come at once, r-3 in four hours; r-2 will be retired after half a day. */
#define RACKS                                                                                      \
    "tenants:\n"                                                                                   \
    "- {name: acme, share_milli: 500, priority: 2}\n"                                              \
    "racks:\n"                                                                                     \
    "- {name: r-1, model: rk, position: p-1, arrive: start}\n"                                     \
    "- {name: r-2, model: rk, position: p-2, arrive: start, retire: start+12h}\n"                  \
    "- {name: r-3, model: rk, position: p-3, arrive: start+4h}\n"                                  \
    "robots:\n"                                                                                    \
    "- {name: 'carrier-{1..2}', model: carrier, cells: [[1, 5], [1, 7]]}\n"                        \
    "world: {cabling: 5m, burn_in: 20m, repair: 10m}\n"

enum { R1, R2, R3, SOLD_MAX = 64 };

struct told { /* what the commands of a run said */
    int late, expected, retired;
    uint64_t put_back; /* jobs by bit, with a command rack.late, rack.retire or rack.fail */
};

struct hall {
    struct plenum_site *site;
    struct world world;
    struct plenum_offer_desk *desk;
    struct plenum_offer_answer answer;
    struct told told;
};

static void note(struct world *world, const struct plenum_command *command)
{
    struct told *told = world->context;
    bool says_why = command->kind == PLENUM_COMMAND_RACK_LATE ||
                    command->kind == PLENUM_COMMAND_RACK_RETIRE ||
                    command->kind == PLENUM_COMMAND_RACK_FAIL;
    told->late += command->kind == PLENUM_COMMAND_RACK_LATE;
    told->expected += command->kind == PLENUM_COMMAND_RACK_EXPECT;
    told->retired += command->kind == PLENUM_COMMAND_RACK_RETIRE;
    for (size_t i = 0; i < command->op_count; i++) {
        const struct plenum_op *op = &command->ops[i];
        if (op->type != PLENUM_OP_SET || op->set.ref.kind != PLENUM_JOB ||
            op->set.field != PLENUM_FIELD_STATE || op->set.value != PLENUM_JOB_QUEUED)
            continue;
        assert_true(says_why);
        told->put_back |= UINT64_C(1) << op->set.ref.id;
    }
}

static int setup(void **state)
{
    struct hall *hall = test_calloc(1, sizeof *hall);
    hall->site = site_for_tests(SITE_HEAD SITE_CATALOGUE SITE_POWER SITE_FLOOR RACKS);
    hall->desk = plenum_offer_desk_create(hall->site);
    world_init(&hall->world, hall->site, WORLD_SIM | WORLD_RACK | WORLD_FLEET | WORLD_CAPACITY, 1);
    hall->world.watch = note;
    hall->world.context = &hall->told;
    assert_true(world_run_to_rack(&hall->world, R1, PLENUM_RACK_IN_SERVICE, 7200));
    assert_true(world_run_to_rack(&hall->world, R2, PLENUM_RACK_IN_SERVICE, 7200));
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

static int64_t rack_field(const struct hall *hall, int32_t rack, int32_t field)
{
    return world_get(&hall->world, PLENUM_RACK, (uint64_t)rack, field);
}

static struct plenum_offer_request request_of(const struct hall *hall, int32_t accelerators,
                                              int64_t from_ms, int64_t duration_ms)
{
    struct plenum_offer_request request;
    plenum_offer_request_init(hall->world.ledger, &request);
    request.tenant = 0;
    request.accelerators = accelerators;
    request.duration_ms = duration_ms;
    request.earliest_ms = from_ms;
    request.latest_ms = from_ms + 24 * HOUR_MS;
    return request;
}

static const struct plenum_offer *ask(struct hall *hall, const struct plenum_offer_request *request)
{
    struct plenum_error error;
    assert_int_equal(
        plenum_offer_ask(hall->desk, hall->world.ledger, request, 1, &hall->answer, &error),
        PLENUM_OK);
    return hall->answer.offer_count > 0 ? &hall->answer.offers[0] : NULL;
}

static uint64_t buy(struct hall *hall, const struct plenum_offer_request *request)
{
    const struct plenum_offer *offer = ask(hall, request);
    uint64_t id = plenum_ledger_next_id(hall->world.ledger, PLENUM_JOB);
    assert_non_null(offer);
    plenum_command_reset(&hall->world.scratch, PLENUM_COMMAND_JOB_RESERVE, "test");
    plenum_offer_reserve(hall->world.ledger, request, offer, &hall->world.scratch);
    world_submit(&hall->world, &hall->world.scratch);
    return id;
}

static void run_until(struct hall *hall, int64_t until_ms)
{
    int64_t left_ms = until_ms - world_now_ms(&hall->world);
    if (left_ms > 0)
        world_run(&hall->world, left_ms / hall->site->step_ms);
}

/* Sold today, marked, and kept: the rack comes in time. */
static void test_kept(void **state)
{
    struct hall *hall = *state;
    int64_t expected_ms = rack_field(hall, R3, PLENUM_RACK_EXPECTED_MS);
    assert_true(expected_ms > hall->site->racks[R3].arrive_ms);
    struct plenum_offer_request request =
        request_of(hall, 48, world_now_ms(&hall->world), 2 * HOUR_MS);
    const struct plenum_offer *offer = ask(hall, &request);
    assert_non_null(offer);
    assert_int_equal(offer->start_ms, expected_ms);
    for (int32_t i = 0; i < offer->part_count; i++)
        assert_int_equal(offer->parts[i].expected_ms,
                         hall->site->servers[offer->parts[i].server].rack == R3 ? expected_ms : 0);
    uint64_t job = buy(hall, &request);
    run_until(hall, expected_ms + 2000);
    assert_int_equal(rack_field(hall, R3, PLENUM_FIELD_STATE), PLENUM_RACK_IN_SERVICE);
    assert_int_equal(rack_field(hall, R3, PLENUM_RACK_EXPECTED_MS), 0);
    assert_int_equal(world_get(&hall->world, PLENUM_JOB, job, PLENUM_FIELD_STATE),
                     PLENUM_JOB_RUNNING);
    assert_int_equal(world_get(&hall->world, PLENUM_JOB, job, PLENUM_JOB_SINCE_MS), expected_ms);
    assert_int_equal(hall->told.late, 0);
    assert_int_equal(hall->told.put_back, 0);
}

static void stop_floor(struct hall *hall, int64_t state)
{
    world_set(&hall->world, PLENUM_STOP, PLENUM_STOP_FLOOR, PLENUM_FIELD_STATE, state);
}

static int64_t job_field(const struct hall *hall, uint64_t job, int32_t field)
{
    return world_get(&hall->world, PLENUM_JOB, job, field);
}

/* No robot brings the rack: what starts before the new date waits again, is still sold, and runs as
 * soon as the rack is there; what starts later stays. */
static void test_late(void **state)
{
    struct hall *hall = *state;
    int64_t expected_ms = rack_field(hall, R3, PLENUM_RACK_EXPECTED_MS);
    struct plenum_offer_request early = request_of(hall, 48, expected_ms, HOUR_MS / 2);
    struct plenum_offer_request later = request_of(hall, 48, expected_ms + 5 * HOUR_MS, HOUR_MS);
    uint64_t first = buy(hall, &early), second = buy(hall, &later);
    stop_floor(hall, PLENUM_STOP_STOPPED);
    run_until(hall, expected_ms + HOUR_MS + MINUTE_MS);
    assert_in_range(hall->told.late, 2, 4);
    assert_int_equal(hall->told.put_back, UINT64_C(1) << first);
    assert_true(rack_field(hall, R3, PLENUM_RACK_EXPECTED_MS) > world_now_ms(&hall->world));
    assert_int_equal(job_field(hall, first, PLENUM_JOB_PROMISED_MS), expected_ms);
    assert_int_equal(job_field(hall, first, PLENUM_FIELD_STATE), PLENUM_JOB_RESERVED);
    stop_floor(hall, PLENUM_STOP_CLEAR);
    run_until(hall, expected_ms + 3 * HOUR_MS);
    assert_false(plenum_ledger_exists(hall->world.ledger, plenum_ref(PLENUM_JOB, first)));
    run_until(hall, expected_ms + 5 * HOUR_MS + 2000);
    assert_int_equal(job_field(hall, second, PLENUM_FIELD_STATE), PLENUM_JOB_RUNNING);
    assert_int_equal(job_field(hall, second, PLENUM_JOB_SINCE_MS), expected_ms + 5 * HOUR_MS);
}

/* A test that fails breaks the promise with its event; then it is sold again. */
static void test_fails(void **state)
{
    struct hall *hall = *state;
    struct plenum_offer_request request =
        request_of(hall, 48, rack_field(hall, R3, PLENUM_RACK_EXPECTED_MS), HOUR_MS);
    uint64_t job = buy(hall, &request);
    assert_true(world_run_to_rack(&hall->world, R3, PLENUM_RACK_POWERED, 30000));
    world_set(&hall->world, PLENUM_RACK, R3, PLENUM_RACK_FAULT, 1);
    world_run(&hall->world, 31);
    assert_int_equal(hall->told.put_back, UINT64_C(1) << job);
    assert_int_equal(rack_field(hall, R3, PLENUM_FIELD_STATE), PLENUM_RACK_FAILED);
    assert_true(rack_field(hall, R3, PLENUM_RACK_EXPECTED_MS) > world_now_ms(&hall->world));
    assert_int_equal(job_field(hall, job, PLENUM_FIELD_STATE), PLENUM_JOB_RESERVED);
    assert_true(job_field(hall, job, PLENUM_JOB_START_MS) >=
                rack_field(hall, R3, PLENUM_RACK_EXPECTED_MS));
}

/* Watts that the rack will need count from the day on which it is expected: where they are not
 * there, nothing is sold on it. */
static void test_watts(void **state)
{
    struct hall *hall = *state;
    int64_t now_ms = world_now_ms(&hall->world), until_ms = now_ms + 30 * HOUR_MS;
    const struct plenum_rack *rack = &hall->site->racks[R3];
    int32_t load = hall->site->positions[rack->position].load;
    int64_t idle_w = hall->site->rack_models[rack->model].idle_w;
    struct plenum_power_claim claims[4];
    assert_int_equal(
        plenum_power_claims_of(hall->world.ledger, plenum_ref(PLENUM_RACK, R3), claims, 4), 2);
    assert_int_equal(claims[1].from_ms, rack_field(hall, R3, PLENUM_RACK_EXPECTED_MS));
    assert_int_equal(claims[1].watts, idle_w);
    assert_int_equal(claims[0].until_ms, claims[1].from_ms);
    int64_t free_w =
        plenum_power_headroom_w(hall->world.ledger, load, claims[1].from_ms, PLENUM_FOREVER);
    plenum_command_reset(&hall->world.scratch, PLENUM_COMMAND_POWER_DERATE, "test");
    plenum_command_limit(&hall->world.scratch, 2, now_ms + 2 * HOUR_MS, until_ms, 4000, 6000);
    world_submit(&hall->world, &hall->world.scratch);
    assert_true(plenum_power_headroom_w(hall->world.ledger, load, claims[1].from_ms,
                                        PLENUM_FOREVER) < free_w);
    run_until(hall, now_ms + 3 * HOUR_MS);
    struct plenum_offer_request request = request_of(hall, 48, world_now_ms(&hall->world), HOUR_MS);
    request.latest_ms = until_ms - 1;
    assert_null(ask(hall, &request));
}

/* Nothing is sold past the day on which a rack goes, told by the site file or later; then it
 * goes. */
static void test_retires(void **state)
{
    struct hall *hall = *state;
    int64_t start_ms = hall->site->start_ms, retire_ms = hall->site->racks[R2].retire_ms;
    struct plenum_offer_request request = request_of(hall, 16, start_ms + 9 * HOUR_MS, 4 * HOUR_MS);
    uint64_t jobs[2] = {buy(hall, &request), buy(hall, &request)};
    for (int i = 0; i < 2; i++) {
        struct plenum_capacity_claim claim;
        plenum_capacity_claims_of(hall->world.ledger, plenum_ref(PLENUM_JOB, jobs[i]), &claim, 1);
        assert_int_not_equal(hall->site->servers[claim.server].rack, R2);
    }
    assert_null((request.within = PLENUM_WITHIN_RACK, request.latest_ms = request.earliest_ms,
                 ask(hall, &request)));
    world_set(&hall->world, PLENUM_RACK, R1, PLENUM_RACK_RETIRE_MS, start_ms + 10 * HOUR_MS);
    world_run(&hall->world, 40);
    assert_int_equal(__builtin_popcountll(hall->told.put_back), 1);
    run_until(hall, retire_ms + 2000);
    assert_int_equal(rack_field(hall, R1, PLENUM_FIELD_STATE), PLENUM_RACK_RETIRED);
    assert_int_equal(rack_field(hall, R2, PLENUM_FIELD_STATE), PLENUM_RACK_RETIRED);
    assert_int_equal(hall->told.retired, 3);
}

static int64_t closes_ms(const struct hall *hall, int rack)
{
    int64_t from_ms, until_ms;
    plenum_capacity_window(hall->world.ledger, hall->site->racks[rack].first_server, &from_ms,
                           &until_ms);
    return until_ms;
}

/* A rack that is still to come is told when it will go: what was sold past that is placed again,
 * and the rack comes, serves and goes. Told that it stays, it is sold without an end. */
static void test_retires_before_it_comes(void **state)
{
    struct hall *hall = *state;
    int64_t start_ms = hall->site->start_ms, retire_ms = start_ms + 7 * HOUR_MS;
    struct plenum_offer_request request = request_of(hall, 48, start_ms + 6 * HOUR_MS, 4 * HOUR_MS);
    uint64_t job = buy(hall, &request);
    assert_int_equal(closes_ms(hall, R3), PLENUM_FOREVER);
    world_set(&hall->world, PLENUM_RACK, R3, PLENUM_RACK_RETIRE_MS, retire_ms);
    world_run(&hall->world, 40);
    assert_int_equal(closes_ms(hall, R3), retire_ms);
    assert_int_equal(hall->told.put_back, UINT64_C(1) << job);
    world_set(&hall->world, PLENUM_RACK, R3, PLENUM_RACK_RETIRE_MS, 0);
    world_run(&hall->world, 40);
    assert_int_equal(closes_ms(hall, R3), PLENUM_FOREVER);
    world_set(&hall->world, PLENUM_RACK, R3, PLENUM_RACK_RETIRE_MS, retire_ms);
    run_until(hall, retire_ms - 2000);
    assert_int_equal(rack_field(hall, R3, PLENUM_FIELD_STATE), PLENUM_RACK_IN_SERVICE);
    run_until(hall, retire_ms + 2000);
    assert_int_equal(rack_field(hall, R3, PLENUM_FIELD_STATE), PLENUM_RACK_RETIRED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_kept, setup, teardown),
        cmocka_unit_test_setup_teardown(test_late, setup, teardown),
        cmocka_unit_test_setup_teardown(test_fails, setup, teardown),
        cmocka_unit_test_setup_teardown(test_watts, setup, teardown),
        cmocka_unit_test_setup_teardown(test_retires, setup, teardown),
        cmocka_unit_test_setup_teardown(test_retires_before_it_comes, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
