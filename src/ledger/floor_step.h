/* The step of all robots: the hot part of the floor book.
 *
 * On a floor with few robots each robot is looked at in order of index. On a dense one the cells
 * are looked at in order of place, which reads memory in streams instead of at random: moves are
 * laid out by cell, and the floor after the step is made beside the floor before it. Both ways
 * give the same answers. */
#ifndef LEDGER_FLOOR_STEP_H
#define LEDGER_FLOOR_STEP_H

#include "ledger/floor_book.h"

/* Bits of a cell's flags. Exits do not change after init. The marks let a test see one command's
 * operations together in time linear in the command; each test takes back the marks it made. */
enum {
    EXIT_EAST = 1 << 0,
    EXIT_SOUTH = 1 << 1,
    EXIT_WEST = 1 << 2,
    EXIT_NORTH = 1 << 3,
    CLOSED = 1 << 4,
    MARK_TAKEN = 1 << 5,  /* a robot comes here by this command */
    MARK_OPENED = 1 << 6, /* this command opens it */
    MARK_SHUT = 1 << 7    /* this command closes it */
};

_Static_assert(EXIT_EAST == 1 << (PLENUM_MOVE_EAST - 1) &&
                   EXIT_SOUTH == 1 << (PLENUM_MOVE_SOUTH - 1) &&
                   EXIT_WEST == 1 << (PLENUM_MOVE_WEST - 1) &&
                   EXIT_NORTH == 1 << (PLENUM_MOVE_NORTH - 1),
               "the exit bit of a move is 1 << (move - 1)");

static inline struct plenum_refusal floor_refusal(enum plenum_reason reason, int32_t cell,
                                                  int32_t robot, struct plenum_ref other)
{
    return (struct plenum_refusal){
        .reason = reason, .subject = cell, .asked = robot, .other = other};
}

static inline struct plenum_ref no_ref(void)
{
    return plenum_ref(PLENUM_KIND_COUNT, 0);
}

static inline struct plenum_ref robot_ref(int32_t robot)
{
    return robot < 0 ? no_ref() : plenum_ref(PLENUM_ROBOT, (uint64_t)robot);
}

/* Whether a site's floors are better walked by place. */
static inline bool floor_is_dense(const struct plenum_site *site)
{
    return site->robot_count > 0 && site->cell_count / 8 <= site->robot_count;
}

/* Marks where the robots will stand. Returns the first robot whose move does not fit, or count. */
int32_t floor_step_mark(const struct floor_book *book, const uint8_t *moves, int32_t count);
/* Takes back the marks of robots before end. */
void floor_step_clear(const struct floor_book *book, const uint8_t *moves, int32_t end);
/* Why the move of a robot that floor_step_mark returned does not fit; the marks still stand. */
struct plenum_refusal floor_step_refusal(const struct floor_book *book, const uint8_t *moves,
                                         int32_t robot);
/* Whether all moves fit, where nothing is opened by the command. Fills book->laid. */
bool floor_step_scan(const struct floor_book *book, const uint8_t *moves);
void floor_step_apply(struct floor_book *book, const uint8_t *moves, int32_t count);

#endif
