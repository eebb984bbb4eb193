/* GET /v1/series: how the figures went, in buckets of whole minutes. */
#include "edge/http/call.h"
#include "edge/http/json.h"

#include "edge/series.h"

enum { POINTS_MAX = 2000, POINTS = 240 };
static const int64_t DAY_MS = INT64_C(24) * 3600 * 1000;

static json_t *line_json(const struct series *series, enum series_line line, int64_t from_ms,
                         int64_t step_ms, int64_t until_ms)
{
    json_t *values = json_array();
    for (int64_t at_ms = from_ms; at_ms < until_ms; at_ms += step_ms) {
        int64_t value;
        bool known = series_at(series, line, at_ms, at_ms + step_ms, &value);
        json_push(values, known ? json_integer(value) : json_null());
    }
    return values;
}

static int64_t whole(int64_t ms)
{
    return (ms + SERIES_MINUTE_MS - 1) / SERIES_MINUTE_MS * SERIES_MINUTE_MS;
}

void handle_series(struct call *call, const char *id)
{
    int64_t until_ms = whole(plenum_ledger_now_ms(call->ledger)), points = POINTS;
    (void)id;
    if (!call_query_i64(call, "until_ms", 0, INT64_MAX / 2, &until_ms))
        return;
    int64_t start_ms = plenum_ledger_site(call->ledger)->start_ms, from_ms = until_ms - DAY_MS;
    from_ms = from_ms < start_ms ? start_ms : from_ms;
    from_ms = from_ms < until_ms ? from_ms : until_ms;
    if (!call_query_i64(call, "from_ms", 0, until_ms, &from_ms) ||
        !call_query_i64(call, "points", 1, POINTS_MAX, &points))
        return;
    from_ms -= from_ms % SERIES_MINUTE_MS;
    int64_t step_ms = whole((until_ms - from_ms + points - 1) / points);
    step_ms = step_ms > 0 ? step_ms : SERIES_MINUTE_MS;
    json_t *object = json_object(), *lines = json_object();
    for (int line = 0; line < SERIES_LINE_COUNT; line++)
        json_put(lines, series_line_name((enum series_line)line),
                 line_json(call->series, (enum series_line)line, from_ms, step_ms, until_ms));
    json_put_i64(object, "from_ms", from_ms);
    json_put_i64(object, "step_ms", step_ms);
    json_put(object, "series", lines);
    call_answer_json(call, object);
}
