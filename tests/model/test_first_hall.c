/* The example of the first hall is what its file says: it loads, all its racks at peak fit either
 * feed alone, and not one rack more. */
#include <plenum/site.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct plenum_site *site;

static int load(void **state)
{
    (void)state;
    return plenum_site_load(FIRST_HALL, &site, NULL, NULL) == PLENUM_OK ? 0 : -1;
}

static int unload(void **state)
{
    (void)state;
    plenum_site_destroy(site);
    return 0;
}

static void test_counts(void **state)
{
    (void)state;
    assert_int_equal(site->halls[0].width, 100);
    assert_int_equal(site->halls[0].height, 60);
    assert_int_equal(site->position_count, 48);
    assert_int_equal(site->rack_count, 48);
    assert_int_equal(site->robot_count, 206);
    assert_int_equal(site->drone_count, 8);
    assert_int_equal(site->tenant_count, 7);
    assert_int_equal(site->feed_count, 2);
    assert_int_equal(site->area_count, 16);
    assert_in_range(site->charger_count, 20, 30);
}

/* Adds what a load draws with one feed lost (PLENUM_NONE: none) to its nodes and those above. */
static void add_draw(int64_t *draw_w, int32_t load_index, int64_t peak_w, int32_t lost)
{
    const struct plenum_load *place = &site->loads[load_index];
    int64_t part_w[2] = {peak_w, 0};

    if (place->nodes[1] != PLENUM_NONE) {
        part_w[0] = peak_w - peak_w / 2;
        part_w[1] = peak_w / 2;
        for (int i = 0; i < 2; i++) {
            if (site->power_nodes[place->nodes[i]].feed == lost) {
                part_w[1 - i] = peak_w;
                part_w[i] = 0;
            }
        }
    } else if (site->power_nodes[place->nodes[0]].feed == lost) {
        return;
    }
    for (int i = 0; i < 2; i++) {
        for (int32_t n = place->nodes[i]; n != PLENUM_NONE; n = site->power_nodes[n].parent) {
            draw_w[n] += part_w[i];
        }
    }
}

static void draw_all(int64_t *draw_w, int32_t lost)
{
    for (int32_t i = 0; i < site->rack_count; i++) {
        add_draw(draw_w, site->positions[site->racks[i].position].load,
                 site->rack_models[site->racks[i].model].peak_w, lost);
    }
    for (int32_t i = 0; i < site->charger_count; i++) {
        add_draw(draw_w, site->chargers[i].load, site->chargers[i].power_w, lost);
    }
    for (int32_t i = 0; i < site->pad_count; i++) {
        if (site->pads[i].load != PLENUM_NONE) {
            add_draw(draw_w, site->pads[i].load, site->pads[i].charge_w, lost);
        }
    }
}

static int64_t least_rack_w(void)
{
    int64_t least_w = INT64_MAX;

    for (int32_t i = 0; i < site->rack_model_count; i++) {
        int64_t peak_w = site->rack_models[i].peak_w;
        least_w = peak_w < least_w ? peak_w : least_w;
    }
    return least_w;
}

static void test_all_racks_fit(void **state)
{
    (void)state;
    for (int32_t lost = PLENUM_NONE; lost < site->feed_count; lost++) {
        int64_t *draw_w = calloc((size_t)site->power_node_count, sizeof *draw_w);

        draw_all(draw_w, lost);
        for (int32_t i = 0; i < site->power_node_count; i++) {
            const struct plenum_power_node *node = &site->power_nodes[i];
            assert_true(draw_w[i] <=
                        (lost == PLENUM_NONE ? node->limit_w : node->failover_limit_w));
        }
        if (lost != PLENUM_NONE) {
            const struct plenum_power_node *other = &site->power_nodes[site->feeds[1 - lost]];
            assert_true(draw_w[site->feeds[1 - lost]] + least_rack_w() > other->failover_limit_w);
        }
        free(draw_w);
    }
}

static void test_heat_fits(void **state)
{
    (void)state;
    int64_t *heat_w = calloc((size_t)site->cooling_zone_count, sizeof *heat_w);

    for (int32_t i = 0; i < site->rack_count; i++) {
        const struct plenum_position *position = &site->positions[site->racks[i].position];
        heat_w[site->loads[position->load].zone] += site->rack_models[site->racks[i].model].peak_w;
    }
    for (int32_t i = 0; i < site->cooling_zone_count; i++) {
        assert_true(heat_w[i] <= site->cooling_zones[i].limit_w);
    }
    free(heat_w);
}

/* A rack that fails its burn-in once can still be in service within 24 hours. */
static void test_racks_come_in_time(void **state)
{
    (void)state;
    const struct plenum_world *world = &site->world;
    int64_t worst_ms = 2 * (world->cabling_ms + world->burn_in_ms) + world->repair_ms;

    for (int32_t i = 0; i < site->rack_count; i++) {
        const struct plenum_rack *rack = &site->racks[i];
        assert_true(rack->arrive_ms >= site->start_ms);
        assert_true(rack->arrive_ms + worst_ms <= site->start_ms + INT64_C(86400000));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_all_racks_fit),
        cmocka_unit_test(test_heat_fits),
        cmocka_unit_test(test_racks_come_in_time),
    };

    return cmocka_run_group_tests(tests, load, unload);
}
