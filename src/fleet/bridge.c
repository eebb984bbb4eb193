/* See bridge.h. */
#include "fleet/bridge.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

void bridges_init(struct bridges *bridges, const struct grid *grid)
{
    *bridges = (struct bridges){
        .grid = grid,
        .stale = true,
        .headings = memory_new(grid->nodes, sizeof *bridges->headings),
    };
    parts_init(&bridges->parts, grid);
}

void bridges_finish(struct bridges *bridges)
{
    parts_finish(&bridges->parts);
    free(bridges->headings);
    *bridges = (struct bridges){0};
}

size_t bridges_bytes(const struct bridges *bridges)
{
    return bridges->grid->nodes * sizeof *bridges->headings + parts_bytes(&bridges->parts);
}

void bridges_expire(struct bridges *bridges)
{
    bridges->stale = true;
}

void bridges_refresh(struct bridges *bridges)
{
    const struct parts *parts = &bridges->parts;
    if (!bridges->stale) {
        return;
    }
    bridges->stale = false;
    bridges->any = false;
    memset(bridges->headings, 0, bridges->grid->nodes * sizeof *bridges->headings);
    parts_search(&bridges->parts, bridges->grid->access);
    for (uint32_t node = 0; node < bridges->grid->nodes; node++) {
        uint32_t parent = parts->number[node] != 0 ? parts_parent(parts, node) : GRID_NONE;
        if (parent != GRID_NONE && parts->low[node] > parts->number[parent]) {
            int heading = parts->from[node];
            bridges->any = true;
            bridges->headings[parent] |= (uint8_t)(1 << heading);
            bridges->headings[node] |= (uint8_t)(1 << (heading + 2) % GRID_HEADINGS);
        }
    }
}
