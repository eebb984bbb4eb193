/* Bridges: edges of the floor that lie on no circle.
 *
 * Off bridges, priority inheritance alone brings the first robot on; across a bridge two robots
 * can stand face to face for ever. Found by depth-first search (Tarjan: A note on finding the
 * bridges of a graph, Information Processing Letters 2, 1974), without recursion. */
#ifndef FLEET_BRIDGE_H
#define FLEET_BRIDGE_H

#include "fleet/grid.h"

struct bridges {
    const struct grid *grid;
    bool stale;
    bool any;           /* there is a bridge */
    uint8_t *headings;  /* a bit for each heading of a node whose edge is a bridge */
    uint32_t *number;   /* in the order of the search, from 1; 0: not reached */
    uint32_t *low;      /* the least number reached from the subtree by one edge back */
    uint32_t *path;     /* from the root of the search to where it is */
    uint8_t *from, *at; /* heading the node was entered by; heading to try next */
};

void bridges_init(struct bridges *bridges, const struct grid *grid);
void bridges_finish(struct bridges *bridges);
size_t bridges_bytes(const struct bridges *bridges);
/* The grid has changed. */
void bridges_expire(struct bridges *bridges);
/* Searches anew where the grid has changed. */
void bridges_refresh(struct bridges *bridges);

#endif
