/* Text files line by line: see trace_lines.h. */
#include "capacity/trace_lines.h"

#include "base/memory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LOAD_STEP_BYTES = 1 << 16 };

/* Reads to the end; false where the system refused or the file is over its limit. */
static bool read_all(FILE *file, char **text, size_t *length)
{
    size_t capacity = 0, used = 0, got;
    char *data = NULL;
    do {
        data = array_reserve(data, &capacity, used + LOAD_STEP_BYTES + 1, 1,
                             (size_t)LINES_FILE_MAX_BYTES + 2 * LOAD_STEP_BYTES);
        got = fread(data + used, 1, LOAD_STEP_BYTES, file);
        used += got;
    } while (got > 0 && used <= LINES_FILE_MAX_BYTES);
    data[used] = '\0';
    *text = data;
    *length = used;
    return !ferror(file);
}

static size_t count_lines(const char *text, size_t length)
{
    size_t count = 1;
    const char *end = text + length;
    while ((text = memchr(text, '\n', (size_t)(end - text))) != NULL) {
        count++;
        text++;
    }
    return count;
}

/* Why what was read of the file cannot be used. */
static enum plenum_status refuse(const char *path, const char *text, size_t length,
                                 struct plenum_error *error)
{
    if (length > LINES_FILE_MAX_BYTES)
        return plenum_fail(error, PLENUM_LIMIT,
                           "%s:%zu: found over %d bytes, expected at most that", path,
                           count_lines(text, length), LINES_FILE_MAX_BYTES);
    return plenum_fail(error, PLENUM_INPUT,
                       "%s: found a zero byte (a compressed file?), expected text", path);
}

enum plenum_status lines_load(const char *path, char **text, struct plenum_error *error)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return plenum_fail(error, PLENUM_IO, "%s: %s", path, strerror(errno));

    size_t length = 0;
    bool read = read_all(file, text, &length);
    fclose(file);
    enum plenum_status status = PLENUM_OK;
    if (!read)
        status = plenum_fail(error, PLENUM_IO, "%s: could not be read", path);
    else if (length > LINES_FILE_MAX_BYTES || memchr(*text, '\0', length) != NULL)
        status = refuse(path, *text, length, error);
    if (status != PLENUM_OK) {
        free(*text);
        *text = NULL;
    }
    return status;
}

void lines_init(struct lines *lines, const char *file, char *text)
{
    if (strncmp(text, "\xef\xbb\xbf", 3) == 0)
        text += 3;
    *lines = (struct lines){.file = file, .next = text};
}

static void split_fields(struct lines *lines, char *line)
{
    lines->count = 0;
    for (;;) {
        if (lines->count == LINES_FIELDS_MAX) {
            lines->count++;
            return;
        }
        lines->fields[lines->count++] = line;
        char *comma = strchr(line, ',');
        if (comma == NULL)
            return;
        *comma = '\0';
        line = comma + 1;
    }
}

bool lines_next(struct lines *lines)
{
    while (*lines->next != '\0') {
        char *line = lines->next;
        size_t length = strcspn(line, "\n");
        lines->next = line + length + (line[length] == '\n');
        line[length] = '\0';
        if (length > 0 && line[length - 1] == '\r')
            line[length - 1] = '\0';
        lines->number++;
        if (line[0] != '\0') {
            split_fields(lines, line);
            return true;
        }
    }
    return false;
}
