/* Past states, each in a slot:
 *
 *     FREE      nothing
 *     WANTED    a target, and no ledger yet: begins with a snapshot
 *     MOVING    a ledger on its way to the target
 *     THERE     a ledger at the target
 *     FAILED    an error to be told to who asks next */
#include <plenum/history.h>

#include "base/check.h"
#include "base/memory.h"
#include "base/wall.h"

#include <stdlib.h>

static const int64_t FORGOTTEN_NS = 1000000000;
/* A state is as large as the running one: it goes when nobody has asked for it so long. */
static const int64_t IDLE_NS = INT64_C(300) * 1000000000;
/* How many rows may be replayed in the time that a snapshot takes to read, about. */
static const uint64_t SNAPSHOT_ROWS = 2000;
enum { ROWS_BETWEEN_LOOKS = 16 }; /* at the wall clock */

enum slot_state { SLOT_FREE, SLOT_WANTED, SLOT_MOVING, SLOT_THERE, SLOT_FAILED };

struct slot {
    enum slot_state state;
    uint64_t target;
    struct plenum_ledger *ledger;
    int64_t asked_ns;
    bool told; /* since it is there */
    struct plenum_error error;
};

struct plenum_history {
    struct plenum_journal *journal;
    struct slot slots[PLENUM_HISTORY_STATES];
};

struct plenum_history *plenum_history_create(struct plenum_journal *journal)
{
    struct plenum_history *history = memory_new(1, sizeof *history);
    CHECK(journal);
    history->journal = journal;
    return history;
}

static void slot_clear(struct slot *slot)
{
    plenum_ledger_destroy(slot->ledger);
    *slot = (struct slot){.state = SLOT_FREE};
}

void plenum_history_destroy(struct plenum_history *history)
{
    if (!history)
        return;
    for (size_t i = 0; i < PLENUM_HISTORY_STATES; i++)
        slot_clear(&history->slots[i]);
    free(history);
}

enum plenum_status plenum_history_find(struct plenum_history *history, int64_t at_ms, uint64_t *seq,
                                       struct plenum_error *error)
{
    return plenum_journal_seq_at(history->journal, at_ms, seq, error);
}

/* --- asking ----------------------------------------------------------------------------------- */

static bool slot_works(const struct slot *slot)
{
    return slot->state == SLOT_WANTED || slot->state == SLOT_MOVING;
}

/* Whether the slot may become another state: who waits for it, or was not told yet, comes first. */
static bool slot_may_go(const struct slot *slot, int64_t now_ns)
{
    return slot->state == SLOT_FREE || (slot->state == SLOT_THERE && slot->told) ||
           now_ns - slot->asked_ns >= FORGOTTEN_NS;
}

static struct slot *find_slot(struct plenum_history *history, uint64_t seq)
{
    for (size_t i = 0; i < PLENUM_HISTORY_STATES; i++)
        if (history->slots[i].state != SLOT_FREE && history->slots[i].target == seq)
            return &history->slots[i];
    return NULL;
}

/* The state that is nearest before seq, if it is nearer than the snapshot. */
static struct slot *find_before(struct plenum_history *history, uint64_t seq, uint64_t snapshot,
                                int64_t now_ns)
{
    struct slot *best = NULL;
    uint64_t best_seq = snapshot > SNAPSHOT_ROWS ? snapshot - SNAPSHOT_ROWS : 0;
    for (size_t i = 0; i < PLENUM_HISTORY_STATES; i++) {
        struct slot *slot = &history->slots[i];
        if (!slot->ledger || !slot_may_go(slot, now_ns))
            continue;
        uint64_t at = plenum_ledger_seq(slot->ledger);
        if (at <= seq && at >= best_seq) {
            best = slot;
            best_seq = at;
        }
    }
    return best;
}

static struct slot *find_oldest(struct plenum_history *history, int64_t now_ns)
{
    struct slot *oldest = NULL;
    for (size_t i = 0; i < PLENUM_HISTORY_STATES; i++) {
        struct slot *slot = &history->slots[i];
        if (slot_may_go(slot, now_ns) && (!oldest || slot->asked_ns < oldest->asked_ns))
            oldest = slot;
    }
    return oldest;
}

/* Gives a slot the target, if one is to be had. */
static enum plenum_status begin(struct plenum_history *history, uint64_t seq, int64_t now_ns,
                                struct plenum_error *error)
{
    uint64_t snapshot;
    enum plenum_status status =
        plenum_journal_snapshot_seq(history->journal, seq, &snapshot, error);
    if (status != PLENUM_OK)
        return status;
    struct slot *slot = find_before(history, seq, snapshot, now_ns);
    if (slot) {
        slot->state = SLOT_MOVING;
    } else {
        slot = find_oldest(history, now_ns);
        if (!slot)
            return PLENUM_OK;
        slot_clear(slot);
        slot->state = SLOT_WANTED;
    }
    slot->target = seq;
    slot->asked_ns = now_ns;
    slot->told = false;
    return PLENUM_OK;
}

enum plenum_status plenum_history_ask(struct plenum_history *history, uint64_t seq,
                                      const struct plenum_ledger **ledger,
                                      struct plenum_error *error)
{
    int64_t now_ns = wall_now_ns(&wall_clock_system);
    struct slot *slot = find_slot(history, seq);
    *ledger = NULL;
    if (!slot)
        return begin(history, seq, now_ns, error);
    slot->asked_ns = now_ns;
    if (slot->state == SLOT_FAILED) {
        enum plenum_status status = plenum_fail(error, slot->error.status, "%s", slot->error.text);
        slot_clear(slot);
        return status;
    }
    if (slot->state != SLOT_THERE)
        return PLENUM_OK;
    CHECK(plenum_ledger_seq(slot->ledger) == seq);
    slot->told = true;
    *ledger = slot->ledger;
    return PLENUM_OK;
}

/* --- working ---------------------------------------------------------------------------------- */

struct budget {
    int64_t until_ns;
    uint64_t rows;
};

static bool budget_is_left(void *context)
{
    struct budget *budget = context;
    return ++budget->rows % ROWS_BETWEEN_LOOKS != 0 ||
           wall_now_ns(&wall_clock_system) < budget->until_ns;
}

static void slot_move(struct plenum_history *history, struct slot *slot, struct budget *budget)
{
    enum plenum_status status = PLENUM_OK;
    if (slot->state == SLOT_WANTED)
        status =
            plenum_journal_restore(history->journal, slot->target, &slot->ledger, &slot->error);
    if (status == PLENUM_OK) {
        slot->state = SLOT_MOVING;
        status = plenum_journal_forward(history->journal, slot->ledger, slot->target,
                                        budget_is_left, budget, &slot->error);
    }
    if (status != PLENUM_OK) {
        plenum_ledger_destroy(slot->ledger);
        slot->ledger = NULL;
        slot->state = SLOT_FAILED;
    } else if (plenum_ledger_seq(slot->ledger) == slot->target) {
        slot->state = SLOT_THERE;
    }
}

/* The slot that is worked at: one that is on its way goes before one that has not begun. */
static struct slot *find_work(struct plenum_history *history, int64_t now_ns)
{
    struct slot *found = NULL;
    for (size_t i = 0; i < PLENUM_HISTORY_STATES; i++) {
        struct slot *slot = &history->slots[i];
        if (slot_works(slot) && now_ns - slot->asked_ns < FORGOTTEN_NS &&
            (!found || slot->state > found->state))
            found = slot;
    }
    return found;
}

static void let_go_of_idle(struct plenum_history *history, int64_t now_ns)
{
    for (size_t i = 0; i < PLENUM_HISTORY_STATES; i++)
        if (history->slots[i].state != SLOT_FREE && now_ns - history->slots[i].asked_ns >= IDLE_NS)
            slot_clear(&history->slots[i]);
}

bool plenum_history_work(struct plenum_history *history, int64_t budget_ns)
{
    int64_t now_ns = wall_now_ns(&wall_clock_system);
    struct budget budget = {.until_ns = now_ns + budget_ns};
    let_go_of_idle(history, now_ns);
    struct slot *slot = find_work(history, now_ns);
    while (slot && now_ns < budget.until_ns) {
        slot_move(history, slot, &budget);
        now_ns = wall_now_ns(&wall_clock_system);
        slot = find_work(history, now_ns);
    }
    return slot != NULL;
}
