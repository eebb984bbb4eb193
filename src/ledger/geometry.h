/* Geometry: whether 4D volumes meet, exactly, in integers.
 *
 * A volume is closed: what touches meets, in the plane, in altitude and in time (F3548-21; both
 * ends inclusive). Coordinates lie within PLENUM_COORDINATE_MAX_MM of the origin and radii are no
 * larger, so a cross product of differences stays below 2^57 and fits 64 bits; its square, for
 * distances from a segment, is taken in 128 bits. Nothing is rounded.
 *
 * Polygons are simple: edges meet at most at the vertex that two neighbours share. They may be
 * concave and wind either way. */
#ifndef LEDGER_GEOMETRY_H
#define LEDGER_GEOMETRY_H

#include <plenum/site.h>

/* The least box around a volume. */
struct geometry_box {
    int64_t x_min_mm, x_max_mm, y_min_mm, y_max_mm;
    int64_t lower_mm, upper_mm;
    int64_t from_ms, until_ms;
};

struct geometry_polygon {
    const struct plenum_point *vertices;
    int32_t count;
};

static inline struct geometry_polygon geometry_polygon_of(const struct plenum_volume *volume)
{
    return (struct geometry_polygon){volume->vertices, volume->vertex_count};
}

/* Whether coordinates and radius are in range and a polygon is simple: what all else demands. */
bool geometry_volume_valid(const struct plenum_volume *volume);
bool geometry_polygon_simple(struct geometry_polygon polygon);

struct geometry_box geometry_box_of(const struct plenum_volume *volume);
static inline bool geometry_boxes_meet(const struct geometry_box *a, const struct geometry_box *b)
{
    return a->from_ms <= b->until_ms && b->from_ms <= a->until_ms && a->x_min_mm <= b->x_max_mm &&
           b->x_min_mm <= a->x_max_mm && a->y_min_mm <= b->y_max_mm && b->y_min_mm <= a->y_max_mm &&
           a->lower_mm <= b->upper_mm && b->lower_mm <= a->upper_mm;
}

/* Closed segments a-b and c-d have a point in common. */
bool geometry_segments_meet(struct plenum_point a, struct plenum_point b, struct plenum_point c,
                            struct plenum_point d);
/* The polygon's edges belong to it. */
bool geometry_point_in(struct plenum_point point, struct geometry_polygon polygon);
/* Whether a point of segment a-b is nearer to the point than radius_mm; or at most so far. */
bool geometry_segment_nearer(struct plenum_point point, struct plenum_point a,
                             struct plenum_point b, int64_t radius_mm);
bool geometry_segment_within(struct plenum_point point, struct plenum_point a,
                             struct plenum_point b, int64_t radius_mm);

/* The outlines have a point in common; altitude and time are not looked at. */
bool geometry_outlines_meet(const struct plenum_volume *a, const struct plenum_volume *b);
bool geometry_volumes_meet(const struct plenum_volume *a, const struct plenum_volume *b);
/* The whole outline lies in the polygon; it may touch its edges from inside. */
bool geometry_outline_inside(const struct plenum_volume *volume, struct geometry_polygon polygon);

#endif
