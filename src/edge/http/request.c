/* What libwebsockets has read, copied: see request.h. */
#include "edge/http/request.h"

#include "base/text.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

static enum http_method read_method(int method)
{
    switch (method) {
    case LWSHUMETH_GET:
        return HTTP_GET;
    case LWSHUMETH_HEAD:
        return HTTP_HEAD;
    case LWSHUMETH_POST:
        return HTTP_POST;
    default:
        return HTTP_OTHER;
    }
}

static void read_header(struct lws *wsi, enum lws_token_indexes token, char value[HTTP_VALUE_MAX],
                        bool *too_long)
{
    value[0] = 0;
    if (lws_hdr_total_length(wsi, token) > 0 && lws_hdr_copy(wsi, value, HTTP_VALUE_MAX, token) < 0)
        *too_long = true;
}

static void read_query(struct lws *wsi, struct call_request *request)
{
    char member[HTTP_VALUE_MAX];
    int length = lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_URI_ARGS), seen = 0;
    for (int i = 0; seen < length; i++) {
        int got = lws_hdr_copy_fragment(wsi, member, sizeof member, WSI_TOKEN_HTTP_URI_ARGS, i);
        if (got < 0 || request->query_count == HTTP_QUERY_MAX) {
            request->query_too_long = true;
            return;
        }
        seen += got + 1;
        if (got > 0)
            memcpy(request->query[request->query_count++], member, (size_t)got + 1);
    }
}

static void read_key(struct lws *wsi, struct call_request *request)
{
    static const char name[] = "idempotency-key:";
    int length = lws_hdr_custom_length(wsi, name, sizeof name - 1);
    if (length > 0 && lws_hdr_custom_copy(wsi, request->idempotency_key, HTTP_VALUE_MAX, name,
                                          sizeof name - 1) < 0)
        request->header_too_long = true;
}

uint64_t request_bytes_received(struct lws *wsi)
{
    struct tcp_info info;
    socklen_t length = sizeof info;
    memset(&info, 0, sizeof info);
    if (getsockopt(lws_get_socket_fd(wsi), IPPROTO_TCP, TCP_INFO, &info, &length) != 0)
        return 0;
    return info.tcpi_bytes_received;
}

/* Of headers that libwebsockets does not know the length cannot be asked. But what came is in the
 * request, or after it in what was read at once, or not read yet. */
static bool headers_are_too_long(struct lws *wsi, uint64_t *received)
{
    int known = 0, unread = 0;
    for (int token = 0; token < WSI_TOKEN_COUNT; token++) {
        int length = lws_hdr_total_length(wsi, (enum lws_token_indexes)token);
        known += length > 0 ? length : 0;
    }
    if (known > PLENUM_HTTP_HEADER_MAX || lws_is_ssl(wsi))
        return known > PLENUM_HTTP_HEADER_MAX;
    uint64_t before = *received, most = (uint64_t)PLENUM_HTTP_HEADER_MAX + HTTP_READ_BYTES;
    *received = request_bytes_received(wsi);
    if (*received - before <= most || ioctl(lws_get_socket_fd(wsi), FIONREAD, &unread) != 0)
        return false;
    return *received - before > most + (uint64_t)unread;
}

void request_read(struct lws *wsi, uint64_t *received, struct call_request *request)
{
    request->headers_too_long = headers_are_too_long(wsi, received);
    char *path = NULL;
    int length = 0;
    request->method = read_method(lws_http_get_uri_and_method(wsi, &path, &length));
    if (!path || length < 0 || length >= HTTP_PATH_MAX)
        request->path_too_long = true;
    else
        memcpy(request->path, path, (size_t)length);
    read_header(wsi, WSI_TOKEN_HOST, request->host, &request->header_too_long);
    read_header(wsi, WSI_TOKEN_HTTP_AUTHORIZATION, request->authorization,
                &request->header_too_long);
    read_header(wsi, WSI_TOKEN_HTTP_IF_NONE_MATCH, request->if_none_match,
                &request->header_too_long);
    read_header(wsi, WSI_TOKEN_HTTP_CONTENT_TYPE, request->content_type, &request->header_too_long);
    read_header(wsi, WSI_TOKEN_HTTP_ACCEPT_ENCODING, request->accept_encoding,
                &request->header_too_long);
    read_header(wsi, WSI_TOKEN_ORIGIN, request->origin, &request->header_too_long);
    read_header(wsi, WSI_TOKEN_PROTOCOL, request->protocols, &request->header_too_long);
    read_key(wsi, request);
    read_query(wsi, request);
}

bool request_has_body(struct lws *wsi)
{
    char length[HTTP_VALUE_MAX];
    bool too_long = false;
    read_header(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH, length, &too_long);
    bool none = length[0] == 0 || (strcmp(length, "0") == 0);
    return too_long || !none || lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING) > 0;
}

/* HTTP/1.0 has no connections that stay, but as an extension. */
bool request_ends_connection(struct lws *wsi)
{
    char text[HTTP_VALUE_MAX];
    bool too_long = false;
    read_header(wsi, WSI_TOKEN_HTTP, text, &too_long);
    if (strcmp(text, "HTTP/1.1") != 0)
        return true;
    read_header(wsi, WSI_TOKEN_CONNECTION, text, &too_long);
    return strcasecmp(text, "close") == 0;
}

bool request_body_is_welcome(struct lws *wsi, struct call *call)
{
    char text[HTTP_VALUE_MAX];
    uint64_t length;
    bool too_long = lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING) > 0;
    read_header(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH, text, &too_long);
    if (too_long || !text_to_u64(text, &length) || length == 0)
        call_problem(call, 411, "expected a body, and its length in content-length");
    else if (length > PLENUM_HTTP_BODY_MAX)
        call_problem(call, 413, "a body of %s bytes: expected %d at most", text,
                     PLENUM_HTTP_BODY_MAX);
    else
        return true;
    return false;
}
