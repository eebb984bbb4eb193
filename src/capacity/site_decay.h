/* Decay: what an amount still counts after some time, where it counts half after a half-life; and
 * so ahead, what is still to come.
 *
 * Whole numbers throughout, so it is the same on every machine. Two steps one after the other come
 * to the same as one of both lengths, but for what is cut off: a unit a step, and a ten-thousandth
 * of what is lost. */
#ifndef CAPACITY_SITE_DECAY_H
#define CAPACITY_SITE_DECAY_H

#include <stdint.h>

/* value: 0 .. 2^61; passed_ms: 0 or more; half_life_ms: 1 .. 2^38. */
int64_t site_decay(int64_t value, int64_t passed_ms, int64_t half_life_ms);

/* What a steady amount counts that is there from from_ms to until_ms from now on: amount times
 * milliseconds, each of which counts half where it is a half-life away. At most 2^60.
 * 0 <= from_ms <= until_ms, amount: 0 or more. */
int64_t site_decay_ahead(int64_t amount, int64_t from_ms, int64_t until_ms, int64_t half_life_ms);

/* The mean that an amount was of, which grew by it every millisecond and decayed: what it would be
 * for ever, if the sum stays as it is. */
int64_t site_decay_mean(int64_t sum, int64_t half_life_ms);

#endif
