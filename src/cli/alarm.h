/* Alarms of an overview, for people. */
#ifndef CLI_ALARM_H
#define CLI_ALARM_H

#include "cli/columns.h"

#include <jansson.h>

/* Two lines each: what is wrong and why; what to do and what shows more. */
void alarms_put(const json_t *overview, struct style style, FILE *out);

#endif
