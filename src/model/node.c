/* Questions to a tree, and problems told at its nodes. See tree.h. */
#include "model/tree.h"

#include "base/check.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { SHOWN = 40 };

const char *say(struct arena *arena, const char *format, ...)
{
    char text[1200];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return arena_strdup(arena, text);
}

const struct node *node_find(const struct node *map, const char *key)
{
    if (map->kind != NODE_MAP) {
        return NULL;
    }
    for (const struct node *child = map->first; child != NULL; child = child->next) {
        if (strcmp(child->key, key) == 0) {
            return child;
        }
    }
    return NULL;
}

const char *node_path(const struct node *node, struct arena *arena)
{
    if (node->parent == NULL) {
        return "site";
    }
    if (node->key == NULL) {
        return say(arena, "%s[%d]", node_path(node->parent, arena), (int)node->index);
    }
    if (node->parent->parent == NULL) {
        return node->key;
    }
    return say(arena, "%s.%s", node_path(node->parent, arena), node->key);
}

/* The text, cut where it is long or where a line ends. */
static const char *quoted(const char *text, struct arena *arena)
{
    size_t length = strcspn(text, "\n");
    bool cut = text[length] != '\0' && text[length + 1] != '\0';

    if (length > SHOWN) {
        cut = true;
        length = SHOWN;
        while (length > 0 && ((unsigned char)text[length] & 0xc0U) == 0x80U) {
            length--;
        }
    }
    return say(arena, "'%.*s%s'", (int)length, text, cut ? "..." : "");
}

const char *node_describe(const struct node *node, struct arena *arena)
{
    switch (node->kind) {
    case NODE_NULL:
        return "nothing";
    case NODE_BOOL:
        return node->text;
    case NODE_NUMBER:
        return say(arena, "number %.40s", node->text);
    case NODE_TEXT:
        return say(arena, "text %s", quoted(node->text, arena));
    case NODE_LIST:
        return node->count == 0 ? "an empty list" : "a list";
    case NODE_MAP:
        return "a map";
    }
    return "something";
}

void problem_at_value(struct plenum_problems *problems, struct arena *arena,
                      const struct node *node, const char *found, const char *expected)
{
    problems_add(problems, node->source, node->at.line, node->at.column, node_path(node, arena),
                 found, expected);
}

void problem_at_key(struct plenum_problems *problems, struct arena *arena, const struct node *node,
                    const char *found, const char *expected)
{
    problems_add(problems, node->source, node->key_at.line, node->key_at.column,
                 node_path(node, arena), found, expected);
}

void problem_of_missing(struct plenum_problems *problems, struct arena *arena,
                        const struct node *map, const char *key, const char *expected)
{
    const char *path = node_path(map, arena);

    if (map->parent == NULL) {
        path = key;
    } else {
        path = say(arena, "%s.%s", path, key);
    }
    problems_add(problems, map->source, map->at.line, map->at.column, path, "nothing", expected);
}
