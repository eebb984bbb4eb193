/* The inbox: order, bound, copies, and many threads at once. */
#include "engine/inbox.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static struct inbox_item item_of(uint64_t number)
{
    struct inbox_item item = {.dry_run = number % 2 == 1};
    plenum_command_init(&item.command, PLENUM_COMMAND_OTHER, "test");
    item.command.id = (struct plenum_command_id){.hi = 7, .lo = number};
    plenum_command_tick(&item.command, (int64_t)number);
    return item;
}

static bool put(struct inbox *inbox, uint64_t number)
{
    struct inbox_item item = item_of(number);
    bool good = inbox_put(inbox, &item);
    plenum_command_finish(&item.command);
    return good;
}

static void items_come_out_as_they_went_in(void **state)
{
    (void)state;
    struct inbox *inbox = inbox_create(3);
    struct inbox_item item;
    assert_false(inbox_take(inbox, &item));
    for (uint64_t round = 0; round < 5; round++) {
        for (uint64_t i = 1; i <= 3; i++)
            assert_true(put(inbox, 10 * round + i));
        assert_false(put(inbox, 99));
        assert_int_equal(inbox_length(inbox), 3);
        for (uint64_t i = 1; i <= 3; i++) {
            assert_true(inbox_take(inbox, &item));
            assert_int_equal(item.command.id.lo, 10 * round + i);
            assert_int_equal(item.dry_run, (10 * round + i) % 2);
            assert_int_equal(item.command.op_count, 1);
            assert_int_equal(item.command.ops[0].tick.to_ms, 10 * round + i);
            assert_string_equal(item.command.actor, "test");
            plenum_command_finish(&item.command);
        }
    }
    assert_true(put(inbox, 1)); /* what is left is freed with the inbox */
    inbox_destroy(inbox);
}

enum { WRITERS = 4, EACH = 500 };

struct writer {
    struct inbox *inbox;
    uint64_t first;
};

static void *write_all(void *context)
{
    struct writer *writer = context;
    for (uint64_t i = 0; i < EACH; i++)
        while (!put(writer->inbox, writer->first + i))
            continue;
    return NULL;
}

static void many_writers_lose_nothing_and_keep_their_order(void **state)
{
    (void)state;
    struct inbox *inbox = inbox_create(64);
    struct writer writers[WRITERS];
    pthread_t threads[WRITERS];
    uint64_t next[WRITERS] = {0};
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = (struct writer){inbox, (uint64_t)i * 1000000};
        assert_int_equal(pthread_create(&threads[i], NULL, write_all, &writers[i]), 0);
    }
    for (int taken = 0; taken < WRITERS * EACH;) {
        struct inbox_item item;
        if (!inbox_take(inbox, &item))
            continue;
        uint64_t writer = item.command.id.lo / 1000000, number = item.command.id.lo % 1000000;
        assert_in_range(writer, 0, WRITERS - 1);
        assert_int_equal(number, next[writer]++);
        plenum_command_finish(&item.command);
        taken++;
    }
    for (int i = 0; i < WRITERS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(inbox_length(inbox), 0);
    inbox_destroy(inbox);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_come_out_as_they_went_in),
        cmocka_unit_test(many_writers_lose_nothing_and_keep_their_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
