/* The geometry of volumes: tables of what touches, and random shapes on a small lattice against a
 * model that cuts polygons into triangles and tells those apart by separating lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/random.h"
#include "ledger/geometry.h"

typedef struct plenum_point point;

/* --- tables ---------------------------------------------------------------------------------- */

/* Two square rings' worth of shapes; each case says whether the two outlines meet. */
struct shape {
    int32_t count; /* 0: a circle at points[0] */
    int64_t radius;
    point points[8];
};

struct meet_case {
    const char *what;
    struct shape a, b;
    bool meet;
};

#define SQUARE                                                                                     \
    {                                                                                              \
        4, 0,                                                                                      \
        {                                                                                          \
            {0, 0}, {10, 0}, {10, 10},                                                             \
            {                                                                                      \
                0, 10                                                                              \
            }                                                                                      \
        }                                                                                          \
    }
#define U_FORM                                                                                     \
    {                                                                                              \
        8, 0,                                                                                      \
        {                                                                                          \
            {0, 0}, {30, 0}, {30, 30}, {20, 30}, {20, 10}, {10, 10}, {10, 30},                     \
            {                                                                                      \
                0, 30                                                                              \
            }                                                                                      \
        }                                                                                          \
    }
#define FAR PLENUM_COORDINATE_MAX_MM

static const struct meet_case meet_cases[] = {
    {"an edge in common", SQUARE, {4, 0, {{10, 0}, {20, 0}, {20, 10}, {10, 10}}}, true},
    {"a millimetre between", SQUARE, {4, 0, {{11, 0}, {20, 0}, {20, 10}, {11, 10}}}, false},
    {"a corner in common", SQUARE, {4, 0, {{10, 10}, {20, 10}, {20, 20}, {10, 20}}}, true},
    {"a corner on an edge", SQUARE, {3, 0, {{10, 5}, {20, 0}, {20, 10}}}, true},
    {"a corner near an edge", SQUARE, {3, 0, {{11, 5}, {20, 0}, {20, 10}}}, false},
    {"one in the other", SQUARE, {3, 0, {{2, 2}, {4, 2}, {2, 4}}}, true},
    {"the other in the one", {3, 0, {{2, 2}, {2, 4}, {4, 2}}}, SQUARE, true},
    {"a cross, no vertex inside", SQUARE, {4, 0, {{-5, 4}, {15, 4}, {15, 6}, {-5, 6}}}, true},
    {"the same", SQUARE, SQUARE, true},
    {"in the mouth of a U", U_FORM, {4, 0, {{12, 15}, {18, 15}, {18, 25}, {12, 25}}}, false},
    {"in the mouth, touching", U_FORM, {4, 0, {{12, 10}, {18, 12}, {18, 25}, {12, 25}}}, true},
    {"round the U", U_FORM, {4, 0, {{-9, -9}, {40, -9}, {40, 40}, {-9, 40}}}, true},
    {"a circle in the mouth", U_FORM, {0, 5, {{15, 20}}}, true},
    {"a smaller one", U_FORM, {0, 4, {{15, 20}}}, false},
    {"a circle at an edge", SQUARE, {0, 5, {{15, 5}}}, true},
    {"a circle off an edge", SQUARE, {0, 4, {{15, 5}}}, false},
    {"a circle at a corner, 3-4-5", SQUARE, {0, 5, {{13, 14}}}, true},
    {"off the corner", SQUARE, {0, 4, {{13, 14}}}, false},
    {"tangent to a slope, 3-4-5", {3, 0, {{0, 0}, {40, 30}, {0, 30}}}, {0, 5, {{23, 11}}}, true},
    {"off the slope", {3, 0, {{0, 0}, {40, 30}, {0, 30}}}, {0, 4, {{23, 11}}}, false},
    {"a circle inside", SQUARE, {0, 1, {{5, 5}}}, true},
    {"a polygon in a circle", {0, 100, {{5, 5}}}, SQUARE, true},
    {"circles that touch", {0, 2, {{0, 0}}}, {0, 3, {{3, 4}}}, true},
    {"circles apart", {0, 2, {{0, 0}}}, {0, 2, {{3, 4}}}, false},
    {"circles in one another", {0, 9, {{0, 0}}}, {0, 1, {{1, 1}}}, true},
    /* At the ends of the range nothing overflows: the gap is 1 mm in 200 km. */
    {"far corners",
     {3, 0, {{-FAR, -FAR}, {FAR, FAR}, {-FAR, FAR}}},
     {3, 0, {{-FAR + 1, -FAR}, {FAR, -FAR}, {FAR, FAR - 1}}},
     false},
    {"far corners that touch",
     {3, 0, {{-FAR, -FAR}, {FAR, FAR}, {-FAR, FAR}}},
     {3, 0, {{-FAR + 1, -FAR}, {FAR, -FAR}, {FAR, FAR}}},
     true},
    {"a large circle at a long edge",
     {3, 0, {{-FAR, 0}, {FAR, 0}, {0, -FAR}}},
     {0, FAR, {{0, FAR}}},
     true},
    {"and off it", {3, 0, {{-FAR, 0}, {FAR, 0}, {0, -FAR}}}, {0, FAR - 1, {{0, FAR}}}, false},
};

static struct plenum_volume volume_of(const struct shape *shape)
{
    struct plenum_volume volume = {.lower_mm = 0, .upper_mm = 10, .from_ms = 0, .until_ms = 10};
    volume.shape = shape->count == 0 ? PLENUM_SHAPE_CIRCLE : PLENUM_SHAPE_POLYGON;
    volume.vertex_count = shape->count;
    volume.vertices = shape->count == 0 ? NULL : shape->points;
    volume.centre = shape->points[0];
    volume.radius_mm = shape->radius;
    return volume;
}

/* The same outline the other way round, from another vertex on. */
static struct shape turned(const struct shape *shape)
{
    struct shape other = *shape;
    for (int32_t i = 0; i < shape->count; i++)
        other.points[i] = shape->points[(2 * shape->count - 2 - i) % shape->count];
    return other;
}

static void test_meet(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof meet_cases / sizeof *meet_cases; i++) {
        const struct meet_case *c = &meet_cases[i];
        struct shape a_turned = turned(&c->a), b_turned = turned(&c->b);
        const struct shape *as[] = {&c->a, &a_turned}, *bs[] = {&c->b, &b_turned};
        for (int k = 0; k < 4; k++) {
            struct plenum_volume a = volume_of(as[k % 2]), b = volume_of(bs[k / 2]);
            assert_true(geometry_volume_valid(&a) && geometry_volume_valid(&b));
            if (geometry_outlines_meet(&a, &b) != c->meet ||
                geometry_volumes_meet(&b, &a) != c->meet)
                fail_msg("%s: expected %d", c->what, c->meet);
        }
    }
}

struct band_case {
    int64_t lower, upper, from, until;
    bool meet;
};

/* Against altitude 0 .. 10, instants 0 .. 10 of the same outline. */
static const struct band_case band_cases[] = {
    {0, 10, 0, 10, true},   {10, 20, 0, 10, true},  {11, 20, 0, 10, false}, {-5, 0, 0, 10, true},
    {-5, -1, 0, 10, false}, {0, 10, 10, 20, true},  {0, 10, 11, 20, false}, {0, 10, -9, 0, true},
    {0, 10, -9, -1, false}, {10, 10, 10, 10, true}, {5, 5, 5, 5, true},
};

static void test_bands(void **state)
{
    (void)state;
    const struct shape square = SQUARE;
    for (size_t i = 0; i < sizeof band_cases / sizeof *band_cases; i++) {
        const struct band_case *c = &band_cases[i];
        struct plenum_volume a = volume_of(&square), b = a;
        b.lower_mm = c->lower;
        b.upper_mm = c->upper;
        b.from_ms = c->from;
        b.until_ms = c->until;
        assert_int_equal(geometry_volumes_meet(&a, &b), c->meet);
        assert_int_equal(geometry_volumes_meet(&b, &a), c->meet);
    }
}

struct simple_case {
    int32_t count;
    point points[6];
    bool simple;
};

static const struct simple_case simple_cases[] = {
    {3, {{0, 0}, {1, 0}, {0, 1}}, true},
    {3, {{0, 0}, {1, 0}, {2, 0}}, false},                         /* flat */
    {3, {{0, 0}, {2, 0}, {1, 0}}, false},                         /* flat and back */
    {4, {{0, 0}, {1, 0}, {2, 0}, {0, 2}}, true},                  /* a straight vertex */
    {4, {{0, 0}, {2, 2}, {2, 0}, {0, 2}}, false},                 /* a bow tie */
    {4, {{0, 0}, {2, 0}, {2, 0}, {0, 2}}, false},                 /* a vertex twice */
    {4, {{0, 0}, {4, 0}, {2, 0}, {0, 2}}, false},                 /* a spike */
    {6, {{0, 0}, {4, 0}, {4, 4}, {2, 0}, {1, 4}, {0, 4}}, false}, /* a vertex on an edge */
    {6, {{0, 0}, {4, 0}, {4, 4}, {2, 1}, {1, 4}, {0, 4}}, true},
    {2, {{0, 0}, {4, 0}}, false},
};

static void test_simple(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof simple_cases / sizeof *simple_cases; i++) {
        struct geometry_polygon polygon = {simple_cases[i].points, simple_cases[i].count};
        assert_int_equal(geometry_polygon_simple(polygon), simple_cases[i].simple);
    }
    struct plenum_volume circle = {.shape = PLENUM_SHAPE_CIRCLE, .radius_mm = 1};
    assert_true(geometry_volume_valid(&circle));
    circle.radius_mm = FAR + 1;
    assert_false(geometry_volume_valid(&circle));
    circle.radius_mm = 0;
    assert_false(geometry_volume_valid(&circle));
    circle.radius_mm = 1;
    circle.centre.x_mm = -FAR - 1;
    assert_false(geometry_volume_valid(&circle));
}

struct inside_case {
    const char *what;
    struct shape inner, outer;
    bool inside;
};

static const struct inside_case inside_cases[] = {
    {"itself", SQUARE, SQUARE, true},
    {"a corner out", {3, 0, {{2, 2}, {11, 2}, {2, 4}}}, SQUARE, false},
    {"touching from inside", {3, 0, {{0, 0}, {10, 5}, {0, 10}}}, SQUARE, true},
    {"across the mouth", {4, 0, {{2, 20}, {28, 20}, {28, 5}, {2, 5}}}, U_FORM, false},
    {"at the tips of the mouth", {3, 0, {{10, 30}, {20, 30}, {15, 5}}}, U_FORM, false},
    {"under the mouth, touching", {3, 0, {{10, 10}, {20, 10}, {15, 5}}}, U_FORM, true},
    {"on the mouth's ground and over", {3, 0, {{5, 10}, {25, 10}, {15, 5}}}, U_FORM, true},
    {"from leg to leg over the mouth", {3, 0, {{5, 11}, {25, 11}, {15, 5}}}, U_FORM, false},
    {"outside", {3, 0, {{50, 50}, {60, 50}, {50, 60}}}, SQUARE, false},
    {"round it", {4, 0, {{-1, -1}, {11, -1}, {11, 11}, {-1, 11}}}, SQUARE, false},
    {"a circle that touches", {0, 5, {{5, 5}}}, SQUARE, true},
    {"a circle over", {0, 6, {{5, 5}}}, SQUARE, false},
    {"a circle outside", {0, 1, {{50, 5}}}, SQUARE, false},
};

static void test_inside(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof inside_cases / sizeof *inside_cases; i++) {
        const struct inside_case *c = &inside_cases[i];
        struct shape outer_turned = turned(&c->outer);
        struct plenum_volume inner = volume_of(&c->inner);
        if (geometry_outline_inside(
                &inner, (struct geometry_polygon){c->outer.points, c->outer.count}) != c->inside ||
            geometry_outline_inside(
                &inner, (struct geometry_polygon){outer_turned.points, outer_turned.count}) !=
                c->inside)
            fail_msg("%s: expected %d", c->what, c->inside);
    }
}

/* --- the model ------------------------------------------------------------------------------- */

enum { VERTICES = 7, SIDE = 6 };

struct triangles {
    point corners[VERTICES][3];
    int count;
};

static int64_t area2(point a, point b, point c)
{
    return (b.x_mm - a.x_mm) * (c.y_mm - a.y_mm) - (b.y_mm - a.y_mm) * (c.x_mm - a.x_mm);
}

static bool in_triangle(point p, const point t[3])
{
    int64_t a = area2(t[0], t[1], p), b = area2(t[1], t[2], p), c = area2(t[2], t[0], p);
    return (a >= 0 && b >= 0 && c >= 0) || (a <= 0 && b <= 0 && c <= 0);
}

/* Cuts ears off a simple polygon. */
static void naive_cut(const struct shape *shape, struct triangles *triangles)
{
    point left[8];
    int count = shape->count, turn;
    int64_t area = 0;
    memcpy(left, shape->points, sizeof left);
    for (int i = 0; i < count; i++)
        area += area2((point){0, 0}, left[i], left[(i + 1) % count]);
    turn = area > 0 ? 1 : -1;
    triangles->count = 0;
    for (int i = 0, tried = 0; count > 2 && tried <= count; tried++, i = (i + 1) % count) {
        point t[3] = {left[(i + count - 1) % count], left[i], left[(i + 1) % count]};
        bool ear = area2(t[0], t[1], t[2]) * turn >= 0;
        for (int k = 0; k < count && ear; k++)
            if (k != i && k != (i + count - 1) % count && k != (i + 1) % count &&
                area2(t[0], t[1], t[2]) != 0 && in_triangle(left[k], t))
                ear = false;
        if (!ear)
            continue;
        if (area2(t[0], t[1], t[2]) != 0)
            memcpy(triangles->corners[triangles->count++], t, sizeof t);
        memmove(&left[i], &left[i + 1], (size_t)(count - 1 - i) * sizeof *left);
        count--;
        i = (i + count - 1) % count;
        tried = -1;
    }
    for (int i = 0; i < triangles->count; i++)
        area -= turn * labs(area2(triangles->corners[i][0], triangles->corners[i][1],
                                  triangles->corners[i][2]));
    assert_int_equal(area, 0);
}

/* A line along an edge of t has t on one side and u strictly on the other. */
static bool naive_separates(const point t[3], const point u[3])
{
    for (int i = 0; i < 3; i++) {
        int64_t own = area2(t[i], t[(i + 1) % 3], t[(i + 2) % 3]);
        bool apart = true;
        for (int k = 0; k < 3; k++) {
            int64_t other = area2(t[i], t[(i + 1) % 3], u[k]);
            apart = apart && other != 0 && (other > 0) != (own > 0);
        }
        if (apart)
            return true;
    }
    return false;
}

static bool naive_meet(const struct triangles *a, const struct triangles *b)
{
    for (int i = 0; i < a->count; i++)
        for (int j = 0; j < b->count; j++)
            if (!naive_separates(a->corners[i], b->corners[j]) &&
                !naive_separates(b->corners[j], a->corners[i]))
                return true;
    return false;
}

/* A point with rational coordinates x/d, y/d in the polygon that was cut. */
static bool naive_in(int64_t x, int64_t y, int64_t d, const struct triangles *a)
{
    for (int i = 0; i < a->count; i++) {
        point t[3];
        for (int k = 0; k < 3; k++)
            t[k] = (point){a->corners[i][k].x_mm * d, a->corners[i][k].y_mm * d};
        if (in_triangle((point){x, y}, t))
            return true;
    }
    return false;
}

/* Whether edge p-q lies in the outer polygon: looks at the middle between any two of the places
 * where the lines of the outer's edges cut it. */
static bool naive_edge_in(point p, point q, const struct shape *outer, const struct triangles *cut)
{
    int64_t above[10] = {0, 1}, below[10] = {1, 1}; /* fractions of the way */
    int count = 2;
    for (int i = 0; i < outer->count; i++) {
        point a = outer->points[i], b = outer->points[(i + 1) % outer->count];
        int64_t from = area2(a, b, p), to = area2(a, b, q);
        if (from != to && (from >= 0) != (to >= 0)) {
            above[count] = from;
            below[count++] = from - to;
        }
    }
    for (int i = 0; i < count; i++)
        for (int k = 0; k <= i; k++) {
            int64_t n = above[i] * below[k] + above[k] * below[i], d = 2 * below[i] * below[k];
            int64_t x = p.x_mm * d + n * (q.x_mm - p.x_mm);
            int64_t y = p.y_mm * d + n * (q.y_mm - p.y_mm);
            if (!naive_in(d < 0 ? -x : x, d < 0 ? -y : y, d < 0 ? -d : d, cut))
                return false;
        }
    return true;
}

static struct shape random_polygon(struct random *random)
{
    struct shape shape;
    do {
        shape = (struct shape){.count = 3 + (int32_t)random_below(random, VERTICES - 2)};
        for (int i = 0; i < shape.count; i++)
            shape.points[i] =
                (point){(int64_t)random_below(random, SIDE), (int64_t)random_below(random, SIDE)};
    } while (!geometry_polygon_simple((struct geometry_polygon){shape.points, shape.count}));
    return shape;
}

static void check_polygons(struct random *random, int *met, int *held)
{
    struct shape shapes[2] = {random_polygon(random), random_polygon(random)};
    struct triangles cuts[2];
    int64_t dx = (int64_t)random_below(random, 4), dy = (int64_t)random_below(random, 4);
    for (int i = 0; i < shapes[1].count; i++) {
        shapes[1].points[i].x_mm += dx;
        shapes[1].points[i].y_mm += dy;
    }
    naive_cut(&shapes[0], &cuts[0]);
    naive_cut(&shapes[1], &cuts[1]);
    struct plenum_volume a = volume_of(&shapes[0]), b = volume_of(&shapes[1]);
    bool meet = naive_meet(&cuts[0], &cuts[1]);
    assert_int_equal(geometry_outlines_meet(&a, &b), meet);
    assert_int_equal(geometry_outlines_meet(&b, &a), meet);
    bool inside = true;
    for (int i = 0; i < shapes[0].count; i++)
        inside = inside &&
                 naive_edge_in(shapes[0].points[i], shapes[0].points[(i + 1) % shapes[0].count],
                               &shapes[1], &cuts[1]);
    assert_int_equal(geometry_outline_inside(&a, geometry_polygon_of(&b)), inside);
    for (int64_t x = 0; x < SIDE; x++)
        for (int64_t y = 0; y < SIDE; y++)
            assert_int_equal(geometry_point_in((point){x, y}, geometry_polygon_of(&a)),
                             naive_in(x, y, 1, &cuts[0]));
    *met += meet;
    *held += inside;
}

static void test_random(void **state)
{
    (void)state;
    const uint64_t seed = 20260105;
    enum { PAIRS = 20000 };
    struct random random;
    random_init(&random, seed);
    int met = 0, held = 0;
    for (int i = 0; i < PAIRS; i++)
        check_polygons(&random, &met, &held);
    print_message("seed %llu: %d pairs, %d met, %d inside\n", (unsigned long long)seed, PAIRS, met,
                  held);
    assert_true(met > 1000 && met < PAIRS - 1000 && held > 50);
}

/* Distance from a point to a segment, by a search along it in steps of 1/64: exact where the foot
 * of the perpendicular is at such a step, as it is for segments with sides of 8 and 0. */
static void test_distances(void **state)
{
    (void)state;
    for (int64_t x = -4; x <= 12; x++)
        for (int64_t y = -4; y <= 12; y++)
            for (int way = 0; way < 4; way++) {
                static const point ends[4] = {{8, 0}, {0, 8}, {8, 8}, {-8, 8}};
                int64_t best = INT64_MAX;
                for (int64_t k = 0; k <= 64; k++) { /* all in 64ths */
                    int64_t dx = 64 * x - k * ends[way].x_mm, dy = 64 * y - k * ends[way].y_mm;
                    best = dx * dx + dy * dy < best ? dx * dx + dy * dy : best;
                }
                for (int64_t r = 1; r < 12; r++) {
                    point p = {x, y}, zero = {0, 0};
                    assert_int_equal(geometry_segment_within(p, zero, ends[way], r),
                                     best <= 4096 * r * r);
                    assert_int_equal(geometry_segment_nearer(p, ends[way], zero, r),
                                     best < 4096 * r * r);
                }
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_meet),   cmocka_unit_test(test_bands),
        cmocka_unit_test(test_simple), cmocka_unit_test(test_inside),
        cmocka_unit_test(test_random), cmocka_unit_test(test_distances),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
