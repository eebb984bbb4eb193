/* What flying takes from the battery. */
#include "airspace/flight.h"

#include "base/check.h"

enum { RESERVE_HOVER_S = 120, G_MM_S2 = 9807 };

uint64_t root_of(uint64_t square)
{
    uint64_t root = 0;
    for (uint64_t bit = UINT64_C(1) << 31; bit > 0; bit >>= 1)
        if ((root + bit) * (root + bit) <= square)
            root += bit;
    return root;
}

static int64_t full_mass_g(const struct plenum_drone_model *model)
{
    return model->mass_g + model->payload_g;
}

int64_t plenum_drone_hover_w(const struct plenum_drone_model *model, int64_t payload_g)
{
    CHECK(payload_g >= 0 && full_mass_g(model) > 0);
    uint64_t milli = (uint64_t)((model->mass_g + payload_g) * 1000 / full_mass_g(model)) + 1;
    uint64_t power_milli = root_of(milli * milli * milli / 1000); /* 1000 (m/m_full)^1.5 */
    return model->hover_w * (int64_t)(power_milli + 1) / 1000;
}

int64_t plenum_drone_cruise_w(const struct plenum_drone_model *model, int64_t payload_g,
                              int64_t air_speed_mm_s)
{
    CHECK(payload_g >= 0 && air_speed_mm_s >= 0);
    int64_t avionics_w = model->cruise_w < PLENUM_AVIONICS_W ? model->cruise_w : PLENUM_AVIONICS_W;
    int64_t milli = (model->mass_g + payload_g) * 1000 / full_mass_g(model) + 1;
    int64_t speed_milli = air_speed_mm_s * 1000 / model->speed_mm_s + 1;
    return avionics_w + (model->cruise_w - avionics_w) * milli / 1000 * speed_milli / 1000 + 1;
}

int64_t plenum_drone_reserve_j(const struct plenum_drone_model *model)
{
    int64_t part_j = model->battery_j / 1000 * model->reserve_milli;
    int64_t hover_j = plenum_drone_hover_w(model, 0) * RESERVE_HOVER_S;
    return part_j > hover_j ? part_j : hover_j;
}

bool plenum_drone_can_fly(const struct plenum_drone_model *model, struct plenum_wind wind)
{
    int32_t strongest_mm_s = wind.gust_mm_s > wind.mean_mm_s ? wind.gust_mm_s : wind.mean_mm_s;
    return strongest_mm_s <= model->wind_max_mm_s && wind.mean_mm_s < model->speed_mm_s;
}

int64_t flight_energy_j(const struct plenum_flight_request *request,
                        const struct flight_times *times, int64_t height_mm)
{
    const struct plenum_drone_model *model = &request->site->drone_models[request->model];
    int64_t hover_w = plenum_drone_hover_w(model, request->payload_g);
    int64_t cruise_w = plenum_drone_cruise_w(model, request->payload_g, model->speed_mm_s);
    int64_t column_ms = times->climb_ms + times->descent_ms;
    int64_t mass_g = model->mass_g + request->payload_g;
    int64_t lift_j = 2 * (mass_g * height_mm / 1000000 * G_MM_S2 / 1000 + 1);
    return (hover_w * column_ms + cruise_w * times->cruise_ms) / 1000 + 1 + lift_j;
}
