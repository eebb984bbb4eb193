/* plenum fleet: the robot planner on the files of its own field. */
#include "base/wall.h"
#include "cli/cli.h"
#include "cli/fleet_verbs.h"
#include "cli/options.h"
#include "fleet/endless.h"
#include "fleet/plan_file.h"
#include "fleet/report.h"
#include "fleet/run.h"
#include "fleet/verify.h"

#include <stdio.h>
#include <string.h>

static bool motion_parse(const char *name, enum plenum_fleet_motion *motion)
{
    bool turning = strcmp(name, "turning") == 0;
    *motion = turning ? PLENUM_FLEET_TURNING : PLENUM_FLEET_SLIDING;
    return turning || strcmp(name, "sliding") == 0;
}

static bool motion_set(const char *name, struct problem *problem)
{
    return name == NULL || motion_parse(name, &problem->motion);
}

static bool turn_steps_set(uint64_t steps, struct problem *problem)
{
    if (steps != 0) {
        problem->turn_steps = (uint32_t)steps;
    }
    return steps <= PLENUM_FLEET_MAX_TURN_STEPS && (steps <= 1 || problem->action_ticks == 0);
}

/* What the command line says of the robots' moves, beside the problem. */
static enum plenum_status moves_set(const char *motion, uint64_t turn_steps,
                                    struct problem *problem, struct plenum_error *error)
{
    if (!motion_set(motion, problem)) {
        return plenum_fail(error, PLENUM_INPUT, "--motion: found %s, expected sliding or turning",
                           motion);
    }
    if (!turn_steps_set(turn_steps, problem)) {
        return plenum_fail(error, PLENUM_INPUT,
                           "--turn-steps: found %llu, expected 1 to %d, and 1 for a problem in "
                           "ticks",
                           (unsigned long long)turn_steps, PLENUM_FLEET_MAX_TURN_STEPS);
    }
    return PLENUM_OK;
}

struct solve_words {
    uint64_t turn_steps, steps, step_ms, threads, robots, window, improve, seed, memory_mb;
    const char *motion, *output;
    bool json;
};

static struct run_options solve_options(const struct solve_words *words,
                                        const struct problem *problem)
{
    struct run_options options = run_options_for(problem);
    options.steps = (uint32_t)words->steps;
    options.step_ms = (uint32_t)words->step_ms;
    options.fleet.seed = words->seed;
    options.fleet.threads = (unsigned)words->threads;
    options.fleet.field_bytes = (size_t)words->memory_mb << 20;
    if (words->window != 0) {
        options.fleet.window_steps = (uint32_t)words->window;
    }
    if (words->improve != UINT64_MAX) {
        options.fleet.improve = (uint32_t)words->improve;
    }
    return options;
}

static int solve_run(const struct solve_words *words, const struct problem *problem)
{
    struct plenum_error error;
    struct run_options options = solve_options(words, problem);
    struct run run;
    if (run_init(&run, problem, &options, &wall_clock_system, &error) != PLENUM_OK) {
        return cli_fail("fleet solve", &error);
    }
    enum plenum_status status = PLENUM_OK;
    while (status == PLENUM_OK && run.steps < options.steps) {
        status = run_step(&run, &error);
    }
    if (status == PLENUM_OK && words->output != NULL) {
        status = plan_write(&run, words->output, &error);
    }
    if (status == PLENUM_OK) {
        struct run_report report = run_report(&run);
        run_report_print(&report, stdout, words->json);
    }
    run_finish(&run);
    return status == PLENUM_OK ? cli_end_output("fleet solve") : cli_fail("fleet solve", &error);
}

static int cli_fleet_solve(int argc, char **argv)
{
    struct solve_words words = {
        .steps = 500, .threads = 2, .seed = 1, .memory_mb = 3072, .improve = UINT64_MAX};
    const struct option_row rows[] = {
        {"steps", "N", OPTION_U64, &words.steps, "steps to run (default 500)"},
        {"step-ms", "MS", OPTION_U64, &words.step_ms,
         "improve for about so long in each step; without it a run depends on its seed only"},
        {"threads", "N", OPTION_U64, &words.threads, "threads (default 2)"},
        {"robots", "N", OPTION_U64, &words.robots, "take so many robots of a .scen file"},
        {"motion", "NAME", OPTION_TEXT, &words.motion, "sliding or turning"},
        {"turn-steps", "N", OPTION_U64, &words.turn_steps, "steps that a turn takes (default 1)"},
        {"window", "STEPS", OPTION_U64, &words.window, "steps to look ahead, 1 to 8"},
        {"improve", "N", OPTION_U64, &words.improve, "attempts to improve, for each robot"},
        {"memory", "MB", OPTION_U64, &words.memory_mb, "for distances (default 3072)"},
        {"seed", "N", OPTION_U64, &words.seed, "breaks ties (default 1)"},
        {"output", "FILE", OPTION_TEXT, &words.output, "write the plan in the League's form"},
        OPTION_ROW_JSON(&words.json),
    };
    const struct options options = OPTIONS(
        "fleet solve PROBLEM",
        "Runs a League of Robot Runners problem (.json) or a MovingAI scenario (.scen).", rows, 1);
    int exit_code;
    if (options_parse(&options, argc, argv, &exit_code) < 0) {
        return exit_code;
    }
    struct problem problem = {0};
    struct plenum_error error;
    if (words.steps == 0 || words.steps > 1000000 || words.threads > 256 || words.window > 8 ||
        (words.improve > 1000000 && words.improve != UINT64_MAX) || words.step_ms > 1000000 ||
        words.robots > PLENUM_FLEET_MAX_ROBOTS || words.memory_mb > 1 << 20) {
        plenum_fail(&error, PLENUM_INPUT, "an option out of range: see --help");
        return cli_fail("fleet solve", &error);
    }
    if (problem_read(&problem, argv[1], (uint32_t)words.robots, &error) != PLENUM_OK) {
        return cli_fail("fleet solve", &error);
    }
    if (moves_set(words.motion, words.turn_steps, &problem, &error) != PLENUM_OK) {
        exit_code = cli_fail("fleet solve", &error);
    } else {
        exit_code = solve_run(&words, &problem);
    }
    problem_finish(&problem);
    return exit_code;
}

static void verdict_print(const struct verdict *verdict, bool json)
{
    if (json) {
        printf("{\"valid\": %s, \"robots\": %u, \"steps\": %u, \"tasks\": %u, \"errands\": %u, "
               "\"violations\": %llu}\n",
               verdict->violations == 0 ? "true" : "false", verdict->robots, verdict->steps,
               verdict->tasks_done, verdict->errands_done, (unsigned long long)verdict->violations);
        return;
    }
    printf("%u robots, %u steps: %u tasks, %u errands, %llu violations\n", verdict->robots,
           verdict->steps, verdict->tasks_done, verdict->errands_done,
           (unsigned long long)verdict->violations);
}

static int cli_fleet_verify(int argc, char **argv)
{
    const char *motion = NULL;
    bool json = false;
    uint64_t robots = 0, turn_steps = 0;
    const struct option_row rows[] = {
        {"motion", "NAME", OPTION_TEXT, &motion, "sliding or turning"},
        {"turn-steps", "N", OPTION_U64, &turn_steps, "steps that a turn takes (default 1)"},
        {"robots", "N", OPTION_U64, &robots, "take so many robots of a .scen file"},
        OPTION_ROW_JSON(&json),
    };
    const struct options options =
        OPTIONS("fleet verify PROBLEM PLAN",
                "Judges a plan file by the League's rules, apart from the planner.", rows, 2);
    int exit_code;
    if (options_parse(&options, argc, argv, &exit_code) < 0) {
        return exit_code;
    }
    struct problem problem = {0};
    struct plenum_error error;
    struct verdict verdict = {0};
    if (robots > PLENUM_FLEET_MAX_ROBOTS ||
        problem_read(&problem, argv[1], (uint32_t)robots, &error) != PLENUM_OK) {
        return cli_fail("fleet verify", &error);
    }
    enum plenum_status status = moves_set(motion, turn_steps, &problem, &error);
    if (status == PLENUM_OK) {
        status = plan_verify(&problem, argv[2], &verdict, &error);
    }
    problem_finish(&problem);
    if (status != PLENUM_OK) {
        return cli_fail("fleet verify", &error);
    }
    verdict_print(&verdict, json);
    if (verdict.violations > 0) {
        fprintf(stderr, "plenum fleet verify: %s\n", verdict.first);
        return CLI_FAILED;
    }
    return cli_end_output("fleet verify");
}

static void endless_print(const struct endless_report *report, bool json)
{
    if (json) {
        printf("{\"robots\": %u, \"steps\": %u, \"width\": %u, \"height\": %u, "
               "\"errands\": %llu, \"efficiency\": %.4f, \"efficiency_second_half\": %.4f, "
               "\"step_ms_mean\": %.3f, \"step_ms_p99\": %.3f, \"step_ms_max\": %.3f, "
               "\"cpu_ms_mean\": %.3f, \"rss_bytes\": %llu}\n",
               report->robots, report->steps, report->width, report->height,
               (unsigned long long)report->errands, report->efficiency,
               report->efficiency_second_half, report->step_ms_mean, report->step_ms_p99,
               report->step_ms_max, report->cpu_ms_mean, (unsigned long long)report->rss_bytes);
        return;
    }
    printf("%u robots on %u x %u, %u steps: %llu errands\n", report->robots, report->width,
           report->height, report->steps, (unsigned long long)report->errands);
    printf("efficiency %.4f, in the second half %.4f\n", report->efficiency,
           report->efficiency_second_half);
    printf("step: mean %.3f ms, p99 %.3f ms, max %.3f ms; CPU %.3f ms; memory %.1f MiB\n",
           report->step_ms_mean, report->step_ms_p99, report->step_ms_max, report->cpu_ms_mean,
           (double)report->rss_bytes / 1048576);
}

static bool bench_in_range(uint64_t robots, uint64_t steps, uint64_t density)
{
    return robots >= 1 && robots <= PLENUM_FLEET_MAX_ROBOTS && steps >= 1 && steps <= 1000000 &&
           density >= 10 && density <= 900;
}

static int cli_fleet_bench(int argc, char **argv)
{
    uint64_t robots = 10000, steps = 200, density = 240, threads = 2, seed = 1;
    const char *map = "open", *motion = "sliding";
    bool json = false;
    const struct option_row rows[] = {
        {"robots", "N", OPTION_U64, &robots, "robots (default 10000)"},
        {"motion", "NAME", OPTION_TEXT, &motion, "sliding (default) or turning"},
        {"map", "KIND", OPTION_TEXT, &map, "open (default), sortation, warehouse, maze or city"},
        {"steps", "N", OPTION_U64, &steps, "steps (default 200)"},
        {"density", "MILLI", OPTION_U64, &density, "robots to 1000 free cells (default 240)"},
        {"threads", "N", OPTION_U64, &threads, "threads (default 2)"},
        {"seed", "N", OPTION_U64, &seed, "of starts and goals (default 1)"},
        OPTION_ROW_JSON(&json),
    };
    const struct options options = OPTIONS(
        "fleet bench",
        "Measures steps of very many robots on a made floor, with goals drawn by lot.", rows, 0);
    int exit_code;
    if (options_parse(&options, argc, argv, &exit_code) < 0) {
        return exit_code;
    }
    struct plenum_error error;
    struct endless_options endless = {.seed = seed};
    struct endless_report report;
    if (!floor_kind_parse(map, &endless.kind) || !motion_parse(motion, &endless.motion) ||
        !bench_in_range(robots, steps, density) || threads > 256) {
        plenum_fail(&error, PLENUM_INPUT, "an option out of range: see --help");
        return cli_fail("fleet bench", &error);
    }
    endless.robots = (uint32_t)robots;
    endless.steps = (uint32_t)steps;
    endless.density_milli = (uint32_t)density;
    endless.threads = (unsigned)threads;
    if (endless_run(&endless, &wall_clock_system, &report, &error) != PLENUM_OK) {
        return cli_fail("fleet bench", &error);
    }
    endless_print(&report, json);
    return cli_end_output("fleet bench");
}

static const struct subcommand fleet_rows[] = {
    {"solve", "run a problem and report its throughput", cli_fleet_solve},
    {"generate", "make a floor, robots and tasks from a seed", fleet_generate},
    {"bench", "measure steps of up to a million robots", cli_fleet_bench},
    {"verify", "judge a plan by the rules, apart from the planner", cli_fleet_verify},
};

static const struct subcommand_table fleet_table = SUBCOMMAND_TABLE("plenum fleet", fleet_rows);

int cli_fleet(int argc, char **argv)
{
    return subcommand_dispatch(&fleet_table, argc, argv);
}
