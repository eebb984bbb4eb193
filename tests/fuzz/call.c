/* A request to the server, as it is once libwebsockets has read it: a line "GET /path?a=1&b=2", a
 * line with an idempotency key, one with If-None-Match, the body. It is answered, or waits, or its
 * command is posted; an answer of JSON is JSON, and an error is a problem with its status. */
#include "fuzz.h"

#include "base/check.h"
#include "base/memory.h"
#include "edge/http/call.h"
#include "edge/series.h"

#include <stdlib.h>
#include <string.h>

struct input { /* what is left of it */
    const char *at, *end;
};

static struct plenum_engine *engine;
static struct posted *all_posted;
static struct plenum_offer_desk *desk;
static struct series *series;
static const struct http_counts counts;

static void begin(void)
{
    struct plenum_error error;
    struct plenum_site *site;
    CHECK(plenum_site_load(FUZZ_SITE, &site, NULL, &error) == PLENUM_OK);
    CHECK(plenum_engine_create(site, NULL, &engine, &error) == PLENUM_OK);
    for (int i = 0; i < 400; i++)
        CHECK(plenum_engine_step(engine, &error) == PLENUM_OK);
    series = series_create();
}

/* Until the byte, which is passed, or the end; cut to its room. */
static void read_until(struct input *input, char stop, char *text, size_t size)
{
    size_t length = 0;
    for (; input->at < input->end && *input->at != stop; input->at++)
        if (length + 1 < size && *input->at != 0)
            text[length++] = *input->at;
    text[length] = 0;
    if (input->at < input->end)
        input->at++;
}

static enum http_method method_of(const char *name)
{
    if (strcmp(name, "GET") == 0)
        return HTTP_GET;
    if (strcmp(name, "HEAD") == 0)
        return HTTP_HEAD;
    return strcmp(name, "POST") == 0 ? HTTP_POST : HTTP_OTHER;
}

static void read_query(struct call_request *request, const char *query)
{
    struct input input = {query, query + strlen(query)};
    while (input.at < input.end && request->query_count < HTTP_QUERY_MAX)
        read_until(&input, '&', request->query[request->query_count++], HTTP_VALUE_MAX);
}

static void read_request(struct call_request *request, struct input *input)
{
    char line[512], name[16];
    read_until(input, '\n', line, sizeof line);
    struct input parts = {line, line + strlen(line)};
    read_until(&parts, ' ', name, sizeof name);
    request->method = method_of(name);
    read_until(&parts, '?', request->path, sizeof request->path);
    read_query(request, parts.at);
    read_until(input, '\n', request->idempotency_key, sizeof request->idempotency_key);
    read_until(input, '\n', request->if_none_match, sizeof request->if_none_match);
    memcpy(request->host, "localhost", sizeof "localhost");
    memcpy(request->content_type, "application/json", sizeof "application/json");
    bytes_put(&request->body, input->at, (size_t)(input->end - input->at));
}

static void on_ready(struct call *call)
{
    (void)call;
}

static void check_answer(const struct call_answer *answer)
{
    json_error_t error;
    CHECK(answer->status >= 200 && answer->status < 600 && !answer->body.overflow);
    if (answer->status == 304 || !answer->content_type || !strstr(answer->content_type, "json"))
        return;
    json_t *document = json_loadb((const char *)answer->body.data + HTTP_ROOM,
                                  answer->body.length - HTTP_ROOM, 0, &error);
    CHECK(document != NULL);
    if (answer->status >= 400)
        CHECK(json_integer_value(json_object_get(document, "status")) == answer->status);
    json_decref(document);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {(const char *)data, (const char *)data + size};
    struct call *call = memory_new(1, sizeof *call);
    if (!engine)
        begin();
    call_init(call);
    call->engine = engine;
    call->ledger = plenum_engine_ledger(engine);
    call->counts = &counts;
    call->series = series;
    call->all_posted = &all_posted;
    call->desk = &desk;
    call->ready = on_ready;
    read_request(&call->request, &input);
    if (call_admit(call))
        call_handle(call);
    if (!call->waits && !call->posted)
        check_answer(&call->answer);
    call_finish(call);
    free(call);
    return 0;
}
