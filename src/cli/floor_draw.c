/* plenum floor draw JOURNAL: a picture of the floor as a run left it, as SVG. */
#include "cli/floor_draw.h"

#include "cli/cli.h"
#include "cli/options.h"

#include "base/instant.h"

#include <inttypes.h>
#include <plenum/journal.h>
#include <stdio.h>

enum { CELL_PX = 10, MARGIN_PX = 12, HEAD_PX = 46 };

struct colour_of_state {
    enum plenum_rack_state state;
    const char *fill, *words;
};

static const struct colour_of_state rack_colours[] = {
    {PLENUM_RACK_ORDERED, "#e5e7eb", "free position"},
    {PLENUM_RACK_PLACED, "#a5b4fc", "placed, cabled"},
    {PLENUM_RACK_POWERED, "#f59e0b", "burn-in"},
    {PLENUM_RACK_IN_SERVICE, "#0f766e", "in service"},
    {PLENUM_RACK_FAILED, "#dc2626", "failed"},
};
enum { COLOUR_COUNT = sizeof rack_colours / sizeof *rack_colours };

struct picture {
    const struct plenum_site *site;
    const struct plenum_ledger *ledger;
    int32_t hall;
    FILE *out;
};

/* The last colour whose state is not later than the rack's; failed ones have their own. */
static const char *rack_fill(int64_t state)
{
    const char *fill = rack_colours[0].fill;
    for (int i = 0; i < COLOUR_COUNT; i++)
        if ((int64_t)rack_colours[i].state <= state)
            fill = rack_colours[i].fill;
    return fill;
}

static void put_square(const struct picture *picture, int32_t cell, const char *class,
                       const char *fill, const char *title)
{
    const struct plenum_hall *hall = &picture->site->halls[picture->hall];
    int32_t place = cell - hall->first_cell;
    fprintf(picture->out,
            "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"%s%s%s>"
            "<title>%s</title></rect>\n",
            class, place % hall->width * CELL_PX, place / hall->width * CELL_PX, CELL_PX, CELL_PX,
            fill ? " fill=\"" : "", fill ? fill : "", fill ? "\"" : "", title);
}

static void put_walls(const struct picture *picture)
{
    const struct plenum_hall *hall = &picture->site->halls[picture->hall];
    for (int32_t row = 0; row < hall->height; row++) {
        int32_t first = hall->first_cell + row * hall->width;
        for (int32_t from = 0, until; from < hall->width; from = until + 1) {
            for (until = from; until < hall->width && picture->site->walls[first + until];)
                until++;
            if (until > from)
                fprintf(picture->out,
                        "<rect class=\"wall\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>\n",
                        from * CELL_PX, row * CELL_PX, (until - from) * CELL_PX, CELL_PX);
        }
    }
}

static void put_places(const struct picture *picture)
{
    const struct plenum_site *site = picture->site;
    for (int32_t i = 0; i < site->position_count; i++)
        if (site->positions[i].hall == picture->hall)
            put_square(picture, site->positions[i].cell, "rack", rack_colours[0].fill,
                       site->positions[i].name);
    for (int32_t i = 0; i < site->rack_count; i++) {
        const struct plenum_position *position = &site->positions[site->racks[i].position];
        int64_t state =
            plenum_ledger_get(picture->ledger, PLENUM_RACK, (uint64_t)i, PLENUM_FIELD_STATE);
        if (position->hall == picture->hall && state >= PLENUM_RACK_PLACED)
            put_square(picture, position->cell, "rack", rack_fill(state), site->racks[i].name);
    }
    for (int32_t i = 0; i < site->station_count; i++)
        if (site->stations[i].hall == picture->hall)
            put_square(picture, site->stations[i].cell, "station", NULL, site->stations[i].name);
    for (int32_t i = 0; i < site->charger_count; i++)
        if (site->chargers[i].hall == picture->hall)
            put_square(picture, site->chargers[i].cell, "charger", NULL, site->chargers[i].name);
    for (int32_t i = 0; i < site->repair_station_count; i++)
        if (site->repair_stations[i].hall == picture->hall)
            put_square(picture, site->repair_stations[i].cell, "repair", NULL,
                       site->repair_stations[i].name);
    for (int32_t i = 0; i < site->dock_count; i++)
        if (site->docks[i].hall == picture->hall)
            put_square(picture, site->docks[i].cell, "dock", NULL, site->docks[i].name);
    for (int32_t i = 0; i < site->pad_count; i++)
        if (site->pads[i].cell != PLENUM_NONE &&
            plenum_site_hall_of(site, site->pads[i].cell) == picture->hall)
            put_square(picture, site->pads[i].cell, "pad", NULL, site->pads[i].name);
}

static void put_robots(const struct picture *picture)
{
    const struct plenum_site *site = picture->site;
    const struct plenum_hall *hall = &site->halls[picture->hall];
    for (int32_t i = 0; i < site->robot_count; i++) {
        int32_t place = plenum_floor_cell_of(picture->ledger, i) - hall->first_cell;
        if (place < 0 || place >= hall->width * hall->height)
            continue;
        bool carrier = site->robot_models[site->robots[i].model].carries == PLENUM_CARRIES_RACK;
        int64_t state =
            plenum_ledger_get(picture->ledger, PLENUM_ROBOT, (uint64_t)i, PLENUM_FIELD_STATE);
        fprintf(picture->out,
                "<circle class=\"%s %s\" cx=\"%d\" cy=\"%d\" r=\"%d\"><title>%s %s</title>"
                "</circle>\n",
                carrier ? "carrier" : "robot", plenum_state_name(PLENUM_ROBOT, (int32_t)state),
                place % hall->width * CELL_PX + CELL_PX / 2,
                place / hall->width * CELL_PX + CELL_PX / 2, carrier ? 5 : 3, site->robots[i].name,
                plenum_state_name(PLENUM_ROBOT, (int32_t)state));
    }
}

static void put_legend(const struct picture *picture, int32_t width_px)
{
    int32_t x = 0;
    for (int i = 0; i < COLOUR_COUNT; i++, x += 112)
        fprintf(picture->out,
                "<rect x=\"%d\" y=\"-18\" width=\"10\" height=\"10\" fill=\"%s\"/>"
                "<text x=\"%d\" y=\"-9\">%s</text>\n",
                x, rack_colours[i].fill, x + 14, rack_colours[i].words);
    static const struct {
        const char *class, *words;
    } marks[] = {{"station", "station"},
                 {"charger", "charger"},
                 {"repair", "repair"},
                 {"dock", "dock"},
                 {"pad", "pad"}};
    for (size_t i = 0; i < sizeof marks / sizeof *marks && x < width_px - 80; i++, x += 80)
        fprintf(picture->out,
                "<rect class=\"%s\" x=\"%d\" y=\"-18\" width=\"10\" height=\"10\"/>"
                "<text x=\"%d\" y=\"-9\">%s</text>\n",
                marks[i].class, x, x + 14, marks[i].words);
}

static void put_picture(const struct picture *picture)
{
    const struct plenum_hall *hall = &picture->site->halls[picture->hall];
    int32_t width = hall->width * CELL_PX, height = hall->height * CELL_PX;
    char when[INSTANT_TEXT];
    fprintf(picture->out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" "
            "font-family=\"sans-serif\" font-size=\"11\" role=\"img\">\n"
            "<title>%s, %s at %s</title>\n"
            "<style>.wall{fill:#374151}.rack{stroke:#fff;stroke-width:.6}.station{fill:#fde68a}"
            ".charger{fill:#bbf7d0}.repair{fill:#fecaca}.dock{fill:#93c5fd}.pad{fill:#d8b4fe}."
            "robot{fill:#2563eb}"
            ".carrier{fill:#111827}.idle{fill-opacity:.35}.charging{fill:#16a34a}"
            ".broken{fill:#dc2626}</style>\n"
            "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n"
            "<g transform=\"translate(%d %d)\">\n"
            "<text y=\"-26\" font-size=\"13\">%s, %s, %s</text>\n"
            "<rect width=\"%d\" height=\"%d\" fill=\"#f9fafb\" stroke=\"#9ca3af\"/>\n",
            width + 2 * MARGIN_PX, height + HEAD_PX + MARGIN_PX, picture->site->name, hall->name,
            instant_format(plenum_ledger_now_ms(picture->ledger), when), MARGIN_PX, HEAD_PX,
            picture->site->name, hall->name,
            instant_format(plenum_ledger_now_ms(picture->ledger), when), width, height);
    put_legend(picture, width);
    put_walls(picture);
    put_places(picture);
    put_robots(picture);
    fputs("</g>\n</svg>\n", picture->out);
}

static enum plenum_status draw_journal(const char *path, const char *output, uint64_t hall,
                                       struct plenum_error *error)
{
    struct plenum_journal *journal = NULL;
    struct plenum_ledger *ledger = NULL;
    FILE *out = NULL;
    const struct plenum_journal_options options = {.read_only = true};
    enum plenum_status status = plenum_journal_open(path, NULL, &options, &journal, error);
    if (status == PLENUM_OK)
        status = plenum_journal_recover(journal, &ledger, error);
    if (status == PLENUM_OK && hall >= (uint64_t)plenum_ledger_site(ledger)->hall_count)
        status =
            plenum_fail(error, PLENUM_INPUT, "--hall: found %" PRIu64 ", expected less than %d",
                        hall, plenum_ledger_site(ledger)->hall_count);
    if (status == PLENUM_OK) {
        out = output ? fopen(output, "w") : stdout;
        if (!out)
            status = plenum_fail(error, PLENUM_IO, "%s: cannot be written", output);
    }
    if (status == PLENUM_OK) {
        struct picture picture = {plenum_ledger_site(ledger), ledger, (int32_t)hall, out};
        put_picture(&picture);
        if (output && fclose(out) != 0)
            status = plenum_fail(error, PLENUM_IO, "%s: cannot be written", output);
    }
    plenum_ledger_destroy(ledger);
    plenum_journal_close(journal);
    return status;
}

int floor_draw(int argc, char **argv)
{
    const char *output = NULL;
    uint64_t hall = 0;
    const struct option_row rows[] = {
        {"output", "FILE", OPTION_TEXT, &output, "write there (stdout)"},
        {"hall", "N", OPTION_U64, &hall, "which hall, from 0 (0)"},
    };
    const struct options options =
        OPTIONS("floor draw JOURNAL",
                "Draws the floor at the end of a journal as SVG: racks by state, robots, stations.",
                rows, 1);
    int exit_code;
    if (options_parse(&options, argc, argv, &exit_code) < 0)
        return exit_code;
    struct plenum_error error = {.status = PLENUM_OK};
    if (draw_journal(argv[1], output, hall, &error) != PLENUM_OK)
        return cli_fail("floor draw", &error);
    return cli_end_output("floor draw");
}
