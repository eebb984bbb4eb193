/* Bound model: the linear programme behind plenum_pack_bound.
 *
 * Maximise the accelerators given out, in thousandths, over
 *   x(s, k): jobs of shape s, which asks for whole devices, on servers of kind k;
 *   y(p, k): devices of kind k that carry pattern p, a set of shares of at most 1000 together;
 * so that
 *   for each kind: devices, cores and memory used <= those of all its servers (3 rows);
 *   for each shape: jobs placed <= jobs that arrive (1 row).
 * There are too many patterns to write down: those that improve the answer are made one after the
 * other, from the prices of the rows, by a knapsack. When none improves it, it is the answer. */
#ifndef CAPACITY_BOUND_MODEL_H
#define CAPACITY_BOUND_MODEL_H

#include <plenum/capacity.h>

enum { BOUND_ROWS_OF_KIND = 3, BOUND_ROUNDS_MAX = 2000 };

/* Servers that are alike. */
struct bound_kind {
    struct plenum_trace_server server;
    int64_t count;
};

struct bound_model {
    const struct plenum_trace *trace;
    struct bound_kind *kinds;
    size_t kind_count;
    int64_t *jobs; /* that arrive, by shape */
};

/* Rows in the order above: kinds first, then shapes. */
static inline int bound_row_of_shape(const struct bound_model *model, size_t shape)
{
    return (int)(model->kind_count * BOUND_ROWS_OF_KIND + shape);
}

/* A column: rows and their figures. */
struct bound_column {
    int *rows;
    double *values;
    int count;
    double milli; /* what one of it gives out */
};

/* Can a server of the kind hold a job of the shape at all? */
bool bound_holds(const struct bound_kind *kind, const struct plenum_shape *shape);

/* The pattern of shares that is worth most on one device of the kind at these prices (of all rows,
 * 0 or more). Fills the column, which has room for all rows, and returns how much it is worth over
 * what it uses; the column is worth adding where that is more than nothing. */
double bound_price(const struct bound_model *model, size_t kind, const double *prices,
                   struct bound_column *column);

/* Solves the programme. LIMIT where the solver gives up. */
PLENUM_MUST_USE enum plenum_status bound_solve(const struct bound_model *model,
                                               struct plenum_pack_bound *bound,
                                               struct plenum_error *error);

#endif
