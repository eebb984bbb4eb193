/* Between the files of the airspace planner. */
#ifndef AIRSPACE_FLIGHT_H
#define AIRSPACE_FLIGHT_H

#include <plenum/airspace.h>

/* Sizes of what a flight holds. */
enum {
    PAD_RADIUS_MM = 8000,   /* of the columns: pads 17 m apart do not disturb each other */
    HALF_WIDTH_MM = 8000,   /* of the rectangles, and how far they go past the ends of a leg */
    KEEP_OFF_MM = 10000,    /* from what is closed: HALF_WIDTH_MM and some */
    LAYERS_FROM_MM = 40000, /* over the ground of the airspace */
    LAYER_MM = 14000,
    LAYER_STEP_MM = 15000, /* from a layer to the next */
    PIECE_MM = 1000000     /* of a leg, in one volume; more on ways that would need too many */
};

/* Times of a flight. A window is held a margin longer at both ends. */
enum { MARGIN_MS = 4000, LANDING_MS = 10000 };

struct flight_times {
    int64_t climb_ms, cruise_ms, descent_ms;
};

/* The largest integer whose square is at most `square`, which is below 2^62. */
uint64_t root_of(uint64_t square);
int64_t distance_mm(struct plenum_point a, struct plenum_point b);
/* The drone's ground speed on every leg. */
int64_t flight_speed_mm_s(const struct plenum_flight_request *request);
/* Times of a way of so many millimetres at a layer height_mm over the pads. */
struct flight_times flight_times_of(const struct plenum_flight_request *request, int64_t length_mm,
                                    int64_t height_mm);
int64_t flight_energy_j(const struct plenum_flight_request *request,
                        const struct flight_times *times, int64_t height_mm);
/* The middle of a layer, and its lower bound. */
int64_t layer_height_mm(int32_t layer);
int64_t layer_lower_mm(const struct plenum_site *site, int32_t layer);
/* A rectangle round the leg a-b; gives its corners counter-clockwise. */
void leg_corners(struct plenum_point a, struct plenum_point b, struct plenum_point corners[4]);

#endif
