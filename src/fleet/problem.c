/* See problem.h. */
#include "fleet/problem.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

char *problem_path_beside(const char *path, const char *name)
{
    const char *slash = strrchr(path, '/');
    size_t folder = slash != NULL && name[0] != '/' ? (size_t)(slash - path) + 1 : 0;
    char *beside = memory_new(folder + strlen(name) + 1, 1);
    memcpy(beside, path, folder);
    memcpy(beside + folder, name, strlen(name));
    return beside;
}

static bool ends_in(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);
    return length >= tail && strcmp(text + length - tail, end) == 0;
}

/* Marks each free cell with a number of the part of the floor that it lies in. */
static void parts_mark(const struct problem *problem, uint32_t *part, uint32_t *queue)
{
    uint32_t cells = problem->width * problem->height, parts = 0;
    for (uint32_t first = 0; first < cells; first++) {
        if (problem->walls[first] || part[first] != 0) {
            continue;
        }
        uint32_t head = 0, tail = 0;
        part[first] = ++parts;
        queue[tail++] = first;
        while (head < tail) {
            uint32_t cell = queue[head++], column = cell % problem->width;
            const uint32_t beside[4] = {
                column + 1 < problem->width ? cell + 1 : cell, column > 0 ? cell - 1 : cell,
                cell + problem->width < cells ? cell + problem->width : cell,
                cell >= problem->width ? cell - problem->width : cell};
            for (int i = 0; i < 4; i++) {
                if (!problem->walls[beside[i]] && part[beside[i]] == 0) {
                    part[beside[i]] = parts;
                    queue[tail++] = beside[i];
                }
            }
        }
    }
}

/* A task is refused when its errands and some robot are not all in one part of the floor. */
static void tasks_sift(struct problem *problem)
{
    size_t cells = (size_t)problem->width * problem->height;
    uint32_t *part = memory_new(cells, sizeof *part), *queue = memory_new(cells, sizeof *queue);
    uint8_t *peopled = memory_new(cells + 1, 1);
    parts_mark(problem, part, queue);
    for (uint32_t robot = 0; robot < problem->robots; robot++) {
        peopled[part[problem->start[robot]]] = 1;
    }
    problem->task_refused = memory_new(problem->tasks, 1);
    for (uint32_t task = 0; task < problem->tasks; task++) {
        uint32_t from = problem->task_errands[task], until = problem->task_errands[task + 1];
        bool whole = peopled[part[problem->errands[from]]] != 0;
        for (uint32_t i = from; i < until; i++) {
            whole = whole && part[problem->errands[i]] == part[problem->errands[from]];
        }
        problem->task_refused[task] = !whole;
        problem->refused += !whole;
    }
    free(peopled);
    free(queue);
    free(part);
}

enum plenum_status problem_read(struct problem *problem, const char *path, uint32_t robots,
                                struct plenum_error *error)
{
    *problem = (struct problem){0};
    enum plenum_status status;
    if (ends_in(path, ".json")) {
        status = problem_read_league(problem, path, error);
    } else if (ends_in(path, ".scen")) {
        status = problem_read_scenario(problem, path, robots, error);
    } else {
        status = plenum_fail(error, PLENUM_INPUT,
                             "%s: found a name without .json or .scen, expected a problem", path);
    }
    if (status == PLENUM_OK && problem->tasks == 0) {
        status = plenum_fail(error, PLENUM_INPUT, "%s: found no task, expected at least one", path);
    }
    if (status != PLENUM_OK) {
        problem_finish(problem);
        return status;
    }
    tasks_sift(problem);
    return PLENUM_OK;
}

void problem_finish(struct problem *problem)
{
    free(problem->walls);
    free(problem->start);
    free(problem->task_errands);
    free(problem->errands);
    free(problem->task_refused);
    *problem = (struct problem){0};
}
