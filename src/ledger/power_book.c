/* Keeping power claims: see power_book.h. */
#include "ledger/power_book.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/memory.h"
#include "ledger/shape.h"

static const struct plenum_ref by_age_key = {0, 0};

static struct plenum_ref load_key(int32_t load)
{
    return plenum_ref(0, (uint64_t)load);
}

static int64_t site_limit_w(const struct plenum_site *site, int32_t limit)
{
    if (limit >= 2 * site->power_node_count)
        return site->cooling_zones[limit - 2 * site->power_node_count].limit_w;
    const struct plenum_power_node *node = &site->power_nodes[limit / 2];
    return limit % 2 == 0 ? node->limit_w : node->failover_limit_w;
}

void power_book_init(struct power_book *book, const struct plenum_site *site)
{
    int32_t zones = site->cooling_zone_count;
    *book = (struct power_book){
        .site = site,
        .gauge_count = site->power_node_count * site->feed_count + zones,
        .limit_count = 2 * site->power_node_count + zones,
        .now_ms = site->start_ms,
        .next_ms = site->start_ms,
    };
    book->headrooms = memory_new((size_t)book->gauge_count, sizeof *book->headrooms);
    book->gauges = memory_new((size_t)book->gauge_count, sizeof *book->gauges);
    book->limits = memory_new((size_t)book->limit_count, sizeof *book->limits);
    book->events = memory_new(1, sizeof *book->events);
    for (int32_t limit = 0; limit < book->limit_count; limit++)
        timeline_init(&book->limits[limit], site_limit_w(site, limit));
    for (int32_t gauge = 0; gauge < book->gauge_count; gauge++) {
        timeline_init(&book->headrooms[gauge], site_limit_w(site, power_limit_of(site, gauge)));
        book->gauges[gauge].next_ms = site->start_ms;
    }
    owner_map_init(&book->by_owner);
    owner_map_init(&book->by_load);
    owner_map_init(&book->by_age);
    expiry_init(&book->expiry);
}

void power_book_finish(struct power_book *book)
{
    for (int32_t limit = 0; limit < book->limit_count; limit++)
        timeline_finish(&book->limits[limit]);
    for (int32_t gauge = 0; gauge < book->gauge_count; gauge++)
        timeline_finish(&book->headrooms[gauge]);
    free(book->headrooms);
    free(book->limits);
    free(book->gauges);
    free(book->claims);
    free(book->free_slots);
    if (book->events)
        free(book->events->items);
    free(book->events);
    owner_map_finish(&book->by_owner);
    owner_map_finish(&book->by_load);
    owner_map_finish(&book->by_age);
    expiry_finish(&book->expiry);
    *book = (struct power_book){0};
}

/* --- claims ----------------------------------------------------------------------------------- */

/* The gauge carries watts more on the interval. */
static void gauge_use(struct power_book *book, int32_t gauge, int64_t from_ms, int64_t until_ms,
                      int64_t watts)
{
    timeline_add(&book->headrooms[gauge], from_ms, until_ms, -watts);
    book->gauges[gauge].next_ms = book->now_ms;
    book->next_ms = book->now_ms;
}

static void book_use(struct power_book *book, int32_t load, int64_t from_ms, int64_t until_ms,
                     int64_t watts)
{
    struct power_share shares[POWER_SHARES_MAX];
    int32_t count = power_shares(book->site, load, watts, shares);
    for (int32_t i = 0; i < count; i++)
        gauge_use(book, shares[i].gauge, from_ms, until_ms, shares[i].watts);
}

static uint32_t slot_take(struct power_book *book)
{
    if (book->free_count > 0)
        return book->free_slots[--book->free_count];
    book->claims = array_reserve(book->claims, &book->slot_room, book->slot_count + 1,
                                 sizeof *book->claims, OWNER_MAP_SLOTS_MAX);
    return (uint32_t)book->slot_count++;
}

static void claim_keep(struct power_book *book, const struct plenum_power_claim *claim)
{
    CHECK(claim->until_ms > book->now_ms && claim->from_ms < claim->until_ms);
    CHECK(claim->watts > 0);
    uint32_t slot = slot_take(book);
    book->claims[slot] = *claim;
    owner_map_add(&book->by_owner, claim->owner, slot);
    owner_map_add(&book->by_load, load_key(claim->load), slot);
    owner_map_add(&book->by_age, by_age_key, slot);
    if (claim->until_ms != PLENUM_FOREVER)
        expiry_set(&book->expiry, slot, claim->until_ms);
    book_use(book, claim->load, claim->from_ms, claim->until_ms, claim->watts);
}

/* Forgets the claim; what it counted is the caller's. It is not in expiry any more. */
static void slot_drop(struct power_book *book, uint32_t slot)
{
    const struct plenum_power_claim *claim = &book->claims[slot];
    owner_map_remove(&book->by_owner, claim->owner, slot);
    owner_map_remove(&book->by_load, load_key(claim->load), slot);
    owner_map_remove(&book->by_age, by_age_key, slot);
    ARRAY_PUSH(book->free_slots, book->free_count, book->free_room, OWNER_MAP_SLOTS_MAX) = slot;
}

/* The claim ends at from_ms, or is gone when it would begin later. */
static void claim_cut(struct power_book *book, uint32_t slot, int64_t from_ms)
{
    struct plenum_power_claim *claim = &book->claims[slot];
    CHECK(from_ms >= book->now_ms);
    if (claim->until_ms <= from_ms)
        return;
    int64_t cut = claim->from_ms > from_ms ? claim->from_ms : from_ms;
    book_use(book, claim->load, cut, claim->until_ms, -claim->watts);
    bool stays = claim->from_ms < from_ms && from_ms > book->now_ms;
    if (stays) {
        claim->until_ms = from_ms;
        expiry_set(&book->expiry, slot, from_ms);
        return;
    }
    if (claim->until_ms != PLENUM_FOREVER)
        expiry_remove(&book->expiry, slot);
    slot_drop(book, slot);
}

static void owner_release(struct power_book *book, struct plenum_ref owner, int64_t from_ms)
{
    for (uint32_t slot = owner_map_first(&book->by_owner, owner); slot != OWNER_MAP_NONE;) {
        uint32_t next = owner_map_next(&book->by_owner, slot);
        claim_cut(book, slot, from_ms);
        slot = next;
    }
}

/* --- limits ----------------------------------------------------------------------------------- */

static void gauge_mark_lowered(struct power_book *book, int32_t gauge)
{
    bool over = timeline_first_below(&book->headrooms[gauge], book->now_ms, PLENUM_FOREVER, 0) !=
                PLENUM_FOREVER;
    if (book->gauges[gauge].lowered != over)
        book->lowered_count += over ? 1 : -1;
    book->gauges[gauge].lowered = over;
}

/* Sets a timeline of limits on the interval, and the headrooms of the gauges it is for. */
static void limit_set(struct power_book *book, int32_t first_gauge, int32_t gauge_count,
                      int64_t from_ms, int64_t until_ms, int64_t watts)
{
    if (gauge_count == 0)
        return;
    struct timeline *limits = &book->limits[power_limit_of(book->site, first_gauge)];
    for (int64_t from = from_ms; from < until_ms;) {
        int64_t until = timeline_next(limits, from);
        until = until < until_ms ? until : until_ms;
        int64_t more = watts - timeline_at(limits, from);
        timeline_add(limits, from, until, more);
        for (int32_t i = 0; i < gauge_count; i++)
            gauge_use(book, first_gauge + i, from, until, -more);
        from = until;
    }
    for (int32_t i = 0; i < gauge_count; i++)
        gauge_mark_lowered(book, first_gauge + i);
}

static void node_limit(struct power_book *book, const struct plenum_op *op)
{
    int32_t first = power_gauge_of(book->site, op->limit.node, PLENUM_NONE);
    limit_set(book, first, 1, op->limit.from_ms, op->limit.until_ms, op->limit.limit_w);
    limit_set(book, first + 1, book->site->feed_count - 1, op->limit.from_ms, op->limit.until_ms,
              op->limit.failover_limit_w);
}

/* --- commands --------------------------------------------------------------------------------- */

void power_book_apply(struct power_book *book, const struct plenum_command *command, int64_t now_ms)
{
    CHECK(now_ms == book->now_ms);
    for (size_t i = 0; i < command->op_count; i++) {
        const struct plenum_op *op = &command->ops[i];
        if (op->type == PLENUM_OP_RELEASE && op->release.books & PLENUM_BOOK_POWER)
            owner_release(book, op->release.owner, op->release.from_ms);
    }
    for (size_t i = 0; i < command->op_count; i++)
        if (command->ops[i].type == PLENUM_OP_POWER_CLAIM)
            claim_keep(book, &command->ops[i].power);
    for (size_t i = 0; i < command->op_count; i++)
        if (command->ops[i].type == PLENUM_OP_LIMIT)
            node_limit(book, &command->ops[i]);
}

/* The greatest that the gauge carries on [from_ms, until_ms). */
static int64_t gauge_greatest(const struct power_book *book, int32_t gauge, int64_t from_ms,
                              int64_t until_ms)
{
    const struct timeline *limits = &book->limits[power_limit_of(book->site, gauge)];
    int64_t greatest = 0;
    for (int64_t from = from_ms; from < until_ms;) {
        int64_t until = timeline_next(limits, from);
        until = until < until_ms ? until : until_ms;
        int64_t carried =
            timeline_at(limits, from) - timeline_min(&book->headrooms[gauge], from, until);
        greatest = carried > greatest ? carried : greatest;
        from = until;
    }
    return greatest;
}

static void gauge_advance(struct power_book *book, int32_t gauge, int64_t now_ms)
{
    struct power_gauge *here = &book->gauges[gauge];
    struct timeline *headroom = &book->headrooms[gauge];
    int64_t carried = gauge_greatest(book, gauge, book->now_ms, now_ms + 1);
    here->peak_w = carried > here->peak_w ? carried : here->peak_w;
    timeline_forget(headroom, now_ms);
    int64_t next_limit = timeline_next(&book->limits[power_limit_of(book->site, gauge)], now_ms);
    here->next_ms = timeline_next(headroom, now_ms);
    here->next_ms = next_limit < here->next_ms ? next_limit : here->next_ms;
    if (here->lowered)
        gauge_mark_lowered(book, gauge);
}

void power_book_advance(struct power_book *book, int64_t now_ms)
{
    CHECK(now_ms > book->now_ms);
    uint32_t slot;
    while (expiry_take(&book->expiry, now_ms, &slot))
        slot_drop(book, slot);
    if (book->next_ms <= now_ms) {
        book->next_ms = PLENUM_FOREVER;
        for (int32_t gauge = 0; gauge < book->gauge_count; gauge++) {
            if (book->gauges[gauge].next_ms <= now_ms)
                gauge_advance(book, gauge, now_ms);
            if (book->gauges[gauge].next_ms < book->next_ms)
                book->next_ms = book->gauges[gauge].next_ms;
        }
    }
    book->now_ms = now_ms;
}

/* --- bytes ------------------------------------------------------------------------------------ */

/* The limit now, then every change of it: how long after the one before, and to what. */
static void limit_write(const struct timeline *limits, int64_t now_ms, struct bytes *bytes)
{
    bytes_put_svarint(bytes, timeline_at(limits, now_ms));
    int64_t before = now_ms;
    for (int64_t at = timeline_next(limits, now_ms); at != INT64_MAX;
         at = timeline_next(limits, at)) {
        bytes_put_varint(bytes, (uint64_t)(at - before));
        bytes_put_svarint(bytes, timeline_at(limits, at));
        before = at;
    }
    bytes_put_varint(bytes, 0);
}

static void claim_write(const struct plenum_power_claim *claim, struct bytes *bytes)
{
    bytes_put_varint(bytes, claim->owner.kind);
    bytes_put_varint(bytes, claim->owner.id);
    bytes_put_svarint(bytes, claim->load);
    bytes_put_svarint(bytes, claim->from_ms);
    bytes_put_svarint(bytes, claim->until_ms);
    bytes_put_svarint(bytes, claim->watts);
}

void power_book_write(const struct power_book *book, struct bytes *bytes)
{
    bytes_put_svarint(bytes, book->now_ms);
    for (int32_t limit = 0; limit < book->limit_count; limit++)
        limit_write(&book->limits[limit], book->now_ms, bytes);
    bytes_put_varint(bytes, book->slot_count - book->free_count);
    for (uint32_t slot = owner_map_first(&book->by_age, by_age_key); slot != OWNER_MAP_NONE;
         slot = owner_map_next(&book->by_age, slot))
        claim_write(&book->claims[slot], bytes);
    for (int32_t gauge = 0; gauge < book->gauge_count; gauge++)
        bytes_put_svarint(bytes, book->gauges[gauge].peak_w);
}

static bool watts_fit(int64_t watts)
{
    return watts >= 0 && watts <= SHAPE_WATTS_MAX;
}

/* A timeline of limits, into a book whose limits are those of the site. */
static bool limit_read(struct power_book *book, int32_t limit, struct bytes_reader *reader)
{
    struct timeline *limits = &book->limits[limit];
    int64_t from = book->now_ms, watts = bytes_get_svarint(reader);
    timeline_finish(limits);
    timeline_init(limits, watts);
    for (;;) {
        uint64_t after = bytes_get_varint(reader);
        if (reader->failed || watts < 0 || watts > INT64_MAX / 4)
            return false;
        if (after == 0)
            return true;
        if (after >= (uint64_t)INT64_MAX || from > INT64_MAX - 1 - (int64_t)after)
            return false;
        from += (int64_t)after;
        int64_t before = watts;
        watts = bytes_get_svarint(reader);
        if (reader->failed || watts == before || watts < 0 || watts > INT64_MAX / 4)
            return false;
        timeline_add(limits, from, INT64_MAX, watts - before);
    }
}

/* Headrooms of a book without claims: the limits, from now on. */
static void headroom_begin(struct power_book *book, int32_t gauge)
{
    const struct timeline *limits = &book->limits[power_limit_of(book->site, gauge)];
    struct timeline *headroom = &book->headrooms[gauge];
    timeline_finish(headroom);
    int64_t watts = timeline_at(limits, book->now_ms);
    timeline_init(headroom, watts);
    for (int64_t at = timeline_next(limits, book->now_ms); at != INT64_MAX;
         at = timeline_next(limits, at)) {
        timeline_add(headroom, at, INT64_MAX, timeline_at(limits, at) - watts);
        watts = timeline_at(limits, at);
    }
}

static bool claim_read(struct power_book *book, struct bytes_reader *reader)
{
    uint64_t kind = bytes_get_varint(reader);
    uint64_t id = bytes_get_varint(reader);
    int64_t load = bytes_get_svarint(reader);
    struct plenum_power_claim claim = {.owner = plenum_ref((uint32_t)kind, id),
                                       .load = (int32_t)load};
    claim.from_ms = bytes_get_svarint(reader);
    claim.until_ms = bytes_get_svarint(reader);
    claim.watts = bytes_get_svarint(reader);
    if (reader->failed || kind >= PLENUM_KIND_COUNT || load < 0 || load >= book->site->load_count)
        return false;
    if (claim.from_ms >= claim.until_ms || claim.until_ms <= book->now_ms)
        return false;
    if (claim.watts == 0 || !watts_fit(claim.watts))
        return false;
    claim_keep(book, &claim);
    return true;
}

bool power_book_read(struct power_book *book, struct bytes_reader *reader)
{
    book->now_ms = bytes_get_svarint(reader);
    book->next_ms = book->now_ms;
    if (reader->failed || book->now_ms < book->site->start_ms || book->now_ms == PLENUM_FOREVER)
        return false;
    for (int32_t limit = 0; limit < book->limit_count; limit++)
        if (!limit_read(book, limit, reader))
            return false;
    for (int32_t gauge = 0; gauge < book->gauge_count; gauge++)
        headroom_begin(book, gauge);
    uint64_t count = bytes_get_varint(reader);
    for (uint64_t i = 0; i < count; i++)
        if (!claim_read(book, reader))
            return false;
    for (int32_t gauge = 0; gauge < book->gauge_count; gauge++) {
        book->gauges[gauge].peak_w = bytes_get_svarint(reader);
        book->gauges[gauge].next_ms = book->now_ms;
        gauge_mark_lowered(book, gauge);
    }
    return !reader->failed;
}

bool power_book_holds(const struct power_book *book, struct plenum_ref owner)
{
    return owner_map_first(&book->by_owner, owner) != OWNER_MAP_NONE;
}

uint32_t power_book_first_of(const struct power_book *book, struct plenum_ref owner)
{
    return owner_map_first(&book->by_owner, owner);
}

uint32_t power_book_next_of(const struct power_book *book, uint32_t slot)
{
    return owner_map_next(&book->by_owner, slot);
}

uint32_t power_book_first_at(const struct power_book *book, int32_t load)
{
    return owner_map_first(&book->by_load, load_key(load));
}

uint32_t power_book_next_at(const struct power_book *book, uint32_t slot)
{
    return owner_map_next(&book->by_load, slot);
}
