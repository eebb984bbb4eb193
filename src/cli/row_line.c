/* Rows as lines: see row_line.h. An operation is a JSON object; its members are printed one after
 * the other. */
#include "cli/row_line.h"

#include "base/check.h"
#include "base/text.h"
#include "cli/columns.h"
#include "cli/screen.h"
#include "cli/values.h"

#include <inttypes.h>
#include <plenum/command.h>
#include <stdlib.h>
#include <string.h>

/* Whose operation it is needs no word before it. */
static bool is_plain(const char *key)
{
    static const char *const plain[] = {"op", "of", "field", "value", "owner"};
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
        if (strcmp(key, plain[i]) == 0)
            return true;
    return false;
}

static void put_op(const json_t *op, FILE *out)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)op, key, value)
    {
        if (!is_plain(key))
            fprintf(out, " %s", key);
        if (json_is_string(value))
            fprintf(out, "%s%s", strcmp(key, "op") == 0 ? "" : " ", json_string_value(value));
        else
            fprintf(out, " %" JSON_INTEGER_FORMAT, json_integer_value(value));
    }
}

static void put_line(const json_t *row, FILE *out)
{
    const json_t *ops = json_object_get(row, "ops"), *count = json_object_get(row, "ops_count");
    size_t all = count ? (size_t)json_integer_value(count) : json_array_size(ops), shown = 0;
    fprintf(out, "%" PRId64 " %s %s %s ", value_i64(row, "seq"), value_text(row, "time"),
            value_text(row, "kind"), value_text(row, "actor"));
    if (json_is_true(json_object_get(row, "taken")))
        fputs("taken", out);
    else
        fprintf(out, "refused %s (%s)", value_text(row, "reason"), value_text(row, "refusal"));
    for (; shown < json_array_size(ops) && shown < ROW_LINE_OPS; shown++) {
        fputs("; ", out);
        put_op(json_array_get(ops, shown), out);
    }
    if (all > shown)
        fprintf(out, "; and %zu more", all - shown);
}

void row_line_put(const json_t *row, int width, FILE *out)
{
    char *line = NULL;
    size_t length = 0;
    FILE *memory = open_memstream(&line, &length);
    CHECK(memory != NULL);
    put_line(row, memory);
    CHECK(fclose(memory) == 0);
    make_plain(line);
    fwrite(line, 1, width > 0 ? screen_fit(line, length, width) : length, out);
    fputc('\n', out);
    free(line);
}

/* --- kinds ------------------------------------------------------------------------------------ */

bool row_kind_fits(const char *kind, const char *wanted)
{
    size_t length = wanted ? strlen(wanted) : 0;
    return !wanted || (length > 0 && strncmp(kind, wanted, length) == 0 &&
                       (kind[length] == 0 || kind[length] == '.'));
}

enum plenum_status row_kind_check(const char *wanted, struct plenum_error *error)
{
    const char *names[PLENUM_COMMAND_KIND_COUNT];
    for (int i = 0; i < PLENUM_COMMAND_KIND_COUNT; i++) {
        names[i] = plenum_command_kind_name((enum plenum_command_kind)i);
        if (row_kind_fits(names[i], wanted))
            return PLENUM_OK;
    }
    const char *nearest = text_nearest(wanted, names, PLENUM_COMMAND_KIND_COUNT);
    return plenum_fail(error, PLENUM_INPUT, "found kind '%s', expected one like %s", wanted,
                       nearest ? nearest : "rack.place");
}
