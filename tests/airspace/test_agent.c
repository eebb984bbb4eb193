/* The airspace agent on small sites, with the simulator: everything asked for arrives, no two
 * flights meet (by a geometry of its own), no battery goes below its reserve, no pad has more
 * drones than stands, and an agent that is made anew at each step does the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <plenum/airspace.h>

#include "site_for_tests.h"
#include "world_for_tests.h"

#define SITE_AIR                                                                                   \
    SITE_SMALL "airspace:\n"                                                                       \
               "  polygon_mm: [[-3000000, -3000000], [3000000, -3000000], [3000000, 3000000],\n"   \
               "               [-3000000, 3000000]]\n"                                             \
               "  lower_mm: 0\n"                                                                   \
               "  upper_mm: 90000\n"                                                               \
               "  closed:\n"                                                                       \
               "  - {name: mast, circle: {centre_mm: [900000, 50000], radius_mm: 100000},\n"       \
               "     lower_mm: 0, upper_mm: 90000}\n"                                              \
               "pads:\n"                                                                           \
               "- {name: one, at_mm: [0, 0], cell: [5, 7], stands: 2, charge_w: 800,\n"            \
               "   feeds: [panel-a]}\n"                                                            \
               "- {name: two, at_mm: [20000, 0], cell: [7, 7], stands: 2, charge_w: 800,\n"        \
               "   feeds: [panel-b]}\n"                                                            \
               "- {name: depot, at_mm: [2000000, 100000], outlying: true, stands: 3,\n"            \
               "   charge_w: 800}\n"                                                               \
               "- {name: lab, at_mm: [-1500000, 1200000], outlying: true, stands: 2,\n"            \
               "   charge_w: 800}\n"                                                               \
               "drones:\n"                                                                         \
               "- {name: 'd-{1..4}', model: bird, pads: [one, two]}\n"

#define SITE_BUSY                                                                                  \
    SITE_AIR "world: {delivery_every: 3m, delivery_mass_g: 1500, wind_mean_mm_s: 3000,\n"          \
             "        wind_gust_mm_s: 8000}\n"

/* --- the model of who is where ---------------------------------------------------------------- */

enum { FLIGHTS = 4096, VOLUMES = 64 };

struct seen_flight {
    struct plenum_volume volumes[VOLUMES];
    struct plenum_point vertices[VOLUMES][4];
    int32_t count;
};

struct seen {
    struct seen_flight flights[FLIGHTS];
    size_t count;
    size_t pairs;
};

static int corners_of(const struct plenum_volume *volume, double x[4], double y[4])
{
    for (int32_t i = 0; i < volume->vertex_count; i++) {
        x[i] = (double)volume->vertices[i].x_mm;
        y[i] = (double)volume->vertices[i].y_mm;
    }
    return volume->vertex_count;
}

/* Whether a line along an edge of rectangle a has all of b more than a millimetre beyond it. */
static bool edge_parts(const struct plenum_volume *a, const struct plenum_volume *b)
{
    double ax[4], ay[4], bx[4], by[4];
    int n = corners_of(a, ax, ay), m = corners_of(b, bx, by);
    for (int i = 0; i < n; i++) {
        double ex = ax[(i + 1) % n] - ax[i], ey = ay[(i + 1) % n] - ay[i];
        double nearest = 1e300, square = ex * ex + ey * ey;
        for (int k = 0; k < m; k++) { /* counter-clockwise: outside is right */
            double out = ey * (bx[k] - ax[i]) - ex * (by[k] - ay[i]);
            nearest = out < nearest ? out : nearest;
        }
        if (m == 0) { /* a circle: a bound that errs to "apart" only past the corners */
            nearest = ey * ((double)b->centre.x_mm - ax[i]) - ex * ((double)b->centre.y_mm - ay[i]);
            double reach = (double)b->radius_mm;
            if (nearest > 0 && nearest * nearest > reach * reach * square)
                return true;
            continue;
        }
        if (nearest > 0)
            return true;
    }
    return false;
}

static bool plainly_apart(const struct plenum_volume *a, const struct plenum_volume *b)
{
    if (a->until_ms < b->from_ms || b->until_ms < a->from_ms || a->upper_mm < b->lower_mm ||
        b->upper_mm < a->lower_mm)
        return true;
    if (a->vertex_count == 0 && b->vertex_count == 0) {
        double dx = (double)(a->centre.x_mm - b->centre.x_mm);
        double dy = (double)(a->centre.y_mm - b->centre.y_mm);
        double reach = (double)(a->radius_mm + b->radius_mm);
        return dx * dx + dy * dy > reach * reach;
    }
    if (a->vertex_count > 0 && edge_parts(a, b))
        return true;
    if (b->vertex_count > 0 && edge_parts(b, a))
        return true;
    if (a->vertex_count > 0 && b->vertex_count > 0)
        return false;
    /* A circle off the corner of a rectangle. */
    const struct plenum_volume *circle = a->vertex_count == 0 ? a : b, *other = a == circle ? b : a;
    double x[4], y[4], nearest = 1e300;
    int n = corners_of(other, x, y), inner = 0;
    for (int i = 0; i < n; i++) {
        double ex = x[(i + 1) % n] - x[i], ey = y[(i + 1) % n] - y[i];
        inner +=
            ex * ((double)circle->centre.y_mm - y[i]) >= ey * ((double)circle->centre.x_mm - x[i]);
        for (int k = 0; k <= 1000; k++) {
            double px = x[i] + (x[(i + 1) % n] - x[i]) * k / 1000 - (double)circle->centre.x_mm;
            double py = y[i] + (y[(i + 1) % n] - y[i]) * k / 1000 - (double)circle->centre.y_mm;
            nearest = px * px + py * py < nearest ? px * px + py * py : nearest;
        }
    }
    return inner < n && nearest > (double)circle->radius_mm * (double)circle->radius_mm;
}

static void see_flight(struct seen *seen, const struct plenum_air_claim *claim)
{
    struct seen_flight *flight = &seen->flights[seen->count];
    assert_true(claim->volume_count <= VOLUMES && seen->count < FLIGHTS);
    flight->count = claim->volume_count;
    for (int32_t i = 0; i < claim->volume_count; i++) {
        flight->volumes[i] = claim->volumes[i];
        if (claim->volumes[i].vertex_count > 0) {
            memcpy(flight->vertices[i], claim->volumes[i].vertices, sizeof flight->vertices[i]);
            flight->volumes[i].vertices = flight->vertices[i];
        }
    }
    /* Volumes last some minutes: flights planned long ago are over. */
    for (size_t k = seen->count > 40 ? seen->count - 40 : 0; k < seen->count; k++)
        for (int32_t i = 0; i < flight->count; i++)
            for (int32_t j = 0; j < seen->flights[k].count; j++, seen->pairs++)
                if (!plainly_apart(&flight->volumes[i], &seen->flights[k].volumes[j]))
                    fail_msg("flights %zu and %zu meet", seen->count, k);
    seen->count++;
}

static void watch(struct world *world, const struct plenum_command *command)
{
    for (size_t i = 0; i < command->op_count; i++)
        if (command->ops[i].type == PLENUM_OP_AIR_CLAIM)
            see_flight(world->context, &command->ops[i].air);
}

static void check_drones(const struct world *world)
{
    int32_t standing[16] = {0};
    for (int32_t i = 0; i < world->site->drone_count; i++) {
        const struct plenum_drone_model *model = &world->site->drone_models[0];
        int64_t charge_j = world_get(world, PLENUM_DRONE, (uint64_t)i, PLENUM_DRONE_CHARGE_J);
        int64_t state = world_get(world, PLENUM_DRONE, (uint64_t)i, PLENUM_FIELD_STATE);
        assert_true(charge_j >= plenum_drone_reserve_j(model) && charge_j <= model->battery_j);
        standing[world_get(world, PLENUM_DRONE, (uint64_t)i, PLENUM_DRONE_PAD)] +=
            state != PLENUM_DRONE_FLYING;
    }
    for (int32_t pad = 0; pad < world->site->pad_count; pad++)
        assert_true(standing[pad] <= world->site->pads[pad].stands);
}

/* --- tests ------------------------------------------------------------------------------------ */

static uint64_t ask(struct world *world, int32_t from, int32_t to, int64_t mass_g, int32_t rack)
{
    uint64_t id = plenum_ledger_next_id(world->ledger, PLENUM_DELIVERY);
    struct plenum_ref ref = plenum_ref(PLENUM_DELIVERY, id);
    struct plenum_command command;
    plenum_command_init(&command, PLENUM_COMMAND_DELIVERY_ASK, "test");
    plenum_command_create(&command, ref);
    plenum_command_set(&command, ref, PLENUM_DELIVERY_FROM_PAD, from);
    plenum_command_set(&command, ref, PLENUM_DELIVERY_TO_PAD, to);
    plenum_command_set(&command, ref, PLENUM_DELIVERY_MASS_G, mass_g);
    plenum_command_set(&command, ref, PLENUM_DELIVERY_RACK, rack);
    plenum_command_set(&command, ref, PLENUM_DELIVERY_CREATED_MS, world_now_ms(world));
    world_submit(world, &command);
    plenum_command_finish(&command);
    return id;
}

/* A part is fetched from a pad with no drone to a pad with no free stand, before a parcel that is
 * older. */
static void test_part_first(void **state)
{
    (void)state;
    struct plenum_site *site = site_for_tests(SITE_AIR);
    struct world world;
    world_init(&world, site, WORLD_SIM | WORLD_AIRSPACE, 1);
    uint64_t parcel = ask(&world, 2, 1, 500, PLENUM_NONE), part = ask(&world, 2, 0, 500, 0);
    int64_t part_ms = 0, parcel_ms = 0;
    for (int step = 0; step < 3600 && (part_ms == 0 || parcel_ms == 0); step++) {
        world_run(&world, 1);
        check_drones(&world);
        if (part_ms == 0 &&
            world_get(&world, PLENUM_DELIVERY, part, PLENUM_FIELD_STATE) == PLENUM_DELIVERY_LANDED)
            part_ms = world_now_ms(&world) - site->start_ms;
        if (parcel_ms == 0 &&
            !plenum_ledger_exists(world.ledger, plenum_ref(PLENUM_DELIVERY, parcel)))
            parcel_ms = world_now_ms(&world) - site->start_ms;
    }
    print_message("part after %lld s, parcel after %lld s\n", (long long)part_ms / 1000,
                  (long long)parcel_ms / 1000);
    assert_true(part_ms > 0 && part_ms < parcel_ms && part_ms < 900000);
    world_finish(&world);
    plenum_site_destroy(site);
}

/* The drones' pads are left as the idle planner wants them: one at each outlying pad. */
static void test_at_hand(void **state)
{
    (void)state;
    struct plenum_site *site = site_for_tests(SITE_AIR);
    struct world world;
    world_init(&world, site, WORLD_SIM | WORLD_AIRSPACE, 1);
    world_run(&world, 3 * 3600);
    int32_t at[4] = {0};
    for (uint64_t i = 0; i < 4; i++) {
        at[world_get(&world, PLENUM_DRONE, i, PLENUM_DRONE_PAD)]++;
        assert_int_equal(world_get(&world, PLENUM_DRONE, i, PLENUM_FIELD_STATE),
                         PLENUM_DRONE_READY);
        assert_true(world_get(&world, PLENUM_DRONE, i, PLENUM_DRONE_CHARGE_J) >= 1900000);
    }
    assert_int_equal(at[2], 1);
    assert_int_equal(at[3], 1);
    assert_int_equal(plenum_ledger_count(world.ledger, PLENUM_FLIGHT), 0);
    assert_int_equal(world.taken[PLENUM_COMMAND_FLIGHT_PLAN], 2);
    world_finish(&world);
    plenum_site_destroy(site);
}

static void run_busy(uint64_t seed, int64_t hours, bool anew, char hash[65])
{
    struct plenum_site *site = site_for_tests(SITE_BUSY);
    struct seen *seen = calloc(1, sizeof *seen);
    struct world world;
    assert_non_null(seen);
    world_init(&world, site, WORLD_SIM | WORLD_AIRSPACE, seed);
    world.watch = watch;
    world.context = seen;
    world.anew = anew;
    for (int64_t step = 0; step < hours * 360; step++) {
        world_run(&world, 10);
        check_drones(&world);
    }
    uint64_t asked = world.taken[PLENUM_COMMAND_DELIVERY_ASK];
    size_t waiting = plenum_ledger_count(world.ledger, PLENUM_DELIVERY);
    print_message("seed %llu: %llu asked, %zu not yet there, %zu flights, %zu pairs of volumes\n",
                  (unsigned long long)seed, (unsigned long long)asked, waiting, seen->count,
                  seen->pairs);
    assert_true(asked > (uint64_t)hours * 5 && waiting < asked / 2);
    assert_true(seen->count >= asked - waiting);
    plenum_ledger_state_hash(world.ledger, hash);
    world_finish(&world);
    free(seen);
    plenum_site_destroy(site);
}

static void test_busy(void **state)
{
    (void)state;
    char hash[65], again[65];
    for (uint64_t seed = 1; seed <= 3; seed++)
        run_busy(seed, 6, false, hash);
    run_busy(3, 6, true, again);
    assert_string_equal(hash, again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_part_first),
        cmocka_unit_test(test_at_hand),
        cmocka_unit_test(test_busy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
