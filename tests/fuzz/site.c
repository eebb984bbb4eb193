/* The loader of sites: the input is the site file, a zero byte, a map and a zero byte and a trace,
 * which the site file may name as a.map and jobs.csv. A site is loaded or there is at least one
 * problem, with a place inside the file and a sentence; the files that a loaded site keeps are
 * enough to load it again. */
#include "fuzz.h"

#include "base/check.h"
#include "base/memory.h"

#include <plenum/site.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILES = 3 };

static void check_problems(const struct plenum_problems *problems)
{
    FILE *out = fopen("/dev/null", "w");
    CHECK(out != NULL);
    plenum_problems_print(problems, out);
    fclose(out);
    for (size_t i = 0; i < plenum_problems_count(problems); i++) {
        const struct plenum_problem *problem = plenum_problems_at(problems, i);
        CHECK(problem->line >= 0 && problem->column >= 0);
        CHECK(problem->file != NULL && problem->what != NULL);
    }
}

static void check_loads_again(const struct plenum_site *site)
{
    struct plenum_site *again = NULL;
    CHECK(plenum_site_load_files(site->files, site->file_count, &again, NULL, NULL) == PLENUM_OK);
    CHECK(again->cell_count == site->cell_count && again->load_count == site->load_count);
    CHECK(again->server_count == site->server_count && again->robot_count == site->robot_count);
    CHECK(again->file_count == site->file_count);
    plenum_site_destroy(again);
}

static void check_site(const struct plenum_site_file *files)
{
    struct plenum_site *site = NULL;
    struct plenum_error error = {0};
    struct plenum_problems *problems = plenum_problems_create();
    enum plenum_status status = plenum_site_load_files(files, FILES, &site, problems, &error);
    CHECK((status == PLENUM_OK) == (site != NULL));
    CHECK((status == PLENUM_OK) == (plenum_problems_count(problems) == 0));
    CHECK(status == PLENUM_OK || error.text[0] != '\0');
    check_problems(problems);
    if (site != NULL)
        check_loads_again(site);
    plenum_site_destroy(site);
    plenum_problems_destroy(problems);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct plenum_site_file files[FILES] = {
        {.name = "site.yaml"}, {.name = "a.map"}, {.name = "jobs.csv"}};
    char *text = memory_new(size + 1, 1);
    char *at = text, *end = text + size;
    if (size > 0)
        memcpy(text, data, size);
    for (int i = 0; i < FILES; i++) {
        char *stop = memchr(at, '\0', (size_t)(end - at));
        if (stop == NULL || i == FILES - 1)
            stop = end;
        files[i].data = at;
        files[i].length = (size_t)(stop - at);
        at = stop < end ? stop + 1 : end;
    }
    check_site(files);
    free(text);
    return 0;
}
