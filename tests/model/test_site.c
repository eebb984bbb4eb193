/* Loading a good site: every part arrives where site.h says. */
#include "site_for_tests.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define HOUR INT64_C(3600000)

static void test_small_site(void **state)
{
    (void)state;
    struct plenum_site *site = site_for_tests(SITE_SMALL);

    assert_string_equal(site->name, "test");
    assert_int_equal(site->start_ms, INT64_C(1767571200000));
    assert_int_equal(site->step_ms, 1000);
    assert_int_equal(site->cell_count, 96);
    assert_int_equal(site->feed_count, 2);
    assert_int_equal(site->position_count, 4);
    assert_int_equal(site->load_count, 6);
    assert_int_equal(site->rack_count, 4);
    assert_int_equal(site->server_count, 16);
    assert_int_equal(site->file_count, 1);
    assert_string_equal(site->files[0].name, "site.yaml");
    plenum_site_destroy(site);
}

static void test_catalogue_sums(void **state)
{
    (void)state;
    struct plenum_site *site = site_for_tests(SITE_SMALL);
    const struct plenum_server_model *server = &site->server_models[0];
    const struct plenum_rack_model *rack = &site->rack_models[0];

    assert_int_equal(server->cores, 64);
    assert_int_equal(server->accelerators, 4);
    assert_string_equal(site->chips[server->accelerator_chip].name, "acc");
    assert_int_equal(server->memory_bytes, INT64_C(256) << 30);
    assert_int_equal(rack->idle_w, 1700);
    assert_int_equal(rack->peak_w, 8500);
    assert_int_equal(rack->server_count, 4);
    assert_int_equal(rack->feeds, 2);
    plenum_site_destroy(site);
}

static void test_ranges_are_written_out(void **state)
{
    (void)state;
    struct plenum_site *site = site_for_tests(SITE_SMALL);

    for (int32_t i = 0; i < 4; i++) {
        const struct plenum_position *position = &site->positions[i];
        const struct plenum_rack *rack = &site->racks[i];

        assert_int_equal(position->name[2], '1' + i);
        assert_int_equal(position->cell, 2 * 12 + 3 + 2 * i);
        assert_int_equal(position->front_cell, position->cell + 12);
        assert_string_equal(site->loads[position->load].name, position->name);
        assert_int_equal(rack->position, i);
        assert_int_equal(rack->arrive_ms, site->start_ms + (1 + i) * HOUR);
        assert_int_equal(rack->shipped_ms, rack->arrive_ms - 4 * HOUR);
        assert_int_equal(rack->built_ms, rack->arrive_ms - 24 * HOUR);
        assert_int_equal(rack->first_server, 4 * i);
        assert_int_equal(site->servers[4 * i + 3].rack, i);
        assert_int_equal(site->servers[4 * i + 3].slot, 3);
    }
    plenum_site_destroy(site);
}

static void test_power_tree_is_sorted(void **state)
{
    (void)state;
    struct plenum_site *site = site_for_tests(SITE_HEAD "halls: [{name: h, size: [2, 2]}]\n"
                                                        "power:\n"
                                                        "- {name: c, under: b, limit_w: 1}\n"
                                                        "- {name: z, limit_w: 9}\n"
                                                        "- {name: b, under: a, limit_w: 2}\n"
                                                        "- {name: a, limit_w: 3}\n");
    static const char *const names[] = {"a", "b", "c", "z"};
    static const int32_t parents[] = {PLENUM_NONE, 0, 1, PLENUM_NONE};
    static const int32_t feeds[] = {0, 0, 0, 1};

    for (int32_t i = 0; i < 4; i++) {
        assert_string_equal(site->power_nodes[i].name, names[i]);
        assert_int_equal(site->power_nodes[i].parent, parents[i]);
        assert_int_equal(site->power_nodes[i].feed, feeds[i]);
        assert_int_equal(site->power_nodes[i].failover_limit_w, site->power_nodes[i].limit_w);
    }
    assert_int_equal(site->feeds[1], 3);
    plenum_site_destroy(site);
}

static void test_robots_in_an_area(void **state)
{
    (void)state;
    struct plenum_site *site = site_for_tests(
        SITE_SMALL "robots:\n"
                   "- {name: 'x-{1..2}', model: carrier, cells: [[1, 0], [4, 2]]}\n"
                   "- {name: 't-{1..5}', model: tote, area: {from: [0, 2], to: [11, 2]}}\n");
    static const int32_t cells[] = {1, 28, 24, 25, 26, 30, 32};

    assert_int_equal(site->robot_count, 7);
    for (int32_t i = 0; i < 7; i++) {
        assert_int_equal(site->robots[i].cell, cells[i]);
    }
    assert_string_equal(site->robots[6].name, "t-5");
    plenum_site_destroy(site);
}

static void test_json_is_read(void **state)
{
    (void)state;
    struct plenum_site *site = site_for_tests(
        "{\"plenum\": 1, \"name\": \"j\", \"start\": \"2026-01-05T00:00:00Z\",\n"
        " \"halls\": [{\"name\": \"h\", \"rows\": \"..@\\n.#.\\n\", \"cell_mm\": 500}]}\n");
    static const uint8_t walls[] = {0, 0, 1, 0, 1, 0};

    assert_int_equal(site->halls[0].width, 3);
    assert_int_equal(site->halls[0].height, 2);
    assert_int_equal(site->halls[0].cell_mm, 500);
    assert_memory_equal(site->walls, walls, sizeof walls);
    plenum_site_destroy(site);
}

static void test_a_tree_of_tenants(void **state)
{
    (void)state;
    struct plenum_site *site = site_for_tests(
        SITE_HEAD "halls: [{name: h, size: [3, 3]}]\n" SITE_CATALOGUE "half_life: 12h\n"
                  "tenants:\n"
                  "- {name: team, under: lab, shares: {acc: 500}, lend_milli: 250, lend_for: 4h,\n"
                  "   borrow_milli: 100, weight: 7}\n"
                  "- {name: lab, share_milli: 300, shares: {acc: 600},\n"
                  "   budget: {every: 30d, money: 5, accelerator_hours: 2}}\n"
                  "- {name: other, under: lab, share_milli: 100}\n");
    const struct plenum_tenant *team = &site->tenants[0], *lab = &site->tenants[1];

    assert_int_equal(site->half_life_ms, 12 * 3600000);
    assert_int_equal(team->parent, 1);
    assert_int_equal(team->child_count, 0);
    assert_int_equal(plenum_tenant_share_milli(team, 1), 500);
    assert_int_equal(plenum_tenant_share_milli(team, PLENUM_NONE), 0);
    assert_int_equal(team->lend_ms, 4 * 3600000);
    assert_int_equal(team->weight, 7);
    assert_int_equal(team->budget.period_ms, 0);
    assert_int_equal(lab->parent, PLENUM_NONE);
    assert_int_equal(lab->child_count, 2);
    assert_int_equal(plenum_tenant_share_milli(lab, PLENUM_NONE), 300);
    assert_int_equal(lab->weight, 600);
    assert_true(lab->lend_ms == PLENUM_FOREVER);
    assert_int_equal(lab->budget.micro, 5000000);
    assert_int_equal(lab->budget.milli_ms, INT64_C(7200000000));
    plenum_site_destroy(site);
}

static void test_files_from_memory(void **state)
{
    (void)state;
    static const char text[] = SITE_HEAD "halls: [{name: h, map: maps/a.map}]\n"
                                         "tenants: [{name: t}]\n"
                                         "demand: {trace: jobs.csv}\n";
    static const char map[] = "type octile\nheight 2\nwidth 3\nmap\n.@.\nT..\n";
    static const char jobs[] = "submit_s,duration_s,tenant,cores\n0,60,t,4\n10,60,t,8\n";
    struct plenum_site_file files[] = {
        {"s.yaml", text, sizeof text - 1},
        {"jobs.csv", jobs, sizeof jobs - 1},
        {"maps/a.map", map, sizeof map - 1},
    };
    struct plenum_site *site;

    assert_int_equal(plenum_site_load_files(files, 3, &site, NULL, NULL), PLENUM_OK);
    assert_int_equal(site->cell_count, 6);
    assert_int_equal(site->walls[1], 1);
    assert_int_equal(site->walls[3], 1);
    assert_int_equal(site->trace_job_count, 2);
    assert_int_equal(site->trace_jobs[1].cores, 8);
    assert_int_equal(site->trace_jobs[1].submit_ms, site->start_ms + 10000);
    assert_int_equal(site->file_count, 3);
    assert_string_equal(site->files[1].name, "maps/a.map");
    plenum_site_destroy(site);
}

static void test_halls_share_one_numbering(void **state)
{
    (void)state;
    struct plenum_site *site =
        site_for_tests(SITE_HEAD "halls: [{name: a, size: [3, 2]}, {name: b, size: [4, 4]}]\n"
                                 "docks: [{name: d, hall: b, cell: [1, 2]}]\n");

    assert_int_equal(site->halls[1].first_cell, 6);
    assert_int_equal(site->docks[0].cell, 6 + 2 * 4 + 1);
    assert_int_equal(plenum_site_hall_of(site, 5), 0);
    assert_int_equal(plenum_site_hall_of(site, 6), 1);
    assert_int_equal(plenum_site_hall_of(site, 21), 1);
    plenum_site_destroy(site);
}

static void test_no_such_file(void **state)
{
    (void)state;
    struct plenum_error error;
    struct plenum_site *site;

    assert_int_equal(plenum_site_load("no/such/site.yaml", &site, NULL, &error), PLENUM_IO);
    assert_string_equal(error.text, "no/such/site.yaml: no such file");
    assert_null(site);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_small_site),
        cmocka_unit_test(test_catalogue_sums),
        cmocka_unit_test(test_ranges_are_written_out),
        cmocka_unit_test(test_power_tree_is_sorted),
        cmocka_unit_test(test_robots_in_an_area),
        cmocka_unit_test(test_json_is_read),
        cmocka_unit_test(test_a_tree_of_tenants),
        cmocka_unit_test(test_files_from_memory),
        cmocka_unit_test(test_halls_share_one_numbering),
        cmocka_unit_test(test_no_such_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
