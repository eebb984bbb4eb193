/* Robot problems: the input is a problem file (its first byte is { for the League's JSON, anything
 * else for a scenario), and after zero bytes the files a.map, b.agents and c.tasks that it may
 * name. A problem that is read has its robots and errands on free cells, and no two robots in
 * one. */
#include "fuzz.h"

#include "base/check.h"
#include "base/memory.h"
#include "base/text.h"
#include "fleet/problem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILES = 4, PATH_SIZE = 256 };

static char folder[] = "/tmp/plenum-fuzz-XXXXXX";

static void clean(void)
{
    static const char *const names[] = {"p.json", "p.scen", "a.map", "b.agents", "c.tasks"};
    char path[PATH_SIZE];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        CHECK(text_format(path, sizeof path, "%s/%s", folder, names[i]));
        remove(path);
    }
    remove(folder);
}

static void write_file(const char *name, const uint8_t *data, size_t size)
{
    char path[PATH_SIZE];
    CHECK(text_format(path, sizeof path, "%s/%s", folder, name));
    FILE *file = fopen(path, "wb");
    CHECK(file != NULL);
    CHECK(size == 0 || fwrite(data, 1, size, file) == size);
    CHECK(fclose(file) == 0);
}

static void check_problem(const struct problem *problem)
{
    uint32_t cells = problem->width * problem->height;
    uint8_t *taken = memory_new(cells, 1);
    CHECK(problem->tasks > 0);
    for (uint32_t i = 0; i < problem->robots; i++) {
        CHECK(problem->start[i] < cells && !problem->walls[problem->start[i]]);
        CHECK(!taken[problem->start[i]]);
        taken[problem->start[i]] = 1;
    }
    CHECK(problem->task_errands[0] == 0);
    for (uint32_t i = 0; i < problem->tasks; i++)
        CHECK(problem->task_errands[i] < problem->task_errands[i + 1]);
    for (uint32_t i = 0; i < problem->task_errands[problem->tasks]; i++)
        CHECK(problem->errands[i] < cells && !problem->walls[problem->errands[i]]);
    free(taken);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *names[FILES] = {size > 0 && data[0] == '{' ? "p.json" : "p.scen", "a.map",
                                "b.agents", "c.tasks"};
    char path[PATH_SIZE];
    struct problem problem;
    struct plenum_error error = {0};
    if (folder[strlen(folder) - 1] == 'X') {
        CHECK(mkdtemp(folder) != NULL);
        CHECK(atexit(clean) == 0);
    }
    for (int i = 0; i < FILES; i++) {
        const uint8_t *stop = size > 0 && i < FILES - 1 ? memchr(data, '\0', size) : NULL;
        size_t length = stop != NULL ? (size_t)(stop - data) : size;
        write_file(names[i], data, length);
        data += stop != NULL ? length + 1 : length;
        size -= stop != NULL ? length + 1 : length;
    }
    CHECK(text_format(path, sizeof path, "%s/%s", folder, names[0]));
    enum plenum_status status = problem_read(&problem, path, 0, &error);
    CHECK((status == PLENUM_OK) == (error.text[0] == '\0'));
    if (status == PLENUM_OK)
        check_problem(&problem);
    problem_finish(&problem);
    return 0;
}
