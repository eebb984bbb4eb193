/* See match.h. */
#include "fleet/match.h"

#include "base/memory.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Dearer than any set of pairs: what it costs to go without. */
#define WITHOUT ((int64_t)1 << 52)

/* Columns are the real ones and, after them, one for each row to go without.
 *   1. cost(row, column) >= row_price[row] + column_price[column], equal for matched pairs;
 *   2. holder[column] is the row matched to it, or MATCH_NONE. */
struct match {
    uint32_t rows, columns, wide;
    const uint32_t *cost;
    int64_t *row_price, *column_price;
    uint32_t *holder;
    int64_t *reach;   /* of a column: the length of the shortest path found to it */
    uint32_t *before; /* the column before it on that path, or MATCH_NONE: the path's row */
    uint8_t *done;
};

static int64_t pair_cost(const struct match *match, uint32_t row, uint32_t column)
{
    if (column >= match->columns) {
        return WITHOUT;
    }
    uint32_t cost = match->cost[(size_t)row * match->columns + column];
    return cost == MATCH_NONE ? 4 * WITHOUT : (int64_t)cost;
}

/* From a row, by way of a column that it holds, looks at all columns; returns the nearest one. */
static uint32_t match_look(struct match *match, uint32_t row, uint32_t by, int64_t length)
{
    uint32_t nearest = MATCH_NONE;
    for (uint32_t column = 0; column < match->wide; column++) {
        if (match->done[column] || (column >= match->columns && column - match->columns != row &&
                                    match->reach[column] == INT64_MAX)) {
            continue;
        }
        bool own = column < match->columns || column - match->columns == row;
        int64_t reach = own ? length + pair_cost(match, row, column) - match->row_price[row] -
                                  match->column_price[column]
                            : INT64_MAX;
        if (reach < match->reach[column]) {
            match->reach[column] = reach;
            match->before[column] = by;
        }
        if (nearest == MATCH_NONE || match->reach[column] < match->reach[nearest]) {
            nearest = column;
        }
    }
    return nearest;
}

/* Finds the shortest path from a row to a column that nobody holds, and moves the columns along
 * it. */
static void match_row(struct match *match, uint32_t row)
{
    for (uint32_t column = 0; column < match->wide; column++) {
        match->reach[column] = INT64_MAX;
        match->done[column] = 0;
    }
    uint32_t at = row, by = MATCH_NONE;
    int64_t length = 0;
    for (;;) {
        uint32_t column = match_look(match, at, by, length);
        length = match->reach[column];
        match->done[column] = 1;
        by = column;
        if (match->holder[column] == MATCH_NONE) {
            break;
        }
        at = match->holder[column];
    }
    match->row_price[row] += length;
    for (uint32_t column = 0; column < match->wide; column++) {
        if (match->done[column] && column != by) {
            match->row_price[match->holder[column]] += length - match->reach[column];
            match->column_price[column] -= length - match->reach[column];
        }
    }
    while (by != MATCH_NONE) {
        uint32_t before = match->before[by];
        match->holder[by] = before == MATCH_NONE ? row : match->holder[before];
        by = before;
    }
}

void match_exact(uint32_t rows, uint32_t columns, const uint32_t *cost, uint32_t *chosen)
{
    struct match match = {.rows = rows, .columns = columns, .wide = columns + rows, .cost = cost};
    match.row_price = memory_new(rows, sizeof *match.row_price);
    match.column_price = memory_new(match.wide, sizeof *match.column_price);
    match.holder = memory_new(match.wide, sizeof *match.holder);
    match.reach = memory_new(match.wide, sizeof *match.reach);
    match.before = memory_new(match.wide, sizeof *match.before);
    match.done = memory_new(match.wide, 1);
    memset(match.holder, 0xff, match.wide * sizeof *match.holder);
    for (uint32_t row = 0; row < rows; row++) {
        match_row(&match, row);
        chosen[row] = MATCH_NONE;
    }
    for (uint32_t column = 0; column < columns; column++) {
        uint32_t row = match.holder[column];
        if (row != MATCH_NONE && pair_cost(&match, row, column) < WITHOUT) {
            chosen[row] = column;
        }
    }
    free(match.row_price);
    free(match.column_price);
    free(match.holder);
    free(match.reach);
    free(match.before);
    free(match.done);
}

void match_rest(uint32_t rows, uint32_t columns, const uint32_t *cost, uint32_t *chosen)
{
    uint8_t *taken = memory_new(columns, 1);
    for (uint32_t row = 0; row < rows; row++) {
        if (chosen[row] != MATCH_NONE) {
            taken[chosen[row]] = 1;
        }
    }
    for (uint32_t row = 0; row < rows; row++) {
        uint32_t best = MATCH_NONE, least = MATCH_NONE;
        for (uint32_t column = 0; column < columns && chosen[row] == MATCH_NONE; column++) {
            if (!taken[column] && cost[(size_t)row * columns + column] < least) {
                best = column;
                least = cost[(size_t)row * columns + column];
            }
        }
        if (best != MATCH_NONE) {
            chosen[row] = best;
            taken[best] = 1;
        }
    }
    free(taken);
}
