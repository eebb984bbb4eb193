/* Swap: when two robots in a corridor must exchange places, the first backs out to a junction.
 * Only across bridges: elsewhere the one that is pushed finds a way around.
 *
 * After Okumura, Improving LaCAM for Scalable Eventually Optimal Multi-Agent Pathfinding, IJCAI
 * 2023. */
#ifndef FLEET_SWAP_H
#define FLEET_SWAP_H

#include "fleet/bridge.h"
#include "fleet/crowd.h"

/* The robot that should follow into this robot's cell while this one goes away from its best
 * choice, or GRID_NONE: the usual case. Adds what it looked at to work. */
uint32_t swap_follower(const struct bridges *bridges, const struct crowd *crowd, uint32_t robot,
                       uint32_t best, uint64_t *work);

#endif
