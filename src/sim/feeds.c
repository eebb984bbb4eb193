/* Feeds: the utility says in advance that a limit will be lowered, and until when. */
#include "sim/sim.h"

enum plenum_status sim_feeds(struct sim *sim, const struct plenum_port *port)
{
    enum plenum_status status = PLENUM_OK;
    for (int32_t i = 0; i < sim->site->world.derate_count && status == PLENUM_OK; i++) {
        const struct plenum_derate *derate = &sim->site->world.derates[i];
        if (!sim_now_is(port->ledger, derate->notice_ms))
            continue;
        plenum_command_reset(&sim->command, PLENUM_COMMAND_POWER_DERATE, "sim/utility");
        plenum_command_limit(&sim->command, derate->node, derate->from_ms, derate->until_ms,
                             derate->limit_w, derate->limit_w);
        status = plenum_port_submit(port, &sim->command, NULL);
    }
    return status;
}
