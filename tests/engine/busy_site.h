/* A small site where everything goes on at once: racks that come, fail and are repaired, robots
 * that break, drones, tenants that extend and cancel, feeds that are lowered. */
#ifndef TESTS_BUSY_SITE_H
#define TESTS_BUSY_SITE_H

#include "site_for_tests.h"

#define BUSY_ROBOTS                                                                                \
    "robots:\n"                                                                                    \
    "- {name: 'carrier-{1..2}', model: carrier, cells: [[1, 5], [1, 7]]}\n"                        \
    "- {name: 'tote-{1..6}', model: tote, cells: [[5, 5], [7, 5], [9, 5], [4, 2], [8, 0],\n"       \
    "   [6, 7]]}\n"

#define BUSY_RACKS                                                                                 \
    "tenants:\n"                                                                                   \
    "- {name: acme, share_milli: 500, priority: 2}\n"                                              \
    "- {name: zeta, share_milli: 250, priority: 1}\n"                                              \
    "racks:\n"                                                                                     \
    "- {name: 'r-{1..4}', model: rk, position: 'p-{1..4}', arrive: start+2m, every: 4m,\n"         \
    "   shipped_ahead: 4h, built_ahead: 1d}\n"

#define BUSY_AIR                                                                                   \
    "airspace:\n"                                                                                  \
    "  polygon_mm: [[-1000000, -1000000], [3000000, -1000000], [3000000, 1000000],\n"              \
    "    [-1000000, 1000000]]\n"                                                                   \
    "  lower_mm: 0\n"                                                                              \
    "  upper_mm: 120000\n"                                                                         \
    "pads:\n"                                                                                      \
    "- {name: roof, at_mm: [0, 0], cell: [11, 7], stands: 2, charge_w: 800, feeds: [panel-b]}\n"   \
    "- {name: depot, at_mm: [2000000, 0], outlying: true, stands: 2, charge_w: 800}\n"             \
    "drones:\n"                                                                                    \
    "- {name: 'bird-{1..2}', model: bird, pads: [roof]}\n"

#define BUSY_JOBS                                                                                  \
    "demand:\n"                                                                                    \
    "  jobs:\n"                                                                                    \
    "  - {name: whole, tenant: acme, every: 4m, duration: [10m, 40m], servers: 2,\n"               \
    "     accelerators: 4, chip: acc, cores: 16, memory_gib: 64, ahead: 20m}\n"                    \
    "  - {name: part, tenant: zeta, every: 1m, duration: [5m, 30m], servers: 1, accelerators: "    \
    "1,\n"                                                                                         \
    "     milli: 250, chip: acc, cores: 2, memory_gib: 8}\n"                                       \
    "  - {name: spot, tenant: zeta, every: 3m, duration: [20m, 60m], servers: 1,\n"                \
    "     accelerators: 2, chip: acc, cores: 8, memory_gib: 16, preemptible: true}\n"

#define BUSY_WORLD                                                                                 \
    "world:\n"                                                                                     \
    "  tote_every: 20s\n"                                                                          \
    "  delivery_every: 10m\n"                                                                      \
    "  delivery_mass_g: 1500\n"                                                                    \
    "  wind_mean_mm_s: 3000\n"                                                                     \
    "  wind_gust_mm_s: 6000\n"                                                                     \
    "  robot_late_ppm: 5000\n"                                                                     \
    "  robot_late_steps_max: 5\n"                                                                  \
    "  robot_breakdown_ppm: 400000\n"                                                              \
    "  robot_repair: 4m\n"                                                                         \
    "  cabling: 3m\n"                                                                              \
    "  burn_in: 6m\n"                                                                              \
    "  repair: 5m\n"                                                                               \
    "  rack_infant_ppm: 400000\n"                                                                  \
    "  rack_failure_ppm: 1000000\n"                                                                \
    "  job_extend_ppm: 200000\n"                                                                   \
    "  job_cancel_ppm: 100000\n"                                                                   \
    "  derates:\n"                                                                                 \
    "  - {node: panel-a, notice: start+60m, from: start+70m, until: start+90m, limit_w: 5000}\n"   \
    "  - {node: feed-b, notice: start+100m, from: start+105m, until: start+120m, limit_w: 3000}\n"

#define SITE_BUSY                                                                                  \
    SITE_HEAD SITE_CATALOGUE SITE_POWER SITE_FLOOR BUSY_RACKS BUSY_ROBOTS BUSY_AIR BUSY_JOBS       \
        BUSY_WORLD

#endif
