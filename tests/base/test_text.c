#include "base/text.h"

#include <string.h>

#include "base/random.h"
#include "unit.h"

static void test_i64(void **state)
{
    static const struct {
        const char *text;
        int64_t value;
    } cases[] = {
        {"0", 0},
        {"-0", 0},
        {"007", 7},
        {"-1", -1},
        {"9223372036854775807", INT64_MAX},
        {"-9223372036854775808", INT64_MIN},
        {"-9223372036854775807", INT64_MIN + 1},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int64_t value = 99;
        if (!text_to_i64(cases[i].text, &value))
            fail_msg("%s was not read", cases[i].text);
        assert_int_equal(value, cases[i].value);
    }
}

static void test_u64(void **state)
{
    static const struct {
        const char *text;
        uint64_t value;
    } cases[] = {{"0", 0}, {"10", 10}, {"18446744073709551615", UINT64_MAX}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        uint64_t value = 99;
        assert_true(text_to_u64(cases[i].text, &value));
        assert_true(value == cases[i].value);
    }
}

static void test_no_number(void **state)
{
    static const char *const neither[] = {"",
                                          "-",
                                          "--1",
                                          "+1",
                                          " 1",
                                          "1 ",
                                          "1.0",
                                          "1e3",
                                          "0x10",
                                          "ten",
                                          "1-",
                                          "\t1",
                                          "18446744073709551616",
                                          "99999999999999999999999"};
    static const char *const no_i64[] = {"9223372036854775808", "-9223372036854775809"};
    int64_t i64 = 99;
    uint64_t u64 = 99;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(neither); i++)
        if (text_to_i64(neither[i], &i64) || text_to_u64(neither[i], &u64))
            fail_msg("%s was read", neither[i]);
    for (size_t i = 0; i < COUNT_OF(no_i64); i++)
        assert_false(text_to_i64(no_i64[i], &i64));
    assert_false(text_to_u64("-1", &u64));
    assert_int_equal(i64, 99);
    assert_int_equal(u64, 99);
}

static void test_format(void **state)
{
    char text[5] = "....";
    (void)state;
    assert_true(text_format(text, sizeof text, "%d", 1234));
    assert_string_equal(text, "1234");
    assert_false(text_format(text, sizeof text, "%d", 12345));
    assert_string_equal(text, "1234");
    assert_false(text_format(text, 1, "%d", 1));
    assert_string_equal(text, "");
    assert_true(text_format(text, 1, "%s", ""));
}

static void test_nearest(void **state)
{
    static const char *const keys[] = {"power",  "racks",  "robots",       "drones",
                                       "feed-a", "feed-b", "accelerators", "kw"};
    static const struct {
        const char *word;
        const char *nearest;
    } cases[] = {
        {"power", "power"},
        {"powr", "power"},
        {"powre", "power"},
        {"xpower", "power"},
        {"rcak", NULL},
        {"rack", "racks"},
        {"robot", "robots"},
        {"orbots", "robots"},
        {"feed-c", "feed-a"},
        {"feed-b", "feed-b"},
        {"", NULL},
        {"zebra", NULL},
        {"acelleratros", "accelerators"},
        {"drnoe", NULL},
        {"POWER", NULL},
        {"kv", "kw"},
        {"k", "kw"},
        {"mw", "kw"},
        {"mv", NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const char *nearest = text_nearest(cases[i].word, keys, COUNT_OF(keys));
        if (cases[i].nearest)
            assert_string_equal(nearest ? nearest : "none", cases[i].nearest);
        else
            assert_null(nearest);
    }
}

static void test_nearest_of_long_words(void **state)
{
    char word[200] = {0};
    const char *candidates[] = {word, "power"};
    (void)state;
    memset(word, 'a', 63);
    assert_ptr_equal(text_nearest(word, candidates, 2), word);
    memset(word, 'a', sizeof word - 1);
    assert_null(text_nearest(word, candidates, 2));
    assert_string_equal(text_nearest("powers", candidates, 2), "power");
    assert_null(text_nearest("powers", NULL, 0));
}

/* Two letters, so that swaps and repeats are common: an edit of one kind is always found again. */
static void test_nearest_finds_one_edit(void **state)
{
    struct random random;
    (void)state;
    random_init(&random, 8);
    for (int i = 0; i < 2000; i++) {
        char word[12], edited[12];
        const char *candidates[] = {word};
        size_t length = 4 + random_below(&random, 6);
        for (size_t j = 0; j < length; j++)
            word[j] = random_below(&random, 2) ? 'a' : 'b';
        word[length] = '\0';
        size_t at = random_below(&random, length - 1);
        memcpy(edited, word, sizeof edited);
        edited[at] = word[at + 1];
        edited[at + 1] = word[at];
        assert_ptr_equal(text_nearest(edited, candidates, 1), word);
        memmove(edited + at, edited + at + 1, length - at);
        assert_int_equal(strlen(edited), length - 1);
        memcpy(edited, word, at);
        memcpy(edited + at, word + at + 1, length - at);
        assert_ptr_equal(text_nearest(edited, candidates, 1), word);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_i64),
        cmocka_unit_test(test_u64),
        cmocka_unit_test(test_no_number),
        cmocka_unit_test(test_format),
        cmocka_unit_test(test_nearest),
        cmocka_unit_test(test_nearest_of_long_words),
        cmocka_unit_test(test_nearest_finds_one_edit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
