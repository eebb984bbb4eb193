/* See lane.h. */
#include "fleet/lane.h"

#include "base/memory.h"

#include <stdlib.h>

enum { COLUMNS, ROWS, AXES, CORNERS_MAX = 6 };

/* A place by its axes: [COLUMNS] is its column. */
struct spot {
    int32_t at[AXES];
};

#define LANE_FAR INT32_MAX

/* --- which way -------------------------------------------------------------------------------- */

/* Streets alternate; the last goes against the first, so that the rim goes round. */
static void senses_set(struct lane *lane, const struct street_sides *sides, uint32_t count,
                       uint8_t first)
{
    uint8_t sense = first;
    uint32_t last = 0;
    for (uint32_t i = 0; i < count; i++) {
        lane[i].sense = LANE_NONE;
        if (sides[i].after == (int32_t)i) {
            lane[i].sense = sense;
            sense ^= 1;
            last = i;
        }
    }
    lane[last].sense = first ^ 1;
}

static void nexts_set(struct lane *lane, uint32_t count)
{
    int32_t next[2] = {STREET_NONE, STREET_NONE};
    for (uint32_t i = count; i-- > 0;) {
        if (lane[i].sense != LANE_NONE) {
            next[lane[i].sense] = (int32_t)i;
        }
        lane[i].next[0][0] = next[0];
        lane[i].next[0][1] = next[1];
    }
    next[0] = next[1] = STREET_NONE;
    for (uint32_t i = 0; i < count; i++) {
        if (lane[i].sense != LANE_NONE) {
            next[lane[i].sense] = (int32_t)i;
        }
        lane[i].next[1][0] = next[0];
        lane[i].next[1][1] = next[1];
    }
}

static bool has_two_streets(const struct street_sides *sides, uint32_t count)
{
    return sides[0].after != STREET_NONE && sides[count - 1].before > sides[0].after;
}

void lanes_init(struct lanes *lanes, const struct streets *streets, const struct grid *grid)
{
    *lanes = (struct lanes){.streets = streets};
    if (!has_two_streets(streets->columns, grid->width) ||
        !has_two_streets(streets->rows, grid->height)) {
        return;
    }
    lanes->axis[COLUMNS] = memory_new(grid->width, sizeof **lanes->axis);
    lanes->axis[ROWS] = memory_new(grid->height, sizeof **lanes->axis);
    senses_set(lanes->axis[COLUMNS], streets->columns, grid->width, 1);
    senses_set(lanes->axis[ROWS], streets->rows, grid->height, 0);
    nexts_set(lanes->axis[COLUMNS], grid->width);
    nexts_set(lanes->axis[ROWS], grid->height);
}

void lanes_finish(struct lanes *lanes)
{
    free(lanes->axis[COLUMNS]);
    free(lanes->axis[ROWS]);
    *lanes = (struct lanes){0};
}

size_t lanes_bytes(const struct lanes *lanes, const struct grid *grid)
{
    return lanes->axis[ROWS] ? (grid->width + grid->height) * sizeof **lanes->axis : 0;
}

/* --- between crossings ------------------------------------------------------------------------ */

static int32_t span(int32_t a, int32_t b)
{
    return a > b ? a - b : b - a;
}

/* Whether b is at or beyond a. */
static bool is_ahead(uint8_t sense, int32_t a, int32_t b)
{
    return sense == 0 ? b >= a : b <= a;
}

/* The one of both that is further on. */
static int32_t further(uint8_t sense, int32_t a, int32_t b)
{
    return is_ahead(sense, a, b) ? b : a;
}

static int32_t lesser(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

/* The sense of the street through a spot that runs along an axis. */
static uint8_t sense_along(const struct lanes *lanes, const struct spot *spot, int axis)
{
    return lanes->axis[!axis][spot->at[!axis]].sense;
}

/* From a along one street of the axis, across, and on along another to b; or all along one. */
static int32_t two_corners(const struct lanes *lanes, const struct spot *a, const struct spot *b,
                           int axis)
{
    uint8_t out = sense_along(lanes, a, axis), in = sense_along(lanes, b, axis);
    int32_t from = a->at[axis], to = b->at[axis], down = b->at[!axis] - a->at[!axis];
    if (down == 0) {
        return is_ahead(out, from, to) ? span(from, to) : LANE_FAR;
    }
    if (out == in && !is_ahead(out, from, to)) {
        return LANE_FAR;
    }
    int32_t start = out == in ? from : further(out, from, to);
    int32_t across = lanes->axis[axis][start].next[out][down < 0];
    if (across == STREET_NONE || (out == in && !is_ahead(out, across, to))) {
        return LANE_FAR;
    }
    return span(from, across) + span(across, to) + span(down, 0);
}

/* From a along a street of the axis to b's street across, and on along that. */
static int32_t one_corner(const struct lanes *lanes, const struct spot *a, const struct spot *b,
                          int axis)
{
    bool on = is_ahead(sense_along(lanes, a, axis), a->at[axis], b->at[axis]) &&
              is_ahead(sense_along(lanes, b, !axis), a->at[!axis], b->at[!axis]);
    return on ? span(a->at[axis], b->at[axis]) + span(a->at[!axis], b->at[!axis]) : LANE_FAR;
}

/* From a along a street of the axis to the next across, in either sense, and on from there, round
 * so many corners in all: three or more. */
static int32_t more_corners(const struct lanes *lanes, const struct spot *a, const struct spot *b,
                            int axis, int corners)
{
    uint8_t out = sense_along(lanes, a, axis);
    int32_t best = LANE_FAR, from = a->at[axis];
    for (int turn = 0; turn < 2; turn++) {
        struct spot corner = *a;
        corner.at[axis] = lanes->axis[axis][from].next[out][turn];
        if (corner.at[axis] == STREET_NONE) {
            continue;
        }
        int32_t rest = corners == 3 ? two_corners(lanes, &corner, b, !axis)
                                    : more_corners(lanes, &corner, b, !axis, corners - 1);
        best = rest == LANE_FAR ? best : lesser(best, span(from, corner.at[axis]) + rest);
    }
    return best;
}

static int32_t crossings_distance(const struct lanes *lanes, const struct spot *a,
                                  const struct spot *b)
{
    int32_t least = span(a->at[COLUMNS], b->at[COLUMNS]) + span(a->at[ROWS], b->at[ROWS]);
    int32_t best = LANE_FAR;
    for (int axis = 0; axis < AXES && best != least; axis++) {
        best = lesser(best, one_corner(lanes, a, b, axis));
        best = lesser(best, two_corners(lanes, a, b, axis));
    }
    for (int corners = 3; corners <= CORNERS_MAX && best != least; corners++) {
        if (corners > 3 && best != LANE_FAR) {
            break;
        }
        best = lesser(best, more_corners(lanes, a, b, COLUMNS, corners));
        best = lesser(best, more_corners(lanes, a, b, ROWS, corners));
    }
    return best == LANE_FAR ? least + LANE_LOST : best;
}

/* --- between any cells ------------------------------------------------------------------------ */

/* The axis along which the cell's only street runs, or AXES at a crossing. */
static int only_axis(const struct lanes *lanes, const struct spot *spot)
{
    if (lanes->axis[ROWS][spot->at[ROWS]].sense == LANE_NONE) {
        return ROWS; /* on a column, which runs along the rows */
    }
    return lanes->axis[COLUMNS][spot->at[COLUMNS]].sense == LANE_NONE ? COLUMNS : AXES;
}

/* The first crossing at or beyond a place of an axis, or STREET_NONE. */
static int32_t next_crossing(const struct lane *lane, uint8_t sense, int32_t from)
{
    int32_t a = lane[from].next[sense][0], b = lane[from].next[sense][1];
    if (a == STREET_NONE || b == STREET_NONE) {
        return a == STREET_NONE ? b : a;
    }
    return is_ahead(sense, a, b) ? a : b;
}

/* Moves a spot between crossings to the next one, ahead or, with back, behind; the steps there. */
static int32_t to_crossing(const struct lanes *lanes, struct spot *spot, bool back)
{
    int axis = only_axis(lanes, spot);
    if (axis == AXES) {
        return 0;
    }
    uint8_t sense = sense_along(lanes, spot, axis) ^ (uint8_t)back;
    int32_t from = spot->at[axis];
    int32_t to = next_crossing(lanes->axis[axis], sense, from);
    if (to == STREET_NONE) {
        to = next_crossing(lanes->axis[axis], sense ^ 1, from);
    }
    spot->at[axis] = to;
    return span(from, to);
}

/* Both lie in one street along the axis, with no crossing between them but, it may be, a. */
static bool one_piece(const struct lanes *lanes, const struct spot *a, const struct spot *b,
                      int axis)
{
    if (axis == AXES || a->at[!axis] != b->at[!axis]) {
        return false;
    }
    uint8_t back = b->at[axis] > a->at[axis];
    int32_t crossing = next_crossing(lanes->axis[axis], back, b->at[axis]);
    return crossing == STREET_NONE || is_ahead(back, a->at[axis], crossing);
}

uint32_t lanes_distance(const struct lanes *lanes, uint32_t place, uint32_t goal)
{
    struct spot a = {{(int32_t)(place & 0xffff), (int32_t)(place >> 16)}};
    struct spot b = {{(int32_t)(goal & 0xffff), (int32_t)(goal >> 16)}};
    int axis = only_axis(lanes, &b);
    int32_t within = LANE_FAR;
    if (place == goal) {
        return 0;
    }
    if (one_piece(lanes, &a, &b, axis)) {
        within = span(a.at[axis], b.at[axis]);
        if (is_ahead(sense_along(lanes, &b, axis), a.at[axis], b.at[axis])) {
            return (uint32_t)within;
        }
        within += LANE_AGAINST;
    }
    int32_t steps = to_crossing(lanes, &a, false) + to_crossing(lanes, &b, true);
    return (uint32_t)lesser(within, steps + crossings_distance(lanes, &a, &b));
}

/* --- ways ------------------------------------------------------------------------------------- */

/* What is left lies along one street, rest places on. */
static uint32_t beside(const struct lane *lane, int32_t rest)
{
    return (rest > 1 || rest < -1) && lane->sense == (rest < 0) ? 0
           : rest > 1 || rest < -1                              ? 2 * LANE_STEP
                                                                : 0;
}

static void open_rate(const struct lanes *lanes, uint32_t place, uint32_t goal,
                      uint32_t costs[LANE_WAYS])
{
    uint32_t x = place & 0xffff, y = place >> 16;
    int32_t across = (int32_t)(goal & 0xffff) - (int32_t)x;
    int32_t down = (int32_t)(goal >> 16) - (int32_t)y;
    uint32_t here = LANE_STEP * (uint32_t)(span(across, 0) + span(down, 0));
    const struct lane *column = &lanes->axis[COLUMNS][x], *row = &lanes->axis[ROWS][y];
    uint32_t against = LANE_STEP - 1;
    costs[0] = here + (across > 0 ? 0u - LANE_STEP : LANE_STEP) + (row->sense == 1 ? against : 0);
    costs[1] = here + (down > 0 ? 0u - LANE_STEP : LANE_STEP) + (column->sense == 1 ? against : 0);
    costs[2] = here + (across < 0 ? 0u - LANE_STEP : LANE_STEP) + (row->sense == 0 ? against : 0);
    costs[3] = here + (down < 0 ? 0u - LANE_STEP : LANE_STEP) + (column->sense == 0 ? against : 0);
    costs[4] = here;
    if (down == 0) {
        costs[0] += beside(row, across - 1);
        costs[2] += beside(row, across + 1);
        costs[4] += beside(row, across);
    } else if (down == 1) {
        costs[1] += beside(row + 1, across);
    } else if (down == -1) {
        costs[3] += beside(row - 1, across);
    }
    if (across == 0) {
        costs[1] += beside(column, down - 1);
        costs[3] += beside(column, down + 1);
        costs[4] += beside(column, down);
    } else if (across == 1) {
        costs[0] += beside(column + 1, down);
    } else if (across == -1) {
        costs[2] += beside(column - 1, down);
    }
}

static const uint32_t place_step[] = {1, 1u << 16, UINT32_MAX, 0u - (1u << 16), 0};

/* Between crossings of a street that does not hold the goal: on, stay, or back. Other ways, to a
 * street side by side with this one, are told by their distance. */
static void piece_rate(const struct lanes *lanes, uint32_t place, uint32_t goal, uint32_t ways,
                       int axis, uint32_t costs[LANE_WAYS])
{
    const struct spot spot = {{(int32_t)(place & 0xffff), (int32_t)(place >> 16)}};
    int on = axis + 2 * sense_along(lanes, &spot, axis), back = on ^ 2;
    bool sideways = (ways & ~(1u << on | 1u << back | 1u << GRID_HEADINGS)) != 0;
    uint32_t here = sideways ? LANE_STEP * lanes_distance(lanes, place, goal) : LANE_STEP;
    for (int way = 0; way < GRID_HEADINGS && sideways; way++) {
        bool told = (ways >> way & 1) && way != on && way != back;
        costs[way] = told ? LANE_STEP * lanes_distance(lanes, place + place_step[way], goal) : 0;
    }
    costs[on] = here - LANE_STEP;
    costs[back] = here + LANE_STEP;
    costs[GRID_HEADINGS] = here;
}

static void net_rate(const struct lanes *lanes, uint32_t place, uint32_t goal, uint32_t ways,
                     uint32_t costs[LANE_WAYS])
{
    const struct spot spot = {{(int32_t)(place & 0xffff), (int32_t)(place >> 16)}};
    int axis = only_axis(lanes, &spot);
    uint32_t other = (place ^ goal) & (axis == COLUMNS ? 0xffff0000 : 0xffff);
    if (axis != AXES && other != 0) {
        piece_rate(lanes, place, goal, ways, axis, costs);
        return;
    }
    for (int way = 0; way < LANE_WAYS; way++) {
        costs[way] =
            ways >> way & 1 ? LANE_STEP * lanes_distance(lanes, place + place_step[way], goal) : 0;
    }
}

static void plain_rate(const struct lanes *lanes, uint32_t place, uint32_t goal, uint32_t ways,
                       uint32_t costs[LANE_WAYS])
{
    for (int way = 0; way < LANE_WAYS; way++) {
        uint32_t to = place + place_step[way];
        costs[way] =
            ways >> way & 1 ? LANE_STEP * streets_distance_places(lanes->streets, to, goal) : 0;
    }
}

void lanes_rate(const struct lanes *lanes, uint32_t place, uint32_t goal, uint32_t ways,
                uint32_t costs[LANE_WAYS])
{
    if (!lanes->axis[ROWS]) {
        plain_rate(lanes, place, goal, ways, costs);
    } else if (lanes->streets->open) {
        open_rate(lanes, place, goal, costs);
    } else {
        net_rate(lanes, place, goal, ways, costs);
    }
}
