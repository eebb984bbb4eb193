/* Match, sparse: match_exact where few of all pairs are allowed, as when each of ten thousand
 * robots looks at the tasks near it.
 *
 * Shortest augmenting paths with prices, each found with a heap and no farther than its end (see
 * match.h). The time follows the pairs that lie near where robots want the same.
 *
 * Prices prove the result: with p(column) <= 0, no matching of any pairs costs less than the sum of
 * all p(column) and of each row's least cost(row, column) - p(column). */
#ifndef FLEET_MATCH_SPARSE_H
#define FLEET_MATCH_SPARSE_H

#include "fleet/match.h"

/* Of each row, its few cheapest columns, cheapest first. */
struct match_list {
    uint32_t rows, each; /* rows begun; pairs of a row at most */
    uint32_t *first;     /* pairs of a row: first[row] .. first[row + 1] - 1 */
    uint32_t *column, *cost;
};

void match_list_init(struct match_list *list, uint32_t rows_max, uint32_t each);
void match_list_finish(struct match_list *list);
void match_list_clear(struct match_list *list);
/* The rows are begun in order; a column is offered once to a row, at a cost below 2^31. */
void match_list_row(struct match_list *list);
void match_list_offer(struct match_list *list, uint32_t column, uint32_t cost);

/* As match_exact, of the listed pairs. prices: of each column, or NULL. */
void match_sparse(const struct match_list *list, uint32_t columns, uint32_t *chosen,
                  int64_t *prices);

#endif
