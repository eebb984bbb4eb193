/* Files from disk or memory. See sources.h. */
#include "model/sources.h"

#include "base/check.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void sources_on_disk(struct sources *sources, struct arena *arena, const char *site_path)
{
    const char *slash = strrchr(site_path, '/');
    size_t length = slash == NULL ? 0 : (size_t)(slash - site_path) + 1;

    *sources = (struct sources){.arena = arena};
    sources->directory = arena_strndup(arena, site_path, length);
}

void sources_in_memory(struct sources *sources, struct arena *arena,
                       const struct plenum_site_file *files, int32_t file_count)
{
    *sources = (struct sources){.arena = arena, .given = files, .given_count = file_count};
}

static bool name_is_allowed(const char *name)
{
    if (name[0] == '\0' || name[0] == '/') {
        return false;
    }
    for (const char *part = name; part != NULL;) {
        const char *slash = strchr(part, '/');
        size_t length = slash == NULL ? strlen(part) : (size_t)(slash - part);

        if (length == 2 && part[0] == '.' && part[1] == '.') {
            return false;
        }
        part = slash == NULL ? NULL : slash + 1;
    }
    return true;
}

static enum plenum_status room_for(const struct sources *sources, uint64_t length,
                                   const char **expected, struct plenum_error *error)
{
    if (length > LIMIT_FILE_BYTES) {
        *expected = "at most 16777216 bytes";
        return plenum_fail(error, PLENUM_LIMIT, "%llu bytes", (unsigned long long)length);
    }
    uint64_t total = sources->total_bytes + length;
    if (total > LIMIT_FILES_BYTES) {
        *expected = "at most 67108864 bytes in all files together";
        return plenum_fail(error, PLENUM_LIMIT, "%llu bytes", (unsigned long long)total);
    }
    if (sources->count == LIMIT_FILES) {
        *expected = "at most 64 files";
        return plenum_fail(error, PLENUM_LIMIT, "one file more");
    }
    return PLENUM_OK;
}

/* Reads length bytes and no more, whatever else is in the file by now. */
static enum plenum_status read_bytes(int file, char *data, size_t length,
                                     struct plenum_error *error)
{
    size_t done = 0;

    while (done < length) {
        ssize_t got = read(file, data + done, length - done);

        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return plenum_fail(error, PLENUM_IO, "a file that cannot be read: %s", strerror(errno));
        }
        if (got == 0) {
            return plenum_fail(error, PLENUM_IO, "a file that grew shorter while it was read");
        }
        done += (size_t)got;
    }
    return PLENUM_OK;
}

static enum plenum_status read_open_file(struct sources *sources, int file,
                                         struct plenum_site_file *result, const char **expected,
                                         struct plenum_error *error)
{
    struct stat status;

    if (fstat(file, &status) != 0) {
        return plenum_fail(error, PLENUM_IO, "a file that cannot be read: %s", strerror(errno));
    }
    if (!S_ISREG(status.st_mode)) {
        return plenum_fail(error, PLENUM_IO, "something that is not a file");
    }
    enum plenum_status allowed = room_for(sources, (uint64_t)status.st_size, expected, error);
    if (allowed != PLENUM_OK) {
        return allowed;
    }
    result->length = (size_t)status.st_size;
    char *data = arena_alloc(sources->arena, result->length + 1, 1);
    result->data = data;
    return read_bytes(file, data, result->length, error);
}

static enum plenum_status read_from_disk(struct sources *sources, struct source *source,
                                         const char **expected, struct plenum_error *error)
{
    size_t directory = strlen(sources->directory), name = strlen(source->file.name);
    char *path = arena_alloc(sources->arena, directory + name + 1, 1);

    memcpy(path, sources->directory, directory);
    memcpy(path + directory, source->file.name, name);
    source->shown = path;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0 && errno == ENOENT) {
        return plenum_fail(error, PLENUM_IO, "no such file");
    }
    if (file < 0) {
        return plenum_fail(error, PLENUM_IO, "a file that cannot be opened: %s", strerror(errno));
    }
    enum plenum_status status = read_open_file(sources, file, &source->file, expected, error);
    close(file);
    return status;
}

static enum plenum_status take_from_memory(struct sources *sources, struct source *source,
                                           const char **expected, struct plenum_error *error)
{
    source->shown = source->file.name;
    for (int32_t i = 0; i < sources->given_count; i++) {
        const struct plenum_site_file *given = &sources->given[i];

        if (strcmp(given->name, source->file.name) == 0) {
            enum plenum_status allowed = room_for(sources, given->length, expected, error);
            if (allowed != PLENUM_OK) {
                return allowed;
            }
            char *data = arena_alloc(sources->arena, given->length + 1, 1);
            if (given->length > 0) {
                memcpy(data, given->data, given->length);
            }
            source->file.data = data;
            source->file.length = given->length;
            return PLENUM_OK;
        }
    }
    return plenum_fail(error, PLENUM_IO, "no such file");
}

enum plenum_status sources_open(struct sources *sources, const char *name,
                                const struct source **source, const char **expected,
                                struct plenum_error *error)
{
    CHECK(name != NULL);
    for (int32_t i = 0; i < sources->count; i++) {
        if (strcmp(sources->files[i].file.name, name) == 0) {
            *source = &sources->files[i];
            return PLENUM_OK;
        }
    }
    if (!name_is_allowed(name)) {
        *expected = "a path under the site file's folder, without '..'";
        return plenum_fail(error, PLENUM_INPUT, "'%s'", name);
    }
    if (sources->count == LIMIT_FILES) {
        return room_for(sources, 0, expected, error);
    }
    struct source *next = &sources->files[sources->count];
    *next = (struct source){.index = sources->count};
    next->file.name = arena_strdup(sources->arena, name);
    *source = next;
    enum plenum_status status = sources->directory != NULL
                                    ? read_from_disk(sources, next, expected, error)
                                    : take_from_memory(sources, next, expected, error);
    if (status == PLENUM_OK) {
        sources->count++;
        sources->total_bytes += next->file.length;
    }
    return status;
}
