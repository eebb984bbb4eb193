/* Breaker: how long an overload may last before a protection curve trips, and the state between.
 *
 * The state A starts at 0 and the breaker trips where it reaches 1. With load ratio M = P / P_rated
 *     M >= instant:  trips at once
 *     M > 1:         A grows by dt / t(M),  t(M) = TMS * (k / (M^a - 1) + c)
 *     otherwise:     A falls by dt / reset, not below 0
 * (IEC 60255-151 and IEEE C37.112 give k, c and a; rack-panel and switchboard are fitted to
 * published figures of trip times, see breaker.c.)
 *
 * Doubles, but only + - * / and floor, so that every machine gives the same answer. */
#ifndef MODEL_BREAKER_H
#define MODEL_BREAKER_H

#include <plenum/site.h>

struct breaker {
    enum plenum_breaker_curve curve;
    double multiplier; /* TMS */
    double heat;       /* A, 0 .. 1 */
    bool tripped;
};

void breaker_init(struct breaker *breaker, enum plenum_breaker_curve curve, int32_t tms_milli);
/* Seconds until a constant load of this ratio trips a cold breaker: 0 for at once, INFINITY for
 * never. */
double breaker_trip_s(enum plenum_breaker_curve curve, int32_t tms_milli, double ratio);
/* Lets dt_s seconds pass at this ratio. Returns tripped, which stays until breaker_init. */
bool breaker_pass(struct breaker *breaker, double ratio, double dt_s);
/* Seconds that a load of this ratio may go on from the present state. */
double breaker_left_s(const struct breaker *breaker, double ratio);

#endif
