/* The power tree, cooling zones, and the loads of places.
 *
 * Nodes may stand in any order in the file; in the site a parent stands before its children, and
 * otherwise the order is that of the file. */
#include "model/read.h"

#include "base/check.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static const char *const curve_names[] = {
#define X(code, name) name,
    PLENUM_BREAKER_CURVES(X)
#undef X
        NULL,
};

static const struct field cooling_fields[] = {
    MUST_OWN("name"),
    MUST_WHOLE(struct plenum_cooling_zone, limit_w, "limit_w", 0, LIMIT_WATTS),
};
const struct object object_cooling = OBJECT("cooling", cooling_fields);

#define T plenum_power_node
static const struct field power_fields[] = {
    MUST_OWN("name"),
    MAY_OWN("under"),
    MUST_WHOLE(struct T, limit_w, "limit_w", 0, LIMIT_WATTS),
    MAY_WHOLE(struct T, failover_limit_w, "failover_limit_w", 0, LIMIT_WATTS, -1),
    MAY_CHOICE(struct T, curve, "curve", curve_names, PLENUM_BREAKER_NONE),
    MAY_WHOLE(struct T, curve_tms_milli, "curve_tms_milli", 1, 100000, 1000),
};
#undef T
const struct object object_power = OBJECT("power", power_fields);

static struct plenum_power_node *node_at(const struct list *list, int32_t index)
{
    return list_at(list, index);
}

static void read_parents(struct reader *reader, struct list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        struct plenum_power_node *node = node_at(list, (int32_t)i);
        const struct origin *origin = &list->origins[i];
        const struct node *under = node_find(origin->node, "under");

        node->parent = PLENUM_NONE;
        if (under != NULL) {
            (void)read_ref(reader, under, LIST_power_node, origin->turn, turns_of(origin->node),
                           &node->parent);
        }
        if (node->failover_limit_w < 0) {
            node->failover_limit_w = node->limit_w;
        } else if (node->failover_limit_w < node->limit_w) {
            tell_at(reader, origin->node, "failover_limit_w",
                    say(reader->scratch, "%lld W", (long long)node->failover_limit_w),
                    say(reader->scratch, "at least limit_w, %lld W", (long long)node->limit_w));
        }
    }
}

enum walk { WALK_NEW, WALK_NOW, WALK_DONE };

/* Walks up from a node through nodes not seen before; where it meets its own way, that node is in a
 * cycle, which is told and cut there. */
static void walk_up(struct reader *reader, struct list *list, int32_t index, uint8_t *walks)
{
    int32_t at = index;

    while (at != PLENUM_NONE && walks[at] == WALK_NEW) {
        walks[at] = WALK_NOW;
        at = node_at(list, at)->parent;
    }
    bool cycle = at != PLENUM_NONE && walks[at] == WALK_NOW;
    int32_t met = at;
    for (at = index; at != PLENUM_NONE && walks[at] == WALK_NOW; at = node_at(list, at)->parent) {
        walks[at] = WALK_DONE;
    }
    if (cycle) {
        tell_at(reader, list->origins[met].node, "under",
                say(reader->scratch, "a cycle: '%s' is under itself", node_at(list, met)->name),
                "a tree that ends in a feed");
        node_at(list, met)->parent = PLENUM_NONE;
    }
}

/* Tells of a node too far from its feed, and cuts it off there. */
static void check_depth(struct reader *reader, struct list *list, int32_t index)
{
    int32_t depth = 1;

    for (int32_t at = index; node_at(list, at)->parent != PLENUM_NONE; depth++) {
        at = node_at(list, at)->parent;
        if (depth == PLENUM_POWER_DEPTH_MAX) {
            tell_at(reader, list->origins[index].node, "under",
                    "more than 16 nodes from here to the feed", "at most 16");
            node_at(list, index)->parent = PLENUM_NONE;
            return;
        }
    }
}

/* Gives out new numbers: a node's ancestors first, then itself. */
static void number_node(const struct list *list, int32_t index, int32_t *numbers, int32_t *next)
{
    int32_t path[PLENUM_POWER_DEPTH_MAX];
    int32_t length = 0;

    while (index != PLENUM_NONE && numbers[index] == PLENUM_NONE) {
        CHECK(length < PLENUM_POWER_DEPTH_MAX);
        path[length++] = index;
        index = node_at(list, index)->parent;
    }
    while (length > 0) {
        numbers[path[--length]] = (*next)++;
    }
}

/* Moves every node to its number, and names feeds. */
static void sort_nodes(struct list *list)
{
    size_t count = list->count;
    int32_t *numbers = memory_new(count, sizeof *numbers);
    struct plenum_power_node *nodes = memory_new(count, sizeof *nodes);
    struct origin *origins = memory_new(count, sizeof *origins);
    int32_t next = 0;

    memset(numbers, 0xff, count * sizeof *numbers);
    for (size_t i = 0; i < count; i++) {
        number_node(list, (int32_t)i, numbers, &next);
    }
    for (size_t i = 0; i < count; i++) {
        int32_t parent = node_at(list, (int32_t)i)->parent;

        nodes[numbers[i]] = *node_at(list, (int32_t)i);
        nodes[numbers[i]].parent = parent == PLENUM_NONE ? PLENUM_NONE : numbers[parent];
        origins[numbers[i]] = list->origins[i];
    }
    memcpy(list->items, nodes, count * sizeof *nodes);
    memcpy(list->origins, origins, count * sizeof *origins);
    list_forget_names(list);
    for (size_t i = 0; i < count; i++) {
        (void)list_index(list, (int32_t)i);
    }
    free(origins);
    free(nodes);
    free(numbers);
}

static void find_feeds(struct reader *reader, struct list *list)
{
    struct plenum_site *site = reader->site;

    for (size_t i = 0; i < list->count; i++) {
        struct plenum_power_node *node = node_at(list, (int32_t)i);

        if (node->parent != PLENUM_NONE) {
            node->feed = node_at(list, node->parent)->feed;
            continue;
        }
        if (site->feed_count == PLENUM_FEEDS_MAX) {
            tell_at(reader, list->origins[i].node, "name",
                    say(reader->scratch, "one feed more, '%s'", node->name),
                    "at most 4 nodes without a key 'under'");
            return;
        }
        node->feed = site->feed_count;
        site->feeds[site->feed_count++] = (int32_t)i;
    }
}

void read_power(struct reader *reader)
{
    struct list *list = &reader->lists[LIST_power_node];

    read_list(reader, reader->root, "cooling", LIST_cooling_zone, &object_cooling);
    read_list(reader, reader->root, "power", LIST_power_node, &object_power);
    if (list->count == 0) {
        return;
    }
    read_parents(reader, list);
    uint8_t *walks = memory_new(list->count, 1);
    for (size_t i = 0; i < list->count; i++) {
        walk_up(reader, list, (int32_t)i, walks);
    }
    free(walks);
    for (size_t i = 0; i < list->count; i++) {
        check_depth(reader, list, (int32_t)i);
    }
    sort_nodes(list);
    find_feeds(reader, list);
}

/* --- loads ------------------------------------------------------------------------------------ */

static void check_two_feeds(struct reader *reader, const struct node *feeds,
                            const struct plenum_load *load)
{
    const struct list *nodes = &reader->lists[LIST_power_node];

    if (load->nodes[0] == PLENUM_NONE || load->nodes[1] == PLENUM_NONE) {
        return;
    }
    const struct plenum_power_node *a = node_at(nodes, load->nodes[0]);
    const struct plenum_power_node *b = node_at(nodes, load->nodes[1]);
    if (a->feed == b->feed && reader->site->feed_count > 0) {
        problem_at_value(reader->problems, reader->scratch, feeds,
                         say(reader->scratch, "'%s' and '%s', both under feed '%s'", a->name,
                             b->name, node_at(nodes, reader->site->feeds[a->feed])->name),
                         "nodes of two feeds");
    }
}

int32_t read_load(struct reader *reader, const struct node *map, int32_t turn, const char *name)
{
    const struct node *feeds = node_find(map, "feeds"), *zone = node_find(map, "zone");
    struct plenum_load load = {.name = name, .nodes = {PLENUM_NONE, PLENUM_NONE}};
    int32_t turns = turns_of(map), count = 0;

    load.zone = PLENUM_NONE;
    if (zone != NULL) {
        (void)read_ref(reader, zone, LIST_cooling_zone, turn, turns, &load.zone);
    }
    if (feeds == NULL) {
        return PLENUM_NONE;
    }
    if (feeds->kind != NODE_LIST || feeds->count < 1 || feeds->count > 2) {
        problem_at_value(reader->problems, reader->scratch, feeds,
                         feeds->kind == NODE_LIST && feeds->count > 2
                             ? say(reader->scratch, "a list of %d", (int)feeds->count)
                             : node_describe(feeds, reader->scratch),
                         "a list of one or two power nodes");
        return PLENUM_NONE;
    }
    for (const struct node *feed = feeds->first; feed != NULL; feed = feed->next) {
        (void)read_ref(reader, feed, LIST_power_node, turn, turns, &load.nodes[count++]);
    }
    check_two_feeds(reader, feeds, &load);
    struct list *loads = &reader->lists[LIST_load];
    CHECK(list_push(loads, &load, (struct origin){map, turn}));
    return (int32_t)loads->count - 1;
}
