/* Polygons on whole millimetres, beside a naive model on small grids. */
#include "base/random.h"
#include "model/geometry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

enum { MAX = PLENUM_COORDINATE_MAX_MM };

static void test_known_polygons(void **state)
{
    (void)state;
    static const struct {
        int32_t count, crossing;
        struct plenum_point points[6];
    } rows[] = {
        {3, PLENUM_NONE, {{0, 0}, {4, 0}, {0, 4}}},
        {4, PLENUM_NONE, {{0, 0}, {4, 0}, {4, 4}, {0, 4}}},
        {4, PLENUM_NONE, {{0, 4}, {4, 4}, {4, 0}, {0, 0}}},
        {4, 0, {{0, 0}, {4, 4}, {4, 0}, {0, 4}}},
        {3, 0, {{0, 0}, {2, 0}, {1, 0}}},
        {3, 0, {{0, 0}, {2, 0}, {2, 0}}},
        {4, PLENUM_NONE, {{0, 0}, {4, 0}, {1, 1}, {0, 4}}},
        {5, 0, {{0, 0}, {4, 0}, {4, 4}, {2, 0}, {0, 4}}},
        {6, 1, {{0, 0}, {3, 0}, {3, 3}, {5, 1}, {1, 1}, {0, 3}}},
        {4, PLENUM_NONE, {{-MAX, -MAX}, {MAX, -MAX}, {MAX, MAX}, {-MAX, MAX}}},
        {4, 0, {{-MAX, -MAX}, {MAX, MAX}, {MAX, -MAX}, {-MAX, MAX}}},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(polygon_crossing(rows[i].points, rows[i].count), rows[i].crossing);
    }
}

static void test_points_inside(void **state)
{
    (void)state;
    static const struct plenum_point arrow[] = {{0, 0}, {4, 0}, {1, 1}, {0, 4}};
    static const struct {
        struct plenum_point point;
        bool inside;
    } rows[] = {
        {{0, 0}, true},  {{4, 0}, true},  {{1, 1}, true},   {{2, 0}, true},  {{0, 2}, true},
        {{2, 1}, false}, {{3, 1}, false}, {{-1, 0}, false}, {{5, 0}, false}, {{0, 5}, false},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(polygon_holds(arrow, 4, rows[i].point), rows[i].inside);
    }
}

/* The naive model of a triangle: a point is inside where it is on one side of all three edges. */
static bool triangle_holds(const struct plenum_point *t, struct plenum_point p)
{
    bool left = false, right = false;

    for (int i = 0; i < 3; i++) {
        struct plenum_point a = t[i], b = t[(i + 1) % 3];
        int64_t turn =
            (b.x_mm - a.x_mm) * (p.y_mm - a.y_mm) - (b.y_mm - a.y_mm) * (p.x_mm - a.x_mm);
        left |= turn > 0;
        right |= turn < 0;
    }
    return !(left && right);
}

static struct plenum_point random_point(struct random *random)
{
    return (struct plenum_point){random_between(random, -5, 5), random_between(random, -5, 5)};
}

static void test_triangles(void **state)
{
    (void)state;
    enum { SEED = 1, ROUNDS = 20000 };
    struct random random;
    int simple = 0;

    printf("seed %d\n", SEED);
    random_init(&random, SEED);
    for (int i = 0; i < ROUNDS; i++) {
        struct plenum_point t[3], p = random_point(&random);
        for (int k = 0; k < 3; k++) {
            t[k] = random_point(&random);
        }
        if (polygon_crossing(t, 3) == PLENUM_NONE) {
            simple++;
            assert_int_equal(polygon_holds(t, 3, p), triangle_holds(t, p));
        }
    }
    assert_true(simple > ROUNDS / 2);
}

/* Whether a polygon crosses itself does not depend on where it starts or which way it goes. */
static void test_start_and_winding(void **state)
{
    (void)state;
    enum { SEED = 2, ROUNDS = 20000, COUNT = 6 };
    struct random random;
    int simple = 0;

    printf("seed %d\n", SEED);
    random_init(&random, SEED);
    for (int i = 0; i < ROUNDS; i++) {
        struct plenum_point points[COUNT], turned[COUNT], back[COUNT];
        for (int k = 0; k < COUNT; k++) {
            points[k] = random_point(&random);
            back[COUNT - 1 - k] = turned[(k + 2) % COUNT] = points[k];
        }
        bool crosses = polygon_crossing(points, COUNT) != PLENUM_NONE;
        simple += !crosses;
        assert_int_equal(polygon_crossing(turned, COUNT) != PLENUM_NONE, crosses);
        assert_int_equal(polygon_crossing(back, COUNT) != PLENUM_NONE, crosses);
        struct plenum_point p = random_point(&random);
        if (!crosses) {
            assert_int_equal(polygon_holds(turned, COUNT, p), polygon_holds(points, COUNT, p));
            assert_int_equal(polygon_holds(back, COUNT, p), polygon_holds(points, COUNT, p));
        }
    }
    assert_true(simple > 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_polygons),
        cmocka_unit_test(test_points_inside),
        cmocka_unit_test(test_triangles),
        cmocka_unit_test(test_start_and_winding),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
