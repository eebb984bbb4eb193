/* The calendar of a pool: see <plenum/calendar.h>. */
#include "base/check.h"
#include "base/memory.h"
#include "capacity/calendar_slots.h"

#include <stdlib.h>

struct plenum_calendar_pool {
    struct plenum_calendar_span span;
    struct slots free;
};

struct plenum_calendar_pool *plenum_calendar_pool_create(const struct plenum_calendar_span *span,
                                                         int64_t gpus)
{
    CHECK(gpus >= 0 && span->slot_ms > 0);
    struct plenum_calendar_pool *pool = memory_new(1, sizeof *pool);
    pool->span = *span;
    slots_init(&pool->free, span->slots, gpus);
    return pool;
}

void plenum_calendar_pool_destroy(struct plenum_calendar_pool *pool)
{
    if (pool == NULL)
        return;
    slots_finish(&pool->free);
    free(pool);
}

bool plenum_calendar_pool_find(const struct plenum_calendar_pool *pool, int64_t gpus,
                               int64_t length_ms, int64_t earliest_ms, int64_t latest_ms,
                               int64_t *start_ms)
{
    int32_t length = slots_of_length(&pool->span, length_ms);
    int32_t start = slots_first_fit(&pool->free, slot_at_or_after(&pool->span, earliest_ms),
                                    slot_at_or_before(&pool->span, latest_ms), pool->span.slots,
                                    length > 0 ? length : 1, gpus);
    if (start < 0)
        return false;
    *start_ms = slot_ms(&pool->span, start);
    return true;
}

/* The slots that [from_ms, until_ms) touches; false where that is none. */
static bool pool_range(const struct plenum_calendar_pool *pool, int64_t from_ms, int64_t until_ms,
                       int32_t *from, int32_t *until)
{
    *from = slot_at_or_before(&pool->span, from_ms);
    *from = *from < 0 ? 0 : *from;
    *until = slot_at_or_after(&pool->span, until_ms);
    return *from < *until;
}

enum plenum_status plenum_calendar_pool_add(struct plenum_calendar_pool *pool, int64_t from_ms,
                                            int64_t until_ms, int64_t gpus,
                                            struct plenum_error *error)
{
    int32_t from, until;
    if (!pool_range(pool, from_ms, until_ms, &from, &until))
        return PLENUM_OK;
    if (gpus < 0 && slots_least(&pool->free, from, until) + gpus < 0)
        return plenum_fail(error, PLENUM_REFUSED,
                           "found %lld devices free in the window, expected %lld",
                           (long long)slots_least(&pool->free, from, until), (long long)-gpus);
    slots_add(&pool->free, from, until, gpus);
    return PLENUM_OK;
}

int64_t plenum_calendar_pool_free(const struct plenum_calendar_pool *pool, int64_t from_ms,
                                  int64_t until_ms)
{
    int32_t from, until;
    CHECK(pool_range(pool, from_ms, until_ms, &from, &until));
    return slots_least(&pool->free, from, until);
}
