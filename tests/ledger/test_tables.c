/* Owner map, expiry and entity tables, each against a plain list. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/random.h"
#include "ledger/entities.h"
#include "ledger/expiry.h"
#include "ledger/owner_map.h"

enum { SLOTS = 300, ROUNDS = 20000 };

/* --- owner map -------------------------------------------------------------------------------- */

static struct plenum_ref owner_of(uint64_t number)
{
    return plenum_ref((uint32_t)(number % 3), number / 3 * UINT64_C(0x100000001));
}

/* The slots in the order in which they came, each with its owner. */
struct slot_list {
    struct plenum_ref owners[SLOTS];
    uint32_t slots[SLOTS];
    int count;
};

static int list_find(const struct slot_list *list, uint32_t slot)
{
    for (int i = 0; i < list->count; i++)
        if (list->slots[i] == slot)
            return i;
    return -1;
}

static void list_remove(struct slot_list *list, int at)
{
    for (int i = at + 1; i < list->count; i++) {
        list->slots[i - 1] = list->slots[i];
        list->owners[i - 1] = list->owners[i];
    }
    list->count--;
}

static void check_owner(const struct owner_map *map, const struct slot_list *list,
                        struct plenum_ref owner)
{
    uint32_t slot = owner_map_first(map, owner);
    for (int i = 0; i < list->count; i++) {
        if (!ref_equal(list->owners[i], owner))
            continue;
        assert_int_equal(slot, list->slots[i]);
        slot = owner_map_next(map, slot);
    }
    assert_int_equal(slot, OWNER_MAP_NONE);
}

static void test_owner_map(void **state)
{
    (void)state;
    struct random random;
    struct owner_map map;
    struct slot_list list = {.count = 0};
    random_init(&random, 11);
    owner_map_init(&map);
    for (int i = 0; i < ROUNDS; i++) {
        uint32_t slot = (uint32_t)random_below(&random, SLOTS);
        int at = list_find(&list, slot);
        if (at < 0) {
            struct plenum_ref owner = owner_of(random_below(&random, 120));
            owner_map_add(&map, owner, slot);
            list.owners[list.count] = owner;
            list.slots[list.count++] = slot;
        } else {
            owner_map_remove(&map, list.owners[at], slot);
            list_remove(&list, at);
        }
        check_owner(&map, &list, owner_of(random_below(&random, 120)));
    }
    owner_map_finish(&map);
}

/* --- expiry ----------------------------------------------------------------------------------- */

static void test_expiry(void **state)
{
    (void)state;
    struct random random;
    struct expiry expiry;
    int64_t ends[SLOTS], now = 0;
    random_init(&random, 12);
    expiry_init(&expiry);
    for (int i = 0; i < SLOTS; i++)
        ends[i] = INT64_MAX;
    for (int i = 0; i < ROUNDS; i++) {
        uint32_t slot = (uint32_t)random_below(&random, SLOTS), taken;
        if (ends[slot] != INT64_MAX && random_below(&random, 2)) {
            expiry_remove(&expiry, slot);
            ends[slot] = INT64_MAX;
        } else {
            ends[slot] = now + random_between(&random, 1, 50);
            expiry_set(&expiry, slot, ends[slot]);
        }
        now += random_below(&random, 4) == 0;
        while (expiry_take(&expiry, now, &taken)) {
            assert_true(ends[taken] <= now);
            ends[taken] = INT64_MAX;
        }
        for (int k = 0; k < SLOTS; k++)
            assert_true(ends[k] > now);
    }
    expiry_finish(&expiry);
}

/* --- entities --------------------------------------------------------------------------------- */

static const struct plenum_site site = {.name = "test", .rack_count = 5};

static void check_same(const struct entities *entities, const int64_t *fields, uint64_t next)
{
    size_t cursor = 0, count = 0;
    uint64_t id, before = 0;
    const int64_t *row;
    while (entities_walk(entities, PLENUM_TASK, &cursor, &id, &row)) {
        assert_true(id > before && id < next && fields[id] >= 0);
        assert_int_equal(row[PLENUM_TASK_PRIORITY], fields[id]);
        before = id;
        count++;
    }
    assert_int_equal(count, entities_count(entities, PLENUM_TASK));
    assert_true(entities->tables[PLENUM_TASK].row_count <= 2 * count + 64);
    for (id = 0; id <= next; id++) {
        row = entities_row(entities, plenum_ref(PLENUM_TASK, id));
        assert_int_equal(row != NULL, id < next && fields[id] >= 0);
        assert_true(!row || row[PLENUM_TASK_PRIORITY] == fields[id]);
    }
}

/* Reading what was written gives the same rows; the bytes do not tell of rows that died. */
static void check_bytes(struct entities *entities)
{
    struct bytes bytes, again;
    struct bytes_reader reader;
    struct entities copy;
    bytes_init(&bytes, 1 << 24);
    bytes_init(&again, 1 << 24);
    entities_write(entities, &bytes);
    entities_init(&copy, &site);
    bytes_read_init(&reader, bytes.data, bytes.length);
    assert_true(entities_read(&copy, &reader) && bytes_read_done(&reader));
    entities_write(&copy, &again);
    assert_int_equal(bytes.length, again.length);
    assert_memory_equal(bytes.data, again.data, bytes.length);
    entities_finish(entities);
    *entities = copy;
    bytes_finish(&bytes);
    bytes_finish(&again);
}

static void test_entities(void **state)
{
    (void)state;
    struct random random;
    struct entities entities;
    int64_t fields[3000];
    uint64_t next = 1;
    fields[0] = -1;
    random_init(&random, 13);
    entities_init(&entities, &site);
    for (int i = 0; i < 9000; i++) {
        struct plenum_ref ref = plenum_ref(PLENUM_TASK, random_below(&random, next));
        int64_t row[PLENUM_FIELDS_MAX] = {[PLENUM_TASK_PRIORITY] = (int64_t)i};
        bool grows = random_below(&random, 100) < (i / 1000 % 2 ? 10 : 50);
        if (grows && next < 3000) {
            ref.id = next++;
            fields[ref.id] = i;
            entities_put(&entities, ref, row);
        } else if (fields[ref.id] >= 0 && random_below(&random, 4) == 0) {
            fields[ref.id] = i;
            entities_put(&entities, ref, row);
        } else if (fields[ref.id] >= 0) {
            fields[ref.id] = -1;
            entities_end(&entities, ref);
        }
        if (i % 100 == 0)
            check_same(&entities, fields, next);
        if (i % 700 == 0)
            check_bytes(&entities);
    }
    assert_int_equal(entities_next_id(&entities, PLENUM_TASK), next);
    entities_finish(&entities);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_owner_map),
        cmocka_unit_test(test_expiry),
        cmocka_unit_test(test_entities),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
