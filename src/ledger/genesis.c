/* The first command of every journal: the site as the clock starts. */
#include <plenum/ledger.h>

/* One that stands has its way there behind it. */
static void genesis_rack(const struct plenum_site *site, struct plenum_command *command,
                         int32_t rack)
{
    struct plenum_ref ref = plenum_ref(PLENUM_RACK, (uint64_t)rack);
    plenum_command_create(command, ref);
    if (site->racks[rack].retire_ms != 0)
        plenum_command_set(command, ref, PLENUM_RACK_RETIRE_MS, site->racks[rack].retire_ms);
    if (!site->racks[rack].stands)
        return;
    plenum_command_close_cell(command, ref, site->positions[site->racks[rack].position].cell);
    for (int64_t state = PLENUM_RACK_BUILT; state <= PLENUM_RACK_PLACED; state++)
        plenum_command_set(command, ref, PLENUM_FIELD_STATE, state);
}

static void genesis_robot(const struct plenum_site *site, struct plenum_command *command,
                          int32_t robot)
{
    struct plenum_ref ref = plenum_ref(PLENUM_ROBOT, (uint64_t)robot);
    const struct plenum_robot_model *model = &site->robot_models[site->robots[robot].model];
    plenum_command_create(command, ref);
    plenum_command_set(command, ref, PLENUM_ROBOT_CHARGER, PLENUM_NONE);
    plenum_command_set(command, ref, PLENUM_ROBOT_CHARGE_J, model->battery_j);
    plenum_command_set(command, ref, PLENUM_ROBOT_CHARGE_MS, site->start_ms);
    plenum_command_place(command, robot, site->robots[robot].cell);
}

static void genesis_drone(const struct plenum_site *site, struct plenum_command *command,
                          int32_t drone)
{
    struct plenum_ref ref = plenum_ref(PLENUM_DRONE, (uint64_t)drone);
    const struct plenum_drone_model *model = &site->drone_models[site->drones[drone].model];
    plenum_command_create(command, ref);
    plenum_command_set(command, ref, PLENUM_DRONE_PAD, site->drones[drone].pad);
    plenum_command_set(command, ref, PLENUM_DRONE_CHARGE_J, model->battery_j);
    plenum_command_set(command, ref, PLENUM_DRONE_CHARGE_MS, site->start_ms);
}

static void genesis_area(const struct plenum_site *site, struct plenum_command *command,
                         int32_t index)
{
    struct plenum_ref ref = plenum_ref(PLENUM_AREA, (uint64_t)index);
    struct plenum_closure next = plenum_area_next_closure(&site->areas[index], site->start_ms);
    plenum_command_create(command, ref);
    plenum_command_set(command, ref, PLENUM_AREA_FROM_MS, next.from_ms);
    plenum_command_set(command, ref, PLENUM_AREA_UNTIL_MS, next.until_ms);
    plenum_command_set(command, ref, PLENUM_AREA_NOTICE_MS, next.notice_ms);
}

void plenum_ledger_genesis(const struct plenum_site *site, struct plenum_command *command)
{
    plenum_command_reset(command, PLENUM_COMMAND_GENESIS, "clock");
    for (int32_t rack = 0; rack < site->rack_count; rack++)
        genesis_rack(site, command, rack);
    for (int32_t robot = 0; robot < site->robot_count; robot++)
        genesis_robot(site, command, robot);
    for (int32_t drone = 0; drone < site->drone_count; drone++)
        genesis_drone(site, command, drone);
    for (uint64_t stop = 0; stop < PLENUM_STOP_COUNT; stop++)
        plenum_command_create(command, plenum_ref(PLENUM_STOP, stop));
    for (int32_t tenant = 0; tenant < site->tenant_count; tenant++)
        plenum_command_create(command, plenum_ref(PLENUM_TENANT, (uint64_t)tenant));
    for (int32_t area = 0; area < site->area_count; area++)
        genesis_area(site, command, area);
}
