#include "base/instant.h"

#include <stdio.h>

#include "base/random.h"
#include "unit.h"

/* Both ways: the text of the instant, and the instant of the text. */
static const struct {
    int64_t instant_ms;
    const char *text;
} instants[] = {
    {0, "1970-01-01T00:00Z"},
    {-1, "1969-12-31T23:59:59.999Z"},
    {-60000, "1969-12-31T23:59Z"},
    {-86400000, "1969-12-31T00:00Z"},
    {1, "1970-01-01T00:00:00.001Z"},
    {59000, "1970-01-01T00:00:59Z"},
    {59999, "1970-01-01T00:00:59.999Z"},
    {60000, "1970-01-01T00:01Z"},
    {1767571200000 + 36000000, "2026-01-05T10:00Z"},
    {1767571200000 + 36005000, "2026-01-05T10:00:05Z"},
    {1767571200000 + 36000250, "2026-01-05T10:00:00.250Z"},
    {68169600000, "1972-02-29T00:00Z"},
    {951782400000, "2000-02-29T00:00Z"},
    {951868800000, "2000-03-01T00:00Z"},
    {4107456000000, "2100-02-28T00:00Z"},
    {4107542400000, "2100-03-01T00:00Z"},
    {13574563200000, "2400-02-29T00:00Z"},
    {-2203977600000, "1900-02-28T00:00Z"},
    {-2203891200000, "1900-03-01T00:00Z"},
    {-11670998400000, "1600-02-29T00:00Z"},
    {-62135596800000, "0001-01-01T00:00Z"},
    {-62167219200000, "0000-01-01T00:00Z"},
    {253402300799999, "9999-12-31T23:59:59.999Z"},
};

static void test_instants_both_ways(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(instants); i++) {
        char text[INSTANT_TEXT];
        int64_t instant_ms = 0;
        assert_ptr_equal(instant_format(instants[i].instant_ms, text), text);
        assert_string_equal(text, instants[i].text);
        assert_true(instant_parse(instants[i].text, &instant_ms));
        assert_int_equal(instant_ms, instants[i].instant_ms);
    }
}

/* What is written but never read: years that RFC 3339 has not, and for ever. */
static void test_instants_far_away(void **state)
{
    static const struct {
        int64_t instant_ms;
        const char *text;
    } cases[] = {
        {INT64_MAX, "forever"},
        {INT64_MAX - 1, "+292278994-08-17T07:12:55.806Z"},
        {INT64_MIN, "-292275055-05-16T16:47:04.192Z"},
        {253402300800000, "+10000-01-01T00:00Z"},
        {-62167219200001, "-0001-12-31T23:59:59.999Z"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char text[INSTANT_TEXT];
        int64_t instant_ms = 7;
        assert_string_equal(instant_format(cases[i].instant_ms, text), cases[i].text);
        assert_false(instant_parse(text, &instant_ms));
        assert_int_equal(instant_ms, 7);
    }
}

static void test_instants_read(void **state)
{
    static const struct {
        const char *text;
        int64_t instant_ms;
    } cases[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"1970-01-01t00:00z", 0},
        {"1970-01-01T00:00:00.000Z", 0},
        {"1970-01-01T01:00+01:00", 0},
        {"1970-01-01T01:00:00+01:00", 0},
        {"1969-12-31T18:30-05:30", 0},
        {"1970-01-01T00:00-00:00", 0},
        {"1970-01-01T23:59+23:59", 0},
        {"1970-01-01T00:00:00.5Z", 500},
        {"1970-01-01T00:00:00.12Z", 120},
        {"1970-01-01T00:00:00.123456789Z", 123},
        {"1970-01-01T00:00:00.9999999999999Z", 999},
        {"0000-01-01T00:00+23:59", -62167219200000 - 86340000},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int64_t instant_ms = -7;
        if (!instant_parse(cases[i].text, &instant_ms))
            fail_msg("%s was not read", cases[i].text);
        assert_int_equal(instant_ms, cases[i].instant_ms);
    }
}

static void test_instants_refused(void **state)
{
    static const char *const cases[] = {
        "",
        "Z",
        "forever",
        "2026-01-05",
        "2026-01-05T10:00",
        "2026-01-05T10:00:00",
        "2026-01-05T10Z",
        "2026-01-05 10:00Z",
        " 2026-01-05T10:00Z",
        "2026-01-05T10:00Z ",
        "2026-01-05T10:00ZZ",
        "2026-01-05T10:00:00.Z",
        "2026-01-05T10:00.5Z",
        "2026-01-05T10:00:0Z",
        "2026-01-05T1:00Z",
        "2026-1-05T10:00Z",
        "26-01-05T10:00Z",
        "12026-01-05T10:00Z",
        "-2026-01-05T10:00Z",
        "+2026-01-05T10:00Z",
        "2026-00-05T10:00Z",
        "2026-13-05T10:00Z",
        "2026-01-00T10:00Z",
        "2026-01-32T10:00Z",
        "2026-04-31T10:00Z",
        "2026-02-29T10:00Z",
        "1900-02-29T10:00Z",
        "2100-02-29T10:00Z",
        "2000-02-30T10:00Z",
        "2026-01-05T24:00Z",
        "2026-01-05T10:60Z",
        "2026-01-05T10:00:60Z",
        "2016-12-31T23:59:60Z",
        "2026-01-05T10:00+1:00",
        "2026-01-05T10:00+0100",
        "2026-01-05T10:00+01",
        "2026-01-05T10:00+24:00",
        "2026-01-05T10:00+01:60",
        "2026-01-05T10:00+01:00Z",
        "2026-01-05T-1:00Z",
        "2O26-01-05T10:00Z",
        "2026-01-0:T10:00Z",
        "2026-01-1/T10:00Z",
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int64_t instant_ms = 7;
        if (instant_parse(cases[i], &instant_ms))
            fail_msg("%s was read", cases[i]);
        assert_int_equal(instant_ms, 7);
    }
}

/* ---- the calendar, against counting day by day ---- */

static int naive_month_days(int year, int month)
{
    if (month == 2)
        return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

static void check_day(int year, int month, int day, int64_t instant_ms)
{
    char expected[48], text[INSTANT_TEXT];
    int64_t parsed_ms = 0;
    snprintf(expected, sizeof expected, "%04d-%02d-%02dT00:00Z", year, month, day);
    assert_string_equal(instant_format(instant_ms, text), expected);
    assert_true(instant_parse(expected, &parsed_ms));
    assert_int_equal(parsed_ms, instant_ms);
}

static void test_every_day_of_a_millennium(void **state)
{
    int64_t instant_ms = -11676096000000; /* 1600-01-01 */
    (void)state;
    for (int year = 1600; year < 2600; year++)
        for (int month = 1; month <= 12; month++)
            for (int day = 1; day <= naive_month_days(year, month); day++) {
                check_day(year, month, day, instant_ms);
                instant_ms += 86400000;
            }
}

static void test_random_instants_round_trip(void **state)
{
    struct random random;
    (void)state;
    random_init(&random, 5);
    for (int i = 0; i < 100000; i++) {
        char text[INSTANT_TEXT];
        int64_t instant_ms = random_between(&random, -62167219200000, 253402300799999);
        int64_t parsed_ms = 0;
        assert_true(instant_parse(instant_format(instant_ms, text), &parsed_ms));
        assert_int_equal(parsed_ms, instant_ms);
    }
}

/* ---- durations ---- */

static void test_durations_both_ways(void **state)
{
    static const struct {
        int64_t duration_ms;
        const char *text;
    } cases[] = {
        {0, "0s"},
        {1, "1ms"},
        {250, "250ms"},
        {1000, "1s"},
        {90000, "1m30s"},
        {60000, "1m"},
        {5400000, "1h30m"},
        {86400000, "1d"},
        {93600000, "1d2h"},
        {86400001, "1d1ms"},
        {93784005, "1d2h3m4s5ms"},
        {INT64_MAX - 1, "106751991167d7h12m55s806ms"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char text[DURATION_TEXT];
        int64_t duration_ms = -7;
        assert_ptr_equal(duration_format(cases[i].duration_ms, text), text);
        assert_string_equal(text, cases[i].text);
        assert_true(duration_parse(cases[i].text, &duration_ms));
        assert_int_equal(duration_ms, cases[i].duration_ms);
    }
}

static void test_durations_written(void **state)
{
    char text[DURATION_TEXT];
    (void)state;
    assert_string_equal(duration_format(INT64_MAX, text), "forever");
    assert_string_equal(duration_format(-90000, text), "-1m30s");
    assert_string_equal(duration_format(INT64_MIN, text), "-106751991167d7h12m55s808ms");
}

static void test_durations_read(void **state)
{
    static const struct {
        const char *text;
        int64_t duration_ms;
    } cases[] = {
        {"24h", 86400000},
        {"90s", 90000},
        {"1500ms", 1500},
        {"0d0h0m0s0ms", 0},
        {"007s", 7000},
        {"1h30m", 5400000},
        {"106751991167d7h12m55s807ms", INT64_MAX},
        {"9223372036854775807ms", INT64_MAX},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int64_t duration_ms = -7;
        if (!duration_parse(cases[i].text, &duration_ms))
            fail_msg("%s was not read", cases[i].text);
        assert_int_equal(duration_ms, cases[i].duration_ms);
    }
}

static void test_durations_refused(void **state)
{
    static const char *const cases[] = {
        "",
        "s",
        "5",
        "-5s",
        "+5s",
        "5 s",
        " 5s",
        "5s ",
        "1.5h",
        "5S",
        "5w",
        "5sec",
        "5mss",
        "1m1h",
        "1h1h",
        "1ms1s",
        "1h30",
        "h30m",
        "1hm",
        "1dh",
        "forever",
        "5s5",
        "0x5s",
        "5ms ",
        "106751991167d7h12m55s808ms",
        "106751991168d",
        "9223372036854775808ms",
        "99999999999999999999999s",
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int64_t duration_ms = 7;
        if (duration_parse(cases[i], &duration_ms))
            fail_msg("%s was read", cases[i]);
        assert_int_equal(duration_ms, 7);
    }
}

static void test_random_durations_round_trip(void **state)
{
    struct random random;
    (void)state;
    random_init(&random, 6);
    for (int i = 0; i < 100000; i++) {
        char text[DURATION_TEXT];
        uint64_t shift = random_below(&random, 63);
        int64_t duration_ms = random_between(&random, 0, INT64_MAX - 1) >> shift;
        int64_t parsed_ms = -7;
        assert_true(duration_parse(duration_format(duration_ms, text), &parsed_ms));
        assert_int_equal(parsed_ms, duration_ms);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_instants_both_ways),
        cmocka_unit_test(test_instants_far_away),
        cmocka_unit_test(test_instants_read),
        cmocka_unit_test(test_instants_refused),
        cmocka_unit_test(test_every_day_of_a_millennium),
        cmocka_unit_test(test_random_instants_round_trip),
        cmocka_unit_test(test_durations_both_ways),
        cmocka_unit_test(test_durations_written),
        cmocka_unit_test(test_durations_read),
        cmocka_unit_test(test_durations_refused),
        cmocka_unit_test(test_random_durations_round_trip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
