/* Patterns of shares: small worlds with known answers, and properties on random ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/random.h"
#include "capacity/pack_plan.h"

static struct plan plan;

static void plan_clear(void)
{
    memset(&plan, 0, sizeof plan);
}

static int64_t devices(void)
{
    int64_t sum = 0;
    for (int32_t i = 0; i < plan.count; i++)
        sum += plan.patterns[i].wanted;
    return sum;
}

/* Shares and how many there are, and the fewest devices that hold them. */
static const struct {
    int32_t milli[4];
    int64_t count[4];
    int64_t devices;
} known[] = {
    {{500}, {10}, 5},
    {{810, 190}, {10, 10}, 10},
    {{810, 160}, {10, 4}, 10},
    {{650, 320}, {7, 7}, 7},
    {{470, 60}, {8, 4}, 4},
    {{999, 1}, {3, 3}, 4}, /* a share takes its size rounded up to 10 */
    {{600, 400, 300, 700}, {2, 2, 5, 5}, 7},
    {{0}, {0}, 0},
};

static void test_known_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        plan_clear();
        for (int k = 0; k < 4; k++)
            plan.seen[known[i].milli[k]] += known[i].count[k];
        plan_make(&plan);
        assert_int_equal(devices(), known[i].devices);
    }
}

static void test_every_share_is_in_a_pattern_that_fits(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 100; seed++) {
        struct random random;
        int64_t planned[PLAN_SIZES] = {0};
        random_init(&random, seed);
        plan_clear();
        for (int i = 0; i < 40; i++)
            plan.seen[random_between(&random, 1, PLAN_SIZES - 1)] += random_between(&random, 1, 99);
        plan_make(&plan);
        for (int32_t p = 0; p < plan.count; p++) {
            int32_t sum = 0;
            assert_true(plan.patterns[p].wanted > 0);
            for (int32_t i = 0; i < plan.patterns[p].part_count; i++) {
                sum += plan.patterns[p].parts[i];
                planned[plan.patterns[p].parts[i]] += plan.patterns[p].wanted;
            }
            assert_true(sum <= PLENUM_DEVICE_MILLI);
        }
        assert_true(plan.count < PLAN_PATTERNS_MAX);
        assert_memory_equal(planned, plan.seen, sizeof planned);
    }
}

static void test_patterns_are_opened_as_often_as_wanted(void **state)
{
    (void)state;
    plan_clear();
    plan.seen[810] = 40;
    plan.seen[190] = 10; /* 10 with a 190 beside, 30 alone */
    plan_make(&plan);
    int alone = 0;
    for (int i = 0; i < 40; i++)
        alone += plan_open(&plan, 810)->part_count == 1;
    assert_int_equal(alone, 30);
    assert_null(plan_open(&plan, 333));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_answers),
        cmocka_unit_test(test_every_share_is_in_a_pattern_that_fits),
        cmocka_unit_test(test_patterns_are_opened_as_often_as_wanted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
