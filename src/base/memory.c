#include "base/memory.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"

enum { ARRAY_FIRST = 8 };

static _Noreturn void memory_out(size_t count, size_t item_size)
{
    fprintf(stderr, "plenum: out of memory: asked for %zu items of %zu bytes\n", count, item_size);
    abort();
}

void *memory_new(size_t count, size_t item_size)
{
    CHECK(item_size > 0);
    void *items = calloc(count > 0 ? count : 1, item_size);
    if (!items)
        memory_out(count, item_size);
    return items;
}

void *memory_resize(void *items, size_t count, size_t item_size)
{
    CHECK(item_size > 0);
    if (count > SIZE_MAX / item_size)
        memory_out(count, item_size);
    void *resized = realloc(items, (count > 0 ? count : 1) * item_size);
    if (!resized)
        memory_out(count, item_size);
    return resized;
}

char *memory_strdup(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = memory_new(size, 1);
    memcpy(copy, text, size);
    return copy;
}

void *array_reserve(void *items, size_t *capacity, size_t need, size_t item_size, size_t max)
{
    CHECK(need <= max);
    if (need <= *capacity)
        return items;
    size_t room = *capacity < ARRAY_FIRST / 2 ? ARRAY_FIRST : *capacity;
    room = room > max / 2 ? max : 2 * room;
    if (*capacity == 0 && max > ARRAY_FIRST)
        room = ARRAY_FIRST;
    if (room < need)
        room = need;
    items = memory_resize(items, room, item_size);
    *capacity = room;
    return items;
}
