/* Solves the programme of bound_model.h with Clp (COIN-OR), through its C interface. */
#include "base/check.h"
#include "base/memory.h"
#include "capacity/bound_model.h"

#include <stdlib.h>

#ifdef PLENUM_CLP

#include <coin/Clp_C_Interface.h>
#include <float.h>

/* What a pattern must be worth more, in thousandths of a device, to be added. */
static const double worth_more = 1e-6;

struct solver {
    const struct bound_model *model;
    Clp_Simplex *clp;
    size_t rows;
    double *prices;
    struct bound_column column;
    int32_t patterns;
};

static void rows_add(struct solver *solver)
{
    const struct bound_model *model = solver->model;
    double *lower = memory_new(solver->rows, sizeof *lower);
    double *upper = memory_new(solver->rows, sizeof *upper);
    int *starts = memory_new(solver->rows + 1, sizeof *starts);
    for (size_t row = 0; row < solver->rows; row++)
        lower[row] = -DBL_MAX;
    for (size_t kind = 0; kind < model->kind_count; kind++) {
        const struct bound_kind *of = &model->kinds[kind];
        double *limits = upper + kind * BOUND_ROWS_OF_KIND;
        limits[0] = (double)(of->count * of->server.gpus);
        limits[1] = (double)(of->count * of->server.cpu_milli);
        limits[2] = (double)(of->count * of->server.memory_mib);
    }
    for (size_t shape = 0; shape < model->trace->shape_count; shape++)
        upper[bound_row_of_shape(model, shape)] = (double)model->jobs[shape];
    Clp_addRows(solver->clp, (int)solver->rows, lower, upper, starts, NULL, NULL);
    free(lower);
    free(upper);
    free(starts);
}

/* Clp minimises: what is given out counts as cost below nothing. */
static void column_add(struct solver *solver)
{
    const double lower = 0.0, upper = DBL_MAX, cost = -solver->column.milli;
    const int starts[2] = {0, solver->column.count};
    Clp_addColumns(solver->clp, 1, &lower, &upper, &cost, starts, solver->column.rows,
                   solver->column.values);
}

static void column_put(struct bound_column *column, int row, double value)
{
    column->rows[column->count] = row;
    column->values[column->count++] = value;
}

static void whole_columns_add(struct solver *solver)
{
    const struct bound_model *model = solver->model;
    for (size_t shape = 0; shape < model->trace->shape_count; shape++) {
        const struct plenum_shape *asked = &model->trace->shapes[shape];
        for (size_t kind = 0; kind < model->kind_count; kind++) {
            int row = (int)(kind * BOUND_ROWS_OF_KIND);
            if (asked->gpu_milli != PLENUM_DEVICE_MILLI || model->jobs[shape] == 0 ||
                !bound_holds(&model->kinds[kind], asked))
                continue;
            solver->column.count = 0;
            solver->column.milli = (double)(asked->gpus * PLENUM_DEVICE_MILLI);
            column_put(&solver->column, row, (double)asked->gpus);
            column_put(&solver->column, row + 1, (double)asked->cpu_milli);
            column_put(&solver->column, row + 2, (double)asked->memory_mib);
            column_put(&solver->column, bound_row_of_shape(model, shape), 1.0);
            column_add(solver);
        }
    }
}

static void solver_init(struct solver *solver, const struct bound_model *model)
{
    *solver = (struct solver){
        .model = model,
        .clp = Clp_newModel(),
        .rows = model->kind_count * BOUND_ROWS_OF_KIND + model->trace->shape_count,
    };
    solver->prices = memory_new(solver->rows, sizeof *solver->prices);
    solver->column.rows = memory_new(solver->rows, sizeof *solver->column.rows);
    solver->column.values = memory_new(solver->rows, sizeof *solver->column.values);
    Clp_setLogLevel(solver->clp, 0);
    rows_add(solver);
    whole_columns_add(solver);
}

static void solver_finish(struct solver *solver)
{
    Clp_deleteModel(solver->clp);
    free(solver->prices);
    free(solver->column.rows);
    free(solver->column.values);
}

/* Solves with the patterns so far, and adds those that the prices then ask for. Returns how many,
 * or -1 where Clp gives up. */
static int32_t solver_round(struct solver *solver)
{
    int32_t added = 0;
    if (Clp_primal(solver->clp, 1) < 0 || Clp_status(solver->clp) != 0)
        return -1;
    const double *duals = Clp_dualRowSolution(solver->clp);
    for (size_t row = 0; row < solver->rows; row++)
        solver->prices[row] = duals[row] < 0 ? -duals[row] : 0.0;
    for (size_t kind = 0; kind < solver->model->kind_count; kind++) {
        if (bound_price(solver->model, kind, solver->prices, &solver->column) > worth_more) {
            column_add(solver);
            added++;
        }
    }
    solver->patterns += added;
    return added;
}

static void read_answer(const struct solver *solver, struct plenum_pack_bound *bound)
{
    const struct bound_model *model = solver->model;
    int64_t devices[PLENUM_TRACE_TYPES_MAX] = {0};
    bound->allocated_percent =
        -Clp_objectiveValue(solver->clp) * 100.0 / (double)model->trace->gpu_milli;
    bound->patterns = solver->patterns;
    for (size_t kind = 0; kind < model->kind_count; kind++) {
        int32_t type = model->kinds[kind].server.type;
        int64_t count = model->kinds[kind].count * model->kinds[kind].server.gpus;
        bound->device_price_milli[type] +=
            solver->prices[kind * BOUND_ROWS_OF_KIND] * (double)count;
        devices[type] += count;
    }
    for (size_t type = 0; type < model->trace->type_count; type++) {
        if (devices[type] > 0)
            bound->device_price_milli[type] /= (double)devices[type];
    }
}

enum plenum_status bound_solve(const struct bound_model *model, struct plenum_pack_bound *bound,
                               struct plenum_error *error)
{
    struct solver solver;
    int32_t added = 1;
    solver_init(&solver, model);
    while (added > 0 && bound->rounds < BOUND_ROUNDS_MAX) {
        added = solver_round(&solver);
        bound->rounds++;
    }
    if (added == 0)
        read_answer(&solver, bound);
    solver_finish(&solver);
    return added == 0
               ? PLENUM_OK
               : plenum_fail(error, PLENUM_LIMIT,
                             "the linear programme was not solved in %d rounds", bound->rounds);
}

#else

enum plenum_status bound_solve(const struct bound_model *model, struct plenum_pack_bound *bound,
                               struct plenum_error *error)
{
    (void)model;
    (void)bound;
    return plenum_fail(error, PLENUM_VERSION,
                       "this Plenum was built without Clp, which the bound of packing needs");
}

#endif
