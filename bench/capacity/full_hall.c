/* Its servers are of two kinds, and what is sold is sold through the desk, as to clients. */
#include "full_hall.h"

#include "base/random.h"

#include <stdlib.h>

#define WEEKS_2_MS (INT64_C(14) * 24 * 3600 * 1000)
#define HOUR_MS    INT64_C(3600000)

enum { GANGS = 10, TRIES_MAX = 100000 };

/* 78 racks of 8 servers of 8 and one of 7, 72 of 8 servers of 2 and one of 6. */
static const char text[] =
    "plenum: 1\nname: full-hall\nstart: 2026-01-05T00:00Z\n"
    "catalogue:\n"
    "  chips:\n"
    "  - {name: cpu, source: made up, kind: cpu, cores: 96, idle_w: 20, peak_w: 200}\n"
    "  - {name: acc, source: made up, kind: accelerator, memory_gib: 80, idle_w: 60, peak_w: 700}\n"
    "  servers:\n"
    "  - {name: eight, source: made up, chips: {cpu: 2, acc: 8}, memory_gib: 1024, idle_w: 900,\n"
    "     peak_w: 7000, height_mm: 356, width_mm: 482, depth_mm: 900, mass_g: 130000}\n"
    "  - {name: two, source: made up, chips: {cpu: 1, acc: 2}, memory_gib: 256, idle_w: 300,\n"
    "     peak_w: 2000, height_mm: 88, width_mm: 482, depth_mm: 900, mass_g: 40000}\n"
    "  racks:\n"
    "  - {name: rack-8, source: made up, unit: ou, height_units: 96, payload_g: 2000000,\n"
    "     mass_g: 150000, shelf_w: 70000, servers: {eight: 8}, overhead_w: 500}\n"
    "  - {name: rack-7, source: made up, unit: ou, height_units: 96, payload_g: 2000000,\n"
    "     mass_g: 150000, shelf_w: 70000, servers: {eight: 7}, overhead_w: 500}\n"
    "  - {name: rack-2, source: made up, unit: ou, height_units: 44, payload_g: 2000000,\n"
    "     mass_g: 150000, shelf_w: 30000, servers: {two: 8}, overhead_w: 500}\n"
    "  - {name: rack-1, source: made up, unit: ou, height_units: 44, payload_g: 2000000,\n"
    "     mass_g: 150000, shelf_w: 30000, servers: {two: 6}, overhead_w: 500}\n"
    "  robots:\n"
    "  - {name: carrier, source: made up, carries: rack, payload_g: 3000000, speed_mm_s: 1000,\n"
    "     battery_j: 9000000, move_j: 900, idle_w: 60, charge_w: 2000, handling: 60s}\n"
    "power:\n"
    "- {name: feed-a, limit_w: 20000000}\n"
    "- {name: feed-b, limit_w: 20000000}\n"
    "- {name: panel-a, under: feed-a, limit_w: 10000000, failover_limit_w: 20000000}\n"
    "- {name: panel-b, under: feed-b, limit_w: 10000000, failover_limit_w: 20000000}\n"
    "cooling:\n"
    "- {name: cold, limit_w: 20000000}\n"
    "halls:\n"
    "- {name: hall, size: [306, 4]}\n"
    "positions:\n"
    "- {name: 'p-{001..152}', cell: [1, 1], step: [2, 0], front: south, zone: cold,\n"
    "   feeds: [panel-a, panel-b]}\n"
    "docks:\n"
    "- {name: dock, cell: [0, 3]}\n"
    "tenants:\n"
    "- {name: anyone}\n"
    "racks:\n"
    "- {name: 'a-{01..78}', model: rack-8, position: 'p-{001..078}', arrive: start}\n"
    "- {name: b, model: rack-7, position: p-079, arrive: start}\n"
    "- {name: 'c-{01..72}', model: rack-2, position: 'p-{080..151}', arrive: start}\n"
    "- {name: d, model: rack-1, position: p-152, arrive: start}\n"
    "robots:\n"
    "- {name: carrier, model: carrier, cells: [[0, 2]]}\n";

void full_hall_init(struct world *world)
{
    world_init(world, text);
    for (int32_t rack = 0; rack < world->site->rack_count; rack++)
        world_rack_to(world, (uint64_t)rack, PLENUM_RACK_IN_SERVICE);
}

static bool sell_one(struct world *world, struct plenum_offer_desk *desk, struct random *random)
{
    static struct plenum_offer_answer answer;
    struct plenum_offer_request request;
    struct plenum_error error;
    plenum_offer_request_init(world->ledger, &request);
    request.tenant = 0;
    request.accelerators = INT32_C(1) << random_below(random, GANGS);
    request.duration_ms = random_between(random, 1, 72) * HOUR_MS;
    request.earliest_ms += random_between(random, 0, 13 * 24) * HOUR_MS;
    if (plenum_offer_ask(desk, world->ledger, &request, 1, &answer, &error) != PLENUM_OK)
        abort();
    if (answer.offer_count == 0)
        return false;
    plenum_offer_reserve(world->ledger, &request, &answer.offers[0], world_begin(world));
    world_take(world);
    return true;
}

void full_hall_sell(struct world *world, struct plenum_offer_desk *desk, int64_t sold_milli)
{
    struct random random;
    int64_t total = 1, sold = 0, from_ms = plenum_ledger_now_ms(world->ledger);
    random_init(&random, 1);
    for (int tries = 0; tries < TRIES_MAX && sold * 1000 < total * sold_milli; tries++)
        if (sell_one(world, desk, &random))
            plenum_offer_sold(desk, world->ledger, PLENUM_NONE, PLENUM_NONE, from_ms,
                              from_ms + WEEKS_2_MS, &total, &sold);
}
