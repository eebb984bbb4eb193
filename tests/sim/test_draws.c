/* Chances of the simulated world: how often, how long, and that they depend on nothing else. */
#include "sim/sim.h"

#include "model/weather.h"
#include "site_for_tests.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { DRAWS = 200000 };

/* Within 5 sigma of so many of DRAWS (sigma of a binomial, from above by its Poisson). */
static void check_count(int64_t count, int64_t expected)
{
    int64_t off = count - expected;
    if (off * off > 25 * (expected > 1 ? expected : 1))
        fail_msg("%lld times, expected about %lld", (long long)count, (long long)expected);
}

static void test_chances(void **state)
{
    (void)state;
    static const int64_t ppm[] = {0, 1, 1000, 250000, 999999, 1000000};
    struct sim sim = {.seed = 42};
    for (size_t i = 0; i < sizeof ppm / sizeof *ppm; i++) {
        int64_t count = 0;
        for (int64_t when = 0; when < DRAWS; when++)
            count += sim_chance(sim_draw(&sim, SIM_LATE, i, when), ppm[i]);
        check_count(count, DRAWS * ppm[i] / 1000000);
        assert_true(ppm[i] != 0 || count == 0);
        assert_true(ppm[i] != 1000000 || count == DRAWS);
    }
}

static void test_events(void **state)
{
    (void)state;
    static const struct {
        int64_t mean_ms, step_ms, count;
    } cases[] = {
        {0, 1000, 0},       {60000, 1000, DRAWS / 60}, {1000, 1000, DRAWS},
        {500, 1000, DRAWS}, {3000, 1000, DRAWS / 3},
    };
    struct sim sim = {.seed = 7};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t count = 0;
        for (int64_t when = 0; when < DRAWS; when++)
            count +=
                sim_event(sim_draw(&sim, SIM_JOB, i, when), cases[i].mean_ms, cases[i].step_ms);
        check_count(count, cases[i].count);
    }
}

static void test_spread(void **state)
{
    (void)state;
    static const int64_t means[] = {0, 1, 2, 3, 100, 7200000};
    for (size_t i = 0; i < sizeof means / sizeof *means; i++) {
        int64_t mean = means[i];
        assert_int_equal(sim_spread(0, mean), mean - mean / 4);
        assert_true(sim_spread(UINT64_MAX, mean) <= mean + mean / 4 + 1);
        assert_true(sim_spread(UINT64_MAX, mean) >= mean);
    }
}

/* A draw names stream, whom and when, and nothing else; the streams are in order for ever. */
static void test_draws_are_their_names(void **state)
{
    (void)state;
    struct sim one = {.seed = 1}, same = {.seed = 1}, other = {.seed = 2};
    uint64_t draw = sim_draw(&one, SIM_TOTE, 3, 4);
    assert_true(draw == sim_draw(&same, SIM_TOTE, 3, 4));
    assert_true(draw != sim_draw(&other, SIM_TOTE, 3, 4));
    assert_true(draw != sim_draw(&one, SIM_JOB, 3, 4));
    assert_true(draw != sim_draw(&one, SIM_TOTE, 4, 4));
    assert_true(draw != sim_draw(&one, SIM_TOTE, 3, 5));
    assert_true(draw != sim_draw(&one, SIM_TOTE, 4, 3));
    assert_int_equal(SIM_SUPPLY, 0);
    assert_int_equal(SIM_FLIGHT, 14);
}

/* --- wind ------------------------------------------------------------------------------------- */

static void test_wind(void **state)
{
    (void)state;
    struct plenum_site *site =
        site_for_tests(SITE_SMALL "world: {wind_mean_mm_s: 4000, wind_gust_mm_s: 9000}\n");
    int64_t hour_ms = 3600000;
    int differs = 0;
    for (int64_t hour = 0; hour < 200; hour++) {
        int64_t at_ms = site->start_ms + hour * hour_ms;
        struct wind from = weather_wind(site, at_ms), to = weather_wind(site, at_ms + hour_ms);
        struct wind middle = weather_wind(site, at_ms + hour_ms / 2);
        assert_in_range(from.east_mm_s + 4000, 0, 8000);
        assert_in_range(from.north_mm_s + 4000, 0, 8000);
        assert_int_equal(from.gust_mm_s, 9000);
        assert_in_range(2 * middle.east_mm_s - from.east_mm_s - to.east_mm_s + 2, 0, 4);
        assert_in_range(2 * middle.north_mm_s - from.north_mm_s - to.north_mm_s + 2, 0, 4);
        differs += from.east_mm_s != to.east_mm_s && from.east_mm_s != from.north_mm_s;
    }
    assert_true(differs > 190);
    plenum_site_destroy(site);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chances), cmocka_unit_test(test_events),
        cmocka_unit_test(test_spread),  cmocka_unit_test(test_draws_are_their_names),
        cmocka_unit_test(test_wind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
