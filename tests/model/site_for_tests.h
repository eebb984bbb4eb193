/* A site from a text in the test: loads it, or fails the test with every problem printed.
 *
 *     struct plenum_site *site = site_for_tests(SITE_SMALL "robots: [...]\n");
 *     ...
 *     plenum_site_destroy(site);
 *
 * A test program that uses it lists site_for_tests_dep among its dependencies. */
#ifndef TESTS_SITE_FOR_TESTS_H
#define TESTS_SITE_FOR_TESTS_H

#include <plenum/site.h>

/* The first three lines of every site. */
#define SITE_HEAD "plenum: 1\nname: test\nstart: 2026-01-05T00:00Z\n"

/* A catalogue with one of each: chips cpu (64 cores) and acc; server srv (1 cpu, 4 acc, 256 GiB,
 * 300 to 2000 W); rack rk (4 srv, 500 W overhead: 1700 to 8500 W, two feeds); robots tote and
 * carrier; drone bird. */
#define SITE_CATALOGUE                                                                             \
    "catalogue:\n"                                                                                 \
    "  chips:\n"                                                                                   \
    "  - {name: cpu, source: test, kind: cpu, cores: 64, idle_w: 20, peak_w: 200}\n"               \
    "  - {name: acc, source: test, kind: accelerator, memory_gib: 80, idle_w: 30, peak_w: 400}\n"  \
    "  servers:\n"                                                                                 \
    "  - {name: srv, source: test, chips: {cpu: 1, acc: 4}, memory_gib: 256, idle_w: 300,\n"       \
    "     peak_w: 2000, height_mm: 96, width_mm: 537, depth_mm: 800, mass_g: 30000}\n"             \
    "  racks:\n"                                                                                   \
    "  - {name: rk, source: test, unit: ou, height_units: 44, payload_g: 1400000,\n"               \
    "     mass_g: 150000, shelf_w: 18000, servers: {srv: 4}, overhead_w: 500}\n"                   \
    "  robots:\n"                                                                                  \
    "  - {name: tote, source: test, carries: tote, payload_g: 30000, speed_mm_s: 1500,\n"          \
    "     battery_j: 1000000, move_j: 100, idle_w: 30, charge_w: 500, handling: 5s}\n"             \
    "  - {name: carrier, source: test, carries: rack, payload_g: 1800000, speed_mm_s: 1000,\n"     \
    "     battery_j: 9000000, move_j: 900, idle_w: 60, charge_w: 2000, handling: 60s}\n"           \
    "  drones:\n"                                                                                  \
    "  - {name: bird, source: test, mass_g: 5000, payload_g: 1500, speed_mm_s: 15000,\n"           \
    "     climb_mm_s: 3000, wind_max_mm_s: 10000, battery_j: 2000000, hover_w: 900,\n"             \
    "     cruise_w: 600, charge_w: 400}\n"

/* Two feeds of 50 kW with a row panel of 20 kW (40 kW in failover) under each. */
#define SITE_POWER                                                                                 \
    "power:\n"                                                                                     \
    "- {name: feed-a, limit_w: 50000}\n"                                                           \
    "- {name: feed-b, limit_w: 50000}\n"                                                           \
    "- {name: panel-a, under: feed-a, limit_w: 20000, failover_limit_w: 40000}\n"                  \
    "- {name: panel-b, under: feed-b, limit_w: 20000, failover_limit_w: 40000}\n"                  \
    "cooling:\n"                                                                                   \
    "- {name: cold, limit_w: 90000}\n"

/* A hall of 12 by 8 free cells with a dock, four positions (p-1 to p-4, cells [3, 2] to [9, 2],
 * fronts south of them), two chargers and two stations. */
#define SITE_FLOOR                                                                                 \
    "halls:\n"                                                                                     \
    "- {name: hall, size: [12, 8]}\n"                                                              \
    "positions:\n"                                                                                 \
    "- {name: 'p-{1..4}', cell: [3, 2], step: [2, 0], front: south, zone: cold,\n"                 \
    "   feeds: [panel-a, panel-b]}\n"                                                              \
    "docks:\n"                                                                                     \
    "- {name: dock, cell: [0, 6]}\n"                                                               \
    "chargers:\n"                                                                                  \
    "- {name: 'c-{1..2}', cell: [0, 0], step: [0, 2], power_w: 2000, feeds: [panel-a]}\n"          \
    "stations:\n"                                                                                  \
    "- {name: 's-{1..2}', cell: [11, 0], step: [0, 2]}\n"

/* Four racks, an hour between their arrivals, and two tenants. */
#define SITE_RACKS                                                                                 \
    "tenants:\n"                                                                                   \
    "- {name: acme, share_milli: 500, priority: 2}\n"                                              \
    "- {name: zeta, share_milli: 250, priority: 1}\n"                                              \
    "racks:\n"                                                                                     \
    "- {name: 'r-{1..4}', model: rk, position: 'p-{1..4}', arrive: start+1h, every: 1h,\n"         \
    "   shipped_ahead: 4h, built_ahead: 1d}\n"

#define SITE_SMALL SITE_HEAD SITE_CATALOGUE SITE_POWER SITE_FLOOR SITE_RACKS

struct plenum_site *site_for_tests(const char *text);

#endif
