#include "edge/http/command_json.h"

#include "base/instant.h"
#include "base/text.h"

#include <inttypes.h>
#include <stddef.h>
#include <string.h>

enum member_type { MEMBER_REF, MEMBER_I32, MEMBER_I64, MEMBER_BITS32, MEMBER_BITS64, MEMBER_MS };

struct member {
    const char *name;
    enum member_type type;
    size_t offset; /* in struct plenum_op */
};

enum { MEMBERS_MAX = 8 };

#define MEMBER(name, type, at)                                                                     \
    {                                                                                              \
        name, MEMBER_##type, offsetof(struct plenum_op, at)                                        \
    }

/* The operations that a client may ask for, all of whose members must be there. Not among them: the
 * clock's, the robots' steps, and those that point to volumes. SET is read by set_from_json. */
static const struct member op_members[PLENUM_OP_TYPE_COUNT][MEMBERS_MAX] = {
    [PLENUM_OP_POWER_CLAIM] = {MEMBER("owner", REF, power.owner), MEMBER("load", I32, power.load),
                               MEMBER("watts", I64, power.watts), MEMBER("from", MS, power.from_ms),
                               MEMBER("until", MS, power.until_ms)},
    [PLENUM_OP_CAPACITY_CLAIM] = {MEMBER("owner", REF, capacity.owner),
                                  MEMBER("server", I32, capacity.server),
                                  MEMBER("milli", I32, capacity.milli),
                                  MEMBER("accelerators", BITS64, capacity.accelerators),
                                  MEMBER("cores", I32, capacity.cores),
                                  MEMBER("memory_bytes", I64, capacity.memory_bytes),
                                  MEMBER("from", MS, capacity.from_ms),
                                  MEMBER("until", MS, capacity.until_ms)},
    [PLENUM_OP_RELEASE] = {MEMBER("owner", REF, release.owner),
                           MEMBER("books", BITS32, release.books),
                           MEMBER("from", MS, release.from_ms)},
    [PLENUM_OP_FLOOR_CLOSE] = {MEMBER("owner", REF, close.owner), MEMBER("cell", I32, close.cell)},
    [PLENUM_OP_FLOOR_OPEN] = {MEMBER("owner", REF, open.owner), MEMBER("cell", I32, open.cell)},
    [PLENUM_OP_LIMIT] = {MEMBER("node", I32, limit.node), MEMBER("limit_w", I64, limit.limit_w),
                         MEMBER("failover_limit_w", I64, limit.failover_limit_w),
                         MEMBER("from", MS, limit.from_ms), MEMBER("until", MS, limit.until_ms)},
    [PLENUM_OP_WINDOW] = {MEMBER("server", I32, window.server), MEMBER("from", MS, window.from_ms),
                          MEMBER("until", MS, window.until_ms)},
    [PLENUM_OP_CREATE] = {MEMBER("of", REF, create.ref)},
    [PLENUM_OP_SET] = {MEMBER("of", REF, set.ref)},
    [PLENUM_OP_END] = {MEMBER("of", REF, end.ref)},
};

/* --- values ----------------------------------------------------------------------------------- */

static bool ref_from_json(const json_t *value, struct plenum_ref *ref)
{
    const char *text = json_string_value(value), *slash = text ? strchr(text, '/') : NULL;
    if (!slash || !text_to_u64(slash + 1, &ref->id))
        return false;
    for (ref->kind = 0; ref->kind < PLENUM_KIND_COUNT; ref->kind++) {
        const char *name = plenum_kind_name(ref->kind);
        if (strlen(name) == (size_t)(slash - text) && memcmp(name, text, strlen(name)) == 0)
            return true;
    }
    return false;
}

static bool integer_from_json(const json_t *value, int64_t least, int64_t most, int64_t *integer)
{
    *integer = json_integer_value(value);
    return json_is_integer(value) && *integer >= least && *integer <= most;
}

static bool instant_from_json(const json_t *value, int64_t *at_ms)
{
    const char *text = json_string_value(value);
    if (!text)
        return integer_from_json(value, INT64_MIN, INT64_MAX, at_ms);
    *at_ms = PLENUM_FOREVER;
    return strcmp(text, "forever") == 0 || instant_parse(text, at_ms);
}

/* Writes the value at its place; returns what was expected where it is none, or NULL. */
static const char *member_from_json(const struct member *member, const json_t *value, char *op)
{
    int64_t integer;
    char *at = op + member->offset;
    switch (member->type) {
    case MEMBER_REF:
        return ref_from_json(value, (struct plenum_ref *)(void *)at) ? NULL : "KIND/ID (job/12)";
    case MEMBER_MS:
        return instant_from_json(value, (int64_t *)(void *)at)
                   ? NULL
                   : "an instant (2026-01-05T10:00Z, milliseconds, or forever)";
    case MEMBER_I32:
        if (!integer_from_json(value, INT32_MIN, INT32_MAX, &integer))
            return "an integer of 32 bits";
        *(int32_t *)(void *)at = (int32_t)integer;
        return NULL;
    case MEMBER_BITS32:
        if (!integer_from_json(value, 0, UINT32_MAX, &integer))
            return "a set of bits, as an integer from 0 on";
        *(uint32_t *)(void *)at = (uint32_t)integer;
        return NULL;
    case MEMBER_BITS64: /* the 64th bit is the sign, as in what the journal shows */
    case MEMBER_I64:
        if (!integer_from_json(value, INT64_MIN, INT64_MAX, &integer))
            return "an integer";
        memcpy(at, &integer, sizeof integer);
        return NULL;
    }
    return "another type";
}

/* --- operations ------------------------------------------------------------------------------- */

/* The field of a SET by its name, and its value: an integer, or the name of a state. */
static const char *set_from_json(struct plenum_op *op, const json_t *object)
{
    uint32_t kind = op->set.ref.kind;
    const char *name = json_string_value(json_object_get(object, "field"));
    const json_t *value = json_object_get(object, "value");
    const char *state = json_string_value(value);
    int32_t field = 0, count = plenum_kind_field_count(kind);
    while (name && field < count && strcmp(plenum_field_name(kind, field), name) != 0)
        field++;
    if (!name || field == count)
        return "field: expected the name of a field of its kind";
    op->set.field = field;
    if (field != PLENUM_FIELD_STATE || !state)
        return integer_from_json(value, INT64_MIN, INT64_MAX, &op->set.value)
                   ? NULL
                   : "value: expected an integer";
    for (int32_t i = 0; i < plenum_kind_state_count(kind); i++) {
        op->set.value = i;
        if (strcmp(plenum_state_name(kind, i), state) == 0)
            return NULL;
    }
    return "value: expected a state of its kind";
}

static bool op_type_from_json(const json_t *value, enum plenum_op_type *type)
{
    const char *name = json_string_value(value);
    for (int i = 0; name && i < PLENUM_OP_TYPE_COUNT; i++) {
        *type = (enum plenum_op_type)i;
        if (strcmp(plenum_op_type_name(*type), name) == 0)
            return op_members[i][0].name != NULL;
    }
    return false;
}

static enum plenum_status op_from_json(struct plenum_op *op, const json_t *object, size_t index,
                                       struct plenum_error *error)
{
    memset(op, 0, sizeof *op);
    if (!op_type_from_json(json_object_get(object, "op"), &op->type))
        return plenum_fail(error, PLENUM_INPUT,
                           "ops[%zu].op: expected an operation that clients may ask for", index);
    size_t count = 1;
    const struct member *member = op_members[op->type];
    for (int i = 0; i < MEMBERS_MAX && member[i].name; i++, count++) {
        const json_t *value = json_object_get(object, member[i].name);
        const char *expected = member_from_json(&member[i], value, (char *)op);
        if (expected)
            return plenum_fail(error, PLENUM_INPUT, "ops[%zu].%s: expected %s", index,
                               member[i].name, expected);
    }
    if (op->type == PLENUM_OP_SET) {
        const char *wrong = set_from_json(op, object);
        if (wrong)
            return plenum_fail(error, PLENUM_INPUT, "ops[%zu].%s", index, wrong);
        count += 2;
    }
    if (json_object_size(object) != count)
        return plenum_fail(error, PLENUM_INPUT, "ops[%zu]: %zu members, expected %zu", index,
                           json_object_size(object), count);
    return PLENUM_OK;
}

/* --- the command ------------------------------------------------------------------------------ */

static bool kind_from_json(const json_t *value, enum plenum_command_kind *kind)
{
    const char *name = json_string_value(value);
    *kind = PLENUM_COMMAND_OTHER;
    if (!value)
        return true;
    for (int i = 0; name && i < PLENUM_COMMAND_KIND_COUNT; i++) {
        *kind = (enum plenum_command_kind)i;
        if (strcmp(plenum_command_kind_name(*kind), name) == 0)
            return *kind != PLENUM_COMMAND_TICK && *kind != PLENUM_COMMAND_GENESIS;
    }
    return false;
}

static bool keys_are_known(const json_t *document)
{
    size_t known = (json_object_get(document, "kind") != NULL) +
                   (size_t)(json_object_get(document, "actor") != NULL) +
                   (json_object_get(document, "ops") != NULL);
    return json_object_size(document) == known;
}

enum plenum_status command_from_json(struct plenum_command *command, const json_t *document,
                                     struct plenum_error *error)
{
    enum plenum_command_kind kind;
    const json_t *ops = json_object_get(document, "ops");
    const json_t *actor = json_object_get(document, "actor");
    const char *who = actor ? json_string_value(actor) : "http";
    if (!json_is_object(document) || !keys_are_known(document))
        return plenum_fail(error, PLENUM_INPUT, "expected an object of kind, actor and ops");
    if (!kind_from_json(json_object_get(document, "kind"), &kind))
        return plenum_fail(error, PLENUM_INPUT,
                           "kind: expected a kind of command that clients may ask for");
    if (!who || who[0] == 0 || strlen(who) >= PLENUM_ACTOR_MAX)
        return plenum_fail(error, PLENUM_INPUT, "actor: expected a text of 1 to %d bytes",
                           PLENUM_ACTOR_MAX - 1);
    if (!json_is_array(ops) || json_array_size(ops) == 0)
        return plenum_fail(error, PLENUM_INPUT, "ops: expected one operation or more");
    plenum_command_reset(command, kind, who);
    enum plenum_status status = PLENUM_OK;
    for (size_t i = 0; i < json_array_size(ops) && status == PLENUM_OK; i++) {
        struct plenum_op op;
        status = op_from_json(&op, json_array_get(ops, i), i, error);
        if (status == PLENUM_OK)
            plenum_command_push(command, &op);
    }
    return status;
}
