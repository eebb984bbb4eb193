/* Courses: the ways a robot can spend the next few steps.
 *
 * A course is a sequence of actions as long as the window. Where turns take several steps, waits
 * follow a turn for as long as it takes, or to the end; a course may begin with the waits of a turn
 * that was begun before. Of the sequences that visit the same
 * cells at the same steps and end in the same heading, the table holds one. They stand in
 * the order of their legs; those of the same legs are a group: they meet the same conflicts.
 * leg[heading][course][t] is the heading of the move in step t, or COURSE_STAY. */
#ifndef FLEET_COURSE_H
#define FLEET_COURSE_H

#include "fleet/grid.h"

enum { COURSE_STAY = GRID_HEADINGS, COURSE_DEPTH_MAX = 8, COURSES_MAX = 8192 };

struct courses {
    enum plenum_fleet_motion motion;
    int depth;
    int turn_steps;
    uint32_t count, groups;
    uint8_t action[COURSES_MAX][COURSE_DEPTH_MAX]; /* enum plenum_fleet_action */
    uint8_t leg[GRID_HEADINGS][COURSES_MAX][COURSE_DEPTH_MAX];
    uint8_t turned[COURSES_MAX];   /* clockwise quarters at the end */
    uint8_t late[COURSES_MAX];     /* greater for later moves, 0..15: breaks ties */
    uint8_t idle[COURSES_MAX];     /* waits at the beginning */
    uint8_t owed[COURSES_MAX];     /* steps that its last turn takes beyond its end */
    uint8_t moves[COURSES_MAX];    /* legs that are not stays */
    uint8_t shared[COURSES_MAX];   /* legs at the beginning that the course before has too */
    uint16_t group[COURSES_MAX];   /* rising from 0 */
    uint16_t shifted[COURSES_MAX]; /* this course without its first action, with a wait after */
    uint16_t stay;                 /* the course of waits only */
    uint16_t single[PLENUM_FLEET_ACTION_COUNT]; /* one action, then waits */
};

/* depth 1 .. COURSE_DEPTH_MAX; lowered where the table would overflow. turn_steps: that a turn
 * takes: it begins with its action, and waits follow. */
void courses_init(struct courses *courses, enum plenum_fleet_motion motion, int turn_steps,
                  int depth);

#endif
