/* Drones that stand at pads charge there: at once when they have landed, until they are full. A
 * drone may be taken off its charger whenever what it has is enough. */
#include "airspace/agent.h"

static const char ACTOR[] = "planner/airspace";
enum { LOW_MILLI = 950, FULL_MILLI = 995 };

void charge_stop(struct plenum_command *command, const struct plenum_ledger *ledger, int32_t drone)
{
    struct plenum_ref ref = drone_ref(drone);
    if (drone_row(ledger, drone)[PLENUM_DRONE_STATE] != PLENUM_DRONE_CHARGING)
        return;
    int64_t now_ms = plenum_ledger_now_ms(ledger);
    plenum_command_release(command, ref, PLENUM_BOOK_POWER, now_ms);
    plenum_command_set(command, ref, PLENUM_DRONE_CHARGE_J, drone_charge_j(ledger, drone));
    plenum_command_set(command, ref, PLENUM_DRONE_CHARGE_MS, now_ms);
    plenum_command_set(command, ref, PLENUM_DRONE_CHARGE_W, 0);
    plenum_command_set(command, ref, PLENUM_FIELD_STATE, PLENUM_DRONE_READY);
}

/* What the pad has left to give: its watts are for all that stand there. */
static int64_t pad_left_w(const struct plenum_ledger *ledger, int32_t pad)
{
    const struct plenum_site *site = plenum_ledger_site(ledger);
    int64_t left_w = site->pads[pad].charge_w;
    for (int32_t i = 0; i < site->drone_count; i++) {
        const int64_t *row = drone_row(ledger, i);
        if (row[PLENUM_DRONE_STATE] == PLENUM_DRONE_CHARGING && row[PLENUM_DRONE_PAD] == pad)
            left_w -= row[PLENUM_DRONE_CHARGE_W];
    }
    return left_w;
}

/* The watts that fit for as long as charging takes with them: all, half, or 0. */
static int64_t watts_that_fit(const struct plenum_ledger *ledger, int32_t load, int64_t wanted_w,
                              int64_t missing_j, int64_t *until_ms)
{
    int64_t now_ms = plenum_ledger_now_ms(ledger);
    for (int64_t watts = wanted_w; watts > 0 && watts >= wanted_w / 2; watts /= 2) {
        *until_ms = now_ms + missing_j * 1000 / watts + 60000;
        if (load == PLENUM_NONE ||
            plenum_power_headroom_w(ledger, load, now_ms, *until_ms) >= watts)
            return watts;
    }
    return 0;
}

static enum plenum_status charge_begin(struct air_agent *agent, const struct plenum_port *port,
                                       int32_t drone)
{
    const struct plenum_ledger *ledger = port->ledger;
    const struct plenum_drone_model *model = drone_model(agent->site, drone);
    int32_t pad = (int32_t)drone_row(ledger, drone)[PLENUM_DRONE_PAD];
    int32_t load = agent->site->pads[pad].load;
    int64_t now_ms = plenum_ledger_now_ms(ledger), charge_j = drone_charge_j(ledger, drone);
    int64_t left_w = pad_left_w(ledger, pad), until_ms = 0;
    int64_t watts =
        watts_that_fit(ledger, load, left_w < model->charge_w ? left_w : model->charge_w,
                       model->battery_j - charge_j, &until_ms);
    if (watts == 0)
        return PLENUM_OK;
    struct plenum_command *command = &agent->command;
    plenum_command_reset(command, PLENUM_COMMAND_DRONE_CHARGE, ACTOR);
    if (load != PLENUM_NONE)
        plenum_command_claim_power(command, drone_ref(drone), load, now_ms, until_ms, watts);
    plenum_command_set(command, drone_ref(drone), PLENUM_FIELD_STATE, PLENUM_DRONE_CHARGING);
    plenum_command_set(command, drone_ref(drone), PLENUM_DRONE_CHARGE_J, charge_j);
    plenum_command_set(command, drone_ref(drone), PLENUM_DRONE_CHARGE_MS, now_ms);
    plenum_command_set(command, drone_ref(drone), PLENUM_DRONE_CHARGE_W, watts);
    return plenum_port_submit(port, command, NULL);
}

/* A drone leaves its charger when it is full, or when the time that it has watts for is over. */
static enum plenum_status charge_on(struct air_agent *agent, const struct plenum_port *port,
                                    int32_t drone)
{
    const struct plenum_ledger *ledger = port->ledger;
    int64_t full_j = drone_model(agent->site, drone)->battery_j / 1000 * FULL_MILLI;
    int32_t load = agent->site->pads[drone_row(ledger, drone)[PLENUM_DRONE_PAD]].load;
    bool claimed =
        load == PLENUM_NONE || plenum_power_claims_of(ledger, drone_ref(drone), NULL, 0) > 0;
    if (claimed && drone_charge_j(ledger, drone) < full_j)
        return PLENUM_OK;
    plenum_command_reset(&agent->command, PLENUM_COMMAND_DRONE_CHARGE, ACTOR);
    charge_stop(&agent->command, ledger, drone);
    return plenum_port_submit(port, &agent->command, NULL);
}

enum plenum_status air_charge(struct air_agent *agent, const struct plenum_port *port)
{
    enum plenum_status status = PLENUM_OK;
    for (int32_t drone = 0; drone < agent->site->drone_count && status == PLENUM_OK; drone++) {
        const int64_t *row = drone_row(port->ledger, drone);
        int64_t low_j = drone_model(agent->site, drone)->battery_j / 1000 * LOW_MILLI;
        if (row[PLENUM_DRONE_STATE] == PLENUM_DRONE_CHARGING)
            status = charge_on(agent, port, drone);
        else if (row[PLENUM_DRONE_STATE] == PLENUM_DRONE_READY &&
                 row[PLENUM_DRONE_CHARGE_J] < low_j &&
                 agent_is_due(port->ledger, row[PLENUM_DRONE_SINCE_MS], AIR_RETRY_MS))
            status = charge_begin(agent, port, drone);
    }
    return status;
}
