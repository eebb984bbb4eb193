/* Room that a gang waits for is used until it begins, by jobs that may be put back, and by no
 * others; they are told when, and the gang begins when it would have without them. */
#include "capacity/site_reclaim.h"

#include "jobs_for_tests.h"
#include "site_for_tests.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define MINUTE_MS INT64_C(60000)
enum { SECONDS_MAX = 600, MINUTE = 60 };

#define WORLD                                                                                      \
    "tenants:\n- {name: acme}\n- {name: spot}\n"                                                   \
    "racks:\n- {name: r, model: rk, position: p-1, arrive: start, stands: true}\n"                 \
    "world: {cabling: 0s, burn_in: 0s}\n"

struct hall {
    struct plenum_site *site;
    struct world world;
    uint64_t before, gang;
};

static const struct job_wish filling = {
    .servers = 1, .accelerators = 4, .minutes = 120, .tenant = 1, .preemptible = true};

/* A job that runs on one of the four servers for so many minutes, and a gang of all four that waits
 * for it. */
static void begin(struct hall *hall, int64_t minutes)
{
    hall->site = site_for_tests(SITE_HEAD SITE_CATALOGUE SITE_POWER SITE_FLOOR WORLD);
    world_init(&hall->world, hall->site, WORLD_SIM | WORLD_RACK | WORLD_CAPACITY, 1);
    assert_true(world_run_to_rack(&hall->world, 0, PLENUM_RACK_IN_SERVICE, SECONDS_MAX));
    hall->before = job_ask(&hall->world,
                           &(struct job_wish){.servers = 1, .accelerators = 4, .minutes = minutes});
    hall->gang =
        job_ask(&hall->world, &(struct job_wish){.servers = 4, .accelerators = 4, .minutes = 30});
    world_run(&hall->world, MINUTE);
    assert_int_equal(job_state(&hall->world, hall->before), PLENUM_JOB_RUNNING);
    assert_int_equal(job_state(&hall->world, hall->gang), PLENUM_JOB_RESERVED);
}

static void finish(struct hall *hall)
{
    world_finish(&hall->world);
    plenum_site_destroy(hall->site);
}

static int64_t get(const struct hall *hall, uint64_t job, int32_t field)
{
    return world_get(&hall->world, PLENUM_JOB, job, field);
}

static void test_filled_until_a_gang_begins(void **state)
{
    struct hall hall;
    (void)state;
    begin(&hall, 45);
    int64_t promised_ms = get(&hall, hall.gang, PLENUM_JOB_START_MS);
    uint64_t fills = job_ask(&hall.world, &filling);
    struct job_wish firm = filling;
    firm.preemptible = false;
    uint64_t waits = job_ask(&hall.world, &firm);
    world_run(&hall.world, MINUTE);
    int64_t start_ms = get(&hall, fills, PLENUM_JOB_START_MS);
    int64_t end_ms = get(&hall, fills, PLENUM_JOB_END_MS);
    assert_int_equal(job_state(&hall.world, fills), PLENUM_JOB_RUNNING);
    assert_int_equal(job_state(&hall.world, waits), PLENUM_JOB_RESERVED);
    assert_true(end_ms <= promised_ms && end_ms > promised_ms - MINUTE_MS);
    assert_int_equal(get(&hall, fills, PLENUM_JOB_PREEMPTED_MS), end_ms);
    world_run(&hall.world, 46 * MINUTE);
    assert_int_equal(job_state(&hall.world, hall.gang), PLENUM_JOB_RUNNING);
    assert_true(get(&hall, hall.gang, PLENUM_JOB_START_MS) <= promised_ms);
    assert_true(job_state(&hall.world, fills) <= PLENUM_JOB_RESERVED);
    assert_int_equal(get(&hall, fills, PLENUM_JOB_PREEMPTIONS), 1);
    assert_int_equal(get(&hall, fills, PLENUM_JOB_LEFT_MS), 120 * MINUTE_MS - (end_ms - start_ms));
    finish(&hall);
}

/* A job that was told is not cut again for RECLAIM_AGAIN_MS, and room for some minutes stays. */
static void test_not_filled(void **state)
{
    static const struct {
        int64_t gang_in_minutes;
        bool told;
    } rows[] = {{8, false}, {45, true}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct hall hall;
        begin(&hall, rows[i].gang_in_minutes);
        uint64_t job = job_ask(&hall.world, &filling);
        if (rows[i].told)
            world_set(&hall.world, PLENUM_JOB, job, PLENUM_JOB_PREEMPTED_MS,
                      world_now_ms(&hall.world) - RECLAIM_AGAIN_MS + 10 * MINUTE_MS);
        world_run(&hall.world, 5 * MINUTE);
        assert_true(job_state(&hall.world, job) <= PLENUM_JOB_RESERVED);
        finish(&hall);
    }
}

/* No room is filled for longer than an hour, so that it can be taken back. */
static void test_filled_for_an_hour(void **state)
{
    struct hall hall;
    (void)state;
    begin(&hall, 100);
    uint64_t fills = job_ask(&hall.world, &filling);
    world_run(&hall.world, MINUTE);
    assert_int_equal(job_state(&hall.world, fills), PLENUM_JOB_RUNNING);
    assert_int_equal(get(&hall, fills, PLENUM_JOB_END_MS) - get(&hall, fills, PLENUM_JOB_START_MS),
                     60 * MINUTE_MS);
    finish(&hall);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_filled_until_a_gang_begins),
        cmocka_unit_test(test_not_filled),
        cmocka_unit_test(test_filled_for_an_hour),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
