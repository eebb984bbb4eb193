/* Journals for tests: a small site, a stream of commands for it (some refused), and a disk in
 * memory that a test can break. */
#ifndef TESTS_JOURNAL_FOR_TESTS_H
#define TESTS_JOURNAL_FOR_TESTS_H

#include "base/random.h"
#include "ledger/journal.h"

struct plenum_site *run_site(void);

/* A journal with its ledger, written by run_on. */
struct run {
    struct plenum_site *site;
    struct plenum_journal *journal;
    struct plenum_ledger *ledger;
    struct plenum_command command;
    struct random random;
};

/* Opens (makes) the journal on disk and recovers; PLENUM_OK or what open and recover say. */
enum plenum_status run_open(struct run *run, const struct disk *disk, const char *path,
                            int64_t snapshot_every, struct plenum_error *error);
/* Submits the next command: what it is depends on the ledger's seq alone. */
void run_submit(struct run *run);
void run_close(struct run *run);

/* --- a disk in memory ------------------------------------------------------------------------- */

enum { TEST_DISK_FILES = 8 };

struct test_write {
    int64_t offset, size; /* size of the file for a truncation, or -1 */
    uint8_t *data;
    size_t length;
};

struct test_file {
    char path[64];
    bool used;
    uint8_t *data, *durable; /* as read now; as of the last sync */
    int64_t size, durable_size;
    struct test_write *writes; /* since the last sync */
    size_t write_count, write_capacity;
};

struct test_disk {
    struct disk disk;
    struct test_file files[TEST_DISK_FILES];
    int64_t writes, syncs;         /* so far */
    int64_t fail_write, fail_sync; /* the one that fails with EIO, counted from 1; 0: none */
    int64_t cut_write;             /* the one after which cut becomes what power loss leaves */
    struct test_disk *cut;
    struct random *random;
};

void test_disk_init(struct test_disk *disk);
void test_disk_finish(struct test_disk *disk);
/* What power loss now would leave, in cut: of the writes of each file since its last sync, each is
 * kept, lost or torn at a sector of 512 bytes. */
void test_disk_cut(const struct test_disk *disk, struct random *random, struct test_disk *cut);
struct test_file *test_disk_file(struct test_disk *disk, const char *path);

#endif
