/* Recovery: the ledger at the end of a journal, from the latest snapshot and the rows after it.
 * Each row is submitted again, and the answer must be the one written. */
#include "ledger/journal.h"

#include "base/check.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static bool same_refusal(const struct plenum_refusal *refusal, const struct journal_record *record)
{
    struct bytes bytes;
    bytes_init(&bytes, RECORD_REFUSAL_MAX);
    refusal_write(refusal, &bytes);
    bool same = bytes.length == record->refusal_length &&
                memcmp(bytes.data, record->refusal, bytes.length) == 0;
    bytes_finish(&bytes);
    return same;
}

static bool same_answer(const struct plenum_outcome *outcome, const struct journal_record *record)
{
    if (outcome->again || outcome->seq != record->seq)
        return false;
    if (record->reason == PLENUM_REASON_NONE)
        return outcome->taken;
    return !outcome->taken && (uint32_t)outcome->refusal.reason == record->reason &&
           same_refusal(&outcome->refusal, record);
}

enum plenum_status record_replay(struct record_reader *reader, const char *path,
                                 const struct journal_record *record, struct plenum_ledger *ledger,
                                 struct plenum_error *error)
{
    struct plenum_outcome outcome = {0};
    enum plenum_status status = record_reader_read(reader, path, record, error);
    if (status != PLENUM_OK)
        return status;
    if (plenum_ledger_now_ms(ledger) != record->now_ms)
        return plenum_fail(error, PLENUM_CORRUPT,
                           "journal %s: row %" PRIu64 ": found clock %" PRId64
                           " ms when replayed, expected %" PRId64 " ms as written",
                           path, record->seq, plenum_ledger_now_ms(ledger), record->now_ms);
    status = plenum_ledger_submit(ledger, &reader->command, NULL, &outcome, error);
    if (status != PLENUM_OK || same_answer(&outcome, record))
        return status;
    return plenum_fail(error, PLENUM_CORRUPT,
                       "journal %s: row %" PRIu64 ": found answer %s when replayed, expected %s as "
                       "written",
                       path, record->seq,
                       outcome.taken ? "taken" : plenum_reason_name(outcome.refusal.reason),
                       record->reason == PLENUM_REASON_NONE
                           ? "taken"
                           : plenum_reason_name((enum plenum_reason)record->reason));
}

struct replay {
    struct record_reader reader;
    const char *path;
    struct plenum_ledger *ledger;
    uint64_t until_seq;
    int64_t until_ms;
    bool (*go_on)(void *context); /* NULL: always */
    void *context;
    enum plenum_status status;
    struct plenum_error *error;
};

static bool replay_record(void *context, const struct journal_record *record)
{
    struct replay *replay = context;
    if (record->seq > replay->until_seq || record->now_ms >= replay->until_ms)
        return false;
    replay->status =
        record_replay(&replay->reader, replay->path, record, replay->ledger, replay->error);
    return replay->status == PLENUM_OK && record->seq < replay->until_seq &&
           (!replay->go_on || replay->go_on(replay->context));
}

static enum plenum_status replay_rest(struct plenum_journal *journal, struct replay *replay)
{
    record_reader_init(&replay->reader);
    replay->path = journal_path(journal);
    enum plenum_status status = journal_records(journal, plenum_ledger_seq(replay->ledger) + 1,
                                                replay_record, replay, replay->error);
    record_reader_finish(&replay->reader);
    return status != PLENUM_OK ? status : replay->status;
}

static enum plenum_status restore_snapshot(struct plenum_journal *journal,
                                           const struct store_snapshot *snapshot,
                                           struct plenum_ledger **ledger,
                                           struct plenum_error *error)
{
    struct plenum_error why = {0};
    struct hash hash = hash_of(snapshot->state, snapshot->length);
    if (!hash_equal(&hash, &snapshot->hash))
        return plenum_fail(error, PLENUM_CORRUPT,
                           "journal %s: snapshot of row %" PRIu64 ": its hash does not hold",
                           journal_path(journal), snapshot->seq);
    enum plenum_status status = plenum_ledger_restore(plenum_journal_site(journal), snapshot->state,
                                                      snapshot->length, ledger, &why);
    if (status != PLENUM_OK)
        return plenum_fail(error, status, "journal %s: snapshot of row %" PRIu64 ": %s",
                           journal_path(journal), snapshot->seq, why.text);
    if (plenum_ledger_seq(*ledger) == snapshot->seq)
        return PLENUM_OK;
    return plenum_fail(error, PLENUM_CORRUPT,
                       "journal %s: snapshot of row %" PRIu64
                       ": found the state after row %" PRIu64,
                       journal_path(journal), snapshot->seq, plenum_ledger_seq(*ledger));
}

enum plenum_status plenum_journal_restore(struct plenum_journal *journal, uint64_t seq,
                                          struct plenum_ledger **ledger, struct plenum_error *error)
{
    struct store *store = journal_store(journal);
    struct store_snapshot snapshot = {0};
    *ledger = NULL;
    enum plenum_status status = store->snapshot_until(store->self, seq, &snapshot, error);
    if (status == PLENUM_OK && snapshot.seq > 0)
        status = restore_snapshot(journal, &snapshot, ledger, error);
    else if (status == PLENUM_OK)
        *ledger = plenum_ledger_create(plenum_journal_site(journal));
    free(snapshot.state);
    return status;
}

enum plenum_status plenum_journal_recover(struct plenum_journal *journal,
                                          struct plenum_ledger **recovered,
                                          struct plenum_error *error)
{
    struct plenum_ledger *ledger;
    *recovered = NULL;
    enum plenum_status status = plenum_journal_restore(journal, UINT64_MAX, &ledger, error);
    if (status == PLENUM_OK)
        status = plenum_journal_forward(journal, ledger, UINT64_MAX, NULL, NULL, error);
    if (status == PLENUM_OK)
        *recovered = ledger;
    else
        plenum_ledger_destroy(ledger);
    return status;
}

enum plenum_status plenum_journal_forward(struct plenum_journal *journal,
                                          struct plenum_ledger *ledger, uint64_t until_seq,
                                          bool (*go_on)(void *context), void *context,
                                          struct plenum_error *error)
{
    struct replay replay = {.ledger = ledger,
                            .until_seq = until_seq,
                            .until_ms = PLENUM_FOREVER,
                            .go_on = go_on,
                            .context = context,
                            .error = error};
    return plenum_ledger_seq(ledger) < until_seq ? replay_rest(journal, &replay) : PLENUM_OK;
}

enum plenum_status plenum_journal_replay(struct plenum_journal *journal, uint64_t until_seq,
                                         int64_t until_ms, struct plenum_ledger **replayed,
                                         struct plenum_error *error)
{
    struct replay replay = {.ledger = plenum_ledger_create(plenum_journal_site(journal)),
                            .until_seq = until_seq,
                            .until_ms = until_ms,
                            .error = error};
    enum plenum_status status = replay_rest(journal, &replay);
    *replayed = status == PLENUM_OK ? replay.ledger : NULL;
    if (status != PLENUM_OK)
        plenum_ledger_destroy(replay.ledger);
    return status;
}

enum plenum_status plenum_journal_snapshot_seq(struct plenum_journal *journal, uint64_t seq,
                                               uint64_t *snapshot, struct plenum_error *error)
{
    struct store *store = journal_store(journal);
    return store->snapshot_seq(store->self, seq, snapshot, error);
}

/* --- instants --------------------------------------------------------------------------------- */

static bool keep_clock(void *context, const struct journal_record *record)
{
    *(int64_t *)context = record->now_ms;
    return false;
}

enum plenum_status plenum_journal_seq_at(struct plenum_journal *journal, int64_t at_ms,
                                         uint64_t *seq, struct plenum_error *error)
{
    struct store *store = journal_store(journal);
    uint64_t after = 0; /* the first row of a later instant */
    int64_t last_ms = INT64_MIN;
    enum plenum_status status = store->first_at(store->self, at_ms + 1, &after, error);
    if (status == PLENUM_OK && after > 1)
        status = store->records(store->self, after - 1, keep_clock, &last_ms, error);
    if (status != PLENUM_OK)
        return status;
    if (after <= 1)
        return plenum_fail(error, PLENUM_INPUT,
                           "journal %s: found instant %" PRId64 " ms, expected one from the "
                           "first row's on",
                           journal_path(journal), at_ms);
    status = store->first_at(store->self, last_ms, seq, error);
    *seq = *seq > 1 ? *seq - 1 : 1;
    return status;
}
