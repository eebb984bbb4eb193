/* Statements, what they bind and give, and what failed. */
#include "ledger/journal_sqlite.h"

#include "base/check.h"

#include <string.h>

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

enum plenum_status store_fail(struct store_sqlite *store, struct plenum_error *error)
{
    struct plenum_error trouble = store->vfs.trouble;
    store->vfs.trouble.status = PLENUM_OK;
    if (trouble.status != PLENUM_OK)
        return plenum_fail(error, trouble.status, "%s", trouble.text);
    return plenum_fail(error, status_of(sqlite3_errcode(store->db)), "journal %s: %s", store->path,
                       sqlite3_errmsg(store->db));
}

_Noreturn void store_stop(struct store_sqlite *store, const char *what)
{
    struct plenum_error error;
    (void)store_fail(store, &error);
    journal_stop(what, store->path, error.text);
}

enum plenum_status store_run(struct store_sqlite *store, const char *sql,
                             struct plenum_error *error)
{
    return sqlite3_exec(store->db, sql, NULL, NULL, NULL) == SQLITE_OK ? PLENUM_OK
                                                                       : store_fail(store, error);
}

enum plenum_status store_prepare(struct store_sqlite *store, const char *sql, sqlite3_stmt **out,
                                 struct plenum_error *error)
{
    return sqlite3_prepare_v2(store->db, sql, -1, out, NULL) == SQLITE_OK
               ? PLENUM_OK
               : store_fail(store, error);
}

void statement_bind_bytes(sqlite3_stmt *statement, int column, const void *data, size_t length)
{
    int code = length == 0 ? sqlite3_bind_zeroblob(statement, column, 0)
                           : sqlite3_bind_blob64(statement, column, data, length, SQLITE_STATIC);
    CHECK(code == SQLITE_OK);
}

void statement_bind_i64(sqlite3_stmt *statement, int column, int64_t value)
{
    CHECK(sqlite3_bind_int64(statement, column, value) == SQLITE_OK);
}

const uint8_t *statement_bytes(sqlite3_stmt *statement, int column, size_t *length)
{
    const uint8_t *data = sqlite3_column_blob(statement, column);
    *length = (size_t)sqlite3_column_bytes(statement, column);
    return data;
}

bool statement_hash(sqlite3_stmt *statement, int column, struct hash *hash)
{
    size_t length;
    const uint8_t *data = statement_bytes(statement, column, &length);
    if (length != HASH_BYTES)
        return false;
    memcpy(hash->bytes, data, HASH_BYTES);
    return true;
}
