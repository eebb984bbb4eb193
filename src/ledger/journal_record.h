/* Record: a command and the ledger's answer as the journal keeps them, and the chain.
 *
 *   chain(n) = BLAKE2b-256( chain(n-1) || canonical bytes of record n ),  chain(0) = all zero
 *
 * The canonical bytes are every member but the chain: integers little-endian at fixed width, each
 * run of bytes after its length. */
#ifndef LEDGER_JOURNAL_RECORD_H
#define LEDGER_JOURNAL_RECORD_H

#include "base/bytes.h"
#include "base/hash.h"

#include <plenum/ledger.h>

struct journal_record {
    uint64_t seq;
    int64_t now_ms;
    uint32_t kind;          /* enum plenum_command_kind */
    uint32_t reason;        /* enum plenum_reason; 0 exactly when taken */
    const uint8_t *refusal; /* refusal_write; empty when taken */
    size_t refusal_length;
    const uint8_t *command; /* plenum_command_encode */
    size_t command_length;
    struct hash chain;
};

enum {
    RECORD_REFUSAL_MAX = 1024,
    RECORD_BYTES_MAX = PLENUM_COMMAND_BYTES_MAX + RECORD_REFUSAL_MAX + 64
};

/* The chain of record after the chain before it. scratch holds the canonical bytes meanwhile. */
struct hash record_chain(const struct journal_record *record, const struct hash *before,
                         struct bytes *scratch);

/* All of a refusal but its reason, so that the same answer can be given again. */
void refusal_write(const struct plenum_refusal *refusal, struct bytes *bytes);
/* False for bytes that refusal_write cannot have written. The rule points into text. */
bool refusal_read(uint32_t reason, const uint8_t *data, size_t length,
                  struct plenum_refusal *refusal, char text[RECORD_REFUSAL_MAX]);

#endif
