/* Mass: priority inheritance with backtracking for very many robots.
 *
 * It decides as pibt.h does, move for move, on floors that are nets of streets without bridges
 * and without blocked cells. What differs is where things lie: a robot's whole state is in 16
 * bytes, a cell's in 8, and neighbours are found by adding, on a floor with a rim of walls around
 * it. So a turn touches four lines of memory instead of fifteen, and they can be fetched ahead. */
#ifndef FLEET_MASS_H
#define FLEET_MASS_H

#include "fleet/crowd.h"

struct mass_robot {
    uint32_t at;    /* cell on the floor with its rim; 0: off the floor */
    uint32_t to;    /* likewise; 0: not decided */
    uint32_t place; /* row << 16 | column */
    uint32_t goal;  /* likewise, or GRID_NONE */
};

struct mass_cell {
    uint32_t here;  /* robot that stands there, or GRID_NONE */
    uint32_t there; /* robot that will, GRID_NONE, or MASS_WALL */
};

#define MASS_WALL (UINT32_MAX - 1)

struct mass_frame {
    uint32_t robot;
    uint8_t count, tried;
    uint8_t choice[GRID_HEADINGS + 1]; /* heading, or GRID_HEADINGS: stay */
};

struct mass {
    const struct grid *grid;
    const struct streets *streets;
    struct crowd *crowd;
    struct mass_robot *robots;
    struct mass_cell *cells;
    struct mass_frame *frames;
    uint32_t offset[GRID_HEADINGS + 1];
    uint64_t seed, work, budget;
};

void mass_init(struct mass *mass, const struct grid *grid, const struct streets *streets,
               struct crowd *crowd);
void mass_finish(struct mass *mass);
size_t mass_bytes(const struct mass *mass);
/* A whole step, with order set; no crowd_begin. Writes actions. Says in *cut whether the budget
 * ended. Names in error two robots that stand in one cell. */
PLENUM_MUST_USE enum plenum_status mass_step(struct mass *mass, uint64_t seed, uint64_t budget,
                                             uint8_t *actions, bool *cut,
                                             struct plenum_error *error);

#endif
