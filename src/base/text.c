#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"

/* Words longer than this are not compared: nobody means a key that long. */
enum { WORD_MAX = 63 };

bool text_to_u64(const char *text, uint64_t *value)
{
    uint64_t sum = 0;
    if (*text == '\0')
        return false;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9')
            return false;
        uint64_t digit = (uint64_t)(*text - '0');
        if (sum > (UINT64_MAX - digit) / 10)
            return false;
        sum = 10 * sum + digit;
    }
    *value = sum;
    return true;
}

bool text_to_i64(const char *text, int64_t *value)
{
    uint64_t size;
    bool negative = *text == '-';
    if (!text_to_u64(text + negative, &size))
        return false;
    if (size > (uint64_t)INT64_MAX + negative)
        return false;
    if (negative)
        *value = size == 0 ? 0 : -(int64_t)(size - 1) - 1;
    else
        *value = (int64_t)size;
    return true;
}

bool text_format(char *text, size_t size, const char *format, ...)
{
    CHECK(size > 0);
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, size, format, arguments);
    va_end(arguments);
    CHECK(length >= 0);
    return (size_t)length < size;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Optimal string alignment: insertions, deletions, substitutions, and swaps of neighbours, no
 * part edited twice (Boytsov, Indexing Methods for Approximate Dictionary Searching, 2011). */
static size_t text_distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t rows[3][WORD_MAX + 1];
    CHECK(a_length <= WORD_MAX && b_length <= WORD_MAX);
    for (size_t j = 0; j <= b_length; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i - 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            row[j] = least(above[j], row[j - 1]) + 1;
            row[j] = least(row[j], above[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], rows[(i - 2) % 3][j - 2] + 1);
        }
    }
    return rows[a_length % 3][b_length];
}

const char *text_nearest(const char *word, const char *const *candidates, size_t count)
{
    size_t length = strlen(word);
    if (length > WORD_MAX)
        return NULL;
    size_t bound = length / 3 > 1 ? length / 3 : 1;
    const char *nearest = NULL;
    for (size_t i = 0; i < count; i++) {
        size_t candidate_length = strlen(candidates[i]);
        if (candidate_length > WORD_MAX)
            continue;
        size_t distance = text_distance(word, length, candidates[i], candidate_length);
        if (distance > bound || (nearest && distance == bound))
            continue;
        nearest = candidates[i];
        bound = distance;
    }
    return nearest;
}
