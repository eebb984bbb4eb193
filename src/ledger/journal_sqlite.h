/* Store on SQLite: one file in WAL mode, synchronous=FULL, in exclusive locking mode, over the
 * journal's own VFS (journal_vfs.h). README.md draws the tables.
 *
 *   S1  the file appears under its name only when it is whole: it is made as NAME.new and renamed;
 *   S2  no page is written before the commit it belongs to (cache_spill is off), so every frame of
 *       the log belongs to a commit that was asked for;
 *   S3  the log is emptied when a writer opens the file, and where no reader keeps the file still
 *       when it closes it and after every 4,096 pages; it never holds frames of an earlier
 *       generation.
 *
 * The functions are those of struct store (journal_store.h), and what they share. */
#ifndef LEDGER_JOURNAL_SQLITE_H
#define LEDGER_JOURNAL_SQLITE_H

#include "ledger/journal_store.h"
#include "ledger/journal_vfs.h"

struct store_sqlite {
    struct journal_vfs vfs;
    const struct disk *disk;
    char *path;
    sqlite3 *db;
    sqlite3_stmt *begin, *commit, *insert;
    bool read_only, in_batch;
    size_t batch_bytes;
};

/* --- statements and failures (journal_sqlite_statement.c) ------------------------------------- */

/* What the VFS refused says more than SQLite's code does. */
enum plenum_status store_fail(struct store_sqlite *store, struct plenum_error *error);
/* After a failed change the batch may be gone, with rows in it that the ledger has applied. */
_Noreturn void store_stop(struct store_sqlite *store, const char *what);
enum plenum_status store_run(struct store_sqlite *store, const char *sql,
                             struct plenum_error *error);
enum plenum_status store_prepare(struct store_sqlite *store, const char *sql, sqlite3_stmt **out,
                                 struct plenum_error *error);
void statement_bind_bytes(sqlite3_stmt *statement, int column, const void *data, size_t length);
void statement_bind_i64(sqlite3_stmt *statement, int column, int64_t value);
/* The bytes stand until the statement steps on. */
const uint8_t *statement_bytes(sqlite3_stmt *statement, int column, size_t *length);
bool statement_hash(sqlite3_stmt *statement, int column, struct hash *hash);

/* --- writing (journal_sqlite_put.c) ----------------------------------------------------------- */

void store_put_record(void *self, const struct journal_record *record);
void store_put_snapshot(void *self, const struct store_snapshot *snapshot);
void store_commit(void *self);
void store_checkpoint_now(struct store_sqlite *store);
/* Keeps readers beside out until it is closed (V4). NULL where one is in: then the log is as good a
 * place, and a later checkpoint does it. */
void *store_keep_still(struct store_sqlite *store);
/* Before a writer writes anything: it begins with an empty log (S3). */
enum plenum_status store_checkpoint_first(struct store_sqlite *store, struct plenum_error *error);
/* The hook of SQLite that makes checkpoints as the log grows. */
int store_after_commit(void *self, sqlite3 *db, const char *name, int log_pages);

/* --- reading (journal_sqlite_read.c) ---------------------------------------------------------- */

enum plenum_status store_records(void *self, uint64_t first,
                                 bool (*visit)(void *context, const struct journal_record *record),
                                 void *context, struct plenum_error *error);
enum plenum_status store_last(void *self, uint64_t *seq, struct plenum_error *error);
enum plenum_status store_first_at(void *self, int64_t at_ms, uint64_t *seq,
                                  struct plenum_error *error);
enum plenum_status store_snapshot_seq(void *self, uint64_t seq, uint64_t *found,
                                      struct plenum_error *error);
enum plenum_status store_snapshot_from(void *self, uint64_t seq, struct store_snapshot *snapshot,
                                       struct plenum_error *error);
enum plenum_status store_snapshot_until(void *self, uint64_t seq, struct store_snapshot *snapshot,
                                        struct plenum_error *error);
enum plenum_status store_files(void *self,
                               bool (*visit)(void *context, const struct plenum_site_file *file),
                               void *context, struct plenum_error *error);
enum plenum_status store_counts_of(void *self, struct store_counts *counts,
                                   struct plenum_error *error);

#endif
