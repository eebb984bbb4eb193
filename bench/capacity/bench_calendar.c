/* Speed of the calendar: find the earliest window and book it, or cancel.
 *
 * 182 days in minutes. Servers of 8 and 2 devices as in the openb cluster (4 to 1 by devices), in
 * racks of 8. A gang asks for 1, 2, 4 .. 512 devices (all equally likely) for 1 to 72 hours, from
 * a random instant on. The calendar is filled until the asked part of all device time is booked;
 * then a random booking is cancelled and another made, over and over, and these are counted: each
 * cancel, and each find with its book, is one operation. Lines of a million bookings ask for 1 to
 * 32 devices. Time is that of the process on a core; each line has a process of its own, and MB is
 * the most that it had in memory, the bench's own list of 32 bytes a booking among it. */
#include "base/memory.h"
#include "base/random.h"

#include <inttypes.h>
#include <plenum/calendar.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SLOTS = 182 * 1440, MINUTE_MS = 60000, GANGS = 10, SMALL_GANGS = 6 };

static const struct plenum_calendar_span span = {0, MINUTE_MS, SLOTS};

struct bench {
    struct random random;
    struct plenum_calendar *calendar; /* one of the two */
    struct plenum_calendar_pool *pool;
    int64_t gpus;
    uint64_t gangs; /* sizes that are asked for: 1, 2, 4 and so on */
    struct made {
        int64_t start_ms, end_ms, gpus;
        uint32_t booking;
    } * made;
    size_t made_count, made_capacity;
    int64_t booked_minutes;
};

/* Time of this process on a core: others may share the machine. */
static int64_t cpu_now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static struct plenum_calendar_server *servers_new(int64_t gpus, size_t *count)
{
    size_t eights = (size_t)(gpus * 4 / 5 / 8), twos = ((size_t)gpus - eights * 8) / 2;
    struct plenum_calendar_server *servers = memory_new(eights + twos, sizeof *servers);
    *count = eights + twos;
    for (size_t i = 0; i < *count; i++) {
        servers[i].gpus = i < eights ? 8 : 2;
        servers[i].groups[PLENUM_CALENDAR_RACK] = (int32_t)(i / 8);
        servers[i].domain = (int32_t)(i / 8);
    }
    return servers;
}

static bool find_and_book(struct bench *bench, struct made *made, int64_t earliest_ms,
                          int64_t length_ms)
{
    struct plenum_calendar_offer offer;
    struct plenum_error error;
    if (bench->calendar == NULL) {
        if (!plenum_calendar_pool_find(bench->pool, made->gpus, length_ms, earliest_ms, INT64_MAX,
                                       &made->start_ms))
            return false;
        made->end_ms = made->start_ms + length_ms;
        return plenum_calendar_pool_add(bench->pool, made->start_ms, made->end_ms, -made->gpus,
                                        &error) == PLENUM_OK;
    }
    const struct plenum_calendar_request request = {
        .gpus = (int32_t)made->gpus,
        .length_ms = length_ms,
        .earliest_ms = earliest_ms,
        .latest_ms = INT64_MAX,
        .types = UINT64_MAX,
    };
    if (plenum_calendar_find(bench->calendar, &request, &offer, &error) != PLENUM_OK)
        return false;
    made->start_ms = offer.start_ms;
    made->end_ms = offer.end_ms;
    return plenum_calendar_book(bench->calendar, &offer, &made->booking, &error) == PLENUM_OK;
}

static bool make(struct bench *bench)
{
    int64_t length_ms = random_between(&bench->random, 60, 72 * 60) * MINUTE_MS;
    int64_t earliest_ms = random_between(&bench->random, 0, SLOTS - 1) * MINUTE_MS;
    struct made made = {.gpus = INT64_C(1) << random_below(&bench->random, bench->gangs)};
    if (!find_and_book(bench, &made, earliest_ms, length_ms))
        return false;
    bench->booked_minutes += made.gpus * (length_ms / MINUTE_MS);
    ARRAY_PUSH(bench->made, bench->made_count, bench->made_capacity, 1 << 28) = made;
    return true;
}

static void unmake(struct bench *bench)
{
    size_t at = (size_t)random_below(&bench->random, bench->made_count);
    struct made made = bench->made[at];
    struct plenum_error error;
    bench->made[at] = bench->made[--bench->made_count];
    bench->booked_minutes -= made.gpus * ((made.end_ms - made.start_ms) / MINUTE_MS);
    if (bench->calendar != NULL)
        plenum_calendar_cancel(bench->calendar, made.booking);
    else if (plenum_calendar_pool_add(bench->pool, made.start_ms, made.end_ms, made.gpus, &error) !=
             PLENUM_OK)
        abort();
}

static double booked(const struct bench *bench)
{
    return (double)bench->booked_minutes / ((double)bench->gpus * (double)SLOTS);
}

static void run(struct bench *bench, double level, int64_t operations)
{
    int64_t start_ns = cpu_now_ns(), fill = 0, refused = 0, done = 0;
    for (int64_t tries = 0; booked(bench) < level && tries < INT64_C(20000000); tries++, fill++)
        (void)make(bench);
    int64_t filled_ns = cpu_now_ns();
    while (done < operations) {
        if (booked(bench) >= level) {
            unmake(bench);
            done++;
        }
        refused += !make(bench);
        done++;
    }
    int64_t end_ns = cpu_now_ns();
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("%-8s %9" PRId64 " %8zu %7.2f %12.0f %12.0f %9.1f %7.0f\n",
           bench->calendar != NULL ? "servers" : "pool", bench->gpus, bench->made_count,
           booked(bench) * 100.0, (double)fill * 1e9 / (double)(filled_ns - start_ns + 1),
           (double)done * 1e9 / (double)(end_ns - filled_ns + 1),
           (double)refused * 100.0 / (double)done, (double)usage.ru_maxrss * 1024 / 1e6);
    fflush(stdout);
}

static void bench_servers(int64_t gpus, uint64_t gangs, double level, int64_t operations)
{
    size_t count;
    struct plenum_error error;
    struct bench bench = {.gpus = gpus, .gangs = gangs};
    struct plenum_calendar_server *servers = servers_new(gpus, &count);
    random_init(&bench.random, 1);
    if (plenum_calendar_create(&span, servers, count, &bench.calendar, &error) != PLENUM_OK)
        abort();
    run(&bench, level, operations);
    plenum_calendar_destroy(bench.calendar);
    free(bench.made);
    free(servers);
}

static void bench_pool(int64_t gpus, uint64_t gangs, double level, int64_t operations)
{
    struct bench bench = {.gpus = gpus, .gangs = gangs};
    random_init(&bench.random, 1);
    bench.pool = plenum_calendar_pool_create(&span, gpus);
    run(&bench, level, operations);
    plenum_calendar_pool_destroy(bench.pool);
    free(bench.made);
}

static const struct line {
    void (*bench)(int64_t gpus, uint64_t gangs, double level, int64_t operations);
    int64_t gpus;
    uint64_t gangs;
    double level;
    int64_t operations;
} lines[] = {
    {bench_pool, 6212, GANGS, 0.95, 1000000},
    {bench_pool, 100000, GANGS, 0.95, 1000000},
    {bench_pool, 100000, SMALL_GANGS, 0.95, 1000000},
    {bench_servers, 6212, GANGS, 0.80, 100000},
    {bench_servers, 6212, GANGS, 0.95, 100000},
    {bench_servers, 25000, GANGS, 0.95, 30000},
    {bench_servers, 100000, GANGS, 0.90, 20000},
    {bench_servers, 100000, SMALL_GANGS, 0.90, 20000},
};

int main(void)
{
    printf("%-8s %9s %8s %7s %12s %12s %9s %7s\n", "calendar", "devices", "bookings", "full %",
           "fill ops/s", "ops/s", "refused %", "MB");
    fflush(stdout);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        int status;
        pid_t child = fork();
        if (child == 0) {
            lines[i].bench(lines[i].gpus, lines[i].gangs, lines[i].level, lines[i].operations);
            return 0;
        }
        if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
            return 1;
    }
    printf("beside it: Slurm 22 takes 33 reservations a second when it has 2,000\n");
    return 0;
}
