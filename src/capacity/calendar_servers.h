/* The calendar of servers, inside.
 *
 * What is free is kept three times, each for another question:
 *   steps  by server, exact: the least over any range of slots;
 *   rows   by ROW_SLOTS slots, and by ROW_FOLD of the next shorter, for all servers side by side:
 *          the least within the row. All servers at once over a window are a few rows joined by
 *          minimum, byte by byte. The sum of a row is more than any window over it can have;
 *   total  over all servers by slot: the same bound for single slots.
 *
 * Invariants:
 *  1. A row's byte s is the least of steps[s] over the slots of the row; its sum is that of its
 *     bytes.
 *  2. total at a slot is the sum over servers of steps there.
 *  3. steps[s] at a slot plus what the bookings take of s there is what s has. */
#ifndef CAPACITY_CALENDAR_SERVERS_H
#define CAPACITY_CALENDAR_SERVERS_H

#include "capacity/calendar_slots.h"
#include "capacity/calendar_steps.h"

enum { ROW_SLOTS = 60, ROW_FOLD = 4, ROW_LEVELS = 4, ROW_ALIGN = 64 };

/* Rows of one length over all slots. */
struct calendar_rows {
    int32_t slots; /* of a row */
    int32_t count;
    uint8_t *bytes; /* count x width */
    int64_t *sums;
};

struct calendar_booking {
    int32_t start, end; /* slots; end == 0: not booked, and start is the next such, or -1 */
    struct plenum_calendar_part *parts;
    int32_t part_count;
};

/* From some slot back, a server has no more than this. */
struct calendar_loss {
    int32_t server, next; /* index of the next loss at the same slot, or -1 */
    uint8_t least;
};

struct plenum_calendar {
    struct plenum_calendar_span span;
    struct plenum_calendar_server *servers;
    int32_t count;
    size_t width; /* bytes of a row: count, rounded up; what is past count is 0 */
    struct calendar_rows rows[ROW_LEVELS]; /* short ones first */
    uint8_t *has;                          /* devices, one row */
    struct steps *steps;
    struct slots total;
    int32_t *by_level[PLENUM_CALENDAR_LEVEL_COUNT]; /* servers by group, domain, number */
    struct calendar_booking *bookings;
    size_t booking_count, booking_capacity;
    int32_t booking_free;         /* the first that can be used again, or -1 */
    struct calendar_loss *losses; /* room of a search */
    size_t loss_count, loss_capacity;
    uint8_t *window, *joined; /* devices free over the window, one row; and the next of it */
    struct plenum_calendar_part *parts;
};

static inline uint8_t *calendar_row(const struct plenum_calendar *calendar, int level, int32_t row)
{
    return calendar->rows[level].bytes + (size_t)row * calendar->width;
}

/* Takes (delta under 0) or gives devices of one server over slots; keeps invariants 1 and 2. */
void calendar_change(struct plenum_calendar *calendar, int32_t server, int32_t from, int32_t until,
                     int32_t delta);

/* A search: a request in slots. */
struct calendar_search {
    struct plenum_calendar *calendar;
    const struct plenum_calendar_request *request;
    int32_t length, earliest, latest;
};

/* to[i] = the lesser of from[i] and row[i]; to may be from. Returns the sum of to. */
int64_t row_join(uint8_t *to, const uint8_t *from, const uint8_t *row, size_t width);
int64_t row_sum(const uint8_t *row, size_t width);

/* Do the devices of window[] do for the request? choose says which, by server; they do. */
bool calendar_fits(const struct calendar_search *search, const uint8_t *window);
int32_t calendar_choose(const struct calendar_search *search, const uint8_t *window,
                        struct plenum_calendar_part *parts);

#endif
