/* Weather: the wind over a site, as a pure function of the site's seed and the time. It stands in
 * for a forecast and for the wind itself, so that who plans flights and who simulates them agree
 * without speaking to each other. */
#ifndef MODEL_WEATHER_H
#define MODEL_WEATHER_H

#include <plenum/site.h>

struct wind {
    int32_t east_mm_s, north_mm_s; /* the way the air goes */
    int32_t gust_mm_s;             /* at most so much stronger for a moment */
};

struct wind weather_wind(const struct plenum_site *site, int64_t at_ms);

#endif
