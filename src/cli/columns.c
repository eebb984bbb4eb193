/* Columns: see columns.h. */
#include "cli/columns.h"

#include "base/check.h"
#include "base/memory.h"
#include "cli/screen.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CELLS_MAX = 1 << 26, GAP = 2 };

/* --- style ------------------------------------------------------------------------------------ */

struct style style_of(int descriptor)
{
    struct style style = {0, false};
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    if (!isatty(descriptor))
        return style;
    style.width = screen_of(descriptor).columns;
    style.colour = !(no_color && no_color[0]) && !(term && strcmp(term, "dumb") == 0);
    return style;
}

const char *style_state(struct style style, const char *state)
{
    static const struct {
        const char *state, *start;
    } colours[] = {
        {"failed", "\033[31m"},   {"broken", "\033[31m"},    {"critical", "\033[31m"},
        {"refused", "\033[31m"},  {"stopped", "\033[31m"},   {"contingent", "\033[31m"},
        {"warning", "\033[33m"},  {"grounded", "\033[33m"},  {"nonconforming", "\033[33m"},
        {"paused", "\033[33m"},   {"queued", "\033[33m"},    {"in-service", "\033[32m"},
        {"running", "\033[32m"},  {"activated", "\033[32m"}, {"flying", "\033[32m"},
        {"busy", "\033[32m"},     {"ready", "\033[32m"},     {"taken", "\033[32m"},
        {"retired", "\033[2m"},   {"done", "\033[2m"},       {"ended", "\033[2m"},
        {"cancelled", "\033[2m"},
    };
    for (size_t i = 0; style.colour && i < sizeof colours / sizeof colours[0]; i++)
        if (strcmp(colours[i].state, state) == 0)
            return colours[i].start;
    return "";
}

const char *style_end(struct style style)
{
    return style.colour ? "\033[0m" : "";
}

/* --- cells ------------------------------------------------------------------------------------ */

char *make_plain(char *text)
{
    for (unsigned char *at = (unsigned char *)text; *at; at++) {
        bool c1 = at[0] == 0xc2 && at[1] >= 0x80 && at[1] < 0xa0; /* U+0080 to U+009F */
        if (*at < ' ' || *at == 0x7f || c1)
            at[0] = '?';
        if (c1)
            at[1] = '?';
    }
    return text;
}

void columns_init(struct columns *columns, const struct column *heads, size_t count)
{
    CHECK(count > 0 && count <= COLUMNS_MAX);
    *columns = (struct columns){.heads = heads, .count = count};
}

void columns_finish(struct columns *columns)
{
    for (size_t i = 0; i < columns->cell_count; i++)
        free(columns->cells[i]);
    free(columns->cells);
}

void columns_put(struct columns *columns, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    CHECK(length >= 0);
    char *text = memory_new((size_t)length + 1, 1);
    (void)vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    ARRAY_PUSH(columns->cells, columns->cell_count, columns->capacity, CELLS_MAX) =
        make_plain(text);
}

/* --- printing --------------------------------------------------------------------------------- */

/* A character of UTF-8 counts as one column. */
static int width_of(const char *text)
{
    int width = 0;
    for (; *text; text++)
        width += ((unsigned char)*text & 0xc0) != 0x80;
    return width;
}

struct line { /* of the table, while it is printed */
    FILE *out;
    struct style style;
    int left;  /* columns of the terminal */
    int owing; /* spaces before the next text */
};

/* How many of so many columns there is room for. */
static int take_room(struct line *line, int wanted)
{
    int room = line->style.width == 0 || wanted < line->left ? wanted : line->left;
    line->left -= room;
    return room;
}

static void line_put(struct line *line, const char *text, const char *colour)
{
    if (!text[0])
        return;
    int gap = take_room(line, line->owing);
    line->owing = 0;
    if (line->style.width > 0 && line->left == 0)
        return;
    fprintf(line->out, "%*s", gap, "");
    int room = take_room(line, width_of(text));
    fputs(colour, line->out);
    fwrite(text, 1, screen_fit(text, strlen(text), room), line->out);
    fputs(colour[0] ? style_end(line->style) : "", line->out);
}

static void print_row(const struct columns *columns, char *const *cells, const int *widths,
                      struct style style, FILE *out)
{
    struct line line = {out, style, style.width, 0};
    for (size_t i = 0; i < columns->count; i++) {
        const struct column *head = &columns->heads[i];
        const char *text = cells ? cells[i] : head->title;
        int padding = widths[i] - width_of(text);
        line.owing += head->right ? padding : 0;
        line_put(&line, text, cells && head->state ? style_state(style, text) : "");
        line.owing += (head->right ? 0 : padding) + GAP;
    }
    fputc('\n', out);
}

void columns_print(const struct columns *columns, struct style style, FILE *out)
{
    int widths[COLUMNS_MAX] = {0};
    bool titled = false;
    CHECK(columns->cell_count % columns->count == 0);
    for (size_t i = 0; i < columns->count; i++) {
        widths[i] = width_of(columns->heads[i].title);
        titled = titled || widths[i] > 0;
    }
    for (size_t i = 0; i < columns->cell_count; i++) {
        int width = width_of(columns->cells[i]);
        if (width > widths[i % columns->count])
            widths[i % columns->count] = width;
    }
    if (titled)
        print_row(columns, NULL, widths, style, out);
    for (size_t i = 0; i < columns->cell_count; i += columns->count)
        print_row(columns, columns->cells + i, widths, style, out);
}
