/* A source file as three texts of the same length and with the same line ends: `text` is all of it;
 * `code` has spaces for comments and for what stands within quotes; `comments` has spaces for all
 * that is not a comment. For files that are not C the code is empty and so are the comments. */
#ifndef CHECK_SOURCE_SOURCE_H
#define CHECK_SOURCE_SOURCE_H

#include <plenum/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct source {
    const char *path; /* from the top of the tree; not owned */
    char *text;       /* ends with a NUL that is not counted */
    char *code;
    char *comments;
    size_t length;
    bool is_c;
};

/* One line of a source; the pointers are into its texts, the length leaves the line end out. */
struct source_line {
    int number; /* from 1 */
    size_t length;
    const char *text;
    const char *code;
    const char *comments;
    size_t next; /* offset of the line after it */
};

/* Copies text. */
void source_init(struct source *source, const char *path, const char *text, size_t length);
void source_finish(struct source *source);
/* For each line: struct source_line line = {0}; while (source_next_line(source, &line)) ... */
bool source_next_line(const struct source *source, struct source_line *line);
bool source_is_under(const struct source *source, const char *folder);

/* What was found. */
struct report {
    FILE *file;
    size_t found;
};

/* Writes "path:line: text". */
void report_add(struct report *report, const struct source *source, int line, const char *format,
                ...) PLENUM_PRINTF(4, 5);

#endif
