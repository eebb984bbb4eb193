#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/memory.h"

/* Under AddressSanitizer what was not given out is poisoned, and each item has poison behind it,
 * so that an arena hides no read past an item's end. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_POISONS
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define ARENA_POISONS
#endif

#ifdef ARENA_POISONS
#include <sanitizer/asan_interface.h>
enum { ARENA_GAP_BYTES = alignof(max_align_t) };
#else
enum { ARENA_GAP_BYTES = 0 };
#define ASAN_POISON_MEMORY_REGION(start, bytes)   ((void)0)
#define ASAN_UNPOISON_MEMORY_REGION(start, bytes) ((void)0)
#endif

enum { ARENA_FIRST_BYTES = 4096 };

/* Each new block is as large as all that was used before it, so there are few. */
struct arena_block {
    struct arena_block *next;
    size_t size_bytes;
    size_t used_bytes;
    alignas(max_align_t) unsigned char data[];
};

void arena_init(struct arena *arena, size_t max_bytes)
{
    *arena = (struct arena){.max_bytes = max_bytes};
}

static void blocks_free(struct arena_block *block)
{
    while (block) {
        struct arena_block *next = block->next;
        free(block);
        block = next;
    }
}

void arena_finish(struct arena *arena)
{
    blocks_free(arena->blocks);
    *arena = (struct arena){.max_bytes = arena->max_bytes};
}

void arena_reset(struct arena *arena)
{
    arena->used_bytes = 0;
    if (!arena->blocks)
        return;
    blocks_free(arena->blocks->next);
    arena->blocks->next = NULL;
    arena->blocks->used_bytes = 0;
    ASAN_POISON_MEMORY_REGION(arena->blocks->data, arena->blocks->size_bytes);
}

static void arena_grow(struct arena *arena, size_t need_bytes)
{
    size_t size = arena->used_bytes > ARENA_FIRST_BYTES ? arena->used_bytes : ARENA_FIRST_BYTES;
    if (size < need_bytes)
        size = need_bytes;
    CHECK(size <= SIZE_MAX - sizeof(struct arena_block));
    struct arena_block *block = malloc(sizeof *block + size);
    if (!block) /* says so and stops */
        block = memory_new(1, sizeof *block + size);
    block->next = arena->blocks;
    block->size_bytes = size;
    block->used_bytes = 0;
    arena->blocks = block;
    ASAN_POISON_MEMORY_REGION(block->data, size);
}

void *arena_alloc(struct arena *arena, size_t count, size_t item_size)
{
    const size_t align = alignof(max_align_t);
    CHECK(item_size > 0 && count <= (SIZE_MAX - 2 * align) / item_size);
    size_t bytes = (count * item_size + align - 1) / align * align;
    CHECK(bytes <= arena->max_bytes && arena->used_bytes <= arena->max_bytes - bytes);
    const size_t taken = bytes + ARENA_GAP_BYTES;
    if (!arena->blocks || arena->blocks->size_bytes - arena->blocks->used_bytes < taken)
        arena_grow(arena, taken);
    struct arena_block *block = arena->blocks;
    void *items = block->data + block->used_bytes;
    block->used_bytes += taken;
    arena->used_bytes += bytes;
    ASAN_UNPOISON_MEMORY_REGION(items, count * item_size);
    return memset(items, 0, count * item_size);
}

char *arena_strndup(struct arena *arena, const char *text, size_t length)
{
    const char *end = memchr(text, '\0', length);
    size_t kept = end ? (size_t)(end - text) : length;
    char *copy = arena_alloc(arena, kept + 1, 1);
    memcpy(copy, text, kept);
    return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
    return arena_strndup(arena, text, strlen(text));
}
