/* Watts of servers: see pack_power.h, which names the source of every figure. */
#include "capacity/pack_power.h"

#include <string.h>

static const struct {
    const char *type;
    struct pack_power power;
} power_table[] = {
    {"T4", {10, 70, 20, 165, 48000}},       {"A10", {30, 150, 20, 270, 64000}},
    {"G2", {30, 150, 20, 270, 64000}},      {"G3", {50, 400, 20, 270, 64000}},
    {"A100", {50, 400, 20, 270, 64000}},    {"P100", {25, 250, 15, 120, 32000}},
    {"V100M16", {30, 300, 20, 185, 32000}}, {"V100M32", {30, 300, 20, 185, 32000}},
};

static const struct pack_power power_unknown = {30, 150, 20, 270, 64000};
static const struct pack_power power_without = {0, 0, 20, 165, 48000};

struct pack_power pack_power_of(const char *name)
{
    if (name == NULL)
        return power_without;
    for (size_t i = 0; i < sizeof power_table / sizeof power_table[0]; i++) {
        if (strcmp(power_table[i].type, name) == 0)
            return power_table[i].power;
    }
    return power_unknown;
}

int64_t pack_power_w(const struct pack_power *power, const struct pack_server *server,
                     int64_t cpu_milli)
{
    int64_t used = cpu_milli - server->cpu_free;
    int64_t full = (used + power->socket_cpu_milli - 1) / power->socket_cpu_milli;
    int64_t sockets = (cpu_milli + power->socket_cpu_milli - 1) / power->socket_cpu_milli;
    int64_t sum_w = full * power->socket_full_w + (sockets - full) * power->socket_idle_w;
    for (int i = 0; i < server->gpus; i++)
        sum_w += server->gpu_free[i] == PLENUM_DEVICE_MILLI ? power->gpu_idle_w : power->gpu_full_w;
    return sum_w;
}
