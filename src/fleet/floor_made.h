/* Floors made from a kind, a size and a seed, for measuring and trying. All free cells of one are
 * connected. */
#ifndef FLEET_FLOOR_MADE_H
#define FLEET_FLOOR_MADE_H

#include "base/random.h"

#include <stdbool.h>
#include <stdint.h>

/* code, name. Those before FLOOR_NETS are nets of streets (streets.h). */
#define FLOOR_KINDS(X)                                                                             \
    X(OPEN, "open")           /* no walls */                                                       \
    X(SORTATION, "sortation") /* chutes of one cell in a raster */                                 \
    X(WAREHOUSE, "warehouse") /* racks 10 x 2, aisles of one cell, cross aisles of two */          \
    X(MAZE, "maze")           /* corridors of one cell, few circles, many dead ends */             \
    X(CITY, "city")           /* blocks of buildings, yards, parks, wide and narrow streets */

enum floor_kind {
#define X(code, name) FLOOR_##code,
    FLOOR_KINDS(X)
#undef X
        FLOOR_KIND_COUNT,
    FLOOR_NETS = FLOOR_MAZE
};

bool floor_kind_parse(const char *name, enum floor_kind *kind);
/* The size of a net that has so many free cells to the robots. */
void floor_size(enum floor_kind kind, uint32_t robots, uint32_t density_milli, uint32_t *width,
                uint32_t *height);
/* width * height, row by row; non-zero is a wall. The caller frees it. The seed decides mazes and
 * cities. */
uint8_t *floor_make(enum floor_kind kind, uint32_t width, uint32_t height, uint64_t seed);

/* Both fill the walls of a floor that is all free. */
void floor_make_maze(uint8_t *walls, uint32_t width, uint32_t height, struct random *random);
void floor_make_city(uint8_t *walls, uint32_t width, uint32_t height, struct random *random);

#endif
