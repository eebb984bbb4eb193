/* The boundaries stand in an AVL tree (Adelson-Velsky, Landis, 1962), ordered by instant. Each
 * node also holds, for the boundaries under it in order of time, the sum of their deltas and the
 * least and greatest sum of any first few of them, none included; so the least value over an
 * interval is put together from O(log n) subtrees.
 *
 * What is always true:
 * 1. Left of a node are earlier instants only, right of it later ones only.
 * 2. The heights of a node's two subtrees differ by at most 1.
 * 3. No boundary has delta 0.
 * 4. low <= 0 <= high, and low <= sum <= high.
 * 5. base + low and base + high of the root do not overflow, so no value does.
 * 6. Node 0 stands for the empty tree: its sums and its height are 0 and never change. */
#include "base/timeline.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/memory.h"

enum { NODES_FIRST = 4 };
static const uint32_t nodes_max = UINT32_MAX - 1;

/* Deltas in order of time: their sum, and the least and greatest sum of the first k, k >= 0. */
struct run {
    int64_t sum, low, high;
};

struct timeline_node {
    int64_t instant;
    int64_t delta;
    struct run run;       /* of the subtree */
    uint32_t left, right; /* in the free list, left is the next free node */
    uint32_t height;
};

static int64_t sum_of(int64_t a, int64_t b)
{
    int64_t sum;
    CHECK(!__builtin_add_overflow(a, b, &sum));
    return sum;
}

static struct run run_of(int64_t delta)
{
    return (struct run){delta, delta < 0 ? delta : 0, delta > 0 ? delta : 0};
}

/* First a, then b. */
static struct run run_join(struct run a, struct run b)
{
    int64_t low = sum_of(a.sum, b.low);
    int64_t high = sum_of(a.sum, b.high);
    return (struct run){sum_of(a.sum, b.sum), low < a.low ? low : a.low,
                        high > a.high ? high : a.high};
}

void timeline_init(struct timeline *timeline, int64_t value)
{
    *timeline = (struct timeline){.base = value};
}

void timeline_finish(struct timeline *timeline)
{
    free(timeline->nodes);
    timeline_init(timeline, timeline->base);
}

size_t timeline_boundaries(const struct timeline *timeline)
{
    return timeline->count;
}

/* ---- the tree ---- */

/* Makes sure that one more node needs no new memory. */
static void nodes_reserve(struct timeline *timeline)
{
    if (timeline->free_list != 0)
        return;
    size_t used = (size_t)timeline->count + 1;
    if (used < timeline->capacity)
        return;
    size_t capacity = timeline->capacity == 0 ? NODES_FIRST : 2 * (size_t)timeline->capacity;
    capacity = capacity < nodes_max ? capacity : nodes_max;
    CHECK(used < capacity);
    timeline->nodes = memory_resize(timeline->nodes, capacity, sizeof timeline->nodes[0]);
    timeline->nodes[0] = (struct timeline_node){0};
    timeline->capacity = (uint32_t)capacity;
}

/* With no free node, all of 1 .. count are in use, so count + 1 is the next one. */
static uint32_t node_new(struct timeline *timeline, int64_t instant, int64_t delta)
{
    uint32_t at = timeline->free_list;
    if (at != 0)
        timeline->free_list = timeline->nodes[at].left;
    else
        at = timeline->count + 1;
    CHECK(at < timeline->capacity);
    timeline->nodes[at] = (struct timeline_node){
        .instant = instant, .delta = delta, .run = run_of(delta), .height = 1};
    timeline->count++;
    return at;
}

static void node_free(struct timeline *timeline, uint32_t at)
{
    timeline->nodes[at].left = timeline->free_list;
    timeline->free_list = at;
    timeline->count--;
}

static void node_refresh(struct timeline *timeline, uint32_t at)
{
    struct timeline_node *node = &timeline->nodes[at];
    const struct timeline_node *left = &timeline->nodes[node->left];
    const struct timeline_node *right = &timeline->nodes[node->right];
    node->height = 1 + (left->height > right->height ? left->height : right->height);
    node->run = run_join(run_join(left->run, run_of(node->delta)), right->run);
}

static uint32_t node_rotate_right(struct timeline *timeline, uint32_t at)
{
    uint32_t up = timeline->nodes[at].left;
    timeline->nodes[at].left = timeline->nodes[up].right;
    timeline->nodes[up].right = at;
    node_refresh(timeline, at);
    node_refresh(timeline, up);
    return up;
}

static uint32_t node_rotate_left(struct timeline *timeline, uint32_t at)
{
    uint32_t up = timeline->nodes[at].right;
    timeline->nodes[at].right = timeline->nodes[up].left;
    timeline->nodes[up].left = at;
    node_refresh(timeline, at);
    node_refresh(timeline, up);
    return up;
}

/* Left height less right height. */
static int node_lean(const struct timeline *timeline, uint32_t at)
{
    const struct timeline_node *node = &timeline->nodes[at];
    return (int)timeline->nodes[node->left].height - (int)timeline->nodes[node->right].height;
}

/* Restores heights, sums and invariant 2 at a node under which one boundary came or went.
 * Returns the root of the subtree. */
static uint32_t node_balance(struct timeline *timeline, uint32_t at)
{
    struct timeline_node *node = &timeline->nodes[at];
    int lean = node_lean(timeline, at);
    CHECK(lean >= -2 && lean <= 2);
    if (lean == 2) {
        if (node_lean(timeline, node->left) < 0)
            node->left = node_rotate_left(timeline, node->left);
        return node_rotate_right(timeline, at);
    }
    if (lean == -2) {
        if (node_lean(timeline, node->right) > 0)
            node->right = node_rotate_right(timeline, node->right);
        return node_rotate_left(timeline, at);
    }
    node_refresh(timeline, at);
    return at;
}

/* Takes the earliest node out of the subtree and puts it into *first. Returns the rest's root. */
static uint32_t node_take_first(struct timeline *timeline, uint32_t at, uint32_t *first)
{
    struct timeline_node *node = &timeline->nodes[at];
    if (node->left == 0) {
        *first = at;
        return node->right;
    }
    node->left = node_take_first(timeline, node->left, first);
    return node_balance(timeline, at);
}

/* Takes the subtree's own root out. */
static uint32_t node_remove(struct timeline *timeline, uint32_t at)
{
    uint32_t left = timeline->nodes[at].left;
    uint32_t right = timeline->nodes[at].right;
    node_free(timeline, at);
    if (left == 0 || right == 0)
        return left + right;
    uint32_t first;
    right = node_take_first(timeline, right, &first);
    timeline->nodes[first].left = left;
    timeline->nodes[first].right = right;
    return node_balance(timeline, first);
}

/* Adds delta at one instant: a boundary comes, changes, or goes. Returns the subtree's root. */
static uint32_t node_bump(struct timeline *timeline, uint32_t at, int64_t instant, int64_t delta)
{
    if (at == 0)
        return node_new(timeline, instant, delta);
    struct timeline_node *node = &timeline->nodes[at];
    if (instant < node->instant) {
        node->left = node_bump(timeline, node->left, instant, delta);
    } else if (instant > node->instant) {
        node->right = node_bump(timeline, node->right, instant, delta);
    } else {
        node->delta = sum_of(node->delta, delta);
        if (node->delta == 0)
            return node_remove(timeline, at);
    }
    return node_balance(timeline, at);
}

static void timeline_bump(struct timeline *timeline, int64_t instant, int64_t delta)
{
    nodes_reserve(timeline);
    timeline->root = node_bump(timeline, timeline->root, instant, delta);
}

void timeline_add(struct timeline *timeline, int64_t from, int64_t until, int64_t delta)
{
    CHECK(from < until);
    CHECK(delta != INT64_MIN);
    if (delta == 0)
        return;
    timeline_bump(timeline, from, delta);
    if (until != INT64_MAX)
        timeline_bump(timeline, until, -delta);
    if (timeline->root == 0)
        return;
    const struct run *all = &timeline->nodes[timeline->root].run;
    CHECK(sum_of(timeline->base, all->low) <= sum_of(timeline->base, all->high));
}

void timeline_forget(struct timeline *timeline, int64_t instant)
{
    while (timeline->root != 0) {
        uint32_t first = timeline->root;
        while (timeline->nodes[first].left != 0)
            first = timeline->nodes[first].left;
        if (timeline->nodes[first].instant > instant)
            return;
        timeline->base = sum_of(timeline->base, timeline->nodes[first].delta);
        timeline->root = node_take_first(timeline, timeline->root, &first);
        node_free(timeline, first);
    }
}

/* ---- questions ---- */

int64_t timeline_at(const struct timeline *timeline, int64_t instant)
{
    int64_t value = timeline->base;
    for (uint32_t at = timeline->root; at != 0;) {
        const struct timeline_node *node = &timeline->nodes[at];
        if (instant < node->instant) {
            at = node->left;
            continue;
        }
        value += timeline->nodes[node->left].run.sum + node->delta;
        at = node->right;
    }
    return value;
}

int64_t timeline_next(const struct timeline *timeline, int64_t instant)
{
    int64_t next = INT64_MAX;
    for (uint32_t at = timeline->root; at != 0;) {
        const struct timeline_node *node = &timeline->nodes[at];
        if (node->instant > instant) {
            next = node->instant;
            at = node->left;
        } else {
            at = node->right;
        }
    }
    return next;
}

/* The deltas under `at` that are before until. */
static struct run run_before(const struct timeline *timeline, uint32_t at, int64_t until)
{
    struct run run = {0, 0, 0};
    while (at != 0) {
        const struct timeline_node *node = &timeline->nodes[at];
        if (node->instant >= until) {
            at = node->left;
            continue;
        }
        run = run_join(run_join(run, timeline->nodes[node->left].run), run_of(node->delta));
        at = node->right;
    }
    return run;
}

/* The deltas under `at` that are after from; adds the sum of the others to *value. */
static struct run run_after(const struct timeline *timeline, uint32_t at, int64_t from,
                            int64_t *value)
{
    struct run run = {0, 0, 0};
    while (at != 0) {
        const struct timeline_node *node = &timeline->nodes[at];
        if (node->instant <= from) {
            *value += timeline->nodes[node->left].run.sum + node->delta;
            at = node->right;
            continue;
        }
        run = run_join(run_join(run_of(node->delta), timeline->nodes[node->right].run), run);
        at = node->left;
    }
    return run;
}

/* The deltas in (from, until), and in *value the value at from. */
static struct run timeline_run(const struct timeline *timeline, int64_t from, int64_t until,
                               int64_t *value)
{
    CHECK(from < until);
    *value = timeline->base;
    uint32_t at = timeline->root;
    while (at != 0) {
        const struct timeline_node *node = &timeline->nodes[at];
        if (node->instant >= until) {
            at = node->left;
            continue;
        }
        if (node->instant > from) {
            struct run before = run_after(timeline, node->left, from, value);
            struct run after = run_before(timeline, node->right, until);
            return run_join(run_join(before, run_of(node->delta)), after);
        }
        *value += timeline->nodes[node->left].run.sum + node->delta;
        at = node->right;
    }
    return (struct run){0, 0, 0};
}

int64_t timeline_min(const struct timeline *timeline, int64_t from, int64_t until)
{
    int64_t value;
    struct run run = timeline_run(timeline, from, until, &value);
    return value + run.low;
}

int64_t timeline_max(const struct timeline *timeline, int64_t from, int64_t until)
{
    int64_t value;
    struct run run = timeline_run(timeline, from, until, &value);
    return value + run.high;
}

/* A search for the first boundary after `after` where the value is below floor, or is not. */
struct search {
    int64_t after, floor;
    bool below;
};

static bool search_hits(const struct search *search, int64_t value)
{
    return (value < search->floor) == search->below;
}

/* Looks under `at`, before which the value is `value`. Provided that `value` itself is no hit
 * wherever the whole subtree is after search->after, a subtree whose extreme value is no hit
 * either holds none, so only the path to search->after and the path to the hit are walked. */
static bool node_search(const struct timeline *timeline, uint32_t at, int64_t value,
                        const struct search *search, int64_t *found)
{
    const struct timeline_node *node = &timeline->nodes[at];
    int64_t extreme = search->below ? node->run.low : node->run.high;
    if (at == 0 || !search_hits(search, value + extreme))
        return false;
    int64_t here = value + timeline->nodes[node->left].run.sum + node->delta;
    if (node->instant > search->after) {
        if (node_search(timeline, node->left, value, search, found))
            return true;
        if (search_hits(search, here)) {
            *found = node->instant;
            return true;
        }
    }
    return node_search(timeline, node->right, here, search, found);
}

/* The first instant >= from where the value is below floor (or, with below false, is not), or
 * INT64_MAX. */
static int64_t timeline_search(const struct timeline *timeline, int64_t from, int64_t floor,
                               bool below)
{
    const struct search search = {.after = from, .floor = floor, .below = below};
    if (search_hits(&search, timeline_at(timeline, from)))
        return from;
    int64_t found = INT64_MAX;
    if (timeline->root != 0)
        node_search(timeline, timeline->root, timeline->base, &search, &found);
    return found;
}

int64_t timeline_first_below(const struct timeline *timeline, int64_t from, int64_t until,
                             int64_t floor)
{
    CHECK(from < until);
    int64_t found = timeline_search(timeline, from, floor, true);
    return found < until ? found : until;
}

int64_t timeline_first_fit(const struct timeline *timeline, int64_t from, int64_t latest,
                           int64_t length, int64_t floor)
{
    CHECK(length > 0);
    for (int64_t start = from; start < latest;) {
        start = timeline_search(timeline, start, floor, false);
        if (start >= latest)
            break;
        int64_t end = start > INT64_MAX - length ? INT64_MAX : start + length;
        int64_t below = timeline_first_below(timeline, start, end, floor);
        if (below == end)
            return start;
        start = below;
    }
    return INT64_MAX;
}
