/* The agent at a Slurm of our own making: what Plenum decides is what it runs, and what it says
 * comes back; also where it refuses, is silent, or Plenum was killed. */
#include "edge/slurm/agent.h"
#include "edge/slurm/import.h"

#include "fake_slurm.h"
#include "site_for_tests.h"

#include "base/log.h"
#include "base/random.h"
#include "base/text.h"

#include <plenum/engine.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { MINUTE = 12, JOURNAL_MAX = 64 }; /* steps; bytes */
#define BEGIN_MS INT64_C(1795867200000)

struct bench {
    struct fake_slurm fake;
    struct plenum_site *site;
    struct plenum_engine *engine;
    char journal[JOURNAL_MAX];
};

/* --- the bench -------------------------------------------------------------------------------- */

/* The site is imported, and given the tenants ada, a user, and lab, who is none. */
static struct plenum_site *import_site(struct fake_slurm *fake)
{
    char *text = NULL, whole[16384];
    size_t length = 0;
    struct plenum_error error;
    FILE *out = open_memstream(&text, &length);
    assert_int_equal(slurm_import(&fake->cluster, out, &error), PLENUM_OK);
    fclose(out);
    const char *tenants = strstr(text, "  - {name: slurm}\n");
    assert_non_null(tenants);
    snprintf(whole, sizeof whole, "%.*s  - {name: ada}\n  - {name: lab}\n%s", (int)(tenants - text),
             text, tenants);
    free(text);
    return site_for_tests(whole);
}

static void start_engine(struct bench *bench)
{
    const struct plenum_engine_options options = {
        .journal_path = bench->journal[0] ? bench->journal : NULL, .no_sim = true};
    struct plenum_error error;
    struct plenum_agent agent;
    if (plenum_engine_create(bench->site, &options, &bench->engine, &error) != PLENUM_OK)
        fail_msg("%s", error.text);
    assert_int_equal(slurm_agent_create(bench->site, &bench->fake.cluster, &agent, &error),
                     PLENUM_OK);
    assert_int_equal(plenum_engine_add(bench->engine, agent), PLENUM_OK);
}

static const struct plenum_ledger *ledger_of(const struct bench *bench)
{
    return plenum_engine_ledger(bench->engine);
}

static void run(struct bench *bench, int steps)
{
    struct plenum_error error;
    for (int i = 0; i < steps; i++) {
        fake_tick(&bench->fake, plenum_ledger_now_ms(ledger_of(bench)));
        if (plenum_engine_step(bench->engine, &error) != PLENUM_OK)
            fail_msg("%s", error.text);
    }
}

static void set_state(struct fake_node *node, const char *state)
{
    assert_true(text_format(node->state, sizeof node->state, "%s", state));
}

static void make_name(char *path)
{
    assert_true(text_format(path, JOURNAL_MAX, "/tmp/plenum-slurm-XXXXXX"));
    int file = mkstemp(path);
    assert_true(file >= 0);
    close(file);
    unlink(path);
}

/* Nodes n1, n2: 16 cores, 4 of h100; n3: 8 cores, 2 of l4; n4: 8 cores. All serve. */
static void bench_init(struct bench *bench, bool journal)
{
    memset(bench, 0, sizeof *bench);
    fake_init(&bench->fake, BEGIN_MS);
    fake_add_node(&bench->fake, "n1", 16, "h100", 4);
    fake_add_node(&bench->fake, "n2", 16, "h100", 4);
    fake_add_node(&bench->fake, "n3", 8, "l4", 2);
    fake_add_node(&bench->fake, "n4", 8, "", 0);
    bench->site = import_site(&bench->fake);
    if (journal)
        make_name(bench->journal);
    start_engine(bench);
    run(bench, 8);
    for (uint64_t rack = 0; rack < 4; rack++)
        assert_int_equal(plenum_ledger_get(ledger_of(bench), PLENUM_RACK, rack, 0),
                         PLENUM_RACK_IN_SERVICE);
}

static void bench_finish(struct bench *bench)
{
    char path[80];
    plenum_engine_destroy(bench->engine);
    plenum_site_destroy(bench->site);
    static const char *const ends[] = {"", "-wal", "-shm"};
    for (size_t i = 0; bench->journal[0] && i < sizeof ends / sizeof *ends; i++) {
        snprintf(path, sizeof path, "%s%s", bench->journal, ends[i]);
        unlink(path);
    }
}

/* Plenum ends and is started again, so long after by the wall's clock. */
static void restart(struct bench *bench, int64_t away_ms)
{
    plenum_engine_destroy(bench->engine);
    start_engine(bench);
    int64_t wall_ms = plenum_ledger_now_ms(ledger_of(bench)) + away_ms;
    struct plenum_error error;
    while (plenum_ledger_now_ms(ledger_of(bench)) < wall_ms) {
        fake_tick(&bench->fake, wall_ms);
        assert_int_equal(plenum_engine_step(bench->engine, &error), PLENUM_OK);
    }
}

/* The row of a job of Slurm, or NULL. */
static const int64_t *row_of(const struct bench *bench, int64_t engine_job)
{
    size_t cursor = 0;
    uint64_t id;
    const int64_t *row;
    while (plenum_ledger_walk(ledger_of(bench), PLENUM_JOB, &cursor, &id, &row))
        if (row[PLENUM_JOB_ENGINE_JOB] == engine_job && row[0] < PLENUM_JOB_DONE)
            return row;
    return NULL;
}

static const char *trouble(const struct bench *bench)
{
    size_t cursor = 0;
    const char *name;
    const char *text = plenum_engine_trouble(bench->engine, &cursor, &name);
    return text ? text : "";
}

static void submit(struct bench *bench, const struct plenum_command *command)
{
    assert_int_equal(plenum_engine_post(bench->engine, command, false, NULL, NULL), PLENUM_OK);
    assert_int_equal(plenum_engine_take_posted(bench->engine), PLENUM_OK);
}

/* --- jobs ------------------------------------------------------------------------------------- */

static void test_a_job_runs_where_plenum_says(void **state)
{
    struct bench bench;
    (void)state;
    bench_init(&bench, false);
    struct fake_job *wide = fake_submit(&bench.fake, 2, 4, "h100", 3, 10, 120);
    struct fake_job *next = fake_submit(&bench.fake, 2, 4, "h100", 4, 60, 30);
    struct fake_job *none = fake_submit(&bench.fake, 1, 4, "h200", 4, 60, 30);
    struct fake_job *not_ours = fake_submit(&bench.fake, 1, 1, "", 0, 5, 30);
    struct fake_job *endless = fake_submit(&bench.fake, 1, 1, "", 0, 0, 30);
    not_ours->comment[0] = 0;
    run(&bench, MINUTE);
    assert_string_equal(wide->state, "RUNNING");
    assert_string_equal(wide->on, "n1,n2");
    assert_int_equal(wide->limit_minutes, 10);
    assert_int_equal(row_of(&bench, 1)[PLENUM_FIELD_STATE], PLENUM_JOB_RUNNING);
    assert_string_equal(next->state, "PENDING");
    assert_int_equal(row_of(&bench, 2)[PLENUM_FIELD_STATE], PLENUM_JOB_RESERVED);
    assert_int_equal(next->begin_s, row_of(&bench, 2)[PLENUM_JOB_START_MS] / 1000);
    assert_memory_equal(next->comment, "plenum: starts by 2026-11-28T", 29);
    assert_string_equal(none->comment, "plenum: no accelerator of the site is a h200");
    assert_string_equal(endless->comment, "plenum: it needs a time limit (--time)");
    assert_string_equal(not_ours->comment, "");
    assert_string_equal(not_ours->reason, "JobHeldUser");
    assert_null(row_of(&bench, 4));
    run(&bench, 3 * MINUTE); /* the first ends long before its limit: the next comes forward */
    assert_string_equal(wide->state, "COMPLETED");
    assert_null(row_of(&bench, 1));
    assert_string_equal(next->state, "COMPLETED");
    assert_string_equal(trouble(&bench), "");
    int64_t orders = bench.fake.orders;
    run(&bench, 2 * MINUTE);
    assert_int_equal(bench.fake.orders, orders); /* nothing is said twice */
    bench_finish(&bench);
}

static void test_cancelled_here_and_there(void **state)
{
    struct bench bench;
    (void)state;
    bench_init(&bench, false);
    struct fake_job *by_user = fake_submit(&bench.fake, 1, 4, "h100", 4, 60, 3000);
    struct fake_job *by_plenum = fake_submit(&bench.fake, 1, 4, "h100", 4, 60, 3000);
    run(&bench, MINUTE);
    by_user->held = true;
    struct plenum_error error;
    static const char *const cancel[] = {"scancel", "--full", "1", NULL};
    assert_int_equal(bench.fake.cluster.run(&bench.fake, cancel, NULL, &error), PLENUM_OK);
    run(&bench, 2);
    assert_null(row_of(&bench, 1));
    assert_non_null(row_of(&bench, 2));

    struct plenum_command command;
    uint64_t id = plenum_ledger_next_id(ledger_of(&bench), PLENUM_JOB) - 1;
    plenum_command_init(&command, PLENUM_COMMAND_JOB_CANCEL, "test");
    plenum_command_release(&command, plenum_ref(PLENUM_JOB, id),
                           PLENUM_BOOK_POWER | PLENUM_BOOK_CAPACITY,
                           plenum_ledger_now_ms(ledger_of(&bench)));
    plenum_command_set(&command, plenum_ref(PLENUM_JOB, id), PLENUM_FIELD_STATE,
                       PLENUM_JOB_CANCELLED);
    submit(&bench, &command);
    plenum_command_finish(&command);
    run(&bench, 1);
    assert_string_equal(by_plenum->state, "CANCELLED");
    bench_finish(&bench);
}

/* What runs beside Plenum takes room in its books, and gives it back. */
static void test_foreign_jobs_are_booked(void **state)
{
    struct bench bench;
    (void)state;
    bench_init(&bench, false);
    struct fake_job *foreign = fake_submit(&bench.fake, 2, 16, "h100", 4, 10, 60);
    foreign->comment[0] = 0;
    foreign->held = false;
    struct fake_job *job = fake_submit(&bench.fake, 1, 4, "h100", 1, 10, 60);
    run(&bench, MINUTE / 2);
    assert_string_equal(foreign->state, "RUNNING");
    assert_int_equal(row_of(&bench, 1)[PLENUM_FIELD_STATE], PLENUM_JOB_RUNNING);
    assert_string_equal(job->state, "PENDING");
    run(&bench, 2 * MINUTE);
    assert_string_equal(foreign->state, "COMPLETED");
    assert_string_equal(job->state, "RUNNING");
    bench_finish(&bench);
}

/* A job that Slurm does not begin loses its place, is held, and is tried again later and later. */
static void test_a_stuck_job_does_not_hold_nodes(void **state)
{
    struct bench bench;
    int64_t starts = 0;
    (void)state;
    bench_init(&bench, false);
    struct fake_job *stuck = fake_submit(&bench.fake, 2, 16, "h100", 4, 60, 60);
    stuck->stuck = true;
    stuck->reason = "Licenses";
    run(&bench, 4 * MINUTE);
    assert_true(stuck->held);
    assert_memory_equal(stuck->comment, "plenum: starts by ", 18);
    assert_non_null(strstr(trouble(&bench), "was not begun by Slurm: Licenses"));
    struct fake_job *other = fake_submit(&bench.fake, 2, 16, "h100", 4, 1, 30);
    run(&bench, 2 * MINUTE);
    assert_string_equal(other->state, "COMPLETED");
    for (int i = 0; i < 60 * MINUTE; i++) {
        bool held = stuck->held;
        run(&bench, 1);
        starts += held && !stuck->held;
    }
    assert_in_range(starts, 1, 4);
    stuck->stuck = false;
    for (int i = 0; i < 4 * 60 && row_of(&bench, 1); i++)
        run(&bench, MINUTE);
    assert_string_equal(stuck->state, "COMPLETED");
    bench_finish(&bench);
}

/* --- nodes ------------------------------------------------------------------------------------ */

static int64_t rack_state(const struct bench *bench, uint64_t rack)
{
    return plenum_ledger_get(ledger_of(bench), PLENUM_RACK, rack, PLENUM_FIELD_STATE);
}

static void test_a_node_fails_and_comes_back(void **state)
{
    struct bench bench;
    (void)state;
    bench_init(&bench, false);
    struct fake_job *job = fake_submit(&bench.fake, 1, 8, "h100", 4, 10, 300);
    run(&bench, MINUTE);
    assert_string_equal(job->state, "RUNNING");
    struct fake_node *node = fake_node_at(&bench.fake, job->on);
    uint64_t rack = strcmp(job->on, "n1") == 0 ? 0 : 1;
    set_state(node, "down");
    run(&bench, 2);
    assert_int_equal(rack_state(&bench, rack), PLENUM_RACK_FAILED);
    run(&bench, 2 * MINUTE);
    assert_string_equal(job->state, "RUNNING"); /* anew, on the other */
    assert_string_not_equal(job->on, node->name);
    assert_int_equal(job->restarts, 1);
    assert_int_equal(row_of(&bench, 1)[PLENUM_JOB_LEFT_MS],
                     row_of(&bench, 1)[PLENUM_JOB_DURATION_MS]);
    set_state(node, "idle");
    run(&bench, 6);
    assert_int_equal(rack_state(&bench, rack), PLENUM_RACK_IN_SERVICE);
    assert_int_equal(plenum_ledger_get(ledger_of(&bench), PLENUM_RACK, rack, PLENUM_RACK_FAULT), 0);
    bench_finish(&bench);
}

static void test_a_node_drains(void **state)
{
    struct bench bench;
    (void)state;
    bench_init(&bench, false);
    struct fake_job *runs = fake_submit(&bench.fake, 1, 8, "l4", 2, 10, 120);
    run(&bench, MINUTE);
    struct fake_job *waits = fake_submit(&bench.fake, 1, 8, "l4", 2, 10, 60);
    run(&bench, MINUTE);
    assert_int_equal(row_of(&bench, 2)[PLENUM_FIELD_STATE], PLENUM_JOB_RESERVED);
    struct fake_node *node = fake_node_at(&bench.fake, "n3");
    node->drains = true;
    run(&bench, MINUTE / 2);
    assert_string_equal(runs->state, "RUNNING");
    assert_int_equal(rack_state(&bench, 2), PLENUM_RACK_IN_SERVICE);
    assert_int_equal(row_of(&bench, 2)[PLENUM_FIELD_STATE], PLENUM_JOB_QUEUED);
    run(&bench, 2 * MINUTE); /* what ran has ended: it is drained */
    assert_string_equal(runs->state, "COMPLETED");
    assert_int_equal(rack_state(&bench, 2), PLENUM_RACK_FAILED);
    node->drains = false;
    run(&bench, 3 * MINUTE);
    assert_int_equal(rack_state(&bench, 2), PLENUM_RACK_IN_SERVICE);
    assert_string_equal(waits->state, "COMPLETED");
    bench_finish(&bench);
}

/* --- what is sold ----------------------------------------------------------------------------- */

/* Sells so many accelerators of each of some servers, on [from, until) minutes from now. */
static uint64_t sell(struct bench *bench, int32_t first, int32_t servers, int32_t accelerators,
                     int32_t cores, int64_t from_minutes, int64_t until_minutes, int64_t tenant)
{
    int64_t now_ms = plenum_ledger_now_ms(ledger_of(bench));
    int64_t from_ms = now_ms + from_minutes * 60000, until_ms = now_ms + until_minutes * 60000;
    uint64_t id = plenum_ledger_next_id(ledger_of(bench), PLENUM_JOB);
    struct plenum_ref job = plenum_ref(PLENUM_JOB, id);
    struct plenum_command command;
    plenum_command_init(&command, PLENUM_COMMAND_JOB_RESERVE, "test");
    plenum_command_create(&command, job);
    for (int32_t i = 0; i < servers; i++) {
        const struct plenum_capacity_claim claim = {.owner = job,
                                                    .server = first + i,
                                                    .milli = accelerators > 0 ? 1000 : 0,
                                                    .accelerators =
                                                        (UINT64_C(1) << accelerators) - 1,
                                                    .cores = cores,
                                                    .from_ms = from_ms,
                                                    .until_ms = until_ms};
        plenum_command_claim_capacity(&command, &claim);
    }
    const struct {
        int32_t field;
        int64_t value;
    } fields[] = {{PLENUM_FIELD_STATE, PLENUM_JOB_RESERVED},
                  {PLENUM_JOB_TENANT, tenant},
                  {PLENUM_JOB_SERVERS, servers},
                  {PLENUM_JOB_ACCELERATORS, accelerators},
                  {PLENUM_JOB_MILLI, 1000},
                  {PLENUM_JOB_CHIP, PLENUM_NONE},
                  {PLENUM_JOB_CORES, cores},
                  {PLENUM_JOB_DURATION_MS, until_ms - from_ms},
                  {PLENUM_JOB_LEFT_MS, until_ms - from_ms},
                  {PLENUM_JOB_EARLIEST_MS, from_ms},
                  {PLENUM_JOB_START_MS, from_ms},
                  {PLENUM_JOB_END_MS, until_ms},
                  {PLENUM_JOB_PROMISED_MS, from_ms}};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        plenum_command_set(&command, job, fields[i].field, fields[i].value);
    submit(bench, &command);
    plenum_command_finish(&command);
    assert_true(plenum_ledger_exists(ledger_of(bench), job));
    return id;
}

static void end_sale(struct bench *bench, uint64_t id)
{
    struct plenum_command command;
    plenum_command_init(&command, PLENUM_COMMAND_JOB_CANCEL, "test");
    plenum_command_release(&command, plenum_ref(PLENUM_JOB, id), PLENUM_BOOK_CAPACITY,
                           plenum_ledger_now_ms(ledger_of(bench)));
    plenum_command_set(&command, plenum_ref(PLENUM_JOB, id), PLENUM_FIELD_STATE,
                       PLENUM_JOB_CANCELLED);
    submit(bench, &command);
    plenum_command_finish(&command);
}

static void test_what_is_sold_is_reserved(void **state)
{
    struct bench bench;
    char name[32];
    (void)state;
    bench_init(&bench, false);
    uint64_t whole = sell(&bench, 0, 2, 4, 4, 10, 60, 0);
    uint64_t part = sell(&bench, 2, 1, 1, 3, 10, 60, 1);
    run(&bench, 1);
    snprintf(name, sizeof name, "plenum-%d", (int)whole);
    const struct fake_reservation *first = fake_reservation_at(&bench.fake, name);
    assert_non_null(first);
    assert_string_equal(first->nodes, "n1,n2");
    assert_string_equal(first->cores, "");
    assert_string_equal(first->who, "ada");
    const int64_t *row = plenum_ledger_row(ledger_of(&bench), PLENUM_JOB, whole);
    assert_int_equal(first->start_s, row[PLENUM_JOB_START_MS] / 1000);
    assert_int_equal(first->end_s, row[PLENUM_JOB_END_MS] / 1000);
    snprintf(name, sizeof name, "plenum-%d", (int)part);
    const struct fake_reservation *second = fake_reservation_at(&bench.fake, name);
    assert_string_equal(second->nodes, "n3");
    assert_string_equal(second->cores, "3");
    assert_string_equal(second->who, "lab");
    assert_non_null(strstr(bench.fake.last, "Accounts=lab"));

    /* a longer one follows; one that is cancelled goes; one whose node fails goes elsewhere */
    set_state(fake_node_at(&bench.fake, "n2"), "down");
    run(&bench, 2);
    snprintf(name, sizeof name, "plenum-%d", (int)whole);
    assert_null(fake_reservation_at(&bench.fake, name));
    set_state(fake_node_at(&bench.fake, "n2"), "idle");
    run(&bench, MINUTE);
    assert_string_equal(fake_reservation_at(&bench.fake, name)->nodes, "n1,n2");
    end_sale(&bench, part);
    run(&bench, 1);
    snprintf(name, sizeof name, "plenum-%d", (int)part);
    assert_null(fake_reservation_at(&bench.fake, name));
    assert_int_equal(bench.fake.reservation_count, 1);
    run(&bench, 70 * MINUTE);
    assert_int_equal(bench.fake.reservation_count, 0);
    assert_string_equal(trouble(&bench), "");
    bench_finish(&bench);
}

/* --- trouble ---------------------------------------------------------------------------------- */

static void test_silence_and_nonsense(void **state)
{
    struct bench bench;
    (void)state;
    bench_init(&bench, false);
    fake_submit(&bench.fake, 1, 1, "h100", 1, 10, 60);
    uint64_t rows = plenum_ledger_count(ledger_of(&bench), PLENUM_JOB);
    bench.fake.unreachable = true;
    run(&bench, MINUTE);
    assert_string_equal(trouble(&bench), "nobody answers");
    bench.fake.unreachable = false;
    bench.fake.body = "{\"nodes\": [{\"name\": 3}]}";
    run(&bench, MINUTE);
    assert_non_null(strstr(trouble(&bench), "/nodes/0/name: found 3"));
    assert_int_equal(plenum_ledger_count(ledger_of(&bench), PLENUM_JOB), rows);
    for (uint64_t rack = 0; rack < 4; rack++)
        assert_int_equal(rack_state(&bench, rack), PLENUM_RACK_IN_SERVICE);
    bench.fake.body = NULL;
    run(&bench, MINUTE);
    assert_string_equal(trouble(&bench), "");
    assert_string_equal(fake_job_at(&bench.fake, 1)->state, "RUNNING");
    bench_finish(&bench);
}

/* --- after a kill ----------------------------------------------------------------------------- */

static void test_it_goes_on_after_hours(void **state)
{
    struct bench bench;
    (void)state;
    bench_init(&bench, true);
    struct fake_job *runs = fake_submit(&bench.fake, 2, 16, "h100", 4, 30, 600);
    struct fake_job *waits = fake_submit(&bench.fake, 2, 16, "h100", 4, 30, 600);
    run(&bench, MINUTE);
    assert_string_equal(runs->state, "RUNNING");
    assert_string_equal(waits->state, "PENDING");
    restart(&bench, INT64_C(3) * 3600 * 1000);
    assert_string_equal(runs->state, "COMPLETED");
    assert_string_equal(waits->state, "PENDING");
    run(&bench, 2 * MINUTE);
    assert_null(row_of(&bench, 1));
    assert_string_equal(waits->state, "RUNNING");
    assert_string_equal(waits->on, "n1,n2");
    bench_finish(&bench);
}

/* Random jobs, refusals, faults, and Plenum started anew again and again: every job that was given
 * ends by itself, once for each time that it was begun, and nothing is left over. */
static void check_random(uint64_t seed)
{
    struct bench bench;
    struct random random;
    random_init(&random, seed);
    bench_init(&bench, true);
    bench.fake.random = seed;
    bench.fake.refuse_ppm = 100000;
    for (int round = 0; round < 40; round++) {
        for (int64_t jobs = random_between(&random, 0, 2); jobs > 0; jobs--) {
            int64_t nodes = random_between(&random, 1, 2), gpus = random_between(&random, 0, 4);
            int64_t limit = random_between(&random, 1, 20);
            (void)fake_submit(&bench.fake, gpus ? nodes : 1, random_between(&random, 1, 8), "",
                              gpus, limit, random_between(&random, 10, limit * 60));
        }
        struct fake_node *node = &bench.fake.nodes[random_below(&random, 4)];
        set_state(node, random_chance_ppm(&random, 100000) ? "down" : "idle");
        run(&bench, (int)random_between(&random, 1, 2 * MINUTE));
        if (random_chance_ppm(&random, 300000))
            restart(&bench, random_between(&random, 0, 600) * 1000);
    }
    for (int i = 0; i < 4; i++)
        set_state(&bench.fake.nodes[i], "idle");
    bench.fake.refuse_ppm = 0;
    for (int i = 0; i < 20 * 60 && plenum_ledger_count(ledger_of(&bench), PLENUM_JOB) > 0; i++)
        run(&bench, MINUTE);
    run(&bench, MINUTE);
    for (int i = 0; i < bench.fake.job_count; i++) {
        const struct fake_job *job = &bench.fake.jobs[i];
        if (strcmp(job->state, "COMPLETED") != 0 && strcmp(job->state, "TIMEOUT") != 0)
            fail_msg("seed %d: job %d is %s (%s)", (int)seed, (int)job->id, job->state,
                     job->comment);
    }
    assert_int_equal(plenum_ledger_count(ledger_of(&bench), PLENUM_JOB), 0);
    assert_string_equal(trouble(&bench), "");
    bench_finish(&bench);
}

static void test_random(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 4; seed++) {
        printf("seed %d\n", (int)seed);
        check_random(seed);
    }
}

static void test_a_site_of_racks_is_none_of_nodes(void **state)
{
    struct plenum_site *site = site_for_tests(SITE_SMALL);
    struct fake_slurm fake;
    struct plenum_agent agent;
    struct plenum_error error;
    (void)state;
    fake_init(&fake, BEGIN_MS);
    assert_int_equal(slurm_agent_create(site, &fake.cluster, &agent, &error), PLENUM_INPUT);
    assert_non_null(strstr(error.text, "rack 'r-1' has 4 servers; expected one"));
    plenum_site_destroy(site);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_job_runs_where_plenum_says),
        cmocka_unit_test(test_cancelled_here_and_there),
        cmocka_unit_test(test_foreign_jobs_are_booked),
        cmocka_unit_test(test_a_stuck_job_does_not_hold_nodes),
        cmocka_unit_test(test_a_node_fails_and_comes_back),
        cmocka_unit_test(test_a_node_drains),
        cmocka_unit_test(test_what_is_sold_is_reserved),
        cmocka_unit_test(test_silence_and_nonsense),
        cmocka_unit_test(test_it_goes_on_after_hours),
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_a_site_of_racks_is_none_of_nodes),
    };
    log_set_level(LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
