/* Call: one request and its answer, without a word of sockets.
 *
 * server.c fills the request and asks call_admit, which checks who asks and finds the row of the
 * path in the table of routes; then, with the body, call_handle lets that row's handler fill the
 * answer. */
#ifndef EDGE_HTTP_CALL_H
#define EDGE_HTTP_CALL_H

#include <plenum/http.h>
#include <plenum/wait.h>

#include "base/bytes.h"

#include <jansson.h>

enum http_method { HTTP_GET = 1, HTTP_HEAD = 2, HTTP_POST = 4, HTTP_OTHER = 8 };

enum {
    HTTP_PATH_MAX = 128,
    HTTP_PART_MAX = 65,   /* of a path, where the route has a * */
    HTTP_VALUE_MAX = 128, /* of a header that is read, and of a query's member */
    HTTP_QUERY_MAX = 8,   /* members of a query */
    HTTP_ROOM = 2048,     /* free bytes before a body, for its head */
    HTTP_ANSWER_MAX = 64 << 20
};

struct series;

/* Counts for /metrics. */
struct http_counts {
    uint64_t answers[6]; /* by hundreds of the status */
    uint64_t refused_connections, messages, stalled_streams;
    int64_t connections, streams;
};

struct call_request {
    enum http_method method;
    char path[HTTP_PATH_MAX];
    char query[HTTP_QUERY_MAX][HTTP_VALUE_MAX]; /* "limit=5", decoded */
    size_t query_count;
    bool path_too_long;    /* it did not fit */
    bool header_too_long;  /* one of those that are read did not fit */
    bool query_too_long;   /* or the query, which the dashboard's files do not read */
    bool headers_too_long; /* all together */
    char host[HTTP_VALUE_MAX], authorization[HTTP_VALUE_MAX], if_none_match[HTTP_VALUE_MAX];
    char content_type[HTTP_VALUE_MAX], idempotency_key[HTTP_VALUE_MAX];
    char accept_encoding[HTTP_VALUE_MAX], origin[HTTP_VALUE_MAX];
    char protocols[HTTP_VALUE_MAX]; /* that a WebSocket may have */
    struct bytes body;
};

struct call_answer {
    int status; /* 0: there is none yet */
    const char *content_type;
    const char *content_encoding; /* NULL: none */
    const char *policy;           /* of a page: Content-Security-Policy; NULL: none */
    bool varies;                  /* by Accept-Encoding */
    bool immutable;               /* a browser need never ask again */
    const char *allow;            /* with 405 */
    char etag[24];                /* empty: none */
    uint64_t seq;                 /* the ledger's when it was read */
    int64_t at_ms;                /* the past instant that is shown; 0: now */
    struct bytes body;            /* HTTP_ROOM bytes before it are free */
};

struct call {
    struct plenum_engine *engine;       /* NULL: none yet */
    const struct plenum_ledger *ledger; /* the engine's, or with ?at a past one */
    const char *token;                  /* NULL: none is asked for */
    const struct http_counts *counts;
    const struct series *series;
    const struct route *route;  /* where it was admitted to */
    const char *id;             /* the path's part after it, or where the route has a *; or NULL */
    char part[HTTP_PART_MAX];   /* that of a * */
    struct posted **all_posted; /* of the server: commands that the engine has not answered */
    struct posted *posted;      /* of this call, or NULL */
    struct kept *kept;          /* answers of the server; NULL: none */
    struct plenum_offer_desk **desk; /* of the server: NULL until one is needed */
    bool waits;        /* for a past state, or for events after wait_since: to be handled again */
    uint64_t past_seq; /* number of the past state that is asked for; 0: none */
    int64_t past_ms;
    uint64_t wait_since;
    int64_t wait_until_ns;            /* 0: it has not begun to wait */
    void (*ready)(struct call *call); /* to be called when an answer is there at last */
    struct call_request request;
    struct call_answer answer;
};

/* RFC 9110 section 15: "Not Found". */
const char *call_status_title(int status);

void call_init(struct call *call);
void call_finish(struct call *call);

/* Looks at all but the body. False: it was answered, with a problem. */
bool call_admit(struct call *call);
/* Answers a request that was admitted and is whole, or posts it to be answered later. */
void call_handle(struct call *call);
/* The server ends: the engine, which is no more, will answer none of these. */
void command_forget_all(struct posted **all);
/* The call ends before its command is answered. The command goes on. */
void command_forget_call(struct call *call);

/* Whether a call that waits is to be handled again now. */
bool call_is_due(const struct call *call, int64_t now_ns);
bool events_are_due(const struct call *call, int64_t now_ns);
/* Makes call->ledger the one of ?at, if the query has it. False: it was answered with a problem, or
 * waits for that state. */
bool past_choose(struct call *call);

/* --- for handlers ----------------------------------------------------------------------------- */

/* The value of a member of the query, or NULL. */
const char *call_query(const struct call *call, const char *name);
/* A whole number of the query in [least, most]; false, and answered with 400, if it is none. */
bool call_query_i64(struct call *call, const char *name, int64_t least, int64_t most,
                    int64_t *value);
/* Takes the document. The answer gets an entity tag, and is 304 where the client has it. */
void call_answer_json(struct call *call, json_t *document);
void call_answer_text(struct call *call, const char *content_type, const struct bytes *text);
/* Bytes of the content type that the answer has already; 304 where the client has that tag. */
void call_answer_bytes(struct call *call, const void *data, size_t length, const char *etag);
/* RFC 9457, type about:blank: the title is the status's. */
void call_problem(struct call *call, int status, const char *format, ...) PLENUM_PRINTF(3, 4);

/* What was done: without an entity tag. Takes the document. */
void call_answer_done(struct call *call, json_t *document);
/* A refusal of the ledger. Takes the object, which has its own members already. */
void call_answer_problem(struct call *call, int status, json_t *object, const char *detail);

/* The dashboard: whether one of its files or views is at the path, and the answer to that. */
bool web_has(const char *path);
void handle_web(struct call *call);

/* Handlers: id is the last part of the path, or NULL. */
void handle_health(struct call *call, const char *id);
void handle_metrics(struct call *call, const char *id);
void handle_site(struct call *call, const char *id);
void handle_state(struct call *call, const char *id);
void handle_power(struct call *call, const char *id);
void handle_overview(struct call *call, const char *id);
void handle_series(struct call *call, const char *id);
void handle_clock(struct call *call, const char *id);
void handle_floor(struct call *call, const char *id);
void handle_floor_cells(struct call *call, const char *id);
void handle_floor_frame(struct call *call, const char *id);
void handle_air(struct call *call, const char *id);
void handle_air_frame(struct call *call, const char *id);
void handle_floor_stop(struct call *call, const char *id);
void handle_floor_resume(struct call *call, const char *id);
void handle_drones_ground(struct call *call, const char *id);
void handle_drones_release(struct call *call, const char *id);
void handle_area_close(struct call *call, const char *id);
void handle_area_open(struct call *call, const char *id);
void handle_power_limits(struct call *call, const char *id);
void handle_offers(struct call *call, const char *id);
void handle_reservations(struct call *call, const char *id);
void handle_reservation_cancel(struct call *call, const char *id);
void handle_reservation_extend(struct call *call, const char *id);
void handle_reservation_hand_over(struct call *call, const char *id);
void handle_maintenances(struct call *call, const char *id);
void handle_maintenance_cancel(struct call *call, const char *id);
void handle_calendar(struct call *call, const char *id);
void handle_changes(struct call *call, const char *id);
void handle_queue(struct call *call, const char *id);
void handle_prices(struct call *call, const char *id);
void handle_quota(struct call *call, const char *id);
void handle_command(struct call *call, const char *id);
void handle_events(struct call *call, const char *id);
/* What is claimed now for a rack and the jobs on it. */
int64_t rack_claimed_w(const struct plenum_ledger *ledger, uint64_t rack);
void handle_rack_elevation(struct call *call, const char *id);
void handle_rack_keep(struct call *call, const char *id);
void handle_rack_retire(struct call *call, const char *id);
void handle_robot_why(struct call *call, const char *id);
void handle_watch(struct call *call, const char *id);
void handle_entities(struct call *call, uint32_t kind, const char *id);

#endif
