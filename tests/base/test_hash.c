/* Vectors by an independent implementation of RFC 7693 (Python's hashlib.blake2b). */
#include "base/hash.h"

#include <string.h>

#include "unit.h"

static void check_hash(const struct hash *hash, const char *expected)
{
    char text[HASH_TEXT];
    struct hash parsed;
    assert_string_equal(hash_format(hash, text), expected);
    assert_true(hash_parse(expected, &parsed));
    assert_true(hash_equal(&parsed, hash));
}

static void test_vectors(void **state)
{
    uint8_t all[256];
    (void)state;
    for (size_t i = 0; i < sizeof all; i++)
        all[i] = (uint8_t)i;
    const struct {
        const void *data;
        size_t length;
        const char *expected;
    } cases[] = {
        {"", 0, "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"},
        {NULL, 0, "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8"},
        {"abc", 3, "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319"},
        {all, 256, "39a7eb9fedc19aabc83425c6755dd90e6f9d0c804964a1f4aaeea3b9fb599835"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct hash hash = hash_of(cases[i].data, cases[i].length);
        check_hash(&hash, cases[i].expected);
    }
}

static void test_chain(void **state)
{
    static const struct {
        const char *link;
        const char *expected;
    } cases[] = {
        {"", "89eb0d6a8a691dae2cd15ed0369931ce0a949ecafa5c3f93f8121833646e15c3"},
        {"one", "c8320eb492b90a578e4a4b9f9e39006ddc60df72f55f780aafadd947228064fa"},
        {"two", "694ae430b42ba28ac7adf3e79cb49793814b01e6a55cc4375c87fa8d966c1d6a"},
    };
    struct hash hash = {{0}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        hash = hash_chain(&hash, cases[i].link, strlen(cases[i].link));
        check_hash(&hash, cases[i].expected);
    }
}

/* A link is the hash of the two written one after the other. */
static void test_chain_is_hash_of_both(void **state)
{
    uint8_t both[HASH_BYTES + 5];
    struct hash before = hash_of("before", 6);
    (void)state;
    memcpy(both, before.bytes, HASH_BYTES);
    memcpy(both + HASH_BYTES, "after", 5);
    struct hash chained = hash_chain(&before, "after", 5);
    struct hash whole = hash_of(both, sizeof both);
    assert_true(hash_equal(&chained, &whole));
}

static void test_equal_sees_every_bit(void **state)
{
    struct hash a = hash_of("a", 1);
    (void)state;
    for (size_t bit = 0; bit < 8 * HASH_BYTES; bit++) {
        struct hash b = a;
        b.bytes[bit / 8] = (uint8_t)(b.bytes[bit / 8] ^ (1U << (bit % 8)));
        assert_false(hash_equal(&a, &b));
    }
    assert_true(hash_equal(&a, &a));
}

static void test_parse_refuses(void **state)
{
    static const char *const cases[] = {
        "",
        "0e57",
        "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a",
        "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8a",
        "0E5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8",
        "0g5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8",
        "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3 8",
        "0`5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8",
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct hash hash = {{1, 2, 3}};
        if (hash_parse(cases[i], &hash))
            fail_msg("%s was read", cases[i]);
        assert_int_equal(hash.bytes[1], 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_chain),
        cmocka_unit_test(test_chain_is_hash_of_both),
        cmocka_unit_test(test_equal_sees_every_bit),
        cmocka_unit_test(test_parse_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
