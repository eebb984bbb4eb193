#include "ledger/fields.h"

#include "base/check.h"

#define INDEX(of)                                                                                  \
    {                                                                                              \
        .refers = FIELD_INDEX, .list = FIELD_OF_##of                                               \
    }
#define ENTITY(which)                                                                              \
    {                                                                                              \
        .refers = FIELD_ENTITY, .kind = PLENUM_##which                                             \
    }

/* Fields that are not named here are amounts. */
static const struct field_facts all_facts[PLENUM_KIND_COUNT][PLENUM_FIELDS_MAX] = {
    [PLENUM_RACK] = {[PLENUM_RACK_TASK] = ENTITY(TASK), [PLENUM_RACK_DELIVERY] = ENTITY(DELIVERY)},
    [PLENUM_ROBOT] = {[PLENUM_ROBOT_TASK] = ENTITY(TASK),
                      [PLENUM_ROBOT_CHARGER] = INDEX(CHARGERS),
                      [PLENUM_ROBOT_FETCH] = ENTITY(TASK)},
    [PLENUM_DRONE] = {[PLENUM_DRONE_PAD] = INDEX(PADS), [PLENUM_DRONE_FLIGHT] = ENTITY(FLIGHT)},
    [PLENUM_TASK] = {[PLENUM_TASK_FROM_CELL] = INDEX(CELLS),
                     [PLENUM_TASK_TO_CELL] = INDEX(CELLS),
                     [PLENUM_TASK_ROBOT] = INDEX(ROBOTS),
                     [PLENUM_TASK_RACK] = INDEX(RACKS),
                     [PLENUM_TASK_FETCHED] = INDEX(ROBOTS)},
    [PLENUM_JOB] = {[PLENUM_JOB_TENANT] = INDEX(TENANTS), [PLENUM_JOB_CHIP] = INDEX(CHIPS)},
    [PLENUM_DELIVERY] = {[PLENUM_DELIVERY_FROM_PAD] = INDEX(PADS),
                         [PLENUM_DELIVERY_TO_PAD] = INDEX(PADS),
                         [PLENUM_DELIVERY_RACK] = INDEX(RACKS),
                         [PLENUM_DELIVERY_FLIGHT] = ENTITY(FLIGHT)},
    [PLENUM_FLIGHT] = {[PLENUM_FLIGHT_DRONE] = INDEX(DRONES),
                       [PLENUM_FLIGHT_DELIVERY] = ENTITY(DELIVERY),
                       [PLENUM_FLIGHT_FROM_PAD] = INDEX(PADS),
                       [PLENUM_FLIGHT_TO_PAD] = INDEX(PADS)},
    [PLENUM_MAINTENANCE] = {[PLENUM_MAINTENANCE_RACK] = INDEX(RACKS),
                            [PLENUM_MAINTENANCE_SERVER] = INDEX(SERVERS),
                            [PLENUM_MAINTENANCE_NODE] = INDEX(POWER_NODES)},
};

struct field_facts field_facts(uint32_t kind, int32_t field)
{
    CHECK(kind < PLENUM_KIND_COUNT);
    CHECK(field >= 0 && field < plenum_kind_field_count(kind));
    return all_facts[kind][field];
}

int64_t field_index_limit(const struct plenum_site *site, enum field_list list)
{
    switch (list) {
    case FIELD_OF_CELLS:
        return site->cell_count;
    case FIELD_OF_CHARGERS:
        return site->charger_count;
    case FIELD_OF_CHIPS:
        return site->chip_count;
    case FIELD_OF_DRONES:
        return site->drone_count;
    case FIELD_OF_PADS:
        return site->pad_count;
    case FIELD_OF_POWER_NODES:
        return site->power_node_count;
    case FIELD_OF_RACKS:
        return site->rack_count;
    case FIELD_OF_ROBOTS:
        return site->robot_count;
    case FIELD_OF_SERVERS:
        return site->server_count;
    case FIELD_OF_TENANTS:
        return site->tenant_count;
    }
    CHECK(!"a list of the site");
    return 0;
}
