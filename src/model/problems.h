/* Problems: what is wrong with a site file, gathered so that all is told at once.
 *
 * 1. Every text a problem points to is owned by the list.
 * 2. At most LIMIT_PROBLEMS are kept; the rest is counted and told in one line. */
#ifndef MODEL_PROBLEMS_H
#define MODEL_PROBLEMS_H

#include "model/sources.h"

/* line 0 where there is no place in the file. */
void problems_add(struct plenum_problems *problems, const struct source *source, int32_t line,
                  int32_t column, const char *what, const char *found, const char *expected);
/* Orders by file, line, column and drops what was said twice. */
void problems_sort(struct plenum_problems *problems);

#endif
