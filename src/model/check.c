/* Checks of the whole site, when every part is read. */
#include "model/read.h"

#include "base/check.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* --- the floor: one thing in a cell --------------------------------------------------------------------- */

struct thing {
    int32_t cell, order;
    const char *name;
    const struct node *map;
};

struct things {
    struct thing *items;
    size_t count, capacity;
};

static void add_thing(struct things *things, int32_t cell, const char *name, const struct node *map)
{
    int32_t order = (int32_t)things->count;

    if (cell != PLENUM_NONE) {
        ARRAY_PUSH(things->items, things->count, things->capacity, 5 * LIMIT_POSITIONS) =
            (struct thing){cell, order, name, map};
    }
}

static int compare_things(const void *left, const void *right)
{
    const struct thing *a = left, *b = right;

    if (a->cell != b->cell) {
        return a->cell < b->cell ? -1 : 1;
    }
    return a->order < b->order ? -1 : 1;
}

#define ADD_THINGS(one)                                                                            \
    for (size_t i = 0; i < reader->lists[LIST_##one].count; i++) {                                 \
        const struct list *list = &reader->lists[LIST_##one];                                      \
        const struct plenum_##one *item = list_at(list, (int32_t)i);                               \
        add_thing(things, item->cell, item->name, list->origins[i].node);                          \
    }

static void gather_things(struct reader *reader, struct things *things)
{
    ADD_THINGS(position)
    ADD_THINGS(dock)
    ADD_THINGS(station)
    ADD_THINGS(charger)
    ADD_THINGS(pad)
    if (things->count > 0) {
        qsort(things->items, things->count, sizeof *things->items, compare_things);
    }
}

static void tell_shared_cells(struct reader *reader, const struct things *things)
{
    for (size_t i = 1; i < things->count; i++) {
        const struct thing *first = &things->items[i - 1], *second = &things->items[i];

        if (first->cell == second->cell) {
            tell_at(reader, second->map, "cell",
                    say(reader->scratch, "'%s' in the cell of '%s'", second->name, first->name),
                    "one thing in a cell");
        }
    }
}

/* A carrier must be able to stand in front of each position while racks stand on all. */
static void check_fronts(struct reader *reader)
{
    const struct list *positions = &reader->lists[LIST_position];
    uint8_t *closed = memory_new((size_t)reader->site->cell_count + 1, 1);

    for (size_t i = 0; i < positions->count; i++) {
        const struct plenum_position *position = list_at(positions, (int32_t)i);
        if (position->cell != PLENUM_NONE) {
            closed[position->cell] = 1;
        }
    }
    for (size_t i = 0; i < positions->count; i++) {
        const struct plenum_position *position = list_at(positions, (int32_t)i);
        if (position->front_cell != PLENUM_NONE && closed[position->front_cell]) {
            tell_at(reader, positions->origins[i].node, "front",
                    say(reader->scratch, "a position in front of '%s'", position->name),
                    "floor that stays free");
        }
    }
    free(closed);
}

void check_floor(struct reader *reader)
{
    struct things things = {0};

    gather_things(reader, &things);
    tell_shared_cells(reader, &things);
    free(things.items);
    check_fronts(reader);
}

/* --- racks ------------------------------------------------------------------------------------------------ */

static void check_feeds_of(struct reader *reader, const struct plenum_rack *rack,
                           const struct node *map)
{
    const struct plenum_position *position = list_at(&reader->lists[LIST_position], rack->position);
    const struct plenum_rack_model *model = list_at(&reader->lists[LIST_rack_model], rack->model);

    if (position->load == PLENUM_NONE || model->feeds < 2) {
        return;
    }
    const struct plenum_load *load = list_at(&reader->lists[LIST_load], position->load);
    const struct node *feeds =
        node_find(reader->lists[LIST_position].origins[rack->position].node, "feeds");
    if (feeds->count < 2 && load->nodes[1] == PLENUM_NONE) {
        tell_at(reader, map, "position",
                say(reader->scratch, "position '%s' with one feed", position->name),
                say(reader->scratch, "two feeds, as rack model '%s' demands", model->name));
    }
}

void check_racks(struct reader *reader)
{
    const struct list *racks = &reader->lists[LIST_rack];
    size_t position_count = reader->lists[LIST_position].count;
    int32_t *holders = memory_new(position_count + 1, sizeof *holders);

    memset(holders, 0xff, position_count * sizeof *holders);
    for (size_t i = 0; i < racks->count; i++) {
        const struct plenum_rack *rack = list_at(racks, (int32_t)i);
        const struct node *map = racks->origins[i].node;

        if (rack->position == PLENUM_NONE) {
            continue;
        }
        int32_t *holder = &holders[rack->position];
        if (*holder != PLENUM_NONE) {
            const struct plenum_rack *other = list_at(racks, *holder);
            tell_at(reader, map, "position",
                    say(reader->scratch, "racks '%s' and '%s' at one position", other->name,
                        rack->name),
                    "a position of its own for each rack");
        }
        *holder = (int32_t)i;
        if (rack->model != PLENUM_NONE) {
            check_feeds_of(reader, rack, map);
        }
    }
    free(holders);
}

/* --- tenants, drones -------------------------------------------------------------------------------------- */

void check_tenants(struct reader *reader)
{
    const struct list *tenants = &reader->lists[LIST_tenant];
    int64_t sum = 0;

    for (size_t i = 0; i < tenants->count; i++) {
        const struct plenum_tenant *tenant = list_at(tenants, (int32_t)i);

        if (sum <= 1000 && sum + tenant->share_milli > 1000) {
            tell_at(reader, tenants->origins[i].node, "share_milli",
                    say(reader->scratch, "shares of %lld thousandths up to here",
                        (long long)(sum + tenant->share_milli)),
                    "at most 1000 for all tenants");
        }
        sum += tenant->share_milli;
    }
}

void check_fleet(struct reader *reader)
{
    const struct list *drones = &reader->lists[LIST_drone], *pads = &reader->lists[LIST_pad];
    int32_t *standing = memory_new(pads->count + 1, sizeof *standing);

    for (size_t i = 0; i < drones->count; i++) {
        const struct plenum_drone *drone = list_at(drones, (int32_t)i);

        if (drone->pad == PLENUM_NONE) {
            continue;
        }
        const struct plenum_pad *pad = list_at(pads, drone->pad);
        if (++standing[drone->pad] == pad->stands + 1) {
            tell_at(reader, drones->origins[i].node, "pads",
                    say(reader->scratch, "more than %d drones on pad '%s'", (int)pad->stands,
                        pad->name),
                    "at most as many as its stands");
        }
    }
    free(standing);
}
