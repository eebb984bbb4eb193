/* plenum capacity changes: what will be there, what will go, and what is kept clear. */
#include "cli/capacity_verbs.h"

#include "cli/ask.h"
#include "cli/cli.h"
#include "cli/listing.h"
#include "cli/values.h"

#include "base/check.h"
#include "base/memory.h"

#include <stdlib.h>

struct change {
    int64_t from_ms;
    size_t index;
};

static int compare(const void *a, const void *b)
{
    const struct change *left = a, *right = b;
    if (left->from_ms != right->from_ms)
        return left->from_ms > right->from_ms ? 1 : -1;
    return left->index > right->index ? 1 : -1;
}

/* The items by time; the server has them by kind. */
static json_t *sorted(const json_t *items)
{
    size_t count = json_array_size(items);
    struct change *changes = memory_new(count, sizeof *changes);
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        changes[i] = (struct change){value_i64(json_array_get(items, i), "from_ms"), i};
    qsort(changes, count, sizeof *changes, compare);
    for (size_t i = 0; i < count; i++)
        CHECK(json_array_append(list, json_array_get(items, changes[i].index)) == 0);
    free(changes);
    return list;
}

static void put_changes(const json_t *document, struct style style, FILE *out)
{
    static const struct listing_column heads[] = {
        {"FROM", "from_ms"},   {"UNTIL", "until_ms"},
        {"WHAT", "kind"},      {"NAME", "name"},
        {"STATE", "state"},    {"ACCELERATORS", "accelerators"},
        {"CHIP", "chip_name"}, {"SOLD AHEAD, HOURS", "sold_accelerator_hours"},
    };
    json_t *items = sorted(json_object_get(document, "items"));
    if (json_array_size(items) == 0)
        fputs("nothing comes, goes or is kept clear\n", out);
    else
        listing_put(heads, sizeof heads / sizeof heads[0], items, style, out);
    json_decref(items);
}

int capacity_changes(int argc, char **argv)
{
    struct ask ask = ASK_DEFAULTS;
    struct target target;
    const struct option_row rows[] = {ASK_LIST_ROWS(ask)};
    const struct options options =
        OPTIONS("capacity changes",
                "Lists the racks of a running site that come and are sold from then on, those that "
                "go, and what\nis kept clear for work.",
                rows, 0);
    int exit_code;
    if (options_parse(&options, argc, argv, &exit_code) < 0)
        return exit_code;
    target_init(&target, "/v1/capacity/changes");
    return ask_list("capacity changes", &ask, &target, put_changes);
}
