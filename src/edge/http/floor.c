/* The floor: what stands on it (/v1/floor, and a byte a cell at /v1/floor/cells), and the robots
 * on it at this instant as a frame (frame.h). */
#include "edge/http/call.h"
#include "edge/http/frame.h"
#include "edge/http/json.h"

#include "base/memory.h"

#include <stdlib.h>

static const char *const OCTETS = "application/octet-stream";

/* --- what stands there ------------------------------------------------------------------------ */

static void put_cell(json_t *object, const struct plenum_site *site, const char *key, int32_t cell)
{
    const struct plenum_hall *hall = &site->halls[plenum_site_hall_of(site, cell)];
    json_put_i64(object, key, cell - hall->first_cell);
}

static json_t *place_json(const struct plenum_site *site, int32_t id, const char *name,
                          int32_t hall, int32_t cell)
{
    json_t *object = json_object();
    json_put_i64(object, "id", id);
    json_put_text(object, "name", name);
    json_put_i64(object, "hall", hall);
    put_cell(object, site, "cell", cell);
    return object;
}

static json_t *halls_json(const struct plenum_site *site)
{
    json_t *halls = json_array();
    for (int32_t i = 0; i < site->hall_count; i++) {
        const struct plenum_hall *hall = &site->halls[i];
        json_t *object = json_object();
        json_put_i64(object, "id", i);
        json_put_text(object, "name", hall->name);
        json_put_i64(object, "columns", hall->width);
        json_put_i64(object, "rows", hall->height);
        json_put_i64(object, "cell_mm", hall->cell_mm);
        json_put_i64(object, "first_cell", hall->first_cell);
        json_push(halls, object);
    }
    return halls;
}

/* The rack that is to stand at each position, or PLENUM_NONE. Free it. */
static int32_t *racks_by_position(const struct plenum_site *site)
{
    int32_t *racks = memory_new((size_t)site->position_count, sizeof *racks);
    for (int32_t i = 0; i < site->position_count; i++)
        racks[i] = PLENUM_NONE;
    for (int32_t i = 0; i < site->rack_count; i++)
        racks[site->racks[i].position] = i;
    return racks;
}

static json_t *positions_json(const struct plenum_site *site)
{
    json_t *positions = json_array();
    int32_t *racks = racks_by_position(site);
    for (int32_t i = 0; i < site->position_count; i++) {
        const struct plenum_position *position = &site->positions[i];
        json_t *object = place_json(site, i, position->name, position->hall, position->cell);
        bool has = racks[i] != PLENUM_NONE;
        put_cell(object, site, "front_cell", position->front_cell);
        json_put(object, "rack", has ? json_integer(racks[i]) : json_null());
        json_put(object, "rack_name", has ? json_string(site->racks[racks[i]].name) : json_null());
        json_push(positions, object);
    }
    free(racks);
    return positions;
}

static json_t *chargers_json(const struct plenum_site *site)
{
    json_t *chargers = json_array();
    for (int32_t i = 0; i < site->charger_count; i++) {
        const struct plenum_charger *charger = &site->chargers[i];
        json_t *object = place_json(site, i, charger->name, charger->hall, charger->cell);
        json_put_i64(object, "power_w", charger->power_w);
        json_push(chargers, object);
    }
    return chargers;
}

static json_t *pads_json(const struct plenum_site *site)
{
    json_t *pads = json_array();
    for (int32_t i = 0; i < site->pad_count; i++) {
        int32_t cell = site->pads[i].cell;
        if (cell != PLENUM_NONE)
            json_push(pads, place_json(site, i, site->pads[i].name, plenum_site_hall_of(site, cell),
                                       cell));
    }
    return pads;
}

static json_t *areas_json(const struct plenum_site *site)
{
    json_t *areas = json_array();
    for (int32_t i = 0; i < site->area_count; i++) {
        const struct plenum_area *area = &site->areas[i];
        json_t *object =
            place_json(site, i, area->name, area->hall, plenum_area_cell(site, area, 0));
        json_put_text(object, "kind", plenum_area_kind_name(area->kind));
        json_put_i64(object, "columns", area->columns);
        json_put_i64(object, "rows", area->rows);
        json_push(areas, object);
    }
    return areas;
}

void handle_floor(struct call *call, const char *id)
{
    const struct plenum_site *site = plenum_ledger_site(call->ledger);
    json_t *object = json_object(), *docks = json_array(), *stations = json_array();
    json_t *repair = json_array();
    (void)id;
    for (int32_t i = 0; i < site->dock_count; i++)
        json_push(docks, place_json(site, i, site->docks[i].name, site->docks[i].hall,
                                    site->docks[i].cell));
    for (int32_t i = 0; i < site->station_count; i++)
        json_push(stations, place_json(site, i, site->stations[i].name, site->stations[i].hall,
                                       site->stations[i].cell));
    for (int32_t i = 0; i < site->repair_station_count; i++)
        json_push(repair, place_json(site, i, site->repair_stations[i].name,
                                     site->repair_stations[i].hall, site->repair_stations[i].cell));
    json_put(object, "halls", halls_json(site));
    json_put(object, "positions", positions_json(site));
    json_put(object, "docks", docks);
    json_put(object, "stations", stations);
    json_put(object, "chargers", chargers_json(site));
    json_put(object, "repair_stations", repair);
    json_put(object, "pads", pads_json(site));
    json_put(object, "areas", areas_json(site));
    call_answer_json(call, object);
}

/* --- a byte a cell ---------------------------------------------------------------------------- */

enum cell_byte {
    CELL_FREE,
    CELL_WALL,
    CELL_POSITION,
    CELL_DOCK,
    CELL_STATION,
    CELL_CHARGER,
    CELL_PAD
};

static void mark(const struct bytes *cells, const struct plenum_hall *hall, int32_t cell,
                 enum cell_byte byte)
{
    if (cell >= hall->first_cell && (size_t)(cell - hall->first_cell) < cells->length)
        cells->data[cell - hall->first_cell] = (uint8_t)byte;
}

static void mark_places(const struct plenum_site *site, const struct plenum_hall *hall,
                        const struct bytes *cells)
{
    for (int32_t i = 0; i < site->position_count; i++)
        mark(cells, hall, site->positions[i].cell, CELL_POSITION);
    for (int32_t i = 0; i < site->dock_count; i++)
        mark(cells, hall, site->docks[i].cell, CELL_DOCK);
    for (int32_t i = 0; i < site->station_count; i++)
        mark(cells, hall, site->stations[i].cell, CELL_STATION);
    for (int32_t i = 0; i < site->charger_count; i++)
        mark(cells, hall, site->chargers[i].cell, CELL_CHARGER);
    for (int32_t i = 0; i < site->pad_count; i++)
        mark(cells, hall, site->pads[i].cell, CELL_PAD);
}

void handle_floor_cells(struct call *call, const char *id)
{
    const struct plenum_site *site = plenum_ledger_site(call->ledger);
    int64_t number = 0;
    (void)id;
    if (!call_query_i64(call, "hall", 0, site->hall_count - 1, &number))
        return;
    if (site->hall_count == 0) {
        call_problem(call, 404, "this site has no hall");
        return;
    }
    const struct plenum_hall *hall = &site->halls[number];
    struct bytes cells;
    bytes_init(&cells, HTTP_ANSWER_MAX - HTTP_ROOM);
    bytes_put(&cells, site->walls + hall->first_cell, (size_t)hall->width * (size_t)hall->height);
    if (cells.overflow) {
        call_problem(call, 404, "hall \"%s\" has more cells than an answer has bytes (%d)",
                     hall->name, HTTP_ANSWER_MAX - HTTP_ROOM);
    } else {
        mark_places(site, hall, &cells);
        call_answer_text(call, OCTETS, &cells);
    }
    bytes_finish(&cells);
}

/* --- the frame -------------------------------------------------------------------------------- */

static bool query_i32(struct call *call, const char *name, int32_t *value)
{
    int64_t wide = *value;
    if (!call_query_i64(call, name, INT32_MIN, INT32_MAX, &wide))
        return false;
    *value = (int32_t)wide;
    return true;
}

static bool read_view(struct call *call, struct frame_view *view)
{
    const struct plenum_site *site = plenum_ledger_site(call->ledger);
    struct plenum_error error;
    frame_view_init(view, site);
    if (!query_i32(call, "hall", &view->hall))
        return false;
    if (view->hall > 0 && view->hall < site->hall_count) {
        view->x1 = site->halls[view->hall].width;
        view->y1 = site->halls[view->hall].height;
    }
    if (!query_i32(call, "x0", &view->x0) || !query_i32(call, "y0", &view->y0) ||
        !query_i32(call, "x1", &view->x1) || !query_i32(call, "y1", &view->y1) ||
        !query_i32(call, "width", &view->width) || !query_i32(call, "height", &view->height))
        return false;
    if (frame_view_fit(view, site, &error))
        return true;
    call_problem(call, 400, "%s", error.text);
    return false;
}

void handle_floor_frame(struct call *call, const char *id)
{
    struct frame_view view;
    struct bytes frame;
    (void)id;
    if (!read_view(call, &view))
        return;
    bytes_init(&frame, FRAME_BYTES_MAX);
    frame_floor(call->ledger, &view, &frame);
    call_answer_text(call, OCTETS, &frame);
    bytes_finish(&frame);
}
