/* See streets.h. */
#include "fleet/streets.h"

#include "base/memory.h"

#include <stdlib.h>

static void sides_fill(struct street_sides *sides, const uint32_t *walls, uint32_t count)
{
    int32_t last = STREET_NONE;
    for (uint32_t i = 0; i < count; i++) {
        last = walls[i] == 0 ? (int32_t)i : last;
        sides[i].before = last;
        sides[i].run = walls[i] == 0 && i > 0 && walls[i - 1] == 0 ? sides[i - 1].run : (int32_t)i;
    }
    last = STREET_NONE;
    for (uint32_t i = count; i-- > 0;) {
        last = walls[i] == 0 ? (int32_t)i : last;
        sides[i].after = last;
    }
}

static bool net_check(const struct streets *streets, const struct grid *grid)
{
    if (streets->rows[0].after == STREET_NONE || streets->columns[0].after == STREET_NONE) {
        return false;
    }
    for (uint32_t node = 0; node < grid->nodes; node++) {
        int32_t x = (int32_t)(streets->place[node] & 0xffff);
        int32_t y = (int32_t)(streets->place[node] >> 16);
        if (streets->columns[x].after != x && streets->rows[y].after != y) {
            return false;
        }
    }
    return true;
}

void streets_init(struct streets *streets, const struct grid *grid)
{
    *streets = (struct streets){0};
    if (grid->width > UINT16_MAX || grid->height > UINT16_MAX) {
        return;
    }
    uint32_t *column_walls = memory_new(grid->width, sizeof *column_walls);
    uint32_t *row_walls = memory_new(grid->height, sizeof *row_walls);
    streets->columns = memory_new(grid->width, sizeof *streets->columns);
    streets->rows = memory_new(grid->height, sizeof *streets->rows);
    streets->place = memory_new(grid->nodes, sizeof *streets->place);
    for (uint32_t row = 0; row < grid->height; row++) {
        for (uint32_t column = 0; column < grid->width; column++) {
            uint32_t node = grid->node_of_cell[(size_t)row * grid->width + column];
            if (node != GRID_NONE) {
                streets->place[node] = row << 16 | column;
            }
            column_walls[column] += node == GRID_NONE;
            row_walls[row] += node == GRID_NONE;
        }
    }
    sides_fill(streets->columns, column_walls, grid->width);
    sides_fill(streets->rows, row_walls, grid->height);
    free(row_walls);
    free(column_walls);
    if (net_check(streets, grid)) {
        streets->net = true;
        streets->open = grid->nodes == (size_t)grid->width * grid->height;
    } else {
        streets_finish(streets);
    }
}

void streets_finish(struct streets *streets)
{
    free(streets->columns);
    free(streets->rows);
    free(streets->place);
    *streets = (struct streets){0};
}

size_t streets_bytes(const struct streets *streets, const struct grid *grid)
{
    return streets->net ? (grid->width + grid->height) * sizeof *streets->rows +
                              grid->nodes * sizeof *streets->place
                        : 0;
}
