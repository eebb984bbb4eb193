/* The best pattern of shares at given prices: an unbounded knapsack over one device. */
#include "base/check.h"
#include "capacity/bound_model.h"

enum { NOTHING = -1 };

struct knapsack {
    double best[PLENUM_DEVICE_MILLI + 1]; /* worth of the best set of at most so many thousandths */
    int32_t last[PLENUM_DEVICE_MILLI + 1]; /* the shape put last, or NOTHING: as one less */
};

/* What a share of the shape is worth on a device of the kind, over the cores, the memory and the
 * job that it uses up. */
static double share_worth(const struct bound_model *model, size_t kind, size_t shape,
                          const double *prices)
{
    const struct plenum_shape *asked = &model->trace->shapes[shape];
    const double *of_kind = prices + kind * BOUND_ROWS_OF_KIND;
    return asked->gpu_milli - of_kind[1] * (double)asked->cpu_milli -
           of_kind[2] * (double)asked->memory_mib - prices[bound_row_of_shape(model, shape)];
}

static void knapsack_add(struct knapsack *knapsack, int32_t shape, int32_t milli, double worth)
{
    for (int32_t at = milli; at <= PLENUM_DEVICE_MILLI; at++) {
        if (knapsack->best[at - milli] + worth > knapsack->best[at]) {
            knapsack->best[at] = knapsack->best[at - milli] + worth;
            knapsack->last[at] = shape;
        }
    }
}

/* Where a size is worth less than the one before it, it is worth as much. */
static void knapsack_level(struct knapsack *knapsack)
{
    for (int32_t at = 1; at <= PLENUM_DEVICE_MILLI; at++) {
        if (knapsack->best[at - 1] > knapsack->best[at]) {
            knapsack->best[at] = knapsack->best[at - 1];
            knapsack->last[at] = NOTHING;
        }
    }
}

static void column_add(struct bound_column *column, int row, double value)
{
    for (int i = 0; i < column->count; i++) {
        if (column->rows[i] == row) {
            column->values[i] += value;
            return;
        }
    }
    column->rows[column->count] = row;
    column->values[column->count++] = value;
}

static void column_of(const struct bound_model *model, size_t kind, const struct knapsack *knapsack,
                      struct bound_column *column)
{
    int row = (int)(kind * BOUND_ROWS_OF_KIND);
    column->count = 0;
    column->milli = 0;
    column_add(column, row, 1.0);
    for (int32_t at = PLENUM_DEVICE_MILLI; at > 0;) {
        if (knapsack->last[at] == NOTHING) {
            at--;
            continue;
        }
        size_t shape = (size_t)knapsack->last[at];
        const struct plenum_shape *asked = &model->trace->shapes[shape];
        column_add(column, row + 1, (double)asked->cpu_milli);
        column_add(column, row + 2, (double)asked->memory_mib);
        column_add(column, bound_row_of_shape(model, shape), 1.0);
        column->milli += asked->gpu_milli;
        at -= asked->gpu_milli;
    }
}

double bound_price(const struct bound_model *model, size_t kind, const double *prices,
                   struct bound_column *column)
{
    struct knapsack knapsack;
    for (int32_t at = 0; at <= PLENUM_DEVICE_MILLI; at++) {
        knapsack.best[at] = 0.0;
        knapsack.last[at] = NOTHING;
    }
    for (size_t shape = 0; shape < model->trace->shape_count; shape++) {
        const struct plenum_shape *asked = &model->trace->shapes[shape];
        if (asked->gpu_milli == PLENUM_DEVICE_MILLI || model->jobs[shape] == 0 ||
            !bound_holds(&model->kinds[kind], asked))
            continue;
        double worth = share_worth(model, kind, shape, prices);
        if (worth > 0)
            knapsack_add(&knapsack, (int32_t)shape, asked->gpu_milli, worth);
    }
    knapsack_level(&knapsack);
    column_of(model, kind, &knapsack, column);
    return knapsack.best[PLENUM_DEVICE_MILLI] - prices[kind * BOUND_ROWS_OF_KIND];
}
