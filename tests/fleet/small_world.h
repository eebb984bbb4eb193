/* Small worlds: corridors, dead ends, trees, combs, rings with spurs, rooms with one door, full
 * grids; so small that every sequence of moves can be tried (reach.h). */
#ifndef TESTS_FLEET_SMALL_WORLD_H
#define TESTS_FLEET_SMALL_WORLD_H

#include "world.h"

enum { SMALL_WORLD_ROWS = 6 };

/* From rows of equal length, at most SMALL_WORLD_ROWS, NULL after the last. No robots. */
void small_world_parse(struct world *world, const char *const *shape);
/* Of some form, with 1 to 12 robots, so many often that one hole or two remain; a few are held. */
void small_world_random(struct world *world, struct random *random);

#endif
