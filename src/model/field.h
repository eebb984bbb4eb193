/* Fields: one table for each kind of map in a site file. A row is a key: its type, unit, range,
 * whether it must stand there, what holds where it does not, and where the value goes.
 *
 * The tables drive reading, the suggestions for misspelt keys, and the test that the JSON Schema
 * says the same. A key of type FIELD_OWN is read by the code of its room in the reader. */
#ifndef MODEL_FIELD_H
#define MODEL_FIELD_H

#include "model/list.h"

#include <stddef.h>

enum list_id {
#define X(one, many) LIST_##one,
    PLENUM_SITE_LISTS(X)
#undef X
        LIST_COUNT
};

enum field_type {
    FIELD_TEXT,     /* const char * */
    FIELD_WHOLE,    /* an integer of 4 or 8 bytes, multiplied by scale */
    FIELD_BOOL,     /* bool */
    FIELD_DURATION, /* int64_t ms */
    FIELD_INSTANT,  /* int64_t ms */
    FIELD_CHOICE,   /* an enum: the word's number in choices */
    FIELD_REF,      /* int32_t: the item of that name in the list ref */
    FIELD_OWN
};

struct field {
    const char *key;
    enum field_type type;
    bool required;
    size_t offset, size;
    int64_t low, high, fallback, scale;
    const char *const *choices; /* ends with NULL */
    enum list_id ref;
};

struct object {
    const char *name; /* of its definition in the schema */
    const struct field *fields;
    size_t count;
};

#define FIELD_AT(T, m) .offset = offsetof(T, m), .size = sizeof(((T *)0)->m)
#define MUST_WHOLE(T, m, k, lo, hi)                                                                \
    {                                                                                              \
        .key = k, .type = FIELD_WHOLE, .required = true, FIELD_AT(T, m), .low = lo, .high = hi,    \
        .scale = 1                                                                                 \
    }
#define MAY_WHOLE(T, m, k, lo, hi, without)                                                        \
    {                                                                                              \
        .key = k, .type = FIELD_WHOLE, FIELD_AT(T, m), .low = lo, .high = hi, .fallback = without, \
        .scale = 1                                                                                 \
    }
#define MAY_SCALED(T, m, k, lo, hi, without, by)                                                   \
    {                                                                                              \
        .key = k, .type = FIELD_WHOLE, FIELD_AT(T, m), .low = lo, .high = hi, .fallback = without, \
        .scale = by                                                                                \
    }
#define MUST_DURATION(T, m, k, lo, hi)                                                             \
    {                                                                                              \
        .key = k, .type = FIELD_DURATION, .required = true, FIELD_AT(T, m), .low = lo, .high = hi  \
    }
#define MAY_DURATION(T, m, k, lo, hi, without)                                                     \
    {                                                                                              \
        .key = k, .type = FIELD_DURATION, FIELD_AT(T, m), .low = lo, .high = hi,                   \
        .fallback = without                                                                        \
    }
#define MUST_INSTANT(T, m, k)                                                                      \
    {                                                                                              \
        .key = k, .type = FIELD_INSTANT, .required = true, FIELD_AT(T, m)                          \
    }
#define MAY_INSTANT(T, m, k, without)                                                              \
    {                                                                                              \
        .key = k, .type = FIELD_INSTANT, FIELD_AT(T, m), .fallback = without                       \
    }
#define MUST_CHOICE(T, m, k, words)                                                                \
    {                                                                                              \
        .key = k, .type = FIELD_CHOICE, .required = true, FIELD_AT(T, m), .choices = words         \
    }
#define MAY_CHOICE(T, m, k, words, without)                                                        \
    {                                                                                              \
        .key = k, .type = FIELD_CHOICE, FIELD_AT(T, m), .choices = words, .fallback = without      \
    }
#define MUST_REF(T, m, k, list)                                                                    \
    {                                                                                              \
        .key = k, .type = FIELD_REF, .required = true, FIELD_AT(T, m), .ref = list,                \
        .fallback = PLENUM_NONE                                                                    \
    }
#define MAY_REF(T, m, k, list)                                                                     \
    {                                                                                              \
        .key = k, .type = FIELD_REF, FIELD_AT(T, m), .ref = list, .fallback = PLENUM_NONE          \
    }
#define MAY_BOOL(T, m, k, without)                                                                 \
    {                                                                                              \
        .key = k, .type = FIELD_BOOL, FIELD_AT(T, m), .fallback = without                          \
    }
#define MUST_TEXT(T, m, k)                                                                         \
    {                                                                                              \
        .key = k, .type = FIELD_TEXT, .required = true, FIELD_AT(T, m)                             \
    }
#define MAY_TEXT(T, m, k)                                                                          \
    {                                                                                              \
        .key = k, .type = FIELD_TEXT, FIELD_AT(T, m)                                               \
    }
#define MUST_OWN(k)                                                                                \
    {                                                                                              \
        .key = k, .type = FIELD_OWN, .required = true                                              \
    }
#define MAY_OWN(k)                                                                                 \
    {                                                                                              \
        .key = k, .type = FIELD_OWN                                                                \
    }
#define OBJECT(title, rows)                                                                        \
    {                                                                                              \
        .name = title, .fields = rows, .count = sizeof(rows) / sizeof *(rows)                      \
    }

/* Everything while one site is read. */
struct reader {
    struct plenum_site *site;
    struct arena *arena;   /* lives as long as the site */
    struct arena *scratch; /* lives until the site is read */
    struct plenum_problems *problems;
    struct sources sources;
    const struct node *root;
    bool has_start;
    struct list lists[LIST_COUNT];
};

/* Reads the keys of map into *target by the object's table. Every row's member is set, to its
 * fallback where the key is missing or wrong. */
void read_object(struct reader *reader, const struct node *map, const struct object *object,
                 void *target);
/* Reads the list under key of map, if it is there: each item by the object's table; an item whose
 * name has a range is written out. The names are indexed. */
void read_list(struct reader *reader, const struct node *map, const char *key, enum list_id id,
               const struct object *object);

/* Single values. False, told, where the node does not hold one. */
bool read_whole(struct reader *reader, const struct node *node, int64_t low, int64_t high,
                int64_t *value);
bool read_text(struct reader *reader, const struct node *node, const char **value);
bool read_duration(struct reader *reader, const struct node *node, int64_t low, int64_t high,
                   int64_t *value);
bool read_instant(struct reader *reader, const struct node *node, int64_t *value);
/* A list of exactly count whole numbers. */
bool read_wholes(struct reader *reader, const struct node *node, int32_t count, int64_t low,
                 int64_t high, int64_t *values);
/* The item that a node names; with a range, the one for the origin's turn. */
bool read_ref(struct reader *reader, const struct node *node, enum list_id id, int32_t turn,
              int32_t turns, int32_t *index);
/* True where node is of that kind; told otherwise. NULL is told as nothing under map. */
bool node_is(struct reader *reader, const struct node *node, enum node_kind kind);
/* The name of a map that stands for one thing, in the site's arena. NULL where it has none, or,
 * told, a wrong one. */
const char *read_plain_name(struct reader *reader, const struct node *map);
/* How many items the map of this origin stands for. */
int32_t turns_of(const struct node *map);

/* A problem at the value of that key of map, or at the map itself where the key is not there. */
void tell_at(struct reader *reader, const struct node *map, const char *key, const char *found,
             const char *expected);

#endif
