/* The engine: a run that is cut goes on as if it had not been (E3), clients are answered (E1), and
 * a paused clock stands. */
#include <plenum/engine.h>

#include "base/random.h"
#include "busy_site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

enum { STEPS = 1500 };

static struct plenum_engine *engine_of(const struct plenum_site *site, const char *journal_path,
                                       unsigned threads, bool no_sim)
{
    struct plenum_engine *engine;
    struct plenum_error error;
    struct plenum_engine_options options = {
        .journal_path = journal_path, .threads = threads, .no_sim = no_sim};
    if (plenum_engine_create(site, &options, &engine, &error) != PLENUM_OK)
        fail_msg("%s", error.text);
    return engine;
}

static void run_steps(struct plenum_engine *engine, int64_t steps)
{
    struct plenum_error error;
    const struct plenum_ledger *ledger = plenum_engine_ledger(engine);
    int64_t until_ms = plenum_ledger_now_ms(ledger) + steps * plenum_ledger_site(ledger)->step_ms;
    if (plenum_engine_run(engine, until_ms, NULL, NULL, NULL, &error) != PLENUM_OK)
        fail_msg("%s", error.text);
    assert_int_equal(plenum_ledger_now_ms(ledger), until_ms);
}

static void hash_of(struct plenum_engine *engine, char hash[65])
{
    plenum_ledger_state_hash(plenum_engine_ledger(engine), hash);
}

/* --- cut and gone on with --------------------------------------------------------------------- */

static void remove_journal(const char *directory, const char *path)
{
    char beside[64];
    (void)remove(path);
    snprintf(beside, sizeof beside, "%s-wal", path);
    (void)remove(beside);
    snprintf(beside, sizeof beside, "%s-shm", path);
    (void)remove(beside);
    assert_int_equal(rmdir(directory), 0);
}

/* Runs STEPS steps with a new engine after every few of them. */
static int run_cut(const struct plenum_site *site, uint64_t seed, const char *path, char hash[65])
{
    struct random random;
    int cuts = 0;
    random_init(&random, seed);
    for (int64_t left = STEPS; left > 0; cuts++) {
        struct plenum_engine *engine = engine_of(site, path, 1 + (unsigned)(left % 2), false);
        int64_t steps = random_between(&random, 1, 300);
        steps = steps < left ? steps : left;
        run_steps(engine, steps);
        left -= steps;
        hash_of(engine, hash);
        plenum_engine_destroy(engine);
    }
    return cuts;
}

static void test_cut_run_comes_to_the_same_state(void **state)
{
    (void)state;
    struct plenum_site *site = site_for_tests(SITE_BUSY);
    char whole[65], cut[65];
    struct plenum_engine *engine = engine_of(site, NULL, 1, false);
    run_steps(engine, STEPS);
    hash_of(engine, whole);
    assert_true(plenum_ledger_count(plenum_engine_ledger(engine), PLENUM_JOB) > 0);
    plenum_engine_destroy(engine);
    for (uint64_t seed = 1; seed <= 3; seed++) {
        char directory[] = "/tmp/plenum-engine-XXXXXX", path[48];
        assert_non_null(mkdtemp(directory));
        snprintf(path, sizeof path, "%s/journal", directory);
        int cuts = run_cut(site, seed, path, cut);
        print_message("seed %llu: %d cuts\n", (unsigned long long)seed, cuts);
        assert_string_equal(whole, cut);
        remove_journal(directory, path);
    }
    plenum_site_destroy(site);
}

/* --- clients ---------------------------------------------------------------------------------- */

struct answers {
    int count, taken;
    uint64_t last_seq;
    enum plenum_reason reason;
};

static void note_answer(void *context, const struct plenum_outcome *outcome)
{
    struct answers *answers = context;
    answers->count++;
    answers->taken += outcome->taken;
    if (outcome->seq > 0)
        assert_true(outcome->seq > answers->last_seq);
    answers->last_seq = outcome->seq;
    answers->reason = outcome->refusal.reason;
}

/* A command that makes job `id`, which is taken once. */
static enum plenum_status post_job(struct plenum_engine *engine, uint64_t id, bool dry_run,
                                   struct answers *answers)
{
    struct plenum_command command;
    plenum_command_init(&command, PLENUM_COMMAND_JOB_SUBMIT, "client");
    plenum_command_create(&command, plenum_ref(PLENUM_JOB, id));
    plenum_command_set(&command, plenum_ref(PLENUM_JOB, id), PLENUM_JOB_SERVERS, 1);
    plenum_command_set(&command, plenum_ref(PLENUM_JOB, id), PLENUM_JOB_LEFT_MS, 60000);
    enum plenum_status status =
        plenum_engine_post(engine, &command, dry_run, answers ? note_answer : NULL, answers);
    plenum_command_finish(&command);
    return status;
}

static void test_clients_are_answered(void **state)
{
    (void)state;
    struct plenum_site *site = site_for_tests(SITE_SMALL);
    struct plenum_engine *engine = engine_of(site, NULL, 1, true);
    const struct plenum_ledger *ledger = plenum_engine_ledger(engine);
    struct answers answers = {0};

    assert_int_equal(post_job(engine, 1, true, &answers), PLENUM_OK);
    run_steps(engine, 1);
    assert_int_equal(answers.count, 1);
    assert_int_equal(answers.taken, 1);
    assert_int_equal(plenum_ledger_count(ledger, PLENUM_JOB), 0);

    assert_int_equal(post_job(engine, 1, false, &answers), PLENUM_OK);
    assert_int_equal(post_job(engine, 2, false, &answers), PLENUM_OK);
    assert_int_equal(post_job(engine, 2, false, &answers), PLENUM_OK);
    assert_int_equal(post_job(engine, 3, false, NULL), PLENUM_OK);
    assert_int_equal(answers.count, 1);
    run_steps(engine, 1);
    assert_int_equal(answers.count, 4);
    assert_int_equal(answers.taken, 3);
    assert_int_not_equal(answers.reason, PLENUM_REASON_NONE);
    assert_int_equal(plenum_ledger_count(ledger, PLENUM_JOB), 3);
    plenum_engine_destroy(engine);
    plenum_site_destroy(site);
}

static void test_full_inbox_pushes_back(void **state)
{
    (void)state;
    struct plenum_site *site = site_for_tests(SITE_SMALL);
    struct plenum_engine *engine = engine_of(site, NULL, 1, true);
    struct answers answers = {0};
    for (int i = 0; i < PLENUM_INBOX_MAX; i++)
        assert_int_equal(post_job(engine, 1, true, &answers), PLENUM_OK);
    assert_int_equal(post_job(engine, 1, true, &answers), PLENUM_LIMIT);
    run_steps(engine, 1);
    assert_int_equal(answers.count, PLENUM_INBOX_MAX);
    assert_int_equal(post_job(engine, 1, true, &answers), PLENUM_OK);
    plenum_engine_destroy(engine);
    plenum_site_destroy(site);
}

/* --- the clock -------------------------------------------------------------------------------- */

struct stand {
    int calls;
    volatile sig_atomic_t stop;
    int64_t now_ms;
    struct answers answers;
};

/* Paused: posts at the first call, lets two steps go at the second, stops some calls later. */
static void each(void *context, struct plenum_engine *engine)
{
    struct stand *stand = context;
    if (stand->calls == 0)
        assert_int_equal(post_job(engine, 1, false, &stand->answers), PLENUM_OK);
    if (stand->calls == 1) {
        assert_int_equal(stand->answers.taken, 1);
        stand->now_ms = plenum_ledger_now_ms(plenum_engine_ledger(engine));
        plenum_engine_allow_steps(engine, 2);
    }
    stand->stop = ++stand->calls == 6;
}

static void test_paused_clock_stands(void **state)
{
    (void)state;
    struct plenum_site *site = site_for_tests(SITE_SMALL);
    struct plenum_engine *engine = engine_of(site, NULL, 1, true);
    struct plenum_error error;
    struct stand stand = {0};
    plenum_engine_pause(engine, true);
    assert_true(plenum_engine_paused(engine));
    assert_int_equal(plenum_engine_run(engine, INT64_MAX, &stand.stop, each, &stand, &error),
                     PLENUM_STOPPED);
    assert_int_equal(stand.now_ms, site->start_ms);
    assert_int_equal(plenum_ledger_now_ms(plenum_engine_ledger(engine)),
                     site->start_ms + 2 * site->step_ms);
    plenum_engine_destroy(engine);
    plenum_site_destroy(site);
}

/* --- agents ----------------------------------------------------------------------------------- */

static enum plenum_status count_step(void *self, const struct plenum_port *port)
{
    int *steps = self;
    assert_non_null(port->ledger);
    ++*steps;
    return PLENUM_OK;
}

static void count_destroy(void *self)
{
    int *steps = self;
    *steps += 1000;
}

/* Of a counter: the third step was one too many. */
static const char *count_trouble(void *self)
{
    const int *steps = self;
    return *steps == 3 ? "three" : "";
}

static void test_added_agents_are_asked(void **state)
{
    (void)state;
    struct plenum_site *site = site_for_tests(SITE_SMALL);
    struct plenum_engine *engine = engine_of(site, NULL, 1, true);
    int steps[PLENUM_AGENTS_MAX] = {0}, added = 0;
    for (; added < PLENUM_AGENTS_MAX; added++) {
        struct plenum_agent agent = {.name = "edge",
                                     .step = count_step,
                                     .trouble = added % 2 ? count_trouble : NULL,
                                     .destroy = count_destroy,
                                     .self = &steps[added]};
        if (plenum_engine_add(engine, agent) != PLENUM_OK)
            break;
    }
    assert_int_equal(added, PLENUM_AGENTS_MAX - 4);
    size_t cursor = 0;
    const char *name = NULL;
    assert_null(plenum_engine_trouble(engine, &cursor, &name));
    run_steps(engine, 3);
    for (int i = 0; i < added; i++)
        assert_int_equal(steps[i], 3);
    cursor = 0;
    for (int i = 0; i < added / 2; i++) {
        assert_string_equal(plenum_engine_trouble(engine, &cursor, &name), "three");
        assert_string_equal(name, "edge");
    }
    assert_null(plenum_engine_trouble(engine, &cursor, &name));
    plenum_engine_destroy(engine);
    for (int i = 0; i < added; i++)
        assert_int_equal(steps[i], 1003);
    plenum_site_destroy(site);
}

/* --- served while it runs --------------------------------------------------------------------- */

struct server {
    struct plenum_engine *engine;
    int calls, waits;
    bool answered;
};

static void server_answer(void *context, const struct plenum_outcome *outcome)
{
    struct server *server = context;
    assert_true(outcome->taken);
    server->answered = true;
}

/* A client that posts at the first call; while paused the engine hands its waiting time over. */
static void serve(void *context, int64_t wait_ns)
{
    struct server *server = context;
    server->waits += wait_ns > 0;
    if (server->calls++ > 0) {
        if (server->answered)
            plenum_engine_pause(server->engine, false);
        return;
    }
    struct plenum_command command;
    plenum_command_init(&command, PLENUM_COMMAND_OTHER, "client");
    assert_int_equal(plenum_engine_post(server->engine, &command, false, server_answer, server),
                     PLENUM_OK);
    plenum_command_finish(&command);
}

static void test_clients_are_served_while_it_waits(void **state)
{
    (void)state;
    struct plenum_site *site = site_for_tests(SITE_SMALL);
    struct server server = {0};
    struct plenum_error error;
    struct plenum_engine_options options = {.serve = serve, .serve_context = &server};
    assert_int_equal(plenum_engine_create(site, &options, &server.engine, &error), PLENUM_OK);
    plenum_engine_pause(server.engine, true);
    run_steps(server.engine, 10);
    assert_true(server.answered);
    assert_true(server.waits > 0);
    plenum_engine_destroy(server.engine);
    plenum_site_destroy(site);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clients_are_answered),
        cmocka_unit_test(test_full_inbox_pushes_back),
        cmocka_unit_test(test_paused_clock_stands),
        cmocka_unit_test(test_added_agents_are_asked),
        cmocka_unit_test(test_clients_are_served_while_it_waits),
        cmocka_unit_test(test_cut_run_comes_to_the_same_state),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
