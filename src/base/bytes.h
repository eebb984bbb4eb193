/* Bytes: a buffer that grows up to the maximum it was born with, and a reader over one.
 * All integers little-endian at fixed width, so that stored bytes are the same everywhere. */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes {
    uint8_t *data;
    size_t length;
    size_t capacity;
    size_t max;
    bool overflow; /* set when a write would have passed max; later writes are dropped */
};

void bytes_init(struct bytes *bytes, size_t max);
void bytes_finish(struct bytes *bytes);
void bytes_clear(struct bytes *bytes);
void bytes_put(struct bytes *bytes, const void *data, size_t length);
void bytes_put_u8(struct bytes *bytes, uint8_t value);
void bytes_put_u32(struct bytes *bytes, uint32_t value);
void bytes_put_u64(struct bytes *bytes, uint64_t value);
void bytes_put_i64(struct bytes *bytes, int64_t value);
/* LEB128, and zigzag LEB128 for signed. */
void bytes_put_varint(struct bytes *bytes, uint64_t value);
void bytes_put_svarint(struct bytes *bytes, int64_t value);

/* Reading past the end or a malformed varint sets failed and gives 0 from then on. */
struct bytes_reader {
    const uint8_t *data;
    size_t length;
    size_t offset;
    bool failed;
};

void bytes_read_init(struct bytes_reader *reader, const void *data, size_t length);
/* Points into the data, or NULL when fewer than length bytes are left. */
const uint8_t *bytes_get(struct bytes_reader *reader, size_t length);
uint8_t bytes_get_u8(struct bytes_reader *reader);
uint32_t bytes_get_u32(struct bytes_reader *reader);
uint64_t bytes_get_u64(struct bytes_reader *reader);
int64_t bytes_get_i64(struct bytes_reader *reader);
uint64_t bytes_get_varint(struct bytes_reader *reader);
int64_t bytes_get_svarint(struct bytes_reader *reader);
/* Nothing failed and nothing is left. */
bool bytes_read_done(const struct bytes_reader *reader);

#endif
