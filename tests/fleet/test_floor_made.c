/* Made floors: all free cells are connected, the seed decides, and sizes are kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "fleet/floor_made.h"
#include "fleet/generate.h"

struct size {
    uint32_t width, height;
};

static const struct size sizes[] = {{2, 2}, {3, 9}, {20, 20}, {61, 33}, {200, 131}};

static uint32_t free_count(const uint8_t *walls, const struct size *size)
{
    uint32_t count = 0;
    for (uint32_t cell = 0; cell < size->width * size->height; cell++) {
        count += walls[cell] == 0;
    }
    return count;
}

/* Free cells that can be reached from the first. */
static uint32_t reached_count(const uint8_t *walls, const struct size *size)
{
    uint32_t cells = size->width * size->height, count = 0, depth = 0, first = 0;
    uint8_t *seen = memory_new(cells, 1);
    uint32_t *stack = memory_new(cells, sizeof *stack);
    while (walls[first]) {
        first++;
    }
    seen[first] = 1;
    stack[depth++] = first;
    while (depth > 0) {
        uint32_t cell = stack[--depth], column = cell % size->width;
        const uint32_t next[] = {column + 1 < size->width ? cell + 1 : cell,
                                 column > 0 ? cell - 1 : cell,
                                 cell + size->width < cells ? cell + size->width : cell,
                                 cell >= size->width ? cell - size->width : cell};
        count++;
        for (int way = 0; way < 4; way++) {
            if (!walls[next[way]] && !seen[next[way]]) {
                seen[next[way]] = 1;
                stack[depth++] = next[way];
            }
        }
    }
    free(stack);
    free(seen);
    return count;
}

static void test_free_cells_are_connected(void **state)
{
    (void)state;
    for (int kind = 0; kind < FLOOR_KIND_COUNT; kind++) {
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            for (uint64_t seed = 1; seed <= 8; seed++) {
                uint8_t *walls =
                    floor_make((enum floor_kind)kind, sizes[i].width, sizes[i].height, seed);
                assert_true(free_count(walls, &sizes[i]) > 0);
                assert_int_equal(reached_count(walls, &sizes[i]), free_count(walls, &sizes[i]));
                free(walls);
            }
        }
    }
}

static void test_the_seed_decides(void **state)
{
    (void)state;
    static const enum floor_kind kinds[] = {FLOOR_MAZE, FLOOR_CITY};
    for (size_t i = 0; i < 2; i++) {
        uint8_t *first = floor_make(kinds[i], 60, 60, 1), *again = floor_make(kinds[i], 60, 60, 1);
        uint8_t *other = floor_make(kinds[i], 60, 60, 2);
        assert_memory_equal(first, again, 60 * 60);
        assert_int_not_equal(memcmp(first, other, 60 * 60), 0);
        free(first);
        free(again);
        free(other);
    }
}

static void test_too_many_robots_are_refused(void **state)
{
    (void)state;
    struct plenum_error error;
    const struct generate_options options = {
        .kind = FLOOR_SORTATION, .width = 3, .height = 3, .robots = 9, .errands = 1};
    assert_int_equal(generate_write(&options, "unwritten", &error), PLENUM_INPUT);
    assert_string_equal(error.text, "9 robots, and only 8 free cells for them");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_free_cells_are_connected),
        cmocka_unit_test(test_the_seed_decides),
        cmocka_unit_test(test_too_many_robots_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
