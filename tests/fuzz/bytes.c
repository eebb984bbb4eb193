/* The bytes reader: the input names what to read and is what is read. Whatever was read without
 * failing, written again, must be the same bytes; nothing is read past the end; after a failure all
 * is zero. */
#include "fuzz.h"

#include "base/bytes.h"
#include "base/check.h"

#include <string.h>

enum { KINDS = 7 };

static void read_one(struct bytes_reader *reader, struct bytes *again, unsigned kind)
{
    switch (kind) {
    case 0:
        bytes_put_u8(again, bytes_get_u8(reader));
        break;
    case 1:
        bytes_put_u32(again, bytes_get_u32(reader));
        break;
    case 2:
        bytes_put_u64(again, bytes_get_u64(reader));
        break;
    case 3:
        bytes_put_i64(again, bytes_get_i64(reader));
        break;
    case 4:
        bytes_put_varint(again, bytes_get_varint(reader));
        break;
    case 5:
        bytes_put_svarint(again, bytes_get_svarint(reader));
        break;
    default: {
        size_t length = bytes_get_u8(reader);
        const uint8_t *data = bytes_get(reader, length);
        bytes_put_u8(again, (uint8_t)length);
        if (data != NULL)
            bytes_put(again, data, length);
    }
    }
}

/* The first byte is how many kinds follow; the rest is read, the kinds over and over. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes_reader reader;
    struct bytes again;
    size_t kinds = size > 0 ? data[0] : 0;
    if (kinds == 0 || kinds + 1 > size)
        return 0;
    const uint8_t *start = data + 1 + kinds;
    size_t length = size - 1 - kinds;

    bytes_init(&again, size + 16);
    bytes_read_init(&reader, start, length);
    for (size_t i = 0; !reader.failed && reader.offset < length; i++) {
        size_t before = reader.offset;
        read_one(&reader, &again, data[1 + i % kinds] % KINDS);
        CHECK(reader.offset <= length);
        CHECK(reader.failed || reader.offset > before);
        if (!reader.failed)
            CHECK(again.length == reader.offset && memcmp(again.data, start, again.length) == 0);
    }
    CHECK(bytes_read_done(&reader) == (!reader.failed && reader.offset == length));
    if (reader.failed)
        CHECK(bytes_get_u64(&reader) == 0 && bytes_get(&reader, 0) == NULL);
    bytes_finish(&again);
    return 0;
}
