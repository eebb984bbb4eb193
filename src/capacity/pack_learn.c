/* What arrivals say about those to come: see pack_learn.h. */
#include "capacity/pack_learn.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { LEARN_FIRST = 32 };

void learn_init(struct pack_learned *learned, const struct pack_site *site)
{
    struct pack_need has = {0};
    int64_t gpus = 0;
    *learned = (struct pack_learned){
        .next = LEARN_FIRST,
        .types_of = memory_new(site->trace->shape_count, sizeof *learned->types_of),
    };
    for (size_t i = 0; i < site->count; i++) {
        has.cpu_milli += (double)site->servers[i].cpu_free;
        has.memory_mib += (double)site->servers[i].memory_free;
        gpus += site->servers[i].gpus;
    }
    /* Before anything is known, a device needs what the site has for it. */
    if (gpus > 0)
        learned->of_device =
            (struct pack_need){has.cpu_milli / (double)gpus, has.memory_mib / (double)gpus};
}

void learn_finish(struct pack_learned *learned)
{
    free(learned->types_of);
}

/* --- types --------------------------------------------------------------------------------- */

/* Types with a server that holds the shape when it is empty. */
static uint64_t types_holding(const struct pack_site *site, const struct plenum_shape *shape)
{
    const struct plenum_trace *trace = site->trace;
    uint64_t types = 0, all = 0;
    for (size_t i = 0; i < site->count; i++) {
        const struct plenum_trace_server *server = &trace->servers[i];
        if (server->type < 0)
            continue;
        all |= UINT64_C(1) << server->type;
        if (server->gpus >= shape->gpus && server->cpu_milli >= shape->cpu_milli &&
            server->memory_mib >= shape->memory_mib)
            types |= UINT64_C(1) << server->type;
    }
    types &= shape->types;
    return types == all || types == 0 ? UINT64_MAX : types;
}

static void count_types(struct pack_learned *learned, uint64_t types, int64_t milli)
{
    if (types == UINT64_MAX)
        return;
    size_t at = 0;
    while (at < learned->set_count && learned->sets[at].types != types)
        at++;
    if (at == LEARN_SETS_MAX)
        return;
    if (at == learned->set_count)
        learned->sets[learned->set_count++].types = types;
    learned->sets[at].asked_milli += milli;
}

void learn_pressure(const struct pack_learned *learned, uint32_t shape, const int64_t *free_milli,
                    size_t types, double *pressure)
{
    double all_free = 0.0;
    for (size_t t = 0; t < types; t++) {
        all_free += (double)free_milli[t];
        pressure[t] = 0.0;
    }
    for (size_t i = 0; i < learned->set_count; i++) {
        const struct learn_set *set = &learned->sets[i];
        double set_free = 1.0;
        if (set->types == learned->types_of[shape])
            continue;
        for (size_t t = 0; t < types; t++)
            set_free += set->types >> t & 1 ? (double)free_milli[t] : 0.0;
        double asked = (double)set->asked_milli / (double)learned->asked_milli * all_free;
        for (size_t t = 0; t < types; t++)
            pressure[t] += set->types >> t & 1 ? asked / set_free : 0.0;
    }
}

/* --- needs --------------------------------------------------------------------------------- */

static void need_add(struct pack_need *sum, const struct pack_need *more, double times)
{
    sum->cpu_milli += more->cpu_milli * times;
    sum->memory_mib += more->memory_mib * times;
}

static struct pack_need need_mean(const struct pack_need *sum, double count)
{
    return (struct pack_need){sum->cpu_milli / count, sum->memory_mib / count};
}

static struct pack_need pattern_need(const struct pack_learned *learned,
                                     const struct plan_pattern *pattern)
{
    struct pack_need sum = {0};
    for (int32_t i = 0; i < pattern->part_count; i++)
        need_add(&sum, &learned->of_size[pattern->parts[i]], 1.0);
    return sum;
}

/* The mean over the patterns that a size is in, of what the other parts need. */
static void learn_rests(struct pack_learned *learned)
{
    double weight[PLAN_SIZES] = {0};
    memset(learned->of_rest, 0, sizeof learned->of_rest);
    for (int32_t p = 0; p < learned->plan.count; p++) {
        const struct plan_pattern *pattern = &learned->plan.patterns[p];
        struct pack_need whole = pattern_need(learned, pattern);
        for (int32_t i = 0; i < pattern->part_count; i++) {
            int32_t milli = pattern->parts[i];
            double wanted = (double)pattern->wanted;
            need_add(&learned->of_rest[milli], &whole, wanted);
            need_add(&learned->of_rest[milli], &learned->of_size[milli], -wanted);
            weight[milli] += wanted;
        }
    }
    for (int32_t milli = 1; milli < PLAN_SIZES; milli++) {
        if (weight[milli] > 0)
            learned->of_rest[milli] = need_mean(&learned->of_rest[milli], weight[milli]);
    }
}

/* Devices that all jobs so far would take: whole ones, and those of the plan. */
static double devices_asked(const struct pack_learned *learned)
{
    int64_t whole_milli = learned->asked_milli, patterns = 0;
    for (int32_t milli = 1; milli < PLAN_SIZES; milli++)
        whole_milli -= learned->plan.seen[milli] * milli;
    for (int32_t p = 0; p < learned->plan.count; p++)
        patterns += learned->plan.patterns[p].wanted;
    patterns += whole_milli / PLENUM_DEVICE_MILLI;
    return (double)patterns;
}

static void learn_needs(struct pack_learned *learned)
{
    plan_make(&learned->plan);
    for (int32_t milli = 1; milli < PLAN_SIZES; milli++) {
        if (learned->plan.seen[milli] > 0)
            learned->of_size[milli] =
                need_mean(&learned->asked_of_size[milli], (double)learned->plan.seen[milli]);
    }
    learn_rests(learned);
    double devices = devices_asked(learned);
    if (devices > 0)
        learned->of_device = need_mean(&learned->asked, devices);
}

/* --- what is lost -------------------------------------------------------------------------- */

static void learn_leftover(struct pack_learned *learned)
{
    for (int32_t free = 1; free <= PLENUM_TRACE_DEVICES_MAX; free++) {
        int64_t devices = 0;
        for (int32_t gpus = 2; gpus <= PLENUM_TRACE_DEVICES_MAX; gpus++)
            devices += learned->asked_of_gang[gpus] * (free % gpus);
        learned->leftover[free] = (double)devices / (double)learned->asked_milli;
    }
}

/* A part of a device is lost to every job that asks for more. */
static void learn_lost(struct pack_learned *learned)
{
    int64_t larger = learned->arrivals_of_gpus;
    for (int32_t milli = 1; milli < PLAN_SIZES; milli++) {
        larger -= learned->plan.seen[milli];
        learned->lost_milli[milli] =
            (double)milli * (double)larger / (double)learned->arrivals_of_gpus;
    }
}

/* --- arrivals ------------------------------------------------------------------------------ */

bool learn_arrival(struct pack_learned *learned, const struct pack_site *site, uint32_t shape)
{
    const struct plenum_shape *asked = &site->trace->shapes[shape];
    const struct pack_need need = {(double)asked->cpu_milli, (double)asked->memory_mib};
    if (asked->gpus > 0) {
        int64_t milli = (int64_t)asked->gpus * asked->gpu_milli;
        if (learned->types_of[shape] == 0)
            learned->types_of[shape] = types_holding(site, asked);
        count_types(learned, learned->types_of[shape], milli);
        learned->asked_milli += milli;
        learned->asked_of_gang[asked->gpus] += milli;
        learned->arrivals_of_gpus++;
        need_add(&learned->asked, &need, 1.0);
        if (asked->gpu_milli < PLENUM_DEVICE_MILLI) {
            learned->plan.seen[asked->gpu_milli]++;
            need_add(&learned->asked_of_size[asked->gpu_milli], &need, 1.0);
        }
    }
    if (++learned->arrivals < learned->next)
        return false;
    learn_needs(learned);
    if (learned->arrivals_of_gpus > 0) {
        learn_leftover(learned);
        learn_lost(learned);
    }
    learned->next = learned->arrivals * 2;
    return true;
}
