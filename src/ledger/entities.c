#include "ledger/entities.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/memory.h"

enum { DEAD = -1, DEAD_MIN = 64, ROWS_MAX = 1 << 30, PLACES_FIRST = 64 };

static uint64_t kind_limit(const struct plenum_site *site, uint32_t kind)
{
    switch (kind) {
    case PLENUM_RACK:
        return (uint64_t)site->rack_count;
    case PLENUM_ROBOT:
        return (uint64_t)site->robot_count;
    case PLENUM_DRONE:
        return (uint64_t)site->drone_count;
    case PLENUM_STOP:
        return PLENUM_STOP_COUNT;
    case PLENUM_TENANT:
        return (uint64_t)site->tenant_count;
    case PLENUM_AREA:
        return (uint64_t)site->area_count;
    default:
        return UINT64_MAX;
    }
}

void entities_init(struct entities *entities, const struct plenum_site *site)
{
    for (uint32_t kind = 0; kind < PLENUM_KIND_COUNT; kind++)
        entities->tables[kind] = (struct entity_table){
            .field_count = (size_t)plenum_kind_field_count(kind),
            .next_id = plenum_kind_comes_and_goes(kind) ? 1 : 0,
            .id_limit = kind_limit(site, kind),
        };
}

void entities_finish(struct entities *entities)
{
    for (uint32_t kind = 0; kind < PLENUM_KIND_COUNT; kind++) {
        free(entities->tables[kind].ids);
        free(entities->tables[kind].places);
        free(entities->tables[kind].rows);
    }
    *entities = (struct entities){0};
}

static bool table_comes(const struct entity_table *table)
{
    return table->id_limit == UINT64_MAX;
}

static int64_t *table_row(const struct entity_table *table, size_t at)
{
    return table->rows + at * table->field_count;
}

static uint32_t *table_place(const struct entity_table *table, uint64_t id)
{
    return &table->places[id & (table->place_room - 1)];
}

/* Makes so many places, and fills in those of all rows. */
static void table_make_places(struct entity_table *table, size_t room)
{
    free(table->places);
    table->places = memory_new(room, sizeof *table->places);
    table->place_room = room;
    for (size_t at = 0; at < table->row_count; at++)
        if (table_row(table, at)[PLENUM_FIELD_STATE] != DEAD)
            *table_place(table, table->ids[at]) = (uint32_t)at + 1;
}

/* Index of the id's row, or row_count. Of n ids that ascend to last, the one at index i is at
 * least i above the first and n - 1 - i below last. */
static size_t table_search(const struct entity_table *table, uint64_t id)
{
    size_t none = table->row_count;
    if (none == 0 || id < table->ids[0] || id > table->ids[none - 1])
        return none;
    uint64_t above = id - table->ids[0], below = table->ids[none - 1] - id;
    size_t high = above < none - 1 ? (size_t)above : none - 1;
    size_t low = below < none - 1 ? none - 1 - (size_t)below : 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (table->ids[middle] < id)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = table->ids[low] == id && table_row(table, low)[PLENUM_FIELD_STATE] != DEAD;
    return found ? low : none;
}

static size_t table_find(const struct entity_table *table, uint64_t id)
{
    size_t none = table->row_count;
    if (!table_comes(table))
        return id < none ? (size_t)id : none;
    uint32_t place = table->place_room == 0 ? 0 : *table_place(table, id);
    if (place != 0 && table->ids[place - 1] == id)
        return place - 1;
    return table_search(table, id);
}

const int64_t *entities_row(const struct entities *entities, struct plenum_ref ref)
{
    CHECK(ref.kind < PLENUM_KIND_COUNT);
    const struct entity_table *table = &entities->tables[ref.kind];
    size_t at = table_find(table, ref.id);
    return at < table->row_count ? table_row(table, at) : NULL;
}

uint64_t entities_next_id(const struct entities *entities, uint32_t kind)
{
    CHECK(kind < PLENUM_KIND_COUNT);
    return entities->tables[kind].next_id;
}

bool entities_id_fits(const struct entities *entities, struct plenum_ref ref)
{
    CHECK(ref.kind < PLENUM_KIND_COUNT);
    return ref.id < entities->tables[ref.kind].id_limit;
}

size_t entities_count(const struct entities *entities, uint32_t kind)
{
    CHECK(kind < PLENUM_KIND_COUNT);
    return entities->tables[kind].row_count - entities->tables[kind].dead_count;
}

bool entities_walk(const struct entities *entities, uint32_t kind, size_t *cursor, uint64_t *id,
                   const int64_t **row)
{
    CHECK(kind < PLENUM_KIND_COUNT);
    const struct entity_table *table = &entities->tables[kind];
    for (; *cursor < table->row_count; ++*cursor) {
        const int64_t *here = table_row(table, *cursor);
        if (here[PLENUM_FIELD_STATE] == DEAD)
            continue;
        *id = table->ids ? table->ids[*cursor] : *cursor;
        *row = here;
        ++*cursor;
        return true;
    }
    return false;
}

static int64_t *table_push(struct entity_table *table, uint64_t id)
{
    CHECK(id >= table->next_id && id < table->id_limit);
    size_t need = table->row_count + 1;
    table->rows = array_reserve(table->rows, &table->row_room, need,
                                table->field_count * sizeof *table->rows, ROWS_MAX);
    if (table_comes(table)) {
        table->ids = array_reserve(table->ids, &table->id_room, need, sizeof *table->ids, ROWS_MAX);
        table->ids[table->row_count] = id;
        if (2 * need > table->place_room)
            table_make_places(table, table->place_room == 0 ? PLACES_FIRST : 2 * table->place_room);
        *table_place(table, id) = (uint32_t)need;
    }
    table->next_id = id + 1;
    return table_row(table, table->row_count++);
}

void entities_put(struct entities *entities, struct plenum_ref ref, const int64_t *row)
{
    CHECK(ref.kind < PLENUM_KIND_COUNT);
    struct entity_table *table = &entities->tables[ref.kind];
    CHECK(row[PLENUM_FIELD_STATE] != DEAD);
    size_t at = table_find(table, ref.id);
    CHECK(at < table->row_count || ref.id == table->next_id);
    int64_t *to = at < table->row_count ? table_row(table, at) : table_push(table, ref.id);
    memcpy(to, row, table->field_count * sizeof *row);
}

/* Moves the rows that are not dead together. */
static void table_pack(struct entity_table *table)
{
    size_t kept = 0;
    for (size_t at = 0; at < table->row_count; at++) {
        const int64_t *row = table_row(table, at);
        if (row[PLENUM_FIELD_STATE] == DEAD)
            continue;
        table->ids[kept] = table->ids[at];
        memmove(table_row(table, kept), row, table->field_count * sizeof *row);
        kept++;
    }
    CHECK(kept == table->row_count - table->dead_count);
    table->row_count = kept;
    table->dead_count = 0;
    table_make_places(table, table->place_room);
}

void entities_end(struct entities *entities, struct plenum_ref ref)
{
    CHECK(ref.kind < PLENUM_KIND_COUNT);
    struct entity_table *table = &entities->tables[ref.kind];
    CHECK(table_comes(table));
    size_t at = table_find(table, ref.id);
    CHECK(at < table->row_count);
    table_row(table, at)[PLENUM_FIELD_STATE] = DEAD;
    if (*table_place(table, ref.id) == at + 1)
        *table_place(table, ref.id) = 0;
    table->dead_count++;
    if (table->dead_count >= DEAD_MIN && table->dead_count > table->row_count / 2)
        table_pack(table);
}

/* --- bytes ------------------------------------------------------------------------------------ */

static void table_write(const struct entities *entities, uint32_t kind, struct bytes *bytes)
{
    const struct entity_table *table = &entities->tables[kind];
    bytes_put_varint(bytes, table->next_id);
    bytes_put_varint(bytes, entities_count(entities, kind));
    size_t cursor = 0;
    uint64_t id, before = 0;
    const int64_t *row;
    while (entities_walk(entities, kind, &cursor, &id, &row)) {
        bytes_put_varint(bytes, id - before);
        for (size_t field = 0; field < table->field_count; field++)
            bytes_put_svarint(bytes, row[field]);
        before = id;
    }
}

void entities_write(const struct entities *entities, struct bytes *bytes)
{
    for (uint32_t kind = 0; kind < PLENUM_KIND_COUNT; kind++)
        table_write(entities, kind, bytes);
}

/* A row whose id is `after` the one before it; for the first that is the id itself. */
static bool row_read(struct entity_table *table, uint32_t kind, uint64_t end, uint64_t *id,
                     struct bytes_reader *reader)
{
    uint64_t after = bytes_get_varint(reader);
    bool first = table->row_count == 0;
    if (reader->failed || after >= end - *id || (after == 0 && !first))
        return false;
    *id += after;
    if (*id < table->next_id || (!table_comes(table) && *id != table->row_count))
        return false;
    int64_t *row = table_push(table, *id);
    for (size_t field = 0; field < table->field_count; field++)
        row[field] = bytes_get_svarint(reader);
    int64_t state = row[PLENUM_FIELD_STATE];
    return !reader->failed && state >= 0 && state < plenum_kind_state_count(kind);
}

static bool table_read(struct entity_table *table, uint32_t kind, struct bytes_reader *reader)
{
    uint64_t end = bytes_get_varint(reader);
    uint64_t count = bytes_get_varint(reader);
    if (reader->failed || end > table->id_limit || end < table->next_id || count > end)
        return false;
    uint64_t id = 0;
    for (uint64_t i = 0; i < count; i++)
        if (!row_read(table, kind, end, &id, reader))
            return false;
    if (!table_comes(table) && end != count)
        return false;
    table->next_id = end;
    return true;
}

bool entities_read(struct entities *entities, struct bytes_reader *reader)
{
    for (uint32_t kind = 0; kind < PLENUM_KIND_COUNT; kind++)
        if (!table_read(&entities->tables[kind], kind, reader))
            return false;
    return true;
}
