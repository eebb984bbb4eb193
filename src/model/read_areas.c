/* Areas of the floor: aisles, fire lanes, parking; when they are closed, and what may not be in
 * them. */
#include "model/read.h"

#include "base/check.h"

#include <string.h>

static const char *const kinds[] = {
#define X(code, name) name,
    PLENUM_AREA_KINDS(X)
#undef X
        NULL};

static const struct field area_fields[] = {
    MUST_OWN("name"),  MAY_CHOICE(struct plenum_area, kind, "kind", kinds, PLENUM_AREA_AISLE),
    MAY_OWN("hall"),   MUST_OWN("from"),
    MUST_OWN("to"),    MAY_OWN("step"),
    MAY_OWN("closed"),
};
const struct object object_floor_area = OBJECT("floor_area", area_fields);

#define T plenum_closure
static const struct field closure_fields[] = {
    MUST_INSTANT(struct T, from_ms, "from"),
    MUST_INSTANT(struct T, until_ms, "until"),
    MAY_DURATION(struct T, notice_ms, "notice", 0, LIMIT_DURATION, 5 * 60 * 1000),
};
#undef T
const struct object object_closure = OBJECT("closure", closure_fields);

bool read_corners(struct reader *reader, const struct node *map, int32_t hall_index, int32_t turn,
                  int64_t from[2], int64_t to[2])
{
    const struct plenum_hall *hall = list_at(&reader->lists[LIST_hall], hall_index);
    const struct node *first = node_find(map, "from"), *last = node_find(map, "to");
    int64_t most = hall->width > hall->height ? hall->width : hall->height, step[2];

    if (first == NULL || last == NULL || !read_wholes(reader, first, 2, 0, most, from) ||
        !read_wholes(reader, last, 2, 0, most, to) || !read_step(reader, map, step)) {
        return false;
    }
    for (int i = 0; i < 2; i++) {
        from[i] += turn * step[i];
        to[i] += turn * step[i];
    }
    bool inside = from[0] >= 0 && from[1] >= 0 && to[0] < hall->width && to[1] < hall->height;
    if (!inside || from[0] > to[0] || from[1] > to[1]) {
        problem_at_value(
            reader->problems, reader->scratch, last,
            say(reader->scratch, "cell [%lld, %lld]", (long long)to[0], (long long)to[1]),
            say(reader->scratch, "a cell of hall '%s' not before the one in from, to [%d, %d]",
                hall->name, (int)hall->width - 1, (int)hall->height - 1));
        return false;
    }
    return true;
}

/* --- closures --------------------------------------------------------------------------------- */

/* Each ends after it begins, and the next begins after that. */
static void check_closure(struct reader *reader, const struct node *map,
                          const struct plenum_closure *closures, int32_t index)
{
    const struct plenum_closure *closure = &closures[index];

    if (closure->from_ms >= closure->until_ms) {
        tell_at(reader, map, "until", "an end before the begin", "an instant after from");
    }
    if (index > 0 && closure->from_ms <= closures[index - 1].until_ms) {
        tell_at(reader, map, "from", "a begin before the end of the closure above",
                "closures in order of time, apart from each other");
    }
}

static void read_closures(struct reader *reader, const struct node *list, struct plenum_area *area)
{
    if (list == NULL || !node_is(reader, list, NODE_LIST)) {
        return;
    }
    if (list->count > LIMIT_CLOSURES) {
        problem_at_value(reader->problems, reader->scratch, list,
                         say(reader->scratch, "%d of them", (int)list->count), "at most 10000");
        return;
    }
    struct plenum_closure *closures =
        arena_alloc(reader->arena, (size_t)list->count + 1, sizeof *closures);
    for (const struct node *map = list->first; map != NULL; map = map->next) {
        read_object(reader, map, &object_closure, &closures[area->closure_count]);
        check_closure(reader, map, closures, area->closure_count++);
    }
    area->closures = closures;
}

/* --- the cells of areas ----------------------------------------------------------------------- */

static const char *name_of(const struct reader *reader, int32_t area)
{
    const struct plenum_area *item = list_at(&reader->lists[LIST_area], area);
    return item->name;
}

/* Writes the area into its cells, each of which must be in no other. */
static void mark_cells(struct reader *reader, int32_t index, int32_t *area_of)
{
    struct plenum_area *area = list_at(&reader->lists[LIST_area], index);
    const struct plenum_hall *hall = list_at(&reader->lists[LIST_hall], area->hall);
    int32_t other = PLENUM_NONE;

    for (int32_t i = 0; i < plenum_area_size(area); i++) {
        int32_t cell = hall->first_cell + (area->row + i / area->columns) * hall->width +
                       area->column + i % area->columns;
        other = area_of[cell] != PLENUM_NONE ? area_of[cell] : other;
        area_of[cell] = index;
        area->free_cells += !reader->site->walls[cell];
    }
    const struct node *map = reader->lists[LIST_area].origins[index].node;
    if (other != PLENUM_NONE) {
        tell_at(reader, map, "from",
                say(reader->scratch, "cells of area '%s'", name_of(reader, other)),
                "cells that are in no other area");
    }
    if (area->free_cells == 0) {
        tell_at(reader, map, "from", "walls only", "an area with free floor");
    }
}

static void finish_area(struct reader *reader, int32_t index, int32_t *area_of)
{
    struct plenum_area *area = list_at(&reader->lists[LIST_area], index);
    struct origin origin = reader->lists[LIST_area].origins[index];
    int64_t from[2], to[2];

    area->hall = read_hall(reader, origin.node);
    area->column = area->row = area->columns = area->rows = area->free_cells = 0;
    area->closures = NULL;
    area->closure_count = 0;
    read_closures(reader, node_find(origin.node, "closed"), area);
    if (area->hall == PLENUM_NONE ||
        !read_corners(reader, origin.node, area->hall, origin.turn, from, to)) {
        return;
    }
    area->column = (int32_t)from[0];
    area->row = (int32_t)from[1];
    area->columns = (int32_t)(to[0] - from[0] + 1);
    area->rows = (int32_t)(to[1] - from[1] + 1);
    mark_cells(reader, index, area_of);
}

void read_areas(struct reader *reader)
{
    struct plenum_site *site = reader->site;

    read_list(reader, reader->root, "areas", LIST_area, &object_floor_area);
    if (reader->lists[LIST_area].count == 0 || site->cell_count == 0) {
        return;
    }
    int32_t *area_of = arena_alloc(reader->arena, (size_t)site->cell_count, sizeof *area_of);
    for (int32_t cell = 0; cell < site->cell_count; cell++) {
        area_of[cell] = PLENUM_NONE;
    }
    for (size_t i = 0; i < reader->lists[LIST_area].count; i++) {
        finish_area(reader, (int32_t)i, area_of);
    }
    site->area_of = area_of;
}

/* --- what may not be in them ------------------------------------------------------------------ */

/* A thing in a cell: told where it stands in an area that it may not be in. */
static void check_thing(struct reader *reader, int32_t cell, const char *name,
                        const struct node *map, bool any_area)
{
    int32_t index = cell == PLENUM_NONE ? PLENUM_NONE : plenum_site_area_of(reader->site, cell);

    if (index == PLENUM_NONE) {
        return;
    }
    const struct plenum_area *area = list_at(&reader->lists[LIST_area], index);
    if (any_area || area->kind == PLENUM_AREA_FIRE_LANE) {
        tell_at(reader, map, "cell", say(reader->scratch, "'%s' in area '%s'", name, area->name),
                any_area ? "a cell outside of all areas" : "a cell outside of fire lanes");
    }
}

#define CHECK_THINGS(one, any_area)                                                                \
    for (size_t i = 0; i < reader->lists[LIST_##one].count; i++) {                                 \
        const struct list *list = &reader->lists[LIST_##one];                                      \
        const struct plenum_##one *item = list_at(list, (int32_t)i);                               \
        check_thing(reader, item->cell, item->name, list->origins[i].node, any_area);              \
    }

void check_areas(struct reader *reader)
{
    CHECK_THINGS(position, true)
    CHECK_THINGS(charger, true)
    CHECK_THINGS(repair_station, true)
    CHECK_THINGS(dock, false)
    CHECK_THINGS(station, false)
    CHECK_THINGS(pad, false)
    CHECK_THINGS(robot, false)
    for (size_t i = 0; i < reader->lists[LIST_position].count; i++) {
        const struct list *list = &reader->lists[LIST_position];
        const struct plenum_position *position = list_at(list, (int32_t)i);
        check_thing(reader, position->front_cell, position->name, list->origins[i].node, false);
    }
}

/* --- asking ----------------------------------------------------------------------------------- */

int32_t plenum_site_area_of(const struct plenum_site *site, int32_t cell)
{
    CHECK(cell >= 0 && cell < site->cell_count);
    return site->area_of == NULL ? PLENUM_NONE : site->area_of[cell];
}

const char *plenum_area_kind_name(enum plenum_area_kind kind)
{
    CHECK((unsigned)kind < PLENUM_AREA_KIND_COUNT);
    return kinds[kind];
}

struct plenum_closure plenum_area_next_closure(const struct plenum_area *area, int64_t after_ms)
{
    for (int32_t i = 0; i < area->closure_count; i++) {
        if (area->closures[i].until_ms > after_ms) {
            return area->closures[i];
        }
    }
    return (struct plenum_closure){PLENUM_FOREVER, PLENUM_FOREVER, 0};
}
