/* Log: reads the write-ahead log beside a journal, without SQLite, and judges it.
 *
 * The writer empties the log whenever it opens the journal and after each checkpoint, so a log
 * holds the frames of one generation and nothing older after them. A commit is acknowledged only
 * after its frames are synced, and the next begins after that. Therefore:
 *
 *   a frame that does not hold, with a frame that does after the commit it belongs to: rot;
 *   a frame that does not hold but would with one bit changed: rot, and the bit is named;
 *   any other in the last commit: a torn tail. Power was lost while it was written.
 *
 * SQLite itself drops everything from the first bad frame on, which with rot would lose what was
 * acknowledged; so the log is read here before SQLite opens it. */
#ifndef LEDGER_JOURNAL_LOG_H
#define LEDGER_JOURNAL_LOG_H

#include "ledger/journal_disk.h"

#include <plenum/error.h>

enum { LOG_TEXT = 256 };

struct log_report {
    int64_t bytes;            /* of the log; 0: there is none, or an empty one */
    uint64_t frames, commits; /* whole ones, up to the last commit */
    uint32_t pages;           /* of the main file after the last commit; 0 without one */
    bool rot, torn;
    char text[LOG_TEXT]; /* what and where, with rot or torn */
    uint8_t *covered;    /* covered[page] for page < covered_count: a committed frame holds it */
    size_t covered_count;
};

/* PLENUM_IO when it cannot be read; rot is in the report. */
enum plenum_status log_scan(const struct disk *disk, const char *journal_path,
                            struct log_report *report, struct plenum_error *error) PLENUM_MUST_USE;
void log_report_finish(struct log_report *report);
bool log_covers(const struct log_report *report, uint32_t page);

#endif
