/* The journal: commits a second at three batch sizes, against SQLite with the same settings and
 * rows but no chain and no page checksums; and how long a site with a week behind it takes to
 * start. Arguments: a site file; then, if wanted, a folder for the files. */
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <plenum/journal.h>

#include "base/check.h"
#include "base/text.h"
#include "base/wall.h"

enum { WEEK_ROWS = 3650000, PATH_ROOM = 256 };

struct bench {
    struct plenum_site *site;
    struct plenum_command command;
    char path[PATH_ROOM];
};

static double seconds_since(int64_t start_ns)
{
    return (double)(wall_now_ns(&wall_clock_system) - start_ns) / 1e9;
}

/* A report of a robot, as most rows of a running site are. */
static void fill_report(struct bench *bench, uint64_t n)
{
    struct plenum_ref robot = plenum_ref(PLENUM_ROBOT, n % (uint64_t)bench->site->robot_count);
    plenum_command_reset(&bench->command, PLENUM_COMMAND_ROBOT_REPORT, "sim");
    plenum_command_set(&bench->command, robot, PLENUM_ROBOT_CHARGE_J, (int64_t)(5000000 + n));
    plenum_command_set(&bench->command, robot, PLENUM_ROBOT_CHARGE_MS,
                       bench->site->start_ms + (int64_t)n);
    plenum_command_set(&bench->command, robot, PLENUM_ROBOT_CHARGE_MOVES, (int64_t)n);
}

static void remove_files(const struct bench *bench)
{
    char log[PATH_ROOM + 8];
    CHECK(text_format(log, sizeof log, "%s-wal", bench->path));
    (void)remove(bench->path);
    (void)remove(log);
}

static struct plenum_journal *open_journal(struct bench *bench)
{
    struct plenum_journal *journal;
    struct plenum_error error;
    if (plenum_journal_open(bench->path, bench->site, NULL, &journal, &error) != PLENUM_OK) {
        fprintf(stderr, "%s\n", error.text);
        exit(1);
    }
    return journal;
}

static double journal_rows_s(struct bench *bench, uint64_t rows, uint64_t batch)
{
    struct plenum_outcome outcome = {.taken = true};
    remove_files(bench);
    struct plenum_journal *journal = open_journal(bench);
    struct plenum_sink sink = plenum_journal_sink(journal);
    int64_t start = wall_now_ns(&wall_clock_system);
    for (uint64_t n = 1; n <= rows; n++) {
        fill_report(bench, n);
        CHECK(sink.append(sink.context, n, bench->site->start_ms, &bench->command, &outcome,
                          NULL) == PLENUM_OK);
        if (n % batch == 0)
            (void)plenum_journal_sync(journal);
    }
    double seconds = seconds_since(start);
    plenum_journal_close(journal);
    remove_files(bench);
    return (double)rows / seconds;
}

static sqlite3 *open_raw(struct bench *bench)
{
    sqlite3 *db;
    CHECK(sqlite3_open_v2(bench->path, &db,
                          SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                          NULL) == SQLITE_OK);
    CHECK(sqlite3_exec(db,
                       "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL;"
                       "PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=4096;"
                       "CREATE TABLE entry(seq INTEGER PRIMARY KEY, now_ms INTEGER, kind INTEGER,"
                       " reason INTEGER, refusal BLOB, command BLOB);",
                       NULL, NULL, NULL) == SQLITE_OK);
    return db;
}

static void put_raw(struct bench *bench, sqlite3_stmt *insert, uint64_t n)
{
    uint8_t *data;
    size_t length;
    fill_report(bench, n);
    CHECK(plenum_command_encode(&bench->command, &data, &length, NULL) == PLENUM_OK);
    sqlite3_bind_int64(insert, 1, (int64_t)n);
    sqlite3_bind_int64(insert, 2, bench->site->start_ms);
    sqlite3_bind_int64(insert, 3, bench->command.kind);
    sqlite3_bind_int64(insert, 4, 0);
    sqlite3_bind_zeroblob(insert, 5, 0);
    sqlite3_bind_blob64(insert, 6, data, length, SQLITE_STATIC);
    CHECK(sqlite3_step(insert) == SQLITE_DONE);
    CHECK(sqlite3_reset(insert) == SQLITE_OK);
    free(data);
}

static double raw_rows_s(struct bench *bench, uint64_t rows, uint64_t batch)
{
    sqlite3_stmt *insert;
    remove_files(bench);
    sqlite3 *db = open_raw(bench);
    CHECK(sqlite3_prepare_v2(db, "INSERT INTO entry VALUES(?,?,?,?,?,?)", -1, &insert, NULL) ==
          SQLITE_OK);
    int64_t start = wall_now_ns(&wall_clock_system);
    for (uint64_t n = 1; n <= rows; n++) {
        if (n % batch == 1 || batch == 1)
            CHECK(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK);
        put_raw(bench, insert, n);
        if (n % batch == 0)
            CHECK(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK);
    }
    double seconds = seconds_since(start);
    sqlite3_finalize(insert);
    CHECK(sqlite3_close(db) == SQLITE_OK);
    remove_files(bench);
    return (double)rows / seconds;
}

static void compare(struct bench *bench)
{
    static const struct {
        uint64_t batch, rows;
    } table[] = {{1, 2000}, {100, 100000}, {1000, 400000}};
    printf("%8s %16s %16s %8s\n", "batch", "journal rows/s", "sqlite rows/s", "ratio");
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        double raw = raw_rows_s(bench, table[i].rows, table[i].batch);
        double ours = journal_rows_s(bench, table[i].rows, table[i].batch);
        printf("%8" PRIu64 " %16.0f %16.0f %8.2f\n", table[i].batch, ours, raw, ours / raw);
    }
}

/* Steps, ticks and reports, about as many as a week of the first hall has, through a ledger. */
static void make_week(struct bench *bench)
{
    struct plenum_journal *journal = open_journal(bench);
    struct plenum_ledger *ledger = plenum_ledger_create(bench->site);
    struct plenum_sink sink = plenum_journal_sink(journal);
    struct plenum_outcome outcome;
    uint8_t *moves = calloc((size_t)bench->site->robot_count + 1, 1);
    plenum_ledger_genesis(bench->site, &bench->command);
    for (uint64_t n = 1; n <= WEEK_ROWS; n++) {
        CHECK(plenum_ledger_submit(ledger, &bench->command, &sink, &outcome, NULL) == PLENUM_OK);
        CHECK(outcome.taken);
        plenum_journal_snapshot(journal, ledger, false);
        if (n % 1000 == 0)
            (void)plenum_journal_sync(journal);
        if (n % 6 > 1) {
            fill_report(bench, n);
            continue;
        }
        plenum_command_reset(&bench->command, PLENUM_COMMAND_OTHER, "bench");
        if (n % 6 == 0)
            plenum_command_step(&bench->command, moves, bench->site->robot_count);
        else
            plenum_command_tick(&bench->command,
                                plenum_ledger_now_ms(ledger) + bench->site->step_ms);
    }
    free(moves);
    plenum_ledger_destroy(ledger);
    plenum_journal_close(journal);
}

static void start_after_week(struct bench *bench)
{
    struct plenum_ledger *ledger;
    struct plenum_journal_stat stat;
    struct plenum_error error;
    remove_files(bench);
    int64_t start = wall_now_ns(&wall_clock_system);
    make_week(bench);
    printf("week made: %d rows in %.1f s\n", WEEK_ROWS, seconds_since(start));
    start = wall_now_ns(&wall_clock_system);
    struct plenum_journal *journal = open_journal(bench);
    if (plenum_journal_recover(journal, &ledger, &error) != PLENUM_OK) {
        fprintf(stderr, "%s\n", error.text);
        exit(1);
    }
    double seconds = seconds_since(start);
    CHECK(plenum_journal_stat(journal, &stat, &error) == PLENUM_OK);
    printf("start-up: %.3f s, %" PRIu64 " rows after the last snapshot, file %" PRId64 " MB\n",
           seconds, stat.rows - stat.last_snapshot_seq, stat.bytes / 1000000);
    plenum_ledger_destroy(ledger);
    plenum_journal_close(journal);
    remove_files(bench);
}

int main(int argc, char **argv)
{
    struct bench bench = {0};
    struct plenum_error error;
    const char *folder = argc > 2 ? argv[2] : ".";
    CHECK(
        text_format(bench.path, sizeof bench.path, "%s/bench-%ld.journal", folder, (long)getpid()));
    if (argc < 2 || plenum_site_load(argv[1], &bench.site, NULL, &error) != PLENUM_OK) {
        fprintf(stderr, "usage: bench_ledger_journal SITE [FOLDER]\n");
        return 2;
    }
    plenum_command_init(&bench.command, PLENUM_COMMAND_OTHER, "");
    compare(&bench);
    start_after_week(&bench);
    plenum_command_finish(&bench.command);
    plenum_site_destroy(bench.site);
    return 0;
}
