/* Orders of arrival: read from files of names, or made from a seed. */
#include <plenum/capacity.h>

#include "base/memory.h"
#include "base/random.h"
#include "capacity/trace_lines.h"
#include "capacity/trace_names.h"

#include <stdlib.h>
#include <string.h>

/* --- read ---------------------------------------------------------------------------------- */

/* Turns a file of names into numbers by the index. */
static enum plenum_status read_names(const char *path, const struct names *names, const char *what,
                                     uint32_t **items, size_t *count, struct plenum_error *error)
{
    char *text = NULL;
    size_t capacity = 0;
    struct lines lines;
    enum plenum_status status = lines_load(path, &text, error);
    if (status != PLENUM_OK)
        return status;

    lines_init(&lines, path, text);
    while (status == PLENUM_OK && lines_next(&lines)) {
        uint32_t value = 0;
        if (lines.count != 1 || !names_find(names, lines.fields[0], &value))
            status = plenum_fail(error, PLENUM_INPUT,
                                 "%s:%zu: found '%.60s', expected the name of "
                                 "a %s",
                                 path, lines.number, lines.fields[0], what);
        else if (*count == PLENUM_TRACE_JOBS_MAX)
            status = plenum_fail(error, PLENUM_LIMIT,
                                 "%s:%zu: found over %d names, expected at most that", path,
                                 lines.number, PLENUM_TRACE_JOBS_MAX);
        else
            ARRAY_PUSH(*items, *count, capacity, PLENUM_TRACE_JOBS_MAX) = value;
    }
    free(text);
    return status;
}

static enum plenum_status read_jobs(const struct plenum_trace *trace, const char *path,
                                    struct plenum_order *order, struct plenum_error *error)
{
    struct names names;
    names_init(&names, trace->job_count);
    for (size_t i = 0; i < trace->job_count; i++)
        (void)names_add(&names, trace->jobs[i].name, (uint32_t)i);
    enum plenum_status status = read_names(path, &names, "pod", &order->jobs, &order->count, error);
    names_finish(&names);
    if (status == PLENUM_OK && order->count == 0)
        status = plenum_fail(error, PLENUM_INPUT, "%s: found no name, expected one or more", path);
    return status;
}

/* Each server once. */
static enum plenum_status check_ranks(const struct plenum_trace *trace, const char *path,
                                      const uint32_t *ranks, size_t count,
                                      struct plenum_error *error)
{
    bool *seen = memory_new(trace->server_count, sizeof *seen);
    enum plenum_status status = PLENUM_OK;
    for (size_t i = 0; i < count && status == PLENUM_OK; i++) {
        if (seen[ranks[i]])
            status =
                plenum_fail(error, PLENUM_INPUT, "%s: found '%.60s' twice, expected each node once",
                            path, trace->servers[ranks[i]].name);
        seen[ranks[i]] = true;
    }
    free(seen);
    if (status == PLENUM_OK && count != trace->server_count)
        status = plenum_fail(error, PLENUM_INPUT, "%s: found %zu nodes, expected all %zu", path,
                             count, trace->server_count);
    return status;
}

static enum plenum_status read_ranks(const struct plenum_trace *trace, const char *path,
                                     struct plenum_order *order, struct plenum_error *error)
{
    struct names names;
    size_t count = 0;
    names_init(&names, trace->server_count);
    for (size_t i = 0; i < trace->server_count; i++)
        (void)names_add(&names, trace->servers[i].name, (uint32_t)i);
    enum plenum_status status = read_names(path, &names, "node", &order->ranks, &count, error);
    names_finish(&names);
    if (status == PLENUM_OK)
        status = check_ranks(trace, path, order->ranks, count, error);
    return status;
}

static uint32_t *numbers_upto(size_t count)
{
    uint32_t *items = memory_new(count, sizeof *items);
    for (size_t i = 0; i < count; i++)
        items[i] = (uint32_t)i;
    return items;
}

enum plenum_status plenum_order_read(const struct plenum_trace *trace, const char *jobs_path,
                                     const char *ranks_path, struct plenum_order *order,
                                     struct plenum_error *error)
{
    *order = (struct plenum_order){0};
    enum plenum_status status = read_jobs(trace, jobs_path, order, error);
    if (status == PLENUM_OK && ranks_path != NULL)
        status = read_ranks(trace, ranks_path, order, error);
    else if (status == PLENUM_OK)
        order->ranks = numbers_upto(trace->server_count);
    if (status != PLENUM_OK)
        plenum_order_finish(order);
    return status;
}

void plenum_order_finish(struct plenum_order *order)
{
    free(order->jobs);
    free(order->ranks);
    *order = (struct plenum_order){0};
}

/* --- made ---------------------------------------------------------------------------------- */

/* qsort has no argument for context, so names travel with their numbers. */
struct named {
    const char *name;
    uint32_t index;
};

static int named_compare(const void *a, const void *b)
{
    return strcmp(((const struct named *)a)->name, ((const struct named *)b)->name);
}

static uint32_t *jobs_by_name(const struct plenum_trace *trace)
{
    struct named *named = memory_new(trace->job_count, sizeof *named);
    uint32_t *jobs = memory_new(trace->job_count, sizeof *jobs);
    for (size_t i = 0; i < trace->job_count; i++)
        named[i] = (struct named){trace->jobs[i].name, (uint32_t)i};
    qsort(named, trace->job_count, sizeof *named, named_compare);
    for (size_t i = 0; i < trace->job_count; i++)
        jobs[i] = named[i].index;
    free(named);
    return jobs;
}

static void shuffle(struct random *random, uint32_t *items, size_t count)
{
    for (size_t i = count; i > 1; i--) {
        size_t j = (size_t)random_below(random, i);
        uint32_t item = items[i - 1];
        items[i - 1] = items[j];
        items[j] = item;
    }
}

static int64_t job_demand_milli(const struct plenum_trace *trace, uint32_t job)
{
    const struct plenum_shape *shape = &trace->shapes[trace->jobs[job].shape];
    return (int64_t)shape->gpus * shape->gpu_milli;
}

/* Drops jobs, or appends clones, until the demand is as near under the limit as it gets. */
static void inflate(const struct plenum_trace *trace, struct random *random, int64_t limit_milli,
                    struct plenum_order *order)
{
    size_t capacity = order->count;
    int64_t demand = 0;
    for (size_t i = 0; i < order->count; i++)
        demand += job_demand_milli(trace, order->jobs[i]);
    if (demand == 0)
        return;

    while (demand > limit_milli && order->count > 0) {
        size_t at = (size_t)random_below(random, order->count);
        demand -= job_demand_milli(trace, order->jobs[at]);
        memmove(&order->jobs[at], &order->jobs[at + 1],
                (order->count - at - 1) * sizeof *order->jobs);
        order->count--;
    }
    while (order->count < PLENUM_TRACE_JOBS_MAX) {
        uint32_t job = (uint32_t)random_below(random, trace->job_count);
        demand += job_demand_milli(trace, job);
        if (demand > limit_milli)
            return;
        ARRAY_PUSH(order->jobs, order->count, capacity, PLENUM_TRACE_JOBS_MAX) = job;
    }
}

void plenum_order_make(const struct plenum_trace *trace, uint64_t seed, int percent,
                       struct plenum_order *order)
{
    struct random random;
    random_init(&random, seed);
    *order = (struct plenum_order){.jobs = jobs_by_name(trace), .count = trace->job_count};
    shuffle(&random, order->jobs, order->count);
    if (trace->gpu_milli > 0)
        inflate(trace, &random, trace->gpu_milli / 100 * percent, order);
    order->ranks = numbers_upto(trace->server_count);
    shuffle(&random, order->ranks, trace->server_count);
}
