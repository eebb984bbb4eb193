/* plenum check: reads a site file and says everything that is wrong with it. */
#include "cli/cli.h"
#include "cli/options.h"

#include <jansson.h>
#include <plenum/site.h>
#include <stdbool.h>
#include <stdio.h>

static json_t *problem_to_json(const struct plenum_problem *problem)
{
    return json_pack("{s:s, s:i, s:i, s:s, s:s, s:s}", "file", problem->file, "line",
                     (int)problem->line, "column", (int)problem->column, "what", problem->what,
                     "found", problem->found, "expected", problem->expected);
}

static void print_json(const char *path, const struct plenum_problems *problems)
{
    size_t count = plenum_problems_count(problems);
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, problem_to_json(plenum_problems_at(problems, i)));
    json_t *all = json_pack("{s:s, s:b, s:o}", "site", path, "good", count == 0, "problems", list);
    json_dumpf(all, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(all);
}

static void print_summary(const char *path, const struct plenum_site *site)
{
    printf("%s: good: site %s, %d halls of %d cells, %d feeds, %d positions, %d racks with %d "
           "servers, %d robots, %d drones, %d tenants\n",
           path, site->name, (int)site->hall_count, (int)site->cell_count, (int)site->feed_count,
           (int)site->position_count, (int)site->rack_count, (int)site->server_count,
           (int)site->robot_count, (int)site->drone_count, (int)site->tenant_count);
}

/* Says what there is to say and gives the exit code. */
static int report(const char *path, bool json, enum plenum_status status,
                  const struct plenum_site *site, const struct plenum_problems *problems,
                  const struct plenum_error *error)
{
    if (status != PLENUM_OK && status != PLENUM_INPUT)
        return cli_fail("check", error);
    if (json)
        print_json(path, problems);
    else if (status == PLENUM_OK)
        print_summary(path, site);
    else
        plenum_problems_print(problems, stdout);
    int ended = cli_end_output("check");
    return ended != CLI_OK ? ended : plenum_status_exit_code(status);
}

int cli_check(int argc, char **argv)
{
    bool json = false;
    const struct option_row rows[] = {OPTION_ROW_JSON(&json)};
    const struct options options =
        OPTIONS("check SITE",
                "Reads a site file and the files it names, and prints every problem with its line "
                "and a caret. Exit code 0 where there is none, 2 otherwise.",
                rows, 1);
    struct plenum_error error;
    struct plenum_site *site;
    int exit_code;

    if (options_parse(&options, argc, argv, &exit_code) < 0)
        return exit_code;
    struct plenum_problems *problems = plenum_problems_create();
    enum plenum_status status = plenum_site_load(argv[1], &site, problems, &error);
    exit_code = report(argv[1], json, status, site, problems, &error);
    plenum_site_destroy(site);
    plenum_problems_destroy(problems);
    return exit_code;
}
