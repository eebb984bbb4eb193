#include "capture.h"

#include "base/check.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

char captured[CAPTURE_TEXT];

static int split(const char *line, char *buffer, size_t size, char **words)
{
    int count = 0;
    CHECK((size_t)snprintf(buffer, size, "%s", line) < size);
    for (char *at = buffer; at != NULL && count < CAPTURE_WORDS; count++) {
        words[count] = at;
        at = strchr(at, ' ');
        if (at != NULL)
            *at++ = '\0';
    }
    return count;
}

int capture(int (*call)(int argc, char **argv), const char *line)
{
    char buffer[1024], *words[CAPTURE_WORDS];
    int count = split(line, buffer, sizeof buffer, words);
    FILE *file = tmpfile();
    CHECK(file != NULL);
    fflush(NULL);
    int out = dup(1), err = dup(2);
    CHECK(dup2(fileno(file), 1) == 1 && dup2(fileno(file), 2) == 2);
    int result = call(count, words);
    fflush(NULL);
    CHECK(dup2(out, 1) == 1 && dup2(err, 2) == 2);
    close(out);
    close(err);
    rewind(file);
    captured[fread(captured, 1, sizeof captured - 1, file)] = '\0';
    fclose(file);
    return result;
}
