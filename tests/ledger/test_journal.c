/* The journal: what was acknowledged is there after every kind of end, nothing else is, and a
 * failed disk stops the process. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/log.h"
#include "journal_for_tests.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char path[] = "run.journal";

static void open_ok(struct run *run, const struct disk *disk, const char *name, int64_t every)
{
    struct plenum_error error = {0};
    if (run_open(run, disk, name, every, &error) != PLENUM_OK)
        fail_msg("%s", error.text);
}

static void goes_on_after_close(void **state)
{
    struct test_disk disk;
    struct run run;
    char before[65], after[65];
    (void)state;
    test_disk_init(&disk);
    for (uint64_t round = 0; round < 4; round++) {
        open_ok(&run, &disk.disk, path, 50);
        assert_int_equal(plenum_ledger_seq(run.ledger), round * 60);
        plenum_ledger_state_hash(run.ledger, after);
        if (round > 0)
            assert_string_equal(after, before);
        for (int i = 0; i < 60; i++) {
            run_submit(&run);
            plenum_journal_snapshot(run.journal, run.ledger, false);
        }
        assert_int_equal(plenum_journal_sync(run.journal), (round + 1) * 60);
        plenum_ledger_state_hash(run.ledger, before);
        run_close(&run);
    }
    test_disk_finish(&disk);
}

/* The row that an instant has: by a walk from the first row. */
struct instant_walk {
    int64_t at_ms, last_ms;
    uint64_t seq;
};

static bool walk_instants(void *context, const struct plenum_journal_row *row)
{
    struct instant_walk *walk = context;
    if (row->now_ms > walk->at_ms)
        return false;
    if (row->now_ms != walk->last_ms)
        walk->seq = row->seq - 1;
    walk->last_ms = row->now_ms;
    return true;
}

static void instants_have_rows(void **state)
{
    struct test_disk disk;
    struct run run;
    struct plenum_error error;
    uint64_t seq, snapshot;
    (void)state;
    test_disk_init(&disk);
    open_ok(&run, &disk.disk, path, 50);
    for (int i = 0; i < 400; i++) {
        run_submit(&run);
        plenum_journal_snapshot(run.journal, run.ledger, false);
    }
    int64_t start_ms = run.site->start_ms, end_ms = plenum_ledger_now_ms(run.ledger);
    assert_int_equal(plenum_journal_seq_at(run.journal, start_ms - 1, &seq, &error), PLENUM_INPUT);
    assert_true(end_ms > start_ms);
    for (int64_t at_ms = start_ms; at_ms < end_ms; at_ms += 1 + (end_ms - start_ms) / 97) {
        struct instant_walk walk = {at_ms, INT64_MIN, 0};
        assert_int_equal(plenum_journal_walk(run.journal, 1, walk_instants, &walk, &error),
                         PLENUM_OK);
        assert_int_equal(plenum_journal_seq_at(run.journal, at_ms, &seq, &error), PLENUM_OK);
        assert_int_equal(seq, walk.seq > 0 ? walk.seq : 1);
        assert_int_equal(plenum_journal_snapshot_seq(run.journal, seq, &snapshot, &error),
                         PLENUM_OK);
        assert_int_equal(snapshot, seq - seq % 50);
    }
    run_close(&run);
    test_disk_finish(&disk);
}

static bool stop_soon(void *context)
{
    return ++*(int *)context % 7 != 0;
}

/* A few rows at a time, from any snapshot: the state at the end is the same. */
static void goes_forward_in_parts(void **state)
{
    struct test_disk disk;
    struct run run;
    struct plenum_error error;
    char whole[65], parts[65];
    (void)state;
    test_disk_init(&disk);
    open_ok(&run, &disk.disk, path, 60);
    for (int i = 0; i < 200; i++) {
        run_submit(&run);
        plenum_journal_snapshot(run.journal, run.ledger, false);
    }
    plenum_ledger_state_hash(run.ledger, whole);
    for (uint64_t from = 0; from <= 200; from += 67) {
        struct plenum_ledger *ledger;
        int rows = 0, calls = 0;
        assert_int_equal(plenum_journal_restore(run.journal, from, &ledger, &error), PLENUM_OK);
        assert_int_equal(plenum_ledger_seq(ledger), from - from % 60);
        for (; plenum_ledger_seq(ledger) < 200; calls++)
            assert_int_equal(
                plenum_journal_forward(run.journal, ledger, 200, stop_soon, &rows, &error),
                PLENUM_OK);
        assert_true(calls > 2);
        plenum_ledger_state_hash(ledger, parts);
        assert_string_equal(parts, whole);
        plenum_ledger_destroy(ledger);
    }
    run_close(&run);
    test_disk_finish(&disk);
}

struct seen {
    uint64_t rows, taken, refused;
};

static bool count_row(void *context, const struct plenum_journal_row *row)
{
    struct seen *seen = context;
    seen->rows++;
    assert_int_equal(row->seq, seen->rows);
    assert_int_equal(row->taken, row->refusal == NULL);
    seen->taken += row->taken;
    seen->refused += !row->taken;
    return true;
}

static void walks_and_counts(void **state)
{
    struct test_disk disk;
    struct run run;
    struct seen seen = {0};
    struct plenum_journal_stat stat;
    (void)state;
    test_disk_init(&disk);
    open_ok(&run, &disk.disk, path, 50);
    for (int i = 0; i < 200; i++)
        run_submit(&run);
    plenum_journal_snapshot(run.journal, run.ledger, true);
    assert_int_equal(plenum_journal_walk(run.journal, 1, count_row, &seen, NULL), PLENUM_OK);
    assert_int_equal(plenum_journal_stat(run.journal, &stat, NULL), PLENUM_OK);
    assert_int_equal(seen.rows, 200);
    assert_true(seen.refused > 10 && seen.taken > 100);
    assert_int_equal(stat.rows, 200);
    assert_int_equal(stat.taken, seen.taken);
    assert_int_equal(stat.refused, seen.refused);
    assert_int_equal(stat.snapshots, 1);
    assert_int_equal(stat.last_snapshot_seq, 200);
    run_close(&run);
    test_disk_finish(&disk);
}

/* One run of 40 commands and its end, with a power cut at one of its writes. Returns how many
 * writes there were; *acknowledged when the cut came. */
static int64_t run_with_cut(struct test_disk *disk, uint64_t *acknowledged)
{
    struct run run;
    uint64_t synced = 0;
    open_ok(&run, &disk->disk, path, 15);
    for (uint64_t i = 0; i < 40; i++) {
        run_submit(&run);
        plenum_journal_snapshot(run.journal, run.ledger, false);
        if (i % 4 != 0)
            continue;
        synced = plenum_journal_sync(run.journal);
        if (disk->writes < disk->cut_write)
            *acknowledged = synced;
    }
    run_close(&run);
    return disk->writes;
}

/* Rows that were not synced may be lost; rows that were may not. */
static void survives_power_cuts(void **state)
{
    struct random random;
    int64_t writes = 1000;
    (void)state;
    random_init(&random, 20260105);
    for (int64_t cuts = 0; cuts < 4 * writes; cuts++) {
        struct test_disk disk, cut;
        struct run run;
        uint64_t acknowledged = 0;
        test_disk_init(&disk);
        test_disk_init(&cut);
        disk.cut_write = 1 + cuts / 4;
        disk.cut = &cut;
        disk.random = &random;
        writes = run_with_cut(&disk, &acknowledged);
        open_ok(&run, &cut.disk, path, 15);
        assert_true(plenum_ledger_seq(run.ledger) >= acknowledged);
        assert_true(plenum_ledger_seq(run.ledger) <= 40);
        run_close(&run);
        test_disk_finish(&disk);
        test_disk_finish(&cut);
    }
}

/* Runs commands in a child on a disk that fails; the parent gives the child's exit code. */
static int run_until_failure(int64_t fail_write, int64_t fail_sync)
{
    pid_t child = fork();
    int status;
    if (child == 0) {
        struct test_disk disk;
        struct run run;
        test_disk_init(&disk);
        if (run_open(&run, &disk.disk, path, 20, NULL) != PLENUM_OK)
            _exit(99);
        disk.fail_write = fail_write > 0 ? disk.writes + fail_write : 0;
        disk.fail_sync = fail_sync > 0 ? disk.syncs + fail_sync : 0;
        for (int i = 0; i < 200; i++) {
            run_submit(&run);
            (void)plenum_journal_sync(run.journal);
        }
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void stops_when_the_disk_fails(void **state)
{
    (void)state;
    assert_int_equal(run_until_failure(0, 0), 0);
    for (int64_t n = 1; n < 200; n += 23) {
        assert_int_equal(run_until_failure(n, 0), plenum_status_exit_code(PLENUM_IO));
        assert_int_equal(run_until_failure(0, n), plenum_status_exit_code(PLENUM_IO));
    }
}

/* A child appends and writes each acknowledged number to the pipe until it is killed. */
static void append_for_ever(const char *name, int out)
{
    struct run run;
    struct plenum_error error = {0};
    if (run_open(&run, &disk_system, name, 64, &error) != PLENUM_OK)
        _exit(98);
    for (uint64_t i = 0;; i++) {
        run_submit(&run);
        plenum_journal_snapshot(run.journal, run.ledger, false);
        if (i % 7 == 0) {
            uint64_t seq = plenum_journal_sync(run.journal);
            if (write(out, &seq, sizeof seq) != (ssize_t)sizeof seq)
                _exit(97);
        }
    }
}

static uint64_t kill_after(const char *name, long wait_us)
{
    int ends[2], status;
    uint64_t seq, last = 0;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0)
        append_for_ever(name, ends[1]);
    close(ends[1]);
    struct timespec wait = {0, wait_us * 1000};
    nanosleep(&wait, NULL);
    kill(child, SIGKILL);
    while (read(ends[0], &seq, sizeof seq) == (ssize_t)sizeof seq)
        last = seq;
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    return last;
}

static void survives_kills(void **state)
{
    char name[] = "/tmp/plenum-journal-XXXXXX", file[64], log[64];
    struct random random;
    struct run run;
    (void)state;
    assert_non_null(mkdtemp(name));
    snprintf(file, sizeof file, "%s/j", name);
    snprintf(log, sizeof log, "%s/j-wal", name);
    random_init(&random, 4);
    for (int round = 0; round < 6; round++) {
        uint64_t last = kill_after(file, (long)(20000 + random_below(&random, 120000)));
        if (last == 0 && access(file, F_OK) != 0)
            continue;
        open_ok(&run, &disk_system, file, 64);
        assert_true(plenum_ledger_seq(run.ledger) >= last);
        run_close(&run);
    }
    assert_int_equal(remove(file), 0);
    (void)remove(log);
    assert_int_equal(rmdir(name), 0);
}

static void refuses_a_second_writer(void **state)
{
    char name[] = "/tmp/plenum-journal-XXXXXX", file[64];
    struct run run;
    struct plenum_journal *second;
    struct plenum_error error;
    (void)state;
    assert_non_null(mkdtemp(name));
    snprintf(file, sizeof file, "%s/j", name);
    open_ok(&run, &disk_system, file, 64);
    assert_int_equal(plenum_journal_open(file, run.site, NULL, &second, &error), PLENUM_IO);
    assert_non_null(strstr(error.text, "another process has it open"));
    run_close(&run);
    assert_int_equal(remove(file), 0);
    assert_int_equal(rmdir(name), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(goes_on_after_close),   cmocka_unit_test(instants_have_rows),
        cmocka_unit_test(goes_forward_in_parts), cmocka_unit_test(walks_and_counts),
        cmocka_unit_test(survives_power_cuts),   cmocka_unit_test(stops_when_the_disk_fails),
        cmocka_unit_test(survives_kills),        cmocka_unit_test(refuses_a_second_writer),
    };
    log_set_level(LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
