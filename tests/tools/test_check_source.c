/* A bad input for every rule of check_source, and good ones that look like it. */
#include "rules.h"

#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct source_case {
    const char *path;
    const char *text;
    const char *says; /* the whole report; "" where nothing may be found */
};

static char *report_of(const char *path, const char *text)
{
    char *said = NULL;
    size_t size = 0;
    struct source source;
    struct report report = {.file = open_memstream(&said, &size)};
    assert_non_null(report.file);
    source_init(&source, path, text, strlen(text));
    check_source(&source, &report);
    source_finish(&source);
    fclose(report.file);
    return said;
}

static void run_cases(const struct source_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char *said = report_of(cases[i].path, cases[i].text);
        bool right = cases[i].says[0] == '\0'
                         ? said[0] == '\0'
                         : strncmp(said, cases[i].says, strlen(cases[i].says)) == 0;
        if (!right)
            fail_msg("%s:\n%s\nexpected: %s\nfound: %s", cases[i].path, cases[i].text,
                     cases[i].says, said);
        free(said);
    }
}

#define RUN(cases) run_cases((cases), sizeof(cases) / sizeof(cases)[0])

static const struct source_case include_cases[] = {
    {"src/fleet/a.c", "/* a */\n#include \"fleet/b.h\"\n#include <plenum/ledger.h>\n", ""},
    {"src/cli/a.c", "/* a */\n#include \"sim/b.h\"\n#include <jansson.h>\n", ""},
    {"src/edge/http/a.c", "/* a */\n#include \"edge/http/b.h\"\n", ""},
    {"include/plenum/fleet.h", "/* a */\n#include <plenum/port.h>\n", ""},
    {"tests/base/a.c", "/* a */\n#include \"cli/cli.h\"\n", ""},
    {"src/base/a.c", "/* a */\n#include \"model/b.h\"\n",
     "src/base/a.c:2: base includes model/b.h of the room model, which is above it; "},
    {"src/ledger/a.c", "/* a */\n#include <plenum/fleet.h>\n",
     "src/ledger/a.c:2: ledger includes plenum/fleet.h of the room fleet, which is above it; "},
    {"src/fleet/a.c", "/* a */\n# include \"capacity/b.h\"\n",
     "src/fleet/a.c:2: fleet includes capacity/b.h of the room capacity, which is beside it; "},
    {"src/engine/a.c", "/* a */\n#include \"sim/b.h\"\n", "src/engine/a.c:2: engine includes sim"},
    {"include/plenum/site.h", "/* a */\n#include <plenum/ledger.h>\n",
     "include/plenum/site.h:2: model includes plenum/ledger.h of the room ledger"},
    {"include/plenum/site.h", "/* a */\n#include \"model/site.h\"\n",
     "include/plenum/site.h:2: a public header includes \"model/site.h\"; only"},
    {"src/fleet/a.c", "/* a */\n#include \"b.h\"\n", "src/fleet/a.c:2: b.h belongs to no room; "},
    {"src/fleet/a.c", "/* a */\n#include <plenum/x.h>\n", "src/fleet/a.c:2: plenum/x.h belongs"},
    {"src/garage/a.c", "/* a */\n", "src/garage/a.c:1: belongs to no room; "},
};

static const struct source_case call_cases[] = {
    {"src/base/a.c", "/* strcpy(a, b) */\nchar *s = \"strcpy(a, b)\"; // sprintf(x)\n", ""},
    {"src/base/a.c", "/* a */\nmy_strcpy(a); a.time(b); a->time(c); int time;\n", ""},
    {"src/base/wall.c", "/* a */\nclock_gettime(0, &t);\n", ""},
    {"src/base/a.c", "/* a */\n char c = '\"'; strcpy(a, b);\n",
     "src/base/a.c:2: strcpy; use text_format (base/text.h)"},
    {"tests/base/a.c", "/* a */\nsprintf (a, b);\n", "tests/base/a.c:2: sprintf; use "},
    {"src/base/a.c", "/* a */\nint x = atoi(\"3\");\n", "src/base/a.c:2: atoi; use text_to_i64"},
    {"src/fleet/a.c", "/* a */\nx = rand();\n", "src/fleet/a.c:2: rand; use base/random.h"},
    {"src/ledger/a.c", "/* a */\n/* b */ now = time(NULL);\n",
     "src/ledger/a.c:2: time; use an instant that is handed in"},
    {"src/ledger/a.c", "/* a */\nclock_gettime(0, &t);\n", "src/ledger/a.c:2: clock_gettime; use"},
    {"src/ledger/a.c", "/* a */\ndouble x;\n", "src/ledger/a.c:2: double; use int64_t"},
    {"src/fleet/a.c", "/* a */\ndouble x = sqrt(2.0);\n", ""},
    {"src/fleet/a.c", "/* a */\ndouble x = exp(2.0);\n", "src/fleet/a.c:2: exp; use integers"},
    {"src/sim/a.c", "/* a */\nlocaltime(&t);\n", "src/sim/a.c:2: localtime; use instant_format"},
    {"src/sim/a.c", "/* a */\nassert(x);\n", "src/sim/a.c:2: assert; use CHECK (base/check.h)"},
    {"src/sim/a.c", "/* a */\nalloca(x);\n", "src/sim/a.c:2: alloca; use an arena"},
    {"src/sim/a.c", "/* a */\nstrtok(x, y);\n", "src/sim/a.c:2: strtok; use strcspn"},
    {"src/sim/a.c", "/* a */\nmalloc(3);\n", "src/sim/a.c:2: malloc; use memory_new"},
};

static const struct source_case line_cases[] = {
    {"src/base/a.c", "/* a */\n", ""},
    {"src/base/a.c", "#include \"base/a.h\"\nint a;\n", ""},
    {"src/base/a.c", "#include \"base/b.h\"\n", "src/base/a.c:1: no comment at the top"},
    {"src/base/a.h", "#include \"base/a.h\"\n", "src/base/a.h:1: no comment at the top"},
    {"src/base/a.c", "/* a */", "src/base/a.c:1: no line end at the end of the file\n"},
    {"src/base/a.c", "", "src/base/a.c:1: an empty file\n"},
    {"src/base/a.c", "/* a */\n\tint a;\n", "src/base/a.c:2: a tab; use four spaces\n"},
    {"src/base/a.c", "/* a */ \n", "src/base/a.c:1: white space at the end of the line\n"},
    {"src/base/a.c", "/* a */\r\n", "src/base/a.c:1: white space at the end of the line\n"},
    {"tools/a.sh", "echo TODO; strcpy(a)\n", ""},
    {"src/base/a.c", "/* TODO(#12): more */\n", ""},
    {"src/base/a.c", "/* a */\nint TODO = 1; /* TODOS */\n", ""},
    {"src/base/a.c", "/* a */\n// TODO: more\n", "src/base/a.c:2: TODO without an issue; "},
    {"src/base/a.c", "/* a\n * FIXME */\n", "src/base/a.c:2: FIXME without an issue; "},
};

static void test_includes(void **state)
{
    (void)state;
    RUN(include_cases);
}

static void test_calls(void **state)
{
    (void)state;
    RUN(call_cases);
}

static void test_lines(void **state)
{
    (void)state;
    RUN(line_cases);
}

/* A comment of `columns` characters, each of two bytes where `wide`. */
static void check_columns(int columns, bool wide, const char *says)
{
    char text[512] = "/*";
    for (int i = 0; i < columns - 4; i++)
        assert_true(text_format(text + strlen(text), 4, "%s", wide ? "\xc3\xa9" : "x"));
    assert_true(text_format(text + strlen(text), 4, "%s", "*/\n"));
    char *said = report_of("src/base/a.c", text);
    assert_string_equal(said, says);
    free(said);
}

static void test_columns(void **state)
{
    (void)state;
    check_columns(100, false, "");
    check_columns(100, true, "");
    check_columns(101, false, "src/base/a.c:1: 101 columns; at most 100\n");
    check_columns(101, true, "src/base/a.c:1: 101 columns; at most 100\n");
}

static char *function_report(int lines)
{
    char text[2048] = "/* a */\nint first(void)\n{\n}\n\nstatic int long_one(int a,\n"
                      "                    int b)\n{\n";
    for (int i = 0; i < lines - 2; i++)
        assert_true(text_format(text + strlen(text), 16, "    a++; {}\n"));
    assert_true(text_format(text + strlen(text), 16, "}\n"));
    return report_of("src/base/a.c", text);
}

static void test_functions(void **state)
{
    (void)state;
    char *said = function_report(70);
    assert_string_equal(said, "");
    free(said);
    said = function_report(71);
    assert_string_equal(said, "src/base/a.c:8: function long_one has 71 lines; at most 70: "
                              "split it by what it does\n");
    free(said);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_includes),  cmocka_unit_test(test_calls),
        cmocka_unit_test(test_lines),     cmocka_unit_test(test_columns),
        cmocka_unit_test(test_functions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
