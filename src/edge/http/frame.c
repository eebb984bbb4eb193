/* Views, and what all frames begin with. */
#include "edge/http/frame.h"

#include <inttypes.h>

static int32_t clamp(int32_t value, int32_t least, int32_t most)
{
    if (value < least)
        return least;
    return value > most ? most : value;
}

void frame_view_init(struct frame_view *view, const struct plenum_site *site)
{
    *view = (struct frame_view){.width = 1024, .height = 1024, .horizon_ms = FRAME_HORIZON_MS};
    if (site->hall_count > 0) {
        view->x1 = site->halls[0].width;
        view->y1 = site->halls[0].height;
    }
}

bool frame_view_fit(struct frame_view *view, const struct plenum_site *site,
                    struct plenum_error *error)
{
    if (view->hall < 0 || view->hall >= site->hall_count) {
        plenum_fail(error, PLENUM_INPUT,
                    "hall: found %" PRId32 ", expected a number below %" PRId32, view->hall,
                    site->hall_count);
        return false;
    }
    if (view->x0 >= view->x1 || view->y0 >= view->y1) {
        plenum_fail(error, PLENUM_INPUT, "x0, y0, x1, y1: expected x0 below x1 and y0 below y1");
        return false;
    }
    const struct plenum_hall *hall = &site->halls[view->hall];
    view->x0 = clamp(view->x0, 0, hall->width - 1);
    view->y0 = clamp(view->y0, 0, hall->height - 1);
    view->x1 = clamp(view->x1, view->x0 + 1, hall->width);
    view->y1 = clamp(view->y1, view->y0 + 1, hall->height);
    view->width = clamp(view->width, 1, FRAME_SIDE_PX_MAX);
    view->height = clamp(view->height, 1, FRAME_SIDE_PX_MAX);
    return true;
}

void frame_put_u16(struct bytes *out, uint16_t value)
{
    bytes_put_u8(out, (uint8_t)value);
    bytes_put_u8(out, (uint8_t)(value >> 8));
}

void frame_put_i32(struct bytes *out, int64_t value)
{
    if (value < INT32_MIN)
        value = INT32_MIN;
    bytes_put_u32(out, (uint32_t)(int32_t)(value > INT32_MAX ? INT32_MAX : value));
}

void frame_put_header(const struct plenum_ledger *ledger, enum frame_type type, struct bytes *out)
{
    bytes_put_u32(out, FRAME_MAGIC);
    frame_put_u16(out, (uint16_t)type);
    frame_put_u16(out, FRAME_VERSION);
    bytes_put_u64(out, plenum_ledger_seq(ledger));
    bytes_put_i64(out, plenum_ledger_now_ms(ledger));
}
