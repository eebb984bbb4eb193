/* Journal: every command in its order, in one SQLite file, chained by hash.
 *
 * Opened by one writer. A batch of commands is one transaction; what a sync has returned for is
 * safe from a crash of process or machine (WAL, synchronous=FULL). A failed write or sync stops
 * the process: what the disk holds is then unknown, and only reading it again can tell.
 *
 * src/ledger/README.md draws the file. `plenum journal` is its command line. */
#ifndef PLENUM_JOURNAL_H
#define PLENUM_JOURNAL_H

#include <plenum/ledger.h>

/* Raised whenever an old journal could be misread: tests/ledger/test_format.c knows when. */
enum { PLENUM_JOURNAL_FORMAT = 5 };

struct plenum_journal;

struct plenum_journal_options {
    int64_t snapshot_every; /* commands between snapshots; 0: 20000 */
    bool read_only;
};

/* Opens or makes the journal at path for a site. A journal of another site description is refused
 * (PLENUM_MISMATCH), one of a newer format too (PLENUM_VERSION, both versions named). site may be
 * NULL when the journal exists: then the site comes from it (plenum_journal_site). */
PLENUM_API enum plenum_status plenum_journal_open(const char *path, const struct plenum_site *site,
                                                  const struct plenum_journal_options *options,
                                                  struct plenum_journal **journal,
                                                  struct plenum_error *error) PLENUM_MUST_USE;
/* Ends the open batch, syncs and closes. */
PLENUM_API void plenum_journal_close(struct plenum_journal *journal);
/* The site that the journal was begun with: the one given to open, or, where that was NULL, the
 * journal's own, which dies with it. */
PLENUM_API const struct plenum_site *plenum_journal_site(const struct plenum_journal *journal);
/* Where the ledger writes its commands. */
PLENUM_API struct plenum_sink plenum_journal_sink(struct plenum_journal *journal);

/* The state at the end of the journal: the latest snapshot, and the commands after it. With none,
 * an empty ledger. PLENUM_CORRUPT when the chain does not hold or a command's outcome is another
 * than was written. */
PLENUM_API enum plenum_status plenum_journal_recover(struct plenum_journal *journal,
                                                     struct plenum_ledger **ledger,
                                                     struct plenum_error *error) PLENUM_MUST_USE;
/* An empty ledger taken through the rows up to until_seq that were submitted before until_ms; no
 * snapshot is used. Answers are compared with those written, as in recover. */
PLENUM_API enum plenum_status plenum_journal_replay(struct plenum_journal *journal,
                                                    uint64_t until_seq, int64_t until_ms,
                                                    struct plenum_ledger **ledger,
                                                    struct plenum_error *error) PLENUM_MUST_USE;
/* The number of the last row before any command that was given at at_ms or later, so the tick that
 * brought the clock there; where none was given at at_ms, the same for the last instant before
 * where one was. The first row is always before. PLENUM_INPUT before the first row's instant. */
PLENUM_API enum plenum_status plenum_journal_seq_at(struct plenum_journal *journal, int64_t at_ms,
                                                    uint64_t *seq,
                                                    struct plenum_error *error) PLENUM_MUST_USE;
/* The number of the last snapshot up to row seq; 0: there is none. */
PLENUM_API enum plenum_status
plenum_journal_snapshot_seq(struct plenum_journal *journal, uint64_t seq, uint64_t *snapshot,
                            struct plenum_error *error) PLENUM_MUST_USE;
/* A ledger of the last snapshot up to row seq, or an empty one without; the caller's to destroy. */
PLENUM_API enum plenum_status plenum_journal_restore(struct plenum_journal *journal, uint64_t seq,
                                                     struct plenum_ledger **ledger,
                                                     struct plenum_error *error) PLENUM_MUST_USE;
/* Takes such a ledger on by the rows after its last, up to until_seq or until go_on, which is
 * called after each, returns false. Answers are compared as in recover; after anything but
 * PLENUM_OK the ledger is good for nothing but to be destroyed. */
PLENUM_API enum plenum_status plenum_journal_forward(struct plenum_journal *journal,
                                                     struct plenum_ledger *ledger,
                                                     uint64_t until_seq,
                                                     bool (*go_on)(void *context), void *context,
                                                     struct plenum_error *error) PLENUM_MUST_USE;
/* Makes all appended so far durable. Returns the last sequence number that is. */
PLENUM_API uint64_t plenum_journal_sync(struct plenum_journal *journal);
/* The last sequence number that is durable: as of the last sync, or of the opening. */
PLENUM_API uint64_t plenum_journal_synced(const struct plenum_journal *journal);
/* Keeps a snapshot when snapshot_every commands have passed since the last one (or now, if
 * force). To be called between two commands. */
PLENUM_API void plenum_journal_snapshot(struct plenum_journal *journal,
                                        const struct plenum_ledger *ledger, bool force);

/* One row. */
struct plenum_journal_row {
    uint64_t seq;
    int64_t now_ms; /* the ledger's clock before the command */
    const struct plenum_command *command;
    bool taken;
    enum plenum_reason reason;
    const struct plenum_refusal *refusal; /* NULL when taken */
};

/* Calls visit for each row from first on, in order, until it returns false or rows end. The row is
 * valid during the call. Checks the chain on the way. */
PLENUM_API enum plenum_status
plenum_journal_walk(struct plenum_journal *journal, uint64_t first,
                    bool (*visit)(void *context, const struct plenum_journal_row *row),
                    void *context, struct plenum_error *error) PLENUM_MUST_USE;

struct plenum_journal_stat {
    uint64_t rows, taken, refused;
    int64_t bytes; /* of the files on disk */
    int64_t first_ms, last_ms;
    int32_t snapshots;
    uint64_t last_snapshot_seq;
};
PLENUM_API enum plenum_status plenum_journal_stat(struct plenum_journal *journal,
                                                  struct plenum_journal_stat *stat,
                                                  struct plenum_error *error) PLENUM_MUST_USE;

/* Reads every byte of the file, the log beside it, every row, every link and every snapshot;
 * names what is wrong in report lines (page, row, snapshot), through line(). PLENUM_OK when all
 * is whole; a torn tail (a batch that was never acknowledged) is told, and is no fault. With fast,
 * commands are not replayed to compare their answers and the snapshots with those written. */
PLENUM_API enum plenum_status plenum_journal_verify(const char *path, bool fast,
                                                    void (*line)(void *context, const char *text),
                                                    void *context,
                                                    struct plenum_error *error) PLENUM_MUST_USE;

/* What an independent reader of the journal found (it shares no code with the books): every
 * command taken is checked again against plain lists of claims. */
struct plenum_audit {
    uint64_t rows, claims, violations;
    uint64_t robot_steps, flights;
    int64_t seconds_of_site_time;
};
/* line() is called for each violation: row, instant, what. */
PLENUM_API enum plenum_status plenum_journal_audit(struct plenum_journal *journal,
                                                   struct plenum_audit *audit,
                                                   void (*line)(void *context, const char *text),
                                                   void *context,
                                                   struct plenum_error *error) PLENUM_MUST_USE;

#endif
