/* Floor book: which robot stands in which cell, and which cells are closed to robots.
 *
 * Always true of it (L3 of ledger.h, in parts):
 *   F1  robots[cells[r]] == r for each robot r that is somewhere, and no other cell names a robot.
 *   F2  no robot stands in a wall or in a closed cell; no wall is closed.
 *   F3  a cell has at most one owner that closed it.
 *   F4  a robot never leaves its hall: a move over the hall's edge has no exit bit.
 *   F5  all marks are 0 outside of a test.
 *
 * A command is judged by the floor as it will stand after it. Opened cells are open for the whole
 * command; the step is judged before liftings, those before placements, and placements before
 * closings. So a command may hand a closed cell from one owner to another, and a robot may step
 * out of a cell that it closes.
 *
 * A refusal says: subject the cell that was wanted (for a move over an edge or into a wall, the
 * cell the robot stands in), asked the robot's index (PLENUM_NONE for closing and opening), other
 * the robot or the owner that is in the way. */
#ifndef LEDGER_FLOOR_BOOK_H
#define LEDGER_FLOOR_BOOK_H

#include <plenum/ledger.h>

#include "base/bytes.h"

struct floor_closed {
    int32_t cell;
    struct plenum_ref owner;
};

struct floor_book {
    const struct plenum_site *site;
    int32_t *cells;  /* of each robot; PLENUM_NONE: nowhere */
    int32_t *pitch;  /* of each robot: the width of its hall, 0 while it is nowhere */
    int64_t *moves;  /* of each robot: cells travelled */
    int32_t *robots; /* in each cell; PLENUM_NONE: none */
    int32_t *next;   /* the same of the floor after a step; NULL where robots are few */
    uint8_t *laid;   /* of each cell: the move of the robot there, see floor_step.c; or NULL */
    int32_t
        margin; /* of robots, next and laid: so many items before the first and after the last */
    uint8_t *flags;              /* of each cell: exits, closed, and marks of the test that runs */
    uint8_t *placing;            /* of each robot: a mark of the test that runs */
    struct floor_closed *closed; /* by cell */
    size_t closed_count, closed_capacity;
    size_t closed_of_kind[PLENUM_KIND_COUNT]; /* how many closed cells owners of a kind hold */
    int64_t last_step_ms;                     /* INT64_MIN before the first */
};

void floor_book_init(struct floor_book *book, const struct plenum_site *site);
void floor_book_finish(struct floor_book *book);
/* True if the floor operations of the command fit. Else *refusal names the first that does not. */
bool floor_book_test(const struct floor_book *book, const struct plenum_command *command,
                     int64_t now_ms, struct plenum_refusal *refusal);
/* After a test that was true. */
void floor_book_apply(struct floor_book *book, const struct plenum_command *command,
                      int64_t now_ms);
/* Nothing on the floor ends by itself. */
void floor_book_advance(struct floor_book *book, int64_t now_ms);
void floor_book_write(const struct floor_book *book, struct bytes *bytes);
/* Into a book that was just initialised. False if the bytes are no state of this site's floor. */
bool floor_book_read(struct floor_book *book, struct bytes_reader *reader);
/* How many cells the owner has closed. */
size_t floor_book_count_of(const struct floor_book *book, struct plenum_ref owner);
/* Whether the owner has closed a cell. */
bool floor_book_holds(const struct floor_book *book, struct plenum_ref owner);
/* Who closed the cell; kind PLENUM_KIND_COUNT when it is open. */
struct plenum_ref floor_book_closed_by(const struct floor_book *book, int32_t cell);

#endif
