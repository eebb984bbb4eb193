/* Past states: each is what a replay from the first row gives (H1), whatever was asked before it
 * and in whatever slices it was made, and the run they are asked of goes on as if they were not
 * (H2). */
#include <plenum/engine.h>

#include "base/random.h"
#include "busy_site.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { STEPS = 1200, SNAPSHOT_EVERY = 3000, SLICE_NS = 200000 };

struct fixture {
    struct plenum_site *site;
    struct plenum_engine *engine;
    char folder[32], path[64];
};

static void step(struct plenum_engine *engine, int64_t steps)
{
    struct plenum_error error;
    for (; steps > 0; steps--)
        if (plenum_engine_step(engine, &error) != PLENUM_OK)
            fail_msg("%s", error.text);
}

static int begin(void **state)
{
    struct plenum_error error;
    struct fixture *fixture = *state = calloc(1, sizeof *fixture);
    snprintf(fixture->folder, sizeof fixture->folder, "/tmp/plenum-past-XXXXXX");
    assert_non_null(mkdtemp(fixture->folder));
    snprintf(fixture->path, sizeof fixture->path, "%s/journal", fixture->folder);
    struct plenum_engine_options options = {.journal_path = fixture->path,
                                            .snapshot_every = SNAPSHOT_EVERY};
    fixture->site = site_for_tests(SITE_BUSY);
    if (plenum_engine_create(fixture->site, &options, &fixture->engine, &error) != PLENUM_OK)
        fail_msg("%s", error.text);
    step(fixture->engine, STEPS);
    return 0;
}

static int end(void **state)
{
    struct fixture *fixture = *state;
    plenum_engine_destroy(fixture->engine);
    plenum_site_destroy(fixture->site);
    assert_int_equal(remove(fixture->path), 0);
    assert_int_equal(rmdir(fixture->folder), 0);
    free(fixture);
    return 0;
}

static uint64_t find(struct fixture *fixture, int64_t at_ms)
{
    uint64_t seq;
    struct plenum_error error;
    if (plenum_history_find(plenum_engine_history(fixture->engine), at_ms, &seq, &error) !=
        PLENUM_OK)
        fail_msg("%s", error.text);
    return seq;
}

/* NULL: not there yet. */
static const struct plenum_ledger *ask(struct fixture *fixture, uint64_t seq)
{
    const struct plenum_ledger *ledger;
    struct plenum_error error;
    if (plenum_history_ask(plenum_engine_history(fixture->engine), seq, &ledger, &error) !=
        PLENUM_OK)
        fail_msg("%s", error.text);
    return ledger;
}

static const struct plenum_ledger *wait_for(struct fixture *fixture, uint64_t seq, int64_t *slices)
{
    const struct plenum_ledger *ledger;
    while (!(ledger = ask(fixture, seq))) {
        (void)plenum_history_work(plenum_engine_history(fixture->engine), SLICE_NS);
        ++*slices;
    }
    return ledger;
}

static void check_replay(struct fixture *fixture, const struct plenum_ledger *past, int64_t at_ms)
{
    char expected[65], found[65];
    struct plenum_error error;
    struct plenum_ledger *replayed;
    int64_t until_ms = at_ms - (at_ms - fixture->site->start_ms) % fixture->site->step_ms;
    assert_int_equal(plenum_ledger_now_ms(past), until_ms);
    if (plenum_journal_replay(plenum_engine_journal(fixture->engine), UINT64_MAX, until_ms,
                              &replayed, &error) != PLENUM_OK)
        fail_msg("%s", error.text);
    plenum_ledger_state_hash(replayed, expected);
    plenum_ledger_state_hash(past, found);
    assert_string_equal(expected, found);
    assert_int_equal(plenum_ledger_seq(replayed), plenum_ledger_seq(past));
    plenum_ledger_destroy(replayed);
}

/* At random, then forward in small steps, then back. */
static void test_past_is_a_replay(void **state)
{
    struct fixture *fixture = *state;
    struct random random;
    int64_t slices = 0, start_ms = fixture->site->start_ms, last_ms = STEPS * 1000 - 1;
    char before[65], after[65];
    random_init(&random, 7);
    plenum_ledger_state_hash(plenum_engine_ledger(fixture->engine), before);
    for (int i = 0; i < 36; i++) {
        int64_t at_ms = start_ms + (i < 12   ? random_between(&random, 1000, last_ms)
                                    : i < 24 ? (i - 11) * 50000 + i
                                             : (36 - i) * 90000);
        const struct plenum_ledger *past = wait_for(fixture, find(fixture, at_ms), &slices);
        check_replay(fixture, past, at_ms);
    }
    print_message("%d slices\n", (int)slices);
    assert_true(slices > 36);
    plenum_ledger_state_hash(plenum_engine_ledger(fixture->engine), after);
    assert_string_equal(before, after);
}

/* More are asked for at once than are kept: each comes in the end, and is the one asked for. */
static void test_many_at_once(void **state)
{
    enum { MANY = 3 * PLENUM_HISTORY_STATES };
    struct fixture *fixture = *state;
    bool there[MANY] = {false};
    uint64_t seqs[MANY];
    int left = MANY;
    for (int i = 0; i < MANY; i++)
        seqs[i] = find(fixture, fixture->site->start_ms + (i * 7 % MANY + 1) * 60000);
    for (int round = 0; left > 0; round++) {
        assert_true(round < 100000);
        for (int i = 0; i < MANY; i++) {
            const struct plenum_ledger *past = there[i] ? NULL : ask(fixture, seqs[i]);
            if (!past)
                continue;
            assert_int_equal(plenum_ledger_seq(past), seqs[i]);
            there[i] = true;
            left--;
        }
        (void)plenum_history_work(plenum_engine_history(fixture->engine), SLICE_NS);
    }
    assert_false(plenum_history_work(plenum_engine_history(fixture->engine), SLICE_NS));
}

static void test_ends(void **state)
{
    struct fixture *fixture = *state;
    struct plenum_error error;
    uint64_t seq;
    int64_t slices = 0;
    struct plenum_history *history = plenum_engine_history(fixture->engine);
    assert_int_equal(plenum_history_find(history, fixture->site->start_ms - 1, &seq, &error),
                     PLENUM_INPUT);
    assert_int_equal(find(fixture, fixture->site->start_ms), 1);
    const struct plenum_ledger *past = wait_for(fixture, 1, &slices);
    assert_int_equal(plenum_ledger_seq(past), 1);
    assert_int_equal(plenum_ledger_count(past, PLENUM_ROBOT), fixture->site->robot_count);
    /* Rows that no batch has ended yet are there as well. */
    uint64_t last = plenum_ledger_seq(plenum_engine_ledger(fixture->engine));
    char now[65], then[65];
    past = wait_for(fixture, last, &slices);
    plenum_ledger_state_hash(plenum_engine_ledger(fixture->engine), now);
    plenum_ledger_state_hash(past, then);
    assert_string_equal(now, then);
}

/* A run that past states are asked of comes to where one without a journal comes. */
static void test_run_goes_on(void **state)
{
    struct fixture *fixture = *state;
    struct plenum_error error;
    struct plenum_engine *alone;
    char with[65], without[65];
    for (int i = 0; i < 300; i++) {
        (void)ask(fixture, find(fixture, fixture->site->start_ms + (i * 37 % 1100) * 1000));
        step(fixture->engine, 1);
        (void)plenum_history_work(plenum_engine_history(fixture->engine), SLICE_NS);
    }
    if (plenum_engine_create(fixture->site, NULL, &alone, &error) != PLENUM_OK)
        fail_msg("%s", error.text);
    step(alone, STEPS + 300);
    plenum_ledger_state_hash(plenum_engine_ledger(fixture->engine), with);
    plenum_ledger_state_hash(plenum_engine_ledger(alone), without);
    assert_string_equal(with, without);
    plenum_engine_destroy(alone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_past_is_a_replay),
        cmocka_unit_test(test_many_at_once),
        cmocka_unit_test(test_ends),
        cmocka_unit_test(test_run_goes_on),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
