/* Reading the log: see journal_log.h. */
#include "ledger/journal_log.h"

#include "base/check.h"
#include "base/memory.h"
#include "base/text.h"
#include "ledger/journal_page.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { LOG_VERSION = 3007000, LOG_PAGES_MAX = 1 << 30, LOG_NO_FRAME = -1 };

static const uint32_t log_magic = 0x377f0682; /* its lowest bit: big-endian words */

struct scan {
    const struct disk *disk;
    void *file;
    struct log_report *report;
    uint8_t header[LOG_HEADER_BYTES];
    uint8_t frame[LOG_FRAME_BYTES];
    uint8_t bad[LOG_FRAME_BYTES]; /* the first that does not hold */
    struct log_sum bad_before;
    int64_t first_bad; /* its number from 0, or LOG_NO_FRAME */
    bool commit_after_bad, good_after_commit;
    uint32_t *pending; /* pages of the commit being read */
    size_t pending_count, pending_capacity;
};

static bool header_holds(const uint8_t header[LOG_HEADER_BYTES])
{
    uint32_t magic = big_u32(header);
    if ((magic & ~UINT32_C(1)) != log_magic || big_u32(header + 4) != LOG_VERSION ||
        big_u32(header + 8) != PAGE_BYTES)
        return false;
    struct log_sum sum =
        log_sum_over((struct log_sum){0, 0}, header, LOG_HEADER_SUM_OFFSET, magic & 1);
    return log_sum_equal(sum, log_sum_read(header + LOG_HEADER_SUM_OFFSET));
}

/* The bit of the header that must change for it to hold; -1 if there is no single one. */
static int header_one_bit(const uint8_t header[LOG_HEADER_BYTES])
{
    uint8_t changed[LOG_HEADER_BYTES];
    for (int bit = 0; bit < 8 * LOG_HEADER_BYTES; bit++) {
        memcpy(changed, header, sizeof changed);
        changed[bit / 8] = (uint8_t)(changed[bit / 8] ^ (1u << bit % 8));
        if (header_holds(changed))
            return bit;
    }
    return -1;
}

/* The bit 0 .. 31 that difference comes from when one bit of word changed; -1: no such bit. */
static int bit_of_difference(uint32_t difference, uint32_t word)
{
    for (int bit = 0; bit < 32; bit++) {
        uint32_t value = UINT32_C(1) << bit;
        if (difference == (word & value ? 0 - value : value))
            return bit;
    }
    return -1;
}

static uint32_t word_at(const uint8_t *bytes, bool big)
{
    uint32_t word = big_u32(bytes);
    return big ? word : word >> 24 | (word >> 8 & 0xff00) | (word << 8 & 0xff0000) | word << 24;
}

/* The byte of the frame in which one changed bit makes its checksum wrong, or -1. The checksum is
 * linear modulo 2^32: a difference d in the first word of a pair comes out of its step as (d, d),
 * in the second as (0, d), and each later step turns (a, b) into (a+b, a+2b). Going back from the
 * difference at the end finds the pair. */
static int frame_one_bit(const uint8_t frame[LOG_FRAME_BYTES], struct log_sum before, bool big)
{
    struct log_sum found = log_frame_sum(before, frame, frame + LOG_FRAME_HEADER_BYTES, big);
    struct log_sum stored = log_sum_read(frame + LOG_SUM_OFFSET);
    uint32_t a = stored.a - found.a, b = stored.b - found.b;

    if (b == 0 && bit_of_difference(0 - a, stored.a) >= 0)
        return LOG_SUM_OFFSET;
    if (a == 0 && bit_of_difference(0 - b, stored.b) >= 0)
        return LOG_SUM_OFFSET + 4;
    for (int at = LOG_FRAME_BYTES - 8; at >= 0; at -= 8) {
        if (at < LOG_FRAME_HEADER_BYTES)
            at = 0; /* salts and checksum are not summed */
        if (a == b && bit_of_difference(a, word_at(frame + at, big)) >= 0)
            return at;
        if (a == 0 && bit_of_difference(b, word_at(frame + at + 4, big)) >= 0)
            return at + 4;
        uint32_t back = 2 * a - b;
        b -= a;
        a = back;
    }
    return -1;
}

static void judge(struct scan *scan, bool rot, const char *what, int64_t from, int64_t until)
{
    struct log_report *report = scan->report;
    (void)text_format(report->text, sizeof report->text,
                      "log: %s (bytes %" PRId64 " to %" PRId64 ")", what, from, until);
    report->rot = rot;
    report->torn = !rot;
}

static int read_at(struct scan *scan, void *data, size_t length, int64_t offset)
{
    size_t got = 0;
    int problem = scan->disk->read(scan->disk->context, scan->file, data, length, offset, &got);
    return problem != 0 ? problem : got < length ? EIO : 0;
}

static void cover_pending(struct scan *scan)
{
    struct log_report *report = scan->report;
    for (size_t i = 0; i < scan->pending_count; i++) {
        size_t page = scan->pending[i];
        size_t had = report->covered_count;
        if (page >= had) {
            report->covered = memory_resize(report->covered, page + 1, 1);
            memset(report->covered + had, 0, page + 1 - had);
            report->covered_count = page + 1;
        }
        report->covered[page] = 1;
    }
    scan->pending_count = 0;
}

static void take_good_frame(struct scan *scan, int64_t number)
{
    uint32_t page = big_u32(scan->frame), size = big_u32(scan->frame + 4);
    if (scan->first_bad != LOG_NO_FRAME) {
        scan->good_after_commit |= scan->commit_after_bad;
        scan->commit_after_bad |= size != 0;
        return;
    }
    if (page > 0 && page < LOG_PAGES_MAX)
        ARRAY_PUSH(scan->pending, scan->pending_count, scan->pending_capacity, LOG_PAGES_MAX) =
            page;
    if (size == 0)
        return;
    cover_pending(scan);
    scan->report->frames = (uint64_t)number + 1;
    scan->report->commits++;
    scan->report->pages = size;
}

static int scan_frames(struct scan *scan, int64_t count)
{
    struct log_sum before = log_sum_read(scan->header + LOG_HEADER_SUM_OFFSET);
    bool big = scan->header[3] & 1;
    for (int64_t i = 0; i < count; i++) {
        int problem =
            read_at(scan, scan->frame, LOG_FRAME_BYTES, LOG_HEADER_BYTES + i * LOG_FRAME_BYTES);
        if (problem != 0)
            return problem;
        struct log_sum stored = log_sum_read(scan->frame + LOG_SUM_OFFSET);
        struct log_sum sum =
            log_frame_sum(before, scan->frame, scan->frame + LOG_FRAME_HEADER_BYTES, big);
        bool salts = memcmp(scan->frame + 8, scan->header + 16, 8) == 0;
        if (salts && log_sum_equal(sum, stored)) {
            take_good_frame(scan, i);
        } else if (scan->first_bad == LOG_NO_FRAME) {
            scan->first_bad = i;
            scan->bad_before = before;
            memcpy(scan->bad, scan->frame, LOG_FRAME_BYTES);
            scan->commit_after_bad = big_u32(scan->frame + 4) != 0;
        }
        before = stored;
    }
    return 0;
}

/* Salts one bit off, and all else right. */
static bool salt_one_bit(const struct scan *scan)
{
    struct log_sum sum = log_frame_sum(scan->bad_before, scan->bad,
                                       scan->bad + LOG_FRAME_HEADER_BYTES, scan->header[3] & 1);
    uint64_t difference = 0;
    for (int i = 0; i < 8; i++)
        difference = difference << 8 | (uint64_t)(scan->bad[8 + i] ^ scan->header[16 + i]);
    return difference != 0 && (difference & (difference - 1)) == 0 &&
           log_sum_equal(sum, log_sum_read(scan->bad + LOG_SUM_OFFSET));
}

static void judge_frames(struct scan *scan, int64_t rest)
{
    int64_t end = scan->report->bytes;
    int64_t after = LOG_HEADER_BYTES + (int64_t)scan->report->frames * LOG_FRAME_BYTES;
    if (scan->first_bad == LOG_NO_FRAME) {
        if (rest > 0 || after < end)
            judge(scan, false, "a torn tail that was never acknowledged", after, end - 1);
        return;
    }
    int64_t at = LOG_HEADER_BYTES + scan->first_bad * LOG_FRAME_BYTES;
    bool salts = memcmp(scan->bad + 8, scan->header + 16, 8) == 0;
    int byte = salts ? frame_one_bit(scan->bad, scan->bad_before, scan->header[3] & 1)
               : salt_one_bit(scan) ? 8
                                    : -1;
    char what[64];
    if (scan->good_after_commit || byte >= 0) {
        (void)text_format(what, sizeof what, "frame %" PRId64 " does not hold%s",
                          scan->first_bad + 1, byte >= 0 ? ", a bit is wrong" : "");
        judge(scan, true, what, byte >= 0 ? at + byte / 4 * 4 : at,
              byte == 8   ? at + 15
              : byte >= 0 ? at + byte / 4 * 4 + 3
                          : at + LOG_FRAME_BYTES - 1);
        return;
    }
    judge(scan, false, "a torn tail that was never acknowledged", after, end - 1);
}

/* The header is synced before any frame is written: frames that follow each other after a header
 * that does not hold mean rot. */
static int judge_header(struct scan *scan, int64_t count)
{
    int bit = header_one_bit(scan->header);
    bool rot = bit >= 0;
    uint8_t before[LOG_FRAME_HEADER_BYTES] = {0};
    for (int64_t i = 0; i < count && !rot; i++) {
        int problem =
            read_at(scan, scan->frame, LOG_FRAME_BYTES, LOG_HEADER_BYTES + i * LOG_FRAME_BYTES);
        if (problem != 0)
            return problem;
        for (int big = 0; big < 2 && i > 0 && !rot; big++)
            rot = memcmp(before + 8, scan->frame + 8, 8) == 0 &&
                  log_sum_equal(log_frame_sum(log_sum_read(before + LOG_SUM_OFFSET), scan->frame,
                                              scan->frame + LOG_FRAME_HEADER_BYTES, big),
                                log_sum_read(scan->frame + LOG_SUM_OFFSET));
        memcpy(before, scan->frame, sizeof before);
    }
    int64_t from = bit >= 0 ? bit / 8 : 0;
    judge(scan, rot, rot ? "its header does not hold" : "a header that was never acknowledged",
          from,
          bit >= 0 ? from
          : rot    ? LOG_HEADER_BYTES - 1
                   : scan->report->bytes - 1);
    return 0;
}

static int scan_file(struct scan *scan)
{
    struct log_report *report = scan->report;
    int problem = scan->disk->size(scan->disk->context, scan->file, &report->bytes);
    if (problem != 0 || report->bytes == 0)
        return problem;
    if (report->bytes < LOG_HEADER_BYTES) {
        judge(scan, false, "a header that was never acknowledged", 0, report->bytes - 1);
        return 0;
    }
    int64_t count = (report->bytes - LOG_HEADER_BYTES) / LOG_FRAME_BYTES;
    problem = read_at(scan, scan->header, LOG_HEADER_BYTES, 0);
    if (problem != 0)
        return problem;
    if (!header_holds(scan->header))
        return judge_header(scan, count);
    problem = scan_frames(scan, count);
    if (problem == 0)
        judge_frames(scan, (report->bytes - LOG_HEADER_BYTES) % LOG_FRAME_BYTES);
    return problem;
}

enum plenum_status log_scan(const struct disk *disk, const char *journal_path,
                            struct log_report *report, struct plenum_error *error)
{
    size_t length = strlen(journal_path) + sizeof "-wal";
    char *path = memory_new(length, 1);
    struct scan *scan = memory_new(1, sizeof *scan);
    int problem = 0;

    *report = (struct log_report){0};
    scan->disk = disk;
    scan->report = report;
    scan->first_bad = LOG_NO_FRAME;
    CHECK(text_format(path, length, "%s-wal", journal_path));
    if (disk->exists(disk->context, path)) {
        problem = disk->open(disk->context, path, 0, &scan->file);
        if (problem == 0) {
            problem = scan_file(scan);
            disk->close(disk->context, scan->file);
        }
    }
    enum plenum_status status =
        problem == 0 ? PLENUM_OK
                     : plenum_fail(error, PLENUM_IO, "journal %s: %s", path, strerror(problem));
    if (status != PLENUM_OK)
        log_report_finish(report);
    free(scan->pending);
    free(scan);
    free(path);
    return status;
}

void log_report_finish(struct log_report *report)
{
    free(report->covered);
    *report = (struct log_report){0};
}

bool log_covers(const struct log_report *report, uint32_t page)
{
    return page < report->covered_count && report->covered[page] != 0;
}
