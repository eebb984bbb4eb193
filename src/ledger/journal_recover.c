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
    return replay->status == PLENUM_OK;
}

static enum plenum_status replay_rest(struct plenum_journal *journal, uint64_t until_seq,
                                      int64_t until_ms, struct plenum_ledger *ledger,
                                      struct plenum_error *error)
{
    struct replay replay = {.path = journal_path(journal),
                            .ledger = ledger,
                            .until_seq = until_seq,
                            .until_ms = until_ms,
                            .error = error};
    record_reader_init(&replay.reader);
    enum plenum_status status =
        journal_records(journal, plenum_ledger_seq(ledger) + 1, replay_record, &replay, error);
    record_reader_finish(&replay.reader);
    return status != PLENUM_OK ? status : replay.status;
}

static enum plenum_status restore(struct plenum_journal *journal,
                                  const struct store_snapshot *snapshot,
                                  struct plenum_ledger **ledger, struct plenum_error *error)
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

enum plenum_status plenum_journal_recover(struct plenum_journal *journal,
                                          struct plenum_ledger **recovered,
                                          struct plenum_error *error)
{
    struct store *store = journal_store(journal);
    struct store_snapshot snapshot = {0};
    struct plenum_ledger *ledger = NULL;
    *recovered = NULL;
    enum plenum_status status = store->snapshot_until(store->self, UINT64_MAX, &snapshot, error);
    if (status == PLENUM_OK) {
        if (snapshot.seq > 0)
            status = restore(journal, &snapshot, &ledger, error);
        else
            ledger = plenum_ledger_create(plenum_journal_site(journal));
    }
    free(snapshot.state);
    if (status == PLENUM_OK)
        status = replay_rest(journal, UINT64_MAX, PLENUM_FOREVER, ledger, error);
    if (status == PLENUM_OK)
        *recovered = ledger;
    else
        plenum_ledger_destroy(ledger);
    return status;
}

enum plenum_status plenum_journal_replay(struct plenum_journal *journal, uint64_t until_seq,
                                         int64_t until_ms, struct plenum_ledger **replayed,
                                         struct plenum_error *error)
{
    struct plenum_ledger *ledger = plenum_ledger_create(plenum_journal_site(journal));
    enum plenum_status status = replay_rest(journal, until_seq, until_ms, ledger, error);
    *replayed = status == PLENUM_OK ? ledger : NULL;
    if (status != PLENUM_OK)
        plenum_ledger_destroy(ledger);
    return status;
}
