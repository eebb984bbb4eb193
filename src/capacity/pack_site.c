/* What is free on each server: see pack_site.h. */
#include "capacity/pack_site.h"

#include "base/check.h"
#include "base/memory.h"

#include <stdlib.h>

/* Makes invariant 2 hold again. */
static void server_sum(struct pack_server *server)
{
    server->gpu_free_sum = 0;
    server->gpu_free_max = 0;
    server->whole_free = 0;
    for (int i = 0; i < server->gpus; i++) {
        int16_t left = server->gpu_free[i];
        server->gpu_free_sum += left;
        server->gpu_free_max = left > server->gpu_free_max ? left : server->gpu_free_max;
        server->whole_free = (int8_t)(server->whole_free + (left == PLENUM_DEVICE_MILLI));
    }
}

void pack_site_init(struct pack_site *site, const struct plenum_trace *trace)
{
    *site = (struct pack_site){
        .servers = memory_new(trace->server_count, sizeof *site->servers),
        .count = trace->server_count,
        .trace = trace,
    };
    for (size_t i = 0; i < site->count; i++) {
        const struct plenum_trace_server *from = &trace->servers[i];
        struct pack_server *server = &site->servers[i];
        CHECK(from->gpus >= 0 && from->gpus <= PLENUM_TRACE_DEVICES_MAX);
        server->cpu_free = from->cpu_milli;
        server->memory_free = from->memory_mib;
        server->gpus = (int8_t)from->gpus;
        server->type = (int8_t)from->type;
        for (int32_t device = 0; device < from->gpus; device++)
            server->gpu_free[device] = PLENUM_DEVICE_MILLI;
        server_sum(server);
    }
}

void pack_site_finish(struct pack_site *site)
{
    free(site->servers);
    *site = (struct pack_site){0};
}

uint32_t pack_whole_devices(const struct pack_server *server, int32_t gpus)
{
    uint32_t devices = 0;
    for (int i = 0; i < server->gpus && gpus > 0; i++) {
        if (server->gpu_free[i] == PLENUM_DEVICE_MILLI) {
            devices |= UINT32_C(1) << i;
            gpus--;
        }
    }
    CHECK(gpus == 0);
    return devices;
}

uint32_t pack_tightest_device(const struct pack_server *server, int32_t milli)
{
    int best = -1;
    for (int i = 0; i < server->gpus; i++) {
        if (server->gpu_free[i] >= milli &&
            (best < 0 || server->gpu_free[i] < server->gpu_free[best]))
            best = i;
    }
    CHECK(best >= 0);
    return UINT32_C(1) << best;
}

/* sign 1 takes, -1 gives. */
static void server_change(struct pack_site *site, const struct plenum_shape *shape,
                          struct plenum_placement placement, int sign)
{
    CHECK(placement.server < site->count);
    const struct plenum_trace_server *has = &site->trace->servers[placement.server];
    struct pack_server *server = &site->servers[placement.server];
    int32_t devices = 0;

    server->cpu_free -= sign * shape->cpu_milli;
    server->memory_free -= sign * shape->memory_mib;
    for (int i = 0; i < PLENUM_TRACE_DEVICES_MAX; i++) {
        if ((placement.devices >> i & 1) == 0)
            continue;
        CHECK(i < server->gpus);
        int32_t left = server->gpu_free[i] - sign * shape->gpu_milli;
        CHECK(left >= 0 && left <= PLENUM_DEVICE_MILLI);
        server->gpu_free[i] = (int16_t)left;
        devices++;
    }
    CHECK(devices == shape->gpus);
    CHECK(server->cpu_free >= 0 && server->cpu_free <= has->cpu_milli);
    CHECK(server->memory_free >= 0 && server->memory_free <= has->memory_mib);
    server_sum(server);
}

void pack_take(struct pack_site *site, const struct plenum_shape *shape,
               struct plenum_placement placement)
{
    CHECK(pack_fits(&site->servers[placement.server], shape));
    server_change(site, shape, placement, 1);
}

void pack_give(struct pack_site *site, const struct plenum_shape *shape,
               struct plenum_placement placement)
{
    server_change(site, shape, placement, -1);
}
