/* Streets: exact distances without tables, on floors that are nets of streets.
 *
 * A row or column is a street when it has no wall. A floor is a net of streets when every free
 * cell lies on one, and there is a street of each kind: open floors, warehouses with straight
 * aisles and cross aisles, sortation floors with chutes in a raster. A way then needs at most one
 * detour, to the street across that lies nearest:
 *   1. two cells in one street, or in streets side by side, are as far apart as they look;
 *   2. of two cells on rows only, the way changes rows in a column street; the best is one between
 *      them, else the next one on either side; of two on columns only, likewise;
 *   3. every other pair is as far apart as its rows and columns together. */
#ifndef FLEET_STREETS_H
#define FLEET_STREETS_H

#include "fleet/grid.h"

/* The streets at or before and at or after a row or column, as its place on the map;
 * STREET_NONE where there is none. */
struct street_sides {
    int32_t before, after;
    int32_t run; /* of streets side by side: its first; of no street: itself */
};

#define STREET_NONE INT32_MIN

struct streets {
    bool net;                            /* the floor is one; otherwise nothing else is set */
    bool open;                           /* and has no wall at all */
    struct street_sides *columns, *rows; /* by column; by row */
    uint32_t *place;                     /* row << 16 | column of a node */
};

void streets_init(struct streets *streets, const struct grid *grid);
void streets_finish(struct streets *streets);
size_t streets_bytes(const struct streets *streets, const struct grid *grid);

static inline int32_t street_span(int32_t a, int32_t b)
{
    return a > b ? a - b : b - a;
}

/* From a to b in one dimension by way of a street of the given sides. */
static inline int32_t street_detour(const struct street_sides *sides, int32_t a, int32_t b)
{
    int32_t low = a < b ? a : b, high = a < b ? b : a;
    int32_t after = sides[low].after, before = sides[low].before;
    if (after != STREET_NONE && after <= high) {
        return high - low;
    }
    int32_t by_after = after == STREET_NONE ? INT32_MAX : 2 * after - low - high;
    int32_t by_before = before == STREET_NONE ? INT32_MAX : low + high - 2 * before;
    return by_after < by_before ? by_after : by_before;
}

/* Between two places: row << 16 | column, both free. */
static inline uint32_t streets_distance_places(const struct streets *streets, uint32_t a,
                                               uint32_t b)
{
    int32_t ax = (int32_t)(a & 0xffff), ay = (int32_t)(a >> 16);
    int32_t bx = (int32_t)(b & 0xffff), by = (int32_t)(b >> 16);
    int32_t across = street_span(ax, bx), down = street_span(ay, by);
    if (streets->open) {
        return (uint32_t)(across + down);
    }
    bool a_on_column = streets->columns[ax].after == ax, a_on_row = streets->rows[ay].after == ay;
    bool b_on_column = streets->columns[bx].after == bx, b_on_row = streets->rows[by].after == by;
    if ((a_on_column && streets->columns[ax].run == streets->columns[bx].run) ||
        (a_on_row && streets->rows[ay].run == streets->rows[by].run)) {
        return (uint32_t)(across + down);
    }
    if (!a_on_column && !b_on_column) {
        across = street_detour(streets->columns, ax, bx);
    } else if (!a_on_row && !b_on_row) {
        down = street_detour(streets->rows, ay, by);
    }
    return (uint32_t)(across + down);
}

static inline uint32_t streets_distance(const struct streets *streets, uint32_t from, uint32_t to)
{
    return streets_distance_places(streets, streets->place[from], streets->place[to]);
}

#endif
