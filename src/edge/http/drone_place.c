/* Where a drone is, from the volumes of its flight alone: no drone of a site is asked.
 *
 * Each volume gives one or two points on the flight's way, each with its instant:
 *
 *     first circle    the pad at the flight's start; over it, when the climb ends
 *     rectangle       the ends of its piece of a leg, when the piece begins and ends
 *     last circle     over the pad, when the descent begins; the pad, when it has landed
 *     any other       its middle, in the middle of its interval
 *
 * The drone is on the line between the two points whose instants are round at_ms. */
#include "edge/http/frame.h"

#include "airspace/flight.h"
#include "base/check.h"

#include <math.h>

enum { SAME_PLACE_MM = 500 };

struct way_point {
    int64_t at_ms, x_mm, y_mm, z_mm;
};

static int64_t middle(int64_t a, int64_t b)
{
    return a / 2 + b / 2;
}

static struct way_point point_of(const struct plenum_volume *volume, int64_t at_ms, int64_t x_mm,
                                 int64_t y_mm)
{
    int64_t z_mm = middle(volume->lower_mm, volume->upper_mm);
    return (struct way_point){.at_ms = at_ms, .x_mm = x_mm, .y_mm = y_mm, .z_mm = z_mm};
}

/* The middle of the layer that a column leads up to. */
static int64_t layer_z_mm(const struct plenum_volume *column)
{
    int64_t z_mm = column->upper_mm - LAYER_MM / 2;
    return z_mm > column->lower_mm ? z_mm : column->upper_mm;
}

static int32_t points_of_column(const struct plenum_volume *volume, bool climbs, int64_t start_ms,
                                int64_t end_ms, struct way_point points[2])
{
    int64_t x_mm = volume->centre.x_mm, y_mm = volume->centre.y_mm;
    points[0] = points[1] = point_of(volume, 0, x_mm, y_mm);
    points[climbs ? 0 : 1].z_mm = volume->lower_mm;
    points[climbs ? 1 : 0].z_mm = layer_z_mm(volume);
    points[0].at_ms = climbs ? start_ms : volume->from_ms + MARGIN_MS;
    points[1].at_ms = climbs ? volume->until_ms - MARGIN_MS : end_ms - LANDING_MS;
    return 2;
}

/* Its short sides stand HALF_WIDTH_MM past the ends of the piece. */
static int32_t points_of_rectangle(const struct plenum_volume *volume, struct way_point points[2])
{
    const struct plenum_point *v = volume->vertices;
    int64_t ax = middle(v[0].x_mm, v[3].x_mm), ay = middle(v[0].y_mm, v[3].y_mm);
    int64_t bx = middle(v[1].x_mm, v[2].x_mm), by = middle(v[1].y_mm, v[2].y_mm);
    double east = (double)(bx - ax), north = (double)(by - ay);
    double length = sqrt(east * east + north * north);
    const double margin = HALF_WIDTH_MM;
    double part = length > 2.0 * margin ? margin / length : 0.0;
    int64_t dx = (int64_t)(east * part), dy = (int64_t)(north * part);
    points[0] = point_of(volume, volume->from_ms + MARGIN_MS, ax + dx, ay + dy);
    points[1] = point_of(volume, volume->until_ms - MARGIN_MS, bx - dx, by - dy);
    return 2;
}

static int32_t points_of_any(const struct plenum_volume *volume, struct way_point points[2])
{
    struct plenum_point sum = volume->centre;
    if (volume->shape == PLENUM_SHAPE_POLYGON) {
        sum = (struct plenum_point){0, 0};
        for (int32_t i = 0; i < volume->vertex_count; i++) {
            sum.x_mm += volume->vertices[i].x_mm;
            sum.y_mm += volume->vertices[i].y_mm;
        }
        sum.x_mm /= volume->vertex_count;
        sum.y_mm /= volume->vertex_count;
    }
    points[0] = point_of(volume, middle(volume->from_ms, volume->until_ms), sum.x_mm, sum.y_mm);
    return 1;
}

/* Degrees from north, clockwise. Ends of two pieces that are one place to within rounding have no
 * direction. */
static int32_t heading_of(const struct way_point *a, const struct way_point *b)
{
    const double degrees = 57.29577951308232;
    int64_t east_mm = b->x_mm - a->x_mm, north_mm = b->y_mm - a->y_mm;
    if (east_mm * east_mm + north_mm * north_mm < SAME_PLACE_MM * SAME_PLACE_MM)
        return PLENUM_NONE;
    double angle = atan2((double)east_mm, (double)north_mm) * degrees;
    int32_t centi = (int32_t)floor(angle * 100.0);
    return centi < 0 ? centi + 36000 : centi;
}

static int64_t between(int64_t a, int64_t b, int64_t part, int64_t parts)
{
    return a + (int64_t)((double)(b - a) * (double)part / (double)parts);
}

static void place_on(const struct way_point *a, const struct way_point *b, int64_t at_ms,
                     struct drone_place *place)
{
    int64_t parts = b->at_ms - a->at_ms, part = at_ms - a->at_ms;
    part = part < 0 ? 0 : part;
    if (part >= parts)
        part = parts = 1;
    place->at.x_mm = between(a->x_mm, b->x_mm, part, parts);
    place->at.y_mm = between(a->y_mm, b->y_mm, part, parts);
    place->altitude_mm = between(a->z_mm, b->z_mm, part, parts);
    int32_t heading = heading_of(a, b);
    place->heading_centi = heading == PLENUM_NONE ? place->heading_centi : heading;
}

void drone_place_of(const struct plenum_volume *volumes, int32_t count, int64_t start_ms,
                    int64_t end_ms, int64_t at_ms, struct drone_place *place)
{
    struct way_point last = {0}, points[2];
    bool has_last = false;
    CHECK(count > 0);
    place->heading_centi = PLENUM_NONE;
    for (int32_t i = 0; i < count; i++) {
        const struct plenum_volume *volume = &volumes[i];
        bool column = volume->shape == PLENUM_SHAPE_CIRCLE && (i == 0 || i == count - 1);
        int32_t found;
        if (column)
            found = points_of_column(volume, i == 0, start_ms, end_ms, points);
        else if (volume->vertex_count == 4)
            found = points_of_rectangle(volume, points);
        else
            found = points_of_any(volume, points);
        for (int32_t k = 0; k < found; k++) {
            place_on(has_last ? &last : &points[k], &points[k], at_ms, place);
            if (at_ms <= points[k].at_ms)
                return;
            last = points[k];
            has_last = true;
        }
    }
}
