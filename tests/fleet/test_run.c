/* Runs that must answer in time, against a clock that the test hands in, and runs of robots whose
 * turns take several steps, before the judge of plans. */
#include "fleet/generate.h"
#include "fleet/plan_file.h"
#include "fleet/report.h"
#include "fleet/verify.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

enum { STEPS = 40 };

/* Every look at the clock takes this long. */
struct slow_clock {
    int64_t now_ns, look_ns;
};

static int64_t slow_now(void *context)
{
    struct slow_clock *clock = context;
    return clock->now_ns += clock->look_ns;
}

static void no_sleep(void *context, int64_t ns)
{
    (void)context;
    (void)ns;
}

static void problem_make(struct problem *problem)
{
    char prefix[] = "/tmp/plenum-run-XXXXXX", path[64];
    static const char *const ends[] = {"map", "agents", "tasks", "json"};
    assert_int_not_equal(close(mkstemp(prefix)), -1);
    struct generate_options options = {
        .kind = FLOOR_OPEN, .width = 16, .height = 12, .robots = 40, .tasks = 400, .errands = 2};
    assert_int_equal(generate_write(&options, prefix, NULL), PLENUM_OK);
    snprintf(path, sizeof path, "%s.json", prefix);
    assert_int_equal(problem_read(problem, path, 0, NULL), PLENUM_OK);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        snprintf(path, sizeof path, "%s.%s", prefix, ends[i]);
        unlink(path);
    }
    unlink(prefix);
}

static struct run_report run_with(const struct problem *problem, uint32_t step_ms, int64_t look_ns)
{
    struct slow_clock slow = {0, look_ns};
    struct wall_clock clock = {slow_now, no_sleep, &slow};
    struct run_options options = run_options_for(problem);
    options.steps = STEPS;
    options.step_ms = step_ms;
    struct run run;
    assert_int_equal(run_init(&run, problem, &options, &clock, NULL), PLENUM_OK);
    while (run.steps < STEPS) {
        assert_int_equal(run_step(&run, NULL), PLENUM_OK);
    }
    struct run_report report = run_report(&run);
    run_finish(&run);
    return report;
}

static void test_a_step_ends_when_its_time_has(void **state)
{
    (void)state;
    struct problem problem;
    problem_make(&problem);
    struct run_report free_run = run_with(&problem, 0, 1000000);
    assert_int_equal(free_run.steps_cut, 0);
    assert_int_equal(free_run.steps_late, 0);
    struct run_report at_ease = run_with(&problem, 1000, 1000);
    assert_int_equal(at_ease.steps_cut, 0);
    assert_int_equal(at_ease.steps_late, 0);
    /* The time is over at the first look of every step: turns are taken, attempts are not made, and
     * soon the pace leaves no work for any. */
    struct run_report hurried = run_with(&problem, 10, 10000000);
    assert_in_range(hurried.steps_cut, 1, STEPS);
    assert_int_equal(hurried.steps_late, STEPS);
    assert_true(hurried.errands > 0);
    /* Some looks later: fewer rounds of attempts, until the work of a step is paced to its time. */
    struct run_report pressed = run_with(&problem, 10, 3500000);
    assert_in_range(pressed.steps_cut, 1, STEPS - 1);
    assert_true(pressed.step_ms_max < 25);
    problem_finish(&problem);
}

/* Violations that the judge finds in a plan when turns take so many steps. */
static uint64_t judge_turns(struct problem *problem, const char *plan, uint32_t turn_steps)
{
    struct verdict verdict = {0};
    uint32_t had = problem->turn_steps;
    problem->turn_steps = turn_steps;
    assert_int_equal(plan_verify(problem, plan, &verdict, NULL), PLENUM_OK);
    problem->turn_steps = had;
    return verdict.violations;
}

static void test_turns_take_their_steps(void **state)
{
    (void)state;
    struct problem problem;
    problem_make(&problem);
    for (uint32_t turn_steps = 2; turn_steps <= PLENUM_FLEET_MAX_TURN_STEPS; turn_steps++) {
        char plan[] = "/tmp/plenum-plan-XXXXXX";
        struct run run;
        problem.turn_steps = turn_steps;
        struct run_options options = run_options_for(&problem);
        options.steps = 3 * STEPS;
        options.fleet.improve = 2;
        assert_int_equal(run_init(&run, &problem, &options, &wall_clock_system, NULL), PLENUM_OK);
        while (run.steps < options.steps) {
            assert_int_equal(run_step(&run, NULL), PLENUM_OK);
        }
        assert_int_not_equal(close(mkstemp(plan)), -1);
        assert_int_equal(plan_write(&run, plan, NULL), PLENUM_OK);
        assert_int_equal(judge_turns(&problem, plan, turn_steps), 0);
        assert_int_not_equal(judge_turns(&problem, plan, turn_steps + 1), 0);
        assert_true(run.board.errands_done > 20);
        unlink(plan);
        run_finish(&run);
    }
    problem_finish(&problem);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_turns_take_their_steps),
        cmocka_unit_test(test_a_step_ends_when_its_time_has),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
