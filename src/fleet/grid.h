/* Grid: the free cells of a map as a graph.
 *
 * Free cells are numbered 0 .. nodes-1 in the order of their cells. next[n][h] is the neighbour
 * in heading h (east, south, west, north), or GRID_NONE at a wall or the rim.
 * open[n][h] is the same without the neighbours that may not be entered from n: blocked ones, and
 * closing ones unless n is closing itself. */
#ifndef FLEET_GRID_H
#define FLEET_GRID_H

#include <plenum/fleet.h>
#include <stdbool.h>
#include <stdint.h>

#define GRID_NONE UINT32_MAX

enum { GRID_HEADINGS = 4 };

enum grid_access {
    GRID_OPEN,
    GRID_CLOSING, /* entered from closing nodes only */
    GRID_BLOCKED  /* not entered */
};

struct grid {
    uint32_t width, height;
    uint32_t nodes;
    uint32_t *node_of_cell; /* GRID_NONE at a wall */
    uint32_t *cell_of_node;
    uint32_t (*next)[GRID_HEADINGS];
    uint32_t (*open)[GRID_HEADINGS];
    uint8_t *access;       /* enum grid_access */
    uint32_t barred_count; /* nodes that are not open */
};

/* Copies the map, which the caller has checked against PLENUM_FLEET_MAX_CELLS. */
void grid_init(struct grid *grid, const struct plenum_fleet_map *map);
void grid_finish(struct grid *grid);
size_t grid_bytes(const struct grid *grid);
/* Says whether anything changed. */
bool grid_bar(struct grid *grid, uint32_t node, enum grid_access access);

/* Whether a robot at `from` may enter `to`, a neighbour. */
static inline bool grid_enters(const struct grid *grid, uint32_t from, uint32_t to)
{
    return grid->access[to] == GRID_OPEN ||
           (grid->access[to] == GRID_CLOSING && grid->access[from] == GRID_CLOSING);
}

#endif
