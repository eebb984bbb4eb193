/* The floor as a frame: robots one by one from near, tiles of them from far.
 *
 * Tiles have a power of two of cells a side and begin at multiples of it, so that a view that
 * moves meets the same tiles. Where the view has fewer cells than the site has robots, the cells
 * are walked; else the robots. */
#include "edge/http/frame.h"

#include "base/check.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

struct tile {
    uint32_t robots, busy, broken;
};

struct painter {
    const struct plenum_ledger *ledger;
    const struct plenum_site *site;
    const struct plenum_hall *hall;
    const struct frame_view *view;
    const int64_t *robot_rows;                 /* plenum_ledger_rows of robots */
    uint32_t counts[PLENUM_ROBOT_STATE_COUNT]; /* in the view; carried ones stand in no cell */
    int32_t *robots;                           /* in the view, where they are few; or NULL */
    int32_t robot_count;
    int32_t tile_cells, tile_shift; /* its logarithm */
    int32_t columns, rows;          /* of tiles */
    struct tile *tiles;             /* or NULL */
};

enum { COUNTED_STATES = PLENUM_ROBOT_CARRIED };
_Static_assert(COUNTED_STATES == 5, "the facts of a floor frame have five counts");

/* --- the choice ------------------------------------------------------------------------------- */

static int64_t view_cells(const struct frame_view *view)
{
    return (int64_t)(view->x1 - view->x0) * (view->y1 - view->y0);
}

/* Whether so many cells a side span at least px pixels, both ways. */
static bool spans_px(const struct frame_view *view, int64_t cells, int64_t px)
{
    return cells * view->width >= px * (view->x1 - view->x0) &&
           cells * view->height >= px * (view->y1 - view->y0);
}

static void choose_tiles(struct painter *painter)
{
    const struct frame_view *view = painter->view;
    while (!spans_px(view, INT64_C(1) << painter->tile_shift, FRAME_TILE_PX) &&
           1 << painter->tile_shift < FRAME_TILE_CELLS_MAX)
        painter->tile_shift++;
    painter->tile_cells = 1 << painter->tile_shift;
    painter->columns =
        ((view->x1 - 1) >> painter->tile_shift) - (view->x0 >> painter->tile_shift) + 1;
    painter->rows = ((view->y1 - 1) >> painter->tile_shift) - (view->y0 >> painter->tile_shift) + 1;
}

/* --- the walk --------------------------------------------------------------------------------- */

static void add_to_tile(struct painter *painter, int32_t x, int32_t y, int64_t state)
{
    int32_t column = (x >> painter->tile_shift) - (painter->view->x0 >> painter->tile_shift);
    int32_t row = (y >> painter->tile_shift) - (painter->view->y0 >> painter->tile_shift);
    struct tile *tile = &painter->tiles[row * painter->columns + column];
    tile->robots++;
    tile->busy += state == PLENUM_ROBOT_BUSY;
    tile->broken += state == PLENUM_ROBOT_BROKEN;
}

static const int64_t *row_of(const struct painter *painter, int32_t robot)
{
    return painter->robot_rows + (size_t)robot * PLENUM_ROBOT_FIELD_COUNT;
}

static void meet_robot(struct painter *painter, int32_t robot, int32_t x, int32_t y)
{
    int64_t state = row_of(painter, robot)[PLENUM_FIELD_STATE];
    painter->counts[state]++;
    if (painter->tiles)
        add_to_tile(painter, x, y, state);
    if (painter->robots && painter->robot_count < FRAME_ROBOTS_MAX)
        painter->robots[painter->robot_count] = robot;
    painter->robot_count++;
}

static void walk_cells(struct painter *painter)
{
    const struct frame_view *view = painter->view;
    for (int32_t y = view->y0; y < view->y1; y++) {
        int32_t first = painter->hall->first_cell + y * painter->hall->width;
        for (int32_t x = view->x0; x < view->x1; x++) {
            int32_t robot = plenum_floor_robot_at(painter->ledger, first + x);
            if (robot != PLENUM_NONE)
                meet_robot(painter, robot, x, y);
        }
    }
}

static void walk_robots(struct painter *painter)
{
    const struct frame_view *view = painter->view;
    const int32_t *cells = plenum_floor_cells(painter->ledger);
    uint32_t width = (uint32_t)painter->hall->width;
    uint32_t cell_count = width * (uint32_t)painter->hall->height;
    for (int32_t robot = 0; robot < painter->site->robot_count; robot++) {
        uint32_t cell = (uint32_t)(cells[robot] - painter->hall->first_cell);
        if (cells[robot] == PLENUM_NONE || cell >= cell_count)
            continue;
        int32_t y = (int32_t)(cell / width), x = (int32_t)(cell - (uint32_t)y * width);
        if (x >= view->x0 && x < view->x1 && y >= view->y0 && y < view->y1)
            meet_robot(painter, robot, x, y);
    }
}

static void walk(struct painter *painter)
{
    memset(painter->counts, 0, sizeof painter->counts);
    painter->robot_count = 0;
    if (view_cells(painter->view) < painter->site->robot_count)
        walk_cells(painter);
    else
        walk_robots(painter);
}

/* Walks for robots where they can be seen, and for tiles where they cannot or are too many. */
static void gather(struct painter *painter)
{
    if (spans_px(painter->view, 1, FRAME_CELL_PX)) {
        painter->robots = memory_new(FRAME_ROBOTS_MAX, sizeof *painter->robots);
        walk(painter);
        if (painter->robot_count <= FRAME_ROBOTS_MAX)
            return;
        free(painter->robots);
        painter->robots = NULL;
    }
    choose_tiles(painter);
    painter->tiles =
        memory_new((size_t)painter->columns * (size_t)painter->rows, sizeof *painter->tiles);
    walk(painter);
}

/* --- bytes ------------------------------------------------------------------------------------ */

/* What a robot has on it: 0 nothing, else 1 + enum plenum_task_load. */
static uint8_t carries_of(const struct plenum_ledger *ledger, const int64_t *robot)
{
    if (robot[PLENUM_ROBOT_TASK] == 0)
        return 0;
    const int64_t *task =
        plenum_ledger_row(ledger, PLENUM_TASK, (uint64_t)robot[PLENUM_ROBOT_TASK]);
    if (!task || (task[PLENUM_FIELD_STATE] != PLENUM_TASK_TO_DROP &&
                  task[PLENUM_FIELD_STATE] != PLENUM_TASK_AT_DROP))
        return 0;
    return (uint8_t)(1 + task[PLENUM_TASK_LOAD]);
}

/* Steps until it moves again, rounded up; 65535 and more alike. */
static uint16_t late_steps_of(const struct painter *painter, const int64_t *robot)
{
    int64_t late_ms = robot[PLENUM_ROBOT_READY_MS] - plenum_ledger_now_ms(painter->ledger);
    if (late_ms <= 0)
        return 0;
    int64_t steps = (late_ms - 1) / painter->site->step_ms + 1;
    return steps < UINT16_MAX ? (uint16_t)steps : UINT16_MAX;
}

static void put_robots(const struct painter *painter, struct bytes *out)
{
    const int32_t *cells = plenum_floor_cells(painter->ledger);
    CHECK(painter->robots != NULL);
    for (int32_t i = 0; i < painter->robot_count; i++) {
        int32_t robot = painter->robots[i];
        const int64_t *row = row_of(painter, robot);
        bytes_put_u32(out, (uint32_t)robot);
        bytes_put_u32(out, (uint32_t)(cells[robot] - painter->hall->first_cell));
        bytes_put_u8(out, (uint8_t)row[PLENUM_FIELD_STATE]);
        bytes_put_u8(out, carries_of(painter->ledger, row));
        frame_put_u16(out, late_steps_of(painter, row));
    }
}

/* Of a whole, 255 is all; one of any is never 0. */
static uint8_t share_of(uint32_t part, uint32_t whole)
{
    if (whole == 0)
        return 0;
    return (uint8_t)((part * 255 + whole - 1) / whole);
}

static void put_tiles(const struct painter *painter, struct bytes *out)
{
    int32_t count = painter->columns * painter->rows;
    for (int32_t i = 0; i < count; i++) {
        const struct tile *tile = &painter->tiles[i];
        const uint8_t record[FRAME_TILE_BYTES] = {
            (uint8_t)tile->robots, (uint8_t)(tile->robots >> 8), share_of(tile->busy, tile->robots),
            share_of(tile->broken, tile->robots)};
        bytes_put(out, record, sizeof record);
    }
}

/* Those of the hall. Their number goes to *count. */
static int32_t *closed_cells(const struct painter *painter, uint32_t *count)
{
    const struct plenum_hall *hall = painter->hall;
    size_t all = plenum_floor_closed_cells(painter->ledger, NULL, 0);
    int32_t *cells = memory_new(all, sizeof *cells);
    plenum_floor_closed_cells(painter->ledger, cells, all);
    *count = 0;
    for (size_t i = 0; i < all; i++)
        if (cells[i] >= hall->first_cell &&
            cells[i] - hall->first_cell < hall->width * hall->height)
            cells[(*count)++] = cells[i] - hall->first_cell;
    return cells;
}

static void put_facts(const struct painter *painter, uint32_t closed, struct bytes *out)
{
    const struct frame_view *view = painter->view;
    bytes_put_u32(out, (uint32_t)view->hall);
    bytes_put_u32(out, (uint32_t)view->x0);
    bytes_put_u32(out, (uint32_t)view->y0);
    bytes_put_u32(out, (uint32_t)view->x1);
    bytes_put_u32(out, (uint32_t)view->y1);
    bytes_put_u32(out, (uint32_t)painter->site->step_ms);
    for (int i = 0; i < COUNTED_STATES; i++)
        bytes_put_u32(out, painter->counts[i]);
    bytes_put_u32(out, (uint32_t)(painter->tiles ? painter->tile_cells : painter->robot_count));
    bytes_put_u32(out, (uint32_t)painter->columns);
    bytes_put_u32(out, (uint32_t)painter->rows);
    bytes_put_u32(out, closed);
    bytes_put_u32(out, (uint32_t)painter->site->rack_count);
}

static void put_racks(const struct painter *painter, struct bytes *out)
{
    for (int32_t rack = 0; rack < painter->site->rack_count; rack++) {
        const int64_t *row = plenum_ledger_row(painter->ledger, PLENUM_RACK, (uint64_t)rack);
        bytes_put_u8(out, row ? (uint8_t)row[PLENUM_FIELD_STATE] : 0);
    }
}

void frame_floor(const struct plenum_ledger *ledger, const struct frame_view *view,
                 struct bytes *out)
{
    const struct plenum_site *site = plenum_ledger_site(ledger);
    CHECK(view->hall >= 0 && view->hall < site->hall_count);
    struct painter painter = {
        .ledger = ledger,
        .site = site,
        .hall = &site->halls[view->hall],
        .view = view,
        .robot_rows = plenum_ledger_rows(ledger, PLENUM_ROBOT),
    };
    uint32_t closed_count;
    int32_t *closed = closed_cells(&painter, &closed_count);
    gather(&painter);
    frame_put_header(ledger, painter.tiles ? FRAME_TILES : FRAME_ROBOTS, out);
    put_facts(&painter, closed_count, out);
    if (painter.tiles)
        put_tiles(&painter, out);
    else
        put_robots(&painter, out);
    for (uint32_t i = 0; i < closed_count; i++)
        bytes_put_u32(out, (uint32_t)closed[i]);
    put_racks(&painter, out);
    free(painter.robots);
    free(painter.tiles);
    free(closed);
}
