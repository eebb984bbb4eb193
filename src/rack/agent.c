/* The rack planner as an agent: first what keeps the site under its limits, then the racks in
 * order. Its only memory is a command's scratch space. */
#include <plenum/port.h>

#include "base/memory.h"
#include "rack/bring_up.h"
#include "rack/expect.h"
#include "rack/maintain.h"
#include "rack/shed.h"

#include <stdlib.h>

struct rack_agent {
    const struct plenum_site *site;
    struct plenum_command command;
};

static enum plenum_status see_ahead(const struct plenum_port *port, struct plenum_command *command,
                                    int32_t rack)
{
    int64_t state =
        plenum_ledger_get(port->ledger, PLENUM_RACK, (uint64_t)rack, PLENUM_FIELD_STATE);
    if (state == PLENUM_RACK_RETIRED)
        return PLENUM_OK;
    return state == PLENUM_RACK_IN_SERVICE ? retire_rack(port, command, rack)
                                           : expect_rack(port, command, rack);
}

static enum plenum_status rack_agent_step(void *self, const struct plenum_port *port)
{
    struct rack_agent *agent = self;
    enum plenum_status status = shed_before_limits(port, &agent->command);
    if (status == PLENUM_OK)
        status = maintain_on_time(port, &agent->command);
    for (int32_t rack = 0; rack < agent->site->rack_count && status == PLENUM_OK; rack++) {
        status = bring_up_rack(port, &agent->command, rack);
        if (status == PLENUM_OK)
            status = see_ahead(port, &agent->command, rack);
    }
    return status;
}

static void rack_agent_destroy(void *self)
{
    struct rack_agent *agent = self;
    plenum_command_finish(&agent->command);
    free(agent);
}

struct plenum_agent plenum_rack_agent(const struct plenum_site *site)
{
    struct rack_agent *agent = memory_new(1, sizeof *agent);
    agent->site = site;
    plenum_command_init(&agent->command, PLENUM_COMMAND_OTHER, "planner/rack");
    return (struct plenum_agent){.name = "planner/rack",
                                 .step = rack_agent_step,
                                 .destroy = rack_agent_destroy,
                                 .self = agent};
}
