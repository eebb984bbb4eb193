/* Profile: how much of each chip's accelerators is offered, and how much of that is unsold, in
 * every hour. Hours are counted from the epoch.
 *
 * A rate that holds from one instant to another is added as a difference at the hours where it
 * begins and ends, and as parts of these two hours; the sums are made when they are asked for. So
 * adding and taking away cost the same, however long the time. */
#ifndef CAPACITY_SITE_PROFILE_H
#define CAPACITY_SITE_PROFILE_H

#include <plenum/site.h>

#define PROFILE_HOUR_MS INT64_C(3600000)

enum { PROFILE_HOURS = 600 * 24 };

/* Thousandths of an accelerator x milliseconds. */
struct profile_hour {
    int64_t offered, unsold;
};

struct profile_sums {
    struct profile_hour *steps; /* what whole hours have more than the hour before */
    struct profile_hour *parts; /* what the hour has besides */
    struct profile_hour *hours; /* the sums, where they are not stale */
    bool stale;
};

struct site_profile {
    int64_t base_hour;
    int32_t chip_count;
    struct profile_sums *chips;
};

void profile_init(struct site_profile *profile, int32_t chip_count);
void profile_finish(struct site_profile *profile);
/* Empty, with hours from base_hour on. */
void profile_reset(struct site_profile *profile, int64_t base_hour);
/* Adds thousandths over [from_ms, until_ms), cut to the profile's hours. */
void profile_add(struct site_profile *profile, int32_t chip, int64_t from_ms, int64_t until_ms,
                 int64_t offered_milli, int64_t unsold_milli);
/* All zero outside the profile's hours. */
struct profile_hour profile_at(struct site_profile *profile, int32_t chip, int64_t hour);

#endif
