#include "edge/http/json.h"

#include "base/check.h"

#include <plenum/site.h>

void json_put(json_t *object, const char *key, json_t *value)
{
    CHECK(json_object_set_new(object, key, value) == 0);
}

void json_put_i64(json_t *object, const char *key, int64_t value)
{
    json_put(object, key, json_integer(value));
}

void json_put_ms(json_t *object, const char *key, int64_t at_ms)
{
    json_put(object, key, at_ms == PLENUM_FOREVER ? json_null() : json_integer(at_ms));
}

json_t *json_milli(int64_t milli)
{
    return milli % 1000 == 0 ? json_integer(milli / 1000) : json_real((double)milli / 1000.0);
}

void json_put_text(json_t *object, const char *key, const char *text)
{
    json_put(object, key, json_string(text));
}

void json_push(json_t *array, json_t *value)
{
    CHECK(json_array_append_new(array, value) == 0);
}

static int put_dumped(const char *text, size_t length, void *context)
{
    bytes_put(context, text, length);
    return 0;
}

void json_put_dump(const json_t *document, struct bytes *text)
{
    CHECK(json_dump_callback(document, put_dumped, text, JSON_COMPACT) == 0);
}
