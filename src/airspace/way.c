/* Ways round what is closed: the shortest over a visibility graph.
 *
 * Each closed volume becomes a convex obstacle: the hull of its corners, each grown to a square of
 * half side KEEP_OFF_MM (a circle, to the octagon round it). That holds all that is nearer than
 * KEEP_OFF_MM to it, and its corners are integers. Nodes are the pads and the obstacles' corners;
 * an edge joins two nodes when no obstacle's inside is on the line between them and its rectangle
 * lies in the airspace. Dijkstra; ties go to the lower node. */
#include <stdlib.h>

#include "airspace/flight.h"
#include "base/check.h"
#include "base/memory.h"
#include "ledger/geometry.h"

__extension__ typedef __int128 int128;

enum { NODES_MAX = 1024 };

struct obstacle {
    struct plenum_point *corners; /* counter-clockwise */
    int32_t count;
};

struct graph {
    const struct plenum_site *site;
    struct obstacle *obstacles;
    int32_t obstacle_count;
    struct plenum_point *nodes; /* 0: from, 1: to */
    int32_t node_count;
};

static int64_t cross(struct plenum_point o, struct plenum_point a, struct plenum_point b)
{
    return (a.x_mm - o.x_mm) * (b.y_mm - o.y_mm) - (a.y_mm - o.y_mm) * (b.x_mm - o.x_mm);
}

/* --- obstacles -------------------------------------------------------------------------------- */

static int point_order(const void *left, const void *right)
{
    const struct plenum_point *a = left, *b = right;
    if (a->x_mm != b->x_mm)
        return a->x_mm < b->x_mm ? -1 : 1;
    return (a->y_mm > b->y_mm) - (a->y_mm < b->y_mm);
}

/* Andrew's monotone chain. hull has room for 2 * count points; gives how many it has. */
static int32_t hull_of(struct plenum_point *points, int32_t count, struct plenum_point *hull)
{
    int32_t size = 0;
    qsort(points, (size_t)count, sizeof *points, point_order);
    for (int32_t i = 0; i < count; i++) {
        while (size >= 2 && cross(hull[size - 2], hull[size - 1], points[i]) <= 0)
            size--;
        hull[size++] = points[i];
    }
    for (int32_t i = count - 2, lower = size + 1; i >= 0; i--) {
        while (size >= lower && cross(hull[size - 2], hull[size - 1], points[i]) <= 0)
            size--;
        hull[size++] = points[i];
    }
    return size - 1;
}

/* The octagon round a circle: half side tan(22.5 deg) of the radius, rounded up. */
static int32_t octagon_of(struct plenum_point centre, int64_t radius_mm,
                          struct plenum_point corners[8])
{
    int64_t half = radius_mm * 41422 / 100000 + 1;
    const int64_t xs[8] = {radius_mm, half, -half, -radius_mm, -radius_mm, -half, half, radius_mm};
    const int64_t ys[8] = {half, radius_mm, radius_mm, half, -half, -radius_mm, -radius_mm, -half};
    for (int i = 0; i < 8; i++)
        corners[i] = (struct plenum_point){centre.x_mm + xs[i], centre.y_mm + ys[i]};
    return 8;
}

static struct obstacle obstacle_of(const struct plenum_volume *volume)
{
    struct obstacle obstacle;
    if (volume->shape == PLENUM_SHAPE_CIRCLE) {
        obstacle.corners = memory_new(8, sizeof *obstacle.corners);
        obstacle.count =
            octagon_of(volume->centre, volume->radius_mm + KEEP_OFF_MM, obstacle.corners);
        return obstacle;
    }
    int32_t count = 4 * volume->vertex_count;
    struct plenum_point *grown = memory_new((size_t)count, sizeof *grown);
    for (int32_t i = 0; i < count; i++) {
        grown[i] = volume->vertices[i / 4];
        grown[i].x_mm += i & 1 ? KEEP_OFF_MM : -KEEP_OFF_MM;
        grown[i].y_mm += i & 2 ? KEEP_OFF_MM : -KEEP_OFF_MM;
    }
    obstacle.corners = memory_new(2 * (size_t)count, sizeof *obstacle.corners);
    obstacle.count = hull_of(grown, count, obstacle.corners);
    free(grown);
    return obstacle;
}

/* Whether the line p-q has a point strictly inside: it is cut at each side in turn, as a range of
 * fractions of the way (Cyrus and Beck, 1978). */
static bool obstacle_cuts(const struct obstacle *obstacle, struct plenum_point p,
                          struct plenum_point q)
{
    int128 low = 0, low_under = 1, high = 1, high_under = 1;
    for (int32_t i = 0; i < obstacle->count; i++) {
        struct plenum_point a = obstacle->corners[i];
        struct plenum_point b = obstacle->corners[(i + 1) % obstacle->count];
        int64_t p_in = cross(a, b, p), q_in = cross(a, b, q); /* > 0 on the inner side */
        if (p_in <= 0 && q_in <= 0)
            return false;
        if (p_in > 0 && q_in > 0)
            continue;
        int128 at = p_in < 0 ? -(int128)p_in : p_in, under = (int128)at + (q_in < 0 ? -q_in : q_in);
        if (p_in <= 0 && at * low_under > low * under) {
            low = at;
            low_under = under;
        } else if (p_in > 0 && at * high_under < high * under) {
            high = at;
            high_under = under;
        }
    }
    return low * high_under < high * low_under;
}

static bool closed_matters(const struct plenum_volume *volume, int64_t upper_mm, int64_t from_ms,
                           int64_t until_ms)
{
    return volume->lower_mm <= upper_mm && volume->from_ms <= until_ms &&
           volume->until_ms >= from_ms;
}

/* --- the graph -------------------------------------------------------------------------------- */

static void graph_add(struct graph *graph, const struct plenum_volume *volume)
{
    struct obstacle obstacle = obstacle_of(volume);
    graph->obstacles = memory_resize(graph->obstacles, (size_t)graph->obstacle_count + 1,
                                     sizeof *graph->obstacles);
    graph->obstacles[graph->obstacle_count++] = obstacle;
}

static void graph_init(struct graph *graph, const struct plenum_flight_request *request,
                       int64_t upper_mm, int64_t from_ms, int64_t until_ms)
{
    const struct plenum_airspace *airspace = &request->site->airspace;
    *graph = (struct graph){.site = request->site};
    for (int32_t i = 0; i < airspace->closed_count; i++)
        if (closed_matters(&airspace->closed[i].volume, upper_mm, from_ms, until_ms))
            graph_add(graph, &airspace->closed[i].volume);
    for (int32_t i = 0; i < request->closed_count; i++)
        if (closed_matters(&request->closed[i], upper_mm, from_ms, until_ms))
            graph_add(graph, &request->closed[i]);
    graph->nodes = memory_new(NODES_MAX, sizeof *graph->nodes);
    graph->nodes[0] = request->site->pads[request->from_pad].at;
    graph->nodes[1] = request->site->pads[request->to_pad].at;
    graph->node_count = 2;
    for (int32_t i = 0; i < graph->obstacle_count; i++)
        for (int32_t k = 0; k < graph->obstacles[i].count && graph->node_count < NODES_MAX; k++)
            graph->nodes[graph->node_count++] = graph->obstacles[i].corners[k];
}

static void graph_finish(struct graph *graph)
{
    for (int32_t i = 0; i < graph->obstacle_count; i++)
        free(graph->obstacles[i].corners);
    free(graph->obstacles);
    free(graph->nodes);
}

static bool graph_sees(const struct graph *graph, struct plenum_point p, struct plenum_point q)
{
    const struct plenum_airspace *airspace = &graph->site->airspace;
    struct plenum_point corners[4];
    if (p.x_mm == q.x_mm && p.y_mm == q.y_mm)
        return false;
    for (int32_t i = 0; i < graph->obstacle_count; i++)
        if (obstacle_cuts(&graph->obstacles[i], p, q))
            return false;
    leg_corners(p, q, corners);
    struct plenum_volume leg = {
        .shape = PLENUM_SHAPE_POLYGON, .vertex_count = 4, .vertices = corners};
    return geometry_outline_inside(
        &leg, (struct geometry_polygon){airspace->vertices, airspace->vertex_count});
}

struct walk {
    int64_t lengths[NODES_MAX];
    int32_t before[NODES_MAX];
    bool done[NODES_MAX];
};

static int32_t walk_next(const struct walk *walk, int32_t count)
{
    int32_t next = PLENUM_NONE;
    for (int32_t i = 0; i < count; i++)
        if (!walk->done[i] && walk->lengths[i] < INT64_MAX &&
            (next == PLENUM_NONE || walk->lengths[i] < walk->lengths[next]))
            next = i;
    return next;
}

static bool graph_walk(const struct graph *graph, struct walk *walk)
{
    for (int32_t i = 0; i < graph->node_count; i++)
        walk->lengths[i] = i == 0 ? 0 : INT64_MAX;
    for (int32_t at = 0; at != PLENUM_NONE; at = walk_next(walk, graph->node_count)) {
        if (at == 1)
            return true;
        walk->done[at] = true;
        for (int32_t i = 1; i < graph->node_count; i++) {
            if (walk->done[i])
                continue;
            int64_t length = walk->lengths[at] + distance_mm(graph->nodes[at], graph->nodes[i]);
            if (length < walk->lengths[i] && graph_sees(graph, graph->nodes[at], graph->nodes[i])) {
                walk->lengths[i] = length;
                walk->before[i] = at;
            }
        }
    }
    return false;
}

static bool way_of(const struct graph *graph, const struct walk *walk,
                   struct plenum_flight_way *way)
{
    int32_t count = 1;
    for (int32_t at = 1; at != 0; at = walk->before[at])
        count++;
    if (count > PLENUM_FLIGHT_LEGS_MAX + 1)
        return false;
    way->point_count = count;
    way->length_mm = walk->lengths[1];
    for (int32_t at = 1; count-- > 0; at = walk->before[at])
        way->points[count] = graph->nodes[at];
    return true;
}

bool plenum_flight_find_way(const struct plenum_flight_request *request, int64_t upper_mm,
                            int64_t from_ms, int64_t until_ms, struct plenum_flight_way *way)
{
    CHECK(request->from_pad != request->to_pad);
    struct graph graph;
    graph_init(&graph, request, upper_mm, from_ms, until_ms);
    bool found = graph_sees(&graph, graph.nodes[0], graph.nodes[1]);
    if (found) {
        way->points[0] = graph.nodes[0];
        way->points[1] = graph.nodes[1];
        way->point_count = 2;
        way->length_mm = distance_mm(graph.nodes[0], graph.nodes[1]);
    } else {
        struct walk *walk = memory_new(1, sizeof *walk);
        found = graph_walk(&graph, walk) && way_of(&graph, walk, way);
        free(walk);
    }
    graph_finish(&graph);
    return found;
}
