/* Traces of servers and jobs: the input is the nodes file, a zero byte, and the pods file. What is
 * read holds to the ranges of its header; an order made from it names only jobs and servers that
 * there are, and each server once. */
#include "fuzz.h"

#include "base/check.h"
#include "base/memory.h"

#include <plenum/capacity.h>
#include <stdlib.h>
#include <string.h>

static void check_server(const struct plenum_trace *trace, const struct plenum_trace_server *server)
{
    CHECK(server->name != NULL && server->cpu_milli >= 0 && server->memory_mib >= 0);
    CHECK(server->gpus >= 0 && server->gpus <= PLENUM_TRACE_DEVICES_MAX);
    CHECK(server->gpus == 0 ? server->type == -1 : server->type >= 0);
    CHECK(server->type < (int32_t)trace->type_count);
}

static void check_shape(const struct plenum_shape *shape)
{
    CHECK(shape->cpu_milli >= 0 && shape->memory_mib >= 0 && shape->gpus >= 0);
    CHECK(shape->gpu_milli >= 0 && shape->gpu_milli <= PLENUM_DEVICE_MILLI);
    CHECK((shape->gpus == 0) == (shape->gpu_milli == 0));
    CHECK(shape->gpu_milli == PLENUM_DEVICE_MILLI || shape->gpus <= 1);
}

static void check_order(const struct plenum_trace *trace)
{
    struct plenum_order order = {0};
    uint8_t *seen = memory_new(trace->server_count, 1);
    plenum_order_make(trace, 1, 130, &order);
    for (size_t i = 0; i < order.count; i++)
        CHECK(order.jobs[i] < trace->job_count);
    for (size_t i = 0; i < trace->server_count; i++) {
        CHECK(order.ranks[i] < trace->server_count);
        CHECK(!seen[order.ranks[i]]);
        seen[order.ranks[i]] = 1;
    }
    free(seen);
    plenum_order_finish(&order);
}

static void check_trace(const char *nodes, const char *pods)
{
    struct plenum_trace trace = {0};
    struct plenum_error error = {0};
    enum plenum_status status = plenum_trace_parse("nodes", nodes, "pods", pods, &trace, &error);
    CHECK((status == PLENUM_OK) == (error.text[0] == '\0'));
    for (size_t i = 0; i < trace.server_count; i++)
        check_server(&trace, &trace.servers[i]);
    for (size_t i = 0; i < trace.shape_count; i++)
        check_shape(&trace.shapes[i]);
    for (size_t i = 0; i < trace.job_count; i++)
        CHECK(trace.jobs[i].name != NULL && trace.jobs[i].shape < trace.shape_count);
    if (status == PLENUM_OK)
        check_order(&trace);
    plenum_trace_finish(&trace);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = memory_new(size + 2, 1);
    if (size > 0)
        memcpy(text, data, size);
    const char *end = memchr(text, '\0', size + 1);
    check_trace(text, end == text + size ? "" : end + 1);
    free(text);
    return 0;
}
