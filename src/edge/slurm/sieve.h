/* Sieve: what of Slurm's answer is read at all. A job of slurmrestd has some hundred members, of
 * which a third matter: those alone are worth being made into values. */
#ifndef EDGE_SLURM_SIEVE_H
#define EDGE_SLURM_SIEVE_H

#include "base/bytes.h"

enum { SIEVE_KEYS_MAX = 48, SIEVE_MORE_MAX = 32 };

/* Members that are wanted, of the objects in the list that stands under a key of the document. */
struct sieve {
    const char *list;
    const char *keys[SIEVE_KEYS_MAX];
    size_t lengths[SIEVE_KEYS_MAX]; /* of the keys */
    size_t count;
};

void sieve_want(struct sieve *sieve, const char *key);

/* Appends a document of that list alone, whose objects have the wanted members as they stand in the
 * text: at most as long as it, and SIEVE_MORE_MAX bytes. False where the text is not understood, or
 * has no such list: then something may have been appended, and whoever reads the whole text will
 * find why. What is left out is not looked at, but for where it ends. */
bool sieve_text(const struct sieve *sieve, const struct bytes *text, struct bytes *out);

#endif
