/* What a journal's bytes mean hangs on the lists of kinds, fields, states, operations and kinds of
 * commands. Where one changes, an older journal would be misread: raise PLENUM_JOURNAL_FORMAT, and
 * write the new hash here. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include <plenum/command.h>
#include <plenum/journal.h>

#include "base/bytes.h"
#include "base/hash.h"

static const struct {
    int format;
    const char *lists; /* hash of them */
} known = {5, "34ab6fc01ee48edd6c13202635a1e5cb2f3390d86ceb3d9c6ae793909d7cc1dd"};

static void put(struct bytes *lists, const char *name)
{
    bytes_put(lists, name, strlen(name) + 1);
}

static void put_lists(struct bytes *lists)
{
    for (uint32_t kind = 0; kind < PLENUM_KIND_COUNT; kind++) {
        put(lists, plenum_kind_name(kind));
        for (int32_t field = 0; field < plenum_kind_field_count(kind); field++)
            put(lists, plenum_field_name(kind, field));
        for (int32_t state = 0; state < plenum_kind_state_count(kind); state++)
            put(lists, plenum_state_name(kind, state));
    }
    for (int type = 0; type < PLENUM_OP_TYPE_COUNT; type++)
        put(lists, plenum_op_type_name((enum plenum_op_type)type));
    for (int kind = 0; kind < PLENUM_COMMAND_KIND_COUNT; kind++)
        put(lists, plenum_command_kind_name((enum plenum_command_kind)kind));
}

static void test_the_format_knows_its_lists(void **state)
{
    (void)state;
    struct bytes lists;
    char text[HASH_TEXT];
    bytes_init(&lists, 1 << 16);
    put_lists(&lists);
    assert_false(lists.overflow);
    struct hash hash = hash_of(lists.data, lists.length);
    assert_string_equal(hash_format(&hash, text), known.lists);
    assert_int_equal(PLENUM_JOURNAL_FORMAT, known.format);
    bytes_finish(&lists);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_the_format_knows_its_lists)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
