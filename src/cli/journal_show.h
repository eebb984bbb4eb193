/* How a row of a journal is shown: for people, and for programs. */
#ifndef CLI_JOURNAL_SHOW_H
#define CLI_JOURNAL_SHOW_H

#include <plenum/journal.h>

/* "seq time kind actor taken|refused reason; operations", as one line on stdout. */
void show_row(const struct plenum_site *site, const struct plenum_journal_row *row);
/* The same as one JSON object, with every operation whole but moves and volumes, which are
 * counted. */
void show_row_json(const struct plenum_site *site, const struct plenum_journal_row *row);

#endif
