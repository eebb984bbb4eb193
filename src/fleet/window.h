/* Window: a course for every robot over the next few steps, free of conflicts.
 *
 * At any moment:
 *   1. slot[node][t] is the robot whose course has it in node after t steps, or GRID_NONE;
 *      t = 0 is where it stands;
 *   2. no two robots' courses meet in a slot or exchange nodes in a step.
 * It starts with everybody standing still. Robots then take turns by priority: a robot tries its
 * courses, best first; a course that meets one other robot is taken if that one finds another
 * course in the same way. After that, robots are drawn by lot and tried again, and a change is
 * kept when the robots in it are better off together.
 *
 * After Yukhnevich, Andreychuk: Enhancing PIBT via Multi-Action Operations (EPIBT), 2025, and
 * Li, Chen, Harabor, Stuckey, Koenig: MAPF-LNS2, AAAI 2022. */
#ifndef FLEET_WINDOW_H
#define FLEET_WINDOW_H

#include "fleet/course.h"
#include "fleet/crowd.h"

#include "base/random.h"

struct window_choice {
    int32_t score; /* less is better */
    uint16_t course;
};

struct window {
    const struct grid *grid;
    struct crowd *crowd;
    struct courses courses;
    uint32_t stride;               /* of aims: a value a node, or one for each heading */
    uint32_t *slot;                /* nodes * (depth + 1) */
    struct window_choice *choices; /* robots * groups: possible ones, best first */
    uint16_t *choice_count;        /* a robot */
    uint16_t *course;              /* a robot's */
    int32_t *score;                /* of that course */
    int32_t *weight;               /* of a robot's score in a common one */
    uint32_t *visited, visit;      /* a robot, in which attempt; how often */
    uint8_t *visits;
    uint8_t *fixed;     /* in this attempt it may not be displaced */
    uint32_t *expected; /* node and heading after the step before, to go on from */
    uint8_t *expected_heading;
    int32_t step_cost; /* of a step in the open, in the units of aims */
    bool remembers;
    bool yielding; /* others accept any course when one takes its turn */
    struct random random;
    uint64_t work, attempt_work, attempt_limit;
    uint64_t gains; /* changes kept by improvement */
};

void window_init(struct window *window, const struct grid *grid, struct crowd *crowd,
                 enum plenum_fleet_motion motion, int depth);
void window_finish(struct window *window);
size_t window_bytes(const struct window *window);
/* Between crowd_begin and crowd_end, with order, aim, after and held set: sets to and first of
 * every robot. keep: start from the courses of the step before where all robots are where those
 * had them. improve: attempts for each robot. budget: no attempt begins after so much work; 0 is
 * without limit. */
void window_step(struct window *window, uint64_t seed, bool keep, uint32_t improve,
                 uint64_t budget);

#endif
