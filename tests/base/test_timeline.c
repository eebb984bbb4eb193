/* The timeline against a plain array with one value an instant. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/random.h"
#include "base/timeline.h"

/* ---- the naive model: instants 0 .. SPAN-1, and one value for all time after ---- */

enum { SPAN = 96 };

struct naive {
    int64_t base;            /* before instant 0 */
    int64_t value[SPAN + 1]; /* value[SPAN] is for ever */
};

static void naive_add(struct naive *naive, int64_t from, int64_t until, int64_t delta)
{
    for (int64_t t = from; t <= SPAN && t < until; t++)
        naive->value[t] += delta;
}

static int64_t naive_extreme(const struct naive *naive, int64_t from, int64_t until, int sign)
{
    int64_t extreme = naive->value[from];
    for (int64_t t = from; t <= SPAN && t < until; t++)
        if ((naive->value[t] - extreme) * sign > 0)
            extreme = naive->value[t];
    return extreme;
}

static int64_t naive_first_below(const struct naive *naive, int64_t from, int64_t until,
                                 int64_t floor)
{
    for (int64_t t = from; t <= SPAN && t < until; t++)
        if (naive->value[t] < floor)
            return t;
    return until;
}

static int64_t naive_first_fit(const struct naive *naive, int64_t from, int64_t latest,
                               int64_t length, int64_t floor)
{
    for (int64_t t = from; t <= SPAN && t < latest; t++)
        if (naive_first_below(naive, t, t + length, floor) == t + length)
            return t;
    return INT64_MAX;
}

/* The first instant after t where the value changes. */
static int64_t naive_next(const struct naive *naive, int64_t t)
{
    for (t++; t <= SPAN; t++)
        if (naive->value[t] != (t == 0 ? naive->base : naive->value[t - 1]))
            return t;
    return INT64_MAX;
}

static size_t naive_boundaries(const struct naive *naive)
{
    size_t count = 0;
    for (int64_t t = -1; naive_next(naive, t) != INT64_MAX; t = naive_next(naive, t))
        count++;
    return count;
}

static void naive_forget(struct naive *naive, int64_t instant)
{
    naive->base = naive->value[instant];
    for (int64_t t = 0; t < instant; t++)
        naive->value[t] = naive->base;
}

/* ---- both, side by side ---- */

static void check_same(const struct timeline *timeline, const struct naive *naive,
                       struct random *random)
{
    int64_t from = random_between(random, 0, SPAN - 1);
    int64_t until =
        random_below(random, 8) == 0 ? INT64_MAX : random_between(random, from + 1, SPAN);
    int64_t floor = random_between(random, -12, 12);
    int64_t length = random_between(random, 1, SPAN / 4);
    assert_int_equal(timeline_at(timeline, from), naive->value[from]);
    assert_int_equal(timeline_at(timeline, -1), naive->base);
    assert_int_equal(timeline_at(timeline, INT64_MAX), naive->value[SPAN]);
    assert_int_equal(timeline_min(timeline, from, until), naive_extreme(naive, from, until, -1));
    assert_int_equal(timeline_max(timeline, from, until), naive_extreme(naive, from, until, 1));
    assert_int_equal(timeline_next(timeline, from), naive_next(naive, from));
    assert_int_equal(timeline_first_below(timeline, from, until, floor),
                     naive_first_below(naive, from, until, floor));
    assert_int_equal(timeline_first_fit(timeline, from, SPAN + 1, length, floor),
                     naive_first_fit(naive, from, SPAN + 1, length, floor));
    assert_int_equal(timeline_boundaries(timeline), naive_boundaries(naive));
}

static void random_add(struct timeline *timeline, struct naive *naive, struct random *random)
{
    int64_t from = random_between(random, 0, SPAN - 1);
    int64_t until =
        random_below(random, 10) == 0 ? INT64_MAX : random_between(random, from + 1, SPAN);
    int64_t delta = random_between(random, -4, 4);
    timeline_add(timeline, from, until, delta);
    naive_add(naive, from, until, delta);
}

static void run_against_naive(uint64_t seed, int operations, uint32_t forget_ppm)
{
    struct random random;
    struct timeline timeline;
    struct naive naive = {0};
    random_init(&random, seed);
    timeline_init(&timeline, 0);
    for (int i = 0; i < operations; i++) {
        random_add(&timeline, &naive, &random);
        if (random_chance_ppm(&random, forget_ppm)) {
            int64_t instant = random_between(&random, 0, SPAN - 1);
            timeline_forget(&timeline, instant);
            naive_forget(&naive, instant);
        }
        check_same(&timeline, &naive, &random);
    }
    timeline_finish(&timeline);
}

static void test_against_naive(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        print_message("seed %llu\n", (unsigned long long)seed);
        run_against_naive(seed, 1000, seed % 2 == 0 ? 50000 : 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_naive),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
