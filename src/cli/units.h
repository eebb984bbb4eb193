/* Figures as people read and write them: "1,230.4 kW", "80kW". One unit a kind of figure, so that a
 * column of them can be compared at a glance. */
#ifndef CLI_UNITS_H
#define CLI_UNITS_H

#include <stdbool.h>
#include <stdint.h>

enum { UNITS_TEXT = 40 };

/* Watts as "1,230.4 kW", joules as "3,240 kJ", bytes as "96.0 GiB", all rounded to the nearest;
 * thousandths as "0.25". Each returns text. */
char *watts_format(int64_t watts, char text[UNITS_TEXT]);
char *joules_format(int64_t joules, char text[UNITS_TEXT]);
char *bytes_format(int64_t bytes, char text[UNITS_TEXT]);
char *milli_format(int64_t milli, char text[UNITS_TEXT]);
/* Millionths as money, to the nearest hundredth: "1,234.50". Returns text. */
char *micro_format(int64_t micro, char text[UNITS_TEXT]);
/* A whole number, by thousands: "12,345". Returns text. */
char *count_format(int64_t count, char text[UNITS_TEXT]);

/* "80kW", "1.25MW", "80000W", "80000": not negative; false on anything else and on overflow. */
bool watts_parse(const char *text, int64_t *watts);
/* "max", which is 0, or times the speed of life: "60", "60x", "0.5", from 0.001 up. */
bool speed_parse(const char *text, int64_t *speed_milli);
/* "60x", "0.5x", "without waiting" for 0. Returns text. */
char *speed_format(int64_t speed_milli, char text[UNITS_TEXT]);

#endif
