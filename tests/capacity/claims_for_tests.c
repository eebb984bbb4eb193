#include "claims_for_tests.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static int compare_instants(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* What is taken of a server at an instant, added up claim by claim. */
static void check_instant(const struct plenum_capacity_claim *claims, size_t count, int64_t at_ms)
{
    int64_t milli[4] = {0}, cores = 0, memory = 0;
    for (size_t i = 0; i < count; i++) {
        if (claims[i].from_ms > at_ms || claims[i].until_ms <= at_ms)
            continue;
        cores += claims[i].cores;
        memory += claims[i].memory_bytes;
        for (int k = 0; k < 4; k++)
            milli[k] += claims[i].accelerators >> k & 1 ? claims[i].milli : 0;
    }
    for (int k = 0; k < 4; k++)
        assert_in_range(milli[k], 0, 1000);
    assert_in_range(cores, 0, 64);
    assert_in_range(memory, 0, INT64_C(256) << 30);
}

void claims_check(const struct plenum_ledger *ledger, int32_t servers)
{
    static struct plenum_capacity_claim claims[1024];
    static int64_t instants[1024];
    for (int32_t server = 0; server < servers; server++) {
        size_t count = plenum_capacity_claims_on(ledger, server, claims, 1024);
        assert_true(count <= 1024);
        for (size_t i = 0; i < count; i++)
            instants[i] = claims[i].from_ms;
        qsort(instants, count, sizeof *instants, compare_instants);
        for (size_t i = 0; i < count; i++)
            check_instant(claims, count, instants[i]);
    }
}
