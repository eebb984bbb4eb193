/* Rows and snapshots into batches, batches into the log, the log into the file. */
#include "ledger/journal_sqlite.h"

#include "base/check.h"
#include "base/wall.h"

#include <errno.h>
#include <string.h>

enum {
    CHECKPOINT_PAGES = 4096,
    CHECKPOINT_TRIES = 100,    /* when a writer begins */
    BATCH_BYTES_MAX = 64 << 20 /* an open batch over this is committed early */
};

static const int64_t CHECKPOINT_WAIT_NS = 50000000;

static void run_prepared(struct store_sqlite *store, sqlite3_stmt *statement, const char *what)
{
    if (sqlite3_step(statement) != SQLITE_DONE)
        store_stop(store, what);
    CHECK(sqlite3_reset(statement) == SQLITE_OK);
}

void store_checkpoint_now(struct store_sqlite *store)
{
    if (sqlite3_wal_checkpoint_v2(store->db, "main", SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) !=
        SQLITE_OK)
        store_stop(store, "a checkpoint");
}

void *store_keep_still(struct store_sqlite *store)
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
    void *still = store_keep_still(store);
    if (still == NULL)
        return false;
    store_checkpoint_now(store);
    store->disk->close(store->disk->context, still);
    return true;
}

enum plenum_status store_checkpoint_first(struct store_sqlite *store, struct plenum_error *error)
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

void store_commit(void *self)
{
    struct store_sqlite *store = self;
    CHECK(!store->read_only);
    if (!store->in_batch)
        return;
    run_prepared(store, store->commit, "a commit");
    store->in_batch = false;
    store->batch_bytes = 0;
}

int store_after_commit(void *self, sqlite3 *db, const char *name, int log_pages)
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
        store_commit(store);
    if (!store->in_batch)
        run_prepared(store, store->begin, "a transaction");
    store->in_batch = true;
    store->batch_bytes += bytes;
}

void store_put_record(void *self, const struct journal_record *record)
{
    struct store_sqlite *store = self;
    sqlite3_stmt *insert = store->insert;
    begin_batch(store, record->command_length);
    statement_bind_i64(insert, 1, (int64_t)record->seq);
    statement_bind_i64(insert, 2, record->now_ms);
    statement_bind_i64(insert, 3, record->kind);
    statement_bind_i64(insert, 4, record->reason);
    statement_bind_bytes(insert, 5, record->refusal, record->refusal_length);
    statement_bind_bytes(insert, 6, record->command, record->command_length);
    statement_bind_bytes(insert, 7, record->chain.bytes, HASH_BYTES);
    run_prepared(store, insert, "an append");
}

void store_put_snapshot(void *self, const struct store_snapshot *snapshot)
{
    struct store_sqlite *store = self;
    sqlite3_stmt *insert = NULL;
    begin_batch(store, snapshot->length);
    if (store_prepare(store, "INSERT OR IGNORE INTO snapshot VALUES(?,?,?)", &insert, NULL) !=
        PLENUM_OK)
        store_stop(store, "a snapshot");
    statement_bind_i64(insert, 1, (int64_t)snapshot->seq);
    statement_bind_bytes(insert, 2, snapshot->hash.bytes, HASH_BYTES);
    statement_bind_bytes(insert, 3, snapshot->state, snapshot->length);
    run_prepared(store, insert, "a snapshot");
    sqlite3_finalize(insert);
}
