/* Properties of who gets what, on small busy sites with random trees of tenants, jobs, failures:
 * fair shares, guarantees that come back, limits that bite, large gangs that begin. Seeds are
 * printed. In all nothing is given twice, no job is put back for others more often than once in
 * RECLAIM_AGAIN_MS, and the same seed gives the same result. */
#include "capacity/site_quota.h"
#include "capacity/site_reclaim.h"

#include "base/memory.h"
#include "base/random.h"
#include "claims_for_tests.h"
#include "site_for_tests.h"
#include "world_for_tests.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MINUTE_MS INT64_C(60000)
#define HOUR_MS   (60 * MINUTE_MS)

enum { JOBS_MAX = 1 << 14, SERVERS = 16, TENANTS_MAX = 32, SITE_TEXT = 8192, STEPS_A_MINUTE = 6 };
enum { WIDE = 8, LONGEST = 60 };

/* Four racks that stand, so that neither robots nor a dock are needed. */
#define STANDING                                                                                   \
    "halls:\n"                                                                                     \
    "- {name: hall, size: [12, 8]}\n"                                                              \
    "positions:\n"                                                                                 \
    "- {name: 'p-{1..4}', cell: [3, 2], step: [2, 0], front: south, zone: cold,\n"                 \
    "   feeds: [panel-a, panel-b]}\n"                                                              \
    "racks:\n"                                                                                     \
    "- {name: 'r-{1..4}', model: rk, position: 'p-{1..4}', arrive: start, stands: true}\n"
#define HEAD  SITE_HEAD "step: 10s\nhalf_life: 3h\n" SITE_CATALOGUE SITE_POWER STANDING
#define QUIET "world: {cabling: 1m, burn_in: 10m, repair: 10m, rack_failure_ppm: 0}\n"
#define ROUGH                                                                                      \
    "world: {cabling: 1m, burn_in: 10m, repair: 20m, rack_failure_ppm: 900000,\n"                  \
    "  job_extend_ppm: 50000, job_cancel_ppm: 30000}\n"

/* --- what is watched -------------------------------------------------------------------------- */

struct watched { /* of a job */
    int64_t told_ms;
    int64_t entitled_ms; /* since when it waits although it is within its guarantee; 0: does not */
    int32_t notices;
};

struct watch {
    struct watched jobs[JOBS_MAX];
    int64_t had_ms[TENANTS_MAX]; /* thousandths x ms, from `from_ms` on */
    int64_t from_ms;
    int64_t longest_ms; /* that a job within a guarantee waited */
    int notices, most_notices;
    int refused[QUOTA_MONEY + 1]; /* waiting jobs by the limit that keeps them from a window now */
    int64_t wide_ms;              /* the longest wait of a gang of WIDE servers or more */
    int wide;                     /* how many were asked for and waited */
};

static int64_t held_milli(const struct world *world, int32_t tenant);
static int64_t offered_milli(const struct world *world);

/* A job begins that had no window: with it none of its tenants has more than its guarantee and what
 * it may borrow. */
static void watch_begin(const struct world *world, uint64_t job)
{
    const int64_t *row = plenum_ledger_row(world->ledger, PLENUM_JOB, job);
    if (!row || row[PLENUM_FIELD_STATE] != PLENUM_JOB_QUEUED)
        return;
    for (int64_t t = row[PLENUM_JOB_TENANT]; t != PLENUM_NONE; t = world->site->tenants[t].parent) {
        const struct plenum_tenant *tenant = &world->site->tenants[t];
        int64_t most = offered_milli(world) * (tenant->share_milli + tenant->borrow_milli) / 1000;
        if (tenant->borrow_milli < 1000)
            assert_true(held_milli(world, (int32_t)t) + site_job_milli(row) <= most);
    }
}

/* Gangs that wait, or begin now. */
static void watch_wide(const struct world *world)
{
    struct watch *watch = world->context;
    size_t cursor = 0;
    uint64_t id;
    const int64_t *row;
    while (plenum_ledger_walk(world->ledger, PLENUM_JOB, &cursor, &id, &row)) {
        int64_t waited_ms = world_now_ms(world) - row[PLENUM_JOB_SUBMIT_MS];
        if (row[PLENUM_JOB_SERVERS] < WIDE || row[PLENUM_FIELD_STATE] > PLENUM_JOB_RESERVED)
            continue;
        watch->wide += waited_ms <= MINUTE_MS;
        watch->wide_ms = waited_ms > watch->wide_ms ? waited_ms : watch->wide_ms;
    }
}

static void watch_command(struct world *world, const struct plenum_command *command)
{
    struct watch *watch = world->context;
    for (size_t i = 0; i < command->op_count; i++) {
        const struct plenum_op *op = &command->ops[i];
        if (op->type == PLENUM_OP_SET && op->set.ref.kind == PLENUM_JOB &&
            op->set.field == PLENUM_FIELD_STATE && op->set.value == PLENUM_JOB_RUNNING) {
            watch_begin(world, op->set.ref.id);
        }
        if (op->type != PLENUM_OP_SET || op->set.ref.kind != PLENUM_JOB ||
            op->set.field != PLENUM_JOB_PREEMPTED_MS)
            continue;
        assert_true(op->set.ref.id < JOBS_MAX);
        struct watched *job = &watch->jobs[op->set.ref.id];
        assert_true(world_get(world, PLENUM_JOB, op->set.ref.id, PLENUM_JOB_PREEMPTIBLE));
        assert_true(op->set.value >= world_now_ms(world) + RECLAIM_NOTICE_MS);
        assert_true(job->told_ms == 0 || world_now_ms(world) - job->told_ms >= RECLAIM_AGAIN_MS);
        job->told_ms = op->set.value;
        watch->notices++;
        if (++job->notices > watch->most_notices)
            watch->most_notices = job->notices;
    }
}

static int64_t held_milli(const struct world *world, int32_t tenant)
{
    size_t cursor = 0;
    uint64_t id;
    const int64_t *row;
    int64_t milli = 0;
    while (plenum_ledger_walk(world->ledger, PLENUM_JOB, &cursor, &id, &row))
        for (int64_t t = row[PLENUM_JOB_TENANT];
             row[PLENUM_FIELD_STATE] == PLENUM_JOB_RUNNING && t != PLENUM_NONE;
             t = world->site->tenants[t].parent)
            milli += t == tenant ? site_job_milli(row) : 0;
    return milli;
}

static int64_t offered_milli(const struct world *world)
{
    return INT64_C(16000) * world_count(world, PLENUM_RACK, PLENUM_RACK_IN_SERVICE);
}

/* A job is entitled while it waits and its tenant would be within its guarantee with it. */
static void watch_entitled(const struct world *world)
{
    struct watch *watch = world->context;
    size_t cursor = 0;
    uint64_t id;
    const int64_t *row;
    int64_t now_ms = world_now_ms(world), room[TENANTS_MAX];
    for (int32_t i = 0; i < world->site->tenant_count; i++)
        room[i] = offered_milli(world) * world->site->tenants[i].share_milli / 1000 -
                  held_milli(world, i);
    while (plenum_ledger_walk(world->ledger, PLENUM_JOB, &cursor, &id, &row)) {
        assert_true(id < JOBS_MAX);
        struct watched *job = &watch->jobs[id];
        bool entitled = row[PLENUM_FIELD_STATE] <= PLENUM_JOB_RESERVED &&
                        row[PLENUM_JOB_EARLIEST_MS] <= now_ms &&
                        site_job_milli(row) <= room[row[PLENUM_JOB_TENANT]];
        job->entitled_ms = !entitled ? 0 : job->entitled_ms ? job->entitled_ms : now_ms;
        if (entitled && now_ms - job->entitled_ms > watch->longest_ms)
            watch->longest_ms = now_ms - job->entitled_ms;
    }
}

/* Which limit keeps each waiting job from beginning, by a quota read for the occasion. */
static void watch_limits(const struct world *world)
{
    struct watch *watch = world->context;
    struct site_tenants tenants;
    struct site_quota *quota = site_quota_create(world->site);
    size_t cursor = 0;
    uint64_t id;
    const int64_t *row;
    site_tenants_init(&tenants, world->site);
    site_tenants_read(&tenants, world->ledger);
    site_quota_read(quota, world->ledger, &tenants);
    while (plenum_ledger_walk(world->ledger, PLENUM_JOB, &cursor, &id, &row)) {
        if (row[PLENUM_FIELD_STATE] != PLENUM_JOB_QUEUED)
            continue;
        struct quota_window window =
            site_quota_window(quota, world->ledger, id, world_now_ms(world));
        watch->refused[site_quota_ask(quota, &window).limit]++;
    }
    site_quota_destroy(quota);
    site_tenants_finish(&tenants);
}

static void watch_minute(const struct world *world)
{
    struct watch *watch = world->context;
    for (int32_t i = 0; i < world->site->tenant_count; i++)
        if (world_now_ms(world) > watch->from_ms)
            watch->had_ms[i] += held_milli(world, i) * MINUTE_MS;
    watch_entitled(world);
    watch_wide(world);
}

/* Runs for so many minutes; what tenants have counts from the `from`-th on. */
static void run(const struct plenum_site *site, uint64_t seed, int minutes, int from,
                struct watch *watch, char hash[65])
{
    struct world world;
    assert_true(site->tenant_count <= TENANTS_MAX);
    *watch = (struct watch){.from_ms = site->start_ms + from * MINUTE_MS};
    world_init(&world, site, WORLD_SIM | WORLD_RACK | WORLD_CAPACITY, seed);
    world.context = watch;
    world.watch = watch_command;
    for (int minute = 0; minute < minutes; minute++) {
        world_run(&world, STEPS_A_MINUTE);
        watch_minute(&world);
        if (minute % 20 != 0)
            continue;
        claims_check(world.ledger, SERVERS);
        watch_limits(&world);
    }
    assert_true(watch->most_notices <= 1 + minutes / 120);
    plenum_ledger_state_hash(world.ledger, hash);
    world_finish(&world);
}

/* --- fair shares ------------------------------------------------------------------------------ */

/* Nothing is guaranteed, and everybody always wants more: of the whole lab 3 and shop 1 in 4; in
 * the lab vision 2 and speech 1 in 3. Jobs are of different sizes and lengths, so turns counted by
 * jobs, or by what is held when a turn comes, would lean to long ones. */
#define FAIR                                                                                       \
    "tenants:\n"                                                                                   \
    "- {name: lab, weight: 3}\n"                                                                   \
    "- {name: shop, weight: 1}\n"                                                                  \
    "- {name: vision, under: lab, weight: 2}\n"                                                    \
    "- {name: speech, under: lab, weight: 1}\n"                                                    \
    "demand:\n"                                                                                    \
    "  jobs:\n"                                                                                    \
    "  - {name: v, tenant: vision, every: 2m, duration: [20m, 40m], servers: 2, accelerators: "    \
    "4}\n"                                                                                         \
    "  - {name: s, tenant: speech, every: 1m, duration: [10m, 30m], accelerators: 4}\n"            \
    "  - {name: t, tenant: shop, every: 1m, duration: [30m, 60m], accelerators: 4}\n" QUIET

/* Thousandths of what all had. */
static int64_t part_of(const struct watch *watch, int32_t tenant, int64_t all)
{
    return watch->had_ms[tenant] * 1000 / all;
}

static void test_shares_converge(void **state)
{
    (void)state;
    char hash[65];
    struct watch *watch = test_malloc(sizeof *watch);
    struct plenum_site *site = site_for_tests(HEAD FAIR);
    for (uint64_t seed = 1; seed <= 2; seed++) {
        run(site, seed, 10 * 60, 4 * 60, watch, hash);
        int64_t all = watch->had_ms[0] + watch->had_ms[1];
        int64_t lab = part_of(watch, 0, all), vision = part_of(watch, 2, watch->had_ms[0]);
        print_message("seed %d: lab has %d of 1000 (weights say 750), vision %d of the lab (667)\n",
                      (int)seed, (int)lab, (int)vision);
        assert_in_range(lab, 740, 760);
        assert_in_range(vision, 657, 677);
    }
    plenum_site_destroy(site);
    test_free(watch);
}

/* --- guarantees ------------------------------------------------------------------------------- */

/* Spot fills the site with long jobs that may be put back, shop with short ones that may not, over
 * what is guaranteed to it. The lab's teams ask now and then, one of them for gangs. */
#define GUARANTEED                                                                                 \
    "tenants:\n"                                                                                   \
    "- {name: lab, share_milli: 500}\n"                                                            \
    "- {name: shop, share_milli: 125, lend_for: 2h}\n"                                             \
    "- {name: spot}\n"                                                                             \
    "- {name: vision, under: lab, share_milli: 250, lend_for: 2h}\n"                               \
    "- {name: speech, under: lab, share_milli: 250, lend_for: 2h}\n"                               \
    "demand:\n"                                                                                    \
    "  jobs:\n"                                                                                    \
    "  - {name: p, tenant: spot, every: 8m, duration: [2h, 9h], accelerators: 4,\n"                \
    "     preemptible: true}\n"                                                                    \
    "  - {name: t, tenant: shop, every: 3m, duration: [20m, 2h], accelerators: 4}\n"               \
    "  - {name: v, tenant: vision, every: 3h, duration: [1h, 2h], servers: 4, accelerators: 4}\n"  \
    "  - {name: s, tenant: speech, every: 25m, duration: [30m, 1h], accelerators: 4}\n" QUIET

/* What is lent comes back within lend_for (2 h) or, of a preemptible job, when it is asked for: an
 * hour is waited for it, then it is told a minute before; a job that was told is not told again for
 * two hours. */
static void test_guarantees_come_back(void **state)
{
    (void)state;
    int notices = 0;
    char hash[65];
    struct watch *watch = test_malloc(sizeof *watch);
    struct plenum_site *site = site_for_tests(HEAD GUARANTEED);
    for (uint64_t seed = 1; seed <= 3; seed++) {
        run(site, seed, 14 * 60, 0, watch, hash);
        print_message("seed %d: %d notices, at most %d to a job; at most %d min within a guarantee "
                      "and waiting\n",
                      (int)seed, watch->notices, watch->most_notices,
                      (int)(watch->longest_ms / MINUTE_MS));
        assert_true(watch->longest_ms <= 130 * MINUTE_MS);
        notices += watch->notices;
    }
    assert_true(notices > 5);
    plenum_site_destroy(site);
    test_free(watch);
}

/* --- random worlds ---------------------------------------------------------------------------- */

struct text {
    char data[SITE_TEXT];
    size_t length;
};

__attribute__((format(printf, 2, 3))) static void put(struct text *text, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int written = vsnprintf(text->data + text->length, SITE_TEXT - text->length, format, list);
    va_end(list);
    assert_true(written >= 0 && (size_t)written < SITE_TEXT - text->length);
    text->length += (size_t)written;
}

/* Two organisations of two or three teams, and one beside them. */
static int put_tenants(struct text *text, struct random *random)
{
    int teams = 0;
    put(text, "tenants:\n- {name: lone, weight: %d, priority: %d}\n",
        (int)random_between(random, 1, 9), (int)random_between(random, -1, 2));
    for (int org = 0; org < 2; org++) {
        int share = (int)random_between(random, 1, 4) * 100;
        int count = (int)random_between(random, 2, 3);
        put(text, "- {name: org-%d, share_milli: %d, weight: %d}\n", org, share,
            (int)random_between(random, 1, 9));
        for (int i = 0; i < count; i++, teams++)
            put(text,
                "- {name: team-%d, under: org-%d, budget: {every: 4h, accelerator_hours: %d},\n   "
                "share_milli: %d, lend_milli: %d,\n"
                "   borrow_milli: %d, lend_for: %dh, priority: %d}\n",
                teams, org, (int)random_between(random, 20, 120), share / count,
                (int)random_between(random, 5, 10) * 100, (int)random_between(random, 3, 10) * 100,
                (int)random_between(random, 1, 6), (int)random_between(random, 0, 2));
    }
    return teams;
}

static void put_jobs(struct text *text, struct random *random, int teams)
{
    put(text, "demand:\n  jobs:\n");
    for (int i = 0; i < 2 * teams + 2; i++) {
        int servers = (int)random_between(random, 1, 6);
        int accelerators = (int)random_between(random, servers > 1 ? 4 : 1, 4);
        put(text, "  - {name: j-%d, tenant: ", i);
        put(text, i / 2 < teams ? "team-%d" : "lone", i / 2);
        put(text, ", every: %dm, duration: [%dm, %dm], servers: %d,\n     accelerators: %d, ",
            servers * (int)random_between(random, 10, 20), (int)random_between(random, 10, 30),
            (int)random_between(random, 30, 200), servers, accelerators);
        put(text, "cores: %d, preemptible: %s}\n", accelerators * 8,
            random_below(random, 2) == 0 ? "true" : "false");
    }
}

static struct plenum_site *random_site(uint64_t seed)
{
    struct text text = {.length = 0};
    struct random random;
    random_init(&random, seed);
    put(&text, "%s", HEAD);
    put_jobs(&text, &random, put_tenants(&text, &random));
    put(&text, "%s", ROUGH);
    return site_for_tests(text.data);
}

static void test_random_worlds(void **state)
{
    (void)state;
    int refused[QUOTA_MONEY + 1] = {0};
    struct watch *watch = test_malloc(sizeof *watch);
    for (uint64_t seed = 1; seed <= 6; seed++) {
        char hash[65], again[65];
        struct plenum_site *site = random_site(seed);
        run(site, seed, 8 * 60, 0, watch, hash);
        print_message("seed %d: %d notices, at most %d to a job\n", (int)seed, watch->notices,
                      watch->most_notices);
        for (int i = 0; i <= QUOTA_MONEY; i++)
            refused[i] += watch->refused[i];
        if (seed == 6) {
            run(site, seed, 8 * 60, 0, watch, again);
            assert_string_equal(hash, again);
        }
        plenum_site_destroy(site);
    }
    print_message("waiting jobs kept: %d by what their tenants may borrow, %d by what is kept for "
                  "others, %d by budgets; %d by none of these\n",
                  refused[QUOTA_BORROWS], refused[QUOTA_LENT], refused[QUOTA_HOURS],
                  refused[QUOTA_FITS]);
    assert_true(refused[QUOTA_BORROWS] > 20 && refused[QUOTA_LENT] > 20 &&
                refused[QUOTA_HOURS] > 20);
    test_free(watch);
}

/* --- large gangs ------------------------------------------------------------------------------ */

/* Streams of small jobs of several tenants take all that there is, and a tenant of the same weight
 * now and then asks for gangs, up to the whole site, that come to less than its part. */
static struct plenum_site *site_with_gangs(uint64_t seed)
{
    struct text text = {.length = 0};
    struct random random;
    random_init(&random, seed);
    int streams = (int)random_between(&random, 1, 4);
    put(&text, "%stenants:\n- {name: wide}\n", HEAD);
    for (int i = 0; i < streams; i++)
        put(&text, "- {name: stream-%d}\n", i);
    put(&text, "demand:\n  jobs:\n");
    for (int i = 0; i < streams; i++)
        put(&text,
            "  - {name: s-%d, tenant: stream-%d, every: %ds, duration: [%dm, %dm],\n"
            "     accelerators: %d}\n",
            i, i, (int)random_between(&random, 15, 40) * streams,
            (int)random_between(&random, 5, 20), (int)random_between(&random, 20, LONGEST),
            (int)random_between(&random, 1, 4));
    put(&text,
        "  - {name: gang, tenant: wide, every: %dm, duration: [10m, 30m], servers: %d,\n"
        "     accelerators: 4}\n"
        "  - {name: whole, tenant: wide, every: 10h, duration: [10m, 20m], servers: 16,\n"
        "     accelerators: 4}\n",
        30 * (streams + 1), (int)random_between(&random, WIDE, SERVERS));
    put(&text, "%s", QUIET);
    return site_for_tests(text.data);
}

/* A window is given to a gang when its turn comes, and then nothing is put before it. What it waits
 * for is bounded: gangs of its own tenant, its turn, the windows given before (FAR_MAX of
 * site_place.c). In 40 worlds of 16 hours it was at most 222 minutes; without windows far ahead
 * gangs wait for as long as the streams last. */
static void test_large_gangs_begin(void **state)
{
    (void)state;
    char hash[65];
    struct watch *watch = test_malloc(sizeof *watch);
    for (uint64_t seed = 1; seed <= 4; seed++) {
        struct plenum_site *site = site_with_gangs(seed);
        run(site, seed, 8 * 60, 0, watch, hash);
        print_message("seed %d: %d gangs of %d servers or more waited, at most %d min\n", (int)seed,
                      watch->wide, WIDE, (int)(watch->wide_ms / MINUTE_MS));
        assert_true(watch->wide > 0 && watch->wide_ms <= 5 * LONGEST * MINUTE_MS);
        plenum_site_destroy(site);
    }
    test_free(watch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shares_converge),
        cmocka_unit_test(test_guarantees_come_back),
        cmocka_unit_test(test_random_worlds),
        cmocka_unit_test(test_large_gangs_begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
