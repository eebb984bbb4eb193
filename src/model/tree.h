/* Tree: a YAML file as nodes, each knowing its place in the file and its path in the tree.
 *
 * 1. A tree holds at most LIMIT_NODES nodes, aliases counted as written out, LIMIT_DEPTH deep.
 * 2. Keys of a map are texts, each once.
 * 3. All nodes and texts live in the arena given to tree_read. */
#ifndef MODEL_TREE_H
#define MODEL_TREE_H

#include "model/problems.h"

enum node_kind { NODE_NULL, NODE_BOOL, NODE_NUMBER, NODE_TEXT, NODE_LIST, NODE_MAP };

struct place {
    int32_t line, column; /* from 1 */
};

struct node {
    enum node_kind kind;
    bool block;          /* a text written as a block, '|' or '>' */
    bool open;           /* its end is not read yet */
    struct place at;     /* of the value */
    struct place key_at; /* of its key */
    const struct source *source;
    const struct node *parent; /* NULL at the root */
    const char *key;           /* in a map; NULL in a list */
    int32_t index;             /* in its list or map, from 0 */
    int32_t count;             /* of a list or map */
    const char *text;          /* of all but lists and maps, ends with NUL */
    size_t length;
    struct node *first, *last, *next;
    size_t weight; /* nodes in this branch, aliases written out */
};

/* The root, or NULL with the reasons in problems. A file with problems may still have a root. */
const struct node *tree_read(const struct source *source, struct arena *arena,
                             struct plenum_problems *problems);
/* The value of that key, or NULL; also where map is no map. */
const struct node *node_find(const struct node *map, const char *key);
/* The path: "racks[3].position"; "site" for the root itself. */
const char *node_path(const struct node *node, struct arena *arena);
/* What a node is, for "found": "a list", "text 'abc'", "number 12". */
const char *node_describe(const struct node *node, struct arena *arena);
/* printf into the arena. */
const char *say(struct arena *arena, const char *format, ...) PLENUM_PRINTF(2, 3);

/* A problem at the value, at the key, or for something that is not there under a map. */
void problem_at_value(struct plenum_problems *problems, struct arena *arena,
                      const struct node *node, const char *found, const char *expected);
void problem_at_key(struct plenum_problems *problems, struct arena *arena, const struct node *node,
                    const char *found, const char *expected);
void problem_of_missing(struct plenum_problems *problems, struct arena *arena,
                        const struct node *map, const char *key, const char *expected);

#endif
