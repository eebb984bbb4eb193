/* A row is read with those after it, and stands at the slot of its number until another does. So
 * all who follow the end share what was read once, and who is far behind reads on in batches. */
#include "edge/http/feed.h"

#include "base/check.h"
#include "base/memory.h"
#include "edge/http/json.h"
#include "edge/row_json.h"

#include <libwebsockets.h>
#include <stdlib.h>

enum { SLOTS = 1024, BATCH = 128, ROW_MAX = 1 << 20 };

_Static_assert(BATCH < SLOTS, "a batch does not overwrite itself");

struct slot {
    uint64_t seq; /* 0: none */
    struct bytes text;
};

struct feed {
    struct slot slots[SLOTS];
    const struct plenum_site *site; /* while a batch is read */
    uint64_t until;
};

struct feed *feed_create(void)
{
    struct feed *feed = memory_new(1, sizeof *feed);
    for (int i = 0; i < SLOTS; i++)
        bytes_init(&feed->slots[i].text, ROW_MAX);
    return feed;
}

void feed_destroy(struct feed *feed)
{
    if (!feed)
        return;
    for (int i = 0; i < SLOTS; i++)
        bytes_finish(&feed->slots[i].text);
    free(feed);
}

static bool keep_row(void *context, const struct plenum_journal_row *row)
{
    static const uint8_t room[LWS_PRE];
    struct feed *feed = context;
    struct slot *slot = &feed->slots[row->seq % SLOTS];
    json_t *object = row_json(feed->site, row, ROW_OPS_SHOWN);
    slot->seq = row->seq;
    bytes_clear(&slot->text);
    bytes_put(&slot->text, room, sizeof room);
    json_put_dump(object, &slot->text);
    CHECK(!slot->text.overflow);
    json_decref(object);
    return row->seq < feed->until;
}

const struct bytes *feed_row(struct feed *feed, struct plenum_engine *engine, uint64_t seq)
{
    struct plenum_error error;
    struct plenum_journal *journal = plenum_engine_journal(engine);
    struct slot *slot = &feed->slots[seq % SLOTS];
    uint64_t synced = plenum_journal_synced(journal);
    CHECK(seq > 0 && seq <= synced);
    if (slot->seq == seq)
        return &slot->text;
    feed->site = plenum_ledger_site(plenum_engine_ledger(engine));
    feed->until = synced - seq < BATCH ? synced : seq + BATCH - 1;
    if (plenum_journal_walk(journal, seq, keep_row, feed, &error) != PLENUM_OK)
        return NULL;
    return slot->seq == seq ? &slot->text : NULL;
}
