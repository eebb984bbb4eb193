/* Reading a trace: nodes and pods in the columns of openb. Everything is read and checked into one
 * memory block; where any line is wrong the block is freed and nothing is loaded. */
#include <plenum/capacity.h>

#include "base/arena.h"
#include "base/memory.h"
#include "base/text.h"
#include "capacity/trace_lines.h"
#include "capacity/trace_names.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { NODE_COLUMNS = 5, POD_COLUMNS_MIN = 5, POD_COLUMNS = 11 };

static const char *const node_columns[NODE_COLUMNS] = {"sn", "cpu_milli", "memory_mib", "gpu",
                                                       "model"};
static const char *const pod_columns[POD_COLUMNS] = {
    "name", "cpu_milli", "memory_mib",    "num_gpu",       "gpu_milli",     "gpu_spec",
    "qos",  "pod_phase", "creation_time", "deletion_time", "scheduled_time"};

/* More than any machine has: keeps sums over a trace inside 64 bits. */
static const int64_t cpu_max_milli = INT64_C(1000000000);
static const int64_t memory_max_mib = INT64_C(1000000000000);
static const int64_t time_max_s = INT64_C(100000000000);

struct plenum_trace_memory {
    struct arena arena;
    struct plenum_trace_server *servers;
    struct plenum_trace_job *jobs;
    struct plenum_shape *shapes;
    size_t server_capacity, job_capacity, shape_capacity;
};

struct trace_reader {
    struct plenum_trace *trace;
    struct plenum_error *error;
    struct lines lines;
    struct names names; /* of the file being read */
    size_t columns;     /* of the pods file */
    uint32_t *shape_slots;
    size_t shape_slot_count;
};

/* --- errors -------------------------------------------------------------------------------- */

static enum plenum_status fail_field(struct trace_reader *reader, size_t column,
                                     const char *const *columns, const char *expected)
{
    return plenum_fail(reader->error, PLENUM_INPUT, "%s:%zu: %s: found '%.60s', expected %s",
                       reader->lines.file, reader->lines.number, columns[column],
                       reader->lines.fields[column], expected);
}

static enum plenum_status read_number(struct trace_reader *reader, size_t column,
                                      const char *const *columns, int64_t max, int64_t *value)
{
    char expected[64];
    if (text_to_i64(reader->lines.fields[column], value) && *value >= 0 && *value <= max)
        return PLENUM_OK;
    (void)text_format(expected, sizeof expected, "a whole number from 0 to %lld", (long long)max);
    return fail_field(reader, column, columns, expected);
}

/* --- header lines -------------------------------------------------------------------------- */

static enum plenum_status read_header(struct trace_reader *reader, const char *const *columns,
                                      size_t min, size_t max)
{
    if (!lines_next(&reader->lines))
        return plenum_fail(reader->error, PLENUM_INPUT,
                           "%s:1: found an empty file, expected a line of columns from '%s' on",
                           reader->lines.file, columns[0]);

    size_t count = reader->lines.count;
    for (size_t i = 0; i < count && i < max; i++) {
        if (strcmp(reader->lines.fields[i], columns[i]) != 0)
            return plenum_fail(reader->error, PLENUM_INPUT,
                               "%s:%zu: column %zu: found '%.60s', expected '%s'",
                               reader->lines.file, reader->lines.number, i + 1,
                               reader->lines.fields[i], columns[i]);
    }
    if (count < min || count > max)
        return plenum_fail(reader->error, PLENUM_INPUT,
                           "%s:%zu: found %s%zu columns, expected %zu to %zu", reader->lines.file,
                           reader->lines.number, count > LINES_FIELDS_MAX ? "over " : "",
                           count > LINES_FIELDS_MAX ? (size_t)LINES_FIELDS_MAX : count, min, max);
    reader->columns = count;
    return PLENUM_OK;
}

/* The number of fields, and a name that is not empty and not there yet. */
static enum plenum_status read_name(struct trace_reader *reader, const char *const *columns,
                                    size_t index)
{
    const char *name = reader->lines.fields[0];
    if (reader->lines.count != reader->columns)
        return plenum_fail(
            reader->error, PLENUM_INPUT,
            "%s:%zu: found %s%zu fields, expected %zu as in the first line", reader->lines.file,
            reader->lines.number, reader->lines.count > LINES_FIELDS_MAX ? "over " : "",
            reader->lines.count > LINES_FIELDS_MAX ? (size_t)LINES_FIELDS_MAX : reader->lines.count,
            reader->columns);
    if (name[0] == '\0')
        return fail_field(reader, 0, columns, "a name");
    if (!names_add(&reader->names, name, (uint32_t)index))
        return fail_field(reader, 0, columns, "a name that no line before has");
    return PLENUM_OK;
}

/* --- nodes --------------------------------------------------------------------------------- */

/* The index of a type; a new one is added. PLENUM_TRACE_TYPES_MAX where there is no room. */
static size_t type_of(struct plenum_trace *trace, const char *name)
{
    for (size_t i = 0; i < trace->type_count; i++) {
        if (strcmp(trace->types[i], name) == 0)
            return i;
    }
    if (trace->type_count < PLENUM_TRACE_TYPES_MAX)
        trace->types[trace->type_count++] = arena_strdup(&trace->memory->arena, name);
    else
        return PLENUM_TRACE_TYPES_MAX;
    return trace->type_count - 1;
}

static enum plenum_status read_node_type(struct trace_reader *reader,
                                         struct plenum_trace_server *server)
{
    const char *model = reader->lines.fields[4];
    server->type = -1;
    if (server->gpus == 0)
        return PLENUM_OK;
    if (model[0] == '\0')
        return fail_field(reader, 4, node_columns, "the type of its accelerators");
    if (strchr(model, '|') != NULL)
        return fail_field(reader, 4, node_columns, "one type, without '|'");
    size_t type = type_of(reader->trace, model);
    if (type == PLENUM_TRACE_TYPES_MAX)
        return fail_field(reader, 4, node_columns, "at most 64 types in one file");
    server->type = (int32_t)type;
    return PLENUM_OK;
}

static enum plenum_status read_node(struct trace_reader *reader)
{
    struct plenum_trace *trace = reader->trace;
    struct plenum_trace_server server = {0};
    int64_t gpus = 0;
    enum plenum_status status = read_name(reader, node_columns, trace->server_count);

    if (status == PLENUM_OK)
        status = read_number(reader, 1, node_columns, cpu_max_milli, &server.cpu_milli);
    if (status == PLENUM_OK)
        status = read_number(reader, 2, node_columns, memory_max_mib, &server.memory_mib);
    if (status == PLENUM_OK)
        status = read_number(reader, 3, node_columns, PLENUM_TRACE_DEVICES_MAX, &gpus);
    server.gpus = (int32_t)gpus;
    if (status == PLENUM_OK)
        status = read_node_type(reader, &server);
    if (status != PLENUM_OK)
        return status;
    if (trace->server_count == PLENUM_TRACE_SERVERS_MAX)
        return plenum_fail(reader->error, PLENUM_LIMIT,
                           "%s:%zu: found over %d nodes, expected at most that", reader->lines.file,
                           reader->lines.number, PLENUM_TRACE_SERVERS_MAX);

    server.name = reader->lines.fields[0];
    trace->gpu_milli += gpus * PLENUM_DEVICE_MILLI;
    ARRAY_PUSH(trace->memory->servers, trace->server_count, trace->memory->server_capacity,
               PLENUM_TRACE_SERVERS_MAX) = server;
    return PLENUM_OK;
}

/* --- pods ---------------------------------------------------------------------------------- */

static uint64_t shape_hash(const struct plenum_shape *shape)
{
    uint64_t hash = (uint64_t)shape->cpu_milli * UINT64_C(0x9e3779b97f4a7c15);
    hash = (hash ^ (uint64_t)shape->memory_mib) * UINT64_C(0xff51afd7ed558ccd);
    hash =
        (hash ^ (uint64_t)(shape->gpus * 1001 + shape->gpu_milli)) * UINT64_C(0xc4ceb9fe1a85ec53);
    hash = (hash ^ (hash >> 31) ^ shape->types) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ (hash >> 32);
}

static bool shape_equal(const struct plenum_shape *a, const struct plenum_shape *b)
{
    return a->cpu_milli == b->cpu_milli && a->memory_mib == b->memory_mib && a->gpus == b->gpus &&
           a->gpu_milli == b->gpu_milli && a->types == b->types;
}

/* Slots hold the index of a shape plus one; at most half of them are ever used. */
static enum plenum_status shape_of(struct trace_reader *reader, const struct plenum_shape *shape,
                                   uint32_t *index)
{
    struct plenum_trace *trace = reader->trace;
    size_t mask = reader->shape_slot_count - 1;
    size_t at = (size_t)shape_hash(shape) & mask;
    while (reader->shape_slots[at] != 0) {
        *index = reader->shape_slots[at] - 1;
        if (shape_equal(&trace->memory->shapes[*index], shape))
            return PLENUM_OK;
        at = (at + 1) & mask;
    }
    if (trace->shape_count == PLENUM_TRACE_SHAPES_MAX)
        return plenum_fail(reader->error, PLENUM_LIMIT,
                           "%s:%zu: found over %d different requests, expected at most that",
                           reader->lines.file, reader->lines.number, PLENUM_TRACE_SHAPES_MAX);
    *index = (uint32_t)trace->shape_count;
    ARRAY_PUSH(trace->memory->shapes, trace->shape_count, trace->memory->shape_capacity,
               PLENUM_TRACE_SHAPES_MAX) = *shape;
    reader->shape_slots[at] = *index + 1;
    return PLENUM_OK;
}

/* Types of the site that the alternatives name. One that the site has not is passed over as long
 * as another is there. */
static enum plenum_status read_pod_types(struct trace_reader *reader, struct plenum_shape *shape)
{
    const struct plenum_trace *trace = reader->trace;
    const char *at = reader->columns > 5 ? reader->lines.fields[5] : "";
    shape->types = UINT64_MAX;
    if (at[0] == '\0' || shape->gpus == 0)
        return PLENUM_OK;

    uint64_t types = 0;
    while (*at != '\0') {
        size_t length = strcspn(at, "|");
        for (size_t i = 0; i < trace->type_count; i++) {
            if (strlen(trace->types[i]) == length && strncmp(trace->types[i], at, length) == 0)
                types |= UINT64_C(1) << i;
        }
        at += length + (at[length] == '|');
    }
    if (types == 0)
        return fail_field(reader, 5, pod_columns, "types of the nodes file with '|' between them");
    shape->types = types;
    return PLENUM_OK;
}

static enum plenum_status read_pod_devices(struct trace_reader *reader, struct plenum_shape *shape)
{
    int64_t site = reader->trace->gpu_milli / PLENUM_DEVICE_MILLI;
    int64_t gpus = 0, milli = 0;
    char expected[96];
    enum plenum_status status = read_number(reader, 3, pod_columns, INT32_MAX, &gpus);
    if (status == PLENUM_OK)
        status = read_number(reader, 4, pod_columns, PLENUM_DEVICE_MILLI, &milli);
    if (status != PLENUM_OK)
        return status;
    if (gpus > site) {
        (void)text_format(expected, sizeof expected, "at most %lld, all that the nodes have",
                          (long long)site);
        return fail_field(reader, 3, pod_columns, expected);
    }
    if (gpus > 0 && milli == 0)
        return fail_field(reader, 4, pod_columns, "1 to 1000 thousandths of a device");
    if (gpus > 1 && milli != PLENUM_DEVICE_MILLI)
        return fail_field(reader, 4, pod_columns, "1000 where num_gpu is over 1");

    shape->gpus = (int32_t)gpus;
    shape->gpu_milli = gpus > 0 ? (int32_t)milli : 0;
    return read_pod_types(reader, shape);
}

static enum plenum_status read_pod_times(struct trace_reader *reader, struct plenum_trace_job *job)
{
    int64_t *const times[2] = {&job->created_s, &job->deleted_s};
    for (size_t i = 0; i < 2; i++) {
        *times[i] = -1;
        if (reader->columns <= 8 + i || reader->lines.fields[8 + i][0] == '\0')
            continue;
        enum plenum_status status = read_number(reader, 8 + i, pod_columns, time_max_s, times[i]);
        if (status != PLENUM_OK)
            return status;
    }
    if (job->created_s >= 0 && job->deleted_s >= 0 && job->deleted_s < job->created_s)
        return fail_field(reader, 9, pod_columns, "a time not before creation_time");
    return PLENUM_OK;
}

static enum plenum_status read_pod(struct trace_reader *reader)
{
    struct plenum_trace *trace = reader->trace;
    struct plenum_shape shape = {0};
    struct plenum_trace_job job = {.movable = true};
    enum plenum_status status = read_name(reader, pod_columns, trace->job_count);

    if (status == PLENUM_OK)
        status = read_number(reader, 1, pod_columns, cpu_max_milli, &shape.cpu_milli);
    if (status == PLENUM_OK)
        status = read_number(reader, 2, pod_columns, memory_max_mib, &shape.memory_mib);
    if (status == PLENUM_OK)
        status = read_pod_devices(reader, &shape);
    if (status == PLENUM_OK)
        status = read_pod_times(reader, &job);
    if (status == PLENUM_OK)
        status = shape_of(reader, &shape, &job.shape);
    if (status != PLENUM_OK)
        return status;
    if (trace->job_count == PLENUM_TRACE_JOBS_MAX)
        return plenum_fail(reader->error, PLENUM_LIMIT,
                           "%s:%zu: found over %d pods, expected at most that", reader->lines.file,
                           reader->lines.number, PLENUM_TRACE_JOBS_MAX);

    if (reader->columns > 6)
        job.movable = strcmp(reader->lines.fields[6], "BE") == 0 ||
                      strcmp(reader->lines.fields[6], "Burstable") == 0;
    job.name = reader->lines.fields[0];
    ARRAY_PUSH(trace->memory->jobs, trace->job_count, trace->memory->job_capacity,
               PLENUM_TRACE_JOBS_MAX) = job;
    return PLENUM_OK;
}

/* --- both files ---------------------------------------------------------------------------- */

/* Reads one file to its end. The text moves into the trace's arena, for names to point into. */
static enum plenum_status read_file(struct trace_reader *reader, const char *name, const char *text,
                                    const char *const *columns, size_t min, size_t max,
                                    enum plenum_status (*row)(struct trace_reader *))
{
    lines_init(&reader->lines, name, arena_strdup(&reader->trace->memory->arena, text));
    names_init(&reader->names, 1024);
    enum plenum_status status = read_header(reader, columns, min, max);
    while (status == PLENUM_OK && lines_next(&reader->lines))
        status = row(reader);
    names_finish(&reader->names);
    return status;
}

static enum plenum_status read_both(struct trace_reader *reader, const char *nodes_name,
                                    const char *nodes_text, const char *pods_name,
                                    const char *pods_text)
{
    struct plenum_trace *trace = reader->trace;
    enum plenum_status status = read_file(reader, nodes_name, nodes_text, node_columns,
                                          NODE_COLUMNS, NODE_COLUMNS, read_node);
    if (status == PLENUM_OK && trace->server_count == 0)
        status = plenum_fail(reader->error, PLENUM_INPUT, "%s: found no node, expected one or more",
                             nodes_name);
    if (status == PLENUM_OK)
        status = read_file(reader, pods_name, pods_text, pod_columns, POD_COLUMNS_MIN, POD_COLUMNS,
                           read_pod);
    if (status == PLENUM_OK && trace->job_count == 0)
        status = plenum_fail(reader->error, PLENUM_INPUT, "%s: found no pod, expected one or more",
                             pods_name);
    trace->servers = trace->memory->servers;
    trace->jobs = trace->memory->jobs;
    trace->shapes = trace->memory->shapes;
    return status;
}

enum plenum_status plenum_trace_parse(const char *nodes_name, const char *nodes_text,
                                      const char *pods_name, const char *pods_text,
                                      struct plenum_trace *trace, struct plenum_error *error)
{
    *trace = (struct plenum_trace){.memory = memory_new(1, sizeof *trace->memory)};
    arena_init(&trace->memory->arena, SIZE_MAX / 2);
    struct trace_reader reader = {.trace = trace, .error = error, .shape_slot_count = 1 << 16};
    _Static_assert(PLENUM_TRACE_SHAPES_MAX * 2 <= 1 << 16, "shape slots stay half empty");
    reader.shape_slots = memory_new(reader.shape_slot_count, sizeof *reader.shape_slots);

    enum plenum_status status = read_both(&reader, nodes_name, nodes_text, pods_name, pods_text);
    free(reader.shape_slots);
    if (status != PLENUM_OK)
        plenum_trace_finish(trace);
    return status;
}

enum plenum_status plenum_trace_read(const char *nodes_path, const char *pods_path,
                                     struct plenum_trace *trace, struct plenum_error *error)
{
    char *nodes = NULL, *pods = NULL;
    *trace = (struct plenum_trace){0};
    enum plenum_status status = lines_load(nodes_path, &nodes, error);
    if (status == PLENUM_OK)
        status = lines_load(pods_path, &pods, error);
    if (status == PLENUM_OK)
        status = plenum_trace_parse(nodes_path, nodes, pods_path, pods, trace, error);
    free(nodes);
    free(pods);
    return status;
}

void plenum_trace_finish(struct plenum_trace *trace)
{
    if (trace->memory != NULL) {
        free(trace->memory->servers);
        free(trace->memory->jobs);
        free(trace->memory->shapes);
        arena_finish(&trace->memory->arena);
        free(trace->memory);
    }
    *trace = (struct plenum_trace){0};
}
