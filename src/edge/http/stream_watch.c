/* /v1/watch: a WebSocket that shows the site as it is now. Text says the state of its clock and
 * its alarms when they change; binary messages are pictures of the floor or the air, as the client
 * wishes (wish.h), when something has changed and not more often than it wants. A client that is
 * slow gets fewer of them, always the newest. */
#include "edge/http/stream.h"

#include "base/check.h"
#include "base/memory.h"
#include "edge/http/board.h"
#include "edge/http/json.h"

#include <stdlib.h>

enum { PROBLEM_MAX = 4096 };

struct watch {
    struct stream stream;
    struct wish wish;
    bool shown;           /* the wish, once at least */
    uint64_t shown_seq;   /* of the last picture */
    int64_t picture_ns;   /* when the next may be shown */
    uint64_t state;       /* the number of the state that was told */
    struct bytes problem; /* to be told; empty: none */
};

static struct stream *watch_create(struct call *call)
{
    struct watch *watch = memory_new(1, sizeof *watch);
    (void)call;
    bytes_init(&watch->problem, PROBLEM_MAX);
    return &watch->stream;
}

static void watch_destroy(struct stream *stream)
{
    struct watch *watch = lws_container_of(stream, struct watch, stream);
    bytes_finish(&watch->problem);
    free(watch);
}

/* --- when ------------------------------------------------------------------------------------- */

static int64_t picture_due_ns(const struct watch *watch)
{
    const struct plenum_http *server = watch->stream.server;
    if (watch->wish.picture == PICTURE_NONE)
        return INT64_MAX;
    if (!watch->shown)
        return 0;
    bool changed = plenum_ledger_seq(plenum_engine_ledger(server->engine)) != watch->shown_seq;
    return changed ? watch->picture_ns : INT64_MAX;
}

static int64_t state_due_ns(const struct watch *watch)
{
    const struct board *board = watch->stream.server->board;
    if (watch->state != board_number(board))
        return 0;
    return board_due_ns(board, watch->stream.server->engine);
}

static int64_t watch_due_ns(const struct stream *stream, int64_t now_ns)
{
    const struct watch *watch = lws_container_of(stream, struct watch, stream);
    if (watch->problem.length > 0)
        return now_ns;
    int64_t state_ns = state_due_ns(watch), picture_ns = picture_due_ns(watch);
    return state_ns < picture_ns ? state_ns : picture_ns;
}

/* --- what ------------------------------------------------------------------------------------- */

static int tell_problem(struct watch *watch)
{
    int result = stream_put(&watch->stream, &watch->problem, LWS_WRITE_TEXT);
    bytes_clear(&watch->problem);
    return result;
}

static int tell_state(struct watch *watch, int64_t now_ns)
{
    struct plenum_http *server = watch->stream.server;
    uint64_t number = board_refresh(server->board, server->engine, now_ns);
    if (watch->state == number)
        return 0;
    watch->state = number;
    return stream_put(&watch->stream, board_state(server->board), LWS_WRITE_TEXT);
}

/* The instants of pictures are multiples of the period, the same for all who have it: they share
 * the pictures. */
static int show(struct watch *watch, int64_t now_ns)
{
    struct plenum_http *server = watch->stream.server;
    const struct plenum_ledger *ledger = plenum_engine_ledger(server->engine);
    const struct bytes *picture = board_picture(server->board, ledger, &watch->wish);
    watch->shown = true;
    watch->shown_seq = plenum_ledger_seq(ledger);
    watch->picture_ns = (now_ns / watch->wish.period_ns + 1) * watch->wish.period_ns;
    return picture ? stream_put(&watch->stream, picture, LWS_WRITE_BINARY) : 0;
}

static int watch_write(struct stream *stream, int64_t now_ns)
{
    struct watch *watch = lws_container_of(stream, struct watch, stream);
    if (watch->problem.length > 0 && tell_problem(watch) < 0)
        return -1;
    if (state_due_ns(watch) <= now_ns && tell_state(watch, now_ns) < 0)
        return -1;
    return picture_due_ns(watch) <= now_ns ? show(watch, now_ns) : 0;
}

/* --- what the client says --------------------------------------------------------------------- */

static void keep_problem(struct watch *watch, const struct plenum_error *error)
{
    static const uint8_t room[LWS_PRE];
    json_t *message = json_object(), *problem = json_object();
    json_put_i64(problem, "status", 400);
    json_put_text(problem, "detail", error->text);
    json_put(message, "problem", problem);
    bytes_clear(&watch->problem);
    bytes_put(&watch->problem, room, sizeof room);
    json_put_dump(message, &watch->problem);
    CHECK(!watch->problem.overflow);
    json_decref(message);
}

static void watch_hear(struct stream *stream, const char *text, size_t length)
{
    struct watch *watch = lws_container_of(stream, struct watch, stream);
    const struct plenum_ledger *ledger = plenum_engine_ledger(stream->server->engine);
    struct plenum_error error;
    if (!wish_read(text, length, plenum_ledger_site(ledger), &watch->wish, &error))
        keep_problem(watch, &error);
    else
        watch->shown = false;
}

const struct stream_kind stream_watch = {
    .path = "/v1/watch",
    .create = watch_create,
    .destroy = watch_destroy,
    .due_ns = watch_due_ns,
    .write = watch_write,
    .hear = watch_hear,
};

/* Without an upgrade. */
void handle_watch(struct call *call, const char *id)
{
    (void)id;
    call_problem(call, 426, "%s is a WebSocket", call->request.path);
}
