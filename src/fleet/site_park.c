/* Parking: an idle robot goes to the nearest cell of an open parking area that no robot stands in
 * for long and that no other was told in this step. One that stands in parking stays. The nearest
 * is by rows and columns, so that a robot on its way comes nearer to it in each step. */
#include "fleet/site_agent.h"

#include <stdlib.h>
#include <string.h>

enum { SENT_MAX = 256 }; /* robots in a step: the others follow when these stand */

void site_parking_begin(struct site_fleet *fleet, const struct plenum_ledger *ledger)
{
    fleet->sent_to_park = 0;
    for (int32_t i = 0; i < fleet->site->area_count; i++) {
        const struct plenum_area *area = &fleet->site->areas[i];
        if (area->kind != PLENUM_AREA_PARKING)
            continue;
        for (int32_t k = 0; k < plenum_area_size(area); k++) {
            int32_t cell = plenum_area_cell(fleet->site, area, k);
            int32_t robot = plenum_floor_robot_at(ledger, cell);
            bool stays = robot != PLENUM_NONE &&
                         (robot_field(ledger, robot, PLENUM_FIELD_STATE) == PLENUM_ROBOT_IDLE ||
                          robot_field(ledger, robot, PLENUM_FIELD_STATE) == PLENUM_ROBOT_BROKEN);
            fleet->parked[cell] = stays || fleet->site->walls[cell];
        }
    }
}

/* The nearest cell of the area that is free, or PLENUM_NONE; *nearest is how far it is at least. */
static int32_t nearest_in(const struct site_fleet *fleet, const struct plenum_area *area,
                          int32_t cell, int32_t *nearest)
{
    const struct plenum_hall *hall = &fleet->site->halls[area->hall];
    int32_t row = (cell - hall->first_cell) / hall->width - area->row;
    int32_t column = (cell - hall->first_cell) % hall->width - area->column, found = PLENUM_NONE;
    for (int32_t i = 0; i < plenum_area_size(area); i++) {
        int32_t there = plenum_area_cell(fleet->site, area, i);
        int32_t far = abs(i / area->columns - row) + abs(i % area->columns - column);
        if (fleet->parked[there] || far >= *nearest)
            continue;
        *nearest = far;
        found = there;
    }
    return found;
}

int32_t site_parking(struct site_fleet *fleet, const struct plenum_ledger *ledger, int32_t robot,
                     int32_t cell)
{
    int32_t best = PLENUM_NONE, nearest = INT32_MAX;
    if (site_cell_is(fleet->site, cell, PLENUM_AREA_PARKING) || fleet->sent_to_park == SENT_MAX)
        return PLENUM_NONE;
    for (int32_t i = 0; i < fleet->site->area_count; i++) {
        const struct plenum_area *area = &fleet->site->areas[i];
        bool open = plenum_ledger_get(ledger, PLENUM_AREA, (uint64_t)i, PLENUM_FIELD_STATE) ==
                    PLENUM_AREA_OPEN;
        if (area->kind != PLENUM_AREA_PARKING || area->hall != fleet->hall_of[robot] || !open)
            continue;
        int32_t found = nearest_in(fleet, area, cell, &nearest);
        best = found != PLENUM_NONE ? found : best;
    }
    if (best != PLENUM_NONE) {
        fleet->parked[best] = 1;
        fleet->sent_to_park++;
    }
    return best;
}
