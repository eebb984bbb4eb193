/* Names: an index from text to number, for files that name things. The text is not copied: it must
 * outlive the index. */
#ifndef CAPACITY_TRACE_NAMES_H
#define CAPACITY_TRACE_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct names_slot;

struct names {
    struct names_slot *slots; /* open addressing, a power of two, at most half full */
    size_t capacity, count;
};

void names_init(struct names *names, size_t expected);
void names_finish(struct names *names);
/* False where the name is there already; nothing changes then. */
bool names_add(struct names *names, const char *name, uint32_t value);
bool names_find(const struct names *names, const char *name, uint32_t *value);

#endif
