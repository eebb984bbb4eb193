/* BLAKE2b-256 of libsodium (RFC 7693), whole and in parts. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HASH_BYTES = 32, HASH_TEXT = 2 * HASH_BYTES + 1 };

struct hash {
    uint8_t bytes[HASH_BYTES];
};

struct hash hash_of(const void *data, size_t length);
/* Of the two in order: the link of a chain. */
struct hash hash_chain(const struct hash *before, const void *data, size_t length);
bool hash_equal(const struct hash *a, const struct hash *b);
/* Lower-case hex. Returns text. */
char *hash_format(const struct hash *hash, char text[HASH_TEXT]);
bool hash_parse(const char *text, struct hash *hash);

#endif
