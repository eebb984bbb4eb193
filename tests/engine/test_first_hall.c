/* The example comes to the same state on every machine, compiler and build: two hours of it end in
 * the hash that stands in first_hall.hash. A change of what a planner decides changes it; then
 *
 *     UPDATE=1 build/tests/engine/test_engine_first_hall SITE tests/engine/first_hall.hash
 *
 * writes the new one, and the commit says why it changed.
 * usage: test_first_hall SITE HASH_FILE */
#include <plenum/engine.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *site_path, *hash_path;
static const int64_t RUN_MS = 2 * 3600000;

static void run(const struct plenum_site *site, unsigned threads, char hash[65])
{
    struct plenum_error error;
    struct plenum_engine *engine;
    struct plenum_engine_options options = {.threads = threads};
    assert_int_equal(plenum_engine_create(site, &options, &engine, &error), PLENUM_OK);
    assert_int_equal(plenum_engine_run(engine, site->start_ms + RUN_MS, NULL, NULL, NULL, &error),
                     PLENUM_OK);
    plenum_ledger_state_hash(plenum_engine_ledger(engine), hash);
    plenum_engine_destroy(engine);
}

static void two_hours_end_in_the_known_state(void **state)
{
    (void)state;
    struct plenum_error error;
    struct plenum_site *site;
    char hash[65], known[65] = "";
    assert_int_equal(plenum_site_load(site_path, &site, NULL, &error), PLENUM_OK);
    run(site, 2, hash);
    plenum_site_destroy(site);
    FILE *file = fopen(hash_path, getenv("UPDATE") ? "w" : "r");
    assert_non_null(file);
    if (getenv("UPDATE"))
        assert_true(fprintf(file, "%s\n", hash) > 0);
    else
        assert_non_null(fgets(known, sizeof known, file));
    assert_int_equal(fclose(file), 0);
    if (!getenv("UPDATE"))
        assert_string_equal(hash, known);
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fputs("usage: test_first_hall SITE HASH_FILE\n", stderr);
        return 2;
    }
    site_path = argv[1];
    hash_path = argv[2];
    const struct CMUnitTest tests[] = {cmocka_unit_test(two_hours_end_in_the_known_state)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
