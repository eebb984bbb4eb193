/* See lines.h. */
#include "fleet/lines.h"

#include "base/memory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum plenum_status read_all(FILE *file, struct lines *lines, struct plenum_error *error)
{
    size_t length = 0, capacity = 0, got;
    do {
        if (length + 1 >= LINES_MAX_BYTES) {
            return plenum_fail(error, PLENUM_LIMIT, "%s: found over %d bytes, expected fewer",
                               lines->path, LINES_MAX_BYTES);
        }
        lines->data = array_reserve(lines->data, &capacity, length + 65536, 1,
                                    (size_t)LINES_MAX_BYTES + 65536);
        got = fread(lines->data + length, 1, capacity - length - 1, file);
        length += got;
    } while (got > 0);
    if (ferror(file)) {
        return plenum_fail(error, PLENUM_IO, "%s: %s", lines->path, strerror(errno));
    }
    lines->data[length] = '\0';
    if (memchr(lines->data, '\0', length) != NULL) {
        return plenum_fail(error, PLENUM_INPUT, "%s: found a zero byte, expected text",
                           lines->path);
    }
    return PLENUM_OK;
}

enum plenum_status fleet_lines_open(struct lines *lines, const char *path,
                                    struct plenum_error *error)
{
    *lines = (struct lines){.path = path};
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return plenum_fail(error, PLENUM_INPUT, "%s: %s", path, strerror(errno));
    }
    enum plenum_status status = read_all(file, lines, error);
    fclose(file);
    if (status != PLENUM_OK) {
        fleet_lines_finish(lines);
        return status;
    }
    lines->rest = lines->data;
    return PLENUM_OK;
}

void fleet_lines_finish(struct lines *lines)
{
    free(lines->data);
    lines->data = lines->rest = NULL;
}

char *fleet_lines_next(struct lines *lines)
{
    char *line = lines->rest;
    if (line == NULL || *line == '\0') {
        lines->rest = NULL;
        return NULL;
    }
    char *end = strchr(line, '\n');
    lines->rest = end != NULL ? end + 1 : NULL;
    end = end != NULL ? end : line + strlen(line);
    if (end > line && end[-1] == '\r') {
        end--;
    }
    *end = '\0';
    lines->number++;
    return line;
}

char *fleet_lines_next_filled(struct lines *lines)
{
    char *line;
    do {
        line = fleet_lines_next(lines);
    } while (line != NULL && (*line == '\0' || *line == '#'));
    return line;
}

enum plenum_status fleet_lines_fail(const struct lines *lines, struct plenum_error *error,
                                    const char *found, const char *expected)
{
    return plenum_fail(error, PLENUM_INPUT, "%s:%u: found %s%.60s%s, expected %s", lines->path,
                       lines->number, found == NULL ? "" : "\"",
                       found == NULL ? "the end of the file" : found, found == NULL ? "" : "\"",
                       expected);
}

bool fleet_lines_number(char **text, uint32_t *value)
{
    uint64_t sum = 0;
    char *at = *text;
    while (*at >= '0' && *at <= '9' && sum <= UINT32_MAX) {
        sum = 10 * sum + (uint64_t)(*at++ - '0');
    }
    if (at == *text || sum > UINT32_MAX) {
        return false;
    }
    *text = at;
    *value = (uint32_t)sum;
    return true;
}
