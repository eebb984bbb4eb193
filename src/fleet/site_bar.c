/* Cells that robots must keep out of, now or soon: closed ones, positions that a rack is on its way
 * to, areas that close. */
#include "fleet/site_agent.h"

#include "base/check.h"

#include <string.h>

static int32_t stay_at(const struct site_fleet *fleet, const struct plenum_hall *hall, int32_t row,
                       int32_t column)
{
    int32_t cell = hall->first_cell + row * hall->width + column;
    bool stays = row >= 0 && row < hall->height && column >= 0 && column < hall->width &&
                 !fleet->site->walls[cell] && fleet->access[cell] == SITE_OPEN &&
                 !fleet->repair[cell] && !site_cell_is(fleet->site, cell, PLENUM_AREA_FIRE_LANE);
    return stays ? cell : PLENUM_NONE;
}

/* By rings of rows and columns around, so that the first found is the nearest. */
int32_t site_nearest_stay(const struct site_fleet *fleet, int32_t hall_index, int32_t cell)
{
    const struct plenum_hall *hall = &fleet->site->halls[hall_index];
    int32_t place = cell - hall->first_cell;
    int32_t row = place / hall->width, column = place % hall->width;
    for (int32_t ring = 1; ring < hall->width + hall->height; ring++)
        for (int32_t dy = -ring; dy <= ring; dy++) {
            int32_t dx = ring - (dy < 0 ? -dy : dy);
            int32_t east = stay_at(fleet, hall, row + dy, column + dx);
            int32_t found =
                east != PLENUM_NONE ? east : stay_at(fleet, hall, row + dy, column - dx);
            if (found != PLENUM_NONE)
                return found;
        }
    return PLENUM_NONE;
}

/* --- telling the planners --------------------------------------------------------------------- */

static void set_access(struct site_fleet *fleet, int32_t cell, enum site_access access)
{
    int32_t index = plenum_site_hall_of(fleet->site, cell);
    struct plenum_fleet *planner = fleet->halls[index].fleet;
    uint32_t local = (uint32_t)(cell - fleet->site->halls[index].first_cell);
    fleet->access[cell] = (uint8_t)access;
    if (planner && access == SITE_CLOSING)
        plenum_fleet_set_closing(planner, local);
    else if (planner)
        plenum_fleet_set_blocked(planner, local, access == SITE_BLOCKED);
}

static void add_barred(struct site_fleet *fleet, int32_t cell, enum site_access access)
{
    CHECK(fleet->barred_count < 2 * (size_t)fleet->site->cell_count);
    fleet->barred[fleet->barred_count++] = 2 * cell + (access == SITE_BLOCKED);
}

static void find_closing_areas(struct site_fleet *fleet, const struct plenum_ledger *ledger)
{
    for (int32_t i = 0; i < fleet->site->area_count; i++) {
        const struct plenum_area *area = &fleet->site->areas[i];
        if (plenum_ledger_get(ledger, PLENUM_AREA, (uint64_t)i, PLENUM_FIELD_STATE) !=
            PLENUM_AREA_CLOSING)
            continue;
        for (int32_t k = 0; k < plenum_area_size(area); k++) {
            int32_t cell = plenum_area_cell(fleet->site, area, k);
            if (!fleet->site->walls[cell])
                add_barred(fleet, cell, SITE_CLOSING);
        }
    }
}

/* A repair station is kept clear for a robot that is being carried to it. */
static void find_awaiting_stations(struct site_fleet *fleet, const struct plenum_ledger *ledger)
{
    for (int32_t robot = 0; robot < fleet->site->robot_count; robot++) {
        if (robot_field(ledger, robot, PLENUM_FIELD_STATE) != PLENUM_ROBOT_CARRIED)
            continue;
        uint64_t task = (uint64_t)robot_field(ledger, robot, PLENUM_ROBOT_FETCH);
        add_barred(fleet,
                   (int32_t)plenum_ledger_get(ledger, PLENUM_TASK, task, PLENUM_TASK_TO_CELL),
                   SITE_BLOCKED);
    }
}

static void find_barred(struct site_fleet *fleet, const struct plenum_ledger *ledger)
{
    size_t cells = (size_t)fleet->site->cell_count;
    fleet->barred_count = plenum_floor_closed_cells(ledger, fleet->barred, cells);
    CHECK(fleet->barred_count <= cells);
    for (size_t i = 0; i < fleet->barred_count; i++)
        fleet->barred[i] = 2 * fleet->barred[i] + 1;
    for (int32_t rack = 0; rack < fleet->site->rack_count; rack++) {
        int64_t state = plenum_ledger_get(ledger, PLENUM_RACK, (uint64_t)rack, PLENUM_FIELD_STATE);
        if (state == PLENUM_RACK_AT_DOCK || state == PLENUM_RACK_CARRIED)
            add_barred(fleet, fleet->site->positions[fleet->site->racks[rack].position].cell,
                       SITE_BLOCKED);
    }
    if (fleet->site->repair_station_count > 0)
        find_awaiting_stations(fleet, ledger);
    find_closing_areas(fleet, ledger);
}

/* Tells the planners what changed since they were last told. */
void site_tell_barred(struct site_fleet *fleet, const struct plenum_ledger *ledger)
{
    size_t size = sizeof *fleet->barred;
    find_barred(fleet, ledger);
    if (fleet->barred_count == fleet->barred_before_count &&
        memcmp(fleet->barred, fleet->barred_before, fleet->barred_count * size) == 0)
        return;
    for (size_t i = 0; i < fleet->barred_before_count; i++)
        fleet->access[fleet->barred_before[i] / 2] = SITE_OPEN;
    for (size_t i = 0; i < fleet->barred_count; i++)
        set_access(fleet, fleet->barred[i] / 2, fleet->barred[i] % 2 ? SITE_BLOCKED : SITE_CLOSING);
    for (size_t i = 0; i < fleet->barred_before_count; i++)
        if (fleet->access[fleet->barred_before[i] / 2] == SITE_OPEN)
            set_access(fleet, fleet->barred_before[i] / 2, SITE_OPEN);
    memcpy(fleet->barred_before, fleet->barred, fleet->barred_count * size);
    fleet->barred_before_count = fleet->barred_count;
}
