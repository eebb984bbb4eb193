/* VFS: what SQLite sees of the disk under a journal.
 *
 * What is always true:
 *   V1  no byte of the main file reaches SQLite but from a page whose checksum holds (the first
 *       100 bytes of the file excepted, which journal_sqlite.c checks before SQLite is asked);
 *   V2  no page of the log reaches SQLite, or through a checkpoint the main file, but from a frame
 *       whose checksum holds;
 *   V3  after a write, truncate or sync that failed nothing else is done: the process has stopped;
 *   V4  of one path there is one writer, or there are readers; or one writer, and readers that keep
 *       the main file still: while there is one of them, no checkpoint writes to it or empties the
 *       log, so that both hold what they held when it came, and the log more after that;
 *   V5  a reader changes nothing: a log that is missing is an empty one to it. */
#ifndef LEDGER_JOURNAL_VFS_H
#define LEDGER_JOURNAL_VFS_H

#include "ledger/journal_disk.h"

#include <plenum/error.h>
#include <sqlite3.h>

struct journal_vfs {
    sqlite3_vfs vfs;
    char name[32];
    const struct disk *disk;
    bool read_only;
    bool beside; /* reads beside a writer */
    void *main;  /* the main file, opened and locked before SQLite asks for it; NULL once it has */
    struct plenum_error trouble; /* the last read that was refused; status PLENUM_OK: none */
};

/* Registers it with SQLite under its name until finish. disk must outlive it. */
void journal_vfs_init(struct journal_vfs *vfs, const struct disk *disk, bool read_only);
void journal_vfs_finish(struct journal_vfs *vfs);
/* Opens the main file at path and takes the lock of V4, before anything of it is read. A reader
 * that finds a writer there keeps the file still. */
enum plenum_status journal_vfs_lock(struct journal_vfs *vfs, const char *path,
                                    struct plenum_error *error) PLENUM_MUST_USE;

/* Says what failed, and ends the process with the exit code of PLENUM_IO: what the disk holds is
 * not known any more, and only reading it again can tell. */
_Noreturn void journal_stop(const char *what, const char *path, const char *why);

#endif
