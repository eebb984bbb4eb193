#include "ledger/id_memory.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/memory.h"

enum { IDS_MAX = 1 << 28, TABLE_FIRST = 64, TEXTS_BYTES_MAX = 1 << 28, TEXT_MAX = 1024 };

void id_memory_init(struct id_memory *memory)
{
    *memory = (struct id_memory){0};
    arena_init(&memory->texts, TEXTS_BYTES_MAX);
}

void id_memory_finish(struct id_memory *memory)
{
    free(memory->entries);
    free(memory->table);
    arena_finish(&memory->texts);
    *memory = (struct id_memory){0};
}

static size_t table_home(const struct id_memory *memory, struct plenum_command_id id)
{
    uint64_t bits = id.hi * UINT64_C(0x9E3779B97F4A7C15) ^ id.lo;
    bits = (bits ^ (bits >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    return (size_t)(bits ^ (bits >> 31)) & (memory->table_room - 1);
}

/* Where the id is in the table, or the empty place where it would be. */
static size_t table_find(const struct id_memory *memory, struct plenum_command_id id)
{
    size_t at = table_home(memory, id);
    for (; memory->table[at] != 0; at = (at + 1) & (memory->table_room - 1)) {
        const struct id_entry *entry = &memory->entries[memory->table[at] - 1];
        if (entry->id.hi == id.hi && entry->id.lo == id.lo)
            break;
    }
    return at;
}

const struct id_entry *id_memory_find(const struct id_memory *memory, struct plenum_command_id id)
{
    if (memory->table_room == 0)
        return NULL;
    uint32_t index = memory->table[table_find(memory, id)];
    return index == 0 ? NULL : &memory->entries[index - 1];
}

/* Moves the entries to the front and makes the table anew. */
static void memory_pack(struct id_memory *memory, size_t table_room)
{
    CHECK(memory->entries || (memory->first == 0 && memory->count == 0));
    if (memory->first > 0)
        memmove(memory->entries, memory->entries + memory->first,
                memory->count * sizeof *memory->entries);
    memory->first = 0;
    free(memory->table);
    memory->table = memory_new(table_room, sizeof *memory->table);
    memory->table_room = table_room;
    for (size_t i = 0; i < memory->count; i++)
        memory->table[table_find(memory, memory->entries[i].id)] = (uint32_t)i + 1;
}

void id_memory_add(struct id_memory *memory, const struct id_entry *entry)
{
    if (2 * (memory->first + memory->count + 1) > memory->table_room) {
        size_t room = memory->table_room == 0 ? TABLE_FIRST : memory->table_room;
        while (room < 4 * (memory->count + 1))
            room *= 2;
        memory_pack(memory, room);
    }
    size_t place = table_find(memory, entry->id);
    CHECK(memory->table[place] == 0);
    size_t end = memory->first + memory->count;
    memory->entries =
        array_reserve(memory->entries, &memory->room, end + 1, sizeof *memory->entries, IDS_MAX);
    memory->entries[end] = *entry;
    memory->table[place] = (uint32_t)end + 1;
    memory->count++;
}

/* Takes the id out of the table (Knuth, TAOCP vol. 3, section 6.4, algorithm R). */
static void table_remove(struct id_memory *memory, struct plenum_command_id id)
{
    size_t mask = memory->table_room - 1, gap = table_find(memory, id);
    CHECK(memory->table[gap] != 0);
    for (size_t at = (gap + 1) & mask; memory->table[at] != 0; at = (at + 1) & mask) {
        size_t home = table_home(memory, memory->entries[memory->table[at] - 1].id);
        if (((at - home) & mask) < ((at - gap) & mask))
            continue;
        memory->table[gap] = memory->table[at];
        gap = at;
    }
    memory->table[gap] = 0;
}

void id_memory_advance(struct id_memory *memory, int64_t now_ms)
{
    while (memory->count > 0) {
        const struct id_entry *oldest = &memory->entries[memory->first];
        if (oldest->at_ms > now_ms - PLENUM_ID_MEMORY_MS)
            return;
        table_remove(memory, oldest->id);
        memory->first++;
        memory->count--;
    }
}

/* --- bytes ------------------------------------------------------------------------------------ */

static void refusal_write(const struct plenum_refusal *refusal, struct bytes *bytes)
{
    bytes_put_varint(bytes, (uint64_t)refusal->reason);
    bytes_put_varint(bytes, refusal->op);
    bytes_put_svarint(bytes, refusal->subject);
    bytes_put_svarint(bytes, refusal->feed_lost);
    bytes_put_svarint(bytes, refusal->asked);
    bytes_put_svarint(bytes, refusal->limit);
    bytes_put_svarint(bytes, refusal->from_ms);
    bytes_put_varint(bytes, refusal->other.kind);
    bytes_put_varint(bytes, refusal->other.id);
    size_t length = refusal->rule ? strlen(refusal->rule) : 0;
    CHECK(length < TEXT_MAX);
    bytes_put_varint(bytes, length);
    bytes_put(bytes, refusal->rule, length);
}

static bool refusal_read(struct id_memory *memory, struct plenum_refusal *refusal,
                         struct bytes_reader *reader)
{
    uint64_t reason = bytes_get_varint(reader);
    refusal->op = (uint32_t)bytes_get_varint(reader);
    refusal->subject = (int32_t)bytes_get_svarint(reader);
    refusal->feed_lost = (int32_t)bytes_get_svarint(reader);
    refusal->asked = bytes_get_svarint(reader);
    refusal->limit = bytes_get_svarint(reader);
    refusal->from_ms = bytes_get_svarint(reader);
    refusal->other.kind = (uint32_t)bytes_get_varint(reader);
    refusal->other.id = bytes_get_varint(reader);
    uint64_t length = bytes_get_varint(reader);
    if (reader->failed || reason >= PLENUM_REASON_COUNT || length >= TEXT_MAX)
        return false;
    const uint8_t *text = bytes_get(reader, (size_t)length);
    if (text && length > 0)
        refusal->rule = arena_strndup(&memory->texts, (const char *)text, (size_t)length);
    refusal->reason = (enum plenum_reason)reason;
    return text != NULL;
}

void id_memory_write(const struct id_memory *memory, struct bytes *bytes)
{
    bytes_put_varint(bytes, memory->count);
    for (size_t i = memory->first; i < memory->first + memory->count; i++) {
        const struct id_entry *entry = &memory->entries[i];
        bytes_put_u64(bytes, entry->id.hi);
        bytes_put_u64(bytes, entry->id.lo);
        bytes_put(bytes, entry->content.bytes, HASH_BYTES);
        bytes_put_svarint(bytes, entry->at_ms);
        bytes_put_varint(bytes, entry->outcome.seq);
        bytes_put_u8(bytes, entry->outcome.taken);
        if (!entry->outcome.taken)
            refusal_write(&entry->outcome.refusal, bytes);
    }
}

static bool entry_read(struct id_memory *memory, struct bytes_reader *reader)
{
    struct id_entry entry = {0};
    entry.id.hi = bytes_get_u64(reader);
    entry.id.lo = bytes_get_u64(reader);
    const uint8_t *content = bytes_get(reader, HASH_BYTES);
    entry.at_ms = bytes_get_svarint(reader);
    entry.outcome.seq = bytes_get_varint(reader);
    uint8_t taken = bytes_get_u8(reader);
    if (reader->failed || taken > 1 || id_memory_find(memory, entry.id))
        return false;
    memcpy(entry.content.bytes, content, HASH_BYTES);
    entry.outcome.taken = taken;
    if (!taken && !refusal_read(memory, &entry.outcome.refusal, reader))
        return false;
    id_memory_add(memory, &entry);
    return true;
}

bool id_memory_read(struct id_memory *memory, struct bytes_reader *reader)
{
    uint64_t count = bytes_get_varint(reader);
    for (uint64_t i = 0; i < count; i++)
        if (!entry_read(memory, reader))
            return false;
    return !reader->failed;
}
