/* Areas: from open to closing when the notice of a closure begins, to closed when that itself has
 * begun and nobody is inside, and open again at its end. What is meant stands in the area's row:
 * one closure at a time, that of the site file or that of a person. */
#include "fleet/site_agent.h"

static const char ACTOR[] = "planner/fleet";

static bool area_is_empty(const struct plenum_ledger *ledger, const struct plenum_area *area)
{
    for (int32_t i = 0; i < plenum_area_size(area); i++)
        if (plenum_floor_robot_at(ledger, plenum_area_cell(plenum_ledger_site(ledger), area, i)) !=
            PLENUM_NONE)
            return false;
    return true;
}

/* The state that the area should be in now, one arrow away at most. */
static int64_t area_should_be(const struct plenum_ledger *ledger, const struct plenum_area *area,
                              const int64_t *row)
{
    int64_t now_ms = plenum_ledger_now_ms(ledger), from_ms = row[PLENUM_AREA_FROM_MS];
    int64_t state = row[PLENUM_FIELD_STATE];
    if (now_ms >= row[PLENUM_AREA_UNTIL_MS])
        return PLENUM_AREA_OPEN;
    if (state == PLENUM_AREA_OPEN)
        return now_ms >= from_ms - row[PLENUM_AREA_NOTICE_MS] ? PLENUM_AREA_CLOSING : state;
    if (state == PLENUM_AREA_CLOSING && now_ms >= from_ms && area_is_empty(ledger, area))
        return PLENUM_AREA_CLOSED;
    return state;
}

static enum plenum_status move_area_on(struct site_fleet *fleet, const struct plenum_port *port,
                                       int32_t index)
{
    const int64_t *row = plenum_ledger_row(port->ledger, PLENUM_AREA, (uint64_t)index);
    const struct plenum_area *area = &fleet->site->areas[index];
    if (!row)
        return PLENUM_OK;
    int64_t to = area_should_be(port->ledger, area, row);
    int64_t now_ms = plenum_ledger_now_ms(port->ledger);
    plenum_command_reset(&fleet->command, PLENUM_COMMAND_AREA_MOVE_ON, ACTOR);
    if (to != row[PLENUM_FIELD_STATE])
        plenum_area_set(port->ledger, &fleet->command, index, (enum plenum_area_state)to);
    if (now_ms >= row[PLENUM_AREA_UNTIL_MS])
        plenum_area_plan(&fleet->command, index, plenum_area_next_closure(area, now_ms));
    return fleet->command.op_count == 0 ? PLENUM_OK
                                        : plenum_port_submit(port, &fleet->command, NULL);
}

enum plenum_status site_areas(struct site_fleet *fleet, const struct plenum_port *port)
{
    enum plenum_status status = PLENUM_OK;
    for (int32_t i = 0; i < fleet->site->area_count && status == PLENUM_OK; i++)
        status = move_area_on(fleet, port, i);
    return status;
}
