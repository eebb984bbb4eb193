/* What is not called or not named, where, and what to use instead: see rules.h. */
#include "rules.h"

#include <ctype.h>
#include <string.h>

#define EVERYWHERE "src include tests bench tools"
struct banned {
    const char *words;
    const char *folders; /* where the row holds */
    const char *except;  /* files and folders where it does not */
    const char *instead;
};

static const struct banned banned_calls[] = {
    {"strcpy strcat strncpy strncat stpcpy sprintf vsprintf", EVERYWHERE, "",
     "text_format (base/text.h), or memcpy with a checked length"},
    {"gets", EVERYWHERE, "", "getline"},
    {"scanf sscanf fscanf vscanf vsscanf vfscanf", "src tools bench", "",
     "text_to_i64 or text_to_u64 (base/text.h), which tell bad input from zero"},
    {"atoi atol atoll atof", EVERYWHERE, "",
     "text_to_i64 or text_to_u64 (base/text.h), which tell bad input from zero"},
    {"strtol strtoul strtoll strtoull strtoimax strtoumax", "src", "src/base",
     "text_to_i64 or text_to_u64 (base/text.h), which tell bad input from zero"},
    {"strtok strtok_r strsep", EVERYWHERE, "", "strcspn and strspn, which leave the text alone"},
    {"rand rand_r srand random srandom drand48 erand48 lrand48 mrand48 srand48 getrandom "
     "getentropy "
     "arc4random",
     EVERYWHERE, "", "base/random.h with a seed that is handed in"},
    {"time clock clock_gettime gettimeofday timespec_get ftime", "src", "src/base/wall.c",
     "an instant that is handed in, or struct wall_clock (base/wall.h) for pacing and measuring"},
    {"sleep usleep nanosleep clock_nanosleep", "src", "src/base/wall.c",
     "struct wall_clock (base/wall.h), so that a test can be the clock"},
    {"localtime localtime_r gmtime gmtime_r mktime timegm strftime strptime ctime ctime_r asctime",
     EVERYWHERE, "", "instant_format and instant_parse (base/instant.h)"},
    {"setlocale", EVERYWHERE, "", "nothing: output is the same everywhere"},
    {"alloca", EVERYWHERE, "", "an arena (base/arena.h)"},
    {"malloc calloc realloc reallocarray strdup strndup", "src", "src/base",
     "memory_new, memory_resize, memory_strdup (base/memory.h), or an arena (base/arena.h)"},
    {"assert", EVERYWHERE, "", "CHECK (base/check.h), which stays on in release"},
    {"system popen", "src tools bench", "", "a function: no shell is started from here"},
    {"signal", "src", "", "sigaction"},
    {"longjmp setjmp sigsetjmp siglongjmp", EVERYWHERE, "", "a typed return"},
    {"sin cos tan asin acos atan atan2 sinh cosh tanh exp exp2 expm1 log log2 log10 log1p pow cbrt "
     "hypot fma tgamma lgamma erf erfc",
     "src", "src/edge src/cli",
     "integers, or + - * / sqrt floor: the others differ between machines"},
};

/* SQLite's interface has a double; the audit works in another way than what it audits. */
static const struct banned banned_words[] = {
    {"float double", "src/ledger", "src/ledger/journal_vfs.c src/ledger/audit_air.c",
     "int64_t in the smallest unit: the ledger is integers"},
};

static bool is_word_char(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static bool lists_word(const char *list, const char *word, size_t length)
{
    for (const char *at = list; *at != '\0'; at += strspn(at, " ")) {
        size_t here = strcspn(at, " ");
        if (here == length && memcmp(at, word, length) == 0)
            return true;
        at += here;
    }
    return false;
}

static bool is_under_one_of(const struct source *source, const char *folders)
{
    char folder[64];
    for (const char *at = folders; *at != '\0'; at += strspn(at, " ")) {
        size_t length = strcspn(at, " ");
        if (length < sizeof folder) {
            memcpy(folder, at, length);
            folder[length] = '\0';
            if (source_is_under(source, folder))
                return true;
        }
        at += length;
    }
    return false;
}

static void find_banned(const struct source *source, struct report *report,
                        const struct source_line *line, size_t start, size_t length,
                        const struct banned *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (lists_word(rows[i].words, line->code + start, length) &&
            is_under_one_of(source, rows[i].folders) && !is_under_one_of(source, rows[i].except))
            report_add(report, source, line->number, "%.*s; use %s", (int)length,
                       line->code + start, rows[i].instead);
    }
}

/* A call is a word before a parenthesis that is not a member of something. */
static bool is_call(const struct source_line *line, size_t start, size_t length)
{
    size_t next = start + length;
    while (next < line->length && line->code[next] == ' ')
        next++;
    bool member = start > 0 && (line->code[start - 1] == '.' || line->code[start - 1] == '>');
    return next < line->length && line->code[next] == '(' && !member;
}

static void check_line(const struct source *source, struct report *report,
                       const struct source_line *line)
{
    size_t length;
    for (size_t start = 0; start < line->length; start += length) {
        for (length = 0; start + length < line->length && is_word_char(line->code[start + length]);)
            length++;
        if (length == 0) {
            length = 1;
            continue;
        }
        if (is_call(line, start, length))
            find_banned(source, report, line, start, length, banned_calls,
                        sizeof banned_calls / sizeof banned_calls[0]);
        find_banned(source, report, line, start, length, banned_words,
                    sizeof banned_words / sizeof banned_words[0]);
    }
}

void check_calls(const struct source *source, struct report *report)
{
    struct source_line line = {0};
    while (source->is_c && source_next_line(source, &line))
        check_line(source, report, &line);
}
