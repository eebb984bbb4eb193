/* /metrics: the text format of Prometheus, version 0.0.4. One family after the other, each with
 * its help and type; names end in their unit, counters in _total. */
#include "edge/http/call.h"

#include "base/check.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { METRICS_MAX = 16 << 20, LINE_MAX_BYTES = 512, LABEL_MAX = 256, STATES_MAX = 32 };

static void put_line(struct bytes *text, const char *format, ...) PLENUM_PRINTF(2, 3);

static void put_line(struct bytes *text, const char *format, ...)
{
    char line[LINE_MAX_BYTES];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    CHECK(length > 0 && (size_t)length < sizeof line);
    bytes_put(text, line, (size_t)length);
}

static void put_family(struct bytes *text, const char *name, const char *type, const char *help)
{
    put_line(text, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* The value of a label: backslash, quote and line feed are escaped; cut to its room. */
static const char *label(const char *name, char room[LABEL_MAX])
{
    size_t length = 0;
    for (; *name && length + 3 < LABEL_MAX; name++) {
        if (*name == '\\' || *name == '"' || *name == '\n')
            room[length++] = '\\';
        room[length++] = *name == '\n' ? 'n' : *name;
    }
    room[length] = 0;
    return room;
}

static void put_clock(struct bytes *text, const struct call *call)
{
    int64_t now_ms = plenum_ledger_now_ms(call->ledger);
    put_family(text, "plenum_site_time_seconds", "gauge", "The site's clock, since 1970.");
    put_line(text, "plenum_site_time_seconds %" PRId64 ".%03d\n", now_ms / 1000,
             (int)(now_ms % 1000));
    put_family(text, "plenum_commands_total", "counter", "Commands answered by the ledger.");
    put_line(text, "plenum_commands_total %" PRIu64 "\n", plenum_ledger_seq(call->ledger));
    put_family(text, "plenum_paused", "gauge", "1 while the site's clock stands.");
    put_line(text, "plenum_paused %d\n", plenum_engine_paused(call->engine));
}

static void put_spent(struct bytes *text, const struct plenum_engine *engine)
{
    put_family(text, "plenum_engine_seconds_total", "counter", "Wall time spent, by part.");
    for (int meter = 0; meter < PLENUM_METER_COUNT; meter++) {
        int64_t ns = plenum_engine_spent_ns(engine, (enum plenum_meter)meter);
        ns = ns > 0 ? ns : 0;
        put_line(text, "plenum_engine_seconds_total{part=\"%s\"} %" PRId64 ".%09" PRId64 "\n",
                 plenum_meter_name((enum plenum_meter)meter), ns / 1000000000, ns % 1000000000);
    }
}

static void put_entities(struct bytes *text, const struct plenum_ledger *ledger, uint32_t kind)
{
    int64_t counts[STATES_MAX] = {0};
    size_t cursor = 0;
    uint64_t id;
    const int64_t *row;
    CHECK(plenum_kind_state_count(kind) <= STATES_MAX);
    while (plenum_ledger_walk(ledger, kind, &cursor, &id, &row))
        counts[row[PLENUM_FIELD_STATE]]++;
    for (int32_t state = 0; state < plenum_kind_state_count(kind); state++)
        put_line(text, "plenum_entities{kind=\"%s\",state=\"%s\"} %" PRId64 "\n",
                 plenum_kind_name(kind), plenum_state_name(kind, state), counts[state]);
}

static void put_all_entities(struct bytes *text, const struct plenum_ledger *ledger)
{
    put_family(text, "plenum_entities", "gauge", "Racks, robots, jobs and so on, by state.");
    for (uint32_t kind = 0; kind < PLENUM_KIND_COUNT; kind++)
        put_entities(text, ledger, kind);
}

typedef int64_t node_watts(const struct plenum_ledger *ledger, int32_t node, int32_t feed_lost,
                           int64_t at_ms);

/* The feeds only: a site may have ten thousand nodes, and /v1/power tells of all. */
static void put_feeds(struct bytes *text, const struct plenum_ledger *ledger, const char *name,
                      const char *help, node_watts *watts)
{
    const struct plenum_site *site = plenum_ledger_site(ledger);
    int64_t now_ms = plenum_ledger_now_ms(ledger);
    char room[LABEL_MAX];
    put_family(text, name, "gauge", help);
    for (int32_t i = 0; i < site->feed_count; i++)
        put_line(text, "%s{feed=\"%s\"} %" PRId64 "\n", name,
                 label(site->power_nodes[site->feeds[i]].name, room),
                 watts(ledger, site->feeds[i], PLENUM_NONE, now_ms));
}

static void put_http(struct bytes *text, const struct http_counts *counts)
{
    put_family(text, "plenum_http_answers_total", "counter", "Answers, by class of status.");
    for (int hundreds = 2; hundreds < 6; hundreds++)
        put_line(text, "plenum_http_answers_total{class=\"%dxx\"} %" PRIu64 "\n", hundreds,
                 counts->answers[hundreds]);
    put_family(text, "plenum_http_connections", "gauge", "Connections that are open.");
    put_line(text, "plenum_http_connections %" PRId64 "\n", counts->connections);
    put_family(text, "plenum_http_websockets", "gauge", "Connections that are WebSockets.");
    put_line(text, "plenum_http_websockets %" PRId64 "\n", counts->streams);
    put_family(text, "plenum_http_messages_total", "counter", "Messages told on WebSockets.");
    put_line(text, "plenum_http_messages_total %" PRIu64 "\n", counts->messages);
    put_family(text, "plenum_http_websockets_stalled_total", "counter",
               "WebSockets closed, as their clients took nothing.");
    put_line(text, "plenum_http_websockets_stalled_total %" PRIu64 "\n", counts->stalled_streams);
    put_family(text, "plenum_http_connections_refused_total", "counter",
               "Connections closed at once, as too many were open.");
    put_line(text, "plenum_http_connections_refused_total %" PRIu64 "\n",
             counts->refused_connections);
}

void handle_metrics(struct call *call, const char *id)
{
    struct bytes text;
    (void)id;
    bytes_init(&text, METRICS_MAX);
    put_clock(&text, call);
    put_spent(&text, call->engine);
    put_all_entities(&text, call->ledger);
    put_feeds(&text, call->ledger, "plenum_feed_watts", "What a feed carries, all feeds up.",
              plenum_power_node_w);
    put_feeds(&text, call->ledger, "plenum_feed_limit_watts", "What a feed may carry.",
              plenum_power_limit_w);
    put_http(&text, call->counts);
    call_answer_text(call, "text/plain; version=0.0.4; charset=utf-8", &text);
    bytes_finish(&text);
}
