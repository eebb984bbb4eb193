/* Rules about layout, comments and length: see rules.h. */
#include "rules.h"

#include <ctype.h>
#include <string.h>

void check_source(const struct source *source, struct report *report)
{
    check_lines(source, report);
    check_header_comment(source, report);
    check_includes(source, report);
    check_functions(source, report);
    check_calls(source, report);
    check_marks(source, report);
}

/* Characters, not bytes: UTF-8 continuation bytes are not counted. */
static size_t columns(const struct source_line *line)
{
    size_t count = 0;
    for (size_t i = 0; i < line->length; i++)
        count += ((unsigned char)line->text[i] & 0xc0) != 0x80;
    return count;
}

void check_lines(const struct source *source, struct report *report)
{
    struct source_line line = {0};
    while (source_next_line(source, &line)) {
        char last = line.length > 0 ? line.text[line.length - 1] : 'x';
        if (columns(&line) > COLUMNS_MAX)
            report_add(report, source, line.number, "%zu columns; at most %d", columns(&line),
                       COLUMNS_MAX);
        if (source->is_c && memchr(line.text, '\t', line.length) != NULL)
            report_add(report, source, line.number, "a tab; use four spaces");
        if (last == ' ' || last == '\t' || last == '\r')
            report_add(report, source, line.number, "white space at the end of the line");
    }
    if (source->length == 0)
        report_add(report, source, 1, "an empty file");
    else if (source->text[source->length - 1] != '\n')
        report_add(report, source, line.number, "no line end at the end of the file");
}

/* The length of the last part of a path, without its ".c" or ".h". */
static size_t stem(const char *path, size_t length, const char **start)
{
    size_t at = length;
    while (at > 0 && path[at - 1] != '/')
        at--;
    *start = path + at;
    return length - at > 2 ? length - at - 2 : 0;
}

/* "src/base/arena.c" begins by including "base/arena.h", or a <plenum/arena.h>: that says it. */
static bool begins_with_own_header(const struct source *source)
{
    static const char include[] = "#include ";
    const char *name = source->text + strlen(include);
    const char *own, *included;
    if (strncmp(source->text, include, strlen(include)) != 0 || source->path[0] == '\0')
        return false;
    size_t own_length = stem(source->path, strlen(source->path), &own);
    size_t included_length = stem(name, strcspn(name, "\n"), &included);
    return own[own_length + 1] == 'c' && included_length == own_length + 1 &&
           strncmp(included, own, own_length) == 0 && strncmp(included + own_length, ".h", 2) == 0;
}

void check_header_comment(const struct source *source, struct report *report)
{
    bool is_test = source_is_under(source, "tests"); /* its name says what it tests */
    if (source->is_c && !is_test && strncmp(source->text, "/*", 2) != 0 &&
        !begins_with_own_header(source))
        report_add(report, source, 1,
                   "no comment at the top; say what the file is and what is always true of it");
}

static bool names_an_issue(const struct source_line *line)
{
    for (size_t i = 0; i + 1 < line->length; i++) {
        if (line->comments[i] == '#' && isdigit((unsigned char)line->comments[i + 1]))
            return true;
    }
    return false;
}

static bool is_word_char(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static bool has_word(const char *text, size_t length, const char *word)
{
    size_t word_length = strlen(word);
    for (size_t i = 0; i + word_length <= length; i++) {
        if (memcmp(text + i, word, word_length) == 0 && (i == 0 || !is_word_char(text[i - 1])) &&
            (i + word_length == length || !is_word_char(text[i + word_length])))
            return true;
    }
    return false;
}

void check_marks(const struct source *source, struct report *report)
{
    static const char *const marks[] = {"TODO", "FIXME", "XXX", "HACK"};
    struct source_line line = {0};
    while (source_next_line(source, &line)) {
        for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
            if (has_word(line.comments, line.length, marks[i]) && !names_an_issue(&line))
                report_add(report, source, line.number,
                           "%s without an issue; do it, or name the issue as #12", marks[i]);
        }
    }
}

/* The last word before the first parenthesis of a signature. */
static int function_name(const struct source_line *signature, const char **name)
{
    size_t end = 0;
    while (end < signature->length && signature->code[end] != '(')
        end++;
    size_t start = end;
    while (start > 0 && is_word_char(signature->code[start - 1]))
        start--;
    *name = signature->code + start;
    return (int)(end - start);
}

void check_functions(const struct source *source, struct report *report)
{
    struct source_line line = {0}, signature = {0};
    int start = 0;
    while (source_next_line(source, &line)) {
        char first = line.length > 0 ? line.code[0] : ' ';
        if (start == 0 && is_word_char(first) && memchr(line.code, '(', line.length) != NULL)
            signature = line;
        else if (first == '{' && line.length == 1)
            start = line.number;
        else if (first == '}' && start > 0) {
            int lines = line.number - start + 1;
            const char *name = "";
            int name_length = function_name(&signature, &name);
            if (lines > FUNCTION_LINES_MAX)
                report_add(report, source, start,
                           "function %.*s has %d lines; at most %d: split it by what it does",
                           name_length, name, lines, FUNCTION_LINES_MAX);
            start = 0;
        }
    }
}
