/* From the events of libfyaml to a tree of nodes. See tree.h. */
#include "model/tree.h"

#include "base/check.h"
#include "model/utf8.h"

#include <libfyaml.h>
#include <string.h>

struct anchor {
    const char *name;
    struct node *node;
};

struct builder {
    const struct source *source;
    struct arena *arena;
    struct plenum_problems *problems;
    struct node *root;
    struct node *stack[LIMIT_DEPTH];
    int32_t depth;
    struct {
        const char *text; /* a key whose value is not read yet */
        struct place at;
    } keys[LIMIT_DEPTH];
    struct anchor anchors[LIMIT_ANCHORS];
    int32_t anchor_count;
    size_t nodes;
    int32_t documents;
};

static void tell(struct builder *builder, struct place at, const char *found, const char *expected)
{
    problems_add(builder->problems, builder->source, at.line, at.column, "", found, expected);
}

static struct place place_of_mark(const struct fy_mark *mark)
{
    if (mark == NULL) {
        return (struct place){1, 1};
    }
    return (struct place){mark->line + 1, mark->column + 1};
}

static struct place place_of(struct fy_event *event)
{
    return place_of_mark(fy_event_start_mark(event));
}

/* The library's mark of an alias, and of a text in quotes, is one letter after its start. */
static struct place place_before(struct place at)
{
    at.column -= at.column > 1;
    return at;
}

/* --- scalars: the core schema of YAML 1.2, section 10.3.2 ------------------------------------- */

static bool is_one_of(const char *text, const char *const *words)
{
    for (; *words != NULL; words++) {
        if (strcmp(text, *words) == 0) {
            return true;
        }
    }
    return false;
}

static const char *skip_digits(const char *at, bool *any)
{
    for (; *at >= '0' && *at <= '9'; at++) {
        *any = true;
    }
    return at;
}

/* [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?, or 0o and 0x forms. */
static bool is_number(const char *text)
{
    bool digits = false, exponent = false;
    const char *at = text + (*text == '-' || *text == '+');

    if (text[0] == '0' && text[1] == 'x' && text[2] != '\0') {
        return text[2 + strspn(text + 2, "0123456789abcdefABCDEF")] == '\0';
    }
    if (text[0] == '0' && text[1] == 'o' && text[2] != '\0') {
        return text[2 + strspn(text + 2, "01234567")] == '\0';
    }
    at = skip_digits(at, &digits);
    if (*at == '.') {
        at = skip_digits(at + 1, &digits);
    }
    if (digits && (*at == 'e' || *at == 'E')) {
        at++;
        at = skip_digits(at + (*at == '-' || *at == '+'), &exponent);
        return exponent && *at == '\0';
    }
    return digits && *at == '\0';
}

static enum node_kind kind_of_plain(const char *text)
{
    static const char *const nulls[] = {"", "~", "null", "Null", "NULL", NULL};
    static const char *const bools[] = {"true", "True", "TRUE", "false", "False", "FALSE", NULL};
    static const char *const odd[] = {".inf",  ".Inf",  ".INF", "+.inf", "+.Inf", "+.INF", "-.inf",
                                      "-.Inf", "-.INF", ".nan", ".NaN",  ".NAN",  NULL};

    if (is_one_of(text, nulls)) {
        return NODE_NULL;
    }
    if (is_one_of(text, bools)) {
        return NODE_BOOL;
    }
    return is_number(text) || is_one_of(text, odd) ? NODE_NUMBER : NODE_TEXT;
}

/* --- putting nodes in their place ------------------------------------------------------------- */

static struct node *node_new(struct builder *builder, enum node_kind kind, struct place at)
{
    struct node *node = arena_alloc(builder->arena, 1, sizeof *node);

    node->kind = kind;
    node->at = at;
    node->key_at = at;
    node->source = builder->source;
    node->weight = 1;
    return node;
}

static bool awaits_key(const struct builder *builder)
{
    return builder->depth > 0 && builder->stack[builder->depth - 1]->kind == NODE_MAP &&
           builder->keys[builder->depth - 1].text == NULL;
}

static void link_child(struct node *parent, struct node *child)
{
    child->parent = parent;
    child->index = parent->count++;
    if (parent->last == NULL) {
        parent->first = child;
    } else {
        parent->last->next = child;
    }
    parent->last = child;
}

/* Gives the node the key read before it. A key that stands there already is told, and its second
 * value left out of the map. */
static bool take_key(struct builder *builder, struct node *map, struct node *node)
{
    node->key = builder->keys[builder->depth - 1].text;
    node->key_at = builder->keys[builder->depth - 1].at;
    builder->keys[builder->depth - 1].text = NULL;
    node->parent = map;
    const struct node *before = node_find(map, node->key);
    if (before != NULL) {
        problem_at_key(
            builder->problems, builder->arena, node,
            say(builder->arena, "the key a second time, after line %d", (int)before->key_at.line),
            "each key once");
        return false;
    }
    if (map->count == LIMIT_KEYS) {
        tell(builder, node->key_at, "one key more in this map", "at most 256");
        return false;
    }
    return true;
}

/* False where reading must end: there is no room for the node. */
static bool put_node(struct builder *builder, struct node *node)
{
    builder->nodes += node->weight;
    if (builder->nodes > LIMIT_NODES) {
        tell(builder, node->at, "more than 1000000 values, aliases written out",
             "a smaller file: use ranges, or a map or trace file");
        return false;
    }
    if (builder->depth == 0) {
        builder->root = node;
        return true;
    }
    struct node *parent = builder->stack[builder->depth - 1];
    if (parent->kind == NODE_LIST || take_key(builder, parent, node)) {
        link_child(parent, node);
    }
    return true;
}

static bool keep_anchor(struct builder *builder, struct fy_token *token, struct node *node)
{
    size_t length;

    if (token == NULL) {
        return true;
    }
    if (builder->anchor_count == LIMIT_ANCHORS) {
        tell(builder, node->at, "one anchor more", "at most 256");
        return false;
    }
    const char *text = fy_token_get_text(token, &length);
    builder->anchors[builder->anchor_count++] =
        (struct anchor){arena_strndup(builder->arena, text, length), node};
    return true;
}

static bool refuse_tag(struct builder *builder, struct fy_event *event)
{
    size_t length;
    struct fy_token *tag = fy_event_get_tag_token(event);

    if (tag == NULL) {
        return true;
    }
    const char *text = fy_token_get_text(tag, &length);
    tell(builder, place_of_mark(fy_token_start_mark(tag)),
         say(builder->arena, "tag '%.*s'", (int)length, text), "a value without a tag");
    return false;
}

/* --- events ----------------------------------------------------------------------------------- */

static bool on_key(struct builder *builder, const char *text, struct place at)
{
    builder->keys[builder->depth - 1].text = text;
    builder->keys[builder->depth - 1].at = at;
    return true;
}

/* A value that is left out has no place of its own: it gets its key's, or its list's. */
static struct place place_of_nothing(const struct builder *builder)
{
    if (builder->depth == 0) {
        return (struct place){1, 1};
    }
    const struct node *parent = builder->stack[builder->depth - 1];
    return parent->kind == NODE_MAP ? builder->keys[builder->depth - 1].at : parent->at;
}

static bool on_scalar(struct builder *builder, struct fy_event *event)
{
    size_t length;
    struct fy_token *token = event->scalar.value;
    enum fy_scalar_style style = token == NULL ? FYSS_PLAIN : fy_token_scalar_style(token);
    const char *text = token == NULL ? "" : fy_token_get_text(token, &length);
    struct place at = place_of(event);

    if (token == NULL || text == NULL) {
        text = "";
        length = 0;
    }
    const char *copy = arena_strndup(builder->arena, text, length);
    if (style == FYSS_SINGLE_QUOTED || style == FYSS_DOUBLE_QUOTED) {
        at = place_before(at);
    }
    if (awaits_key(builder)) {
        return on_key(builder, copy, at);
    }
    if (style == FYSS_PLAIN && length == 0) {
        at = place_of_nothing(builder);
    }
    struct node *node =
        node_new(builder, style == FYSS_PLAIN ? kind_of_plain(copy) : NODE_TEXT, at);
    node->text = copy;
    node->length = length;
    node->block = style == FYSS_LITERAL || style == FYSS_FOLDED;
    return keep_anchor(builder, event->scalar.anchor, node) && put_node(builder, node);
}

static bool on_start(struct builder *builder, struct fy_event *event)
{
    bool is_map = event->type == FYET_MAPPING_START;
    struct place at = place_of(event);

    if (awaits_key(builder)) {
        tell(builder, at, is_map ? "a map as a key" : "a list as a key", "a text as a key");
        return false;
    }
    if (builder->depth == LIMIT_DEPTH) {
        tell(builder, at, "lists and maps nested more than 32 deep", "at most 32");
        return false;
    }
    struct node *node = node_new(builder, is_map ? NODE_MAP : NODE_LIST, at);
    struct fy_token *anchor = is_map ? event->mapping_start.anchor : event->sequence_start.anchor;
    if (!keep_anchor(builder, anchor, node) || !put_node(builder, node)) {
        return false;
    }
    node->open = true;
    builder->keys[builder->depth].text = NULL;
    builder->stack[builder->depth++] = node;
    return true;
}

static bool on_end(struct builder *builder)
{
    CHECK(builder->depth > 0);
    struct node *node = builder->stack[--builder->depth];
    for (const struct node *child = node->first; child != NULL; child = child->next) {
        node->weight += child->weight;
    }
    node->open = false;
    return true;
}

static struct node *find_anchor(const struct builder *builder, const char *name, size_t length)
{
    for (int32_t i = builder->anchor_count - 1; i >= 0; i--) {
        const char *known = builder->anchors[i].name;

        if (strlen(known) == length && memcmp(known, name, length) == 0) {
            return builder->anchors[i].node;
        }
    }
    return NULL;
}

/* An alias stands for a copy of its anchor's node; children are shared. */
static bool on_alias(struct builder *builder, struct fy_event *event)
{
    size_t length;
    const char *name = fy_token_get_text(event->alias.anchor, &length);
    struct place at = place_before(place_of(event));
    const struct node *target = find_anchor(builder, name, length);

    if (target == NULL || target->open || awaits_key(builder)) {
        tell(builder, at, say(builder->arena, "alias '%.*s'", (int)length, name),
             target == NULL ? "the name of an anchor before it"
             : target->open ? "an anchor that has ended: nothing may hold itself"
                            : "a text as a key");
        return false;
    }
    struct node *node = node_new(builder, target->kind, at);
    node->block = target->block;
    node->text = target->text;
    node->length = target->length;
    node->first = target->first;
    node->last = target->last;
    node->count = target->count;
    node->weight = target->weight;
    return put_node(builder, node);
}

static bool on_document(struct builder *builder, struct fy_event *event)
{
    if (++builder->documents > 1) {
        tell(builder, place_of(event), "a second document", "one document in a file");
        return false;
    }
    return true;
}

static bool on_event(struct builder *builder, struct fy_event *event)
{
    switch (event->type) {
    case FYET_DOCUMENT_START:
        return on_document(builder, event);
    case FYET_SCALAR:
        return refuse_tag(builder, event) && on_scalar(builder, event);
    case FYET_MAPPING_START:
    case FYET_SEQUENCE_START:
        return refuse_tag(builder, event) && on_start(builder, event);
    case FYET_MAPPING_END:
    case FYET_SEQUENCE_END:
        return on_end(builder);
    case FYET_ALIAS:
        return on_alias(builder, event);
    default:
        return true;
    }
}

/* --- the whole -------------------------------------------------------------------------------- */

static void tell_library_error(struct builder *builder, struct fy_diag *diag)
{
    void *iterator = NULL;
    const struct fy_diag_error *error = fy_diag_errors_iterate(diag, &iterator);

    if (error == NULL || error->msg == NULL) {
        tell(builder, (struct place){1, 1}, "text that is not YAML", "YAML 1.2");
        return;
    }
    struct place at = {error->line > 0 ? error->line : 1, error->column > 0 ? error->column : 1};
    tell(builder, at, say(builder->arena, "text that is not YAML (%s)", error->msg), "YAML 1.2");
}

/* Reads events until the end, an error, or a node that may not stand. */
static bool read_events(struct builder *builder, struct fy_parser *parser, struct fy_diag *diag)
{
    for (;;) {
        struct fy_event *event = fy_parser_parse(parser);

        if (event == NULL) {
            bool failed = fy_parser_get_stream_error(parser) || fy_diag_got_error(diag);
            if (failed) {
                tell_library_error(builder, diag);
            }
            return !failed;
        }
        bool going = on_event(builder, event);
        fy_parser_event_free(parser, event);
        if (!going) {
            return false;
        }
    }
}

static struct place place_at(const char *data, size_t offset)
{
    struct place at = {1, 1};

    for (size_t i = 0; i < offset; i++) {
        at.column = data[i] == '\n' ? 1 : at.column + (((unsigned char)data[i] & 0xc0U) != 0x80U);
        at.line += data[i] == '\n';
    }
    return at;
}

static bool text_is_utf8(struct builder *builder)
{
    const char *data = builder->source->file.data;
    size_t bad = utf8_first_bad(data, builder->source->file.length);
    const char *nul = memchr(data, '\0', bad);

    if (bad == builder->source->file.length && nul == NULL) {
        return true;
    }
    bad = nul != NULL ? (size_t)(nul - data) : bad;
    tell(builder, place_at(data, bad),
         say(builder->arena, "byte 0x%02x", (unsigned)(unsigned char)data[bad]), "text in UTF-8");
    return false;
}

/* The library needs time in the square of a run of blanks, and of a line that starts with '%'. */
static bool text_is_tame(struct builder *builder)
{
    const char *data = builder->source->file.data;
    size_t blanks = 0, line = 0;

    for (size_t i = 0; i < builder->source->file.length; i++) {
        line = data[i] == '\n' ? i + 1 : line;
        blanks = data[i] == ' ' || data[i] == '\t' ? blanks + 1 : 0;
        if (blanks > LIMIT_BLANKS) {
            tell(builder, place_at(data, i), "more than 1000 blanks in a row", "at most 1000");
            return false;
        }
        if (data[line] == '%' && i - line >= LIMIT_DIRECTIVE) {
            tell(builder, place_at(data, line),
                 "a line of more than 1000 letters that starts with '%'", "at most 1000");
            return false;
        }
    }
    return true;
}

static bool parse(struct builder *builder)
{
    struct fy_diag_cfg diag_config;
    fy_diag_cfg_default(&diag_config);
    struct fy_diag *diag = fy_diag_create(&diag_config);
    CHECK(diag != NULL);
    fy_diag_set_collect_errors(diag, true);
    struct fy_parse_cfg config = {.flags = FYPCF_QUIET | FYPCF_DEFAULT_VERSION_1_2 |
                                           FYPCF_JSON_NONE | FYPCF_DISABLE_MMAP_OPT,
                                  .diag = diag};
    struct fy_parser *parser = fy_parser_create(&config);
    CHECK(parser != NULL);
    bool good = fy_parser_set_string(parser, builder->source->file.data,
                                     builder->source->file.length) == 0 &&
                read_events(builder, parser, diag);
    fy_parser_destroy(parser);
    fy_diag_destroy(diag);
    return good;
}

const struct node *tree_read(const struct source *source, struct arena *arena,
                             struct plenum_problems *problems)
{
    struct builder *builder = arena_alloc(arena, 1, sizeof *builder);
    builder->source = source;
    builder->arena = arena;
    builder->problems = problems;
    if (!text_is_utf8(builder) || !text_is_tame(builder) || !parse(builder)) {
        return NULL;
    }
    if (builder->root == NULL) {
        tell(builder, (struct place){1, 1}, "an empty file", "a site");
    }
    return builder->root;
}
