/* MovingAI scenarios: one start and one goal a line. See problem.h. */
#include "fleet/problem.h"

#include "base/memory.h"
#include "fleet/lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct scenario_line {
    char map[256];
    uint32_t width, height, start[2], goal[2]; /* column, row */
};

static bool number_next(char **text, uint32_t *value)
{
    *text += strspn(*text, " \t");
    return fleet_lines_number(text, value);
}

/* bucket, map, width, height, start column and row, goal column and row, and the cost of a way,
 * which is not read. */
static bool line_parse(char *text, struct scenario_line *line)
{
    uint32_t bucket;
    if (!number_next(&text, &bucket)) {
        return false;
    }
    text += strspn(text, " \t");
    size_t length = strcspn(text, " \t");
    if (length == 0 || length >= sizeof line->map) {
        return false;
    }
    memcpy(line->map, text, length);
    line->map[length] = '\0';
    text += length;
    return number_next(&text, &line->width) && number_next(&text, &line->height) &&
           number_next(&text, &line->start[0]) && number_next(&text, &line->start[1]) &&
           number_next(&text, &line->goal[0]) && number_next(&text, &line->goal[1]);
}

static enum plenum_status place_check(const struct problem *problem, const struct lines *lines,
                                      const uint32_t place[2], uint32_t *cell,
                                      struct plenum_error *error)
{
    if (place[0] >= problem->width || place[1] >= problem->height) {
        return plenum_fail(error, PLENUM_INPUT,
                           "%s:%u: found column %u, row %u, expected less than %u, %u", lines->path,
                           lines->number, place[0], place[1], problem->width, problem->height);
    }
    *cell = place[1] * problem->width + place[0];
    if (problem->walls[*cell]) {
        return plenum_fail(error, PLENUM_INPUT,
                           "%s:%u: found column %u, row %u, which is a wall, expected a free cell",
                           lines->path, lines->number, place[0], place[1]);
    }
    return PLENUM_OK;
}

static enum plenum_status map_of_line(struct problem *problem, const struct lines *lines,
                                      const struct scenario_line *line, struct plenum_error *error)
{
    char *beside = problem_path_beside(lines->path, line->map);
    enum plenum_status status = problem_read_map(problem, beside, error);
    free(beside);
    if (status == PLENUM_OK && (line->width != problem->width || line->height != problem->height)) {
        status = plenum_fail(error, PLENUM_INPUT,
                             "%s:%u: found a map of %u x %u, expected %u x %u as in the map file",
                             lines->path, lines->number, line->width, line->height, problem->width,
                             problem->height);
    }
    return status;
}

struct scenario_reader {
    struct problem *problem;
    struct lines lines;
    size_t starts, starts_room, goals, goals_room;
    uint8_t *taken;
};

static enum plenum_status robot_read(struct scenario_reader *reader, char *text,
                                     struct plenum_error *error)
{
    struct problem *problem = reader->problem;
    struct scenario_line line;
    uint32_t start = 0, goal = 0;
    if (!line_parse(text, &line)) {
        return fleet_lines_fail(&reader->lines, error, text,
                                "bucket, map, width, height, start and goal columns and rows");
    }
    enum plenum_status status = PLENUM_OK;
    if (problem->walls == NULL) {
        status = map_of_line(problem, &reader->lines, &line, error);
        reader->taken = memory_new((size_t)problem->width * problem->height, 1);
    }
    if (status == PLENUM_OK) {
        status = place_check(problem, &reader->lines, line.start, &start, error);
    }
    if (status == PLENUM_OK) {
        status = place_check(problem, &reader->lines, line.goal, &goal, error);
    }
    if (status != PLENUM_OK) {
        return status;
    }
    if (reader->taken[start]++) {
        return fleet_lines_fail(&reader->lines, error, text, "a start that no robot before has");
    }
    const size_t max = PLENUM_FLEET_MAX_ROBOTS;
    ARRAY_PUSH(problem->start, reader->starts, reader->starts_room, max) = start;
    ARRAY_PUSH(problem->errands, reader->goals, reader->goals_room, max) = goal;
    return PLENUM_OK;
}

enum plenum_status problem_read_scenario(struct problem *problem, const char *path, uint32_t robots,
                                         struct plenum_error *error)
{
    struct scenario_reader reader = {.problem = problem};
    enum plenum_status status = fleet_lines_open(&reader.lines, path, error);
    if (status != PLENUM_OK) {
        return status;
    }
    char *line = fleet_lines_next(&reader.lines);
    if (line == NULL || strncmp(line, "version 1", 9) != 0) {
        status = fleet_lines_fail(&reader.lines, error, line, "\"version 1\"");
    }
    uint32_t most = robots > 0 ? robots : PLENUM_FLEET_MAX_ROBOTS;
    while (status == PLENUM_OK && reader.starts < most &&
           (line = fleet_lines_next_filled(&reader.lines)) != NULL) {
        status = robot_read(&reader, line, error);
    }
    if (status == PLENUM_OK && (reader.starts == 0 || reader.starts < robots)) {
        status = plenum_fail(error, PLENUM_INPUT, "%s:%u: found %zu robots, expected %u", path,
                             reader.lines.number, reader.starts, robots > 0 ? robots : 1);
    }
    problem->deal = PROBLEM_ROUND_ROBIN;
    problem->reveal_milli = 1000;
    problem->robots = problem->tasks = (uint32_t)reader.starts;
    problem->task_errands = memory_new(reader.starts + 1, sizeof *problem->task_errands);
    for (uint32_t task = 0; task <= problem->tasks; task++) {
        problem->task_errands[task] = task;
    }
    free(reader.taken);
    fleet_lines_finish(&reader.lines);
    return status;
}
