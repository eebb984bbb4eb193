/* Store on SQLite: one file in WAL mode, synchronous=FULL, in exclusive locking mode, over the
 * journal's own VFS (journal_vfs.h). README.md draws the tables.
 *
 *   S1  the file appears under its name only when it is whole: it is made as NAME.new and renamed;
 *   S2  no page is written before the commit it belongs to (cache_spill is off), so every frame of
 *       the log belongs to a commit that was asked for;
 *   S3  the log is emptied when a writer opens the file, and where no reader keeps the file still
 *       when it closes it and after every CHECKPOINT_PAGES; it never holds frames of an earlier
 *       generation. */
#include "ledger/journal_store.h"

#include "base/check.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/wall.h"
#include "ledger/journal_log.h"
#include "ledger/journal_page.h"
#include "ledger/journal_vfs.h"

#include <plenum/journal.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    CHECKPOINT_PAGES = 4096,
    CHECKPOINT_TRIES = 100,    /* when a writer begins */
    BATCH_BYTES_MAX = 64 << 20 /* an open batch over this is committed early */
};

static const int64_t CHECKPOINT_WAIT_NS = 50000000;

static const char schema_sql[] =
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;"
    "CREATE TABLE file(number INTEGER PRIMARY KEY, name TEXT, data BLOB);"
    "CREATE TABLE entry(seq INTEGER PRIMARY KEY, now_ms INTEGER, kind INTEGER, reason INTEGER,"
    " refusal BLOB, command BLOB, chain BLOB);"
    "CREATE TABLE snapshot(seq INTEGER PRIMARY KEY, hash BLOB, state BLOB);";

struct store_sqlite {
    struct journal_vfs vfs;
    const struct disk *disk;
    char *path;
    sqlite3 *db;
    sqlite3_stmt *begin, *commit, *insert;
    bool read_only, in_batch;
    size_t batch_bytes;
};

/* --- errors ----------------------------------------------------------------------------------- */

static enum plenum_status status_of(int code)
{
    switch (code & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return PLENUM_CORRUPT;
    case SQLITE_NOMEM:
        return PLENUM_MEMORY;
    default:
        return PLENUM_IO;
    }
}

/* What the VFS refused says more than SQLite's code does. */
static enum plenum_status store_fail(struct store_sqlite *store, struct plenum_error *error)
{
    struct plenum_error trouble = store->vfs.trouble;
    store->vfs.trouble.status = PLENUM_OK;
    if (trouble.status != PLENUM_OK)
        return plenum_fail(error, trouble.status, "%s", trouble.text);
    return plenum_fail(error, status_of(sqlite3_errcode(store->db)), "journal %s: %s", store->path,
                       sqlite3_errmsg(store->db));
}

/* After a failed change the batch may be gone, with rows in it that the ledger has applied. */
static _Noreturn void store_stop(struct store_sqlite *store, const char *what)
{
    struct plenum_error error;
    (void)store_fail(store, &error);
    journal_stop(what, store->path, error.text);
}

static enum plenum_status run_sql(struct store_sqlite *store, const char *sql,
                                  struct plenum_error *error)
{
    return sqlite3_exec(store->db, sql, NULL, NULL, NULL) == SQLITE_OK ? PLENUM_OK
                                                                       : store_fail(store, error);
}

static enum plenum_status prepare(struct store_sqlite *store, const char *sql, sqlite3_stmt **out,
                                  struct plenum_error *error)
{
    return sqlite3_prepare_v2(store->db, sql, -1, out, NULL) == SQLITE_OK
               ? PLENUM_OK
               : store_fail(store, error);
}

static void bind_bytes(sqlite3_stmt *statement, int column, const void *data, size_t length)
{
    int code = length == 0 ? sqlite3_bind_zeroblob(statement, column, 0)
                           : sqlite3_bind_blob64(statement, column, data, length, SQLITE_STATIC);
    CHECK(code == SQLITE_OK);
}

static void bind_i64(sqlite3_stmt *statement, int column, int64_t value)
{
    CHECK(sqlite3_bind_int64(statement, column, value) == SQLITE_OK);
}

static const uint8_t *column_bytes(sqlite3_stmt *statement, int column, size_t *length)
{
    const uint8_t *data = sqlite3_column_blob(statement, column);
    *length = (size_t)sqlite3_column_bytes(statement, column);
    return data;
}

static bool column_hash(sqlite3_stmt *statement, int column, struct hash *hash)
{
    size_t length;
    const uint8_t *data = column_bytes(statement, column, &length);
    if (length != HASH_BYTES)
        return false;
    memcpy(hash->bytes, data, HASH_BYTES);
    return true;
}

/* --- putting ---------------------------------------------------------------------------------- */

static void run_prepared(struct store_sqlite *store, sqlite3_stmt *statement, const char *what)
{
    if (sqlite3_step(statement) != SQLITE_DONE)
        store_stop(store, what);
    CHECK(sqlite3_reset(statement) == SQLITE_OK);
}

static void checkpoint_now(struct store_sqlite *store)
{
    if (sqlite3_wal_checkpoint_v2(store->db, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) !=
        SQLITE_OK)
        store_stop(store, "a checkpoint");
}

/* Keeps readers beside out until it is closed (V4). NULL where one is in: then the log is as good a
 * place, and a later checkpoint does it. */
static void *keep_still(struct store_sqlite *store)
{
    void *still;
    const struct disk *disk = store->disk;
    int problem = disk->open(disk->context, store->path, DISK_WRITE | DISK_STILL, &still);
    if (problem != 0 && problem != EWOULDBLOCK)
        journal_stop("a checkpoint", store->path, strerror(problem));
    return problem == 0 ? still : NULL;
}

static bool checkpoint(struct store_sqlite *store)
{
    void *still = keep_still(store);
    if (still == NULL)
        return false;
    checkpoint_now(store);
    store->disk->close(store->disk->context, still);
    return true;
}

/* Before a writer writes anything: it begins with an empty log (S3). */
static enum plenum_status checkpoint_first(struct store_sqlite *store, struct plenum_error *error)
{
    for (int i = 0; i < CHECKPOINT_TRIES; i++) {
        if (checkpoint(store))
            return PLENUM_OK;
        wall_clock_system.sleep_ns(wall_clock_system.context, CHECKPOINT_WAIT_NS);
    }
    return plenum_fail(error, PLENUM_IO,
                       "journal %s: another process has been reading it for %d s; expected none "
                       "while a writer begins",
                       store->path,
                       (int)(CHECKPOINT_TRIES * CHECKPOINT_WAIT_NS / INT64_C(1000000000)));
}

static void sqlite_commit(void *self)
{
    struct store_sqlite *store = self;
    CHECK(!store->read_only);
    if (!store->in_batch)
        return;
    run_prepared(store, store->commit, "a commit");
    store->in_batch = false;
    store->batch_bytes = 0;
}

static int after_commit(void *self, sqlite3 *db, const char *name, int log_pages)
{
    (void)db;
    (void)name;
    if (log_pages >= CHECKPOINT_PAGES)
        (void)checkpoint(self);
    return SQLITE_OK;
}

static void begin_batch(struct store_sqlite *store, size_t bytes)
{
    CHECK(!store->read_only);
    if (store->batch_bytes > BATCH_BYTES_MAX)
        sqlite_commit(store);
    if (!store->in_batch)
        run_prepared(store, store->begin, "a transaction");
    store->in_batch = true;
    store->batch_bytes += bytes;
}

static void sqlite_put_record(void *self, const struct journal_record *record)
{
    struct store_sqlite *store = self;
    sqlite3_stmt *insert = store->insert;
    begin_batch(store, record->command_length);
    bind_i64(insert, 1, (int64_t)record->seq);
    bind_i64(insert, 2, record->now_ms);
    bind_i64(insert, 3, record->kind);
    bind_i64(insert, 4, record->reason);
    bind_bytes(insert, 5, record->refusal, record->refusal_length);
    bind_bytes(insert, 6, record->command, record->command_length);
    bind_bytes(insert, 7, record->chain.bytes, HASH_BYTES);
    run_prepared(store, insert, "an append");
}

static void sqlite_put_snapshot(void *self, const struct store_snapshot *snapshot)
{
    struct store_sqlite *store = self;
    sqlite3_stmt *insert = NULL;
    begin_batch(store, snapshot->length);
    if (prepare(store, "INSERT OR IGNORE INTO snapshot VALUES(?,?,?)", &insert, NULL) != PLENUM_OK)
        store_stop(store, "a snapshot");
    bind_i64(insert, 1, (int64_t)snapshot->seq);
    bind_bytes(insert, 2, snapshot->hash.bytes, HASH_BYTES);
    bind_bytes(insert, 3, snapshot->state, snapshot->length);
    run_prepared(store, insert, "a snapshot");
    sqlite3_finalize(insert);
}

/* --- reading ---------------------------------------------------------------------------------- */

static bool record_of(sqlite3_stmt *statement, struct journal_record *record)
{
    int64_t kind = sqlite3_column_int64(statement, 2), reason = sqlite3_column_int64(statement, 3);
    record->seq = (uint64_t)sqlite3_column_int64(statement, 0);
    record->now_ms = sqlite3_column_int64(statement, 1);
    record->kind = (uint32_t)kind;
    record->reason = (uint32_t)reason;
    record->refusal = column_bytes(statement, 4, &record->refusal_length);
    record->command = column_bytes(statement, 5, &record->command_length);
    return kind >= 0 && kind <= UINT32_MAX && reason >= 0 && reason <= UINT32_MAX &&
           record->command_length <= PLENUM_COMMAND_BYTES_MAX &&
           record->refusal_length <= RECORD_REFUSAL_MAX &&
           column_hash(statement, 6, &record->chain);
}

static enum plenum_status sqlite_records(void *self, uint64_t first,
                                         bool (*visit)(void *context,
                                                       const struct journal_record *record),
                                         void *context, struct plenum_error *error)
{
    struct store_sqlite *store = self;
    struct journal_record record;
    sqlite3_stmt *select = NULL;
    int code = SQLITE_ROW;
    enum plenum_status status =
        prepare(store,
                "SELECT seq, now_ms, kind, reason, refusal, command, chain FROM entry"
                " WHERE seq >= ? ORDER BY seq",
                &select, error);
    if (status != PLENUM_OK)
        return status;
    bind_i64(select, 1, (int64_t)first);
    while (status == PLENUM_OK && (code = sqlite3_step(select)) == SQLITE_ROW) {
        if (!record_of(select, &record))
            status = plenum_fail(error, PLENUM_CORRUPT,
                                 "journal %s: row %llu has a column that "
                                 "no journal can have written",
                                 store->path, (unsigned long long)record.seq);
        else if (!visit(context, &record))
            break;
    }
    if (status == PLENUM_OK && code != SQLITE_ROW && code != SQLITE_DONE)
        status = store_fail(store, error);
    sqlite3_finalize(select);
    return status;
}

/* One row of integers. */
static enum plenum_status query_integers(struct store_sqlite *store, const char *sql,
                                         int64_t *values, int count, struct plenum_error *error)
{
    sqlite3_stmt *select = NULL;
    enum plenum_status status = prepare(store, sql, &select, error);
    if (status != PLENUM_OK)
        return status;
    if (sqlite3_step(select) != SQLITE_ROW)
        status = store_fail(store, error);
    for (int i = 0; status == PLENUM_OK && i < count; i++)
        values[i] = sqlite3_column_int64(select, i);
    sqlite3_finalize(select);
    return status;
}

static enum plenum_status sqlite_last(void *self, uint64_t *seq, struct plenum_error *error)
{
    int64_t value = 0;
    enum plenum_status status =
        query_integers(self, "SELECT ifnull(max(seq), 0) FROM entry", &value, 1, error);
    *seq = (uint64_t)value;
    return status;
}

/* The clock never goes back from row to row, and numbers have no gaps: so by halves. */
static enum plenum_status sqlite_first_at(void *self, int64_t at_ms, uint64_t *seq,
                                          struct plenum_error *error)
{
    struct store_sqlite *store = self;
    sqlite3_stmt *select = NULL;
    uint64_t low = 1, high = 0;
    enum plenum_status status = sqlite_last(self, &high, error);
    if (status == PLENUM_OK)
        status = prepare(store, "SELECT now_ms FROM entry WHERE seq = ?", &select, error);
    for (high++; status == PLENUM_OK && low < high;) {
        uint64_t middle = low + (high - low) / 2;
        bind_i64(select, 1, (int64_t)middle);
        if (sqlite3_step(select) != SQLITE_ROW)
            status = store_fail(store, error);
        else if (sqlite3_column_int64(select, 0) < at_ms)
            low = middle + 1;
        else
            high = middle;
        (void)sqlite3_reset(select);
    }
    sqlite3_finalize(select);
    *seq = low;
    return status;
}

static enum plenum_status sqlite_snapshot_seq(void *self, uint64_t seq, uint64_t *found,
                                              struct plenum_error *error)
{
    struct store_sqlite *store = self;
    sqlite3_stmt *select = NULL;
    enum plenum_status status =
        prepare(store, "SELECT max(seq) FROM snapshot WHERE seq <= ?", &select, error);
    if (status != PLENUM_OK)
        return status;
    bind_i64(select, 1, seq > INT64_MAX ? INT64_MAX : (int64_t)seq);
    if (sqlite3_step(select) != SQLITE_ROW)
        status = store_fail(store, error);
    else
        *found = (uint64_t)sqlite3_column_int64(select, 0);
    sqlite3_finalize(select);
    return status;
}

static enum plenum_status read_snapshot(struct store_sqlite *store, const char *sql, uint64_t seq,
                                        struct store_snapshot *snapshot, struct plenum_error *error)
{
    sqlite3_stmt *select = NULL;
    size_t length;
    *snapshot = (struct store_snapshot){0};
    enum plenum_status status = prepare(store, sql, &select, error);
    if (status != PLENUM_OK)
        return status;
    bind_i64(select, 1, seq > INT64_MAX ? INT64_MAX : (int64_t)seq);
    int code = sqlite3_step(select);
    if (code == SQLITE_ROW) {
        snapshot->seq = (uint64_t)sqlite3_column_int64(select, 0);
        const uint8_t *state = column_bytes(select, 2, &length);
        if (!column_hash(select, 1, &snapshot->hash) || state == NULL) {
            status = plenum_fail(error, PLENUM_CORRUPT, "journal %s: snapshot %llu is not one",
                                 store->path, (unsigned long long)snapshot->seq);
        } else {
            snapshot->state = memory_new(length, 1);
            snapshot->length = length;
            memcpy(snapshot->state, state, length);
        }
    } else if (code != SQLITE_DONE) {
        status = store_fail(store, error);
    }
    sqlite3_finalize(select);
    return status;
}

static enum plenum_status sqlite_snapshot_from(void *self, uint64_t seq,
                                               struct store_snapshot *snapshot,
                                               struct plenum_error *error)
{
    return read_snapshot(
        self, "SELECT seq, hash, state FROM snapshot WHERE seq >= ? ORDER BY seq LIMIT 1", seq,
        snapshot, error);
}

static enum plenum_status sqlite_snapshot_until(void *self, uint64_t seq,
                                                struct store_snapshot *snapshot,
                                                struct plenum_error *error)
{
    return read_snapshot(
        self, "SELECT seq, hash, state FROM snapshot WHERE seq <= ? ORDER BY seq DESC LIMIT 1", seq,
        snapshot, error);
}

static enum plenum_status
sqlite_files(void *self, bool (*visit)(void *context, const struct plenum_site_file *file),
             void *context, struct plenum_error *error)
{
    struct store_sqlite *store = self;
    struct plenum_site_file file;
    sqlite3_stmt *select = NULL;
    int code;
    enum plenum_status status =
        prepare(store, "SELECT name, data FROM file ORDER BY number", &select, error);
    if (status != PLENUM_OK)
        return status;
    while ((code = sqlite3_step(select)) == SQLITE_ROW) {
        const uint8_t *data = column_bytes(select, 1, &file.length);
        file.name = (const char *)sqlite3_column_text(select, 0);
        file.data = data != NULL ? (const char *)data : "";
        if (file.name == NULL || !visit(context, &file))
            break;
    }
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        status = store_fail(store, error);
    sqlite3_finalize(select);
    return status;
}

static int64_t bytes_on_disk(struct store_sqlite *store)
{
    static const char *const endings[] = {"", "-wal"};
    const struct disk *disk = store->disk;
    size_t room = strlen(store->path) + 8;
    char *path = memory_new(room, 1);
    int64_t total = 0, size;
    for (size_t i = 0; i < 2; i++) {
        void *file;
        CHECK(text_format(path, room, "%s%s", store->path, endings[i]));
        if (!disk->exists(disk->context, path) || disk->open(disk->context, path, 0, &file) != 0)
            continue;
        if (disk->size(disk->context, file, &size) == 0)
            total += size;
        disk->close(disk->context, file);
    }
    free(path);
    return total;
}

static enum plenum_status sqlite_counts(void *self, struct store_counts *counts,
                                        struct plenum_error *error)
{
    int64_t v[6];
    enum plenum_status status = query_integers(
        self,
        "SELECT (SELECT count(*) FROM entry), (SELECT count(*) FROM entry WHERE reason = 0),"
        " (SELECT ifnull(min(now_ms), 0) FROM entry), (SELECT ifnull(max(now_ms), 0) FROM entry),"
        " (SELECT count(*) FROM snapshot), (SELECT ifnull(max(seq), 0) FROM snapshot)",
        v, 6, error);
    if (status != PLENUM_OK)
        return status;
    *counts = (struct store_counts){
        .rows = (uint64_t)v[0],
        .taken = (uint64_t)v[1],
        .first_ms = v[2],
        .last_ms = v[3],
        .snapshots = (int32_t)v[4],
        .last_snapshot_seq = (uint64_t)v[5],
        .bytes = bytes_on_disk(self),
    };
    return PLENUM_OK;
}

/* --- opening and closing ---------------------------------------------------------------------- */

/* Whether SQLite, when it closes the file, makes a checkpoint and removes the log. */
static void end_log_on_close(struct store_sqlite *store, bool ends)
{
    int without = 0;
    CHECK(sqlite3_db_config(store->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, !ends, &without) ==
          SQLITE_OK);
}

/* Where a reader is beside, the log stays for the next who opens the file. */
static void sqlite_close(void *self)
{
    struct store_sqlite *store = self;
    void *still = NULL;
    if (store->db != NULL) {
        if (!store->read_only && store->insert != NULL) {
            sqlite_commit(store);
            still = keep_still(store);
            if (still != NULL)
                checkpoint_now(store);
            end_log_on_close(store, still != NULL);
        }
        sqlite3_finalize(store->begin);
        sqlite3_finalize(store->commit);
        sqlite3_finalize(store->insert);
        CHECK(sqlite3_close(store->db) == SQLITE_OK);
    }
    if (still != NULL)
        store->disk->close(store->disk->context, still);
    journal_vfs_finish(&store->vfs);
    free(store->path);
    free(store);
}

/* A connection with the settings of every journal; no statement has touched the file yet. */
static enum plenum_status connect(struct store_sqlite *store, bool make, struct plenum_error *error)
{
    int flags = store->read_only ? SQLITE_OPEN_READONLY
                                 : SQLITE_OPEN_READWRITE | (make ? SQLITE_OPEN_CREATE : 0);
    int reserve = PAGE_SUM_BYTES;
    if (sqlite3_open_v2(store->path, &store->db, flags | SQLITE_OPEN_NOMUTEX, store->vfs.name) !=
        SQLITE_OK)
        return store_fail(store, error);
    sqlite3_extended_result_codes(store->db, 1);
    if (make)
        CHECK(sqlite3_file_control(store->db, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserve) ==
              SQLITE_OK);
    end_log_on_close(store, make);
    return run_sql(store,
                   "PRAGMA locking_mode=EXCLUSIVE; PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY;"
                   "PRAGMA page_size=4096; PRAGMA cache_spill=OFF; PRAGMA synchronous=FULL;"
                   "PRAGMA wal_autocheckpoint=0; PRAGMA cache_size=-16384",
                   error);
}

static struct store_sqlite *store_new(const struct disk *disk, const char *path, bool read_only)
{
    struct store_sqlite *store = memory_new(1, sizeof *store);
    store->disk = disk;
    store->path = memory_strdup(path);
    store->read_only = read_only;
    journal_vfs_init(&store->vfs, disk, read_only);
    return store;
}

static enum plenum_status put_site_files(struct store_sqlite *store,
                                         const struct plenum_site_file *files, int32_t count,
                                         struct plenum_error *error)
{
    sqlite3_stmt *insert = NULL;
    enum plenum_status status = prepare(store, "INSERT INTO file VALUES(?,?,?)", &insert, error);
    for (int32_t i = 0; status == PLENUM_OK && i < count; i++) {
        bind_i64(insert, 1, i);
        CHECK(sqlite3_bind_text(insert, 2, files[i].name, -1, SQLITE_STATIC) == SQLITE_OK);
        bind_bytes(insert, 3, files[i].data, files[i].length);
        if (sqlite3_step(insert) != SQLITE_DONE || sqlite3_reset(insert) != SQLITE_OK)
            status = store_fail(store, error);
    }
    sqlite3_finalize(insert);
    return status;
}

static void site_digest(const struct plenum_site_file *files, int32_t count, char text[HASH_TEXT])
{
    struct hash digest = {{0}};
    for (int32_t i = 0; i < count; i++) {
        digest = hash_chain(&digest, files[i].name, strlen(files[i].name) + 1);
        digest = hash_chain(&digest, files[i].data, files[i].length);
    }
    hash_format(&digest, text);
}

static enum plenum_status fill_new(struct store_sqlite *store, const struct plenum_site_file *files,
                                   int32_t count, struct plenum_error *error)
{
    char digest[HASH_TEXT], sql[512];
    site_digest(files, count, digest);
    CHECK(text_format(sql, sizeof sql,
                      "PRAGMA application_id=%d; PRAGMA user_version=%d;"
                      "INSERT INTO meta VALUES('format', %d), ('site_digest', '%s'),"
                      " ('made_by', 'plenum %s')",
                      JOURNAL_APPLICATION, PLENUM_JOURNAL_FORMAT, PLENUM_JOURNAL_FORMAT, digest,
                      PLENUM_RELEASE));
    enum plenum_status status = run_sql(store, "PRAGMA journal_mode=WAL; BEGIN", error);
    if (status == PLENUM_OK)
        status = run_sql(store, schema_sql, error);
    if (status == PLENUM_OK)
        status = run_sql(store, sql, error);
    if (status == PLENUM_OK)
        status = put_site_files(store, files, count, error);
    return status == PLENUM_OK ? run_sql(store, "COMMIT", error) : status;
}

static char *path_with(const char *path, const char *ending)
{
    size_t room = strlen(path) + strlen(ending) + 1;
    char *text = memory_new(room, 1);
    CHECK(text_format(text, room, "%s%s", path, ending));
    return text;
}

static void remove_rest(const struct disk *disk, const char *path, const char *ending)
{
    char *rest = path_with(path, ending);
    (void)disk->remove(disk->context, rest);
    free(rest);
}

/* S1. What a cut left of an earlier try goes first. */
static enum plenum_status make_file(const struct disk *disk, const char *path,
                                    const struct plenum_site_file *files, int32_t count,
                                    struct plenum_error *error)
{
    char *new_path = path_with(path, ".new");
    remove_rest(disk, new_path, "");
    remove_rest(disk, new_path, "-wal");
    remove_rest(disk, new_path, "-journal");
    remove_rest(disk, path, "-wal");
    struct store_sqlite *store = store_new(disk, new_path, false);
    enum plenum_status status = connect(store, true, error);
    if (status == PLENUM_OK)
        status = fill_new(store, files, count, error);
    if (status == PLENUM_OK)
        checkpoint_now(store);
    sqlite_close(store);
    if (status == PLENUM_OK) {
        int problem = disk->rename(disk->context, new_path, path);
        if (problem == 0)
            problem = disk->sync_folder(disk->context, path);
        if (problem != 0)
            status = plenum_fail(error, PLENUM_IO, "journal %s: %s", path, strerror(problem));
    }
    free(new_path);
    return status;
}

struct compare_files {
    const struct plenum_site_file *files;
    int32_t count, at;
    bool differ;
};

static bool compare_file(void *context, const struct plenum_site_file *kept)
{
    struct compare_files *compare = context;
    const struct plenum_site_file *file = &compare->files[compare->at];
    compare->differ = compare->at >= compare->count || strcmp(file->name, kept->name) != 0 ||
                      file->length != kept->length ||
                      memcmp(file->data, kept->data, file->length) != 0;
    compare->at += !compare->differ;
    return !compare->differ;
}

static enum plenum_status compare_site(struct store_sqlite *store,
                                       const struct plenum_site_file *files, int32_t count,
                                       struct plenum_error *error)
{
    struct compare_files compare = {.files = files, .count = count};
    enum plenum_status status = sqlite_files(store, compare_file, &compare, error);
    if (status != PLENUM_OK || (!compare.differ && compare.at == count))
        return status;
    return plenum_fail(error, PLENUM_MISMATCH,
                       "journal %s was begun with another site: found '%s' changed since, expected "
                       "it as it was",
                       store->path, compare.at < count ? files[compare.at].name : files[0].name);
}

/* Judges the header and the log before SQLite sees them, under the lock. */
static enum plenum_status check_before(struct store_sqlite *store, struct plenum_error *error)
{
    const struct disk *disk = store->disk;
    struct log_report report;
    uint8_t page[PAGE_BYTES];
    size_t got = 0;
    enum plenum_status status = journal_vfs_lock(&store->vfs, store->path, error);
    if (status == PLENUM_OK)
        status = log_scan(disk, store->path, &report, error);
    if (status != PLENUM_OK)
        return status;
    int problem = disk->read(disk->context, store->vfs.main, page, PAGE_BYTES, 0, &got);
    if (problem != 0)
        status = plenum_fail(error, PLENUM_IO, "journal %s: %s", store->path, strerror(problem));
    else
        status = page_check_first(page, got, log_covers(&report, 1), store->path, error);
    if (status == PLENUM_OK && report.rot)
        status = plenum_fail(error, PLENUM_CORRUPT, "journal %s: %s", store->path, report.text);
    if (status == PLENUM_OK && report.torn && !store->vfs.beside)
        log_line(LOG_WARN, "journal %s: %s", store->path, report.text);
    log_report_finish(&report);
    return status;
}

static enum plenum_status open_existing(struct store_sqlite *store,
                                        const struct plenum_site_file *files, int32_t count,
                                        struct plenum_error *error)
{
    enum plenum_status status = check_before(store, error);
    if (status == PLENUM_OK)
        status = connect(store, false, error);
    if (status == PLENUM_OK)
        status = prepare(store, "SELECT seq FROM entry LIMIT 1", &store->insert, error);
    sqlite3_finalize(store->insert);
    store->insert = NULL;
    if (status == PLENUM_OK && files != NULL)
        status = compare_site(store, files, count, error);
    if (status != PLENUM_OK || store->read_only)
        return status;
    status = prepare(store, "BEGIN IMMEDIATE", &store->begin, error);
    if (status == PLENUM_OK)
        status = prepare(store, "COMMIT", &store->commit, error);
    if (status == PLENUM_OK)
        status = prepare(store, "INSERT INTO entry VALUES(?,?,?,?,?,?,?)", &store->insert, error);
    if (status != PLENUM_OK)
        return status;
    status = checkpoint_first(store, error);
    if (status == PLENUM_OK)
        sqlite3_wal_hook(store->db, after_commit, store);
    return status;
}

enum plenum_status store_sqlite_open(const struct disk *disk, const char *path, bool read_only,
                                     const struct plenum_site_file *files, int32_t file_count,
                                     struct store *store, struct plenum_error *error)
{
    enum plenum_status status = PLENUM_OK;
    if (!disk->exists(disk->context, path)) {
        if (files == NULL || read_only)
            return plenum_fail(error, PLENUM_IO, "journal %s: there is no such file", path);
        status = make_file(disk, path, files, file_count, error);
    }
    if (status != PLENUM_OK)
        return status;
    struct store_sqlite *opened = store_new(disk, path, read_only);
    status = open_existing(opened, files, file_count, error);
    if (status != PLENUM_OK) {
        sqlite_close(opened);
        return status;
    }
    *store = (struct store){
        .close = sqlite_close,
        .put_record = sqlite_put_record,
        .put_snapshot = sqlite_put_snapshot,
        .commit = sqlite_commit,
        .records = sqlite_records,
        .last = sqlite_last,
        .first_at = sqlite_first_at,
        .snapshot_seq = sqlite_snapshot_seq,
        .snapshot_from = sqlite_snapshot_from,
        .snapshot_until = sqlite_snapshot_until,
        .files = sqlite_files,
        .counts = sqlite_counts,
        .self = opened,
    };
    return PLENUM_OK;
}
