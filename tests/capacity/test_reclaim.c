/* Promises and guarantees on small busy sites with failures, racks that are to come and to go, work
 * on servers, and reservations handed over: whoever is sold a start gets it, or an event says why
 * not; what lost its servers is placed again in the order of the starts promised; nobody gives way
 * without notice, twice in a short time, or without need; nothing is given twice. */
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
 * once in two hours each. One is to come, one to go. */
#define WORLD                                                                                      \
    "tenants:\n"                                                                                   \
    "- {name: acme, share_milli: 500, priority: 2}\n"                                              \
    "- {name: zeta, share_milli: 300, priority: 2}\n"                                              \
    "- {name: spot, share_milli: 0, priority: 0}\n"                                                \
    "racks:\n"                                                                                     \
    "- {name: 'r-{1..2}', model: rk, position: 'p-{1..2}', arrive: start, every: 1s}\n"            \
    "- {name: r-3, model: rk, position: p-3, arrive: start, retire: start+7h}\n"                   \
    "- {name: r-4, model: rk, position: p-4, arrive: start+3h}\n"                                  \
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
    bool moved;             /* a command that says why put it back */
};

struct watch {
    struct seen jobs[JOBS_MAX];
    uint64_t sold[JOBS_MAX];
    int64_t starts[JOBS_MAX];
    int sold_count, kept, late_with_event, notices;
    int again, expected, works, taken_off, handed, given_back;
};

/* What may put back a job that was sold. */
static bool says_why(enum plenum_command_kind kind)
{
    return kind == PLENUM_COMMAND_RACK_FAIL || kind == PLENUM_COMMAND_RACK_LATE ||
           kind == PLENUM_COMMAND_RACK_RETIRE || kind == PLENUM_COMMAND_POWER_SHED ||
           kind == PLENUM_COMMAND_MAINTENANCE_PLAN;
}

/* A sold job gets servers again: none that was promised an earlier start, and asks for no more,
 * waits for some. */
static void watch_again(const struct world *world, uint64_t job)
{
    struct watch *watch = world->context;
    const int64_t *own = plenum_ledger_row(world->ledger, PLENUM_JOB, job), *row;
    size_t cursor = 0;
    uint64_t id;
    if (!own || own[PLENUM_FIELD_STATE] != PLENUM_JOB_QUEUED || own[PLENUM_JOB_PROMISED_MS] == 0)
        return;
    watch->again++;
    while (plenum_ledger_walk(world->ledger, PLENUM_JOB, &cursor, &id, &row))
        assert_false(row[PLENUM_FIELD_STATE] == PLENUM_JOB_QUEUED &&
                     row[PLENUM_JOB_PROMISED_MS] != 0 &&
                     row[PLENUM_JOB_PROMISED_MS] < own[PLENUM_JOB_PROMISED_MS] &&
                     row[PLENUM_JOB_SERVERS] <= own[PLENUM_JOB_SERVERS] &&
                     row[PLENUM_JOB_LEFT_MS] <= own[PLENUM_JOB_LEFT_MS]);
}

static void watch_notice(const struct world *world, uint64_t job, int64_t told_ms)
{
    struct watch *watch = world->context;
    struct seen *seen = &watch->jobs[job];
    assert_true(world_get(world, PLENUM_JOB, job, PLENUM_JOB_PREEMPTIBLE));
    assert_true(told_ms >= world_now_ms(world) + RECLAIM_NOTICE_MS);
    assert_true(seen->told_ms == 0 || world_now_ms(world) - seen->told_ms >= RECLAIM_AGAIN_MS);
    seen->told_ms = told_ms;
    watch->notices++;
}

static void watch_command(struct world *world, const struct plenum_command *command)
{
    struct watch *watch = world->context;
    for (size_t i = 0; i < command->op_count; i++) {
        const struct plenum_op *op = &command->ops[i];
        if (op->type != PLENUM_OP_SET || op->set.ref.kind != PLENUM_JOB)
            continue;
        assert_true(op->set.ref.id < JOBS_MAX);
        bool state = op->set.field == PLENUM_FIELD_STATE;
        if (op->set.field == PLENUM_JOB_PREEMPTED_MS) {
            if (command->kind == PLENUM_COMMAND_MAINTENANCE_PLAN) {
                watch->jobs[op->set.ref.id].moved = true;
                watch->taken_off++;
            } else {
                watch_notice(world, op->set.ref.id, op->set.value);
            }
        }
        if (state && op->set.value == PLENUM_JOB_QUEUED && says_why(command->kind))
            watch->jobs[op->set.ref.id].moved = true;
        if (state && (op->set.value == PLENUM_JOB_RESERVED || op->set.value == PLENUM_JOB_RUNNING))
            watch_again(world, op->set.ref.id);
    }
}

/* --- a day ------------------------------------------------------------------------------------ */

static void add_sold(struct watch *watch, uint64_t job, int64_t start_ms)
{
    assert_true(watch->sold_count < JOBS_MAX);
    watch->sold[watch->sold_count] = job;
    watch->starts[watch->sold_count++] = start_ms;
}

static void buy(struct world *world, struct plenum_offer_desk *desk, struct random *random)
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
        add_sold(watch, plenum_ledger_next_id(world->ledger, PLENUM_JOB),
                 answer->offers[0].start_ms);
        for (int32_t i = 0; i < answer->offers[0].part_count; i++)
            watch->expected +=
                plenum_ledger_get(
                    world->ledger, PLENUM_RACK,
                    (uint64_t)world->site->servers[answer->offers[0].parts[i].server].rack,
                    PLENUM_FIELD_STATE) != PLENUM_RACK_IN_SERVICE;
        plenum_command_reset(&world->scratch, PLENUM_COMMAND_JOB_RESERVE, "test");
        plenum_offer_reserve(world->ledger, &request, &answer->offers[0], &world->scratch);
        world_submit(world, &world->scratch);
    }
    test_free(answer);
}

/* A sold job that has its window still to come; 0 where there is none. */
static uint64_t some_sold(const struct world *world, struct random *random)
{
    const struct watch *watch = world->context;
    for (int tries = 0; tries < 8 && watch->sold_count > 0; tries++) {
        uint64_t job = watch->sold[random_below(random, (uint64_t)watch->sold_count)];
        const int64_t *row = plenum_ledger_row(world->ledger, PLENUM_JOB, job);
        if (row && row[PLENUM_FIELD_STATE] == PLENUM_JOB_RESERVED &&
            row[PLENUM_JOB_START_MS] > world_now_ms(world))
            return job;
    }
    return 0;
}

/* All of a reservation, or a server of it, goes to the other tenant, who has its promise. */
static void hand_over(struct world *world, struct random *random)
{
    struct watch *watch = world->context;
    struct plenum_error error;
    uint64_t job = some_sold(world, random),
             next = plenum_ledger_next_id(world->ledger, PLENUM_JOB);
    int64_t micro;
    if (job == 0)
        return;
    int32_t other = 1 - (int32_t)world_get(world, PLENUM_JOB, job, PLENUM_JOB_TENANT);
    int64_t start_ms = world_get(world, PLENUM_JOB, job, PLENUM_JOB_START_MS);
    bool all = world_get(world, PLENUM_JOB, job, PLENUM_JOB_SERVERS) == 1;
    plenum_command_reset(&world->scratch, PLENUM_COMMAND_JOB_HAND_OVER, "test");
    assert_int_equal(plenum_offer_hand_over(world->ledger, job, other, !all, start_ms,
                                            &world->scratch, &micro, &error),
                     PLENUM_OK);
    world_submit(world, &world->scratch);
    watch->handed++;
    if (!all) {
        assert_int_equal(world_get(world, PLENUM_JOB, next, PLENUM_JOB_TENANT), other);
        assert_int_equal(world_get(world, PLENUM_JOB, next, PLENUM_JOB_START_MS), start_ms);
        watch->jobs[next].moved = watch->jobs[job].moved;
        add_sold(watch, next, start_ms);
    }
}

static void give_back(struct world *world, struct random *random)
{
    struct watch *watch = world->context;
    struct plenum_error error;
    uint64_t job = some_sold(world, random);
    if (job == 0)
        return;
    plenum_command_reset(&world->scratch, PLENUM_COMMAND_JOB_CANCEL, "test");
    assert_int_equal(plenum_offer_cancel(world->ledger, job, &world->scratch, &error), PLENUM_OK);
    world_submit(world, &world->scratch);
    watch->given_back++;
}

/* Half an hour's work on a rack; half of it where nothing stands, half takes off what does. */
static void work(struct world *world, struct plenum_offer_desk *desk, struct random *random)
{
    struct watch *watch = world->context;
    struct plenum_refusal refusal;
    struct plenum_error error;
    int32_t rack = (int32_t)random_below(random, 4);
    int64_t from_ms = world_now_ms(world) + random_between(random, 30, 180) * MINUTE_MS;
    bool take = random_below(random, 2) == 0;
    const struct plenum_maintenance planned = {rack, PLENUM_NONE, PLENUM_NONE, from_ms,
                                               from_ms + 30 * MINUTE_MS};
    plenum_command_reset(&world->scratch, PLENUM_COMMAND_MAINTENANCE_PLAN, "test");
    if (plenum_maintenance_plan(desk, world->ledger, &planned, take, &world->scratch, &error) !=
            PLENUM_OK ||
        !plenum_ledger_test(world->ledger, &world->scratch, &refusal))
        return;
    world_submit(world, &world->scratch);
    watch->works++;
}

static void act(struct world *world, struct plenum_offer_desk *desk, struct random *random)
{
    switch (random_below(random, 6)) {
    case 0:
        work(world, desk, random);
        break;
    case 1:
        hand_over(world, random);
        break;
    case 2:
        if (random_below(random, 2) == 0)
            give_back(world, random);
        break;
    default:
        buy(world, desk, random);
    }
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
                    watch->jobs[watch->sold[i]].moved);
        if (now_ms > watch->starts[i] + 2000 && now_ms <= watch->starts[i] + 62000) {
            assert_true(runs || watch->jobs[watch->sold[i]].moved);
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
        if (minute > 30 && minute % 8 == 0)
            act(&world, desk, &random);
    }
    plenum_ledger_state_hash(world.ledger, hash);
    plenum_offer_desk_destroy(desk);
    world_finish(&world);
}

static void add(struct watch *sum, const struct watch *watch)
{
    sum->kept += watch->kept;
    sum->late_with_event += watch->late_with_event;
    sum->notices += watch->notices;
    sum->again += watch->again;
    sum->expected += watch->expected;
    sum->works += watch->works;
    sum->taken_off += watch->taken_off;
    sum->handed += watch->handed;
    sum->given_back += watch->given_back;
}

static void test_days(void **state)
{
    (void)state;
    struct watch *watch = test_malloc(sizeof *watch), *sum = test_calloc(1, sizeof *sum);
    struct plenum_site *site = site_for_tests(SITE_HEAD SITE_CATALOGUE SITE_POWER SITE_FLOOR WORLD);
    char hash[65], again[65];
    for (uint64_t seed = 1; seed <= 6; seed++) {
        run_day(site, seed, watch, hash);
        add(sum, watch);
        print_message(
            "seed %d: %d sold, %d kept, %d late with an event, %d notices; %d placed "
            "again, %d parts on racks to come; %d works, %d taken off for them; %d handed "
            "over, %d given back\n",
            (int)seed, watch->sold_count, watch->kept, watch->late_with_event, watch->notices,
            watch->again, watch->expected, watch->works, watch->taken_off, watch->handed,
            watch->given_back);
    }
    run_day(site, 6, watch, again);
    assert_string_equal(hash, again);
    assert_true(sum->kept > 60 && sum->notices > 6 && sum->late_with_event < sum->kept);
    assert_true(sum->again > 10 && sum->expected > 5 && sum->works > 10 && sum->handed > 10);
    assert_true(sum->taken_off > 0 && sum->given_back > 5);
    plenum_site_destroy(site);
    test_free(watch);
    test_free(sum);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_days)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
