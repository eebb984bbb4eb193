/* Items and their names. See list.h. */
#include "model/list.h"

#include "base/check.h"
#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

void list_init(struct list *list, size_t item_size, size_t max)
{
    *list = (struct list){.item_size = item_size, .max = max};
}

void list_finish(struct list *list)
{
    free(list->items);
    free(list->origins);
    free(list->slots);
    *list = (struct list){0};
}

bool list_push(struct list *list, const void *item, struct origin origin)
{
    if (list->count == list->max) {
        return false;
    }
    list->items =
        array_reserve(list->items, &list->capacity, list->count + 1, list->item_size, list->max);
    memcpy(list->items + list->count * list->item_size, item, list->item_size);
    ARRAY_PUSH(list->origins, list->origin_count, list->origin_capacity, list->max) = origin;
    list->count++;
    return true;
}

void *list_at(const struct list *list, int32_t index)
{
    CHECK(index >= 0 && (size_t)index < list->count);
    return list->items + (size_t)index * list->item_size;
}

static const char *name_at(const struct list *list, int32_t index)
{
    const char *name;

    memcpy(&name, list_at(list, index), sizeof name);
    return name;
}

/* FNV-1a, 64 bits. */
static size_t hash_name(const char *name)
{
    uint64_t hash = UINT64_C(14695981039346656037);

    for (; *name != '\0'; name++) {
        hash = (hash ^ (unsigned char)*name) * UINT64_C(1099511628211);
    }
    return (size_t)(hash ^ hash >> 32);
}

/* The slot of the name, or the empty one where it belongs. */
static size_t find_slot(const struct list *list, const char *name)
{
    size_t slot = hash_name(name) & (list->slot_count - 1);

    while (list->slots[slot] != 0 && strcmp(name_at(list, list->slots[slot] - 1), name) != 0) {
        slot = (slot + 1) & (list->slot_count - 1);
    }
    return slot;
}

static void grow_slots(struct list *list)
{
    int32_t *old = list->slots;
    size_t old_count = list->slot_count;

    list->slot_count = old_count == 0 ? 16 : old_count * 2;
    list->slots = memory_new(list->slot_count, sizeof *list->slots);
    for (size_t i = 0; i < old_count; i++) {
        if (old[i] != 0) {
            list->slots[find_slot(list, name_at(list, old[i] - 1))] = old[i];
        }
    }
    free(old);
}

bool list_index(struct list *list, int32_t index)
{
    if (list->slot_count < 2 * list->count + 2) {
        grow_slots(list);
    }
    size_t slot = find_slot(list, name_at(list, index));
    if (list->slots[slot] != 0) {
        return false;
    }
    list->slots[slot] = index + 1;
    return true;
}

void list_forget_names(struct list *list)
{
    if (list->slot_count > 0) {
        memset(list->slots, 0, list->slot_count * sizeof *list->slots);
    }
}

int32_t list_find(const struct list *list, const char *name)
{
    return list->slot_count == 0 ? PLENUM_NONE : list->slots[find_slot(list, name)] - 1;
}

const char *list_nearest(const struct list *list, const char *name)
{
    size_t count = list->count < LIMIT_SUGGEST ? list->count : LIMIT_SUGGEST;
    const char **names = memory_new(count, sizeof *names);

    for (size_t i = 0; i < count; i++) {
        names[i] = name_at(list, (int32_t)i);
    }
    const char *nearest = text_nearest(name, names, count);
    free(names);
    return nearest;
}
