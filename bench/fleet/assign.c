/* How near to the least cost robots and tasks are matched, and in what time. Robots and tasks lie
 * by lot on an open floor, three tasks to two robots; what a pair costs is the steps between them.
 * The bound is proved by prices (src/fleet/match_sparse.h): no matching costs less. */
#include "base/memory.h"
#include "base/random.h"
#include "fleet/match_sparse.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

enum { NEAR = 16, EXACT_MAX = 1000, MATRIX_MAX = 4000 };

struct floor {
    uint32_t side, robots, tasks;
    uint16_t (*robot)[2], (*task)[2];
};

static double cpu_ms(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_utime.tv_sec * 1e3 + (double)usage.ru_utime.tv_usec / 1e3;
}

static void scatter(struct random *random, uint32_t side, uint32_t count, uint16_t (*at)[2])
{
    for (uint32_t i = 0; i < count; i++) {
        at[i][0] = (uint16_t)random_below(random, side);
        at[i][1] = (uint16_t)random_below(random, side);
    }
}

/* One robot to ten cells. */
static struct floor floor_new(uint32_t robots)
{
    struct random random;
    struct floor floor = {.side = 1, .robots = robots, .tasks = robots * 3 / 2};
    while (floor.side * floor.side < 10 * robots) {
        floor.side++;
    }
    random_init(&random, robots);
    floor.robot = memory_new(floor.robots, sizeof *floor.robot);
    floor.task = memory_new(floor.tasks, sizeof *floor.task);
    scatter(&random, floor.side, floor.robots, floor.robot);
    scatter(&random, floor.side, floor.tasks, floor.task);
    return floor;
}

static uint32_t steps_between(const struct floor *floor, uint32_t robot, uint32_t task)
{
    return (uint32_t)(abs(floor->robot[robot][0] - floor->task[task][0]) +
                      abs(floor->robot[robot][1] - floor->task[task][1]));
}

static uint64_t steps_of(const struct floor *floor, const uint32_t *chosen)
{
    uint64_t steps = 0;
    for (uint32_t robot = 0; robot < floor->robots; robot++) {
        if (chosen[robot] == MATCH_NONE) {
            abort();
        }
        steps += steps_between(floor, robot, chosen[robot]);
    }
    return steps;
}

static void one_by_one(const struct floor *floor, uint32_t *chosen)
{
    bool *taken = memory_new(floor->tasks, sizeof *taken);
    for (uint32_t robot = 0; robot < floor->robots; robot++) {
        uint32_t best = MATCH_NONE;
        for (uint32_t task = 0; task < floor->tasks; task++) {
            if (!taken[task] && (best == MATCH_NONE || steps_between(floor, robot, task) <
                                                           steps_between(floor, robot, best))) {
                best = task;
            }
        }
        taken[chosen[robot] = best] = true;
    }
    free(taken);
}

struct pair {
    uint32_t cost, row, column;
};

static int pair_compare(const void *left, const void *right)
{
    const struct pair *a = left, *b = right;
    if (a->cost != b->cost) {
        return a->cost < b->cost ? -1 : 1;
    }
    if (a->row != b->row) {
        return a->row < b->row ? -1 : 1;
    }
    return a->column < b->column ? -1 : a->column > b->column;
}

/* As the field's own planners do. */
static void cheapest_first(uint32_t rows, uint32_t columns, const uint32_t *cost, uint32_t *chosen)
{
    size_t count = 0;
    struct pair *pairs = memory_new((size_t)rows * columns, sizeof *pairs);
    uint8_t *taken = memory_new(columns, 1);
    for (uint32_t row = 0; row < rows; row++) {
        chosen[row] = MATCH_NONE;
        for (uint32_t column = 0; column < columns; column++) {
            uint32_t price = cost[(size_t)row * columns + column];
            if (price != MATCH_NONE) {
                pairs[count++] = (struct pair){price, row, column};
            }
        }
    }
    qsort(pairs, count, sizeof *pairs, pair_compare);
    for (size_t i = 0; i < count; i++) {
        if (chosen[pairs[i].row] == MATCH_NONE && !taken[pairs[i].column]) {
            chosen[pairs[i].row] = pairs[i].column;
            taken[pairs[i].column] = 1;
        }
    }
    free(pairs);
    free(taken);
}

static void by_matrix(const struct floor *floor, bool exact, uint32_t *chosen)
{
    uint32_t *cost = memory_new((size_t)floor->robots * floor->tasks, sizeof *cost);
    for (uint32_t robot = 0; robot < floor->robots; robot++) {
        for (uint32_t task = 0; task < floor->tasks; task++) {
            cost[(size_t)robot * floor->tasks + task] = steps_between(floor, robot, task);
        }
    }
    (exact ? match_exact : cheapest_first)(floor->robots, floor->tasks, cost, chosen);
    free(cost);
}

static void by_near(const struct floor *floor, uint32_t *chosen, int64_t *prices)
{
    struct match_list list;
    match_list_init(&list, floor->robots, NEAR);
    for (uint32_t robot = 0; robot < floor->robots; robot++) {
        match_list_row(&list);
        for (uint32_t task = 0; task < floor->tasks; task++) {
            match_list_offer(&list, task, steps_between(floor, robot, task));
        }
    }
    match_sparse(&list, floor->tasks, chosen, prices);
    match_list_finish(&list);
}

static int64_t bound_by(const struct floor *floor, const int64_t *prices)
{
    int64_t bound = 0;
    for (uint32_t task = 0; task < floor->tasks; task++) {
        bound += prices[task];
    }
    for (uint32_t robot = 0; robot < floor->robots; robot++) {
        int64_t least = INT64_MAX;
        for (uint32_t task = 0; task < floor->tasks; task++) {
            int64_t reduced = steps_between(floor, robot, task) - prices[task];
            least = reduced < least ? reduced : least;
        }
        bound += least;
    }
    return bound;
}

static void print(const struct floor *floor, const char *method, const uint32_t *chosen,
                  int64_t bound, double started_ms)
{
    double spent_ms = cpu_ms() - started_ms;
    uint64_t steps = steps_of(floor, chosen);
    printf("%7u %7u  %-28s %10.3f %10.2f %10.1f\n", floor->robots, floor->tasks, method,
           (double)steps / floor->robots, 100.0 * ((double)steps / (double)bound - 1), spent_ms);
    fflush(stdout);
}

static void compare(uint32_t robots)
{
    struct floor floor = floor_new(robots);
    uint32_t *chosen = memory_new(robots, sizeof *chosen);
    int64_t *prices = memory_new(floor.tasks, sizeof *prices);
    by_near(&floor, chosen, prices);
    int64_t bound = bound_by(&floor, prices);
    double started_ms = cpu_ms();
    one_by_one(&floor, chosen);
    print(&floor, "robot by robot", chosen, bound, started_ms);
    if (robots <= MATRIX_MAX) {
        started_ms = cpu_ms();
        by_matrix(&floor, false, chosen);
        print(&floor, "cheapest pair first", chosen, bound, started_ms);
    }
    started_ms = cpu_ms();
    by_near(&floor, chosen, prices);
    print(&floor, "least, of the 16 nearest", chosen, bound, started_ms);
    if (robots <= EXACT_MAX) {
        started_ms = cpu_ms();
        by_matrix(&floor, true, chosen);
        print(&floor, "least, of all", chosen, bound, started_ms);
    }
    free(floor.robot);
    free(floor.task);
    free(chosen);
    free(prices);
}

int main(void)
{
    static const uint32_t robots[] = {30, 100, 300, 1000, 3000, 10000};
    printf("%7s %7s  %-28s %10s %10s %10s\n", "robots", "tasks", "method", "steps each",
           "over bound %", "ms CPU");
    for (size_t i = 0; i < sizeof robots / sizeof *robots; i++) {
        compare(robots[i]);
    }
    return 0;
}
