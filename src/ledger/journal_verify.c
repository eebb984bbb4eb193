/* Verification of a journal: every byte of its files, every row, every snapshot.
 *
 * First the bytes, without SQLite: the log frame by frame (journal_log.h), then each page of the
 * main file. A page that does not hold while the log holds a newer copy is what power loss during
 * a checkpoint leaves, and the next checkpoint repairs it; unless a single changed bit explains
 * it, which no power loss does. Then, when the bytes are whole, what they say: links, answers,
 * snapshots. */
#include "ledger/journal.h"

#include "base/check.h"
#include "base/memory.h"
#include "base/text.h"
#include "ledger/journal_log.h"
#include "ledger/journal_page.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { LINES_MAX = 1000, ONE_BIT_PAGES_MAX = 16 };

struct verify {
    const struct disk *disk;
    const char *path;
    bool fast;
    void (*line)(void *context, const char *text);
    void *context;
    uint64_t faults;
    int one_bit_left; /* pages that may still be searched for a changed bit */
    struct log_report log;
};

static void tell(struct verify *verify, bool fault, const char *format, ...) PLENUM_PRINTF(3, 4);

static void tell(struct verify *verify, bool fault, const char *format, ...)
{
    char text[1024];
    va_list list;
    verify->faults += fault;
    if (fault && verify->faults > LINES_MAX)
        return;
    va_start(list, format);
    (void)vsnprintf(text, sizeof text, format, list);
    va_end(list);
    verify->line(verify->context, text);
}

/* --- bytes ------------------------------------------------------------------------------------ */

/* The byte in which one changed bit makes the page's checksum wrong, or -1. */
static int page_one_bit(uint8_t page[PAGE_BYTES], uint32_t number)
{
    int found = -1;
    for (int bit = 0; bit < 8 * PAGE_BYTES && found < 0; bit++) {
        uint8_t mask = (uint8_t)(1u << bit % 8);
        page[bit / 8] ^= mask;
        if (page_holds(page, number))
            found = bit / 8;
        page[bit / 8] ^= mask;
    }
    return found;
}

static bool all_zero(const uint8_t *data, size_t length)
{
    return data[0] == 0 && memcmp(data, data + 1, length - 1) == 0;
}

static void judge_page(struct verify *verify, uint8_t page[PAGE_BYTES], uint32_t number,
                       size_t length)
{
    int64_t at = (int64_t)(number - 1) * PAGE_BYTES;
    int byte = -1;
    bool covered = log_covers(&verify->log, number);
    if (length == PAGE_BYTES && covered && verify->one_bit_left-- > 0)
        byte = page_one_bit(page, number);
    if (byte >= 0)
        tell(verify, true,
             "page %u: a bit of byte %" PRId64 " is wrong (bytes %" PRId64 " to %" PRId64
             "; the log holds a newer copy)",
             number, at + byte, at, at + PAGE_BYTES - 1);
    else if (covered)
        tell(verify, false,
             "page %u: torn (bytes %" PRId64 " to %" PRId64
             "); the log holds its newer copy, which is whole: no fault",
             number, at, at + (int64_t)length - 1);
    else
        tell(verify, true, "page %u: its checksum does not hold (bytes %" PRId64 " to %" PRId64 ")",
             number, at, at + (int64_t)length - 1);
}

static void check_page(struct verify *verify, uint8_t page[PAGE_BYTES], uint32_t number,
                       size_t length)
{
    bool holds = length == PAGE_BYTES &&
                 (number == PAGE_LOCK ? all_zero(page, PAGE_BYTES) : page_holds(page, number));
    if (!holds)
        judge_page(verify, page, number, length);
}

static enum plenum_status read_page(struct verify *verify, void *file, uint32_t number,
                                    uint8_t page[PAGE_BYTES], size_t *got,
                                    struct plenum_error *error)
{
    const struct disk *disk = verify->disk;
    int problem =
        disk->read(disk->context, file, page, PAGE_BYTES, (int64_t)(number - 1) * PAGE_BYTES, got);
    if (problem == 0)
        return PLENUM_OK;
    return plenum_fail(error, PLENUM_IO, "journal %s: page %u: %s", verify->path, number,
                       strerror(problem));
}

/* Every page there must be, in the file or in the log. */
static void check_size(struct verify *verify, uint32_t found, uint32_t expected)
{
    if (found > expected)
        tell(verify, true, "file: found %u pages, expected %u", found, expected);
    for (uint32_t number = found + 1; number <= expected; number++) {
        if (log_covers(&verify->log, number))
            continue;
        tell(verify, true, "page %u: found nothing, expected %u pages in the file", number,
             expected);
        return;
    }
}

static enum plenum_status check_pages(struct verify *verify, void *file, struct plenum_error *error)
{
    uint8_t page[PAGE_BYTES];
    size_t got;
    uint32_t number = 1;
    enum plenum_status status = read_page(verify, file, 1, page, &got, error);
    if (status != PLENUM_OK)
        return status;
    status = page_check_first(page, got, log_covers(&verify->log, 1), verify->path, error);
    if (status == PLENUM_INPUT || status == PLENUM_VERSION)
        return status;
    uint32_t expected = verify->log.commits > 0 ? verify->log.pages : big_u32(page + 28);
    for (; got > 0; number++) {
        check_page(verify, page, number, got);
        status = read_page(verify, file, number + 1, page, &got, error);
        if (status != PLENUM_OK)
            return status;
    }
    check_size(verify, number - 1, expected);
    return PLENUM_OK;
}

static enum plenum_status verify_bytes(struct verify *verify, struct plenum_error *error)
{
    const struct disk *disk = verify->disk;
    void *file = NULL;
    int problem = disk->open(disk->context, verify->path, DISK_LOCK, &file);
    if (problem != 0)
        return plenum_fail(error, PLENUM_IO, "journal %s: %s", verify->path,
                           problem == EWOULDBLOCK ? "another process writes it"
                                                  : strerror(problem));
    enum plenum_status status = log_scan(disk, verify->path, &verify->log, error);
    if (status == PLENUM_OK) {
        if (verify->log.rot || verify->log.torn)
            tell(verify, verify->log.rot, "%s%s", verify->log.text,
                 verify->log.rot ? "" : ": no fault");
        status = check_pages(verify, file, error);
    }
    disk->close(disk->context, file);
    return status;
}

/* --- rows and snapshots ----------------------------------------------------------------------- */

struct replay {
    struct verify *verify;
    struct plenum_journal *journal;
    struct plenum_ledger *ledger; /* NULL: rows are decoded only */
    struct record_reader reader;
    struct store_snapshot next; /* the snapshot to come; seq 0: none */
    enum plenum_status status;
    struct plenum_error *error;
};

static enum plenum_status fetch_snapshot(struct replay *replay, uint64_t from)
{
    struct store *store = journal_store(replay->journal);
    free(replay->next.state);
    return store->snapshot_from(store->self, from, &replay->next, replay->error);
}

static void compare_state(struct replay *replay)
{
    struct store_snapshot now = {.seq = replay->next.seq};
    char found[HASH_TEXT], expected[HASH_TEXT];
    plenum_ledger_snapshot(replay->ledger, &now.state, &now.length);
    now.hash = hash_of(now.state, now.length);
    free(now.state);
    if (!hash_equal(&now.hash, &replay->next.hash))
        tell(replay->verify, true,
             "snapshot of row %" PRIu64 ": found state %s when replayed, expected %s", now.seq,
             hash_format(&now.hash, found), hash_format(&replay->next.hash, expected));
}

static enum plenum_status check_snapshot(struct replay *replay)
{
    const struct store_snapshot *snapshot = &replay->next;
    struct hash hash = hash_of(snapshot->state, snapshot->length);
    if (!hash_equal(&hash, &snapshot->hash))
        tell(replay->verify, true, "snapshot of row %" PRIu64 ": its hash does not hold",
             snapshot->seq);
    else if (replay->ledger != NULL)
        compare_state(replay);
    return fetch_snapshot(replay, snapshot->seq + 1);
}

static bool check_record(void *context, const struct journal_record *record)
{
    struct replay *replay = context;
    const char *path = replay->verify->path;
    if (replay->ledger != NULL)
        replay->status =
            record_replay(&replay->reader, path, record, replay->ledger, replay->error);
    else
        replay->status = record_reader_read(&replay->reader, path, record, replay->error);
    if (replay->status == PLENUM_OK && record->seq == replay->next.seq)
        replay->status = check_snapshot(replay);
    return replay->status == PLENUM_OK;
}

static enum plenum_status verify_journal(struct verify *verify, struct plenum_journal *journal,
                                         struct plenum_error *error)
{
    struct replay replay = {.verify = verify, .journal = journal, .error = error};
    if (!verify->fast)
        replay.ledger = plenum_ledger_create(plenum_journal_site(journal));
    record_reader_init(&replay.reader);
    enum plenum_status status = fetch_snapshot(&replay, 1);
    if (status == PLENUM_OK)
        status = journal_records(journal, 1, check_record, &replay, error);
    if (status == PLENUM_OK)
        status = replay.status;
    if (status == PLENUM_OK && replay.next.seq != 0)
        tell(verify, true, "snapshot of row %" PRIu64 ": there is no such row", replay.next.seq);
    record_reader_finish(&replay.reader);
    free(replay.next.state);
    plenum_ledger_destroy(replay.ledger);
    return status;
}

static enum plenum_status verify_rows(struct verify *verify, struct plenum_error *error)
{
    struct plenum_journal_options options = {.read_only = true};
    struct plenum_journal *journal = NULL;
    struct plenum_error why = {0};
    enum plenum_status status =
        journal_open_on(verify->disk, verify->path, NULL, &options, &journal, &why);
    if (status == PLENUM_OK)
        status = verify_journal(verify, journal, &why);
    plenum_journal_close(journal);
    if (status != PLENUM_CORRUPT)
        return status == PLENUM_OK ? status : plenum_fail(error, status, "%s", why.text);
    tell(verify, true, "%s", why.text);
    return PLENUM_OK;
}

enum plenum_status journal_verify_on(const struct disk *disk, const char *given, bool fast,
                                     void (*line)(void *context, const char *text), void *context,
                                     struct plenum_error *error)
{
    char *path = disk->resolve(disk->context, given);
    struct verify verify = {.disk = disk,
                            .path = path,
                            .fast = fast,
                            .line = line,
                            .context = context,
                            .one_bit_left = ONE_BIT_PAGES_MAX};
    enum plenum_status status = verify_bytes(&verify, error);
    if (status == PLENUM_OK && verify.faults == 0)
        status = verify_rows(&verify, error);
    else if (status == PLENUM_OK)
        tell(&verify, false, "rows were not read: the bytes they are in do not hold");
    if (status == PLENUM_OK && verify.faults > 0)
        status = plenum_fail(error, PLENUM_CORRUPT, "journal %s: %" PRIu64 " fault%s found", path,
                             verify.faults, verify.faults == 1 ? "" : "s");
    log_report_finish(&verify.log);
    free(path);
    return status;
}

enum plenum_status plenum_journal_verify(const char *path, bool fast,
                                         void (*line)(void *context, const char *text),
                                         void *context, struct plenum_error *error)
{
    return journal_verify_on(&disk_system, path, fast, line, context, error);
}
