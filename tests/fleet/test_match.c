/* Matching robots and tasks: against all that could be tried, and against the proof in prices. */
#include "base/memory.h"
#include "base/random.h"
#include "fleet/match_sparse.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { TRIED_MAX = 6, ROWS_MAX = 60, COLUMNS_MAX = 90, NEAR = 16 };

static const uint64_t WITHOUT = UINT64_C(1) << 40;

/* The least cost of matching rows from `row` on, by trying everything; going without costs much. */
static uint64_t match_by_trying(uint32_t rows, uint32_t columns, const uint32_t *cost, uint32_t row,
                                uint32_t used)
{
    if (row == rows) {
        return 0;
    }
    uint64_t least = WITHOUT + match_by_trying(rows, columns, cost, row + 1, used);
    for (uint32_t column = 0; column < columns; column++) {
        uint32_t price = cost[row * columns + column];
        if ((used >> column & 1) == 0 && price != MATCH_NONE) {
            uint64_t rest = match_by_trying(rows, columns, cost, row + 1, used | 1u << column);
            least = price + rest < least ? price + rest : least;
        }
    }
    return least;
}

/* What a choice costs; it has no column twice and no pair that is not allowed. */
static uint64_t choice_cost(uint32_t rows, uint32_t columns, const uint32_t *cost,
                            const uint32_t *chosen)
{
    uint64_t total = 0;
    bool used[COLUMNS_MAX] = {0};
    for (uint32_t row = 0; row < rows; row++) {
        if (chosen[row] == MATCH_NONE) {
            total += WITHOUT;
            continue;
        }
        assert_true(chosen[row] < columns);
        assert_false(used[chosen[row]]);
        used[chosen[row]] = true;
        assert_int_not_equal(cost[row * columns + chosen[row]], MATCH_NONE);
        total += cost[row * columns + chosen[row]];
    }
    return total;
}

/* The cheapest pairs of each row; those that are not listed leave the costs, where told so. */
static void list_pairs(struct match_list *list, uint32_t rows, uint32_t columns, uint32_t *cost,
                       bool forget)
{
    match_list_clear(list);
    for (uint32_t row = 0; row < rows; row++) {
        uint32_t kept[COLUMNS_MAX];
        match_list_row(list);
        for (uint32_t column = 0; column < columns; column++) {
            kept[column] = MATCH_NONE;
            if (cost[row * columns + column] != MATCH_NONE) {
                match_list_offer(list, column, cost[row * columns + column]);
            }
        }
        for (uint32_t pair = list->first[row]; pair < list->first[row + 1]; pair++) {
            kept[list->column[pair]] = list->cost[pair];
        }
        if (forget) {
            memcpy(cost + (size_t)row * columns, kept, columns * sizeof *kept);
        }
    }
}

static void random_costs(struct random *random, uint32_t count, uint32_t below, uint32_t *cost)
{
    uint32_t none_ppm = (uint32_t)random_below(random, 600000);
    for (uint32_t i = 0; i < count; i++) {
        bool none = random_chance_ppm(random, none_ppm) != 0;
        cost[i] = none ? MATCH_NONE : (uint32_t)random_below(random, below);
    }
}

static void test_matching_is_the_least(void **state)
{
    (void)state;
    struct match_list list;
    match_list_init(&list, TRIED_MAX, TRIED_MAX);
    for (uint64_t seed = 1; seed <= 400; seed++) {
        struct random random;
        random_init(&random, seed);
        uint32_t rows = (uint32_t)random_between(&random, 1, TRIED_MAX);
        uint32_t columns = (uint32_t)random_between(&random, 1, TRIED_MAX);
        uint32_t cost[TRIED_MAX * TRIED_MAX], chosen[TRIED_MAX];
        random_costs(&random, rows * columns, seed % 2 ? 100 : 6, cost);
        uint64_t least = match_by_trying(rows, columns, cost, 0, 0);
        match_exact(rows, columns, cost, chosen);
        assert_int_equal(choice_cost(rows, columns, cost, chosen), least);
        list_pairs(&list, rows, columns, cost, false);
        match_sparse(&list, columns, chosen, NULL);
        assert_int_equal(choice_cost(rows, columns, cost, chosen), least);
        memset(chosen, 0xff, sizeof chosen);
        match_rest(rows, columns, cost, chosen);
        assert_true(choice_cost(rows, columns, cost, chosen) >= least);
    }
    match_list_finish(&list);
}

static void test_sparse_is_exact_on_what_is_listed(void **state)
{
    (void)state;
    struct match_list list;
    for (uint64_t seed = 1; seed <= 200; seed++) {
        struct random random;
        random_init(&random, seed);
        uint32_t rows = (uint32_t)random_between(&random, 1, ROWS_MAX);
        uint32_t columns = (uint32_t)random_between(&random, 1, COLUMNS_MAX);
        static uint32_t cost[ROWS_MAX * COLUMNS_MAX];
        uint32_t exact[ROWS_MAX], chosen[ROWS_MAX];
        random_costs(&random, rows * columns, seed % 2 ? 1000 : 10, cost);
        match_list_init(&list, rows, (uint32_t)random_between(&random, 1, 12));
        list_pairs(&list, rows, columns, cost, true);
        match_exact(rows, columns, cost, exact);
        match_sparse(&list, columns, chosen, NULL);
        assert_int_equal(choice_cost(rows, columns, cost, chosen),
                         choice_cost(rows, columns, cost, exact));
        match_list_finish(&list);
    }
}

/* Robots and tasks on a square of 40 x 40 places; costs are steps between them, times ten. */
static void places(struct random *random, uint32_t rows, uint32_t columns, uint32_t *cost)
{
    int at[ROWS_MAX + COLUMNS_MAX][2] = {{0}};
    for (uint32_t i = 0; i < rows + columns; i++) {
        at[i][0] = (int)random_below(random, 40);
        at[i][1] = (int)random_below(random, 40);
    }
    for (uint32_t row = 0; row < rows; row++) {
        for (uint32_t column = 0; column < columns; column++) {
            cost[row * columns + column] = 10 * (uint32_t)(abs(at[row][0] - at[rows + column][0]) +
                                                           abs(at[row][1] - at[rows + column][1]));
        }
    }
}

/* No matching can cost less than this, whatever the prices are, if none is above 0. */
static int64_t bound_of(uint32_t rows, uint32_t columns, const uint32_t *cost,
                        const int64_t *prices)
{
    int64_t bound = 0;
    for (uint32_t column = 0; column < columns; column++) {
        assert_true(prices[column] <= 0);
        bound += prices[column];
    }
    for (uint32_t row = 0; row < rows; row++) {
        int64_t least = INT64_MAX;
        for (uint32_t column = 0; column < columns; column++) {
            int64_t reduced = (int64_t)cost[row * columns + column] - prices[column];
            least = reduced < least ? reduced : least;
        }
        bound += least;
    }
    return bound;
}

/* All pairs listed: the prices prove that nothing is better. The nearest few listed: within 1 %,
 * where rows that choose one by one pay more than that. */
static void test_prices_prove_the_least(void **state)
{
    (void)state;
    struct match_list all, near;
    uint64_t least = 0, nearly = 0, one_by_one = 0;
    match_list_init(&all, ROWS_MAX, COLUMNS_MAX);
    match_list_init(&near, ROWS_MAX, NEAR);
    for (uint64_t seed = 1; seed <= 60; seed++) {
        struct random random;
        random_init(&random, seed);
        uint32_t rows = (uint32_t)random_between(&random, 30, ROWS_MAX);
        uint32_t columns = (uint32_t)random_between(&random, ROWS_MAX, COLUMNS_MAX);
        static uint32_t cost[ROWS_MAX * COLUMNS_MAX];
        uint32_t chosen[ROWS_MAX];
        int64_t prices[COLUMNS_MAX];
        places(&random, rows, columns, cost);
        list_pairs(&all, rows, columns, cost, false);
        match_sparse(&all, columns, chosen, prices);
        uint64_t total = choice_cost(rows, columns, cost, chosen);
        assert_int_equal(bound_of(rows, columns, cost, prices), total);
        least += total;
        list_pairs(&near, rows, columns, cost, false);
        match_sparse(&near, columns, chosen, prices);
        nearly += choice_cost(rows, columns, cost, chosen);
        assert_true(bound_of(rows, columns, cost, prices) <= (int64_t)total);
        memset(chosen, 0xff, sizeof chosen);
        match_rest(rows, columns, cost, chosen);
        one_by_one += choice_cost(rows, columns, cost, chosen);
    }
    print_message("over the least: the %d nearest of each %.2f %%, one by one %.2f %%\n", NEAR,
                  100.0 * (double)(nearly - least) / (double)least,
                  100.0 * (double)(one_by_one - least) / (double)least);
    assert_true(nearly * 100 <= least * 101);
    assert_true(one_by_one * 100 > least * 101);
    match_list_finish(&all);
    match_list_finish(&near);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_matching_is_the_least),
        cmocka_unit_test(test_sparse_is_exact_on_what_is_listed),
        cmocka_unit_test(test_prices_prove_the_least),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
