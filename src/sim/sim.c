/* The simulated world as an agent. */
#include "sim/sim.h"

#include "base/memory.h"

#include <stdlib.h>

static enum plenum_status sim_step(void *self, const struct plenum_port *port)
{
    static enum plenum_status (*const parts[])(struct sim * sim, const struct plenum_port *port) = {
        sim_feeds, sim_racks, sim_robots, sim_totes, sim_tenants, sim_drones};
    enum plenum_status status = PLENUM_OK;
    for (size_t i = 0; i < sizeof parts / sizeof *parts && status == PLENUM_OK; i++)
        status = parts[i](self, port);
    return status;
}

static void sim_destroy(void *self)
{
    struct sim *sim = self;
    plenum_command_finish(&sim->command);
    free(sim->ids);
    free(sim);
}

struct plenum_agent plenum_sim_agent(const struct plenum_site *site, uint64_t seed)
{
    struct sim *sim = memory_new(1, sizeof *sim);
    sim->site = site;
    sim->seed = seed;
    plenum_command_init(&sim->command, PLENUM_COMMAND_OTHER, "sim");
    return (struct plenum_agent){
        .name = "sim", .step = sim_step, .destroy = sim_destroy, .self = sim};
}
