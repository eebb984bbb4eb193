/* The air as a frame: every drone and where it is, and the flights of the next while with the
 * volumes they hold.
 *
 *     drones     by number
 *     flights    by id; each names a run of volumes
 *     volumes    of the flights in their order, then what commands have closed
 *     vertices   of the polygons in their order */
#include "edge/http/frame.h"

#include "base/check.h"
#include "base/memory.h"

#include <stdlib.h>

static const uint32_t NO_FLIGHT = UINT32_MAX;

struct shown_flight {
    uint64_t id;
    const int64_t *row;
    const struct plenum_volume *volumes;
    int32_t volume_count;
};

struct air_painter {
    const struct plenum_ledger *ledger;
    const struct plenum_site *site;
    int64_t until_ms;
    struct shown_flight *flights;
    size_t flight_count, flight_room;
    uint32_t left_out; /* flights over FRAME_FLIGHTS_MAX */
    const struct plenum_volume *closed;
    int32_t closed_count;
};

static void gather_flights(struct air_painter *painter)
{
    size_t cursor = 0;
    uint64_t id;
    const int64_t *row;
    while (plenum_ledger_walk(painter->ledger, PLENUM_FLIGHT, &cursor, &id, &row)) {
        struct shown_flight flight = {.id = id, .row = row};
        if (row[PLENUM_FIELD_STATE] == PLENUM_FLIGHT_ENDED ||
            row[PLENUM_FLIGHT_START_MS] >= painter->until_ms)
            continue;
        if (painter->flight_count == FRAME_FLIGHTS_MAX) {
            painter->left_out++;
            continue;
        }
        flight.volume_count =
            plenum_air_volumes_of(painter->ledger, plenum_ref(PLENUM_FLIGHT, id), &flight.volumes);
        ARRAY_PUSH(painter->flights, painter->flight_count, painter->flight_room,
                   FRAME_FLIGHTS_MAX) = flight;
    }
}

/* --- drones ----------------------------------------------------------------------------------- */

static struct drone_place place_of(const struct plenum_ledger *ledger, const int64_t *drone)
{
    const struct plenum_site *site = plenum_ledger_site(ledger);
    struct drone_place place = {.heading_centi = PLENUM_NONE};
    const struct plenum_volume *volumes;
    uint64_t id = (uint64_t)drone[PLENUM_DRONE_FLIGHT];
    const int64_t *flight = id == 0 ? NULL : plenum_ledger_row(ledger, PLENUM_FLIGHT, id);
    int32_t count =
        flight ? plenum_air_volumes_of(ledger, plenum_ref(PLENUM_FLIGHT, id), &volumes) : 0;
    if (drone[PLENUM_DRONE_PAD] != PLENUM_NONE) {
        place.at = site->pads[drone[PLENUM_DRONE_PAD]].at;
        place.altitude_mm = site->airspace.lower_mm;
    }
    if (count > 0 && drone[PLENUM_FIELD_STATE] == PLENUM_DRONE_FLYING)
        drone_place_of(volumes, count, flight[PLENUM_FLIGHT_START_MS], flight[PLENUM_FLIGHT_END_MS],
                       plenum_ledger_now_ms(ledger), &place);
    return place;
}

static void put_drone(const struct air_painter *painter, int32_t drone, struct bytes *out)
{
    const int64_t *row = plenum_ledger_row(painter->ledger, PLENUM_DRONE, (uint64_t)drone);
    const int64_t empty[PLENUM_DRONE_FIELD_COUNT] = {[PLENUM_DRONE_PAD] = PLENUM_NONE};
    row = row ? row : empty;
    struct drone_place place = place_of(painter->ledger, row);
    int64_t full_j = painter->site->drone_models[painter->site->drones[drone].model].battery_j;
    bytes_put_u64(out, (uint64_t)row[PLENUM_DRONE_FLIGHT]);
    frame_put_i32(out, place.at.x_mm);
    frame_put_i32(out, place.at.y_mm);
    frame_put_i32(out, place.altitude_mm);
    frame_put_i32(out, place.heading_centi);
    bytes_put_u32(out, (uint32_t)drone);
    bytes_put_u32(out, full_j > 0 ? (uint32_t)(row[PLENUM_DRONE_CHARGE_J] * 1000 / full_j) : 0);
    frame_put_i32(out, row[PLENUM_DRONE_PAD]);
    bytes_put_u32(out, (uint32_t)row[PLENUM_FIELD_STATE]);
}

/* --- flights, volumes, vertices --------------------------------------------------------------- */

static void put_flight(const struct shown_flight *flight, uint32_t first_volume, struct bytes *out)
{
    bytes_put_u64(out, flight->id);
    bytes_put_i64(out, flight->row[PLENUM_FLIGHT_START_MS]);
    bytes_put_i64(out, flight->row[PLENUM_FLIGHT_END_MS]);
    frame_put_i32(out, flight->row[PLENUM_FLIGHT_DRONE]);
    frame_put_i32(out, flight->row[PLENUM_FLIGHT_FROM_PAD]);
    frame_put_i32(out, flight->row[PLENUM_FLIGHT_TO_PAD]);
    bytes_put_u32(out, first_volume);
    bytes_put_u32(out, (uint32_t)flight->volume_count);
    bytes_put_u32(out, (uint32_t)flight->row[PLENUM_FIELD_STATE]);
}

static void put_volume(const struct plenum_volume *volume, uint32_t flight, uint32_t *first_vertex,
                       struct bytes *out)
{
    bool circle = volume->shape == PLENUM_SHAPE_CIRCLE;
    bytes_put_i64(out, volume->from_ms);
    bytes_put_i64(out, volume->until_ms);
    frame_put_i32(out, volume->lower_mm);
    frame_put_i32(out, volume->upper_mm);
    frame_put_i32(out, circle ? volume->centre.x_mm : 0);
    frame_put_i32(out, circle ? volume->centre.y_mm : 0);
    bytes_put_u32(out, circle ? (uint32_t)volume->radius_mm : 0);
    bytes_put_u32(out, *first_vertex);
    bytes_put_u32(out, (uint32_t)volume->vertex_count);
    bytes_put_u32(out, flight);
    *first_vertex += (uint32_t)volume->vertex_count;
}

static void put_vertices(const struct plenum_volume *volume, struct bytes *out)
{
    for (int32_t i = 0; i < volume->vertex_count; i++) {
        frame_put_i32(out, volume->vertices[i].x_mm);
        frame_put_i32(out, volume->vertices[i].y_mm);
    }
}

static void put_flights(const struct air_painter *painter, struct bytes *out)
{
    uint32_t volume = 0;
    for (size_t i = 0; i < painter->flight_count; i++) {
        put_flight(&painter->flights[i], volume, out);
        volume += (uint32_t)painter->flights[i].volume_count;
    }
}

static void put_volumes(const struct air_painter *painter, struct bytes *out)
{
    uint32_t vertex = 0;
    for (size_t i = 0; i < painter->flight_count; i++)
        for (int32_t k = 0; k < painter->flights[i].volume_count; k++)
            put_volume(&painter->flights[i].volumes[k], (uint32_t)i, &vertex, out);
    for (int32_t i = 0; i < painter->closed_count; i++)
        put_volume(&painter->closed[i], NO_FLIGHT, &vertex, out);
    for (size_t i = 0; i < painter->flight_count; i++)
        for (int32_t k = 0; k < painter->flights[i].volume_count; k++)
            put_vertices(&painter->flights[i].volumes[k], out);
    for (int32_t i = 0; i < painter->closed_count; i++)
        put_vertices(&painter->closed[i], out);
}

static void count_volumes(const struct air_painter *painter, uint32_t *volumes, uint32_t *vertices)
{
    *volumes = (uint32_t)painter->closed_count;
    *vertices = 0;
    for (int32_t i = 0; i < painter->closed_count; i++)
        *vertices += (uint32_t)painter->closed[i].vertex_count;
    for (size_t i = 0; i < painter->flight_count; i++) {
        const struct shown_flight *flight = &painter->flights[i];
        *volumes += (uint32_t)flight->volume_count;
        for (int32_t k = 0; k < flight->volume_count; k++)
            *vertices += (uint32_t)flight->volumes[k].vertex_count;
    }
}

static void put_facts(const struct air_painter *painter, struct bytes *out)
{
    uint32_t volumes, vertices;
    count_volumes(painter, &volumes, &vertices);
    bytes_put_u32(out, (uint32_t)painter->site->drone_count);
    bytes_put_u32(out, (uint32_t)painter->flight_count);
    bytes_put_u32(out, volumes);
    bytes_put_u32(out, vertices);
    bytes_put_i64(out, painter->until_ms);
    bytes_put_u32(out, (uint32_t)painter->site->step_ms);
    bytes_put_u32(out, painter->left_out);
}

void frame_air(const struct plenum_ledger *ledger, const struct frame_view *view, struct bytes *out)
{
    CHECK(view->horizon_ms >= 0 && view->horizon_ms <= FRAME_HORIZON_MAX_MS);
    struct air_painter painter = {
        .ledger = ledger,
        .site = plenum_ledger_site(ledger),
        .until_ms = plenum_ledger_now_ms(ledger) + view->horizon_ms,
    };
    gather_flights(&painter);
    painter.closed_count = plenum_air_closed(ledger, &painter.closed);
    frame_put_header(ledger, FRAME_DRONES, out);
    put_facts(&painter, out);
    for (int32_t drone = 0; drone < painter.site->drone_count; drone++)
        put_drone(&painter, drone, out);
    put_flights(&painter, out);
    put_volumes(&painter, out);
    free(painter.flights);
}
