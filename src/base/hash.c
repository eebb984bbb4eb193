#include "base/hash.h"

#include <pthread.h>
#include <sodium.h>
#include <string.h>

#include "base/check.h"

_Static_assert((int)HASH_BYTES == (int)crypto_generichash_BYTES, "BLAKE2b-256");

/* libsodium picks its fastest code for this processor at the first use. */
static pthread_once_t sodium_ready = PTHREAD_ONCE_INIT;

static void sodium_start(void)
{
    CHECK(sodium_init() >= 0);
}

struct hash hash_of(const void *data, size_t length)
{
    struct hash hash;
    CHECK(pthread_once(&sodium_ready, sodium_start) == 0);
    CHECK(crypto_generichash(hash.bytes, HASH_BYTES, data, length, NULL, 0) == 0);
    return hash;
}

struct hash hash_chain(const struct hash *before, const void *data, size_t length)
{
    crypto_generichash_state state;
    struct hash hash;
    CHECK(pthread_once(&sodium_ready, sodium_start) == 0);
    CHECK(crypto_generichash_init(&state, NULL, 0, HASH_BYTES) == 0);
    CHECK(crypto_generichash_update(&state, before->bytes, HASH_BYTES) == 0);
    CHECK(crypto_generichash_update(&state, data, length) == 0);
    CHECK(crypto_generichash_final(&state, hash.bytes, HASH_BYTES) == 0);
    return hash;
}

bool hash_equal(const struct hash *a, const struct hash *b)
{
    return memcmp(a->bytes, b->bytes, HASH_BYTES) == 0;
}

char *hash_format(const struct hash *hash, char text[HASH_TEXT])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < HASH_BYTES; i++) {
        text[2 * i] = digits[hash->bytes[i] >> 4];
        text[2 * i + 1] = digits[hash->bytes[i] & 0xF];
    }
    text[HASH_TEXT - 1] = '\0';
    return text;
}

/* -1 for what is no lower-case hex digit. */
static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool hash_parse(const char *text, struct hash *hash)
{
    struct hash parsed;
    if (strlen(text) != HASH_TEXT - 1)
        return false;
    for (size_t i = 0; i < HASH_BYTES; i++) {
        int high = hex_digit(text[2 * i]);
        int low = hex_digit(text[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        parsed.bytes[i] = (uint8_t)(high * 16 + low);
    }
    *hash = parsed;
    return true;
}
