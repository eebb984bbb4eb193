/* The pulse of a run: its figures over the last marks, and none while there are too few. */
#include "engine/pulse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const int64_t SECOND_NS = 1000000000;

static void test_reads_the_last_marks(void **state)
{
    struct pulse pulse = {.count = 0};
    int64_t speed, journal;
    (void)state;
    for (int64_t i = 0; i < 60; i++) {
        struct pulse_mark mark = {i * SECOND_NS / 2, i < 30 ? i * 30000 : 900000 + (i - 30) * 5000,
                                  i * SECOND_NS / 8};
        pulse_beat(&pulse, &mark);
        bool known = pulse_read(&pulse, &speed, &journal);
        assert_int_equal(known, i / 2 + 1 >= PULSE_MARKS / 2);
        if (known)
            assert_int_equal(journal, 250);
        if (known && i <= 30)
            assert_int_equal(speed, 60000);
    }
    assert_int_equal(speed, 10000);
    pulse_forget(&pulse);
    assert_false(pulse_read(&pulse, &speed, &journal));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_reads_the_last_marks)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
