/* Questions to the power book: see plenum_power_* in ledger.h. */
#include "base/check.h"
#include "ledger/power_book.h"

/* False for the scenario in which the node is dark. */
static bool node_gauge(const struct power_book *book, int32_t node, int32_t feed_lost,
                       int32_t *gauge)
{
    CHECK(node >= 0 && node < book->site->power_node_count);
    if (feed_lost == book->site->power_nodes[node].feed)
        return false;
    *gauge = power_gauge_of(book->site, node, feed_lost);
    return true;
}

static int64_t gauge_limit_w(const struct power_book *book, int32_t gauge, int64_t at_ms)
{
    return timeline_at(&book->limits[power_limit_of(book->site, gauge)], at_ms);
}

static int64_t gauge_w(const struct power_book *book, int32_t gauge, int64_t at_ms)
{
    return gauge_limit_w(book, gauge, at_ms) - timeline_at(&book->headrooms[gauge], at_ms);
}

int64_t power_book_node_w(const struct power_book *book, int32_t node, int32_t feed_lost,
                          int64_t at_ms)
{
    int32_t gauge;
    CHECK(at_ms >= book->now_ms);
    return node_gauge(book, node, feed_lost, &gauge) ? gauge_w(book, gauge, at_ms) : 0;
}

int64_t power_book_limit_w(const struct power_book *book, int32_t node, int32_t feed_lost,
                           int64_t at_ms)
{
    int32_t gauge;
    return node_gauge(book, node, feed_lost, &gauge) ? gauge_limit_w(book, gauge, at_ms) : 0;
}

int64_t power_book_peak_w(const struct power_book *book, int32_t node, int32_t feed_lost)
{
    int32_t gauge;
    if (!node_gauge(book, node, feed_lost, &gauge))
        return 0;
    int64_t now_w = gauge_w(book, gauge, book->now_ms);
    int64_t peak_w = book->gauges[gauge].peak_w;
    return now_w > peak_w ? now_w : peak_w;
}

int64_t power_book_zone_w(const struct power_book *book, int32_t zone, int64_t at_ms)
{
    const struct plenum_site *site = book->site;
    CHECK(zone >= 0 && zone < site->cooling_zone_count && at_ms >= book->now_ms);
    return gauge_w(book, site->power_node_count * site->feed_count + zone, at_ms);
}

/* The most watts of a claim whose part is at most `room`. */
static int64_t part_most(enum power_part part, int64_t room)
{
    if (part == POWER_WHOLE)
        return room;
    return part == POWER_FIRST_HALF ? 2 * room : 2 * room + 1;
}

int64_t power_book_headroom_w(const struct power_book *book, int32_t load, int64_t from_ms,
                              int64_t until_ms)
{
    struct power_share shares[POWER_SHARES_MAX];
    int32_t count = power_shares(book->site, load, 0, shares);
    int64_t most = INT64_MAX;
    for (int32_t i = 0; i < count; i++) {
        int64_t room = timeline_min(&book->headrooms[shares[i].gauge], from_ms, until_ms);
        int64_t here = part_most(shares[i].part, room);
        most = here < most ? here : most;
    }
    return most;
}

int64_t power_book_first_fit(const struct power_book *book, int32_t load, int64_t from_ms,
                             int64_t latest_ms, int64_t length_ms, int64_t watts)
{
    struct power_share shares[POWER_SHARES_MAX];
    int32_t count = power_shares(book->site, load, watts, shares);
    int64_t at = from_ms;
    for (int32_t agreed = 0, i = 0; agreed < count && at < latest_ms; i = (i + 1) % count) {
        int64_t fit = timeline_first_fit(&book->headrooms[shares[i].gauge], at, latest_ms,
                                         length_ms, shares[i].watts);
        agreed = fit == at ? agreed + 1 : 1;
        at = fit;
    }
    return at < latest_ms ? at : PLENUM_FOREVER;
}

int64_t power_book_first_over(const struct power_book *book, int32_t *node, int32_t *feed_lost)
{
    int64_t first = PLENUM_FOREVER;
    *node = *feed_lost = PLENUM_NONE;
    for (int32_t gauge = 0; book->lowered_count > 0 && gauge < book->gauge_count; gauge++) {
        if (!book->gauges[gauge].lowered)
            continue;
        int64_t over =
            timeline_first_below(&book->headrooms[gauge], book->now_ms, PLENUM_FOREVER, 0);
        if (over < first) {
            first = over;
            power_gauge_name(book->site, gauge, node, feed_lost);
        }
    }
    return first;
}
