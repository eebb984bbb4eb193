/* Racks: the supplier, those who cable and repair, the tester, and faults in service. */
#include "sim/sim.h"

static const int64_t SUPPLY_DELAY_MAX_MS = 600000;
static const int64_t DAY_MS = 86400000;

static int64_t rack_field(const struct plenum_ledger *ledger, int32_t rack, int32_t field)
{
    return plenum_ledger_get(ledger, PLENUM_RACK, (uint64_t)rack, field);
}

static enum plenum_status report_state(struct sim *sim, const struct plenum_port *port,
                                       int32_t rack, enum plenum_rack_state state)
{
    struct plenum_ref ref = plenum_ref(PLENUM_RACK, (uint64_t)rack);
    plenum_command_reset(&sim->command, PLENUM_COMMAND_RACK_MOVE_ON, "sim");
    plenum_command_set(&sim->command, ref, PLENUM_FIELD_STATE, state);
    if (rack_field(port->ledger, rack, PLENUM_FIELD_STATE) == PLENUM_RACK_FAILED) {
        plenum_command_set(&sim->command, ref, PLENUM_RACK_FAULT, 0);
        plenum_command_set(&sim->command, ref, PLENUM_RACK_PART_MS, 0);
    }
    return plenum_port_submit(port, &sim->command, NULL);
}

static enum plenum_status report_fault(struct sim *sim, const struct plenum_port *port,
                                       int32_t rack)
{
    plenum_command_reset(&sim->command, PLENUM_COMMAND_RACK_REPORT, "sim");
    plenum_command_set(&sim->command, plenum_ref(PLENUM_RACK, (uint64_t)rack), PLENUM_RACK_FAULT,
                       1);
    return plenum_port_submit(port, &sim->command, NULL);
}

/* The supplier is up to SUPPLY_DELAY_MAX_MS late at each station of the way. */
static enum plenum_status supply(struct sim *sim, const struct plenum_port *port, int32_t rack,
                                 enum plenum_rack_state next)
{
    const struct plenum_rack *order = &sim->site->racks[rack];
    int64_t due_ms = next == PLENUM_RACK_BUILT     ? order->built_ms
                     : next == PLENUM_RACK_SHIPPED ? order->shipped_ms
                                                   : order->arrive_ms;
    uint64_t bits = sim_draw(sim, SIM_SUPPLY, (uint64_t)rack, (int64_t)next);
    due_ms += (int64_t)random_below_from(bits, (uint64_t)SUPPLY_DELAY_MAX_MS);
    return plenum_ledger_now_ms(port->ledger) < due_ms ? PLENUM_OK
                                                       : report_state(sim, port, rack, next);
}

/* Infant mortality: a first burn-in fails most often, each further one a quarter as often. */
static enum plenum_status burn_in(struct sim *sim, const struct plenum_port *port, int32_t rack)
{
    const struct plenum_ledger *ledger = port->ledger;
    int64_t tries = rack_field(ledger, rack, PLENUM_RACK_BURN_INS);
    int64_t ran_ms = plenum_ledger_now_ms(ledger) - rack_field(ledger, rack, PLENUM_FIELD_SINCE_MS);
    int64_t length_ms = sim->site->world.burn_in_ms;
    uint64_t bits = sim_draw(sim, SIM_BURN_IN, (uint64_t)rack, tries);
    int64_t ppm = sim->site->world.rack_infant_ppm >> (tries > 8 ? 16 : 2 * (tries - 1));
    if (sim_chance(bits, ppm))
        return ran_ms >= (int64_t)(bits % 1000) * length_ms / 1000 ? report_fault(sim, port, rack)
                                                                   : PLENUM_OK;
    return ran_ms >= length_ms ? report_state(sim, port, rack, PLENUM_RACK_TESTED) : PLENUM_OK;
}

static enum plenum_status in_service(struct sim *sim, const struct plenum_port *port, int32_t rack)
{
    int64_t now_ms = plenum_ledger_now_ms(port->ledger);
    uint64_t bits = sim_draw(sim, SIM_FAULT, (uint64_t)rack, now_ms);
    int64_t steps_a_day = DAY_MS / sim->site->step_ms;
    bool fails = (int64_t)random_below_from(bits, (uint64_t)steps_a_day * 1000000) <
                 sim->site->world.rack_failure_ppm;
    return fails ? report_fault(sim, port, rack) : PLENUM_OK;
}

/* Work on a rack that takes about mean_ms from since_ms on and ends with it cabled. */
static enum plenum_status work(struct sim *sim, const struct plenum_port *port, int32_t rack,
                               enum sim_stream stream, int64_t since_ms, int64_t mean_ms)
{
    int64_t takes_ms = sim_spread(sim_draw(sim, stream, (uint64_t)rack, since_ms), mean_ms);
    return plenum_ledger_now_ms(port->ledger) >= since_ms + takes_ms
               ? report_state(sim, port, rack, PLENUM_RACK_CABLED)
               : PLENUM_OK;
}

static enum plenum_status sim_rack(struct sim *sim, const struct plenum_port *port, int32_t rack)
{
    const struct plenum_ledger *ledger = port->ledger;
    int64_t since_ms = rack_field(ledger, rack, PLENUM_FIELD_SINCE_MS);
    int64_t part_ms = sim->site->racks[rack].dock == PLENUM_NONE
                          ? since_ms /* who repairs it brings the part */
                          : rack_field(ledger, rack, PLENUM_RACK_PART_MS);
    bool faulty = rack_field(ledger, rack, PLENUM_RACK_FAULT) != 0;
    switch (rack_field(ledger, rack, PLENUM_FIELD_STATE)) {
    case PLENUM_RACK_ORDERED:
        return supply(sim, port, rack, PLENUM_RACK_BUILT);
    case PLENUM_RACK_BUILT:
        return supply(sim, port, rack, PLENUM_RACK_SHIPPED);
    case PLENUM_RACK_SHIPPED:
        return supply(sim, port, rack, PLENUM_RACK_AT_DOCK);
    case PLENUM_RACK_PLACED:
        return work(sim, port, rack, SIM_CABLING, since_ms, sim->site->world.cabling_ms);
    case PLENUM_RACK_POWERED:
        return faulty ? PLENUM_OK : burn_in(sim, port, rack);
    case PLENUM_RACK_IN_SERVICE:
        return faulty ? PLENUM_OK : in_service(sim, port, rack);
    case PLENUM_RACK_FAILED:
        return part_ms == 0
                   ? PLENUM_OK
                   : work(sim, port, rack, SIM_REPAIR, part_ms, sim->site->world.repair_ms);
    default:
        return PLENUM_OK;
    }
}

enum plenum_status sim_racks(struct sim *sim, const struct plenum_port *port)
{
    enum plenum_status status = PLENUM_OK;
    for (int32_t rack = 0; rack < sim->site->rack_count && status == PLENUM_OK; rack++)
        status = sim_rack(sim, port, rack);
    return status;
}
