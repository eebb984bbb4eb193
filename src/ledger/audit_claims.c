/* Watts and accelerators over the whole of a journal: every claim becomes two events, at its
 * beginning and its end; events are sorted by instant and added up. */
#include "ledger/audit.h"

#include "base/memory.h"

#include <inttypes.h>
#include <stdlib.h>

struct event {
    int64_t at_ms;
    int64_t watts;  /* power: what comes or goes; 0: only a limit changes */
    uint32_t claim; /* its index */
    bool begins;
};

struct event_list {
    struct event *list;
    size_t count, capacity;
};

static int compare_events(const void *x, const void *y)
{
    const struct event *a = x, *b = y;
    if (a->at_ms != b->at_ms)
        return a->at_ms < b->at_ms ? -1 : 1;
    if (a->begins != b->begins)
        return a->begins ? 1 : -1;
    return (a->claim > b->claim) - (a->claim < b->claim);
}

static void sort_events(struct event_list *events)
{
    if (events->count > 1)
        qsort(events->list, events->count, sizeof *events->list, compare_events);
}

static void add_claim(struct event_list *events, const struct audit_claim *claim, uint32_t index,
                      int64_t watts)
{
    if (claim->from_ms >= claim->until_ms || watts == 0)
        return;
    ARRAY_PUSH(events->list, events->count, events->capacity, AUDIT_LIST_MAX) =
        (struct event){claim->from_ms, watts, index, true};
    if (claim->until_ms != PLENUM_FOREVER)
        ARRAY_PUSH(events->list, events->count, events->capacity, AUDIT_LIST_MAX) =
            (struct event){claim->until_ms, -watts, index, false};
}

/* --- power ------------------------------------------------------------------------------------ */

/* What a load draws from its first (0) or second (1) node with a feed lost, or none. */
static int64_t drawn_w(const struct audit *audit, const struct plenum_load *load, int64_t watts,
                       int which, int32_t lost)
{
    const struct plenum_power_node *nodes = audit->site->power_nodes;
    bool up[2], exists[2];
    for (int i = 0; i < 2; i++) {
        exists[i] = load->nodes[i] != PLENUM_NONE;
        up[i] = exists[i] && nodes[load->nodes[i]].feed != lost;
    }
    if (!up[which])
        return 0;
    if (!up[1 - which])
        return watts;
    return which == 0 ? watts - watts / 2 : watts / 2;
}

static void spread_claim(const struct audit *audit, struct event_list *by_node, uint32_t index,
                         int32_t lost)
{
    const struct plenum_site *site = audit->site;
    const struct audit_claim *claim = &audit->power.list[index];
    const struct plenum_load *load = &site->loads[claim->place];
    for (int which = 0; which < 2; which++) {
        int64_t watts = drawn_w(audit, load, claim->amount, which, lost);
        for (int32_t node = watts > 0 ? load->nodes[which] : PLENUM_NONE; node != PLENUM_NONE;
             node = site->power_nodes[node].parent)
            add_claim(&by_node[node], claim, index, watts);
    }
    if (load->zone != PLENUM_NONE && lost == PLENUM_NONE)
        add_claim(&by_node[site->power_node_count + load->zone], claim, index, claim->amount);
}

/* The limit of a node, or zone, at an instant. *lowered: a limit command holds there. */
static int64_t limit_at(const struct audit *audit, int32_t node, int32_t lost, int64_t at_ms,
                        bool *lowered)
{
    const struct plenum_site *site = audit->site;
    *lowered = false;
    if (node >= site->power_node_count)
        return site->cooling_zones[node - site->power_node_count].limit_w;
    for (size_t i = audit->limit_count; i-- > 0;) {
        const struct audit_limit *limit = &audit->limits[i];
        if (limit->node != node || at_ms < limit->from_ms || at_ms >= limit->until_ms)
            continue;
        *lowered = true;
        return lost == PLENUM_NONE ? limit->limit_w : limit->failover_limit_w;
    }
    const struct plenum_power_node *row = &site->power_nodes[node];
    return lost == PLENUM_NONE ? row->limit_w : row->failover_limit_w;
}

/* The last row of the claims that stand at an instant. */
static uint64_t last_row_at(const struct audit_claim *claims, const struct event_list *events,
                            int64_t at_ms)
{
    uint64_t last = 0;
    for (size_t i = 0; i < events->count && events->list[i].at_ms <= at_ms; i++) {
        if (!events->list[i].begins || events->list[i].watts == 0)
            continue;
        const struct audit_claim *claim = &claims[events->list[i].claim];
        if (claim->until_ms > at_ms && claim->row > last)
            last = claim->row;
    }
    return last;
}

static void tell_over(struct audit *audit, int32_t node, int32_t lost, uint64_t row, int64_t at_ms,
                      int64_t watts, int64_t limit_w)
{
    const struct plenum_site *site = audit->site;
    bool zone = node >= site->power_node_count;
    const char *name = zone ? site->cooling_zones[node - site->power_node_count].name
                            : site->power_nodes[node].name;
    audit_tell(audit, row, at_ms, "%s %s: %" PRId64 " W of %" PRId64 " W %s%s",
               zone ? "cooling zone" : "power node", name, watts, limit_w,
               lost == PLENUM_NONE ? "with all feeds up" : "with feed lost: ",
               lost == PLENUM_NONE ? "" : site->power_nodes[site->feeds[lost]].name);
}

/* Over a lowered limit claims may stand as long as the clock has not come there. */
static void sweep_node(struct audit *audit, struct event_list *events, int32_t node, int32_t lost)
{
    int64_t sum = 0;
    bool was_over = false, lowered;
    sort_events(events);
    for (size_t i = 0; i < events->count;) {
        int64_t at_ms = events->list[i].at_ms;
        for (; i < events->count && events->list[i].at_ms == at_ms; i++)
            sum += events->list[i].watts;
        int64_t limit_w = limit_at(audit, node, lost, at_ms, &lowered);
        bool over = sum > limit_w && !(lowered && at_ms > audit->now_ms);
        if (over && !was_over)
            tell_over(audit, node, lost, last_row_at(audit->power.list, events, at_ms), at_ms, sum,
                      limit_w);
        was_over = over;
    }
}

static void add_limits(const struct audit *audit, struct event_list *by_node)
{
    for (size_t i = 0; i < audit->limit_count; i++) {
        const struct audit_limit *limit = &audit->limits[i];
        if (limit->node < 0 || limit->node >= audit->site->power_node_count)
            continue;
        struct event_list *events = &by_node[limit->node];
        ARRAY_PUSH(events->list, events->count, events->capacity, AUDIT_LIST_MAX) =
            (struct event){limit->from_ms, 0, 0, true};
        ARRAY_PUSH(events->list, events->count, events->capacity, AUDIT_LIST_MAX) =
            (struct event){limit->until_ms, 0, 0, true};
    }
}

void audit_power_judge(struct audit *audit)
{
    const struct plenum_site *site = audit->site;
    int32_t count = site->power_node_count + site->cooling_zone_count;
    struct event_list *by_node = memory_new((size_t)count, sizeof *by_node);
    for (int32_t lost = PLENUM_NONE; lost < site->feed_count; lost++) {
        for (size_t i = 0; i < audit->power.count; i++)
            spread_claim(audit, by_node, (uint32_t)i, lost);
        add_limits(audit, by_node);
        for (int32_t node = 0; node < count; node++) {
            sweep_node(audit, &by_node[node], node, lost);
            by_node[node].count = 0;
        }
    }
    for (int32_t node = 0; node < count; node++)
        free(by_node[node].list);
    free(by_node);
}

/* --- capacity --------------------------------------------------------------------------------- */

struct server_use {
    int64_t milli[PLENUM_ACCELERATORS_PER_SERVER_MAX];
    int64_t cores, memory_bytes;
};

static void add_use(struct server_use *use, const struct audit_claim *claim, int64_t sign)
{
    for (int i = 0; i < PLENUM_ACCELERATORS_PER_SERVER_MAX; i++) {
        if (claim->accelerators >> i & 1)
            use->milli[i] += sign * claim->milli;
    }
    use->cores += sign * claim->cores;
    use->memory_bytes += sign * claim->amount;
}

static void tell_use(struct audit *audit, const struct server_use *use, int32_t server,
                     uint64_t row, int64_t at_ms)
{
    const struct plenum_server *place = &audit->site->servers[server];
    const struct plenum_server_model *model = &audit->site->server_models[place->model];
    for (int i = 0; i < PLENUM_ACCELERATORS_PER_SERVER_MAX; i++) {
        int64_t most = i < model->accelerators ? 1000 : 0;
        if (use->milli[i] <= most)
            continue;
        audit_tell(audit, row, at_ms,
                   "server %d: accelerator %d given %" PRId64 " thousandths of %" PRId64, server, i,
                   use->milli[i], most);
        return;
    }
    if (use->cores > model->cores)
        audit_tell(audit, row, at_ms, "server %d: %" PRId64 " cores given of %d", server,
                   use->cores, model->cores);
    else if (use->memory_bytes > model->memory_bytes)
        audit_tell(audit, row, at_ms, "server %d: %" PRId64 " bytes given of %" PRId64, server,
                   use->memory_bytes, model->memory_bytes);
}

static bool fits(const struct audit *audit, const struct server_use *use, int32_t server)
{
    const struct plenum_server *place = &audit->site->servers[server];
    const struct plenum_server_model *model = &audit->site->server_models[place->model];
    int64_t over = 0;
    for (int i = 0; i < PLENUM_ACCELERATORS_PER_SERVER_MAX; i++)
        over += use->milli[i] > (i < model->accelerators ? 1000 : 0);
    return over == 0 && use->cores <= model->cores && use->memory_bytes <= model->memory_bytes;
}

static void sweep_server(struct audit *audit, struct event_list *events, int32_t server)
{
    struct server_use use = {{0}, 0, 0};
    bool was_over = false;
    sort_events(events);
    for (size_t i = 0; i < events->count;) {
        int64_t at_ms = events->list[i].at_ms;
        for (; i < events->count && events->list[i].at_ms == at_ms; i++)
            add_use(&use, &audit->capacity.list[events->list[i].claim],
                    events->list[i].begins ? 1 : -1);
        bool over = !fits(audit, &use, server);
        if (over && !was_over)
            tell_use(audit, &use, server, last_row_at(audit->capacity.list, events, at_ms), at_ms);
        was_over = over;
    }
}

/* Claims that stood when the window of their server was set must lie in what it became. */
static void judge_window(struct audit *audit, const struct event_list *events,
                         const struct audit_window *window)
{
    for (size_t i = 0; i < events->count; i++) {
        const struct audit_claim *claim = &audit->capacity.list[events->list[i].claim];
        if (!events->list[i].begins || !claim->uses || claim->row >= window->row ||
            claim->until_ms <= window->now_ms)
            continue;
        int64_t from_ms = claim->from_ms > window->now_ms ? claim->from_ms : window->now_ms;
        if (from_ms < window->from_ms || claim->until_ms > window->until_ms)
            audit_tell(audit, window->row, from_ms,
                       "server %d loses the window in which row %" PRIu64 " uses it",
                       window->server, claim->row);
    }
}

void audit_capacity_judge(struct audit *audit)
{
    int32_t count = audit->site->server_count;
    struct event_list *by_server = memory_new((size_t)count, sizeof *by_server);
    for (size_t i = 0; i < audit->capacity.count; i++) {
        const struct audit_claim *claim = &audit->capacity.list[i];
        add_claim(&by_server[claim->place], claim, (uint32_t)i, 1);
    }
    for (size_t i = 0; i < audit->change_count; i++)
        judge_window(audit, &by_server[audit->changes[i].server], &audit->changes[i]);
    for (int32_t server = 0; server < count; server++) {
        sweep_server(audit, &by_server[server], server);
        free(by_server[server].list);
    }
    free(by_server);
}
