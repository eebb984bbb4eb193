/* The floor: halls with their walls, and the places in them.
 *
 * A hall's cells are given in one of three ways: `rows` (a text, a letter a cell), `map` (a
 * MovingAI octile map, https://movingai.com/benchmarks/formats.html), `size` (all free). '.', 'G'
 * and 'S' are free; '@', 'O', 'T', 'W' and '#' are walls. */
#include "model/read.h"

#include "base/check.h"
#include "base/text.h"

#include <string.h>

static const struct field hall_fields[] = {
    MUST_OWN("name"), MAY_WHOLE(struct plenum_hall, cell_mm, "cell_mm", 100, 10000, 1000),
    MAY_OWN("rows"),  MAY_OWN("map"),
    MAY_OWN("size"),
};
const struct object object_hall = OBJECT("hall", hall_fields);

static const struct field position_fields[] = {
    MUST_OWN("name"),  MAY_OWN("hall"),
    MUST_OWN("cell"),  MAY_OWN("step"),
    MUST_OWN("front"), MUST_OWN("feeds"),
    MAY_OWN("zone"),   MAY_TEXT(struct plenum_position, block, "block"),
};
const struct object object_position = OBJECT("position", position_fields);

static const struct field spot_fields[] = {
    MUST_OWN("name"),
    MAY_OWN("hall"),
    MUST_OWN("cell"),
    MAY_OWN("step"),
};
const struct object object_dock = OBJECT("dock", spot_fields);
const struct object object_station = OBJECT("station", spot_fields);
const struct object object_repair_station = OBJECT("repair_station", spot_fields);

static const struct field charger_fields[] = {
    MUST_OWN("name"),
    MAY_OWN("hall"),
    MUST_OWN("cell"),
    MAY_OWN("step"),
    MUST_WHOLE(struct plenum_charger, power_w, "power_w", 1, LIMIT_WATTS),
    MUST_OWN("feeds"),
    MAY_OWN("zone"),
};
const struct object object_charger = OBJECT("charger", charger_fields);

/* --- cells of a hall -------------------------------------------------------------------------- */

/* A text of rows, line by line. */
struct rows {
    const char *at, *end;
    const struct source *source;
    int32_t line, column; /* of the first letter of the next row */
    const char *what;
};

static bool next_row(struct rows *rows, const char **row, int32_t *length)
{
    if (rows->at >= rows->end) {
        return false;
    }
    const char *stop = memchr(rows->at, '\n', (size_t)(rows->end - rows->at));
    stop = stop == NULL ? rows->end : stop;
    *row = rows->at;
    ptrdiff_t letters = stop - rows->at;
    if (letters > 0 && stop[-1] == '\r') {
        letters--;
    }
    *length = letters > INT32_MAX ? INT32_MAX : (int32_t)letters;
    rows->at = stop == rows->end ? stop : stop + 1;
    rows->line++;
    return true;
}

static void tell_row(struct reader *reader, const struct rows *rows, int32_t column,
                     const char *found, const char *expected)
{
    problems_add(reader->problems, rows->source, rows->line - 1, rows->column + column, rows->what,
                 found, expected);
}

/* Counts rows and takes the width of the first; every row must be as wide. */
static bool measure_rows(struct reader *reader, struct rows rows, struct plenum_hall *hall)
{
    const char *row;
    int32_t length;
    bool good = true;

    while (next_row(&rows, &row, &length)) {
        hall->width = hall->height == 0 ? length : hall->width;
        hall->height++;
        if (length != hall->width && good) {
            tell_row(reader, &rows, 0, say(reader->scratch, "a row of %d cells", (int)length),
                     say(reader->scratch, "%d cells as in the first row", (int)hall->width));
            good = false;
        }
    }
    if (hall->width < 1 || hall->width > LIMIT_HALL_SIDE || hall->height > LIMIT_HALL_SIDE) {
        tell_row(reader, &rows, 0,
                 say(reader->scratch, "%d rows of %d cells", (int)hall->height, (int)hall->width),
                 "1 to 32768 rows of 1 to 32768 cells");
        good = false;
    }
    return good;
}

static void tell_letter(struct reader *reader, const struct rows *rows, int32_t column, char letter)
{
    bool shown = letter > ' ' && letter < 0x7f;

    tell_row(reader, rows, column,
             shown ? say(reader->scratch, "'%c'", letter) : "a letter that is no cell",
             "'.' for free floor or '@', 'T', '#' for a wall");
}

/* Marks the walls; tells of the first letter in a row that is none of the known ones. */
static void fill_walls(struct reader *reader, struct rows rows, const struct plenum_hall *hall,
                       uint8_t *walls)
{
    const char *row;
    int32_t length;

    for (int32_t y = 0; y < hall->height && next_row(&rows, &row, &length); y++) {
        bool told = false;
        for (int32_t x = 0; x < length; x++) {
            bool wall = memchr("@OTW#", row[x], 5) != NULL;

            walls[(size_t)y * (size_t)hall->width + (size_t)x] = wall;
            if (!wall && memchr(".GS", row[x], 3) == NULL && !told) {
                tell_letter(reader, &rows, x, row[x]);
                told = true;
            }
        }
    }
}

/* "height 60": the number after the word, or -1. */
static int64_t header_number(const char *row, int32_t length, const char *word)
{
    char digits[16];
    size_t word_length = strlen(word);
    int64_t number;

    if ((size_t)length <= word_length || (size_t)length - word_length >= sizeof digits ||
        memcmp(row, word, word_length) != 0) {
        return -1;
    }
    memcpy(digits, row + word_length, (size_t)length - word_length);
    digits[(size_t)length - word_length] = '\0';
    return text_to_i64(digits, &number) ? number : -1;
}

/* The four lines before the cells: type octile, height N, width N, map. */
static bool read_map_header(struct reader *reader, struct rows *rows, int64_t *height,
                            int64_t *width)
{
    static const char *const words[] = {"type octile", "height ", "width ", "map"};

    for (int32_t i = 0; i < 4; i++) {
        const char *row = "";
        int32_t length = 0;
        int64_t number = 0;
        bool exact = i == 0 || i == 3;

        bool there = next_row(rows, &row, &length);
        if (!exact) {
            number = header_number(row, length, words[i]);
            *(i == 1 ? height : width) = number;
        }
        if (!there || number < 0 ||
            (exact &&
             ((size_t)length != strlen(words[i]) || memcmp(row, words[i], (size_t)length) != 0))) {
            rows->line += !there;
            tell_row(
                reader, rows, 0, there ? "another line" : "the end of the file",
                say(reader->scratch, "'%s%s' of a MovingAI map", words[i], exact ? "" : "NUMBER"));
            return false;
        }
    }
    return true;
}

const struct source *read_source(struct reader *reader, const struct node *node)
{
    const struct source *source;
    const char *name, *expected = "a file";
    struct plenum_error error;

    if (!read_text(reader, node, &name)) {
        return NULL;
    }
    if (sources_open(&reader->sources, name, &source, &expected, &error) == PLENUM_OK) {
        return source;
    }
    problem_at_value(reader->problems, reader->scratch, node,
                     error.status == PLENUM_INPUT
                         ? error.text
                         : say(reader->scratch, "'%.200s', %s", name, error.text),
                     expected);
    return NULL;
}

static bool open_map(struct reader *reader, const struct node *node, struct plenum_hall *hall,
                     struct rows *rows)
{
    const struct source *source = read_source(reader, node);
    int64_t height = 0, width = 0;

    if (source == NULL) {
        return false;
    }
    *rows = (struct rows){.at = source->file.data,
                          .end = source->file.data + source->file.length,
                          .source = source,
                          .line = 1,
                          .column = 1,
                          .what = node_path(node, reader->scratch)};
    if (!read_map_header(reader, rows, &height, &width) || !measure_rows(reader, *rows, hall)) {
        return false;
    }
    if (hall->height != height || hall->width != width) {
        tell_row(reader, rows, 0,
                 say(reader->scratch, "%d rows of %d cells", (int)hall->height, (int)hall->width),
                 say(reader->scratch, "%lld rows of %lld cells as said above", (long long)height,
                     (long long)width));
        return false;
    }
    return true;
}

/* Where the text of a block begins in its file: the line after the '|', at its indent. */
static int32_t block_indent(const struct node *node)
{
    const char *at = node->source->file.data, *end = at + node->source->file.length;

    for (int32_t line = 1; line < node->at.line && at < end; line++) {
        at = memchr(at, '\n', (size_t)(end - at));
        at = at == NULL ? end : at + 1;
    }
    int32_t indent = 0;
    for (; at + indent < end && at[indent] == ' '; indent++) {
    }
    return indent;
}

static bool open_rows(struct reader *reader, const struct node *node, struct plenum_hall *hall,
                      struct rows *rows)
{
    const char *text;

    if (node->kind != NODE_TEXT) {
        return read_text(reader, node, &text);
    }
    *rows = (struct rows){.at = node->text,
                          .end = node->text + node->length,
                          .source = node->source,
                          .line = node->at.line,
                          .column = node->at.column,
                          .what = node_path(node, reader->scratch)};
    if (node->block) {
        rows->column = block_indent(node) + 1;
    }
    return measure_rows(reader, *rows, hall);
}

/* How the hall's cells are given: exactly one of the three keys. */
static const struct node *cells_of(struct reader *reader, const struct node *map)
{
    static const char *const keys[] = {"rows", "map", "size"};
    const struct node *found = NULL;
    int32_t count = 0;

    for (size_t i = 0; i < 3; i++) {
        const struct node *node = node_find(map, keys[i]);

        count += node != NULL;
        found = node != NULL ? node : found;
    }
    if (count == 1) {
        return found;
    }
    problem_at_value(reader->problems, reader->scratch, map,
                     count == 0 ? "no cells" : "cells given twice",
                     "one of the keys rows, map, size");
    return NULL;
}

static bool open_cells(struct reader *reader, const struct node *node, struct plenum_hall *hall,
                       struct rows *rows)
{
    int64_t size[2];

    *rows = (struct rows){0};
    if (strcmp(node->key, "map") == 0) {
        return open_map(reader, node, hall, rows);
    }
    if (strcmp(node->key, "rows") == 0) {
        return open_rows(reader, node, hall, rows);
    }
    if (!read_wholes(reader, node, 2, 1, LIMIT_HALL_SIDE, size)) {
        return false;
    }
    hall->width = (int32_t)size[0];
    hall->height = (int32_t)size[1];
    return true;
}

/* Reads sizes first, so that the walls of all halls are one array of the right length. */
static bool measure_halls(struct reader *reader, struct rows *rows)
{
    struct list *halls = &reader->lists[LIST_hall];
    int64_t cells = 0;

    for (size_t i = 0; i < halls->count; i++) {
        struct plenum_hall *hall = list_at(halls, (int32_t)i);
        const struct node *node = cells_of(reader, halls->origins[i].node);

        if (halls->origins[i].turn > 0) {
            tell_at(reader, halls->origins[i].node, "name", "a range", "a name without a range");
        }
        hall->first_cell = (int32_t)cells;
        if (node == NULL || !open_cells(reader, node, hall, &rows[i])) {
            hall->width = hall->height = 0;
        }
        cells += (int64_t)hall->width * hall->height;
        if (cells > PLENUM_CELLS_MAX) {
            tell_at(reader, halls->origins[i].node, "name",
                    say(reader->scratch, "%lld cells in all halls", (long long)cells),
                    "at most 268435456");
            hall->width = hall->height = 0;
            return false;
        }
    }
    reader->site->cell_count = (int32_t)cells;
    return true;
}

void read_halls(struct reader *reader)
{
    struct list *halls = &reader->lists[LIST_hall];

    read_list(reader, reader->root, "halls", LIST_hall, &object_hall);
    struct rows *rows = arena_alloc(reader->scratch, halls->count + 1, sizeof *rows);
    if (!measure_halls(reader, rows)) {
        return;
    }
    uint8_t *walls = arena_alloc(reader->arena, (size_t)reader->site->cell_count + 1, 1);
    reader->site->walls = walls;
    for (size_t i = 0; i < halls->count; i++) {
        const struct plenum_hall *hall = list_at(halls, (int32_t)i);

        if (rows[i].at != NULL && hall->width > 0) {
            fill_walls(reader, rows[i], hall, walls + hall->first_cell);
        }
    }
}

/* --- places ----------------------------------------------------------------------------------- */

int32_t read_hall(struct reader *reader, const struct node *map)
{
    const struct node *node = node_find(map, "hall");
    int32_t hall = PLENUM_NONE;

    if (node != NULL) {
        (void)read_ref(reader, node, LIST_hall, 0, 1, &hall);
    } else if (reader->lists[LIST_hall].count == 1) {
        hall = 0;
    } else {
        problem_of_missing(reader->problems, reader->scratch, map, "hall",
                           "the name of a hall, as there is not exactly one");
    }
    return hall;
}

bool read_step(struct reader *reader, const struct node *map, int64_t step[2])
{
    const struct node *node = node_find(map, "step");

    step[0] = step[1] = 0;
    if (node != NULL) {
        return read_wholes(reader, node, 2, -LIMIT_HALL_SIDE, LIMIT_HALL_SIDE, step);
    }
    return true;
}

bool find_cell(struct reader *reader, const struct node *node, int32_t hall_index, int64_t column,
               int64_t row, int32_t *cell)
{
    const struct plenum_hall *hall = list_at(&reader->lists[LIST_hall], hall_index);
    const char *found =
        say(reader->scratch, "cell [%lld, %lld]", (long long)column, (long long)row);

    if (hall->width == 0 || reader->site->walls == NULL) {
        return false;
    }
    if (column < 0 || row < 0 || column >= hall->width || row >= hall->height) {
        problem_at_value(reader->problems, reader->scratch, node, found,
                         say(reader->scratch, "a cell of hall '%s', [0, 0] to [%d, %d]", hall->name,
                             (int)hall->width - 1, (int)hall->height - 1));
        return false;
    }
    *cell = hall->first_cell + (int32_t)row * hall->width + (int32_t)column;
    if (reader->site->walls[*cell]) {
        problem_at_value(reader->problems, reader->scratch, node,
                         say(reader->scratch, "%s, a wall", found), "free floor");
        return false;
    }
    return true;
}

bool read_spot(struct reader *reader, const struct node *map, const char *key, int32_t hall,
               int32_t turn, int32_t *cell)
{
    const struct node *node = node_find(map, key);
    int64_t at[2], step[2];

    *cell = PLENUM_NONE;
    if (node == NULL || hall == PLENUM_NONE || !read_wholes(reader, node, 2, 0, INT32_MAX, at) ||
        !read_step(reader, map, step)) {
        return false;
    }
    return find_cell(reader, node, hall, at[0] + turn * step[0], at[1] + turn * step[1], cell);
}

static const struct {
    const char *word;
    int32_t column, row;
} directions[] = {{"north", 0, -1}, {"east", 1, 0}, {"south", 0, 1}, {"west", -1, 0}};

static bool front_by_direction(struct reader *reader, const struct node *node,
                               struct plenum_position *position, int32_t column, int32_t row)
{
    for (size_t i = 0; i < 4; i++) {
        if (strcmp(node->text, directions[i].word) == 0) {
            return find_cell(reader, node, position->hall, column + directions[i].column,
                             row + directions[i].row, &position->front_cell);
        }
    }
    problem_at_value(reader->problems, reader->scratch, node, node_describe(node, reader->scratch),
                     "one of north, east, south, west, or a cell [column, row]");
    return false;
}

static void read_front(struct reader *reader, const struct node *map, int32_t turn,
                       struct plenum_position *position)
{
    const struct node *node = node_find(map, "front");
    const struct plenum_hall *hall = list_at(&reader->lists[LIST_hall], position->hall);
    int32_t inside = position->cell - hall->first_cell;
    int32_t column = inside % hall->width, row = inside / hall->width;

    if (node == NULL) {
        return;
    }
    if (node->kind == NODE_TEXT) {
        (void)front_by_direction(reader, node, position, column, row);
        return;
    }
    if (!read_spot(reader, map, "front", position->hall, turn, &position->front_cell)) {
        return;
    }
    int32_t at = position->front_cell - hall->first_cell;
    int32_t dx = at % hall->width - column, dy = at / hall->width - row;
    if (dx * dx + dy * dy != 1) {
        problem_at_value(
            reader->problems, reader->scratch, node,
            say(reader->scratch, "cell [%d, %d]", (int)(at % hall->width), (int)(at / hall->width)),
            say(reader->scratch, "a cell next to cell [%d, %d] of the position", (int)column,
                (int)row));
    }
}

static void finish_positions(struct reader *reader)
{
    struct list *list = &reader->lists[LIST_position];

    for (size_t i = 0; i < list->count; i++) {
        struct plenum_position *position = list_at(list, (int32_t)i);
        struct origin origin = list->origins[i];

        position->front_cell = PLENUM_NONE;
        position->hall = read_hall(reader, origin.node);
        position->load = read_load(reader, origin.node, origin.turn, position->name);
        if (read_spot(reader, origin.node, "cell", position->hall, origin.turn, &position->cell)) {
            read_front(reader, origin.node, origin.turn, position);
        }
    }
}

static void finish_chargers(struct reader *reader)
{
    struct list *list = &reader->lists[LIST_charger];

    for (size_t i = 0; i < list->count; i++) {
        struct plenum_charger *charger = list_at(list, (int32_t)i);
        struct origin origin = list->origins[i];

        charger->hall = read_hall(reader, origin.node);
        charger->load = read_load(reader, origin.node, origin.turn, charger->name);
        (void)read_spot(reader, origin.node, "cell", charger->hall, origin.turn, &charger->cell);
    }
}

static void finish_repair_stations(struct reader *reader)
{
    struct list *list = &reader->lists[LIST_repair_station];

    for (size_t i = 0; i < list->count; i++) {
        struct plenum_repair_station *station = list_at(list, (int32_t)i);
        struct origin origin = list->origins[i];

        station->hall = read_hall(reader, origin.node);
        (void)read_spot(reader, origin.node, "cell", station->hall, origin.turn, &station->cell);
    }
}

static void finish_docks_and_stations(struct reader *reader)
{
    struct list *docks = &reader->lists[LIST_dock], *stations = &reader->lists[LIST_station];

    for (size_t i = 0; i < docks->count; i++) {
        struct plenum_dock *dock = list_at(docks, (int32_t)i);

        dock->hall = read_hall(reader, docks->origins[i].node);
        (void)read_spot(reader, docks->origins[i].node, "cell", dock->hall, docks->origins[i].turn,
                        &dock->cell);
    }
    for (size_t i = 0; i < stations->count; i++) {
        struct plenum_station *station = list_at(stations, (int32_t)i);

        station->hall = read_hall(reader, stations->origins[i].node);
        (void)read_spot(reader, stations->origins[i].node, "cell", station->hall,
                        stations->origins[i].turn, &station->cell);
    }
}

void read_places(struct reader *reader)
{
    read_list(reader, reader->root, "positions", LIST_position, &object_position);
    finish_positions(reader);
    read_list(reader, reader->root, "docks", LIST_dock, &object_dock);
    read_list(reader, reader->root, "stations", LIST_station, &object_station);
    finish_docks_and_stations(reader);
    read_list(reader, reader->root, "chargers", LIST_charger, &object_charger);
    finish_chargers(reader);
    read_list(reader, reader->root, "repair_stations", LIST_repair_station, &object_repair_station);
    finish_repair_stations(reader);
    read_areas(reader);
}
