/* A step is due one step's share of wall time after the last. Who falls behind by more than
 * LAG_MAX_NS does not race to catch up. */
#include "engine/pace.h"

#include "base/check.h"

enum { LAG_MAX_NS = 1000000000 };

void pace_init(struct pace *pace, const struct wall_clock *clock, int64_t speed_milli)
{
    CHECK(speed_milli >= 0);
    pace->clock = clock;
    atomic_init(&pace->speed_milli, speed_milli);
    atomic_init(&pace->paused, false);
    atomic_init(&pace->allowed, 0);
    pace->due_ns = wall_now_ns(clock);
}

/* While paused, one of the allowed steps is taken up. */
static bool pace_may_step(struct pace *pace)
{
    if (!atomic_load(&pace->paused))
        return true;
    int64_t allowed = atomic_load(&pace->allowed);
    while (allowed > 0)
        if (atomic_compare_exchange_weak(&pace->allowed, &allowed, allowed - 1))
            return true;
    return false;
}

bool pace_wait(struct pace *pace, int32_t step_ms, int64_t wait_max_ns)
{
    CHECK(step_ms > 0 && wait_max_ns > 0);
    if (!pace_may_step(pace)) {
        pace->clock->sleep_ns(pace->clock->context, wait_max_ns);
        pace->due_ns = wall_now_ns(pace->clock);
        return false;
    }
    int64_t speed_milli = atomic_load(&pace->speed_milli);
    if (speed_milli == 0 || atomic_load(&pace->paused))
        return true;
    int64_t now_ns = wall_now_ns(pace->clock);
    if (pace->due_ns > now_ns) {
        int64_t wait_ns = pace->due_ns - now_ns;
        pace->clock->sleep_ns(pace->clock->context, wait_ns < wait_max_ns ? wait_ns : wait_max_ns);
        now_ns = wall_now_ns(pace->clock);
        if (pace->due_ns > now_ns || atomic_load(&pace->paused))
            return false; /* who paused the clock while it slept was told that it stands */
    }
    int64_t share_ns = (int64_t)step_ms * 1000000000 / speed_milli;
    pace->due_ns = now_ns - pace->due_ns > LAG_MAX_NS ? now_ns : pace->due_ns + share_ns;
    return true;
}
