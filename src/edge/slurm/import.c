/* Nodes that are alike in cores, memory and accelerators are one model of server. The floor is made
 * up: a line of positions for each leaf switch, with a free line before it, so that "within a row"
 * means "under one leaf switch". */
#include "edge/slurm/import.h"

#include "base/check.h"
#include "base/instant.h"
#include "base/memory.h"
#include "base/text.h"
#include "edge/slurm/hostlist.h"
#include "edge/slurm/records.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define MINUTE_MS INT64_C(60000)
enum { LEAFLESS = INT32_MAX, ROW_MAX = 1000 };
enum { CPU_IDLE_W = 150, CPU_PEAK_W = 500, GPU_IDLE_W = 60, GPU_PEAK_W = 700 };

struct place { /* of a node */
    const struct slurm_node *node;
    struct slurm_gpus gpus;
    int32_t model;
    int32_t leaf; /* which leaf switch it is under; LEAFLESS */
    int32_t row, column;
};

struct import {
    FILE *out;
    struct slurm_nodes nodes;
    struct place *places; /* in order of name; then of row and name */
    int32_t *models;      /* index of the first place of each model */
    int32_t count, model_count, leaf_count, row_count, width;
};

/* --- reading ---------------------------------------------------------------------------------- */

static enum plenum_status read_nodes(const struct slurm_cluster *cluster, struct import *import,
                                     struct plenum_error *error)
{
    struct bytes body;
    bytes_init(&body, CLUSTER_ANSWER_MAX);
    enum plenum_status status = cluster->get(cluster->context, SLURM_PATH "nodes", &body, error);
    if (status == PLENUM_OK)
        status = slurm_nodes_read(&import->nodes, &body, error);
    bytes_finish(&body);
    if (status == PLENUM_OK && import->nodes.count == 0)
        status = plenum_fail(error, PLENUM_MISMATCH, "this Slurm has no nodes");
    return status;
}

static enum plenum_status make_places(struct import *import, struct plenum_error *error)
{
    import->count = (int32_t)import->nodes.count;
    import->places = memory_new(import->nodes.count, sizeof *import->places);
    import->models = memory_new(import->nodes.count, sizeof *import->models);
    for (int32_t i = 0; i < import->count; i++) {
        struct place *place = &import->places[i];
        *place = (struct place){.node = &import->nodes.items[i], .leaf = LEAFLESS};
        if (!slurm_gpus_read(place->node->gres, &place->gpus) || place->gpus.count > 64)
            return plenum_fail(error, PLENUM_MISMATCH,
                               "node %s: found gres %s, expected gpu of one type, at most 64",
                               place->node->name, place->node->gres);
        if (place->gpus.count > 0 && place->gpus.type[0] == 0)
            CHECK(text_format(place->gpus.type, sizeof place->gpus.type, "gpu"));
    }
    return PLENUM_OK;
}

/* --- rows ------------------------------------------------------------------------------------- */

static int compare_name(const void *key, const void *place)
{
    return strcmp(key, ((const struct place *)place)->node->name);
}

/* While places are in order of name. */
static bool put_under_leaf(void *context, const char *name)
{
    struct import *import = context;
    struct place *place =
        bsearch(name, import->places, (size_t)import->count, sizeof *import->places, compare_name);
    if (place)
        place->leaf = import->leaf_count;
    return true;
}

/* A line of `scontrol show topology`: a leaf switch names its nodes, and none under it. */
static void read_switch(struct import *import, const char *line)
{
    const char *nodes = strstr(line, " Nodes=");
    if (strncmp(line, "SwitchName=", 11) != 0 || !nodes || strstr(line, " Level=0 ") == NULL)
        return;
    char *list = memory_strdup(nodes + 7);
    list[strcspn(list, " \r")] = 0;
    if (slurm_hostlist_walk(list, put_under_leaf, import))
        import->leaf_count++;
    free(list);
}

/* Without a topology, or where scontrol cannot be run, all nodes stand in one row. */
static void read_topology(const struct slurm_cluster *cluster, struct import *import)
{
    static const char *const argv[] = {"scontrol", "show", "topology", NULL};
    struct bytes said;
    struct plenum_error error;
    bytes_init(&said, CLUSTER_SAID_MAX);
    if (cluster->run(cluster->context, argv, &said, &error) == PLENUM_OK) {
        bytes_put_u8(&said, 0);
        char *line = said.overflow ? NULL : (char *)said.data;
        while (line) {
            char *end = strchr(line, '\n');
            if (end)
                *end = 0;
            read_switch(import, line);
            line = end ? end + 1 : NULL;
        }
    }
    bytes_finish(&said);
}

/* Shorter names first: n9 before n10. */
static int order_places(const void *left, const void *right)
{
    const struct place *a = left, *b = right;
    size_t a_length = strlen(a->node->name), b_length = strlen(b->node->name);
    if (a->leaf != b->leaf)
        return a->leaf < b->leaf ? -1 : 1;
    if (a_length != b_length)
        return a_length < b_length ? -1 : 1;
    return strcmp(a->node->name, b->node->name);
}

/* A row for each leaf, or more where one would be too long. */
static void set_places(struct import *import)
{
    if (import->count > 1)
        qsort(import->places, (size_t)import->count, sizeof *import->places, order_places);
    for (int32_t i = 0; i < import->count; i++) {
        struct place *place = &import->places[i];
        bool next = i == 0 || place->leaf != place[-1].leaf || place[-1].column + 1 == ROW_MAX;
        import->row_count += next;
        place->row = import->row_count - 1;
        place->column = next ? 0 : place[-1].column + 1;
        import->width = place->column + 1 > import->width ? place->column + 1 : import->width;
    }
}

/* --- models ----------------------------------------------------------------------------------- */

static int64_t gib_of(const struct place *place)
{
    return place->node->memory_mib / 1024;
}

static bool alike(const struct place *a, const struct place *b)
{
    return a->node->cpus == b->node->cpus && gib_of(a) == gib_of(b) &&
           a->gpus.count == b->gpus.count && strcmp(a->gpus.type, b->gpus.type) == 0;
}

static void find_models(struct import *import)
{
    for (int32_t i = 0; i < import->count; i++) {
        int32_t model = 0;
        while (model < import->model_count &&
               !alike(&import->places[i], &import->places[import->models[model]]))
            model++;
        import->places[i].model = model;
        if (model == import->model_count)
            import->models[import->model_count++] = i;
    }
}

static const struct place *model_at(const struct import *import, int32_t model)
{
    return &import->places[import->models[model]];
}

/* Whether an earlier model has the same cores, or the same accelerator. */
static bool cores_before(const struct import *import, int32_t model)
{
    for (int32_t i = 0; i < model; i++)
        if (model_at(import, i)->node->cpus == model_at(import, model)->node->cpus)
            return true;
    return false;
}

static bool type_before(const struct import *import, int32_t model)
{
    for (int32_t i = 0; i < model; i++)
        if (strcmp(model_at(import, i)->gpus.type, model_at(import, model)->gpus.type) == 0)
            return true;
    return false;
}

static int64_t peak_w(const struct place *place)
{
    return CPU_PEAK_W + place->gpus.count * GPU_PEAK_W;
}

/* --- writing ---------------------------------------------------------------------------------- */

static void write_chips(const struct import *import)
{
    fprintf(import->out, "catalogue:\n  chips:\n");
    for (int32_t i = 0; i < import->model_count; i++) {
        const struct place *place = model_at(import, i);
        if (!cores_before(import, i))
            fprintf(import->out,
                    "    - {name: cpu-%" PRId64 ", source: Slurm, kind: cpu, cores: %" PRId64
                    ", idle_w: 0, peak_w: 0}\n",
                    place->node->cpus, place->node->cpus);
        if (place->gpus.count > 0 && !type_before(import, i))
            fprintf(import->out,
                    "    - {name: %s, source: Slurm, kind: accelerator, idle_w: 0, peak_w: 0}\n",
                    place->gpus.type);
    }
}

static void write_models(const struct import *import)
{
    fprintf(import->out, "  servers:\n");
    for (int32_t i = 0; i < import->model_count; i++) {
        const struct place *place = model_at(import, i);
        fprintf(import->out, "    - name: server-%" PRId32 "\n      source: %s\n", i + 1,
                "Slurm; watts, size and mass assumed");
        fprintf(import->out, "      chips: {cpu-%" PRId64 ": 1", place->node->cpus);
        if (place->gpus.count > 0)
            fprintf(import->out, ", %s: %" PRId32, place->gpus.type, place->gpus.count);
        fprintf(import->out,
                "}\n      memory_gib: %" PRId64 "\n      idle_w: %d\n      peak_w: %" PRId64
                "\n      height_mm: 44\n      width_mm: 440\n      depth_mm: 800\n"
                "      mass_g: 20000\n",
                gib_of(place), (int)(CPU_IDLE_W + place->gpus.count * GPU_IDLE_W), peak_w(place));
    }
    fprintf(import->out, "  racks:\n");
    for (int32_t i = 0; i < import->model_count; i++)
        fprintf(import->out,
                "    - {name: node-%" PRId32 ", source: Slurm, unit: ru, height_units: 1, "
                "payload_g: 20000, mass_g: 1000,\n       shelf_w: %" PRId64
                ", feeds: 1, servers: {server-%" PRId32 ": 1}}\n",
                i + 1, peak_w(model_at(import, i)), i + 1);
}

static void write_floor(const struct import *import)
{
    int64_t sum_w = 0;
    for (int32_t i = 0; i < import->count; i++)
        sum_w += peak_w(&import->places[i]);
    fprintf(import->out, "halls:\n  - {name: hall, size: [%d, %d]}\npower:\n", (int)import->width,
            (int)(2 * import->row_count));
    fprintf(import->out, "  - {name: feed, limit_w: %" PRId64 "} # all nodes at their peak\n",
            sum_w);
    fprintf(import->out, "positions:\n");
    for (int32_t i = 0; i < import->count; i++)
        fprintf(import->out, "  - {name: \"%s\", cell: [%d, %d], front: south, feeds: [feed]}\n",
                import->places[i].node->name, (int)import->places[i].column,
                (int)(2 * import->places[i].row));
}

static void write_racks(const struct import *import)
{
    fprintf(import->out,
            "tenants: # by the names of Slurm's accounts or users; slurm is whoever is not named\n"
            "  - {name: slurm}\n"
            "racks: # by the names of Slurm's nodes\n");
    for (int32_t i = 0; i < import->count; i++)
        fprintf(import->out,
                "  - {name: \"%s\", model: node-%" PRId32 ", position: \"%s\", arrive: start, "
                "stands: true}\n",
                import->places[i].node->name, import->places[i].model + 1,
                import->places[i].node->name);
}

static void write_site(const struct import *import, int64_t now_ms)
{
    char start[INSTANT_TEXT];
    fprintf(
        import->out,
        "# The nodes of a Slurm as a site: each is a rack of one server, and a row is a leaf\n"
        "# switch. Slurm knows no watts: those below are assumed. Put in what your servers draw\n"
        "# and what your feeds carry, and jobs are planned within them.\n"
        "plenum: 1\nname: slurm\nstart: %s\nstep: 5s\n",
        instant_format(now_ms / MINUTE_MS * MINUTE_MS, start));
    write_chips(import);
    write_models(import);
    write_floor(import);
    write_racks(import);
    fprintf(import->out, "world: {cabling: 0s, burn_in: 0s}\n");
}

enum plenum_status slurm_import(const struct slurm_cluster *cluster, FILE *out,
                                struct plenum_error *error)
{
    struct import import = {.out = out};
    enum plenum_status status = read_nodes(cluster, &import, error);
    if (status == PLENUM_OK)
        status = make_places(&import, error);
    if (status == PLENUM_OK) {
        read_topology(cluster, &import);
        set_places(&import);
        find_models(&import);
        write_site(&import, cluster->now_ms(cluster->context));
    }
    slurm_nodes_finish(&import.nodes);
    free(import.places);
    free(import.models);
    return status;
}
