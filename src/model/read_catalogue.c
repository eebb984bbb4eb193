/* The catalogue: chips, servers made of chips, rack models made of servers, robots, drones. */
#include "model/read.h"

#include "base/check.h"

#include <string.h>

#define ROW(m, k, lo, hi) MUST_WHOLE(struct T, m, k, lo, hi)

static const char *const chip_kinds[] = {"cpu", "accelerator", NULL};
static const char *const rack_units[] = {"ru", "ou", NULL};
static const char *const carried[] = {"tote", "rack", NULL};

static const struct field catalogue_fields[] = {
    MAY_OWN("chips"), MAY_OWN("servers"), MAY_OWN("racks"), MAY_OWN("robots"), MAY_OWN("drones"),
};
const struct object object_catalogue = OBJECT("catalogue", catalogue_fields);

#define T plenum_chip
static const struct field chip_fields[] = {
    MUST_OWN("name"),
    MUST_TEXT(struct T, source, "source"),
    MUST_CHOICE(struct T, kind, "kind", chip_kinds),
    MAY_WHOLE(struct T, cores, "cores", 0, 100000, 0),
    MAY_SCALED(struct T, memory_bytes, "memory_gib", 0, LIMIT_GIB, 0, INT64_C(1) << 30),
    ROW(idle_w, "idle_w", 0, LIMIT_WATTS),
    ROW(peak_w, "peak_w", 0, LIMIT_WATTS),
};
#undef T
const struct object object_chip = OBJECT("chip", chip_fields);

#define T plenum_server_model
static const struct field server_fields[] = {
    MUST_OWN("name"),
    MUST_TEXT(struct T, source, "source"),
    MUST_OWN("chips"),
    MAY_SCALED(struct T, memory_bytes, "memory_gib", 0, LIMIT_GIB, 0, INT64_C(1) << 30),
    ROW(idle_w, "idle_w", 0, LIMIT_WATTS),
    ROW(peak_w, "peak_w", 1, LIMIT_WATTS),
    ROW(height_mm, "height_mm", 1, LIMIT_MM),
    ROW(width_mm, "width_mm", 1, LIMIT_MM),
    ROW(depth_mm, "depth_mm", 1, LIMIT_MM),
    ROW(mass_g, "mass_g", 1, LIMIT_GRAMS),
    MAY_WHOLE(struct T, airflow_l_s, "airflow_l_s", 0, 1000000, 0),
};
#undef T
const struct object object_server = OBJECT("server", server_fields);

#define T plenum_rack_model
static const struct field rack_fields[] = {
    MUST_OWN("name"),
    MUST_TEXT(struct T, source, "source"),
    MUST_CHOICE(struct T, unit, "unit", rack_units),
    ROW(height_units, "height_units", 1, LIMIT_RACK_UNITS),
    ROW(payload_g, "payload_g", 1, LIMIT_GRAMS),
    ROW(mass_g, "mass_g", 1, LIMIT_GRAMS),
    ROW(shelf_w, "shelf_w", 1, LIMIT_WATTS),
    MAY_WHOLE(struct T, feeds, "feeds", 1, 2, 2),
    MUST_OWN("servers"),
    MAY_WHOLE(struct T, overhead_w, "overhead_w", 0, LIMIT_WATTS, 0),
};
#undef T
const struct object object_rack_model = OBJECT("rack_model", rack_fields);

#define T plenum_robot_model
static const struct field robot_fields[] = {
    MUST_OWN("name"),
    MUST_TEXT(struct T, source, "source"),
    MUST_CHOICE(struct T, carries, "carries", carried),
    MAY_BOOL(struct T, fetches, "fetches", false),
    ROW(payload_g, "payload_g", 0, LIMIT_GRAMS),
    ROW(speed_mm_s, "speed_mm_s", 1, 100000),
    ROW(battery_j, "battery_j", 1, LIMIT_JOULES),
    ROW(move_j, "move_j", 0, LIMIT_JOULES),
    ROW(idle_w, "idle_w", 0, LIMIT_WATTS),
    ROW(charge_w, "charge_w", 1, LIMIT_WATTS),
    MAY_WHOLE(struct T, low_milli, "low_milli", 1, 999, 200),
    MAY_DURATION(struct T, handling_ms, "handling", 0, 86400000, 10000),
};
#undef T
const struct object object_robot_model = OBJECT("robot_model", robot_fields);

#define T plenum_drone_model
static const struct field drone_fields[] = {
    MUST_OWN("name"),
    MUST_TEXT(struct T, source, "source"),
    ROW(mass_g, "mass_g", 1, LIMIT_GRAMS),
    ROW(payload_g, "payload_g", 0, LIMIT_GRAMS),
    ROW(speed_mm_s, "speed_mm_s", 1, 200000),
    ROW(climb_mm_s, "climb_mm_s", 1, 100000),
    ROW(wind_max_mm_s, "wind_max_mm_s", 0, 100000),
    ROW(battery_j, "battery_j", 1, LIMIT_JOULES),
    ROW(hover_w, "hover_w", 1, LIMIT_WATTS),
    ROW(cruise_w, "cruise_w", 1, LIMIT_WATTS),
    ROW(charge_w, "charge_w", 1, LIMIT_WATTS),
    MAY_WHOLE(struct T, reserve_milli, "reserve_milli", 0, 999, 250),
};
#undef T
const struct object object_drone_model = OBJECT("drone_model", drone_fields);

static void tell_idle_over_peak(struct reader *reader, const struct node *map, int64_t idle_w,
                                int64_t peak_w)
{
    if (idle_w > peak_w && peak_w > 0) {
        tell_at(reader, map, "idle_w", say(reader->scratch, "%lld W", (long long)idle_w),
                say(reader->scratch, "at most peak_w, %lld W", (long long)peak_w));
    }
}

static void check_chip(struct reader *reader, const struct node *map, void *item)
{
    const struct plenum_chip *chip = item;

    tell_idle_over_peak(reader, map, chip->idle_w, chip->peak_w);
    if (chip->kind == PLENUM_CHIP_ACCELERATOR && chip->cores > 0) {
        tell_at(reader, map, "cores", say(reader->scratch, "%d cores", (int)chip->cores),
                "none on an accelerator");
    }
}

struct plenum_chip_count *read_counts(struct reader *reader, const struct node *map,
                                      enum list_id id, int64_t low, int64_t high, int32_t *count)
{
    *count = 0;
    if (map == NULL || !node_is(reader, map, NODE_MAP)) {
        return NULL;
    }
    struct plenum_chip_count *counts =
        arena_alloc(reader->arena, (size_t)map->count + 1, sizeof *counts);
    for (const struct node *node = map->first; node != NULL; node = node->next) {
        int32_t index = list_find(&reader->lists[id], node->key);
        int64_t number;

        if (index == PLENUM_NONE) {
            const char *nearest = list_nearest(&reader->lists[id], node->key);
            const char *title = id == LIST_chip ? "the name of a chip" : "the name of a server";
            problem_at_key(reader->problems, reader->scratch, node, "an unknown name",
                           nearest == NULL
                               ? title
                               : say(reader->scratch, "%s; did you mean '%s'?", title, nearest));
        } else if (read_whole(reader, node, low, high, &number)) {
            counts[(*count)++] = (struct plenum_chip_count){index, (int32_t)number};
        }
    }
    return counts;
}

static void add_accelerators(struct reader *reader, const struct node *map,
                             struct plenum_server_model *server,
                             const struct plenum_chip_count *part)
{
    if (server->accelerator_chip != PLENUM_NONE) {
        tell_at(reader, map, "chips", "accelerators of two kinds", "one kind in a server");
        return;
    }
    server->accelerator_chip = part->chip;
    server->accelerators = part->count;
    if (part->count > PLENUM_ACCELERATORS_PER_SERVER_MAX) {
        tell_at(reader, map, "chips", say(reader->scratch, "%d accelerators", (int)part->count),
                "at most 64 in a server");
    }
}

static void finish_server(struct reader *reader, const struct node *map, void *item)
{
    struct plenum_server_model *server = item;
    int64_t cores = 0;

    tell_idle_over_peak(reader, map, server->idle_w, server->peak_w);
    server->accelerator_chip = PLENUM_NONE;
    server->chips =
        read_counts(reader, node_find(map, "chips"), LIST_chip, 1, 1000, &server->chip_count);
    for (int32_t i = 0; i < server->chip_count; i++) {
        const struct plenum_chip *chip = list_at(&reader->lists[LIST_chip], server->chips[i].chip);

        if (chip->kind == PLENUM_CHIP_CPU) {
            cores += (int64_t)chip->cores * server->chips[i].count;
        } else {
            add_accelerators(reader, map, server, &server->chips[i]);
        }
        server->memory_bytes +=
            chip->memory_bytes * server->chips[i].count * (chip->kind == PLENUM_CHIP_CPU);
    }
    server->cores = (int32_t)cores;
}

/* True where the server may stand in a rack at all; its sums are added to the rack's. */
static void add_servers(struct reader *reader, struct plenum_rack_model *rack,
                        const struct plenum_server_count *part, int64_t *height_mm, int64_t *mass_g)
{
    const struct plenum_server_model *server =
        list_at(&reader->lists[LIST_server_model], part->model);

    rack->idle_w += server->idle_w * part->count;
    rack->peak_w += server->peak_w * part->count;
    rack->server_count += part->count;
    *height_mm += (int64_t)server->height_mm * part->count;
    *mass_g += server->mass_g * part->count;
}

static void check_rack_sums(struct reader *reader, const struct node *map,
                            const struct plenum_rack_model *rack, int64_t height_mm, int64_t mass_g)
{
    int64_t unit_um = rack->unit == PLENUM_RACK_UNIT_OU ? 48000 : 44450;
    int64_t room_mm = rack->height_units * unit_um / 1000;
    struct arena *scratch = reader->scratch;

    if (height_mm > room_mm) {
        tell_at(reader, map, "servers", say(scratch, "%lld mm of servers", (long long)height_mm),
                say(scratch, "at most %lld mm, the height of the frame", (long long)room_mm));
    }
    if (mass_g > rack->payload_g) {
        tell_at(reader, map, "servers", say(scratch, "%lld g of servers", (long long)mass_g),
                say(scratch, "at most payload_g, %lld g", (long long)rack->payload_g));
    }
    if (rack->peak_w > rack->shelf_w) {
        tell_at(reader, map, "shelf_w", say(scratch, "%lld W", (long long)rack->shelf_w),
                say(scratch, "at least the peak of servers and overhead, %lld W",
                    (long long)rack->peak_w));
    }
    if (rack->server_count > LIMIT_SERVERS_PER_RACK) {
        tell_at(reader, map, "servers", say(scratch, "%d servers", (int)rack->server_count),
                "at most 1000 in a rack");
    }
}

static void finish_rack_model(struct reader *reader, const struct node *map, void *item)
{
    struct plenum_rack_model *rack = item;
    int64_t height_mm = 0, mass_g = 0;
    const struct plenum_chip_count *counts = read_counts(
        reader, node_find(map, "servers"), LIST_server_model, 1, 1000, &rack->server_kind_count);
    struct plenum_server_count *servers =
        arena_alloc(reader->arena, (size_t)rack->server_kind_count + 1, sizeof *servers);

    rack->idle_w = rack->peak_w = rack->overhead_w;
    for (int32_t i = 0; i < rack->server_kind_count; i++) {
        servers[i] = (struct plenum_server_count){counts[i].chip, counts[i].count};
        add_servers(reader, rack, &servers[i], &height_mm, &mass_g);
    }
    rack->servers = servers;
    if (rack->shelf_w > 0 && rack->payload_g > 0 && rack->height_units > 0) {
        check_rack_sums(reader, map, rack, height_mm, mass_g);
    }
}

/* Reads the list under key, and then finishes each of its items, in the order of the file. */
static void read_models(struct reader *reader, const struct node *catalogue, const char *key,
                        enum list_id id, const struct object *object,
                        void (*finish)(struct reader *reader, const struct node *map, void *item))
{
    const struct list *list = &reader->lists[id];

    read_list(reader, catalogue, key, id, object);
    for (size_t i = 0; i < list->count && finish != NULL; i++) {
        finish(reader, list->origins[i].node, list_at(list, (int32_t)i));
    }
}

void read_catalogue(struct reader *reader)
{
    const struct node *map = node_find(reader->root, "catalogue");
    char nothing = 0;

    if (map == NULL) {
        return;
    }
    read_object(reader, map, &object_catalogue, &nothing);
    read_models(reader, map, "chips", LIST_chip, &object_chip, check_chip);
    read_models(reader, map, "servers", LIST_server_model, &object_server, finish_server);
    read_models(reader, map, "racks", LIST_rack_model, &object_rack_model, finish_rack_model);
    read_models(reader, map, "robots", LIST_robot_model, &object_robot_model, NULL);
    read_models(reader, map, "drones", LIST_drone_model, &object_drone_model, NULL);
}
