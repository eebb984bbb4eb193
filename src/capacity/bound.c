/* The bound of packing: what arrives, on what kinds of servers. See bound_model.h. */
#include "base/memory.h"
#include "capacity/bound_model.h"

#include <stdlib.h>

bool bound_holds(const struct bound_kind *kind, const struct plenum_shape *shape)
{
    const struct plenum_trace_server *server = &kind->server;
    return shape->gpus > 0 && shape->gpus <= server->gpus &&
           shape->cpu_milli <= server->cpu_milli && shape->memory_mib <= server->memory_mib &&
           (shape->types >> server->type & 1) != 0;
}

static bool kind_equal(const struct plenum_trace_server *a, const struct plenum_trace_server *b)
{
    return a->type == b->type && a->gpus == b->gpus && a->cpu_milli == b->cpu_milli &&
           a->memory_mib == b->memory_mib;
}

static void model_kinds(struct bound_model *model)
{
    const struct plenum_trace *trace = model->trace;
    model->kinds = memory_new(trace->server_count, sizeof *model->kinds);
    for (size_t i = 0; i < trace->server_count; i++) {
        size_t kind = 0;
        if (trace->servers[i].gpus == 0)
            continue;
        while (kind < model->kind_count &&
               !kind_equal(&model->kinds[kind].server, &trace->servers[i]))
            kind++;
        if (kind == model->kind_count)
            model->kinds[model->kind_count++].server = trace->servers[i];
        model->kinds[kind].count++;
    }
}

/* Counts jobs while what they ask for is not over the limit. Returns what they ask for. */
static int64_t model_jobs(struct bound_model *model, const struct plenum_order *order,
                          int64_t limit_milli)
{
    int64_t asked_milli = 0;
    model->jobs = memory_new(model->trace->shape_count, sizeof *model->jobs);
    for (size_t i = 0; i < order->count; i++) {
        uint32_t shape = model->trace->jobs[order->jobs[i]].shape;
        const struct plenum_shape *asked = &model->trace->shapes[shape];
        int64_t milli = (int64_t)asked->gpus * asked->gpu_milli;
        if (asked_milli + milli > limit_milli)
            break;
        asked_milli += milli;
        model->jobs[shape] += asked->gpus > 0;
    }
    return asked_milli;
}

enum plenum_status plenum_pack_bound(const struct plenum_trace *trace,
                                     const struct plenum_order *order, int percent,
                                     struct plenum_pack_bound *bound, struct plenum_error *error)
{
    struct bound_model model = {.trace = trace};
    *bound = (struct plenum_pack_bound){0};
    if (trace->gpu_milli == 0)
        return PLENUM_OK;
    model_kinds(&model);
    int64_t asked = model_jobs(&model, order, trace->gpu_milli / 100 * percent);
    bound->asked_percent = (double)asked * 100.0 / (double)trace->gpu_milli;
    enum plenum_status status = bound_solve(&model, bound, error);
    free(model.kinds);
    free(model.jobs);
    return status;
}
