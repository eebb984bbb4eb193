/* Values: see values.h. */
#include "cli/values.h"

#include "base/check.h"
#include "base/instant.h"
#include "base/text.h"
#include "cli/units.h"

#include <inttypes.h>
#include <string.h>

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), end_length = strlen(end);
    return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

/* Milliseconds that are a length, not a moment. */
static bool is_duration(const char *key)
{
    return ends_with(key, "duration_ms") || strcmp(key, "left_ms") == 0 ||
           strcmp(key, "step_ms") == 0;
}

static char *integer_format(const char *key, int64_t value, char text[VALUE_TEXT])
{
    if (is_duration(key))
        return duration_format(value, text);
    if (ends_with(key, "_ms")) /* 0: never */
        return value == 0 ? memcpy(text, "-", 2) : instant_format(value, text);
    if (ends_with(key, "_w") || strcmp(key, "w") == 0)
        return watts_format(value, text);
    if (ends_with(key, "_j"))
        return joules_format(value, text);
    if (ends_with(key, "_bytes"))
        return bytes_format(value, text);
    if (ends_with(key, "milli"))
        return milli_format(value, text);
    if (ends_with(key, "_micro"))
        return micro_format(value, text);
    CHECK(text_format(text, VALUE_TEXT, "%" PRId64, value));
    return text;
}

_Static_assert((int)VALUE_TEXT >= (int)INSTANT_TEXT && (int)VALUE_TEXT >= (int)DURATION_TEXT &&
                   (int)VALUE_TEXT >= (int)UNITS_TEXT,
               "a value has room for whatever it is formatted as");

char *value_format(const char *key, const json_t *value, char text[VALUE_TEXT])
{
    if (json_is_integer(value))
        return integer_format(key, json_integer_value(value), text);
    if (json_is_real(value)) /* a mean */
        return milli_format((int64_t)(json_real_value(value) * 1000.0 + 0.5), text);
    const char *word = json_is_string(value)    ? json_string_value(value)
                       : json_is_boolean(value) ? (json_is_true(value) ? "yes" : "no")
                                                : "-";
    (void)text_format(text, VALUE_TEXT, "%s", word); /* cut where it is longer */
    return make_plain(text);
}

bool value_is_figure(const char *key)
{
    static const char *const counts[] = {
        "id",           "priority", "preemptions", "servers",  "failures", "burn_ins", "moves",
        "accelerators", "unit",     "cores",       "sold",     "w",        "task",     "cell",
        "robot",        "job",      "flight",      "delivery", "drone",    "rack",     "tenant"};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        if (strcmp(counts[i], key) == 0)
            return true;
    return is_duration(key) || ends_with(key, "_w") || ends_with(key, "_j") ||
           ends_with(key, "_bytes") || ends_with(key, "milli") || ends_with(key, "_micro") ||
           ends_with(key, "_cell") || ends_with(key, "_pad");
}

int64_t value_i64(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

const char *value_text(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

void values_print(const json_t *object, struct style style, FILE *out)
{
    static const struct column heads[] = {{"", false, false}, {"", false, true}};
    struct columns columns;
    const char *key;
    json_t *value;
    char text[VALUE_TEXT];
    columns_init(&columns, heads, 2);
    /* The macro takes the document as one that may change; it does not. */
    json_object_foreach((json_t *)object, key, value)
    {
        if (json_is_array(value) || json_is_object(value))
            continue;
        columns_put(&columns, "%s", key);
        columns_put(&columns, "%s", value_format(key, value, text));
    }
    columns_print(&columns, style, out);
    columns_finish(&columns);
}
