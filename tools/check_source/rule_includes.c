/* The order of the rooms: see rules.h. A room may include itself and those of a lower level. */
#include "rules.h"

#include <stdio.h>
#include <string.h>

struct room {
    const char *name;
    int level;
    const char *headers; /* the public headers of the room beside include/plenum/NAME.h */
};

static const struct room rooms[] = {
    {"base", 0, "error"}, {"model", 1, "site"}, {"ledger", 2, "entity command journal port"},
    {"supply", 3, ""},    {"rack", 3, ""},      {"capacity", 3, "calendar offer quota"},
    {"fleet", 3, "wait"}, {"airspace", 3, ""},  {"engine", 4, "history report"},
    {"edge", 5, "http"},  {"sim", 6, ""},       {"cli", 7, ""},
};

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

/* The room called by the first `length` characters; where `header`, of the public header. */
static const struct room *find_room(const char *name, size_t length, bool header)
{
    for (size_t i = 0; i < sizeof rooms / sizeof rooms[0]; i++) {
        if ((strlen(rooms[i].name) == length && memcmp(rooms[i].name, name, length) == 0) ||
            (header && lists_word(rooms[i].headers, name, length)))
            return &rooms[i];
    }
    return NULL;
}

static const struct room *room_of_source(const struct source *source)
{
    static const char public_folder[] = "include/plenum/";
    const char *name = source->path;
    if (source_is_under(source, "include/plenum")) {
        name += strlen(public_folder);
        return find_room(name, strcspn(name, "."), true);
    }
    if (source_is_under(source, "src")) {
        name += strlen("src/");
        return find_room(name, strcspn(name, "/"), false);
    }
    return NULL;
}

static void check_allowed(const struct source *source, struct report *report, int line,
                          const struct room *from, const struct room *to, const char *what)
{
    if (from == to || to->level < from->level)
        return;
    report_add(report, source, line,
               "%s includes %s of the room %s, which is %s; let the value be handed in, or move "
               "what is shared below both",
               from->name, what, to->name, to->level == from->level ? "beside it" : "above it");
}

/* `what` is the name between the quotes or brackets. */
static void check_include(const struct source *source, struct report *report, int line,
                          const char *what, bool quoted)
{
    const struct room *from = room_of_source(source);
    const struct room *to = NULL;
    if (!quoted && strncmp(what, "plenum/", 7) == 0) {
        to = find_room(what + 7, strcspn(what + 7, "."), true);
    } else if (quoted && source_is_under(source, "include")) {
        report_add(report, source, line,
                   "a public header includes \"%s\"; only <plenum/...> and "
                   "the C library may be seen there",
                   what);
        return;
    } else if (quoted) {
        to = find_room(what, strcspn(what, "/"), false);
    } else {
        return;
    }
    if (to == NULL)
        report_add(report, source, line,
                   "%s belongs to no room; include \"room/name.h\" or <plenum/name.h>, and list "
                   "new rooms and public headers in tools/check_source/rule_includes.c",
                   what);
    else if (from != NULL)
        check_allowed(source, report, line, from, to, what);
}

void check_includes(const struct source *source, struct report *report)
{
    struct source_line line = {0};
    if (!source->is_c || (!source_is_under(source, "src") && !source_is_under(source, "include")))
        return;
    if (room_of_source(source) == NULL)
        report_add(report, source, 1,
                   "belongs to no room; list it in tools/check_source/rule_includes.c");
    while (source_next_line(source, &line)) {
        char name[256];
        char open;
        size_t start = strspn(line.text, "# ");
        if (line.code[0] != '#' || strncmp(line.text + start, "include", 7) != 0)
            continue;
        const char *at = line.text + start + 7;
        at += strspn(at, " ");
        open = *at++;
        size_t length = strcspn(at, "\">\n");
        if ((open != '"' && open != '<') || length >= sizeof name)
            continue;
        memcpy(name, at, length);
        name[length] = '\0';
        check_include(source, report, line.number, name, open == '"');
    }
}
