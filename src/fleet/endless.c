/* See endless.h. */
#include "fleet/endless.h"

#include "base/memory.h"
#include "base/random.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

struct endless {
    const struct endless_options *options;
    struct plenum_fleet *fleet;
    uint32_t *free_cells;
    uint32_t free_count;
    uint32_t *goal, *leg, *since, *errands; /* by robot: cell, length, step, count */
    uint64_t legs_done, errands_done;
    uint8_t *actions;
    int64_t *step_ns;
    int64_t cpu_us;
};

static int64_t cpu_now_us(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * INT64_C(1000000) +
           usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
}

static void cells_list(struct endless *endless, const uint8_t *walls, uint32_t cells)
{
    endless->free_cells = memory_new(cells, sizeof *endless->free_cells);
    for (uint32_t cell = 0; cell < cells; cell++) {
        if (!walls[cell]) {
            endless->free_cells[endless->free_count++] = cell;
        }
    }
}

/* Robots stand on cells drawn by lot: the front of a shuffled list. */
static void robots_place(struct endless *endless)
{
    uint32_t *cells = memory_new(endless->free_count, sizeof *cells);
    memcpy(cells, endless->free_cells, endless->free_count * sizeof *cells);
    struct random random;
    random_init(&random, endless->options->seed);
    for (uint32_t robot = 0; robot < endless->options->robots; robot++) {
        uint32_t other = robot + (uint32_t)random_below(&random, endless->free_count - robot);
        uint32_t cell = cells[other];
        cells[other] = cells[robot];
        plenum_fleet_set_pose(endless->fleet, robot, cell, PLENUM_FLEET_FACING_EAST);
    }
    free(cells);
}

static void goal_draw(struct endless *endless, uint32_t robot, uint32_t cell, uint32_t step)
{
    uint64_t bits = random_at(endless->options->seed, 1, robot, endless->errands[robot]++);
    uint32_t goal = endless->free_cells[random_below_from(bits, endless->free_count)];
    endless->goal[robot] = goal;
    endless->leg[robot] = plenum_fleet_distance(endless->fleet, cell, goal);
    endless->since[robot] = step;
    plenum_fleet_set_goal(endless->fleet, robot, goal);
}

static void goals_renew(struct endless *endless, uint32_t step)
{
    for (uint32_t robot = 0; robot < endless->options->robots; robot++) {
        uint32_t cell = plenum_fleet_pose(endless->fleet, robot, NULL);
        if (cell == endless->goal[robot]) {
            endless->legs_done += endless->leg[robot];
            endless->errands_done++;
            goal_draw(endless, robot, cell, step);
        }
        plenum_fleet_set_priority(endless->fleet, robot, step - endless->since[robot]);
    }
}

/* Steps that all robots together have come nearer to their goals so far. */
static int64_t progress(struct endless *endless)
{
    int64_t sum = (int64_t)endless->legs_done;
    for (uint32_t robot = 0; robot < endless->options->robots; robot++) {
        uint32_t cell = plenum_fleet_pose(endless->fleet, robot, NULL);
        sum += (int64_t)endless->leg[robot] -
               (int64_t)plenum_fleet_distance(endless->fleet, cell, endless->goal[robot]);
    }
    return sum;
}

static enum plenum_status steps_run(struct endless *endless, uint32_t from, uint32_t until,
                                    const struct wall_clock *clock, struct plenum_error *error)
{
    for (uint32_t step = from; step < until; step++) {
        goals_renew(endless, step);
        int64_t cpu = cpu_now_us(), start = wall_now_ns(clock);
        enum plenum_status status =
            plenum_fleet_step(endless->fleet, step, 0, endless->actions, NULL, error);
        if (status != PLENUM_OK) {
            return status;
        }
        endless->step_ns[step] = wall_now_ns(clock) - start;
        endless->cpu_us += cpu_now_us() - cpu;
        plenum_fleet_apply(endless->fleet, endless->actions);
    }
    return PLENUM_OK;
}

static int time_compare(const void *left, const void *right)
{
    const int64_t *a = left, *b = right;
    return *a < *b ? -1 : *a > *b;
}

static void report_times(struct endless *endless, struct endless_report *report)
{
    uint32_t steps = endless->options->steps;
    double sum = 0;
    for (uint32_t step = 0; step < steps; step++) {
        sum += (double)endless->step_ns[step];
    }
    qsort(endless->step_ns, steps, sizeof *endless->step_ns, time_compare);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    report->step_ms_mean = sum / 1e6 / steps;
    uint64_t p99 = (uint64_t)steps * 99 / 100;
    report->step_ms_p99 = (double)endless->step_ns[p99] / 1e6;
    report->step_ms_max = (double)endless->step_ns[steps - 1] / 1e6;
    report->cpu_ms_mean = (double)endless->cpu_us / 1e3 / steps;
    report->rss_bytes = (uint64_t)usage.ru_maxrss * 1024;
}

static enum plenum_status endless_measure(struct endless *endless, const struct wall_clock *clock,
                                          struct endless_report *report, struct plenum_error *error)
{
    uint32_t robots = endless->options->robots, steps = endless->options->steps;
    for (uint32_t robot = 0; robot < robots; robot++) {
        goal_draw(endless, robot, plenum_fleet_pose(endless->fleet, robot, NULL), 0);
    }
    enum plenum_status status = steps_run(endless, 0, steps / 2, clock, error);
    int64_t half = progress(endless);
    if (status == PLENUM_OK) {
        status = steps_run(endless, steps / 2, steps, clock, error);
    }
    int64_t whole = progress(endless);
    report->robots = robots;
    report->steps = steps;
    report->errands = endless->errands_done;
    report->efficiency = (double)whole / ((double)robots * steps);
    uint32_t second_half = steps - steps / 2;
    report->efficiency_second_half = (double)(whole - half) / ((double)robots * second_half);
    report_times(endless, report);
    return status;
}

enum plenum_status endless_run(const struct endless_options *options,
                               const struct wall_clock *clock, struct endless_report *report,
                               struct plenum_error *error)
{
    *report = (struct endless_report){0};
    floor_size(options->kind, options->robots, options->density_milli, &report->width,
               &report->height);
    uint8_t *walls = floor_make(options->kind, report->width, report->height, options->seed);
    struct plenum_fleet_map map = {report->width, report->height, walls};
    struct plenum_fleet_options fleet_options = plenum_fleet_options_default();
    fleet_options.motion = options->motion;
    fleet_options.seed = options->seed;
    fleet_options.threads = options->threads;
    fleet_options.field_bytes = 1; /* distances by streets, or by an atlas */
    struct endless endless = {
        .options = options,
        .goal = memory_new(options->robots, sizeof *endless.goal),
        .leg = memory_new(options->robots, sizeof *endless.leg),
        .since = memory_new(options->robots, sizeof *endless.since),
        .errands = memory_new(options->robots, sizeof *endless.errands),
        .actions = memory_new(options->robots, 1),
        .step_ns = memory_new(options->steps, sizeof *endless.step_ns),
    };
    enum plenum_status status =
        plenum_fleet_create(&map, options->robots, &fleet_options, &endless.fleet, error);
    if (status == PLENUM_OK) {
        cells_list(&endless, walls, report->width * report->height);
        robots_place(&endless);
        status = endless_measure(&endless, clock, report, error);
    }
    plenum_fleet_destroy(endless.fleet);
    free(endless.free_cells);
    free(endless.goal);
    free(endless.leg);
    free(endless.since);
    free(endless.errands);
    free(endless.actions);
    free(endless.step_ns);
    free(walls);
    return status;
}
