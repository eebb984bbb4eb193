/* Time of one step on open floors with few goals, as at a site: CPU time, one thread. */
#include "base/memory.h"
#include "base/random.h"

#include <plenum/fleet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

struct size {
    uint32_t width, height, robots, goals, steps;
};

static const struct size sizes[] = {
    {100, 60, 206, 80, 20000},
    {200, 200, 2000, 300, 1000},
    {400, 400, 10000, 500, 200},
};

static double cpu_us(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_utime.tv_sec * 1e6 + (double)usage.ru_utime.tv_usec;
}

/* Racks of 2 x 8 cells with aisles between them. */
static uint8_t *walls_new(const struct size *size)
{
    uint8_t *walls = memory_new((size_t)size->width * size->height, 1);
    for (uint32_t row = 4; row + 4 < size->height; row++) {
        for (uint32_t column = 4; column + 4 < size->width; column++) {
            walls[row * size->width + column] = row % 5 < 2 && column % 10 < 8;
        }
    }
    return walls;
}

static uint32_t free_cell(const struct size *size, const uint8_t *walls, struct random *random)
{
    uint32_t cell;
    do {
        cell = (uint32_t)random_below(random, size->width * size->height);
    } while (walls[cell]);
    return cell;
}

static void people(const struct size *size, const uint8_t *walls, struct plenum_fleet *fleet,
                   struct random *random)
{
    uint8_t *taken = memory_new((size_t)size->width * size->height, 1);
    for (uint32_t robot = 0; robot < size->robots;) {
        uint32_t cell = free_cell(size, walls, random);
        if (!taken[cell]) {
            taken[cell] = 1;
            plenum_fleet_set_pose(fleet, robot++, cell, PLENUM_FLEET_FACING_EAST);
        }
    }
    free(taken);
}

static void run(const struct size *size)
{
    struct random random;
    random_init(&random, 1);
    uint8_t *walls = walls_new(size);
    struct plenum_fleet_map map = {size->width, size->height, walls};
    struct plenum_fleet_options options = plenum_fleet_options_default();
    struct plenum_fleet *fleet;
    if (plenum_fleet_create(&map, size->robots, &options, &fleet, NULL) != PLENUM_OK) {
        abort();
    }
    people(size, walls, fleet, &random);
    uint32_t *goals = memory_new(size->goals, sizeof *goals);
    for (uint32_t goal = 0; goal < size->goals; goal++) {
        goals[goal] = free_cell(size, walls, &random);
    }
    uint8_t *actions = memory_new(size->robots, 1);
    uint32_t *since = memory_new(size->robots, sizeof *since);
    uint64_t done = 0, moves = 0;
    double spent = 0;
    for (uint32_t tick = 0; tick < size->steps; tick++) {
        for (uint32_t robot = 0; robot < size->robots; robot++) {
            uint32_t goal = plenum_fleet_goal(fleet, robot);
            bool home = goal == plenum_fleet_pose(fleet, robot, NULL);
            if (home || goal == PLENUM_FLEET_NOWHERE) {
                done += home;
                since[robot] = tick;
                plenum_fleet_set_goal(fleet, robot, goals[random_below(&random, size->goals)]);
            }
            plenum_fleet_set_priority(fleet, robot, tick - since[robot]);
        }
        struct plenum_fleet_report report;
        double start = cpu_us();
        if (plenum_fleet_step(fleet, tick, 0, actions, &report, NULL) != PLENUM_OK) {
            abort();
        }
        spent += cpu_us() - start;
        moves += report.moves;
        plenum_fleet_apply(fleet, actions);
    }
    printf("%4u x %-4u %7u %7u %12.1f %12.2f %9.3f\n", size->width, size->height, size->robots,
           size->goals, spent / size->steps, (double)done / size->steps,
           (double)moves / size->steps / size->robots);
    free(since);
    free(actions);
    free(goals);
    plenum_fleet_destroy(fleet);
    free(walls);
}

int main(void)
{
    printf("   map       robots   goals  us per step  errands/step  moving\n");
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        run(&sizes[i]);
    }
    return 0;
}
