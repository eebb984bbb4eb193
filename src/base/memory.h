/* Memory for things whose size the program chose: out of memory stops the process with a clear
 * line, so callers need no unwinding for it. Sizes that come from a file are checked against a
 * named limit first. */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stddef.h>

/* Zeroed memory for count items of item_size; never NULL (count 0 gives a pointer to free). */
void *memory_new(size_t count, size_t item_size);
/* Grows or shrinks; new bytes are not zeroed. items may be NULL. */
void *memory_resize(void *items, size_t count, size_t item_size);
char *memory_strdup(const char *text);

/* Makes room for `need` items in a growable array, doubling *capacity. Returns items, moved
 * perhaps. Aborts over max items: check the input against max before. */
void *array_reserve(void *items, size_t *capacity, size_t need, size_t item_size, size_t max);

/* Appends: ARRAY_PUSH(list, count, capacity, max) = value; `list` is re-assigned. */
#define ARRAY_PUSH(items, count, capacity, max)                                                    \
    ((items) = array_reserve((items), &(capacity), (count) + 1, sizeof *(items), (max)),           \
     &(items)[(count)++])[0]

#endif
