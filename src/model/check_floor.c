/* Checks of the whole floor: one thing in a cell, room before racks, ways from dock to rack. */
#include "model/read.h"

#include "base/check.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { UNSEEN = -1 };

/* --- the floor: one thing in a cell ----------------------------------------------------------- */

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
        ARRAY_PUSH(things->items, things->count, things->capacity, 6 * LIMIT_POSITIONS) =
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
    ADD_THINGS(repair_station)
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

/* --- ways ------------------------------------------------------------------------------------- */

/* Numbers the parts of the floor that a carrier can go between while racks stand on all positions:
 * cells with one number are joined, 0 is closed. */
struct ways {
    int32_t *parts, *queue;
};

static void number_part(const struct plenum_hall *hall, struct ways *ways, int32_t first,
                        int32_t part)
{
    size_t head = 0, tail = 0;

    ways->parts[first] = part;
    ways->queue[tail++] = first;
    while (head < tail) {
        int32_t cell = ways->queue[head++], inside = cell - hall->first_cell;
        int32_t column = inside % hall->width, row = inside / hall->width;
        const int32_t next[] = {column > 0 ? cell - 1 : cell,
                                column < hall->width - 1 ? cell + 1 : cell,
                                row > 0 ? cell - hall->width : cell,
                                row < hall->height - 1 ? cell + hall->width : cell};

        for (size_t i = 0; i < 4; i++) {
            if (ways->parts[next[i]] == UNSEEN) {
                ways->parts[next[i]] = part;
                ways->queue[tail++] = next[i];
            }
        }
    }
}

static void number_parts(struct reader *reader, struct ways *ways)
{
    const struct list *halls = &reader->lists[LIST_hall];
    const struct list *positions = &reader->lists[LIST_position];
    int32_t part = 0;

    for (int32_t cell = 0; cell < reader->site->cell_count; cell++) {
        ways->parts[cell] = reader->site->walls[cell] ? 0 : UNSEEN;
    }
    for (size_t i = 0; i < positions->count; i++) {
        const struct plenum_position *position = list_at(positions, (int32_t)i);
        if (position->cell != PLENUM_NONE) {
            ways->parts[position->cell] = 0;
        }
    }
    for (size_t i = 0; i < halls->count; i++) {
        const struct plenum_hall *hall = list_at(halls, (int32_t)i);

        for (int32_t k = 0; k < hall->width * hall->height; k++) {
            if (ways->parts[hall->first_cell + k] == UNSEEN) {
                number_part(hall, ways, hall->first_cell + k, ++part);
            }
        }
    }
}

static void check_way(struct reader *reader, const struct ways *ways, int32_t index)
{
    const struct list *racks = &reader->lists[LIST_rack];
    const struct plenum_rack *rack = list_at(racks, index);

    if (rack->position == PLENUM_NONE || rack->dock == PLENUM_NONE) {
        return;
    }
    const struct plenum_position *position = list_at(&reader->lists[LIST_position], rack->position);
    const struct plenum_dock *dock = list_at(&reader->lists[LIST_dock], rack->dock);
    if (position->front_cell == PLENUM_NONE || dock->cell == PLENUM_NONE ||
        ways->parts[position->front_cell] == 0 ||
        ways->parts[position->front_cell] == ways->parts[dock->cell]) {
        return;
    }
    tell_at(reader, racks->origins[index].node, "position",
            say(reader->scratch, "no way from dock '%s' to position '%s' past the other racks",
                dock->name, position->name),
            "free floor from the dock to the front of the position");
}

/* Every rack can be carried from its dock, whatever order they come in. */
static void check_ways(struct reader *reader)
{
    size_t cells = (size_t)reader->site->cell_count;

    if (cells == 0 || cells > LIMIT_CELLS_WALKED || reader->lists[LIST_rack].count == 0) {
        return;
    }
    struct ways ways = {memory_new(cells, sizeof *ways.parts),
                        memory_new(cells, sizeof *ways.queue)};
    number_parts(reader, &ways);
    for (size_t i = 0; i < reader->lists[LIST_rack].count; i++) {
        check_way(reader, &ways, (int32_t)i);
    }
    free(ways.queue);
    free(ways.parts);
}

void check_floor(struct reader *reader)
{
    struct things things = {0};

    gather_things(reader, &things);
    tell_shared_cells(reader, &things);
    free(things.items);
    check_fronts(reader);
    check_ways(reader);
}
