/* See course.h. */
#include "fleet/course.h"

#include "base/check.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static bool is_turn(uint8_t action)
{
    return action == PLENUM_FLEET_CLOCKWISE || action == PLENUM_FLEET_COUNTER_CLOCKWISE;
}

/* Whether an action may follow in the one sequence kept: waits come after turns, no turn is
 * undone, half turns go clockwise, and a slide is not undone at once. */
static bool may_come_after(uint8_t before, uint8_t action)
{
    bool turn = is_turn(action);
    if (turn && before == PLENUM_FLEET_WAIT) {
        return false;
    }
    if (before == PLENUM_FLEET_COUNTER_CLOCKWISE && turn) {
        return false;
    }
    if (before == PLENUM_FLEET_CLOCKWISE && action == PLENUM_FLEET_COUNTER_CLOCKWISE) {
        return false;
    }
    bool slides = before >= PLENUM_FLEET_EAST && before <= PLENUM_FLEET_NORTH &&
                  action >= PLENUM_FLEET_EAST && action <= PLENUM_FLEET_NORTH;
    return !slides || (action - PLENUM_FLEET_EAST + 2) % 4 != before - PLENUM_FLEET_EAST;
}

static bool three_turns(const uint8_t *actions)
{
    return actions[0] == PLENUM_FLEET_CLOCKWISE && actions[1] == PLENUM_FLEET_CLOCKWISE &&
           actions[2] == PLENUM_FLEET_CLOCKWISE;
}

static uint8_t leg_of(uint8_t action, int heading)
{
    if (action == PLENUM_FLEET_FORWARD) {
        return (uint8_t)heading;
    }
    if (action >= PLENUM_FLEET_EAST && action <= PLENUM_FLEET_NORTH) {
        return (uint8_t)(action - PLENUM_FLEET_EAST);
    }
    return COURSE_STAY;
}

/* Fills in what follows from a course's actions. */
static void course_derive(struct courses *courses, uint32_t course)
{
    for (int start = 0; start < GRID_HEADINGS; start++) {
        int heading = start;
        for (int t = 0; t < courses->depth; t++) {
            uint8_t action = courses->action[course][t];
            courses->leg[start][course][t] = leg_of(action, heading);
            heading = (int)plenum_fleet_heading_after((enum plenum_fleet_heading)heading,
                                                      (enum plenum_fleet_action)action);
        }
        courses->turned[course] = (uint8_t)((heading - start + GRID_HEADINGS) % GRID_HEADINGS);
    }
    int late = 0, idle = 0;
    while (idle < courses->depth && courses->action[course][idle] == PLENUM_FLEET_WAIT) {
        idle++;
    }
    courses->idle[course] = (uint8_t)idle;
    courses->moves[course] = courses->owed[course] = 0;
    for (int t = 0; t < courses->depth; t++) {
        if (is_turn(courses->action[course][t]) && t + courses->turn_steps > courses->depth) {
            courses->owed[course] = (uint8_t)(t + courses->turn_steps - courses->depth);
        }
        bool moves = courses->leg[0][course][t] != COURSE_STAY;
        courses->moves[course] += moves;
        late += moves ? t : 0;
    }
    courses->late[course] = (uint8_t)(late > 15 ? 15 : late);
}

struct sorted_course {
    uint8_t leg[COURSE_DEPTH_MAX], action[COURSE_DEPTH_MAX];
};

static const uint8_t sliding_actions[] = {PLENUM_FLEET_WAIT, PLENUM_FLEET_EAST, PLENUM_FLEET_SOUTH,
                                          PLENUM_FLEET_WEST, PLENUM_FLEET_NORTH};
static const uint8_t turning_actions[] = {PLENUM_FLEET_WAIT, PLENUM_FLEET_FORWARD,
                                          PLENUM_FLEET_CLOCKWISE, PLENUM_FLEET_COUNTER_CLOCKWISE};

/* Writes the actions without the waits that turns take, and without those of a turn begun before;
 * returns how many there are, or -1 where a turn is not given its waits. */
static int sequence_squeeze(const struct courses *courses, const uint8_t *sequence, uint8_t *brief)
{
    int count = 0, rest = 0, t = 0;
    while (t < courses->depth && t < courses->turn_steps - 1 && sequence[t] == PLENUM_FLEET_WAIT) {
        t++;
    }
    for (; t < courses->depth; t++) {
        if (rest == 0) {
            brief[count++] = sequence[t];
            rest = is_turn(sequence[t]) ? courses->turn_steps - 1 : 0;
        } else if (sequence[t] != PLENUM_FLEET_WAIT) {
            return -1;
        } else {
            rest--;
        }
    }
    return count;
}

/* Whether a sequence is the one kept of those that come to the same. */
static bool sequence_kept(const struct courses *courses, const uint8_t *sequence)
{
    uint8_t brief[COURSE_DEPTH_MAX];
    int count = sequence_squeeze(courses, sequence, brief);
    for (int t = 1; t < count; t++) {
        if (!may_come_after(brief[t - 1], brief[t]) || (t > 1 && three_turns(&brief[t - 2]))) {
            return false;
        }
    }
    return count >= 0;
}

/* Lists all sequences of `depth` actions, as digits that count up; false when there are too many
 * to hold. */
static bool courses_list(struct courses *courses)
{
    bool turning = courses->motion == PLENUM_FLEET_TURNING;
    const uint8_t *actions = turning ? turning_actions : sliding_actions;
    uint32_t kinds = turning ? sizeof turning_actions : sizeof sliding_actions, total = 1;
    for (int t = 0; t < courses->depth; t++) {
        total *= kinds;
    }
    courses->count = 0;
    for (uint32_t number = 0; number < total; number++) {
        uint8_t sequence[COURSE_DEPTH_MAX];
        uint32_t rest = number;
        for (int t = 0; t < courses->depth; t++, rest /= kinds) {
            sequence[t] = actions[rest % kinds];
        }
        if (!sequence_kept(courses, sequence)) {
            continue;
        }
        if (courses->count == COURSES_MAX) {
            return false;
        }
        memcpy(courses->action[courses->count], sequence, sizeof sequence);
        course_derive(courses, courses->count++);
    }
    return true;
}

static int course_compare(const void *left, const void *right)
{
    const struct sorted_course *a = left, *b = right;
    int legs = memcmp(a->leg, b->leg, sizeof a->leg);
    return legs != 0 ? legs : memcmp(a->action, b->action, sizeof a->action);
}

/* Brings the courses into the order of their legs, and numbers the groups. */
static void courses_sort(struct courses *courses)
{
    struct sorted_course *sorted = memory_new(courses->count, sizeof *sorted);
    for (uint32_t course = 0; course < courses->count; course++) {
        memcpy(sorted[course].action, courses->action[course], (size_t)courses->depth);
        memcpy(sorted[course].leg, courses->leg[0][course], (size_t)courses->depth);
    }
    qsort(sorted, courses->count, sizeof *sorted, course_compare);
    courses->groups = 0;
    for (uint32_t course = 0; course < courses->count; course++) {
        memcpy(courses->action[course], sorted[course].action, sizeof sorted[course].action);
        course_derive(courses, course);
        int shared = 0;
        while (course > 0 && shared < courses->depth &&
               sorted[course].leg[shared] == sorted[course - 1].leg[shared]) {
            shared++;
        }
        courses->shared[course] = (uint8_t)shared;
        courses->groups += shared < courses->depth;
        courses->group[course] = (uint16_t)(courses->groups - 1);
    }
    free(sorted);
}

/* The first course whose legs, for a robot that faces `heading`, are not before these. */
static uint32_t course_seek(const struct courses *courses, int heading, const uint8_t *legs)
{
    uint8_t turned[COURSE_DEPTH_MAX];
    for (int t = 0; t < courses->depth; t++) {
        bool relative = courses->motion == PLENUM_FLEET_TURNING && legs[t] != COURSE_STAY;
        int leg = relative ? (legs[t] - heading + GRID_HEADINGS) % GRID_HEADINGS : legs[t];
        turned[t] = (uint8_t)leg;
    }
    uint32_t low = 0, high = courses->count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (memcmp(courses->leg[0][middle], turned, (size_t)courses->depth) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* The course that visits what this one will after its first step, ends in its heading, and does
 * not turn sooner. */
static uint16_t course_shifted(const struct courses *courses, uint32_t course)
{
    int depth = courses->depth;
    uint8_t legs[COURSE_DEPTH_MAX];
    memcpy(legs, courses->leg[0][course] + 1, (size_t)depth - 1);
    legs[depth - 1] = COURSE_STAY;
    int first = (int)plenum_fleet_heading_after(
        PLENUM_FLEET_FACING_EAST, (enum plenum_fleet_action)courses->action[course][0]);
    int end = courses->turned[course], idle = 0;
    while (idle + 1 < depth && courses->action[course][idle + 1] == PLENUM_FLEET_WAIT) {
        idle++;
    }
    for (uint32_t other = course_seek(courses, first, legs);
         other < courses->count && memcmp(courses->leg[first][other], legs, (size_t)depth) == 0;
         other++) {
        if ((first + courses->turned[other]) % GRID_HEADINGS == end &&
            (courses->turn_steps == 1 || courses->idle[other] >= idle)) {
            return (uint16_t)other;
        }
    }
    return courses->stay;
}

void courses_init(struct courses *courses, enum plenum_fleet_motion motion, int turn_steps,
                  int depth)
{
    CHECK(depth >= 1 && depth <= COURSE_DEPTH_MAX && turn_steps >= 1);
    *courses = (struct courses){.motion = motion, .depth = depth, .turn_steps = turn_steps};
    while (!courses_list(courses)) {
        courses->depth--;
    }
    courses_sort(courses);
    for (uint32_t course = 0; course < courses->count; course++) {
        bool waits = true;
        for (int t = 1; t < courses->depth; t++) {
            waits = waits && courses->action[course][t] == PLENUM_FLEET_WAIT;
        }
        if (waits) {
            courses->single[courses->action[course][0]] = (uint16_t)course;
        }
    }
    courses->stay = courses->single[PLENUM_FLEET_WAIT];
    for (uint32_t course = 0; course < courses->count; course++) {
        courses->shifted[course] = course_shifted(courses, course);
    }
}
