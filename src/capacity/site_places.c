/* Numbers are made once, by rack; the orders when they are first asked for. */
#include "capacity/site_places.h"

#include "base/check.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

struct place_order {
    int32_t *servers; /* NULL: not made yet */
    int32_t count;
};

struct site_places {
    const struct plenum_site *site;
    int32_t *places[PLENUM_WITHIN_COUNT];  /* by rack */
    int32_t *domains[PLENUM_SPREAD_COUNT]; /* by rack */
    struct place_order orders[PLENUM_WITHIN_COUNT][PLENUM_SPREAD_COUNT];
};

/* The line of cells in which the rack's position stands: a number no other line of the site has.
 * Positions that face north or south stand in lines from west to east. */
static int32_t line_of(const struct plenum_site *site, int32_t rack)
{
    const struct plenum_position *position = &site->positions[site->racks[rack].position];
    const struct plenum_hall *hall = &site->halls[position->hall];
    int32_t at = position->cell - hall->first_cell, front = position->front_cell - hall->first_cell;
    bool faces_along = at / hall->width == front / hall->width;
    int32_t line = faces_along ? hall->height + at % hall->width : at / hall->width;
    for (int32_t i = 0; i < position->hall; i++)
        line += site->halls[i].width + site->halls[i].height;
    return line;
}

/* The first position of the block of the rack's, or PLENUM_NONE. */
static int32_t block_of(const struct plenum_site *site, int32_t rack)
{
    const char *block = site->positions[site->racks[rack].position].block;
    int32_t other = 0;
    if (!block)
        return PLENUM_NONE;
    while (!site->positions[other].block || strcmp(site->positions[other].block, block) != 0)
        other++;
    return other;
}

static int32_t power_of(const struct plenum_site *site, int32_t rack)
{
    return site->loads[site->positions[site->racks[rack].position].load].nodes[0];
}

static void number_rack(struct site_places *places, int32_t rack)
{
    const struct plenum_site *site = places->site;
    int32_t row = line_of(site, rack), block = block_of(site, rack);
    places->places[PLENUM_WITHIN_SITE][rack] = 0;
    places->places[PLENUM_WITHIN_BLOCK][rack] = block;
    places->places[PLENUM_WITHIN_ROW][rack] = row;
    places->places[PLENUM_WITHIN_RACK][rack] = rack;
    places->places[PLENUM_WITHIN_SERVER][rack] = rack;
    places->domains[PLENUM_SPREAD_NONE][rack] = rack;
    places->domains[PLENUM_SPREAD_RACK][rack] = rack;
    places->domains[PLENUM_SPREAD_POWER][rack] = power_of(site, rack);
    places->domains[PLENUM_SPREAD_ROW][rack] = row;
    places->domains[PLENUM_SPREAD_BLOCK][rack] =
        block != PLENUM_NONE ? block : site->position_count + rack;
}

struct site_places *site_places_create(const struct plenum_site *site)
{
    struct site_places *places = memory_new(1, sizeof *places);
    size_t racks = (size_t)site->rack_count;
    places->site = site;
    for (int i = 0; i < PLENUM_WITHIN_COUNT; i++)
        places->places[i] = memory_new(racks, sizeof *places->places[i]);
    for (int i = 0; i < PLENUM_SPREAD_COUNT; i++)
        places->domains[i] = memory_new(racks, sizeof *places->domains[i]);
    for (int32_t rack = 0; rack < site->rack_count; rack++)
        number_rack(places, rack);
    return places;
}

void site_places_destroy(struct site_places *places)
{
    if (!places)
        return;
    for (int i = 0; i < PLENUM_WITHIN_COUNT; i++) {
        free(places->places[i]);
        for (int k = 0; k < PLENUM_SPREAD_COUNT; k++)
            free(places->orders[i][k].servers);
    }
    for (int i = 0; i < PLENUM_SPREAD_COUNT; i++)
        free(places->domains[i]);
    free(places);
}

int32_t site_places_of(const struct site_places *places, enum plenum_within within, int32_t rack)
{
    CHECK((unsigned)within < PLENUM_WITHIN_COUNT && rack < places->site->rack_count);
    return places->places[within][rack];
}

int32_t site_places_domain(const struct site_places *places, enum plenum_spread spread,
                           int32_t rack)
{
    CHECK((unsigned)spread < PLENUM_SPREAD_COUNT && rack < places->site->rack_count);
    return places->domains[spread][rack];
}

/* --- orders ----------------------------------------------------------------------------------- */

struct placed {
    int32_t place, domain, server;
};

static int compare_placed(const void *a, const void *b)
{
    const struct placed *x = a, *y = b;
    if (x->place != y->place)
        return x->place < y->place ? -1 : 1;
    if (x->domain != y->domain)
        return x->domain < y->domain ? -1 : 1;
    return (x->server > y->server) - (x->server < y->server);
}

static void make_order(const struct site_places *places, enum plenum_within within,
                       enum plenum_spread spread, struct place_order *order)
{
    const struct plenum_site *site = places->site;
    struct placed *all = memory_new((size_t)site->server_count, sizeof *all);
    order->servers = memory_new((size_t)site->server_count, sizeof *order->servers);
    for (int32_t server = 0; server < site->server_count; server++) {
        int32_t rack = site->servers[server].rack;
        if (places->places[within][rack] != PLENUM_NONE)
            all[order->count++] = (struct placed){places->places[within][rack],
                                                  places->domains[spread][rack], server};
    }
    if (order->count > 1)
        qsort(all, (size_t)order->count, sizeof *all, compare_placed);
    for (int32_t i = 0; i < order->count; i++)
        order->servers[i] = all[i].server;
    free(all);
}

const int32_t *site_places_order(struct site_places *places, enum plenum_within within,
                                 enum plenum_spread spread, int32_t *count)
{
    CHECK((unsigned)within < PLENUM_WITHIN_COUNT && (unsigned)spread < PLENUM_SPREAD_COUNT);
    struct place_order *order = &places->orders[within][spread];
    if (!order->servers)
        make_order(places, within, spread, order);
    *count = order->count;
    return order->servers;
}
