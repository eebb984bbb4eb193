/* Splitting a source into code and comments: see source.h. */
#include "source.h"

#include "base/memory.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum part { PART_CODE, PART_BLOCK, PART_LINE, PART_QUOTE };

struct splitter {
    struct source *source;
    size_t at;
    enum part part;
    char quote;
};

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), end_length = strlen(end);
    return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

/* Gives `count` characters to the text of their part, then moves past them. */
static void take(struct splitter *s, size_t count, enum part part)
{
    for (; count > 0 && s->at < s->source->length; count--, s->at++) {
        char c = s->source->text[s->at];
        if (part == PART_CODE)
            s->source->code[s->at] = c;
        else if (part != PART_QUOTE)
            s->source->comments[s->at] = c;
    }
}

static void split_code(struct splitter *s)
{
    const char *text = s->source->text + s->at;
    if (strncmp(text, "/*", 2) == 0 || strncmp(text, "//", 2) == 0) {
        s->part = text[1] == '*' ? PART_BLOCK : PART_LINE;
        take(s, 2, s->part);
        return;
    }
    if (*text == '"' || *text == '\'') {
        s->part = PART_QUOTE;
        s->quote = *text;
    }
    take(s, 1, PART_CODE);
}

static void split_quote(struct splitter *s)
{
    char c = s->source->text[s->at];
    if (c == '\\') {
        take(s, 2, PART_QUOTE);
    } else if (c == s->quote || c == '\n') {
        s->part = PART_CODE;
        take(s, 1, PART_CODE);
    } else {
        take(s, 1, PART_QUOTE);
    }
}

static void split_comment(struct splitter *s)
{
    const char *text = s->source->text + s->at;
    if (s->part == PART_BLOCK && strncmp(text, "*/", 2) == 0) {
        take(s, 2, PART_BLOCK);
        s->part = PART_CODE;
    } else {
        if (s->part == PART_LINE && *text == '\n')
            s->part = PART_CODE;
        take(s, 1, PART_BLOCK);
    }
}

static void split(struct source *source)
{
    struct splitter s = {.source = source, .part = PART_CODE};
    while (s.at < source->length) {
        if (s.part == PART_CODE)
            split_code(&s);
        else if (s.part == PART_QUOTE)
            split_quote(&s);
        else
            split_comment(&s);
    }
}

static char *blank(const char *text, size_t length)
{
    char *copy = memory_new(length + 1, 1);
    for (size_t i = 0; i < length; i++)
        copy[i] = text[i] == '\n' ? '\n' : ' ';
    return copy;
}

void source_init(struct source *source, const char *path, const char *text, size_t length)
{
    *source = (struct source){.path = path, .length = length};
    source->text = memory_new(length + 1, 1);
    memcpy(source->text, text, length);
    source->code = blank(text, length);
    source->comments = blank(text, length);
    source->is_c = ends_with(path, ".c") || ends_with(path, ".h");
    if (source->is_c)
        split(source);
}

void source_finish(struct source *source)
{
    free(source->text);
    free(source->code);
    free(source->comments);
    *source = (struct source){0};
}

bool source_next_line(const struct source *source, struct source_line *line)
{
    size_t at = line->next;
    if (at >= source->length)
        return false;
    const char *end = memchr(source->text + at, '\n', source->length - at);
    line->length = end != NULL ? (size_t)(end - source->text) - at : source->length - at;
    line->number++;
    line->text = source->text + at;
    line->code = source->code + at;
    line->comments = source->comments + at;
    line->next = at + line->length + 1;
    return true;
}

bool source_is_under(const struct source *source, const char *folder)
{
    size_t length = strlen(folder);
    return strncmp(source->path, folder, length) == 0 &&
           (source->path[length] == '/' || source->path[length] == '\0');
}

void report_add(struct report *report, const struct source *source, int line, const char *format,
                ...)
{
    va_list list;
    fprintf(report->file, "%s:%d: ", source->path, line);
    va_start(list, format);
    vfprintf(report->file, format, list);
    va_end(list);
    fputc('\n', report->file);
    report->found++;
}
