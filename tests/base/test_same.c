/* Long runs of everything in base that computes, each folded into one number that is fixed here.
 * Built by any compiler for any machine, these must come out the same. */
#include <inttypes.h>

#include "base/bytes.h"
#include "base/hash.h"
#include "base/instant.h"
#include "base/pool.h"
#include "base/random.h"
#include "base/text.h"
#include "base/timeline.h"
#include "unit.h"

static void fold(uint64_t *digest, uint64_t value)
{
    *digest = random_at(*digest, value, 0, 0);
}

static void fold_text(uint64_t *digest, const char *text)
{
    for (; *text != '\0'; text++)
        fold(digest, (uint64_t)(unsigned char)*text);
}

static uint64_t digest_random(void)
{
    uint64_t digest = 0;
    struct random random;
    random_init(&random, 1);
    for (uint64_t i = 0; i < 10000; i++) {
        fold(&digest, random_next(&random));
        fold(&digest, random_below(&random, i + 1));
        fold(&digest, (uint64_t)random_between(&random, -(int64_t)i, (int64_t)i));
        fold(&digest, (uint64_t)random_chance_ppm(&random, 300000));
        fold(&digest, (uint64_t)random_exponential_from(random_at(1, 2, i, 3), 600000));
    }
    return digest;
}

static uint64_t digest_timeline(void)
{
    uint64_t digest = 0;
    struct random random;
    struct timeline timeline;
    random_init(&random, 2);
    timeline_init(&timeline, 1000);
    for (int64_t i = 0; i < 10000; i++) {
        int64_t from = i + random_between(&random, 0, 5000);
        int64_t until = from + random_between(&random, 1, 3000);
        timeline_add(&timeline, from, until, random_between(&random, -50, 45));
        fold(&digest, (uint64_t)timeline_min(&timeline, from - 100, until + 100));
        fold(&digest, (uint64_t)timeline_max(&timeline, from - 100, until + 100));
        fold(&digest, (uint64_t)timeline_first_below(&timeline, i, i + 9000, 0));
        fold(&digest, (uint64_t)timeline_first_fit(&timeline, i, i + 9000, 500, 100));
        if (i % 100 == 0)
            timeline_forget(&timeline, i);
        fold(&digest, timeline_boundaries(&timeline));
    }
    timeline_finish(&timeline);
    return digest;
}

static uint64_t digest_text(void)
{
    static const char *const keys[] = {"power", "racks", "robots", "drones", "106d", "2026-01-05"};
    uint64_t digest = 0;
    struct random random;
    random_init(&random, 3);
    for (int i = 0; i < 5000; i++) {
        char instant[INSTANT_TEXT], duration[DURATION_TEXT];
        uint64_t shift = random_below(&random, 64);
        int64_t ms = random_between(&random, INT64_MIN, INT64_MAX) >> shift;
        fold_text(&digest, instant_format(ms, instant));
        fold_text(&digest, duration_format(ms, duration));
        fold(&digest, (uint64_t)instant_parse(instant, &ms));
        fold(&digest, (uint64_t)duration_parse(duration, &ms));
        const char *nearest = text_nearest(duration, keys, COUNT_OF(keys));
        fold_text(&digest, nearest ? nearest : "");
    }
    return digest;
}

static uint64_t digest_bytes(void)
{
    uint64_t digest = 0;
    struct random random;
    struct bytes bytes;
    struct hash hash = {{0}};
    random_init(&random, 4);
    bytes_init(&bytes, 1000);
    for (int i = 0; i < 5000; i++) {
        bytes_clear(&bytes);
        uint64_t shift = random_below(&random, 64);
        bytes_put_varint(&bytes, random_next(&random) >> shift);
        bytes_put_svarint(&bytes, random_between(&random, -1000000, 1000000));
        bytes_put_i64(&bytes, random_between(&random, INT64_MIN, INT64_MAX));
        bytes_put_u32(&bytes, (uint32_t)random_next(&random));
        hash = hash_chain(&hash, bytes.data, bytes.length);
    }
    for (size_t i = 0; i < HASH_BYTES; i++)
        fold(&digest, hash.bytes[i]);
    bytes_finish(&bytes);
    return digest;
}

enum { PARTS = 64 };

static void pool_part(void *context, size_t part)
{
    uint64_t *results = context;
    for (uint64_t i = 0; i < 1000; i++)
        fold(&results[part], part * i);
}

static uint64_t digest_pool(void)
{
    uint64_t digest = 0, results[PARTS] = {0};
    struct pool *pool = pool_create(3);
    for (int run = 0; run < 5; run++)
        pool_run(pool, PARTS, pool_part, results);
    pool_destroy(pool);
    for (size_t part = 0; part < PARTS; part++)
        fold(&digest, results[part]);
    return digest;
}

static void test_same_everywhere(void **state)
{
    static const struct {
        const char *what;
        uint64_t (*digest)(void);
        uint64_t expected;
    } cases[] = {
        {"random", digest_random, 0x84bebbcb735a3014},
        {"timeline", digest_timeline, 0xb0a3e496b6553813},
        {"text", digest_text, 0x4e5a01bc26f777b2},
        {"bytes", digest_bytes, 0x3cb4db3ede5fe3eb},
        {"pool", digest_pool, 0xd784a361e1c5ce28},
    };
    bool same = true;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        uint64_t digest = cases[i].digest();
        print_message("%s: 0x%016" PRIx64 "\n", cases[i].what, digest);
        same = same && digest == cases[i].expected;
    }
    assert_true(same);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_everywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
