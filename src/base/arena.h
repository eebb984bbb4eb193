/* Arena: memory by lifetime. Everything from one arena dies together. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *blocks; /* newest first */
    size_t used_bytes;          /* asked for so far, rounding included */
    size_t max_bytes;           /* over this arena_alloc aborts: a named limit of the owner */
};

void arena_init(struct arena *arena, size_t max_bytes);
void arena_finish(struct arena *arena);
/* Keeps the newest (largest) block for use again; all pointers given out are dead. */
void arena_reset(struct arena *arena);
/* Zeroed, aligned for any type; never NULL. */
void *arena_alloc(struct arena *arena, size_t count, size_t item_size);
char *arena_strdup(struct arena *arena, const char *text);
char *arena_strndup(struct arena *arena, const char *text, size_t length);

#endif
