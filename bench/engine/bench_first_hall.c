/* Steps a second of a whole site, without and with a journal, and where the time goes.
 * usage: bench_first_hall SITE [HOURS] */
#include <plenum/engine.h>

#include "base/wall.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void die(const struct plenum_error *error)
{
    fprintf(stderr, "bench_first_hall: %s\n", error->text);
    exit(1);
}

static void print_rooms(const struct plenum_engine *engine, double steps)
{
    for (int i = 0; i < PLENUM_METER_COUNT; i++)
        printf("  %s %.1f", plenum_meter_name((enum plenum_meter)i),
               (double)plenum_engine_spent_ns(engine, (enum plenum_meter)i) / steps / 1e3);
    printf("  us a step\n");
}

static void measure(const struct plenum_site *site, int64_t hours, const char *journal)
{
    struct plenum_error error;
    struct plenum_engine *engine;
    struct plenum_engine_options options = {.journal_path = journal};
    if (plenum_engine_create(site, &options, &engine, &error) != PLENUM_OK)
        die(&error);
    int64_t until_ms = site->start_ms + hours * 3600000;
    int64_t begin_ns = wall_now_ns(&wall_clock_system);
    if (plenum_engine_run(engine, until_ms, NULL, NULL, NULL, &error) != PLENUM_OK)
        die(&error);
    double seconds = (double)(wall_now_ns(&wall_clock_system) - begin_ns) / 1e9;
    double steps = (double)hours * 3600000 / site->step_ms;
    printf("%-16s %4lld h  %8.0f steps/s  %8.0f times life\n",
           journal ? "with journal" : "no journal", (long long)hours, steps / seconds,
           steps / seconds * site->step_ms / 1000);
    print_rooms(engine, steps);
    plenum_engine_destroy(engine);
}

int main(int argc, char **argv)
{
    struct plenum_error error;
    struct plenum_site *site;
    if (argc < 2) {
        fputs("usage: bench_first_hall SITE [HOURS]\n", stderr);
        return 2;
    }
    if (plenum_site_load(argv[1], &site, NULL, &error) != PLENUM_OK)
        die(&error);
    int64_t hours = argc > 2 ? strtol(argv[2], NULL, 10) : 6;
    char folder[] = "/tmp/plenum-bench-XXXXXX", path[64], beside[80];
    if (!mkdtemp(folder))
        return 1;
    snprintf(path, sizeof path, "%s/journal", folder);
    measure(site, hours, NULL);
    measure(site, hours, path);
    static const char *const tails[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
        snprintf(beside, sizeof beside, "%s%s", path, tails[i]);
        unlink(beside);
    }
    rmdir(folder);
    plenum_site_destroy(site);
    return 0;
}
