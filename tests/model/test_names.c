/* Names with a range, and the index from name to item. */
#include "base/random.h"
#include "model/list.h"
#include "model/pattern.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void test_patterns(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int32_t count; /* 0: no pattern */
        const char *first, *last;
    } rows[] = {
        {"a", 1, "a", "a"},
        {"a-{1..3}", 3, "a-1", "a-3"},
        {"a-{08..12}-b", 5, "a-08-b", "a-12-b"},
        {"{0..0}", 1, "0", "0"},
        {"x{1..100}", 100, "x1", "x100"},
        {"x{001..100}", 100, "x001", "x100"},
        {"x{0..9999999}", 10000000, "x0", "x9999999"},
        {"x{0..10000000}", 0, NULL, NULL},
        {"a-{3..1}", 0, NULL, NULL},
        {"a-{1..}", 0, NULL, NULL},
        {"a-{..1}", 0, NULL, NULL},
        {"a-{1.2}", 0, NULL, NULL},
        {"a-{1..2", 0, NULL, NULL},
        {"a-1..2}", 0, NULL, NULL},
        {"a-{-1..2}", 0, NULL, NULL},
        {"{1..2}{1..2}", 0, NULL, NULL},
        {"{{1..2}}", 0, NULL, NULL},
        {"}{", 0, NULL, NULL},
    };
    struct arena arena;

    arena_init(&arena, 1 << 20);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pattern pattern;
        bool good = pattern_parse(rows[i].text, &pattern);

        assert_int_equal(good, rows[i].count > 0);
        if (good) {
            int32_t count = pattern_count(&pattern);
            assert_int_equal(count, rows[i].count);
            assert_string_equal(pattern_expand(&pattern, 0, &arena), rows[i].first);
            assert_string_equal(pattern_expand(&pattern, count - 1, &arena), rows[i].last);
        }
    }
    arena_finish(&arena);
}

enum { NAMES = 3000, NAME_SIZE = 16 };

static char names[NAMES][NAME_SIZE];

static int32_t find_naively(const struct list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct plenum_dock *dock = list_at(list, (int32_t)i);

        if (strcmp(dock->name, name) == 0) {
            return (int32_t)i;
        }
    }
    return PLENUM_NONE;
}

/* Names drawn from a small set, so that many come twice, against a linear search. */
static void test_index(void **state)
{
    (void)state;
    enum { SEED = 7 };
    struct random random;
    struct list list;

    printf("seed %d\n", SEED);
    random_init(&random, SEED);
    list_init(&list, sizeof(struct plenum_dock), NAMES);
    assert_int_equal(list_find(&list, "n1"), PLENUM_NONE);
    for (int32_t i = 0; i < NAMES; i++) {
        snprintf(names[i], NAME_SIZE, "n%d", (int)random_below(&random, 2000));
        struct plenum_dock dock = {.name = names[i]};
        bool is_new = find_naively(&list, names[i]) == PLENUM_NONE;

        assert_true(list_push(&list, &dock, (struct origin){NULL, i}));
        assert_int_equal(list_index(&list, i), is_new);
        assert_int_equal(list_find(&list, names[i]), find_naively(&list, names[i]));
    }
    struct plenum_dock more = {.name = "more"};
    assert_false(list_push(&list, &more, (struct origin){NULL, 0}));
    assert_int_equal(list_find(&list, "n2000"), PLENUM_NONE);
    list_forget_names(&list);
    assert_int_equal(list_find(&list, names[0]), PLENUM_NONE);
    list_finish(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_patterns),
        cmocka_unit_test(test_index),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
