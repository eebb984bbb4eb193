/* Bookings of a calendar of servers: taken whole, changed at their end, given back. */
#include "base/check.h"
#include "base/memory.h"
#include "capacity/calendar_servers.h"

#include <stdlib.h>
#include <string.h>

static void change_all(struct plenum_calendar *calendar, const struct calendar_booking *booking,
                       int32_t from, int32_t until, int sign)
{
    int64_t gpus = 0;
    for (int32_t i = 0; i < booking->part_count; i++) {
        calendar_change(calendar, booking->parts[i].server, from, until,
                        sign * booking->parts[i].gpus);
        gpus += booking->parts[i].gpus;
    }
    if (gpus > 0)
        slots_add(&calendar->total, from, until, sign * gpus);
}

/* Is every part free over the slots? Parts are by server number, each once. */
static enum plenum_status check_free(const struct plenum_calendar *calendar,
                                     const struct plenum_calendar_part *parts, int32_t count,
                                     int32_t from, int32_t until, struct plenum_error *error)
{
    for (int32_t i = 0; i < count; i++) {
        uint8_t free = steps_least(&calendar->steps[parts[i].server], from, until);
        if (free < parts[i].gpus)
            return plenum_fail(error, PLENUM_REFUSED,
                               "server %d: found %d devices free over the window, expected %d",
                               parts[i].server, free, parts[i].gpus);
    }
    return PLENUM_OK;
}

static enum plenum_status check_parts(const struct plenum_calendar *calendar,
                                      const struct plenum_calendar_offer *offer,
                                      struct plenum_error *error)
{
    for (int32_t i = 0; i < offer->part_count; i++) {
        const struct plenum_calendar_part *part = &offer->parts[i];
        if (part->server < 0 || part->server >= calendar->count || part->gpus < 1)
            return plenum_fail(error, PLENUM_INPUT,
                               "found %d devices of server %d, expected 1 or more of one of %d",
                               part->gpus, part->server, calendar->count);
        if (i > 0 && part->server <= part[-1].server)
            return plenum_fail(error, PLENUM_INPUT,
                               "found server %d after %d, expected rising numbers", part->server,
                               part[-1].server);
    }
    return offer->part_count > 0
               ? PLENUM_OK
               : plenum_fail(error, PLENUM_INPUT, "found no device, expected one or more");
}

/* A booking to fill, and its number. */
static struct calendar_booking *booking_new(struct plenum_calendar *calendar, uint32_t *number)
{
    if (calendar->booking_free >= 0) {
        *number = (uint32_t)calendar->booking_free;
        calendar->booking_free = calendar->bookings[*number].start;
        return &calendar->bookings[*number];
    }
    *number = (uint32_t)calendar->booking_count;
    ARRAY_PUSH(calendar->bookings, calendar->booking_count, calendar->booking_capacity,
               PLENUM_CALENDAR_BOOKINGS_MAX) = (struct calendar_booking){0};
    return &calendar->bookings[*number];
}

enum plenum_status plenum_calendar_book(struct plenum_calendar *calendar,
                                        const struct plenum_calendar_offer *offer,
                                        uint32_t *booking, struct plenum_error *error)
{
    int32_t from = slot_at_or_before(&calendar->span, offer->start_ms);
    int32_t until = slot_at_or_after(&calendar->span, offer->end_ms);
    enum plenum_status status = check_parts(calendar, offer, error);
    if (status != PLENUM_OK)
        return status;
    if (from < 0 || from >= until || offer->end_ms > slot_ms(&calendar->span, calendar->span.slots))
        return plenum_fail(error, PLENUM_INPUT,
                           "found a window that is empty or not inside the calendar");
    status = check_free(calendar, offer->parts, offer->part_count, from, until, error);
    if (status != PLENUM_OK)
        return status;

    struct calendar_booking *made = booking_new(calendar, booking);
    made->start = from;
    made->end = until;
    made->part_count = offer->part_count;
    made->parts = memory_new((size_t)offer->part_count, sizeof *made->parts);
    memcpy(made->parts, offer->parts, (size_t)offer->part_count * sizeof *made->parts);
    change_all(calendar, made, from, until, -1);
    return PLENUM_OK;
}

static struct calendar_booking *booking_at(struct plenum_calendar *calendar, uint32_t number)
{
    CHECK(number < calendar->booking_count && calendar->bookings[number].end > 0);
    return &calendar->bookings[number];
}

void plenum_calendar_cancel(struct plenum_calendar *calendar, uint32_t booking)
{
    struct calendar_booking *gone = booking_at(calendar, booking);
    change_all(calendar, gone, gone->start, gone->end, 1);
    free(gone->parts);
    *gone = (struct calendar_booking){.start = calendar->booking_free};
    calendar->booking_free = (int32_t)booking;
}

enum plenum_status plenum_calendar_move_end(struct plenum_calendar *calendar, uint32_t booking,
                                            int64_t end_ms, struct plenum_error *error)
{
    struct calendar_booking *moved = booking_at(calendar, booking);
    int32_t end = slot_at_or_after(&calendar->span, end_ms);
    if (end_ms > slot_ms(&calendar->span, calendar->span.slots))
        return plenum_fail(error, PLENUM_REFUSED, "the window would end after the calendar does");
    if (end <= moved->start) {
        plenum_calendar_cancel(calendar, booking);
        return PLENUM_OK;
    }
    if (end > moved->end) {
        enum plenum_status status =
            check_free(calendar, moved->parts, moved->part_count, moved->end, end, error);
        if (status != PLENUM_OK)
            return status;
        change_all(calendar, moved, moved->end, end, -1);
    } else if (end < moved->end) {
        change_all(calendar, moved, end, moved->end, 1);
    }
    moved->end = end;
    return PLENUM_OK;
}

void plenum_calendar_read(struct plenum_calendar *calendar, uint32_t booking,
                          struct plenum_calendar_offer *offer)
{
    const struct calendar_booking *read = booking_at(calendar, booking);
    *offer = (struct plenum_calendar_offer){
        .start_ms = slot_ms(&calendar->span, read->start),
        .end_ms = slot_ms(&calendar->span, read->end),
        .parts = read->parts,
        .part_count = read->part_count,
    };
}
