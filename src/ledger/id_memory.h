/* Id memory: what was answered to commands with an id, for PLENUM_ID_MEMORY_MS of site time.
 *
 * Entries stand in the order in which they came, so the oldest are forgotten first; a hash table
 * finds one by its id. */
#ifndef LEDGER_ID_MEMORY_H
#define LEDGER_ID_MEMORY_H

#include <plenum/ledger.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/hash.h"

struct id_entry {
    struct plenum_command_id id;
    struct hash content;
    int64_t at_ms;
    struct plenum_outcome outcome;
};

struct id_memory {
    struct id_entry *entries; /* from first on */
    size_t first, count, room;
    uint32_t *table; /* index in entries plus 1; linear, at most half full; 0 is empty */
    size_t table_room;
    struct arena texts; /* rules of refusals that were read from bytes */
};

void id_memory_init(struct id_memory *memory);
void id_memory_finish(struct id_memory *memory);
/* NULL when the id was not seen, or was forgotten. */
const struct id_entry *id_memory_find(const struct id_memory *memory, struct plenum_command_id id);
/* The id is not there yet. */
void id_memory_add(struct id_memory *memory, const struct id_entry *entry);
/* Forgets what came so long before now. */
void id_memory_advance(struct id_memory *memory, int64_t now_ms);
void id_memory_write(const struct id_memory *memory, struct bytes *bytes);
bool id_memory_read(struct id_memory *memory, struct bytes_reader *reader);

#endif
