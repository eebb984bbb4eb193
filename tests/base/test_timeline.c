/* The timeline against a plain array with one value an instant. */
#include "base/timeline.h"

#include "base/random.h"
#include "base/wall.h"
#include "death.h"
#include "unit.h"

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

/* Taking back every change of value leaves no boundary. */
static void timeline_add_inverse(struct timeline *timeline, const struct naive *naive)
{
    int64_t value = naive->base;
    for (int64_t t = 0; t <= SPAN; t++) {
        if (naive->value[t] != value)
            timeline_add(timeline, t, INT64_MAX, value - naive->value[t]);
        value = naive->value[t];
    }
    assert_int_equal(timeline_boundaries(timeline), 0);
    assert_int_equal(timeline_min(timeline, INT64_MIN, INT64_MAX), naive->base);
    assert_int_equal(timeline_max(timeline, INT64_MIN, INT64_MAX), naive->base);
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
    timeline_add_inverse(&timeline, &naive);
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

static void test_empty_has_no_memory(void **state)
{
    struct timeline timeline;
    (void)state;
    timeline_init(&timeline, 7);
    timeline_add(&timeline, 0, 10, 0);
    timeline_forget(&timeline, 100);
    assert_null(timeline.nodes);
    assert_int_equal(timeline_at(&timeline, INT64_MIN), 7);
    assert_int_equal(timeline_at(&timeline, INT64_MAX), 7);
    assert_int_equal(timeline_min(&timeline, 0, 1), 7);
    assert_int_equal(timeline_max(&timeline, INT64_MIN, INT64_MAX), 7);
    assert_int_equal(timeline_next(&timeline, INT64_MIN), INT64_MAX);
    assert_int_equal(timeline_first_below(&timeline, 0, 5, 8), 0);
    assert_int_equal(timeline_first_below(&timeline, 0, 5, 7), 5);
    assert_int_equal(timeline_first_fit(&timeline, 3, 5, INT64_MAX, 7), 3);
    assert_int_equal(timeline_first_fit(&timeline, 3, 5, 1, 8), INT64_MAX);
    timeline_finish(&timeline);
}

/* Both ends of time, and an interval without an end. */
static void test_ends_of_time(void **state)
{
    struct timeline timeline;
    (void)state;
    timeline_init(&timeline, 10);
    timeline_add(&timeline, INT64_MIN, INT64_MAX, -3);
    assert_int_equal(timeline_boundaries(&timeline), 1);
    timeline_add(&timeline, 5, INT64_MAX, -4);
    assert_int_equal(timeline_at(&timeline, INT64_MIN), 7);
    assert_int_equal(timeline_at(&timeline, 4), 7);
    assert_int_equal(timeline_at(&timeline, 5), 3);
    assert_int_equal(timeline_at(&timeline, INT64_MAX), 3);
    assert_int_equal(timeline_next(&timeline, INT64_MIN), 5);
    assert_int_equal(timeline_first_fit(&timeline, INT64_MIN, 5, 5, 7), INT64_MIN);
    assert_int_equal(timeline_first_fit(&timeline, 0, 5, 5, 7), 0);
    assert_int_equal(timeline_first_fit(&timeline, 1, 5, 5, 7), INT64_MAX);
    assert_int_equal(timeline_first_fit(&timeline, 1, 5, 5, 3), 1);
    assert_int_equal(timeline_first_fit(&timeline, 5, 6, INT64_MAX, 3), 5);
    timeline_forget(&timeline, INT64_MAX);
    assert_int_equal(timeline_boundaries(&timeline), 0);
    assert_int_equal(timeline_at(&timeline, 0), 3);
    timeline_finish(&timeline);
}

/* `latest` bounds where the interval starts, not where it ends. */
static void test_first_fit_starts_before_latest(void **state)
{
    static const struct {
        int64_t from, latest, length, floor, expected;
    } cases[] = {
        {0, 100, 10, 5, 0},        {0, 100, 11, 5, 20},        {5, 100, 10, 5, 20},
        {0, 20, 11, 5, INT64_MAX}, {0, 21, 11, 5, 20},         {10, 11, 1, 5, INT64_MAX},
        {10, 11, 1, 2, 10},        {0, 100, INT64_MAX, 5, 20}, {0, 0, 1, 5, INT64_MAX},
        {9, 100, 1, 5, 9},         {0, 100, 1, 6, INT64_MAX},
    };
    struct timeline timeline;
    (void)state;
    timeline_init(&timeline, 5);
    timeline_add(&timeline, 10, 20, -3);
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_int_equal(timeline_first_fit(&timeline, cases[i].from, cases[i].latest,
                                            cases[i].length, cases[i].floor),
                         cases[i].expected);
    timeline_finish(&timeline);
}

/* All values within +-2^60: no sum on the way overflows, even from one end to the other. */
static void test_large_values(void **state)
{
    const int64_t large = INT64_C(1) << 60;
    struct timeline timeline;
    (void)state;
    timeline_init(&timeline, large);
    timeline_add(&timeline, 0, 10, -2 * large);
    timeline_add(&timeline, 20, 30, -2 * large);
    timeline_add(&timeline, 10, 20, -large);
    timeline_add(&timeline, INT64_MIN, 0, -2 * large);
    assert_int_equal(timeline_max(&timeline, INT64_MIN, INT64_MAX), large);
    assert_int_equal(timeline_min(&timeline, INT64_MIN, INT64_MAX), -large);
    assert_int_equal(timeline_at(&timeline, 15), 0);
    assert_int_equal(timeline_first_fit(&timeline, 0, 100, 15, 0), 30);
    timeline_finish(&timeline);
}

/* A long timeline whose value never falls below floor until its end: no search may walk through
 * it all. The bound is a hundred times what is needed, and far under what walking takes. */
static void test_long_timeline_is_searched_fast(void **state)
{
    enum { LONG = 100000, SEARCHES = 50000 };
    struct timeline timeline;
    (void)state;
    timeline_init(&timeline, 10);
    for (int64_t i = 0; i < LONG; i++)
        timeline_add(&timeline, 10 * i, 10 * i + 5, 1);
    timeline_add(&timeline, 10 * LONG, INT64_MAX, -1);
    int64_t start_ns = wall_now_ns(&wall_clock_system);
    for (int64_t i = 0; i < SEARCHES; i++) {
        assert_int_equal(timeline_first_below(&timeline, i, INT64_MAX, 10), 10 * LONG);
        assert_int_equal(timeline_first_fit(&timeline, i, INT64_MAX, 5000000, 12), INT64_MAX);
    }
    assert_true(wall_now_ns(&wall_clock_system) - start_ns < INT64_C(10000000000));
    timeline_finish(&timeline);
}

static void add_backwards(void)
{
    struct timeline timeline;
    timeline_init(&timeline, 0);
    timeline_add(&timeline, 5, 5, 1);
}

static void ask_backwards(void)
{
    struct timeline timeline;
    timeline_init(&timeline, 0);
    timeline_min(&timeline, 6, 5);
}

static void overflow_value(void)
{
    struct timeline timeline;
    timeline_init(&timeline, INT64_MAX - 5);
    timeline_add(&timeline, 0, 10, 6);
}

static void overflow_sum(void)
{
    struct timeline timeline;
    timeline_init(&timeline, 0);
    for (int i = 0; i < 3; i++)
        timeline_add(&timeline, i, INT64_MAX, INT64_MIN / 2);
}

static void fit_nothing(void)
{
    struct timeline timeline;
    timeline_init(&timeline, 0);
    timeline_first_fit(&timeline, 0, 1, 0, 0);
}

static void test_preconditions(void **state)
{
    (void)state;
    assert_true(death_of(add_backwards));
    assert_true(death_of(ask_backwards));
    assert_true(death_of(overflow_value));
    assert_true(death_of(overflow_sum));
    assert_true(death_of(fit_nothing));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_empty_has_no_memory),
        cmocka_unit_test(test_ends_of_time),
        cmocka_unit_test(test_first_fit_starts_before_latest),
        cmocka_unit_test(test_large_values),
        cmocka_unit_test(test_long_timeline_is_searched_fast),
        cmocka_unit_test(test_preconditions),
        cmocka_unit_test(test_against_naive),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
