/* A row of a journal as a line for people: from a file or from a server, it looks the same. */
#ifndef CLI_ROW_LINE_H
#define CLI_ROW_LINE_H

#include <jansson.h>
#include <plenum/error.h>
#include <stdbool.h>
#include <stdio.h>

enum { ROW_LINE_OPS = 4 };

/* "seq time kind actor taken|refused reason; operations", of row_json's object. Columns of the line
 * over width are left out; 0: none is. */
void row_line_put(const json_t *row, int width, FILE *out);
/* Whether a kind is the one that is wanted ("rack.place"), or one of those about it ("rack"). NULL
 * is all of them. */
bool row_kind_fits(const char *kind, const char *wanted);
/* PLENUM_INPUT where no kind fits. */
enum plenum_status row_kind_check(const char *wanted, struct plenum_error *error) PLENUM_MUST_USE;

#endif
