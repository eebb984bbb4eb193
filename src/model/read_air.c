/* The air: bounds, closed volumes, pads. */
#include "model/read.h"

#include "base/check.h"
#include "model/geometry.h"

#include <string.h>

enum { ALTITUDE_LOW_MM = -1000000, ALTITUDE_HIGH_MM = 20000000 };

#define ALTITUDES(T)                                                                               \
    MUST_WHOLE(T, lower_mm, "lower_mm", ALTITUDE_LOW_MM, ALTITUDE_HIGH_MM),                        \
        MUST_WHOLE(T, upper_mm, "upper_mm", ALTITUDE_LOW_MM, ALTITUDE_HIGH_MM)

static const struct field airspace_fields[] = {
    MUST_OWN("polygon_mm"),
    ALTITUDES(struct plenum_airspace),
    MAY_OWN("closed"),
};
const struct object object_airspace = OBJECT("airspace", airspace_fields);

static const struct field closed_fields[] = {
    MUST_OWN("name"),
    MAY_OWN("polygon_mm"),
    MAY_OWN("circle"),
    ALTITUDES(struct plenum_volume),
    MAY_INSTANT(struct plenum_volume, from_ms, "from", INT64_MIN),
    MAY_INSTANT(struct plenum_volume, until_ms, "until", PLENUM_FOREVER),
};
const struct object object_closed = OBJECT("closed", closed_fields);

static const struct field circle_fields[] = {
    MUST_OWN("centre_mm"),
    MUST_WHOLE(struct plenum_volume, radius_mm, "radius_mm", 1, PLENUM_COORDINATE_MAX_MM),
};
const struct object object_circle = OBJECT("circle", circle_fields);

#define T plenum_pad
static const struct field pad_fields[] = {
    MUST_OWN("name"),
    MUST_OWN("at_mm"),
    MAY_BOOL(struct T, outlying, "outlying", false),
    MAY_OWN("hall"),
    MAY_OWN("cell"),
    MAY_WHOLE(struct T, stands, "stands", 1, 1000, 1),
    MAY_WHOLE(struct T, charge_w, "charge_w", 0, LIMIT_WATTS, 0),
    MAY_OWN("feeds"),
    MAY_OWN("zone"),
};
#undef T
const struct object object_pad = OBJECT("pad", pad_fields);

static bool read_point(struct reader *reader, const struct node *node, struct plenum_point *point)
{
    int64_t at[2] = {0, 0};
    bool good =
        read_wholes(reader, node, 2, -PLENUM_COORDINATE_MAX_MM, PLENUM_COORDINATE_MAX_MM, at);

    *point = (struct plenum_point){at[0], at[1]};
    return good;
}

static bool check_crossing(struct reader *reader, const struct node *node,
                           const struct plenum_point *vertices, int32_t count)
{
    int32_t edge = polygon_crossing(vertices, count);
    const struct node *vertex = node->first;

    if (edge == PLENUM_NONE) {
        return true;
    }
    for (int32_t i = 0; i < edge; i++) {
        CHECK(vertex != NULL);
        vertex = vertex->next;
    }
    problem_at_value(reader->problems, reader->scratch, vertex,
                     "an edge from here that meets another",
                     "a polygon that does not cross itself");
    return false;
}

bool read_polygon(struct reader *reader, const struct node *node,
                  const struct plenum_point **vertices, int32_t *count)
{
    bool good = true;
    int32_t index = 0;

    if (!node_is(reader, node, NODE_LIST)) {
        return false;
    }
    if (node->count < 3 || node->count > PLENUM_VERTICES_MAX) {
        problem_at_value(reader->problems, reader->scratch, node,
                         say(reader->scratch, "%d points", (int)node->count), "3 to 1000 points");
        return false;
    }
    struct plenum_point *points = arena_alloc(reader->arena, (size_t)node->count, sizeof *points);
    for (const struct node *item = node->first; item != NULL; item = item->next) {
        good &= read_point(reader, item, &points[index++]);
    }
    *vertices = points;
    *count = index;
    return good && check_crossing(reader, node, points, index);
}

static void check_altitudes(struct reader *reader, const struct node *map, int64_t lower_mm,
                            int64_t upper_mm)
{
    if (lower_mm >= upper_mm && node_find(map, "lower_mm") != NULL) {
        tell_at(reader, map, "upper_mm", say(reader->scratch, "%lld mm", (long long)upper_mm),
                say(reader->scratch, "more than lower_mm, %lld mm", (long long)lower_mm));
    }
}

static void read_circle(struct reader *reader, const struct node *map, struct plenum_volume *volume)
{
    read_object(reader, map, &object_circle, volume);
    const struct node *centre = node_find(map, "centre_mm");
    volume->shape = PLENUM_SHAPE_CIRCLE;
    if (centre != NULL) {
        (void)read_point(reader, centre, &volume->centre);
    }
}

static void finish_closed(struct reader *reader, const struct node *map,
                          struct plenum_closed_volume *closed)
{
    struct plenum_volume *volume = &closed->volume;
    const struct node *polygon = node_find(map, "polygon_mm"), *circle = node_find(map, "circle");

    closed->name = read_plain_name(reader, map);
    if ((polygon == NULL) == (circle == NULL)) {
        problem_at_value(reader->problems, reader->scratch, map,
                         polygon == NULL ? "no shape" : "two shapes",
                         "one of the keys polygon_mm, circle");
    } else if (circle != NULL) {
        read_circle(reader, circle, volume);
    } else {
        (void)read_polygon(reader, polygon, &volume->vertices, &volume->vertex_count);
    }
    check_altitudes(reader, map, volume->lower_mm, volume->upper_mm);
    if (volume->from_ms >= volume->until_ms) {
        tell_at(reader, map, "until", "an end that is not after its start",
                "an instant after from");
    }
}

static void read_closed(struct reader *reader, const struct node *list,
                        struct plenum_airspace *airspace)
{
    if (list == NULL || !node_is(reader, list, NODE_LIST)) {
        return;
    }
    if (list->count > LIMIT_CLOSED_VOLUMES) {
        problem_at_value(reader->problems, reader->scratch, list,
                         say(reader->scratch, "%d of them", (int)list->count), "at most 10000");
        return;
    }
    struct plenum_closed_volume *closed =
        arena_alloc(reader->arena, (size_t)list->count + 1, sizeof *closed);
    for (const struct node *map = list->first; map != NULL; map = map->next) {
        struct plenum_closed_volume *next = &closed[airspace->closed_count++];

        read_object(reader, map, &object_closed, &next->volume);
        if (map->kind == NODE_MAP) {
            finish_closed(reader, map, next);
        }
    }
    airspace->closed = closed;
}

static void read_airspace(struct reader *reader)
{
    const struct node *map = node_find(reader->root, "airspace");
    struct plenum_airspace *airspace = &reader->site->airspace;

    if (map == NULL) {
        return;
    }
    read_object(reader, map, &object_airspace, airspace);
    const struct node *polygon = node_find(map, "polygon_mm");
    if (polygon != NULL &&
        !read_polygon(reader, polygon, &airspace->vertices, &airspace->vertex_count)) {
        airspace->vertex_count = 0;
    }
    check_altitudes(reader, map, airspace->lower_mm, airspace->upper_mm);
    read_closed(reader, node_find(map, "closed"), airspace);
}

static void check_in_bounds(struct reader *reader, const struct node *map,
                            const struct plenum_pad *pad)
{
    const struct plenum_airspace *airspace = &reader->site->airspace;
    const char *found =
        say(reader->scratch, "[%lld, %lld]", (long long)pad->at.x_mm, (long long)pad->at.y_mm);

    if (node_find(reader->root, "airspace") == NULL) {
        tell_at(reader, map, "name", "a pad at a site without airspace", "a key 'airspace'");
    } else if (airspace->vertex_count > 0 &&
               !polygon_holds(airspace->vertices, airspace->vertex_count, pad->at)) {
        tell_at(reader, map, "at_mm", found, "a point inside airspace.polygon_mm");
    }
}

static void finish_pad(struct reader *reader, const struct origin *origin, struct plenum_pad *pad)
{
    const struct node *map = origin->node, *at = node_find(map, "at_mm");

    if (at != NULL && read_point(reader, at, &pad->at)) {
        check_in_bounds(reader, map, pad);
    }
    if (origin->turn > 0) {
        tell_at(reader, map, "name", "a range", "a name without a range");
    }
    pad->cell = PLENUM_NONE;
    if (node_find(map, "cell") != NULL && pad->outlying) {
        tell_at(reader, map, "cell", "a floor cell at an outlying pad", "none");
    } else if (node_find(map, "cell") != NULL) {
        (void)read_spot(reader, map, "cell", read_hall(reader, map), 0, &pad->cell);
    }
    pad->load = read_load(reader, map, origin->turn, pad->name);
    if (pad->charge_w > 0 && node_find(map, "feeds") == NULL && !pad->outlying) {
        problem_of_missing(reader->problems, reader->scratch, map, "feeds",
                           "a power node, as the pad charges");
    }
}

void read_air(struct reader *reader)
{
    struct list *pads = &reader->lists[LIST_pad];

    read_airspace(reader);
    read_list(reader, reader->root, "pads", LIST_pad, &object_pad);
    for (size_t i = 0; i < pads->count; i++) {
        finish_pad(reader, &pads->origins[i], list_at(pads, (int32_t)i));
    }
}
