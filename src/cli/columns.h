/* Columns: a table for people. Cells are put row by row; when all are there it is printed, each
 * column as wide as its widest cell, two spaces between, no space at a line's end.
 *
 * What is printed to a terminal is cut to its width and has states in colour; what is printed to
 * anything else is whole and plain, so that other programs find columns where they were. A control
 * character in a cell becomes '?': what a site or a client is called cannot steer a terminal. */
#ifndef CLI_COLUMNS_H
#define CLI_COLUMNS_H

#include <plenum/error.h>
#include <stdbool.h>
#include <stdio.h>

struct column {
    const char *title;
    bool right; /* numbers */
    bool state; /* coloured by what its cells say */
};

struct style {
    int width; /* of the terminal; 0: it is none */
    bool colour;
};

struct columns {
    const struct column *heads;
    size_t count;
    char **cells; /* row by row */
    size_t cell_count, capacity;
};

enum { COLUMNS_MAX = 24 };

/* How to print to a descriptor: colour where it is a terminal and NO_COLOR (no-color.org) is not
 * set, TERM not dumb. */
struct style style_of(int descriptor);
/* Starts and ends what a state's word is coloured with; both empty where there is no colour. */
const char *style_state(struct style style, const char *state);
const char *style_end(struct style style);

/* heads must outlive it. */
void columns_init(struct columns *columns, const struct column *heads, size_t count);
void columns_finish(struct columns *columns);
/* The next cell. */
void columns_put(struct columns *columns, const char *format, ...) PLENUM_PRINTF(2, 3);
/* All rows, under their titles where a column has one. */
void columns_print(const struct columns *columns, struct style style, FILE *out);

/* Makes every control character of UTF-8 text a '?'. Returns text. */
char *make_plain(char *text);

#endif
