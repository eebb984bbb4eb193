/* Lines: reads a text line by line and splits each into fields at commas, in place. Fields have no
 * quotes (none of the files read here has). Ends of line are LF or CR LF; empty lines are left
 * out; the byte order mark of UTF-8 at the start is left out. */
#ifndef CAPACITY_TRACE_LINES_H
#define CAPACITY_TRACE_LINES_H

#include <plenum/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LINES_FIELDS_MAX = 16, LINES_FILE_MAX_BYTES = 2000000000 };

struct lines {
    const char *file; /* its name, for errors */
    char *next;
    size_t number; /* of the line in fields, from 1 */
    char *fields[LINES_FIELDS_MAX];
    size_t count;
};

/* The whole file as text that the caller frees. */
PLENUM_MUST_USE enum plenum_status lines_load(const char *path, char **text,
                                              struct plenum_error *error);
/* text is changed while it is read and must outlive every field kept of it. */
void lines_init(struct lines *lines, const char *file, char *text);
/* False at the end. A line of more than LINES_FIELDS_MAX fields has count LINES_FIELDS_MAX + 1. */
bool lines_next(struct lines *lines);

#endif
