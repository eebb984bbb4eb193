/* What tenants will ask for, and the rates of the simulated world.
 *
 * A trace is a file of comma-separated values, the names of its columns in the first line:
 * submit_s, duration_s, tenant, servers, accelerators, milli, chip, cores, memory_gib, preemptible.
 * submit_s counts from the site's start. The first three must be there. */
#include "model/read.h"

#include "base/check.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define T plenum_job_class
static const struct field job_fields[] = {
    MUST_OWN("name"),
    MUST_REF(struct T, tenant, "tenant", LIST_tenant),
    MUST_DURATION(struct T, mean_interval_ms, "every", 1, LIMIT_DURATION),
    MUST_OWN("duration"),
    MAY_WHOLE(struct T, servers, "servers", 1, 100000, 1),
    MAY_WHOLE(struct T, accelerators, "accelerators", 0, PLENUM_ACCELERATORS_PER_SERVER_MAX, 0),
    MAY_WHOLE(struct T, milli, "milli", 1, 1000, 1000),
    MAY_REF(struct T, chip, "chip", LIST_chip),
    MAY_WHOLE(struct T, cores, "cores", 0, 100000, 0),
    MAY_SCALED(struct T, memory_bytes, "memory_gib", 0, LIMIT_GIB, 0, INT64_C(1) << 30),
    MAY_BOOL(struct T, preemptible, "preemptible", false),
    MAY_DURATION(struct T, ahead_max_ms, "ahead", 0, LIMIT_DURATION, 0),
};
#undef T
const struct object object_job = OBJECT("job", job_fields);

static const struct field demand_fields[] = {MAY_OWN("jobs"), MAY_OWN("trace")};
const struct object object_demand = OBJECT("demand", demand_fields);

#define T plenum_world
static const struct field world_fields[] = {
    MAY_DURATION(struct T, tote_interval_ms, "tote_every", 0, LIMIT_DURATION, 0),
    MAY_DURATION(struct T, delivery_interval_ms, "delivery_every", 0, LIMIT_DURATION, 0),
    MAY_WHOLE(struct T, delivery_mass_g, "delivery_mass_g", 0, LIMIT_GRAMS, 0),
    MAY_WHOLE(struct T, robot_late_ppm, "robot_late_ppm", 0, 1000000, 0),
    MAY_WHOLE(struct T, robot_late_steps_max, "robot_late_steps_max", 0, 1000, 0),
    MAY_WHOLE(struct T, robot_breakdown_ppm, "robot_breakdown_ppm", 0, 1000000, 0),
    MAY_DURATION(struct T, robot_repair_ms, "robot_repair", 0, LIMIT_DURATION, 1800000),
    MAY_DURATION(struct T, cabling_ms, "cabling", 0, LIMIT_DURATION, 1800000),
    MAY_DURATION(struct T, burn_in_ms, "burn_in", 0, LIMIT_DURATION, 7200000),
    MAY_DURATION(struct T, repair_ms, "repair", 0, LIMIT_DURATION, 7200000),
    MAY_WHOLE(struct T, rack_infant_ppm, "rack_infant_ppm", 0, 1000000, 0),
    MAY_WHOLE(struct T, rack_failure_ppm, "rack_failure_ppm", 0, 1000000, 0),
    MAY_WHOLE(struct T, job_extend_ppm, "job_extend_ppm", 0, 1000000, 0),
    MAY_WHOLE(struct T, job_cancel_ppm, "job_cancel_ppm", 0, 1000000, 0),
    MAY_WHOLE(struct T, wind_mean_mm_s, "wind_mean_mm_s", 0, 100000, 0),
    MAY_WHOLE(struct T, wind_gust_mm_s, "wind_gust_mm_s", 0, 100000, 0),
    MAY_OWN("derates"),
};
#undef T
const struct object object_world = OBJECT("world", world_fields);

#define T plenum_derate
static const struct field derate_fields[] = {
    MUST_REF(struct T, node, "node", LIST_power_node),
    MAY_INSTANT(struct T, notice_ms, "notice", INT64_MIN),
    MUST_INSTANT(struct T, from_ms, "from"),
    MUST_INSTANT(struct T, until_ms, "until"),
    MUST_WHOLE(struct T, limit_w, "limit_w", 0, LIMIT_WATTS),
};
#undef T
const struct object object_derate = OBJECT("derate", derate_fields);

/* --- job classes ------------------------------------------------------------------------------ */

/* One duration, or a list of the least and the most. */
static void read_durations(struct reader *reader, const struct node *node,
                           struct plenum_job_class *job)
{
    if (node == NULL) {
        return;
    }
    if (node->kind != NODE_LIST) {
        (void)read_duration(reader, node, 1, LIMIT_DURATION, &job->duration_min_ms);
        job->duration_max_ms = job->duration_min_ms;
        return;
    }
    if (node->count != 2) {
        problem_at_value(reader->problems, reader->scratch, node,
                         say(reader->scratch, "a list of %d", (int)node->count),
                         "a duration, or a list of two: the least and the most");
        return;
    }
    if (read_duration(reader, node->first, 1, LIMIT_DURATION, &job->duration_min_ms) &&
        read_duration(reader, node->last, 1, LIMIT_DURATION, &job->duration_max_ms) &&
        job->duration_max_ms < job->duration_min_ms) {
        problem_at_value(reader->problems, reader->scratch, node->last, node->last->text,
                         say(reader->scratch, "at least %s", node->first->text));
    }
}

/* Part of an accelerator only where there is one; accelerators only of an accelerator chip. */
static void check_job(struct reader *reader, const struct node *map,
                      const struct plenum_job_class *job)
{
    if (job->milli < 1000 && job->accelerators != 1) {
        tell_at(reader, map, "milli",
                say(reader->scratch, "%d thousandths of each of %d accelerators", (int)job->milli,
                    (int)job->accelerators),
                "1000, or accelerators: 1");
    }
    if (job->chip != PLENUM_NONE) {
        const struct plenum_chip *chip = list_at(&reader->lists[LIST_chip], job->chip);

        if (chip->kind != PLENUM_CHIP_ACCELERATOR) {
            tell_at(reader, map, "chip", say(reader->scratch, "'%s', a CPU", chip->name),
                    "an accelerator");
        }
    }
    if (job->tenant != PLENUM_NONE && !tenant_asks(reader, job->tenant)) {
        tell_at(reader, map, "tenant", "a tenant that has others under it", "one of those");
    }
    if (job->accelerators == 0 && job->cores == 0) {
        tell_at(reader, map, "name", "a job that asks for nothing", "accelerators or cores");
    }
}

/* --- trace ------------------------------------------------------------------------------------ */

enum column {
    COLUMN_SUBMIT,
    COLUMN_DURATION,
    COLUMN_TENANT,
    COLUMN_SERVERS,
    COLUMN_ACCELERATORS,
    COLUMN_MILLI,
    COLUMN_CHIP,
    COLUMN_CORES,
    COLUMN_MEMORY,
    COLUMN_PREEMPTIBLE,
    COLUMN_COUNT
};

static const struct {
    const char *name;
    int64_t low, high, without;
} columns[COLUMN_COUNT] = {
    {"submit_s", 0, 3155760000, 0}, {"duration_s", 1, 31622400, 0}, {"tenant", 0, 0, PLENUM_NONE},
    {"servers", 1, 100000, 1},      {"accelerators", 0, 64, 0},     {"milli", 1, 1000, 1000},
    {"chip", 0, 0, PLENUM_NONE},    {"cores", 0, 100000, 0},        {"memory_gib", 0, 1048576, 0},
    {"preemptible", 0, 1, 0},
};

struct trace {
    struct reader *reader;
    const struct source *source;
    const char *at, *end;
    const char *what; /* the path of the key that names it */
    int32_t line;
    int32_t kinds[LIMIT_TRACE_COLUMNS]; /* an enum column, by place in the line */
    int32_t width;
    int64_t last_submit_s;
};

struct cell {
    char text[LIMIT_NAME + 1];
    int32_t column; /* of its first letter, from 1 */
};

static void tell_cell(struct trace *trace, const struct cell *cell, const char *expected)
{
    struct arena *scratch = trace->reader->scratch;

    problems_add(trace->reader->problems, trace->source, trace->line, cell->column, trace->what,
                 cell->text[0] == '\0' ? "nothing" : say(scratch, "'%s'", cell->text), expected);
}

/* The next line's cells. Returns how many; 0 at the end; a cell too long is cut. */
static int32_t next_line(struct trace *trace, struct cell cells[LIMIT_TRACE_COLUMNS])
{
    if (trace->at >= trace->end) {
        return 0;
    }
    const char *stop = memchr(trace->at, '\n', (size_t)(trace->end - trace->at));
    const char *line = trace->at;
    int32_t count = 0;
    stop = stop == NULL ? trace->end : stop;
    trace->at = stop == trace->end ? stop : stop + 1;
    trace->line++;
    if (stop > line && stop[-1] == '\r') {
        stop--;
    }
    for (const char *at = line; count < LIMIT_TRACE_COLUMNS; at++) {
        const char *comma = memchr(at, ',', (size_t)(stop - at));
        const char *until = comma == NULL ? stop : comma;
        size_t length = (size_t)(until - at) > LIMIT_NAME ? LIMIT_NAME : (size_t)(until - at);

        memcpy(cells[count].text, at, length);
        cells[count].text[length] = '\0';
        cells[count++].column = (int32_t)(at - line) + 1;
        if (comma == NULL) {
            break;
        }
        at = comma;
    }
    return count;
}

static int32_t find_column(const char *name)
{
    for (int32_t i = 0; i < COLUMN_COUNT; i++) {
        if (strcmp(columns[i].name, name) == 0) {
            return i;
        }
    }
    return PLENUM_NONE;
}

static bool read_header(struct trace *trace)
{
    struct cell cells[LIMIT_TRACE_COLUMNS];
    bool seen[COLUMN_COUNT] = {false};

    trace->width = next_line(trace, cells);
    for (int32_t i = 0; i < trace->width; i++) {
        int32_t kind = find_column(cells[i].text);

        trace->kinds[i] = kind;
        if (kind == PLENUM_NONE || seen[kind]) {
            tell_cell(trace, &cells[i],
                      kind == PLENUM_NONE ? "submit_s, duration_s, tenant, servers, accelerators, "
                                            "milli, chip, cores, memory_gib or preemptible"
                                          : "each column once");
            return false;
        }
        seen[kind] = true;
    }
    for (int32_t i = COLUMN_SUBMIT; i <= COLUMN_TENANT; i++) {
        if (!seen[i]) {
            problems_add(trace->reader->problems, trace->source, trace->line < 1 ? 1 : trace->line,
                         1, trace->what, "a header without it",
                         say(trace->reader->scratch, "column %s", columns[i].name));
            return false;
        }
    }
    return true;
}

static bool read_cell(struct trace *trace, const struct cell *cell, int32_t kind, int64_t *value)
{
    if (kind == COLUMN_TENANT || kind == COLUMN_CHIP) {
        enum list_id id = kind == COLUMN_TENANT ? LIST_tenant : LIST_chip;

        if (cell->text[0] == '\0' && kind == COLUMN_CHIP) {
            return true;
        }
        *value = list_find(&trace->reader->lists[id], cell->text);
        if (*value == PLENUM_NONE) {
            tell_cell(trace, cell,
                      kind == COLUMN_TENANT ? "the name of a tenant" : "the name of a chip");
        } else if (kind == COLUMN_TENANT && !tenant_asks(trace->reader, (int32_t)*value)) {
            tell_cell(trace, cell, "a tenant with none under it");
        }
        return *value != PLENUM_NONE;
    }
    int64_t number;
    if (!text_to_i64(cell->text, &number) || number < columns[kind].low ||
        number > columns[kind].high) {
        tell_cell(trace, cell,
                  say(trace->reader->scratch, "a whole number from %lld to %lld",
                      (long long)columns[kind].low, (long long)columns[kind].high));
        return false;
    }
    *value = number;
    return true;
}

static struct plenum_trace_job job_of(const struct plenum_site *site,
                                      const int64_t values[COLUMN_COUNT])
{
    return (struct plenum_trace_job){
        .submit_ms = site->start_ms + values[COLUMN_SUBMIT] * 1000,
        .duration_ms = values[COLUMN_DURATION] * 1000,
        .tenant = (int32_t)values[COLUMN_TENANT],
        .servers = (int32_t)values[COLUMN_SERVERS],
        .accelerators = (int32_t)values[COLUMN_ACCELERATORS],
        .milli = (int32_t)values[COLUMN_MILLI],
        .chip = (int32_t)values[COLUMN_CHIP],
        .cores = (int32_t)values[COLUMN_CORES],
        .memory_bytes = values[COLUMN_MEMORY] * (INT64_C(1) << 30),
        .preemptible = values[COLUMN_PREEMPTIBLE] != 0,
    };
}

/* By submit time; jobs of one instant stay in the order of the file. */
static void check_order(struct trace *trace, int64_t submit_s)
{
    if (submit_s < trace->last_submit_s) {
        problems_add(trace->reader->problems, trace->source, trace->line, 1, trace->what,
                     say(trace->reader->scratch, "a job submitted at %lld s, after one at %lld s",
                         (long long)submit_s, (long long)trace->last_submit_s),
                     "jobs in the order of submit_s");
    }
    trace->last_submit_s = submit_s;
}

/* False where the list is full. */
static bool read_job_line(struct trace *trace, const struct cell *cells, int32_t count,
                          const struct node *node)
{
    int64_t values[COLUMN_COUNT];
    struct list *jobs = &trace->reader->lists[LIST_trace_job];

    if (count != trace->width) {
        problems_add(trace->reader->problems, trace->source, trace->line, 1, trace->what,
                     say(trace->reader->scratch, "%d columns", (int)count),
                     say(trace->reader->scratch, "%d as in the first line", (int)trace->width));
        return true;
    }
    for (int32_t i = 0; i < COLUMN_COUNT; i++) {
        values[i] = columns[i].without;
    }
    for (int32_t i = 0; i < count; i++) {
        (void)read_cell(trace, &cells[i], trace->kinds[i], &values[trace->kinds[i]]);
    }
    if (values[COLUMN_MILLI] < 1000 && values[COLUMN_ACCELERATORS] != 1) {
        problems_add(trace->reader->problems, trace->source, trace->line, 1, trace->what,
                     "part of an accelerator with not exactly one",
                     "milli 1000, or accelerators 1");
    }
    check_order(trace, values[COLUMN_SUBMIT]);
    struct plenum_trace_job job = job_of(trace->reader->site, values);
    if (!list_push(jobs, &job, (struct origin){node, 0})) {
        problem_at_value(trace->reader->problems, trace->reader->scratch, node,
                         "more than 2000000 jobs", "at most 2000000");
        return false;
    }
    return true;
}

static void read_trace(struct reader *reader, const struct node *node)
{
    struct cell cells[LIMIT_TRACE_COLUMNS];
    const struct source *source = read_source(reader, node);
    int32_t count;

    if (source == NULL) {
        return;
    }
    struct trace trace = {.reader = reader,
                          .source = source,
                          .at = source->file.data,
                          .end = source->file.data + source->file.length,
                          .what = node_path(node, reader->scratch)};
    if (!read_header(&trace)) {
        return;
    }
    while ((count = next_line(&trace, cells)) > 0) {
        if (!read_job_line(&trace, cells, count, node)) {
            return;
        }
    }
}

/* --- world ------------------------------------------------------------------------------------ */

static void check_derate(struct reader *reader, const struct node *map,
                         const struct plenum_derate *derate)
{
    if (node_find(map, "from") != NULL && node_find(map, "until") != NULL &&
        derate->from_ms >= derate->until_ms) {
        tell_at(reader, map, "until", "an end that is not after its start",
                "an instant after from");
    }
    if (derate->notice_ms > derate->from_ms) {
        tell_at(reader, map, "notice", "a notice after the start", "an instant before from");
    }
    if (derate->node != PLENUM_NONE) {
        const struct plenum_power_node *node =
            list_at(&reader->lists[LIST_power_node], derate->node);

        if (derate->limit_w > node->limit_w) {
            tell_at(reader, map, "limit_w",
                    say(reader->scratch, "%lld W", (long long)derate->limit_w),
                    say(reader->scratch, "at most the limit_w of '%s', %lld W", node->name,
                        (long long)node->limit_w));
        }
    }
}

static void read_derates(struct reader *reader, const struct node *list)
{
    struct plenum_world *world = &reader->site->world;

    if (list == NULL || !node_is(reader, list, NODE_LIST)) {
        return;
    }
    if (list->count > LIMIT_DERATES) {
        problem_at_value(reader->problems, reader->scratch, list,
                         say(reader->scratch, "%d of them", (int)list->count), "at most 10000");
        return;
    }
    struct plenum_derate *derates =
        arena_alloc(reader->arena, (size_t)list->count + 1, sizeof *derates);
    for (const struct node *map = list->first; map != NULL; map = map->next) {
        struct plenum_derate *derate = &derates[world->derate_count++];

        read_object(reader, map, &object_derate, derate);
        if (node_find(map, "notice") == NULL) {
            derate->notice_ms = derate->from_ms;
        }
        check_derate(reader, map, derate);
    }
    world->derates = derates;
}

static void read_world(struct reader *reader, const struct node *map)
{
    struct plenum_world *world = &reader->site->world;

    read_object(reader, map, &object_world, world);
    if (world->wind_gust_mm_s < world->wind_mean_mm_s && node_find(map, "wind_gust_mm_s") != NULL) {
        tell_at(
            reader, map, "wind_gust_mm_s",
            say(reader->scratch, "%d mm/s", (int)world->wind_gust_mm_s),
            say(reader->scratch, "at least wind_mean_mm_s, %d mm/s", (int)world->wind_mean_mm_s));
    }
    if (world->robot_late_ppm > 0 && world->robot_late_steps_max == 0) {
        tell_at(reader, map, "robot_late_ppm", "robots late by no step",
                "robot_late_steps_max of at least 1");
    }
    read_derates(reader, node_find(map, "derates"));
}

void read_demand(struct reader *reader)
{
    const struct node *demand = node_find(reader->root, "demand");
    const struct node *world = node_find(reader->root, "world");
    struct list *jobs = &reader->lists[LIST_job_class];
    struct node nowhere = {.kind = NODE_MAP, .source = reader->root->source};
    char nothing = 0;

    if (demand != NULL) {
        read_object(reader, demand, &object_demand, &nothing);
        read_list(reader, demand, "jobs", LIST_job_class, &object_job);
        const struct node *trace = node_find(demand, "trace");
        if (trace != NULL) {
            read_trace(reader, trace);
        }
    }
    for (size_t i = 0; i < jobs->count; i++) {
        const struct node *map = jobs->origins[i].node;

        read_durations(reader, node_find(map, "duration"), list_at(jobs, (int32_t)i));
        check_job(reader, map, list_at(jobs, (int32_t)i));
    }
    read_world(reader, world == NULL ? &nowhere : world);
}
