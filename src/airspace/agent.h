/* The airspace planner as an agent, between its files. All it knows from step to step is in the
 * ledger; what is kept here is memory to work in. */
#ifndef AIRSPACE_AGENT_H
#define AIRSPACE_AGENT_H

#include <plenum/airspace.h>

#include "airspace/flight.h"

/* In this order within a step. All instants are of the site's clock. */
#define AIR_RETRY_MS      INT64_C(10000)   /* between two tries for one delivery, or to charge */
#define AIR_REPOSITION_MS INT64_C(60000)   /* between two looks at where drones stand */
#define AIR_PREPARE_MS    INT64_C(30000)   /* from a plan to take-off, at least */
#define AIR_AHEAD_MS      INT64_C(1800000) /* and at most */
#define AIR_SLOT_MS       INT64_C(10000)   /* between two slots that are tried */

struct air_agent {
    const struct plenum_site *site;
    struct plenum_wind wind;
    struct plenum_command command;
    struct plenum_flight_plan plan;
    uint64_t *ids; /* of the entities of one kind, while commands are submitted */
    size_t id_count, id_room;
};

static inline struct plenum_ref drone_ref(int32_t drone)
{
    return plenum_ref(PLENUM_DRONE, (uint64_t)drone);
}

/* The drone's row. */
const int64_t *drone_row(const struct plenum_ledger *ledger, int32_t drone);
const struct plenum_drone_model *drone_model(const struct plenum_site *site, int32_t drone);
/* Joules in its battery now, as far as reports and grants say. */
int64_t drone_charge_j(const struct plenum_ledger *ledger, int32_t drone);
/* Fills agent->ids with the entities of a kind, in order of id. */
void agent_list(struct air_agent *agent, const struct plenum_ledger *ledger, uint32_t kind);
/* Whether the step is one of those `every_ms` apart, counted from since_ms. */
bool agent_is_due(const struct plenum_ledger *ledger, int64_t since_ms, int64_t every_ms);

/* Adds to the command what takes a drone off its charger, if it charges. */
void charge_stop(struct plenum_command *command, const struct plenum_ledger *ledger, int32_t drone);

/* Take-offs and landings that are due; entities that are done with end. */
enum plenum_status air_move_on(struct air_agent *agent, const struct plenum_port *port);
/* Flights for deliveries that are asked for. */
enum plenum_status air_dispatch(struct air_agent *agent, const struct plenum_port *port);
/* Drones on and off chargers. */
enum plenum_status air_charge(struct air_agent *agent, const struct plenum_port *port);

#endif
