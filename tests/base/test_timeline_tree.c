/* The tree inside the timeline: the invariants numbered in src/base/timeline.c, after every call,
 * for the orders that unbalance trees. The source is included to see them. */
#include "base/timeline.c" // NOLINT(bugprone-suspicious-include)

#include "base/random.h"
#include "unit.h"

/* What a subtree must be, found out without trusting what its nodes say. */
struct measured {
    uint32_t height;
    size_t count;
    struct run run;
};

static struct measured check_subtree(const struct timeline *timeline, uint32_t at, int64_t after,
                                     int64_t before)
{
    if (at == 0)
        return (struct measured){0};
    const struct timeline_node *node = &timeline->nodes[at];
    assert_true(after <= node->instant && node->instant <= before);
    struct measured left = check_subtree(timeline, node->left, after, node->instant - 1);
    struct measured right = check_subtree(timeline, node->right, node->instant + 1, before);
    assert_in_range(left.height + 1, right.height, right.height + 2);
    assert_true(node->delta != 0);
    struct measured both = {
        .height = 1 + (left.height > right.height ? left.height : right.height),
        .count = left.count + 1 + right.count,
        .run = run_join(left.run, run_join(run_of(node->delta), right.run)),
    };
    assert_int_equal(node->height, both.height);
    assert_memory_equal(&node->run, &both.run, sizeof both.run);
    assert_true(both.run.low <= 0 && both.run.low <= both.run.sum);
    assert_true(both.run.high >= 0 && both.run.high >= both.run.sum);
    return both;
}

static size_t free_nodes(const struct timeline *timeline)
{
    size_t count = 0;
    for (uint32_t at = timeline->free_list; at != 0; at = timeline->nodes[at].left)
        count++;
    return count;
}

static void check_sane(const struct timeline *timeline)
{
    static const struct timeline_node none;
    if (timeline->capacity == 0) {
        assert_true(timeline->nodes == NULL && timeline->root == 0 && timeline->count == 0);
        return;
    }
    struct measured all = check_subtree(timeline, timeline->root, -1000000, 1000000);
    assert_int_equal(all.count, timeline->count);
    assert_true(timeline->count + free_nodes(timeline) < timeline->capacity);
    assert_memory_equal(&timeline->nodes[0], &none, sizeof none);
}

/* The instant of step i of `steps`, in an order named by its number. */
static int64_t instant_in_order(int order, int64_t i, int64_t steps, struct random *random)
{
    switch (order) {
    case 0: /* rising */
        return i;
    case 1: /* falling */
        return steps - i;
    case 2: /* from both ends */
        return i % 2 == 0 ? i : 2 * steps - i;
    default:
        return random_between(random, 0, steps);
    }
}

enum { ORDERS = 4, STEPS = 300 };

static void test_adds_and_takes_back(void **state)
{
    (void)state;
    for (int order = 0; order < ORDERS; order++) {
        struct timeline timeline;
        struct random random;
        random_init(&random, 1);
        timeline_init(&timeline, 0);
        for (int64_t i = 0; i < STEPS; i++) {
            timeline_add(&timeline, instant_in_order(order, i, STEPS, &random), 1000, i + 1);
            check_sane(&timeline);
        }
        random_init(&random, 1);
        for (int64_t i = 0; i < STEPS; i++) {
            timeline_add(&timeline, instant_in_order(order, i, STEPS, &random), 1000, -i - 1);
            check_sane(&timeline);
        }
        assert_int_equal(timeline.root, 0);
        timeline_finish(&timeline);
    }
}

static void test_random_adds_and_forgets(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        struct timeline timeline;
        struct random random;
        random_init(&random, seed);
        timeline_init(&timeline, 0);
        for (int64_t i = 0; i < 1000; i++) {
            int64_t from = i + random_between(&random, 0, 100);
            int64_t until = from + random_between(&random, 1, 60);
            timeline_add(&timeline, from, until, random_between(&random, -3, 3));
            if (i % 5 == 0)
                timeline_forget(&timeline, i);
            check_sane(&timeline);
        }
        assert_true(timeline.capacity <= 512);
        timeline_finish(&timeline);
    }
}

/* An AVL tree of n nodes is at most 1.4405 log2(n + 2) high (Knuth 6.2.3, theorem A). */
static void test_height(void **state)
{
    (void)state;
    for (int order = 0; order < ORDERS; order++) {
        struct timeline timeline;
        struct random random;
        random_init(&random, 2);
        timeline_init(&timeline, 0);
        for (int64_t i = 0; i < 50000; i++)
            timeline_add(&timeline, instant_in_order(order, i, 50000, &random), INT64_MAX, 1);
        assert_true(timeline.count > 20000);
        assert_in_range(timeline.nodes[timeline.root].height, 15, 22);
        timeline_finish(&timeline);
    }
}

/* What was given back is used again, before any new memory. */
static void test_nodes_are_used_again(void **state)
{
    struct timeline timeline;
    (void)state;
    timeline_init(&timeline, 0);
    timeline_add(&timeline, 0, 10, 1);
    assert_int_equal(timeline.capacity, NODES_FIRST);
    for (int64_t i = 1; i < 10000; i++) {
        timeline_add(&timeline, i, i + 10, 1);
        timeline_add(&timeline, i - 1, i + 9, -1);
        check_sane(&timeline);
    }
    assert_true(timeline.capacity <= 8);
    timeline_finish(&timeline);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_adds_and_takes_back),
        cmocka_unit_test(test_random_adds_and_forgets),
        cmocka_unit_test(test_height),
        cmocka_unit_test(test_nodes_are_used_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
