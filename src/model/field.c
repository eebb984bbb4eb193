/* Single values of a site file: numbers, words, times, names. See field.h. */
#include "model/field.h"

#include "base/check.h"
#include "base/instant.h"
#include "base/text.h"
#include "model/pattern.h"

#include <string.h>

static const char *describe(struct reader *reader, const struct node *node)
{
    return node_describe(node, reader->scratch);
}

static bool wrong(struct reader *reader, const struct node *node, const char *expected)
{
    problem_at_value(reader->problems, reader->scratch, node, describe(reader, node), expected);
    return false;
}

static const char *kind_name(enum node_kind kind)
{
    switch (kind) {
    case NODE_NULL:
        return "nothing";
    case NODE_BOOL:
        return "true or false";
    case NODE_NUMBER:
        return "a number";
    case NODE_TEXT:
        return "a text";
    case NODE_LIST:
        return "a list";
    case NODE_MAP:
        return "a map";
    }
    return "something";
}

bool node_is(struct reader *reader, const struct node *node, enum node_kind kind)
{
    return node->kind == kind || wrong(reader, node, kind_name(kind));
}

void tell_at(struct reader *reader, const struct node *map, const char *key, const char *found,
             const char *expected)
{
    const struct node *value = node_find(map, key);

    problem_at_value(reader->problems, reader->scratch, value == NULL ? map : value, found,
                     expected);
}

static const char *range_text(struct reader *reader, int64_t low, int64_t high)
{
    return say(reader->scratch, "a whole number from %lld to %lld", (long long)low,
               (long long)high);
}

bool read_whole(struct reader *reader, const struct node *node, int64_t low, int64_t high,
                int64_t *value)
{
    int64_t number;

    if (node->kind != NODE_NUMBER || !text_to_i64(node->text, &number) || number < low ||
        number > high) {
        return wrong(reader, node, range_text(reader, low, high));
    }
    *value = number;
    return true;
}

bool read_wholes(struct reader *reader, const struct node *node, int32_t count, int64_t low,
                 int64_t high, int64_t *values)
{
    bool good = true;

    if (node->kind != NODE_LIST || node->count != count) {
        const char *found = node->kind == NODE_LIST
                                ? say(reader->scratch, "a list of %d", (int)node->count)
                                : describe(reader, node);
        problem_at_value(reader->problems, reader->scratch, node, found,
                         say(reader->scratch, "a list of %d whole numbers", (int)count));
        return false;
    }
    for (const struct node *item = node->first; item != NULL; item = item->next) {
        good &= read_whole(reader, item, low, high, values++);
    }
    return good;
}

bool read_text(struct reader *reader, const struct node *node, const char **value)
{
    if (node->kind == NODE_NUMBER || node->kind == NODE_BOOL) {
        return wrong(reader, node, "a text: put it in quotes");
    }
    if (node->kind != NODE_TEXT || node->length == 0) {
        return wrong(reader, node, "a text");
    }
    if (node->length > LIMIT_TEXT || memchr(node->text, '\0', node->length) != NULL) {
        problem_at_value(reader->problems, reader->scratch, node,
                         say(reader->scratch, "a text of %zu bytes", node->length),
                         "at most 1000 bytes, none of them 0");
        return false;
    }
    *value = node->text;
    return true;
}

bool read_duration(struct reader *reader, const struct node *node, int64_t low, int64_t high,
                   int64_t *value)
{
    char from[DURATION_TEXT], to[DURATION_TEXT];
    int64_t duration;

    if (node->kind != NODE_TEXT || !duration_parse(node->text, &duration) || duration < low ||
        duration > high) {
        return wrong(reader, node,
                     say(reader->scratch, "a duration such as 90s or 1h30m, from %s to %s",
                         duration_format(low, from), duration_format(high, to)));
    }
    *value = duration;
    return true;
}

/* "start", "start+2h", "start-1d12h". */
static bool parse_from_start(const char *text, int64_t start, int64_t *value)
{
    int64_t offset;

    if (strncmp(text, "start", 5) != 0) {
        return false;
    }
    if (text[5] == '\0') {
        *value = start;
        return true;
    }
    if ((text[5] != '+' && text[5] != '-') || !duration_parse(text + 6, &offset) ||
        offset > 100 * LIMIT_DURATION) {
        return false;
    }
    *value = text[5] == '+' ? start + offset : start - offset;
    return true;
}

bool read_instant(struct reader *reader, const struct node *node, int64_t *value)
{
    if (node->kind == NODE_TEXT && instant_parse(node->text, value)) {
        return true;
    }
    if (reader->has_start && node->kind == NODE_TEXT &&
        parse_from_start(node->text, reader->site->start_ms, value)) {
        return true;
    }
    return wrong(reader, node,
                 reader->has_start ? "an instant such as 2026-01-05T10:00Z or start+2h"
                                   : "an instant such as 2026-01-05T10:00Z");
}

static bool read_bool(struct reader *reader, const struct node *node, bool *value)
{
    if (node->kind != NODE_BOOL) {
        return wrong(reader, node, "true or false");
    }
    *value = node->text[0] == 't' || node->text[0] == 'T';
    return true;
}

static const char *join(struct reader *reader, const char *const *words)
{
    const char *text = "";

    for (; *words != NULL; words++) {
        text = say(reader->scratch, "%s%s%s", text, *text == '\0' ? "" : ", ", *words);
    }
    return text;
}

static bool read_choice(struct reader *reader, const struct node *node, const char *const *choices,
                        int64_t *value)
{
    size_t count = 0;

    for (; choices[count] != NULL; count++) {
        if (node->kind == NODE_TEXT && strcmp(choices[count], node->text) == 0) {
            *value = (int64_t)count;
            return true;
        }
    }
    const char *nearest = node->kind == NODE_TEXT ? text_nearest(node->text, choices, count) : NULL;
    const char *one_of = say(reader->scratch, "one of %s", join(reader, choices));
    return wrong(reader, node,
                 nearest == NULL ? one_of
                                 : say(reader->scratch, "%s; did you mean '%s'?", one_of, nearest));
}

static const char *list_title(enum list_id id)
{
    static const char *const titles[] = {
#define X(one, many) [LIST_##one] = #one,
        PLENUM_SITE_LISTS(X)
#undef X
    };
    return titles[id];
}

static bool tell_unknown(struct reader *reader, const struct node *node, const char *name,
                         enum list_id id)
{
    const struct list *list = &reader->lists[id];
    const char *nearest = list_nearest(list, name);
    char title[32];

    (void)text_format(title, sizeof title, "%s", list_title(id));
    for (char *c = title; *c != '\0'; c++) {
        *c = *c == '_' ? ' ' : *c;
    }
    const char *expected = say(reader->scratch, "the name of a %s", title);
    if (nearest != NULL) {
        expected = say(reader->scratch, "%s; did you mean '%s'?", expected, nearest);
    }
    problem_at_value(reader->problems, reader->scratch, node,
                     say(reader->scratch, "unknown name '%.80s'", name), expected);
    return false;
}

bool read_ref(struct reader *reader, const struct node *node, enum list_id id, int32_t turn,
              int32_t turns, int32_t *index)
{
    struct pattern pattern;
    const char *name;

    *index = PLENUM_NONE;
    if (!read_text(reader, node, &name)) {
        return false;
    }
    if (!pattern_parse(name, &pattern)) {
        return wrong(reader, node, "a name, or one with a range such as {1..12}");
    }
    if (pattern.ranged && pattern_count(&pattern) != turns) {
        problem_at_value(reader->problems, reader->scratch, node,
                         say(reader->scratch, "a range of %d", (int)pattern_count(&pattern)),
                         say(reader->scratch, "a range of %d, as in the name", (int)turns));
        return false;
    }
    name = pattern_expand(&pattern, pattern.ranged ? turn : 0, reader->scratch);
    *index = list_find(&reader->lists[id], name);
    return *index != PLENUM_NONE || tell_unknown(reader, node, name, id);
}

/* --- one row of a table ----------------------------------------------------------------------- */

static void store_whole(const struct field *field, void *target, int64_t value)
{
    char *at = (char *)target + field->offset;

    if (field->size == sizeof(int32_t)) {
        int32_t narrow = (int32_t)value;
        CHECK(narrow == value);
        memcpy(at, &narrow, sizeof narrow);
    } else {
        CHECK(field->size == sizeof value);
        memcpy(at, &value, sizeof value);
    }
}

static void store_fallback(const struct field *field, void *target)
{
    if (field->type == FIELD_BOOL) {
        *((char *)target + field->offset) = field->fallback != 0;
    } else if (field->type == FIELD_WHOLE) {
        store_whole(field, target, field->fallback * field->scale);
    } else if (field->type != FIELD_OWN && field->type != FIELD_TEXT) {
        store_whole(field, target, field->fallback);
    }
}

static void read_text_field(struct reader *reader, const struct node *node,
                            const struct field *field, void *target)
{
    const char *text = NULL;

    if (read_text(reader, node, &text)) {
        text = arena_strdup(reader->arena, text);
        memcpy((char *)target + field->offset, &text, sizeof text);
    }
}

static bool read_number(struct reader *reader, const struct node *node, const struct field *field,
                        int64_t *value)
{
    int32_t index;

    switch (field->type) {
    case FIELD_WHOLE:
        if (!read_whole(reader, node, field->low, field->high, value)) {
            return false;
        }
        *value *= field->scale;
        return true;
    case FIELD_DURATION:
        return read_duration(reader, node, field->low, field->high, value);
    case FIELD_INSTANT:
        return read_instant(reader, node, value);
    case FIELD_CHOICE:
        return read_choice(reader, node, field->choices, value);
    default:
        if (!read_ref(reader, node, field->ref, 0, 1, &index)) {
            return false;
        }
        *value = index;
        return true;
    }
}

static void read_field(struct reader *reader, const struct node *node, const struct field *field,
                       void *target)
{
    int64_t value;
    bool flag;

    if (field->type == FIELD_OWN) {
        return;
    }
    if (field->type == FIELD_TEXT) {
        read_text_field(reader, node, field, target);
    } else if (field->type == FIELD_BOOL) {
        if (read_bool(reader, node, &flag)) {
            memcpy((char *)target + field->offset, &flag, sizeof flag);
        }
    } else if (read_number(reader, node, field, &value)) {
        store_whole(field, target, value);
    }
}

/* --- maps ------------------------------------------------------------------------------------- */

static const struct field *find_field(const struct object *object, const char *key)
{
    for (size_t i = 0; i < object->count; i++) {
        if (strcmp(object->fields[i].key, key) == 0) {
            return &object->fields[i];
        }
    }
    return NULL;
}

static void tell_unknown_key(struct reader *reader, const struct node *node,
                             const struct object *object)
{
    const char *keys[LIMIT_KEYS + 1] = {NULL};

    for (size_t i = 0; i < object->count; i++) {
        keys[i] = object->fields[i].key;
    }
    const char *nearest = text_nearest(node->key, keys, object->count);
    problem_at_key(reader->problems, reader->scratch, node, "an unknown key",
                   nearest != NULL
                       ? say(reader->scratch, "a key of this map; did you mean '%s'?", nearest)
                       : say(reader->scratch, "one of %s", join(reader, keys)));
}

static const char *expected_of(struct reader *reader, const struct field *field)
{
    switch (field->type) {
    case FIELD_WHOLE:
        return range_text(reader, field->low, field->high);
    case FIELD_DURATION:
        return "a duration such as 90s or 1h30m";
    case FIELD_INSTANT:
        return "an instant such as 2026-01-05T10:00Z";
    case FIELD_CHOICE:
        return say(reader->scratch, "one of %s", join(reader, field->choices));
    case FIELD_REF:
        return "a name";
    case FIELD_TEXT:
        return "a text";
    default:
        return say(reader->scratch, "the key '%s'", field->key);
    }
}

void read_object(struct reader *reader, const struct node *map, const struct object *object,
                 void *target)
{
    for (size_t i = 0; i < object->count; i++) {
        const struct field *field = &object->fields[i];

        store_fallback(field, target);
        if (field->required && map->kind == NODE_MAP && node_find(map, field->key) == NULL) {
            problem_of_missing(reader->problems, reader->scratch, map, field->key,
                               expected_of(reader, field));
        }
    }
    if (!node_is(reader, map, NODE_MAP)) {
        return;
    }
    for (const struct node *node = map->first; node != NULL; node = node->next) {
        const struct field *field = find_field(object, node->key);

        if (field == NULL) {
            tell_unknown_key(reader, node, object);
        } else {
            read_field(reader, node, field, target);
        }
    }
}

/* --- lists of named things -------------------------------------------------------------------- */

static bool name_letters_are_good(const struct pattern *pattern)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                  "-_.";
    const char *text = pattern->text;

    if (strlen(text) > LIMIT_NAME || text[0] == '-' || text[0] == '.') {
        return false;
    }
    if (strspn(text, letters) < pattern->before) {
        return false;
    }
    return text[pattern->after] == '\0' ||
           strspn(text + pattern->after, letters) == strlen(text + pattern->after);
}

/* The name of an item of a list. A name that is wrong is told, and stands for nothing. */
static bool read_name(struct reader *reader, const struct node *map, struct pattern *pattern)
{
    const struct node *node = node_find(map, "name");
    const char *text;

    if (node == NULL || !read_text(reader, node, &text)) {
        return false;
    }
    if (!pattern_parse(text, pattern) || !name_letters_are_good(pattern)) {
        return wrong(reader, node,
                     "a name of at most 63 letters, digits, '-', '_', '.', and one range such "
                     "as {1..12}");
    }
    return true;
}

const char *read_plain_name(struct reader *reader, const struct node *map)
{
    const struct node *node = node_find(map, "name");
    struct pattern pattern;
    const char *text;

    if (node == NULL || !read_text(reader, node, &text)) {
        return NULL;
    }
    if (!pattern_parse(text, &pattern) || pattern.ranged || !name_letters_are_good(&pattern)) {
        wrong(reader, node, "a name of at most 63 letters, digits, '-', '_', '.'");
        return NULL;
    }
    return arena_strdup(reader->arena, text);
}

int32_t turns_of(const struct node *map)
{
    const struct node *node = node_find(map, "name");
    struct pattern pattern;

    return node != NULL && node->kind == NODE_TEXT && pattern_parse(node->text, &pattern)
               ? pattern_count(&pattern)
               : 1;
}

/* Appends the items that one map stands for. False where the list is full. */
static bool push_items(struct reader *reader, const struct node *map, struct list *list,
                       const struct pattern *pattern, char *item)
{
    int32_t count = pattern_count(pattern);

    for (int32_t turn = 0; turn < count; turn++) {
        const char *name = pattern_expand(pattern, turn, reader->arena);
        int32_t index = (int32_t)list->count;

        memcpy(item, &name, sizeof name);
        if (!list_push(list, item, (struct origin){map, turn})) {
            tell_at(reader, map, "name", say(reader->scratch, "more than %zu of them", list->max),
                    say(reader->scratch, "at most %zu", list->max));
            return false;
        }
        if (!list_index(list, index)) {
            const struct origin *first = &list->origins[list_find(list, name)];
            tell_at(reader, map, "name",
                    say(reader->scratch, "the name '%s' a second time, after line %d", name,
                        (int)first->node->at.line),
                    "each name once");
        }
    }
    return true;
}

void read_list(struct reader *reader, const struct node *map, const char *key, enum list_id id,
               const struct object *object)
{
    const struct node *node = node_find(map, key);
    struct list *list = &reader->lists[id];

    if (node == NULL || !node_is(reader, node, NODE_LIST)) {
        return;
    }
    char *item = arena_alloc(reader->scratch, 1, list->item_size);
    for (const struct node *child = node->first; child != NULL; child = child->next) {
        struct pattern pattern;

        memset(item, 0, list->item_size);
        read_object(reader, child, object, item);
        if (read_name(reader, child, &pattern) &&
            !push_items(reader, child, list, &pattern, item)) {
            return;
        }
    }
}
