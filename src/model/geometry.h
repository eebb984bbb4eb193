/* Plane geometry on whole millimetres: exact, as coordinates are within PLENUM_COORDINATE_MAX_MM
 * and products of two differences fit 64 bits. A boundary belongs to its polygon. */
#ifndef MODEL_GEOMETRY_H
#define MODEL_GEOMETRY_H

#include <plenum/site.h>

/* The first edge that meets another edge beyond their shared end, or PLENUM_NONE: the polygon is
 * simple. Edge i runs from vertex i to vertex i + 1. */
int32_t polygon_crossing(const struct plenum_point *vertices, int32_t count);
bool polygon_holds(const struct plenum_point *vertices, int32_t count, struct plenum_point point);

#endif
