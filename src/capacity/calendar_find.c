/* The earliest window of a calendar of servers.
 *
 * A start is tried at a time. Its window is cut into head, whole rows, and tail. Rows are joined by
 * minimum from the last to the first; head and tail are looked up in the steps of those servers
 * only whose rows there say that it may matter. A start that fails says how far the next one is, as
 * no window that holds the same slots can fit either:
 *   - rows r and later do not do: the next window starts after the start of row r;
 *   - rows and tail do not do: it starts after the start of the first whole row;
 *   - all but the head does: it starts at the first slot from which the head does too.
 * Before a start is tried, the sums of slots and of rows skip what no gang of this size fits. */
#include "base/check.h"
#include "base/memory.h"
#include "capacity/calendar_servers.h"

#include <string.h>

/* Devices on servers whose type will do. */
static void window_start(const struct calendar_search *search)
{
    const struct plenum_calendar *calendar = search->calendar;
    memcpy(calendar->window, calendar->has, calendar->width);
    if (search->request->types == UINT64_MAX)
        return;
    for (int32_t i = 0; i < calendar->count; i++) {
        if ((search->request->types >> calendar->servers[i].type & 1) == 0)
            calendar->window[i] = 0;
    }
}

/* The least of the steps over part of a row, for servers whose row is under the window. */
static void window_join_part(const struct plenum_calendar *calendar, int32_t from, int32_t until)
{
    const uint8_t *row = calendar_row(calendar, 0, from / ROW_SLOTS);
    uint8_t *window = calendar->window;
    for (int32_t i = 0; i < calendar->count; i++) {
        if (window[i] <= row[i])
            continue;
        uint8_t least = steps_least(&calendar->steps[i], from, until);
        window[i] = least < window[i] ? least : window[i];
    }
}

/* --- the head ------------------------------------------------------------------------------ */

/* Writes down, by the last slot at which it counts, every step of a server in [from, until) that is
 * under what comes after it. */
static void losses_of(struct plenum_calendar *calendar, int32_t server, int32_t from, int32_t until,
                      int32_t last[ROW_SLOTS])
{
    const struct steps *steps = &calendar->steps[server];
    uint8_t least = calendar->window[server];
    int32_t end = until;
    for (size_t at = steps_at(steps, until - 1);; at--) {
        if (steps->free[at] < least) {
            least = steps->free[at];
            struct calendar_loss loss = {server, last[end - 1 - from], least};
            last[end - 1 - from] = (int32_t)calendar->loss_count;
            ARRAY_PUSH(calendar->losses, calendar->loss_count, calendar->loss_capacity,
                       (size_t)PLENUM_CALENDAR_SERVERS_MAX * ROW_SLOTS) = loss;
        }
        end = steps->slot[at];
        if (end <= from)
            return;
    }
}

/* Goes from the end of the head towards its start for as long as the window does. Returns the first
 * slot from which on it does. */
static int32_t head_start(const struct calendar_search *search, int32_t from, int32_t until)
{
    struct plenum_calendar *calendar = search->calendar;
    const uint8_t *row = calendar_row(calendar, 0, from / ROW_SLOTS);
    int32_t last[ROW_SLOTS];
    memset(last, 0xff, sizeof last);
    calendar->loss_count = 0;
    for (int32_t i = 0; i < calendar->count; i++) {
        if (calendar->window[i] > row[i])
            losses_of(calendar, i, from, until, last);
    }
    for (int32_t slot = until - 1; slot >= from; slot--) {
        int32_t loss = last[slot - from];
        if (loss < 0)
            continue;
        for (; loss >= 0; loss = calendar->losses[loss].next)
            calendar->window[calendar->losses[loss].server] = calendar->losses[loss].least;
        if (!calendar_fits(search, calendar->window))
            return slot + 1;
    }
    return from;
}

/* --- one start ----------------------------------------------------------------------------- */

static bool is_simple(const struct plenum_calendar_request *request)
{
    return request->within == PLENUM_CALENDAR_SITE && request->most_per_domain <= 0;
}

/* Joins one row to the window if the request fits then; otherwise leaves the window. */
static bool join_row(const struct calendar_search *search, int level, int32_t row)
{
    struct plenum_calendar *calendar = search->calendar;
    int64_t sum = row_join(calendar->joined, calendar->window, calendar_row(calendar, level, row),
                           calendar->width);
    if (sum < search->request->gpus ||
        (!is_simple(search->request) && !calendar_fits(search, calendar->joined)))
        return false;
    uint8_t *joined = calendar->joined;
    calendar->joined = calendar->window;
    calendar->window = joined;
    return true;
}

/* The longest row that ends at a short row's start and is not before `first`. */
static int longest_level(int32_t row, int32_t first, int32_t *rows)
{
    int level = 0;
    *rows = 1;
    while (level + 1 < ROW_LEVELS && row % (*rows * ROW_FOLD) == 0 &&
           row - *rows * ROW_FOLD >= first) {
        level++;
        *rows *= ROW_FOLD;
    }
    return level;
}

/* Joins the short rows [first, end) from the last to the first, by longer ones where it can.
 * Returns the short row that does not fit, or -1. */
static int32_t join_rows(const struct calendar_search *search, int32_t first, int32_t end)
{
    int32_t row = end;
    while (row > first) {
        int32_t rows;
        int level = longest_level(row, first, &rows);
        while (!join_row(search, level, row / rows - 1)) {
            if (level == 0)
                return row - 1;
            level--;
            rows /= ROW_FOLD;
        }
        row -= rows;
    }
    return -1;
}

/* The start itself where its window fits; otherwise the next that may. */
static int32_t try_start(const struct calendar_search *search, int32_t start)
{
    const struct plenum_calendar *calendar = search->calendar;
    int32_t end = start + search->length;
    int32_t first = (start + ROW_SLOTS - 1) / ROW_SLOTS, last = end / ROW_SLOTS;
    window_start(search);
    int32_t row = join_rows(search, first, last);
    if (row >= 0)
        return row * ROW_SLOTS + 1;
    if (last < first) { /* inside one row */
        window_join_part(calendar, start, end);
        return calendar_fits(search, calendar->window) ? start : start + 1;
    }
    if (end % ROW_SLOTS != 0)
        window_join_part(calendar, last * ROW_SLOTS, end);
    if (!calendar_fits(search, calendar->window))
        return first * ROW_SLOTS + 1;
    return start % ROW_SLOTS == 0 ? start : head_start(search, start, first * ROW_SLOTS);
}

/* The first start from this one on, whose whole rows all have sums that would do. */
static int32_t skip_rows(const struct calendar_search *search, int32_t start, int level)
{
    const struct calendar_rows *rows = &search->calendar->rows[level];
    int32_t first = (start + rows->slots - 1) / rows->slots;
    int32_t end = (start + search->length) / rows->slots;
    while (end > first && start <= search->latest && end <= rows->count) {
        int32_t row = end - 1;
        while (row >= first && rows->sums[row] >= search->request->gpus)
            row--;
        if (row < first)
            return start;
        start = row * rows->slots + 1;
        first = row + 1;
        end = (start + search->length) / rows->slots;
    }
    return start;
}

/* The first start from this one on that the sums do not rule out; past latest where all are. */
static int32_t skip(const struct calendar_search *search, int32_t start)
{
    const struct plenum_calendar *calendar = search->calendar;
    int32_t before;
    do {
        before = start;
        for (int level = ROW_LEVELS - 1; level >= 0; level--)
            start = skip_rows(search, start, level);
        if (start > search->latest || search->length > calendar->span.slots - start)
            return start;
        int32_t under = slots_last_under(&calendar->total, start, start + search->length,
                                         search->request->gpus);
        start = under >= 0 ? under + 1 : start;
    } while (start > before);
    return start;
}

static int32_t find_start(const struct calendar_search *search)
{
    /* NOLINTNEXTLINE(clang-analyzer-core.uninitialized.Assign): its caller has set it */
    const struct plenum_calendar *calendar = search->calendar;
    int32_t start = skip(search, search->earliest);
    while (start <= search->latest && search->length <= calendar->span.slots - start) {
        int32_t next = try_start(search, start);
        CHECK(next >= start);
        if (next == start)
            return start;
        start = skip(search, next);
    }
    return -1;
}

/* --- find ---------------------------------------------------------------------------------- */

static enum plenum_status read_request(struct plenum_calendar *calendar,
                                       const struct plenum_calendar_request *request,
                                       struct calendar_search *search, struct plenum_error *error)
{
    const struct plenum_calendar_span *span = &calendar->span;
    if (request->gpus < 1)
        return plenum_fail(error, PLENUM_INPUT, "found %d devices, expected 1 or more",
                           request->gpus);
    if (request->length_ms < 1)
        return plenum_fail(error, PLENUM_INPUT, "found a length of %lld ms, expected 1 or more",
                           (long long)request->length_ms);
    if (request->latest_ms < span->start_ms)
        return plenum_fail(error, PLENUM_INPUT,
                           "found a window in the past, expected a start at or after the "
                           "calendar's");
    *search = (struct calendar_search){
        .calendar = calendar,
        .request = request,
        .length = slots_of_length(span, request->length_ms),
        .earliest = slot_at_or_after(span, request->earliest_ms),
        .latest = slot_at_or_before(span, request->latest_ms),
    };
    return PLENUM_OK;
}

static enum plenum_status fail_find(const struct calendar_search *search,
                                    struct plenum_error *error)
{
    struct plenum_calendar *calendar = search->calendar;
    int32_t slots = calendar->span.slots;
    window_start(search);
    if (!calendar_fits(search, calendar->window))
        return plenum_fail(error, PLENUM_REFUSED,
                           "%d devices of the types and places asked for are more than there are",
                           search->request->gpus);
    if (search->length > slots - search->earliest)
        return plenum_fail(error, PLENUM_REFUSED, "the window would end after the calendar does");
    int64_t free =
        slots_least(&calendar->total, search->earliest, search->earliest + search->length);
    return plenum_fail(error, PLENUM_REFUSED,
                       "no start in the range has %d devices for all of the window; from the "
                       "earliest on, %lld are not booked at its fullest moment",
                       search->request->gpus, (long long)free);
}

enum plenum_status plenum_calendar_find(struct plenum_calendar *calendar,
                                        const struct plenum_calendar_request *request,
                                        struct plenum_calendar_offer *offer,
                                        struct plenum_error *error)
{
    struct calendar_search search;
    *offer = (struct plenum_calendar_offer){0};
    enum plenum_status status = read_request(calendar, request, &search, error);
    if (status != PLENUM_OK)
        return status;
    int32_t start = find_start(&search);
    if (start < 0)
        return fail_find(&search, error);
    offer->start_ms = slot_ms(&calendar->span, start);
    offer->end_ms = slot_ms(&calendar->span, start + search.length);
    offer->part_count = calendar_choose(&search, calendar->window, calendar->parts);
    offer->parts = calendar->parts;
    return PLENUM_OK;
}
