/* Loading a site: the files, the tree, the parts in their order, the checks of the whole. */
#include "model/read.h"

#include "base/check.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* A loaded site and the arena that all of it lives in. */
struct loaded_site {
    struct plenum_site site; /* first: the caller's pointer is this one's */
    struct arena arena;
};

enum { FORMAT = 1 };

static const struct field site_fields[] = {
    MUST_OWN("plenum"),
    MUST_OWN("name"),
    MAY_WHOLE(struct plenum_site, seed, "seed", 0, INT64_MAX, 1),
    MUST_INSTANT(struct plenum_site, start_ms, "start"),
    MAY_OWN("step"),
    MAY_DURATION(struct plenum_site, half_life_ms, "half_life", 60000, LIMIT_DURATION, 604800000),
    MAY_OWN("catalogue"),
    MUST_OWN("halls"),
    MAY_OWN("positions"),
    MAY_OWN("docks"),
    MAY_OWN("stations"),
    MAY_OWN("chargers"),
    MAY_OWN("repair_stations"),
    MAY_OWN("areas"),
    MAY_OWN("cooling"),
    MAY_OWN("power"),
    MAY_OWN("pads"),
    MAY_OWN("airspace"),
    MAY_OWN("tenants"),
    MAY_OWN("defragment"),
    MAY_OWN("racks"),
    MAY_OWN("robots"),
    MAY_OWN("drones"),
    MAY_OWN("demand"),
    MAY_OWN("world"),
};
const struct object object_site = OBJECT("site", site_fields);

/* Item size and greatest count of each list. */
static void init_lists(struct reader *reader)
{
    static const size_t limits[LIST_COUNT] = {
        [LIST_chip] = LIMIT_CATALOGUE,
        [LIST_server_model] = LIMIT_CATALOGUE,
        [LIST_rack_model] = LIMIT_CATALOGUE,
        [LIST_robot_model] = LIMIT_CATALOGUE,
        [LIST_drone_model] = LIMIT_CATALOGUE,
        [LIST_hall] = LIMIT_HALLS,
        [LIST_position] = LIMIT_POSITIONS,
        [LIST_dock] = LIMIT_PLACES,
        [LIST_station] = LIMIT_PLACES,
        [LIST_charger] = LIMIT_PLACES,
        [LIST_repair_station] = LIMIT_PLACES,
        [LIST_area] = LIMIT_AREAS,
        [LIST_power_node] = LIMIT_NODES_OF_POWER,
        [LIST_cooling_zone] = LIMIT_PLACES,
        [LIST_load] = LIMIT_POSITIONS + 2 * LIMIT_PLACES,
        [LIST_pad] = LIMIT_PLACES,
        [LIST_tenant] = LIMIT_TENANTS,
        [LIST_rack] = LIMIT_RACKS,
        [LIST_server] = LIMIT_SERVERS,
        [LIST_robot] = LIMIT_ROBOTS,
        [LIST_drone] = LIMIT_DRONES,
        [LIST_job_class] = LIMIT_JOB_CLASSES,
        [LIST_trace_job] = LIMIT_TRACE_JOBS,
    };
#define X(one, many)                                                                               \
    list_init(&reader->lists[LIST_##one], sizeof(struct plenum_##one), limits[LIST_##one]);
    PLENUM_SITE_LISTS(X)
#undef X
}

/* Moves the lists into the site. */
static const void *keep_items(struct reader *reader, enum list_id id)
{
    const struct list *list = &reader->lists[id];
    void *items = arena_alloc(reader->arena, list->count + 1, list->item_size);

    if (list->count > 0) {
        memcpy(items, list->items, list->count * list->item_size);
    }
    return items;
}

static void keep_lists(struct reader *reader)
{
    struct plenum_site *site = reader->site;

#define X(one, many)                                                                               \
    site->many = keep_items(reader, LIST_##one);                                                   \
    site->one##_count = (int32_t)reader->lists[LIST_##one].count;
    PLENUM_SITE_LISTS(X)
#undef X
}

static void keep_files(struct reader *reader)
{
    int32_t count = reader->sources.count;
    struct plenum_site_file *files = arena_alloc(reader->arena, (size_t)count, sizeof *files);

    for (int32_t i = 0; i < count; i++) {
        files[i] = reader->sources.files[i].file;
    }
    reader->site->files = files;
    reader->site->file_count = count;
}

/* --- parts ------------------------------------------------------------------------------------ */

static void read_root(struct reader *reader)
{
    const struct node *format = node_find(reader->root, "plenum");
    const struct node *start = node_find(reader->root, "start");
    const struct node *step = node_find(reader->root, "step");
    int64_t number, step_ms = 1000;

    if (format != NULL && read_whole(reader, format, 1, INT32_MAX, &number) && number > FORMAT) {
        problem_at_value(reader->problems, reader->scratch, format,
                         say(reader->scratch, "format %lld, of a newer Plenum", (long long)number),
                         say(reader->scratch, "format %d", FORMAT));
    }
    read_object(reader, reader->root, &object_site, reader->site);
    reader->site->name = read_plain_name(reader, reader->root);
    if (step != NULL) {
        (void)read_duration(reader, step, 1, 3600000, &step_ms);
    }
    reader->site->step_ms = (int32_t)step_ms;
    reader->has_start = start != NULL;
}

static void read_parts(struct reader *reader)
{
    if (!node_is(reader, reader->root, NODE_MAP)) {
        return;
    }
    read_root(reader);
    read_catalogue(reader);
    read_halls(reader);
    read_power(reader);
    read_places(reader);
    read_air(reader);
    read_fleet(reader);
    read_demand(reader);
    read_defragment(reader);
    check_floor(reader);
    check_areas(reader);
    check_racks(reader);
    check_tenants(reader);
    check_fleet(reader);
}

/* --- loading ---------------------------------------------------------------------------------- */

static enum plenum_status open_site_file(struct reader *reader, const char *name,
                                         const struct source **source, struct plenum_error *error)
{
    const char *expected = "a file";
    struct plenum_error trouble;
    enum plenum_status status = sources_open(&reader->sources, name, source, &expected, &trouble);

    if (status == PLENUM_OK) {
        return PLENUM_OK;
    }
    const char *shown = status == PLENUM_INPUT ? name : (*source)->shown;
    if (status == PLENUM_IO) {
        return plenum_fail(error, PLENUM_IO, "%s: %s", shown, trouble.text);
    }
    struct source nowhere = {.shown = shown};
    problems_add(reader->problems, &nowhere, 0, 0, "size", trouble.text, expected);
    return PLENUM_INPUT;
}

static enum plenum_status read_site(struct reader *reader, const char *name,
                                    struct plenum_error *error)
{
    const struct source *source;
    enum plenum_status status = open_site_file(reader, name, &source, error);

    if (status != PLENUM_OK) {
        return status;
    }
    reader->root = tree_read(source, reader->scratch, reader->problems);
    if (reader->root != NULL) {
        read_parts(reader);
    }
    if (plenum_problems_count(reader->problems) > 0) {
        return PLENUM_INPUT;
    }
    keep_lists(reader);
    keep_files(reader);
    return PLENUM_OK;
}

static enum plenum_status finish_loading(struct reader *reader, enum plenum_status status,
                                         struct plenum_problems *own, struct plenum_error *error)
{
    for (size_t i = 0; i < LIST_COUNT; i++) {
        list_finish(&reader->lists[i]);
    }
    arena_finish(reader->scratch);
    problems_sort(reader->problems);
    if (status == PLENUM_INPUT) {
        const struct plenum_problem *first = plenum_problems_at(reader->problems, 0);
        size_t count = plenum_problems_count(reader->problems);

        (void)plenum_fail(error, PLENUM_INPUT,
                          "%s:%d:%d: %s: found %s, expected %s (%zu problem%s)", first->file,
                          (int)first->line, (int)first->column, first->what, first->found,
                          first->expected, count, count == 1 ? "" : "s");
    }
    plenum_problems_destroy(own);
    return status;
}

/* Loads with sources that are set up in *reader already. */
static enum plenum_status load(struct reader *reader, struct loaded_site *loaded, const char *name,
                               struct plenum_problems *problems, struct plenum_site **site,
                               struct plenum_error *error)
{
    struct plenum_problems *own = problems == NULL ? plenum_problems_create() : NULL;
    struct arena scratch;

    CHECK(problems == NULL || plenum_problems_count(problems) == 0);
    arena_init(&scratch, LIMIT_SITE_BYTES);
    reader->site = &loaded->site;
    reader->arena = &loaded->arena;
    reader->scratch = &scratch;
    reader->problems = problems == NULL ? own : problems;
    init_lists(reader);
    enum plenum_status status = finish_loading(reader, read_site(reader, name, error), own, error);
    if (status != PLENUM_OK) {
        plenum_site_destroy(&loaded->site);
        return status;
    }
    *site = &loaded->site;
    return PLENUM_OK;
}

static struct loaded_site *loaded_create(void)
{
    struct loaded_site *loaded = memory_new(1, sizeof *loaded);

    arena_init(&loaded->arena, LIMIT_SITE_BYTES);
    return loaded;
}

enum plenum_status plenum_site_load(const char *path, struct plenum_site **site,
                                    struct plenum_problems *problems, struct plenum_error *error)
{
    struct loaded_site *loaded = loaded_create();
    struct reader reader = {0};
    const char *slash = strrchr(path, '/');

    *site = NULL;
    sources_on_disk(&reader.sources, &loaded->arena, path);
    return load(&reader, loaded, slash == NULL ? path : slash + 1, problems, site, error);
}

enum plenum_status plenum_site_load_files(const struct plenum_site_file *files, int32_t file_count,
                                          struct plenum_site **site,
                                          struct plenum_problems *problems,
                                          struct plenum_error *error)
{
    struct loaded_site *loaded = loaded_create();
    struct reader reader = {0};

    CHECK(file_count > 0);
    *site = NULL;
    sources_in_memory(&reader.sources, &loaded->arena, files, file_count);
    return load(&reader, loaded, files[0].name, problems, site, error);
}

void plenum_site_destroy(struct plenum_site *site)
{
    if (site == NULL) {
        return;
    }
    struct loaded_site *loaded = (struct loaded_site *)(void *)site;
    arena_finish(&loaded->arena);
    free(loaded);
}

int32_t plenum_tenant_share_milli(const struct plenum_tenant *tenant, int32_t chip)
{
    for (int32_t i = 0; i < tenant->chip_share_count; i++) {
        if (tenant->chip_shares[i].chip == chip) {
            return tenant->chip_shares[i].count;
        }
    }
    return tenant->share_milli;
}

int32_t plenum_site_hall_of(const struct plenum_site *site, int32_t cell)
{
    int32_t low = 0, high = site->hall_count - 1;

    CHECK(cell >= 0 && cell < site->cell_count);
    while (low < high) {
        int32_t middle = low + (high - low + 1) / 2;

        if (site->halls[middle].first_cell <= cell) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    return low;
}
