/* A planned job that fills its own window begins at once where the job before it ends early, and
 * not where something is in between. */
#include "site_for_tests.h"
#include "world_for_tests.h"

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
    uint64_t id = plenum_ledger_next_id(world->ledger, PLENUM_JOB);
    struct plenum_ref job = plenum_ref(PLENUM_JOB, id);
    const struct {
        int32_t field;
        int64_t value;
    } fields[] = {{PLENUM_JOB_SERVERS, 4},
                  {PLENUM_JOB_ACCELERATORS, 4},
                  {PLENUM_JOB_MILLI, 1000},
                  {PLENUM_JOB_CHIP, PLENUM_NONE},
                  {PLENUM_JOB_CORES, 1},
                  {PLENUM_JOB_DURATION_MS, minutes * MINUTE_MS},
                  {PLENUM_JOB_LEFT_MS, minutes * MINUTE_MS},
                  {PLENUM_JOB_SUBMIT_MS, world_now_ms(world)},
                  {PLENUM_JOB_EARLIEST_MS, world_now_ms(world)},
                  {PLENUM_JOB_START_MS, PLENUM_FOREVER},
                  {PLENUM_JOB_END_MS, PLENUM_FOREVER}};
    plenum_command_reset(&world->scratch, PLENUM_COMMAND_JOB_SUBMIT, "test");
    plenum_command_create(&world->scratch, job);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        plenum_command_set(&world->scratch, job, fields[i].field, fields[i].value);
    world_submit(world, &world->scratch);
    return id;
}

static void end(struct world *world, uint64_t id)
{
    struct plenum_ref job = plenum_ref(PLENUM_JOB, id);
    plenum_command_reset(&world->scratch, PLENUM_COMMAND_JOB_FINISH, "test");
    plenum_command_release(&world->scratch, job, PLENUM_BOOK_POWER | PLENUM_BOOK_CAPACITY,
                           world_now_ms(world));
    plenum_command_set(&world->scratch, job, PLENUM_FIELD_STATE, PLENUM_JOB_DONE);
    world_submit(world, &world->scratch);
}

static int64_t state_of(const struct world *world, uint64_t id)
{
    return world_get(world, PLENUM_JOB, id, PLENUM_FIELD_STATE);
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
    assert_int_equal(state_of(&world, first), PLENUM_JOB_RUNNING);
    assert_int_equal(state_of(&world, second), PLENUM_JOB_RESERVED);
    assert_int_equal(state_of(&world, third), PLENUM_JOB_RESERVED);
    end(&world, first);
    world_run(&world, 60);
    assert_int_equal(state_of(&world, second), PLENUM_JOB_RUNNING);
    assert_int_equal(world_get(&world, PLENUM_JOB, second, PLENUM_JOB_END_MS) -
                         world_get(&world, PLENUM_JOB, second, PLENUM_JOB_START_MS),
                     120 * MINUTE_MS);
    assert_true(world_get(&world, PLENUM_JOB, second, PLENUM_JOB_START_MS) <= world_now_ms(&world));
    assert_int_equal(state_of(&world, third), PLENUM_JOB_RESERVED);
    end(&world, second);
    world_run(&world, 60);
    assert_int_equal(state_of(&world, third), PLENUM_JOB_RUNNING);
    world_finish(&world);
    plenum_site_destroy(site);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_forward_into_its_own_window)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
