#include "base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>

#include "base/check.h"

static _Atomic int log_level = LOG_INFO;

void log_set_level(enum log_level level)
{
    atomic_store(&log_level, (int)level);
}

void log_line(enum log_level level, const char *format, ...)
{
    static const char *const names[] = {[LOG_ERROR] = "error: ",
                                        [LOG_WARN] = "warning: ",
                                        [LOG_INFO] = "",
                                        [LOG_DEBUG] = "debug: "};
    CHECK((unsigned)level < sizeof names / sizeof names[0]);
    if ((int)level > atomic_load(&log_level))
        return;
    char text[2048];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    const char *cut = length < 0 || (size_t)length >= sizeof text ? "..." : "";
    fprintf(stderr, "plenum: %s%s%s\n", names[level], text, cut);
}
