/* The test of the capacity book: the servers that a command touches, one after the other. */
#include <stdlib.h>

#include "base/check.h"
#include "base/memory.h"
#include "ledger/capacity_book.h"
#include "ledger/refusals.h"

struct capacity_touch {
    int32_t server;
    uint32_t op;
};

struct capacity_scratch {
    struct capacity_touch *touches; /* by server, then operation */
    size_t touch_count, touch_room;
    uint32_t *releases; /* operations, by owner */
    size_t release_count, release_room;
    struct capacity_shelf shelf; /* one server as it will stand */
    struct capacity_heap heap;
};

struct capacity_scratch *capacity_scratch_create(void)
{
    return memory_new(1, sizeof(struct capacity_scratch));
}

void capacity_scratch_destroy(struct capacity_scratch *scratch)
{
    if (!scratch)
        return;
    free(scratch->touches);
    free(scratch->releases);
    free(scratch->heap.items);
    shelf_finish(&scratch->shelf);
    free(scratch);
}

struct capacity_heap *capacity_scratch_heap(struct capacity_scratch *scratch)
{
    return &scratch->heap;
}

/* --- one claim beside others ------------------------------------------------------------------ */

static int first_over(const struct capacity_use *use, uint64_t set, int32_t accelerators,
                      int32_t milli)
{
    for (int i = 0; i < PLENUM_ACCELERATORS_PER_SERVER_MAX; i++)
        if (set >> i & 1 && use->milli[i] + milli > (i < accelerators ? 1000 : 0))
            return i;
    return PLENUM_NONE;
}

/* What the item passes, if others use so much; reason NONE if nothing. */
static struct plenum_refusal judge_use(const struct capacity_use *use,
                                       const struct plenum_server_model *model,
                                       const struct capacity_item *item, int *accelerator)
{
    struct plenum_refusal refusal = refusal_of(PLENUM_REASON_NONE, 0);
    *accelerator = first_over(use, item->accelerators, model->accelerators, item->milli);
    if (*accelerator != PLENUM_NONE) {
        refusal.reason = PLENUM_REASON_ACCELERATOR_TAKEN;
        refusal.asked = use->milli[*accelerator] + item->milli;
        refusal.limit = *accelerator < model->accelerators ? 1000 : 0;
    } else if (item->cores > 0 && use->cores + item->cores > model->cores) {
        refusal.reason = PLENUM_REASON_CORES_TAKEN;
        refusal.asked = use->cores + item->cores;
        refusal.limit = model->cores;
    } else if (item->memory_bytes > 0 &&
               use->memory_bytes + item->memory_bytes > model->memory_bytes) {
        refusal.reason = PLENUM_REASON_MEMORY_TAKEN;
        refusal.asked = use->memory_bytes + item->memory_bytes;
        refusal.limit = model->memory_bytes;
    }
    return refusal;
}

static bool in_the_way(const struct capacity_item *item, enum plenum_reason reason, int accelerator)
{
    if (reason == PLENUM_REASON_ACCELERATOR_TAKEN)
        return item->accelerators >> accelerator & 1;
    return reason == PLENUM_REASON_CORES_TAKEN ? item->cores > 0 : item->memory_bytes > 0;
}

/* The refusal at one instant: what is passed there, and who is in the way. */
static struct plenum_refusal judge_at(const struct capacity_shelf *shelf,
                                      const struct plenum_server_model *model,
                                      const struct capacity_item *item, int64_t at_ms,
                                      struct capacity_heap *heap)
{
    struct capacity_use use;
    int accelerator;
    shelf_use(shelf, at_ms, at_ms + 1, heap, &use);
    struct plenum_refusal refusal = judge_use(&use, model, item, &accelerator);
    if (refusal.reason == PLENUM_REASON_NONE)
        return refusal;
    refusal.from_ms = at_ms;
    for (size_t i = 0; i < shelf->count; i++) {
        const struct capacity_item *other = &shelf->items[i];
        if (other->from_ms <= at_ms && other->until_ms > at_ms &&
            in_the_way(other, refusal.reason, accelerator)) {
            refusal.other = other->owner;
            break;
        }
    }
    return refusal;
}

struct plenum_refusal capacity_shelf_judge(const struct capacity_shelf *shelf,
                                           const struct plenum_server_model *model,
                                           const struct capacity_item *item,
                                           struct capacity_heap *heap)
{
    struct capacity_use use;
    int accelerator;
    shelf_use(shelf, item->from_ms, item->until_ms, heap, &use);
    struct plenum_refusal refusal = judge_use(&use, model, item, &accelerator);
    if (refusal.reason == PLENUM_REASON_NONE)
        return refusal;
    refusal = judge_at(shelf, model, item, item->from_ms, heap);
    for (size_t i = 0; i < shelf->count && refusal.reason == PLENUM_REASON_NONE; i++)
        if (shelf->items[i].from_ms > item->from_ms)
            refusal = judge_at(shelf, model, item, shelf->items[i].from_ms, heap);
    CHECK(refusal.reason != PLENUM_REASON_NONE);
    return refusal;
}

/* --- the command ------------------------------------------------------------------------------ */

struct capacity_judge {
    const struct capacity_book *book;
    const struct plenum_op *ops;
    struct capacity_scratch *scratch;
    int64_t now_ms;
    struct plenum_refusal refusal; /* of the lowest operation so far; reason NONE: none */
};

static void judge_refuse(struct capacity_judge *judge, struct plenum_refusal refusal, uint32_t op,
                         int32_t server)
{
    if (judge->refusal.reason != PLENUM_REASON_NONE && judge->refusal.op <= op)
        return;
    judge->refusal = refusal;
    judge->refusal.op = op;
    judge->refusal.subject = server;
}

static int ref_order(struct plenum_ref a, struct plenum_ref b)
{
    if (a.kind != b.kind)
        return a.kind < b.kind ? -1 : 1;
    return (a.id > b.id) - (a.id < b.id);
}

/* When the command releases the owner; PLENUM_FOREVER if it does not. */
static int64_t judge_release_ms(const struct capacity_judge *judge, struct plenum_ref owner)
{
    size_t low = 0, high = judge->scratch->release_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct plenum_op *op = &judge->ops[judge->scratch->releases[middle]];
        int order = ref_order(op->release.owner, owner);
        if (order == 0)
            return op->release.from_ms;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return PLENUM_FOREVER;
}

/* Fills the scratch shelf with what will be left of the claims on a server. */
static void judge_stand(struct capacity_judge *judge, int32_t server)
{
    const struct capacity_shelf *shelf = &judge->book->shelves[server];
    judge->scratch->shelf.count = 0;
    for (size_t i = 0; i < shelf->count; i++) {
        struct capacity_item item = shelf->items[i];
        int64_t release_ms = judge_release_ms(judge, item.owner);
        item.until_ms = item.until_ms < release_ms ? item.until_ms : release_ms;
        if (item.from_ms < item.until_ms && item.until_ms > judge->now_ms)
            shelf_insert(&judge->scratch->shelf, &item);
    }
}

/* The first instant of the owner's [from_ms, until_ms) that is not in the window, or
 * PLENUM_FOREVER. */
static int64_t window_first_out(struct capacity_window window, struct plenum_ref owner,
                                int64_t from_ms, int64_t until_ms)
{
    if (owner.kind == PLENUM_MAINTENANCE)
        return PLENUM_FOREVER;
    if (from_ms < window.from_ms || from_ms >= window.until_ms)
        return from_ms;
    return until_ms > window.until_ms ? window.until_ms : PLENUM_FOREVER;
}

static void judge_window(struct capacity_judge *judge, uint32_t op)
{
    const struct capacity_shelf *shelf = &judge->scratch->shelf;
    struct capacity_window window = {judge->ops[op].window.from_ms, judge->ops[op].window.until_ms};
    struct plenum_refusal refusal = refusal_of(PLENUM_REASON_NOT_OFFERED, op);
    refusal.from_ms = PLENUM_FOREVER;
    for (size_t i = 0; i < shelf->count; i++) {
        const struct capacity_item *item = &shelf->items[i];
        int64_t from_ms = item->from_ms > judge->now_ms ? item->from_ms : judge->now_ms;
        int64_t out_ms = window_first_out(window, item->owner, from_ms, item->until_ms);
        if (out_ms < refusal.from_ms) {
            refusal.from_ms = out_ms;
            refusal.other = item->owner;
        }
    }
    if (refusal.from_ms < PLENUM_FOREVER)
        judge_refuse(judge, refusal, op, judge->ops[op].window.server);
}

/* False when the claim does not fit; else it stands on the scratch shelf. */
static bool judge_claim(struct capacity_judge *judge, uint32_t op, struct capacity_window window)
{
    int32_t server = judge->ops[op].capacity.server;
    struct capacity_item item = capacity_item_of(&judge->ops[op].capacity, 0);
    struct plenum_refusal refusal = refusal_of(PLENUM_REASON_NOT_OFFERED, op);
    refusal.from_ms = window_first_out(window, item.owner, item.from_ms, item.until_ms);
    if (refusal.from_ms == PLENUM_FOREVER)
        refusal = capacity_shelf_judge(&judge->scratch->shelf,
                                       capacity_model_of(judge->book->site, server), &item,
                                       &judge->scratch->heap);
    if (refusal.reason != PLENUM_REASON_NONE) {
        judge_refuse(judge, refusal, op, server);
        return false;
    }
    shelf_insert(&judge->scratch->shelf, &item);
    return true;
}

/* Judges the touches of one server. */
static void judge_server(struct capacity_judge *judge, const struct capacity_touch *touches,
                         size_t count)
{
    int32_t server = touches[0].server;
    struct capacity_window window = judge->book->windows[server];
    judge_stand(judge, server);
    for (size_t i = 0; i < count; i++) {
        const struct plenum_op *op = &judge->ops[touches[i].op];
        if (op->type != PLENUM_OP_WINDOW)
            continue;
        window = (struct capacity_window){op->window.from_ms, op->window.until_ms};
        judge_window(judge, touches[i].op);
    }
    for (size_t i = 0; i < count; i++)
        if (judge->ops[touches[i].op].type == PLENUM_OP_CAPACITY_CLAIM &&
            !judge_claim(judge, touches[i].op, window))
            return;
}

static int touch_order(const void *left, const void *right)
{
    const struct capacity_touch *a = left, *b = right;
    if (a->server != b->server)
        return a->server < b->server ? -1 : 1;
    return (a->op > b->op) - (a->op < b->op);
}

static void touch_add(struct capacity_scratch *scratch, int32_t server, size_t op)
{
    scratch->touches =
        array_reserve(scratch->touches, &scratch->touch_room, scratch->touch_count + 1,
                      sizeof *scratch->touches, PLENUM_OPS_MAX);
    scratch->touches[scratch->touch_count++] =
        (struct capacity_touch){.server = server, .op = (uint32_t)op};
}

/* Keeps releases in order of owner by insertion: commands release few owners, and mostly in
 * order. */
static void release_add(struct capacity_scratch *scratch, const struct plenum_op *ops, size_t op)
{
    scratch->releases =
        array_reserve(scratch->releases, &scratch->release_room, scratch->release_count + 1,
                      sizeof *scratch->releases, PLENUM_OPS_MAX);
    size_t at = scratch->release_count++;
    for (; at > 0 &&
           ref_order(ops[scratch->releases[at - 1]].release.owner, ops[op].release.owner) > 0;
         at--)
        scratch->releases[at] = scratch->releases[at - 1];
    scratch->releases[at] = (uint32_t)op;
}

static void judge_sort(struct capacity_scratch *scratch, const struct plenum_command *command)
{
    scratch->touch_count = scratch->release_count = 0;
    for (size_t i = 0; i < command->op_count; i++) {
        const struct plenum_op *op = &command->ops[i];
        if (op->type == PLENUM_OP_CAPACITY_CLAIM)
            touch_add(scratch, op->capacity.server, i);
        else if (op->type == PLENUM_OP_WINDOW)
            touch_add(scratch, op->window.server, i);
        else if (op->type == PLENUM_OP_RELEASE && op->release.books & PLENUM_BOOK_CAPACITY)
            release_add(scratch, command->ops, i);
    }
    if (scratch->touch_count > 1)
        qsort(scratch->touches, scratch->touch_count, sizeof *scratch->touches, touch_order);
}

bool capacity_book_test(const struct capacity_book *book, const struct plenum_command *command,
                        int64_t now_ms, struct plenum_refusal *refusal)
{
    struct capacity_scratch *scratch = book->scratch;
    struct capacity_judge judge = {.book = book,
                                   .ops = command->ops,
                                   .scratch = scratch,
                                   .now_ms = now_ms,
                                   .refusal = refusal_of(PLENUM_REASON_NONE, 0)};
    judge_sort(scratch, command);
    for (size_t first = 0, end; first < scratch->touch_count; first = end) {
        for (end = first + 1; end < scratch->touch_count; end++)
            if (scratch->touches[end].server != scratch->touches[first].server)
                break;
        judge_server(&judge, scratch->touches + first, end - first);
    }
    if (judge.refusal.reason == PLENUM_REASON_NONE)
        return true;
    if (refusal)
        *refusal = judge.refusal;
    return false;
}
