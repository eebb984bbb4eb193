/* Typical shapes and fragmentation: see pack_mix.h. */
#include "capacity/pack_mix.h"

#include "base/memory.h"

#include <stdlib.h>

enum { TYPICAL_PERCENT = 95 };

static int by_jobs(const void *a, const void *b)
{
    const struct pack_mix_shape *x = a, *y = b;
    if (x->jobs != y->jobs)
        return x->jobs < y->jobs ? 1 : -1;
    if (x->shape.cpu_milli != y->shape.cpu_milli)
        return x->shape.cpu_milli < y->shape.cpu_milli ? -1 : 1;
    if (x->shape.gpu_milli != y->shape.gpu_milli)
        return x->shape.gpu_milli < y->shape.gpu_milli ? -1 : 1;
    if (x->shape.gpus != y->shape.gpus)
        return x->shape.gpus < y->shape.gpus ? -1 : 1;
    return (x->shape.types > y->shape.types) - (x->shape.types < y->shape.types);
}

static void count_job(struct pack_mix *mix, struct plenum_shape shape, int64_t jobs)
{
    shape.memory_mib = 0;
    for (size_t i = 0; i < mix->count; i++) {
        const struct plenum_shape *known = &mix->typical[i].shape;
        if (known->cpu_milli == shape.cpu_milli && known->gpus == shape.gpus &&
            known->gpu_milli == shape.gpu_milli && known->types == shape.types) {
            mix->typical[i].jobs += jobs;
            return;
        }
    }
    mix->typical[mix->count++] = (struct pack_mix_shape){shape, jobs};
}

struct pack_mix *pack_mix_create(const struct plenum_trace *trace)
{
    struct pack_mix *mix = memory_new(1, sizeof *mix);
    int64_t *jobs = memory_new(trace->shape_count, sizeof *jobs);
    mix->typical = memory_new(trace->shape_count, sizeof *mix->typical);
    for (size_t i = 0; i < trace->job_count; i++)
        jobs[trace->jobs[i].shape]++;
    for (size_t i = 0; i < trace->shape_count; i++)
        count_job(mix, trace->shapes[i], jobs[i]);
    free(jobs);

    qsort(mix->typical, mix->count, sizeof *mix->typical, by_jobs);
    size_t count = 0;
    while (count < mix->count && mix->jobs * 100 < (int64_t)trace->job_count * TYPICAL_PERCENT)
        mix->jobs += mix->typical[count++].jobs;
    mix->count = count;
    return mix;
}

void pack_mix_destroy(struct pack_mix *mix)
{
    if (mix == NULL)
        return;
    free(mix->typical);
    free(mix);
}

/* --- fragmentation ------------------------------------------------------------------------- */

int64_t pack_mix_fragmentation(const struct pack_mix *mix, const struct pack_server *server)
{
    int64_t sum = 0;
    for (size_t i = 0; i < mix->count; i++) {
        struct plenum_shape shape = mix->typical[i].shape;
        int64_t lost = 0;
        if (shape.gpus == 0 || !pack_fits(server, &shape)) {
            lost = server->gpu_free_sum;
        } else {
            for (int device = 0; device < server->gpus; device++)
                lost += server->gpu_free[device] < shape.gpu_milli ? server->gpu_free[device] : 0;
        }
        sum += mix->typical[i].jobs * lost;
    }
    return sum;
}
