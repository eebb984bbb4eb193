/* plenum fleet generate: problems of any size from a seed. */
#include "cli/cli.h"
#include "cli/fleet_verbs.h"
#include "cli/options.h"
#include "fleet/generate.h"

#include <plenum/fleet.h>
#include <stdio.h>

enum { SIDE_MAX = 20000, ERRANDS_MAX = 100 };

struct generate_words {
    const char *map, *output;
    uint64_t width, height, robots, tasks, errands, seed;
};

static bool in_range(uint64_t value, uint64_t least, uint64_t most)
{
    return value >= least && value <= most;
}

/* The words as options of the library; says on stderr what is wrong. */
static enum plenum_status words_check(const struct generate_words *words,
                                      struct generate_options *options, struct plenum_error *error)
{
    if (!words->output) {
        return plenum_fail(error, PLENUM_INPUT, "no --output PREFIX: where shall it be written?");
    }
    if (!floor_kind_parse(words->map, &options->kind)) {
        return plenum_fail(error, PLENUM_INPUT,
                           "--map: found %s, expected open, sortation, warehouse, maze or city",
                           words->map);
    }
    if (!in_range(words->width, 2, SIDE_MAX) || !in_range(words->height, 2, SIDE_MAX) ||
        words->width * words->height > PLENUM_FLEET_MAX_CELLS) {
        return plenum_fail(error, PLENUM_INPUT,
                           "a floor of %llu x %llu cells, expected sides of 2 to %d and %d cells "
                           "at most",
                           (unsigned long long)words->width, (unsigned long long)words->height,
                           SIDE_MAX, PLENUM_FLEET_MAX_CELLS);
    }
    if (!in_range(words->robots, 1, PLENUM_FLEET_MAX_ROBOTS) ||
        !in_range(words->tasks, 0, 100000000) || !in_range(words->errands, 1, ERRANDS_MAX)) {
        return plenum_fail(error, PLENUM_INPUT, "an option out of range: see --help");
    }
    options->width = (uint32_t)words->width;
    options->height = (uint32_t)words->height;
    options->robots = (uint32_t)words->robots;
    options->tasks = (uint32_t)(words->tasks > 0 ? words->tasks : 10 * words->robots);
    options->errands = (uint32_t)words->errands;
    options->seed = words->seed;
    return PLENUM_OK;
}

int fleet_generate(int argc, char **argv)
{
    struct generate_words words = {
        .map = "warehouse", .width = 182, .height = 100, .robots = 1000, .errands = 2, .seed = 1};
    const struct option_row rows[] = {
        {"map", "KIND", OPTION_TEXT, &words.map,
         "open, sortation, warehouse, maze or city (default warehouse)"},
        {"width", "N", OPTION_U64, &words.width, "cells (default 182)"},
        {"height", "N", OPTION_U64, &words.height, "cells (default 100)"},
        {"robots", "N", OPTION_U64, &words.robots, "robots (default 1000)"},
        {"tasks", "N", OPTION_U64, &words.tasks, "tasks (default ten for each robot)"},
        {"errands", "N", OPTION_U64, &words.errands, "places in each task (default 2)"},
        {"seed", "N", OPTION_U64, &words.seed, "of walls, starts and tasks (default 1)"},
        {"output", "PREFIX", OPTION_TEXT, &words.output,
         "writes PREFIX.json, .map, .agents and .tasks"},
    };
    const struct options options = {
        .synopsis = "fleet generate --output PREFIX",
        .about = "Makes a problem: a floor, robots and tasks, in the League's files.",
        .rows = rows,
        .count = sizeof rows / sizeof rows[0],
    };
    int exit_code;
    if (options_parse(&options, argc, argv, &exit_code) < 0) {
        return exit_code;
    }
    struct plenum_error error;
    struct generate_options made;
    if (words_check(&words, &made, &error) != PLENUM_OK ||
        generate_write(&made, words.output, &error) != PLENUM_OK) {
        return cli_fail("fleet generate", &error);
    }
    printf("%s.json: %u robots on %u x %u cells, %u tasks\n", words.output, made.robots, made.width,
           made.height, made.tasks);
    return cli_end_output("fleet generate");
}
