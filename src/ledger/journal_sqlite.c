/* A store on SQLite made, opened and closed. */
#include "ledger/journal_sqlite.h"

#include "base/check.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"
#include "ledger/journal_log.h"
#include "ledger/journal_page.h"

#include <plenum/journal.h>

#include <stdlib.h>
#include <string.h>

static const char schema_sql[] =
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;"
    "CREATE TABLE file(number INTEGER PRIMARY KEY, name TEXT, data BLOB);"
    "CREATE TABLE entry(seq INTEGER PRIMARY KEY, now_ms INTEGER, kind INTEGER, reason INTEGER,"
    " refusal BLOB, command BLOB, chain BLOB);"
    "CREATE TABLE snapshot(seq INTEGER PRIMARY KEY, hash BLOB, state BLOB);";

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
            store_commit(store);
            still = store_keep_still(store);
            if (still != NULL)
                store_checkpoint_now(store);
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
    return store_run(store,
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
    enum plenum_status status =
        store_prepare(store, "INSERT INTO file VALUES(?,?,?)", &insert, error);
    for (int32_t i = 0; status == PLENUM_OK && i < count; i++) {
        statement_bind_i64(insert, 1, i);
        CHECK(sqlite3_bind_text(insert, 2, files[i].name, -1, SQLITE_STATIC) == SQLITE_OK);
        statement_bind_bytes(insert, 3, files[i].data, files[i].length);
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
    enum plenum_status status = store_run(store, "PRAGMA journal_mode=WAL; BEGIN", error);
    if (status == PLENUM_OK)
        status = store_run(store, schema_sql, error);
    if (status == PLENUM_OK)
        status = store_run(store, sql, error);
    if (status == PLENUM_OK)
        status = put_site_files(store, files, count, error);
    return status == PLENUM_OK ? store_run(store, "COMMIT", error) : status;
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
        store_checkpoint_now(store);
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
    enum plenum_status status = store_files(store, compare_file, &compare, error);
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
        status = store_prepare(store, "SELECT seq FROM entry LIMIT 1", &store->insert, error);
    sqlite3_finalize(store->insert);
    store->insert = NULL;
    if (status == PLENUM_OK && files != NULL)
        status = compare_site(store, files, count, error);
    if (status != PLENUM_OK || store->read_only)
        return status;
    status = store_prepare(store, "BEGIN IMMEDIATE", &store->begin, error);
    if (status == PLENUM_OK)
        status = store_prepare(store, "COMMIT", &store->commit, error);
    if (status == PLENUM_OK)
        status =
            store_prepare(store, "INSERT INTO entry VALUES(?,?,?,?,?,?,?)", &store->insert, error);
    if (status != PLENUM_OK)
        return status;
    status = store_checkpoint_first(store, error);
    if (status == PLENUM_OK)
        sqlite3_wal_hook(store->db, store_after_commit, store);
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
        .put_record = store_put_record,
        .put_snapshot = store_put_snapshot,
        .commit = store_commit,
        .records = store_records,
        .last = store_last,
        .first_at = store_first_at,
        .snapshot_seq = store_snapshot_seq,
        .snapshot_from = store_snapshot_from,
        .snapshot_until = store_snapshot_until,
        .files = store_files,
        .counts = store_counts_of,
        .self = opened,
    };
    return PLENUM_OK;
}
