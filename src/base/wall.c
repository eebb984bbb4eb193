#include "base/wall.h"

#include <stddef.h>
#include <time.h>

#include "base/check.h"

enum { NS_IN_S = 1000000000 };

static int64_t system_now_ns(void *context)
{
    (void)context;
    struct timespec now;
    CHECK(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    return (int64_t)now.tv_sec * NS_IN_S + now.tv_nsec;
}

static void system_sleep_ns(void *context, int64_t ns)
{
    (void)context;
    if (ns <= 0)
        return;
    struct timespec rest = {.tv_sec = (time_t)(ns / NS_IN_S), .tv_nsec = (long)(ns % NS_IN_S)};
    nanosleep(&rest, NULL);
}

const struct wall_clock wall_clock_system = {system_now_ns, system_sleep_ns, NULL};

int64_t wall_day_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
