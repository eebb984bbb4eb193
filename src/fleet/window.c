/* See window.h. */
#include "fleet/window.h"

#include "base/memory.h"
#include "fleet/search.h"

#include <stdlib.h>
#include <string.h>

enum { RANKED_AT_ONCE = 128 /* robots: a part of the work of several threads */ };

/* Sets where the courses of one group lead for one heading. */
static void strides_set(struct window *window, int heading, uint32_t course)
{
    const struct courses *courses = &window->courses;
    struct window_stride *strides = window->strides[heading][courses->group[course]];
    const int32_t width = (int32_t)window->grid->width, slots = courses->depth + 1;
    const int32_t ahead[GRID_HEADINGS + 1] = {1, width, -1, -width, 0};
    int32_t cell = 0;
    for (int t = 0; t < courses->depth; t++) {
        int32_t next = cell + ahead[courses->leg[heading][course][t]];
        strides[t] = (struct window_stride){
            .enter = next * slots + t + 1,
            .cross = next * slots + t,
            .behind = cell * slots + t + 1,
        };
        cell = next;
    }
}

void window_init(struct window *window, const struct grid *grid, struct crowd *crowd,
                 enum plenum_fleet_motion motion, int turn_steps, int depth, struct pool *pool)
{
    uint32_t robots = crowd->robots;
    *window = (struct window){.grid = grid, .crowd = crowd, .pool = pool};
    courses_init(&window->courses, motion, turn_steps, depth);
    size_t slots = (size_t)grid->width * grid->height * (size_t)(window->courses.depth + 1);
    window->stride = motion == PLENUM_FLEET_TURNING ? GRID_HEADINGS : 1;
    window->slot = memory_new(slots, sizeof *window->slot);
    memset(window->slot, 0xff, slots * sizeof *window->slot);
    for (int heading = 0; heading < GRID_HEADINGS; heading++) {
        window->strides[heading] =
            memory_new(window->courses.groups, sizeof *window->strides[heading]);
        for (uint32_t course = 0; course < window->courses.count; course++) {
            strides_set(window, heading, course);
        }
    }
    window->place = memory_new(robots, sizeof *window->place);
    window->choices = memory_new((size_t)robots * window->courses.groups, sizeof *window->choices);
    window->choice_count = memory_new(robots, sizeof *window->choice_count);
    window->sorted = memory_new(robots, sizeof *window->sorted);
    window->best = memory_new(robots, sizeof *window->best);
    window->course = memory_new(robots, sizeof *window->course);
    window->score = memory_new(robots, sizeof *window->score);
    window->weight = memory_new(robots, sizeof *window->weight);
    window->visited = memory_new(robots, sizeof *window->visited);
    window->visits = memory_new(robots, sizeof *window->visits);
    window->fixed = memory_new(robots, sizeof *window->fixed);
    window->members = memory_new(robots, sizeof *window->members);
    window->part = memory_new(robots, sizeof *window->part);
    window->expected = memory_new(robots, sizeof *window->expected);
    window->expected_heading = memory_new(robots, sizeof *window->expected_heading);
}

void window_finish(struct window *window)
{
    for (int heading = 0; heading < GRID_HEADINGS; heading++) {
        free(window->strides[heading]);
    }
    free(window->slot);
    free(window->place);
    free(window->choices);
    free(window->choice_count);
    free(window->sorted);
    free(window->best);
    free(window->course);
    free(window->score);
    free(window->weight);
    free(window->visited);
    free(window->visits);
    free(window->fixed);
    free(window->members);
    free(window->part);
    free(window->expected);
    free(window->expected_heading);
    *window = (struct window){0};
}

size_t window_bytes(const struct window *window)
{
    const struct grid *grid = window->grid;
    size_t robot = window->courses.groups * sizeof *window->choices + sizeof *window->choice_count +
                   sizeof *window->sorted + sizeof *window->best + sizeof *window->course +
                   sizeof *window->score + sizeof *window->weight + sizeof *window->visited +
                   sizeof *window->visits + sizeof *window->fixed + sizeof *window->members +
                   sizeof *window->part + sizeof *window->expected +
                   sizeof *window->expected_heading + sizeof(uint32_t *);
    return window->crowd->robots * robot +
           GRID_HEADINGS * window->courses.groups * sizeof *window->strides[0] +
           (size_t)grid->width * grid->height * (size_t)(window->courses.depth + 1) *
               sizeof *window->slot;
}

/* The robot is where its course of the step before had it, and may go on. */
static bool robot_fits(const struct window *window, uint32_t robot)
{
    const struct crowd *crowd = window->crowd;
    return window->remembers && crowd->at[robot] == window->expected[robot] &&
           crowd->heading[robot] == window->expected_heading[robot] && !crowd->held[robot] &&
           !crowd->led[robot];
}

static void robots_rank(void *context, size_t part)
{
    struct window *window = context;
    uint32_t robots = window->crowd->robots, first = (uint32_t)part * RANKED_AT_ONCE;
    uint32_t end = robots - first < RANKED_AT_ONCE ? robots : first + RANKED_AT_ONCE;
    for (uint32_t robot = first; robot < end; robot++) {
        if (window->crowd->at[robot] != GRID_NONE) {
            robot_rank(window, robot);
        }
    }
}

static void window_rank(struct window *window)
{
    size_t parts = (window->crowd->robots + RANKED_AT_ONCE - 1) / RANKED_AT_ONCE;
    if (window->pool != NULL && parts > 1) {
        pool_run(window->pool, parts, robots_rank, window);
        return;
    }
    for (size_t part = 0; part < parts; part++) {
        robots_rank(window, part);
    }
}

static void robot_begin(struct window *window, uint32_t robot, uint16_t course)
{
    robot_enter(window, robot, course, course_score(window, robot, course));
}

/* A robot that stays where it is, or is led, and lists those whose courses lead through the cell:
 * they stay too. Returns how many there are on the list. */
static uint32_t robot_stay(struct window *window, uint32_t robot, uint32_t listed)
{
    const struct crowd *crowd = window->crowd;
    uint8_t action = crowd->led[robot] ? crowd->first[robot] : PLENUM_FLEET_WAIT;
    uint16_t course = window->courses.single[action];
    const struct window_stride *strides = strides_of(window, robot, course);
    for (int t = 0; t < window->courses.depth; t++) {
        uint32_t other = window->place[robot][strides[t].enter];
        if (other != GRID_NONE && other != robot) {
            robot_leave(window, other);
            window->members[listed++] = other;
        }
    }
    robot_begin(window, robot, course);
    return listed;
}

static uint32_t *node_slots(const struct window *window, uint32_t node)
{
    size_t cell = window->grid->cell_of_node[node];
    return &window->slot[cell * (size_t)(window->courses.depth + 1)];
}

/* Nodes that are kept free are taken by the robot that is led, in all slots to come. Lists those
 * whose courses lead through them. */
static uint32_t window_keep(struct window *window, uint32_t listed)
{
    const struct crowd *crowd = window->crowd;
    for (uint32_t i = 0; i < crowd->kept_count; i++) {
        uint32_t *slots = node_slots(window, crowd->kept[i]);
        for (int t = 1; t <= window->courses.depth; t++) {
            if (slots[t] != GRID_NONE) {
                uint32_t other = slots[t];
                robot_leave(window, other);
                window->members[listed++] = other;
            }
            slots[t] = crowd->there[crowd->kept[i]];
        }
    }
    return listed;
}

static void window_let_go(struct window *window)
{
    const struct crowd *crowd = window->crowd;
    for (uint32_t i = 0; i < crowd->kept_count; i++) {
        uint32_t *slots = node_slots(window, crowd->kept[i]);
        for (int t = 1; t <= window->courses.depth; t++) {
            slots[t] = GRID_NONE;
        }
    }
}

/* Everybody starts with what is left of the course of the step before, as far as that is so and
 * meets nobody who must stay. */
static void window_begin(struct window *window, bool keep)
{
    const struct crowd *crowd = window->crowd;
    const struct courses *courses = &window->courses;
    uint32_t listed = 0;
    window_rank(window);
    for (uint32_t robot = 0; robot < crowd->robots; robot++) {
        if (crowd->at[robot] == GRID_NONE) {
            continue;
        }
        window->place[robot] = node_slots(window, crowd->at[robot]);
        *window->place[robot] = robot;
        uint16_t rest = courses->shifted[window->course[robot]];
        if (keep && robot_fits(window, robot) && courses->idle[rest] >= crowd->turning[robot] &&
            course_score(window, robot, rest) != INT32_MAX) {
            robot_begin(window, robot, rest);
        } else {
            window->members[listed++] = robot;
        }
    }
    listed = window_keep(window, listed);
    for (uint32_t i = 0; i < listed; i++) {
        listed = robot_stay(window, window->members[i], listed);
    }
}

/* Robots that wait say whose course is in the way of their best one. */
static void window_explain(struct window *window)
{
    struct crowd *crowd = window->crowd;
    for (uint32_t robot = 0; robot < crowd->robots; robot++) {
        bool waits = crowd->at[robot] != GRID_NONE && !crowd->held[robot] && !crowd->led[robot] &&
                     window->courses.action[window->course[robot]][0] == PLENUM_FLEET_WAIT;
        if (waits) {
            crowd->blocker[robot] = robot_blocker(window, robot);
        }
    }
}

static void window_end(struct window *window)
{
    struct crowd *crowd = window->crowd;
    window_explain(window);
    window_let_go(window);
    for (uint32_t robot = 0; robot < crowd->robots; robot++) {
        uint32_t at = crowd->at[robot];
        if (at == GRID_NONE) {
            continue;
        }
        uint16_t course = window->course[robot];
        uint8_t leg = window->courses.leg[crowd->heading[robot]][course][0];
        uint8_t action = window->courses.action[course][0];
        crowd->to[robot] = leg == COURSE_STAY ? at : window->grid->next[at][leg];
        crowd->first[robot] = action;
        crowd->there[crowd->to[robot]] = robot;
        window->expected[robot] = crowd->to[robot];
        window->expected_heading[robot] = (uint8_t)plenum_fleet_heading_after(
            (enum plenum_fleet_heading)crowd->heading[robot], (enum plenum_fleet_action)action);
        robot_leave(window, robot);
        *window->place[robot] = GRID_NONE;
    }
    window->remembers = true;
}

void window_step(struct window *window, uint64_t seed, bool keep, uint32_t improve, uint64_t budget)
{
    window->work = window->gains = 0;
    window->stopped = false;
    window_begin(window, keep);
    window_turns(window);
    if (budget == 0 || window->work < budget) {
        window_improve(window, seed, improve, budget);
    }
    window_end(window);
}
