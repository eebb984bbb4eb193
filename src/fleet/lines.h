/* Lines: a text file read whole, given out line by line, with places for error messages. */
#ifndef FLEET_LINES_H
#define FLEET_LINES_H

#include <plenum/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LINES_MAX_BYTES = 1 << 30 };

struct lines {
    const char *path; /* the caller's */
    char *data;
    char *rest;      /* after the line given last; NULL at the end */
    uint32_t number; /* of the line given last, from 1 */
};

/* Reads the file. PLENUM_IO or PLENUM_LIMIT with nothing to finish. */
PLENUM_MUST_USE enum plenum_status fleet_lines_open(struct lines *lines, const char *path,
                                                    struct plenum_error *error);
void fleet_lines_finish(struct lines *lines);
/* The next line without its end ("\n" or "\r\n"), or NULL at the end of the file. It may be
 * written to and lives until fleet_lines_finish. */
char *fleet_lines_next(struct lines *lines);
/* The same, passing over lines that are empty or begin with '#'. */
char *fleet_lines_next_filled(struct lines *lines);
/* PLENUM_INPUT: "path:line: found FOUND, expected EXPECTED". */
enum plenum_status fleet_lines_fail(const struct lines *lines, struct plenum_error *error,
                                    const char *found, const char *expected);
/* Reads a decimal number at *text and moves *text behind it; false where there is none or it
 * does not fit. */
bool fleet_lines_number(char **text, uint32_t *value);

#endif
