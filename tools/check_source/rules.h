/* The rules. Each looks at one source and adds what it finds to the report. */
#ifndef CHECK_SOURCE_RULES_H
#define CHECK_SOURCE_RULES_H

#include "source.h"

enum { COLUMNS_MAX = 100, FUNCTION_LINES_MAX = 70 };

/* Every rule below, in this order. */
void check_source(const struct source *source, struct report *report);

/* A room includes only rooms below it; the planners do not include each other. */
void check_includes(const struct source *source, struct report *report);
/* Nothing is called that the table of rule_calls.c bans there. */
void check_calls(const struct source *source, struct report *report);
/* Lines fit in COLUMNS_MAX, have no tab, no carriage return and no space at their end; the file
 * ends with a line end. */
void check_lines(const struct source *source, struct report *report);
/* A C file starts with a comment that says what it is, or with its own header, which
 * does. Tests may leave it out. */
void check_header_comment(const struct source *source, struct report *report);
/* What is left to do has the number of its issue. */
void check_marks(const struct source *source, struct report *report);
/* From its opening brace to its closing one a function has at most FUNCTION_LINES_MAX lines. The
 * braces are those that stand alone in the first column, as clang-format puts them. */
void check_functions(const struct source *source, struct report *report);

#endif
