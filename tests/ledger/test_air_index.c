/* The air index against a list of all boxes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/random.h"
#include "ledger/air_index.h"

enum { BOXES = 300 };

struct naive {
    struct geometry_box boxes[BOXES];
    bool there[BOXES];
    int found[BOXES];
    int left; /* how many more may be told of */
};

static bool note(void *context, uint32_t flight, uint32_t volume)
{
    struct naive *naive = context;
    assert_int_equal(volume, flight % 7);
    naive->found[flight]++;
    return --naive->left > 0;
}

/* A side: mostly small against a square or slab, now and then of any size, over both signs. */
static void random_side(struct random *random, int64_t span, int64_t part, int64_t *low,
                        int64_t *high)
{
    int64_t length = random_below(random, 20) ? part : 2 * span;
    *low = random_between(random, -span, span);
    *high = *low + random_between(random, 0, length);
    if (random_below(random, 8) == 0) /* at the bounds of squares */
        *low = *low / (1 << AIR_INDEX_SQUARE_BITS) * (1 << AIR_INDEX_SQUARE_BITS);
    *high = *high < *low ? *low : *high;
}

static struct geometry_box random_box(struct random *random)
{
    struct geometry_box box;
    random_side(random, 8000000, 900000, &box.x_min_mm, &box.x_max_mm);
    random_side(random, 8000000, 900000, &box.y_min_mm, &box.y_max_mm);
    random_side(random, 1000, 900, &box.lower_mm, &box.upper_mm);
    random_side(random, 2000000, 400000, &box.from_ms, &box.until_ms);
    if (random_below(random, 60) == 0)
        box.until_ms = INT64_MAX;
    return box;
}

static void check_find(const struct air_index *index, struct naive *naive, struct random *random,
                       int *met)
{
    struct geometry_box box = random_box(random);
    int expected = 0;
    memset(naive->found, 0, sizeof naive->found);
    naive->left = BOXES + 1;
    air_index_find(index, &box, note, naive);
    for (int i = 0; i < BOXES; i++) {
        bool meets = naive->there[i] && geometry_boxes_meet(&naive->boxes[i], &box);
        assert_int_equal(naive->found[i], meets);
        expected += meets;
    }
    *met += expected;
    if (expected < 2)
        return;
    naive->left = 1; /* ends when told to */
    air_index_find(index, &box, note, naive);
    assert_int_equal(naive->left, 0);
}

static void test_random(void **state)
{
    (void)state;
    const uint64_t seed = 20260105;
    static struct naive naive;
    struct random random;
    struct air_index index;
    int met = 0;
    random_init(&random, seed);
    air_index_init(&index);
    for (int round = 0; round < 20000; round++) {
        uint32_t i = (uint32_t)random_below(&random, BOXES);
        if (naive.there[i]) {
            air_index_remove(&index, &naive.boxes[i], i, i % 7);
        } else {
            naive.boxes[i] = random_box(&random);
            air_index_add(&index, &naive.boxes[i], i, i % 7);
        }
        naive.there[i] = !naive.there[i];
        check_find(&index, &naive, &random, &met);
    }
    for (uint32_t i = 0; i < BOXES; i++)
        if (naive.there[i])
            air_index_remove(&index, &naive.boxes[i], i, i % 7);
    assert_int_equal(index.bucket_count, 0);
    assert_int_equal(index.large.count, 0);
    print_message("seed %llu: %d meetings\n", (unsigned long long)seed, met);
    assert_true(met > 1000);
    air_index_finish(&index);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
