/* Instants and durations: signed 64-bit milliseconds. An instant counts from 1970-01-01T00:00Z
 * and knows no leap seconds; PLENUM_FOREVER (site.h) is later than every instant. */
#ifndef BASE_INSTANT_H
#define BASE_INSTANT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { INSTANT_TEXT = 32, DURATION_TEXT = 32 };

/* "2026-01-05T10:00Z"; seconds and milliseconds only where they are not zero; "forever" for
 * PLENUM_FOREVER. Returns text. */
char *instant_format(int64_t instant_ms, char text[INSTANT_TEXT]);
/* RFC 3339 with Z or an offset; seconds may be missing; what is finer than a
 * millisecond is left out. False on anything else, a leap second among it. */
bool instant_parse(const char *text, int64_t *instant_ms);

/* "1d2h", "1m30s", "250ms": the largest units first, zero parts left out; "0s"; "forever" for
 * PLENUM_FOREVER. Returns text. */
char *duration_format(int64_t duration_ms, char text[DURATION_TEXT]);
/* A sum of parts with unit d, h, m, s, ms, each whole and at most once, in this order: "24h",
 * "1h30m", "90s". No sign; false on anything else and on overflow. */
bool duration_parse(const char *text, int64_t *duration_ms);

#endif
