/* Store: where a journal keeps its records, behind a table of functions. SQLite is the first
 * implementation (journal_sqlite.c); a second one promises the same:
 *
 *   - records and snapshots put are durable together when commit returns, and after a crash the
 *     store holds those of some commit, no less than the last that returned;
 *   - what is put is read back before the commit too;
 *   - a put or a commit that fails stops the process (journal_stop);
 *   - reading refuses bytes that are not as they were written (PLENUM_CORRUPT).
 *
 * The store knows nothing of commands: records are numbers and bytes. */
#ifndef LEDGER_JOURNAL_STORE_H
#define LEDGER_JOURNAL_STORE_H

#include "ledger/journal_disk.h"
#include "ledger/journal_record.h"

#include <plenum/site.h>

struct store_counts {
    uint64_t rows, taken;
    int64_t first_ms, last_ms;
    int32_t snapshots;
    uint64_t last_snapshot_seq;
    int64_t bytes;
};

/* A snapshot read; state is the reader's to free(). */
struct store_snapshot {
    uint64_t seq;
    struct hash hash;
    uint8_t *state;
    size_t length;
};

struct store {
    void (*close)(void *self);
    void (*put_record)(void *self, const struct journal_record *record);
    void (*put_snapshot)(void *self, const struct store_snapshot *snapshot);
    void (*commit)(void *self);
    /* Calls visit for each record from first on, in order of seq, until it returns false. */
    enum plenum_status (*records)(void *self, uint64_t first,
                                  bool (*visit)(void *context, const struct journal_record *record),
                                  void *context, struct plenum_error *error);
    /* The number of the last record, 0 without one. */
    enum plenum_status (*last)(void *self, uint64_t *seq, struct plenum_error *error);
    /* The number of the first record whose clock stands at at_ms or later; one more than the last
     * where there is none. */
    enum plenum_status (*first_at)(void *self, int64_t at_ms, uint64_t *seq,
                                   struct plenum_error *error);
    /* The number of the last snapshot up to seq; 0: there is none. */
    enum plenum_status (*snapshot_seq)(void *self, uint64_t seq, uint64_t *found,
                                       struct plenum_error *error);
    /* The first snapshot from seq on, or the last up to seq. seq 0 in *snapshot: there is none. */
    enum plenum_status (*snapshot_from)(void *self, uint64_t seq, struct store_snapshot *snapshot,
                                        struct plenum_error *error);
    enum plenum_status (*snapshot_until)(void *self, uint64_t seq, struct store_snapshot *snapshot,
                                         struct plenum_error *error);
    /* Calls visit for each file of the site, in order, until it returns false. */
    enum plenum_status (*files)(void *self,
                                bool (*visit)(void *context, const struct plenum_site_file *file),
                                void *context, struct plenum_error *error);
    enum plenum_status (*counts)(void *self, struct store_counts *counts,
                                 struct plenum_error *error);
    void *self;
};

/* Opens the SQLite file at path. files: what to make it with where it does not exist (NULL: it
 * must exist); when it exists they must be those it was made with (PLENUM_MISMATCH). */
enum plenum_status store_sqlite_open(const struct disk *disk, const char *path, bool read_only,
                                     const struct plenum_site_file *files, int32_t file_count,
                                     struct store *store,
                                     struct plenum_error *error) PLENUM_MUST_USE;

#endif
