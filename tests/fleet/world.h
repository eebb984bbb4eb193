/* Worlds: small random floors for property tests, and an independent referee of a step. */
#ifndef TESTS_FLEET_WORLD_H
#define TESTS_FLEET_WORLD_H

#include "base/random.h"

#include <plenum/fleet.h>

enum { WORLD_CELLS = 400, WORLD_ROBOTS = 120 };

enum { WORLD_OPEN, WORLD_CLOSING, WORLD_BLOCKED };

struct world {
    uint32_t width, height, robots;
    uint8_t walls[WORLD_CELLS];
    uint8_t blocked[WORLD_CELLS]; /* WORLD_OPEN, WORLD_CLOSING, WORLD_BLOCKED */
    uint32_t cell[WORLD_ROBOTS];  /* PLENUM_FLEET_NOWHERE: off the floor */
    uint32_t goal[WORLD_ROBOTS];
    uint32_t waited[WORLD_ROBOTS]; /* steps since the goal was given */
    uint8_t held[WORLD_ROBOTS], heading[WORLD_ROBOTS];
};

/* From rows of equal length: '@' is a wall. No robots. */
void world_parse(struct world *world, const char *const *rows, uint32_t count);
/* Walls by chance; all free cells are connected. */
void world_random(struct world *world, struct random *random, uint32_t wall_ppm);
/* Closes cells until every neighbouring two free ones lie on a circle; false when none is left. */
bool world_round_off(struct world *world);
uint32_t world_free(const struct world *world);
uint32_t world_free_cell(const struct world *world, struct random *random);
/* Puts so many robots on free cells and gives each a goal. */
void world_people(struct world *world, struct random *random, uint32_t robots);
/* A fleet in the state of the world. */
struct plenum_fleet *world_fleet(const struct world *world, unsigned threads);
/* Says again everything to a fleet. */
void world_tell(const struct world *world, struct plenum_fleet *fleet);
/* Moves the robots; fails the test when a rule is broken. */
void world_step(struct world *world, const uint8_t *actions);

#endif
