/* Pack site: what is free on each server while jobs are packed.
 *
 * Invariants:
 *  1. 0 <= free <= what the server has, for cores, memory and each device.
 *  2. gpu_free_sum, gpu_free_max and whole_free always agree with gpu_free.
 *  3. Taking and then giving back the same placement leaves the server as it was. */
#ifndef CAPACITY_PACK_SITE_H
#define CAPACITY_PACK_SITE_H

#include <plenum/capacity.h>

struct pack_server {
    int64_t cpu_free, memory_free;
    int16_t gpu_free[PLENUM_TRACE_DEVICES_MAX]; /* thousandths */
    int32_t gpu_free_sum;
    int16_t gpu_free_max;
    int8_t gpus;
    int8_t whole_free; /* devices with nothing on them */
    int8_t type;       /* -1 without accelerators */
};

struct pack_site {
    struct pack_server *servers;
    size_t count;
    const struct plenum_trace *trace;
};

void pack_site_init(struct pack_site *site, const struct plenum_trace *trace);
void pack_site_finish(struct pack_site *site);

/* Cores, memory, type and devices. */
static inline bool pack_fits(const struct pack_server *server, const struct plenum_shape *shape)
{
    if (server->cpu_free < shape->cpu_milli || server->memory_free < shape->memory_mib)
        return false;
    if (shape->gpus == 0)
        return true;
    if (server->type < 0 || (shape->types >> server->type & 1) == 0)
        return false;
    return shape->gpu_milli < PLENUM_DEVICE_MILLI ? server->gpu_free_max >= shape->gpu_milli
                                                  : server->whole_free >= shape->gpus;
}

/* The whole devices with the lowest numbers; the server has them free. */
uint32_t pack_whole_devices(const struct pack_server *server, int32_t gpus);
/* The device with the least left that holds milli: the lowest number of those. */
uint32_t pack_tightest_device(const struct pack_server *server, int32_t milli);

/* CHECK that it fits; that what is given back had been taken. */
void pack_take(struct pack_site *site, const struct plenum_shape *shape,
               struct plenum_placement placement);
void pack_give(struct pack_site *site, const struct plenum_shape *shape,
               struct plenum_placement placement);

#endif
