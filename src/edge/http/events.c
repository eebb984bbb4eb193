/* GET /v1/events?since=SEQ: the rows of the journal after SEQ, in order, each once. The answer's
 * "next" is the SEQ to ask with next, so a client that lost its connection goes on where it was.
 * With wait=SECONDS the answer comes when there is a row, or when so long has passed. Only rows
 * that are durable are told: what a client has seen stays true after a crash. */
#include "edge/http/call.h"
#include "edge/http/json.h"

#include "base/wall.h"
#include "edge/row_json.h"

#include <inttypes.h>

enum { EVENTS_MAX = 1000, WAIT_MAX_S = 60 };

struct gather {
    const struct plenum_site *site;
    json_t *items;
    uint64_t last, until; /* told so far; told at most */
};

static bool gather_row(void *context, const struct plenum_journal_row *row)
{
    struct gather *gather = context;
    if (row->seq > gather->until)
        return false;
    json_push(gather->items, row_json(gather->site, row, ROW_OPS_SHOWN));
    gather->last = row->seq;
    return row->seq < gather->until;
}

static void answer_events(struct call *call, struct plenum_journal *journal, uint64_t since,
                          uint64_t limit)
{
    struct plenum_error error;
    uint64_t synced = plenum_journal_synced(journal);
    struct gather gather = {plenum_ledger_site(call->ledger), json_array(), since, since};
    enum plenum_status status = PLENUM_OK;
    if (synced > since) {
        gather.until = synced - since < limit ? synced : since + limit;
        status = plenum_journal_walk(journal, since + 1, gather_row, &gather, &error);
    }
    if (status != PLENUM_OK) {
        json_decref(gather.items);
        call_problem(call, 500, "the journal cannot be read: %s", error.text);
        return;
    }
    json_t *page = json_object();
    json_put(page, "items", gather.items);
    json_put_i64(page, "next", (int64_t)gather.last);
    call_answer_done(call, page);
}

bool events_are_due(const struct call *call, int64_t now_ns)
{
    return now_ns >= call->wait_until_ns ||
           plenum_journal_synced(plenum_engine_journal(call->engine)) > call->wait_since;
}

void handle_events(struct call *call, const char *id)
{
    int64_t since = 0, limit = 100, wait_s = 0;
    struct plenum_journal *journal = plenum_engine_journal(call->engine);
    (void)id;
    if (!call_query_i64(call, "since", 0, INT64_MAX / 2, &since) ||
        !call_query_i64(call, "limit", 1, EVENTS_MAX, &limit) ||
        !call_query_i64(call, "wait", 0, WAIT_MAX_S, &wait_s))
        return;
    if (call_query(call, "lag")) {
        call_problem(call, 400, "lag: a stream has it, on a WebSocket");
        return;
    }
    if (!journal) {
        call_problem(call, 404, "this site keeps no journal");
        return;
    }
    int64_t now_ns = wall_now_ns(&wall_clock_system);
    if (call->wait_until_ns == 0) {
        call->wait_since = (uint64_t)since;
        call->wait_until_ns = now_ns + wait_s * 1000000000;
    }
    call->waits = !events_are_due(call, now_ns);
    if (!call->waits)
        answer_events(call, journal, (uint64_t)since, (uint64_t)limit);
}
