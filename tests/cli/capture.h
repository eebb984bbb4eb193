/* Running a subcommand in this process, and what it said. */
#ifndef TESTS_CLI_CAPTURE_H
#define TESTS_CLI_CAPTURE_H

enum { CAPTURE_WORDS = 24, CAPTURE_TEXT = 1 << 16 };

/* stdout and stderr of the last call, one after the other. */
extern char captured[CAPTURE_TEXT];

/* Calls with the words of the line, which are parted by single spaces; returns what it returned. */
int capture(int (*call)(int argc, char **argv), const char *line);

#endif
