/* The state's message and the last few pictures: see board.h. */
#include "edge/http/board.h"

#include "base/check.h"
#include "base/memory.h"
#include "edge/http/json.h"
#include "edge/http/overview.h"

#include <libwebsockets.h>
#include <stdlib.h>
#include <string.h>

enum { PICTURES = 4, STATE_MAX = 1 << 20 };

static const int64_t STATE_NS = 200 * 1000000; /* five times a second */
static const int64_t ALARMS_NS = 1000000000;   /* they look at everything */

struct kept { /* a picture */
    enum picture picture;
    struct frame_view view;
    uint64_t seq, used;
    struct bytes bytes;
};

struct told { /* of the state, as of the last message */
    uint64_t seq;
    bool paused;
    int64_t speed_milli;
};

struct board {
    struct told told;
    uint64_t number; /* 0: nothing was told yet */
    int64_t told_ns, alarms_ns;
    uint64_t alarms_seq;
    json_t *alarms; /* NULL: not looked for yet */
    struct bytes state;
    struct kept pictures[PICTURES];
    uint64_t uses;
};

struct board *board_create(void)
{
    struct board *board = memory_new(1, sizeof *board);
    bytes_init(&board->state, STATE_MAX);
    for (int i = 0; i < PICTURES; i++)
        bytes_init(&board->pictures[i].bytes, FRAME_BYTES_MAX + LWS_PRE);
    return board;
}

void board_destroy(struct board *board)
{
    if (!board)
        return;
    bytes_finish(&board->state);
    for (int i = 0; i < PICTURES; i++)
        bytes_finish(&board->pictures[i].bytes);
    json_decref(board->alarms);
    free(board);
}

static void put_room(struct bytes *bytes)
{
    static const uint8_t room[LWS_PRE];
    bytes_clear(bytes);
    bytes_put(bytes, room, sizeof room);
}

/* --- the state -------------------------------------------------------------------------------- */

static struct told state_of(struct plenum_engine *engine)
{
    return (struct told){plenum_ledger_seq(plenum_engine_ledger(engine)),
                         plenum_engine_paused(engine), plenum_engine_speed(engine)};
}

static bool has_changed(const struct board *board, const struct told *now)
{
    return board->number == 0 || board->told.seq != now->seq || board->told.paused != now->paused ||
           board->told.speed_milli != now->speed_milli;
}

static void look_for_alarms(struct board *board, struct plenum_engine *engine, uint64_t seq,
                            int64_t now_ns)
{
    if (board->alarms && (board->alarms_seq == seq || now_ns - board->alarms_ns < ALARMS_NS))
        return;
    json_decref(board->alarms);
    board->alarms = json_object();
    overview_put_alarms(board->alarms, plenum_engine_ledger(engine), engine);
    board->alarms_ns = now_ns;
    board->alarms_seq = seq;
}

static void tell_state(struct board *board, const struct plenum_ledger *ledger)
{
    json_t *message = json_object(), *state = json_object();
    json_put_i64(state, "seq", (int64_t)board->told.seq);
    json_put_i64(state, "now_ms", plenum_ledger_now_ms(ledger));
    json_put(state, "paused", json_boolean(board->told.paused));
    json_put_i64(state, "speed_milli", board->told.speed_milli);
    CHECK(json_object_update(state, board->alarms) == 0);
    json_put(message, "state", state);
    put_room(&board->state);
    json_put_dump(message, &board->state);
    CHECK(!board->state.overflow);
    json_decref(message);
}

uint64_t board_refresh(struct board *board, struct plenum_engine *engine, int64_t now_ns)
{
    struct told now = state_of(engine);
    if (!has_changed(board, &now) || (board->number > 0 && now_ns - board->told_ns < STATE_NS))
        return board->number;
    look_for_alarms(board, engine, now.seq, now_ns);
    board->told = now;
    board->told_ns = now_ns;
    board->number++;
    tell_state(board, plenum_engine_ledger(engine));
    return board->number;
}

uint64_t board_number(const struct board *board)
{
    return board->number;
}

int64_t board_due_ns(const struct board *board, struct plenum_engine *engine)
{
    struct told now = state_of(engine);
    if (!has_changed(board, &now))
        return INT64_MAX;
    return board->number > 0 ? board->told_ns + STATE_NS : 0;
}

const struct bytes *board_state(const struct board *board)
{
    CHECK(board->number > 0);
    return &board->state;
}

/* --- pictures --------------------------------------------------------------------------------- */

static bool views_are_same(const struct frame_view *a, const struct frame_view *b)
{
    return a->hall == b->hall && a->x0 == b->x0 && a->y0 == b->y0 && a->x1 == b->x1 &&
           a->y1 == b->y1 && a->width == b->width && a->height == b->height &&
           a->horizon_ms == b->horizon_ms;
}

/* The same picture of any moment, or else the one that was not used for the longest. */
static struct kept *find_kept(struct board *board, const struct wish *wish)
{
    struct kept *oldest = &board->pictures[0];
    for (int i = 0; i < PICTURES; i++) {
        struct kept *kept = &board->pictures[i];
        if (kept->picture == wish->picture && views_are_same(&kept->view, &wish->view))
            return kept;
        if (kept->used < oldest->used)
            oldest = kept;
    }
    oldest->picture = PICTURE_NONE;
    return oldest;
}

const struct bytes *board_picture(struct board *board, const struct plenum_ledger *ledger,
                                  const struct wish *wish)
{
    struct kept *kept = find_kept(board, wish);
    uint64_t seq = plenum_ledger_seq(ledger);
    kept->used = ++board->uses;
    if (kept->picture == PICTURE_NONE || kept->seq != seq) {
        kept->picture = wish->picture;
        kept->view = wish->view;
        kept->seq = seq;
        put_room(&kept->bytes);
        (wish->picture == PICTURE_AIR ? frame_air : frame_floor)(ledger, &wish->view, &kept->bytes);
    }
    return kept->bytes.overflow ? NULL : &kept->bytes;
}
