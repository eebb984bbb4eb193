/* Site files too large, too deep or too odd to stand in a folder: made here, each with the text of
 * its first problem. */
#include "base/bytes.h"
#include "site_for_tests.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { TEXT_MAX = 32 << 20 };

#define HALL "halls: [{name: hall, size: [6, 4]}]\n"

static void put(struct bytes *text, const char *part)
{
    bytes_put(text, part, strlen(part));
}

static void put_times(struct bytes *text, const char *part, size_t times)
{
    for (size_t i = 0; i < times; i++) {
        put(text, part);
    }
}

/* The first problem of a site of these bytes is told in these words. */
static void check_text(const struct bytes *text, int32_t line, int32_t column, const char *found,
                       const char *expected)
{
    struct plenum_site_file file = {"site.yaml", (const char *)text->data, text->length};
    struct plenum_problems *problems = plenum_problems_create();
    struct plenum_site *site;

    assert_false(text->overflow);
    assert_int_equal(plenum_site_load_files(&file, 1, &site, problems, NULL), PLENUM_INPUT);
    const struct plenum_problem *first = plenum_problems_at(problems, 0);
    assert_string_equal(first->found, found);
    assert_string_equal(first->expected, expected);
    assert_int_equal(first->line, line);
    assert_int_equal(first->column, column);
    plenum_problems_destroy(problems);
}

static void check_bytes(const void *data, size_t length, int32_t line, int32_t column,
                        const char *found, const char *expected)
{
    struct bytes text;

    bytes_init(&text, TEXT_MAX);
    put(&text, SITE_HEAD);
    bytes_put(&text, data, length);
    check_text(&text, line, column, found, expected);
    bytes_finish(&text);
}

#define CHECK_BYTES(literal, ...) check_bytes(literal, sizeof literal - 1, __VA_ARGS__)

static void test_letters(void **state)
{
    (void)state;
    CHECK_BYTES("x: a\xff", 4, 5, "byte 0xff", "text in UTF-8");
    CHECK_BYTES("\xc3\xa4\xc3: b", 4, 2, "byte 0xc3", "text in UTF-8");
    CHECK_BYTES("x: \xc0\x80", 4, 4, "byte 0xc0", "text in UTF-8");
    CHECK_BYTES("x: \xed\xa0\x80", 4, 4, "byte 0xed", "text in UTF-8");
    CHECK_BYTES("x: \xf4\x90\x80\x80", 4, 4, "byte 0xf4", "text in UTF-8");
    CHECK_BYTES("x: \xe2\x82", 4, 4, "byte 0xe2", "text in UTF-8");
    CHECK_BYTES("x: a\0b\n", 4, 5, "byte 0x00", "text in UTF-8");
    CHECK_BYTES(HALL "tenants: [{name: \"a\\0b\"}]\n", 5, 18, "a text of 3 bytes",
                "at most 1000 bytes, none of them 0");
}

static void test_utf16(void **state)
{
    (void)state;
    static const char utf16[] = "\xff\xfep\0l\0";
    struct bytes text;

    bytes_init(&text, TEXT_MAX);
    bytes_put(&text, utf16, sizeof utf16 - 1);
    check_text(&text, 1, 1, "byte 0xff", "text in UTF-8");
    bytes_finish(&text);
}

static void test_deep_nesting(void **state)
{
    (void)state;
    struct bytes text;

    bytes_init(&text, TEXT_MAX);
    put(&text, SITE_HEAD "x: ");
    put_times(&text, "[", 100000);
    check_text(&text, 4, 35, "lists and maps nested more than 32 deep", "at most 32");
    bytes_finish(&text);
}

/* Nine lists of nine aliases each: 9^9 values from 300 bytes. */
static void test_alias_bomb(void **state)
{
    (void)state;
    struct bytes text;
    char line[80];

    bytes_init(&text, TEXT_MAX);
    put(&text, SITE_HEAD "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]\n");
    for (int c = 'b'; c <= 'i'; c++) {
        snprintf(line, sizeof line, "%c: &%c [*%c, *%c, *%c, *%c, *%c, *%c, *%c, *%c, *%c]\n", c, c,
                 c - 1, c - 1, c - 1, c - 1, c - 1, c - 1, c - 1, c - 1, c - 1);
        put(&text, line);
    }
    check_text(&text, 10, 8, "more than 1000000 values, aliases written out",
               "a smaller file: use ranges, or a map or trace file");
    bytes_finish(&text);
}

static void test_endless_list(void **state)
{
    (void)state;
    struct bytes text;

    bytes_init(&text, TEXT_MAX);
    put(&text, SITE_HEAD "x: [");
    put_times(&text, "1,", 1000001);
    check_text(&text, 4, 1999995, "more than 1000000 values, aliases written out",
               "a smaller file: use ranges, or a map or trace file");
    bytes_finish(&text);
}

static void test_many_keys(void **state)
{
    (void)state;
    struct bytes text;
    char line[24];

    bytes_init(&text, TEXT_MAX);
    put(&text, SITE_HEAD HALL "world:\n");
    for (int i = 0; i < 300; i++) {
        snprintf(line, sizeof line, " k%d: 1\n", i);
        put(&text, line);
    }
    check_text(&text, 6, 2, "an unknown key",
               "one of tote_every, delivery_every, delivery_mass_g, robot_late_ppm, "
               "robot_late_steps_max, robot_breakdown_ppm, robot_repair, cabling, burn_in, repair, "
               "rack_infant_ppm, rack_failure_ppm, job_extend_ppm, job_cancel_ppm, wind_mean_mm_s, "
               "wind_gust_mm_s, derates");
    bytes_finish(&text);
}

static void test_many_anchors(void **state)
{
    (void)state;
    struct bytes text;
    char item[24];

    bytes_init(&text, TEXT_MAX);
    put(&text, SITE_HEAD "x: [");
    for (int i = 0; i < 257; i++) {
        snprintf(item, sizeof item, "&a%03d 1,", i);
        put(&text, item);
    }
    check_text(&text, 4, 5 + 256 * 8 + 6, "one anchor more", "at most 256");
    bytes_finish(&text);
}

static void test_counts(void **state)
{
    (void)state;
    CHECK_BYTES(HALL "tenants: [{name: 't-{1..9999999}'}]\n", 5, 18, "more than 10000 of them",
                "at most 10000");
    CHECK_BYTES(HALL "tenants: [{name: 't-{1..99999999}'}]\n", 5, 18, "text 't-{1..99999999}'",
                "a name of at most 63 letters, digits, '-', '_', '.', and one range such as "
                "{1..12}");
    CHECK_BYTES(SITE_CATALOGUE HALL
                "robots: [{name: 'r-{1..9999999}', model: tote, area: {from: [0, 0], to: [5, 3]}}]",
                24, 17, "more than 4000000 of them", "at most 4000000");
    CHECK_BYTES(SITE_CATALOGUE HALL "drones: [{name: 'd-{1..9999999}', model: bird, pads: [p]}]",
                24, 17, "more than 100000 of them", "at most 100000");
    CHECK_BYTES("halls: [{name: h, size: [32769, 1]}]\n", 4, 26, "number 32769",
                "a whole number from 1 to 32768");
    CHECK_BYTES("halls: [{name: 'h', size: [32768, 8192]}, {name: g, size: [1, 1]}]\n", 4, 50,
                "268435457 cells in all halls", "at most 268435456");
}

/* Problems over the limit are counted, not kept. */
static void test_many_problems(void **state)
{
    (void)state;
    struct plenum_problems *problems = plenum_problems_create();
    struct plenum_site_file file = {.name = "site.yaml"};
    struct plenum_site *site;
    struct bytes text;
    char *printed = NULL;
    size_t length = 0;

    bytes_init(&text, TEXT_MAX);
    put(&text, SITE_HEAD HALL "tenants:\n");
    put_times(&text, "- {name: a b}\n", 1500);
    file.data = (const char *)text.data;
    file.length = text.length;
    assert_int_equal(plenum_site_load_files(&file, 1, &site, problems, NULL), PLENUM_INPUT);
    assert_int_equal(plenum_problems_count(problems), 1000);
    FILE *out = open_memstream(&printed, &length);
    plenum_problems_print(problems, out);
    fclose(out);
    assert_non_null(strstr(printed, "and 500 problems more\n"));
    free(printed);
    plenum_problems_destroy(problems);
    bytes_finish(&text);
}

/* A line of 100,000 letters is shown around the place only. */
static void test_long_line(void **state)
{
    (void)state;
    struct plenum_problems *problems = plenum_problems_create();
    struct plenum_site_file file = {.name = "site.yaml"};
    struct plenum_site *site;
    struct bytes text;

    bytes_init(&text, TEXT_MAX);
    put(&text, "{\"plenum\": 1, \"name\": \"x\", \"start\": \"2026-01-05T00:00Z\", \"halls\": [");
    put_times(&text, "                    {}, ", 5000);
    put(&text, "], \"colour\": 1}");
    file.data = (const char *)text.data;
    file.length = text.length;
    assert_int_equal(plenum_site_load_files(&file, 1, &site, problems, NULL), PLENUM_INPUT);
    for (size_t i = 0; i < plenum_problems_count(problems); i++) {
        const char *line = plenum_problems_at(problems, i)->source_line;
        assert_true(strlen(line) <= 160);
        assert_non_null(strstr(line, "{}"));
    }
    plenum_problems_destroy(problems);
    bytes_finish(&text);
}

/* What would make the library slow is refused before it sees it. */
static void test_blanks(void **state)
{
    (void)state;
    struct bytes text;

    bytes_init(&text, TEXT_MAX);
    put(&text, SITE_HEAD HALL);
    put_times(&text, " ", 1001);
    check_text(&text, 5, 1001, "more than 1000 blanks in a row", "at most 1000");
    bytes_clear(&text);
    put_times(&text, "%", 1001);
    check_text(&text, 1, 1, "a line of more than 1000 letters that starts with '%'",
               "at most 1000");
    bytes_finish(&text);
}

/* --- files on disk ---------------------------------------------------------------------------- */

static void check_disk_size(off_t size, const char *found, const char *expected)
{
    char path[] = "/tmp/plenum-site-XXXXXX";
    int file = mkstemp(path);
    struct plenum_problems *problems = plenum_problems_create();
    struct plenum_site *site;

    assert_true(file >= 0);
    assert_int_equal(ftruncate(file, size), 0);
    assert_int_equal(plenum_site_load(path, &site, problems, NULL), PLENUM_INPUT);
    const struct plenum_problem *first = plenum_problems_at(problems, 0);
    assert_string_equal(first->found, found);
    assert_string_equal(first->expected, expected);
    plenum_problems_destroy(problems);
    close(file);
    unlink(path);
}

static void test_large_file(void **state)
{
    (void)state;
    check_disk_size(100 << 20, "104857600 bytes", "at most 16777216 bytes");
    check_disk_size((16 << 20) + 1, "16777217 bytes", "at most 16777216 bytes");
    check_disk_size(0, "an empty file", "a site");
}

/* Five maps of 15 MiB are more than 64 MiB in all, though each may be read. */
static void test_many_large_files(void **state)
{
    (void)state;
    enum { MAPS = 5, MAP_BYTES = 15 << 20 };
    static const char *const names[MAPS] = {"a", "b", "c", "d", "e"};
    static const char text[] =
        SITE_HEAD "halls: [{name: h1, map: a}, {name: h2, map: b}, {name: h3, map: c},\n"
                  " {name: h4, map: d}, {name: h5, map: e}]\n";
    struct plenum_site_file files[MAPS + 1] = {{"site.yaml", text, sizeof text - 1}};
    struct plenum_problems *problems = plenum_problems_create();
    char *map = calloc(1, MAP_BYTES);
    struct plenum_site *site;

    for (int i = 0; i < MAPS; i++) {
        files[i + 1] = (struct plenum_site_file){names[i], map, MAP_BYTES};
    }
    assert_int_equal(plenum_site_load_files(files, MAPS + 1, &site, problems, NULL), PLENUM_INPUT);
    assert_string_equal(plenum_problems_at(problems, 0)->expected,
                        "at most 67108864 bytes in all files together");
    plenum_problems_destroy(problems);
    free(map);
}

/* Nothing waits for a pipe, and a folder is no file. */
static void test_not_a_file(void **state)
{
    (void)state;
    char path[] = "/tmp/plenum-pipe-XXXXXX";
    struct plenum_error error;
    struct plenum_site *site;

    int file = mkstemp(path);
    assert_true(file >= 0);
    close(file);
    unlink(path);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(plenum_site_load(path, &site, NULL, &error), PLENUM_IO);
    assert_non_null(strstr(error.text, "something that is not a file"));
    unlink(path);
    assert_int_equal(plenum_site_load("/tmp", &site, NULL, &error), PLENUM_IO);
    assert_non_null(strstr(error.text, "something that is not a file"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_letters),          cmocka_unit_test(test_utf16),
        cmocka_unit_test(test_deep_nesting),     cmocka_unit_test(test_alias_bomb),
        cmocka_unit_test(test_endless_list),     cmocka_unit_test(test_many_keys),
        cmocka_unit_test(test_many_anchors),     cmocka_unit_test(test_counts),
        cmocka_unit_test(test_many_problems),    cmocka_unit_test(test_long_line),
        cmocka_unit_test(test_blanks),           cmocka_unit_test(test_large_file),
        cmocka_unit_test(test_many_large_files), cmocka_unit_test(test_not_a_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
