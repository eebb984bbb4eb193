/* Nodes: what Slurm says of each becomes a report of its rack, as the simulator's would be. */
#include "edge/slurm/agent.h"

#include "base/check.h"
#include "base/memory.h"
#include "rack/drain.h"

#include <stdlib.h>

static const char ACTOR[] = "slurm";

static struct plenum_ref rack_ref(int32_t rack)
{
    return plenum_ref(PLENUM_RACK, (uint64_t)rack);
}

static enum plenum_status report_state(struct slurm_agent *agent, const struct plenum_port *port,
                                       int32_t rack, enum plenum_rack_state state)
{
    bool repaired = plenum_ledger_get(port->ledger, PLENUM_RACK, (uint64_t)rack,
                                      PLENUM_FIELD_STATE) == PLENUM_RACK_FAILED;
    plenum_command_reset(&agent->command, PLENUM_COMMAND_RACK_MOVE_ON, ACTOR);
    plenum_command_set(&agent->command, rack_ref(rack), PLENUM_FIELD_STATE, state);
    if (repaired) {
        plenum_command_set(&agent->command, rack_ref(rack), PLENUM_RACK_FAULT, 0);
        plenum_command_set(&agent->command, rack_ref(rack), PLENUM_RACK_PART_MS, 0);
    }
    return slurm_submit(agent, port, SUBJECT_NODE, rack, NULL);
}

static enum plenum_status report_fault(struct slurm_agent *agent, const struct plenum_port *port,
                                       int32_t rack)
{
    if (plenum_ledger_get(port->ledger, PLENUM_RACK, (uint64_t)rack, PLENUM_RACK_FAULT) != 0)
        return PLENUM_OK;
    plenum_command_reset(&agent->command, PLENUM_COMMAND_RACK_REPORT, ACTOR);
    plenum_command_set(&agent->command, rack_ref(rack), PLENUM_RACK_FAULT, 1);
    return slurm_submit(agent, port, SUBJECT_NODE, rack, NULL);
}

/* --- a node that drains ----------------------------------------------------------------------- */

static bool is_put_back(const struct plenum_command *command, uint64_t job)
{
    for (size_t i = 0; i < command->op_count; i++)
        if (command->ops[i].type == PLENUM_OP_RELEASE && command->ops[i].release.owner.id == job)
            return true;
    return false;
}

/* Jobs that would start on the server go back into the queue. When the last that runs there ends:
 * from then on it is closed. */
static int64_t clear_plans(struct slurm_agent *agent, const struct plenum_ledger *ledger,
                           int32_t server)
{
    int64_t last_ms = plenum_ledger_now_ms(ledger);
    size_t count = plenum_capacity_claims_on(ledger, server, NULL, 0);
    struct plenum_capacity_claim *claims = memory_new(count, sizeof *claims);
    plenum_capacity_claims_on(ledger, server, claims, count);
    for (size_t i = 0; i < count; i++) {
        uint64_t job = claims[i].owner.id;
        bool runs =
            plenum_ledger_get(ledger, PLENUM_JOB, job, PLENUM_FIELD_STATE) == PLENUM_JOB_RUNNING;
        if (!runs && !is_put_back(&agent->command, job))
            drain_job(ledger, &agent->command, job);
        if (runs && claims[i].until_ms > last_ms)
            last_ms = claims[i].until_ms;
    }
    free(claims);
    return last_ms;
}

static enum plenum_status set_window(struct slurm_agent *agent, const struct plenum_port *port,
                                     int32_t rack, bool drains)
{
    int32_t server = slurm_server_of(agent, rack);
    int64_t from_ms, until_ms, now_ms = plenum_ledger_now_ms(port->ledger);
    plenum_capacity_window(port->ledger, server, &from_ms, &until_ms);
    if (drains == (until_ms != PLENUM_FOREVER) || !slurm_may_order(agent, SUBJECT_NODE, rack))
        return PLENUM_OK;
    plenum_command_reset(&agent->command, PLENUM_COMMAND_RACK_REPORT, ACTOR);
    int64_t closes_ms = drains ? clear_plans(agent, port->ledger, server) : PLENUM_FOREVER;
    bool open = from_ms < until_ms && (drains || until_ms > now_ms);
    plenum_command_window(&agent->command, server, open ? from_ms : now_ms, closes_ms);
    return slurm_submit(agent, port, SUBJECT_NODE, rack, NULL);
}

/* --- all of them ------------------------------------------------------------------------------ */

static enum plenum_status step_in_service(struct slurm_agent *agent, const struct plenum_port *port,
                                          int32_t rack, enum slurm_health health)
{
    return health == SLURM_DOWN ? report_fault(agent, port, rack)
                                : set_window(agent, port, rack, health == SLURM_DRAINING);
}

static enum plenum_status step_rack(struct slurm_agent *agent, const struct plenum_port *port,
                                    int32_t rack)
{
    const struct slurm_node *node = slurm_node_find(agent, agent->site->racks[rack].name);
    enum slurm_health health = node ? node->health : SLURM_DOWN;
    switch (plenum_ledger_get(port->ledger, PLENUM_RACK, (uint64_t)rack, PLENUM_FIELD_STATE)) {
    case PLENUM_RACK_PLACED:
    case PLENUM_RACK_FAILED:
        return health == SLURM_UP ? report_state(agent, port, rack, PLENUM_RACK_CABLED) : PLENUM_OK;
    case PLENUM_RACK_POWERED:
        return health == SLURM_UP ? report_state(agent, port, rack, PLENUM_RACK_TESTED) : PLENUM_OK;
    case PLENUM_RACK_IN_SERVICE:
        return step_in_service(agent, port, rack, health);
    default:
        return PLENUM_OK;
    }
}

enum plenum_status slurm_step_nodes(struct slurm_agent *agent, const struct plenum_port *port)
{
    enum plenum_status status = PLENUM_OK;
    for (int32_t rack = 0; rack < agent->site->rack_count && status == PLENUM_OK; rack++)
        status = step_rack(agent, port, rack);
    return status;
}
