#include "base/random.h"

#include "base/check.h"

__extension__ typedef unsigned __int128 uint128;

static const uint64_t golden_gamma = 0x9E3779B97F4A7C15U;

static uint64_t mix(uint64_t bits)
{
    bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9U;
    bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EBU;
    return bits ^ (bits >> 31);
}

uint64_t random_at(uint64_t seed, uint64_t stream, uint64_t a, uint64_t b)
{
    uint64_t bits = mix(seed + golden_gamma);
    bits = mix((bits ^ stream) + golden_gamma);
    bits = mix((bits ^ a) + golden_gamma);
    return mix((bits ^ b) + golden_gamma);
}

uint64_t random_below_from(uint64_t bits, uint64_t n)
{
    CHECK(n > 0);
    return (uint64_t)(((uint128)bits * n) >> 64);
}

void random_init(struct random *random, uint64_t seed)
{
    for (unsigned i = 0; i < 4; i++) {
        seed += golden_gamma;
        random->state[i] = mix(seed);
    }
}

static uint64_t rotate_left(uint64_t bits, unsigned by)
{
    return (bits << by) | (bits >> (64 - by));
}

uint64_t random_next(struct random *random)
{
    uint64_t *state = random->state;
    uint64_t drawn = rotate_left(state[1] * 5, 7) * 9;
    uint64_t shifted = state[1] << 17;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = rotate_left(state[3], 45);
    return drawn;
}

uint64_t random_below(struct random *random, uint64_t n)
{
    return random_below_from(random_next(random), n);
}

int64_t random_between(struct random *random, int64_t lo, int64_t hi)
{
    CHECK(lo <= hi);
    uint64_t span = (uint64_t)hi - (uint64_t)lo;
    uint64_t bits = random_next(random);
    uint64_t above = span == UINT64_MAX ? bits : random_below_from(bits, span + 1);
    uint64_t drawn = (uint64_t)lo + above;
    return drawn <= INT64_MAX ? (int64_t)drawn : -(int64_t)~drawn - 1;
}

int random_chance_ppm(struct random *random, uint32_t ppm)
{
    return random_below(random, 1000000) < ppm;
}

/* ln(1 + i/256) in units of 2^-32, rounded to nearest. */
static const uint32_t ln_table[257] = {
    0x00000000, 0x00FF8055, 0x01FE02A7, 0x02FB88EC, 0x03F81516, 0x04F3A911, 0x05EE46C2, 0x06E7F00A,
    0x07E0A6C4, 0x08D86CC5, 0x09CF43DD, 0x0AC52DD8, 0x0BBA2C7B, 0x0CAE4187, 0x0DA16EB9, 0x0E93B5C5,
    0x0F851860, 0x10759836, 0x116536EF, 0x1253F62F, 0x1341D796, 0x142EDCBF, 0x151B073F, 0x160658A9,
    0x16F0D28B, 0x17DA766D, 0x18C345D6, 0x19AB4246, 0x1A926D3A, 0x1B78C82C, 0x1C5E548F, 0x1D4313D6,
    0x1E27076E, 0x1F0A30C0, 0x1FEC9132, 0x20CE2A26, 0x21AEFCFA, 0x228F0B09, 0x236E55AA, 0x244CDE32,
    0x252AA5F0, 0x2607AE32, 0x26E3F840, 0x27BF8562, 0x289A56DA, 0x29746DE7, 0x2A4DCBC7, 0x2B2671B3,
    0x2BFE60E1, 0x2CD59A85, 0x2DAC1FCE, 0x2E81F1EB, 0x2F571204, 0x302B8143, 0x30FF40CA, 0x31D251BD,
    0x32A4B53A, 0x33766C5D, 0x34477840, 0x3517D9F9, 0x35E7929D, 0x36B6A33D, 0x37850CE8, 0x3852D0AB,
    0x391FEF8F, 0x39EC6A9C, 0x3AB842D7, 0x3B837941, 0x3C4E0EDC, 0x3D1804A5, 0x3DE15B98, 0x3EAA14AD,
    0x3F7230DB, 0x4039B117, 0x41009653, 0x41C6E17F, 0x428C938A, 0x4351AD5E, 0x44162FE7, 0x44DA1C0A,
    0x459D72AF, 0x466034B7, 0x47226306, 0x47E3FE79, 0x48A507EF, 0x49658043, 0x4A25684F, 0x4AE4C0EB,
    0x4BA38AEC, 0x4C61C725, 0x4D1F766A, 0x4DDC998B, 0x4E993156, 0x4F553E97, 0x5010C21A, 0x50CBBCA8,
    0x51862F08, 0x52401A01, 0x52F97E56, 0x53B25CCA, 0x546AB61D, 0x55228B0F, 0x55D9DC5D, 0x5690AAC4,
    0x5746F6FD, 0x57FCC1C3, 0x58B20BCB, 0x5966D5CC, 0x5A1B207A, 0x5ACEEC89, 0x5B823AA9, 0x5C350B8A,
    0x5CE75FDB, 0x5D993849, 0x5E4A957F, 0x5EFB7829, 0x5FABE0EE, 0x605BD077, 0x610B4768, 0x61BA4669,
    0x6268CE1B, 0x6316DF21, 0x63C47A1D, 0x64719FAD, 0x651E5071, 0x65CA8D04, 0x66765604, 0x6721AC0B,
    0x67CC8FB3, 0x68770193, 0x69210244, 0x69CA925A, 0x6A73B26A, 0x6B1C6309, 0x6BC4A4C9, 0x6C6C783B,
    0x6D13DDEF, 0x6DBAD675, 0x6E61625A, 0x6F07822C, 0x6FAD3677, 0x70527FC4, 0x70F75E9F, 0x719BD390,
    0x723FDF1E, 0x72E381D1, 0x7386BC2E, 0x74298EBA, 0x74CBF9F8, 0x756DFE6C, 0x760F9C96, 0x76B0D4F9,
    0x7751A813, 0x77F21664, 0x7892206A, 0x7931C6A2, 0x79D10987, 0x7A6FE996, 0x7B0E6749, 0x7BAC8319,
    0x7C4A3D7F, 0x7CE796F2, 0x7D848FEA, 0x7E2128DC, 0x7EBD623E, 0x7F593C84, 0x7FF4B821, 0x808FD589,
    0x812A952D, 0x81C4F77E, 0x825EFCED, 0x82F8A5E9, 0x8391F2E1, 0x842AE442, 0x84C37A7B, 0x855BB5F6,
    0x85F39721, 0x868B1E66, 0x87224C2F, 0x87B920E5, 0x884F9CF1, 0x88E5C0BC, 0x897B8CAD, 0x8A110129,
    0x8AA61E98, 0x8B3AE55D, 0x8BCF55DF, 0x8C637080, 0x8CF735A3, 0x8D8AA5AC, 0x8E1DC0FC, 0x8EB087F3,
    0x8F42FAF4, 0x8FD51A5C, 0x9066E68D, 0x90F85FE3, 0x918986BE, 0x921A5B7A, 0x92AADE75, 0x933B100A,
    0x93CAF094, 0x945A8070, 0x94E9BFF6, 0x9578AF81, 0x96074F6A, 0x9695A009, 0x9723A1B7, 0x97B154CB,
    0x983EB99A, 0x98CBD07D, 0x995899C9, 0x99E515D2, 0x9A7144ED, 0x9AFD276F, 0x9B88BDAA, 0x9C1407F3,
    0x9C9F069B, 0x9D29B9F4, 0x9DB42250, 0x9E3E4000, 0x9EC81354, 0x9F519C9B, 0x9FDADC27, 0xA063D244,
    0xA0EC7F42, 0xA174E36F, 0xA1FCFF18, 0xA284D28A, 0xA30C5E11, 0xA393A1FA, 0xA41A9E8F, 0xA4A1541D,
    0xA527C2EE, 0xA5ADEB4B, 0xA633CD7E, 0xA6B969D2, 0xA73EC08E, 0xA7C3D1FB, 0xA8489E60, 0xA8CD2606,
    0xA9516933, 0xA9D5682E, 0xAA59233D, 0xAADC9AA6, 0xAB5FCEAE, 0xABE2BF9A, 0xAC656DAE, 0xACE7D930,
    0xAD6A0262, 0xADEBE987, 0xAE6D8EE3, 0xAEEEF2B9, 0xAF701549, 0xAFF0F6D7, 0xB07197A2, 0xB0F1F7ED,
    0xB17217F8,
};

static const uint64_t ln_2 = 0xB17217F8U; /* in units of 2^-32 */

/* -ln((bits + 1) / 2^64) in units of 2^-32, to within 2^-18. Between the table's points the
 * logarithm is taken as a straight line. */
static uint64_t minus_ln(uint64_t bits)
{
    if (bits == UINT64_MAX)
        return 0;
    uint64_t mantissa = bits + 1; /* becomes [1, 2) in units of 2^-63 */
    unsigned halvings = 1;
    for (; mantissa >> 63 == 0; mantissa <<= 1)
        halvings++;
    unsigned i = (unsigned)(mantissa >> 55) & 0xFF;
    uint64_t rest = (mantissa >> 23) & 0xFFFFFFFFU;
    uint64_t slope = ln_table[i + 1] - ln_table[i];
    uint64_t ln = ln_table[i] + ((slope * rest) >> 32);
    return halvings * ln_2 - ln;
}

int64_t random_exponential_from(uint64_t bits, int64_t mean)
{
    CHECK(mean >= 0);
    uint128 deviate = ((uint128)minus_ln(bits) * (uint64_t)mean) >> 32;
    if (deviate < 1)
        return 1;
    return deviate < INT64_MAX ? (int64_t)deviate : INT64_MAX;
}
