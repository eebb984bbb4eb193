/* Sums over the ledger; nothing is kept. */
#include "edge/figures.h"

static void count_states(const struct plenum_ledger *ledger, uint32_t kind, int64_t *counts)
{
    size_t cursor = 0;
    uint64_t id;
    const int64_t *row;
    while (plenum_ledger_walk(ledger, kind, &cursor, &id, &row))
        counts[row[PLENUM_FIELD_STATE]]++;
}

/* What is left on the feeds that are up. */
static int64_t headroom_w(const struct plenum_ledger *ledger, int32_t feed_lost)
{
    const struct plenum_site *site = plenum_ledger_site(ledger);
    int64_t now_ms = plenum_ledger_now_ms(ledger), left_w = 0;
    for (int32_t feed = 0; feed < site->feed_count; feed++)
        if (feed != feed_lost)
            left_w += plenum_power_limit_w(ledger, site->feeds[feed], feed_lost, now_ms) -
                      plenum_power_node_w(ledger, site->feeds[feed], feed_lost, now_ms);
    return left_w;
}

static void read_power(struct figures *figures, const struct plenum_ledger *ledger)
{
    const struct plenum_site *site = plenum_ledger_site(ledger);
    int64_t now_ms = plenum_ledger_now_ms(ledger);
    for (int32_t feed = 0; feed < site->feed_count; feed++) {
        int32_t node = site->feeds[feed];
        figures->power_w += plenum_power_node_w(ledger, node, PLENUM_NONE, now_ms);
        figures->limit_w += plenum_power_limit_w(ledger, node, PLENUM_NONE, now_ms);
    }
    figures->headroom_w = figures->limit_w - figures->power_w;
    figures->headroom_feed_lost_w = figures->headroom_w;
    for (int32_t feed = 0; feed < site->feed_count && site->feed_count > 1; feed++) {
        int64_t left_w = headroom_w(ledger, feed);
        if (feed == 0 || left_w < figures->headroom_feed_lost_w)
            figures->headroom_feed_lost_w = left_w;
    }
}

static void read_server(struct figures *figures, const struct plenum_ledger *ledger, int32_t server)
{
    const struct plenum_site *site = plenum_ledger_site(ledger);
    int32_t devices = site->server_models[site->servers[server].model].accelerators;
    int64_t now_ms = plenum_ledger_now_ms(ledger);
    struct plenum_capacity_free left;
    figures->accelerators += devices;
    if (devices == 0)
        return;
    plenum_capacity_free_on(ledger, server, now_ms, now_ms + 1, &left);
    if (!left.offered)
        return;
    figures->offered += devices;
    for (int32_t i = 0; i < devices; i++) {
        figures->sold_milli += 1000 - left.milli[i];
        figures->free += (int64_t)(left.whole >> i & 1);
    }
}

struct figures figures_of(const struct plenum_ledger *ledger)
{
    struct figures figures = {0};
    read_power(&figures, ledger);
    for (int32_t i = 0; i < plenum_ledger_site(ledger)->server_count; i++)
        read_server(&figures, ledger, i);
    count_states(ledger, PLENUM_RACK, figures.racks);
    count_states(ledger, PLENUM_ROBOT, figures.robots);
    count_states(ledger, PLENUM_DRONE, figures.drones);
    return figures;
}
