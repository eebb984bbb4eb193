/* Options and subcommands: what is parsed, what is refused, and with which words. */
#include "cli/options.h"

#include "capture.h"

#include "cli/cli.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static bool flag;
static const char *text;
static uint64_t number;
static int64_t duration_ms;
static int64_t instant_ms;

static const struct option_row rows[] = {
    {"all", NULL, OPTION_FLAG, &flag, "all of them"},
    {"file", "FILE", OPTION_TEXT, &text, "where to"},
    {"count", "N", OPTION_U64, &number, "how many"},
    {"until", "TIME", OPTION_DURATION, &duration_ms, "how long"},
    {"at", "INSTANT", OPTION_INSTANT, &instant_ms, "when"},
};

static const struct options options = {"try SITE", "Tries.", rows, 5, 1, 2};

static int last_exit_code;

static int parse(int argc, char **argv)
{
    flag = false;
    text = NULL;
    number = 7;
    duration_ms = -1;
    instant_ms = -1;
    return options_parse(&options, argc, argv, &last_exit_code);
}

/* What points into the words, while they are there. */
static int parse_and_print(int argc, char **argv)
{
    int result = parse(argc, argv);
    printf("text %s, operand %s\n", text, argv[1]);
    return result;
}

struct parse_case {
    const char *line;
    int result;
    int exit_code;
    const char *says; /* part of what is printed; NULL: nothing is */
};

static const struct parse_case parse_cases[] = {
    {"try a", 1, 0, NULL},
    {"try a b --all", 2, 0, NULL},
    {"try --file x a", 1, 0, NULL},
    {"try --file=x a --count=3 --until 1h30m --at 1970-01-01T00:01Z", 1, 0, NULL},
    {"try -- --all", 1, 0, NULL},
    {"try -", 1, 0, NULL},
    {"try --help", -1, 0, "usage: plenum try SITE [options]\n\nTries.\n\n  --all   "},
    {"try a b c d -h", -1, 0, "--until TIME"},
    {"try", -1, 2, "plenum try: too little given: found 0, expected 1\nusage: plenum try SITE"},
    {"try a b c", -1, 2, "plenum try: unexpected 'c'"},
    {"try a --fille x", -1, 2, "unknown option '--fille'; did you mean '--file'?"},
    {"try a --zzzzzzz", -1, 2, "unknown option '--zzzzzzz'\n"},
    {"try a -x", -1, 2, "unknown option '-x'"},
    {"try a --all=1", -1, 2, "option '--all' takes no value, found '1'"},
    {"try a --count", -1, 2, "option '--count' needs a value: a whole number"},
    {"try a --count -3", -1, 2, "option '--count': found '-3', expected a whole number"},
    {"try a --count=18446744073709551616", -1, 2, "found '18446744073709551616'"},
    {"try a --until 5x", -1, 2, "expected a duration like 24h or 1h30m"},
    {"try a --at noon", -1, 2, "expected an instant like 2026-01-05T10:00Z"},
};

static void test_parse(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof parse_cases / sizeof parse_cases[0]; i++) {
        const struct parse_case *row = &parse_cases[i];
        int result = capture(parse, row->line);
        if (result != row->result || last_exit_code != row->exit_code ||
            (row->says == NULL ? captured[0] != '\0' : strstr(captured, row->says) == NULL))
            fail_msg("'%s' gave %d, exit %d, and said:\n%s", row->line, result, last_exit_code,
                     captured);
    }
}

static void test_values(void **state)
{
    (void)state;
    const char *line = "try --file=x --count 3 --until=1h30m a --at=1970-01-01T00:01Z --all";
    assert_int_equal(capture(parse_and_print, line), 1);
    assert_true(flag);
    assert_string_equal(captured, "text x, operand a\n");
    assert_int_equal(number, 3);
    assert_int_equal(duration_ms, 90 * 60 * 1000);
    assert_int_equal(instant_ms, 60 * 1000);
    assert_int_equal(capture(parse, "try a"), 1);
    assert_int_equal(number, 7);
}

static int dispatch(int argc, char **argv)
{
    return subcommand_dispatch(&cli_subcommands, argc, argv);
}

static const struct parse_case dispatch_cases[] = {
    {"plenum", 2, 0, "usage: plenum SUBCOMMAND"},
    {"plenum --help", 0, 0, "usage: plenum SUBCOMMAND"},
    {"plenum help", 0, 0, "usage: plenum SUBCOMMAND"},
    {"plenum help help", 0, 0, "usage: plenum SUBCOMMAND"},
    {"plenum help version", 0, 0, "usage: plenum version"},
    {"plenum help nothing", 2, 0, "unknown subcommand 'nothing'"},
    {"plenum version", 0, 0, "plenum " PLENUM_RELEASE "\n"},
    {"plenum version --json", 0, 0, "{\"plenum\": \"" PLENUM_RELEASE "\""},
    {"plenum versoin", 2, 0, "plenum: unknown subcommand 'versoin'; did you mean 'version'?"},
    {"plenum qqqqqqqq", 2, 0, "plenum: unknown subcommand 'qqqqqqqq'\n"},
};

static void test_dispatch(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof dispatch_cases / sizeof dispatch_cases[0]; i++) {
        const struct parse_case *row = &dispatch_cases[i];
        int result = capture(dispatch, row->line);
        if (result != row->result || strstr(captured, row->says) == NULL)
            fail_msg("'%s' gave %d and said:\n%s", row->line, result, captured);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_dispatch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
