/* plenum floor stop | resume | areas | close | open | draw. */
#include "cli/ask.h"
#include "cli/cli.h"
#include "cli/floor_areas.h"
#include "cli/floor_draw.h"

static int floor_stop(int argc, char **argv)
{
    return ask_stop("floor stop", "/v1/floor/stop",
                    "Stops the floor of a running site: no robot moves until it is resumed.", argc,
                    argv);
}

static int floor_resume(int argc, char **argv)
{
    return ask_stop("floor resume", "/v1/floor/resume",
                    "Lets the robots of a running site move again.", argc, argv);
}

int cli_floor(int argc, char **argv)
{
    static const struct subcommand rows[] = {
        {"stop", "let no robot move", floor_stop},
        {"resume", "let them move again", floor_resume},
        {"areas", "list the areas, and when each is closed", floor_areas},
        {"close", "close an area to robots, now or later", floor_close},
        {"open", "open an area again", floor_open},
        {"draw", "draw the floor at the end of a journal, as SVG", floor_draw},
    };
    static const struct subcommand_table table = SUBCOMMAND_TABLE("plenum floor", rows);
    return subcommand_dispatch(&table, argc, argv);
}
