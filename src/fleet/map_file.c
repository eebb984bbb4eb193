/* MovingAI octile maps. See problem.h. */
#include "fleet/problem.h"

#include "base/memory.h"
#include "fleet/lines.h"

#include <stdlib.h>
#include <string.h>

/* "height 32" or "width 32". */
static enum plenum_status size_read(struct lines *lines, const char *word, uint32_t *value,
                                    struct plenum_error *error)
{
    char *line = fleet_lines_next(lines), *text = line;
    size_t length = strlen(word);
    if (line == NULL || strncmp(line, word, length) != 0 || line[length] != ' ') {
        return plenum_fail(error, PLENUM_INPUT,
                           "%s:%u: found \"%.60s\", expected \"%s\" and a count", lines->path,
                           lines->number, line == NULL ? "" : line, word);
    }
    text += length + 1;
    if (!fleet_lines_number(&text, value) || *text != '\0' || *value == 0) {
        return fleet_lines_fail(lines, error, line + length + 1, "a count from 1");
    }
    return PLENUM_OK;
}

static enum plenum_status heading_read(struct problem *problem, struct lines *lines,
                                       struct plenum_error *error)
{
    char *line = fleet_lines_next(lines);
    if (line == NULL || strcmp(line, "type octile") != 0) {
        return fleet_lines_fail(lines, error, line, "\"type octile\"");
    }
    enum plenum_status status = size_read(lines, "height", &problem->height, error);
    if (status == PLENUM_OK) {
        status = size_read(lines, "width", &problem->width, error);
    }
    if (status != PLENUM_OK) {
        return status;
    }
    if ((uint64_t)problem->width * problem->height > PLENUM_FLEET_MAX_CELLS) {
        return plenum_fail(error, PLENUM_LIMIT, "%s:%u: found %u x %u cells, expected at most %d",
                           lines->path, lines->number, problem->width, problem->height,
                           PLENUM_FLEET_MAX_CELLS);
    }
    line = fleet_lines_next(lines);
    if (line == NULL || strcmp(line, "map") != 0) {
        return fleet_lines_fail(lines, error, line, "\"map\"");
    }
    return PLENUM_OK;
}

static enum plenum_status row_read(struct problem *problem, struct lines *lines, uint32_t row,
                                   struct plenum_error *error)
{
    const char *line = fleet_lines_next(lines);
    if (line == NULL) {
        return plenum_fail(error, PLENUM_INPUT, "%s:%u: found %u rows, expected %u", lines->path,
                           lines->number, row, problem->height);
    }
    if (strlen(line) != problem->width) {
        return plenum_fail(error, PLENUM_INPUT, "%s:%u: found a row of %zu cells, expected %u",
                           lines->path, lines->number, strlen(line), problem->width);
    }
    for (uint32_t column = 0; column < problem->width; column++) {
        if (strchr(".GSEWTO@", line[column]) == NULL) {
            return plenum_fail(error, PLENUM_INPUT,
                               "%s:%u:%u: found '%c', expected one of . G S E @ O T W", lines->path,
                               lines->number, column + 1, line[column]);
        }
        problem->walls[(size_t)row * problem->width + column] =
            strchr("@OTW", line[column]) != NULL;
    }
    return PLENUM_OK;
}

enum plenum_status problem_read_map(struct problem *problem, const char *path,
                                    struct plenum_error *error)
{
    struct lines lines;
    enum plenum_status status = fleet_lines_open(&lines, path, error);
    if (status != PLENUM_OK) {
        return status;
    }
    status = heading_read(problem, &lines, error);
    if (status == PLENUM_OK) {
        problem->walls = memory_new((size_t)problem->width * problem->height, 1);
    }
    for (uint32_t row = 0; status == PLENUM_OK && row < problem->height; row++) {
        status = row_read(problem, &lines, row, error);
    }
    const char *more = status == PLENUM_OK ? fleet_lines_next_filled(&lines) : NULL;
    if (more != NULL) {
        status = fleet_lines_fail(&lines, error, more, "the end of the file after the last row");
    }
    fleet_lines_finish(&lines);
    return status;
}
