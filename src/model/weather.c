/* Each hour has a wind drawn for it alone; between two hours it changes evenly. Integers only: a
 * direction is a point on a square around the origin, which is round enough for a wind. */
#include "model/weather.h"

#include "base/random.h"

static const int64_t HOUR_MS = 3600000;
static const uint64_t WIND_STREAM = 0x77696e64; /* "wind" */

/* One part of the hour's wind: between minus and plus the mean. */
static int64_t hour_part(const struct plenum_site *site, int64_t hour, uint64_t part)
{
    uint64_t bits = random_at(site->seed, WIND_STREAM, (uint64_t)hour, part);
    int64_t mean = site->world.wind_mean_mm_s;
    return (int64_t)random_below_from(bits, (uint64_t)(2 * mean) + 1) - mean;
}

static int32_t part_at(const struct plenum_site *site, int64_t at_ms, uint64_t part)
{
    int64_t hour = at_ms / HOUR_MS, into_ms = at_ms % HOUR_MS;
    int64_t from = hour_part(site, hour, part), to = hour_part(site, hour + 1, part);
    return (int32_t)(from + (to - from) * into_ms / HOUR_MS);
}

struct wind weather_wind(const struct plenum_site *site, int64_t at_ms)
{
    return (struct wind){.east_mm_s = part_at(site, at_ms, 0),
                         .north_mm_s = part_at(site, at_ms, 1),
                         .gust_mm_s = site->world.wind_gust_mm_s};
}
