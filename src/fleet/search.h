/* Search: robots look for better courses in a window.
 *
 * A robot tries its courses, best first; a course that meets one other robot is taken if that one
 * finds another course in the same way, in a chain. In its turn a robot gets its way whatever that
 * costs the robots after it; in an attempt to improve, a change is kept when the robots in it are
 * better off together.
 *
 * Attempts are made part by part: the floor is cut into stripes, and a robot belongs to the stripe
 * that all its courses lie in. Robots near a cut belong to none and keep their courses until the
 * cuts have moved. So what happens in one stripe touches no other, and threads can share them; the
 * same attempts are made for any number of threads.
 *
 * After Yukhnevich, Andreychuk: Enhancing PIBT via Multi-Action Operations (EPIBT), 2025, and
 * Li, Chen, Harabor, Stuckey, Koenig: MAPF-LNS2, AAAI 2022. */
#ifndef FLEET_SEARCH_H
#define FLEET_SEARCH_H

#include "fleet/window.h"

/* Everybody's turn by priority: who had one is not displaced by those after. */
void window_turns(struct window *window);
/* `improve` attempts for each robot, until about `budget` more work is done (0: no limit). */
void window_improve(struct window *window, uint64_t seed, uint32_t improve, uint64_t budget);

/* The robot whose course the best one of this robot would meet first, or GRID_NONE. */
uint32_t robot_blocker(const struct window *window, uint32_t robot);

#endif
