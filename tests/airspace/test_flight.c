/* Plans of flights: figures by hand, ways round closed volumes, slots, what every plan holds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <plenum/airspace.h>

#include "base/random.h"
#include "ledger/geometry.h"

/* 5 kg and 1 kg of payload; 20 m/s, 4 m/s up and down; 800 W in hover and 700 W in cruise, full. */
static const struct plenum_drone_model models[] = {{.name = "bird",
                                                    .mass_g = 5000,
                                                    .payload_g = 1000,
                                                    .speed_mm_s = 20000,
                                                    .climb_mm_s = 4000,
                                                    .wind_max_mm_s = 12000,
                                                    .battery_j = 2000000,
                                                    .hover_w = 800,
                                                    .cruise_w = 700,
                                                    .charge_w = 400,
                                                    .reserve_milli = 200}};
static const struct plenum_point bounds[] = {
    {-5000000, -5000000}, {5000000, -5000000}, {5000000, 5000000}, {-5000000, 5000000}};
static const struct plenum_pad pads[] = {
    {.name = "home", .at = {0, 0}, .stands = 1, .charge_w = 400},
    {.name = "east", .at = {3000000, 0}, .stands = 1, .charge_w = 400},
    {.name = "west", .at = {-3000000, 4000000}, .stands = 1, .charge_w = 400},
};

static struct plenum_site site_with(const struct plenum_closed_volume *closed, int32_t count)
{
    return (struct plenum_site){.drone_models = models,
                                .drone_model_count = 1,
                                .pads = pads,
                                .pad_count = 3,
                                .step_ms = 1000,
                                .airspace = {.vertex_count = 4,
                                             .vertices = bounds,
                                             .lower_mm = 0,
                                             .upper_mm = 120000,
                                             .closed = closed,
                                             .closed_count = count}};
}

static struct plenum_flight_request request_for(const struct plenum_site *site, int32_t to_pad)
{
    return (struct plenum_flight_request){.site = site, .from_pad = 0, .to_pad = to_pad};
}

/* --- figures ---------------------------------------------------------------------------------- */

/* Within one part in two hundred: the constants are rounded up to thousandths. */
static void assert_near(int64_t value, int64_t expected)
{
    if (llabs(value - expected) * 200 > expected)
        fail_msg("%lld, expected about %lld", (long long)value, (long long)expected);
}

static void test_power(void **state)
{
    (void)state;
    assert_near(plenum_drone_hover_w(models, 1000), 800);
    assert_near(plenum_drone_hover_w(models, 0), 609); /* 800 (5/6)^1.5 */
    assert_near(plenum_drone_cruise_w(models, 1000, 20000), 700);
    assert_near(plenum_drone_cruise_w(models, 0, 20000), 600); /* 100 + 600 * 5/6 */
    assert_near(plenum_drone_cruise_w(models, 1000, 10000), 400);
    assert_int_equal(plenum_drone_reserve_j(models), 400000);
    struct plenum_drone_model thin = models[0];
    thin.reserve_milli = 0;
    assert_near(plenum_drone_reserve_j(&thin), 120 * 609);
}

struct wind_case {
    int32_t mean, gust;
    bool flies;
};

static void test_wind(void **state)
{
    (void)state;
    static const struct wind_case cases[] = {{0, 0, true},
                                             {5000, 12000, true},
                                             {5000, 12001, false},
                                             {12000, 0, true},
                                             {13000, 0, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(
            plenum_drone_can_fly(models, (struct plenum_wind){cases[i].mean, cases[i].gust}),
            cases[i].flies);
}

/* 3 km at 20 m/s, the lowest layer 47 m up: 12 s up, 150 s, 12 s and 10 s down. */
static void test_plan_figures(void **state)
{
    (void)state;
    struct plenum_site site = site_with(NULL, 0);
    struct plenum_flight_request request = request_for(&site, 1);
    static struct plenum_flight_plan plan;
    struct plenum_flight_way way;
    request.payload_g = 1000;
    assert_true(plenum_flight_find_way(&request, 120000, 0, 1000000, &way));
    assert_int_equal(way.point_count, 2);
    assert_int_equal(way.length_mm, 3000000);
    assert_true(plenum_flight_lay(&request, &way, 0, 5000, &plan));
    assert_int_equal(plan.end_ms - plan.start_ms, 11750 + 150000 + 11750 + 10000);
    /* 33.5 s of hover, 150 s of cruise, 6 kg lifted by 47 m at an efficiency of a half */
    assert_near(plan.energy_j, 33500 * 800 / 1000 + 150 * 700 + 5530);
    assert_int_equal(plenum_flight_energy_j(&request), plan.energy_j);
    request.wind.mean_mm_s = 5000; /* 15 m/s over the ground, at the power of 20 */
    assert_true(plenum_flight_lay(&request, &way, 0, 5000, &plan));
    assert_near(plan.energy_j, 33500 * 800 / 1000 + 200 * 700 + 5530);
    request.wind.mean_mm_s = 13000;
    assert_true(plenum_flight_energy_j(&request) == PLENUM_FOREVER);
    assert_int_equal(plenum_flight_layers(&site), 5);
}

/* --- ways ------------------------------------------------------------------------------------- */

static const struct plenum_point block[] = {
    {1000000, -200000}, {1400000, -200000}, {1400000, 600000}, {1000000, 600000}};

#define BLOCK(low, high, from, until)                                                              \
    {                                                                                              \
        "block",                                                                                   \
        {                                                                                          \
            .shape = PLENUM_SHAPE_POLYGON, .vertex_count = 4, .vertices = block, .lower_mm = low,  \
            .upper_mm = high, .from_ms = from, .until_ms = until                                   \
        }                                                                                          \
    }
#define DISC(x, y, r)                                                                              \
    {                                                                                              \
        "disc",                                                                                    \
        {                                                                                          \
            .shape = PLENUM_SHAPE_CIRCLE, .centre = {x, y}, .radius_mm = r, .upper_mm = 120000,    \
            .until_ms = PLENUM_FOREVER                                                             \
        }                                                                                          \
    }

struct way_case {
    const char *what;
    struct plenum_closed_volume closed[3];
    int32_t count;
    bool found;
    int64_t least_mm, most_mm;
};

static const struct way_case way_cases[] = {
    {"straight", {BLOCK(0, 120000, 0, 10)}, 0, true, 3000000, 3000000},
    {"round the near side", {BLOCK(0, 120000, 0, 1000000)}, 1, true, 3030000, 3060000},
    {"over it", {BLOCK(0, 30000, 2000000, 9000000)}, 1, true, 3000000, 3000000},
    {"after it", {BLOCK(0, 120000, 2000000, 9000000)}, 1, true, 3000000, 3000000},
    {"round a disc", {DISC(1500000, 0, 300000)}, 1, true, 3060000, 3200000},
    {"past a disc", {DISC(1500000, 320000, 300000)}, 1, true, 3000000, 3000000},
    {"round two",
     {BLOCK(0, 120000, 0, 1000000), DISC(2000000, 0, 300000)},
     2,
     true,
     3060000,
     3300000},
    {"shut in", {DISC(100000, 0, 200000)}, 1, false, 0, 0},
    {"a wall to the edges",
     {DISC(1500000, 0, 300000), DISC(1500000, 2700000, 2500000), DISC(1500000, -2700000, 2500000)},
     3,
     false,
     0,
     0},
};

static bool anything(void *context, const struct plenum_volume *volumes, int32_t count)
{
    const struct plenum_site *site = context;
    struct geometry_polygon outer = {bounds, 4};
    for (int32_t i = 0; i < count; i++) {
        assert_true(geometry_volume_valid(&volumes[i]));
        assert_true(geometry_outline_inside(&volumes[i], outer));
        for (int32_t k = 0; k < site->airspace.closed_count; k++)
            assert_false(geometry_volumes_meet(&volumes[i], &site->airspace.closed[k].volume));
    }
    return true;
}

static void test_ways(void **state)
{
    (void)state;
    static struct plenum_flight_plan plan;
    for (size_t i = 0; i < sizeof way_cases / sizeof *way_cases; i++) {
        const struct way_case *c = &way_cases[i];
        struct plenum_site site = site_with(c->closed, c->count);
        struct plenum_flight_request request = request_for(&site, 1);
        struct plenum_flight_way way;
        bool found = plenum_flight_find_way(&request, 54000, 0, 400000, &way);
        if (found != c->found)
            fail_msg("%s: found %d", c->what, found);
        if (found && (way.length_mm < c->least_mm || way.length_mm > c->most_mm))
            fail_msg("%s: %lld mm", c->what, (long long)way.length_mm);
        enum plenum_status status =
            plenum_flight_plan_slot(&request, 0, 0, 1000, 9000000, anything, &site, &plan, NULL);
        assert_int_equal(status == PLENUM_OK, found);
    }
}

/* --- slots ------------------------------------------------------------------------------------ */

struct calls {
    int count, fit_at;
    int64_t first_ms[64];
    int64_t lower_mm[64];
};

static bool nth_fits(void *context, const struct plenum_volume *volumes, int32_t count)
{
    struct calls *calls = context;
    assert_true(count >= 3 && calls->count < 64);
    calls->first_ms[calls->count] = volumes[0].from_ms;
    calls->lower_mm[calls->count] = volumes[1].lower_mm;
    return calls->count++ == calls->fit_at;
}

static void test_slots(void **state)
{
    (void)state;
    struct plenum_site site = site_with(NULL, 0);
    struct plenum_flight_request east = request_for(&site, 1), west = request_for(&site, 2);
    static struct plenum_flight_plan plan;
    static const int64_t layers[2][5] = {{40000, 70000, 100000, 55000, 85000},
                                         {55000, 85000, 40000, 70000, 100000}};
    for (int way = 0; way < 2; way++) {
        struct calls calls = {.fit_at = 11};
        assert_int_equal(plenum_flight_plan_slot(way ? &west : &east, 1000, 90000, 2000, 9000000,
                                                 nth_fits, &calls, &plan, NULL),
                         PLENUM_OK);
        for (int i = 0; i < calls.count; i++) {
            assert_int_equal(calls.first_ms[i], 1000 + i / 5 * 2000);
            assert_int_equal(calls.lower_mm[i], layers[way][i % 5]);
        }
        assert_int_equal(plan.start_ms, 5000);
    }
    struct calls none = {.fit_at = -1};
    struct plenum_error error;
    assert_int_equal(
        plenum_flight_plan_slot(&east, 0, 4000, 2000, 9000000, nth_fits, &none, &plan, &error),
        PLENUM_REFUSED);
    assert_int_equal(none.count, 15);
    assert_int_equal(
        plenum_flight_plan_slot(&east, 0, 4000, 2000, 1000, nth_fits, &none, &plan, &error),
        PLENUM_LIMIT);
    east.payload_g = 1001;
    assert_int_equal(
        plenum_flight_plan_slot(&east, 0, 4000, 2000, 9000000, nth_fits, &none, &plan, &error),
        PLENUM_LIMIT);
    assert_string_equal(error.text, "payload: 1001 g, at most 1000 g");
}

/* --- what every plan holds -------------------------------------------------------------------- */

/* Where the drone is at an instant of its plan: along the way by the ground speed. */
static bool position_at(const struct plenum_flight_plan *plan, int64_t speed_mm_s, int64_t at_ms,
                        struct plenum_point *at, int64_t *altitude_mm)
{
    int64_t climb_ms = (plan->cruise_lower_mm + 7000) * 1000 / models[0].climb_mm_s;
    int64_t middle = plan->cruise_lower_mm + 7000, flown = (at_ms - plan->start_ms - climb_ms);
    *altitude_mm = flown < 0 ? (at_ms - plan->start_ms) * models[0].climb_mm_s / 1000 : middle;
    flown = flown < 0 ? 0 : flown * speed_mm_s / 1000;
    for (int32_t i = 0; i + 1 < plan->way.point_count; i++) {
        struct plenum_point a = plan->way.points[i], b = plan->way.points[i + 1];
        double dx = (double)(b.x_mm - a.x_mm), dy = (double)(b.y_mm - a.y_mm);
        double length = 0;
        for (double low = 0, high = 2e7; high - low > 0.5;) { /* a root, by halves */
            length = (low + high) / 2;
            *(length * length < dx * dx + dy * dy ? &low : &high) = length;
        }
        if ((double)flown <= length) {
            at->x_mm = a.x_mm + (int64_t)(dx * (double)flown / length);
            at->y_mm = a.y_mm + (int64_t)(dy * (double)flown / length);
            return true;
        }
        flown -= (int64_t)length;
    }
    return false;
}

static bool held(const struct plenum_flight_plan *plan, struct plenum_point at, int64_t altitude_mm,
                 int64_t at_ms)
{
    struct plenum_volume here = {.shape = PLENUM_SHAPE_CIRCLE,
                                 .centre = at,
                                 .radius_mm = 1000, /* the drone */
                                 .lower_mm = altitude_mm,
                                 .upper_mm = altitude_mm,
                                 .from_ms = at_ms,
                                 .until_ms = at_ms};
    for (int32_t i = 0; i < plan->volume_count; i++)
        if (geometry_volumes_meet(&here, &plan->volumes[i]))
            return true;
    return false;
}

/* A drone that flies as planned, or up to 3 s early or late, is in a volume of its plan. */
static void test_drone_stays_inside(void **state)
{
    (void)state;
    const uint64_t seed = 7;
    struct random random;
    random_init(&random, seed);
    static struct plenum_flight_plan plan;
    for (int round = 0; round < 60; round++) {
        struct plenum_closed_volume closed[2] = {
            DISC(random_between(&random, 500000, 2500000), random_between(&random, -900000, 900000),
                 random_between(&random, 1000, 400000)),
            DISC(random_between(&random, -2500000, -500000),
                 random_between(&random, 500000, 3000000), random_between(&random, 1000, 400000))};
        struct plenum_site site = site_with(closed, 2);
        struct plenum_flight_request request = request_for(&site, 1 + round % 2);
        request.wind.mean_mm_s = (int32_t)random_below(&random, 8000);
        if (plenum_flight_plan_slot(&request, 60000, 60000, 1000, 99000000, anything, &site, &plan,
                                    NULL) != PLENUM_OK)
            continue;
        for (int64_t at = plan.start_ms + 3000; at < plan.end_ms; at += 500) {
            struct plenum_point place;
            int64_t altitude;
            if (!position_at(&plan, 20000 - request.wind.mean_mm_s, at, &place, &altitude))
                break;
            for (int64_t late = -3000; late <= 3000; late += 1500)
                if (!held(&plan, place, altitude, at + late))
                    fail_msg("seed %llu, round %d: outside at %lld", (unsigned long long)seed,
                             round, (long long)at);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_power),        cmocka_unit_test(test_wind),
        cmocka_unit_test(test_plan_figures), cmocka_unit_test(test_ways),
        cmocka_unit_test(test_slots),        cmocka_unit_test(test_drone_stays_inside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
