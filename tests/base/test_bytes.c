#include "base/bytes.h"

#include <string.h>

#include "base/random.h"
#include "unit.h"

static const struct varint_case {
    uint64_t value;
    size_t length;
    uint8_t encoded[10];
} varints[] = {
    {0, 1, {0x00}},
    {1, 1, {0x01}},
    {127, 1, {0x7F}},
    {128, 2, {0x80, 0x01}},
    {300, 2, {0xAC, 0x02}},
    {16383, 2, {0xFF, 0x7F}},
    {16384, 3, {0x80, 0x80, 0x01}},
    {UINT32_MAX, 5, {0xFF, 0xFF, 0xFF, 0xFF, 0x0F}},
    {UINT64_MAX, 10, {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01}},
};

static void test_varints(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(varints); i++) {
        struct bytes bytes;
        struct bytes_reader reader;
        bytes_init(&bytes, 100);
        bytes_put_varint(&bytes, varints[i].value);
        assert_int_equal(bytes.length, varints[i].length);
        assert_memory_equal(bytes.data, varints[i].encoded, bytes.length);
        bytes_read_init(&reader, bytes.data, bytes.length);
        assert_true(bytes_get_varint(&reader) == varints[i].value && bytes_read_done(&reader));
        bytes_finish(&bytes);
    }
}

static void test_svarints(void **state)
{
    static const struct {
        int64_t value;
        uint64_t zigzag;
    } cases[] = {{0, 0},
                 {-1, 1},
                 {1, 2},
                 {-2, 3},
                 {63, 126},
                 {-64, 127},
                 {-65, 129},
                 {INT32_MAX, 4294967294},
                 {INT64_MAX, UINT64_MAX - 1},
                 {INT64_MIN, UINT64_MAX}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct bytes bytes;
        struct bytes_reader reader;
        bytes_init(&bytes, 100);
        bytes_put_svarint(&bytes, cases[i].value);
        bytes_read_init(&reader, bytes.data, bytes.length);
        assert_true(bytes_get_varint(&reader) == cases[i].zigzag && bytes_read_done(&reader));
        bytes_read_init(&reader, bytes.data, bytes.length);
        assert_true(bytes_get_svarint(&reader) == cases[i].value && bytes_read_done(&reader));
        bytes_finish(&bytes);
    }
}

static void test_malformed_varints(void **state)
{
    static const struct {
        const char *what;
        size_t length;
        uint8_t encoded[12];
    } cases[] = {
        {"nothing", 0, {0}},
        {"cut", 1, {0x80}},
        {"cut after nine", 9, {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80}},
        {"zero in two bytes", 2, {0x80, 0x00}},
        {"one in two bytes", 2, {0x81, 0x00}},
        {"65 bits", 10, {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02}},
        {"eleven bytes", 11, {0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01}},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct bytes_reader reader;
        bytes_read_init(&reader, cases[i].encoded, cases[i].length);
        assert_int_equal(bytes_get_varint(&reader), 0);
        if (!reader.failed)
            fail_msg("%s was read", cases[i].what);
        assert_int_equal(bytes_get_u8(&reader), 0);
        assert_false(bytes_read_done(&reader));
    }
}

static void test_fixed_width_is_little_endian(void **state)
{
    static const uint8_t expected[] = {0xAB, 0x04, 0x03, 0x02, 0x01, 0x08, 0x07, 0x06,
                                       0x05, 0x04, 0x03, 0x02, 0x01, 0xFE, 0xFF, 0xFF,
                                       0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 'h',  'i'};
    struct bytes bytes;
    (void)state;
    bytes_init(&bytes, 100);
    bytes_put_u8(&bytes, 0xAB);
    bytes_put_u32(&bytes, 0x01020304);
    bytes_put_u64(&bytes, 0x0102030405060708);
    bytes_put_i64(&bytes, -2);
    bytes_put(&bytes, "hi", 2);
    assert_int_equal(bytes.length, sizeof expected);
    assert_memory_equal(bytes.data, expected, sizeof expected);
    bytes_finish(&bytes);
}

/* ---- random records ---- */

/* The kind of field i and its value follow from the seed, so the reader knows them too. */
static uint64_t field_bits(uint64_t seed, uint64_t i)
{
    return random_at(seed, 1, i, 0) >> (random_at(seed, 2, i, 0) % 64);
}

static void put_field(struct bytes *bytes, uint64_t seed, uint64_t i)
{
    uint64_t bits = field_bits(seed, i);
    switch (random_at(seed, 3, i, 0) % 7) {
    case 0:
        bytes_put_u8(bytes, (uint8_t)bits);
        break;
    case 1:
        bytes_put_u32(bytes, (uint32_t)bits);
        break;
    case 2:
        bytes_put_u64(bytes, bits);
        break;
    case 3:
        bytes_put_i64(bytes, -(int64_t)(bits >> 1));
        break;
    case 4:
        bytes_put_varint(bytes, bits);
        break;
    case 5:
        bytes_put_svarint(bytes, -(int64_t)(bits >> 1));
        break;
    default:
        bytes_put(bytes, &(uint8_t[]){1, 2, 3, 4, 5, 6, 7}, bits % 8);
    }
}

static bool get_field(struct bytes_reader *reader, uint64_t seed, uint64_t i)
{
    uint64_t bits = field_bits(seed, i);
    switch (random_at(seed, 3, i, 0) % 7) {
    case 0:
        return bytes_get_u8(reader) == (uint8_t)bits;
    case 1:
        return bytes_get_u32(reader) == (uint32_t)bits;
    case 2:
        return bytes_get_u64(reader) == bits;
    case 3:
        return bytes_get_i64(reader) == -(int64_t)(bits >> 1);
    case 4:
        return bytes_get_varint(reader) == bits;
    case 5:
        return bytes_get_svarint(reader) == -(int64_t)(bits >> 1);
    default: {
        const uint8_t *data = bytes_get(reader, bits % 8);
        return data && memcmp(data, &(uint8_t[]){1, 2, 3, 4, 5, 6, 7}, bits % 8) == 0;
    }
    }
}

enum { FIELDS = 40 };

static void check_round_trip(uint64_t seed, const struct bytes *bytes)
{
    struct bytes_reader reader;
    bytes_read_init(&reader, bytes->data, bytes->length);
    for (uint64_t i = 0; i < FIELDS; i++)
        assert_true(get_field(&reader, seed, i));
    assert_true(bytes_read_done(&reader));
}

/* A record cut anywhere is never read as whole, and never read past its end: the copy is as
 * long as the cut, so that a sanitizer sees it. */
static void check_cuts(uint64_t seed, const struct bytes *bytes)
{
    for (size_t length = 0; length < bytes->length; length++) {
        struct bytes cut;
        struct bytes_reader reader;
        bytes_init(&cut, length);
        bytes_put(&cut, bytes->data, length);
        bytes_read_init(&reader, cut.data, cut.length);
        for (uint64_t i = 0; i < FIELDS; i++)
            (void)get_field(&reader, seed, i);
        assert_true(reader.failed);
        assert_false(bytes_read_done(&reader));
        bytes_finish(&cut);
    }
}

/* With a maximum one byte too small, the buffer says so, and keeps what it held before. */
static void check_overflow(uint64_t seed, const struct bytes *whole)
{
    struct bytes bytes;
    bytes_init(&bytes, whole->length - 1);
    for (uint64_t i = 0; i < FIELDS; i++)
        put_field(&bytes, seed, i);
    assert_true(bytes.overflow && bytes.length <= bytes.max && bytes.capacity <= bytes.max);
    assert_memory_equal(bytes.data, whole->data, bytes.length);
    size_t length = bytes.length;
    bytes_put_u8(&bytes, 1);
    assert_int_equal(bytes.length, length);
    bytes_clear(&bytes);
    assert_true(!bytes.overflow && bytes.length == 0);
    bytes_put_u8(&bytes, 1);
    assert_int_equal(bytes.length, 1);
    bytes_finish(&bytes);
}

static void test_random_records(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 50; seed++) {
        struct bytes bytes;
        bytes_init(&bytes, 10000);
        for (uint64_t i = 0; i < FIELDS; i++)
            put_field(&bytes, seed, i);
        check_round_trip(seed, &bytes);
        check_cuts(seed, &bytes);
        check_overflow(seed, &bytes);
        bytes_finish(&bytes);
    }
}

/* Whatever the bytes are, a varint that was read is written back as the same bytes. */
static void test_random_bytes_have_one_reading(void **state)
{
    struct random random;
    (void)state;
    random_init(&random, 11);
    for (int i = 0; i < 100000; i++) {
        uint8_t data[12];
        struct bytes bytes;
        struct bytes_reader reader;
        for (size_t j = 0; j < sizeof data; j++) {
            uint64_t more = random_below(&random, 4) ? 0x80 : 0;
            data[j] = (uint8_t)(random_next(&random) | more);
        }
        bytes_read_init(&reader, data, sizeof data);
        uint64_t value = bytes_get_varint(&reader);
        if (reader.failed)
            continue;
        bytes_init(&bytes, sizeof data);
        bytes_put_varint(&bytes, value);
        assert_int_equal(bytes.length, reader.offset);
        assert_memory_equal(bytes.data, data, bytes.length);
        bytes_finish(&bytes);
    }
}

static void test_empty(void **state)
{
    struct bytes bytes;
    struct bytes_reader reader;
    (void)state;
    bytes_init(&bytes, 0);
    bytes_put(&bytes, "", 0);
    assert_true(!bytes.overflow && bytes.length == 0);
    bytes_put_u8(&bytes, 0);
    assert_true(bytes.overflow);
    bytes_finish(&bytes);
    bytes_read_init(&reader, NULL, 0);
    assert_true(bytes_read_done(&reader));
    assert_non_null(bytes_get(&reader, 0));
    assert_true(bytes_read_done(&reader));
    assert_null(bytes_get(&reader, 1));
    assert_false(bytes_read_done(&reader));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_varints),
        cmocka_unit_test(test_svarints),
        cmocka_unit_test(test_malformed_varints),
        cmocka_unit_test(test_fixed_width_is_little_endian),
        cmocka_unit_test(test_random_records),
        cmocka_unit_test(test_random_bytes_have_one_reading),
        cmocka_unit_test(test_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
