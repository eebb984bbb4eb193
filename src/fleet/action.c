/* Actions: their names, and where they take a robot. See include/plenum/fleet.h. */
#include <plenum/fleet.h>

#include "base/check.h"

const char *plenum_fleet_action_name(enum plenum_fleet_action action)
{
    static const char *const names[] = {
#define X(code, name, letter) [PLENUM_FLEET_##code] = name,
        PLENUM_FLEET_ACTIONS(X)
#undef X
    };
    CHECK(action < PLENUM_FLEET_ACTION_COUNT);
    return names[action];
}

static uint32_t cell_ahead(uint32_t width, uint32_t cell, enum plenum_fleet_heading heading)
{
    switch (heading) {
    case PLENUM_FLEET_FACING_EAST:
        return cell + 1;
    case PLENUM_FLEET_FACING_SOUTH:
        return cell + width;
    case PLENUM_FLEET_FACING_WEST:
        return cell - 1;
    default:
        return cell - width;
    }
}

uint32_t plenum_fleet_cell_after(uint32_t width, uint32_t cell, enum plenum_fleet_heading heading,
                                 enum plenum_fleet_action action)
{
    switch (action) {
    case PLENUM_FLEET_EAST:
    case PLENUM_FLEET_SOUTH:
    case PLENUM_FLEET_WEST:
    case PLENUM_FLEET_NORTH:
        return cell_ahead(width, cell, (enum plenum_fleet_heading)(action - PLENUM_FLEET_EAST));
    case PLENUM_FLEET_FORWARD:
        return cell_ahead(width, cell, heading);
    default:
        return cell;
    }
}

enum plenum_fleet_heading plenum_fleet_heading_after(enum plenum_fleet_heading heading,
                                                     enum plenum_fleet_action action)
{
    unsigned turns = action == PLENUM_FLEET_CLOCKWISE           ? 1
                     : action == PLENUM_FLEET_COUNTER_CLOCKWISE ? 3
                                                                : 0;
    return (enum plenum_fleet_heading)(((unsigned)heading + turns) % 4);
}
