/* /v1/events as a WebSocket: the rows of the journal after since=SEQ, each a text message, in
 * order, each once. The journal is the queue: a client that is slow, or was gone, goes on where it
 * was. One that would rather not read all it missed says so with lag=N: when it is N rows behind
 * it is told {"missed":{"from":SEQ,"to":SEQ}} instead of those rows. With limit=N the stream ends
 * after N rows. */
#include "edge/http/stream.h"

#include "base/check.h"
#include "base/memory.h"
#include "base/text.h"
#include "edge/http/feed.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_AT_ONCE = 64 };

struct events {
    struct stream stream;
    uint64_t next; /* the row to be told */
    uint64_t left; /* rows until the stream ends */
    uint64_t lag;  /* the rows it may be behind */
};

static struct stream *events_create(struct call *call)
{
    int64_t since = 0, limit = INT64_MAX, lag = INT64_MAX;
    if (!call_query_i64(call, "since", 0, INT64_MAX / 2, &since) ||
        !call_query_i64(call, "limit", 1, INT64_MAX, &limit) ||
        !call_query_i64(call, "lag", 1, INT64_MAX, &lag))
        return NULL;
    if (!plenum_engine_journal(call->engine)) {
        call_problem(call, 404, "this site keeps no journal");
        return NULL;
    }
    struct events *events = memory_new(1, sizeof *events);
    events->next = (uint64_t)since + 1;
    events->left = (uint64_t)limit;
    events->lag = (uint64_t)lag;
    return &events->stream;
}

static void events_destroy(struct stream *stream)
{
    free(lws_container_of(stream, struct events, stream));
}

static uint64_t last_durable(const struct stream *stream)
{
    return plenum_journal_synced(plenum_engine_journal(stream->server->engine));
}

static int64_t events_due_ns(const struct stream *stream, int64_t now_ns)
{
    const struct events *events = lws_container_of(stream, struct events, stream);
    return last_durable(stream) >= events->next ? now_ns : INT64_MAX;
}

static int events_end(struct events *events, enum lws_close_status status, const char *reason)
{
    lws_close_reason(events->stream.wsi, status, (unsigned char *)reason, strlen(reason));
    return -1;
}

static int events_tell_missed(struct events *events, uint64_t last)
{
    static const uint8_t room[LWS_PRE];
    char text[96];
    struct bytes message;
    CHECK(text_format(text, sizeof text, "{\"missed\":{\"from\":%" PRIu64 ",\"to\":%" PRIu64 "}}",
                      events->next, last));
    bytes_init(&message, sizeof text + sizeof room);
    bytes_put(&message, room, sizeof room);
    bytes_put(&message, text, strlen(text));
    int result = stream_put(&events->stream, &message, LWS_WRITE_TEXT);
    bytes_finish(&message);
    events->next = last + 1;
    return result;
}

static int events_tell_row(struct events *events)
{
    struct plenum_http *server = events->stream.server;
    const struct bytes *row = feed_row(server->feed, server->engine, events->next);
    if (!row)
        return events_end(events, LWS_CLOSE_STATUS_UNEXPECTED_CONDITION,
                          "the journal cannot be read");
    events->next++;
    events->left--;
    return stream_put(&events->stream, row, LWS_WRITE_TEXT);
}

static int events_write(struct stream *stream, int64_t now_ns)
{
    struct events *events = lws_container_of(stream, struct events, stream);
    uint64_t last = last_durable(stream);
    (void)now_ns;
    for (int i = 0; i < ROWS_AT_ONCE && events->next <= last; i++) {
        bool behind = last - events->next >= events->lag;
        if ((behind ? events_tell_missed(events, last) : events_tell_row(events)) < 0)
            return -1;
        if (events->left == 0)
            return events_end(events, LWS_CLOSE_STATUS_NORMAL, "all that was asked for");
        if (lws_send_pipe_choked(stream->wsi))
            break;
    }
    return 0;
}

const struct stream_kind stream_events = {
    .path = "/v1/events",
    .create = events_create,
    .destroy = events_destroy,
    .due_ns = events_due_ns,
    .write = events_write,
};
