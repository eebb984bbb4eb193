/* Match: who gets what at the least total cost, exactly.
 *
 * Shortest augmenting paths with prices (Kuhn: The Hungarian Method, 1955; Jonker, Volgenant: A
 * Shortest Augmenting Path Algorithm for Dense and Sparse Linear Assignment Problems, Computing
 * 38, 1987). Time rows^2 * columns at worst. */
#ifndef FLEET_MATCH_H
#define FLEET_MATCH_H

#include <stdint.h>

#define MATCH_NONE UINT32_MAX

/* cost[row * columns + column], or MATCH_NONE where the pair is not allowed. Sets chosen[row] to a
 * column, no column twice, or to MATCH_NONE. As many rows as possible get one; of those choices
 * the total cost is the least. Costs are below 2^31. */
void match_exact(uint32_t rows, uint32_t columns, const uint32_t *cost, uint32_t *chosen);

/* Row by row, those without a column take the cheapest that no row has yet. */
void match_rest(uint32_t rows, uint32_t columns, const uint32_t *cost, uint32_t *chosen);

#endif
