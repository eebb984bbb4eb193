/* Cutting and drawing: see screen.h. */
#define _DEFAULT_SOURCE /* struct winsize and TIOCGWINSZ, which POSIX 2008 has not */
#include "cli/screen.h"

#include <string.h>
#include <sys/ioctl.h>

struct screen screen_of(int descriptor)
{
    struct screen screen = {.columns = 80, .rows = 24};
    struct winsize size;
    if (ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
        screen.columns = size.ws_col;
        screen.rows = size.ws_row;
    }
    return screen;
}

size_t screen_fit(const char *line, size_t length, int columns)
{
    int used = 0;
    for (size_t i = 0; i < length; i++) {
        if (((unsigned char)line[i] & 0xc0) == 0x80)
            continue;
        if (used == columns)
            return i;
        used++;
    }
    return length;
}

int screen_draw(struct screen screen, int above, const char *text, FILE *out)
{
    int lines = 0;
    fputc('\r', out); /* what was typed, ^C perhaps, has moved the cursor */
    if (above > 0)
        fprintf(out, "\033[%dA", above);
    while (*text && lines < screen.rows - 1) {
        size_t length = strcspn(text, "\n");
        fwrite(text, 1, screen_fit(text, length, screen.columns), out);
        fputs("\033[K\n", out);
        text += length + (text[length] == '\n');
        lines++;
    }
    fputs("\033[J", out);
    fflush(out);
    return lines;
}
