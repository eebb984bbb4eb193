/* The calendar of servers: making it, and changing what is free. See calendar_servers.h. */
#include "capacity/calendar_servers.h"

#include "base/check.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* --- create and destroy -------------------------------------------------------------------- */

/* qsort has no argument for context, so keys travel with their numbers. */
struct sort_key {
    int32_t group, domain, server;
};

static int compare(int32_t a, int32_t b)
{
    return (a > b) - (a < b);
}

static int sort_key_compare(const void *a, const void *b)
{
    const struct sort_key *x = a, *y = b;
    int order = compare(x->group, y->group);
    if (order == 0)
        order = compare(x->domain, y->domain);
    return order != 0 ? order : compare(x->server, y->server);
}

static int32_t *servers_by(const struct plenum_calendar *calendar, int level)
{
    struct sort_key *keys = memory_new((size_t)calendar->count, sizeof *keys);
    int32_t *order = memory_new((size_t)calendar->count, sizeof *order);
    for (int32_t i = 0; i < calendar->count; i++) {
        const struct plenum_calendar_server *server = &calendar->servers[i];
        int32_t group = level == PLENUM_CALENDAR_SITE     ? 0
                        : level == PLENUM_CALENDAR_SERVER ? i
                                                          : server->groups[level];
        keys[i] = (struct sort_key){group, server->domain, i};
    }
    qsort(keys, (size_t)calendar->count, sizeof *keys, sort_key_compare);
    for (int32_t i = 0; i < calendar->count; i++)
        order[i] = keys[i].server;
    free(keys);
    return order;
}

static enum plenum_status check_input(const struct plenum_calendar_span *span,
                                      const struct plenum_calendar_server *servers, size_t count,
                                      struct plenum_error *error)
{
    if (span->slots < 1 || span->slots > PLENUM_CALENDAR_SLOTS_MAX || span->slot_ms < 1)
        return plenum_fail(error, PLENUM_INPUT,
                           "found %d slots of %lld ms, expected 1 to %d of 1 ms or more",
                           span->slots, (long long)span->slot_ms, PLENUM_CALENDAR_SLOTS_MAX);
    if (count < 1 || count > PLENUM_CALENDAR_SERVERS_MAX)
        return plenum_fail(error, PLENUM_INPUT, "found %zu servers, expected 1 to %d", count,
                           PLENUM_CALENDAR_SERVERS_MAX);
    for (size_t i = 0; i < count; i++) {
        if (servers[i].gpus < 0 || servers[i].gpus > PLENUM_CALENDAR_DEVICES_MAX)
            return plenum_fail(error, PLENUM_INPUT,
                               "server %zu: found %d devices, expected 0 to "
                               "%d",
                               i, servers[i].gpus, PLENUM_CALENDAR_DEVICES_MAX);
        if (servers[i].type < 0 || servers[i].type > 63)
            return plenum_fail(error, PLENUM_INPUT, "server %zu: found type %d, expected 0 to 63",
                               i, servers[i].type);
    }
    return PLENUM_OK;
}

static void rows_init(struct plenum_calendar *calendar, struct calendar_rows *rows, int32_t slots,
                      int64_t total)
{
    rows->slots = slots;
    rows->count = (calendar->span.slots + slots - 1) / slots;
    rows->bytes = memory_new((size_t)rows->count, calendar->width);
    rows->sums = memory_new((size_t)rows->count, sizeof *rows->sums);
    for (int32_t row = 0; row < rows->count; row++) {
        memcpy(rows->bytes + (size_t)row * calendar->width, calendar->has, calendar->width);
        rows->sums[row] = total;
    }
}

static void calendar_init(struct plenum_calendar *calendar)
{
    size_t width = calendar->width;
    int64_t total = 0;
    calendar->has = memory_new(1, width);
    calendar->window = memory_new(1, width);
    calendar->joined = memory_new(1, width);
    calendar->steps = memory_new((size_t)calendar->count, sizeof *calendar->steps);
    calendar->parts = memory_new((size_t)calendar->count, sizeof *calendar->parts);
    for (int32_t i = 0; i < calendar->count; i++) {
        calendar->has[i] = (uint8_t)calendar->servers[i].gpus;
        steps_init(&calendar->steps[i], calendar->has[i]);
        total += calendar->has[i];
    }
    slots_init(&calendar->total, calendar->span.slots, total);
    for (int level = 0, slots = ROW_SLOTS; level < ROW_LEVELS; level++, slots *= ROW_FOLD)
        rows_init(calendar, &calendar->rows[level], slots, total);
    for (int level = 0; level < PLENUM_CALENDAR_LEVEL_COUNT; level++)
        calendar->by_level[level] = servers_by(calendar, level);
}

enum plenum_status plenum_calendar_create(const struct plenum_calendar_span *span,
                                          const struct plenum_calendar_server *servers,
                                          size_t count, struct plenum_calendar **calendar,
                                          struct plenum_error *error)
{
    enum plenum_status status = check_input(span, servers, count, error);
    *calendar = NULL;
    if (status != PLENUM_OK)
        return status;
    struct plenum_calendar *made = memory_new(1, sizeof *made);
    made->span = *span;
    made->count = (int32_t)count;
    made->width = (count + ROW_ALIGN - 1) / ROW_ALIGN * ROW_ALIGN;
    made->booking_free = -1;
    made->servers = memory_new(count, sizeof *made->servers);
    memcpy(made->servers, servers, count * sizeof *servers);
    calendar_init(made);
    *calendar = made;
    return PLENUM_OK;
}

void plenum_calendar_destroy(struct plenum_calendar *calendar)
{
    if (calendar == NULL)
        return;
    for (size_t i = 0; i < calendar->booking_count; i++)
        free(calendar->bookings[i].parts);
    for (int32_t i = 0; i < calendar->count; i++)
        steps_finish(&calendar->steps[i]);
    for (int level = 0; level < PLENUM_CALENDAR_LEVEL_COUNT; level++)
        free(calendar->by_level[level]);
    slots_finish(&calendar->total);
    free(calendar->bookings);
    free(calendar->servers);
    for (int level = 0; level < ROW_LEVELS; level++) {
        free(calendar->rows[level].bytes);
        free(calendar->rows[level].sums);
    }
    free(calendar->has);
    free(calendar->window);
    free(calendar->joined);
    free(calendar->losses);
    free(calendar->steps);
    free(calendar->parts);
    free(calendar);
}

/* --- what is free -------------------------------------------------------------------------- */

static void row_set(struct plenum_calendar *calendar, int level, int32_t row, int32_t server,
                    uint8_t least)
{
    uint8_t *byte = &calendar_row(calendar, level, row)[server];
    calendar->rows[level].sums[row] += least - *byte;
    *byte = least;
}

/* A row that a change covers in part: from the steps, or from the shorter rows under it. */
static void row_update(struct plenum_calendar *calendar, int level, int32_t row, int32_t server)
{
    uint8_t least = UINT8_MAX;
    if (level == 0) {
        least = steps_least(&calendar->steps[server], row * ROW_SLOTS, (row + 1) * ROW_SLOTS);
        row_set(calendar, level, row, server, least);
        return;
    }
    int32_t first = row * ROW_FOLD, end = first + ROW_FOLD;
    end = end < calendar->rows[level - 1].count ? end : calendar->rows[level - 1].count;
    for (int32_t i = first; i < end; i++) {
        uint8_t byte = calendar_row(calendar, level - 1, i)[server];
        least = byte < least ? byte : least;
    }
    row_set(calendar, level, row, server, least);
}

/* Rows that a change covers whole change by as much. */
static void rows_change(struct plenum_calendar *calendar, int level, int32_t server, int32_t from,
                        int32_t until, int32_t delta)
{
    struct calendar_rows *rows = &calendar->rows[level];
    int32_t first = (from + rows->slots - 1) / rows->slots, end = until / rows->slots;
    uint8_t *at = rows->bytes + (size_t)first * calendar->width + server;
    for (int32_t row = first; row < end; row++, at += calendar->width) {
        *at = (uint8_t)(*at + delta);
        rows->sums[row] += delta;
    }
    int32_t head = from / rows->slots, tail = until / rows->slots;
    if (from % rows->slots != 0)
        row_update(calendar, level, head, server);
    if (until % rows->slots != 0 && (from % rows->slots == 0 || tail != head))
        row_update(calendar, level, tail, server);
}

void calendar_change(struct plenum_calendar *calendar, int32_t server, int32_t from, int32_t until,
                     int32_t delta)
{
    steps_add(&calendar->steps[server], from, until, delta);
    for (int level = 0; level < ROW_LEVELS; level++)
        rows_change(calendar, level, server, from, until, delta);
}

int32_t plenum_calendar_free(const struct plenum_calendar *calendar, int32_t server,
                             int64_t from_ms, int64_t until_ms)
{
    CHECK(server >= 0 && server < calendar->count);
    int32_t from = slot_at_or_before(&calendar->span, from_ms);
    int32_t until = slot_at_or_after(&calendar->span, until_ms);
    from = from < 0 ? 0 : from;
    CHECK(from < until);
    return steps_least(&calendar->steps[server], from, until);
}
