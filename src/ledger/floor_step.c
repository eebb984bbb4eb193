#include "ledger/floor_step.h"

#include <stddef.h>
#include <string.h>

#include "base/check.h"

/* By table and not by branches: the moves of a fleet follow no pattern that a processor can guess,
 * and a wrong guess costs more than all else here. */
static inline int32_t floor_target(int32_t cell, int32_t pitch, unsigned move)
{
    static const int32_t east[8] = {[PLENUM_MOVE_EAST] = 1, [PLENUM_MOVE_WEST] = -1};
    static const int32_t south[8] = {[PLENUM_MOVE_SOUTH] = 1, [PLENUM_MOVE_NORTH] = -1};
    return cell + east[move & 7] + pitch * south[move & 7];
}

static inline unsigned move_opposite(unsigned move)
{
    return (move + 1) % 4 + 1; /* east 1 and west 3, south 2 and north 4 */
}

/* The robot before `before` in order of index that moves into cell; PLENUM_NONE if none does. */
static int32_t step_comer(const struct floor_book *book, const uint8_t *moves, int32_t cell,
                          int32_t before)
{
    for (int32_t i = 0; i < before; i++)
        if (moves[i] != PLENUM_MOVE_WAIT && book->cells[i] >= 0 &&
            floor_target(book->cells[i], book->pitch[i], moves[i]) == cell)
            return i;
    return PLENUM_NONE;
}

/* Why the move of a robot, which does not fit, does not. */
struct plenum_refusal floor_step_refusal(const struct floor_book *book, const uint8_t *moves,
                                         int32_t robot)
{
    int32_t cell = book->cells[robot];
    if (!(book->flags[cell] >> (moves[robot] - 1) & 1))
        return floor_refusal(PLENUM_REASON_WALL, cell, robot, no_ref());
    int32_t target = floor_target(cell, book->pitch[robot], moves[robot]);
    uint8_t flags = book->flags[target];
    if (flags & CLOSED && !(flags & MARK_OPENED))
        return floor_refusal(PLENUM_REASON_CELL_CLOSED, target, robot,
                             floor_book_closed_by(book, target));
    int32_t there = book->robots[target];
    if (there >= 0 && moves[there] == move_opposite(moves[robot]))
        return floor_refusal(PLENUM_REASON_SWAP, target, robot, robot_ref(there));
    if (there < 0 || moves[there] != PLENUM_MOVE_WAIT)
        there = step_comer(book, moves, target, robot);
    return floor_refusal(PLENUM_REASON_CELL_TAKEN, target, robot, robot_ref(there));
}

/* Marks where the robots will stand. Returns the first robot whose move
 * does not fit, or count. */
int32_t floor_step_mark(const struct floor_book *book, const uint8_t *moves, int32_t count)
{
    for (int32_t i = 0; i < count; i++) {
        unsigned move = moves[i];
        int32_t cell = book->cells[i];
        if (cell < 0 && move == PLENUM_MOVE_WAIT)
            continue;
        if (move >= PLENUM_MOVE_COUNT || cell < 0)
            return i;
        int32_t target = floor_target(cell, book->pitch[i], move);
        unsigned exits = (unsigned)book->flags[cell] << 1 | 1u << PLENUM_MOVE_WAIT;
        if (!(exits >> move & 1)) /* before target is used: it may be no cell */
            return i;
        unsigned flags = book->flags[target];
        int32_t there = book->robots[target];
        there = there < 0 ? i : there;
        unsigned its = moves[there];
        unsigned bad = flags & MARK_TAKEN;
        bad |= (unsigned)((flags & (CLOSED | MARK_OPENED)) == CLOSED);
        bad |= (unsigned)(there != i) &
               ((unsigned)(its == PLENUM_MOVE_WAIT) | (unsigned)(its == move_opposite(move)));
        if (bad)
            return i;
        book->flags[target] = (uint8_t)(flags | MARK_TAKEN);
    }
    return count;
}

void floor_step_clear(const struct floor_book *book, const uint8_t *moves, int32_t end)
{
    for (int32_t i = 0; i < end; i++)
        if (book->cells[i] >= 0)
            book->flags[floor_target(book->cells[i], book->pitch[i], moves[i])] &=
                (uint8_t)~MARK_TAKEN;
}

/* --- by place --------------------------------------------------------------------------------- */

/* What is laid out for a cell: 0 with no robot, else the move of the robot there and 1. */
enum {
    LAID_WAIT = 1 + PLENUM_MOVE_WAIT,
    LAID_EAST = 1 + PLENUM_MOVE_EAST,
    LAID_SOUTH = 1 + PLENUM_MOVE_SOUTH,
    LAID_WEST = 1 + PLENUM_MOVE_WEST,
    LAID_NORTH = 1 + PLENUM_MOVE_NORTH
};

/* False if a move means nothing, or one that is nowhere would move. */
static bool moves_valid(const struct floor_book *book, const uint8_t *moves)
{
    unsigned bad = 0;
    for (int32_t i = 0; i < book->site->robot_count; i++)
        bad |= (unsigned)(moves[i] >= PLENUM_MOVE_COUNT) |
               ((unsigned)(book->cells[i] < 0) & (unsigned)(moves[i] != PLENUM_MOVE_WAIT));
    return !bad;
}

static void lay_moves(const struct floor_book *book, const uint8_t *moves)
{
    memset(book->laid, 0, (size_t)book->site->cell_count);
    for (int32_t i = 0; i < book->site->robot_count; i++)
        if (book->cells[i] >= 0)
            book->laid[book->cells[i]] = (uint8_t)(moves[i] + 1);
}

/* What is laid out in a row of cells, and in the rows beside it: all 0 beyond the hall. */
struct laid_rows {
    const uint8_t *north, *own, *south;
};

static struct laid_rows rows_at(const struct floor_book *book, const struct plenum_hall *hall,
                                int32_t row)
{
    const uint8_t *nothing = book->laid - book->margin;
    const uint8_t *own = book->laid + hall->first_cell + (ptrdiff_t)row * hall->width;
    return (struct laid_rows){.north = row > 0 ? own - hall->width : nothing,
                              .own = own,
                              .south = row + 1 < hall->height ? own + hall->width : nothing};
}

/* Judges a row by what is laid out in each cell and in the four beside it. All of it is bytes and
 * none of it a branch, so that a compiler can do many cells at once. What stands at the end of the
 * row before, or of the hall before, moves into this row only over an edge, which its own cell's
 * exits tell. */
static bool row_fits(struct laid_rows laid, const uint8_t *flags, int32_t width)
{
    uint8_t bad = 0;
    for (ptrdiff_t i = 0; i < width; i++) {
        uint8_t own = laid.own[i], east = laid.own[i + 1], south = laid.south[i];
        uint8_t from_west = laid.own[i - 1] == LAID_EAST, from_east = east == LAID_WEST;
        uint8_t from_north = laid.north[i] == LAID_SOUTH, from_south = south == LAID_NORTH;
        uint8_t goes_east = own == LAID_EAST, goes_south = own == LAID_SOUTH;
        uint8_t goes = (uint8_t)(goes_east | goes_south << 1 | (own == LAID_WEST) << 2 |
                                 (own == LAID_NORTH) << 3);
        uint8_t come = (uint8_t)(from_west + from_east + from_north + from_south);
        bad |= (uint8_t)(goes & ~flags[i]); /* into a wall or over an edge */
        bad |= (uint8_t)(come + (own == LAID_WAIT)) > 1;
        bad |= (uint8_t)((goes_east & from_east) | (goes_south & from_south)); /* changed cells */
        bad |= (uint8_t)(come > 0) & (uint8_t)(flags[i] >> 4);
    }
    return !bad;
}

static bool hall_fits(const struct floor_book *book, const struct plenum_hall *hall)
{
    bool fits = true;
    for (int32_t row = 0; row < hall->height && fits; row++)
        fits = row_fits(rows_at(book, hall, row),
                        book->flags + hall->first_cell + (ptrdiff_t)row * hall->width, hall->width);
    return fits;
}

bool floor_step_scan(const struct floor_book *book, const uint8_t *moves)
{
    CHECK(book->next && book->laid);
    bool fits = moves_valid(book, moves);
    if (fits)
        lay_moves(book, moves);
    for (int32_t i = 0; i < book->site->hall_count && fits; i++)
        fits = hall_fits(book, &book->site->halls[i]);
    return fits;
}

/* --- applying --------------------------------------------------------------------------------- */

static void apply_by_robot(struct floor_book *book, const uint8_t *moves, int32_t count)
{
    for (int32_t i = 0; i < count; i++) {
        int32_t cell = book->cells[i];
        if (cell < 0)
            continue;
        int32_t target = floor_target(cell, book->pitch[i], moves[i]);
        int32_t there = book->robots[cell]; /* not i if one that follows has come already */
        book->robots[cell] = there == i ? PLENUM_NONE : there;
        book->robots[target] = i;
        book->cells[i] = target;
        book->moves[i] += moves[i] != PLENUM_MOVE_WAIT;
    }
}

/* At most one robot comes to a cell: it is the one term that is not 0. */
static void row_advance(struct laid_rows laid, const int32_t *robots, int32_t *next, int32_t width)
{
    for (ptrdiff_t i = 0; i < width; i++) {
        int32_t stays = -(int32_t)(laid.own[i] == LAID_WAIT) & (robots[i] + 1);
        int32_t west = -(int32_t)(laid.own[i - 1] == LAID_EAST) & (robots[i - 1] + 1);
        int32_t east = -(int32_t)(laid.own[i + 1] == LAID_WEST) & (robots[i + 1] + 1);
        int32_t north = -(int32_t)(laid.north[i] == LAID_SOUTH) & (robots[i - width] + 1);
        int32_t south = -(int32_t)(laid.south[i] == LAID_NORTH) & (robots[i + width] + 1);
        next[i] = (stays | west | east | north | south) - 1;
    }
}

static void hall_advance(struct floor_book *book, const struct plenum_hall *hall)
{
    for (int32_t row = 0; row < hall->height; row++) {
        ptrdiff_t first = hall->first_cell + (ptrdiff_t)row * hall->width;
        row_advance(rows_at(book, hall, row), book->robots + first, book->next + first,
                    hall->width);
    }
}

static void apply_by_place(struct floor_book *book, const uint8_t *moves, int32_t count)
{
    lay_moves(book, moves);
    for (int32_t i = 0; i < book->site->hall_count; i++)
        hall_advance(book, &book->site->halls[i]);
    int32_t *before = book->robots;
    book->robots = book->next;
    book->next = before;
    for (int32_t i = 0; i < count; i++) {
        int32_t move = moves[i];
        int32_t east = (move == PLENUM_MOVE_EAST) - (move == PLENUM_MOVE_WEST);
        int32_t south = (move == PLENUM_MOVE_SOUTH) - (move == PLENUM_MOVE_NORTH);
        book->cells[i] += east + south * book->pitch[i]; /* one that is nowhere waits */
        book->moves[i] += move != PLENUM_MOVE_WAIT;
    }
}

void floor_step_apply(struct floor_book *book, const uint8_t *moves, int32_t count)
{
    if (book->next)
        apply_by_place(book, moves, count);
    else
        apply_by_robot(book, moves, count);
}
