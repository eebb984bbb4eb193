/* Gauges: their numbers, and what a claim comes to at each. See power_book.h. */
#include "base/check.h"
#include "ledger/power_book.h"

int32_t power_gauge_of(const struct plenum_site *site, int32_t node, int32_t feed_lost)
{
    CHECK(node >= 0 && node < site->power_node_count);
    int32_t feeds = site->feed_count;
    if (feed_lost == PLENUM_NONE)
        return node * feeds;
    int32_t own = site->power_nodes[node].feed;
    CHECK(feed_lost >= 0 && feed_lost < feeds && feed_lost != own);
    return node * feeds + (feed_lost - own + feeds) % feeds;
}

int32_t power_limit_of(const struct plenum_site *site, int32_t gauge)
{
    int32_t of_nodes = site->power_node_count * site->feed_count;
    if (gauge >= of_nodes)
        return 2 * site->power_node_count + gauge - of_nodes;
    return 2 * (gauge / site->feed_count) + (gauge % site->feed_count != 0);
}

void power_gauge_name(const struct plenum_site *site, int32_t gauge, int32_t *node,
                      int32_t *feed_lost)
{
    int32_t of_nodes = site->power_node_count * site->feed_count;
    *feed_lost = PLENUM_NONE;
    if (gauge >= of_nodes) {
        *node = site->power_node_count + gauge - of_nodes;
        return;
    }
    *node = gauge / site->feed_count;
    int32_t k = gauge % site->feed_count;
    if (k > 0)
        *feed_lost = (site->power_nodes[*node].feed + k) % site->feed_count;
}

static int64_t part_watts(enum power_part part, int64_t watts)
{
    if (part == POWER_WHOLE)
        return watts;
    return part == POWER_FIRST_HALF ? watts - watts / 2 : watts / 2;
}

/* The part that a node carries when feed k after its own is lost (0: none is); other is the feed
 * of the load's other node, or PLENUM_NONE. */
static enum power_part side_part(const struct plenum_site *site, int32_t own, int32_t other,
                                 int32_t k, bool first)
{
    bool alone = other == PLENUM_NONE || (k > 0 && (own + k) % site->feed_count == other);
    if (alone)
        return POWER_WHOLE;
    return first ? POWER_FIRST_HALF : POWER_SECOND_HALF;
}

/* One of the load's nodes: the way up from it, and what it takes. */
struct side {
    int32_t path[PLENUM_POWER_DEPTH_MAX]; /* the load's node first; node numbers fall */
    int32_t left;                         /* so many of them are still to be told, the last first */
    int32_t own, other;                   /* feed of this node and of the other, or PLENUM_NONE */
    bool first;
};

static int32_t node_feed(const struct plenum_site *site, int32_t node)
{
    return node == PLENUM_NONE ? PLENUM_NONE : site->power_nodes[node].feed;
}

static void side_init(struct side *side, const struct plenum_site *site, int32_t node,
                      int32_t other, bool first)
{
    side->left = 0;
    side->own = node_feed(site, node);
    side->other = node_feed(site, other);
    side->first = first;
    for (; node != PLENUM_NONE; node = site->power_nodes[node].parent) {
        CHECK(side->left < PLENUM_POWER_DEPTH_MAX);
        side->path[side->left++] = node;
    }
}

/* The node that the side tells next: its uppermost that is left. */
static int32_t side_next(const struct side *side)
{
    return side->left == 0 ? INT32_MAX : side->path[side->left - 1];
}

/* Tells the next node's gauges; gives how many there are. */
static int32_t side_tell(struct side *side, const struct plenum_site *site, int64_t watts,
                         struct power_share *shares)
{
    int32_t node = side_next(side), feeds = site->feed_count;
    CHECK(node != INT32_MAX);
    side->left--;
    for (int32_t k = 0; k < feeds; k++) {
        enum power_part part = side_part(site, side->own, side->other, k, side->first);
        shares[k] = (struct power_share){
            .gauge = node * feeds + k, .part = part, .watts = part_watts(part, watts)};
    }
    return feeds;
}

int32_t power_shares(const struct plenum_site *site, int32_t load, int64_t watts,
                     struct power_share shares[POWER_SHARES_MAX])
{
    CHECK(load >= 0 && load < site->load_count);
    const struct plenum_load *at = &site->loads[load];
    struct side a, b;
    int32_t count = 0;
    side_init(&a, site, at->nodes[0], at->nodes[1], true);
    side_init(&b, site, at->nodes[1], at->nodes[0], false);
    while (a.left > 0 || b.left > 0)
        count += side_tell(side_next(&a) < side_next(&b) ? &a : &b, site, watts, shares + count);
    if (at->zone != PLENUM_NONE)
        shares[count++] =
            (struct power_share){.gauge = site->power_node_count * site->feed_count + at->zone,
                                 .part = POWER_WHOLE,
                                 .watts = watts};
    CHECK(count <= POWER_SHARES_MAX);
    return count;
}
