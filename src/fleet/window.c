/* See window.h. */
#include "fleet/window.h"

#include "base/check.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum {
    CHAIN_MAX = 24,     /* robots displaced one by another */
    VISITS_MAX = 10,    /* of one robot in one attempt */
    TURN_WORK = 20000,  /* courses looked at in one robot's turn */
    ATTEMPT_WORK = 400, /* in one attempt to improve */
    WEIGHT_LEAST = 8,
    WEIGHT_SPAN = 256,
    WEIGHT_FIRST = 4096,
    SCORE_UNIT = 16, /* of a step in a score; below it ties are broken */
};

void window_init(struct window *window, const struct grid *grid, struct crowd *crowd,
                 enum plenum_fleet_motion motion, int depth)
{
    uint32_t robots = crowd->robots;
    *window = (struct window){.grid = grid, .crowd = crowd};
    courses_init(&window->courses, motion, depth);
    size_t slots = (size_t)grid->nodes * (size_t)(window->courses.depth + 1);
    window->stride = motion == PLENUM_FLEET_TURNING ? GRID_HEADINGS : 1;
    window->slot = memory_new(slots, sizeof *window->slot);
    memset(window->slot, 0xff, slots * sizeof *window->slot);
    window->choices = memory_new((size_t)robots * window->courses.groups, sizeof *window->choices);
    window->choice_count = memory_new(robots, sizeof *window->choice_count);
    window->course = memory_new(robots, sizeof *window->course);
    window->score = memory_new(robots, sizeof *window->score);
    window->weight = memory_new(robots, sizeof *window->weight);
    window->visited = memory_new(robots, sizeof *window->visited);
    window->visits = memory_new(robots, sizeof *window->visits);
    window->fixed = memory_new(robots, sizeof *window->fixed);
    window->expected = memory_new(robots, sizeof *window->expected);
    window->expected_heading = memory_new(robots, sizeof *window->expected_heading);
}

void window_finish(struct window *window)
{
    free(window->slot);
    free(window->choices);
    free(window->choice_count);
    free(window->course);
    free(window->score);
    free(window->weight);
    free(window->visited);
    free(window->visits);
    free(window->fixed);
    free(window->expected);
    free(window->expected_heading);
    *window = (struct window){0};
}

size_t window_bytes(const struct window *window)
{
    size_t robot = window->courses.groups * sizeof *window->choices + sizeof *window->choice_count +
                   sizeof *window->course + sizeof *window->score + sizeof *window->weight +
                   sizeof *window->visited + sizeof *window->visits + sizeof *window->fixed +
                   sizeof *window->expected + sizeof *window->expected_heading;
    return window->crowd->robots * robot +
           (size_t)window->grid->nodes * (size_t)(window->courses.depth + 1) * sizeof *window->slot;
}

static uint32_t *slots_of(const struct window *window, uint32_t node)
{
    return &window->slot[(size_t)node * (size_t)(window->courses.depth + 1)];
}

static const uint8_t *legs_of(const struct window *window, uint32_t robot, uint32_t course)
{
    return window->courses.leg[window->crowd->heading[robot]][course];
}

static void course_put(struct window *window, uint32_t robot, uint32_t course, uint32_t mark)
{
    const uint8_t *legs = legs_of(window, robot, course);
    uint32_t node = window->crowd->at[robot];
    for (int t = 0; t < window->courses.depth; t++) {
        node = legs[t] == COURSE_STAY ? node : window->grid->next[node][legs[t]];
        slots_of(window, node)[t + 1] = mark;
    }
}

static void robot_enter(struct window *window, uint32_t robot, uint32_t course, int32_t score)
{
    window->course[robot] = (uint16_t)course;
    window->score[robot] = score;
    course_put(window, robot, course, robot);
}

static void robot_leave(struct window *window, uint32_t robot)
{
    course_put(window, robot, window->course[robot], GRID_NONE);
}

/* The only robot that the course would meet; GRID_NONE when it meets nobody, and the robot itself
 * when it meets several. */
static uint32_t course_meets(const struct window *window, uint32_t robot, uint32_t course)
{
    const uint8_t *legs = legs_of(window, robot, course);
    uint32_t node = window->crowd->at[robot], met = GRID_NONE;
    for (int t = 0; t < window->courses.depth; t++) {
        uint32_t before = node;
        const uint32_t *here = slots_of(window, before);
        const uint32_t *slots = here;
        if (legs[t] != COURSE_STAY) {
            node = window->grid->next[node][legs[t]];
            slots = slots_of(window, node);
            uint32_t against = slots[t];
            if (against != GRID_NONE && against != robot && here[t + 1] == against &&
                against != met) {
                if (met != GRID_NONE) {
                    return robot;
                }
                met = against;
            }
        }
        uint32_t other = slots[t + 1];
        if (other != GRID_NONE && other != met) {
            if (met != GRID_NONE) {
                return robot;
            }
            met = other;
        }
    }
    return met;
}

/* One more visit of a robot in this attempt; false when it had enough. */
static bool robot_visit(struct window *window, uint32_t robot)
{
    if (window->visited[robot] != window->visit) {
        window->visited[robot] = window->visit;
        window->visits[robot] = 0;
    }
    return window->visits[robot]++ < VISITS_MAX;
}

/* Finds a course for a robot that is in no slot, displacing others in a chain, such that the
 * common change of score stays below `below`. sum is the change so far. On success all robots of
 * the chain are in their slots; otherwise nothing has changed. */
static bool robot_settle(struct window *window, uint32_t robot, int64_t sum, int64_t below,
                         int chain)
{
    const struct window_choice *choices = &window->choices[(size_t)robot * window->courses.groups];
    int32_t had = window->score[robot];
    uint16_t had_course = window->course[robot];
    for (uint32_t i = 0; i < window->choice_count[robot]; i++) {
        int64_t change = sum;
        if (chain == 0 || !window->yielding) {
            change += (int64_t)window->weight[robot] * (choices[i].score - had);
        }
        if (change >= below || ++window->attempt_work > window->attempt_limit) {
            break;
        }
        uint32_t other = course_meets(window, robot, choices[i].course);
        if (other == GRID_NONE) {
            robot_enter(window, robot, choices[i].course, choices[i].score);
            return true;
        }
        if (other == robot || window->fixed[other] || chain == CHAIN_MAX ||
            !robot_visit(window, other)) {
            continue;
        }
        robot_leave(window, other);
        robot_enter(window, robot, choices[i].course, choices[i].score);
        window->fixed[robot]++;
        bool settled = robot_settle(window, other, change, below, chain + 1);
        window->fixed[robot]--;
        if (settled) {
            return true;
        }
        robot_leave(window, robot);
        robot_enter(window, other, window->course[other], window->score[other]);
    }
    window->course[robot] = had_course;
    window->score[robot] = had;
    return false;
}

/* Looks for something better for a robot: for it alone where others yield, or in common. */
static bool robot_try(struct window *window, uint32_t robot, uint64_t limit)
{
    window->visit++;
    window->attempt_work = 0;
    window->attempt_limit = limit;
    robot_leave(window, robot);
    bool settled = robot_settle(window, robot, 0, 0, 0);
    if (!settled) {
        robot_enter(window, robot, window->course[robot], window->score[robot]);
    }
    window->work += window->attempt_work;
    return settled;
}

static int32_t aim_steps(const struct window *window, const uint16_t *aim, uint16_t far,
                         uint32_t node, int heading)
{
    uint16_t steps =
        aim[(size_t)node * window->stride + (window->stride > 1 ? (uint32_t)heading : 0)];
    return steps < far ? steps : far;
}

/* The score of a possible course, or INT32_MAX where it meets a wall. */
static int32_t course_score(const struct window *window, uint32_t robot, uint32_t course)
{
    const struct crowd *crowd = window->crowd;
    const struct courses *courses = &window->courses;
    const uint8_t *legs = legs_of(window, robot, course);
    const uint16_t *aim = crowd->aim[robot], *after = crowd->after[robot];
    uint32_t node = crowd->at[robot], goal = crowd->goal[robot];
    int arrival = -1, moves = 0;
    for (int t = 0; t < courses->depth; t++) {
        if (legs[t] != COURSE_STAY) {
            node = window->grid->open[node][legs[t]];
            moves++;
            if (node == GRID_NONE) {
                return INT32_MAX;
            }
        }
        arrival = arrival < 0 && node == goal ? t + 1 : arrival;
    }
    int32_t tie = courses->late[course];
    int heading = (crowd->heading[robot] + courses->turned[course]) % GRID_HEADINGS;
    if (aim == NULL) {
        return SCORE_UNIT * window->step_cost * (moves + (int32_t)(node != crowd->at[robot])) + tie;
    }
    if (arrival < 0) {
        return SCORE_UNIT * aim_steps(window, aim, crowd->aim_far[robot], node, heading) + tie;
    }
    if (after == NULL) {
        return SCORE_UNIT * (arrival - courses->depth) * window->step_cost + tie;
    }
    int32_t leg = aim_steps(window, after, crowd->after_far[robot], goal, heading);
    return SCORE_UNIT * (aim_steps(window, after, crowd->after_far[robot], node, heading) - leg) +
           tie + arrival * window->step_cost;
}

static void choice_insert(struct window_choice *choices, uint32_t count,
                          struct window_choice choice)
{
    for (; count > 0 && choices[count - 1].score > choice.score; count--) {
        choices[count] = choices[count - 1];
    }
    choices[count] = choice;
}

/* Lists a robot's possible courses, the best of each group, best first. */
static void robot_rank(struct window *window, uint32_t robot)
{
    const struct courses *courses = &window->courses;
    struct window_choice *choices = &window->choices[(size_t)robot * courses->groups];
    uint16_t count = 0;
    if (window->crowd->held[robot]) {
        choices[count++] =
            (struct window_choice){course_score(window, robot, courses->stay), courses->stay};
    }
    for (uint32_t course = 0; course < courses->count && !window->crowd->held[robot];) {
        uint16_t group = courses->group[course];
        struct window_choice best = {INT32_MAX, 0};
        for (; course < courses->count && courses->group[course] == group; course++) {
            int32_t score = course_score(window, robot, course);
            if (score < best.score) {
                best = (struct window_choice){score, (uint16_t)course};
            }
        }
        if (best.score != INT32_MAX) {
            choice_insert(choices, count++, best);
        }
    }
    window->choice_count[robot] = count;
}

/* Everybody is where the courses of the step before had them. */
static bool window_fits(const struct window *window)
{
    const struct crowd *crowd = window->crowd;
    if (!window->remembers) {
        return false;
    }
    for (uint32_t robot = 0; robot < crowd->robots; robot++) {
        if (crowd->at[robot] != window->expected[robot] || crowd->held[robot] ||
            crowd->heading[robot] != window->expected_heading[robot]) {
            return false;
        }
    }
    return true;
}

static void window_begin(struct window *window, bool keep)
{
    const struct crowd *crowd = window->crowd;
    keep = keep && window_fits(window);
    for (uint32_t robot = 0; robot < crowd->robots; robot++) {
        if (crowd->at[robot] == GRID_NONE) {
            continue;
        }
        uint16_t course = window->courses.stay;
        if (keep) {
            course = window->courses.shifted[window->course[robot]];
        }
        robot_rank(window, robot);
        slots_of(window, crowd->at[robot])[0] = robot;
        robot_enter(window, robot, course, course_score(window, robot, course));
    }
}

static void window_end(struct window *window)
{
    struct crowd *crowd = window->crowd;
    for (uint32_t robot = 0; robot < crowd->robots; robot++) {
        uint32_t at = crowd->at[robot];
        if (at == GRID_NONE) {
            continue;
        }
        uint16_t course = window->course[robot];
        uint8_t leg = legs_of(window, robot, course)[0];
        uint8_t action = window->courses.action[course][0];
        crowd->to[robot] = leg == COURSE_STAY ? at : window->grid->next[at][leg];
        crowd->first[robot] = action;
        crowd->there[crowd->to[robot]] = robot;
        window->expected[robot] = crowd->to[robot];
        window->expected_heading[robot] = (uint8_t)plenum_fleet_heading_after(
            (enum plenum_fleet_heading)crowd->heading[robot], (enum plenum_fleet_action)action);
        robot_leave(window, robot);
        slots_of(window, at)[0] = GRID_NONE;
    }
    window->remembers = true;
}

/* The first in order weighs most, by a steep curve: among equals two robots that stand face to
 * face would each be worth the other's way back, and none would go. The very
 * first weigh so much that they get their way whatever it costs the others. */
static int32_t rank_weight(uint32_t rank, uint32_t robots)
{
    uint64_t part = (uint64_t)(robots - rank) * 1024 / robots;
    uint64_t cube = part * part * part >> 20;
    uint64_t sixth = cube * cube >> 10;
    return WEIGHT_LEAST + (int32_t)(sixth * WEIGHT_SPAN >> 10) + WEIGHT_FIRST / (int32_t)(rank + 1);
}

/* Everybody's turn by priority: who had one is not displaced by those after. */
static void window_turns(struct window *window)
{
    const struct crowd *crowd = window->crowd;
    memset(window->fixed, 0, crowd->robots);
    window->yielding = true;
    for (uint32_t i = 0; i < crowd->robots; i++) {
        uint32_t robot = crowd->order[i];
        window->weight[robot] = rank_weight(i, crowd->robots);
        if (crowd->at[robot] != GRID_NONE) {
            robot_try(window, robot, TURN_WORK);
            window->fixed[robot] = 1;
        }
    }
    memset(window->fixed, 0, crowd->robots);
    window->yielding = false;
}

void window_step(struct window *window, uint64_t seed, bool keep, uint32_t improve, uint64_t budget)
{
    const struct crowd *crowd = window->crowd;
    random_init(&window->random, seed);
    window->work = window->gains = 0;
    window_begin(window, keep);
    window_turns(window);
    for (uint64_t i = 0; i < (uint64_t)improve * crowd->robots; i++) {
        if (budget != 0 && window->work >= budget) {
            break;
        }
        uint32_t robot = (uint32_t)random_below(&window->random, crowd->robots);
        if (crowd->at[robot] != GRID_NONE) {
            window->gains += robot_try(window, robot, ATTEMPT_WORK);
        }
    }
    window_end(window);
}
