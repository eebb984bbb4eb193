#include "ledger/capacity_book.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/memory.h"

static const struct plenum_ref all = {0, 0}; /* the one key of by_age */

static struct plenum_ref server_key(int32_t server)
{
    return plenum_ref(0, (uint64_t)server);
}

void capacity_book_init(struct capacity_book *book, const struct plenum_site *site)
{
    CHECK(site->server_count >= 0);
    *book = (struct capacity_book){.site = site};
    book->shelves = memory_new((size_t)site->server_count, sizeof *book->shelves);
    book->windows = memory_new((size_t)site->server_count, sizeof *book->windows);
    book->revisions = memory_new((size_t)site->server_count + 1, sizeof *book->revisions);
    owner_map_init(&book->by_owner);
    owner_map_init(&book->by_server);
    owner_map_init(&book->by_age);
    expiry_init(&book->expiry);
    book->scratch = capacity_scratch_create();
}

void capacity_book_finish(struct capacity_book *book)
{
    if (book->shelves)
        for (int32_t i = 0; i < book->site->server_count; i++)
            shelf_finish(&book->shelves[i]);
    free(book->shelves);
    free(book->windows);
    free(book->revisions);
    free(book->servers);
    free(book->free_slots);
    owner_map_finish(&book->by_owner);
    owner_map_finish(&book->by_server);
    owner_map_finish(&book->by_age);
    expiry_finish(&book->expiry);
    capacity_scratch_destroy(book->scratch);
    *book = (struct capacity_book){0};
}

/* --- claims ----------------------------------------------------------------------------------- */

struct capacity_item capacity_item_of(const struct plenum_capacity_claim *claim, uint32_t slot)
{
    return (struct capacity_item){.from_ms = claim->from_ms,
                                  .until_ms = claim->until_ms,
                                  .memory_bytes = claim->memory_bytes,
                                  .accelerators = claim->accelerators,
                                  .milli = claim->milli,
                                  .cores = claim->cores,
                                  .slot = slot,
                                  .owner = claim->owner};
}

static struct plenum_capacity_claim claim_of(const struct capacity_book *book, uint32_t slot)
{
    int32_t server = book->servers[slot];
    const struct capacity_item *item = shelf_find(&book->shelves[server], slot);
    return (struct plenum_capacity_claim){.owner = item->owner,
                                          .server = server,
                                          .milli = item->milli,
                                          .accelerators = item->accelerators,
                                          .cores = item->cores,
                                          .memory_bytes = item->memory_bytes,
                                          .from_ms = item->from_ms,
                                          .until_ms = item->until_ms};
}

static uint32_t slot_take(struct capacity_book *book)
{
    if (book->free_count > 0)
        return book->free_slots[--book->free_count];
    book->servers = array_reserve(book->servers, &book->slot_room, book->slot_count + 1,
                                  sizeof *book->servers, OWNER_MAP_SLOTS_MAX);
    return (uint32_t)book->slot_count++;
}

/* Not for claims that end with time: who read them knew when. */
static void server_changed(struct capacity_book *book, int32_t server)
{
    book->revisions[server]++;
    book->revisions[book->site->server_count]++;
}

static void claim_add(struct capacity_book *book, const struct plenum_capacity_claim *claim)
{
    uint32_t slot = slot_take(book);
    struct capacity_item item = capacity_item_of(claim, slot);
    server_changed(book, claim->server);
    book->servers[slot] = claim->server;
    shelf_insert(&book->shelves[claim->server], &item);
    owner_map_add(&book->by_owner, claim->owner, slot);
    owner_map_add(&book->by_server, server_key(claim->server), slot);
    owner_map_add(&book->by_age, all, slot);
    expiry_set(&book->expiry, slot, claim->until_ms);
}

/* The slot is no longer in expiry. */
static void claim_drop(struct capacity_book *book, uint32_t slot)
{
    int32_t server = book->servers[slot];
    struct plenum_ref owner = shelf_find(&book->shelves[server], slot)->owner;
    shelf_remove(&book->shelves[server], slot);
    owner_map_remove(&book->by_owner, owner, slot);
    owner_map_remove(&book->by_server, server_key(server), slot);
    owner_map_remove(&book->by_age, all, slot);
    book->free_slots = array_reserve(book->free_slots, &book->free_room, book->free_count + 1,
                                     sizeof *book->free_slots, OWNER_MAP_SLOTS_MAX);
    book->free_slots[book->free_count++] = slot;
}

static void owner_release(struct capacity_book *book, struct plenum_ref owner, int64_t from_ms,
                          int64_t now_ms)
{
    CHECK(from_ms >= now_ms);
    uint32_t next, slot = owner_map_first(&book->by_owner, owner);
    for (; slot != OWNER_MAP_NONE; slot = next) {
        next = owner_map_next(&book->by_owner, slot);
        struct capacity_item *item = shelf_find(&book->shelves[book->servers[slot]], slot);
        if (item->until_ms <= from_ms)
            continue;
        item->until_ms = from_ms;
        server_changed(book, book->servers[slot]);
        if (item->from_ms < from_ms && from_ms > now_ms) {
            expiry_set(&book->expiry, slot, from_ms);
            continue;
        }
        expiry_remove(&book->expiry, slot);
        claim_drop(book, slot);
    }
}

void capacity_book_apply(struct capacity_book *book, const struct plenum_command *command,
                         int64_t now_ms)
{
    const struct plenum_op *ops = command->ops;
    for (size_t i = 0; i < command->op_count; i++)
        if (ops[i].type == PLENUM_OP_RELEASE && ops[i].release.books & PLENUM_BOOK_CAPACITY)
            owner_release(book, ops[i].release.owner, ops[i].release.from_ms, now_ms);
    for (size_t i = 0; i < command->op_count; i++) {
        if (ops[i].type == PLENUM_OP_CAPACITY_CLAIM)
            claim_add(book, &ops[i].capacity);
        if (ops[i].type != PLENUM_OP_WINDOW)
            continue;
        book->windows[ops[i].window.server] =
            (struct capacity_window){ops[i].window.from_ms, ops[i].window.until_ms};
        server_changed(book, ops[i].window.server);
    }
}

void capacity_book_advance(struct capacity_book *book, int64_t now_ms)
{
    uint32_t slot;
    while (expiry_take(&book->expiry, now_ms, &slot))
        claim_drop(book, slot);
}

/* --- reading ---------------------------------------------------------------------------------- */

bool capacity_book_holds(const struct capacity_book *book, struct plenum_ref owner)
{
    return owner_map_first(&book->by_owner, owner) != OWNER_MAP_NONE;
}

void capacity_book_window(const struct capacity_book *book, int32_t server, int64_t *from_ms,
                          int64_t *until_ms)
{
    CHECK(server >= 0 && server < book->site->server_count);
    *from_ms = book->windows[server].from_ms;
    *until_ms = book->windows[server].until_ms;
}

uint64_t capacity_book_revision(const struct capacity_book *book, int32_t server)
{
    CHECK(server >= PLENUM_NONE && server < book->site->server_count);
    return book->revisions[server == PLENUM_NONE ? book->site->server_count : server];
}

void capacity_book_free_on(const struct capacity_book *book, int32_t server, int64_t from_ms,
                           int64_t until_ms, struct plenum_capacity_free *free_on)
{
    CHECK(server >= 0 && server < book->site->server_count);
    const struct plenum_server_model *model = capacity_model_of(book->site, server);
    const struct capacity_window *window = &book->windows[server];
    struct capacity_use use;
    shelf_use(&book->shelves[server], from_ms, until_ms, capacity_scratch_heap(book->scratch),
              &use);
    *free_on = (struct plenum_capacity_free){
        .offered = from_ms >= window->from_ms && until_ms <= window->until_ms,
        .cores = (int32_t)(model->cores - use.cores),
        .memory_bytes = model->memory_bytes - use.memory_bytes,
    };
    for (int32_t i = 0; i < model->accelerators; i++) {
        free_on->milli[i] = 1000 - use.milli[i];
        free_on->whole |= (uint64_t)(use.milli[i] == 0) << i;
    }
}

static size_t claims_list(const struct capacity_book *book, const struct owner_map *map,
                          struct plenum_ref key, struct plenum_capacity_claim *claims, size_t max)
{
    size_t count = 0;
    for (uint32_t slot = owner_map_first(map, key); slot != OWNER_MAP_NONE;
         slot = owner_map_next(map, slot)) {
        if (count < max)
            claims[count] = claim_of(book, slot);
        count++;
    }
    return count;
}

size_t capacity_book_claims_of(const struct capacity_book *book, struct plenum_ref owner,
                               struct plenum_capacity_claim *claims, size_t max)
{
    return claims_list(book, &book->by_owner, owner, claims, max);
}

size_t capacity_book_claims_on(const struct capacity_book *book, int32_t server,
                               struct plenum_capacity_claim *claims, size_t max)
{
    CHECK(server >= 0 && server < book->site->server_count);
    return claims_list(book, &book->by_server, server_key(server), claims, max);
}

/* --- bytes ------------------------------------------------------------------------------------ */

static void claim_write(const struct plenum_capacity_claim *claim, struct bytes *bytes)
{
    bytes_put_varint(bytes, claim->owner.kind);
    bytes_put_varint(bytes, claim->owner.id);
    bytes_put_svarint(bytes, claim->server);
    bytes_put_svarint(bytes, claim->milli);
    bytes_put_varint(bytes, claim->accelerators);
    bytes_put_svarint(bytes, claim->cores);
    bytes_put_svarint(bytes, claim->memory_bytes);
    bytes_put_svarint(bytes, claim->from_ms);
    bytes_put_svarint(bytes, claim->until_ms);
}

void capacity_book_write(const struct capacity_book *book, struct bytes *bytes)
{
    size_t count = 0;
    for (int32_t i = 0; i < book->site->server_count; i++) {
        bytes_put_svarint(bytes, book->windows[i].from_ms);
        bytes_put_svarint(bytes, book->windows[i].until_ms);
        count += book->shelves[i].count;
    }
    bytes_put_varint(bytes, count);
    for (uint32_t slot = owner_map_first(&book->by_age, all); slot != OWNER_MAP_NONE;
         slot = owner_map_next(&book->by_age, slot)) {
        struct plenum_capacity_claim claim = claim_of(book, slot);
        claim_write(&claim, bytes);
    }
}

static int32_t get_int32(struct bytes_reader *reader)
{
    int64_t value = bytes_get_svarint(reader);
    if (value < INT32_MIN || value > INT32_MAX)
        reader->failed = true;
    return reader->failed ? 0 : (int32_t)value;
}

static bool claim_read(struct capacity_book *book, struct bytes_reader *reader)
{
    uint64_t kind = bytes_get_varint(reader);
    struct plenum_capacity_claim claim = {.owner.id = bytes_get_varint(reader)};
    claim.server = get_int32(reader);
    claim.milli = get_int32(reader);
    claim.accelerators = bytes_get_varint(reader);
    claim.cores = get_int32(reader);
    claim.memory_bytes = bytes_get_svarint(reader);
    claim.from_ms = bytes_get_svarint(reader);
    claim.until_ms = bytes_get_svarint(reader);
    if (reader->failed || kind >= PLENUM_KIND_COUNT || claim.server < 0 ||
        claim.server >= book->site->server_count || claim.from_ms >= claim.until_ms ||
        claim.milli < 0 || claim.milli > 1000 || (claim.milli > 0) != (claim.accelerators != 0) ||
        claim.cores < 0 || claim.memory_bytes < 0 || claim.memory_bytes > INT64_MAX / 4)
        return false;
    claim.owner.kind = (uint32_t)kind;
    struct capacity_item item = capacity_item_of(&claim, 0);
    struct plenum_refusal refusal = capacity_shelf_judge(
        &book->shelves[claim.server], capacity_model_of(book->site, claim.server), &item,
        capacity_scratch_heap(book->scratch));
    if (refusal.reason != PLENUM_REASON_NONE)
        return false;
    claim_add(book, &claim);
    return true;
}

bool capacity_book_read(struct capacity_book *book, struct bytes_reader *reader)
{
    CHECK(book->slot_count == 0);
    for (int32_t i = 0; i < book->site->server_count; i++) {
        book->windows[i].from_ms = bytes_get_svarint(reader);
        book->windows[i].until_ms = bytes_get_svarint(reader);
        if (reader->failed || book->windows[i].from_ms > book->windows[i].until_ms)
            return false;
    }
    uint64_t count = bytes_get_varint(reader);
    if (count > OWNER_MAP_SLOTS_MAX)
        return false;
    for (uint64_t i = 0; i < count; i++)
        if (!claim_read(book, reader))
            return false;
    return !reader->failed;
}
