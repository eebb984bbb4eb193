/* GETs of slurmrestd over its UNIX socket, whose owner it asks the kernel who speaks: no token is
 * needed, and none is sent. */
#include "edge/slurm/cluster.h"

#include "base/check.h"
#include "base/memory.h"
#include "base/text.h"

#include <curl/curl.h>
#include <jansson.h>
#include <stdlib.h>
#include <sys/un.h>

enum { URL_MAX = 256, CONNECT_MS = 3000 };

struct slurm_rest {
    CURL *easy;
    char socket[sizeof(((struct sockaddr_un *)0)->sun_path)];
};

enum plenum_status slurm_rest_open(const char *socket, struct slurm_rest **rest_out,
                                   struct plenum_error *error)
{
    struct slurm_rest *rest = memory_new(1, sizeof *rest);
    *rest_out = NULL;
    if (!socket[0] || !text_format(rest->socket, sizeof rest->socket, "%s", socket)) {
        free(rest);
        return plenum_fail(error, PLENUM_INPUT,
                           "found \"%s\", expected the path of slurmrestd's socket, of 1 to %zu "
                           "bytes",
                           socket, sizeof rest->socket - 1);
    }
    CHECK(curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
    rest->easy = curl_easy_init();
    CHECK(rest->easy != NULL);
    curl_easy_setopt(rest->easy, CURLOPT_UNIX_SOCKET_PATH, rest->socket);
    curl_easy_setopt(rest->easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(rest->easy, CURLOPT_PROXY, "");
    curl_easy_setopt(rest->easy, CURLOPT_PROTOCOLS_STR, "http");
    curl_easy_setopt(rest->easy, CURLOPT_USERAGENT, "plenum/" PLENUM_RELEASE);
    curl_easy_setopt(rest->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    curl_easy_setopt(rest->easy, CURLOPT_TIMEOUT_MS, (long)CLUSTER_PATIENCE_MS);
    *rest_out = rest;
    return PLENUM_OK;
}

void slurm_rest_close(struct slurm_rest *rest)
{
    if (!rest)
        return;
    curl_easy_cleanup(rest->easy);
    curl_global_cleanup();
    free(rest);
}

static size_t take_body(char *data, size_t one, size_t length, void *context)
{
    struct bytes *answer = context;
    (void)one;
    bytes_put(answer, data, length);
    return answer->overflow ? 0 : length;
}

/* What Slurm says of an error: the first of the list "errors", or NULL. */
static const char *error_of(const json_t *document)
{
    const json_t *first = json_array_get(json_object_get(document, "errors"), 0);
    const char *text = json_string_value(json_object_get(first, "error"));
    return text ? text : json_string_value(json_object_get(first, "description"));
}

static enum plenum_status fail_as_told(long status, const struct bytes *answer, const char *path,
                                       struct plenum_error *error)
{
    json_t *document = json_loadb((const char *)answer->data, answer->length, 0, NULL);
    const char *told = error_of(document);
    plenum_fail(error, PLENUM_REFUSED, "slurmrestd, asked for %s, says: %s (status %ld)", path,
                told ? told : "nothing", status);
    json_decref(document);
    return PLENUM_REFUSED;
}

enum plenum_status slurm_rest_get(struct slurm_rest *rest, const char *path, struct bytes *answer,
                                  struct plenum_error *error)
{
    char url[URL_MAX], trouble[CURL_ERROR_SIZE] = "";
    long status = 0;
    CHECK(text_format(url, sizeof url, "http://localhost%s", path));
    curl_easy_setopt(rest->easy, CURLOPT_URL, url);
    curl_easy_setopt(rest->easy, CURLOPT_ERRORBUFFER, trouble);
    curl_easy_setopt(rest->easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(rest->easy, CURLOPT_WRITEDATA, answer);
    CURLcode code = curl_easy_perform(rest->easy);
    curl_easy_setopt(rest->easy, CURLOPT_ERRORBUFFER, NULL);
    if (answer->overflow)
        return plenum_fail(error, PLENUM_LIMIT, "%s: slurmrestd sends more than %d MiB",
                           rest->socket, CLUSTER_ANSWER_MAX >> 20);
    if (code != CURLE_OK)
        return plenum_fail(error, PLENUM_IO, "%s: slurmrestd cannot be asked for %s: %s",
                           rest->socket, path, trouble[0] ? trouble : curl_easy_strerror(code));
    curl_easy_getinfo(rest->easy, CURLINFO_RESPONSE_CODE, &status);
    return status == 200 ? PLENUM_OK : fail_as_told(status, answer, path, error);
}
