/* Page and frame: what the bytes of a journal's two files must satisfy.
 *
 * The main file is pages of PAGE_BYTES, numbered from 1. The last PAGE_SUM_BYTES of each, which
 * SQLite leaves alone (reserved bytes, file format 1.3.4), hold SipHash-2-4 of the bytes before
 * them, keyed with the page's number: a page written to the wrong place does not hold either.
 * Formats to come keep this rule for page 1, so that a newer format is told from rot.
 *
 * The log is SQLite's write-ahead log (file format 4.1): a header, then frames, each a header and
 * a page, with a checksum that runs on from frame to frame. */
#ifndef LEDGER_JOURNAL_PAGE_H
#define LEDGER_JOURNAL_PAGE_H

#include <plenum/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    PAGE_BYTES = 4096,
    PAGE_SUM_BYTES = 8,
    PAGE_LOCK = 0x40000000 / PAGE_BYTES + 1, /* SQLite never writes it: all zero */
    LOG_HEADER_BYTES = 32,
    LOG_FRAME_HEADER_BYTES = 24,
    LOG_FRAME_BYTES = LOG_FRAME_HEADER_BYTES + PAGE_BYTES,
    LOG_SUM_OFFSET = 16,       /* of the checksum in a frame's header */
    LOG_HEADER_SUM_OFFSET = 24 /* of the checksum in the log's header */
};

void page_seal(uint8_t page[PAGE_BYTES], uint32_t number);
bool page_holds(const uint8_t page[PAGE_BYTES], uint32_t number);

enum { JOURNAL_APPLICATION = 0x506c6e6d }; /* "Plnm", SQLite's application id */

/* Whether the first page, of which length bytes were read, begins a journal of this format:
 * PLENUM_INPUT for an empty file or one of another program, PLENUM_VERSION for a newer format,
 * PLENUM_CORRUPT for a journal's page that does not hold. covered: the log holds a newer copy of
 * the page, so that this one may be torn behind its first 100 bytes. */
enum plenum_status page_check_first(const uint8_t page[PAGE_BYTES], size_t length, bool covered,
                                    const char *path, struct plenum_error *error) PLENUM_MUST_USE;

/* Integers in SQLite's files are big-endian. */
uint32_t big_u32(const uint8_t bytes[4]);

/* The running checksum of a log. */
struct log_sum {
    uint32_t a, b;
};

/* Goes on over length bytes, a multiple of 8. big: words are read big-endian, as the log's magic
 * number says. */
struct log_sum log_sum_over(struct log_sum sum, const uint8_t *data, size_t length, bool big);
struct log_sum log_sum_read(const uint8_t bytes[8]);
bool log_sum_equal(struct log_sum x, struct log_sum y);
/* The checksum a frame must carry, after that of the frame (or header) before it. */
struct log_sum log_frame_sum(struct log_sum before, const uint8_t header[LOG_FRAME_HEADER_BYTES],
                             const uint8_t page[PAGE_BYTES], bool big);

#endif
