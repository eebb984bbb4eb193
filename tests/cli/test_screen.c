/* A panel in terminals that are too narrow or too low for it. */
#include "cli/screen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct row {
    const char *name;
    struct screen screen;
    int above;
    const char *text, *drawn;
    int lines;
};

static const struct row rows[] = {
    {"fits", {5, 4}, 0, "abc\nde\n", "\rabc\033[K\nde\033[K\n\033[J", 2},
    {"as wide as the terminal", {3, 4}, 0, "abc\n", "\rabc\033[K\n\033[J", 1},
    {"too wide", {2, 4}, 0, "abc\nde\n", "\rab\033[K\nde\033[K\n\033[J", 2},
    {"too high", {5, 3}, 0, "a\nb\nc\n", "\ra\033[K\nb\033[K\n\033[J", 2},
    {"over what stands there", {5, 4}, 3, "a\n", "\r\033[3Aa\033[K\n\033[J", 1},
    {"no half characters",
     {2, 4},
     0,
     "\xc3\xa4\xc3\xb6\xc3\xbc", /* */
     "\r\xc3\xa4\xc3\xb6\033[K\n\033[J",
     1},
    {"a single row", {5, 1}, 0, "a\n", "\r\033[J", 0},
};

static void test_draws(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *drawn = NULL;
        size_t length;
        FILE *out = open_memstream(&drawn, &length);
        assert_non_null(out);
        int lines = screen_draw(rows[i].screen, rows[i].above, rows[i].text, out);
        assert_int_equal(fclose(out), 0);
        if (lines != rows[i].lines || strcmp(drawn, rows[i].drawn) != 0)
            fail_msg("%s: found %d lines, expected %d", rows[i].name, lines, rows[i].lines);
        free(drawn);
    }
}

static void test_size_of_no_terminal(void **state)
{
    (void)state;
    struct screen screen = screen_of(-1);
    assert_int_equal(screen.columns, 80);
    assert_int_equal(screen.rows, 24);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_draws),
        cmocka_unit_test(test_size_of_no_terminal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
