/* Pace: how fast the site's clock follows the wall clock. It decides when a step is taken, never
 * what happens in it. Set from any thread. */
#ifndef ENGINE_PACE_H
#define ENGINE_PACE_H

#include "base/wall.h"

#include <stdatomic.h>
#include <stdbool.h>

struct pace {
    const struct wall_clock *clock;
    _Atomic int64_t speed_milli; /* site seconds a wall second, thousandths; 0: no waiting */
    _Atomic bool paused;
    _Atomic int64_t allowed; /* steps that may be taken while paused */
    int64_t due_ns;          /* when the next step is due; only the engine's thread */
};

void pace_init(struct pace *pace, const struct wall_clock *clock, int64_t speed_milli);
/* Waits until a step of step_ms may be taken, at most wait_max_ns at once. True: take it now. */
bool pace_wait(struct pace *pace, int32_t step_ms, int64_t wait_max_ns);

#endif
