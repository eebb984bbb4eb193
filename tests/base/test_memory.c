#include "base/memory.h"

#include <stdlib.h>
#include <string.h>
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#endif

#include "base/arena.h"
#include "base/random.h"
#include "death.h"
#include "unit.h"

static void test_new_is_zeroed(void **state)
{
    (void)state;
    unsigned char *bytes = memory_new(100, 3);
    for (size_t i = 0; i < 300; i++)
        assert_int_equal(bytes[i], 0);
    free(bytes);
    void *nothing = memory_new(0, 8);
    assert_non_null(nothing);
    nothing = memory_resize(nothing, 0, 8);
    assert_non_null(nothing);
    free(nothing);
}

static void test_strdup(void **state)
{
    (void)state;
    char *copy = memory_strdup("plenum");
    assert_string_equal(copy, "plenum");
    free(copy);
}

static void test_array_grows_to_its_max(void **state)
{
    static const size_t maxima[] = {1, 2, 7, 8, 9, 15, 16, 17, 1000};
    (void)state;
    for (size_t m = 0; m < COUNT_OF(maxima); m++) {
        size_t *items = NULL;
        size_t count = 0, capacity = 0;
        for (size_t i = 0; i < maxima[m]; i++) {
            ARRAY_PUSH(items, count, capacity, maxima[m]) = i * i;
            assert_true(count == i + 1 && capacity >= count && capacity <= maxima[m]);
        }
        for (size_t i = 0; i < maxima[m]; i++)
            assert_int_equal(items[i], i * i);
        free(items);
    }
}

static void test_array_doubles(void **state)
{
    int *items = NULL;
    size_t count = 0, capacity = 0, moves = 0;
    (void)state;
    for (int i = 0; i < 100000; i++) {
        size_t before = capacity;
        ARRAY_PUSH(items, count, capacity, SIZE_MAX) = i;
        moves += capacity != before;
    }
    assert_true(moves < 20);
    free(items);
}

static void test_array_takes_many_at_once(void **state)
{
    size_t capacity = 0;
    (void)state;
    uint64_t *items = array_reserve(NULL, &capacity, 1000, sizeof *items, 5000);
    assert_in_range(capacity, 1000, 5000);
    items = array_reserve(items, &capacity, 4900, sizeof *items, 5000);
    assert_in_range(capacity, 4900, 5000);
    items[4899] = 7;
    assert_ptr_equal(array_reserve(items, &capacity, 10, sizeof *items, 5000), items);
    assert_in_range(capacity, 4900, 5000);
    free(items);
}

static void push_over_max(void)
{
    int *items = NULL;
    size_t count = 0, capacity = 0;
    for (int i = 0; i < 4; i++)
        ARRAY_PUSH(items, count, capacity, 3) = i;
    free(items);
}

static void ask_for_more_than_there_is(void)
{
    free(memory_resize(NULL, SIZE_MAX / 2, 8));
}

static void arena_over_max(void)
{
    struct arena arena;
    arena_init(&arena, 100);
    arena_alloc(&arena, 10, 11);
}

static void arena_count_overflow(void)
{
    struct arena arena;
    arena_init(&arena, SIZE_MAX);
    arena_alloc(&arena, SIZE_MAX / 4, 8);
}

static void test_limits_stop_the_process(void **state)
{
    (void)state;
    assert_true(death_of(push_over_max));
    assert_true(death_of(ask_for_more_than_there_is));
    assert_true(death_of(arena_over_max));
    assert_true(death_of(arena_count_overflow));
}

/* ---- arena ---- */

enum { ARENA_ITEMS = 2000 };

/* Every item is aligned, zeroed, and overlaps no other: each keeps its own pattern. */
static void arena_fill(struct arena *arena, struct random *random)
{
    static unsigned char *items[ARENA_ITEMS];
    static size_t sizes[ARENA_ITEMS];
    for (size_t i = 0; i < ARENA_ITEMS; i++) {
        sizes[i] = random_below(random, random_below(random, 50) == 0 ? 20000 : 100);
        items[i] = arena_alloc(arena, sizes[i], 1);
        assert_int_equal((uintptr_t)items[i] % _Alignof(max_align_t), 0);
        for (size_t j = 0; j < sizes[i]; j++)
            assert_int_equal(items[i][j], 0);
        memset(items[i], (int)(i % 255 + 1), sizes[i]);
    }
    for (size_t i = 0; i < ARENA_ITEMS; i++)
        for (size_t j = 0; j < sizes[i]; j++)
            assert_int_equal(items[i][j], i % 255 + 1);
}

static void test_arena(void **state)
{
    struct arena arena;
    struct random random;
    (void)state;
    random_init(&random, 7);
    arena_init(&arena, 8000000);
    for (int round = 0; round < 3; round++) {
        arena_fill(&arena, &random);
        assert_true(arena.used_bytes > 0 && arena.used_bytes <= arena.max_bytes);
        arena_reset(&arena);
        assert_int_equal(arena.used_bytes, 0);
    }
    arena_finish(&arena);
    arena_finish(&arena);
}

static void test_arena_takes_up_to_its_max(void **state)
{
    struct arena arena;
    (void)state;
    arena_init(&arena, 64);
    assert_non_null(arena_alloc(&arena, 64, 1));
    assert_int_equal(arena.used_bytes, 64);
    assert_non_null(arena_alloc(&arena, 0, 1));
    arena_reset(&arena);
    assert_non_null(arena_alloc(&arena, 1, 64));
    arena_finish(&arena);
}

static void test_arena_reset_uses_the_block_again(void **state)
{
    struct arena arena;
    (void)state;
    arena_init(&arena, 10000);
    void *first = arena_alloc(&arena, 3000, 1);
    for (int round = 0; round < 5; round++) {
        arena_reset(&arena);
        assert_ptr_equal(arena_alloc(&arena, 3000, 1), first);
    }
    arena_finish(&arena);
}

/* Says something in builds with AddressSanitizer only. */
static void test_arena_ends_are_guarded(void **state)
{
#if defined(__SANITIZE_ADDRESS__)
    struct arena arena;
    (void)state;
    arena_init(&arena, 10000);
    for (size_t size = 1; size < 50; size++) {
        char *items = arena_alloc(&arena, size, 1);
        arena_alloc(&arena, 1, 1);
        assert_false(__asan_address_is_poisoned(items));
        assert_false(__asan_address_is_poisoned(items + size - 1));
        assert_true(__asan_address_is_poisoned(items + size));
    }
    char *items = arena_alloc(&arena, 8, 1);
    arena_reset(&arena);
    assert_true(__asan_address_is_poisoned(items));
    arena_finish(&arena);
#else
    (void)state;
#endif
}

static void test_arena_text(void **state)
{
    struct arena arena;
    (void)state;
    arena_init(&arena, 1000);
    assert_string_equal(arena_strdup(&arena, ""), "");
    assert_string_equal(arena_strdup(&arena, "feed-a"), "feed-a");
    assert_string_equal(arena_strndup(&arena, "feed-a", 4), "feed");
    assert_string_equal(arena_strndup(&arena, "feed-a", 100), "feed-a");
    assert_string_equal(arena_strndup(&arena, (const char[]){'a', 'b'}, 2), "ab");
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_new_is_zeroed),
        cmocka_unit_test(test_strdup),
        cmocka_unit_test(test_array_grows_to_its_max),
        cmocka_unit_test(test_array_doubles),
        cmocka_unit_test(test_array_takes_many_at_once),
        cmocka_unit_test(test_limits_stop_the_process),
        cmocka_unit_test(test_arena),
        cmocka_unit_test(test_arena_takes_up_to_its_max),
        cmocka_unit_test(test_arena_reset_uses_the_block_again),
        cmocka_unit_test(test_arena_ends_are_guarded),
        cmocka_unit_test(test_arena_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
