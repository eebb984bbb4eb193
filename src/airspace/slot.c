/* The earliest slot that fits. */
#include "airspace/flight.h"

#include "base/check.h"

/* What is closed changes seldom: where nothing could be flown, the search goes on in longer
 * strides. */
enum { NOTHING_STEPS = 10 };

int64_t plenum_flight_energy_j(const struct plenum_flight_request *request)
{
    const struct plenum_site *site = request->site;
    if (plenum_flight_layers(site) == 0 ||
        !plenum_drone_can_fly(&site->drone_models[request->model], request->wind))
        return PLENUM_FOREVER;
    int64_t length_mm =
        distance_mm(site->pads[request->from_pad].at, site->pads[request->to_pad].at);
    struct flight_times times = flight_times_of(request, length_mm, layer_height_mm(0));
    return flight_energy_j(request, &times, layer_height_mm(0));
}

/* What stands against the request whatever the slot. */
static enum plenum_status slot_check(const struct plenum_flight_request *request,
                                     struct plenum_error *error)
{
    const struct plenum_drone_model *model = &request->site->drone_models[request->model];
    if (plenum_flight_layers(request->site) == 0)
        return plenum_fail(error, PLENUM_LIMIT, "the airspace is too low to fly in");
    if (request->payload_g > model->payload_g)
        return plenum_fail(error, PLENUM_LIMIT, "payload: %lld g, at most %lld g",
                           (long long)request->payload_g, (long long)model->payload_g);
    if (!plenum_drone_can_fly(model, request->wind))
        return plenum_fail(error, PLENUM_LIMIT,
                           "wind: %lld mm/s, %lld mm/s in gusts, at most %lld mm/s",
                           (long long)request->wind.mean_mm_s, (long long)request->wind.gust_mm_s,
                           (long long)model->wind_max_mm_s);
    return PLENUM_OK;
}

/* Eastward flights begin with the even layers, westward ones with the odd: those that meet head on
 * mostly do so at different altitudes. */
static int32_t layer_at(const struct plenum_flight_request *request, int32_t layers, int32_t i)
{
    const struct plenum_pad *pads = request->site->pads;
    int32_t first = pads[request->to_pad].at.x_mm < pads[request->from_pad].at.x_mm;
    int32_t own = (layers + 1 - first) / 2; /* how many layers the direction has */
    return i < own ? first + 2 * i : (1 - first) + 2 * (i - own);
}

/* A way for a take-off at start_ms: looked for again only where what is closed may have changed. */
static bool slot_way(const struct plenum_flight_request *request, int32_t layer, int64_t start_ms,
                     struct plenum_flight_way *way)
{
    const struct plenum_pad *pads = request->site->pads;
    int64_t straight_mm = distance_mm(pads[request->from_pad].at, pads[request->to_pad].at);
    struct flight_times times = flight_times_of(request, 2 * straight_mm, layer_height_mm(layer));
    int64_t until_ms = start_ms + times.climb_ms + times.cruise_ms + times.descent_ms;
    return plenum_flight_find_way(request, layer_lower_mm(request->site, layer) + LAYER_MM,
                                  start_ms, until_ms, way);
}

/* How far a take-off at one instant got, over all layers. */
enum slot_answer { SLOT_NO_WAY, SLOT_NO_ENERGY, SLOT_TAKEN, SLOT_FITS };

struct slot_search {
    const struct plenum_flight_request *request;
    int64_t energy_max_j;
    plenum_flight_fits *fits;
    void *context;
    struct plenum_flight_plan *plan;
};

static enum slot_answer slot_try(const struct slot_search *search, int64_t start_ms)
{
    int32_t layers = plenum_flight_layers(search->request->site);
    enum slot_answer best = SLOT_NO_WAY;
    for (int32_t i = 0; i < layers; i++) {
        struct plenum_flight_way way;
        int32_t layer = layer_at(search->request, layers, i);
        if (!slot_way(search->request, layer, start_ms, &way) ||
            !plenum_flight_lay(search->request, &way, layer, start_ms, search->plan))
            continue;
        enum slot_answer answer = SLOT_TAKEN;
        if (search->plan->energy_j > search->energy_max_j)
            answer = SLOT_NO_ENERGY;
        else if (search->fits(search->context, search->plan->volumes, search->plan->volume_count))
            return SLOT_FITS;
        best = answer > best ? answer : best;
    }
    return best;
}

enum plenum_status plenum_flight_plan_slot(const struct plenum_flight_request *request,
                                           int64_t earliest_ms, int64_t latest_ms, int64_t step_ms,
                                           int64_t energy_max_j, plenum_flight_fits *fits,
                                           void *context, struct plenum_flight_plan *plan,
                                           struct plenum_error *error)
{
    CHECK(step_ms > 0);
    struct slot_search search = {request, energy_max_j, fits, context, plan};
    enum slot_answer best = SLOT_NO_WAY;
    enum plenum_status status = slot_check(request, error);
    if (status != PLENUM_OK)
        return status;
    for (int64_t start_ms = earliest_ms; start_ms <= latest_ms;) {
        enum slot_answer answer = slot_try(&search, start_ms);
        if (answer == SLOT_FITS)
            return PLENUM_OK;
        best = answer > best ? answer : best;
        start_ms += answer == SLOT_TAKEN ? step_ms : NOTHING_STEPS * step_ms;
    }
    if (best == SLOT_NO_WAY)
        return plenum_fail(error, PLENUM_LIMIT, "no way round what is closed");
    if (best == SLOT_NO_ENERGY)
        return plenum_fail(error, PLENUM_LIMIT, "energy: %lld J needed, %lld J to spare",
                           (long long)plan->energy_j, (long long)energy_max_j);
    return plenum_fail(error, PLENUM_REFUSED, "no free slot up to the latest take-off");
}
