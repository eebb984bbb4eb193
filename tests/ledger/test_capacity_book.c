/* The capacity book: tables, and random commands against a model with one row an instant. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/random.h"
#include "ledger/capacity_book.h"

/* Server 0 has 3 accelerators, 8 cores, 100 bytes; server 1 has no accelerator, 4 cores, 10. */
enum { SERVERS = 2, OWNERS = 4, SPAN = 64 };

static const struct plenum_server_model models[2] = {
    {.name = "big", .cores = 8, .accelerators = 3, .memory_bytes = 100},
    {.name = "small", .cores = 4, .accelerators = 0, .memory_bytes = 10},
};
static const struct plenum_server servers[SERVERS] = {{.model = 0}, {.model = 1}};
static const struct plenum_site site = {
    .server_models = models, .server_model_count = 2, .servers = servers, .server_count = SERVERS};

static struct plenum_ref job(uint64_t id)
{
    return (struct plenum_ref){PLENUM_JOB, id};
}

static struct plenum_op claim(uint64_t owner, int32_t server, uint64_t set, int32_t milli,
                              int32_t cores, int64_t memory, int64_t from, int64_t until)
{
    return (struct plenum_op){.type = PLENUM_OP_CAPACITY_CLAIM,
                              .capacity = {.owner = job(owner),
                                           .server = server,
                                           .milli = milli,
                                           .accelerators = set,
                                           .cores = cores,
                                           .memory_bytes = memory,
                                           .from_ms = from,
                                           .until_ms = until}};
}

static struct plenum_op window(int32_t server, int64_t from, int64_t until)
{
    return (struct plenum_op){.type = PLENUM_OP_WINDOW,
                              .window = {.server = server, .from_ms = from, .until_ms = until}};
}

static struct plenum_op release(uint64_t owner, int64_t from)
{
    return (struct plenum_op){
        .type = PLENUM_OP_RELEASE,
        .release = {.owner = job(owner), .books = PLENUM_BOOK_CAPACITY, .from_ms = from}};
}

static bool book_test(const struct capacity_book *book, struct plenum_op *ops, size_t count,
                      int64_t now_ms, struct plenum_refusal *refusal)
{
    struct plenum_command command = {.ops = ops, .op_count = count};
    return capacity_book_test(book, &command, now_ms, refusal);
}

static void book_apply(struct capacity_book *book, struct plenum_op *ops, size_t count,
                       int64_t now_ms)
{
    struct plenum_command command = {.ops = ops, .op_count = count};
    capacity_book_apply(book, &command, now_ms);
}

/* --- tables ---------------------------------------------------------------------------------- */

/* Now is 10. Server 0 is open for ever, server 1 on [10, 50). Job 1 has accelerators 0 and 1 of
 * server 0 on [10, 30), with 2 cores; job 2 has 600 of accelerator 2 on [20, 40), with 60 bytes;
 * job 3 has 3 cores of server 1 on [15, 50). */
static void stand(struct capacity_book *book)
{
    capacity_book_init(book, &site);
    struct plenum_op ops[] = {
        window(0, 0, PLENUM_FOREVER),       window(1, 10, 50),
        claim(1, 0, 3, 1000, 2, 0, 10, 30), claim(2, 0, 4, 600, 0, 60, 20, 40),
        claim(3, 1, 0, 0, 3, 0, 15, 50),
    };
    struct plenum_refusal refusal;
    assert_true(book_test(book, ops, 5, 10, &refusal));
    book_apply(book, ops, 5, 10);
}

struct list_case {
    struct plenum_op ops[3];
    size_t count;
    enum plenum_reason reason;
    uint32_t op;
    int64_t asked, limit, from_ms;
    uint64_t other; /* a job; 0: nobody */
};

/* The same as initialisers, for a constant table. */
#define CLAIM(who, where, set, part, core_count, bytes, from, until)                               \
    {                                                                                              \
        .type = PLENUM_OP_CAPACITY_CLAIM, .capacity = {                                            \
            .owner = {PLENUM_JOB, who},                                                            \
            .server = where,                                                                       \
            .milli = part,                                                                         \
            .accelerators = set,                                                                   \
            .cores = core_count,                                                                   \
            .memory_bytes = bytes,                                                                 \
            .from_ms = from,                                                                       \
            .until_ms = until                                                                      \
        }                                                                                          \
    }
#define WINDOW(where, from, until)                                                                 \
    {                                                                                              \
        .type = PLENUM_OP_WINDOW, .window = { where, from, until }                                 \
    }
#define RELEASE(who, from)                                                                         \
    {                                                                                              \
        .type = PLENUM_OP_RELEASE, .release = { {PLENUM_JOB, who}, PLENUM_BOOK_CAPACITY, from }    \
    }

static const struct list_case cases[] = {
    {{CLAIM(9, 0, 4, 400, 0, 0, 10, 99)}, 1, PLENUM_REASON_NONE, 0, 0, 0, 0, 0},
    {{CLAIM(9, 0, 4, 401, 0, 0, 10, 99)}, 1, PLENUM_REASON_ACCELERATOR_TAKEN, 0, 1001, 1000, 20, 2},
    {{CLAIM(9, 0, 4, 1000, 0, 0, 10, 20)}, 1, PLENUM_REASON_NONE, 0, 0, 0, 0, 0},
    {{CLAIM(9, 0, 4, 1000, 0, 0, 40, 50)}, 1, PLENUM_REASON_NONE, 0, 0, 0, 0, 0},
    {{CLAIM(9, 0, 7, 1000, 0, 0, 39, 50)},
     1,
     PLENUM_REASON_ACCELERATOR_TAKEN,
     0,
     1600,
     1000,
     39,
     2},
    {{CLAIM(9, 0, 7, 1, 0, 0, 10, 50)}, 1, PLENUM_REASON_ACCELERATOR_TAKEN, 0, 1001, 1000, 10, 1},
    {{CLAIM(9, 0, 8, 1, 0, 0, 10, 50)}, 1, PLENUM_REASON_ACCELERATOR_TAKEN, 0, 1, 0, 10, 0},
    {{CLAIM(9, 1, 1, 1, 0, 0, 10, 50)}, 1, PLENUM_REASON_ACCELERATOR_TAKEN, 0, 1, 0, 10, 0},
    {{CLAIM(9, 0, 0, 0, 6, 0, 10, 50)}, 1, PLENUM_REASON_NONE, 0, 0, 0, 0, 0},
    {{CLAIM(9, 0, 0, 0, 7, 0, 10, 50)}, 1, PLENUM_REASON_CORES_TAKEN, 0, 9, 8, 10, 1},
    {{CLAIM(9, 0, 0, 0, 8, 0, 30, 50)}, 1, PLENUM_REASON_NONE, 0, 0, 0, 0, 0},
    {{CLAIM(9, 0, 0, 0, 9, 0, 30, 50)}, 1, PLENUM_REASON_CORES_TAKEN, 0, 9, 8, 30, 0},
    {{CLAIM(9, 0, 0, 0, 0, 41, 10, 50)}, 1, PLENUM_REASON_MEMORY_TAKEN, 0, 101, 100, 20, 2},
    {{CLAIM(9, 0, 0, 0, 0, 100, 40, 50)}, 1, PLENUM_REASON_NONE, 0, 0, 0, 0, 0},
    {{CLAIM(9, 1, 0, 0, 1, 0, 10, 50)}, 1, PLENUM_REASON_NONE, 0, 0, 0, 0, 0},
    {{CLAIM(9, 1, 0, 0, 1, 0, 10, 51)}, 1, PLENUM_REASON_NOT_OFFERED, 0, 0, 0, 50, 0},
    {{CLAIM(9, 1, 0, 0, 1, 0, 50, 51)}, 1, PLENUM_REASON_NOT_OFFERED, 0, 0, 0, 50, 0},
    {{WINDOW(1, 10, 60), CLAIM(9, 1, 0, 0, 1, 0, 50, 51)}, 2, PLENUM_REASON_NONE, 0, 0, 0, 0, 0},
    {{CLAIM(9, 1, 0, 0, 1, 0, 50, 51), WINDOW(1, 10, 60)}, 2, PLENUM_REASON_NONE, 0, 0, 0, 0, 0},
    {{WINDOW(1, 0, 49)}, 1, PLENUM_REASON_NOT_OFFERED, 0, 0, 0, 49, 3},
    {{WINDOW(1, 16, 50)}, 1, PLENUM_REASON_NOT_OFFERED, 0, 0, 0, 15, 3},
    {{WINDOW(1, 0, 0)}, 1, PLENUM_REASON_NOT_OFFERED, 0, 0, 0, 15, 3},
    {{WINDOW(1, 0, 0), RELEASE(3, 10)}, 2, PLENUM_REASON_NONE, 0, 0, 0, 0, 0},
    {{WINDOW(1, 0, 20), RELEASE(3, 20)}, 2, PLENUM_REASON_NONE, 0, 0, 0, 0, 0},
    {{WINDOW(1, 0, 20), RELEASE(3, 21)}, 2, PLENUM_REASON_NOT_OFFERED, 0, 0, 0, 20, 3},
    {{RELEASE(1, 10), CLAIM(9, 0, 3, 1000, 8, 0, 10, 99)}, 2, PLENUM_REASON_NONE, 0, 0, 0, 0, 0},
    {{CLAIM(9, 0, 3, 1000, 8, 0, 12, 99), RELEASE(1, 12)}, 2, PLENUM_REASON_NONE, 0, 0, 0, 0, 0},
    {{CLAIM(9, 0, 3, 1000, 8, 0, 12, 99), RELEASE(1, 13)},
     2,
     PLENUM_REASON_ACCELERATOR_TAKEN,
     0,
     2000,
     1000,
     12,
     1},
    {{RELEASE(1, 10), CLAIM(1, 0, 3, 1000, 0, 0, 10, 99)}, 2, PLENUM_REASON_NONE, 0, 0, 0, 0, 0},
    {{CLAIM(8, 0, 4, 200, 0, 0, 10, 99), CLAIM(9, 0, 4, 200, 0, 0, 10, 99),
      CLAIM(9, 0, 4, 1, 0, 0, 25, 26)},
     3,
     PLENUM_REASON_ACCELERATOR_TAKEN,
     2,
     1001,
     1000,
     25,
     8},
    /* The lowest operation is named, whatever the order of the servers. */
    {{CLAIM(8, 1, 0, 0, 9, 0, 10, 50), CLAIM(9, 0, 0, 0, 9, 0, 10, 99)},
     2,
     PLENUM_REASON_CORES_TAKEN,
     0,
     9,
     4,
     10,
     0},
};

static void test_lists(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct capacity_book book;
        stand(&book);
        struct list_case c = cases[i];
        struct plenum_refusal refusal = {0};
        bool fits = book_test(&book, c.ops, c.count, 10, &refusal);
        if (refusal.reason != c.reason || fits != (c.reason == PLENUM_REASON_NONE))
            fail_msg("case %zu: reason %d, expected %d", i, refusal.reason, c.reason);
        if (!fits && (refusal.op != c.op || refusal.asked != c.asked || refusal.limit != c.limit ||
                      refusal.from_ms != c.from_ms))
            fail_msg("case %zu: op %u, %d of %d from %d", i, refusal.op, (int)refusal.asked,
                     (int)refusal.limit, (int)refusal.from_ms);
        if (!fits && c.other > 0)
            assert_int_equal(refusal.other.id, c.other);
        if (!fits && c.other == 0)
            assert_int_equal(refusal.other.kind, PLENUM_KIND_COUNT);
        if (fits)
            book_apply(&book, c.ops, c.count, 10);
        capacity_book_finish(&book);
    }
}

static void test_order_of_claims(void **state)
{
    (void)state;
    struct capacity_book book;
    stand(&book);
    struct plenum_op ops[] = {claim(7, 1, 0, 0, 1, 0, 30, 40), claim(7, 0, 0, 0, 1, 0, 20, 25)};
    book_apply(&book, ops, 2, 10);
    struct plenum_capacity_claim claims[2];
    assert_int_equal(capacity_book_claims_of(&book, job(7), claims, 1), 2);
    assert_int_equal(capacity_book_claims_of(&book, job(7), claims, 2), 2);
    assert_int_equal(claims[0].server, 1);
    assert_int_equal(claims[1].server, 0);
    assert_int_equal(capacity_book_claims_on(&book, 1, claims, 2), 2);
    assert_int_equal(claims[0].owner.id, 3);
    assert_int_equal(claims[1].owner.id, 7);
    capacity_book_advance(&book, 25);
    assert_int_equal(capacity_book_claims_of(&book, job(7), claims, 2), 1);
    capacity_book_advance(&book, 40);
    assert_false(capacity_book_holds(&book, job(7)));
    capacity_book_finish(&book);
}

/* --- random commands against the model ------------------------------------------------------- */

struct naive_claim {
    struct plenum_capacity_claim claim;
    bool lives;
};

struct naive {
    struct naive_claim claims[4096];
    size_t count;
    int64_t window[SERVERS][2];
};

static bool naive_instant_fits(const struct naive *naive, int32_t server, int64_t at)
{
    int64_t milli[64] = {0}, cores = 0, memory = 0;
    bool some = false;
    for (size_t i = 0; i < naive->count; i++) {
        const struct plenum_capacity_claim *c = &naive->claims[i].claim;
        if (!naive->claims[i].lives || c->server != server || at < c->from_ms || at >= c->until_ms)
            continue;
        some = true;
        cores += c->cores;
        memory += c->memory_bytes;
        for (int a = 0; a < 64; a++)
            milli[a] += c->accelerators >> a & 1 ? c->milli : 0;
    }
    if (some && (at < naive->window[server][0] || at >= naive->window[server][1]))
        return false;
    for (int a = 0; a < 64; a++)
        if (milli[a] > (a < models[servers[server].model].accelerators ? 1000 : 0))
            return false;
    return cores <= models[servers[server].model].cores &&
           memory <= models[servers[server].model].memory_bytes;
}

static bool naive_take(struct naive *naive, const struct plenum_op *ops, size_t count, int64_t now)
{
    for (size_t i = 0; i < count; i++) {
        if (ops[i].type != PLENUM_OP_RELEASE)
            continue;
        for (size_t k = 0; k < naive->count; k++) {
            struct plenum_capacity_claim *c = &naive->claims[k].claim;
            if (c->owner.id == ops[i].release.owner.id && c->until_ms > ops[i].release.from_ms)
                c->until_ms = ops[i].release.from_ms;
            if (c->until_ms <= c->from_ms || c->until_ms <= now)
                naive->claims[k].lives = false;
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (ops[i].type == PLENUM_OP_CAPACITY_CLAIM) {
            naive->claims[naive->count++] =
                (struct naive_claim){.claim = ops[i].capacity, .lives = true};
        } else if (ops[i].type == PLENUM_OP_WINDOW) {
            naive->window[ops[i].window.server][0] = ops[i].window.from_ms;
            naive->window[ops[i].window.server][1] = ops[i].window.until_ms;
        }
    }
    for (int32_t s = 0; s < SERVERS; s++)
        for (int64_t at = now; at < now + SPAN; at++)
            if (!naive_instant_fits(naive, s, at))
                return false;
    return true;
}

static size_t random_ops(struct random *random, struct plenum_op ops[5], int64_t now)
{
    size_t count = 1 + random_below(random, 5);
    bool released[OWNERS] = {false}, windowed[SERVERS] = {false};
    for (size_t i = 0; i < count; i++) {
        uint64_t what = random_below(random, 12), owner = random_below(random, OWNERS);
        int32_t server = (int32_t)random_below(random, SERVERS);
        int64_t from = now + (int64_t)random_below(random, 20);
        if (what == 0 && !windowed[server]) {
            ops[i] = window(server, random_below(random, 2) ? 0 : from,
                            from + (int64_t)random_below(random, 40));
            windowed[server] = true;
        } else if (what <= 3 && !released[owner]) {
            ops[i] = release(owner, from - (from - now) * (int64_t)random_below(random, 2));
            released[owner] = true;
        } else {
            uint64_t set = server == 0 && random_below(random, 3) ? random_below(random, 8) : 0;
            static const int32_t parts[] = {1000, 500, 300, 200};
            int32_t milli = set ? parts[random_below(random, 4)] : 0;
            int64_t until = from + 1 + (int64_t)random_below(random, 20);
            ops[i] = claim(owner, server, set, milli, (int32_t)random_below(random, 3),
                           (int64_t)random_below(random, 30), from, until);
        }
    }
    return count;
}

static void check_free(const struct capacity_book *book, const struct naive *naive,
                       struct random *random, int64_t now)
{
    int32_t server = (int32_t)random_below(random, SERVERS);
    int64_t from = now + (int64_t)random_below(random, 30);
    int64_t until = from + 1 + (int64_t)random_below(random, 20);
    const struct plenum_server_model *model = &models[servers[server].model];
    int32_t cores = model->cores, milli[64] = {0};
    int64_t memory = model->memory_bytes;
    for (int a = 0; a < model->accelerators; a++)
        milli[a] = 1000;
    for (int64_t at = from; at < until; at++) {
        int32_t c = model->cores, m[64];
        int64_t b = model->memory_bytes;
        for (int a = 0; a < 64; a++)
            m[a] = 1000;
        for (size_t i = 0; i < naive->count; i++) {
            const struct plenum_capacity_claim *k = &naive->claims[i].claim;
            if (!naive->claims[i].lives || k->server != server || at < k->from_ms ||
                at >= k->until_ms)
                continue;
            c -= k->cores;
            b -= k->memory_bytes;
            for (int a = 0; a < 64; a++)
                m[a] -= k->accelerators >> a & 1 ? k->milli : 0;
        }
        cores = c < cores ? c : cores;
        memory = b < memory ? b : memory;
        for (int a = 0; a < 64; a++)
            milli[a] = m[a] < milli[a] ? m[a] : milli[a];
    }
    struct plenum_capacity_free free_on;
    capacity_book_free_on(book, server, from, until, &free_on);
    assert_int_equal(free_on.cores, cores);
    assert_int_equal(free_on.memory_bytes, memory);
    assert_memory_equal(free_on.milli, milli, sizeof milli);
    assert_int_equal(free_on.offered,
                     from >= naive->window[server][0] && until <= naive->window[server][1]);
    for (int a = 0; a < 64; a++)
        assert_int_equal(free_on.whole >> a & 1, milli[a] == 1000);
}

static void check_claims(const struct capacity_book *book, const struct naive *naive)
{
    struct plenum_capacity_claim claims[256];
    for (uint64_t owner = 0; owner < OWNERS; owner++) {
        size_t count = capacity_book_claims_of(book, job(owner), claims, 256), seen = 0;
        for (size_t i = 0; i < naive->count; i++) {
            if (!naive->claims[i].lives || naive->claims[i].claim.owner.id != owner)
                continue;
            assert_true(seen < count);
            const struct plenum_capacity_claim *a = &claims[seen++], *b = &naive->claims[i].claim;
            assert_int_equal(a->server, b->server);
            assert_int_equal(a->from_ms, b->from_ms);
            assert_int_equal(a->until_ms, b->until_ms);
            assert_int_equal(a->accelerators, b->accelerators);
            assert_int_equal(a->milli, b->milli);
            assert_int_equal(a->cores, b->cores);
            assert_int_equal(a->memory_bytes, b->memory_bytes);
        }
        assert_int_equal(seen, count);
        assert_int_equal(capacity_book_holds(book, job(owner)), count > 0);
    }
}

static void check_bytes(const struct capacity_book *book, bool cut)
{
    struct bytes first, second;
    bytes_init(&first, 1 << 20);
    bytes_init(&second, 1 << 20);
    capacity_book_write(book, &first);
    for (size_t length = cut ? 0 : first.length; length <= first.length; length++) {
        struct capacity_book copy;
        capacity_book_init(&copy, &site);
        struct bytes_reader reader;
        bytes_read_init(&reader, first.data, length);
        bool good = capacity_book_read(&copy, &reader);
        assert_int_equal(good, length == first.length);
        bytes_clear(&second);
        if (good)
            capacity_book_write(&copy, &second);
        if (good)
            assert_memory_equal(first.data, second.data, first.length);
        capacity_book_finish(&copy);
    }
    assert_int_equal(first.length, second.length);
    bytes_finish(&first);
    bytes_finish(&second);
}

static void run_random(uint64_t seed, int *taken, int *refused)
{
    static struct naive naive, after;
    struct random random;
    random_init(&random, seed);
    struct capacity_book book;
    capacity_book_init(&book, &site);
    naive = (struct naive){0};
    int64_t now = 0;
    for (int round = 0; round < 150; round++) {
        struct plenum_op ops[5];
        size_t count = random_ops(&random, ops, now);
        after = naive;
        bool fits = naive_take(&after, ops, count, now);
        struct plenum_refusal refusal = {0};
        if (book_test(&book, ops, count, now, &refusal) != fits)
            fail_msg("seed %llu, round %d: the model says %d, reason %d at operation %u",
                     (unsigned long long)seed, round, fits, refusal.reason, refusal.op);
        if (fits) {
            book_apply(&book, ops, count, now);
            naive = after;
        }
        *(fits ? taken : refused) += 1;
        now += (int64_t)random_below(&random, 4);
        capacity_book_advance(&book, now);
        for (size_t i = 0; i < naive.count; i++)
            if (naive.claims[i].claim.until_ms <= now)
                naive.claims[i].lives = false;
        check_claims(&book, &naive);
        check_free(&book, &naive, &random, now);
    }
    check_bytes(&book, seed % 16 == 0);
    capacity_book_finish(&book);
}

static void test_random(void **state)
{
    (void)state;
    const uint64_t first = 2026;
    int taken = 0, refused = 0;
    for (uint64_t seed = first; seed < first + 100; seed++)
        run_random(seed, &taken, &refused);
    print_message("seeds %llu..%llu: %d commands taken, %d refused\n", (unsigned long long)first,
                  (unsigned long long)first + 99, taken, refused);
    assert_true(taken > 2000 && refused > 2000);
}

/* A release of a claim that lasts for ever leaves nothing behind. */
static void test_forever(void **state)
{
    (void)state;
    struct capacity_book book;
    capacity_book_init(&book, &site);
    struct plenum_op open = window(0, 0, PLENUM_FOREVER);
    book_apply(&book, &open, 1, 0);
    for (int64_t now = 0; now < 1000; now++) {
        struct plenum_op ops[] = {release(1, now),
                                  claim(1, 0, 7, 1000, 8, 100, now, PLENUM_FOREVER)};
        struct plenum_refusal refusal;
        assert_true(book_test(&book, ops, 2, now, &refusal));
        book_apply(&book, ops, 2, now);
        assert_true(book.slot_count <= 2);
        assert_int_equal(book.expiry.count, 1);
    }
    capacity_book_finish(&book);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_order_of_claims),
        cmocka_unit_test(test_forever),
        cmocka_unit_test(test_random),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
