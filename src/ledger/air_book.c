#include "ledger/air_book.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/memory.h"

void air_book_init(struct air_book *book, const struct plenum_site *site)
{
    CHECK(site->airspace.closed_count >= 0);
    *book = (struct air_book){.site = site};
    owner_map_init(&book->by_owner);
    expiry_init(&book->expiry);
    air_index_init(&book->index);
    size_t closed = (size_t)site->airspace.closed_count;
    book->site_boxes = memory_new(closed, sizeof *book->site_boxes);
    for (size_t i = 0; i < closed; i++)
        book->site_boxes[i] = geometry_box_of(&site->airspace.closed[i].volume);
}

static void flight_finish(struct air_flight *flight)
{
    for (size_t i = 0; i < flight->count; i++)
        volume_drop(&flight->volumes[i]);
    free(flight->volumes);
    *flight = (struct air_flight){0};
}

void air_book_finish(struct air_book *book)
{
    for (size_t i = 0; i < book->slot_count; i++)
        flight_finish(&book->flights[i]);
    for (size_t i = 0; i < book->closed_count; i++)
        volume_drop(&book->closed[i]);
    free(book->flights);
    free(book->free_slots);
    free(book->site_boxes);
    free(book->closed);
    owner_map_finish(&book->by_owner);
    expiry_finish(&book->expiry);
    air_index_finish(&book->index);
    *book = (struct air_book){0};
}

/* --- flights --------------------------------------------------------------------------------- */

static uint32_t slot_take(struct air_book *book)
{
    if (book->free_count > 0)
        return book->free_slots[--book->free_count];
    book->flights = array_reserve(book->flights, &book->slot_room, book->slot_count + 1,
                                  sizeof *book->flights, OWNER_MAP_SLOTS_MAX);
    book->flights[book->slot_count] = (struct air_flight){0};
    return (uint32_t)book->slot_count++;
}

static uint32_t flight_make(struct air_book *book, struct plenum_ref owner)
{
    uint32_t slot = owner_map_first(&book->by_owner, owner);
    if (slot != OWNER_MAP_NONE)
        return slot;
    slot = slot_take(book);
    CHECK(book->flights[slot].count == 0);
    book->flights[slot].owner = owner;
    book->flights[slot].until_ms = INT64_MIN;
    owner_map_add(&book->by_owner, owner, slot);
    book->flight_count++;
    return slot;
}

static void flight_add(struct air_book *book, uint32_t slot, const struct plenum_volume *volume)
{
    struct air_flight *flight = &book->flights[slot];
    struct geometry_box box = geometry_box_of(volume);
    flight->volumes = array_reserve(flight->volumes, &flight->room, flight->count + 1,
                                    sizeof *flight->volumes, AIR_INDEX_BOXES_MAX);
    air_index_add(&book->index, &box, slot, (uint32_t)flight->count);
    flight->volumes[flight->count++] = volume_copy(volume);
    if (volume->until_ms > flight->until_ms)
        flight->until_ms = volume->until_ms;
}

static void flight_unindex(struct air_book *book, uint32_t slot)
{
    const struct air_flight *flight = &book->flights[slot];
    for (size_t i = 0; i < flight->count; i++) {
        struct geometry_box box = geometry_box_of(&flight->volumes[i]);
        air_index_remove(&book->index, &box, slot, (uint32_t)i);
    }
}

/* The slot is in neither index nor expiry. */
static void flight_drop(struct air_book *book, uint32_t slot)
{
    owner_map_remove(&book->by_owner, book->flights[slot].owner, slot);
    flight_finish(&book->flights[slot]);
    book->free_slots = array_reserve(book->free_slots, &book->free_room, book->free_count + 1,
                                     sizeof *book->free_slots, OWNER_MAP_SLOTS_MAX);
    book->free_slots[book->free_count++] = slot;
    book->flight_count--;
}

/* Keeps what lies before from_ms of the flight's volumes; they are not in the index. */
static void flight_cut(struct air_flight *flight, int64_t from_ms)
{
    size_t kept = 0;
    flight->until_ms = INT64_MIN;
    for (size_t i = 0; i < flight->count; i++) {
        struct plenum_volume *volume = &flight->volumes[i];
        if (volume->from_ms >= from_ms) {
            volume_drop(volume);
            continue;
        }
        if (volume->until_ms >= from_ms)
            volume->until_ms = from_ms - 1;
        if (volume->until_ms > flight->until_ms)
            flight->until_ms = volume->until_ms;
        flight->volumes[kept++] = *volume;
    }
    flight->count = kept;
}

static void owner_release(struct air_book *book, struct plenum_ref owner, int64_t from_ms,
                          int64_t now_ms)
{
    CHECK(from_ms >= now_ms);
    uint32_t slot = owner_map_first(&book->by_owner, owner);
    if (slot == OWNER_MAP_NONE || book->flights[slot].until_ms < from_ms)
        return;
    struct air_flight *flight = &book->flights[slot];
    flight_unindex(book, slot);
    flight_cut(flight, from_ms);
    if (flight->until_ms < now_ms) {
        expiry_remove(&book->expiry, slot);
        flight_drop(book, slot);
        return;
    }
    for (size_t i = 0; i < flight->count; i++) {
        struct geometry_box box = geometry_box_of(&flight->volumes[i]);
        air_index_add(&book->index, &box, slot, (uint32_t)i);
    }
    expiry_set(&book->expiry, slot, flight->until_ms);
}

static void claim_apply(struct air_book *book, const struct plenum_air_claim *claim)
{
    uint32_t slot = flight_make(book, claim->owner);
    for (int32_t i = 0; i < claim->volume_count; i++)
        flight_add(book, slot, &claim->volumes[i]);
    expiry_set(&book->expiry, slot, book->flights[slot].until_ms);
}

static void closed_add(struct air_book *book, const struct plenum_volume *volume)
{
    book->closed = array_reserve(book->closed, &book->closed_room, book->closed_count + 1,
                                 sizeof *book->closed, AIR_INDEX_BOXES_MAX);
    book->closed[book->closed_count++] = volume_copy(volume);
}

void air_book_apply(struct air_book *book, const struct plenum_command *command, int64_t now_ms)
{
    const struct plenum_op *ops = command->ops;
    for (size_t i = 0; i < command->op_count; i++)
        if (ops[i].type == PLENUM_OP_RELEASE && ops[i].release.books & PLENUM_BOOK_AIR)
            owner_release(book, ops[i].release.owner, ops[i].release.from_ms, now_ms);
    for (size_t i = 0; i < command->op_count; i++) {
        if (ops[i].type == PLENUM_OP_AIR_CLAIM)
            claim_apply(book, &ops[i].air);
        else if (ops[i].type == PLENUM_OP_AIR_CLOSE && ops[i].air_close.volume->until_ms >= now_ms)
            closed_add(book, ops[i].air_close.volume);
    }
}

void air_book_advance(struct air_book *book, int64_t now_ms)
{
    uint32_t slot;
    while (expiry_take(&book->expiry, now_ms - 1, &slot)) {
        flight_unindex(book, slot);
        flight_drop(book, slot);
    }
    size_t kept = 0;
    for (size_t i = 0; i < book->closed_count; i++) {
        if (book->closed[i].until_ms >= now_ms)
            book->closed[kept++] = book->closed[i];
        else
            volume_drop(&book->closed[i]);
    }
    book->closed_count = kept;
}

/* --- reading --------------------------------------------------------------------------------- */

const struct air_flight *air_book_flight(const struct air_book *book, struct plenum_ref owner)
{
    uint32_t slot = owner_map_first(&book->by_owner, owner);
    return slot == OWNER_MAP_NONE ? NULL : &book->flights[slot];
}

bool air_book_holds(const struct air_book *book, struct plenum_ref owner)
{
    return air_book_flight(book, owner) != NULL;
}

size_t air_book_flights(const struct air_book *book)
{
    return book->flight_count;
}

int32_t air_book_volumes_of(const struct air_book *book, struct plenum_ref owner,
                            const struct plenum_volume **volumes)
{
    const struct air_flight *flight = air_book_flight(book, owner);
    *volumes = flight ? flight->volumes : NULL;
    return flight ? (int32_t)flight->count : 0;
}

/* --- bytes ----------------------------------------------------------------------------------- */

static int flight_order(const void *left, const void *right)
{
    const struct air_flight *a = *(const struct air_flight *const *)left;
    const struct air_flight *b = *(const struct air_flight *const *)right;
    if (a->owner.kind != b->owner.kind)
        return a->owner.kind < b->owner.kind ? -1 : 1;
    return (a->owner.id > b->owner.id) - (a->owner.id < b->owner.id);
}

static void flight_write(const struct air_flight *flight, struct bytes *bytes)
{
    bytes_put_varint(bytes, flight->owner.kind);
    bytes_put_varint(bytes, flight->owner.id);
    bytes_put_varint(bytes, flight->count);
    for (size_t i = 0; i < flight->count; i++)
        volume_write(&flight->volumes[i], bytes);
}

void air_book_write(const struct air_book *book, struct bytes *bytes)
{
    bytes_put_varint(bytes, book->closed_count);
    for (size_t i = 0; i < book->closed_count; i++)
        volume_write(&book->closed[i], bytes);
    const struct air_flight **flights = memory_new(book->flight_count, sizeof(void *));
    size_t count = 0;
    for (size_t i = 0; i < book->slot_count; i++)
        if (book->flights[i].count > 0)
            flights[count++] = &book->flights[i];
    CHECK(count == book->flight_count);
    qsort(flights, count, sizeof(void *), flight_order);
    bytes_put_varint(bytes, count);
    for (size_t i = 0; i < count; i++)
        flight_write(flights[i], bytes);
    free(flights);
}

static bool closed_read(struct air_book *book, struct bytes_reader *reader)
{
    uint64_t count = bytes_get_varint(reader);
    for (uint64_t i = 0; i < count; i++) {
        struct plenum_volume volume;
        if (!volume_read(&volume, reader))
            return false;
        closed_add(book, &volume);
        volume_drop(&volume);
    }
    return !reader->failed;
}

static bool flight_read(struct air_book *book, struct bytes_reader *reader, struct plenum_ref *last)
{
    uint64_t kind = bytes_get_varint(reader), id = bytes_get_varint(reader);
    uint64_t count = bytes_get_varint(reader);
    if (reader->failed || kind >= PLENUM_KIND_COUNT || count == 0 || kind < last->kind ||
        (kind == last->kind && book->flight_count > 0 && id <= last->id))
        return false;
    *last = plenum_ref((uint32_t)kind, id);
    uint32_t slot = flight_make(book, *last);
    bool good = true;
    for (uint64_t i = 0; i < count && good; i++) {
        struct plenum_volume volume;
        good = volume_read(&volume, reader);
        if (!good)
            break;
        flight_add(book, slot, &volume);
        volume_drop(&volume);
    }
    expiry_set(&book->expiry, slot, book->flights[slot].until_ms);
    return good;
}

bool air_book_read(struct air_book *book, struct bytes_reader *reader)
{
    CHECK(book->slot_count == 0 && book->closed_count == 0);
    struct plenum_ref last = {0, 0};
    if (!closed_read(book, reader))
        return false;
    uint64_t count = bytes_get_varint(reader);
    for (uint64_t i = 0; i < count; i++)
        if (!flight_read(book, reader, &last))
            return false;
    return !reader->failed;
}
