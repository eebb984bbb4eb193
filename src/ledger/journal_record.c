/* Records and their chain: see journal_record.h. */
#include "ledger/journal_record.h"

#include "base/check.h"

#include <string.h>

struct hash record_chain(const struct journal_record *record, const struct hash *before,
                         struct bytes *scratch)
{
    bytes_clear(scratch);
    bytes_put_u64(scratch, record->seq);
    bytes_put_i64(scratch, record->now_ms);
    bytes_put_u32(scratch, record->kind);
    bytes_put_u32(scratch, record->reason);
    bytes_put_u64(scratch, record->refusal_length);
    bytes_put(scratch, record->refusal, record->refusal_length);
    bytes_put_u64(scratch, record->command_length);
    bytes_put(scratch, record->command, record->command_length);
    CHECK(!scratch->overflow);
    return hash_chain(before, scratch->data, scratch->length);
}

/* A rule is cut to what a record has room for: it is text for people. */
void refusal_write(const struct plenum_refusal *refusal, struct bytes *bytes)
{
    size_t length = refusal->rule != NULL ? strlen(refusal->rule) : 0;
    if (length > RECORD_REFUSAL_MAX / 2)
        length = RECORD_REFUSAL_MAX / 2;
    bytes_put_u32(bytes, refusal->op);
    bytes_put_svarint(bytes, refusal->subject);
    bytes_put_svarint(bytes, refusal->feed_lost);
    bytes_put_svarint(bytes, refusal->asked);
    bytes_put_svarint(bytes, refusal->limit);
    bytes_put_svarint(bytes, refusal->from_ms);
    bytes_put_varint(bytes, refusal->other.kind);
    bytes_put_varint(bytes, refusal->other.id);
    bytes_put_u8(bytes, refusal->rule != NULL);
    bytes_put(bytes, refusal->rule, length);
    CHECK(!bytes->overflow);
}

static int32_t get_i32(struct bytes_reader *reader)
{
    int64_t value = bytes_get_svarint(reader);
    if (value < INT32_MIN || value > INT32_MAX)
        reader->failed = true;
    return reader->failed ? 0 : (int32_t)value;
}

bool refusal_read(uint32_t reason, const uint8_t *data, size_t length,
                  struct plenum_refusal *refusal, char text[RECORD_REFUSAL_MAX])
{
    struct bytes_reader reader;
    *refusal = (struct plenum_refusal){0};
    if (reason == PLENUM_REASON_NONE || reason >= PLENUM_REASON_COUNT)
        return reason == PLENUM_REASON_NONE && length == 0;
    bytes_read_init(&reader, data, length);
    refusal->reason = (enum plenum_reason)reason;
    refusal->op = bytes_get_u32(&reader);
    refusal->subject = get_i32(&reader);
    refusal->feed_lost = get_i32(&reader);
    refusal->asked = bytes_get_svarint(&reader);
    refusal->limit = bytes_get_svarint(&reader);
    refusal->from_ms = bytes_get_svarint(&reader);
    refusal->other.kind = (uint32_t)bytes_get_varint(&reader);
    refusal->other.id = bytes_get_varint(&reader);
    bool has_rule = bytes_get_u8(&reader) != 0;
    size_t rest = reader.length - reader.offset;
    if (reader.failed || rest >= RECORD_REFUSAL_MAX)
        return false;
    memcpy(text, bytes_get(&reader, rest), rest);
    text[rest] = '\0';
    refusal->rule = has_rule ? text : NULL;
    return bytes_read_done(&reader);
}
