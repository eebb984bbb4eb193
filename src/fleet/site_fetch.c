/* Fetching: a robot that broke is the load of a task, from where it stands to a repair station that
 * no other has. A carrier takes it up and sets it down from a cell beside. */
#include "fleet/site_agent.h"

#include "base/check.h"

#include <stdlib.h>
#include <string.h>

static const char ACTOR[] = "planner/fleet";
enum { FETCH_PRIORITY = 2 /* before racks: it stands in the way */ };

/* --- beside ----------------------------------------------------------------------------------- */

static bool stays_long(const struct plenum_ledger *ledger, int32_t robot)
{
    int64_t state = robot_field(ledger, robot, PLENUM_FIELD_STATE);
    return state == PLENUM_ROBOT_BROKEN || state == PLENUM_ROBOT_CHARGING;
}

bool site_is_beside(const struct plenum_site *site, int32_t a, int32_t b)
{
    return plenum_site_hall_of(site, a) == plenum_site_hall_of(site, b) &&
           site_cells_apart(site, a, b) == 1;
}

int32_t site_beside(struct site_fleet *fleet, const struct plenum_ledger *ledger, int32_t robot,
                    int32_t from, int32_t cell)
{
    const struct plenum_site *site = fleet->site;
    int32_t width = site->halls[plenum_site_hall_of(site, cell)].width, best = PLENUM_NONE;
    const int32_t around[] = {cell + 1, cell + width, cell - 1, cell - width};
    uint32_t nearest = PLENUM_FLEET_FAR;
    for (size_t i = 0; i < sizeof around / sizeof *around; i++) {
        int32_t there = around[i];
        if (there < 0 || there >= site->cell_count || !site_is_beside(site, there, cell) ||
            site->walls[there] || fleet->access[there] != SITE_OPEN)
            continue;
        int32_t other = plenum_floor_robot_at(ledger, there);
        if (other != PLENUM_NONE && other != robot && stays_long(ledger, other))
            continue;
        uint32_t moves = site_fleet_distance(fleet, robot, from, there);
        if (moves < nearest) {
            nearest = moves;
            best = there;
        }
    }
    return best;
}

/* --- the task --------------------------------------------------------------------------------- */

static bool is_taken(const struct site_fleet *fleet, const struct plenum_ledger *ledger,
                     int32_t station)
{
    int32_t robot = plenum_floor_robot_at(ledger, fleet->site->repair_stations[station].cell);
    return fleet->repair_taken[station] ||
           (robot != PLENUM_NONE &&
            robot_field(ledger, robot, PLENUM_FIELD_STATE) == PLENUM_ROBOT_BROKEN);
}

static int32_t nearest_station(const struct site_fleet *fleet, const struct plenum_ledger *ledger,
                               int32_t hall, int32_t cell)
{
    const struct plenum_site *site = fleet->site;
    uint32_t nearest = UINT32_MAX;
    int32_t best = PLENUM_NONE;
    for (int32_t i = 0; i < site->repair_station_count; i++) {
        if (site->repair_stations[i].hall != hall || is_taken(fleet, ledger, i))
            continue;
        uint32_t apart = site_cells_apart(site, cell, site->repair_stations[i].cell);
        if (apart < nearest) {
            nearest = apart;
            best = i;
        }
    }
    return best;
}

static enum plenum_status ask(struct site_fleet *fleet, const struct plenum_port *port,
                              int32_t robot)
{
    const struct plenum_ledger *ledger = port->ledger;
    int32_t cell = plenum_floor_cell_of(ledger, robot);
    int32_t station = nearest_station(fleet, ledger, fleet->hall_of[robot], cell);
    if (station == PLENUM_NONE)
        return PLENUM_OK;
    uint64_t id = plenum_ledger_next_id(ledger, PLENUM_TASK);
    struct plenum_ref task = plenum_ref(PLENUM_TASK, id);
    struct plenum_command *command = &fleet->command;
    fleet->repair_taken[station] = 1;
    plenum_command_reset(command, PLENUM_COMMAND_ROBOT_FETCH, ACTOR);
    plenum_command_create(command, task);
    plenum_command_set(command, task, PLENUM_TASK_LOAD, PLENUM_LOAD_ROBOT);
    plenum_command_set(command, task, PLENUM_TASK_FETCHED, robot);
    plenum_command_set(command, task, PLENUM_TASK_FROM_CELL, cell);
    plenum_command_set(command, task, PLENUM_TASK_TO_CELL,
                       fleet->site->repair_stations[station].cell);
    plenum_command_set(command, task, PLENUM_TASK_ROBOT, PLENUM_NONE);
    plenum_command_set(command, task, PLENUM_TASK_RACK, PLENUM_NONE);
    plenum_command_set(command, task, PLENUM_TASK_CREATED_MS, plenum_ledger_now_ms(ledger));
    plenum_command_set(command, task, PLENUM_TASK_DUE_MS, PLENUM_FOREVER);
    plenum_command_set(command, task, PLENUM_TASK_PRIORITY, FETCH_PRIORITY);
    plenum_command_set(command, robot_ref(robot), PLENUM_ROBOT_FETCH, (int64_t)id);
    return plenum_port_submit(port, command, NULL);
}

/* The robot was repaired before anybody took it up. */
static enum plenum_status call_off(struct site_fleet *fleet, const struct plenum_port *port,
                                   int32_t robot, uint64_t task)
{
    int64_t carrier = plenum_ledger_get(port->ledger, PLENUM_TASK, task, PLENUM_TASK_ROBOT);
    struct plenum_command *command = &fleet->command;
    plenum_command_reset(command, PLENUM_COMMAND_ROBOT_FETCH, ACTOR);
    if (carrier != PLENUM_NONE) {
        if (robot_field(port->ledger, (int32_t)carrier, PLENUM_FIELD_STATE) == PLENUM_ROBOT_BUSY)
            plenum_command_set(command, robot_ref((int32_t)carrier), PLENUM_FIELD_STATE,
                               PLENUM_ROBOT_IDLE);
        plenum_command_set(command, robot_ref((int32_t)carrier), PLENUM_ROBOT_TASK, 0);
    }
    plenum_command_set(command, robot_ref(robot), PLENUM_ROBOT_FETCH, 0);
    plenum_command_end(command, plenum_ref(PLENUM_TASK, task));
    return plenum_port_submit(port, command, NULL);
}

/* Stations to which robots are on their way. */
static void find_taken_stations(struct site_fleet *fleet, const struct plenum_ledger *ledger)
{
    memset(fleet->repair_taken, 0, (size_t)fleet->site->repair_station_count);
    for (int32_t robot = 0; robot < fleet->site->robot_count; robot++) {
        int64_t task = robot_field(ledger, robot, PLENUM_ROBOT_FETCH);
        if (task == 0)
            continue;
        int64_t cell = plenum_ledger_get(ledger, PLENUM_TASK, (uint64_t)task, PLENUM_TASK_TO_CELL);
        for (int32_t i = 0; i < fleet->site->repair_station_count; i++)
            fleet->repair_taken[i] |= fleet->site->repair_stations[i].cell == cell;
    }
}

static enum plenum_status fetch(struct site_fleet *fleet, const struct plenum_port *port,
                                int32_t robot)
{
    const int64_t *row = plenum_ledger_row(port->ledger, PLENUM_ROBOT, (uint64_t)robot);
    int64_t state = row[PLENUM_FIELD_STATE], task = row[PLENUM_ROBOT_FETCH];
    if (task != 0 && state != PLENUM_ROBOT_BROKEN && state != PLENUM_ROBOT_CARRIED)
        return call_off(fleet, port, robot, (uint64_t)task);
    if (task == 0 && state == PLENUM_ROBOT_BROKEN &&
        plenum_robot_may_be_fetched(port->ledger, robot))
        return ask(fleet, port, robot);
    return PLENUM_OK;
}

enum plenum_status site_fetch(struct site_fleet *fleet, const struct plenum_port *port)
{
    enum plenum_status status = PLENUM_OK;
    if (fleet->site->repair_station_count == 0)
        return PLENUM_OK;
    find_taken_stations(fleet, port->ledger);
    for (int32_t robot = 0; robot < fleet->site->robot_count && status == PLENUM_OK; robot++)
        status = fetch(fleet, port, robot);
    return status;
}
