/* Random numbers that are the same on every machine.
 *
 * random_at is a pure function of its arguments: who draws (seed, stream), for whom (a) and when
 * (b). It needs no state, so a run that was cut and goes on draws the same numbers.
 * struct random is a sequential generator for planners and generators of examples. Never draw
 * twice from one in the same expression: C does not say which draw comes first, and compilers
 * differ. */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stdint.h>

/* 64 well-mixed bits: four rounds of the SplitMix64 finaliser (Steele, Lea, Flood, OOPSLA 2014)
 * over the arguments. */
uint64_t random_at(uint64_t seed, uint64_t stream, uint64_t a, uint64_t b);

/* Maps 64 bits to [0, n) without modulo bias to within 2^-64 (multiply-shift); n > 0. */
uint64_t random_below_from(uint64_t bits, uint64_t n);

/* xoshiro256** 1.0 (Blackman, Vigna 2018), seeded through SplitMix64. */
struct random {
    uint64_t state[4];
};

void random_init(struct random *random, uint64_t seed);
uint64_t random_next(struct random *random);
uint64_t random_below(struct random *random, uint64_t n);              /* [0, n), n > 0 */
int64_t random_between(struct random *random, int64_t lo, int64_t hi); /* [lo, hi] */
/* True with probability milli/1000000. */
int random_chance_ppm(struct random *random, uint32_t ppm);

/* Integer exponential deviate: mean_ms * -ln(u) from 64 bits by a table of ln in fixed point, at
 * least 1. Integer arithmetic only. */
int64_t random_exponential_from(uint64_t bits, int64_t mean);

#endif
