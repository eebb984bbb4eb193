/* The test of the air book. */
#include "base/check.h"
#include "ledger/air_book.h"
#include "ledger/refusals.h"
#include "ledger/shape.h"

struct air_judge {
    const struct air_book *book;
    const struct plenum_command *command;
};

/* One volume that looks for what it meets. */
struct air_search {
    const struct air_judge *judge;
    struct plenum_ref owner;
    const struct plenum_volume *volume;
    struct plenum_refusal *refusal; /* the first meeting so far; reason NONE: none */
};

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* Keeps the meeting that is first in time, then of the lowest owner. */
static void search_keep(struct air_search *search, enum plenum_reason reason, int32_t subject,
                        struct plenum_ref other, int64_t from_ms)
{
    struct plenum_refusal *kept = search->refusal;
    if (kept->reason != PLENUM_REASON_NONE) {
        if (kept->from_ms != from_ms) {
            if (kept->from_ms < from_ms)
                return;
        } else if (kept->reason != reason || kept->other.kind < other.kind ||
                   (kept->other.kind == other.kind && kept->other.id <= other.id)) {
            return;
        }
    }
    kept->reason = reason;
    kept->subject = subject;
    kept->other = other;
    kept->from_ms = from_ms;
}

/* The last millisecond of a volume of the owner, after what the command releases; before its
 * first when all of it is released. */
static int64_t judge_until(const struct air_judge *judge, struct plenum_ref owner, int64_t until_ms)
{
    for (size_t i = 0; i < judge->command->op_count; i++) {
        const struct plenum_op *op = &judge->command->ops[i];
        if (op->type == PLENUM_OP_RELEASE && op->release.books & PLENUM_BOOK_AIR &&
            ref_equal(op->release.owner, owner) && op->release.from_ms <= until_ms)
            return op->release.from_ms - 1;
    }
    return until_ms;
}

static bool search_standing(void *context, uint32_t flight, uint32_t volume)
{
    struct air_search *search = context;
    const struct air_flight *other = &search->judge->book->flights[flight];
    CHECK(volume < other->count);
    if (ref_equal(other->owner, search->owner))
        return true;
    const struct plenum_volume *standing = &other->volumes[volume];
    int64_t until_ms = judge_until(search->judge, other->owner, standing->until_ms);
    if (until_ms < standing->from_ms || until_ms < search->volume->from_ms)
        return true;
    if (geometry_outlines_meet(standing, search->volume))
        search_keep(search, PLENUM_REASON_AIR_TAKEN, PLENUM_NONE, other->owner,
                    later(standing->from_ms, search->volume->from_ms));
    return true;
}

/* Claims of others that stand before operation `end` of the same command. */
static void search_command(struct air_search *search, size_t end)
{
    for (size_t i = 0; i < end; i++) {
        const struct plenum_op *op = &search->judge->command->ops[i];
        if (op->type != PLENUM_OP_AIR_CLAIM || ref_equal(op->air.owner, search->owner))
            continue;
        for (int32_t k = 0; k < op->air.volume_count; k++)
            if (geometry_volumes_meet(&op->air.volumes[k], search->volume))
                search_keep(search, PLENUM_REASON_AIR_TAKEN, PLENUM_NONE, op->air.owner,
                            later(op->air.volumes[k].from_ms, search->volume->from_ms));
    }
}

static void search_closed(struct air_search *search, const struct plenum_volume *closed,
                          int32_t subject)
{
    if (geometry_volumes_meet(closed, search->volume))
        search_keep(search, PLENUM_REASON_AIR_CLOSED, subject, plenum_ref(PLENUM_KIND_COUNT, 0),
                    later(closed->from_ms, search->volume->from_ms));
}

static void search_all_closed(struct air_search *search)
{
    const struct air_book *book = search->judge->book;
    const struct plenum_airspace *airspace = &book->site->airspace;
    struct geometry_box box = geometry_box_of(search->volume);
    for (int32_t i = 0; i < airspace->closed_count; i++)
        if (geometry_boxes_meet(&book->site_boxes[i], &box))
            search_closed(search, &airspace->closed[i].volume, i);
    for (size_t i = 0; i < book->closed_count; i++)
        search_closed(search, &book->closed[i], PLENUM_NONE);
    for (size_t i = 0; i < search->judge->command->op_count; i++) {
        const struct plenum_op *op = &search->judge->command->ops[i];
        if (op->type == PLENUM_OP_AIR_CLOSE && geometry_volume_valid(op->air_close.volume))
            search_closed(search, op->air_close.volume, PLENUM_NONE);
    }
}

static bool in_airspace(const struct plenum_airspace *airspace, const struct plenum_volume *volume)
{
    struct geometry_polygon bounds = {airspace->vertices, airspace->vertex_count};
    return airspace->vertex_count > 0 && volume->lower_mm >= airspace->lower_mm &&
           volume->upper_mm <= airspace->upper_mm && geometry_outline_inside(volume, bounds);
}

/* Judges one volume of the claim that is operation `at`. */
static struct plenum_refusal judge_volume(const struct air_judge *judge, size_t at,
                                          const struct plenum_volume *volume)
{
    const struct air_book *book = judge->book;
    struct plenum_refusal refusal = refusal_of(PLENUM_REASON_NONE, at);
    if (!geometry_volume_valid(volume))
        return refusal_rule(PLENUM_REASON_MALFORMED, at,
                            "a volume lies within 100 km, and its polygon is simple");
    if (!in_airspace(&book->site->airspace, volume)) {
        refusal.reason = PLENUM_REASON_AIR_BOUNDS;
        refusal.from_ms = volume->from_ms;
        return refusal;
    }
    struct air_search search = {.judge = judge,
                                .owner = judge->command->ops[at].air.owner,
                                .volume = volume,
                                .refusal = &refusal};
    search_all_closed(&search);
    if (refusal.reason != PLENUM_REASON_NONE)
        return refusal;
    struct geometry_box box = geometry_box_of(volume);
    air_index_find(&book->index, &box, search_standing, &search);
    search_command(&search, at);
    return refusal;
}

static bool judge_op(const struct air_judge *judge, size_t at, struct plenum_refusal *refusal)
{
    const struct plenum_op *op = &judge->command->ops[at];
    if (op->type == PLENUM_OP_AIR_CLOSE && !geometry_volume_valid(op->air_close.volume)) {
        *refusal = refusal_rule(PLENUM_REASON_MALFORMED, at,
                                "a volume lies within 100 km, and its polygon is simple");
        return false;
    }
    if (op->type != PLENUM_OP_AIR_CLAIM)
        return true;
    for (int32_t i = 0; i < op->air.volume_count; i++) {
        struct plenum_refusal found = judge_volume(judge, at, &op->air.volumes[i]);
        if (found.reason == PLENUM_REASON_NONE)
            continue;
        *refusal = found;
        refusal->asked = i;
        return false;
    }
    return true;
}

bool air_book_test(const struct air_book *book, const struct plenum_command *command,
                   int64_t now_ms, struct plenum_refusal *refusal)
{
    CHECK(now_ms < INT64_MAX);
    struct air_judge judge = {.book = book, .command = command};
    struct plenum_refusal found;
    for (size_t i = 0; i < command->op_count; i++)
        if (!judge_op(&judge, i, &found)) {
            if (refusal)
                *refusal = found;
            return false;
        }
    return true;
}

bool air_book_fits(const struct air_book *book, struct plenum_ref owner,
                   const struct plenum_volume *volumes, int32_t count, int64_t now_ms,
                   struct plenum_refusal *refusal)
{
    struct plenum_op op = {.type = PLENUM_OP_AIR_CLAIM, .air = {owner, volumes, count}};
    struct plenum_command command = {.ops = &op, .op_count = 1};
    struct plenum_refusal found = refusal_of(PLENUM_REASON_NONE, 0);
    bool fits = shape_test(book->site, &command, now_ms, &found) &&
                air_book_test(book, &command, now_ms, &found);
    if (refusal)
        *refusal = found;
    return fits;
}
