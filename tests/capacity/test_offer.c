/* Offers: what is offered the ledger takes; what is not is explained. */
#include <plenum/offer.h>
#include <plenum/quota.h>

#include "base/random.h"
#include "site_for_tests.h"
#include "world_for_tests.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define MINUTE_MS INT64_C(60000)
#define HOUR_MS   (60 * MINUTE_MS)

/* Four racks of four servers of four accelerators; the last one comes a day later. Nova may hold no
 * more than a fifth of them. */
#define RACKS                                                                                      \
    "tenants:\n"                                                                                   \
    "- {name: acme, share_milli: 500, priority: 2}\n"                                              \
    "- {name: zeta, share_milli: 300, priority: 1}\n"                                              \
    "- {name: nova, share_milli: 100, borrow_milli: 100}\n"                                        \
    "racks:\n"                                                                                     \
    "- {name: 'r-{1..3}', model: rk, position: 'p-{1..3}', arrive: start, every: 1s,\n"            \
    "   shipped_ahead: 4h, built_ahead: 1d}\n"                                                     \
    "- {name: r-4, model: rk, position: p-4, arrive: start+1d,\n"                                  \
    "   shipped_ahead: 4h, built_ahead: 1d}\n"                                                     \
    "robots:\n"                                                                                    \
    "- {name: 'carrier-{1..2}', model: carrier, cells: [[1, 5], [1, 7]]}\n"                        \
    "world: {cabling: 1m, burn_in: 1m}\n"

struct hall {
    struct plenum_site *site;
    struct world world;
    struct plenum_offer_desk *desk;
    struct plenum_offer_answer answer;
};

static int setup(void **state)
{
    struct hall *hall = test_calloc(1, sizeof *hall);
    hall->site = site_for_tests(SITE_HEAD SITE_CATALOGUE SITE_POWER SITE_FLOOR RACKS);
    hall->desk = plenum_offer_desk_create(hall->site);
    world_init(&hall->world, hall->site, WORLD_SIM | WORLD_RACK | WORLD_FLEET, 1);
    for (int32_t rack = 0; rack < 3; rack++)
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

static struct plenum_offer_request request_of(const struct hall *hall, int32_t accelerators,
                                              int64_t duration_ms)
{
    struct plenum_offer_request request;
    plenum_offer_request_init(hall->world.ledger, &request);
    request.tenant = 0;
    request.accelerators = accelerators;
    request.duration_ms = duration_ms;
    return request;
}

static void ask(struct hall *hall, const struct plenum_offer_request *request, int32_t max)
{
    struct plenum_error error;
    assert_int_equal(
        plenum_offer_ask(hall->desk, hall->world.ledger, request, max, &hall->answer, &error),
        PLENUM_OK);
}

static uint64_t buy(struct hall *hall, const struct plenum_offer_request *request, int32_t index)
{
    uint64_t id = plenum_ledger_next_id(hall->world.ledger, PLENUM_JOB);
    plenum_command_reset(&hall->world.scratch, PLENUM_COMMAND_JOB_RESERVE, "test");
    plenum_offer_reserve(hall->world.ledger, request, &hall->answer.offers[index],
                         &hall->world.scratch);
    world_submit(&hall->world, &hall->world.scratch);
    return id;
}

static void expect_blocker(const struct hall *hall, enum plenum_blocker_kind kind, const char *text)
{
    for (int32_t i = 0; i < hall->answer.blocker_count; i++)
        if (hall->answer.blockers[i].kind == kind && strstr(hall->answer.blockers[i].text, text))
            return;
    for (int32_t i = 0; i < hall->answer.blocker_count; i++)
        print_message("%d: %s\n", (int)hall->answer.blockers[i].kind,
                      hall->answer.blockers[i].text);
    fail_msg("no blocker says \"%s\"", text);
}

enum { NOVA = 2 };

static bool admitted(const struct hall *hall, const struct plenum_offer_request *request,
                     const struct plenum_offer *offer)
{
    struct plenum_error error;
    struct plenum_quota *quota = plenum_quota_create(hall->site);
    plenum_quota_read(quota, hall->world.ledger);
    bool admits = plenum_quota_admits(quota, request, offer, &error) == PLENUM_OK;
    plenum_quota_destroy(quota);
    return admits;
}

/* --- tests ------------------------------------------------------------------------------------ */

static void test_first(void **state)
{
    struct hall *hall = *state;
    int64_t now_ms = world_now_ms(&hall->world);
    struct plenum_offer_request request = request_of(hall, 8, HOUR_MS);
    ask(hall, &request, 3);
    const struct plenum_offer *offer = &hall->answer.offers[0];
    assert_int_equal(hall->answer.offer_count, 3);
    assert_int_equal(hall->answer.blocker_count, 0);
    assert_int_equal(offer->start_ms, now_ms);
    assert_int_equal(offer->end_ms, now_ms + HOUR_MS);
    assert_int_equal(offer->part_count, 2);
    assert_int_equal(offer->per_server, 4);
    assert_int_equal(offer->cores, 64);
    assert_int_equal(offer->price_micro, 8 * PLENUM_PRICE_LOW_MICRO);
    for (int32_t i = 1; i < 3; i++)
        assert_true(hall->answer.offers[i].start_ms > hall->answer.offers[i - 1].start_ms);
    uint64_t job = buy(hall, &request, 0);
    assert_int_equal(world_get(&hall->world, PLENUM_JOB, job, PLENUM_JOB_PRICE_MICRO),
                     offer->price_micro);
    assert_int_equal(world_get(&hall->world, PLENUM_JOB, job, PLENUM_JOB_SERVERS), 2);
}

static void test_blockers(void **state)
{
    struct hall *hall = *state;
    struct plenum_offer_request all = request_of(hall, 48, 3 * HOUR_MS);
    ask(hall, &all, 1);
    int64_t end_ms = hall->answer.offers[0].end_ms;
    uint64_t job = buy(hall, &all, 0);
    struct plenum_offer_request request = request_of(hall, 4, HOUR_MS);
    ask(hall, &request, 2);
    assert_int_equal(job, 1);
    assert_int_equal(hall->answer.offers[0].start_ms, end_ms);
    expect_blocker(hall, PLENUM_BLOCKER_FREE, "0 of 16 servers with acc (12 in service) are free");
    expect_blocker(hall, PLENUM_BLOCKER_JOB, "job 1 of acme, reserved, holds 4 acc until");
    expect_blocker(hall, PLENUM_BLOCKER_RACK, "rack r-4 with 16 acc is");
    request = request_of(hall, 64, HOUR_MS);
    request.in_service = true;
    ask(hall, &request, 1);
    assert_int_equal(hall->answer.offer_count, 0);
    expect_blocker(hall, PLENUM_BLOCKER_RACK, "in service by about 2026-01-06T00:30");
    request = request_of(hall, 68, HOUR_MS);
    ask(hall, &request, 1);
    expect_blocker(hall, PLENUM_BLOCKER_NEVER, "larger than the site could ever hold");
    request.within = PLENUM_WITHIN_SERVER;
    ask(hall, &request, 1);
    expect_blocker(hall, PLENUM_BLOCKER_NEVER, "larger than the site could ever hold");
}

/* What a tenant may not have is not offered to it, though it is free; others are offered it. */
static void test_quota(void **state)
{
    struct hall *hall = *state;
    struct plenum_offer_request request = request_of(hall, 8, 2 * HOUR_MS);
    request.tenant = NOVA;
    ask(hall, &request, 1);
    assert_int_equal(hall->answer.offers[0].start_ms, request.earliest_ms);
    (void)buy(hall, &request, 0);
    request.accelerators = 4;
    ask(hall, &request, 1);
    assert_int_equal(hall->answer.offers[0].start_ms, request.earliest_ms + 2 * HOUR_MS);
    expect_blocker(hall, PLENUM_BLOCKER_QUOTA, "nova would hold 12 acc, and may hold 9.6 at once");
    request.tenant = 0;
    ask(hall, &request, 1);
    assert_int_equal(hall->answer.offers[0].start_ms, request.earliest_ms);
    request.tenant = NOVA;
    request.accelerators = 12;
    ask(hall, &request, 1);
    assert_int_equal(hall->answer.offer_count, 0);
    expect_blocker(hall, PLENUM_BLOCKER_QUOTA, "nova would hold");
}

/* Nova may take over what it could buy, and, of its own, as much as it has. */
static void test_quota_of_hand_over(void **state)
{
    struct hall *hall = *state;
    struct plenum_error error;
    struct plenum_offer_request request = request_of(hall, 12, 2 * HOUR_MS);
    ask(hall, &request, 1);
    int64_t start_ms = hall->answer.offers[0].start_ms;
    uint64_t job = buy(hall, &request, 0);
    struct plenum_quota *quota = plenum_quota_create(hall->site);
    plenum_quota_read(quota, hall->world.ledger);
    assert_int_equal(plenum_quota_admits_hand_over(quota, job, NOVA, 2, start_ms, 0, &error),
                     PLENUM_OK);
    assert_int_equal(plenum_quota_admits_hand_over(quota, job, NOVA, 0, start_ms, 0, &error),
                     PLENUM_REFUSED);
    assert_string_equal(error.text, "nova would hold 12 acc, and may hold 9.6 at once");
    request.tenant = NOVA;
    request.accelerators = 8;
    ask(hall, &request, 1);
    job = buy(hall, &request, 0);
    start_ms = hall->answer.offers[0].start_ms;
    plenum_quota_read(quota, hall->world.ledger);
    assert_int_equal(plenum_quota_admits_hand_over(quota, job, NOVA, 0, start_ms, 0, &error),
                     PLENUM_OK);
    plenum_quota_destroy(quota);
}

static void test_power_blocker(void **state)
{
    struct hall *hall = *state;
    int64_t now_ms = world_now_ms(&hall->world);
    plenum_command_reset(&hall->world.scratch, PLENUM_COMMAND_POWER_DERATE, "test");
    plenum_command_limit(&hall->world.scratch, 2, now_ms, now_ms + 2 * HOUR_MS, 4000, 9000);
    world_submit(&hall->world, &hall->world.scratch);
    struct plenum_offer_request request = request_of(hall, 32, HOUR_MS);
    ask(hall, &request, 1);
    assert_true(hall->answer.offers[0].start_ms >= now_ms + 2 * HOUR_MS);
    expect_blocker(hall, PLENUM_BLOCKER_POWER, "panel-a");
}

static void test_topology(void **state)
{
    struct hall *hall = *state;
    struct plenum_offer_request request = request_of(hall, 16, HOUR_MS);
    request.within = PLENUM_WITHIN_RACK;
    ask(hall, &request, 1);
    const struct plenum_offer *offer = &hall->answer.offers[0];
    for (int32_t i = 1; i < offer->part_count; i++)
        assert_int_equal(hall->site->servers[offer->parts[i].server].rack,
                         hall->site->servers[offer->parts[0].server].rack);
    request = request_of(hall, 3, HOUR_MS);
    request.servers = 3;
    request.spread = PLENUM_SPREAD_RACK;
    ask(hall, &request, 1);
    assert_int_equal(hall->answer.offer_count, 1);
    for (int32_t i = 0; i < 3; i++)
        for (int32_t k = 0; k < i; k++)
            assert_int_not_equal(hall->site->servers[offer->parts[i].server].rack,
                                 hall->site->servers[offer->parts[k].server].rack);
    request.accelerators = request.servers = 4;
    request.in_service = true;
    ask(hall, &request, 1);
    assert_int_equal(hall->answer.offer_count, 0);
}

/* A cap of watts is what is claimed; under half of what the servers draw there is no offer. */
static void test_watts(void **state)
{
    struct hall *hall = *state;
    struct plenum_offer_request request = request_of(hall, 8, HOUR_MS);
    ask(hall, &request, 1);
    int64_t full_w = hall->answer.offers[0].watts;
    request.max_w = full_w * 3 / 4;
    ask(hall, &request, 1);
    assert_int_equal(hall->answer.offers[0].watts, request.max_w);
    struct plenum_power_claim claims[8];
    uint64_t job = buy(hall, &request, 0);
    size_t count =
        plenum_power_claims_of(hall->world.ledger, plenum_ref(PLENUM_JOB, job), claims, 8);
    int64_t claimed_w = 0;
    for (size_t i = 0; i < count; i++)
        claimed_w += claims[i].watts;
    assert_int_equal(claimed_w, request.max_w);
    assert_int_equal(world_get(&hall->world, PLENUM_JOB, job, PLENUM_JOB_MAX_W), request.max_w);
    request.max_w = full_w / 2 - 1;
    ask(hall, &request, 1);
    assert_int_equal(hall->answer.offer_count, 0);
    expect_blocker(hall, PLENUM_BLOCKER_POWER, "W are needed");
}

static void test_change_of_mind(void **state)
{
    struct hall *hall = *state;
    struct plenum_error error;
    struct plenum_command *command = &hall->world.scratch;
    struct plenum_offer_request request = request_of(hall, 16, HOUR_MS);
    ask(hall, &request, 1);
    int64_t end_ms = hall->answer.offers[0].end_ms;
    uint64_t job = buy(hall, &request, 0);
    plenum_command_reset(command, PLENUM_COMMAND_OTHER, "test");
    assert_int_equal(
        plenum_offer_move_end(hall->world.ledger, job, end_ms + HOUR_MS, 5, command, &error),
        PLENUM_OK);
    world_submit(&hall->world, command);
    assert_int_equal(world_get(&hall->world, PLENUM_JOB, job, PLENUM_JOB_END_MS), end_ms + HOUR_MS);
    plenum_command_reset(command, PLENUM_COMMAND_OTHER, "test");
    assert_int_equal(
        plenum_offer_move_end(hall->world.ledger, job, end_ms - 30 * MINUTE_MS, 0, command, &error),
        PLENUM_OK);
    world_submit(&hall->world, command);
    assert_int_equal(world_get(&hall->world, PLENUM_JOB, job, PLENUM_JOB_LEFT_MS), 30 * MINUTE_MS);
    request = request_of(hall, 48, HOUR_MS);
    ask(hall, &request, 1);
    assert_int_equal(hall->answer.offers[0].start_ms, end_ms - 30 * MINUTE_MS);
    plenum_command_reset(command, PLENUM_COMMAND_OTHER, "test");
    assert_int_equal(plenum_offer_cancel(hall->world.ledger, job, command, &error), PLENUM_OK);
    world_submit(&hall->world, command);
    ask(hall, &request, 1);
    assert_int_equal(hall->answer.offers[0].start_ms, world_now_ms(&hall->world));
    assert_int_equal(plenum_offer_cancel(hall->world.ledger, job, command, &error), PLENUM_REFUSED);
}

static uint64_t hand_over(struct hall *hall, uint64_t job, int32_t servers, int64_t from_ms,
                          int64_t *price_micro)
{
    struct plenum_error error;
    uint64_t next = plenum_ledger_next_id(hall->world.ledger, PLENUM_JOB);
    plenum_command_reset(&hall->world.scratch, PLENUM_COMMAND_OTHER, "test");
    assert_int_equal(plenum_offer_hand_over(hall->world.ledger, job, 1, servers, from_ms,
                                            &hall->world.scratch, price_micro, &error),
                     PLENUM_OK);
    world_submit(&hall->world, &hall->world.scratch);
    return plenum_ledger_exists(hall->world.ledger, plenum_ref(PLENUM_JOB, next)) ? next : job;
}

static int64_t job_field(const struct hall *hall, uint64_t job, int32_t field)
{
    return world_get(&hall->world, PLENUM_JOB, job, field);
}

/* Half the servers, then the second half of the time, then the rest goes to another tenant: nothing
 * is free in between, and the prices come to what was paid. */
static void test_hand_over(void **state)
{
    struct hall *hall = *state;
    struct plenum_error error;
    int64_t moved, start_ms = world_now_ms(&hall->world) + HOUR_MS;
    struct plenum_offer_request request = request_of(hall, 32, 2 * HOUR_MS);
    request.earliest_ms = start_ms;
    ask(hall, &request, 1);
    uint64_t job = buy(hall, &request, 0);
    int64_t paid = job_field(hall, job, PLENUM_JOB_PRICE_MICRO);
    int64_t free_before = plenum_power_headroom_w(hall->world.ledger, 0, start_ms, start_ms + 1);
    uint64_t half = hand_over(hall, job, 4, start_ms, &moved);
    assert_int_equal(moved, paid / 2);
    assert_int_equal(job_field(hall, half, PLENUM_JOB_TENANT), 1);
    assert_int_equal(job_field(hall, half, PLENUM_JOB_SERVERS), 4);
    assert_int_equal(job_field(hall, job, PLENUM_JOB_SERVERS), 4);
    assert_int_equal(job_field(hall, half, PLENUM_JOB_PROMISED_MS), start_ms);
    uint64_t tail = hand_over(hall, job, 0, start_ms + HOUR_MS, &moved);
    assert_int_equal(job_field(hall, job, PLENUM_JOB_END_MS), start_ms + HOUR_MS);
    assert_int_equal(job_field(hall, tail, PLENUM_JOB_START_MS), start_ms + HOUR_MS);
    assert_int_equal(job_field(hall, tail, PLENUM_JOB_END_MS), start_ms + 2 * HOUR_MS);
    assert_int_equal(hand_over(hall, job, 0, start_ms, &moved), job);
    assert_int_equal(job_field(hall, job, PLENUM_JOB_TENANT), 1);
    assert_int_equal(job_field(hall, job, PLENUM_JOB_PRICE_MICRO) +
                         job_field(hall, half, PLENUM_JOB_PRICE_MICRO) +
                         job_field(hall, tail, PLENUM_JOB_PRICE_MICRO),
                     paid);
    assert_int_equal(plenum_power_headroom_w(hall->world.ledger, 0, start_ms, start_ms + 1),
                     free_before);
    request = request_of(hall, 20, HOUR_MS);
    request.earliest_ms = request.latest_ms = start_ms;
    ask(hall, &request, 1);
    assert_int_equal(hall->answer.offer_count, 0);
    assert_int_equal(plenum_offer_hand_over(hall->world.ledger, job, 1, 0, start_ms,
                                            &hall->world.scratch, &moved, &error),
                     PLENUM_REFUSED);
    assert_int_equal(plenum_offer_hand_over(hall->world.ledger, half, 0, 9, start_ms,
                                            &hall->world.scratch, &moved, &error),
                     PLENUM_REFUSED);
    assert_int_equal(plenum_offer_hand_over(hall->world.ledger, half, 0, 0, start_ms - 1,
                                            &hall->world.scratch, &moved, &error),
                     PLENUM_REFUSED);
}

/* An offer costs what the posted prices of its hours come to. */
static void test_posted_prices(void **state)
{
    struct hall *hall = *state;
    struct plenum_offer_request request = request_of(hall, 40, 30 * HOUR_MS);
    ask(hall, &request, 1);
    (void)buy(hall, &request, 0);
    request = request_of(hall, 4, 7 * HOUR_MS + 30 * MINUTE_MS);
    for (int i = 0; i < 6; i++) {
        request.earliest_ms += 11 * HOUR_MS / 2;
        ask(hall, &request, 1);
        const struct plenum_offer *offer = &hall->answer.offers[0];
        int64_t sum = 0, share;
        for (int64_t at_ms = offer->start_ms; at_ms < offer->end_ms;) {
            int64_t next_ms = (at_ms / HOUR_MS + 1) * HOUR_MS;
            next_ms = next_ms < offer->end_ms ? next_ms : offer->end_ms;
            sum += (next_ms - at_ms) / 1000 *
                   plenum_offer_price_posted(hall->desk, hall->world.ledger, offer->chip, at_ms,
                                             next_ms, &share);
            at_ms = next_ms;
        }
        int64_t expected = 4 * (sum / 3600);
        assert_in_range(offer->price_micro, expected - 40, expected + 40);
        assert_int_equal(plenum_offer_price_posted(hall->desk, hall->world.ledger, offer->chip,
                                                   offer->start_ms, offer->end_ms, &share),
                         sum / ((offer->end_ms - offer->start_ms) / 1000));
    }
}

/* What is wrong with a request, and what the text says. */
static void test_bad_requests(void **state)
{
    struct hall *hall = *state;
    const int64_t day = 24 * HOUR_MS, now = world_now_ms(&hall->world);
    static const struct plenum_offer_request none;
    struct {
        struct plenum_offer_request change;
        const char *text;
    } cases[] = {
        {{.accelerators = -1}, "amounts"},
        {{.milli = 1001}, "milli: found 1001"},
        {{.milli = -1}, "milli: found -1"},
        {{.milli = 500, .per_server = 2, .accelerators = 4}, "per_server: found 2"},
        {{.accelerators = 7, .per_server = 2}, "accelerators: found 7"},
        {{.accelerators = 8, .per_server = 2, .servers = 3}, "accelerators: found 8"},
        {{.duration_ms = -5}, "duration_ms: found -5"},
        {{.duration_ms = 400 * day}, "duration_ms"},
        {{.latest_ms = now - day}, "is past"},
        {{.latest_ms = now + 200 * day}, "latest_ms"},
        {{.tenant = 9}, "tenant"},
        {{.chip = 9}, "chip"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct plenum_error error;
        struct plenum_offer_request request = request_of(hall, 1, HOUR_MS);
        const struct plenum_offer_request *change = &cases[i].change;
#define CHANGE(field)                                                                              \
    if (change->field != none.field)                                                               \
        request.field = change->field;
        CHANGE(accelerators)
        CHANGE(milli)
        CHANGE(per_server)
        CHANGE(servers)
        CHANGE(duration_ms)
        CHANGE(latest_ms)
        CHANGE(tenant)
        CHANGE(chip)
#undef CHANGE
        assert_int_equal(
            plenum_offer_ask(hall->desk, hall->world.ledger, &request, 1, &hall->answer, &error),
            PLENUM_INPUT);
        if (!strstr(error.text, cases[i].text))
            fail_msg("case %zu: %s", i, error.text);
    }
}

/* The curve of Zhou, Chakrabarty and Lukose for U / L = 10. */
static void test_price(void **state)
{
    (void)state;
    for (int32_t sold = 0; sold <= 1000; sold++) {
        double curve = pow(10 * exp(1), sold / 1000.0) / exp(1) * 1e6;
        double expected = curve < 1e6 ? 1e6 : curve;
        assert_true(fabs((double)plenum_price_hour_micro(sold) - expected) <= 2);
        assert_true(sold == 0 ||
                    plenum_price_hour_micro(sold) >= plenum_price_hour_micro(sold - 1));
    }
}

/* Random requests of all sorts, one after the other bought: the ledger takes each, a new desk and
 * the old one answer alike, and the calendar never says more than all. */
static void test_random(void **state)
{
    struct hall *hall = *state;
    struct random random;
    random_init(&random, 7);
    int bought = 0, for_nova = 0;
    for (int i = 0; i < 150; i++) {
        static const int32_t milli[] = {1000, 1000, 250};
        int64_t length_ms = random_between(&random, 1, 600) * MINUTE_MS;
        struct plenum_offer_request request =
            request_of(hall, (int32_t)random_between(&random, 1, 24), length_ms);
        request.tenant = (int32_t)random_below(&random, NOVA + 1);
        request.milli = milli[random_below(&random, 3)];
        request.within = (enum plenum_within)random_below(&random, PLENUM_WITHIN_COUNT);
        request.spread = random_below(&random, 5) == 0 ? PLENUM_SPREAD_RACK : PLENUM_SPREAD_NONE;
        request.in_service = random_below(&random, 2) == 0;
        request.earliest_ms += random_between(&random, 0, 600) * MINUTE_MS;
        ask(hall, &request, (int32_t)random_between(&random, 1, 6));
        struct plenum_offer_answer *fresh = test_malloc(sizeof *fresh);
        struct plenum_offer_desk *desk = plenum_offer_desk_create(hall->site);
        struct plenum_error error;
        assert_int_equal(plenum_offer_ask(desk, hall->world.ledger, &request, 1, fresh, &error),
                         PLENUM_OK);
        assert_int_equal(fresh->offer_count > 0, hall->answer.offer_count > 0);
        if (fresh->offer_count > 0)
            assert_int_equal(fresh->offers[0].start_ms, hall->answer.offers[0].start_ms);
        plenum_offer_desk_destroy(desk);
        test_free(fresh);
        bool at_once =
            hall->answer.offer_count > 0 && hall->answer.offers[0].start_ms <= request.earliest_ms;
        assert_int_equal(hall->answer.blocker_count == 0, at_once);
        if (hall->answer.offer_count == 0)
            continue;
        for (int32_t k = 0; k < hall->answer.offer_count; k++)
            assert_true(admitted(hall, &request, &hall->answer.offers[k]));
        buy(hall, &request, (int32_t)random_below(&random, (uint64_t)hall->answer.offer_count));
        bought++;
        for_nova += request.tenant == NOVA;
        int64_t total, sold, now_ms = world_now_ms(&hall->world);
        plenum_offer_sold(hall->desk, hall->world.ledger, PLENUM_NONE, PLENUM_NONE, now_ms,
                          now_ms + 6 * HOUR_MS, &total, &sold);
        assert_int_equal(total, 48000);
        assert_in_range(sold, 0, total);
        if (i % 10 == 0)
            world_run(&hall->world, 60);
    }
    print_message("seed 7: %d of 150 bought, %d of them for nova\n", bought, for_nova);
    assert_true(bought > 40 && for_nova > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_first, setup, teardown),
        cmocka_unit_test_setup_teardown(test_blockers, setup, teardown),
        cmocka_unit_test_setup_teardown(test_quota, setup, teardown),
        cmocka_unit_test_setup_teardown(test_quota_of_hand_over, setup, teardown),
        cmocka_unit_test_setup_teardown(test_power_blocker, setup, teardown),
        cmocka_unit_test_setup_teardown(test_topology, setup, teardown),
        cmocka_unit_test_setup_teardown(test_watts, setup, teardown),
        cmocka_unit_test_setup_teardown(test_hand_over, setup, teardown),
        cmocka_unit_test_setup_teardown(test_posted_prices, setup, teardown),
        cmocka_unit_test_setup_teardown(test_change_of_mind, setup, teardown),
        cmocka_unit_test_setup_teardown(test_bad_requests, setup, teardown),
        cmocka_unit_test(test_price),
        cmocka_unit_test_setup_teardown(test_random, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
