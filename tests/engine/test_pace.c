/* Pace with a clock that the test turns: sleeping is what moves it. */
#include "engine/pace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct test_clock {
    struct wall_clock wall;
    int64_t now_ns, slept_ns;
    struct pace *pause; /* this one, at the next sleep; NULL: none */
};

static int64_t test_now(void *context)
{
    return ((struct test_clock *)context)->now_ns;
}

static void test_sleep(void *context, int64_t ns)
{
    struct test_clock *clock = context;
    clock->now_ns += ns;
    clock->slept_ns += ns;
    if (clock->pause)
        atomic_store(&clock->pause->paused, true);
}

static void clock_init(struct test_clock *clock)
{
    *clock = (struct test_clock){.now_ns = 1000};
    clock->wall = (struct wall_clock){test_now, test_sleep, clock};
}

static const int64_t SECOND_NS = 1000000000;

static int64_t steps_in(struct pace *pace, struct test_clock *clock, int64_t wall_ns)
{
    int64_t steps = 0, end_ns = clock->now_ns + wall_ns;
    for (int guard = 0; guard < 1000000 && clock->now_ns < end_ns; guard++)
        steps += pace_wait(pace, 1000, SECOND_NS / 20);
    return steps;
}

static void speed_sets_the_steps_a_second(void **state)
{
    (void)state;
    static const struct {
        int64_t speed_milli, steps_in_10_s;
    } rows[] = {{1000, 10}, {60000, 600}, {500, 5}, {10000000, 100000}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct test_clock clock;
        struct pace pace;
        clock_init(&clock);
        pace_init(&pace, &clock.wall, rows[i].speed_milli);
        int64_t steps = steps_in(&pace, &clock, 10 * SECOND_NS);
        assert_in_range(steps, rows[i].steps_in_10_s, rows[i].steps_in_10_s + 2);
    }
}

static void without_speed_nothing_waits(void **state)
{
    (void)state;
    struct test_clock clock;
    struct pace pace;
    clock_init(&clock);
    pace_init(&pace, &clock.wall, 0);
    for (int i = 0; i < 1000; i++)
        assert_true(pace_wait(&pace, 1000, SECOND_NS / 20));
    assert_int_equal(clock.slept_ns, 0);
}

static void paused_takes_allowed_steps_only(void **state)
{
    (void)state;
    struct test_clock clock;
    struct pace pace;
    clock_init(&clock);
    pace_init(&pace, &clock.wall, 60000);
    atomic_store(&pace.paused, true);
    assert_int_equal(steps_in(&pace, &clock, SECOND_NS), 0);
    atomic_store(&pace.allowed, 3);
    assert_int_equal(steps_in(&pace, &clock, SECOND_NS), 3);
    assert_int_equal(steps_in(&pace, &clock, SECOND_NS), 0);
}

/* A client that pauses the clock is served while it sleeps, and told that it stands. */
static void paused_in_its_sleep_takes_no_step(void **state)
{
    (void)state;
    struct test_clock clock;
    struct pace pace;
    clock_init(&clock);
    pace_init(&pace, &clock.wall, 1000000);
    assert_true(pace_wait(&pace, 1000, SECOND_NS / 20));
    clock.pause = &pace;
    assert_false(pace_wait(&pace, 1000, SECOND_NS / 20));
    assert_true(clock.slept_ns > 0);
}

static void a_long_lag_is_not_caught_up(void **state)
{
    (void)state;
    struct test_clock clock;
    struct pace pace;
    clock_init(&clock);
    pace_init(&pace, &clock.wall, 1000);
    assert_true(pace_wait(&pace, 1000, SECOND_NS / 20));
    clock.now_ns += 3600 * SECOND_NS;
    int64_t steps = steps_in(&pace, &clock, 5 * SECOND_NS);
    assert_in_range(steps, 5, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(speed_sets_the_steps_a_second),
        cmocka_unit_test(without_speed_nothing_waits),
        cmocka_unit_test(paused_takes_allowed_steps_only),
        cmocka_unit_test(paused_in_its_sleep_takes_no_step),
        cmocka_unit_test(a_long_lag_is_not_caught_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
