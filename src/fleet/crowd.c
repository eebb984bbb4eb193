/* See crowd.h. */
#include "fleet/crowd.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static void fill_none(uint32_t *items, size_t count)
{
    memset(items, 0xff, count * sizeof *items);
}

void crowd_init(struct crowd *crowd, uint32_t robots, uint32_t nodes)
{
    *crowd = (struct crowd){
        .robots = robots,
        .at = memory_new(robots, sizeof *crowd->at),
        .heading = memory_new(robots, sizeof *crowd->heading),
        .turning = memory_new(robots, sizeof *crowd->turning),
        .goal = memory_new(robots, sizeof *crowd->goal),
        .next_goal = memory_new(robots, sizeof *crowd->next_goal),
        .priority = memory_new(robots, sizeof *crowd->priority),
        .held = memory_new(robots, sizeof *crowd->held),
        .to = memory_new(robots, sizeof *crowd->to),
        .first = memory_new(robots, sizeof *crowd->first),
        .blocker = memory_new(robots, sizeof *crowd->blocker),
        .aim = memory_new(robots, sizeof *crowd->aim),
        .after = memory_new(robots, sizeof *crowd->after),
        .aim_far = memory_new(robots, sizeof *crowd->aim_far),
        .after_far = memory_new(robots, sizeof *crowd->after_far),
        .slot = memory_new(robots, sizeof *crowd->slot),
        .after_slot = memory_new(robots, sizeof *crowd->after_slot),
        .order = memory_new(robots, sizeof *crowd->order),
        .spare = memory_new(robots, sizeof *crowd->spare),
        .here = memory_new(nodes, sizeof *crowd->here),
        .there = memory_new(nodes, sizeof *crowd->there),
        .led = memory_new(robots, sizeof *crowd->led),
        .shut_in = memory_new(robots, sizeof *crowd->shut_in),
    };
    fill_none(crowd->at, robots);
    fill_none(crowd->goal, robots);
    fill_none(crowd->next_goal, robots);
    fill_none(crowd->blocker, robots);
    fill_none(crowd->here, nodes);
    fill_none(crowd->there, nodes);
    for (uint32_t robot = 0; robot < robots; robot++) {
        crowd->order[robot] = robot;
    }
}

void crowd_finish(struct crowd *crowd)
{
    free(crowd->at);
    free(crowd->heading);
    free(crowd->turning);
    free(crowd->goal);
    free(crowd->next_goal);
    free(crowd->first);
    free(crowd->after);
    free(crowd->aim_far);
    free(crowd->after_far);
    free(crowd->slot);
    free(crowd->after_slot);
    free(crowd->priority);
    free(crowd->held);
    free(crowd->to);
    free(crowd->blocker);
    free(crowd->aim);
    free(crowd->order);
    free(crowd->spare);
    free(crowd->here);
    free(crowd->there);
    free(crowd->led);
    free(crowd->shut_in);
    *crowd = (struct crowd){0};
}

size_t crowd_bytes(const struct crowd *crowd, uint32_t nodes)
{
    return crowd->robots *
               (sizeof *crowd->at + sizeof *crowd->heading + sizeof *crowd->turning +
                sizeof *crowd->goal + sizeof *crowd->priority + sizeof *crowd->held +
                sizeof *crowd->to + sizeof *crowd->blocker + sizeof *crowd->aim +
                sizeof *crowd->spare + sizeof *crowd->next_goal + sizeof *crowd->first +
                sizeof *crowd->after + sizeof *crowd->aim_far + sizeof *crowd->after_far +
                sizeof *crowd->slot + sizeof *crowd->after_slot + sizeof *crowd->order +
                sizeof *crowd->led + sizeof *crowd->shut_in) +
           nodes * (sizeof *crowd->here + sizeof *crowd->there);
}

enum plenum_status crowd_begin(struct crowd *crowd, const struct grid *grid,
                               struct plenum_error *error)
{
    fill_none(crowd->to, crowd->robots);
    fill_none(crowd->blocker, crowd->robots);
    memset(crowd->led, 0, crowd->robots);
    memset(crowd->shut_in, 0, crowd->robots);
    crowd->by_tiles = false;
    crowd->held_count = crowd->kept_count = 0;
    for (uint32_t robot = 0; robot < crowd->robots; robot++) {
        uint32_t node = crowd->at[robot];
        if (node == GRID_NONE) {
            continue;
        }
        uint32_t other = crowd->here[node];
        if (other != GRID_NONE) {
            crowd_end(crowd);
            return plenum_fail(error, PLENUM_INPUT,
                               "robot %u stands in cell %u, where robot %u stands already", robot,
                               grid->cell_of_node[node], other);
        }
        crowd->here[node] = robot;
        if (crowd->held[robot]) {
            crowd->to[robot] = node;
            crowd->there[node] = robot;
            crowd->held_count++;
        }
    }
    return PLENUM_OK;
}

void crowd_end(struct crowd *crowd)
{
    for (uint32_t robot = 0; robot < crowd->robots; robot++) {
        if (crowd->at[robot] != GRID_NONE) {
            crowd->here[crowd->at[robot]] = GRID_NONE;
        }
        if (crowd->to[robot] != GRID_NONE) {
            crowd->there[crowd->to[robot]] = GRID_NONE;
        }
    }
    for (uint32_t i = 0; i < crowd->kept_count; i++) {
        crowd->there[crowd->kept[i]] = GRID_NONE;
    }
}

static bool goes_first(const struct crowd *crowd, uint32_t a, uint32_t b)
{
    return crowd->priority[a] != crowd->priority[b] ? crowd->priority[a] > crowd->priority[b]
                                                    : a < b;
}

enum { DIGIT_BITS = 11, DIGITS = 1 << DIGIT_BITS, INSERTION_MAX = 1024 };

/* One pass of a radix sort by a digit of what the priority lacks to the greatest. */
static void order_pass(struct crowd *crowd, uint64_t greatest, int shift)
{
    uint32_t start[DIGITS + 1] = {0};
    for (uint32_t i = 0; i < crowd->robots; i++) {
        start[((greatest - crowd->priority[i]) >> shift & (DIGITS - 1)) + 1]++;
    }
    for (uint32_t digit = 0; digit < DIGITS; digit++) {
        start[digit + 1] += start[digit];
    }
    for (uint32_t i = 0; i < crowd->robots; i++) {
        uint32_t robot = crowd->order[i];
        crowd->spare[start[(greatest - crowd->priority[robot]) >> shift & (DIGITS - 1)]++] = robot;
    }
    uint32_t *sorted = crowd->spare;
    crowd->spare = crowd->order;
    crowd->order = sorted;
}

/* Each pass keeps the order of equals, so that robots of one priority stay in that of their
 * numbers. */
static void order_radix_sort(struct crowd *crowd)
{
    uint64_t greatest = 0, least = UINT64_MAX;
    for (uint32_t robot = 0; robot < crowd->robots; robot++) {
        uint64_t priority = crowd->priority[robot];
        crowd->order[robot] = robot;
        greatest = priority > greatest ? priority : greatest;
        least = priority < least ? priority : least;
    }
    for (int shift = 0; shift < 64 && (greatest - least) >> shift != 0; shift += DIGIT_BITS) {
        order_pass(crowd, greatest, shift);
    }
}

/* The order of few robots changes little from step to step, so insertion is tried first; the
 * sorted order is unique, so where it starts from does not matter. */
void crowd_sort(struct crowd *crowd)
{
    uint32_t *order = crowd->order;
    uint64_t shifts = 0, limit = 4 * (uint64_t)crowd->robots;
    if (crowd->robots > INSERTION_MAX) {
        order_radix_sort(crowd);
        return;
    }
    for (uint32_t i = 1; i < crowd->robots; i++) {
        uint32_t robot = order[i], j = i;
        for (; j > 0 && goes_first(crowd, robot, order[j - 1]); j--) {
            order[j] = order[j - 1];
            shifts++;
        }
        order[j] = robot;
        if (shifts > limit) {
            order_radix_sort(crowd);
            return;
        }
    }
}
