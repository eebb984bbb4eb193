/* Members of JSON objects. Out of memory stops the process. */
#ifndef EDGE_HTTP_JSON_H
#define EDGE_HTTP_JSON_H

#include "base/bytes.h"

#include <jansson.h>
#include <stdint.h>

/* Takes value. */
void json_put(json_t *object, const char *key, json_t *value);
void json_put_i64(json_t *object, const char *key, int64_t value);
/* null for PLENUM_FOREVER, which no double holds. */
void json_put_ms(json_t *object, const char *key, int64_t at_ms);
/* Accelerators from thousandths of them: whole where they are. */
json_t *json_milli(int64_t milli);
void json_put_text(json_t *object, const char *key, const char *text);
/* Takes value. */
void json_push(json_t *array, json_t *value);
/* Appends the document's text. */
void json_put_dump(const json_t *document, struct bytes *text);

#endif
