/* See match_sparse.h. */
#include "fleet/match_sparse.h"

#include "base/memory.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Dearer than any set of pairs: what it costs to go without. */
#define WITHOUT ((int64_t)1 << 52)

void match_list_init(struct match_list *list, uint32_t rows_max, uint32_t each)
{
    size_t pairs = (size_t)rows_max * each;
    *list = (struct match_list){.each = each,
                                .first = memory_new((size_t)rows_max + 1, sizeof *list->first),
                                .column = memory_new(pairs, sizeof *list->column),
                                .cost = memory_new(pairs, sizeof *list->cost)};
}

void match_list_finish(struct match_list *list)
{
    free(list->first);
    free(list->column);
    free(list->cost);
    *list = (struct match_list){0};
}

void match_list_clear(struct match_list *list)
{
    list->rows = 0;
}

void match_list_row(struct match_list *list)
{
    list->rows++;
    list->first[list->rows] = list->first[list->rows - 1];
}

void match_list_offer(struct match_list *list, uint32_t column, uint32_t cost)
{
    uint32_t begin = list->first[list->rows - 1], end = list->first[list->rows];
    if (end - begin == list->each) {
        if (cost >= list->cost[end - 1]) {
            return;
        }
        end--;
    }
    list->first[list->rows] = end + 1;
    for (; end > begin && list->cost[end - 1] > cost; end--) {
        list->column[end] = list->column[end - 1];
        list->cost[end] = list->cost[end - 1];
    }
    list->column[end] = column;
    list->cost[end] = cost;
}

struct reached {
    int64_t length;
    uint32_t column;
};

/* 1. cost(pair) >= row_price[row] + column_price[column], equal for matched pairs;
 * 2. row_price[row] <= WITHOUT, equal for a row that goes without; column_price[column] <= 0, equal
 *    for a column that nobody holds;
 * 3. holder[held[row]] = row, and held[holder[column]] = column. */
struct sparse {
    const struct match_list *list;
    int64_t *row_price, *column_price;
    uint32_t *held, *holder; /* MATCH_NONE: none */
    int64_t *reach;          /* of a column: the shortest path found to it, or INT64_MAX */
    uint32_t *before;        /* of a reached column: the row that reached it */
    uint8_t *done;           /* the path to it is the shortest that there is */
    uint32_t *touched;       /* columns that are reached */
    uint32_t touched_count;
    struct reached *heap; /* shortest first; a column may be in it more than once */
    size_t heap_count;
};

static bool reached_before(struct reached a, struct reached b)
{
    return a.length != b.length ? a.length < b.length : a.column < b.column;
}

static void heap_push(struct sparse *sparse, struct reached entry)
{
    size_t at = sparse->heap_count++;
    while (at > 0 && reached_before(entry, sparse->heap[(at - 1) / 2])) {
        sparse->heap[at] = sparse->heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    sparse->heap[at] = entry;
}

static struct reached heap_pop(struct sparse *sparse)
{
    struct reached top = sparse->heap[0], last = sparse->heap[--sparse->heap_count];
    size_t at = 0, below;
    while ((below = 2 * at + 1) < sparse->heap_count) {
        if (below + 1 < sparse->heap_count &&
            reached_before(sparse->heap[below + 1], sparse->heap[below])) {
            below++;
        }
        if (!reached_before(sparse->heap[below], last)) {
            break;
        }
        sparse->heap[at] = sparse->heap[below];
        at = below;
    }
    sparse->heap[at] = last;
    return top;
}

/* The nearest column that is not done, into it; false when no other can be reached. */
static bool nearest_column(struct sparse *sparse, struct reached *nearest)
{
    while (sparse->heap_count > 0) {
        *nearest = heap_pop(sparse);
        if (!sparse->done[nearest->column]) {
            return true;
        }
    }
    return false;
}

/* From a row that the path comes to after `length`. */
static void reach_from(struct sparse *sparse, uint32_t row, int64_t length)
{
    const struct match_list *list = sparse->list;
    for (uint32_t pair = list->first[row]; pair < list->first[row + 1]; pair++) {
        uint32_t column = list->column[pair];
        int64_t reach = length + (int64_t)list->cost[pair] - sparse->row_price[row] -
                        sparse->column_price[column];
        if (reach >= sparse->reach[column]) {
            continue;
        }
        if (sparse->reach[column] == INT64_MAX) {
            sparse->touched[sparse->touched_count++] = column;
        }
        sparse->reach[column] = reach;
        sparse->before[column] = row;
        heap_push(sparse, (struct reached){reach, column});
    }
}

/* The columns along the path move one row on; the last one is `column`. */
static void move_along(struct sparse *sparse, uint32_t row, uint32_t column)
{
    uint32_t by;
    do {
        by = sparse->before[column];
        uint32_t next = sparse->held[by];
        sparse->holder[column] = by;
        sparse->held[by] = column;
        column = next;
    } while (by != row);
}

/* Keeps invariants 1 and 2 after a path of `length` from the row, and forgets what was reached. */
static void settle_prices(struct sparse *sparse, uint32_t row, int64_t length)
{
    sparse->row_price[row] += length;
    for (uint32_t i = 0; i < sparse->touched_count; i++) {
        uint32_t column = sparse->touched[i];
        if (sparse->done[column]) {
            int64_t less = length - sparse->reach[column];
            sparse->row_price[sparse->holder[column]] += less;
            sparse->column_price[column] -= less;
            sparse->done[column] = 0;
        }
        sparse->reach[column] = INT64_MAX;
    }
    sparse->touched_count = 0;
    sparse->heap_count = 0;
}

/* The shortest path from a row to a column that nobody holds, or to a row that goes without. */
static void place_row(struct sparse *sparse, uint32_t row)
{
    uint32_t at = row, poorest = row;
    int64_t length = 0, least = WITHOUT - sparse->row_price[row];
    struct reached nearest = {0};
    bool found;
    for (;;) {
        reach_from(sparse, at, length);
        if (length + WITHOUT - sparse->row_price[at] < least) {
            least = length + WITHOUT - sparse->row_price[at];
            poorest = at;
        }
        found = nearest_column(sparse, &nearest) && nearest.length <= least;
        if (!found || sparse->holder[nearest.column] == MATCH_NONE) {
            break;
        }
        length = nearest.length;
        sparse->done[nearest.column] = 1;
        at = sparse->holder[nearest.column];
    }
    settle_prices(sparse, row, found ? nearest.length : least);
    if (found) {
        move_along(sparse, row, nearest.column);
    } else if (poorest != row) {
        uint32_t column = sparse->held[poorest];
        sparse->held[poorest] = MATCH_NONE;
        move_along(sparse, row, column);
    }
}

/* Each row takes its cheapest column where nobody has it yet. */
static void take_cheapest(struct sparse *sparse)
{
    const struct match_list *list = sparse->list;
    for (uint32_t row = 0; row < list->rows; row++) {
        uint32_t first = list->first[row];
        bool none = first == list->first[row + 1];
        sparse->row_price[row] = none ? WITHOUT : (int64_t)list->cost[first];
        if (!none && sparse->holder[list->column[first]] == MATCH_NONE) {
            sparse->held[row] = list->column[first];
            sparse->holder[list->column[first]] = row;
        }
    }
}

static void sparse_init(struct sparse *sparse, const struct match_list *list, uint32_t columns)
{
    size_t pairs = list->first[list->rows];
    *sparse = (struct sparse){
        .list = list,
        .row_price = memory_new(list->rows, sizeof *sparse->row_price),
        .column_price = memory_new(columns, sizeof *sparse->column_price),
        .holder = memory_new(columns, sizeof *sparse->holder),
        .reach = memory_new(columns, sizeof *sparse->reach),
        .before = memory_new(columns, sizeof *sparse->before),
        .done = memory_new(columns, 1),
        .touched = memory_new(columns, sizeof *sparse->touched),
        .heap = memory_new(pairs, sizeof *sparse->heap),
    };
    memset(sparse->holder, 0xff, columns * sizeof *sparse->holder);
    for (uint32_t column = 0; column < columns; column++) {
        sparse->reach[column] = INT64_MAX;
    }
}

static void sparse_finish(struct sparse *sparse)
{
    free(sparse->row_price);
    free(sparse->column_price);
    free(sparse->holder);
    free(sparse->reach);
    free(sparse->before);
    free(sparse->done);
    free(sparse->touched);
    free(sparse->heap);
}

void match_sparse(const struct match_list *list, uint32_t columns, uint32_t *chosen,
                  int64_t *prices)
{
    struct sparse sparse;
    sparse_init(&sparse, list, columns);
    sparse.held = chosen;
    memset(chosen, 0xff, list->rows * sizeof *chosen);
    take_cheapest(&sparse);
    for (uint32_t row = 0; row < list->rows; row++) {
        if (chosen[row] == MATCH_NONE && list->first[row] < list->first[row + 1]) {
            place_row(&sparse, row);
        }
    }
    if (prices) {
        memcpy(prices, sparse.column_price, columns * sizeof *prices);
    }
    sparse_finish(&sparse);
}
