/* Verify: an independent judge of a plan file.
 *
 * It replays the plan's actions from the problem's starts and the plan's schedule on the
 * problem's tasks, by the League's rules, and shares no code with the planner or the run: only the
 * readers of the problem's files. */
#ifndef FLEET_VERIFY_H
#define FLEET_VERIFY_H

#include "fleet/problem.h"

struct verdict {
    uint32_t robots, steps;
    uint32_t tasks_done, errands_done;
    uint64_t violations;
    char first[256]; /* the first violation, or empty */
};

/* PLENUM_OK where the plan could be read and judged, whatever the judgement. */
PLENUM_MUST_USE enum plenum_status plan_verify(const struct problem *problem, const char *path,
                                               struct verdict *verdict, struct plenum_error *error);

#endif
