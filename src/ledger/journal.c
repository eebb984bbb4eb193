/* Journal: see plenum/journal.h and README.md. Commands become records here, and records commands
 * again; where they are kept is the store's business.
 *
 *   J1  chain and last are those of the last record put; every record put extends them by one;
 *   J2  synced <= last; what is up to synced survives any crash. */
#include "ledger/journal.h"

#include "base/check.h"
#include "base/memory.h"
#include "base/text.h"
#include "ledger/journal_store.h"
#include "ledger/journal_vfs.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { SNAPSHOT_EVERY = 20000, SITE_FILES_MAX = 10000 };

struct plenum_journal {
    struct store store;
    char *path;
    const struct plenum_site *site;
    struct plenum_site *own_site; /* when it came from the journal */
    bool read_only;
    int64_t snapshot_every;
    uint64_t last, synced, last_snapshot;
    struct hash chain;
    struct bytes scratch, refusal;
};

/* --- opening ---------------------------------------------------------------------------------- */

struct file_list {
    struct plenum_site_file *files;
    size_t count, capacity;
};

static bool keep_file(void *context, const struct plenum_site_file *file)
{
    struct file_list *list = context;
    char *data = memory_new(file->length + 1, 1);
    if (list->count >= SITE_FILES_MAX) {
        free(data);
        return false;
    }
    memcpy(data, file->data, file->length);
    ARRAY_PUSH(list->files, list->count, list->capacity, SITE_FILES_MAX) =
        (struct plenum_site_file){memory_strdup(file->name), data, file->length};
    return true;
}

static void file_list_finish(struct file_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free((char *)list->files[i].name);
        free((char *)list->files[i].data);
    }
    free(list->files);
}

static enum plenum_status load_own_site(struct plenum_journal *journal, struct plenum_error *error)
{
    struct file_list list = {0};
    struct plenum_error why = {0};
    enum plenum_status status = journal->store.files(journal->store.self, keep_file, &list, error);
    if (status == PLENUM_OK) {
        enum plenum_status loaded =
            plenum_site_load_files(list.files, (int32_t)list.count, &journal->own_site, NULL, &why);
        if (loaded != PLENUM_OK)
            status = plenum_fail(error, loaded, "journal %s: its site does not load: %s",
                                 journal->path, why.text);
    }
    file_list_finish(&list);
    journal->site = journal->own_site;
    return status;
}

const char *journal_path(const struct plenum_journal *journal)
{
    return journal->path;
}

struct store *journal_store(struct plenum_journal *journal)
{
    return &journal->store;
}

uint64_t journal_last(const struct plenum_journal *journal)
{
    return journal->last;
}

/* --- reading ---------------------------------------------------------------------------------- */

struct chain_walk {
    struct plenum_journal *journal;
    bool (*visit)(void *context, const struct journal_record *record);
    void *context;
    uint64_t first, expected;
    struct hash chain; /* of the record before the expected one */
    struct bytes scratch;
    enum plenum_status status;
    struct plenum_error *error;
};

static bool walk_record(void *context, const struct journal_record *record)
{
    struct chain_walk *walk = context;
    if (record->seq != walk->expected) {
        walk->status = plenum_fail(walk->error, PLENUM_CORRUPT,
                                   "journal %s: found row %" PRIu64 ", expected row %" PRIu64,
                                   walk->journal->path, record->seq, walk->expected);
        return false;
    }
    if (record->seq >= walk->first) {
        struct hash chain = record_chain(record, &walk->chain, &walk->scratch);
        if (!hash_equal(&chain, &record->chain)) {
            walk->status =
                plenum_fail(walk->error, PLENUM_CORRUPT,
                            "journal %s: row %" PRIu64 ": its link of the chain does not hold",
                            walk->journal->path, record->seq);
            return false;
        }
        if (walk->visit != NULL && !walk->visit(walk->context, record))
            return false;
    }
    walk->chain = record->chain;
    walk->expected++;
    return true;
}

static enum plenum_status walk_chain(struct chain_walk *walk)
{
    struct store *store = &walk->journal->store;
    bytes_init(&walk->scratch, RECORD_BYTES_MAX);
    walk->expected = walk->first > 1 ? walk->first - 1 : 1;
    enum plenum_status status =
        store->records(store->self, walk->expected, walk_record, walk, walk->error);
    bytes_finish(&walk->scratch);
    return status != PLENUM_OK ? status : walk->status;
}

enum plenum_status journal_records(struct plenum_journal *journal, uint64_t first,
                                   bool (*visit)(void *context,
                                                 const struct journal_record *record),
                                   void *context, struct plenum_error *error)
{
    struct chain_walk walk = {.journal = journal,
                              .visit = visit,
                              .context = context,
                              .first = first > 0 ? first : 1,
                              .error = error};
    return walk_chain(&walk);
}

void record_reader_init(struct record_reader *reader)
{
    *reader = (struct record_reader){0};
    plenum_command_init(&reader->command, PLENUM_COMMAND_OTHER, "");
}

void record_reader_finish(struct record_reader *reader)
{
    plenum_command_finish(&reader->command);
}

enum plenum_status record_reader_read(struct record_reader *reader, const char *path,
                                      const struct journal_record *record,
                                      struct plenum_error *error)
{
    struct plenum_error why = {0};
    if (!refusal_read(record->reason, record->refusal, record->refusal_length, &reader->refusal,
                      reader->rule))
        return plenum_fail(error, PLENUM_CORRUPT,
                           "journal %s: row %" PRIu64 ": its answer does not decode", path,
                           record->seq);
    enum plenum_status status =
        plenum_command_decode(&reader->command, record->command, record->command_length, &why);
    if (status != PLENUM_OK)
        return plenum_fail(error, status, "journal %s: row %" PRIu64 ": %s", path, record->seq,
                           why.text);
    if ((uint32_t)reader->command.kind != record->kind)
        return plenum_fail(error, PLENUM_CORRUPT,
                           "journal %s: row %" PRIu64 ": found kind %u, expected %d", path,
                           record->seq, record->kind, (int)reader->command.kind);
    return PLENUM_OK;
}

struct row_walk {
    struct record_reader reader;
    const char *path;
    bool (*visit)(void *context, const struct plenum_journal_row *row);
    void *context;
    enum plenum_status status;
    struct plenum_error *error;
};

static bool visit_row(void *context, const struct journal_record *record)
{
    struct row_walk *walk = context;
    walk->status = record_reader_read(&walk->reader, walk->path, record, walk->error);
    if (walk->status != PLENUM_OK)
        return false;
    bool taken = record->reason == PLENUM_REASON_NONE;
    struct plenum_journal_row row = {.seq = record->seq,
                                     .now_ms = record->now_ms,
                                     .command = &walk->reader.command,
                                     .taken = taken,
                                     .reason = (enum plenum_reason)record->reason,
                                     .refusal = taken ? NULL : &walk->reader.refusal};
    return walk->visit(walk->context, &row);
}

enum plenum_status plenum_journal_walk(struct plenum_journal *journal, uint64_t first,
                                       bool (*visit)(void *context,
                                                     const struct plenum_journal_row *row),
                                       void *context, struct plenum_error *error)
{
    struct row_walk walk = {
        .path = journal->path, .visit = visit, .context = context, .error = error};
    record_reader_init(&walk.reader);
    enum plenum_status status = journal_records(journal, first, visit_row, &walk, error);
    record_reader_finish(&walk.reader);
    return status != PLENUM_OK ? status : walk.status;
}

enum plenum_status plenum_journal_stat(struct plenum_journal *journal,
                                       struct plenum_journal_stat *stat, struct plenum_error *error)
{
    struct store_counts counts;
    enum plenum_status status = journal->store.counts(journal->store.self, &counts, error);
    if (status != PLENUM_OK)
        return status;
    *stat = (struct plenum_journal_stat){
        .rows = counts.rows,
        .taken = counts.taken,
        .refused = counts.rows - counts.taken,
        .bytes = counts.bytes,
        .first_ms = counts.first_ms,
        .last_ms = counts.last_ms,
        .snapshots = counts.snapshots,
        .last_snapshot_seq = counts.last_snapshot_seq,
    };
    return PLENUM_OK;
}

/* --- opening and closing ---------------------------------------------------------------------- */

static bool keep_chain(void *context, const struct journal_record *record)
{
    struct plenum_journal *journal = context;
    journal->chain = record->chain;
    return true;
}

/* J1: where the last row and the last snapshot are. */
static enum plenum_status find_end(struct plenum_journal *journal, struct plenum_error *error)
{
    struct store *store = &journal->store;
    struct store_snapshot snapshot = {0};
    enum plenum_status status = store->last(store->self, &journal->last, error);
    if (status == PLENUM_OK && journal->last > 0)
        status = journal_records(journal, journal->last, keep_chain, journal, error);
    if (status == PLENUM_OK)
        status = store->snapshot_until(store->self, UINT64_MAX, &snapshot, error);
    free(snapshot.state);
    journal->last_snapshot = snapshot.seq;
    journal->synced = journal->last;
    if (status == PLENUM_OK && snapshot.seq > journal->last)
        status = plenum_fail(error, PLENUM_CORRUPT,
                             "journal %s: found a snapshot of row %" PRIu64
                             ", expected none after the last row %" PRIu64,
                             journal->path, snapshot.seq, journal->last);
    return status;
}

enum plenum_status journal_open_on(const struct disk *disk, const char *path,
                                   const struct plenum_site *site,
                                   const struct plenum_journal_options *options,
                                   struct plenum_journal **opened, struct plenum_error *error)
{
    struct plenum_journal *journal = memory_new(1, sizeof *journal);
    struct plenum_journal_options none = {0};
    *opened = NULL;
    if (options == NULL)
        options = &none;
    journal->path = disk->resolve(disk->context, path);
    journal->read_only = options->read_only;
    journal->snapshot_every =
        options->snapshot_every > 0 ? options->snapshot_every : SNAPSHOT_EVERY;
    bytes_init(&journal->scratch, RECORD_BYTES_MAX);
    bytes_init(&journal->refusal, RECORD_REFUSAL_MAX);
    enum plenum_status status = store_sqlite_open(
        disk, journal->path, options->read_only, site != NULL ? site->files : NULL,
        site != NULL ? site->file_count : 0, &journal->store, error);
    journal->site = site;
    if (status == PLENUM_OK && site == NULL)
        status = load_own_site(journal, error);
    if (status == PLENUM_OK)
        status = find_end(journal, error);
    if (status == PLENUM_OK)
        *opened = journal;
    else
        plenum_journal_close(journal);
    return status;
}

enum plenum_status plenum_journal_open(const char *path, const struct plenum_site *site,
                                       const struct plenum_journal_options *options,
                                       struct plenum_journal **journal, struct plenum_error *error)
{
    return journal_open_on(&disk_system, path, site, options, journal, error);
}

void plenum_journal_close(struct plenum_journal *journal)
{
    if (journal == NULL)
        return;
    if (journal->store.close != NULL)
        journal->store.close(journal->store.self);
    plenum_site_destroy(journal->own_site);
    bytes_finish(&journal->scratch);
    bytes_finish(&journal->refusal);
    free(journal->path);
    free(journal);
}

const struct plenum_site *plenum_journal_site(const struct plenum_journal *journal)
{
    return journal->site;
}

/* --- writing ---------------------------------------------------------------------------------- */

static enum plenum_status append(void *context, uint64_t seq, int64_t now_ms,
                                 const struct plenum_command *command,
                                 const struct plenum_outcome *outcome, struct plenum_error *error)
{
    struct plenum_journal *journal = context;
    uint8_t *data;
    size_t length;
    CHECK(!journal->read_only);
    CHECK(seq == journal->last + 1);
    CHECK(outcome->taken || outcome->refusal.reason != PLENUM_REASON_NONE);
    enum plenum_status status = plenum_command_encode(command, &data, &length, error);
    if (status != PLENUM_OK)
        return status;
    bytes_clear(&journal->refusal);
    if (!outcome->taken)
        refusal_write(&outcome->refusal, &journal->refusal);
    struct journal_record record = {
        .seq = seq,
        .now_ms = now_ms,
        .kind = (uint32_t)command->kind,
        .reason = outcome->taken ? PLENUM_REASON_NONE : (uint32_t)outcome->refusal.reason,
        .refusal = journal->refusal.data,
        .refusal_length = journal->refusal.length,
        .command = data,
        .command_length = length,
    };
    record.chain = record_chain(&record, &journal->chain, &journal->scratch);
    journal->store.put_record(journal->store.self, &record);
    journal->chain = record.chain;
    journal->last = seq;
    free(data);
    return PLENUM_OK;
}

struct plenum_sink plenum_journal_sink(struct plenum_journal *journal)
{
    return (struct plenum_sink){.append = append, .context = journal};
}

uint64_t plenum_journal_sync(struct plenum_journal *journal)
{
    CHECK(!journal->read_only);
    journal->store.commit(journal->store.self);
    journal->synced = journal->last;
    return journal->synced;
}

uint64_t plenum_journal_synced(const struct plenum_journal *journal)
{
    return journal->synced;
}

void plenum_journal_snapshot(struct plenum_journal *journal, const struct plenum_ledger *ledger,
                             bool force)
{
    struct store_snapshot snapshot = {.seq = journal->last};
    CHECK(plenum_ledger_seq(ledger) == journal->last);
    CHECK(journal->last >= journal->last_snapshot);
    uint64_t since = journal->last - journal->last_snapshot;
    if (since == 0 || (!force && since < (uint64_t)journal->snapshot_every))
        return;
    plenum_ledger_snapshot(ledger, &snapshot.state, &snapshot.length);
    snapshot.hash = hash_of(snapshot.state, snapshot.length);
    journal->store.put_snapshot(journal->store.self, &snapshot);
    journal->last_snapshot = snapshot.seq;
    free(snapshot.state);
}
