/* Airspace: flights from pad to pad as chains of 4D volumes, planned before take-off.
 *
 * A flight climbs in a column over its pad, cruises in straight legs at a layer of altitude, and
 * comes down in a column over the pad it goes to. It holds what it may be in, and when:
 *
 *        layer   ######################          each # a volume: a rectangle round a piece of
 *               |#    #     #     #   #|         a leg, or a circle round a pad
 *       column  |                      |  column
 *     ___pad____|______________________|__pad____
 *
 * A pad has stands, one a drone (struct plenum_pad); what is exclusive there is the column, while
 * a drone climbs or lands. Volumes of two flights never meet, so two drones use a pad, a crossing
 * or a layer one after the other.
 *
 * The drone holds a ground speed that it can hold with the wind against it on every leg, so that
 * it is where the plan says when the plan says. Gusts count against the drone's limit.
 *
 * Energy, in integers (models in the literature, constants of the drone model):
 *   hover    momentum theory: P ~ m^1.5. hover_w is meant at full mass, model and payload_g.
 *   cruise   D'Andrea, "Can drones deliver?", IEEE T-ASE 11(3), 2014: P = c m v + avionics, v in
 *            the air. cruise_w is meant at full mass, at speed_mm_s.
 *   climb    hover, and m g h over an efficiency of a half.
 * A plan is taken only if the charge covers its energy and a tenth, and the reserve stays. */
#ifndef PLENUM_AIRSPACE_H
#define PLENUM_AIRSPACE_H

#include <plenum/port.h>

enum {
    PLENUM_FLIGHT_VOLUMES_MAX = 160,
    PLENUM_FLIGHT_LEGS_MAX = 32,
    PLENUM_FLIGHT_LAYERS_MAX = 8,
    PLENUM_AVIONICS_W = 100 /* D'Andrea's p */
};

struct plenum_wind {
    int32_t mean_mm_s; /* taken as against the drone on every leg */
    int32_t gust_mm_s; /* the strongest for moments; what the drone's limit is held against */
};

/* What is to be flown. site and closed must live as long as it is used. */
struct plenum_flight_request {
    const struct plenum_site *site;
    int32_t model; /* of the drone */
    int32_t from_pad, to_pad;
    int64_t payload_g;
    struct plenum_wind wind;
    const struct plenum_volume *closed; /* besides those of the site */
    int32_t closed_count;
};

/* A way over the ground: points[0] is the pad it starts from, the last the pad it goes to. */
struct plenum_flight_way {
    struct plenum_point points[PLENUM_FLIGHT_LEGS_MAX + 1];
    int32_t point_count;
    int64_t length_mm; /* sum of the legs, each rounded up */
};

/* volumes point into vertices: a plan is not to be copied by assignment. */
struct plenum_flight_plan {
    struct plenum_flight_way way;
    int32_t layer;
    int64_t cruise_lower_mm, cruise_upper_mm;
    int64_t start_ms, end_ms; /* take-off; on the ground, motors off */
    int64_t energy_j;
    struct plenum_volume volumes[PLENUM_FLIGHT_VOLUMES_MAX];
    struct plenum_point vertices[PLENUM_FLIGHT_VOLUMES_MAX][4];
    int32_t volume_count;
};

/* Watts in hover and in cruise at an air speed, of the model with a payload. */
PLENUM_API int64_t plenum_drone_hover_w(const struct plenum_drone_model *model, int64_t payload_g);
PLENUM_API int64_t plenum_drone_cruise_w(const struct plenum_drone_model *model, int64_t payload_g,
                                         int64_t air_speed_mm_s);
/* Joules that stay in the battery after every planned landing: reserve_milli of it, and at least
 * two minutes of hover with nothing on board. */
PLENUM_API int64_t plenum_drone_reserve_j(const struct plenum_drone_model *model);
/* Whether the model may fly in the wind, and moves forward against it. */
PLENUM_API bool plenum_drone_can_fly(const struct plenum_drone_model *model,
                                     struct plenum_wind wind);

/* The shortest way found round what is closed at some time in [from_ms, until_ms] up to the
 * altitude upper_mm, over corners of what is closed. False when there is none. */
PLENUM_API bool plenum_flight_find_way(const struct plenum_flight_request *request,
                                       int64_t upper_mm, int64_t from_ms, int64_t until_ms,
                                       struct plenum_flight_way *way);
/* How many layers the airspace has, at most PLENUM_FLIGHT_LAYERS_MAX. */
PLENUM_API int32_t plenum_flight_layers(const struct plenum_site *site);
/* The volumes of a way at a layer for a take-off at start_ms, and its energy. False when they are
 * too many. */
PLENUM_API bool plenum_flight_lay(const struct plenum_flight_request *request,
                                  const struct plenum_flight_way *way, int32_t layer,
                                  int64_t start_ms, struct plenum_flight_plan *plan);
/* Joules of a flight that never meets anything, for choosing drones; PLENUM_FOREVER if it cannot
 * be flown. */
PLENUM_API int64_t plenum_flight_energy_j(const struct plenum_flight_request *request);

/* Whether volumes can be claimed. */
typedef bool plenum_flight_fits(void *context, const struct plenum_volume *volumes, int32_t count);

/* The plan with the earliest take-off at earliest_ms, or whole steps of step_ms later, up to
 * latest_ms (ten steps where nothing could be flown, whoever else is in the air); at each instant
 * layers are tried from the one that the direction asks for. The plan's energy is at most
 * energy_max_j. PLENUM_REFUSED when no slot fits, PLENUM_LIMIT when there is no way, the wind is
 * too strong, the payload too heavy or the energy too little; error says which and may be NULL. */
PLENUM_API enum plenum_status plenum_flight_plan_slot(const struct plenum_flight_request *request,
                                                      int64_t earliest_ms, int64_t latest_ms,
                                                      int64_t step_ms, int64_t energy_max_j,
                                                      plenum_flight_fits *fits, void *context,
                                                      struct plenum_flight_plan *plan,
                                                      struct plenum_error *error) PLENUM_MUST_USE;

#endif
