/* Floors made by rule, of any size, for measuring. */
#ifndef FLEET_FLOOR_MADE_H
#define FLEET_FLOOR_MADE_H

#include <plenum/fleet.h>

enum floor_kind {
    FLOOR_OPEN,      /* no walls */
    FLOOR_SORTATION, /* a chute in every second row and column */
    FLOOR_WAREHOUSE, /* racks of 10 x 2 cells, aisles of one cell, cross aisles of two */
};

/* "open", "sortation", "warehouse"; false on anything else. */
bool floor_kind_parse(const char *name, enum floor_kind *kind);
/* A square floor on which the robots take about density_milli thousandths of the free cells.
 * walls (width * height) is the caller's to free. */
uint8_t *floor_make(enum floor_kind kind, uint32_t robots, uint32_t density_milli, uint32_t *width,
                    uint32_t *height);

#endif
