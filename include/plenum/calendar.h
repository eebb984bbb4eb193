/* Calendar: accelerators given out over future windows.
 *
 * A struct plenum_calendar knows each server: a booking takes devices of named servers for the
 * whole of its window, and the earliest window is found over all of them at once. A struct
 * plenum_calendar_pool knows only how many there are. Both answer the same question: from when on
 * can I have this many for this long?
 *
 * Time is cut into slots of equal length (a minute is usual), from the calendar's start to its
 * end. Instants and lengths are milliseconds; a start is moved up to the next slot, a length is
 * rounded up to whole slots. What is in the calendar is exact: nothing is given twice in any
 * slot, and no window is refused that fits. Between windows that start in the same slot the
 * choice of servers is by rule, so the same calls give the same answers on every machine. */
#ifndef PLENUM_CALENDAR_H
#define PLENUM_CALENDAR_H

#include <plenum/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PLENUM_CALENDAR_SLOTS_MAX = 1 << 24,
    PLENUM_CALENDAR_SERVERS_MAX = 1000000,
    PLENUM_CALENDAR_DEVICES_MAX = 64, /* of one server */
    PLENUM_CALENDAR_BOOKINGS_MAX = 1 << 28
};

/* The slots of a calendar. */
struct plenum_calendar_span {
    int64_t start_ms, slot_ms;
    int32_t slots;
};

/* --- pool ---------------------------------------------------------------------------------- */

struct plenum_calendar_pool;

PLENUM_API struct plenum_calendar_pool *
plenum_calendar_pool_create(const struct plenum_calendar_span *span, int64_t gpus);
PLENUM_API void plenum_calendar_pool_destroy(struct plenum_calendar_pool *pool);
/* The earliest start in [earliest_ms, latest_ms] with so many free for so long, all of it inside
 * the calendar. False where there is none. */
PLENUM_API bool plenum_calendar_pool_find(const struct plenum_calendar_pool *pool, int64_t gpus,
                                          int64_t length_ms, int64_t earliest_ms, int64_t latest_ms,
                                          int64_t *start_ms);
/* Adds (or, under zero, takes) devices over [from_ms, until_ms), cut to the calendar. REFUSED,
 * and nothing changes, where fewer than none would be left. */
PLENUM_API PLENUM_MUST_USE enum plenum_status
plenum_calendar_pool_add(struct plenum_calendar_pool *pool, int64_t from_ms, int64_t until_ms,
                         int64_t gpus, struct plenum_error *error);
/* The least that is free at any time in [from_ms, until_ms). */
PLENUM_API int64_t plenum_calendar_pool_free(const struct plenum_calendar_pool *pool,
                                             int64_t from_ms, int64_t until_ms);

/* --- servers ------------------------------------------------------------------------------- */

/* Where a gang must be: all on servers that are in the same of these. Numbers of groups are the
 * caller's, 0 or more. */
#define PLENUM_CALENDAR_LEVELS(X)                                                                  \
    X(SITE, "site", "anywhere")                                                                    \
    X(BLOCK, "block", "one network block")                                                         \
    X(ROW, "row", "one row")                                                                       \
    X(RACK, "rack", "one rack")                                                                    \
    X(SERVER, "server", "one server")

enum plenum_calendar_level {
#define X(code, name, meaning) PLENUM_CALENDAR_##code,
    PLENUM_CALENDAR_LEVELS(X)
#undef X
        PLENUM_CALENDAR_LEVEL_COUNT
};

struct plenum_calendar_server {
    int32_t gpus;
    int32_t type;                                /* the caller's number, 0 .. 63 */
    int32_t groups[PLENUM_CALENDAR_LEVEL_COUNT]; /* by level; of SITE and SERVER not looked at */
    int32_t domain;                              /* failure domain, 0 or more */
};

struct plenum_calendar_request {
    int32_t gpus; /* 1 or more, all or nothing */
    int64_t length_ms;
    int64_t earliest_ms, latest_ms; /* of the start */
    uint64_t types;                 /* bit t: type t will do */
    enum plenum_calendar_level within;
    int32_t most_per_domain; /* no failure domain gives more; 0: no such limit */
};

/* Devices of one server. */
struct plenum_calendar_part {
    int32_t server, gpus;
};

/* A window that fits. parts belong to the calendar and stand until its next call. */
struct plenum_calendar_offer {
    int64_t start_ms, end_ms;
    const struct plenum_calendar_part *parts; /* by server number */
    int32_t part_count;
};

struct plenum_calendar;

/* All free. INPUT with a text where a figure is out of its range. */
PLENUM_API PLENUM_MUST_USE enum plenum_status
plenum_calendar_create(const struct plenum_calendar_span *span,
                       const struct plenum_calendar_server *servers, size_t count,
                       struct plenum_calendar **calendar, struct plenum_error *error);
PLENUM_API void plenum_calendar_destroy(struct plenum_calendar *calendar);

/* The earliest window. REFUSED where none fits, with a text that says what stands in the way. */
PLENUM_API PLENUM_MUST_USE enum plenum_status
plenum_calendar_find(struct plenum_calendar *calendar,
                     const struct plenum_calendar_request *request,
                     struct plenum_calendar_offer *offer, struct plenum_error *error);
/* Books an offer: of find, or with any parts (maintenance, a server that comes or goes). REFUSED,
 * and nothing changes, where a part is not free for the whole window. */
PLENUM_API PLENUM_MUST_USE enum plenum_status
plenum_calendar_book(struct plenum_calendar *calendar, const struct plenum_calendar_offer *offer,
                     uint32_t *booking, struct plenum_error *error);
/* Moves the end of a booking; its devices stay the same. REFUSED, and nothing changes, where a
 * later end meets another booking. An end not after the start cancels. */
PLENUM_API PLENUM_MUST_USE enum plenum_status
plenum_calendar_move_end(struct plenum_calendar *calendar, uint32_t booking, int64_t end_ms,
                         struct plenum_error *error);
PLENUM_API void plenum_calendar_cancel(struct plenum_calendar *calendar, uint32_t booking);
/* The booking as an offer; CHECKs that it is booked. */
PLENUM_API void plenum_calendar_read(struct plenum_calendar *calendar, uint32_t booking,
                                     struct plenum_calendar_offer *offer);
/* The least devices free on one server at any time in [from_ms, until_ms). */
PLENUM_API int32_t plenum_calendar_free(const struct plenum_calendar *calendar, int32_t server,
                                        int64_t from_ms, int64_t until_ms);

#endif
