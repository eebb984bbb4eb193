/* Routes, who may ask, and the shapes of answers. */
#include "edge/http/call.h"

#include "base/check.h"
#include "base/hash.h"
#include "base/text.h"
#include "edge/http/caller.h"
#include "edge/http/json.h"
#include "edge/http/kept.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char *const PROBLEM_TYPE = "application/problem+json";

struct route {
    const char *path;
    unsigned methods;
    const char *query; /* names it may have, each between spaces */
    void (*handle)(struct call *call, const char *id);
    uint32_t kind; /* where handle is NULL: a list of entities, and each of them under it */
};

static const struct route routes[] = {
    {"/healthz", HTTP_GET | HTTP_HEAD, " ", handle_health, 0},
    {"/metrics", HTTP_GET | HTTP_HEAD, " ", handle_metrics, 0},
    {"/v1/site", HTTP_GET | HTTP_HEAD, " ", handle_site, 0},
    {"/v1/overview", HTTP_GET | HTTP_HEAD, " ", handle_overview, 0},
    {"/v1/series", HTTP_GET | HTTP_HEAD, " from_ms until_ms points ", handle_series, 0},
    {"/v1/clock", HTTP_POST, " ", handle_clock, 0},
    {"/v1/state", HTTP_GET | HTTP_HEAD, " hash ", handle_state, 0},
    {"/v1/power", HTTP_GET | HTTP_HEAD, " limit cursor ", handle_power, 0},
    {"/v1/floor", HTTP_GET | HTTP_HEAD, " ", handle_floor, 0},
    {"/v1/floor/cells", HTTP_GET | HTTP_HEAD, " hall ", handle_floor_cells, 0},
    {"/v1/floor/frame", HTTP_GET | HTTP_HEAD, " hall x0 y0 x1 y1 width height ", handle_floor_frame,
     0},
    {"/v1/air", HTTP_GET | HTTP_HEAD, " ", handle_air, 0},
    {"/v1/air/frame", HTTP_GET | HTTP_HEAD, " horizon_ms ", handle_air_frame, 0},
    {"/v1/capacity/offers", HTTP_POST, " ", handle_offers, 0},
    {"/v1/capacity/reservations", HTTP_POST, " dry_run ", handle_reservations, 0},
    {"/v1/capacity/reservations/*/cancel", HTTP_POST, " dry_run ", handle_reservation_cancel, 0},
    {"/v1/capacity/reservations/*/extend", HTTP_POST, " dry_run ", handle_reservation_extend, 0},
    {"/v1/capacity/reservations/*/hand-over", HTTP_POST, " dry_run ", handle_reservation_hand_over,
     0},
    {"/v1/capacity/maintenances", HTTP_POST, " dry_run ", handle_maintenances, 0},
    {"/v1/capacity/maintenances/*/cancel", HTTP_POST, " dry_run ", handle_maintenance_cancel, 0},
    {"/v1/capacity/calendar", HTTP_GET | HTTP_HEAD, " from_ms until_ms buckets by ",
     handle_calendar, 0},
    {"/v1/capacity/queue", HTTP_GET | HTTP_HEAD, " limit cursor ", handle_queue, 0},
    {"/v1/capacity/prices", HTTP_GET | HTTP_HEAD, " ", handle_prices, 0},
    {"/v1/capacity/changes", HTTP_GET | HTTP_HEAD, " limit cursor ", handle_changes, 0},
    {"/v1/capacity/quota", HTTP_GET | HTTP_HEAD, " limit cursor ", handle_quota, 0},
    {"/v1/events", HTTP_GET | HTTP_HEAD, " since limit wait lag ", handle_events, 0},
    {"/v1/watch", HTTP_GET | HTTP_HEAD, " ", handle_watch, 0},
    {"/v1/commands", HTTP_POST, " dry_run ", handle_command, 0},
    {"/v1/racks/*/retire", HTTP_POST, " dry_run ", handle_rack_retire, 0},
    {"/v1/racks/*/keep", HTTP_POST, " dry_run ", handle_rack_keep, 0},
    {"/v1/racks/*/elevation", HTTP_GET | HTTP_HEAD, " ", handle_rack_elevation, 0},
    {"/v1/racks", HTTP_GET | HTTP_HEAD, " limit cursor ", NULL, PLENUM_RACK},
    {"/v1/robots/*/why", HTTP_GET | HTTP_HEAD, " ", handle_robot_why, 0},
    {"/v1/robots", HTTP_GET | HTTP_HEAD, " limit cursor ", NULL, PLENUM_ROBOT},
    {"/v1/drones/ground", HTTP_POST, " dry_run ", handle_drones_ground, 0},
    {"/v1/drones/release", HTTP_POST, " dry_run ", handle_drones_release, 0},
    {"/v1/drones", HTTP_GET | HTTP_HEAD, " limit cursor ", NULL, PLENUM_DRONE},
    {"/v1/tasks", HTTP_GET | HTTP_HEAD, " limit cursor ", NULL, PLENUM_TASK},
    {"/v1/jobs", HTTP_GET | HTTP_HEAD, " limit cursor ", NULL, PLENUM_JOB},
    {"/v1/deliveries", HTTP_GET | HTTP_HEAD, " limit cursor ", NULL, PLENUM_DELIVERY},
    {"/v1/maintenances", HTTP_GET | HTTP_HEAD, " limit cursor ", NULL, PLENUM_MAINTENANCE},
    {"/v1/flights", HTTP_GET | HTTP_HEAD, " limit cursor ", NULL, PLENUM_FLIGHT},
    {"/v1/stops", HTTP_GET | HTTP_HEAD, " limit cursor ", NULL, PLENUM_STOP},
    {"/v1/tenants", HTTP_GET | HTTP_HEAD, " limit cursor ", NULL, PLENUM_TENANT},
    {"/v1/areas/*/close", HTTP_POST, " dry_run ", handle_area_close, 0},
    {"/v1/areas/*/open", HTTP_POST, " dry_run ", handle_area_open, 0},
    {"/v1/areas", HTTP_GET | HTTP_HEAD, " limit cursor ", NULL, PLENUM_AREA},
    {"/v1/floor/stop", HTTP_POST, " dry_run ", handle_floor_stop, 0},
    {"/v1/floor/resume", HTTP_POST, " dry_run ", handle_floor_resume, 0},
    {"/v1/power/limits", HTTP_POST, " dry_run ", handle_power_limits, 0},
};

void call_init(struct call *call)
{
    static const uint8_t room[HTTP_ROOM];
    memset(call, 0, sizeof *call);
    bytes_init(&call->request.body, PLENUM_HTTP_BODY_MAX);
    bytes_init(&call->answer.body, HTTP_ANSWER_MAX);
    bytes_put(&call->answer.body, room, sizeof room);
}

void call_finish(struct call *call)
{
    command_forget_call(call);
    bytes_finish(&call->request.body);
    bytes_finish(&call->answer.body);
}

/* --- the query -------------------------------------------------------------------------------- */

const char *call_query(const struct call *call, const char *name)
{
    size_t length = strlen(name);
    for (size_t i = 0; i < call->request.query_count; i++) {
        const char *member = call->request.query[i];
        if (strncmp(member, name, length) == 0 && member[length] == '=')
            return member + length + 1;
    }
    return NULL;
}

bool call_query_i64(struct call *call, const char *name, int64_t least, int64_t most,
                    int64_t *value)
{
    const char *text = call_query(call, name);
    if (!text || (text_to_i64(text, value) && *value >= least && *value <= most))
        return true;
    call_problem(call, 400, "%s: found \"%s\", expected a number from %" PRId64 " to %" PRId64,
                 name, text, least, most);
    return false;
}

/* Whether the route answers from the ledger's state, and so from an earlier one as well. What a
 * planner decided last is known of now alone. */
static bool shows_past(const struct route *route)
{
    return (route->methods & HTTP_GET) && strncmp(route->path, "/v1/", 4) == 0 &&
           route->handle != handle_events && route->handle != handle_robot_why;
}

static bool query_is_known(struct call *call, const struct route *route)
{
    for (size_t i = 0; i < call->request.query_count; i++) {
        char name[HTTP_VALUE_MAX + 2];
        const char *member = call->request.query[i];
        (void)text_format(name, sizeof name, " %.*s ", (int)strcspn(member, "="), member);
        bool known = strstr(route->query, name) || (shows_past(route) && strcmp(name, " at ") == 0);
        if (known && strchr(member, '='))
            continue;
        call_problem(call, 400, "query \"%s\": expected members of the form NAME=VALUE, of%s",
                     member, route->query[1] ? route->query : " none");
        return false;
    }
    return true;
}

/* --- answers ---------------------------------------------------------------------------------- */

static void answer_dump(struct call *call, json_t *document)
{
    struct bytes *body = &call->answer.body;
    json_put_dump(document, body);
    bytes_put(body, "\n", 1);
    CHECK(!body->overflow);
    json_decref(document);
}

/* Whether the list of an If-None-Match (RFC 9110 section 13.1.2) has the tag; weak ones match. */
static bool tag_is_listed(const char *list, const char *tag)
{
    return strcmp(list, "*") == 0 || strstr(list, tag) != NULL;
}

void call_answer_json(struct call *call, json_t *document)
{
    struct call_answer *answer = &call->answer;
    char hex[HASH_TEXT];
    answer_dump(call, document);
    struct hash hash = hash_of(answer->body.data + HTTP_ROOM, answer->body.length - HTTP_ROOM);
    (void)text_format(answer->etag, sizeof answer->etag, "\"%.16s\"", hash_format(&hash, hex));
    answer->content_type = "application/json";
    answer->status = 200;
    if (call->kept)
        kept_put(call->kept, call);
    if (tag_is_listed(call->request.if_none_match, answer->etag)) {
        answer->status = 304;
        answer->body.length = HTTP_ROOM;
    }
}

void call_answer_done(struct call *call, json_t *document)
{
    answer_dump(call, document);
    call->answer.content_type = "application/json";
    call->answer.status = 200;
}

void call_answer_bytes(struct call *call, const void *data, size_t length, const char *etag)
{
    (void)text_format(call->answer.etag, sizeof call->answer.etag, "%s", etag);
    call->answer.status = 200;
    if (tag_is_listed(call->request.if_none_match, etag))
        call->answer.status = 304;
    else
        bytes_put(&call->answer.body, data, length);
}

void call_answer_text(struct call *call, const char *content_type, const struct bytes *text)
{
    CHECK(!text->overflow);
    bytes_put(&call->answer.body, text->data, text->length);
    call->answer.content_type = content_type;
    call->answer.status = 200;
}

const char *call_status_title(int status)
{
    static const struct {
        int status;
        const char *title;
    } titles[] = {{200, "OK"},
                  {304, "Not Modified"},
                  {400, "Bad Request"},
                  {401, "Unauthorized"},
                  {403, "Forbidden"},
                  {404, "Not Found"},
                  {405, "Method Not Allowed"},
                  {409, "Conflict"},
                  {411, "Length Required"},
                  {413, "Content Too Large"},
                  {414, "URI Too Long"},
                  {415, "Unsupported Media Type"},
                  {421, "Misdirected Request"},
                  {422, "Unprocessable Content"},
                  {426, "Upgrade Required"},
                  {431, "Request Header Fields Too Large"},
                  {500, "Internal Server Error"},
                  {503, "Service Unavailable"}};
    for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++)
        if (titles[i].status == status)
            return titles[i].title;
    CHECK(!"a status of ours");
    return NULL;
}

/* What a client sent may be no UTF-8; jansson would refuse it. */
static void make_ascii(char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || (unsigned char)*text > '~')
            *text = '?';
}

static void answer_problem(struct call *call, int status, json_t *problem, const char *detail)
{
    json_put_i64(problem, "status", status);
    json_put_text(problem, "detail", detail);
    call->answer.body.length = HTTP_ROOM;
    answer_dump(call, problem);
    call->answer.content_type = PROBLEM_TYPE;
    call->answer.status = status;
}

void call_problem(struct call *call, int status, const char *format, ...)
{
    char detail[512];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(detail, sizeof detail, format, arguments);
    va_end(arguments);
    make_ascii(detail);
    json_t *problem = json_object();
    json_put_text(problem, "type", "about:blank");
    json_put_text(problem, "title", call_status_title(status));
    answer_problem(call, status, problem, detail);
}

void call_answer_problem(struct call *call, int status, json_t *object, const char *detail)
{
    json_put_text(object, "type", "urn:plenum:problem:refused");
    json_put_text(object, "title", "Refused by the ledger");
    answer_problem(call, status, object, detail);
}

/* --- routes ----------------------------------------------------------------------------------- */

/* Whether a path is that of a route whose path has a *, which stands for one part. */
static bool path_fits(const char *path, const char *route, char part[HTTP_PART_MAX])
{
    const char *star = strchr(route, '*');
    size_t before = star ? (size_t)(star - route) : 0;
    if (!star || strncmp(path, route, before) != 0)
        return false;
    size_t length = strcspn(path + before, "/");
    if (length == 0 || length >= HTTP_PART_MAX || strcmp(path + before + length, star + 1) != 0)
        return false;
    memcpy(part, path + before, length);
    part[length] = 0;
    return true;
}

/* The row of a path. A list of entities also has /ID under it: *id is then that. */
static const struct route *route_find(const char *path, const char **id, char part[HTTP_PART_MAX])
{
    *id = NULL;
    for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++) {
        if (path_fits(path, routes[i].path, part)) {
            *id = part;
            return &routes[i];
        }
        size_t length = strlen(routes[i].path);
        if (strncmp(path, routes[i].path, length) != 0)
            continue;
        if (path[length] == 0)
            return &routes[i];
        if (!routes[i].handle && path[length] == '/') {
            *id = path + length + 1;
            return &routes[i];
        }
    }
    return NULL;
}

/* A web page can post a form to another site, but no JSON. */
static bool is_json(const char *content_type)
{
    size_t length = strcspn(content_type, "; ");
    return length == strlen("application/json") &&
           strncasecmp(content_type, "application/json", length) == 0;
}

static bool method_fits(struct call *call)
{
    if (call->request.method & call->route->methods)
        return true;
    call->answer.allow = call->route->methods == HTTP_POST ? "POST" : "GET, HEAD";
    call_problem(call, 405, "%s: expected %s", call->request.path, call->answer.allow);
    return false;
}

/* The dashboard is there before the site is. */
static bool web_admit(struct call *call)
{
    if (call->request.method & (HTTP_GET | HTTP_HEAD))
        return true;
    call->answer.allow = "GET, HEAD";
    call_problem(call, 405, "%s: expected %s", call->request.path, call->answer.allow);
    return false;
}

bool call_admit(struct call *call)
{
    const struct call_request *request = &call->request;
    if (request->headers_too_long) {
        call_problem(call, 431, "expected a line and headers of less than %d bytes together",
                     PLENUM_HTTP_HEADER_MAX);
        return false;
    }
    if (request->path_too_long) {
        call_problem(call, 414, "expected a path of less than %d bytes", HTTP_PATH_MAX);
        return false;
    }
    if (request->header_too_long) {
        call_problem(call, 431, "expected headers of less than %d bytes each", HTTP_VALUE_MAX);
        return false;
    }
    if (!caller_may_ask(call))
        return false;
    if (web_has(request->path))
        return web_admit(call);
    call->route = route_find(request->path, &call->id, call->part);
    if (request->query_too_long)
        call_problem(call, 414,
                     "expected a query of %d members at most, of less than %d bytes each",
                     HTTP_QUERY_MAX, HTTP_VALUE_MAX);
    else if (!call->route)
        call_problem(call, 404, "nothing is at %s", request->path);
    else if (!method_fits(call))
        return false;
    else if (!call->engine)
        call_problem(call, 503, "the site is starting");
    else if (request->method == HTTP_POST && !is_json(request->content_type))
        call_problem(call, 415, "content-type \"%s\": expected application/json",
                     request->content_type);
    else
        return query_is_known(call, call->route);
    return false;
}

bool call_is_due(const struct call *call, int64_t now_ns)
{
    return call->past_seq > 0 || events_are_due(call, now_ns);
}

void call_handle(struct call *call)
{
    if (!call->route) {
        handle_web(call);
        return;
    }
    call->waits = false;
    if (!past_choose(call))
        return;
    if (call->kept && kept_find(call->kept, call))
        return;
    call->answer.seq = plenum_ledger_seq(call->ledger);
    if (call->route->handle)
        call->route->handle(call, call->id);
    else
        handle_entities(call, call->route->kind, call->id);
}
