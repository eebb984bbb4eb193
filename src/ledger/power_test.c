/* Testing a command against the power book, without changing it.
 *
 * What the command would change at each gauge is listed as events, sorted by gauge and instant.
 * Between two events of a gauge the change is a constant, so one question to the gauge's timeline
 * tells where it would be over its limit. A command is refused where it uses more and the gauge
 * is then over its limit; using less, or changing nothing, is never refused for that, and neither
 * is a limit that is lowered, unless it is passed at this very instant. */
#include <stdlib.h>

#include "base/check.h"
#include "base/memory.h"
#include "ledger/power_book.h"
#include "ledger/refusals.h"

enum { EVENTS_MAX = 1 << 30, INSERT_MAX = 64, ALL_CLAIMS = INT32_MAX, NO_CLAIMS = -1 };

/* Where a gauge would be over its limit. */
struct over {
    int32_t gauge;
    int64_t at_ms;
    int64_t usage_w, limit_w; /* what the command changes there */
};

/* --- events ----------------------------------------------------------------------------------- */

static void event_push(struct power_events *events, struct power_event event)
{
    ARRAY_PUSH(events->items, events->count, events->room, EVENTS_MAX) = event;
}

/* Both ends of an interval on which something changes. */
static void events_span(struct power_events *events, struct power_event begin, int64_t until_ms)
{
    event_push(events, begin);
    if (until_ms == PLENUM_FOREVER)
        return;
    begin.instant = until_ms;
    begin.usage_w = -begin.usage_w;
    begin.limit_w = -begin.limit_w;
    event_push(events, begin);
}

static void events_claim(const struct power_book *book, struct power_event event, int32_t load,
                         int64_t until_ms, int64_t watts)
{
    struct power_share shares[POWER_SHARES_MAX];
    int32_t count = power_shares(book->site, load, watts, shares);
    for (int32_t i = 0; i < count; i++) {
        event.gauge = shares[i].gauge;
        event.usage_w = shares[i].watts;
        if (event.usage_w != 0)
            events_span(book->events, event, until_ms);
    }
}

static void events_release(const struct power_book *book, const struct plenum_op *op, uint32_t at)
{
    for (uint32_t slot = power_book_first_of(book, op->release.owner); slot != OWNER_MAP_NONE;
         slot = power_book_next_of(book, slot)) {
        const struct plenum_power_claim *claim = &book->claims[slot];
        int64_t from_ms = op->release.from_ms;
        from_ms = claim->from_ms > from_ms ? claim->from_ms : from_ms;
        struct power_event event = {.op = at, .instant = from_ms};
        if (from_ms < claim->until_ms)
            events_claim(book, event, claim->load, claim->until_ms, -claim->watts);
    }
}

static void events_limit_gauges(const struct power_book *book, struct power_event event,
                                int32_t count, int64_t until_ms, int64_t watts)
{
    if (count == 0)
        return;
    const struct timeline *limits = &book->limits[power_limit_of(book->site, event.gauge)];
    int32_t first = event.gauge;
    for (int64_t from = event.instant; from < until_ms;) {
        int64_t until = timeline_next(limits, from);
        until = until < until_ms ? until : until_ms;
        event.instant = from;
        event.limit_w = watts - timeline_at(limits, from);
        for (int32_t i = 0; i < count && event.limit_w != 0; i++) {
            event.gauge = first + i;
            events_span(book->events, event, until);
        }
        from = until;
    }
}

static void events_limit(const struct power_book *book, const struct plenum_op *op, uint32_t at)
{
    struct power_event event = {
        .op = at,
        .gauge = power_gauge_of(book->site, op->limit.node, PLENUM_NONE),
        .instant = op->limit.from_ms,
    };
    events_limit_gauges(book, event, 1, op->limit.until_ms, op->limit.limit_w);
    event.gauge++;
    events_limit_gauges(book, event, book->site->feed_count - 1, op->limit.until_ms,
                        op->limit.failover_limit_w);
}

static int event_order(const void *left, const void *right)
{
    const struct power_event *a = left, *b = right;
    if (a->gauge != b->gauge)
        return a->gauge < b->gauge ? -1 : 1;
    if (a->instant != b->instant)
        return a->instant < b->instant ? -1 : 1;
    return (a->op > b->op) - (a->op < b->op);
}

/* Few are sorted without the memory that qsort may take. */
static void events_sort(struct power_events *events)
{
    if (events->count > INSERT_MAX) {
        qsort(events->items, events->count, sizeof *events->items, event_order);
        return;
    }
    for (size_t i = 1; i < events->count; i++) {
        struct power_event event = events->items[i];
        size_t at = i;
        for (; at > 0 && event_order(&event, &events->items[at - 1]) < 0; at--)
            events->items[at] = events->items[at - 1];
        events->items[at] = event;
    }
}

static void events_collect(const struct power_book *book, const struct plenum_command *command)
{
    book->events->count = 0;
    for (size_t i = 0; i < command->op_count; i++) {
        const struct plenum_op *op = &command->ops[i];
        struct power_event event = {.op = (uint32_t)i, .claim = true};
        if (op->type == PLENUM_OP_POWER_CLAIM) {
            event.instant = op->power.from_ms;
            events_claim(book, event, op->power.load, op->power.until_ms, op->power.watts);
        } else if (op->type == PLENUM_OP_RELEASE && op->release.books & PLENUM_BOOK_POWER) {
            events_release(book, op, (uint32_t)i);
        } else if (op->type == PLENUM_OP_LIMIT) {
            events_limit(book, op, (uint32_t)i);
        }
    }
    events_sort(book->events);
}

/* --- where a gauge would be over -------------------------------------------------------------- */

/* Goes through the events of one gauge from *at on, counting claims of operations up to last_op
 * only. True with the first instant in *over where the gauge is over its limit: where more is
 * used, or at this instant, or (with anyhow) at all. *at is then anywhere; else at the next
 * gauge's first event. */
static bool gauge_over(const struct power_book *book, size_t *at, int64_t last_op, bool anyhow,
                       struct over *over)
{
    const struct power_events *events = book->events;
    const struct timeline *headroom = &book->headrooms[over->gauge];
    int64_t from = book->now_ms;
    over->usage_w = over->limit_w = 0;
    for (;;) {
        for (; *at < events->count && events->items[*at].gauge == over->gauge &&
               events->items[*at].instant <= from;
             ++*at) {
            if (events->items[*at].claim && events->items[*at].op > last_op)
                continue;
            over->usage_w += events->items[*at].usage_w;
            over->limit_w += events->items[*at].limit_w;
        }
        bool more = *at < events->count && events->items[*at].gauge == over->gauge;
        int64_t until = more ? events->items[*at].instant : PLENUM_FOREVER;
        int64_t need = over->usage_w - over->limit_w;
        if (!anyhow && over->usage_w <= 0 && from == book->now_ms)
            over->at_ms = timeline_at(headroom, from) < need ? from : until;
        else if (anyhow || over->usage_w > 0)
            over->at_ms = timeline_first_below(headroom, from, until, need);
        else
            over->at_ms = until;
        if (over->at_ms != until)
            return true;
        if (!more)
            return false;
        from = until;
    }
}

/* The first gauge that claims of operations up to last_op put over its limit. */
static bool book_over(const struct power_book *book, int64_t last_op, struct over *over)
{
    for (size_t at = 0; at < book->events->count;) {
        over->gauge = book->events->items[at].gauge;
        if (gauge_over(book, &at, last_op, false, over))
            return true;
    }
    return false;
}

static void refusal_fill(const struct power_book *book, const struct over *over, size_t op,
                         struct plenum_refusal *refusal)
{
    int32_t node, feed_lost;
    const struct timeline *limits = &book->limits[power_limit_of(book->site, over->gauge)];
    power_gauge_name(book->site, over->gauge, &node, &feed_lost);
    bool zone = node >= book->site->power_node_count;
    *refusal = refusal_of(zone                       ? PLENUM_REASON_COOLING_LIMIT
                          : feed_lost == PLENUM_NONE ? PLENUM_REASON_POWER_LIMIT
                                                     : PLENUM_REASON_FEED_LOST_LIMIT,
                          op);
    refusal->subject = zone ? node - book->site->power_node_count : node;
    refusal->feed_lost = feed_lost;
    refusal->from_ms = over->at_ms;
    int64_t was = timeline_at(limits, over->at_ms);
    refusal->limit = was + over->limit_w;
    refusal->asked = was - timeline_at(&book->headrooms[over->gauge], over->at_ms) + over->usage_w;
}

/* --- refusing --------------------------------------------------------------------------------- */

/* The limit of the command that holds at this instant and puts the gauge over. */
static uint32_t limit_to_blame(const struct power_book *book, const struct over *over)
{
    for (size_t i = 0; i < book->events->count; i++) {
        const struct power_event *event = &book->events->items[i];
        if (event->gauge == over->gauge && event->instant == over->at_ms && event->limit_w < 0)
            return event->op;
    }
    CHECK(!"a limit that is lowered at this instant");
    return 0;
}

/* Without any claim the command does not fit: finds its first limit that does not. */
static bool refuse_limits(const struct power_book *book, struct plenum_refusal *refusal)
{
    struct over over;
    refusal->op = UINT32_MAX;
    for (size_t at = 0; at < book->events->count;) {
        over.gauge = book->events->items[at].gauge;
        if (!gauge_over(book, &at, NO_CLAIMS, false, &over))
            continue;
        uint32_t op = limit_to_blame(book, &over);
        if (op < refusal->op)
            refusal_fill(book, &over, op, refusal);
        while (at < book->events->count && book->events->items[at].gauge == over.gauge)
            at++;
    }
    return false;
}

/* With all claims the command does not fit: finds the first claim with which it does not. */
static bool refuse_claims(const struct power_book *book, struct plenum_refusal *refusal)
{
    struct over over;
    if (book_over(book, NO_CLAIMS, &over))
        return refuse_limits(book, refusal);
    int64_t fits = NO_CLAIMS, fails = ALL_CLAIMS;
    while (fails - fits > 1) {
        int64_t middle = fits + (fails - fits) / 2;
        if (book_over(book, middle, &over))
            fails = middle;
        else
            fits = middle;
    }
    CHECK(book_over(book, fails, &over));
    refusal_fill(book, &over, (size_t)fails, refusal);
    return false;
}

/* Two limits of a node for one instant mean nothing. */
static bool test_limits(const struct power_book *book, const struct plenum_command *command,
                        struct plenum_refusal *refusal)
{
    struct power_events *spans = book->events;
    spans->count = 0;
    for (size_t i = 0; i < command->op_count; i++)
        if (command->ops[i].type == PLENUM_OP_LIMIT)
            event_push(spans, (struct power_event){.gauge = command->ops[i].limit.node,
                                                   .op = (uint32_t)i,
                                                   .instant = command->ops[i].limit.from_ms,
                                                   .limit_w = command->ops[i].limit.until_ms});
    events_sort(spans);
    bool once = true;
    for (size_t i = 1; i < spans->count; i++) {
        const struct power_event *a = &spans->items[i - 1], *b = &spans->items[i];
        uint32_t later = a->op > b->op ? a->op : b->op;
        if (a->gauge != b->gauge || b->instant >= a->limit_w)
            continue;
        if (once || later < refusal->op)
            *refusal = refusal_rule(PLENUM_REASON_MALFORMED, later,
                                    "a node gets one limit for an instant");
        once = false;
    }
    return once;
}

static bool gauge_gets_limit(const struct power_events *events, size_t at)
{
    int32_t gauge = events->items[at].gauge;
    for (; at < events->count && events->items[at].gauge == gauge; at++)
        if (events->items[at].limit_w != 0)
            return true;
    return false;
}

/* The clock enters no instant where a gauge is over its limit. Only gauges whose limit was or is
 * lowered can be. */
static bool test_tick(const struct power_book *book, const struct plenum_op *tick, size_t op,
                      struct plenum_refusal *refusal)
{
    size_t at = 0;
    for (int32_t gauge = 0; gauge < book->gauge_count; gauge++) {
        bool touched = at < book->events->count && book->events->items[at].gauge == gauge;
        bool may_be =
            book->gauges[gauge].lowered || (touched && gauge_gets_limit(book->events, at));
        struct over over = {.gauge = gauge};
        if (may_be && gauge_over(book, &at, ALL_CLAIMS, true, &over) &&
            over.at_ms <= tick->tick.to_ms) {
            refusal_fill(book, &over, op, refusal);
            return false;
        }
        while (at < book->events->count && book->events->items[at].gauge == gauge)
            at++;
    }
    return true;
}

/* What of a command concerns this book. */
struct concern {
    size_t changes, limits;
    const struct plenum_op *tick;
};

static struct concern command_concern(const struct plenum_command *command)
{
    struct concern concern = {0};
    for (size_t i = 0; i < command->op_count; i++) {
        const struct plenum_op *op = &command->ops[i];
        bool release = op->type == PLENUM_OP_RELEASE && op->release.books & PLENUM_BOOK_POWER;
        concern.limits += op->type == PLENUM_OP_LIMIT;
        concern.changes +=
            release || op->type == PLENUM_OP_POWER_CLAIM || op->type == PLENUM_OP_LIMIT;
        if (op->type == PLENUM_OP_TICK)
            concern.tick = op;
    }
    return concern;
}

bool power_book_test(const struct power_book *book, const struct plenum_command *command,
                     int64_t now_ms, struct plenum_refusal *refusal)
{
    CHECK(now_ms == book->now_ms);
    struct concern concern = command_concern(command);
    struct over over;
    book->events->count = 0;
    if (concern.limits > 1 && !test_limits(book, command, refusal))
        return false;
    if (concern.changes > 0) {
        events_collect(book, command);
        if (book_over(book, ALL_CLAIMS, &over))
            return refuse_claims(book, refusal);
    }
    bool may_be_over = book->lowered_count > 0 || concern.limits > 0;
    return !concern.tick || !may_be_over ||
           test_tick(book, concern.tick, (size_t)(concern.tick - command->ops), refusal);
}
