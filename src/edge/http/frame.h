/* Frame: what moves on the floor or in the air at one instant, as bytes for a map.
 *
 *     header   who made it, when           24 bytes
 *     facts    of the view                 fixed by the type
 *     records  one a robot, tile, drone    fixed size each
 *
 * docs/api.md gives every byte. What is always true:
 *   1. Integers are little-endian and stand at multiples of their size from the frame's begin.
 *   2. The lengths of all parts follow from the facts; nothing is after the last part.
 *   3. A frame is a function of the ledger and the view alone.
 *   4. The counts of a floor frame's facts are of the robots in the view, whatever its type.
 *
 * A floor frame has a record for each robot in the view where cells are large enough to be seen
 * and robots are few enough to be sent; else one for each tile of cells. */
#ifndef EDGE_HTTP_FRAME_H
#define EDGE_HTTP_FRAME_H

#include <plenum/ledger.h>

#include "base/bytes.h"

#define FRAME_MAGIC UINT32_C(0x314E4C50) /* "PLN1" */

enum {
    FRAME_VERSION = 1,
    FRAME_HEADER_BYTES = 24,
    FRAME_FLOOR_FACTS_BYTES = 64,
    FRAME_ROBOT_BYTES = 12,
    FRAME_TILE_BYTES = 4,
    FRAME_AIR_FACTS_BYTES = 32,
    FRAME_DRONE_BYTES = 40,
    FRAME_FLIGHT_BYTES = 48,
    FRAME_VOLUME_BYTES = 48,
    FRAME_VERTEX_BYTES = 8
};

enum {
    FRAME_ROBOTS_MAX = 100000, /* sent one by one */
    FRAME_CELL_PX = 3,         /* the least pixels of a cell for that */
    FRAME_TILE_PX = 4,         /* the least pixels of a tile */
    FRAME_TILE_CELLS_MAX = 128,
    FRAME_SIDE_PX_MAX = 16384,
    FRAME_FLIGHTS_MAX = 4096,
    FRAME_BYTES_MAX = 32 << 20
};

#define FRAME_HORIZON_MS     INT64_C(600000)
#define FRAME_HORIZON_MAX_MS INT64_C(86400000)

enum frame_type { FRAME_ROBOTS = 1, FRAME_TILES = 2, FRAME_DRONES = 3 };

/* What a map shows. Cells [x0, x1) by [y0, y1) of a hall, on width by height pixels; of the air,
 * flights that begin before now and horizon_ms. */
struct frame_view {
    int32_t hall, x0, y0, x1, y1;
    int32_t width, height;
    int64_t horizon_ms;
};

/* The view of a whole hall, and FRAME_HORIZON_MS. */
void frame_view_init(struct frame_view *view, const struct plenum_site *site);
/* Cuts the view to its hall. False if it means nothing: error says why. */
bool frame_view_fit(struct frame_view *view, const struct plenum_site *site,
                    struct plenum_error *error) PLENUM_MUST_USE;

/* Appends a frame. The view was fitted. */
void frame_floor(const struct plenum_ledger *ledger, const struct frame_view *view,
                 struct bytes *out);
void frame_air(const struct plenum_ledger *ledger, const struct frame_view *view,
               struct bytes *out);

/* Where a drone is. */
struct drone_place {
    struct plenum_point at;
    int64_t altitude_mm;
    int32_t heading_centi; /* hundredths of a degree from north, clockwise; PLENUM_NONE: none */
};

/* Where the volumes of a flight, in their order, say that its drone is at at_ms: it climbs in the
 * first and lands in the last where they are circles, and is in the middle of each other piece in
 * the middle of its interval. start_ms and end_ms are the flight's. */
void drone_place_of(const struct plenum_volume *volumes, int32_t count, int64_t start_ms,
                    int64_t end_ms, int64_t at_ms, struct drone_place *place);

/* --- between the encoders --------------------------------------------------------------------- */

void frame_put_header(const struct plenum_ledger *ledger, enum frame_type type, struct bytes *out);
void frame_put_u16(struct bytes *out, uint16_t value);
/* What 32 bits do not hold is cut to the nearest that they do. */
void frame_put_i32(struct bytes *out, int64_t value);

#endif
