/* 2^-x is a product of 2^-(1/2^k) for the binary digits k of x. */
#include "capacity/site_decay.h"

#include "base/check.h"

enum { DIGITS = 24, ONE_BITS = 31 };

#define LN2_MILLIONTHS INT64_C(693147)
#define MILLION        INT64_C(1000000)
#define AHEAD_MAX      (INT64_C(1) << 60)

/* 2^-(1/2^k) for k = 1 .. DIGITS, of 2^31. */
static const int64_t roots[DIGITS] = {
    1518500250, 1805811301, 1969251188, 2056437387, 2101467502, 2124350982, 2135885998, 2141676973,
    2144578345, 2146030505, 2146756953, 2147120270, 2147301951, 2147392798, 2147438222, 2147460935,
    2147472292, 2147477970, 2147480809, 2147482228, 2147482938, 2147483293, 2147483471, 2147483559};

static int64_t times(int64_t value, int64_t root)
{
    int64_t low = value & ((INT64_C(1) << ONE_BITS) - 1);
    return (value >> ONE_BITS) * root + (low * root >> ONE_BITS);
}

int64_t site_decay(int64_t value, int64_t passed_ms, int64_t half_life_ms)
{
    CHECK(value >= 0 && value <= INT64_C(1) << 61 && passed_ms >= 0);
    CHECK(half_life_ms > 0 && half_life_ms <= INT64_C(1) << 38);
    int64_t halvings = passed_ms / half_life_ms;
    int64_t rest = (passed_ms % half_life_ms << DIGITS) / half_life_ms;
    if (halvings > 61)
        return 0;
    value >>= halvings;
    for (int k = 0; k < DIGITS; k++)
        if (rest >> (DIGITS - 1 - k) & 1)
            value = times(value, roots[k]);
    return value;
}

/* A steady amount from now on for ever comes to a * half-life / ln 2; from later on, to what that
 * decays to. */
int64_t site_decay_ahead(int64_t amount, int64_t from_ms, int64_t until_ms, int64_t half_life_ms)
{
    CHECK(amount >= 0 && from_ms >= 0 && from_ms <= until_ms);
    CHECK(half_life_ms > 0 && half_life_ms <= INT64_C(1) << 38);
    int64_t ever_ms = half_life_ms / LN2_MILLIONTHS * MILLION +
                      half_life_ms % LN2_MILLIONTHS * MILLION / LN2_MILLIONTHS;
    int64_t ever = amount <= AHEAD_MAX / ever_ms ? amount * ever_ms : AHEAD_MAX;
    return site_decay(ever, from_ms, half_life_ms) - site_decay(ever, until_ms, half_life_ms);
}

/* A steady amount a comes to the sum a * half-life / ln 2. */
int64_t site_decay_mean(int64_t sum, int64_t half_life_ms)
{
    int64_t parts = sum / half_life_ms;
    return parts * LN2_MILLIONTHS / MILLION +
           sum % half_life_ms * LN2_MILLIONTHS / half_life_ms / MILLION;
}
