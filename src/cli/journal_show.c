/* Rows as lines and as JSON: see journal_show.h. An operation is a JSON object in both: lines
 * print its members one after the other. */
#include "cli/journal_show.h"

#include "base/check.h"
#include "base/instant.h"
#include "edge/row_json.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdint.h>
#include <string.h>

enum { OPS_ON_A_LINE = 4 };

/* Whose operation it is needs no word before it. */
static bool is_plain(const char *key)
{
    static const char *const plain[] = {"op", "of", "field", "value", "owner"};
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
        if (strcmp(key, plain[i]) == 0)
            return true;
    return false;
}

static void print_op(const struct plenum_op *op)
{
    json_t *object = op_json(op), *value;
    const char *key;
    json_object_foreach(object, key, value)
    {
        if (!is_plain(key))
            printf(" %s", key);
        if (json_is_string(value))
            printf("%s%s", strcmp(key, "op") == 0 ? "" : " ", json_string_value(value));
        else
            printf(" %" JSON_INTEGER_FORMAT, json_integer_value(value));
    }
    json_decref(object);
}

void show_row(const struct plenum_site *site, const struct plenum_journal_row *row)
{
    char at[INSTANT_TEXT], refusal[PLENUM_REFUSAL_TEXT];
    const struct plenum_command *command = row->command;
    printf("%" PRIu64 " %s %s %s ", row->seq, instant_format(row->now_ms, at),
           plenum_command_kind_name(command->kind), command->actor);
    if (row->taken)
        printf("taken");
    else
        printf("refused %s (%s)", plenum_reason_name(row->reason),
               plenum_refusal_format(site, row->refusal, refusal));
    for (size_t i = 0; i < command->op_count && i < OPS_ON_A_LINE; i++) {
        printf("; ");
        print_op(&command->ops[i]);
    }
    if (command->op_count > OPS_ON_A_LINE)
        printf("; and %zu more", command->op_count - OPS_ON_A_LINE);
    printf("\n");
}

void show_row_json(const struct plenum_site *site, const struct plenum_journal_row *row)
{
    json_t *object = row_json(site, row, SIZE_MAX);
    CHECK(json_dumpf(object, stdout, JSON_COMPACT) == 0);
    printf("\n");
    json_decref(object);
}
