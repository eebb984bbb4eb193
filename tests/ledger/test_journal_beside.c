/* Readers beside a writer: each sees a whole journal as it was when it came, however much is
 * written after; nothing is written to the main file until the last of them has gone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/hash.h"
#include "base/memory.h"
#include "journal_for_tests.h"

enum { LOG_BYTES = 4096 * 4120 }; /* after so many the writer makes a checkpoint */

struct place {
    char folder[40], path[64], log[64];
    struct run run;
};

static int64_t size_of(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 ? (int64_t)status.st_size : -1;
}

static struct hash hash_of_file(const char *path)
{
    int64_t size = size_of(path);
    assert_true(size >= 0);
    uint8_t *data = memory_new((size_t)size, 1);
    FILE *in = fopen(path, "rb");
    assert_non_null(in);
    assert_int_equal(fread(data, 1, (size_t)size, in), size);
    (void)fclose(in);
    struct hash hash = hash_of(data, (size_t)size);
    free(data);
    return hash;
}

static void open_writer(struct place *place)
{
    struct plenum_error error = {0};
    if (run_open(&place->run, &disk_system, place->path, 500, &error) != PLENUM_OK)
        fail_msg("%s", error.text);
}

static int begin(void **state)
{
    struct place *place = *state = calloc(1, sizeof *place);
    snprintf(place->folder, sizeof place->folder, "/tmp/plenum-beside-XXXXXX");
    assert_non_null(mkdtemp(place->folder));
    snprintf(place->path, sizeof place->path, "%s/journal", place->folder);
    snprintf(place->log, sizeof place->log, "%s/journal-wal", place->folder);
    open_writer(place);
    return 0;
}

static int end(void **state)
{
    struct place *place = *state;
    run_close(&place->run);
    assert_int_equal(remove(place->path), 0);
    assert_int_equal(rmdir(place->folder), 0); /* the log is gone */
    free(place);
    return 0;
}

static void write_rows(struct place *place, int count)
{
    for (; count > 0; count--) {
        run_submit(&place->run);
        plenum_journal_sync(place->run.journal);
        plenum_journal_snapshot(place->run.journal, place->run.ledger, false);
    }
}

/* One row that fills many pages. */
static void write_much(struct place *place)
{
    struct plenum_command command;
    struct plenum_outcome outcome;
    struct plenum_sink sink = plenum_journal_sink(place->run.journal);
    plenum_command_init(&command, PLENUM_COMMAND_OTHER, "much");
    for (int i = 0; i < 100000; i++)
        plenum_command_set(&command, plenum_ref(PLENUM_RACK, 0), PLENUM_RACK_FAULT, 1LL << 50);
    assert_int_equal(plenum_ledger_submit(place->run.ledger, &command, &sink, &outcome, NULL),
                     PLENUM_OK);
    plenum_journal_sync(place->run.journal);
    plenum_command_finish(&command);
}

/* A reader, with what the journal holds when it comes. */
struct seen {
    struct plenum_journal *journal;
    uint64_t rows;
    char hash[65];
};

static void check_seen(const struct seen *seen)
{
    struct plenum_journal_stat stat;
    struct plenum_error error;
    struct plenum_ledger *ledger = NULL;
    char hash[65];
    if (plenum_journal_stat(seen->journal, &stat, &error) != PLENUM_OK ||
        plenum_journal_replay(seen->journal, UINT64_MAX, PLENUM_FOREVER, &ledger, &error) !=
            PLENUM_OK)
        fail_msg("%s", error.text);
    assert_int_equal(stat.rows, seen->rows);
    plenum_ledger_state_hash(ledger, hash);
    assert_string_equal(hash, seen->hash);
    plenum_ledger_destroy(ledger);
}

static void reader_comes(struct place *place, struct seen *seen)
{
    struct plenum_error error;
    struct plenum_journal_options options = {.read_only = true};
    if (plenum_journal_open(place->path, NULL, &options, &seen->journal, &error) != PLENUM_OK)
        fail_msg("%s", error.text);
    seen->rows = plenum_ledger_seq(place->run.ledger);
    plenum_ledger_state_hash(place->run.ledger, seen->hash);
    check_seen(seen);
}

static void test_readers_come_and_go(void **state)
{
    struct place *place = *state;
    struct seen first, second;
    write_rows(place, 40);
    reader_comes(place, &first);
    struct hash main_file = hash_of_file(place->path);
    write_rows(place, 40);
    reader_comes(place, &second);
    while (size_of(place->log) < LOG_BYTES)
        write_much(place);
    check_seen(&first);
    check_seen(&second);
    struct hash again = hash_of_file(place->path);
    assert_true(hash_equal(&main_file, &again));
    plenum_journal_close(first.journal);
    write_rows(place, 5);
    assert_true(size_of(place->log) >= LOG_BYTES);
    check_seen(&second);
    plenum_journal_close(second.journal);
    write_rows(place, 1);
    assert_int_equal(size_of(place->log), 0);
}

/* A writer that ends while somebody reads leaves its log; the next takes it up when it may. */
static void test_log_is_left(void **state)
{
    struct place *place = *state;
    struct seen reader;
    char before[65], after[65];
    write_rows(place, 30);
    plenum_ledger_state_hash(place->run.ledger, before);
    reader_comes(place, &reader);
    run_close(&place->run);
    assert_true(size_of(place->log) > 0);
    check_seen(&reader);
    plenum_journal_close(reader.journal);
    open_writer(place);
    plenum_ledger_state_hash(place->run.ledger, after);
    assert_string_equal(before, after);
    assert_int_equal(size_of(place->log), 0);
}

/* What is not durable yet is not seen. */
static void test_open_batch_is_not_seen(void **state)
{
    struct place *place = *state;
    struct plenum_error error;
    struct plenum_journal *journal;
    struct plenum_journal_stat stat;
    struct plenum_journal_options options = {.read_only = true};
    write_rows(place, 1);
    uint64_t durable = plenum_ledger_seq(place->run.ledger);
    run_submit(&place->run);
    if (plenum_journal_open(place->path, NULL, &options, &journal, &error) != PLENUM_OK ||
        plenum_journal_stat(journal, &stat, &error) != PLENUM_OK)
        fail_msg("%s", error.text);
    assert_int_equal(stat.rows, durable);
    plenum_journal_close(journal);
    plenum_journal_sync(place->run.journal);
}

static void test_second_writer_is_refused(void **state)
{
    struct place *place = *state;
    struct plenum_error error;
    struct plenum_journal *journal;
    assert_int_equal(plenum_journal_open(place->path, NULL, NULL, &journal, &error), PLENUM_IO);
    assert_non_null(strstr(error.text, "another process has it open"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_readers_come_and_go),
        cmocka_unit_test(test_log_is_left),
        cmocka_unit_test(test_open_batch_is_not_seen),
        cmocka_unit_test(test_second_writer_is_refused),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
