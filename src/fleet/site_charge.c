/* Charging: a robot below the low mark that has nothing to do goes to the nearest charger that no
 * other robot has, claims watts there, and leaves when it is full. Where its watts do not fit it
 * takes half, or waits. */
#include "fleet/site_agent.h"

#include "base/check.h"

#include <string.h>

static const char ACTOR[] = "planner/fleet";

static const struct plenum_robot_model *model_of(const struct plenum_site *site, int32_t robot)
{
    return &site->robot_models[site->robots[robot].model];
}

int64_t site_charge_now_j(const struct plenum_ledger *ledger, int32_t robot)
{
    const struct plenum_robot_model *model = model_of(plenum_ledger_site(ledger), robot);
    const int64_t *row = plenum_ledger_row(ledger, PLENUM_ROBOT, (uint64_t)robot);
    CHECK(row);
    int64_t passed_ms = plenum_ledger_now_ms(ledger) - row[PLENUM_ROBOT_CHARGE_MS];
    int64_t moves = plenum_floor_moves(ledger, robot) - row[PLENUM_ROBOT_CHARGE_MOVES];
    int64_t watts = row[PLENUM_FIELD_STATE] == PLENUM_ROBOT_CHARGING ? row[PLENUM_ROBOT_CHARGE_W]
                                                                     : -model->idle_w;
    int64_t charge_j =
        row[PLENUM_ROBOT_CHARGE_J] + watts * passed_ms / 1000 - moves * model->move_j;
    charge_j = charge_j < 0 ? 0 : charge_j;
    return charge_j > model->battery_j ? model->battery_j : charge_j;
}

/* Which chargers some robot has, is on its way to, or stands at. */
static void find_taken_chargers(struct site_fleet *fleet, const struct plenum_ledger *ledger)
{
    memset(fleet->charger_taken, 0, (size_t)fleet->site->charger_count);
    fleet->chargers_left = fleet->site->charger_count;
    for (int32_t robot = 0; robot < fleet->site->robot_count; robot++) {
        int64_t charger = robot_field(ledger, robot, PLENUM_ROBOT_CHARGER);
        if (charger == PLENUM_NONE)
            continue;
        fleet->chargers_left -= !fleet->charger_taken[charger];
        fleet->charger_taken[charger] = 1;
    }
}

bool site_could_charge(const struct plenum_ledger *ledger, int32_t robot)
{
    int64_t battery_j = model_of(plenum_ledger_site(ledger), robot)->battery_j;
    return site_charge_now_j(ledger, robot) * 1000 < battery_j * SITE_FULL_MILLI;
}

enum plenum_status site_send_to_charge(struct site_fleet *fleet, const struct plenum_port *port,
                                       int32_t robot)
{
    uint32_t best = PLENUM_FLEET_FAR;
    int32_t charger = PLENUM_NONE, cell = plenum_floor_cell_of(port->ledger, robot);
    for (int32_t i = 0; i < fleet->site->charger_count && fleet->chargers_left > 0; i++) {
        if (fleet->site->chargers[i].hall != fleet->hall_of[robot] || fleet->charger_taken[i])
            continue;
        uint32_t moves = site_fleet_distance(fleet, robot, cell, fleet->site->chargers[i].cell);
        if (moves < best) {
            best = moves;
            charger = i;
        }
    }
    if (charger == PLENUM_NONE)
        return PLENUM_OK;
    fleet->charger_taken[charger] = 1;
    fleet->chargers_left--;
    plenum_command_reset(&fleet->command, PLENUM_COMMAND_ROBOT_CHARGE, ACTOR);
    plenum_command_set(&fleet->command, robot_ref(robot), PLENUM_FIELD_STATE,
                       PLENUM_ROBOT_TO_CHARGER);
    plenum_command_set(&fleet->command, robot_ref(robot), PLENUM_ROBOT_CHARGER, charger);
    return plenum_port_submit(port, &fleet->command, NULL);
}

/* The watts that fit for as long as charging takes with them: all, or half; or for a part of that
 * time; or 0. */
static int64_t watts_that_fit(const struct plenum_ledger *ledger, int32_t load, int64_t wanted_w,
                              int64_t missing_j, int64_t *until_ms)
{
    int64_t now_ms = plenum_ledger_now_ms(ledger);
    for (int64_t part = 1; part <= 16; part *= 4)
        for (int64_t watts = wanted_w; watts > 0 && watts >= wanted_w / 2; watts /= 2) {
            *until_ms = now_ms + (missing_j * 1000 / watts / part + 60000);
            if (plenum_power_headroom_w(ledger, load, now_ms, *until_ms) >= watts)
                return watts;
        }
    return 0;
}

/* Claims watts for a robot on its charger, or claims on where a claim has ended too soon. */
static enum plenum_status begin_charging(struct site_fleet *fleet, const struct plenum_port *port,
                                         int32_t robot)
{
    const struct plenum_ledger *ledger = port->ledger;
    const struct plenum_charger *charger =
        &fleet->site->chargers[robot_field(ledger, robot, PLENUM_ROBOT_CHARGER)];
    const struct plenum_robot_model *model = model_of(fleet->site, robot);
    int64_t charge_j = site_charge_now_j(ledger, robot), until_ms = 0;
    int64_t wanted_w = charger->power_w < model->charge_w ? charger->power_w : model->charge_w;
    int64_t watts =
        watts_that_fit(ledger, charger->load, wanted_w, model->battery_j - charge_j, &until_ms);
    if (watts == 0)
        return PLENUM_OK;
    plenum_command_reset(&fleet->command, PLENUM_COMMAND_ROBOT_CHARGE, ACTOR);
    plenum_command_claim_power(&fleet->command, robot_ref(robot), charger->load,
                               plenum_ledger_now_ms(ledger), until_ms, watts);
    plenum_command_set(&fleet->command, robot_ref(robot), PLENUM_FIELD_STATE,
                       PLENUM_ROBOT_CHARGING);
    plenum_command_set(&fleet->command, robot_ref(robot), PLENUM_ROBOT_CHARGE_J, charge_j);
    plenum_command_set(&fleet->command, robot_ref(robot), PLENUM_ROBOT_CHARGE_MS,
                       plenum_ledger_now_ms(ledger));
    plenum_command_set(&fleet->command, robot_ref(robot), PLENUM_ROBOT_CHARGE_MOVES,
                       plenum_floor_moves(ledger, robot));
    plenum_command_set(&fleet->command, robot_ref(robot), PLENUM_ROBOT_CHARGE_W, watts);
    return plenum_port_submit(port, &fleet->command, NULL);
}

static enum plenum_status end_charging(struct site_fleet *fleet, const struct plenum_port *port,
                                       int32_t robot)
{
    const struct plenum_ledger *ledger = port->ledger;
    int64_t charge_j = site_charge_now_j(ledger, robot);
    plenum_command_reset(&fleet->command, PLENUM_COMMAND_ROBOT_CHARGE, ACTOR);
    plenum_command_release(&fleet->command, robot_ref(robot), PLENUM_BOOK_POWER,
                           plenum_ledger_now_ms(ledger));
    plenum_command_set(&fleet->command, robot_ref(robot), PLENUM_FIELD_STATE, PLENUM_ROBOT_IDLE);
    plenum_command_set(&fleet->command, robot_ref(robot), PLENUM_ROBOT_CHARGER, PLENUM_NONE);
    plenum_command_set(&fleet->command, robot_ref(robot), PLENUM_ROBOT_CHARGE_J, charge_j);
    plenum_command_set(&fleet->command, robot_ref(robot), PLENUM_ROBOT_CHARGE_MS,
                       plenum_ledger_now_ms(ledger));
    plenum_command_set(&fleet->command, robot_ref(robot), PLENUM_ROBOT_CHARGE_MOVES,
                       plenum_floor_moves(ledger, robot));
    plenum_command_set(&fleet->command, robot_ref(robot), PLENUM_ROBOT_CHARGE_W, 0);
    return plenum_port_submit(port, &fleet->command, NULL);
}

/* When the robot's watts end; now where it has none. */
static int64_t watts_end_ms(const struct plenum_ledger *ledger, int32_t robot)
{
    struct plenum_power_claim claims[2]; /* one that was just cut short, perhaps, and its heir */
    size_t count = plenum_power_claims_of(ledger, robot_ref(robot), claims, 2);
    int64_t end_ms = plenum_ledger_now_ms(ledger);
    CHECK(count <= 2);
    for (size_t i = 0; i < count; i++)
        end_ms = claims[i].until_ms > end_ms ? claims[i].until_ms : end_ms;
    return end_ms;
}

/* A robot stops charging when it is full, or a step before the time it has watts for is over; then
 * it goes on idle, and comes back if it is still low. */
static enum plenum_status charge_on(struct site_fleet *fleet, const struct plenum_port *port,
                                    int32_t robot)
{
    bool full = !site_could_charge(port->ledger, robot);
    int64_t next_ms = plenum_ledger_now_ms(port->ledger) + fleet->site->step_ms;
    return full || watts_end_ms(port->ledger, robot) <= next_ms ? end_charging(fleet, port, robot)
                                                                : PLENUM_OK;
}

/* A robot that broke, or was taken off by shedding, leaves its charger to others. */
static enum plenum_status leave_charger(struct site_fleet *fleet, const struct plenum_port *port,
                                        int32_t robot)
{
    if (robot_field(port->ledger, robot, PLENUM_ROBOT_CHARGER) == PLENUM_NONE)
        return PLENUM_OK;
    plenum_command_reset(&fleet->command, PLENUM_COMMAND_ROBOT_CHARGE, ACTOR);
    plenum_command_release(&fleet->command, robot_ref(robot), PLENUM_BOOK_POWER,
                           plenum_ledger_now_ms(port->ledger));
    plenum_command_set(&fleet->command, robot_ref(robot), PLENUM_ROBOT_CHARGER, PLENUM_NONE);
    plenum_command_set(&fleet->command, robot_ref(robot), PLENUM_ROBOT_CHARGE_W, 0);
    return plenum_port_submit(port, &fleet->command, NULL);
}

static enum plenum_status charge_robot(struct site_fleet *fleet, const struct plenum_port *port,
                                       int32_t robot)
{
    const struct plenum_ledger *ledger = port->ledger;
    const struct plenum_robot_model *model = model_of(fleet->site, robot);
    switch (robot_field(ledger, robot, PLENUM_FIELD_STATE)) {
    case PLENUM_ROBOT_IDLE:
        if (site_charge_now_j(ledger, robot) * 1000 < model->battery_j * model->low_milli)
            return site_send_to_charge(fleet, port, robot);
        return leave_charger(fleet, port, robot);
    case PLENUM_ROBOT_BROKEN:
        return leave_charger(fleet, port, robot);
    case PLENUM_ROBOT_TO_CHARGER:
        if (plenum_floor_cell_of(ledger, robot) ==
            fleet->site->chargers[robot_field(ledger, robot, PLENUM_ROBOT_CHARGER)].cell)
            return begin_charging(fleet, port, robot);
        return PLENUM_OK;
    case PLENUM_ROBOT_CHARGING:
        return charge_on(fleet, port, robot);
    default:
        return PLENUM_OK;
    }
}

enum plenum_status site_charge(struct site_fleet *fleet, const struct plenum_port *port)
{
    enum plenum_status status = PLENUM_OK;
    find_taken_chargers(fleet, port->ledger);
    for (int32_t robot = 0; robot < fleet->site->robot_count && status == PLENUM_OK; robot++)
        status = charge_robot(fleet, port, robot);
    return status;
}
