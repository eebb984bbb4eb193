/* Errors: what can go wrong, and how it is told.
 *
 * Two kinds of trouble. A programmer's error (a broken precondition) stops the process: see
 * CHECK in src/base/check.h. An operating error (bad file, full disk, refused command) is a
 * typed return that must be used, with a sentence in a struct plenum_error where the caller
 * gives one. */
#ifndef PLENUM_ERROR_H
#define PLENUM_ERROR_H

#include <stddef.h>

#if defined(__GNUC__)
#define PLENUM_API                         __attribute__((visibility("default")))
#define PLENUM_MUST_USE                    __attribute__((warn_unused_result))
#define PLENUM_PRINTF(format_index, first) __attribute__((format(printf, format_index, first)))
#else
#define PLENUM_API
#define PLENUM_MUST_USE
#define PLENUM_PRINTF(format_index, first)
#endif

/* code, name, process exit code of the command line, meaning */
#define PLENUM_STATUSES(X)                                                                         \
    X(OK, "ok", 0, "done")                                                                         \
    X(REFUSED, "refused", 1, "the ledger refused the command; nothing changed")                    \
    X(INPUT, "bad-input", 2, "what the caller gave is wrong; nothing changed")                     \
    X(LIMIT, "limit", 2, "a named limit would be passed; nothing changed")                         \
    X(MISMATCH, "mismatch", 1, "two things that must agree do not")                                \
    X(CORRUPT, "corrupt", 1, "stored bytes are not what was written")                              \
    X(VERSION, "version", 2, "a file was written by a newer Plenum")                               \
    X(IO, "io", 1, "the operating system refused a read or a write")                               \
    X(MEMORY, "memory", 1, "no memory")                                                            \
    X(STOPPED, "stopped", 130, "interrupted; all that was acknowledged is kept")

enum plenum_status {
#define X(code, name, exit_code, meaning) PLENUM_##code,
    PLENUM_STATUSES(X)
#undef X
        PLENUM_STATUS_COUNT
};

/* A sentence for people: what, found, expected. Never empty after a status other than OK. */
struct plenum_error {
    enum plenum_status status;
    char text[1024];
};

/* The short name ("bad-input"), and the exit code the command line ends with. */
PLENUM_API const char *plenum_status_name(enum plenum_status status);
PLENUM_API int plenum_status_exit_code(enum plenum_status status);

/* Writes the sentence and returns status, so that a caller can `return plenum_fail(error, ...)`.
 * error may be NULL. Text over the room is cut with "..." at its end. */
PLENUM_API enum plenum_status plenum_fail(struct plenum_error *error, enum plenum_status status,
                                          const char *format, ...) PLENUM_PRINTF(3, 4);

#endif
