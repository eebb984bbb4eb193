/* A way becomes volumes. */
#include "airspace/flight.h"

#include "base/check.h"

/* --- figures ---------------------------------------------------------------------------------- */

int64_t distance_mm(struct plenum_point a, struct plenum_point b)
{
    int64_t dx = a.x_mm - b.x_mm, dy = a.y_mm - b.y_mm;
    uint64_t square = (uint64_t)(dx * dx) + (uint64_t)(dy * dy);
    uint64_t root = root_of(square);
    return (int64_t)(root + (root * root < square));
}

int64_t flight_speed_mm_s(const struct plenum_flight_request *request)
{
    return request->site->drone_models[request->model].speed_mm_s - request->wind.mean_mm_s;
}

static int64_t time_ms(int64_t length_mm, int64_t speed_mm_s)
{
    CHECK(speed_mm_s > 0);
    return (length_mm * 1000 + speed_mm_s - 1) / speed_mm_s;
}

struct flight_times flight_times_of(const struct plenum_flight_request *request, int64_t length_mm,
                                    int64_t height_mm)
{
    int64_t climb_mm_s = request->site->drone_models[request->model].climb_mm_s;
    return (struct flight_times){
        .climb_ms = time_ms(height_mm, climb_mm_s),
        .cruise_ms = time_ms(length_mm, flight_speed_mm_s(request)),
        .descent_ms = time_ms(height_mm, climb_mm_s) + LANDING_MS,
    };
}

int64_t layer_height_mm(int32_t layer)
{
    return LAYERS_FROM_MM + layer * LAYER_STEP_MM + LAYER_MM / 2;
}

int64_t layer_lower_mm(const struct plenum_site *site, int32_t layer)
{
    return site->airspace.lower_mm + LAYERS_FROM_MM + layer * LAYER_STEP_MM;
}

int32_t plenum_flight_layers(const struct plenum_site *site)
{
    int32_t layers = 0;
    while (layers < PLENUM_FLIGHT_LAYERS_MAX &&
           layer_lower_mm(site, layers) + LAYER_MM <= site->airspace.upper_mm)
        layers++;
    return layers;
}

/* --- volumes ---------------------------------------------------------------------------------- */

void leg_corners(struct plenum_point a, struct plenum_point b, struct plenum_point corners[4])
{
    int64_t length = distance_mm(a, b);
    CHECK(length > 0);
    /* A vector of HALF_WIDTH_MM along the leg, away from zero, so that it is never shorter. */
    int64_t x = (b.x_mm - a.x_mm) * HALF_WIDTH_MM, y = (b.y_mm - a.y_mm) * HALF_WIDTH_MM;
    x = x / length + (x > 0) - (x < 0);
    y = y / length + (y > 0) - (y < 0);
    corners[0] = (struct plenum_point){a.x_mm - x + y, a.y_mm - y - x};
    corners[1] = (struct plenum_point){b.x_mm + x + y, b.y_mm + y - x};
    corners[2] = (struct plenum_point){b.x_mm + x - y, b.y_mm + y + x};
    corners[3] = (struct plenum_point){a.x_mm - x - y, a.y_mm - y + x};
}

static struct plenum_point point_on(struct plenum_point a, struct plenum_point b, int64_t part,
                                    int64_t parts)
{
    return (struct plenum_point){
        a.x_mm + (b.x_mm - a.x_mm) / parts * part + (b.x_mm - a.x_mm) % parts * part / parts,
        a.y_mm + (b.y_mm - a.y_mm) / parts * part + (b.y_mm - a.y_mm) % parts * part / parts};
}

static void add_column(struct plenum_flight_plan *plan, const struct plenum_site *site,
                       struct plenum_point pad, int64_t from_ms, int64_t until_ms)
{
    plan->volumes[plan->volume_count++] =
        (struct plenum_volume){.shape = PLENUM_SHAPE_CIRCLE,
                               .centre = pad,
                               .radius_mm = PAD_RADIUS_MM,
                               .lower_mm = site->airspace.lower_mm,
                               .upper_mm = plan->cruise_upper_mm,
                               .from_ms = from_ms,
                               .until_ms = until_ms};
}

static void add_piece(struct plenum_flight_plan *plan, struct plenum_point a, struct plenum_point b,
                      int64_t from_ms, int64_t until_ms)
{
    struct plenum_point *corners = plan->vertices[plan->volume_count];
    leg_corners(a, b, corners);
    plan->volumes[plan->volume_count++] = (struct plenum_volume){.shape = PLENUM_SHAPE_POLYGON,
                                                                 .vertex_count = 4,
                                                                 .vertices = corners,
                                                                 .lower_mm = plan->cruise_lower_mm,
                                                                 .upper_mm = plan->cruise_upper_mm,
                                                                 .from_ms = from_ms,
                                                                 .until_ms = until_ms};
}

static int64_t piece_length_mm(const struct plenum_flight_way *way)
{
    int64_t room = PLENUM_FLIGHT_VOLUMES_MAX - 2 - way->point_count;
    int64_t least = way->length_mm / room + 1;
    return least > PIECE_MM ? least : PIECE_MM;
}

/* The rectangles of the cruise, which begins at begin_ms. */
static void add_cruise(const struct plenum_flight_request *request, struct plenum_flight_plan *plan,
                       int64_t begin_ms)
{
    int64_t speed_mm_s = flight_speed_mm_s(request), piece_mm = piece_length_mm(&plan->way);
    int64_t flown_mm = 0;
    for (int32_t leg = 0; leg + 1 < plan->way.point_count; leg++) {
        struct plenum_point a = plan->way.points[leg], b = plan->way.points[leg + 1];
        int64_t length_mm = distance_mm(a, b), parts = length_mm / piece_mm + 1;
        for (int64_t i = 0; i < parts; i++) {
            int64_t from_mm = flown_mm + length_mm * i / parts;
            int64_t until_mm = flown_mm + length_mm * (i + 1) / parts + 1;
            add_piece(plan, point_on(a, b, i, parts), point_on(a, b, i + 1, parts),
                      begin_ms + time_ms(from_mm, speed_mm_s) - MARGIN_MS,
                      begin_ms + time_ms(until_mm, speed_mm_s) + MARGIN_MS);
        }
        flown_mm += length_mm;
    }
}

bool plenum_flight_lay(const struct plenum_flight_request *request,
                       const struct plenum_flight_way *way, int32_t layer, int64_t start_ms,
                       struct plenum_flight_plan *plan)
{
    const struct plenum_site *site = request->site;
    CHECK(layer >= 0 && layer < PLENUM_FLIGHT_LAYERS_MAX && way->point_count >= 2);
    int64_t height_mm = layer_height_mm(layer);
    struct flight_times times = flight_times_of(request, way->length_mm, height_mm);
    int64_t cruise_ms = start_ms + times.climb_ms, descent_ms = cruise_ms + times.cruise_ms;
    plan->way = *way;
    plan->layer = layer;
    plan->cruise_lower_mm = layer_lower_mm(site, layer);
    plan->cruise_upper_mm = plan->cruise_lower_mm + LAYER_MM;
    plan->start_ms = start_ms;
    plan->end_ms = descent_ms + times.descent_ms;
    plan->energy_j = flight_energy_j(request, &times, height_mm);
    plan->volume_count = 0;
    add_column(plan, site, way->points[0], start_ms, cruise_ms + MARGIN_MS);
    add_cruise(request, plan, cruise_ms);
    add_column(plan, site, way->points[way->point_count - 1], descent_ms - MARGIN_MS,
               plan->end_ms + MARGIN_MS);
    return plan->volume_count <= PLENUM_FLIGHT_VOLUMES_MAX;
}
