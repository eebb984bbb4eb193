/* The list of problems and how it is printed. See problems.h and site.h. */
#include "model/problems.h"

#include "base/check.h"
#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum { LINE_SHOWN = 160, LINE_BEFORE = 60 };

struct entry {
    struct plenum_problem problem;
    int32_t file_index;
    int32_t caret; /* letters of source_line before the caret */
    size_t order;
};

struct plenum_problems {
    struct arena arena;
    struct entry *entries;
    size_t count, capacity;
    size_t dropped;
};

struct plenum_problems *plenum_problems_create(void)
{
    struct plenum_problems *problems = memory_new(1, sizeof *problems);

    arena_init(&problems->arena, (size_t)1 << 30);
    return problems;
}

void plenum_problems_destroy(struct plenum_problems *problems)
{
    if (problems == NULL) {
        return;
    }
    free(problems->entries);
    arena_finish(&problems->arena);
    free(problems);
}

size_t plenum_problems_count(const struct plenum_problems *problems)
{
    return problems->count;
}

const struct plenum_problem *plenum_problems_at(const struct plenum_problems *problems,
                                                size_t index)
{
    CHECK(index < problems->count);
    return &problems->entries[index].problem;
}

static bool starts_letter(char byte)
{
    return ((unsigned char)byte & 0xc0U) != 0x80U;
}

/* The line's text, or a window of it around column, with what a terminal should not get replaced.
 * *caret is the number of letters before the column in it. */
static const char *line_text(struct arena *arena, const struct source *source, int32_t line,
                             int32_t column, int32_t *caret)
{
    const char *at = source->file.data, *end = at + source->file.length;

    for (int32_t i = 1; i < line && at != NULL; i++) {
        at = memchr(at, '\n', (size_t)(end - at));
        at = at == NULL ? NULL : at + 1;
    }
    if (at == NULL || at > end) {
        return NULL;
    }
    const char *stop = memchr(at, '\n', (size_t)(end - at));
    stop = stop == NULL ? end : stop;
    if (stop > at && stop[-1] == '\r') {
        stop--;
    }
    int32_t letters = 0, skip = column - 1 > LINE_BEFORE * 2 ? column - 1 - LINE_BEFORE : 0;
    while (at < stop && letters < skip) {
        at++;
        letters += at == stop || starts_letter(*at);
    }
    *caret = column - 1 - letters;
    const char *last = at;
    for (letters = 0; last < stop && letters < LINE_SHOWN; letters++) {
        do {
            last++;
        } while (last < stop && !starts_letter(*last));
    }
    char *text = arena_alloc(arena, (size_t)(last - at) + 1, 1); /* may have zero bytes */
    memcpy(text, at, (size_t)(last - at));
    for (char *c = text; c < text + (last - at); c++) {
        if (((unsigned char)*c < 0x20 && *c != '\t') || *c == 0x7f) {
            *c = '?';
        }
    }
    return text;
}

void problems_add(struct plenum_problems *problems, const struct source *source, int32_t line,
                  int32_t column, const char *what, const char *found, const char *expected)
{
    CHECK(found != NULL && expected != NULL);
    if (problems->count == LIMIT_PROBLEMS) {
        problems->dropped++;
        return;
    }
    struct arena *arena = &problems->arena;
    struct entry entry = {.file_index = source->index, .order = problems->count};

    entry.problem.file = arena_strdup(arena, source->shown);
    entry.problem.line = line;
    entry.problem.column = column;
    entry.problem.what = arena_strdup(arena, what);
    entry.problem.found = arena_strdup(arena, found);
    entry.problem.expected = arena_strdup(arena, expected);
    if (line > 0) {
        entry.problem.source_line = line_text(arena, source, line, column, &entry.caret);
    }
    ARRAY_PUSH(problems->entries, problems->count, problems->capacity, LIMIT_PROBLEMS) = entry;
}

static int compare_places(const struct entry *a, const struct entry *b)
{
    const int32_t of_a[] = {a->file_index, a->problem.line, a->problem.column};
    const int32_t of_b[] = {b->file_index, b->problem.line, b->problem.column};

    for (size_t i = 0; i < 3; i++) {
        if (of_a[i] != of_b[i]) {
            return of_a[i] < of_b[i] ? -1 : 1;
        }
    }
    return 0;
}

static int compare_entries(const void *left, const void *right)
{
    const struct entry *a = left, *b = right;
    int by_place = compare_places(a, b);

    if (by_place != 0) {
        return by_place;
    }
    return a->order < b->order ? -1 : 1;
}

static bool says_the_same(const struct entry *a, const struct entry *b)
{
    return compare_places(a, b) == 0 && strcmp(a->problem.what, b->problem.what) == 0 &&
           strcmp(a->problem.found, b->problem.found) == 0 &&
           strcmp(a->problem.expected, b->problem.expected) == 0;
}

void problems_sort(struct plenum_problems *problems)
{
    size_t kept = 0;

    if (problems->count == 0) {
        return;
    }
    qsort(problems->entries, problems->count, sizeof *problems->entries, compare_entries);
    for (size_t i = 1; i < problems->count; i++) {
        if (!says_the_same(&problems->entries[kept], &problems->entries[i])) {
            problems->entries[++kept] = problems->entries[i];
        }
    }
    problems->count = kept + 1;
}

static void print_caret(const struct plenum_problem *problem, int32_t letters, FILE *out)
{
    const char *at = problem->source_line;

    fprintf(out, "    %s\n    ", problem->source_line);
    for (; letters > 0; letters--) {
        fputc(*at == '\t' ? '\t' : ' ', out);
        while (*at != '\0' && !starts_letter(*++at)) {
        }
    }
    fputs("^\n", out);
}

void plenum_problem_print(const struct plenum_problem *problem, FILE *out)
{
    const struct entry *entry = (const struct entry *)(const void *)problem;

    if (problem->line > 0) {
        fprintf(out, "%s:%d:%d: ", problem->file, (int)problem->line, (int)problem->column);
    } else {
        fprintf(out, "%s: ", problem->file);
    }
    if (problem->what[0] != '\0') {
        fprintf(out, "%s: ", problem->what);
    }
    fprintf(out, "found %s, expected %s\n", problem->found, problem->expected);
    if (problem->source_line != NULL && problem->source_line[0] != '\0') {
        print_caret(problem, entry->caret, out);
    }
}

void plenum_problems_print(const struct plenum_problems *problems, FILE *out)
{
    for (size_t i = 0; i < problems->count; i++) {
        plenum_problem_print(&problems->entries[i].problem, out);
    }
    if (problems->dropped > 0) {
        fprintf(out, "and %zu problems more\n", problems->dropped);
    }
}
