/* One pass over the text, which knows strings and brackets. */
#include "edge/slurm/sieve.h"

#include "base/check.h"

#include <string.h>

struct cursor {
    const char *at, *end;
};

static void skip_space(struct cursor *cursor)
{
    while (cursor->at < cursor->end && (*cursor->at == ' ' || *cursor->at == '\n' ||
                                        *cursor->at == '\t' || *cursor->at == '\r'))
        cursor->at++;
}

/* The character that is next after space, taken if it is this one. */
static bool take(struct cursor *cursor, char wanted)
{
    skip_space(cursor);
    bool there = cursor->at < cursor->end && *cursor->at == wanted;
    cursor->at += there;
    return there;
}

static bool skip_string(struct cursor *cursor)
{
    if (!take(cursor, '"'))
        return false;
    while (cursor->at < cursor->end && *cursor->at != '"')
        cursor->at += *cursor->at == '\\' && cursor->end - cursor->at > 1 ? 2 : 1;
    return take(cursor, '"');
}

/* Past a number or a word. */
static bool skip_plain(struct cursor *cursor)
{
    const char *begin = cursor->at;
    while (cursor->at < cursor->end && !memchr(",:]} \n\t\r\"", *cursor->at, 9))
        cursor->at++;
    return cursor->at > begin;
}

/* Past a value: brackets are counted, and what is between them is not looked at. */
static bool skip_value(struct cursor *cursor)
{
    int64_t depth = 0;
    do {
        skip_space(cursor);
        if (cursor->at == cursor->end)
            return false;
        switch (*cursor->at) {
        case '"':
            if (!skip_string(cursor))
                return false;
            break;
        case '{':
        case '[':
            depth++;
            cursor->at++;
            break;
        case '}':
        case ']':
            depth--;
            cursor->at++;
            break;
        case ',':
        case ':':
            cursor->at++;
            if (depth == 0)
                return false;
            break;
        default:
            if (!skip_plain(cursor))
                return false;
        }
    } while (depth > 0);
    return depth == 0;
}

static bool is_wanted(const struct sieve *sieve, const char *key, size_t length)
{
    for (size_t i = 0; i < sieve->count; i++)
        if (sieve->lengths[i] == length && memcmp(sieve->keys[i], key, length) == 0)
            return true;
    return false;
}

/* A key with its colon, without escapes: those could spell any name. */
static bool take_key(struct cursor *cursor, const char **key, size_t *length)
{
    skip_space(cursor);
    *key = cursor->at + 1;
    if (!skip_string(cursor))
        return false;
    *length = (size_t)(cursor->at - 1 - *key);
    return memchr(*key, '\\', *length) == NULL && take(cursor, ':');
}

static bool put_end(struct bytes *out, const char *bracket)
{
    bytes_put(out, bracket, 1);
    return true;
}

static bool sieve_object(const struct sieve *sieve, struct cursor *cursor, struct bytes *out)
{
    const char *key;
    size_t length, kept = 0;
    bytes_put(out, "{", 1);
    if (take(cursor, '}'))
        return put_end(out, "}");
    do {
        if (!take_key(cursor, &key, &length) || !skip_value(cursor))
            return false;
        if (!is_wanted(sieve, key, length))
            continue;
        if (kept++ > 0)
            bytes_put(out, ",", 1);
        bytes_put(out, key - 1, (size_t)(cursor->at - key + 1));
    } while (take(cursor, ','));
    bytes_put(out, "}", 1);
    return take(cursor, '}');
}

static bool sieve_list(const struct sieve *sieve, struct cursor *cursor, struct bytes *out)
{
    if (!take(cursor, '['))
        return false;
    bytes_put(out, "[", 1);
    if (take(cursor, ']'))
        return put_end(out, "]");
    for (size_t i = 0; i == 0 || take(cursor, ','); i++) {
        if (i > 0)
            bytes_put(out, ",", 1);
        if (!take(cursor, '{') || !sieve_object(sieve, cursor, out))
            return false;
    }
    bytes_put(out, "]", 1);
    return take(cursor, ']');
}

void sieve_want(struct sieve *sieve, const char *key)
{
    CHECK(sieve->count < SIEVE_KEYS_MAX);
    sieve->keys[sieve->count] = key;
    sieve->lengths[sieve->count++] = strlen(key);
}

bool sieve_text(const struct sieve *sieve, const struct bytes *text, struct bytes *out)
{
    struct cursor cursor = {(const char *)text->data, (const char *)text->data + text->length};
    const char *key;
    size_t length, lists = 0;
    if (text->length == 0 || !take(&cursor, '{'))
        return false;
    bytes_put(out, "{\"", 2);
    bytes_put(out, sieve->list, strlen(sieve->list));
    bytes_put(out, "\":", 2);
    do {
        if (!take_key(&cursor, &key, &length))
            return false;
        bool list = length == strlen(sieve->list) && memcmp(sieve->list, key, length) == 0;
        lists += list;
        if (list ? lists > 1 || !sieve_list(sieve, &cursor, out) : !skip_value(&cursor))
            return false;
    } while (take(&cursor, ','));
    bytes_put(out, "}", 1);
    bool whole = take(&cursor, '}');
    skip_space(&cursor);
    return whole && lists == 1 && cursor.at == cursor.end;
}
