/* Watts that a rack's own claim has, by state. */
#include <plenum/rack.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_claim_by_state(void **state)
{
    (void)state;
    const struct plenum_rack_model model = {.idle_w = 1700, .peak_w = 8500};
    static const int64_t watts[PLENUM_RACK_STATE_COUNT] = {
        [PLENUM_RACK_POWERED] = 8500,
        [PLENUM_RACK_TESTED] = 8500,
        [PLENUM_RACK_IN_SERVICE] = 1700,
    };
    for (int i = 0; i < PLENUM_RACK_STATE_COUNT; i++)
        assert_int_equal(plenum_rack_claim_w(&model, (enum plenum_rack_state)i), watts[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_claim_by_state),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
