/* A few slots, found by the text of what was asked; the one that was not used for the longest is
 * taken for the next: see kept.h. */
#include "edge/http/kept.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum { SLOTS = 16, BODY_MAX = 256 << 10, ASKED_MAX = 512 };

struct slot {
    char asked[ASKED_MAX]; /* empty: nothing is here */
    uint64_t seq, used;
    bool paused;
    int64_t speed_milli;
    char etag[sizeof((struct call_answer *)0)->etag];
    const char *content_type;
    struct bytes body;
};

struct kept {
    struct slot slots[SLOTS];
    uint64_t uses;
};

struct kept *kept_create(void)
{
    struct kept *kept = memory_new(1, sizeof *kept);
    for (int i = 0; i < SLOTS; i++)
        bytes_init(&kept->slots[i].body, BODY_MAX);
    return kept;
}

void kept_destroy(struct kept *kept)
{
    if (!kept)
        return;
    for (int i = 0; i < SLOTS; i++)
        bytes_finish(&kept->slots[i].body);
    free(kept);
}

/* Path and query in one text. False: nothing of it is kept, as it is long, or of the past. */
static bool write_asked(const struct call *call, char asked[ASKED_MAX])
{
    const struct call_request *request = &call->request;
    size_t length = strlen(request->path);
    if (!(request->method & (HTTP_GET | HTTP_HEAD)) || length >= ASKED_MAX ||
        call_query(call, "at"))
        return false;
    memcpy(asked, request->path, length + 1);
    for (size_t i = 0; i < request->query_count; i++) {
        if (!text_format(asked + length, ASKED_MAX - length, "&%s", request->query[i]))
            return false;
        length += strlen(asked + length);
    }
    return true;
}

bool kept_find(struct kept *kept, struct call *call)
{
    char asked[ASKED_MAX];
    uint64_t seq = plenum_ledger_seq(call->ledger);
    if (!write_asked(call, asked))
        return false;
    for (int i = 0; i < SLOTS; i++) {
        struct slot *slot = &kept->slots[i];
        if (slot->seq != seq || strcmp(slot->asked, asked) != 0 ||
            slot->paused != plenum_engine_paused(call->engine) ||
            slot->speed_milli != plenum_engine_speed(call->engine))
            continue;
        slot->used = ++kept->uses;
        call->answer.seq = seq;
        call->answer.content_type = slot->content_type;
        call_answer_bytes(call, slot->body.data, slot->body.length, slot->etag);
        return true;
    }
    return false;
}

void kept_put(struct kept *kept, const struct call *call)
{
    char asked[ASKED_MAX];
    const struct call_answer *answer = &call->answer;
    struct slot *slot = &kept->slots[0];
    size_t length = answer->body.length - HTTP_ROOM;
    if (length > BODY_MAX || !write_asked(call, asked))
        return;
    for (int i = 0; i < SLOTS; i++) {
        struct slot *other = &kept->slots[i];
        if (strcmp(other->asked, asked) == 0) {
            slot = other;
            break;
        }
        slot = other->used < slot->used ? other : slot;
    }
    memcpy(slot->asked, asked, sizeof asked);
    memcpy(slot->etag, answer->etag, sizeof slot->etag);
    slot->seq = answer->seq;
    slot->used = ++kept->uses;
    slot->paused = plenum_engine_paused(call->engine);
    slot->speed_milli = plenum_engine_speed(call->engine);
    slot->content_type = answer->content_type;
    bytes_clear(&slot->body);
    bytes_put(&slot->body, answer->body.data + HTTP_ROOM, length);
}
