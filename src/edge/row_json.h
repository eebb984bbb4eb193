/* Rows of a journal as JSON, for the command line and for clients alike. */
#ifndef EDGE_ROW_JSON_H
#define EDGE_ROW_JSON_H

#include <plenum/journal.h>

#include <jansson.h>

enum { ROW_OPS_SHOWN = 100 }; /* to clients */

/* An operation whole, but moves and volumes, which are counted. The caller's to release. */
json_t *op_json(const struct plenum_op *op);
/* The row with the first ops_max of its operations, and their number as "ops_count" where there are
 * more. The caller's to release. */
json_t *row_json(const struct plenum_site *site, const struct plenum_journal_row *row,
                 size_t ops_max);

#endif
