/* Rows, snapshots, site files and counts out of the tables. */
#include "ledger/journal_sqlite.h"

#include "base/check.h"
#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static bool record_of(sqlite3_stmt *statement, struct journal_record *record)
{
    int64_t kind = sqlite3_column_int64(statement, 2), reason = sqlite3_column_int64(statement, 3);
    record->seq = (uint64_t)sqlite3_column_int64(statement, 0);
    record->now_ms = sqlite3_column_int64(statement, 1);
    record->kind = (uint32_t)kind;
    record->reason = (uint32_t)reason;
    record->refusal = statement_bytes(statement, 4, &record->refusal_length);
    record->command = statement_bytes(statement, 5, &record->command_length);
    return kind >= 0 && kind <= UINT32_MAX && reason >= 0 && reason <= UINT32_MAX &&
           record->command_length <= PLENUM_COMMAND_BYTES_MAX &&
           record->refusal_length <= RECORD_REFUSAL_MAX &&
           statement_hash(statement, 6, &record->chain);
}

enum plenum_status store_records(void *self, uint64_t first,
                                 bool (*visit)(void *context, const struct journal_record *record),
                                 void *context, struct plenum_error *error)
{
    struct store_sqlite *store = self;
    struct journal_record record;
    sqlite3_stmt *select = NULL;
    int code = SQLITE_ROW;
    enum plenum_status status =
        store_prepare(store,
                      "SELECT seq, now_ms, kind, reason, refusal, command, chain FROM entry"
                      " WHERE seq >= ? ORDER BY seq",
                      &select, error);
    if (status != PLENUM_OK)
        return status;
    statement_bind_i64(select, 1, (int64_t)first);
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
    enum plenum_status status = store_prepare(store, sql, &select, error);
    if (status != PLENUM_OK)
        return status;
    if (sqlite3_step(select) != SQLITE_ROW)
        status = store_fail(store, error);
    for (int i = 0; status == PLENUM_OK && i < count; i++)
        values[i] = sqlite3_column_int64(select, i);
    sqlite3_finalize(select);
    return status;
}

enum plenum_status store_last(void *self, uint64_t *seq, struct plenum_error *error)
{
    int64_t value = 0;
    enum plenum_status status =
        query_integers(self, "SELECT ifnull(max(seq), 0) FROM entry", &value, 1, error);
    *seq = (uint64_t)value;
    return status;
}

/* The clock never goes back from row to row, and numbers have no gaps: so by halves. */
enum plenum_status store_first_at(void *self, int64_t at_ms, uint64_t *seq,
                                  struct plenum_error *error)
{
    struct store_sqlite *store = self;
    sqlite3_stmt *select = NULL;
    uint64_t low = 1, high = 0;
    enum plenum_status status = store_last(self, &high, error);
    if (status == PLENUM_OK)
        status = store_prepare(store, "SELECT now_ms FROM entry WHERE seq = ?", &select, error);
    for (high++; status == PLENUM_OK && low < high;) {
        uint64_t middle = low + (high - low) / 2;
        statement_bind_i64(select, 1, (int64_t)middle);
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

enum plenum_status store_snapshot_seq(void *self, uint64_t seq, uint64_t *found,
                                      struct plenum_error *error)
{
    struct store_sqlite *store = self;
    sqlite3_stmt *select = NULL;
    enum plenum_status status =
        store_prepare(store, "SELECT max(seq) FROM snapshot WHERE seq <= ?", &select, error);
    if (status != PLENUM_OK)
        return status;
    statement_bind_i64(select, 1, seq > INT64_MAX ? INT64_MAX : (int64_t)seq);
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
    enum plenum_status status = store_prepare(store, sql, &select, error);
    if (status != PLENUM_OK)
        return status;
    statement_bind_i64(select, 1, seq > INT64_MAX ? INT64_MAX : (int64_t)seq);
    int code = sqlite3_step(select);
    if (code == SQLITE_ROW) {
        snapshot->seq = (uint64_t)sqlite3_column_int64(select, 0);
        const uint8_t *state = statement_bytes(select, 2, &length);
        if (!statement_hash(select, 1, &snapshot->hash) || state == NULL) {
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

enum plenum_status store_snapshot_from(void *self, uint64_t seq, struct store_snapshot *snapshot,
                                       struct plenum_error *error)
{
    return read_snapshot(
        self, "SELECT seq, hash, state FROM snapshot WHERE seq >= ? ORDER BY seq LIMIT 1", seq,
        snapshot, error);
}

enum plenum_status store_snapshot_until(void *self, uint64_t seq, struct store_snapshot *snapshot,
                                        struct plenum_error *error)
{
    return read_snapshot(
        self, "SELECT seq, hash, state FROM snapshot WHERE seq <= ? ORDER BY seq DESC LIMIT 1", seq,
        snapshot, error);
}

enum plenum_status store_files(void *self,
                               bool (*visit)(void *context, const struct plenum_site_file *file),
                               void *context, struct plenum_error *error)
{
    struct store_sqlite *store = self;
    struct plenum_site_file file;
    sqlite3_stmt *select = NULL;
    int code;
    enum plenum_status status =
        store_prepare(store, "SELECT name, data FROM file ORDER BY number", &select, error);
    if (status != PLENUM_OK)
        return status;
    while ((code = sqlite3_step(select)) == SQLITE_ROW) {
        const uint8_t *data = statement_bytes(select, 1, &file.length);
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

enum plenum_status store_counts_of(void *self, struct store_counts *counts,
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
