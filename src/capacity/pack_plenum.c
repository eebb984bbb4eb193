/* Our own policy. Every placement has a cost in thousandths of a device; the least cost is taken.
 *
 * What a cost is made of, beside the watts:
 *  - Cores and memory that free devices will need. A server holds back for each free device what a
 *    device needs on average (pack_learn.h), and for each awaited share what such a share needs.
 *    Where less is left than that, devices will be stranded: the growth of this shortage is a cost,
 *    its fall a gain. So jobs with many cores go where cores are plenty, light ones where they are
 *    short, and jobs without accelerators to what no device needs.
 *  - Shares meet by plan (pack_plan.h). A share goes to a device that waits for its size; else into
 *    room that no awaited share needs; else it opens a device; else it takes awaited room.
 *  - Types that later jobs will need by name, or because no other holds them, have a price that
 *    rises with the square of how much of what is free they will ask for.
 *  - Free devices that jobs of several devices will leave over on a server, by how much is asked
 *    so.
 *  - Servers in use before empty ones; tight before wide.
 *
 * While a site fills, what a placement leaves behind stays so, and is worth planning for. Where
 * jobs leave again, it does not: what counts there is that servers are left whole. So there are
 * two settings of some weights, and what has been seen of departures chooses between them.
 *
 * The weights for filling were found by random search on orders 42-44 of three public traces and
 * two made from them with types asked for by name, all with one setting; those for jobs that leave
 * on made sites of 2 to 64 servers with departures. Costs use + - * / only. */
#include "base/check.h"
#include "base/memory.h"
#include "capacity/pack_learn.h"
#include "capacity/pack_packer.h"
#include "capacity/pack_power.h"

#include <stdlib.h>

/* Weights; a cost is in thousandths of a device. */
struct own_weights {
    double shortage; /* for a device's worth of cores or memory short */
    double surplus;  /* for each device's worth of cores made spare */
    double spare;    /* for each device's worth of cores left spare */
    double wide;     /* for each free device left beside whole ones */
    double gang;     /* for each free device that jobs of several will leave over */
    bool waits;      /* whether a device that a share opens waits for a pattern */
};

static const struct own_weights while_filling = {1.8, 0.035, 0.01, 6.0, 100.0, true};
static const struct own_weights where_jobs_leave = {0.1, 0.0, 0.0, 200.0, 300.0, false};

/* Jobs leave where one has for so many that came. */
enum { ARRIVALS_A_DEPARTURE = 8 };

static const double open_cost = 480.0;      /* a share opens a device */
static const double awaited_cost = 700.0;   /* a share takes room that another was to have */
static const double gap_weight = 0.36;      /* for each thousandth left beside a share */
static const double gap_cost = 4.0;         /* a share outside the plan */
static const double lost_weight = 2.0;      /* where jobs leave: each thousandth lost to the next */
static const double beside_weight = 0.1;    /* where jobs leave: each left beside a share */
static const double empty_cost = 70.0;      /* whole devices open an empty server */
static const double empty_core_cost = 1.0;  /* the same, for each core of that server */
static const double beside_cost = 12.0;     /* cores only, on a server with devices free */
static const double device_watt_cost = 9.0; /* a watt that the type's device adds */
static const double socket_watt_cost = 0.4; /* a watt that more sockets add */
static const double pressure_cost = 2000.0; /* a device of a type that will be wholly asked for */
static const double pressure_max = 1.5;
static const double score_scale = 4.0; /* scores are whole numbers */
static const double cost_max = 1e8;    /* keeps scores inside 32 bits whatever a server has */

/* Shares that a used device waits for. Their sum is never over what is free on it. */
struct own_device {
    int16_t awaited[PLAN_PARTS_MAX];
    int16_t awaited_count, awaited_milli;
};

/* What a score needs first of all stands together at the front. */
struct own_server {
    struct pack_need need; /* of free devices and awaited shares */
    double shortage_milli, spare_milli;
    int64_t socket_milli; /* cores left on sockets that are in use */
    int64_t cpu_milli;    /* all that it has */
    struct own_device devices[PLENUM_TRACE_DEVICES_MAX];
};

struct pack_own {
    struct pack_learned learned;
    const struct own_weights *weights;
    int64_t departures;
    struct own_server *servers;
    struct pack_power power[PACK_GROUPS_MAX]; /* by type + 1 */
    double milli_per_cpu, milli_per_memory;   /* 1000 / what a device needs; or 0 */
    int64_t free_milli[PLENUM_TRACE_TYPES_MAX];
    int32_t prices[PACK_GROUPS_MAX];
};

/* --- needs --------------------------------------------------------------------------------- */

static void awaited_need(const struct pack_learned *learned, const struct own_device *device,
                         double times, struct pack_need *need)
{
    for (int i = 0; i < device->awaited_count; i++) {
        need->cpu_milli += learned->of_size[device->awaited[i]].cpu_milli * times;
        need->memory_mib += learned->of_size[device->awaited[i]].memory_mib * times;
    }
}

/* Thousandths of devices for which cores or memory are short, whichever is worse. */
static double shortage_milli(const struct pack_own *own, const struct pack_need *need,
                             double cpu_milli, double memory_mib)
{
    double cpu = (need->cpu_milli - cpu_milli) * own->milli_per_cpu;
    double memory = (need->memory_mib - memory_mib) * own->milli_per_memory;
    double worse = cpu > memory ? cpu : memory;
    return worse > 0 ? worse : 0.0;
}

/* Cores that nothing on the server will need, in thousandths of what devices need. */
static double spare_milli(const struct pack_own *own, const struct pack_need *need,
                          double cpu_milli)
{
    double spare = (cpu_milli - need->cpu_milli) * own->milli_per_cpu;
    return spare > 0 ? spare : 0.0;
}

/* Brings what is kept of a server up to date with what is free on it. */
static void server_update(struct plenum_packer *packer, uint32_t server)
{
    const struct pack_server *has = &packer->site.servers[server];
    const struct pack_own *shared = packer->own;
    struct own_server *own = &packer->own->servers[server];
    own->need.cpu_milli = shared->learned.of_device.cpu_milli * has->whole_free;
    own->need.memory_mib = shared->learned.of_device.memory_mib * has->whole_free;
    for (int i = 0; i < has->gpus; i++)
        awaited_need(&shared->learned, &own->devices[i], 1.0, &own->need);

    double cpu = (double)has->cpu_free, memory = (double)has->memory_free;
    int64_t socket = shared->power[has->type + 1].socket_cpu_milli;
    int64_t used = own->cpu_milli - has->cpu_free;
    own->shortage_milli = shortage_milli(shared, &own->need, cpu, memory);
    own->spare_milli = spare_milli(shared, &own->need, cpu);
    own->socket_milli = (used + socket - 1) / socket * socket - used;
}

/* --- the cost of a placement --------------------------------------------------------------- */

static int awaited_at(const struct own_device *device, int32_t milli)
{
    for (int i = 0; i < device->awaited_count; i++) {
        if (device->awaited[i] == milli)
            return i;
    }
    return -1;
}

/* The cost of a share on one device that holds it, where jobs leave and nothing is awaited. */
static double device_lost(const struct pack_learned *learned, int32_t free_milli, int32_t milli)
{
    int32_t left = free_milli - milli;
    double lost = free_milli < PLENUM_DEVICE_MILLI ? learned->lost_milli[free_milli] : 0.0;
    return lost_weight * (learned->lost_milli[left] - lost) + beside_weight * left;
}

/* The cost of a share on one device that holds it, and how the server's need changes by it. */
static double device_cost(const struct pack_learned *learned, const struct own_device *device,
                          int32_t free_milli, int32_t milli, struct pack_need *change)
{
    int32_t unawaited = free_milli - device->awaited_milli;
    *change = (struct pack_need){0};
    if (free_milli == PLENUM_DEVICE_MILLI) {
        change->cpu_milli = learned->of_rest[milli].cpu_milli - learned->of_device.cpu_milli;
        change->memory_mib = learned->of_rest[milli].memory_mib - learned->of_device.memory_mib;
        return open_cost;
    }
    if (awaited_at(device, milli) >= 0) {
        change->cpu_milli = -learned->of_size[milli].cpu_milli;
        change->memory_mib = -learned->of_size[milli].memory_mib;
        return 0.0;
    }
    if (unawaited >= milli)
        return gap_cost + gap_weight * (unawaited - milli);
    awaited_need(learned, device, -1.0, change);
    return awaited_cost + gap_weight * (free_milli - milli);
}

/* The cheapest device for a share; the lowest among equals. */
static double share_cost(const struct plenum_packer *packer, uint32_t server, int32_t milli,
                         struct pack_need *change, int *device)
{
    const struct pack_server *has = &packer->site.servers[server];
    const struct own_server *own = &packer->own->servers[server];
    const struct pack_learned *learned = &packer->own->learned;
    double best = cost_max;
    for (int i = 0; i < has->gpus; i++) {
        struct pack_need changed = {0};
        if (has->gpu_free[i] < milli)
            continue;
        double cost = packer->own->weights->waits ? device_cost(learned, &own->devices[i],
                                                                has->gpu_free[i], milli, &changed)
                                                  : device_lost(learned, has->gpu_free[i], milli);
        if (cost < best) {
            best = cost;
            *change = changed;
            *device = i;
        }
    }
    CHECK(best < cost_max);
    return best;
}

static double whole_cost(const struct pack_own *own, const struct pack_server *has, int32_t gpus,
                         struct pack_need *change)
{
    int32_t left = has->whole_free - gpus;
    change->cpu_milli = -own->learned.of_device.cpu_milli * gpus;
    change->memory_mib = -own->learned.of_device.memory_mib * gpus;
    double cost =
        own->weights->wide * left +
        own->weights->gang * (own->learned.leftover[left] - own->learned.leftover[has->whole_free]);
    return has->whole_free == has->gpus && gpus < has->gpus ? cost + empty_cost : cost;
}

/* Sockets that more cores reach into, and the price of opening an empty server with devices. */
static double cores_cost(const struct plenum_packer *packer, const struct pack_server *has,
                         const struct own_server *own, const struct plenum_shape *asked)
{
    const struct pack_power *power = &packer->own->power[has->type + 1];
    double cost = 0.0;
    if (asked->cpu_milli > own->socket_milli) {
        int64_t sockets = (asked->cpu_milli - own->socket_milli + power->socket_cpu_milli - 1) /
                          power->socket_cpu_milli;
        cost = socket_watt_cost * (double)(sockets * (power->socket_full_w - power->socket_idle_w));
    }
    if (has->cpu_free == own->cpu_milli && asked->gpus < has->gpus)
        cost += empty_core_cost * (double)own->cpu_milli / 1000.0;
    return asked->gpus == 0 && has->gpu_free_sum > 0 ? cost + beside_cost : cost;
}

static int32_t plenum_score(void *context, uint32_t server, uint32_t shape)
{
    const struct plenum_packer *packer = context;
    const struct plenum_shape *asked = &packer->trace->shapes[shape];
    const struct pack_server *has = &packer->site.servers[server];
    const struct pack_own *shared = packer->own;
    const struct own_server *own = &shared->servers[server];
    const struct own_weights *weights = shared->weights;
    struct pack_need after = own->need, change = {0};
    double cost = 0.0;
    int device;
    if (!pack_fits(has, asked))
        return PACK_NO_FIT;
    if (asked->gpus > 0)
        cost = asked->gpu_milli < PLENUM_DEVICE_MILLI
                   ? share_cost(packer, server, asked->gpu_milli, &change, &device)
                   : whole_cost(shared, has, asked->gpus, &change);
    cost += cores_cost(packer, has, own, asked);

    after.cpu_milli += change.cpu_milli;
    after.memory_mib += change.memory_mib;
    double cpu = (double)(has->cpu_free - asked->cpu_milli);
    double memory = (double)(has->memory_free - asked->memory_mib);
    double spare = spare_milli(shared, &after, cpu);
    cost += weights->shortage * (shortage_milli(shared, &after, cpu, memory) - own->shortage_milli);
    cost += weights->surplus * (spare - own->spare_milli) + weights->spare * spare;
    cost = cost > cost_max ? cost_max : cost < -cost_max ? -cost_max : cost;
    return (int32_t)(-cost * score_scale);
}

static uint32_t plenum_devices(struct plenum_packer *packer, uint32_t server, uint32_t shape)
{
    const struct plenum_shape *asked = &packer->trace->shapes[shape];
    struct pack_need change;
    int device = 0;
    if (asked->gpus == 0 || asked->gpu_milli == PLENUM_DEVICE_MILLI)
        return pack_devices_tightest(packer, server, shape);
    (void)share_cost(packer, server, asked->gpu_milli, &change, &device);
    return UINT32_C(1) << device;
}

/* The price of each type for this shape: the watts of its devices, and who else will need it. */
static const int32_t *plenum_prices(struct plenum_packer *packer, uint32_t shape)
{
    struct pack_own *own = packer->own;
    const struct plenum_shape *asked = &packer->trace->shapes[shape];
    double gpus = (double)(asked->gpus * asked->gpu_milli) / (double)PLENUM_DEVICE_MILLI;
    double pressure[PLENUM_TRACE_TYPES_MAX];
    if (asked->gpus == 0)
        return NULL;
    learn_pressure(&own->learned, shape, own->free_milli, packer->trace->type_count, pressure);
    for (size_t t = 0; t < packer->trace->type_count; t++) {
        const struct pack_power *power = &own->power[t + 1];
        double watts = (double)(power->gpu_full_w - power->gpu_idle_w);
        double press = pressure[t] < pressure_max ? pressure[t] : pressure_max;
        own->prices[t + 1] = (int32_t)(score_scale * gpus *
                                       (device_watt_cost * watts + pressure_cost * press * press));
    }
    return own->prices;
}

/* --- what is awaited ----------------------------------------------------------------------- */

/* A share has opened the device: from now on it waits for the rest of a pattern. */
static void device_open(struct plan *plan, struct own_device *device, int32_t milli)
{
    const struct plan_pattern *pattern = plan_open(plan, milli);
    bool found = false;
    *device = (struct own_device){0};
    for (int32_t i = 0; pattern != NULL && i < pattern->part_count; i++) {
        if (pattern->parts[i] == milli && !found) {
            found = true;
            continue;
        }
        device->awaited[device->awaited_count++] = pattern->parts[i];
        device->awaited_milli = (int16_t)(device->awaited_milli + pattern->parts[i]);
    }
}

static void device_forget(struct own_device *device, int at)
{
    device->awaited_milli = (int16_t)(device->awaited_milli - device->awaited[at]);
    device->awaited[at] = device->awaited[--device->awaited_count];
}

/* A share has come to a used device. */
static void device_join(struct own_device *device, int32_t free_milli, int32_t milli)
{
    int at = awaited_at(device, milli);
    if (at >= 0)
        device_forget(device, at);
    while (device->awaited_milli > free_milli)
        device_forget(device, device->awaited_count - 1);
}

static void share_changed(struct plenum_packer *packer, uint32_t server, int at, int32_t milli,
                          int sign)
{
    int32_t free_milli = packer->site.servers[server].gpu_free[at];
    struct own_device *device = &packer->own->servers[server].devices[at];
    if (sign > 0 && free_milli + milli == PLENUM_DEVICE_MILLI && packer->own->weights->waits)
        device_open(&packer->own->learned.plan, device, milli);
    else if (sign > 0)
        device_join(device, free_milli, milli);
    else if (free_milli == PLENUM_DEVICE_MILLI)
        *device = (struct own_device){0};
}

static void plenum_changed(struct plenum_packer *packer, uint32_t shape,
                           struct plenum_placement placement, int sign)
{
    struct pack_own *own = packer->own;
    const struct plenum_shape *asked = &packer->trace->shapes[shape];
    const struct pack_server *has = &packer->site.servers[placement.server];
    own->departures += sign < 0;
    if (asked->gpus > 0)
        own->free_milli[has->type] -= (int64_t)sign * asked->gpus * asked->gpu_milli;
    for (int i = 0; asked->gpu_milli < PLENUM_DEVICE_MILLI && i < has->gpus; i++) {
        if (placement.devices >> i & 1)
            share_changed(packer, placement.server, i, asked->gpu_milli, sign);
    }
    server_update(packer, placement.server);
}

/* What is learned changes what every server needs. */
static void update_all(struct plenum_packer *packer)
{
    struct pack_own *own = packer->own;
    own->weights = own->departures * ARRIVALS_A_DEPARTURE > own->learned.arrivals
                       ? &where_jobs_leave
                       : &while_filling;
    const struct pack_need *device = &own->learned.of_device;
    own->milli_per_cpu = device->cpu_milli > 0 ? 1000.0 / device->cpu_milli : 0.0;
    own->milli_per_memory = device->memory_mib > 0 ? 1000.0 / device->memory_mib : 0.0;
    for (uint32_t i = 0; i < packer->site.count; i++)
        server_update(packer, i);
}

static void plenum_seen(struct plenum_packer *packer, uint32_t shape)
{
    if (!learn_arrival(&packer->own->learned, &packer->site, shape))
        return;
    update_all(packer);
    pack_index_forget(&packer->index);
}

/* --- init and finish ----------------------------------------------------------------------- */

static void plenum_init(struct plenum_packer *packer)
{
    struct pack_own *own = memory_new(1, sizeof *own);
    packer->own = own;
    packer->group_of = memory_new(packer->site.count, sizeof *packer->group_of);
    own->servers = memory_new(packer->site.count, sizeof *own->servers);
    learn_init(&own->learned, &packer->site);
    own->power[0] = pack_power_of(NULL);
    for (size_t t = 0; t < packer->trace->type_count; t++)
        own->power[t + 1] = pack_power_of(packer->trace->types[t]);
    for (uint32_t i = 0; i < packer->site.count; i++) {
        const struct pack_server *has = &packer->site.servers[i];
        packer->group_of[i] = (uint8_t)(has->type + 1);
        if (has->type >= 0)
            own->free_milli[has->type] += has->gpu_free_sum;
        own->servers[i].cpu_milli = has->cpu_free;
    }
    update_all(packer);
}

static void plenum_finish(struct plenum_packer *packer)
{
    learn_finish(&packer->own->learned);
    free(packer->own->servers);
    free(packer->own);
}

const struct pack_policy pack_policy_plenum = {
    .init = plenum_init,
    .finish = plenum_finish,
    .seen = plenum_seen,
    .prices = plenum_prices,
    .score = plenum_score,
    .devices = plenum_devices,
    .changed = plenum_changed,
};
