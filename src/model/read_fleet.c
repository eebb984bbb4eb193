/* Who and what: the racks that were ordered, robots and drones. */
#include "model/read.h"

#include "base/check.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* What a rack says beside its own members: `every` moves the arrival of each next one of a range;
 * shipped and built are told as times ahead of the arrival. */
struct rack_entry {
    struct plenum_rack rack;
    int64_t every_ms, shipped_ahead_ms, built_ahead_ms;
};

#define T rack_entry
static const struct field rack_fields[] = {
    MUST_OWN("name"),
    MUST_REF(struct T, rack.model, "model", LIST_rack_model),
    MUST_OWN("position"),
    MAY_OWN("dock"),
    MAY_BOOL(struct T, rack.stands, "stands", false),
    MUST_INSTANT(struct T, rack.arrive_ms, "arrive"),
    MAY_DURATION(struct T, every_ms, "every", 0, LIMIT_DURATION, 0),
    MAY_DURATION(struct T, shipped_ahead_ms, "shipped_ahead", 0, LIMIT_DURATION, 0),
    MAY_DURATION(struct T, built_ahead_ms, "built_ahead", 0, LIMIT_DURATION, 0),
    MAY_INSTANT(struct T, rack.retire_ms, "retire", 0),
};
#undef T
const struct object object_rack = OBJECT("rack", rack_fields);

static const struct field robots_fields[] = {
    MUST_OWN("name"), MUST_REF(struct plenum_robot, model, "model", LIST_robot_model),
    MAY_OWN("hall"),  MAY_OWN("cells"),
    MAY_OWN("area"),
};
const struct object object_robots = OBJECT("robots", robots_fields);

static const struct field area_fields[] = {
    MUST_OWN("from"),
    MUST_OWN("to"),
    MAY_OWN("every"),
};
const struct object object_area = OBJECT("area", area_fields);

static const struct field drones_fields[] = {
    MUST_OWN("name"),
    MUST_REF(struct plenum_drone, model, "model", LIST_drone_model),
    MUST_OWN("pads"),
};
const struct object object_drones = OBJECT("drones", drones_fields);

/* --- racks ------------------------------------------------------------------------------------ */

/* A rack that stands needs none. */
static int32_t read_dock(struct reader *reader, const struct node *map, bool stands)
{
    const struct node *node = node_find(map, "dock");
    int32_t dock = PLENUM_NONE;

    if (node != NULL) {
        (void)read_ref(reader, node, LIST_dock, 0, 1, &dock);
    } else if (reader->lists[LIST_dock].count == 1) {
        dock = 0;
    } else if (!stands) {
        problem_of_missing(reader->problems, reader->scratch, map, "dock",
                           "the name of a dock, as there is not exactly one");
    }
    return dock;
}

static void push_servers(struct reader *reader, struct plenum_rack *rack, int32_t rack_index)
{
    struct list *servers = &reader->lists[LIST_server];

    rack->first_server = (int32_t)servers->count;
    if (rack->model == PLENUM_NONE) {
        return;
    }
    const struct plenum_rack_model *model = list_at(&reader->lists[LIST_rack_model], rack->model);
    int32_t slot = 0;
    for (int32_t kind = 0; kind < model->server_kind_count; kind++) {
        for (int32_t i = 0; i < model->servers[kind].count && slot < LIMIT_SERVERS_PER_RACK; i++) {
            struct plenum_server server = {rack_index, model->servers[kind].model, slot++};

            if (!list_push(servers, &server, reader->lists[LIST_rack].origins[rack_index])) {
                tell_at(reader, reader->lists[LIST_rack].origins[rack_index].node, "name",
                        "more than 10000000 servers in all racks", "at most 10000000");
                return;
            }
        }
    }
}

/* Where the racks of one entry go: a name, a name with a range, or a list of names, one a rack.
 * next is the list's item for the coming rack. */
static int32_t read_position(struct reader *reader, const struct origin *origin,
                             const struct node **next)
{
    const struct node *node = node_find(origin->node, "position");
    int32_t turns = turns_of(origin->node), position = PLENUM_NONE;

    if (node == NULL) {
        return PLENUM_NONE;
    }
    if (node->kind != NODE_LIST) {
        (void)read_ref(reader, node, LIST_position, origin->turn, turns, &position);
        return position;
    }
    if (node->count != turns) {
        problem_at_value(
            reader->problems, reader->scratch, node,
            say(reader->scratch, "a list of %d", (int)node->count),
            say(reader->scratch, "a list of %d positions, one for each rack", (int)turns));
        return PLENUM_NONE;
    }
    *next = origin->turn == 0 ? node->first : *next;
    CHECK(*next != NULL);
    (void)read_ref(reader, *next, LIST_position, 0, 1, &position);
    *next = (*next)->next;
    return position;
}

/* The rack that an entry stands for in this turn of its range. */
static struct plenum_rack rack_of(struct reader *reader, const struct rack_entry *entry,
                                  const struct origin *origin)
{
    struct plenum_rack rack = entry->rack;

    rack.dock = read_dock(reader, origin->node, rack.stands);
    rack.arrive_ms += origin->turn * entry->every_ms;
    rack.shipped_ms = rack.arrive_ms - entry->shipped_ahead_ms;
    rack.built_ms = rack.arrive_ms - entry->built_ahead_ms;
    if (entry->built_ahead_ms < entry->shipped_ahead_ms) {
        tell_at(reader, origin->node, "built_ahead", "a rack built after it is shipped",
                "at least shipped_ahead");
    }
    if (rack.retire_ms != 0 && rack.retire_ms <= rack.arrive_ms)
        tell_at(reader, origin->node, "retire", "a rack retired before it arrives",
                "an instant after its arrival");
    return rack;
}

static void finish_racks(struct reader *reader, const struct list *entries)
{
    struct list *racks = &reader->lists[LIST_rack];
    const struct node *next = NULL;

    for (size_t i = 0; i < entries->count; i++) {
        const struct origin *origin = &entries->origins[i];
        struct plenum_rack rack = rack_of(reader, list_at(entries, (int32_t)i), origin);

        rack.position = read_position(reader, origin, &next);
        CHECK(list_push(racks, &rack, *origin));
        push_servers(reader, list_at(racks, (int32_t)i), (int32_t)i);
    }
}

/* The list of racks holds entries while they are read, and racks afterwards. */
static void read_racks(struct reader *reader)
{
    struct list entries, *racks = &reader->lists[LIST_rack];

    list_init(racks, sizeof(struct rack_entry), LIMIT_RACKS);
    read_list(reader, reader->root, "racks", LIST_rack, &object_rack);
    entries = *racks;
    list_init(racks, sizeof(struct plenum_rack), LIMIT_RACKS);
    finish_racks(reader, &entries);
    list_finish(&entries);
}

/* --- robots ----------------------------------------------------------------------------------- */

/* Cells that may not be a robot's start, because something else stands or works there. */
static void mark_places(struct reader *reader, uint8_t *taken)
{
    const struct list *positions = &reader->lists[LIST_position];

    memcpy(taken, reader->site->walls, (size_t)reader->site->cell_count);
    for (size_t i = 0; i < positions->count; i++) {
        const struct plenum_position *position = list_at(positions, (int32_t)i);

        if (position->cell != PLENUM_NONE) {
            taken[position->cell] = 1;
        }
    }
}

/* How many items the entry stands for whose first item has this index: as many as its range, or
 * fewer where the list was full (which is told). */
static int32_t items_of(const struct list *list, size_t first)
{
    int32_t turns = turns_of(list->origins[first].node), left = (int32_t)(list->count - first);

    return turns < left ? turns : left;
}

/* Puts a robot on the cell that node says. */
static void place_at(struct reader *reader, struct plenum_robot *robot, const struct node *node,
                     int32_t hall, uint8_t *taken)
{
    int64_t at[2];

    if (!read_wholes(reader, node, 2, 0, INT32_MAX, at) ||
        !find_cell(reader, node, hall, at[0], at[1], &robot->cell)) {
        return;
    }
    if (taken[robot->cell]) {
        problem_at_value(reader->problems, reader->scratch, node,
                         say(reader->scratch, "cell [%lld, %lld], where a robot or a position is",
                             (long long)at[0], (long long)at[1]),
                         "a cell of its own");
    }
    taken[robot->cell] = 1;
}

/* Places the robots of one entry on its list of cells, one for each. */
static void place_on_cells(struct reader *reader, size_t first, const struct node *cells,
                           int32_t hall, uint8_t *taken)
{
    struct list *robots = &reader->lists[LIST_robot];
    int32_t count = items_of(robots, first);

    if (cells->kind != NODE_LIST || cells->count != count) {
        problem_at_value(
            reader->problems, reader->scratch, cells,
            cells->kind == NODE_LIST ? say(reader->scratch, "%d cells", (int)cells->count)
                                     : node_describe(cells, reader->scratch),
            say(reader->scratch, "a list of %d cells, one for each robot", (int)count));
        return;
    }
    for (const struct node *cell = cells->first; cell != NULL; cell = cell->next) {
        place_at(reader, list_at(robots, (int32_t)first + cell->index), cell, hall, taken);
    }
}

/* A rectangle of a hall, both corners in it, of which every n-th column and row is used. */
struct area {
    int32_t hall;
    int64_t from[2], to[2], every[2];
};

static bool read_area(struct reader *reader, const struct node *map, struct area *area)
{
    const struct node *every = node_find(map, "every");
    char nothing = 0;

    read_object(reader, map, &object_area, &nothing);
    area->every[0] = area->every[1] = 1;
    return read_corners(reader, map, area->hall, 0, area->from, area->to) &&
           (every == NULL || read_wholes(reader, every, 2, 1, LIMIT_HALL_SIDE, area->every));
}

/* Places the robots of one entry on the area's free cells, row by row from its first corner. */
static void place_in_area(struct reader *reader, size_t first, const struct area *area,
                          uint8_t *taken)
{
    struct list *robots = &reader->lists[LIST_robot];
    const struct plenum_hall *hall = list_at(&reader->lists[LIST_hall], area->hall);
    const struct node *map = robots->origins[first].node;
    int32_t count = items_of(robots, first), placed = 0;

    for (int64_t row = area->from[1]; row <= area->to[1]; row += area->every[1]) {
        for (int64_t column = area->from[0]; column <= area->to[0] && placed < count;
             column += area->every[0]) {
            int64_t cell = hall->first_cell + row * hall->width + column;

            if (!taken[cell]) {
                struct plenum_robot *robot = list_at(robots, (int32_t)first + placed++);
                robot->cell = (int32_t)cell;
                taken[cell] = 1;
            }
        }
    }
    if (placed < count) {
        tell_at(reader, map, "area", say(reader->scratch, "room for %d robots", (int)placed),
                say(reader->scratch, "room for %d", (int)count));
    }
}

/* Places the robots of one entry, the one with the first of them at that index. */
static void place_entry(struct reader *reader, size_t first, uint8_t *taken)
{
    const struct node *map = reader->lists[LIST_robot].origins[first].node;
    const struct node *cells = node_find(map, "cells"), *node = node_find(map, "area");
    struct area area = {.hall = read_hall(reader, map)};

    if ((node == NULL) == (cells == NULL)) {
        problem_at_value(reader->problems, reader->scratch, map,
                         node == NULL ? "no place to start" : "two places to start",
                         "one of the keys cells, area");
    } else if (area.hall != PLENUM_NONE && cells != NULL) {
        place_on_cells(reader, first, cells, area.hall, taken);
    } else if (area.hall != PLENUM_NONE && read_area(reader, node, &area)) {
        place_in_area(reader, first, &area, taken);
    }
}

static void read_robots(struct reader *reader)
{
    struct plenum_site *site = reader->site;

    struct list *robots = &reader->lists[LIST_robot];

    read_list(reader, reader->root, "robots", LIST_robot, &object_robots);
    for (size_t i = 0; i < robots->count; i++) {
        ((struct plenum_robot *)list_at(robots, (int32_t)i))->cell = PLENUM_NONE;
    }
    if (site->cell_count == 0) {
        return;
    }
    uint8_t *taken = memory_new((size_t)site->cell_count, 1);
    mark_places(reader, taken);
    for (size_t i = 0; i < robots->count; i++) {
        if (robots->origins[i].turn == 0) {
            place_entry(reader, i, taken);
        }
    }
    free(taken);
}

/* The drones of one entry stand on its pads in turn. */
static void place_drones(struct reader *reader, size_t first, const struct node *pads)
{
    struct list *drones = &reader->lists[LIST_drone];
    int32_t count = items_of(drones, first);
    const struct node *pad = pads->first;

    if (pads->kind != NODE_LIST || pads->count == 0) {
        problem_at_value(reader->problems, reader->scratch, pads,
                         node_describe(pads, reader->scratch), "a list of pads");
        return;
    }
    for (int32_t i = 0; i < count; i++) {
        struct plenum_drone *drone = list_at(drones, (int32_t)first + i);

        (void)read_ref(reader, pad, LIST_pad, 0, 1, &drone->pad);
        pad = pad->next == NULL ? pads->first : pad->next;
    }
}

static void read_drones(struct reader *reader)
{
    struct list *drones = &reader->lists[LIST_drone];

    read_list(reader, reader->root, "drones", LIST_drone, &object_drones);
    for (size_t i = 0; i < drones->count; i++) {
        ((struct plenum_drone *)list_at(drones, (int32_t)i))->pad = PLENUM_NONE;
    }
    for (size_t i = 0; i < drones->count; i++) {
        const struct node *pads = node_find(drones->origins[i].node, "pads");

        if (drones->origins[i].turn == 0 && pads != NULL) {
            place_drones(reader, i, pads);
        }
    }
}

void read_fleet(struct reader *reader)
{
    read_tenants(reader);
    read_racks(reader);
    read_robots(reader);
    read_drones(reader);
}
