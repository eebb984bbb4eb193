/* What a robot's courses are worth to it: see window.h.
 *
 * Courses stand in the order of their legs, so one shares its beginning with the one before it:
 * only what differs is walked, and where a wall is met, all that begin alike are left out. */
#include "fleet/window.h"

#include <string.h>

enum { SCORE_UNIT = 16 /* of a step in a score; below it ties are broken */ };

/* A robot along a course: where it is after each step, and when it came to its goal. */
struct walk {
    uint32_t node[COURSE_DEPTH_MAX + 1];
    int arrival[COURSE_DEPTH_MAX + 1]; /* steps until then, or -1 */
};

static void walk_begin(const struct window *window, uint32_t robot, struct walk *walk)
{
    *walk = (struct walk){.node = {window->crowd->at[robot]}, .arrival = {-1}};
}

/* Walks on from step t; returns the step in which a wall is met, or the depth. */
static int walk_on(const struct window *window, uint32_t robot, uint32_t course, int t,
                   struct walk *walk)
{
    const struct crowd *crowd = window->crowd;
    const uint8_t *legs = window->courses.leg[crowd->heading[robot]][course];
    for (; t < window->courses.depth; t++) {
        uint32_t node = walk->node[t];
        node = legs[t] == COURSE_STAY ? node : window->grid->open[node][legs[t]];
        if (node == GRID_NONE) {
            return t;
        }
        walk->node[t + 1] = node;
        walk->arrival[t + 1] =
            walk->arrival[t] < 0 && node == crowd->goal[robot] ? t + 1 : walk->arrival[t];
    }
    return t;
}

static int32_t aim_steps(const struct window *window, const uint16_t *aim, uint16_t far,
                         uint32_t node, int heading)
{
    size_t index = (size_t)node * window->stride + (window->stride > 1 ? (uint32_t)heading : 0);
    return aim[index] < far ? aim[index] : far;
}

/* The score of a course that was walked to its end. */
static int32_t walk_score(const struct window *window, uint32_t robot, uint32_t course,
                          const struct walk *walk)
{
    const struct crowd *crowd = window->crowd;
    const struct courses *courses = &window->courses;
    const uint16_t *aim = crowd->aim[robot], *after = crowd->after[robot];
    uint32_t node = walk->node[courses->depth], goal = crowd->goal[robot];
    int arrival = walk->arrival[courses->depth];
    int32_t tie = courses->late[course] + SCORE_UNIT * window->step_cost * courses->owed[course];
    int heading = (crowd->heading[robot] + courses->turned[course]) % GRID_HEADINGS;
    if (aim == NULL) {
        int32_t moved = courses->moves[course] + (int32_t)(node != crowd->at[robot]);
        return SCORE_UNIT * window->step_cost * moved + tie;
    }
    if (arrival < 0) {
        return SCORE_UNIT * aim_steps(window, aim, crowd->aim_far[robot], node, heading) + tie;
    }
    if (after == NULL) {
        return SCORE_UNIT * (arrival - courses->depth) * window->step_cost + tie;
    }
    uint16_t far = crowd->after_far[robot];
    int32_t leg = aim_steps(window, after, far, goal, heading);
    return SCORE_UNIT * (aim_steps(window, after, far, node, heading) - leg) + tie +
           arrival * window->step_cost;
}

int32_t course_score(const struct window *window, uint32_t robot, uint32_t course)
{
    struct walk walk;
    walk_begin(window, robot, &walk);
    if (walk_on(window, robot, course, 0, &walk) < window->courses.depth) {
        return INT32_MAX;
    }
    return walk_score(window, robot, course, &walk);
}

/* One pass of a radix sort by a byte of what the score is above the least. */
static void choices_pass(const struct window_choice *from, struct window_choice *to, uint32_t count,
                         int32_t least, int shift)
{
    uint16_t start[257] = {0};
    for (uint32_t i = 0; i < count; i++) {
        start[((uint32_t)(from[i].score - least) >> shift & 0xff) + 1]++;
    }
    for (int digit = 0; digit < 256; digit++) {
        start[digit + 1] = (uint16_t)(start[digit + 1] + start[digit]);
    }
    for (uint32_t i = 0; i < count; i++) {
        to[start[(uint32_t)(from[i].score - least) >> shift & 0xff]++] = from[i];
    }
}

void robot_sort(struct window *window, uint32_t robot)
{
    struct window_choice *choices = &window->choices[(size_t)robot * window->courses.groups];
    struct window_choice spare[COURSES_MAX];
    uint32_t count = window->choice_count[robot];
    int32_t least = window->best[robot], greatest = least;
    for (uint32_t i = 0; i < count; i++) {
        greatest = choices[i].score > greatest ? choices[i].score : greatest;
    }
    window->sorted[robot] = 1;
    for (int shift = 0; count > 0 && (uint32_t)(greatest - least) >> shift != 0; shift += 8) {
        choices_pass(choices, spare, count, least, shift);
        memcpy(choices, spare, count * sizeof *choices);
        if (shift == 24) {
            return;
        }
    }
}

void robot_rank(struct window *window, uint32_t robot)
{
    const struct courses *courses = &window->courses;
    struct window_choice *choices = &window->choices[(size_t)robot * courses->groups];
    struct walk walk;
    uint32_t count = 0;
    uint8_t turning = window->crowd->turning[robot];
    if (window->crowd->held[robot]) {
        choices[count++] =
            (struct window_choice){course_score(window, robot, courses->stay), courses->stay};
    }
    walk_begin(window, robot, &walk);
    for (uint32_t course = 0; course < courses->count && !window->crowd->held[robot];) {
        int end = walk_on(window, robot, course, courses->shared[course], &walk);
        if (end < courses->depth) {
            do {
                course++;
            } while (course < courses->count && courses->shared[course] > end);
            continue;
        }
        struct window_choice best = {INT32_MAX, 0};
        do {
            if (courses->idle[course] < turning) {
                continue;
            }
            int32_t score = walk_score(window, robot, course, &walk);
            if (score < best.score) {
                best = (struct window_choice){score, (uint16_t)course};
            }
        } while (++course < courses->count && courses->shared[course] == courses->depth);
        if (best.score != INT32_MAX) {
            choices[count++] = best;
        }
    }
    window->choice_count[robot] = (uint16_t)count;
    window->sorted[robot] = 0;
    window->best[robot] = INT32_MAX;
    for (uint32_t i = 0; i < count; i++) {
        int32_t score = choices[i].score;
        window->best[robot] = score < window->best[robot] ? score : window->best[robot];
    }
}
