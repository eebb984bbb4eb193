/* Disk of the operating system: see journal_disk.h. */
#define _GNU_SOURCE /* flock, and locks that belong to an open file (F_OFD_SETLK) */

#include "ledger/journal_disk.h"

#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

struct system_file {
    int fd;
};

/* Two locks of one file that know nothing of each other. */
static int take_locks(int fd, unsigned flags)
{
    bool alone = (flags & DISK_WRITE) != 0;
    struct flock whole = {.l_type = alone ? F_WRLCK : F_RDLCK, .l_whence = SEEK_SET};
    if (flags & DISK_LOCK && flock(fd, (alone ? LOCK_EX : LOCK_SH) | LOCK_NB) != 0)
        return errno;
    if (flags & DISK_STILL && fcntl(fd, F_OFD_SETLK, &whole) != 0)
        return errno == EAGAIN || errno == EACCES ? EWOULDBLOCK : errno;
    return 0;
}

static int system_open(void *context, const char *path, unsigned flags, void **file)
{
    (void)context;
    int mode = flags & DISK_WRITE ? O_RDWR : O_RDONLY;
    int fd = open(path, mode | O_CLOEXEC | (flags & DISK_CREATE ? O_CREAT : 0), 0644);
    if (fd < 0)
        return errno;
    int problem = take_locks(fd, flags);
    if (problem != 0) {
        close(fd);
        return problem;
    }
    struct system_file *opened = memory_new(1, sizeof *opened);
    opened->fd = fd;
    *file = opened;
    return 0;
}

static void system_close(void *context, void *file)
{
    (void)context;
    close(((struct system_file *)file)->fd);
    free(file);
}

static int system_read(void *context, void *file, void *data, size_t length, int64_t offset,
                       size_t *got)
{
    (void)context;
    *got = 0;
    while (*got < length) {
        ssize_t n = pread(((struct system_file *)file)->fd, (uint8_t *)data + *got, length - *got,
                          (off_t)(offset + (int64_t)*got));
        if (n < 0 && errno != EINTR)
            return errno;
        if (n == 0)
            break;
        *got += n > 0 ? (size_t)n : 0;
    }
    return 0;
}

static int system_write(void *context, void *file, const void *data, size_t length, int64_t offset)
{
    (void)context;
    size_t done = 0;
    while (done < length) {
        ssize_t n = pwrite(((struct system_file *)file)->fd, (const uint8_t *)data + done,
                           length - done, (off_t)(offset + (int64_t)done));
        if (n < 0 && errno != EINTR)
            return errno;
        done += n > 0 ? (size_t)n : 0;
    }
    return 0;
}

static int system_truncate(void *context, void *file, int64_t size)
{
    (void)context;
    return ftruncate(((struct system_file *)file)->fd, (off_t)size) == 0 ? 0 : errno;
}

static int system_sync(void *context, void *file)
{
    (void)context;
    return fdatasync(((struct system_file *)file)->fd) == 0 ? 0 : errno;
}

static int system_size(void *context, void *file, int64_t *size)
{
    struct stat status;
    (void)context;
    if (fstat(((struct system_file *)file)->fd, &status) != 0)
        return errno;
    *size = (int64_t)status.st_size;
    return 0;
}

static bool system_exists(void *context, const char *path)
{
    (void)context;
    return access(path, F_OK) == 0;
}

static int system_remove(void *context, const char *path)
{
    (void)context;
    return unlink(path) == 0 ? 0 : errno;
}

static int system_rename(void *context, const char *from, const char *to)
{
    (void)context;
    return rename(from, to) == 0 ? 0 : errno;
}

static int system_sync_folder(void *context, const char *path)
{
    char *folder = memory_strdup(path);
    char *slash = strrchr(folder, '/');
    (void)context;
    if (slash != NULL)
        slash[slash == folder ? 1 : 0] = '\0';
    int fd = open(slash != NULL ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int problem = fd < 0 || fsync(fd) != 0 ? errno : 0;
    if (fd >= 0)
        close(fd);
    free(folder);
    return problem;
}

static char *system_resolve(void *context, const char *path)
{
    (void)context;
    char *resolved = realpath(path, NULL);
    return resolved != NULL ? resolved : memory_strdup(path);
}

const struct disk disk_system = {
    .open = system_open,
    .close = system_close,
    .read = system_read,
    .write = system_write,
    .truncate = system_truncate,
    .sync = system_sync,
    .size = system_size,
    .exists = system_exists,
    .remove = system_remove,
    .rename = system_rename,
    .sync_folder = system_sync_folder,
    .resolve = system_resolve,
};
