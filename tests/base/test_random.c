/* Fixed vectors, so that every machine must draw the same; and the shape of what is drawn. */
#include "base/random.h"

#include <math.h>

#include "death.h"
#include "unit.h"

/* By a second implementation, in Python. */
static void test_at(void **state)
{
    static const struct {
        uint64_t seed, stream, a, b, expected;
    } cases[] = {
        {0, 0, 0, 0, 0x2130748aaac80268},
        {1, 0, 0, 0, 0xe28195ddd9ee4956},
        {0, 1, 0, 0, 0xd1c0270687984b37},
        {0, 0, 1, 0, 0xd9eef7f073d37c42},
        {0, 0, 0, 1, 0x2a4f111b3be57715},
        {UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX, 0x9c666618c8f279d7},
        {42, 7, 1000000, 1767607200000, 0xcbea55e7bba63f03},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_true(random_at(cases[i].seed, cases[i].stream, cases[i].a, cases[i].b) ==
                    cases[i].expected);
}

/* Flipping any one bit of any argument flips each bit of the result about half of the time. */
static void test_at_mixes_every_bit(void **state)
{
    enum { ROUNDS = 2000 };
    (void)state;
    for (unsigned bit = 0; bit < 256; bit++) {
        unsigned flips = 0;
        for (uint64_t i = 0; i < ROUNDS; i++) {
            uint64_t words[4] = {i, i * 3, i * 5, i * 7};
            uint64_t before = random_at(words[0], words[1], words[2], words[3]);
            words[bit / 64] ^= UINT64_C(1) << (bit % 64);
            uint64_t after = random_at(words[0], words[1], words[2], words[3]);
            flips += (unsigned)__builtin_popcountll(before ^ after);
        }
        assert_in_range(flips, 31 * ROUNDS, 33 * ROUNDS);
    }
}

/* The published output of SplitMix64 for seed 1234567. */
static void test_init_is_splitmix64(void **state)
{
    static const uint64_t expected[] = {6457827717110365317U, 3203168211198807973U,
                                        9817491932198370423U, 4593380528125082431U};
    struct random random;
    (void)state;
    random_init(&random, 1234567);
    for (size_t i = 0; i < 4; i++)
        assert_true(random.state[i] == expected[i]);
}

/* The published output of xoshiro256** for the state 1, 2, 3, 4. */
static void test_next_is_xoshiro256(void **state)
{
    static const uint64_t expected[] = {
        11520U,
        0U,
        1509978240U,
        1215971899390074240U,
        1216172134540287360U,
        607988272756665600U,
        16172922978634559625U,
        8476171486693032832U,
        10595114339597558777U,
        2904607092377533576U,
    };
    struct random random = {{1, 2, 3, 4}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(expected); i++)
        assert_true(random_next(&random) == expected[i]);
}

static void test_below_from(void **state)
{
    static const struct {
        uint64_t bits, n, expected;
    } cases[] = {
        {0, 1, 0},
        {UINT64_MAX, 1, 0},
        {0, 10, 0},
        {UINT64_MAX, 10, 9},
        {UINT64_C(1) << 63, 10, 5},
        {(UINT64_C(1) << 63) - 1, 10, 4},
        {UINT64_MAX, UINT64_MAX, UINT64_MAX - 1},
        {UINT64_C(1) << 32, UINT64_C(1) << 32, 1},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_true(random_below_from(cases[i].bits, cases[i].n) == cases[i].expected);
}

static void test_below_is_even(void **state)
{
    unsigned counts[7] = {0};
    struct random random;
    (void)state;
    random_init(&random, 1);
    for (int i = 0; i < 70000; i++)
        counts[random_below(&random, 7)]++;
    for (size_t i = 0; i < 7; i++)
        assert_in_range(counts[i], 9600, 10400);
}

static void test_between(void **state)
{
    static const struct {
        int64_t lo, hi;
    } cases[] = {{0, 0},
                 {-3, 3},
                 {INT64_MIN, INT64_MAX},
                 {INT64_MIN, INT64_MIN},
                 {INT64_MAX - 1, INT64_MAX},
                 {INT64_MIN, 0},
                 {-1, INT64_MAX}};
    struct random random;
    (void)state;
    random_init(&random, 2);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        bool saw_lo = false, saw_hi = false;
        for (int j = 0; j < 1000; j++) {
            int64_t drawn = random_between(&random, cases[i].lo, cases[i].hi);
            assert_true(cases[i].lo <= drawn && drawn <= cases[i].hi);
            saw_lo = saw_lo || drawn == cases[i].lo;
            saw_hi = saw_hi || drawn == cases[i].hi;
        }
        if ((uint64_t)cases[i].hi - (uint64_t)cases[i].lo < 10)
            assert_true(saw_lo && saw_hi);
    }
}

static void test_chance(void **state)
{
    static const struct {
        uint32_t ppm;
        unsigned least, most;
    } cases[] = {{0, 0, 0}, {1000000, 100000, 100000}, {250000, 24500, 25500}, {1000, 60, 140}};
    struct random random;
    (void)state;
    random_init(&random, 3);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        unsigned hits = 0;
        for (int j = 0; j < 100000; j++)
            hits += random_chance_ppm(&random, cases[i].ppm) != 0;
        assert_in_range(hits, cases[i].least, cases[i].most);
    }
}

/* True exactly for the draws below ppm. */
static void test_chance_is_exact(void **state)
{
    struct random random;
    (void)state;
    random_init(&random, 9);
    for (int i = 0; i < 1000; i++) {
        struct random same = random, again = random;
        uint32_t drawn = (uint32_t)random_below(&random, 1000000);
        assert_false(random_chance_ppm(&same, drawn));
        assert_true(random_chance_ppm(&again, drawn + 1));
    }
}

static void test_exponential(void **state)
{
    static const struct {
        uint64_t bits;
        int64_t mean, expected;
    } cases[] = {
        {0, 1000000, 44361419},
        {1, 1000000, 43668272},
        {UINT64_MAX, 1000000, 1},
        {UINT64_MAX - 1, 1000000, 1},
        {UINT64_MAX >> 1, 1000000, 693147},
        {0x123456789ABCDEF0, 1000000, 2643512},
        {UINT64_MAX >> 1, 0, 1},
        {UINT64_MAX >> 1, 1, 1},
        {0, INT64_MAX, INT64_MAX},
        {UINT64_MAX >> 1, INT64_MAX, 6393154322988793855},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_int_equal(random_exponential_from(cases[i].bits, cases[i].mean), cases[i].expected);
}

/* Against the machine's own logarithm, in units of 2^-32: at the points of the table to within
 * rounding, between them to within what a straight line costs, 2^-19. */
static void test_exponential_is_a_logarithm(void **state)
{
    const double unit = 4294967296.0;
    (void)state;
    for (uint64_t i = 0; i < 2048; i++) {
        uint64_t top = (UINT64_C(1) << 63) + (i << 52);
        uint64_t bits = (top >> (i % 7)) - 1;
        double exact = -log(((double)bits + 1) / unit / unit) * unit;
        double found = (double)random_exponential_from(bits, INT64_C(1) << 32);
        double error = fabs(found - exact);
        assert_true(error <= (i % 8 == 0 ? 3 : unit / 524288));
    }
}

/* The larger the bits, the smaller the deviate: the lines between the table's points join. */
static void test_exponential_falls(void **state)
{
    int64_t before = INT64_MAX;
    (void)state;
    for (uint64_t i = 0; i < 100000; i++) {
        int64_t deviate = random_exponential_from(i * (UINT64_MAX / 100000), INT64_C(1) << 40);
        assert_true(deviate < before);
        before = deviate;
    }
}

/* P(X > k * mean) = exp(-k); of 100,000 draws, and within five standard deviations. */
static void test_exponential_has_its_shape(void **state)
{
    static const struct {
        int64_t over;
        unsigned least, most;
    } cases[] = {{0, 100000, 100000},
                 {500, 59876, 61430},
                 {1000, 36025, 37551},
                 {2000, 12992, 14075},
                 {5000, 545, 803}};
    (void)state;
    int64_t sum = 0;
    unsigned counts[COUNT_OF(cases)] = {0};
    for (uint64_t i = 0; i < 100000; i++) {
        int64_t deviate = random_exponential_from(random_at(4, 0, i, 0), 1000);
        sum += deviate;
        for (size_t j = 0; j < COUNT_OF(cases); j++)
            counts[j] += deviate > cases[j].over;
    }
    assert_in_range(sum, 98400000, 101600000);
    for (size_t j = 0; j < COUNT_OF(cases); j++)
        assert_in_range(counts[j], cases[j].least, cases[j].most);
}

static void below_nothing(void)
{
    random_below_from(1, 0);
}

static void between_wrong_way_round(void)
{
    struct random random;
    random_init(&random, 1);
    random_between(&random, 1, 0);
}

static void exponential_of_negative_mean(void)
{
    random_exponential_from(1, -1);
}

static void test_preconditions(void **state)
{
    (void)state;
    assert_true(death_of(below_nothing));
    assert_true(death_of(between_wrong_way_round));
    assert_true(death_of(exponential_of_negative_mean));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_at),
        cmocka_unit_test(test_at_mixes_every_bit),
        cmocka_unit_test(test_init_is_splitmix64),
        cmocka_unit_test(test_next_is_xoshiro256),
        cmocka_unit_test(test_below_from),
        cmocka_unit_test(test_below_is_even),
        cmocka_unit_test(test_between),
        cmocka_unit_test(test_chance),
        cmocka_unit_test(test_chance_is_exact),
        cmocka_unit_test(test_exponential),
        cmocka_unit_test(test_exponential_is_a_logarithm),
        cmocka_unit_test(test_exponential_falls),
        cmocka_unit_test(test_exponential_has_its_shape),
        cmocka_unit_test(test_preconditions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
