/* Bridges: edges of the floor that lie on no circle.
 *
 * Off bridges, priority inheritance alone brings the first robot on; across a bridge two robots
 * can stand face to face for ever. */
#ifndef FLEET_BRIDGE_H
#define FLEET_BRIDGE_H

#include "fleet/parts.h"

struct bridges {
    const struct grid *grid;
    bool stale;
    bool any;          /* there is a bridge */
    uint8_t *headings; /* a bit for each heading of a node whose edge is a bridge */
    struct parts parts;
};

void bridges_init(struct bridges *bridges, const struct grid *grid);
void bridges_finish(struct bridges *bridges);
size_t bridges_bytes(const struct bridges *bridges);
/* The grid has changed. */
void bridges_expire(struct bridges *bridges);
/* Searches anew where the grid has changed. */
void bridges_refresh(struct bridges *bridges);

#endif
