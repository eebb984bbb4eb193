/* Endless: robots on a made floor that get a new goal, drawn by lot, whenever they arrive. For
 * measuring the planner at any size.
 *
 * Efficiency is progress: steps that robots came nearer to their goals by, arrived ones included,
 * as a share of all robots' steps. Robots that meet nobody have 1, less what turns take. */
#ifndef FLEET_ENDLESS_H
#define FLEET_ENDLESS_H

#include "fleet/floor_made.h"

#include "base/wall.h"

#include <plenum/fleet.h>

struct endless_options {
    enum floor_kind kind;
    enum plenum_fleet_motion motion;
    uint32_t robots, steps, density_milli;
    uint64_t seed;
    unsigned threads;
};

struct endless_report {
    uint32_t width, height, robots, steps;
    uint64_t errands;
    double efficiency, efficiency_second_half;
    double step_ms_mean, step_ms_p99, step_ms_max, cpu_ms_mean;
    uint64_t rss_bytes;
};

PLENUM_MUST_USE enum plenum_status endless_run(const struct endless_options *options,
                                               const struct wall_clock *clock,
                                               struct endless_report *report,
                                               struct plenum_error *error);

#endif
