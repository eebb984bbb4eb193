/* See floor_made.h. */
#include "fleet/floor_made.h"

#include "base/memory.h"

#include <string.h>

static const char *const kind_names[] = {
#define X(code, name) name,
    FLOOR_KINDS(X)
#undef X
};

enum {
    RACK_LENGTH = 10,
    RACK_DEPTH = 2,
    CROSS_AISLE = 2,
    WAREHOUSE_COLUMN = RACK_LENGTH + CROSS_AISLE,
    WAREHOUSE_ROW = RACK_DEPTH + 1,
};

bool floor_kind_parse(const char *name, enum floor_kind *kind)
{
    for (size_t i = 0; i < FLOOR_KIND_COUNT; i++) {
        if (strcmp(name, kind_names[i]) == 0) {
            *kind = (enum floor_kind)i;
            return true;
        }
    }
    return false;
}

/* The share of cells that are free, in thousandths; about, where walls are drawn by lot. */
static uint32_t floor_free_milli(enum floor_kind kind)
{
    switch (kind) {
    case FLOOR_SORTATION:
        return 750;
    case FLOOR_WAREHOUSE:
        return 1000 - 1000 * RACK_LENGTH * RACK_DEPTH / (WAREHOUSE_COLUMN * WAREHOUSE_ROW);
    case FLOOR_MAZE:
        return 507;
    case FLOOR_CITY:
        return 575;
    default:
        return 1000;
    }
}

void floor_size(enum floor_kind kind, uint32_t robots, uint32_t density_milli, uint32_t *width,
                uint32_t *height)
{
    uint64_t cells = (uint64_t)robots * 1000 * 1000 / density_milli / floor_free_milli(kind);
    uint32_t side = 1;
    while ((uint64_t)side * side < cells) {
        side++;
    }
    *width = *height = side;
    if (kind == FLOOR_SORTATION) {
        *width = *height = side | 1;
    }
    if (kind == FLOOR_WAREHOUSE) {
        *width = side / WAREHOUSE_COLUMN * WAREHOUSE_COLUMN + WAREHOUSE_COLUMN + CROSS_AISLE;
        *height = side / WAREHOUSE_ROW * WAREHOUSE_ROW + 1;
    }
}

static bool net_wall(enum floor_kind kind, uint32_t row, uint32_t column)
{
    switch (kind) {
    case FLOOR_SORTATION:
        return row % 2 == 1 && column % 2 == 1;
    case FLOOR_WAREHOUSE:
        return row % WAREHOUSE_ROW != 0 && column % WAREHOUSE_COLUMN >= CROSS_AISLE;
    default:
        return false;
    }
}

uint8_t *floor_make(enum floor_kind kind, uint32_t width, uint32_t height, uint64_t seed)
{
    uint8_t *walls = memory_new((size_t)width * height, 1);
    struct random random;
    random_init(&random, seed);
    if (kind == FLOOR_MAZE) {
        floor_make_maze(walls, width, height, &random);
    } else if (kind == FLOOR_CITY) {
        floor_make_city(walls, width, height, &random);
    }
    for (uint32_t row = 0; row < height && kind < FLOOR_NETS; row++) {
        for (uint32_t column = 0; column < width; column++) {
            walls[(size_t)row * width + column] = net_wall(kind, row, column);
        }
    }
    return walls;
}
