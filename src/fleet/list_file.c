/* The League's lists of agents and tasks. See problem.h. */
#include "fleet/problem.h"

#include "base/memory.h"
#include "fleet/lines.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_ERRANDS = 1 << 28 };

/* The first line that is no comment: how many lines follow. */
static enum plenum_status count_read(struct lines *lines, uint32_t *count,
                                     struct plenum_error *error)
{
    char *line = fleet_lines_next_filled(lines), *text = line;
    if (line == NULL || !fleet_lines_number(&text, count) || *text != '\0') {
        return fleet_lines_fail(lines, error, line, "a count");
    }
    return PLENUM_OK;
}

/* A cell of the floor that is not a wall. */
static enum plenum_status cell_check(const struct problem *problem, const struct lines *lines,
                                     uint32_t cell, struct plenum_error *error)
{
    uint64_t cells = (uint64_t)problem->width * problem->height;
    if (cell >= cells) {
        return plenum_fail(error, PLENUM_INPUT, "%s:%u: found cell %u, expected less than %u x %u",
                           lines->path, lines->number, cell, problem->width, problem->height);
    }
    if (problem->walls[cell]) {
        return plenum_fail(error, PLENUM_INPUT,
                           "%s:%u: found cell %u (row %u, column %u), which is a wall, expected a "
                           "free cell",
                           lines->path, lines->number, cell, cell / problem->width,
                           cell % problem->width);
    }
    return PLENUM_OK;
}

static enum plenum_status agent_read(struct problem *problem, struct lines *lines, uint32_t robot,
                                     uint32_t *line_of_cell, struct plenum_error *error)
{
    char *line = fleet_lines_next_filled(lines), *text = line;
    uint32_t cell;
    if (line == NULL || !fleet_lines_number(&text, &cell) || *text != '\0') {
        return fleet_lines_fail(lines, error, line, "the cell of a robot");
    }
    enum plenum_status status = cell_check(problem, lines, cell, error);
    if (status != PLENUM_OK) {
        return status;
    }
    if (line_of_cell[cell] != 0) {
        return plenum_fail(error, PLENUM_INPUT,
                           "%s:%u: found cell %u, where the robot of line %u stands, expected a "
                           "cell of its own",
                           lines->path, lines->number, cell, line_of_cell[cell]);
    }
    line_of_cell[cell] = lines->number;
    problem->start[robot] = cell;
    return PLENUM_OK;
}

enum plenum_status problem_read_agents(struct problem *problem, const char *path,
                                       struct plenum_error *error)
{
    struct lines lines;
    uint32_t count = 0;
    enum plenum_status status = fleet_lines_open(&lines, path, error);
    if (status != PLENUM_OK) {
        return status;
    }
    uint32_t *line_of_cell =
        memory_new((size_t)problem->width * problem->height, sizeof *line_of_cell);
    problem->start = memory_new(problem->robots, sizeof *problem->start);
    status = count_read(&lines, &count, error);
    if (status == PLENUM_OK && count < problem->robots) {
        status = plenum_fail(error, PLENUM_INPUT, "%s:%u: found %u robots, expected at least %u",
                             path, lines.number, count, problem->robots);
    }
    for (uint32_t robot = 0; status == PLENUM_OK && robot < problem->robots; robot++) {
        status = agent_read(problem, &lines, robot, line_of_cell, error);
    }
    free(line_of_cell);
    fleet_lines_finish(&lines);
    return status;
}

struct errand_list {
    uint32_t *cells;
    size_t count, capacity;
};

static enum plenum_status task_read(const struct problem *problem, struct lines *lines,
                                    struct errand_list *list, struct plenum_error *error)
{
    char *line = fleet_lines_next_filled(lines), *text = line;
    for (bool more = true; more; text++) {
        uint32_t cell;
        if (line == NULL || !fleet_lines_number(&text, &cell) || (*text != ',' && *text != '\0')) {
            return fleet_lines_fail(lines, error, line, "cells with commas between them");
        }
        enum plenum_status status = cell_check(problem, lines, cell, error);
        if (status != PLENUM_OK) {
            return status;
        }
        if (list->count == MAX_ERRANDS) {
            return plenum_fail(error, PLENUM_LIMIT, "%s:%u: found over %d errands, expected fewer",
                               lines->path, lines->number, MAX_ERRANDS);
        }
        ARRAY_PUSH(list->cells, list->count, list->capacity, MAX_ERRANDS) = cell;
        more = *text == ',';
    }
    return PLENUM_OK;
}

enum plenum_status problem_read_tasks(struct problem *problem, const char *path,
                                      struct plenum_error *error)
{
    struct lines lines;
    struct errand_list list = {0};
    enum plenum_status status = fleet_lines_open(&lines, path, error);
    if (status != PLENUM_OK) {
        return status;
    }
    status = count_read(&lines, &problem->tasks, error);
    if (status == PLENUM_OK && problem->tasks > MAX_ERRANDS) {
        status = fleet_lines_fail(&lines, error, "more tasks than fit", "fewer");
    }
    if (status == PLENUM_OK) {
        problem->task_errands =
            memory_new((size_t)problem->tasks + 1, sizeof *problem->task_errands);
        for (uint32_t task = 0; status == PLENUM_OK && task < problem->tasks; task++) {
            status = task_read(problem, &lines, &list, error);
            problem->task_errands[task + 1] = (uint32_t)list.count;
        }
    }
    problem->errands = list.cells;
    fleet_lines_finish(&lines);
    return status;
}
