/* List: the items of one kind while a site is read, with the place each came from, and an index
 * from name to item. Items with names have `const char *name` as their first member. */
#ifndef MODEL_LIST_H
#define MODEL_LIST_H

#include "model/tree.h"

/* Where an item was written: its map, and which one of the map's range it is. */
struct origin {
    const struct node *node;
    int32_t turn;
};

struct list {
    char *items;
    struct origin *origins;
    size_t count, capacity, origin_count, origin_capacity;
    size_t item_size, max;
    int32_t *slots; /* open addressing: index + 1, or 0 */
    size_t slot_count;
};

void list_init(struct list *list, size_t item_size, size_t max);
void list_finish(struct list *list);
/* Appends a copy of item. False where max is reached. */
bool list_push(struct list *list, const void *item, struct origin origin);
void *list_at(const struct list *list, int32_t index);
/* Puts the item into the index of names; false where the name is there already. */
bool list_index(struct list *list, int32_t index);
void list_forget_names(struct list *list);
/* The item of that name, or PLENUM_NONE. */
int32_t list_find(const struct list *list, const char *name);
/* The name most like this one, or NULL. */
const char *list_nearest(const struct list *list, const char *name);

#endif
