/* The airspace planner as an agent: what it reads, and its order of work. */
#include "airspace/agent.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/memory.h"

const int64_t *drone_row(const struct plenum_ledger *ledger, int32_t drone)
{
    const int64_t *row = plenum_ledger_row(ledger, PLENUM_DRONE, (uint64_t)drone);
    CHECK(row);
    return row;
}

const struct plenum_drone_model *drone_model(const struct plenum_site *site, int32_t drone)
{
    return &site->drone_models[site->drones[drone].model];
}

int64_t drone_charge_j(const struct plenum_ledger *ledger, int32_t drone)
{
    const int64_t *row = drone_row(ledger, drone);
    int64_t full_j = drone_model(plenum_ledger_site(ledger), drone)->battery_j;
    int64_t passed_ms = plenum_ledger_now_ms(ledger) - row[PLENUM_DRONE_CHARGE_MS];
    int64_t charge_j = row[PLENUM_DRONE_CHARGE_J];
    if (row[PLENUM_DRONE_STATE] == PLENUM_DRONE_CHARGING)
        charge_j += row[PLENUM_DRONE_CHARGE_W] * passed_ms / 1000;
    return charge_j > full_j ? full_j : charge_j;
}

void agent_list(struct air_agent *agent, const struct plenum_ledger *ledger, uint32_t kind)
{
    size_t cursor = 0;
    uint64_t id;
    const int64_t *row;
    agent->id_count = 0;
    agent->ids = array_reserve(agent->ids, &agent->id_room, plenum_ledger_count(ledger, kind),
                               sizeof *agent->ids, SIZE_MAX / sizeof *agent->ids);
    while (plenum_ledger_walk(ledger, kind, &cursor, &id, &row))
        agent->ids[agent->id_count++] = id;
}

bool agent_is_due(const struct plenum_ledger *ledger, int64_t since_ms, int64_t every_ms)
{
    int64_t passed_ms = plenum_ledger_now_ms(ledger) - since_ms;
    return passed_ms % every_ms < plenum_ledger_site(ledger)->step_ms;
}

static enum plenum_status air_step(void *self, const struct plenum_port *port)
{
    struct air_agent *agent = self;
    if (agent->site->drone_count == 0)
        return PLENUM_OK;
    enum plenum_status status = air_move_on(agent, port);
    if (status == PLENUM_OK)
        status = air_dispatch(agent, port);
    return status == PLENUM_OK ? air_charge(agent, port) : status;
}

static void air_destroy(void *self)
{
    struct air_agent *agent = self;
    plenum_command_finish(&agent->command);
    free(agent->ids);
    free(agent);
}

struct plenum_agent plenum_airspace_agent(const struct plenum_site *site)
{
    struct air_agent *agent = memory_new(1, sizeof *agent);
    agent->site = site;
    agent->wind = (struct plenum_wind){site->world.wind_mean_mm_s, site->world.wind_gust_mm_s};
    plenum_command_init(&agent->command, PLENUM_COMMAND_OTHER, "planner/airspace");
    return (struct plenum_agent){
        .name = "planner/airspace", .step = air_step, .destroy = air_destroy, .self = agent};
}
