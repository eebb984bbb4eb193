/* Flights: each volume claimed against all that stand, the closed ones, and the bounds. Plain
 * geometry in double, with SPARE_MM to spare in favour of the journal. */
#include "ledger/audit.h"

#include "base/memory.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double spare_mm = 1.0;

struct shape {
    const struct plenum_point *points; /* of a polygon */
    int32_t count;                     /* 0: a circle */
    double x, y, radius;
};

static struct shape shape_of(const struct plenum_volume *volume)
{
    return (struct shape){.points = volume->vertices,
                          .count = volume->shape == PLENUM_SHAPE_POLYGON ? volume->vertex_count : 0,
                          .x = (double)volume->centre.x_mm,
                          .y = (double)volume->centre.y_mm,
                          .radius = (double)volume->radius_mm};
}

static double cross(struct plenum_point o, struct plenum_point a, struct plenum_point b)
{
    return ((double)a.x_mm - (double)o.x_mm) * ((double)b.y_mm - (double)o.y_mm) -
           ((double)a.y_mm - (double)o.y_mm) * ((double)b.x_mm - (double)o.x_mm);
}

static double length_of(struct plenum_point a, struct plenum_point b)
{
    double dx = (double)b.x_mm - (double)a.x_mm, dy = (double)b.y_mm - (double)a.y_mm;
    return sqrt(dx * dx + dy * dy);
}

static double distance_to_edge(double x, double y, struct plenum_point a, struct plenum_point b)
{
    double dx = (double)b.x_mm - (double)a.x_mm, dy = (double)b.y_mm - (double)a.y_mm;
    double px = x - (double)a.x_mm, py = y - (double)a.y_mm;
    double square = dx * dx + dy * dy;
    double t = square > 0 ? (px * dx + py * dy) / square : 0;
    t = t < 0 ? 0 : t > 1 ? 1 : t;
    px -= t * dx;
    py -= t * dy;
    return sqrt(px * px + py * py);
}

static double distance_to_rim(const struct shape *shape, double x, double y)
{
    double least = HUGE_VAL;
    for (int32_t i = 0; i < shape->count; i++) {
        double here =
            distance_to_edge(x, y, shape->points[i], shape->points[(i + 1) % shape->count]);
        least = here < least ? here : least;
    }
    return least;
}

/* By the number of edges that a ray to the east crosses. */
static bool has_inside(const struct shape *shape, double x, double y)
{
    bool inside = false;
    for (int32_t i = 0; i < shape->count; i++) {
        struct plenum_point a = shape->points[i], b = shape->points[(i + 1) % shape->count];
        double ax = (double)a.x_mm, ay = (double)a.y_mm, bx = (double)b.x_mm, by = (double)b.y_mm;
        if ((ay > y) != (by > y) && x < ax + (y - ay) / (by - ay) * (bx - ax))
            inside = !inside;
    }
    return inside;
}

/* Whether each end of either edge is clearly on its own side of the other edge. */
static bool edges_cross(struct plenum_point a, struct plenum_point b, struct plenum_point c,
                        struct plenum_point d)
{
    double ab = length_of(a, b) * spare_mm, cd = length_of(c, d) * spare_mm;
    double c_side = cross(a, b, c), d_side = cross(a, b, d);
    double a_side = cross(c, d, a), b_side = cross(c, d, b);
    bool ab_parts = (c_side > ab && d_side < -ab) || (c_side < -ab && d_side > ab);
    bool cd_parts = (a_side > cd && b_side < -cd) || (a_side < -cd && b_side > cd);
    return ab_parts && cd_parts;
}

static bool any_edges_cross(const struct shape *p, const struct shape *q)
{
    for (int32_t i = 0; i < p->count; i++) {
        for (int32_t j = 0; j < q->count; j++) {
            if (edges_cross(p->points[i], p->points[(i + 1) % p->count], q->points[j],
                            q->points[(j + 1) % q->count]))
                return true;
        }
    }
    return false;
}

/* A corner, or the middle of an edge, of q clearly inside p. */
static bool any_point_inside(const struct shape *p, const struct shape *q)
{
    for (int32_t i = 0; i < q->count; i++) {
        struct plenum_point a = q->points[i], b = q->points[(i + 1) % q->count];
        double x = (double)a.x_mm, y = (double)a.y_mm;
        double mx = (x + (double)b.x_mm) / 2, my = (y + (double)b.y_mm) / 2;
        if ((has_inside(p, x, y) && distance_to_rim(p, x, y) > spare_mm) ||
            (has_inside(p, mx, my) && distance_to_rim(p, mx, my) > spare_mm))
            return true;
    }
    return false;
}

static bool same_polygon(const struct shape *p, const struct shape *q)
{
    return p->count == q->count &&
           memcmp(p->points, q->points, (size_t)p->count * sizeof *p->points) == 0;
}

static bool shapes_meet(const struct shape *p, const struct shape *q)
{
    if (p->count == 0 && q->count > 0)
        return shapes_meet(q, p);
    if (q->count > 0)
        return same_polygon(p, q) || any_edges_cross(p, q) || any_point_inside(p, q) ||
               any_point_inside(q, p);
    if (p->count > 0)
        return has_inside(p, q->x, q->y) || distance_to_rim(p, q->x, q->y) < q->radius - spare_mm;
    double dx = p->x - q->x, dy = p->y - q->y;
    return sqrt(dx * dx + dy * dy) < p->radius + q->radius - spare_mm;
}

static bool volumes_meet(const struct plenum_volume *p, const struct plenum_volume *q)
{
    struct shape p_shape = shape_of(p), q_shape = shape_of(q);
    return p->from_ms < q->until_ms && q->from_ms < p->until_ms && p->lower_mm < q->upper_mm &&
           q->lower_mm < p->upper_mm && shapes_meet(&p_shape, &q_shape);
}

static bool within_bounds(const struct plenum_airspace *air, const struct plenum_volume *volume)
{
    struct shape bounds = {.points = air->vertices, .count = air->vertex_count};
    struct shape shape = shape_of(volume);
    if (volume->lower_mm < air->lower_mm || volume->upper_mm > air->upper_mm)
        return false;
    if (shape.count == 0)
        return has_inside(&bounds, shape.x, shape.y) &&
               distance_to_rim(&bounds, shape.x, shape.y) >= shape.radius - spare_mm;
    for (int32_t i = 0; i < shape.count; i++) {
        double x = (double)shape.points[i].x_mm, y = (double)shape.points[i].y_mm;
        if (!has_inside(&bounds, x, y) && distance_to_rim(&bounds, x, y) > spare_mm)
            return false;
    }
    return !any_edges_cross(&bounds, &shape);
}

static struct audit_volume keep_volume(struct audit *audit, uint64_t owner,
                                       const struct plenum_volume *volume)
{
    struct audit_volume kept = {owner, audit->seq, *volume};
    size_t count = (size_t)volume->vertex_count;
    struct plenum_point *points = memory_new(count, sizeof *points);
    if (count > 0)
        memcpy(points, volume->vertices, count * sizeof *points);
    kept.volume.vertices = points;
    return kept;
}

/* Volumes that the clock has passed meet nothing any more. */
static void drop_past(struct audit *audit)
{
    struct audit_air *air = &audit->air;
    size_t kept = 0;
    for (size_t i = 0; i < air->standing_count; i++) {
        if (air->standing[i].volume.until_ms < audit->now_ms)
            free((struct plenum_point *)air->standing[i].volume.vertices);
        else
            air->standing[kept++] = air->standing[i];
    }
    air->standing_count = kept;
}

static void release(struct audit *audit, uint64_t owner, int64_t from_ms)
{
    for (size_t i = 0; i < audit->air.standing_count; i++) {
        struct audit_volume *standing = &audit->air.standing[i];
        if (standing->owner != owner)
            continue;
        if (standing->volume.from_ms >= from_ms)
            standing->volume.until_ms = INT64_MIN;
        else if (standing->volume.until_ms > from_ms)
            standing->volume.until_ms = from_ms;
    }
}

static void judge_volume(struct audit *audit, struct plenum_ref owner,
                         const struct plenum_volume *volume)
{
    const struct plenum_airspace *space = &audit->site->airspace;
    const char *kind = plenum_kind_name(owner.kind);
    if (space->vertex_count == 0 || !within_bounds(space, volume))
        audit_tell(audit, audit->seq, volume->from_ms, "%s %" PRIu64 " leaves the airspace", kind,
                   owner.id);
    for (int32_t i = 0; i < space->closed_count; i++) {
        if (volumes_meet(volume, &space->closed[i].volume))
            audit_tell(audit, audit->seq, volume->from_ms, "%s %" PRIu64 " meets closed volume %s",
                       kind, owner.id, space->closed[i].name);
    }
    for (size_t i = 0; i < audit->air.closed_count; i++) {
        if (volumes_meet(volume, &audit->air.closed[i].volume))
            audit_tell(audit, audit->seq, volume->from_ms,
                       "%s %" PRIu64 " meets the volume closed by row %" PRIu64, kind, owner.id,
                       audit->air.closed[i].row);
    }
    for (size_t i = 0; i < audit->air.standing_count; i++) {
        const struct audit_volume *standing = &audit->air.standing[i];
        if (standing->owner != audit_key(owner) && volumes_meet(volume, &standing->volume))
            audit_tell(audit, audit->seq, volume->from_ms,
                       "%s %" PRIu64 " meets the flight of row %" PRIu64, kind, owner.id,
                       standing->row);
    }
}

static void claim(struct audit *audit, const struct plenum_air_claim *air)
{
    struct audit_air *list = &audit->air;
    for (int32_t i = 0; i < air->volume_count; i++) {
        audit->totals->claims++;
        judge_volume(audit, air->owner, &air->volumes[i]);
        struct audit_volume kept = keep_volume(audit, audit_key(air->owner), &air->volumes[i]);
        ARRAY_PUSH(list->standing, list->standing_count, list->standing_capacity, AUDIT_LIST_MAX) =
            kept;
    }
}

void audit_air_command(struct audit *audit, const struct plenum_command *command)
{
    struct audit_air *air = &audit->air;
    bool any = false;
    for (size_t i = 0; i < command->op_count; i++) {
        const struct plenum_op *op = &command->ops[i];
        if (op->type == PLENUM_OP_RELEASE && op->release.books & PLENUM_BOOK_AIR)
            release(audit, audit_key(op->release.owner), op->release.from_ms);
        any |= op->type == PLENUM_OP_AIR_CLAIM;
    }
    if (any)
        drop_past(audit);
    for (size_t i = 0; i < command->op_count; i++) {
        const struct plenum_op *op = &command->ops[i];
        if (op->type == PLENUM_OP_AIR_CLAIM)
            claim(audit, &op->air);
    }
    for (size_t i = 0; i < command->op_count; i++) {
        const struct plenum_op *op = &command->ops[i];
        if (op->type == PLENUM_OP_AIR_CLOSE)
            ARRAY_PUSH(air->closed, air->closed_count, air->closed_capacity, AUDIT_LIST_MAX) =
                keep_volume(audit, 0, op->air_close.volume);
    }
}

void audit_air_finish(struct audit *audit)
{
    struct audit_air *air = &audit->air;
    for (size_t i = 0; i < air->standing_count; i++)
        free((struct plenum_point *)air->standing[i].volume.vertices);
    for (size_t i = 0; i < air->closed_count; i++)
        free((struct plenum_point *)air->closed[i].volume.vertices);
    free(air->standing);
    free(air->closed);
}
