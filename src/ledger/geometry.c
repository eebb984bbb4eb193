#include "ledger/geometry.h"

#include "base/check.h"

__extension__ typedef __int128 int128;

/* --- points and segments --------------------------------------------------------------------- */

static struct plenum_point minus(struct plenum_point a, struct plenum_point b)
{
    return (struct plenum_point){a.x_mm - b.x_mm, a.y_mm - b.y_mm};
}

/* > 0 when b lies to the left of a, seen from the origin. */
static int64_t cross(struct plenum_point a, struct plenum_point b)
{
    return a.x_mm * b.y_mm - a.y_mm * b.x_mm;
}

static int64_t dot(struct plenum_point a, struct plenum_point b)
{
    return a.x_mm * b.x_mm + a.y_mm * b.y_mm;
}

static bool same(struct plenum_point a, struct plenum_point b)
{
    return a.x_mm == b.x_mm && a.y_mm == b.y_mm;
}

/* The side of c seen along a -> b: 1 left, 0 on the line, -1 right. */
static int side(struct plenum_point a, struct plenum_point b, struct plenum_point c)
{
    int64_t value = cross(minus(b, a), minus(c, a));
    return (value > 0) - (value < 0);
}

/* c, which is on the line through a and b, is between them or is one of them. */
static bool between(struct plenum_point a, struct plenum_point b, struct plenum_point c)
{
    return dot(minus(a, c), minus(b, c)) <= 0;
}

static bool on_segment(struct plenum_point a, struct plenum_point b, struct plenum_point c)
{
    return side(a, b, c) == 0 && between(a, b, c);
}

bool geometry_segments_meet(struct plenum_point a, struct plenum_point b, struct plenum_point c,
                            struct plenum_point d)
{
    int c_side = side(a, b, c), d_side = side(a, b, d);
    int a_side = side(c, d, a), b_side = side(c, d, b);
    if (c_side * d_side < 0 && a_side * b_side < 0)
        return true;
    return (c_side == 0 && between(a, b, c)) || (d_side == 0 && between(a, b, d)) ||
           (a_side == 0 && between(c, d, a)) || (b_side == 0 && between(c, d, b));
}

/* The sign of (distance from the point to segment a-b) - radius. */
static int distance_sign(struct plenum_point point, struct plenum_point a, struct plenum_point b,
                         int64_t radius_mm)
{
    struct plenum_point along = minus(b, a), from_a = minus(point, a), from_b = minus(point, b);
    int64_t square = radius_mm * radius_mm, distance;
    if (dot(from_a, along) <= 0) {
        distance = dot(from_a, from_a);
    } else if (dot(from_b, along) >= 0) {
        distance = dot(from_b, from_b);
    } else {
        int128 area = cross(along, from_a), reach = (int128)square * dot(along, along);
        return (area * area > reach) - (area * area < reach);
    }
    return (distance > square) - (distance < square);
}

bool geometry_segment_nearer(struct plenum_point point, struct plenum_point a,
                             struct plenum_point b, int64_t radius_mm)
{
    return distance_sign(point, a, b, radius_mm) < 0;
}

bool geometry_segment_within(struct plenum_point point, struct plenum_point a,
                             struct plenum_point b, int64_t radius_mm)
{
    return distance_sign(point, a, b, radius_mm) <= 0;
}

/* --- polygons -------------------------------------------------------------------------------- */

/* Vertex i of a polygon, counted round and round from -count on. */
static struct plenum_point vertex(struct geometry_polygon polygon, int32_t i)
{
    return polygon.vertices[(i + polygon.count) % polygon.count];
}

/* Edges that share vertex b, a-b and b-c, have another point in common. */
static bool folds_back(struct plenum_point a, struct plenum_point b, struct plenum_point c)
{
    return same(a, b) || same(b, c) || (side(a, b, c) == 0 && dot(minus(a, b), minus(c, b)) > 0);
}

bool geometry_polygon_simple(struct geometry_polygon polygon)
{
    if (polygon.count < 3)
        return false;
    for (int32_t i = 0; i < polygon.count; i++) {
        if (folds_back(vertex(polygon, i), vertex(polygon, i + 1), vertex(polygon, i + 2)))
            return false;
        for (int32_t j = i + 2; j < polygon.count - (i == 0); j++)
            if (geometry_segments_meet(vertex(polygon, i), vertex(polygon, i + 1),
                                       vertex(polygon, j), vertex(polygon, j + 1)))
                return false;
    }
    return true;
}

bool geometry_point_in(struct plenum_point point, struct geometry_polygon polygon)
{
    bool inside = false;
    for (int32_t i = 0; i < polygon.count; i++) {
        struct plenum_point a = vertex(polygon, i), b = vertex(polygon, i + 1);
        if (on_segment(a, b, point))
            return true;
        /* Edges count half open, so that a ray through a vertex crosses once or not at all. */
        bool up = a.y_mm <= point.y_mm && b.y_mm > point.y_mm;
        bool down = b.y_mm <= point.y_mm && a.y_mm > point.y_mm;
        if ((up && side(a, b, point) > 0) || (down && side(a, b, point) < 0))
            inside = !inside;
    }
    return inside;
}

/* 1 when the polygon winds counter-clockwise, else -1: by the turn at its lowest, then leftmost
 * vertex with neighbours that are not on one line with it. The sum of areas might overflow. */
static int winding(struct geometry_polygon polygon)
{
    int32_t lowest = 0;
    for (int32_t i = 1; i < polygon.count; i++) {
        struct plenum_point p = polygon.vertices[i], q = polygon.vertices[lowest];
        if (p.y_mm < q.y_mm || (p.y_mm == q.y_mm && p.x_mm < q.x_mm))
            lowest = i;
    }
    int turn =
        side(vertex(polygon, lowest - 1), vertex(polygon, lowest), vertex(polygon, lowest + 1));
    CHECK(turn != 0); /* the extreme vertex of a simple polygon is a corner */
    return turn;
}

/* --- volumes --------------------------------------------------------------------------------- */

static bool in_range(int64_t value)
{
    return value >= -PLENUM_COORDINATE_MAX_MM && value <= PLENUM_COORDINATE_MAX_MM;
}

static bool point_in_range(struct plenum_point point)
{
    return in_range(point.x_mm) && in_range(point.y_mm);
}

bool geometry_volume_valid(const struct plenum_volume *volume)
{
    if (!in_range(volume->lower_mm) || !in_range(volume->upper_mm))
        return false;
    if (volume->shape == PLENUM_SHAPE_CIRCLE)
        return point_in_range(volume->centre) && volume->radius_mm > 0 &&
               in_range(volume->radius_mm);
    for (int32_t i = 0; i < volume->vertex_count; i++)
        if (!point_in_range(volume->vertices[i]))
            return false;
    return geometry_polygon_simple(geometry_polygon_of(volume));
}

struct geometry_box geometry_box_of(const struct plenum_volume *volume)
{
    struct geometry_box box = {.lower_mm = volume->lower_mm,
                               .upper_mm = volume->upper_mm,
                               .from_ms = volume->from_ms,
                               .until_ms = volume->until_ms};
    if (volume->shape == PLENUM_SHAPE_CIRCLE) {
        box.x_min_mm = volume->centre.x_mm - volume->radius_mm;
        box.x_max_mm = volume->centre.x_mm + volume->radius_mm;
        box.y_min_mm = volume->centre.y_mm - volume->radius_mm;
        box.y_max_mm = volume->centre.y_mm + volume->radius_mm;
        return box;
    }
    box.x_min_mm = box.y_min_mm = INT64_MAX;
    box.x_max_mm = box.y_max_mm = INT64_MIN;
    for (int32_t i = 0; i < volume->vertex_count; i++) {
        struct plenum_point p = volume->vertices[i];
        box.x_min_mm = p.x_mm < box.x_min_mm ? p.x_mm : box.x_min_mm;
        box.x_max_mm = p.x_mm > box.x_max_mm ? p.x_mm : box.x_max_mm;
        box.y_min_mm = p.y_mm < box.y_min_mm ? p.y_mm : box.y_min_mm;
        box.y_max_mm = p.y_mm > box.y_max_mm ? p.y_mm : box.y_max_mm;
    }
    return box;
}

static bool circles_meet(const struct plenum_volume *a, const struct plenum_volume *b)
{
    struct plenum_point apart = minus(a->centre, b->centre);
    int64_t reach = a->radius_mm + b->radius_mm;
    return dot(apart, apart) <= reach * reach;
}

static bool circle_meets_polygon(const struct plenum_volume *circle,
                                 struct geometry_polygon polygon)
{
    for (int32_t i = 0; i < polygon.count; i++)
        if (geometry_segment_within(circle->centre, vertex(polygon, i), vertex(polygon, i + 1),
                                    circle->radius_mm))
            return true;
    return geometry_point_in(circle->centre, polygon);
}

/* Polygons that share no edge point are apart, or one lies in the other with all its vertices. */
static bool polygons_meet(struct geometry_polygon a, struct geometry_polygon b)
{
    for (int32_t i = 0; i < a.count; i++)
        for (int32_t j = 0; j < b.count; j++)
            if (geometry_segments_meet(vertex(a, i), vertex(a, i + 1), vertex(b, j),
                                       vertex(b, j + 1)))
                return true;
    return geometry_point_in(a.vertices[0], b) || geometry_point_in(b.vertices[0], a);
}

bool geometry_outlines_meet(const struct plenum_volume *a, const struct plenum_volume *b)
{
    bool a_circle = a->shape == PLENUM_SHAPE_CIRCLE, b_circle = b->shape == PLENUM_SHAPE_CIRCLE;
    if (a_circle && b_circle)
        return circles_meet(a, b);
    if (a_circle)
        return circle_meets_polygon(a, geometry_polygon_of(b));
    if (b_circle)
        return circle_meets_polygon(b, geometry_polygon_of(a));
    return polygons_meet(geometry_polygon_of(a), geometry_polygon_of(b));
}

bool geometry_volumes_meet(const struct plenum_volume *a, const struct plenum_volume *b)
{
    struct geometry_box a_box = geometry_box_of(a), b_box = geometry_box_of(b);
    return geometry_boxes_meet(&a_box, &b_box) && geometry_outlines_meet(a, b);
}

/* --- inside ---------------------------------------------------------------------------------- */

/* Whether one who stands at vertex i of a counter-clockwise polygon and goes towards `to` goes at
 * once out of it. */
static bool leaves_at_vertex(struct geometry_polygon polygon, int32_t i, int turn,
                             struct plenum_point to)
{
    struct plenum_point at = vertex(polygon, i);
    struct plenum_point after = minus(vertex(polygon, i + turn), at);
    struct plenum_point before = minus(vertex(polygon, i - turn), at);
    struct plenum_point way = minus(to, at);
    if (cross(after, before) >= 0) /* a corner that points outwards, or none */
        return cross(after, way) < 0 || cross(way, before) < 0;
    return cross(before, way) > 0 && cross(way, after) > 0;
}

/* Whether segment p-q, whose ends lie in the polygon, has a point outside. It can only get out at
 * an edge that it crosses, at a vertex that it passes, or at an end that lies on an edge. */
static bool segment_leaves(struct plenum_point p, struct plenum_point q,
                           struct geometry_polygon polygon, int turn)
{
    for (int32_t i = 0; i < polygon.count; i++) {
        struct plenum_point a = vertex(polygon, turn > 0 ? i : i + 1);
        struct plenum_point b = vertex(polygon, turn > 0 ? i + 1 : i);
        int a_side = side(p, q, a), b_side = side(p, q, b);
        int p_side = side(a, b, p), q_side = side(a, b, q);
        if (a_side * b_side < 0 && p_side * q_side < 0)
            return true;
        if (on_segment(p, q, vertex(polygon, i)) &&
            (leaves_at_vertex(polygon, i, turn, p) || leaves_at_vertex(polygon, i, turn, q)))
            return true;
        if (p_side == 0 && !same(p, a) && !same(p, b) && between(a, b, p) && q_side < 0)
            return true;
        if (q_side == 0 && !same(q, a) && !same(q, b) && between(a, b, q) && p_side < 0)
            return true;
    }
    return false;
}

bool geometry_outline_inside(const struct plenum_volume *volume, struct geometry_polygon polygon)
{
    if (volume->shape == PLENUM_SHAPE_CIRCLE) {
        for (int32_t i = 0; i < polygon.count; i++)
            if (geometry_segment_nearer(volume->centre, vertex(polygon, i), vertex(polygon, i + 1),
                                        volume->radius_mm))
                return false;
        return geometry_point_in(volume->centre, polygon);
    }
    int turn = winding(polygon);
    struct geometry_polygon inner = geometry_polygon_of(volume);
    for (int32_t i = 0; i < inner.count; i++) {
        if (!geometry_point_in(vertex(inner, i), polygon))
            return false;
        if (i > 0 && segment_leaves(vertex(inner, i - 1), vertex(inner, i), polygon, turn))
            return false;
    }
    return !segment_leaves(vertex(inner, inner.count - 1), vertex(inner, 0), polygon, turn);
}
