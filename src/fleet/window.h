/* Window: a course for every robot over the next few steps, free of conflicts.
 *
 * At any moment:
 *   1. slot[cell][t] is the robot whose course has it in cell after t steps, or GRID_NONE;
 *      t = 0 is where it stands;
 *   2. no two robots' courses meet in a slot or exchange cells in a step.
 * It starts with everybody standing still, or with what is left of the courses of the step before.
 * Robots then take turns by priority, and after that chance attempts improve what came out
 * (search.h).
 *
 * Where a course leads depends on where and how the robot stands; so cells are found by adding:
 * strides[heading][group][t] leads from the robot's own slot 0 to the slots that a course of the
 * group is in. Only courses that meet no wall are ever listed, so sums stay on the map. */
#ifndef FLEET_WINDOW_H
#define FLEET_WINDOW_H

#include "base/pool.h"
#include "fleet/course.h"
#include "fleet/crowd.h"

struct window_choice {
    int32_t score; /* less is better */
    uint16_t course;
};

/* Of one step of a course, from the robot's slot 0. */
struct window_stride {
    int32_t enter;  /* the cell it comes to, then */
    int32_t cross;  /* that cell, one step before */
    int32_t behind; /* the cell it leaves, then */
};

struct window {
    const struct grid *grid;
    struct crowd *crowd;
    struct pool *pool; /* the owner's, or NULL */
    struct courses courses;
    uint32_t stride; /* of aims: a value a node, or one for each heading */
    uint32_t *slot;  /* cells * (depth + 1) */
    struct window_stride (*strides[GRID_HEADINGS])[COURSE_DEPTH_MAX]; /* a group */
    uint32_t **place;                                                 /* a robot's slot 0 */
    struct window_choice *choices; /* robots * groups: possible ones */
    uint16_t *choice_count;        /* a robot */
    uint8_t *sorted;               /* a robot's choices stand best first */
    int32_t *best;                 /* score of its choices */
    uint16_t *course;              /* a robot's */
    int32_t *score;                /* of that course */
    int32_t *weight;               /* of a robot's score in a common one */
    uint32_t *visited;             /* a robot, in which attempt */
    uint8_t *visits;               /* how often in it */
    uint8_t *fixed;                /* may not be displaced */
    uint32_t *members;             /* robots by the part of the floor that they improve in */
    uint8_t *part;                 /* that part, a robot */
    uint32_t *expected;            /* node and heading after the step before, to go on from */
    uint8_t *expected_heading;
    int32_t step_cost; /* of a step in the open, in the units of aims */
    bool remembers;
    plenum_fleet_stop *stop; /* asked between rounds of attempts; NULL: never */
    void *stop_context;
    bool stopped; /* in this step */
    uint64_t work;
    uint64_t gains; /* changes kept by improvement */
};

void window_init(struct window *window, const struct grid *grid, struct crowd *crowd,
                 enum plenum_fleet_motion motion, int turn_steps, int depth, struct pool *pool);
void window_finish(struct window *window);
size_t window_bytes(const struct window *window);
/* Between crowd_begin and crowd_end, with order, aim, after and held set: sets to and first of
 * every robot. keep: start from the courses of the step before where all robots are where those
 * had them. improve: attempts for each robot. budget: no attempt begins after so much work; 0 is
 * without limit. */
void window_step(struct window *window, uint64_t seed, bool keep, uint32_t improve,
                 uint64_t budget);

/* Parts of the window's own. */

/* Lists a robot's possible courses, the best of each group, in the order of their legs. */
void robot_rank(struct window *window, uint32_t robot);
/* Brings them into the order of their scores, best first; equal ones stay in their order. Most
 * robots get the best, and for them that is never needed. */
void robot_sort(struct window *window, uint32_t robot);
/* The score of a possible course, or INT32_MAX where it meets a wall. */
int32_t course_score(const struct window *window, uint32_t robot, uint32_t course);

static inline const struct window_stride *strides_of(const struct window *window, uint32_t robot,
                                                     uint32_t course)
{
    return window->strides[window->crowd->heading[robot]][window->courses.group[course]];
}

static inline void course_put(struct window *window, uint32_t robot, uint32_t course, uint32_t mark)
{
    const struct window_stride *strides = strides_of(window, robot, course);
    uint32_t *place = window->place[robot];
    for (int t = 0; t < window->courses.depth; t++) {
        place[strides[t].enter] = mark;
    }
}

static inline void robot_enter(struct window *window, uint32_t robot, uint32_t course,
                               int32_t score)
{
    window->course[robot] = (uint16_t)course;
    window->score[robot] = score;
    course_put(window, robot, course, robot);
}

static inline void robot_leave(struct window *window, uint32_t robot)
{
    course_put(window, robot, window->course[robot], GRID_NONE);
}

#endif
