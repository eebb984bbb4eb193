/* ?at=INSTANT: the site as it was then. The call waits while that state is made from the journal;
 * server.c works at it between other things. */
#include "edge/http/call.h"

#include "base/instant.h"
#include "base/text.h"

#include <inttypes.h>

/* Milliseconds, or RFC 3339. */
static bool read_at(struct call *call, const char *text, int64_t *at_ms)
{
    int64_t start_ms = plenum_ledger_site(call->ledger)->start_ms;
    if ((text_to_i64(text, at_ms) || instant_parse(text, at_ms)) && *at_ms >= start_ms &&
        *at_ms < PLENUM_FOREVER)
        return true;
    call_problem(call, 400, "at: found \"%s\", expected an instant from %" PRId64 " on", text,
                 start_ms);
    return false;
}

/* Which state it is; none where the clock has not passed the instant yet. */
static bool past_find(struct call *call, const char *text)
{
    struct plenum_error error;
    struct plenum_history *history = plenum_engine_history(call->engine);
    if (!read_at(call, text, &call->past_ms))
        return false;
    if (call->past_ms >= plenum_ledger_now_ms(call->ledger))
        return true;
    if (!history)
        call_problem(call, 404, "this site keeps no journal");
    else if (plenum_history_find(history, call->past_ms, &call->past_seq, &error) != PLENUM_OK)
        call_problem(call, 500, "the journal cannot be read: %s", error.text);
    else
        return true;
    return false;
}

bool past_choose(struct call *call)
{
    struct plenum_error error;
    const char *text = call_query(call, "at");
    const struct plenum_ledger *ledger;
    if (!text)
        return true;
    if (call->past_seq == 0 && !past_find(call, text))
        return false;
    if (call->past_seq == 0) {
        call->answer.at_ms = plenum_ledger_now_ms(call->ledger);
        return true;
    }
    struct plenum_history *history = plenum_engine_history(call->engine);
    if (plenum_history_ask(history, call->past_seq, &ledger, &error) != PLENUM_OK) {
        call_problem(call, 500, "the journal cannot be read: %s", error.text);
        return false;
    }
    call->waits = !ledger;
    if (!ledger)
        return false;
    call->ledger = ledger;
    call->answer.at_ms = plenum_ledger_now_ms(ledger);
    return true;
}
