/* The air: its bounds, pads and closed volumes (/v1/air), and who is in it at this instant as a
 * frame (frame.h). */
#include "edge/http/call.h"
#include "edge/http/frame.h"
#include "edge/http/json.h"

static json_t *points_json(const struct plenum_point *points, int32_t count)
{
    json_t *array = json_array();
    for (int32_t i = 0; i < count; i++) {
        json_t *point = json_array();
        json_push(point, json_integer(points[i].x_mm));
        json_push(point, json_integer(points[i].y_mm));
        json_push(array, point);
    }
    return array;
}

static json_t *pads_json(const struct plenum_site *site)
{
    json_t *pads = json_array();
    for (int32_t i = 0; i < site->pad_count; i++) {
        const struct plenum_pad *pad = &site->pads[i];
        json_t *object = json_object();
        json_put_i64(object, "id", i);
        json_put_text(object, "name", pad->name);
        json_put_i64(object, "x_mm", pad->at.x_mm);
        json_put_i64(object, "y_mm", pad->at.y_mm);
        json_put(object, "outlying", json_boolean(pad->outlying));
        json_put(object, "cell", pad->cell == PLENUM_NONE ? json_null() : json_integer(pad->cell));
        json_put_i64(object, "stands", pad->stands);
        json_put_i64(object, "charge_w", pad->charge_w);
        json_push(pads, object);
    }
    return pads;
}

/* Always: from null, until null. */
static json_t *closed_json(const struct plenum_closed_volume *closed)
{
    const struct plenum_volume *volume = &closed->volume;
    bool circle = volume->shape == PLENUM_SHAPE_CIRCLE;
    json_t *object = json_object();
    json_put_text(object, "name", closed->name);
    json_put(object, "polygon_mm",
             circle ? json_null() : points_json(volume->vertices, volume->vertex_count));
    json_put(object, "centre_mm",
             circle ? json_pack("[I,I]", (json_int_t)volume->centre.x_mm,
                                (json_int_t)volume->centre.y_mm)
                    : json_null());
    json_put(object, "radius_mm", circle ? json_integer(volume->radius_mm) : json_null());
    json_put_i64(object, "lower_mm", volume->lower_mm);
    json_put_i64(object, "upper_mm", volume->upper_mm);
    json_put(object, "from_ms",
             volume->from_ms == INT64_MIN ? json_null() : json_integer(volume->from_ms));
    json_put_ms(object, "until_ms", volume->until_ms);
    return object;
}

void handle_air(struct call *call, const char *id)
{
    const struct plenum_site *site = plenum_ledger_site(call->ledger);
    const struct plenum_airspace *airspace = &site->airspace;
    json_t *object = json_object(), *bounds = json_object(), *closed = json_array();
    (void)id;
    for (int32_t i = 0; i < airspace->closed_count; i++)
        json_push(closed, closed_json(&airspace->closed[i]));
    json_put(bounds, "polygon_mm", points_json(airspace->vertices, airspace->vertex_count));
    json_put_i64(bounds, "lower_mm", airspace->lower_mm);
    json_put_i64(bounds, "upper_mm", airspace->upper_mm);
    json_put(object, "airspace", airspace->vertex_count > 0 ? bounds : json_null());
    if (airspace->vertex_count == 0)
        json_decref(bounds);
    json_put(object, "pads", pads_json(site));
    json_put(object, "closed", closed);
    call_answer_json(call, object);
}

void handle_air_frame(struct call *call, const char *id)
{
    struct frame_view view;
    struct bytes frame;
    (void)id;
    frame_view_init(&view, plenum_ledger_site(call->ledger));
    if (!call_query_i64(call, "horizon_ms", 0, FRAME_HORIZON_MAX_MS, &view.horizon_ms))
        return;
    bytes_init(&frame, FRAME_BYTES_MAX);
    frame_air(call->ledger, &view, &frame);
    if (frame.overflow)
        call_problem(call, 500, "more flights than a frame of %d bytes has room for",
                     FRAME_BYTES_MAX);
    else
        call_answer_text(call, "application/octet-stream", &frame);
    bytes_finish(&frame);
}
