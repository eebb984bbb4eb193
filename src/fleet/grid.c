/* See grid.h. */
#include "fleet/grid.h"

#include "base/memory.h"

#include <stdlib.h>

static void grid_number(struct grid *grid, const uint8_t *walls)
{
    size_t cells = (size_t)grid->width * grid->height;
    grid->nodes = 0;
    for (size_t cell = 0; cell < cells; cell++) {
        grid->node_of_cell[cell] = walls[cell] ? GRID_NONE : grid->nodes++;
    }
    grid->cell_of_node = memory_new(grid->nodes, sizeof *grid->cell_of_node);
    for (size_t cell = 0; cell < cells; cell++) {
        if (grid->node_of_cell[cell] != GRID_NONE) {
            grid->cell_of_node[grid->node_of_cell[cell]] = (uint32_t)cell;
        }
    }
}

static uint32_t grid_look(const struct grid *grid, uint32_t cell, int heading)
{
    uint32_t column = cell % grid->width, row = cell / grid->width;
    switch (heading) {
    case PLENUM_FLEET_FACING_EAST:
        return column + 1 < grid->width ? grid->node_of_cell[cell + 1] : GRID_NONE;
    case PLENUM_FLEET_FACING_SOUTH:
        return row + 1 < grid->height ? grid->node_of_cell[cell + grid->width] : GRID_NONE;
    case PLENUM_FLEET_FACING_WEST:
        return column > 0 ? grid->node_of_cell[cell - 1] : GRID_NONE;
    default:
        return row > 0 ? grid->node_of_cell[cell - grid->width] : GRID_NONE;
    }
}

void grid_init(struct grid *grid, const struct plenum_fleet_map *map)
{
    *grid = (struct grid){.width = map->width, .height = map->height};
    size_t cells = (size_t)map->width * map->height;
    grid->node_of_cell = memory_new(cells, sizeof *grid->node_of_cell);
    grid_number(grid, map->walls);
    grid->next = memory_new(grid->nodes, sizeof *grid->next);
    grid->open = memory_new(grid->nodes, sizeof *grid->open);
    grid->access = memory_new(grid->nodes, sizeof *grid->access);
    for (uint32_t node = 0; node < grid->nodes; node++) {
        for (int heading = 0; heading < GRID_HEADINGS; heading++) {
            uint32_t neighbour = grid_look(grid, grid->cell_of_node[node], heading);
            grid->next[node][heading] = neighbour;
            grid->open[node][heading] = neighbour;
        }
    }
}

void grid_finish(struct grid *grid)
{
    free(grid->node_of_cell);
    free(grid->cell_of_node);
    free(grid->next);
    free(grid->open);
    free(grid->access);
    *grid = (struct grid){0};
}

size_t grid_bytes(const struct grid *grid)
{
    return (size_t)grid->width * grid->height * sizeof *grid->node_of_cell +
           grid->nodes * (sizeof *grid->cell_of_node + sizeof *grid->next + sizeof *grid->open +
                          sizeof *grid->access);
}

/* Sets the ways between a node and its neighbour, both ways round. */
static void grid_join(struct grid *grid, uint32_t node, int heading)
{
    uint32_t neighbour = grid->next[node][heading];
    if (neighbour == GRID_NONE) {
        return;
    }
    grid->open[node][heading] = grid_enters(grid, node, neighbour) ? neighbour : GRID_NONE;
    grid->open[neighbour][(heading + 2) % GRID_HEADINGS] =
        grid_enters(grid, neighbour, node) ? node : GRID_NONE;
}

bool grid_bar(struct grid *grid, uint32_t node, enum grid_access access)
{
    if (grid->access[node] == access) {
        return false;
    }
    grid->barred_count += (uint32_t)(access != GRID_OPEN) - (grid->access[node] != GRID_OPEN);
    grid->access[node] = (uint8_t)access;
    for (int heading = 0; heading < GRID_HEADINGS; heading++) {
        grid_join(grid, node, heading);
    }
    return true;
}
