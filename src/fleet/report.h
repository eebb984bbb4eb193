/* Report: the figures of a run. */
#ifndef FLEET_REPORT_H
#define FLEET_REPORT_H

#include "fleet/run.h"

#include <stdio.h>

struct run_report {
    uint32_t robots, steps, tasks, errands, tasks_refused;
    double tasks_per_step, efficiency;
    double bound_errands; /* robots x steps / mean shortest leg: no planner passes it */
    double waits;         /* share of all actions */
    uint64_t causes[PLENUM_FLEET_CAUSE_COUNT]; /* robots planned in all steps, by why they wait */
    uint32_t steps_cut, steps_late;            /* struct run */
    double step_ms_mean, step_ms_p99, step_ms_max;
    uint64_t memory_bytes; /* greatest of the process */
    double cpu_ms;         /* of the process, a step */
};

struct run_report run_report(const struct run *run);
void run_report_print(const struct run_report *report, FILE *file, bool json);

#endif
