/* See report.h. */
#include "fleet/report.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

enum { LEGS_SAMPLED = 2000 };

static int time_compare(const void *left, const void *right)
{
    const int64_t *a = left, *b = right;
    return *a < *b ? -1 : *a > *b;
}

static void report_times(const struct run *run, struct run_report *report)
{
    int64_t *times = memory_new(run->steps, sizeof *times);
    memcpy(times, run->step_ns, run->steps * sizeof *times);
    qsort(times, run->steps, sizeof *times, time_compare);
    double sum = 0;
    for (uint32_t step = 0; step < run->steps; step++) {
        sum += (double)times[step];
    }
    report->step_ms_mean = sum / 1e6 / run->steps;
    uint64_t p99 = (uint64_t)run->steps * 99 / 100;
    report->step_ms_p99 = (double)times[p99] / 1e6;
    report->step_ms_max = (double)times[run->steps - 1] / 1e6;
    free(times);
}

static void report_process(struct run_report *report)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    report->memory_bytes = (uint64_t)usage.ru_maxrss * 1024;
    report->cpu_ms = ((double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 +
                      (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3) /
                     report->steps;
}

/* The mean shortest way of the legs, turns counted, by searches of its own; of a sample where they
 * are many. */
static double mean_leg(const struct run *run)
{
    struct plenum_fleet_map map = {run->problem->width, run->problem->height, run->problem->walls};
    struct plenum_fleet_options options = run->options.fleet;
    struct plenum_fleet *alone;
    options.field_bytes = 64 << 20;
    if (run->leg_count == 0 || plenum_fleet_create(&map, 0, &options, &alone, NULL) != PLENUM_OK) {
        return 0;
    }
    size_t stride = run->leg_count / LEGS_SAMPLED + 1, legs = 0;
    double sum = 0;
    for (size_t i = 0; i < run->leg_count; i += stride) {
        const struct run_leg *leg = &run->legs[i];
        uint32_t steps = plenum_fleet_distance_facing(alone, leg->from, leg->heading, leg->to);
        sum += steps == PLENUM_FLEET_FAR ? 0 : steps;
        legs += steps != PLENUM_FLEET_FAR;
    }
    plenum_fleet_destroy(alone);
    return legs > 0 ? sum / (double)legs : 0;
}

struct run_report run_report(const struct run *run)
{
    struct run_report report = {
        .robots = run->problem->robots,
        .steps = run->steps,
        .tasks = run->board.tasks_done,
        .errands = run->board.errands_done,
        .tasks_refused = run->problem->refused,
        .steps_cut = run->steps_cut,
        .steps_late = run->steps_late,
    };
    if (run->steps == 0) {
        return report;
    }
    double robot_steps = (double)run->steps * run->problem->robots;
    report.tasks_per_step = (double)report.tasks / run->steps;
    /* Legs count actions, and an action may take several ticks. */
    double leg = mean_leg(run) * (run->problem->action_ticks > 0 ? run->problem->action_ticks : 1);
    report.bound_errands = leg > 0 ? robot_steps / leg : 0;
    report.efficiency = leg > 0 ? report.errands / report.bound_errands : 0;
    report.waits = (double)run->waits / robot_steps;
    memcpy(report.causes, run->causes, sizeof report.causes);
    report_times(run, &report);
    report_process(&report);
    return report;
}

/* Why robots waited: those causes that there were, as members of an object or as words. */
static void causes_print(const struct run_report *report, FILE *file, bool json)
{
    const char *before = "";
    for (int cause = 0; cause < PLENUM_FLEET_CAUSE_COUNT; cause++) {
        bool waits = cause != PLENUM_FLEET_CAUSE_MOVES && cause != PLENUM_FLEET_CAUSE_AWAY;
        if (waits && report->causes[cause] > 0) {
            fprintf(file, json ? "%s\"%s\": %llu" : "%s%s %llu", before,
                    plenum_fleet_cause_name((enum plenum_fleet_cause)cause),
                    (unsigned long long)report->causes[cause]);
            before = ", ";
        }
    }
}

void run_report_print(const struct run_report *report, FILE *file, bool json)
{
    if (json) {
        fprintf(file,
                "{\"robots\": %u, \"steps\": %u, \"tasks\": %u, \"errands\": %u, "
                "\"tasks_refused\": %u, \"tasks_per_step\": %.4f, \"bound_errands\": %.1f, "
                "\"efficiency\": %.4f, \"waits\": %.4f, \"step_ms_mean\": %.3f, "
                "\"step_ms_p99\": %.3f, \"step_ms_max\": %.3f, \"steps_cut\": %u, "
                "\"steps_late\": %u, \"cpu_ms_per_step\": %.3f, "
                "\"memory_bytes\": %llu, \"wait_causes\": {",
                report->robots, report->steps, report->tasks, report->errands,
                report->tasks_refused, report->tasks_per_step, report->bound_errands,
                report->efficiency, report->waits, report->step_ms_mean, report->step_ms_p99,
                report->step_ms_max, report->steps_cut, report->steps_late, report->cpu_ms,
                (unsigned long long)report->memory_bytes);
        causes_print(report, file, true);
        fprintf(file, "}}\n");
        return;
    }
    fprintf(file, "%u robots, %u steps: %u tasks, %u errands (%.4f tasks a step)\n", report->robots,
            report->steps, report->tasks, report->errands, report->tasks_per_step);
    fprintf(file, "efficiency %.4f of the bound of %.1f errands; %.1f %% of actions are waits\n",
            report->efficiency, report->bound_errands, 100 * report->waits);
    fprintf(file, "waits by cause: ");
    causes_print(report, file, false);
    fprintf(file, "\n");
    fprintf(file, "step: mean %.3f ms, p99 %.3f ms, max %.3f ms; CPU %.3f ms; memory %.1f MiB\n",
            report->step_ms_mean, report->step_ms_p99, report->step_ms_max, report->cpu_ms,
            (double)report->memory_bytes / 1048576);
    if (report->steps_cut > 0 || report->steps_late > 0) {
        fprintf(file, "time: %u steps were cut short, %u were late\n", report->steps_cut,
                report->steps_late);
    }
    if (report->tasks_refused > 0) {
        fprintf(file, "%u tasks refused: no robot can reach all their errands\n",
                report->tasks_refused);
    }
}
