/* Disk: the files under a journal, behind a table of functions, so that a test can be the disk
 * and a run can be cut anywhere.
 *
 * Every function gives 0 or an errno. Nothing here retries: what a failed write or sync means is
 * the caller's to decide (journal_vfs.c: the process stops). */
#ifndef LEDGER_JOURNAL_DISK_H
#define LEDGER_JOURNAL_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    DISK_WRITE = 1,  /* for writing too */
    DISK_CREATE = 2, /* made where it does not exist; with DISK_WRITE */
    DISK_LOCK = 4,   /* EWOULDBLOCK while another holds it: a writer alone, readers together */
    DISK_STILL = 8   /* a second lock of the same file, apart from the first */
};

struct disk {
    int (*open)(void *context, const char *path, unsigned flags, void **file);
    void (*close)(void *context, void *file);
    /* *got is less than length only at the end of the file. */
    int (*read)(void *context, void *file, void *data, size_t length, int64_t offset, size_t *got);
    /* All of it, or an errno. */
    int (*write)(void *context, void *file, const void *data, size_t length, int64_t offset);
    int (*truncate)(void *context, void *file, int64_t size);
    int (*sync)(void *context, void *file);
    int (*size)(void *context, void *file, int64_t *size);
    bool (*exists)(void *context, const char *path);
    int (*remove)(void *context, const char *path);
    int (*rename)(void *context, const char *from, const char *to);
    /* Makes names made, renamed and removed in the folder of path durable. */
    int (*sync_folder)(void *context, const char *path);
    /* The path with links followed; free() by the caller. */
    char *(*resolve)(void *context, const char *path);
    void *context;
};

/* The files of the operating system. */
extern const struct disk disk_system;

#endif
