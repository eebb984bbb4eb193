/* Who may ask: see caller.h. */
#include "edge/http/caller.h"

#include "base/hash.h"

#include <sodium.h>
#include <string.h>
#include <strings.h>

enum {
    OFFERED_MAX =
        sodium_base64_ENCODED_LEN(HTTP_VALUE_MAX, sodium_base64_VARIANT_URLSAFE_NO_PADDING)
};

/* Compared by hash: how long it takes says nothing of the token. */
static bool texts_are_same(const char *theirs, size_t length, const char *ours)
{
    struct hash a = hash_of(theirs, length), b = hash_of(ours, strlen(ours));
    return hash_equal(&a, &b);
}

/* Among the subprotocols of a WebSocket: "plenum.v1, plenum.bearer.BASE64URL". */
static bool token_is_offered(const struct call *call)
{
    char ours[OFFERED_MAX];
    const char *given = strstr(call->request.protocols, CALLER_OFFER);
    if (!given)
        return false;
    given += strlen(CALLER_OFFER);
    (void)sodium_bin2base64(ours, sizeof ours, (const unsigned char *)call->token,
                            strlen(call->token), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return texts_are_same(given, strcspn(given, ", "), ours);
}

static bool token_is_right(const struct call *call)
{
    static const char scheme[] = "Bearer ";
    const char *given = call->request.authorization;
    if (strncasecmp(given, scheme, sizeof scheme - 1) != 0) /* RFC 9110 section 11.1 */
        return token_is_offered(call);
    given += sizeof scheme - 1;
    return texts_are_same(given, strlen(given), call->token);
}

/* "127.0.0.1:7070", "localhost". */
static bool host_is_loopback(const char *host)
{
    size_t length = strcspn(host, ":");
    if (strncmp(host, "127.", 4) == 0)
        return strspn(host, "0123456789.") == length;
    return length == strlen("localhost") && strncmp(host, "localhost", length) == 0;
}

/* What a browser says of the page that asks: it is of this server. Programs say nothing. */
static bool origin_is_own(const struct call_request *request)
{
    const char *origin = request->origin;
    static const char *const schemes[] = {"http://", "https://"};
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
        if (strncmp(origin, schemes[i], strlen(schemes[i])) == 0)
            return strcasecmp(origin + strlen(schemes[i]), request->host) == 0;
    return origin[0] == 0;
}

bool caller_may_ask(struct call *call)
{
    if (strcmp(call->request.path, "/healthz") == 0)
        return true;
    if (call->token && !web_has(call->request.path) && !token_is_right(call)) {
        call_problem(call, 401, "expected the header Authorization: Bearer TOKEN");
        return false;
    }
    if (!call->token && !host_is_loopback(call->request.host)) {
        call_problem(call, 421, "host \"%s\": without a token only a loopback host is served",
                     call->request.host);
        return false;
    }
    if (!call->token && !origin_is_own(&call->request)) {
        call_problem(call, 403, "origin \"%s\": without a token only pages of this server may ask",
                     call->request.origin);
        return false;
    }
    return true;
}
