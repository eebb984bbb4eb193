/* Steps of 10,000 to a million robots on made floors, beside what is asked for and where peers
 * stand. Wall time of a step, two threads; efficiency is that of the second half (endless.h).
 * Memory is the most that the process had up to then.
 * usage: bench_fleet_scale [full]
 * `full` runs 2,500 steps of each, which settles the largest floors too; it takes an hour. */
#include "fleet/endless.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct size {
    uint32_t robots, steps; /* steps: enough to settle but for the largest */
    double ms_mean, ms_p99; /* at most; 0: none is asked for */
    const char *peer;
};

/* Peers were measured on two cores like those of docs/fleet.md: EPIBT on warehouse_large of the
 * League (robots that slide, 26 % of its cells), with and without a guidance graph; the League's
 * start kit of 2026 on an open floor. */
static const struct size sizes[] = {
    {10000, 1000, 1, 0, "EPIBT 97 ms (3 GB), its PIBT 34 ms"},
    {100000, 400, 15, 0, "none: their tables of all pairs would take 300 GB"},
    {1000000, 120, 250, 500, "start kit 2026: 1,000 ms a tick, a plan in many s (5.2 GB)"},
};

struct floor {
    const char *name;
    enum floor_kind kind;
    uint32_t density_milli;
    double efficiency; /* at least; 0: none is asked for */
};

static const struct floor floors[] = {
    {"open, 24 %", FLOOR_OPEN, 240, 0.88},
    {"warehouse, 10 %", FLOOR_WAREHOUSE, 100, 0.65},
    {"warehouse, 40 %", FLOOR_WAREHOUSE, 400, 0.25},
    {"sortation, 24 %", FLOOR_SORTATION, 240, 0},
};

static void measure(const struct floor *floor, const struct size *size, bool full)
{
    struct endless_options options = {.kind = floor->kind,
                                      .robots = size->robots,
                                      .steps = full ? 2500 : size->steps,
                                      .density_milli = floor->density_milli,
                                      .seed = 1,
                                      .threads = 2};
    struct endless_report report;
    struct plenum_error error;
    if (endless_run(&options, &wall_clock_system, &report, &error) != PLENUM_OK) {
        printf("%s\n", error.text);
        return;
    }
    printf("%-16s %8u %6u %8.2f %6.0f %8.2f %6.0f %8.2f %7.3f %5.2f %6.0f  %s\n", floor->name,
           report.robots, report.steps, report.step_ms_mean, size->ms_mean, report.step_ms_p99,
           size->ms_p99, report.cpu_ms_mean, report.efficiency_second_half, floor->efficiency,
           (double)report.rss_bytes / 1e6, size->peer);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    bool full = argc > 1 && strcmp(argv[1], "full") == 0;
    printf("%-16s %8s %6s %8s %6s %8s %6s %8s %7s %5s %6s  %s\n", "floor", "robots", "steps",
           "ms mean", "asked", "ms p99", "asked", "ms CPU", "effic.", "asked", "MB", "peers");
    for (size_t size = 0; size < sizeof sizes / sizeof *sizes; size++) {
        for (size_t floor = 0; floor < sizeof floors / sizeof *floors; floor++) {
            measure(&floors[floor], &sizes[size], full);
        }
    }
    return 0;
}
