/* How fast a site file is read and checked: the first hall, and a site of 10,000 racks and a
 * million robots written with ranges. */
#include "base/bytes.h"
#include "base/check.h"
#include "base/wall.h"

#include <plenum/site.h>
#include <stdio.h>
#include <string.h>

enum { ROWS = 100, ROUNDS = 5, TEXT_MAX = 1 << 20 };

static void put(struct bytes *text, const char *part)
{
    bytes_put(text, part, strlen(part));
}

static const char head[] =
    "plenum: 1\nname: large\nstart: 2026-01-05T00:00Z\n"
    "catalogue:\n"
    "  chips: [{name: c, source: none, kind: cpu, cores: 64, idle_w: 20, peak_w: 200}]\n"
    "  servers:\n"
    "  - {name: s, source: none, chips: {c: 2}, idle_w: 200, peak_w: 800, height_mm: 48,\n"
    "     width_mm: 537, depth_mm: 800, mass_g: 20000}\n"
    "  racks:\n"
    "  - {name: r, source: none, unit: ou, height_units: 44, payload_g: 1400000, mass_g: 150000,\n"
    "     shelf_w: 33000, servers: {s: 36}}\n"
    "  robots:\n"
    "  - {name: t, source: none, carries: tote, payload_g: 1, speed_mm_s: 1000, battery_j: 1000,\n"
    "     move_j: 1, idle_w: 1, charge_w: 1}\n"
    "halls: [{name: hall, size: [1500, 1500]}]\n"
    "power: [{name: a, limit_w: 600000000}, {name: b, limit_w: 600000000}]\n"
    "docks: [{name: dock, cell: [0, 0]}]\n";

static void write_large(struct bytes *text)
{
    char line[160];

    put(text, head);
    put(text, "positions:\n");
    for (int i = 0; i < ROWS; i++) {
        snprintf(line, sizeof line,
                 "- {name: 'p-%d-{1..100}', cell: [100, %d], step: [3, 0], front: south, "
                 "feeds: [a, b]}\n",
                 i, 20 + i * 12);
        put(text, line);
    }
    put(text, "racks:\n");
    for (int i = 0; i < ROWS; i++) {
        snprintf(line, sizeof line,
                 "- {name: 'r-%d-{1..100}', model: r, position: 'p-%d-{1..100}', arrive: start, "
                 "every: 1m}\n",
                 i, i);
        put(text, line);
    }
    put(text, "robots: [{name: 'x-{1..1000000}', model: t, "
              "area: {from: [401, 1], to: [1499, 1499]}}]\n");
    CHECK(!text->overflow);
}

/* The least time of a few rounds. */
static void bench_files(const char *what, const struct plenum_site_file *file)
{
    int64_t best_ns = INT64_MAX;
    struct plenum_site *site = NULL;

    for (int i = 0; i < ROUNDS; i++) {
        int64_t start_ns = wall_now_ns(&wall_clock_system);
        plenum_site_destroy(site);
        CHECK(plenum_site_load_files(file, 1, &site, NULL, NULL) == PLENUM_OK);
        int64_t took_ns = wall_now_ns(&wall_clock_system) - start_ns;
        best_ns = took_ns < best_ns ? took_ns : best_ns;
    }
    printf("%-12s %8zu bytes %7d cells %6d racks %7d servers %8d robots %9.2f ms\n", what,
           file->length, (int)site->cell_count, (int)site->rack_count, (int)site->server_count,
           (int)site->robot_count, (double)best_ns / 1e6);
    plenum_site_destroy(site);
}

int main(int argc, char **argv)
{
    struct bytes text;
    struct plenum_site *site;

    CHECK(argc == 2);
    bytes_init(&text, TEXT_MAX);
    write_large(&text);
    if (plenum_site_load(argv[1], &site, NULL, NULL) != PLENUM_OK) {
        fprintf(stderr, "cannot load %s\n", argv[1]);
        return 1;
    }
    bench_files("first-hall", &site->files[0]);
    struct plenum_site_file large = {"large.yaml", (const char *)text.data, text.length};
    bench_files("large", &large);
    plenum_site_destroy(site);
    bytes_finish(&text);
    return 0;
}
