/* Trip times and integration of breaker curves, against published and worked figures. */
#include "model/breaker.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { RATIOS = 11 };

static const double ratios[RATIOS] = {1.05,    1.10, 1.15, 1.20, 1.25, 1.30,
                                      4.0 / 3, 1.40, 1.50, 2.0,  3.0};

static const struct {
    enum plenum_breaker_curve curve;
    double seconds[RATIOS];
} table[] = {
    {PLENUM_BREAKER_RACK_PANEL,
     {2573.3, 1020.0, 536.3, 316.2, 198.5, 129.7, 99.3, 60.0, 29.9, 1.73, .032}},
    {PLENUM_BREAKER_SWITCHBOARD, {287.9, 114.1, 60.0, 35.4, 22.2, 14.5, 11.1, 6.7, 3.3, .19, .004}},
    {PLENUM_BREAKER_IEC_VI, {270, 135, 90, 67.5, 54, 45, 40.5, 33.8, 27, 13.5, 6.75}},
    {PLENUM_BREAKER_IEC_EI, {780.5, 381.0, 248.1, 181.8, 142.2, 115.9, 102.9, 83.3, 64, 26.7, 10}},
    {PLENUM_BREAKER_IEEE_VI, {191.8, 93.9, 61.3, 45.1, 35.4, 28.9, 25.7, 20.9, 16.2, 7.03, 2.94}},
};

static void test_trip_times(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        for (size_t k = 0; k < RATIOS; k++) {
            double found = breaker_trip_s(table[i].curve, 1000, ratios[k]);
            double expected = table[i].seconds[k];

            assert_true(fabs(found - expected) <= 0.05 + expected / 500);
        }
    }
}

/* Figures of IEC 60255-151 at twice and at ten times the setting, TMS 1: 10.03 s and 2.97 s. */
static void test_standard_inverse(void **state)
{
    (void)state;
    assert_true(fabs(breaker_trip_s(PLENUM_BREAKER_IEC_SI, 1000, 2) - 10.03) < 0.005);
    assert_true(fabs(breaker_trip_s(PLENUM_BREAKER_IEC_SI, 1000, 10) - 2.97) < 0.005);
    assert_true(fabs(breaker_trip_s(PLENUM_BREAKER_IEC_SI, 500, 2) - 5.015) < 0.005);
}

static void test_edges(void **state)
{
    (void)state;
    for (int curve = PLENUM_BREAKER_NONE; curve < PLENUM_BREAKER_COUNT; curve++) {
        assert_true(isinf(breaker_trip_s((enum plenum_breaker_curve)curve, 1000, 1)));
        assert_true(isinf(breaker_trip_s((enum plenum_breaker_curve)curve, 1000, 0)));
    }
    assert_true(isinf(breaker_trip_s(PLENUM_BREAKER_NONE, 1000, 100)));
    assert_true(breaker_trip_s(PLENUM_BREAKER_RACK_PANEL, 1000, 5) == 0);
    assert_true(breaker_trip_s(PLENUM_BREAKER_RACK_PANEL, 1000, 4.999) > 0);
}

/* The library's pow() agrees, to the last digits, on all of the range. */
static void test_powers(void **state)
{
    (void)state;
    double ratio = 1.001;
    while (ratio < 1000) {
        double inverse = breaker_trip_s(PLENUM_BREAKER_IEC_SI, 1000, ratio);
        double panel = breaker_trip_s(PLENUM_BREAKER_RACK_PANEL, 1000, ratio);
        double expected = 0.14 / (pow(ratio, 0.02) - 1);
        double of_panel = ratio >= 5 ? 0 : 1586.4032 / (pow(ratio, 9.843320) - 1);

        assert_true(fabs(inverse - expected) <= 1e-10 * expected);
        assert_true(fabs(panel - of_panel) <= 1e-10 * of_panel);
        ratio *= 1.01;
    }
    assert_true(breaker_trip_s(PLENUM_BREAKER_IEC_EI, 1000, INFINITY) < 1e-15);
}

/* The first whole second after which it is tripped, or -1. */
static int run(struct breaker *breaker, double ratio, int seconds, int from)
{
    for (int i = 1; i <= seconds; i++) {
        if (breaker_pass(breaker, ratio, 1)) {
            return from + i;
        }
    }
    return -1;
}

static void test_integration(void **state)
{
    (void)state;
    struct breaker breaker;

    breaker_init(&breaker, PLENUM_BREAKER_RACK_PANEL, 1000);
    assert_int_equal(run(&breaker, 1.2, 120, 0), -1);
    assert_int_equal(run(&breaker, 0.9, 300, 120), -1);
    assert_int_equal(run(&breaker, 1.2, 1000, 420), 737);

    breaker_init(&breaker, PLENUM_BREAKER_RACK_PANEL, 1000);
    assert_int_equal(run(&breaker, 1.3, 60, 0), -1);
    assert_int_equal(run(&breaker, 0.95, 60, 60), -1);
    assert_true(fabs(breaker.heat - 0.3626) < 0.0001);

    breaker_init(&breaker, PLENUM_BREAKER_IEC_VI, 1000);
    assert_int_equal(run(&breaker, 1.5, 20, 0), -1);
    assert_int_equal(run(&breaker, 2.0, 20, 20), 24);

    breaker_init(&breaker, PLENUM_BREAKER_SWITCHBOARD, 1000);
    assert_int_equal(run(&breaker, 1.05, 1000, 0), 288);
}

static void test_left(void **state)
{
    (void)state;
    struct breaker breaker;

    breaker_init(&breaker, PLENUM_BREAKER_IEC_VI, 1000);
    assert_false(breaker_pass(&breaker, 1.5, 13.5));
    assert_true(fabs(breaker_left_s(&breaker, 2.0) - 6.75) < 1e-9);
    assert_true(isinf(breaker_left_s(&breaker, 1.0)));
    assert_true(breaker_pass(&breaker, 2.0, 6.75));
    assert_true(breaker_left_s(&breaker, 0.5) == 0);
    assert_true(breaker_pass(&breaker, 0, 10000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_trip_times), cmocka_unit_test(test_standard_inverse),
        cmocka_unit_test(test_edges),      cmocka_unit_test(test_integration),
        cmocka_unit_test(test_left),       cmocka_unit_test(test_powers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
