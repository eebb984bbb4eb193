/* See again.h. */
#include "edge/http/again.h"
#include "edge/http/json.h"
#include "edge/http/post.h"

#include "base/text.h"

#include <inttypes.h>
#include <string.h>

enum { REF_TEXT = 64 };

static void ref_format(struct plenum_ref ref, char text[REF_TEXT])
{
    (void)text_format(text, REF_TEXT, "%s/%" PRIu64, plenum_kind_name(ref.kind), ref.id);
}

static void keep_value(struct again *again, struct plenum_ref ref, int32_t field, int64_t value)
{
    char name[REF_TEXT];
    ref_format(ref, name);
    json_t *values = json_object_get(again->values, name);
    if (!values) {
        values = json_object();
        json_put(again->values, name, values);
    }
    json_put_i64(values, plenum_field_name(ref.kind, field), value);
}

struct row_reader {
    struct again *again;
    enum plenum_command_kind kind;
    const char *actor;
};

static bool read_row(void *context, const struct plenum_journal_row *row)
{
    const struct row_reader *reader = context;
    struct again *again = reader->again;
    const struct plenum_command *command = row->command;
    bool made = false;
    again->fits = command->kind == reader->kind && strcmp(command->actor, reader->actor) == 0;
    for (size_t i = 0; i < command->op_count; i++) {
        const struct plenum_op *op = &command->ops[i];
        if (op->type == PLENUM_OP_SET)
            keep_value(again, op->set.ref, op->set.field, op->set.value);
        if (op->type == PLENUM_OP_SET && again->made.kind == PLENUM_KIND_COUNT)
            again->made = op->set.ref;
        if (op->type == PLENUM_OP_CREATE && !made) {
            again->made = op->create.ref;
            made = true;
        }
    }
    return false;
}

bool again_read(struct call *call, bool dry_run, enum plenum_command_kind kind, const char *actor,
                struct again *again)
{
    struct plenum_error error;
    struct plenum_journal *journal = plenum_engine_journal(call->engine);
    struct row_reader reader = {again, kind, actor};
    *again = (struct again){.made = {.kind = PLENUM_KIND_COUNT}};
    if (dry_run || !journal || !post_answered(call, &again->outcome) || !again->outcome.taken)
        return false;
    again->values = json_object();
    if (plenum_journal_walk(journal, again->outcome.seq, read_row, &reader, &error) == PLENUM_OK)
        return true;
    json_decref(again->values);
    return false;
}

int64_t again_value(const struct again *again, struct plenum_ref ref, int32_t field)
{
    char name[REF_TEXT];
    if (ref.kind == PLENUM_KIND_COUNT)
        return AGAIN_NONE;
    ref_format(ref, name);
    const json_t *value =
        json_object_get(json_object_get(again->values, name), plenum_field_name(ref.kind, field));
    return json_is_integer(value) ? json_integer_value(value) : AGAIN_NONE;
}

void again_answer(struct call *call, struct again *again, bool same, json_t *more)
{
    json_decref(again->values);
    if (!again->fits || !same) {
        json_decref(more);
        post_refuse_reused(call);
        return;
    }
    json_put(more, "taken", json_true());
    json_put(more, "again", json_true());
    json_put(more, "dry_run", json_false());
    json_put_i64(more, "seq", (int64_t)again->outcome.seq);
    call_answer_done(call, more);
}
