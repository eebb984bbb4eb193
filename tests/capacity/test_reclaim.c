/* Promises and guarantees on small busy sites with failures: whoever is sold a start gets it, or an
 * event says why not; nobody gives way without notice, twice in a short time, or without need;
 * nothing is given twice. */
#include <plenum/offer.h>

#include "base/memory.h"
#include "base/random.h"
#include "capacity/site_reclaim.h"
#include "claims_for_tests.h"
#include "site_for_tests.h"
#include "world_for_tests.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MINUTE_MS INT64_C(60000)
#define HOUR_MS   (60 * MINUTE_MS)

enum { JOBS_MAX = 4096, SLOTS = 4096, SERVERS = 16 };

/* Three tenants: two with guarantees, one without, whose jobs may be put back. Racks fail about
 * once in two hours each. */
#define WORLD                                                                                      \
    "tenants:\n"                                                                                   \
    "- {name: acme, share_milli: 500, priority: 2}\n"                                              \
    "- {name: zeta, share_milli: 300, priority: 2}\n"                                              \
    "- {name: spot, share_milli: 0, priority: 0}\n"                                                \
    "racks:\n"                                                                                     \
    "- {name: 'r-{1..4}', model: rk, position: 'p-{1..4}', arrive: start, every: 1s,\n"            \
    "   shipped_ahead: 4h, built_ahead: 1d}\n"                                                     \
    "robots:\n"                                                                                    \
    "- {name: 'carrier-{1..2}', model: carrier, cells: [[1, 5], [1, 7]]}\n"                        \
    "demand:\n"                                                                                    \
    "  jobs:\n"                                                                                    \
    "  - {name: big, tenant: acme, every: 70m, duration: [30m, 2h], servers: 4,\n"                 \
    "     accelerators: 4, cores: 16, memory_gib: 64}\n"                                           \
    "  - {name: small, tenant: zeta, every: 9m, duration: [10m, 1h], servers: 1,\n"                \
    "     accelerators: 1, milli: 500, cores: 4, memory_gib: 16}\n"                                \
    "  - {name: sweep, tenant: spot, every: 25m, duration: [30m, 3h], servers: 2,\n"               \
    "     accelerators: 4, cores: 16, memory_gib: 64, preemptible: true}\n"                        \
    "world: {cabling: 1m, burn_in: 10m, repair: 10m, rack_failure_ppm: 900000,\n"                  \
    "  job_extend_ppm: 50000, job_cancel_ppm: 30000}\n"

/* --- what the commands say -------------------------------------------------------------------- */

struct seen {               /* of a job */
    int64_t told_ms;        /* when its last notice ends */
    int64_t told_before_ms; /* and the one before */
    bool moved_by_fault;    /* a rack's fault, its late coming or a lowered limit put it back */
};

struct watch {
    struct seen jobs[JOBS_MAX];
    uint64_t sold[JOBS_MAX];
    int64_t starts[JOBS_MAX];
    int sold_count, kept, late_with_event, notices;
};

static void watch_command(struct world *world, const struct plenum_command *command)
{
    struct watch *watch = world->context;
    for (size_t i = 0; i < command->op_count; i++) {
        const struct plenum_op *op = &command->ops[i];
        if (op->type != PLENUM_OP_SET || op->set.ref.kind != PLENUM_JOB)
            continue;
        assert_true(op->set.ref.id < JOBS_MAX);
        struct seen *seen = &watch->jobs[op->set.ref.id];
        if (op->set.field == PLENUM_JOB_PREEMPTED_MS) {
            const int64_t *row = plenum_ledger_row(world->ledger, PLENUM_JOB, op->set.ref.id);
            assert_true(row[PLENUM_JOB_PREEMPTIBLE]);
            assert_true(op->set.value >= world_now_ms(world) + RECLAIM_NOTICE_MS);
            assert_true(seen->told_ms == 0 ||
                        world_now_ms(world) - seen->told_ms >= RECLAIM_AGAIN_MS);
            seen->told_ms = op->set.value;
            watch->notices++;
        }
        if (op->set.field == PLENUM_FIELD_STATE && op->set.value == PLENUM_JOB_QUEUED &&
            (command->kind == PLENUM_COMMAND_RACK_FAIL ||
             command->kind == PLENUM_COMMAND_RACK_LATE ||
             command->kind == PLENUM_COMMAND_POWER_SHED))
            seen->moved_by_fault = true;
    }
}

/* --- a day ------------------------------------------------------------------------------------ */

static void buy_some(struct world *world, struct plenum_offer_desk *desk, struct random *random)
{
    struct watch *watch = world->context;
    struct plenum_offer_request request;
    struct plenum_offer_answer *answer = test_malloc(sizeof *answer);
    struct plenum_error error;
    plenum_offer_request_init(world->ledger, &request);
    request.tenant = (int32_t)random_below(random, 2);
    request.accelerators = (int32_t)random_between(random, 1, 3) * 4;
    request.duration_ms = random_between(random, 20, 90) * MINUTE_MS;
    request.earliest_ms += random_between(random, 0, 180) * MINUTE_MS;
    assert_int_equal(plenum_offer_ask(desk, world->ledger, &request, 1, answer, &error), PLENUM_OK);
    if (answer->offer_count > 0) {
        watch->sold[watch->sold_count] = plenum_ledger_next_id(world->ledger, PLENUM_JOB);
        watch->starts[watch->sold_count++] = answer->offers[0].start_ms;
        plenum_command_reset(&world->scratch, PLENUM_COMMAND_JOB_RESERVE, "test");
        plenum_offer_reserve(world->ledger, &request, &answer->offers[0], &world->scratch);
        world_submit(world, &world->scratch);
    }
    test_free(answer);
}

/* A sold job runs from its start on, not before; or a fault took it off. */
static void check_promises(const struct world *world)
{
    struct watch *watch = world->context;
    int64_t now_ms = world_now_ms(world);
    for (int i = 0; i < watch->sold_count; i++) {
        const int64_t *row = plenum_ledger_row(world->ledger, PLENUM_JOB, watch->sold[i]);
        if (!row || row[PLENUM_FIELD_STATE] > PLENUM_JOB_RUNNING)
            continue;
        bool runs = row[PLENUM_FIELD_STATE] == PLENUM_JOB_RUNNING;
        assert_true(!runs || now_ms >= watch->starts[i]);
        assert_true(row[PLENUM_JOB_START_MS] == watch->starts[i] ||
                    watch->jobs[watch->sold[i]].moved_by_fault);
        if (now_ms > watch->starts[i] + 2000 && now_ms <= watch->starts[i] + 62000) {
            assert_true(runs || watch->jobs[watch->sold[i]].moved_by_fault);
            watch->kept += runs;
            watch->late_with_event += !runs;
        }
    }
}

static void run_day(const struct plenum_site *site, uint64_t seed, struct watch *watch,
                    char hash[65])
{
    struct world world;
    struct random random;
    struct plenum_offer_desk *desk = plenum_offer_desk_create(site);
    random_init(&random, seed);
    memset(watch, 0, sizeof *watch);
    world_init(&world, site, WORLD_ALL, seed);
    world.context = watch;
    world.watch = watch_command;
    for (int minute = 0; minute < 10 * 60; minute++) {
        world_run(&world, 60);
        check_promises(&world);
        if (minute % 10 == 0)
            claims_check(world.ledger, SERVERS);
        if (minute > 30 && minute % 15 == 0)
            buy_some(&world, desk, &random);
    }
    plenum_ledger_state_hash(world.ledger, hash);
    plenum_offer_desk_destroy(desk);
    world_finish(&world);
}

static void test_days(void **state)
{
    (void)state;
    struct watch *watch = test_malloc(sizeof *watch);
    struct plenum_site *site = site_for_tests(SITE_HEAD SITE_CATALOGUE SITE_POWER SITE_FLOOR WORLD);
    char hash[65], again[65];
    int kept = 0, late = 0, notices = 0;
    for (uint64_t seed = 1; seed <= 3; seed++) {
        run_day(site, seed, watch, hash);
        kept += watch->kept;
        late += watch->late_with_event;
        notices += watch->notices;
        print_message("seed %d: %d sold, %d kept, %d late after a fault, %d notices\n", (int)seed,
                      watch->sold_count, watch->kept, watch->late_with_event, watch->notices);
    }
    run_day(site, 3, watch, again);
    assert_string_equal(hash, again);
    assert_true(kept > 30 && notices > 3);
    assert_true(late < kept);
    plenum_site_destroy(site);
    test_free(watch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_days)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
