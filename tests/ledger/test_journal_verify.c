/* Verification: any bit that changes anywhere in a journal or its log is found and named; what a
 * power cut leaves is told from it; files that are no journal of this format are refused. */
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
#include "ledger/journal_page.h"

static const char path[] = "run.journal";

struct report {
    char text[4096];
    int lines;
};

static void keep_line(void *context, const char *text)
{
    struct report *report = context;
    size_t length = strlen(report->text);
    snprintf(report->text + length, sizeof report->text - length, "%s\n", text);
    report->lines++;
}

static enum plenum_status verify(struct test_disk *disk, bool fast, struct report *report,
                                 struct plenum_error *error)
{
    *report = (struct report){0};
    return journal_verify_on(&disk->disk, path, fast, keep_line, report, error);
}

static void make_run(struct run *run, struct test_disk *disk, int commands)
{
    struct plenum_error error;
    test_disk_init(disk);
    if (run_open(run, &disk->disk, path, 30, &error) != PLENUM_OK)
        fail_msg("%s", error.text);
    for (int i = 0; i < commands; i++) {
        run_submit(run);
        plenum_journal_snapshot(run->journal, run->ledger, false);
        if (i % 10 == 9)
            (void)plenum_journal_sync(run->journal);
    }
}

/* The files as a kill would leave them: whatever was written, with the log. */
static void copy_disk(const struct test_disk *from, struct test_disk *to)
{
    test_disk_init(to);
    for (int i = 0; i < TEST_DISK_FILES; i++) {
        const struct test_file *file = &from->files[i];
        void *copy;
        if (!file->used)
            continue;
        assert_int_equal(to->disk.open(to, file->path, DISK_WRITE | DISK_CREATE, &copy), 0);
        if (file->size > 0)
            assert_int_equal(to->disk.write(to, copy, file->data, (size_t)file->size, 0), 0);
        assert_int_equal(to->disk.sync(to, copy), 0);
    }
}

static void accepts_what_is_whole(void **state)
{
    struct test_disk disk, killed;
    struct report report;
    struct plenum_error error;
    struct run run;
    (void)state;
    make_run(&run, &disk, 100);
    copy_disk(&disk, &killed);
    run_close(&run);
    for (int fast = 0; fast < 2; fast++) {
        if (verify(&disk, fast, &report, &error) != PLENUM_OK || report.lines > 0)
            fail_msg("%s: %s", error.text, report.text);
        if (verify(&killed, fast, &report, &error) != PLENUM_OK || report.lines > 0)
            fail_msg("%s: %s", error.text, report.text);
    }
    assert_true(test_disk_file(&killed, "run.journal-wal")->size > 0);
    test_disk_finish(&disk);
    test_disk_finish(&killed);
}

/* Flips one bit of a file, and says what the report must hold then. */
static void flip(struct test_disk *disk, const char *name, int64_t at, unsigned bit)
{
    struct test_file *file = test_disk_file(disk, name);
    struct report report;
    struct plenum_error error = {0};
    char expected[64];
    bool log = strcmp(name, path) != 0;
    int64_t page = at / PAGE_BYTES + 1;
    int64_t frame = (at - LOG_HEADER_BYTES) / LOG_FRAME_BYTES + 1;
    if (!log)
        snprintf(expected, sizeof expected, "page %lld:", (long long)page);
    else if (at < LOG_HEADER_BYTES)
        snprintf(expected, sizeof expected, "log: its header");
    else
        snprintf(expected, sizeof expected, "log: frame %lld ", (long long)frame);

    file->data[at] ^= (uint8_t)(1u << (bit & 7u));
    enum plenum_status status = verify(disk, true, &report, &error);
    file->data[at] ^= (uint8_t)(1u << (bit & 7u));
    if (status != PLENUM_CORRUPT || strstr(report.text, expected) == NULL)
        fail_msg("%s byte %lld bit %u: status %s %s, expected '%s' in '%s'", name, (long long)at,
                 bit, plenum_status_name(status), error.text, expected, report.text);
}

static void finds_any_bit_of_a_closed_journal(void **state)
{
    struct test_disk disk;
    struct run run;
    (void)state;
    make_run(&run, &disk, 100);
    run_close(&run);
    int64_t size = test_disk_file(&disk, path)->size;
    for (int64_t at = 0; at < size; at += at < 120 || at % PAGE_BYTES > 4080 ? 1 : 61)
        flip(&disk, path, at, (unsigned)(at % 8));
    for (int64_t at = PAGE_BYTES; at < 2 * PAGE_BYTES; at++)
        flip(&disk, path, at, (unsigned)(at % 7));
    for (int64_t at = 0; at < 100; at++)
        flip(&disk, path, at, (unsigned)((at + 3) % 8));
    test_disk_finish(&disk);
}

static void finds_any_bit_of_a_killed_journal(void **state)
{
    static const char log[] = "run.journal-wal";
    struct test_disk disk, killed;
    struct run run;
    (void)state;
    make_run(&run, &disk, 60);
    copy_disk(&disk, &killed);
    run_close(&run);
    int64_t size = test_disk_file(&killed, log)->size;
    int64_t last = size - LOG_FRAME_BYTES;
    for (int64_t at = 0; at < size; at += at < 100 ? 1 : 409)
        flip(&killed, log, at, (unsigned)(at % 8));
    for (int64_t at = last; at < size; at++)
        flip(&killed, log, at, (unsigned)(at % 8));
    size = test_disk_file(&killed, path)->size;
    for (int64_t at = 0; at < size; at += 1999)
        flip(&killed, path, at, (unsigned)(at % 8));
    test_disk_finish(&disk);
    test_disk_finish(&killed);
}

/* What a cut leaves is no fault, wherever it falls. */
static void tells_torn_from_rotten(void **state)
{
    struct random random;
    int torn = 0;
    (void)state;
    random_init(&random, 7);
    for (int64_t at = 1; at <= 40; at++) {
        struct test_disk disk, cut;
        struct report report;
        struct plenum_error error;
        struct run run;
        test_disk_init(&cut);
        test_disk_init(&disk);
        disk.cut_write = at;
        disk.cut = &cut;
        disk.random = &random;
        assert_int_equal(run_open(&run, &disk.disk, path, 30, NULL), PLENUM_OK);
        for (int i = 0; i < 40; i++) {
            run_submit(&run);
            (void)plenum_journal_sync(run.journal);
        }
        run_close(&run);
        if (test_disk_file(&cut, path) != NULL) {
            if (verify(&cut, false, &report, &error) != PLENUM_OK)
                fail_msg("cut at write %lld: %s: %s", (long long)at, error.text, report.text);
            torn += report.lines > 0;
        }
        test_disk_finish(&disk);
        test_disk_finish(&cut);
    }
    assert_true(torn > 3);
}

static void change_page_1(struct test_disk *disk, int64_t at, uint8_t value, bool sealed)
{
    struct test_file *file = test_disk_file(disk, path);
    file->data[at] = value;
    if (sealed)
        page_seal(file->data, 1);
}

static void refuses_other_files(void **state)
{
    struct test_disk disk;
    struct report report;
    struct plenum_error error = {0};
    struct run run;
    (void)state;
    make_run(&run, &disk, 10);
    run_close(&run);
    struct test_file *file = test_disk_file(&disk, path);

    change_page_1(&disk, 63, PLENUM_JOURNAL_FORMAT + 1, true);
    assert_int_equal(verify(&disk, true, &report, &error), PLENUM_VERSION);
    assert_non_null(strstr(error.text, "found format 6, expected format 5"));
    assert_int_equal(run_open(&run, &disk.disk, path, 0, &error), PLENUM_VERSION);
    run_close(&run);
    change_page_1(&disk, 63, PLENUM_JOURNAL_FORMAT, true);

    memset(file->data + 68, 0, 4);
    assert_int_equal(verify(&disk, true, &report, &error), PLENUM_INPUT);
    assert_non_null(strstr(error.text, "another program"));
    memcpy(file->data, "plain text that is no database at all", 38);
    assert_int_equal(run_open(&run, &disk.disk, path, 0, &error), PLENUM_INPUT);
    run_close(&run);
    file->size = 0;
    assert_int_equal(verify(&disk, true, &report, &error), PLENUM_INPUT);
    assert_non_null(strstr(error.text, "empty file"));
    test_disk_finish(&disk);
}

/* A row changed by someone who also made the page's checksum right again. */
static void finds_a_changed_row(void **state)
{
    struct test_disk disk;
    struct report report;
    struct plenum_error error;
    struct run run;
    bool found = false;
    (void)state;
    make_run(&run, &disk, 100);
    run_close(&run);
    struct test_file *file = test_disk_file(&disk, path);
    for (int64_t at = 0; at + 13 < file->size && !found; at++) {
        found = memcmp(file->data + at, "planner/fleet", 13) == 0;
        if (found) {
            int64_t page = at / PAGE_BYTES;
            file->data[at] = 'P';
            page_seal(file->data + page * PAGE_BYTES, (uint32_t)page + 1);
        }
    }
    assert_true(found);
    assert_int_equal(verify(&disk, false, &report, &error), PLENUM_CORRUPT);
    assert_non_null(strstr(report.text, "its link of the chain does not hold"));
    assert_non_null(strstr(report.text, "row "));
    test_disk_finish(&disk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_what_is_whole),
        cmocka_unit_test(finds_any_bit_of_a_closed_journal),
        cmocka_unit_test(finds_any_bit_of_a_killed_journal),
        cmocka_unit_test(tells_torn_from_rotten),
        cmocka_unit_test(refuses_other_files),
        cmocka_unit_test(finds_a_changed_row),
    };
    log_set_level(LOG_ERROR);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
