#include <plenum/error.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"

static const char *const status_names[PLENUM_STATUS_COUNT] = {
#define X(code, name, exit_code, meaning) [PLENUM_##code] = (name),
    PLENUM_STATUSES(X)
#undef X
};

static const int status_exit_codes[PLENUM_STATUS_COUNT] = {
#define X(code, name, exit_code, meaning) [PLENUM_##code] = (exit_code),
    PLENUM_STATUSES(X)
#undef X
};

const char *plenum_status_name(enum plenum_status status)
{
    CHECK((unsigned)status < PLENUM_STATUS_COUNT);
    return status_names[status];
}

int plenum_status_exit_code(enum plenum_status status)
{
    CHECK((unsigned)status < PLENUM_STATUS_COUNT);
    return status_exit_codes[status];
}

/* Ends a text that was cut with "...", and never leaves half of a UTF-8 character before it. */
static void text_mark_cut(char *text, size_t size)
{
    size_t end = size - sizeof "...";
    while (end > 0 && ((unsigned char)text[end] & 0xC0U) == 0x80U)
        end--;
    memcpy(text + end, "...", sizeof "...");
}

enum plenum_status plenum_fail(struct plenum_error *error, enum plenum_status status,
                               const char *format, ...)
{
    CHECK(status != PLENUM_OK && (unsigned)status < PLENUM_STATUS_COUNT);
    if (!error)
        return status;
    /* Written aside first: an argument may be the text of this same error. */
    char text[sizeof error->text];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    CHECK(length >= 0);
    if ((size_t)length >= sizeof text)
        text_mark_cut(text, sizeof text);
    memcpy(error->text, text, strlen(text) + 1);
    error->status = status;
    return status;
}
