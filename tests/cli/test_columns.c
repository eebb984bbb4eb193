/* Tables and figures: what they look like in a terminal and elsewhere. */
#include "cli/columns.h"

#include "cli/units.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct column heads[] = {
    {"ID", true, false}, {"NAME", false, false}, {"STATE", false, true}, {"LOAD", true, false}};

static char *print(struct style style)
{
    char *text = NULL;
    size_t length = 0;
    struct columns columns;
    FILE *out = open_memstream(&text, &length);
    assert_non_null(out);
    columns_init(&columns, heads, 4);
    const char *const cells[] = {
        "1",    "a",          "failed", "0.5 kW",    "12", "b\x1b[2J\xc2\x9b",
        "idle", "1,200.0 kW", "3",      "h\xc3\xa9", "",   ""};
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++)
        columns_put(&columns, "%s", cells[i]);
    columns_print(&columns, style, out);
    columns_finish(&columns);
    fclose(out);
    return text;
}

static void test_tables(void **state)
{
    (void)state;
    static const struct {
        struct style style;
        const char *text;
    } rows[] = {
        {{0, false},
         "ID  NAME     STATE         LOAD\n"
         " 1  a        failed      0.5 kW\n"
         "12  b?[2J??  idle    1,200.0 kW\n"
         " 3  h\xc3\xa9\n"},
        {{18, false},
         "ID  NAME     STATE\n"
         " 1  a        faile\n"
         "12  b?[2J??  idle\n"
         " 3  h\xc3\xa9\n"},
        {{5, true}, "ID  N\n 1  a\n12  b\n 3  h\n"},
        {{80, true},
         "ID  NAME     STATE         LOAD\n"
         " 1  a        \033[31mfailed\033[0m      0.5 kW\n"
         "12  b?[2J??  idle    1,200.0 kW\n"
         " 3  h\xc3\xa9\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *text = print(rows[i].style);
        assert_string_equal(text, rows[i].text);
        free(text);
    }
}

static void test_no_terminal(void **state)
{
    (void)state;
    FILE *file = tmpfile();
    assert_non_null(file);
    struct style style = style_of(fileno(file));
    assert_int_equal(style.width, 0);
    assert_false(style.colour);
    fclose(file);
}

/* --- figures ---------------------------------------------------------------------------------- */

static void test_figures(void **state)
{
    (void)state;
    static const struct {
        char *(*format)(int64_t value, char text[UNITS_TEXT]);
        int64_t value;
        const char *text;
    } rows[] = {
        {watts_format, 0, "0.0 kW"},
        {watts_format, 49, "0.0 kW"},
        {watts_format, 50, "0.1 kW"},
        {watts_format, -49, "0.0 kW"},
        {watts_format, -1050, "-1.1 kW"},
        {watts_format, 999949, "999.9 kW"},
        {watts_format, 999950, "1,000.0 kW"},
        {watts_format, INT64_MAX, "9,223,372,036,854,775.8 kW"},
        {watts_format, INT64_MIN, "-9,223,372,036,854,775.8 kW"},
        {joules_format, 1499, "1 kJ"},
        {joules_format, 1500, "2 kJ"},
        {joules_format, 11651600, "11,652 kJ"},
        {bytes_format, INT64_C(103079215104), "96.0 GiB"},
        {milli_format, 1000, "1"},
        {milli_format, 250, "0.25"},
        {milli_format, -1001, "-1.001"},
        {micro_format, 1234500000, "1,234.50"},
        {micro_format, 4999, "0.00"},
        {micro_format, 5000, "0.01"},
        {count_format, 1234567, "1,234,567"},
        {count_format, -12, "-12"},
        {speed_format, 0, "without waiting"},
        {speed_format, 500, "0.5x"},
        {speed_format, 60000, "60x"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[UNITS_TEXT];
        assert_string_equal(rows[i].format(rows[i].value, text), rows[i].text);
    }
}

static void test_parsing(void **state)
{
    (void)state;
    static const struct {
        bool (*parse)(const char *text, int64_t *value);
        const char *text;
        int64_t value; /* -1: none */
    } rows[] = {
        {watts_parse, "80kW", 80000},
        {watts_parse, "1.25MW", 1250000},
        {watts_parse, "80000", 80000},
        {watts_parse, "80000W", 80000},
        {watts_parse, "0", 0},
        {watts_parse, "0.001kW", 1},
        {watts_parse, "0.0001kW", -1},
        {watts_parse, "0.5", -1},
        {watts_parse, "-1kW", -1},
        {watts_parse, "kW", -1},
        {watts_parse, "", -1},
        {watts_parse, ".", -1},
        {watts_parse, "1..2kW", -1},
        {watts_parse, "80kw", -1},
        {watts_parse, "9223372036854775807", INT64_MAX},
        {watts_parse, "9223372036854775808", -1},
        {watts_parse, "9223372036854775807kW", -1},
        {speed_parse, "60x", 60000},
        {speed_parse, "0.5", 500},
        {speed_parse, "max", 0},
        {speed_parse, "0.001x", 1},
        {speed_parse, "0", -1},
        {speed_parse, "0.0001", -1},
        {speed_parse, "60xx", -1},
        {speed_parse, "1000000001", -1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t value = -2;
        bool parsed = rows[i].parse(rows[i].text, &value);
        if (parsed != (rows[i].value >= 0) || (parsed && value != rows[i].value))
            fail_msg("'%s' gave %d, %lld", rows[i].text, parsed, (long long)value);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables),
        cmocka_unit_test(test_no_terminal),
        cmocka_unit_test(test_figures),
        cmocka_unit_test(test_parsing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
