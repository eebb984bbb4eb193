/* Reach: where a robot can get to at all, by trying every move of all robots. */
#ifndef TESTS_FLEET_REACH_H
#define TESTS_FLEET_REACH_H

#include "world.h"

enum { REACH_CELLS = 16 /* free cells at most */ };

/* Sets cells[cell] to 1 for every cell that some sequence of moves of the robots brings this robot
 * to; held robots never move. Knows the rules of a step and nothing else: the others are told apart
 * by no one, so a step is a robot that moves to an empty cell, or a circle of robots that turns. */
void reach_cells(const struct world *world, uint32_t robot, uint8_t *cells);

#endif
