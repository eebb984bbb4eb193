/* plenum capacity quota: who is guaranteed what at a running site, and what of it can be had. */
#include "cli/capacity_verbs.h"

#include "cli/ask.h"
#include "cli/cli.h"
#include "cli/units.h"
#include "cli/values.h"

#include "base/text.h"

#include <math.h>
#include <string.h>

enum { WHY_TEXT = 256 };

static double number_of(const json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

/* "12 rack, 3.5 fraction" */
static void why_format(const json_t *stranded, char text[WHY_TEXT])
{
    size_t length = 0;
    text[0] = '\0';
    for (size_t i = 0; i < json_array_size(stranded); i++) {
        const json_t *part = json_array_get(stranded, i);
        (void)text_format(text + length, WHY_TEXT - length, "%s%g %s", i > 0 ? ", " : "",
                          number_of(part, "accelerators"), value_text(part, "cause"));
        length = strlen(text);
    }
}

static double stranded_sum(const json_t *stranded)
{
    double sum = 0;
    for (size_t i = 0; i < json_array_size(stranded); i++)
        sum += number_of(json_array_get(stranded, i), "accelerators");
    return sum;
}

static void put_grant(struct columns *columns, const json_t *tenant, const json_t *grant)
{
    char why[WHY_TEXT];
    const json_t *stranded = json_object_get(grant, "stranded");
    why_format(stranded, why);
    columns_put(columns, "%s", value_text(tenant, "name"));
    columns_put(columns, "%s", value_text(tenant, "under_name"));
    columns_put(columns, "%s", value_text(grant, "name"));
    columns_put(columns, "%g", number_of(grant, "granted"));
    columns_put(columns, "%g", number_of(grant, "held"));
    columns_put(columns, "%g", number_of(grant, "placeable"));
    columns_put(columns, "%g", number_of(grant, "placeable_whole_servers"));
    columns_put(columns, "%g", stranded_sum(stranded));
    columns_put(columns, "%s", why);
}

static void put_grants(const json_t *items, struct style style, FILE *out)
{
    static const struct column heads[] = {
        {"TENANT", false, false},          {"UNDER", false, false},   {"CHIP", false, false},
        {"GRANTED", true, false},          {"HELD", true, false},     {"PLACEABLE", true, false},
        {"IN WHOLE SERVERS", true, false}, {"STRANDED", true, false}, {"WHY", false, false}};
    struct columns columns;
    columns_init(&columns, heads, sizeof heads / sizeof heads[0]);
    for (size_t i = 0; i < json_array_size(items); i++) {
        const json_t *tenant = json_array_get(items, i), *grants = json_object_get(tenant, "chips");
        for (size_t k = 0; k < json_array_size(grants); k++)
            put_grant(&columns, tenant, json_array_get(grants, k));
    }
    columns_print(&columns, style, out);
    columns_finish(&columns);
}

static void put_chips(const json_t *chips, struct style style, FILE *out)
{
    static const struct column heads[] = {
        {"CHIP", false, false},  {"ACCELERATORS", true, false},     {"SOLD", true, false},
        {"USABLE", true, false}, {"IN WHOLE SERVERS", true, false}, {"STRANDED", true, false},
        {"WHY", false, false}};
    struct columns columns;
    columns_init(&columns, heads, sizeof heads / sizeof heads[0]);
    for (size_t i = 0; i < json_array_size(chips); i++) {
        const json_t *chip = json_array_get(chips, i),
                     *stranded = json_object_get(chip, "stranded");
        char why[WHY_TEXT];
        why_format(stranded, why);
        columns_put(&columns, "%s", value_text(chip, "name"));
        columns_put(&columns, "%g", number_of(chip, "accelerators"));
        columns_put(&columns, "%g", number_of(chip, "sold"));
        columns_put(&columns, "%g", number_of(chip, "usable"));
        columns_put(&columns, "%g", number_of(chip, "usable_whole_servers"));
        columns_put(&columns, "%g", stranded_sum(stranded));
        columns_put(&columns, "%s", why);
    }
    columns_print(&columns, style, out);
    columns_finish(&columns);
}

static void put_quota(const json_t *document, struct style style, FILE *out)
{
    put_grants(json_object_get(document, "items"), style, out);
    fputc('\n', out);
    put_chips(json_object_get(document, "chips"), style, out);
}

int capacity_quota(int argc, char **argv)
{
    struct ask ask = ASK_DEFAULTS;
    struct target target;
    const struct option_row rows[] = {ASK_LIST_ROWS(ask)};
    const struct options options =
        OPTIONS("capacity quota",
                "Lists what is guaranteed to each tenant of a running site, what of it can be "
                "placed now,\nand why the rest cannot; and the same for each chip of the site.",
                rows, 0);
    int exit_code;
    if (options_parse(&options, argc, argv, &exit_code) < 0)
        return exit_code;
    target_init(&target, "/v1/capacity/quota");
    return ask_list("capacity quota", &ask, &target, put_quota);
}
