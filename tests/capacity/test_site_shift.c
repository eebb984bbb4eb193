/* A planned job that fills its own window begins at once where the job before it ends early, and
 * not where something is in between. */
#include "jobs_for_tests.h"
#include "site_for_tests.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define MINUTE_MS INT64_C(60000)
enum { SECONDS_MAX = 600 };

#define WORLD                                                                                      \
    "tenants:\n- {name: acme}\n"                                                                   \
    "racks:\n- {name: r, model: rk, position: p-1, arrive: start, stands: true}\n"                 \
    "world: {cabling: 0s, burn_in: 0s}\n"

/* A job of all of the rack's servers, so many minutes long. */
static uint64_t ask(struct world *world, int64_t minutes)
{
    return job_ask(world, &(struct job_wish){.servers = 4, .accelerators = 4, .minutes = minutes});
}

/* Three whole-rack jobs one after the other; the first ends early, then the second. */
static void test_forward_into_its_own_window(void **state)
{
    struct plenum_site *site = site_for_tests(SITE_HEAD SITE_CATALOGUE SITE_POWER SITE_FLOOR WORLD);
    struct world world;
    (void)state;
    world_init(&world, site, WORLD_SIM | WORLD_RACK | WORLD_CAPACITY, 1);
    assert_true(world_run_to_rack(&world, 0, PLENUM_RACK_IN_SERVICE, SECONDS_MAX));
    uint64_t first = ask(&world, 60), second = ask(&world, 120), third = ask(&world, 30);
    world_run(&world, 60);
    assert_int_equal(job_state(&world, first), PLENUM_JOB_RUNNING);
    assert_int_equal(job_state(&world, second), PLENUM_JOB_RESERVED);
    assert_int_equal(job_state(&world, third), PLENUM_JOB_RESERVED);
    job_end(&world, first);
    world_run(&world, 60);
    assert_int_equal(job_state(&world, second), PLENUM_JOB_RUNNING);
    assert_int_equal(world_get(&world, PLENUM_JOB, second, PLENUM_JOB_END_MS) -
                         world_get(&world, PLENUM_JOB, second, PLENUM_JOB_START_MS),
                     120 * MINUTE_MS);
    assert_true(world_get(&world, PLENUM_JOB, second, PLENUM_JOB_START_MS) <= world_now_ms(&world));
    assert_int_equal(job_state(&world, third), PLENUM_JOB_RESERVED);
    job_end(&world, second);
    world_run(&world, 60);
    assert_int_equal(job_state(&world, third), PLENUM_JOB_RUNNING);
    world_finish(&world);
    plenum_site_destroy(site);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_forward_into_its_own_window)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
