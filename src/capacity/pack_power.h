/* Pack power: the watts of a server by what is taken of it.
 *
 * Model of Lettich et al., "Power- and Fragmentation-aware Online Scheduling for GPU Datacenters"
 * (CCGrid 2025): a device with any job on it draws its full watts, one without its idle watts; a
 * virtual core is half a core; sockets that the used cores need draw full watts, the others their
 * idle watts; a server has as many sockets as its cores need. Types that the table does not know
 * draw as an A10 does. */
#ifndef CAPACITY_PACK_POWER_H
#define CAPACITY_PACK_POWER_H

#include "capacity/pack_site.h"

struct pack_power {
    int32_t gpu_idle_w, gpu_full_w;
    int32_t socket_idle_w, socket_full_w;
    int32_t socket_cpu_milli; /* virtual cores of a socket */
};

/* name: of an accelerator type, or NULL for a server without. */
struct pack_power pack_power_of(const char *name);
/* cpu_milli: all that the server has. */
int64_t pack_power_w(const struct pack_power *power, const struct pack_server *server,
                     int64_t cpu_milli);

#endif
