/* The journal's VFS: see journal_vfs.h. */
#include "ledger/journal_vfs.h"

#include "base/check.h"
#include "base/log.h"
#include "base/text.h"
#include "base/wall.h"
#include "ledger/journal_page.h"

#include <errno.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { VFS_PATH_MAX = 4096, FILE_HEADER_BYTES = 100 };

enum vfs_role { VFS_MAIN, VFS_LOG, VFS_OTHER };

/* One open file. handle is NULL for a log that a reader found missing. */
struct vfs_file {
    sqlite3_file base;
    struct journal_vfs *vfs;
    void *handle;
    const char *path; /* SQLite keeps it until close */
    enum vfs_role role;
    bool new_name; /* made here: its folder is synced with it */
};

_Noreturn void journal_stop(const char *what, const char *path, const char *why)
{
    log_line(LOG_ERROR, "journal %s: %s failed: %s; stopped, nothing is tried again", path, what,
             why);
    _exit(plenum_status_exit_code(PLENUM_IO));
}

static struct journal_vfs *vfs_of(sqlite3_vfs *vfs)
{
    return vfs->pAppData;
}

static sqlite3_vfs *system_vfs(void)
{
    sqlite3_vfs *vfs = sqlite3_vfs_find("unix");
    CHECK(vfs != NULL);
    return vfs;
}

/* --- one file --------------------------------------------------------------------------------- */

static int file_close(sqlite3_file *base)
{
    struct vfs_file *file = (struct vfs_file *)base;
    if (file->handle != NULL)
        file->vfs->disk->close(file->vfs->disk->context, file->handle);
    file->handle = NULL;
    return SQLITE_OK;
}

static int refuse_read(struct vfs_file *file, enum plenum_status status, const char *text)
{
    (void)plenum_fail(&file->vfs->trouble, status, "journal %s: %s", file->path, text);
    return status == PLENUM_CORRUPT ? SQLITE_IOERR_DATA : SQLITE_IOERR_READ;
}

/* Bytes as they are; what is past the end of the file reads as zero. */
static int read_plain(struct vfs_file *file, void *data, size_t length, int64_t offset, size_t *got)
{
    const struct disk *disk = file->vfs->disk;
    *got = 0;
    if (file->handle != NULL) {
        int problem = disk->read(disk->context, file->handle, data, length, offset, got);
        if (problem != 0)
            return refuse_read(file, PLENUM_IO, strerror(problem));
    }
    memset((uint8_t *)data + *got, 0, length - *got);
    return SQLITE_OK;
}

static int page_refused(struct vfs_file *file, int64_t offset)
{
    char text[160];
    (void)text_format(text, sizeof text,
                      "page %" PRId64 " (bytes %" PRId64 " to %" PRId64
                      "): its checksum does not hold",
                      offset / PAGE_BYTES + 1, offset, offset + PAGE_BYTES - 1);
    return refuse_read(file, PLENUM_CORRUPT, text);
}

/* A read within the first bytes of the file is how SQLite learns its page size. */
static int read_main(struct vfs_file *file, void *data, size_t length, int64_t offset)
{
    size_t got;
    bool whole = length == PAGE_BYTES && offset % PAGE_BYTES == 0;
    if (!whole && offset + (int64_t)length > FILE_HEADER_BYTES)
        return page_refused(file, offset);
    int code = read_plain(file, data, length, offset, &got);
    if (code != SQLITE_OK || got == 0)
        return code != SQLITE_OK ? code : SQLITE_IOERR_SHORT_READ;
    if (whole && (got < length || !page_holds(data, (uint32_t)(offset / PAGE_BYTES + 1))))
        return page_refused(file, offset);
    return got < length ? SQLITE_IOERR_SHORT_READ : SQLITE_OK;
}

static bool is_page_of_frame(size_t length, int64_t offset)
{
    return length == PAGE_BYTES && offset >= LOG_HEADER_BYTES + LOG_FRAME_HEADER_BYTES &&
           (offset - LOG_HEADER_BYTES - LOG_FRAME_HEADER_BYTES) % LOG_FRAME_BYTES == 0;
}

/* The page of a frame, read at offset, against the frame's checksum and the one before it. */
static int check_frame(struct vfs_file *file, const uint8_t *page, int64_t offset)
{
    uint8_t magic[4], header[LOG_FRAME_HEADER_BYTES], before[8];
    int64_t frame = (offset - LOG_HEADER_BYTES) / LOG_FRAME_BYTES;
    int64_t at = offset - LOG_FRAME_HEADER_BYTES;
    int64_t before_at = frame == 0 ? LOG_HEADER_SUM_OFFSET : at - LOG_FRAME_BYTES + LOG_SUM_OFFSET;
    size_t got;
    char text[160];

    int code = read_plain(file, magic, sizeof magic, 0, &got);
    if (code == SQLITE_OK)
        code = read_plain(file, header, sizeof header, at, &got);
    if (code == SQLITE_OK)
        code = read_plain(file, before, sizeof before, before_at, &got);
    if (code != SQLITE_OK)
        return code;
    struct log_sum sum = log_frame_sum(log_sum_read(before), header, page, magic[3] & 1);
    if (log_sum_equal(sum, log_sum_read(header + LOG_SUM_OFFSET)))
        return SQLITE_OK;
    (void)text_format(text, sizeof text,
                      "log frame %" PRId64 " (bytes %" PRId64 " to %" PRId64
                      "): its checksum does not hold",
                      frame + 1, at, at + LOG_FRAME_BYTES - 1);
    return refuse_read(file, PLENUM_CORRUPT, text);
}

static int file_read(sqlite3_file *base, void *data, int length, sqlite3_int64 offset)
{
    struct vfs_file *file = (struct vfs_file *)base;
    size_t got;
    CHECK(length > 0);
    if (file->role == VFS_MAIN)
        return read_main(file, data, (size_t)length, offset);
    int code = read_plain(file, data, (size_t)length, offset, &got);
    if (code != SQLITE_OK || got < (size_t)length)
        return code != SQLITE_OK ? code : SQLITE_IOERR_SHORT_READ;
    if (file->role == VFS_LOG && is_page_of_frame((size_t)length, offset))
        return check_frame(file, data, offset);
    return SQLITE_OK;
}

static int file_write(sqlite3_file *base, const void *data, int length, sqlite3_int64 offset)
{
    struct vfs_file *file = (struct vfs_file *)base;
    const struct disk *disk = file->vfs->disk;
    uint8_t page[PAGE_BYTES];
    CHECK(length > 0);
    CHECK(!file->vfs->read_only && file->handle != NULL);
    if (file->role == VFS_MAIN) {
        CHECK(length == PAGE_BYTES && offset % PAGE_BYTES == 0);
        memcpy(page, data, PAGE_BYTES);
        page_seal(page, (uint32_t)(offset / PAGE_BYTES + 1));
        data = page;
    }
    int problem = disk->write(disk->context, file->handle, data, (size_t)length, offset);
    if (problem != 0)
        journal_stop("a write", file->path, strerror(problem));
    return SQLITE_OK;
}

static int file_truncate(sqlite3_file *base, sqlite3_int64 size)
{
    struct vfs_file *file = (struct vfs_file *)base;
    const struct disk *disk = file->vfs->disk;
    CHECK(!file->vfs->read_only && file->handle != NULL);
    int problem = disk->truncate(disk->context, file->handle, size);
    if (problem != 0)
        journal_stop("a truncation", file->path, strerror(problem));
    return SQLITE_OK;
}

static int file_sync(sqlite3_file *base, int flags)
{
    struct vfs_file *file = (struct vfs_file *)base;
    const struct disk *disk = file->vfs->disk;
    (void)flags;
    CHECK(!file->vfs->read_only && file->handle != NULL);
    int problem = disk->sync(disk->context, file->handle);
    if (problem == 0 && file->new_name)
        problem = disk->sync_folder(disk->context, file->path);
    if (problem != 0)
        journal_stop("a sync", file->path, strerror(problem));
    file->new_name = false;
    return SQLITE_OK;
}

static int file_size(sqlite3_file *base, sqlite3_int64 *size)
{
    struct vfs_file *file = (struct vfs_file *)base;
    const struct disk *disk = file->vfs->disk;
    int64_t bytes = 0;
    int problem = file->handle != NULL ? disk->size(disk->context, file->handle, &bytes) : 0;
    *size = bytes;
    return problem == 0 ? SQLITE_OK : SQLITE_IOERR_FSTAT;
}

/* The lock of V4 is taken when the main file is opened and kept until it is closed, so that
 * SQLite's own steps of locking have nothing left to do. */
static int file_lock(sqlite3_file *base, int level)
{
    (void)base;
    (void)level;
    return SQLITE_OK;
}

static int file_check_reserved(sqlite3_file *base, int *reserved)
{
    (void)base;
    *reserved = 0;
    return SQLITE_OK;
}

static int file_control(sqlite3_file *base, int operation, void *argument)
{
    (void)base;
    (void)operation;
    (void)argument;
    return SQLITE_NOTFOUND;
}

static int file_sector_size(sqlite3_file *base)
{
    (void)base;
    return PAGE_BYTES;
}

static int file_characteristics(sqlite3_file *base)
{
    (void)base;
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

/* Version 1: no shared memory and no mapping. The index of the log is in memory, which asks for
 * locking_mode=EXCLUSIVE. */
static const sqlite3_io_methods file_methods = {
    .iVersion = 1,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_lock,
    .xCheckReservedLock = file_check_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_sector_size,
    .xDeviceCharacteristics = file_characteristics,
};

/* --- files by name ---------------------------------------------------------------------------- */

/* How often a reader tries to come between two checkpoints. */
enum { STILL_TRIES = 100 };
static const int64_t STILL_WAIT_NS = 20000000;

static enum plenum_status cannot_open(const char *path, int problem, struct plenum_error *error)
{
    bool busy = problem == EWOULDBLOCK || problem == EAGAIN;
    return plenum_fail(error, PLENUM_IO, "journal %s: %s", path,
                       busy ? "another process has it open; expected one writer, or only readers"
                            : strerror(problem));
}

static int vfs_open(sqlite3_vfs *base, const char *path, sqlite3_file *opened, int flags,
                    int *out_flags)
{
    struct journal_vfs *vfs = vfs_of(base);
    struct vfs_file *file = (struct vfs_file *)opened;
    const struct disk *disk = vfs->disk;
    unsigned how = vfs->read_only ? 0 : DISK_WRITE;

    memset(file, 0, sizeof *file);
    CHECK(path != NULL);
    file->vfs = vfs;
    file->path = path;
    file->role = flags & SQLITE_OPEN_MAIN_DB ? VFS_MAIN
                 : flags & SQLITE_OPEN_WAL   ? VFS_LOG
                                             : VFS_OTHER;
    bool exists = disk->exists(disk->context, path);
    if (file->role == VFS_MAIN) {
        how |= DISK_LOCK;
        file->handle = vfs->main;
        vfs->main = NULL;
    }
    if (!vfs->read_only && flags & SQLITE_OPEN_CREATE)
        how |= DISK_CREATE;
    file->new_name = how & DISK_CREATE && !exists;
    if (file->handle == NULL && (file->role != VFS_LOG || exists || !vfs->read_only)) {
        int problem = disk->open(disk->context, path, how, &file->handle);
        if (problem != 0) {
            (void)cannot_open(path, problem, &vfs->trouble);
            return SQLITE_CANTOPEN;
        }
    }
    file->base.pMethods = &file_methods;
    if (out_flags != NULL)
        *out_flags = vfs->read_only ? SQLITE_OPEN_READONLY : flags;
    return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *base, const char *path, int sync_folder)
{
    const struct disk *disk = vfs_of(base)->disk;
    int problem = disk->remove(disk->context, path);
    if (problem == ENOENT)
        return SQLITE_IOERR_DELETE_NOENT;
    if (problem == 0 && sync_folder)
        problem = disk->sync_folder(disk->context, path);
    if (problem != 0)
        journal_stop("a removal", path, strerror(problem));
    return SQLITE_OK;
}

static int vfs_access(sqlite3_vfs *base, const char *path, int flags, int *result)
{
    const struct disk *disk = vfs_of(base)->disk;
    (void)flags;
    *result = disk->exists(disk->context, path);
    return SQLITE_OK;
}

static int vfs_full_path(sqlite3_vfs *base, const char *path, int size, char *full)
{
    (void)base;
    return text_format(full, (size_t)size, "%s", path) ? SQLITE_OK : SQLITE_CANTOPEN;
}

static int vfs_randomness(sqlite3_vfs *base, int length, char *out)
{
    (void)base;
    return system_vfs()->xRandomness(system_vfs(), length, out);
}

static int vfs_sleep(sqlite3_vfs *base, int microseconds)
{
    (void)base;
    return system_vfs()->xSleep(system_vfs(), microseconds);
}

static int vfs_current_time(sqlite3_vfs *base, double *julian_day)
{
    (void)base;
    return system_vfs()->xCurrentTime(system_vfs(), julian_day);
}

/* NOLINTNEXTLINE(readability-non-const-parameter): as the table of functions has it */
static int vfs_last_error(sqlite3_vfs *base, int length, char *text)
{
    (void)base;
    (void)length;
    (void)text;
    return 0;
}

void journal_vfs_init(struct journal_vfs *vfs, const struct disk *disk, bool read_only)
{
    static atomic_uint next = 1;
    *vfs = (struct journal_vfs){.disk = disk, .read_only = read_only};
    CHECK(text_format(vfs->name, sizeof vfs->name, "plenum-%u", atomic_fetch_add(&next, 1)));
    vfs->vfs = (sqlite3_vfs){
        .iVersion = 1,
        .szOsFile = sizeof(struct vfs_file),
        .mxPathname = VFS_PATH_MAX,
        .zName = vfs->name,
        .pAppData = vfs,
        .xOpen = vfs_open,
        .xDelete = vfs_delete,
        .xAccess = vfs_access,
        .xFullPathname = vfs_full_path,
        .xRandomness = vfs_randomness,
        .xSleep = vfs_sleep,
        .xCurrentTime = vfs_current_time,
        .xGetLastError = vfs_last_error,
    };
    CHECK(sqlite3_vfs_register(&vfs->vfs, 0) == SQLITE_OK);
}

enum plenum_status journal_vfs_lock(struct journal_vfs *vfs, const char *path,
                                    struct plenum_error *error)
{
    unsigned how = DISK_LOCK | (vfs->read_only ? 0 : DISK_WRITE);
    CHECK(vfs->main == NULL);
    int problem = vfs->disk->open(vfs->disk->context, path, how, &vfs->main);
    for (int i = 0; vfs->read_only && problem == EWOULDBLOCK && i < STILL_TRIES; i++) {
        problem = vfs->disk->open(vfs->disk->context, path, DISK_STILL, &vfs->main);
        vfs->beside = problem == 0;
        if (problem == EWOULDBLOCK) /* by a checkpoint, which does not last */
            wall_clock_system.sleep_ns(wall_clock_system.context, STILL_WAIT_NS);
    }
    return problem == 0 ? PLENUM_OK : cannot_open(path, problem, error);
}

void journal_vfs_finish(struct journal_vfs *vfs)
{
    if (vfs->main != NULL)
        vfs->disk->close(vfs->disk->context, vfs->main);
    CHECK(sqlite3_vfs_unregister(&vfs->vfs) == SQLITE_OK);
}
