/* Flights: each volume claimed against all that stand, the closed ones, and the bounds. Plain
 * geometry in integers: coordinates are at most PLENUM_COORDINATE_MAX_MM, so that a product of two
 * differences stays under 2^57. What touches meets. */
#include "ledger/audit.h"

#include "base/memory.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct shape {
    const struct plenum_point *points; /* of a polygon */
    int32_t count;                     /* 0: a circle */
    struct plenum_point centre;
    int64_t radius_mm;
};

static struct shape shape_of(const struct plenum_volume *volume)
{
    return (struct shape){.points = volume->vertices,
                          .count = volume->shape == PLENUM_SHAPE_POLYGON ? volume->vertex_count : 0,
                          .centre = volume->centre,
                          .radius_mm = volume->radius_mm};
}

static struct plenum_point corner(const struct shape *shape, int32_t index)
{
    return shape->points[index % shape->count];
}

static int64_t square_between(struct plenum_point a, struct plenum_point b)
{
    return (b.x_mm - a.x_mm) * (b.x_mm - a.x_mm) + (b.y_mm - a.y_mm) * (b.y_mm - a.y_mm);
}

/* Twice the area of o, a, b: positive when b is on the left of the way from o to a. */
static int64_t side_of(struct plenum_point o, struct plenum_point a, struct plenum_point b)
{
    return (a.x_mm - o.x_mm) * (b.y_mm - o.y_mm) - (a.y_mm - o.y_mm) * (b.x_mm - o.x_mm);
}

static int sign(int64_t value)
{
    return (value > 0) - (value < 0);
}

static bool between(int64_t a, int64_t value, int64_t b)
{
    return (a <= value && value <= b) || (b <= value && value <= a);
}

static bool on_edge(struct plenum_point a, struct plenum_point b, struct plenum_point p)
{
    return side_of(a, b, p) == 0 && between(a.x_mm, p.x_mm, b.x_mm) &&
           between(a.y_mm, p.y_mm, b.y_mm);
}

/* The sign of x * x - y * z, in 128 bits of two halves. */
static int compare_square(uint64_t x, uint64_t y, uint64_t z)
{
    const uint64_t low = UINT32_MAX;
    uint64_t factors[2][2] = {{x, x}, {y, z}}, high[2], rest[2];
    for (int i = 0; i < 2; i++) {
        uint64_t a = factors[i][0], b = factors[i][1];
        uint64_t bottom = (a & low) * (b & low);
        uint64_t middle = (a >> 32) * (b & low) + (bottom >> 32);
        uint64_t other = (a & low) * (b >> 32) + (middle & low);
        high[i] = (a >> 32) * (b >> 32) + (middle >> 32) + (other >> 32);
        rest[i] = other << 32 | (bottom & low);
    }
    if (high[0] != high[1])
        return high[0] > high[1] ? 1 : -1;
    return (rest[0] > rest[1]) - (rest[0] < rest[1]);
}

/* The sign of the distance from p to the edge, less radius. */
static int compare_distance(struct plenum_point a, struct plenum_point b, struct plenum_point p,
                            int64_t radius_mm)
{
    int64_t along = (p.x_mm - a.x_mm) * (b.x_mm - a.x_mm) + (p.y_mm - a.y_mm) * (b.y_mm - a.y_mm);
    int64_t length = square_between(a, b), radius = radius_mm * radius_mm;
    if (along <= 0)
        return sign(square_between(a, p) - radius);
    if (along >= length)
        return sign(square_between(b, p) - radius);
    int64_t area = side_of(a, b, p);
    return compare_square((uint64_t)(area < 0 ? -area : area), (uint64_t)radius, (uint64_t)length);
}

/* The nearest edge's. */
static int compare_rim(const struct shape *shape, struct plenum_point p, int64_t radius_mm)
{
    int least = 1;
    for (int32_t i = 0; i < shape->count; i++) {
        int here = compare_distance(corner(shape, i), corner(shape, i + 1), p, radius_mm);
        least = here < least ? here : least;
    }
    return least;
}

/* By the number of edges that a ray to the east crosses; the rim is inside. */
static bool has_inside(const struct shape *shape, struct plenum_point p)
{
    bool inside = false;
    for (int32_t i = 0; i < shape->count; i++) {
        struct plenum_point a = corner(shape, i), b = corner(shape, i + 1);
        int side = sign(side_of(a, b, p));
        if (on_edge(a, b, p))
            return true;
        if ((a.y_mm > p.y_mm) != (b.y_mm > p.y_mm) && side == (b.y_mm > a.y_mm ? 1 : -1))
            inside = !inside;
    }
    return inside;
}

/* Each edge with its ends clearly on both sides of the other. */
static bool edges_cross(struct plenum_point a, struct plenum_point b, struct plenum_point c,
                        struct plenum_point d)
{
    return sign(side_of(a, b, c)) * sign(side_of(a, b, d)) < 0 &&
           sign(side_of(c, d, a)) * sign(side_of(c, d, b)) < 0;
}

static bool any_edges_cross(const struct shape *p, const struct shape *q)
{
    for (int32_t i = 0; i < p->count; i++) {
        for (int32_t j = 0; j < q->count; j++) {
            if (edges_cross(corner(p, i), corner(p, i + 1), corner(q, j), corner(q, j + 1)))
                return true;
        }
    }
    return false;
}

static bool any_corner_inside(const struct shape *p, const struct shape *q)
{
    for (int32_t i = 0; i < q->count; i++) {
        if (has_inside(p, corner(q, i)))
            return true;
    }
    return false;
}

/* Polygons that meet have edges that cross, or a corner of one inside the other. */
static bool shapes_meet(const struct shape *p, const struct shape *q)
{
    if (p->count > 0 && q->count > 0)
        return any_corner_inside(p, q) || any_corner_inside(q, p) || any_edges_cross(p, q);
    if (p->count > 0)
        return has_inside(p, q->centre) || compare_rim(p, q->centre, q->radius_mm) <= 0;
    if (q->count > 0)
        return shapes_meet(q, p);
    int64_t reach = p->radius_mm + q->radius_mm;
    return square_between(p->centre, q->centre) <= reach * reach;
}

static bool volumes_meet(const struct plenum_volume *p, const struct plenum_volume *q)
{
    struct shape p_shape = shape_of(p), q_shape = shape_of(q);
    return p->from_ms <= q->until_ms && q->from_ms <= p->until_ms && p->lower_mm <= q->upper_mm &&
           q->lower_mm <= p->upper_mm && shapes_meet(&p_shape, &q_shape);
}

static bool within_bounds(const struct plenum_airspace *air, const struct plenum_volume *volume)
{
    struct shape bounds = {.points = air->vertices, .count = air->vertex_count};
    struct shape shape = shape_of(volume);
    if (volume->lower_mm < air->lower_mm || volume->upper_mm > air->upper_mm)
        return false;
    if (shape.count == 0)
        return has_inside(&bounds, shape.centre) &&
               compare_rim(&bounds, shape.centre, shape.radius_mm) >= 0;
    for (int32_t i = 0; i < shape.count; i++) {
        if (!has_inside(&bounds, corner(&shape, i)))
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
        else if (standing->volume.until_ms >= from_ms)
            standing->volume.until_ms = from_ms - 1;
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
