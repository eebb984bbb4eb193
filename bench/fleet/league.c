/* The field's own problems at their own sizes, beside the best peers, and what each part of the
 * planner gives. Problems are taken from the folder fleet/ of PLENUM_DATA; without it nothing is
 * measured. Peers were built from their public sources and measured on two cores like those of the
 * tables in docs/fleet.md, which names them. */
#include "base/wall.h"
#include "fleet/report.h"
#include "fleet/run.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct instance {
    const char *path;
    bool slides;
    uint32_t steps, parts_steps;  /* of the table, and for what the parts give (0: not there) */
    uint32_t peer_tasks, peer_ms; /* 0: no peer was measured */
    const char *peer;
};

static const struct instance instances[] = {
    {"league2023/MR23-I-04.json", false, 500, 0, 1691, 100, "WPPL"},
    {"league2023/MR23-I-05.json", false, 1000, 200, 4869, 100, "WPPL"},
    {"league2023/MR23-I-08.json", false, 150, 0, 483, 68, "EPIBT + LNS"},
    {"league2024/RANDOM-01.json", false, 600, 0, 654, 150, "EPIBT + LNS"},
    {"league2024/RANDOM-03.json", false, 800, 300, 1954, 150, "EPIBT + LNS"},
    {"league2024/RANDOM-05.json", false, 150, 0, 206, 57, "EPIBT + LNS"},
    {"league2024/paris_1_256_250.json", false, 200, 0, 0, 0, ""},
    {"gpibt/sortation_small_0_800.json", true, 800, 150, 9947, 9, "Guided-PIBT"},
    {"gpibt/room-64-64-8_0_1000.json", true, 120, 0, 355, 80, "EPIBT"},
    {"league2023/MR23-I-10.json", true, 200, 0, 3043, 619, "Guided-PIBT"},
    {"league2026/random-example_400.json", false, 600, 0, 0, 0, ""},
};

enum part { PART_ALL, NO_IMPROVING, NO_MEMORY, NO_GUIDANCE, NO_LANES, NO_LIMIT, PARTS };

static const char *const part_names[PARTS] = {
    "all parts",          "no attempts to improve", "no memory of courses",
    "no guidance at all", "no given lanes",         "every robot goes at once"};

/* Runs a problem with one part left out; false, with a line that says why, when it cannot. */
static bool instance_run(const char *folder, const struct instance *instance, enum part part,
                         uint32_t steps, struct run_report *report, double *first_ms)
{
    char path[1024];
    struct problem problem;
    struct plenum_error error;
    snprintf(path, sizeof path, "%s/fleet/%s", folder, instance->path);
    if (problem_read(&problem, path, 0, &error) != PLENUM_OK) {
        printf("%s\n", error.text);
        return false;
    }
    problem.motion = instance->slides ? PLENUM_FLEET_SLIDING : PLENUM_FLEET_TURNING;
    struct run_options options = run_options_for(&problem);
    options.steps = steps;
    options.fleet.threads = 2;
    options.fleet.field_bytes = (size_t)3 << 30;
    options.fleet.improve = part == NO_IMPROVING ? 0 : options.fleet.improve;
    options.fleet.remember = part != NO_MEMORY;
    options.guide_every = part == NO_GUIDANCE ? 0 : options.guide_every;
    options.active_max = part == NO_LIMIT ? problem.robots : options.active_max;
    struct run run;
    enum plenum_status status = run_init(&run, &problem, &options, &wall_clock_system, &error);
    if (part == NO_LANES) {
        run.traffic.lane = 0;
    }
    while (status == PLENUM_OK && run.steps < steps) {
        status = run_step(&run, &error);
    }
    if (status == PLENUM_OK) {
        *report = run_report(&run);
        *first_ms = (double)run.step_ns[0] / 1e6;
    } else {
        printf("%s\n", error.text);
    }
    run_finish(&run);
    problem_finish(&problem);
    return status == PLENUM_OK;
}

static void print_instance(const struct instance *instance, const struct run_report *report,
                           double first_ms)
{
    printf("%-36s %5u %7u %6u %6.3f %8.2f %6u %8.2f %8.2f %9.1f %6.3f  %s\n", instance->path,
           report->steps, report->tasks, instance->peer_tasks,
           instance->peer_tasks > 0 ? (double)report->tasks / instance->peer_tasks : 0,
           report->step_ms_mean, instance->peer_ms, report->step_ms_p99, report->step_ms_max,
           first_ms, report->waits, instance->peer);
    fflush(stdout);
}

static void table_of_instances(const char *folder)
{
    double logs = 0;
    int compared = 0;
    printf("%-36s %5s %7s %6s %6s %8s %6s %8s %8s %9s %6s  %s\n", "problem", "steps", "tasks",
           "peer", "ratio", "ms mean", "its ms", "p99", "max", "first ms", "waits", "best peer");
    for (size_t i = 0; i < sizeof instances / sizeof *instances; i++) {
        const struct instance *instance = &instances[i];
        struct run_report report;
        double first_ms;
        if (!instance_run(folder, instance, PART_ALL, instance->steps, &report, &first_ms)) {
            continue;
        }
        print_instance(instance, &report, first_ms);
        if (instance->peer_tasks > 0) {
            logs += log((double)report.tasks / instance->peer_tasks);
            compared++;
        }
    }
    if (compared > 0) {
        printf("ratio, geometric mean of %d: %.3f\n", compared, exp(logs / compared));
    }
}

static void table_of_parts(const char *folder)
{
    printf("\nwhat the parts give: tasks\n%-26s", "");
    for (size_t i = 0; i < sizeof instances / sizeof *instances; i++) {
        if (instances[i].parts_steps > 0) {
            printf(" %26.26s", strchr(instances[i].path, '/') + 1);
        }
    }
    for (int part = 0; part < PARTS; part++) {
        printf("\n%-26s", part_names[part]);
        for (size_t i = 0; i < sizeof instances / sizeof *instances; i++) {
            struct run_report report = {0};
            double first;
            uint32_t steps = instances[i].parts_steps;
            if (steps > 0 &&
                instance_run(folder, &instances[i], (enum part)part, steps, &report, &first)) {
                printf(" %26u", report.tasks);
                fflush(stdout);
            }
        }
    }
    printf("\n");
}

/* With the argument `parts`, the second table only. */
int main(int argc, char **argv)
{
    const char *folder = getenv("PLENUM_DATA");
    if (folder == NULL) {
        printf("PLENUM_DATA is not set: nothing to measure\n");
        return 0;
    }
    if (argc < 2 || strcmp(argv[1], "parts") != 0) {
        table_of_instances(folder);
    }
    table_of_parts(folder);
    return 0;
}
