/* The state as bytes:
 *
 *     magic (8 bytes) | length of the memory of commands (8 bytes)
 *     | memory of commands: seq, ids | the state: counts of the site's lists, clock, rows, books
 *
 * The state hash is that of the last part: what is true of the site, whatever was refused or
 * asked twice on the way. */
#include <plenum/ledger.h>

#include <string.h>

#include "base/check.h"
#include "base/hash.h"
#include "ledger/state.h"

enum { MAGIC_BYTES = 8 };
static const char magic[MAGIC_BYTES + 1] = "PLNMST01";
static const size_t snapshot_bytes_max = (size_t)1 << 40;

static void counts_write(const struct plenum_site *site, struct bytes *bytes)
{
#define X(one, many) bytes_put_varint(bytes, (uint64_t)site->one##_count);
    PLENUM_SITE_LISTS(X)
#undef X
    bytes_put_varint(bytes, (uint64_t)site->cell_count);
}

static bool counts_read(const struct plenum_site *site, struct bytes_reader *reader)
{
    bool same = true;
#define X(one, many) same = bytes_get_varint(reader) == (uint64_t)site->one##_count && same;
    PLENUM_SITE_LISTS(X)
#undef X
    same = bytes_get_varint(reader) == (uint64_t)site->cell_count && same;
    return same && !reader->failed;
}

static void state_write(const struct plenum_ledger *ledger, struct bytes *bytes)
{
    counts_write(ledger->site, bytes);
    bytes_put_i64(bytes, ledger->now_ms);
    entities_write(&ledger->entities, bytes);
    power_book_write(&ledger->power, bytes);
    capacity_book_write(&ledger->capacity, bytes);
    floor_book_write(&ledger->floor, bytes);
    air_book_write(&ledger->air, bytes);
    CHECK(!bytes->overflow);
}

void plenum_ledger_snapshot(const struct plenum_ledger *ledger, uint8_t **data, size_t *length)
{
    struct bytes memory, bytes;
    bytes_init(&memory, snapshot_bytes_max);
    bytes_init(&bytes, snapshot_bytes_max);
    bytes_put_varint(&memory, ledger->seq);
    id_memory_write(&ledger->ids, &memory);
    bytes_put(&bytes, magic, MAGIC_BYTES);
    bytes_put_u64(&bytes, memory.length);
    bytes_put(&bytes, memory.data, memory.length);
    bytes_finish(&memory);
    state_write(ledger, &bytes);
    *data = bytes.data;
    *length = bytes.length;
}

void plenum_ledger_state_hash(const struct plenum_ledger *ledger, char text[65])
{
    _Static_assert(HASH_TEXT == 65, "the header's promise");
    struct bytes bytes;
    bytes_init(&bytes, snapshot_bytes_max);
    state_write(ledger, &bytes);
    struct hash hash = hash_of(bytes.data, bytes.length);
    hash_format(&hash, text);
    bytes_finish(&bytes);
}

static bool memory_read(struct plenum_ledger *ledger, struct bytes_reader *reader)
{
    const uint8_t *head = bytes_get(reader, MAGIC_BYTES);
    if (!head || memcmp(head, magic, MAGIC_BYTES) != 0)
        return false;
    uint64_t length = bytes_get_u64(reader);
    const uint8_t *data = length <= SIZE_MAX ? bytes_get(reader, (size_t)length) : NULL;
    if (!data)
        return false;
    struct bytes_reader part;
    bytes_read_init(&part, data, (size_t)length);
    ledger->seq = bytes_get_varint(&part);
    return id_memory_read(&ledger->ids, &part) && bytes_read_done(&part);
}

static bool state_read(struct plenum_ledger *ledger, struct bytes_reader *reader)
{
    if (!counts_read(ledger->site, reader))
        return false;
    ledger->now_ms = bytes_get_i64(reader);
    if (reader->failed || ledger->now_ms < ledger->site->start_ms ||
        ledger->now_ms == PLENUM_FOREVER)
        return false;
    return entities_read(&ledger->entities, reader) && power_book_read(&ledger->power, reader) &&
           ledger->power.now_ms == ledger->now_ms &&
           capacity_book_read(&ledger->capacity, reader) &&
           floor_book_read(&ledger->floor, reader) && air_book_read(&ledger->air, reader);
}

enum plenum_status plenum_ledger_restore(const struct plenum_site *site, const uint8_t *data,
                                         size_t length, struct plenum_ledger **ledger,
                                         struct plenum_error *error)
{
    struct bytes_reader reader;
    struct plenum_ledger *made = plenum_ledger_create(site);
    bytes_read_init(&reader, data, length);
    *ledger = NULL;
    if (memory_read(made, &reader) && state_read(made, &reader) && bytes_read_done(&reader)) {
        *ledger = made;
        return PLENUM_OK;
    }
    plenum_ledger_destroy(made);
    return plenum_fail(error, PLENUM_CORRUPT,
                       "snapshot: found something else at byte %zu of %zu, expected a state of "
                       "site %s",
                       reader.offset, length, site->name);
}
