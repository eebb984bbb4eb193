#include "base/bytes.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { VARINT_MAX_BYTES = 10 };

void bytes_init(struct bytes *bytes, size_t max)
{
    *bytes = (struct bytes){.max = max};
}

void bytes_finish(struct bytes *bytes)
{
    free(bytes->data);
    *bytes = (struct bytes){.max = bytes->max};
}

void bytes_clear(struct bytes *bytes)
{
    bytes->length = 0;
    bytes->overflow = false;
}

void bytes_put(struct bytes *bytes, const void *data, size_t length)
{
    if (bytes->overflow || length > bytes->max - bytes->length) {
        bytes->overflow = true;
        return;
    }
    if (length == 0)
        return;
    bytes->data =
        array_reserve(bytes->data, &bytes->capacity, bytes->length + length, 1, bytes->max);
    memcpy(bytes->data + bytes->length, data, length);
    bytes->length += length;
}

static void bytes_put_low(struct bytes *bytes, uint64_t value, size_t width)
{
    uint8_t low[sizeof value];
    for (size_t i = 0; i < width; i++)
        low[i] = (uint8_t)(value >> (8 * i));
    bytes_put(bytes, low, width);
}

void bytes_put_u8(struct bytes *bytes, uint8_t value)
{
    bytes_put_low(bytes, value, 1);
}

void bytes_put_u32(struct bytes *bytes, uint32_t value)
{
    bytes_put_low(bytes, value, 4);
}

void bytes_put_u64(struct bytes *bytes, uint64_t value)
{
    bytes_put_low(bytes, value, 8);
}

void bytes_put_i64(struct bytes *bytes, int64_t value)
{
    bytes_put_low(bytes, (uint64_t)value, 8);
}

void bytes_put_varint(struct bytes *bytes, uint64_t value)
{
    uint8_t encoded[VARINT_MAX_BYTES];
    size_t length = 0;
    for (; value >= 0x80; value >>= 7)
        encoded[length++] = (uint8_t)(value | 0x80);
    encoded[length++] = (uint8_t)value;
    bytes_put(bytes, encoded, length);
}

void bytes_put_svarint(struct bytes *bytes, int64_t value)
{
    uint64_t bits = (uint64_t)value << 1;
    bytes_put_varint(bytes, value < 0 ? ~bits : bits);
}

void bytes_read_init(struct bytes_reader *reader, const void *data, size_t length)
{
    *reader = (struct bytes_reader){.data = data, .length = length};
}

const uint8_t *bytes_get(struct bytes_reader *reader, size_t length)
{
    static const uint8_t nothing[1];
    if (reader->failed || length > reader->length - reader->offset) {
        reader->failed = true;
        return NULL;
    }
    if (length == 0)
        return reader->data ? reader->data + reader->offset : nothing;
    const uint8_t *data = reader->data + reader->offset;
    reader->offset += length;
    return data;
}

static uint64_t bytes_get_low(struct bytes_reader *reader, size_t width)
{
    const uint8_t *low = bytes_get(reader, width);
    uint64_t value = 0;
    for (size_t i = 0; low && i < width; i++)
        value |= (uint64_t)low[i] << (8 * i);
    return value;
}

uint8_t bytes_get_u8(struct bytes_reader *reader)
{
    return (uint8_t)bytes_get_low(reader, 1);
}

uint32_t bytes_get_u32(struct bytes_reader *reader)
{
    return (uint32_t)bytes_get_low(reader, 4);
}

uint64_t bytes_get_u64(struct bytes_reader *reader)
{
    return bytes_get_low(reader, 8);
}

/* Two's complement without an out-of-range conversion. */
static int64_t signed_of(uint64_t bits)
{
    return bits <= INT64_MAX ? (int64_t)bits : -(int64_t)~bits - 1;
}

int64_t bytes_get_i64(struct bytes_reader *reader)
{
    return signed_of(bytes_get_low(reader, 8));
}

/* Each value has one encoding: the shortest. A longer one is malformed, so that equal bytes
 * and equal values are the same thing. */
uint64_t bytes_get_varint(struct bytes_reader *reader)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < VARINT_MAX_BYTES; i++) {
        uint8_t byte = bytes_get_u8(reader);
        bool last = byte < 0x80;
        bool too_large = i == VARINT_MAX_BYTES - 1 && byte > 1;
        bool too_long = last && byte == 0 && i > 0;
        if (reader->failed || too_large || too_long)
            break;
        value |= (uint64_t)(byte & 0x7F) << (7 * i);
        if (last)
            return value;
    }
    reader->failed = true;
    return 0;
}

int64_t bytes_get_svarint(struct bytes_reader *reader)
{
    uint64_t bits = bytes_get_varint(reader);
    return signed_of(bits & 1 ? ~(bits >> 1) : bits >> 1);
}

bool bytes_read_done(const struct bytes_reader *reader)
{
    return !reader->failed && reader->offset == reader->length;
}
