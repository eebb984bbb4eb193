#include "capacity/site_profile.h"

#include "base/check.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

void profile_init(struct site_profile *profile, int32_t chip_count)
{
    *profile = (struct site_profile){.chip_count = chip_count};
    profile->chips = memory_new((size_t)chip_count, sizeof *profile->chips);
}

void profile_finish(struct site_profile *profile)
{
    for (int32_t chip = 0; chip < profile->chip_count; chip++) {
        free(profile->chips[chip].steps);
        free(profile->chips[chip].parts);
        free(profile->chips[chip].hours);
    }
    free(profile->chips);
}

void profile_reset(struct site_profile *profile, int64_t base_hour)
{
    const size_t size = PROFILE_HOURS * sizeof(struct profile_hour);
    profile->base_hour = base_hour;
    for (int32_t chip = 0; chip < profile->chip_count; chip++) {
        struct profile_sums *sums = &profile->chips[chip];
        if (!sums->steps)
            continue;
        memset(sums->steps, 0, size);
        memset(sums->parts, 0, size);
        sums->stale = true;
    }
}

static void add(struct profile_hour *hour, int64_t ms, int64_t offered, int64_t unsold)
{
    hour->offered += ms * offered;
    hour->unsold += ms * unsold;
}

static struct profile_sums *sums_of(struct site_profile *profile, int32_t chip)
{
    CHECK(chip >= 0 && chip < profile->chip_count);
    struct profile_sums *sums = &profile->chips[chip];
    if (!sums->steps) {
        sums->steps = memory_new(PROFILE_HOURS, sizeof *sums->steps);
        sums->parts = memory_new(PROFILE_HOURS, sizeof *sums->parts);
        sums->hours = memory_new(PROFILE_HOURS, sizeof *sums->hours);
    }
    return sums;
}

void profile_add(struct site_profile *profile, int32_t chip, int64_t from_ms, int64_t until_ms,
                 int64_t offered_milli, int64_t unsold_milli)
{
    struct profile_sums *sums = sums_of(profile, chip);
    int64_t base_ms = profile->base_hour * PROFILE_HOUR_MS;
    int64_t end_ms = base_ms + PROFILE_HOURS * PROFILE_HOUR_MS;
    from_ms = (from_ms < base_ms ? base_ms : from_ms) - base_ms;
    until_ms = (until_ms > end_ms ? end_ms : until_ms) - base_ms;
    if (from_ms >= until_ms)
        return;
    int64_t first = from_ms / PROFILE_HOUR_MS, last = until_ms / PROFILE_HOUR_MS;
    sums->stale = true;
    if (first == last) {
        add(&sums->parts[first], until_ms - from_ms, offered_milli, unsold_milli);
        return;
    }
    add(&sums->parts[first], (first + 1) * PROFILE_HOUR_MS - from_ms, offered_milli, unsold_milli);
    if (first + 1 < PROFILE_HOURS)
        add(&sums->steps[first + 1], PROFILE_HOUR_MS, offered_milli, unsold_milli);
    if (last == PROFILE_HOURS)
        return;
    add(&sums->steps[last], -PROFILE_HOUR_MS, offered_milli, unsold_milli);
    add(&sums->parts[last], until_ms - last * PROFILE_HOUR_MS, offered_milli, unsold_milli);
}

static void sum_up(struct profile_sums *sums)
{
    struct profile_hour whole = {0, 0};
    for (int32_t i = 0; i < PROFILE_HOURS; i++) {
        whole.offered += sums->steps[i].offered;
        whole.unsold += sums->steps[i].unsold;
        sums->hours[i].offered = whole.offered + sums->parts[i].offered;
        sums->hours[i].unsold = whole.unsold + sums->parts[i].unsold;
    }
    sums->stale = false;
}

struct profile_hour profile_at(struct site_profile *profile, int32_t chip, int64_t hour)
{
    struct profile_sums *sums = sums_of(profile, chip);
    int64_t at = hour - profile->base_hour;
    if (at < 0 || at >= PROFILE_HOURS)
        return (struct profile_hour){0, 0};
    if (sums->stale)
        sum_up(sums);
    return sums->hours[at];
}
