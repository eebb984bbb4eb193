#include <plenum/error.h>
#include <stdio.h>
#include <string.h>

#include "death.h"
#include "unit.h"

static void test_statuses(void **state)
{
    static const struct {
        enum plenum_status status;
        const char *name;
        int exit_code;
    } cases[] = {
        {PLENUM_OK, "ok", 0},
        {PLENUM_REFUSED, "refused", 1},
        {PLENUM_INPUT, "bad-input", 2},
        {PLENUM_LIMIT, "limit", 2},
        {PLENUM_MISMATCH, "mismatch", 1},
        {PLENUM_CORRUPT, "corrupt", 1},
        {PLENUM_VERSION, "version", 2},
        {PLENUM_IO, "io", 1},
        {PLENUM_MEMORY, "memory", 1},
        {PLENUM_STOPPED, "stopped", 130},
    };
    (void)state;
    assert_int_equal(COUNT_OF(cases), PLENUM_STATUS_COUNT);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_string_equal(plenum_status_name(cases[i].status), cases[i].name);
        assert_int_equal(plenum_status_exit_code(cases[i].status), cases[i].exit_code);
    }
}

static void test_fail(void **state)
{
    struct plenum_error error = {0};
    (void)state;
    assert_int_equal(plenum_fail(&error, PLENUM_LIMIT, "%d of %s", 7, "six"), PLENUM_LIMIT);
    assert_int_equal(error.status, PLENUM_LIMIT);
    assert_string_equal(error.text, "7 of six");
    assert_int_equal(plenum_fail(NULL, PLENUM_IO, "%s", "nobody reads this"), PLENUM_IO);
}

static void test_fail_wraps_its_own_text(void **state)
{
    struct plenum_error error = {0};
    (void)state;
    assert_int_equal(plenum_fail(&error, PLENUM_IO, "disk full"), PLENUM_IO);
    assert_int_equal(plenum_fail(&error, PLENUM_IO, "journal: %s", error.text), PLENUM_IO);
    assert_string_equal(error.text, "journal: disk full");
}

static void test_fail_cuts_long_text(void **state)
{
    struct plenum_error error = {0};
    char text[2 * sizeof error.text] = {0};
    const size_t room = sizeof error.text - 1;
    (void)state;
    memset(text, 'a', room);
    assert_int_equal(plenum_fail(&error, PLENUM_INPUT, "%s", text), PLENUM_INPUT);
    assert_string_equal(error.text, text);
    text[room] = 'b';
    assert_int_equal(plenum_fail(&error, PLENUM_INPUT, "%s", text), PLENUM_INPUT);
    assert_int_equal(strlen(error.text), room);
    assert_string_equal(error.text + room - 4, "a...");
}

static void test_fail_cuts_between_characters(void **state)
{
    struct plenum_error error = {0};
    char text[2 * sizeof error.text] = {0};
    const size_t room = sizeof error.text - 1;
    (void)state;
    for (size_t shift = 0; shift < 3; shift++) {
        memset(text, 0, sizeof text);
        memset(text, 'a', shift);
        while (strlen(text) <= room)
            memcpy(text + strlen(text), "\xE2\x82\xAC", 3);
        assert_int_equal(plenum_fail(&error, PLENUM_INPUT, "%s", text), PLENUM_INPUT);
        size_t length = strlen(error.text);
        assert_true(length <= room && length > room - 3);
        assert_string_equal(error.text + length - 3, "...");
        assert_int_equal((length - 3 - shift) % 3, 0);
    }
}

static void fail_with_ok(void)
{
    if (plenum_fail(NULL, PLENUM_OK, "not a failure") == PLENUM_OK)
        puts("lived");
}

static void test_ok_is_no_failure(void **state)
{
    (void)state;
    assert_true(death_of(fail_with_ok));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_statuses),
        cmocka_unit_test(test_fail),
        cmocka_unit_test(test_fail_wraps_its_own_text),
        cmocka_unit_test(test_fail_cuts_long_text),
        cmocka_unit_test(test_fail_cuts_between_characters),
        cmocka_unit_test(test_ok_is_no_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
