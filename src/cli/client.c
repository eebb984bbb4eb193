/* Client: see client.h. */
#include "cli/client.h"

#include "base/bytes.h"
#include "base/check.h"
#include "base/instant.h"
#include "base/text.h"
#include "cli/columns.h"
#include "cli/token.h"

#include <curl/curl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { KEY_BYTES = 16, ATTEMPTS = 3 };
static const int64_t CONNECT_MS = 5000, TIMEOUT_MAX_MS = 3600000;
static const char *const SERVER = "http://127.0.0.1:7070";

/* --- the question ----------------------------------------------------------------------------- */

void target_init(struct target *target, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(target->text, sizeof target->text, format, arguments);
    va_end(arguments);
    CHECK(length > 0 && (size_t)length < sizeof target->text);
}

void target_add(struct target *target, const char *name, int64_t value)
{
    size_t length = strlen(target->text);
    CHECK(text_format(target->text + length, sizeof target->text - length, "%c%s=%" PRId64,
                      strchr(target->text, '?') ? '&' : '?', name, value));
}

void target_flag(struct target *target, const char *name)
{
    size_t length = strlen(target->text);
    CHECK(text_format(target->text + length, sizeof target->text - length, "%c%s=true",
                      strchr(target->text, '?') ? '&' : '?', name));
}

/* --- begin and end ---------------------------------------------------------------------------- */

/* "127.0.0.1:7070" is http; a path would be lost, so there may be none. */
static enum plenum_status read_server(struct client *client, const char *given,
                                      struct plenum_error *error)
{
    const char *variable = getenv("PLENUM_SERVER");
    const char *text = given ? given : variable && variable[0] ? variable : SERVER;
    const char *scheme = strstr(text, "://") ? "" : "http://";
    bool fits = text_format(client->server, sizeof client->server - CLIENT_URL_MAX / 2, "%s%s",
                            scheme, text);
    size_t length = strlen(client->server);
    if (fits && client->server[length - 1] == '/')
        client->server[--length] = 0;
    const char *host = strstr(client->server, "://") + 3;
    size_t scheme_length = (size_t)(host - client->server);
    bool known = strncmp(client->server, "http://", scheme_length) == 0 ||
                 strncmp(client->server, "https://", scheme_length) == 0;
    for (size_t i = 0; i < length; i++)
        fits = fits && client->server[i] > ' ' && client->server[i] <= '~';
    if (!fits || !known || host[0] == 0 || host[strcspn(host, "/?#@")] != 0)
        return plenum_fail(error, PLENUM_INPUT,
                           "%s: found \"%s\", expected a server's address like %s or "
                           "https://HOST:PORT",
                           given ? "--server" : "PLENUM_SERVER", text, SERVER);
    return PLENUM_OK;
}

static enum plenum_status read_token(struct client *client, const char *path,
                                     struct plenum_error *error)
{
    const char *variable = getenv("PLENUM_TOKEN");
    if (path) {
        enum plenum_status status = token_read(path, client->token, CLIENT_TOKEN_MAX, error);
        if (status != PLENUM_OK)
            return status;
    } else if (variable && !text_format(client->token, CLIENT_TOKEN_MAX, "%s", variable)) {
        return plenum_fail(error, PLENUM_INPUT, "PLENUM_TOKEN: expected less than %d bytes",
                           CLIENT_TOKEN_MAX);
    }
    for (const char *at = client->token; *at; at++)
        if (*at <= ' ' || *at > '~')
            return plenum_fail(error, PLENUM_INPUT,
                               "the token has a character that a header cannot have");
    return PLENUM_OK;
}

enum plenum_status client_init(struct client *client, const struct client_options *options,
                               struct plenum_error *error)
{
    memset(client, 0, sizeof *client);
    client->timeout_ms = options->timeout_ms;
    if (options->timeout_ms < 1 || options->timeout_ms > TIMEOUT_MAX_MS)
        return plenum_fail(error, PLENUM_INPUT, "--timeout: expected 1ms to 1h");
    if (options->ca_file && access(options->ca_file, R_OK) != 0)
        return plenum_fail(error, PLENUM_IO, "%s: no certificates can be read from it",
                           options->ca_file);
    enum plenum_status status = read_server(client, options->server, error);
    if (status == PLENUM_OK)
        status = read_token(client, options->token_file, error);
    if (status != PLENUM_OK)
        return status;
    CHECK(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
    client->easy = curl_easy_init();
    CHECK(client->easy != NULL);
    curl_easy_setopt(client->easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(client->easy, CURLOPT_PROXY, "");
    curl_easy_setopt(client->easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(client->easy, CURLOPT_USERAGENT, "plenum/" PLENUM_RELEASE);
    if (options->ca_file)
        curl_easy_setopt(client->easy, CURLOPT_CAINFO, options->ca_file);
    return PLENUM_OK;
}

void client_finish(struct client *client)
{
    json_decref(client->problem);
    if (!client->easy)
        return;
    curl_easy_cleanup(client->easy);
    curl_global_cleanup();
}

/* --- the answer ------------------------------------------------------------------------------- */

struct answer {
    long status;
    struct bytes body;
    char trouble[CURL_ERROR_SIZE];
    json_t *document; /* NULL: the body is no JSON */
    json_error_t wrong;
};

/* What the server says of an error, or NULL. */
static const char *detail_of(const struct answer *answer)
{
    return json_string_value(json_object_get(answer->document, "detail"));
}

static enum plenum_status fail_plain(struct plenum_error *error, enum plenum_status status)
{
    make_plain(error->text);
    return status;
}

static enum plenum_status fail_at_login(const struct client *client, struct plenum_error *error)
{
    return plenum_fail(error, PLENUM_REFUSED,
                       client->token[0] ? "%s does not take this token"
                                        : "%s wants a token: give --token-file FILE, or set "
                                          "PLENUM_TOKEN",
                       client->server);
}

/* A status that is no success. */
static enum plenum_status fail_as_told(const struct client *client, const struct answer *answer,
                                       struct plenum_error *error)
{
    const char *detail = detail_of(answer);
    const char *type = json_string_value(json_object_get(answer->document, "type"));
    if (answer->status == 401)
        return fail_at_login(client, error);
    if (!detail)
        return fail_plain(error, plenum_fail(error, PLENUM_MISMATCH,
                                             "%s answered with status %ld and does not say why",
                                             client->server, answer->status));
    if (type && strcmp(type, "urn:plenum:problem:refused") == 0)
        plenum_fail(error, PLENUM_REFUSED, "refused by the ledger: %s", detail);
    else if (answer->status == 404 && strncmp(detail, "nothing is at ", 14) == 0)
        plenum_fail(error, PLENUM_REFUSED, "%s cannot do this (%s): it is another version's server",
                    client->server, detail);
    else
        plenum_fail(error, answer->status == 400 ? PLENUM_INPUT : PLENUM_REFUSED,
                    "the server says: %s (status %ld)", detail, answer->status);
    return fail_plain(error, error->status);
}

static enum plenum_status judge_answer(struct client *client, struct answer *answer,
                                       json_t **document, struct plenum_error *error)
{
    bool good = answer->status >= 200 && answer->status < 300;
    if (!good) {
        client->problem = json_incref(answer->document);
        return fail_as_told(client, answer, error);
    }
    if (!json_is_object(answer->document) && !json_is_array(answer->document)) {
        plenum_fail(error, PLENUM_MISMATCH,
                    "%s answered with what is no whole JSON: at byte %d, %s; is it plenum's?",
                    client->server, answer->wrong.position, answer->wrong.text);
        return fail_plain(error, PLENUM_MISMATCH);
    }
    *document = json_incref(answer->document);
    return PLENUM_OK;
}

/* No whole answer came. */
static enum plenum_status fail_to_reach(const struct client *client, CURLcode code,
                                        const char *trouble, struct plenum_error *error)
{
    char within[DURATION_TEXT];
    const char *why = trouble[0] ? trouble : curl_easy_strerror(code);
    switch (code) {
    case CURLE_COULDNT_CONNECT:
    case CURLE_COULDNT_RESOLVE_HOST:
        plenum_fail(
            error, PLENUM_IO,
            "%s cannot be reached (%s). Is a site running? 'plenum run SITE' runs one; --server or "
            "PLENUM_SERVER names another",
            client->server, curl_easy_strerror(code));
        break;
    case CURLE_OPERATION_TIMEDOUT:
        plenum_fail(error, PLENUM_IO, "%s did not answer within %s", client->server,
                    duration_format(client->timeout_ms, within));
        break;
    case CURLE_PEER_FAILED_VERIFICATION:
        plenum_fail(error, PLENUM_IO,
                    "%s: its certificate is not trusted (%s); --ca-file FILE "
                    "names who signed it",
                    client->server, why);
        break;
    case CURLE_ABORTED_BY_CALLBACK:
        plenum_fail(error, PLENUM_STOPPED, "stopped");
        break;
    case CURLE_WRITE_ERROR:
        plenum_fail(error, PLENUM_LIMIT, "%s answered with more than %d MiB", client->server,
                    CLIENT_ANSWER_MAX >> 20);
        break;
    default:
        plenum_fail(error, PLENUM_IO,
                    "%s: the connection was lost before the answer was whole "
                    "(%s)",
                    client->server, why);
    }
    return fail_plain(error, error->status);
}

/* --- one exchange ----------------------------------------------------------------------------- */

static size_t on_data(char *data, size_t one, size_t length, void *context)
{
    struct answer *answer = context;
    CHECK(one == 1);
    bytes_put(&answer->body, data, length);
    return answer->body.overflow ? 0 : length;
}

/* A second at most after the stop. */
static int on_progress(void *context, curl_off_t all, curl_off_t done, curl_off_t all_up,
                       curl_off_t done_up)
{
    const struct client *client = context;
    (void)all, (void)done, (void)all_up, (void)done_up;
    return client->stop && *client->stop;
}

static void set_up(const struct client *client, const struct target *target,
                   const struct curl_slist *headers, struct answer *answer)
{
    char url[2 * CLIENT_URL_MAX];
    CURL *easy = client->easy;
    CHECK(text_format(url, sizeof url, "%s%s", client->server, target->text));
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, answer->trouble);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_data);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, answer);
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(easy, CURLOPT_XFERINFODATA, client);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)client->timeout_ms);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                     (long)(client->timeout_ms < CONNECT_MS ? client->timeout_ms : CONNECT_MS));
}

/* Whether the same may be asked again: the server took the connection and then lost it. */
static bool was_lost(CURLcode code)
{
    return code == CURLE_GOT_NOTHING || code == CURLE_RECV_ERROR || code == CURLE_SEND_ERROR ||
           code == CURLE_PARTIAL_FILE;
}

static enum plenum_status exchange(struct client *client, const struct target *target,
                                   const struct curl_slist *headers, json_t **document,
                                   struct plenum_error *error)
{
    struct answer answer;
    CURLcode code = CURLE_OK;
    enum plenum_status status;
    memset(&answer, 0, sizeof answer);
    json_decref(client->problem);
    client->problem = NULL;
    bytes_init(&answer.body, CLIENT_ANSWER_MAX);
    set_up(client, target, headers, &answer);
    for (int i = 0; i < ATTEMPTS && (i == 0 || was_lost(code)); i++) {
        bytes_clear(&answer.body);
        code = curl_easy_perform(client->easy);
    }
    if (code == CURLE_OK) {
        curl_easy_getinfo(client->easy, CURLINFO_RESPONSE_CODE, &answer.status);
        answer.document = json_loadb(answer.body.length > 0 ? (const char *)answer.body.data : "",
                                     answer.body.length, JSON_REJECT_DUPLICATES, &answer.wrong);
        status = judge_answer(client, &answer, document, error);
    } else {
        status = fail_to_reach(client, code, answer.trouble, error);
    }
    curl_easy_setopt(client->easy, CURLOPT_ERRORBUFFER, NULL);
    json_decref(answer.document);
    bytes_finish(&answer.body);
    return status;
}

static struct curl_slist *put_header(struct curl_slist *headers, const char *name,
                                     const char *value)
{
    char line[CLIENT_TOKEN_MAX + 64];
    CHECK(text_format(line, sizeof line, "%s%s", name, value));
    headers = curl_slist_append(headers, line);
    CHECK(headers != NULL);
    return headers;
}

static struct curl_slist *common_headers(const struct client *client)
{
    struct curl_slist *headers = put_header(NULL, "Accept: ", "application/json");
    if (client->token[0])
        headers = put_header(headers, "Authorization: Bearer ", client->token);
    return headers;
}

enum plenum_status client_get(struct client *client, const struct target *target, json_t **document,
                              struct plenum_error *error)
{
    struct curl_slist *headers = common_headers(client);
    curl_easy_setopt(client->easy, CURLOPT_HTTPGET, 1L);
    enum plenum_status status = exchange(client, target, headers, document, error);
    curl_slist_free_all(headers);
    return status;
}

/* No two are the same: 128 random bits. What is done does not depend on them. */
static void make_key(char key[2 * KEY_BYTES + 1])
{
    unsigned char bytes[KEY_BYTES];
    CHECK(sodium_init() >= 0);
    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2hex(key, 2 * KEY_BYTES + 1, bytes, sizeof bytes);
}

enum plenum_status client_post(struct client *client, const struct target *target,
                               const json_t *body, json_t **document, struct plenum_error *error)
{
    char key[2 * KEY_BYTES + 1];
    make_key(key);
    struct curl_slist *headers = common_headers(client);
    headers = put_header(headers, "Content-Type: ", "application/json");
    headers = put_header(headers, "Idempotency-Key: ", key);
    char *text = json_dumps(body, JSON_COMPACT);
    CHECK(text != NULL);
    curl_easy_setopt(client->easy, CURLOPT_POST, 1L);
    curl_easy_setopt(client->easy, CURLOPT_POSTFIELDS, text);
    curl_easy_setopt(client->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(text));
    enum plenum_status status = exchange(client, target, headers, document, error);
    curl_slist_free_all(headers);
    free(text);
    return status;
}
