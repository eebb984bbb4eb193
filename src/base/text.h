/* Text helpers. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <plenum/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A whole decimal number, nothing before or after it; false on anything else and on overflow. */
bool text_to_i64(const char *text, int64_t *value);
bool text_to_u64(const char *text, uint64_t *value);
/* snprintf that always ends the text and says whether it fitted. */
bool text_format(char *text, size_t size, const char *format, ...) PLENUM_PRINTF(3, 4);
/* The candidate nearest to word (optimal string alignment distance at most a third of the
 * word's length, at least 1), or NULL: for "did you mean". */
const char *text_nearest(const char *word, const char *const *candidates, size_t count);

#endif
