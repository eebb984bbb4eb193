/* POST /v1/clock: how fast the site's clock goes. It decides when a step is taken, never what
 * happens in it, so it is no command and stands in no journal. */
#include "edge/http/json.h"
#include "edge/http/post.h"

static const int64_t SPEED_MILLI_MAX = INT64_C(1000000000000);
static const int64_t STEPS_MAX = 1000000;

static void clock_set(struct call *call, const json_t *object)
{
    struct plenum_engine *engine = call->engine;
    const json_t *paused = json_object_get(object, "paused");
    int64_t speed_milli = plenum_engine_speed(engine), steps = 0;
    if (!post_members_known(call, object, " paused speed_milli steps ") ||
        !post_i64(call, object, "speed_milli", 0, SPEED_MILLI_MAX, &speed_milli) ||
        !post_i64(call, object, "steps", 1, STEPS_MAX, &steps))
        return;
    bool pause = paused ? json_is_true(paused) : plenum_engine_paused(engine);
    if (paused && !json_is_boolean(paused)) {
        call_problem(call, 400, "paused: expected true or false");
        return;
    }
    if (steps > 0 && !pause) {
        call_problem(call, 409, "steps: the clock goes by itself; pause it first");
        return;
    }
    plenum_engine_set_speed(engine, speed_milli);
    if (pause != plenum_engine_paused(engine))
        plenum_engine_pause(engine, pause);
    plenum_engine_allow_steps(engine, steps);
    json_t *answer = json_object();
    json_put(answer, "paused", json_boolean(pause));
    json_put_i64(answer, "speed_milli", speed_milli);
    call_answer_done(call, answer);
}

void handle_clock(struct call *call, const char *id)
{
    (void)id;
    json_t *object = post_object(call);
    if (object)
        clock_set(call, object);
    json_decref(object);
}
