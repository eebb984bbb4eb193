/* Shapes: the servers that a request may be cut into. */
#include "capacity/offer_desk.h"

static bool same_shape(const struct fit_request *a, const struct fit_request *b)
{
    return a->servers == b->servers && a->accelerators == b->accelerators && a->chip == b->chip &&
           a->cores == b->cores && a->memory_bytes == b->memory_bytes;
}

/* Accelerators of each server of a model; 0 where the request cannot be cut so. */
static int32_t cut(const struct plenum_offer_request *request, int32_t devices)
{
    int32_t all = request->accelerators, most = request->milli < 1000 ? 1 : devices;
    if (request->per_server > 0 || request->servers > 0) {
        int32_t each = request->per_server > 0 ? request->per_server : all / request->servers;
        return each <= most ? each : 0;
    }
    if (request->within == PLENUM_WITHIN_SERVER)
        return all <= most ? all : 0;
    int32_t each = most < all ? most : all;
    while (each > 0 && all % each != 0)
        each--;
    return each;
}

int64_t offer_least_w(const struct plenum_server_model *model, const struct fit_request *shape)
{
    int64_t watts = shape->servers *
                    plenum_server_job_w(model, shape->accelerators, shape->milli, shape->cores);
    return (watts * PLENUM_OFFER_WATTS_LEAST_MILLI + 999) / 1000;
}

/* The request's part of a server of the model: what was not said is in proportion to accelerators,
 * or to cores where there are none. */
static bool shape_of(const struct plenum_offer_request *request,
                     const struct plenum_server_model *model, struct fit_request *shape)
{
    bool bare = request->accelerators == 0;
    int32_t each = bare ? 0 : cut(request, model->accelerators);
    if (bare != (model->accelerators == 0) || (!bare && each == 0))
        return false;
    int64_t part = bare ? request->cores : (int64_t)each * request->milli;
    int64_t whole = bare ? model->cores : (int64_t)model->accelerators * 1000;
    *shape = (struct fit_request){
        .servers = bare ? request->servers : request->accelerators / each,
        .accelerators = each,
        .milli = request->milli,
        .chip = bare ? PLENUM_NONE : model->accelerator_chip,
        .cores = request->cores >= 0 ? request->cores : (int32_t)(model->cores * part / whole),
        .length_ms = request->duration_ms,
        .within = (int32_t)request->within,
        .spread = (int32_t)request->spread,
        .max_w = request->max_w,
        .expected = !request->in_service};
    /* In MiB: bytes by thousandths would not fit in 64 bits. */
    shape->memory_bytes = request->memory_bytes >= 0
                              ? request->memory_bytes
                              : (model->memory_bytes >> 20) * part / (whole > 0 ? whole : 1) << 20;
    return (request->chip == PLENUM_NONE || request->chip == shape->chip) &&
           site_fit_serves(model, shape) &&
           (request->max_w == 0 || request->max_w >= offer_least_w(model, shape));
}

int32_t offer_shapes(const struct plenum_site *site, const struct plenum_offer_request *request,
                     struct fit_request shapes[SHAPES_MAX])
{
    int32_t count = 0;
    for (int32_t i = 0; i < site->server_model_count && count < SHAPES_MAX; i++) {
        int32_t other = 0;
        if (!shape_of(request, &site->server_models[i], &shapes[count]))
            continue;
        while (!same_shape(&shapes[other], &shapes[count]))
            other++;
        count += other == count;
    }
    return count;
}
