/* Which robots that break may be fetched. */
#include <plenum/ledger.h>

static bool hall_has_station(const struct plenum_site *site, int32_t hall, int32_t but_cell)
{
    bool has = false;
    for (int32_t i = 0; i < site->repair_station_count; i++) {
        if (site->repair_stations[i].cell == but_cell)
            return false;
        has = has || site->repair_stations[i].hall == hall;
    }
    return has;
}

static bool hall_has_carrier(const struct plenum_site *site, int32_t hall, int32_t but)
{
    for (int32_t robot = 0; robot < site->robot_count; robot++)
        if (robot != but && site->robot_models[site->robots[robot].model].fetches &&
            plenum_site_hall_of(site, site->robots[robot].cell) == hall)
            return true;
    return false;
}

/* A rack or a robot: too much to lift with it. */
static bool has_heavy_load(const struct plenum_ledger *ledger, int64_t task)
{
    const int64_t *row = task == 0 ? NULL : plenum_ledger_row(ledger, PLENUM_TASK, (uint64_t)task);
    return row &&
           (row[PLENUM_TASK_LOAD] == PLENUM_LOAD_RACK ||
            row[PLENUM_TASK_LOAD] == PLENUM_LOAD_ROBOT) &&
           (row[PLENUM_FIELD_STATE] == PLENUM_TASK_TO_DROP ||
            row[PLENUM_FIELD_STATE] == PLENUM_TASK_AT_DROP);
}

bool plenum_robot_may_be_fetched(const struct plenum_ledger *ledger, int32_t robot)
{
    const struct plenum_site *site = plenum_ledger_site(ledger);
    int32_t cell = plenum_floor_cell_of(ledger, robot);
    if (site->repair_station_count == 0 || cell == PLENUM_NONE)
        return false;
    int32_t hall = plenum_site_hall_of(site, cell);
    int64_t task = plenum_ledger_get(ledger, PLENUM_ROBOT, (uint64_t)robot, PLENUM_ROBOT_TASK);
    return hall_has_station(site, hall, cell) && !has_heavy_load(ledger, task) &&
           hall_has_carrier(site, hall, robot);
}
