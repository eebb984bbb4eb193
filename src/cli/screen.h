/* A text that is drawn over itself in a terminal. It never wraps and never scrolls: lines are cut
 * to the terminal's width and the text to its height, else the next drawing would not find the
 * top. */
#ifndef CLI_SCREEN_H
#define CLI_SCREEN_H

#include <stdio.h>

struct screen {
    int columns, rows;
};

/* The size of the terminal behind a descriptor; 80 by 24 where it does not say. */
struct screen screen_of(int descriptor);
/* Bytes of the line that fit into so many columns: whole characters, a byte 10xxxxxx goes on with
 * the one before. */
size_t screen_fit(const char *line, size_t length, int columns);
/* Draws text over the `above` lines drawn before it, and returns how many lines stand there now. A
 * character of UTF-8 counts as one column. */
int screen_draw(struct screen screen, int above, const char *text, FILE *out);

#endif
