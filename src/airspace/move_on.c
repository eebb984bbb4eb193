/* Flights from take-off to landing, and the end of what is done with. */
#include "airspace/agent.h"

#include "base/check.h"

static const char ACTOR[] = "planner/airspace";

static enum plenum_status take_off(struct air_agent *agent, const struct plenum_port *port,
                                   uint64_t id, const int64_t *flight)
{
    struct plenum_command *command = &agent->command;
    struct plenum_ref drone = drone_ref((int32_t)flight[PLENUM_FLIGHT_DRONE]);
    uint64_t delivery = (uint64_t)flight[PLENUM_FLIGHT_DELIVERY];
    plenum_command_reset(command, PLENUM_COMMAND_FLIGHT_MOVE_ON, ACTOR);
    plenum_command_set(command, plenum_ref(PLENUM_FLIGHT, id), PLENUM_FIELD_STATE,
                       PLENUM_FLIGHT_ACTIVATED);
    plenum_command_set(command, drone, PLENUM_FIELD_STATE, PLENUM_DRONE_FLYING);
    plenum_command_set(command, drone, PLENUM_DRONE_PAD, flight[PLENUM_FLIGHT_TO_PAD]);
    if (delivery != 0)
        plenum_command_set(command, plenum_ref(PLENUM_DELIVERY, delivery), PLENUM_FIELD_STATE,
                           PLENUM_DELIVERY_FLYING);
    return plenum_port_submit(port, command, NULL);
}

/* The flight is over, its drone free and its air given back; what it was to bring is now so. */
static enum plenum_status end_flight(struct air_agent *agent, const struct plenum_port *port,
                                     uint64_t id, const int64_t *flight, int64_t delivery_state)
{
    struct plenum_command *command = &agent->command;
    struct plenum_ref ref = plenum_ref(PLENUM_FLIGHT, id);
    struct plenum_ref drone = drone_ref((int32_t)flight[PLENUM_FLIGHT_DRONE]);
    uint64_t delivery = (uint64_t)flight[PLENUM_FLIGHT_DELIVERY];
    plenum_command_reset(command, PLENUM_COMMAND_FLIGHT_MOVE_ON, ACTOR);
    plenum_command_release(command, ref, PLENUM_BOOK_AIR, plenum_ledger_now_ms(port->ledger));
    plenum_command_set(command, ref, PLENUM_FIELD_STATE, PLENUM_FLIGHT_ENDED);
    plenum_command_set(command, drone, PLENUM_FIELD_STATE, PLENUM_DRONE_READY);
    plenum_command_set(command, drone, PLENUM_DRONE_FLIGHT, 0);
    if (delivery != 0) {
        struct plenum_ref asked = plenum_ref(PLENUM_DELIVERY, delivery);
        plenum_command_set(command, asked, PLENUM_FIELD_STATE, delivery_state);
        plenum_command_set(command, asked, PLENUM_DELIVERY_FLIGHT, 0);
    }
    return plenum_port_submit(port, command, NULL);
}

static enum plenum_status land(struct air_agent *agent, const struct plenum_port *port, uint64_t id,
                               const int64_t *flight)
{
    return end_flight(agent, port, id, flight, PLENUM_DELIVERY_LANDED);
}

/* A flight that has not begun: its drone stays, and what it was to bring is asked for again. */
static enum plenum_status call_off(struct air_agent *agent, const struct plenum_port *port,
                                   uint64_t id, const int64_t *flight)
{
    return end_flight(agent, port, id, flight, PLENUM_DELIVERY_ASKED);
}

static enum plenum_status end_entity(struct air_agent *agent, const struct plenum_port *port,
                                     struct plenum_ref ref)
{
    plenum_command_reset(&agent->command, PLENUM_COMMAND_FLIGHT_MOVE_ON, ACTOR);
    plenum_command_end(&agent->command, ref);
    return plenum_port_submit(port, &agent->command, NULL);
}

static enum plenum_status move_flight(struct air_agent *agent, const struct plenum_port *port,
                                      uint64_t id)
{
    const int64_t *flight = plenum_ledger_row(port->ledger, PLENUM_FLIGHT, id);
    int64_t now_ms = plenum_ledger_now_ms(port->ledger);
    switch (flight[PLENUM_FIELD_STATE]) {
    case PLENUM_FLIGHT_ACCEPTED:
        if (plenum_stop_in_force(port->ledger, PLENUM_STOP_AIR))
            return call_off(agent, port, id, flight);
        return now_ms >= flight[PLENUM_FLIGHT_START_MS] ? take_off(agent, port, id, flight)
                                                        : PLENUM_OK;
    case PLENUM_FLIGHT_ENDED:
        return flight[PLENUM_FLIGHT_SINCE_MS] < now_ms
                   ? end_entity(agent, port, plenum_ref(PLENUM_FLIGHT, id))
                   : PLENUM_OK;
    default:
        return now_ms >= flight[PLENUM_FLIGHT_END_MS] ? land(agent, port, id, flight) : PLENUM_OK;
    }
}

/* Parcels that have landed end a step later; spare parts are the rack planner's to take. */
static enum plenum_status end_delivery(struct air_agent *agent, const struct plenum_port *port,
                                       uint64_t id)
{
    const int64_t *row = plenum_ledger_row(port->ledger, PLENUM_DELIVERY, id);
    bool over = row[PLENUM_FIELD_STATE] == PLENUM_DELIVERY_LANDED ||
                row[PLENUM_FIELD_STATE] == PLENUM_DELIVERY_CANCELLED;
    if (!over || row[PLENUM_DELIVERY_RACK] != PLENUM_NONE ||
        row[PLENUM_DELIVERY_SINCE_MS] == plenum_ledger_now_ms(port->ledger))
        return PLENUM_OK;
    return end_entity(agent, port, plenum_ref(PLENUM_DELIVERY, id));
}

enum plenum_status air_move_on(struct air_agent *agent, const struct plenum_port *port)
{
    enum plenum_status status = PLENUM_OK;
    agent_list(agent, port->ledger, PLENUM_FLIGHT);
    for (size_t i = 0; i < agent->id_count && status == PLENUM_OK; i++)
        status = move_flight(agent, port, agent->ids[i]);
    agent_list(agent, port->ledger, PLENUM_DELIVERY);
    for (size_t i = 0; i < agent->id_count && status == PLENUM_OK; i++)
        status = end_delivery(agent, port, agent->ids[i]);
    return status;
}
