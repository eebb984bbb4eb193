#include "ledger/change.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/memory.h"
#include "ledger/fields.h"
#include "ledger/owner_map.h"
#include "ledger/refusals.h"

enum { ROWS_MAX = 1 << 30, INSERT_MAX = 24 };

void change_init(struct change *change, const struct plenum_site *site,
                 const struct entities *entities)
{
    *change = (struct change){.site = site, .entities = entities};
}

void change_finish(struct change *change)
{
    free(change->touches);
    free(change->items);
    free(change->windows);
    free(change->rows);
    *change = (struct change){0};
}

/* --- touches ---------------------------------------------------------------------------------- */

static int ref_order(struct plenum_ref a, struct plenum_ref b)
{
    if (a.kind != b.kind)
        return a.kind < b.kind ? -1 : 1;
    return (a.id > b.id) - (a.id < b.id);
}

static int touch_order(const void *left, const void *right)
{
    const struct change_touch *a = left, *b = right;
    int order = ref_order(a->ref, b->ref);
    return order ? order : (a->op > b->op) - (a->op < b->op);
}

/* Whom the operation speaks of; false for none. */
static bool op_ref(const struct change *change, const struct plenum_op *op, struct plenum_ref *ref)
{
    switch (op->type) {
    case PLENUM_OP_POWER_CLAIM:
        *ref = op->power.owner;
        return true;
    case PLENUM_OP_CAPACITY_CLAIM:
        *ref = op->capacity.owner;
        return true;
    case PLENUM_OP_AIR_CLAIM:
        *ref = op->air.owner;
        return true;
    case PLENUM_OP_RELEASE:
        *ref = op->release.owner;
        return true;
    case PLENUM_OP_FLOOR_CLOSE:
    case PLENUM_OP_FLOOR_OPEN:
        *ref = op->close.owner;
        return true;
    case PLENUM_OP_WINDOW:
        *ref = plenum_ref(PLENUM_RACK, (uint64_t)change->site->servers[op->window.server].rack);
        return true;
    case PLENUM_OP_CREATE:
    case PLENUM_OP_SET:
    case PLENUM_OP_END:
        *ref = op->create.ref;
        return true;
    default:
        return false;
    }
}

/* Few touches are put in their place as they come; many are sorted at the end. */
static void touch_push(struct change *change, struct change_touch touch)
{
    change->touches = array_reserve(change->touches, &change->touch_room, change->touch_count + 1,
                                    sizeof *change->touches, PLENUM_OPS_MAX);
    size_t at = change->touch_count++;
    if (at < INSERT_MAX)
        for (; at > 0 && touch_order(&touch, &change->touches[at - 1]) < 0; at--)
            change->touches[at] = change->touches[at - 1];
    change->touches[at] = touch;
}

static void touches_collect(struct change *change)
{
    const struct plenum_command *command = change->command;
    bool sorted = true;
    for (size_t i = 0; i < command->op_count; i++) {
        struct change_touch touch = {.op = (uint32_t)i};
        if (!op_ref(change, &command->ops[i], &touch.ref))
            continue;
        size_t last = change->touch_count;
        sorted =
            sorted && (last < INSERT_MAX || touch_order(&change->touches[last - 1], &touch) < 0);
        touch_push(change, touch);
    }
    if (!sorted)
        qsort(change->touches, change->touch_count, sizeof *change->touches, touch_order);
}

/* --- one entity ------------------------------------------------------------------------------- */

/* What is known while the operations on one entity are gone through. */
struct walk {
    struct change *change;
    struct change_item *item;
    int64_t *row;
    bool exists;
    uint32_t released; /* books */
    uint32_t claims;   /* made in this command, and cells closed */
};

static bool walk_create(struct walk *walk, uint32_t op, struct plenum_refusal *refusal)
{
    const struct change *change = walk->change;
    struct plenum_ref ref = walk->item->ref;
    uint64_t next = entities_next_id(change->entities, ref.kind);
    if (!entities_id_fits(change->entities, ref)) {
        *refusal = refusal_of(PLENUM_REASON_UNKNOWN, op);
        return false;
    }
    if (ref.id < next || walk->item->made) {
        *refusal = refusal_of(PLENUM_REASON_EXISTS, op);
        return false;
    }
    walk->item->made = walk->exists = true;
    walk->item->state_op = op;
    memset(walk->row, 0, (size_t)plenum_kind_field_count(ref.kind) * sizeof *walk->row);
    walk->row[PLENUM_FIELD_SINCE_MS] = change->now_ms;
    return true;
}

static bool walk_state(struct walk *walk, uint32_t op, int64_t to, struct plenum_refusal *refusal)
{
    uint32_t kind = walk->item->ref.kind;
    int64_t from = walk->row[PLENUM_FIELD_STATE];
    CHECK(from >= 0 && from < plenum_kind_state_count(kind));
    bool known = to >= 0 && to < plenum_kind_state_count(kind);
    if (!known || (plenum_state_next(kind, (int32_t)from) >> to & 1) == 0) {
        *refusal = refusal_of(PLENUM_REASON_STATE, op);
        refusal->asked = to;
        refusal->limit = from;
        refusal->other = walk->item->ref;
        return false;
    }
    walk->row[PLENUM_FIELD_STATE] = to;
    walk->row[PLENUM_FIELD_SINCE_MS] = walk->change->now_ms;
    walk->item->state_op = op;
    return true;
}

static bool walk_set(struct walk *walk, uint32_t at, struct plenum_refusal *refusal)
{
    const struct plenum_op *op = &walk->change->command->ops[at];
    walk->item->set = true;
    if (op->set.field == PLENUM_FIELD_STATE)
        return walk_state(walk, at, op->set.value, refusal);
    if (op->set.field == PLENUM_FIELD_SINCE_MS) {
        *refusal = refusal_rule(PLENUM_REASON_MALFORMED, at, "the ledger alone sets since_ms");
        return false;
    }
    walk->row[op->set.field] = op->set.value;
    return true;
}

static bool walk_end(struct walk *walk, uint32_t op, struct plenum_refusal *refusal)
{
    const char *wrong = NULL;
    if (!plenum_kind_comes_and_goes(walk->item->ref.kind))
        wrong = "racks, robots and drones do not end";
    else if (walk->claims > 0)
        wrong = "an entity that ends makes no claims";
    if (wrong) {
        *refusal = refusal_rule(PLENUM_REASON_MALFORMED, op, wrong);
        return false;
    }
    walk->exists = false;
    walk->item->ended = true;
    walk->item->state_op = op;
    return true;
}

static bool walk_release(struct walk *walk, uint32_t at, struct plenum_refusal *refusal)
{
    uint32_t books = walk->change->command->ops[at].release.books;
    if (walk->released & books) {
        *refusal = refusal_rule(PLENUM_REASON_MALFORMED, at, "an owner is released once");
        return false;
    }
    walk->released |= books;
    return true;
}

static bool walk_op(struct walk *walk, uint32_t at, struct plenum_refusal *refusal)
{
    enum plenum_op_type type = walk->change->command->ops[at].type;
    if (type == PLENUM_OP_CREATE)
        return walk_create(walk, at, refusal);
    if (!walk->exists) {
        *refusal = refusal_of(PLENUM_REASON_UNKNOWN, at);
        refusal->other = walk->item->ref;
        return false;
    }
    switch (type) {
    case PLENUM_OP_SET:
        return walk_set(walk, at, refusal);
    case PLENUM_OP_END:
        return walk_end(walk, at, refusal);
    case PLENUM_OP_RELEASE:
        return walk_release(walk, at, refusal);
    case PLENUM_OP_POWER_CLAIM:
    case PLENUM_OP_CAPACITY_CLAIM:
    case PLENUM_OP_AIR_CLAIM:
    case PLENUM_OP_FLOOR_CLOSE:
        walk->claims++;
        return true;
    default:
        return true;
    }
}

static struct change_item *item_push(struct change *change, size_t first)
{
    struct plenum_ref ref = change->touches[first].ref;
    size_t fields = (size_t)plenum_kind_field_count(ref.kind);
    change->items = array_reserve(change->items, &change->item_room, change->item_count + 1,
                                  sizeof *change->items, PLENUM_OPS_MAX);
    change->rows = array_reserve(change->rows, &change->row_room, change->row_count + fields,
                                 sizeof *change->rows, ROWS_MAX);
    struct change_item *item = &change->items[change->item_count++];
    *item = (struct change_item){
        .ref = ref,
        .before = entities_row(change->entities, ref),
        .row = change->row_count,
        .first = first,
        .state_op = change->touches[first].op,
    };
    if (item->before)
        memcpy(change->rows + item->row, item->before, fields * sizeof *change->rows);
    change->row_count += fields;
    return item;
}

/* Goes through the operations on the entity whose first touch this is. Keeps the refusal that
 * comes first in the command. Returns the first touch of the next entity. */
static size_t item_build(struct change *change, size_t first, struct plenum_refusal *refusal)
{
    struct change_item *item = item_push(change, first);
    struct walk walk = {.change = change,
                        .item = item,
                        .row = change->rows + item->row,
                        .exists = item->before != NULL};
    size_t at = first;
    bool fits = true;
    for (; at < change->touch_count && ref_equal(change->touches[at].ref, item->ref); at++) {
        struct plenum_refusal here;
        if (!fits || walk_op(&walk, change->touches[at].op, &here))
            continue;
        fits = false;
        if (refusal->reason == PLENUM_REASON_NONE || here.op < refusal->op)
            *refusal = here;
    }
    item->count = at - first;
    return at;
}

/* --- the whole -------------------------------------------------------------------------------- */

static uint32_t item_create_op(const struct change *change, const struct change_item *item)
{
    for (size_t at = item->first; at < item->first + item->count; at++)
        if (change->command->ops[change->touches[at].op].type == PLENUM_OP_CREATE)
            return change->touches[at].op;
    return change->touches[item->first].op;
}

/* New entities have the ids that come next, in the order of the command. */
static bool creates_test(const struct change *change, struct plenum_refusal *refusal)
{
    uint32_t kind = PLENUM_KIND_COUNT, last_op = 0;
    uint64_t next = 0;
    for (size_t i = 0; i < change->item_count; i++) {
        const struct change_item *item = &change->items[i];
        if (!item->made)
            continue;
        bool first = item->ref.kind != kind;
        kind = item->ref.kind;
        if (first)
            next = entities_next_id(change->entities, kind);
        uint32_t op = item_create_op(change, item);
        if (item->ref.id != next || (!first && op < last_op)) {
            *refusal = refusal_rule(PLENUM_REASON_MALFORMED, op, "a new entity has the next id");
            return false;
        }
        last_op = op;
        next++;
    }
    return true;
}

/* Every reference that is set is to something that exists. */
static bool references_test(const struct change *change, struct plenum_refusal *refusal)
{
    const struct plenum_command *command = change->command;
    for (size_t i = 0; i < command->op_count; i++) {
        const struct plenum_op *op = &command->ops[i];
        if (op->type != PLENUM_OP_SET)
            continue;
        struct field_facts facts = field_facts(op->set.ref.kind, op->set.field);
        bool known = facts.refers == FIELD_AMOUNT;
        if (facts.refers == FIELD_INDEX)
            known = op->set.value >= PLENUM_NONE &&
                    op->set.value < field_index_limit(change->site, facts.list);
        if (facts.refers == FIELD_ENTITY)
            known = op->set.value == 0 ||
                    (op->set.value > 0 &&
                     change_row(change, plenum_ref(facts.kind, (uint64_t)op->set.value)));
        if (!known) {
            *refusal = refusal_of(PLENUM_REASON_UNKNOWN, i);
            return false;
        }
    }
    return true;
}

static int window_order(const void *left, const void *right)
{
    const struct change_window *a = left, *b = right;
    if (a->server != b->server)
        return a->server < b->server ? -1 : 1;
    return (a->op > b->op) - (a->op < b->op);
}

static bool windows_collect(struct change *change, struct plenum_refusal *refusal)
{
    const struct plenum_command *command = change->command;
    for (size_t i = 0; i < command->op_count; i++)
        if (command->ops[i].type == PLENUM_OP_WINDOW)
            ARRAY_PUSH(change->windows, change->window_count, change->window_room, PLENUM_OPS_MAX) =
                (struct change_window){command->ops[i].window.server, (uint32_t)i};
    if (change->window_count < 2)
        return true;
    qsort(change->windows, change->window_count, sizeof *change->windows, window_order);
    bool once = true;
    for (size_t i = 1; i < change->window_count; i++)
        if (change->windows[i].server == change->windows[i - 1].server) {
            uint32_t op = change->windows[i].op;
            if (once || op < refusal->op)
                *refusal = refusal_rule(PLENUM_REASON_MALFORMED, op, "a server gets one window");
            once = false;
        }
    return once;
}

bool change_build(struct change *change, const struct plenum_command *command, int64_t now_ms,
                  struct plenum_refusal *refusal)
{
    change->command = command;
    change->now_ms = now_ms;
    change->touch_count = change->item_count = change->window_count = change->row_count = 0;
    touches_collect(change);
    *refusal = refusal_of(PLENUM_REASON_NONE, 0);
    for (size_t at = 0; at < change->touch_count;)
        at = item_build(change, at, refusal);
    return refusal->reason == PLENUM_REASON_NONE && creates_test(change, refusal) &&
           references_test(change, refusal) && windows_collect(change, refusal);
}

const struct change_item *change_find(const struct change *change, struct plenum_ref ref)
{
    size_t low = 0, high = change->item_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ref_order(change->items[middle].ref, ref) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < change->item_count && ref_equal(change->items[low].ref, ref);
    return found ? &change->items[low] : NULL;
}

const int64_t *change_row(const struct change *change, struct plenum_ref ref)
{
    const struct change_item *item = change_find(change, ref);
    if (!item)
        return entities_row(change->entities, ref);
    return item->ended ? NULL : item_row(change, item);
}

const struct plenum_op *change_window_of(const struct change *change, int32_t server)
{
    size_t low = 0, high = change->window_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (change->windows[middle].server < server)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < change->window_count && change->windows[low].server == server;
    return found ? &change->command->ops[change->windows[low].op] : NULL;
}

void change_apply(const struct change *change, struct entities *entities)
{
    CHECK(entities == change->entities);
    for (size_t i = 0; i < change->item_count; i++) {
        const struct change_item *item = &change->items[i];
        if (item->made || item->set)
            entities_put(entities, item->ref, item_row(change, item));
        if (item->ended)
            entities_end(entities, item->ref);
    }
}
