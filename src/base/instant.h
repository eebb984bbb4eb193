/* Instants and durations: signed 64-bit milliseconds. An instant counts from 1970-01-01T00:00Z
 * and knows no leap seconds; PLENUM_FOREVER (site.h) is later than every instant. */
#ifndef BASE_INSTANT_H
#define BASE_INSTANT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { INSTANT_TEXT = 32, DURATION_TEXT = 24 };

/* "2026-01-05T10:00Z"; seconds and milliseconds only where they are not zero; "forever" for
 * PLENUM_FOREVER. Returns text. */
char *instant_format(int64_t instant_ms, char text[INSTANT_TEXT]);
/* RFC 3339 with Z or an offset; seconds may be missing. False on anything else. */
bool instant_parse(const char *text, int64_t *instant_ms);

/* "1d2h", "90s", "250ms": the largest units first, zero parts left out. */
char *duration_format(int64_t duration_ms, char text[DURATION_TEXT]);
/* A sum of parts with unit ms, s, m, h, d, each whole: "24h", "1h30m". No sign; false on
 * anything else and on overflow. */
bool duration_parse(const char *text, int64_t *duration_ms);

#endif
