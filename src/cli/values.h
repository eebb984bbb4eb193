/* Values of what the server answers, for people. The name of a member ends with its unit
 * ("limit_w", "charge_j", "start_ms"), as everywhere in Plenum, so a name and a value are all that
 * is needed. */
#ifndef CLI_VALUES_H
#define CLI_VALUES_H

#include "cli/columns.h"

#include <jansson.h>
#include <stdint.h>

enum { VALUE_TEXT = 256 };

/* "412.0 kW", "2026-01-05T10:00Z", "1h30m"; "-" for null and for what is missing. Returns text. */
char *value_format(const char *key, const json_t *value, char text[VALUE_TEXT]);
/* Whether values of that name are numbers to be compared, and so stand to the right. */
bool value_is_figure(const char *key);
/* A member that is an integer, or 0. */
int64_t value_i64(const json_t *object, const char *key);
/* A member that is a text, or "". */
const char *value_text(const json_t *object, const char *key);
/* All members but lists and objects, a line each: name, value. */
void values_print(const json_t *object, struct style style, FILE *out);

#endif
