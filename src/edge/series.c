/* The ring of samples. */
#include "edge/series.h"

#include "base/check.h"
#include "base/memory.h"
#include "edge/figures.h"

#include <stdlib.h>

struct sample {
    int64_t minute; /* since 1970; 0: none */
    int64_t values[SERIES_LINE_COUNT];
};

struct series {
    int64_t last_minute;
    struct sample samples[SERIES_MINUTES];
};

struct series *series_create(void)
{
    return memory_new(1, sizeof(struct series));
}

void series_destroy(struct series *series)
{
    free(series);
}

const char *series_line_name(enum series_line line)
{
    static const char *const names[] = {
#define X(code, name, counts) #name,
        SERIES_LINES(X)
#undef X
    };
    CHECK(line < SERIES_LINE_COUNT);
    return names[line];
}

static bool line_counts(enum series_line line)
{
    static const bool count[] = {
#define X(code, name, counts) (counts) != 0,
        SERIES_LINES(X)
#undef X
    };
    return count[line];
}

void series_sample(struct series *series, const struct plenum_engine *engine)
{
    const struct plenum_ledger *ledger = plenum_engine_ledger(engine);
    int64_t minute = plenum_ledger_now_ms(ledger) / SERIES_MINUTE_MS;
    if (minute <= series->last_minute)
        return;
    struct figures figures = figures_of(ledger);
    struct sample *sample = &series->samples[minute % SERIES_MINUTES];
    series->last_minute = sample->minute = minute;
    sample->values[SERIES_POWER_W] = figures.power_w;
    sample->values[SERIES_SOLD] = figures.sold_milli / 1000;
    sample->values[SERIES_IN_SERVICE] = figures.offered;
    sample->values[SERIES_TASKS_DONE] = (int64_t)plenum_engine_tasks_done(engine);
    sample->values[SERIES_ROBOTS_BUSY] = figures.robots[PLENUM_ROBOT_BUSY];
    sample->values[SERIES_FLYING] = figures.drones[PLENUM_DRONE_FLYING];
}

/* The sample of a minute, or NULL. */
static const struct sample *sample_of(const struct series *series, int64_t minute)
{
    const struct sample *sample = &series->samples[minute % SERIES_MINUTES];
    return minute > 0 && sample->minute == minute ? sample : NULL;
}

static bool mean_at(const struct series *series, enum series_line line, int64_t from, int64_t until,
                    int64_t *value)
{
    int64_t sum = 0, count = 0;
    for (int64_t minute = from; minute < until; minute++) {
        const struct sample *sample = sample_of(series, minute);
        sum += sample ? sample->values[line] : 0;
        count += sample != NULL;
    }
    *value = count > 0 ? sum / count : 0;
    return count > 0;
}

bool series_at(const struct series *series, enum series_line line, int64_t from_ms,
               int64_t until_ms, int64_t *value)
{
    int64_t from = from_ms / SERIES_MINUTE_MS, until = until_ms / SERIES_MINUTE_MS;
    CHECK(from_ms >= 0 && from_ms <= until_ms);
    if (!line_counts(line)) {
        from = until - from > SERIES_MINUTES ? until - SERIES_MINUTES : from;
        return mean_at(series, line, from, until, value);
    }
    const struct sample *first = sample_of(series, from), *last = sample_of(series, until);
    *value = first && last ? last->values[line] - first->values[line] : 0;
    return first && last;
}
