/* Index from text to number: linear probing, FNV-1a (Fowler, Noll, Vo). See trace_names.h. */
#include "capacity/trace_names.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

struct names_slot {
    const char *name; /* NULL: free */
    uint32_t value;
};

static uint64_t name_hash(const char *name)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (; *name != '\0'; name++)
        hash = (hash ^ (unsigned char)*name) * UINT64_C(1099511628211);
    return hash ^ (hash >> 32);
}

/* The slot of the name, or the free one where it belongs. */
static struct names_slot *names_slot_of(const struct names *names, const char *name)
{
    size_t mask = names->capacity - 1;
    size_t at = (size_t)name_hash(name) & mask;
    while (names->slots[at].name != NULL && strcmp(names->slots[at].name, name) != 0)
        at = (at + 1) & mask;
    return &names->slots[at];
}

void names_init(struct names *names, size_t expected)
{
    size_t capacity = 64;
    while (capacity < expected * 2)
        capacity *= 2;
    *names = (struct names){
        .slots = memory_new(capacity, sizeof *names->slots),
        .capacity = capacity,
    };
}

void names_finish(struct names *names)
{
    free(names->slots);
    *names = (struct names){0};
}

static void names_grow(struct names *names)
{
    struct names bigger;
    names_init(&bigger, names->capacity);
    for (size_t i = 0; i < names->capacity; i++) {
        if (names->slots[i].name != NULL)
            *names_slot_of(&bigger, names->slots[i].name) = names->slots[i];
    }
    bigger.count = names->count;
    names_finish(names);
    *names = bigger;
}

bool names_add(struct names *names, const char *name, uint32_t value)
{
    if ((names->count + 1) * 2 > names->capacity)
        names_grow(names);
    struct names_slot *slot = names_slot_of(names, name);
    if (slot->name != NULL)
        return false;
    *slot = (struct names_slot){.name = name, .value = value};
    names->count++;
    return true;
}

bool names_find(const struct names *names, const char *name, uint32_t *value)
{
    const struct names_slot *slot = names_slot_of(names, name);
    if (slot->name == NULL)
        return false;
    *value = slot->value;
    return true;
}
