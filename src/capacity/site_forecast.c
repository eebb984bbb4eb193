/* A pool a chip, in thousandths of an accelerator, and one of cores for jobs that ask for none. */
#include "capacity/site_forecast.h"

#include "base/check.h"
#include "base/memory.h"
#include "capacity/site_queue.h"

#include <plenum/calendar.h>
#include <stdlib.h>

#define SLOT_MS INT64_C(120000)

enum { SLOTS = 14 * 24 * 30, JOBS_MAX = 1 << 24, FOUND_MAX = 16 };

/* Where a job could start, as the pool was then. What asks for no less, and may start no sooner, is
 * not before it: in a reading pools only lose. */
struct found {
    int64_t width, length_ms, start_ms;
    int32_t class;
};

struct waiting {
    uint64_t job;
    int64_t planned_ms; /* its window's begin, or PLENUM_FOREVER */
    int64_t turn;       /* without a window: which of these it would be given one as */
    int64_t earliest_ms, length_ms, width;
    int32_t class;
    int64_t start_ms;
};

struct site_forecast {
    const struct plenum_site *site;
    struct plenum_calendar_pool **pools; /* by chip; last: cores of servers without accelerators */
    int64_t *growth_ms;                  /* likewise: when the next rack is expected */
    struct waiting *jobs;
    size_t count, capacity;
    struct found found[FOUND_MAX]; /* the last ones, round and round */
    size_t found_count;
    int64_t now_ms;
    struct site_tenants tenants;
    struct site_queue *queue;
};

struct site_forecast *site_forecast_create(const struct plenum_site *site)
{
    struct site_forecast *forecast = memory_new(1, sizeof *forecast);
    forecast->site = site;
    forecast->pools = memory_new((size_t)site->chip_count + 1, sizeof *forecast->pools);
    forecast->growth_ms = memory_new((size_t)site->chip_count + 1, sizeof *forecast->growth_ms);
    site_tenants_init(&forecast->tenants, site);
    forecast->queue = site_queue_create(site);
    return forecast;
}

static void drop_pools(struct site_forecast *forecast)
{
    for (int32_t i = 0; i <= forecast->site->chip_count; i++) {
        plenum_calendar_pool_destroy(forecast->pools[i]);
        forecast->pools[i] = NULL;
        forecast->growth_ms[i] = PLENUM_FOREVER;
    }
}

void site_forecast_destroy(struct site_forecast *forecast)
{
    if (!forecast)
        return;
    drop_pools(forecast);
    site_queue_destroy(forecast->queue);
    site_tenants_finish(&forecast->tenants);
    free(forecast->pools);
    free(forecast->growth_ms);
    free(forecast->jobs);
    free(forecast);
}

/* --- racks ------------------------------------------------------------------------------------ */

int64_t site_rack_expected_ms(const struct plenum_ledger *ledger, int32_t rack)
{
    const struct plenum_site *site = plenum_ledger_site(ledger);
    const struct plenum_world *world = &site->world;
    const int64_t *row = plenum_ledger_row(ledger, PLENUM_RACK, (uint64_t)rack);
    int64_t now_ms = plenum_ledger_now_ms(ledger), at_ms = row[PLENUM_FIELD_SINCE_MS];
    switch ((enum plenum_rack_state)row[PLENUM_FIELD_STATE]) {
    case PLENUM_RACK_ORDERED:
    case PLENUM_RACK_BUILT:
    case PLENUM_RACK_SHIPPED:
        at_ms = site->racks[rack].arrive_ms + world->cabling_ms + world->burn_in_ms;
        break;
    case PLENUM_RACK_AT_DOCK:
    case PLENUM_RACK_CARRIED:
    case PLENUM_RACK_PLACED:
        at_ms += world->cabling_ms + world->burn_in_ms;
        break;
    case PLENUM_RACK_FAILED:
        at_ms += world->repair_ms + world->burn_in_ms;
        break;
    case PLENUM_RACK_RETIRED:
        return PLENUM_FOREVER;
    default:
        at_ms += world->burn_in_ms;
    }
    return at_ms > now_ms ? at_ms : now_ms;
}

/* --- pools ------------------------------------------------------------------------------------ */

static struct plenum_calendar_pool *pool_of(struct site_forecast *forecast, int32_t class)
{
    const struct plenum_calendar_span span = {forecast->now_ms, SLOT_MS, SLOTS};
    if (!forecast->pools[class])
        forecast->pools[class] = plenum_calendar_pool_create(&span, 0);
    return forecast->pools[class];
}

/* What does not fit was taken from servers that are gone since: it is left out. */
static void add(struct site_forecast *forecast, int32_t class, int64_t from_ms, int64_t until_ms,
                int64_t amount)
{
    struct plenum_error error;
    if (plenum_calendar_pool_add(pool_of(forecast, class), from_ms, until_ms, amount, &error) !=
        PLENUM_OK)
        return;
}

static void add_servers(struct site_forecast *forecast, const struct plenum_ledger *ledger)
{
    const struct plenum_site *site = forecast->site;
    int64_t end_ms = forecast->now_ms + SLOTS * SLOT_MS;
    for (int32_t rack = 0; rack < site->rack_count; rack++) {
        const struct plenum_rack_model *model = &site->rack_models[site->racks[rack].model];
        bool serves = plenum_ledger_get(ledger, PLENUM_RACK, (uint64_t)rack, PLENUM_FIELD_STATE) ==
                      PLENUM_RACK_IN_SERVICE;
        int64_t from_ms = serves ? forecast->now_ms : site_rack_expected_ms(ledger, rack);
        for (int32_t i = 0; i < model->server_kind_count && from_ms < end_ms; i++) {
            const struct plenum_server_model *server =
                &site->server_models[model->servers[i].model];
            bool bare = server->accelerators == 0;
            int32_t class = bare ? site->chip_count : server->accelerator_chip;
            if (!serves && from_ms < forecast->growth_ms[class])
                forecast->growth_ms[class] = from_ms;
            add(forecast, class, from_ms, end_ms,
                (int64_t)model->servers[i].count *
                    (bare ? server->cores : server->accelerators * INT64_C(1000)));
        }
    }
}

/* --- jobs ------------------------------------------------------------------------------------- */

/* A job that names no chip counts with the chip of the server it holds, else with the first. */
static int32_t class_of(const struct site_forecast *forecast, const struct plenum_ledger *ledger,
                        uint64_t job, const int64_t *row)
{
    const struct plenum_site *site = forecast->site;
    struct plenum_capacity_claim claim;
    if (row[PLENUM_JOB_ACCELERATORS] == 0)
        return site->chip_count;
    if (row[PLENUM_JOB_CHIP] != PLENUM_NONE)
        return (int32_t)row[PLENUM_JOB_CHIP];
    if (plenum_capacity_claims_of(ledger, plenum_ref(PLENUM_JOB, job), &claim, 1) > 0)
        return site->server_models[site->servers[claim.server].model].accelerator_chip;
    for (int32_t i = 0; i < site->server_model_count; i++)
        if (site->server_models[i].accelerators > 0)
            return site->server_models[i].accelerator_chip;
    return site->chip_count;
}

static void add_job(struct site_forecast *forecast, const struct plenum_ledger *ledger,
                    uint64_t job, const int64_t *row)
{
    int64_t state = row[PLENUM_FIELD_STATE];
    bool fixed = state == PLENUM_JOB_RUNNING ||
                 (state == PLENUM_JOB_RESERVED && row[PLENUM_JOB_PROMISED_MS] != 0);
    int64_t each = row[PLENUM_JOB_ACCELERATORS] > 0
                       ? row[PLENUM_JOB_ACCELERATORS] * row[PLENUM_JOB_MILLI]
                       : row[PLENUM_JOB_CORES];
    struct waiting waiting = {.job = job,
                              .planned_ms = row[PLENUM_JOB_START_MS],
                              .earliest_ms = row[PLENUM_JOB_EARLIEST_MS],
                              .length_ms = row[PLENUM_JOB_LEFT_MS],
                              .width = each * row[PLENUM_JOB_SERVERS],
                              .class = class_of(forecast, ledger, job, row),
                              .start_ms = PLENUM_FOREVER};
    if (state > PLENUM_JOB_RUNNING || waiting.width == 0)
        return;
    if (fixed) {
        add(forecast, waiting.class, row[PLENUM_JOB_START_MS], row[PLENUM_JOB_END_MS],
            -waiting.width);
        waiting.start_ms = row[PLENUM_JOB_START_MS];
        waiting.class = PLENUM_NONE;
    }
    ARRAY_PUSH(forecast->jobs, forecast->count, forecast->capacity, JOBS_MAX) = waiting;
}

/* By window; those without one after them, in the order of their turns. */
static int compare_planned(const void *a, const void *b)
{
    const struct waiting *x = a, *y = b;
    if (x->planned_ms != y->planned_ms)
        return x->planned_ms < y->planned_ms ? -1 : 1;
    if (x->turn != y->turn)
        return x->turn < y->turn ? -1 : 1;
    return (x->job > y->job) - (x->job < y->job);
}

static int compare_ids(const void *a, const void *b)
{
    const struct waiting *x = a, *y = b;
    return (x->job > y->job) - (x->job < y->job);
}

static struct waiting *find_job(const struct site_forecast *forecast, uint64_t job)
{
    const struct waiting key = {.job = job};
    return forecast->count == 0 ? NULL
                                : bsearch(&key, forecast->jobs, forecast->count,
                                          sizeof *forecast->jobs, compare_ids);
}

/* As if each job that waits were given a window when its turn comes. The jobs stand by id. */
static void find_turns(struct site_forecast *forecast, const struct plenum_ledger *ledger)
{
    uint64_t job;
    site_tenants_read(&forecast->tenants, ledger);
    site_queue_fill(forecast->queue, ledger, &forecast->tenants);
    for (int64_t turn = 1; (job = site_queue_next(forecast->queue)) != 0; turn++) {
        struct waiting *waiting = find_job(forecast, job);
        if (waiting)
            waiting->turn = turn;
        site_queue_placed(forecast->queue, plenum_ledger_row(ledger, PLENUM_JOB, job),
                          forecast->now_ms);
    }
}

/* From when on the job is looked for. */
static int64_t not_before(const struct site_forecast *forecast, const struct waiting *waiting)
{
    int64_t from_ms =
        waiting->earliest_ms > forecast->now_ms ? waiting->earliest_ms : forecast->now_ms;
    for (size_t i = 0; i < FOUND_MAX && i < forecast->found_count; i++) {
        const struct found *found = &forecast->found[i];
        if (found->class == waiting->class && found->width <= waiting->width &&
            found->length_ms <= waiting->length_ms && found->start_ms > from_ms)
            from_ms = found->start_ms;
    }
    return from_ms;
}

/* The earliest start in its pool; PLENUM_FOREVER: none in the horizon. */
static int64_t find_start(struct site_forecast *forecast, const struct waiting *waiting)
{
    int64_t end_ms = forecast->now_ms + SLOTS * SLOT_MS, start_ms;
    int64_t from_ms = not_before(forecast, waiting);
    if (from_ms >= end_ms ||
        !plenum_calendar_pool_find(pool_of(forecast, waiting->class), waiting->width,
                                   waiting->length_ms, from_ms, end_ms, &start_ms))
        start_ms = PLENUM_FOREVER;
    if (waiting->earliest_ms <= forecast->now_ms)
        forecast->found[forecast->found_count++ % FOUND_MAX] =
            (struct found){waiting->width, waiting->length_ms, start_ms, waiting->class};
    return start_ms;
}

/* The earliest start in the pool, never later than the window that it has already; and that window
 * where no rack comes before it, since it knows which servers are free. */
static void foretell(struct site_forecast *forecast, struct waiting *waiting)
{
    int64_t end_ms = forecast->now_ms + SLOTS * SLOT_MS;
    int64_t start_ms = find_start(forecast, waiting);
    bool grows = waiting->planned_ms == PLENUM_FOREVER ||
                 forecast->growth_ms[waiting->class] < waiting->planned_ms;
    waiting->start_ms = grows && start_ms < waiting->planned_ms ? start_ms : waiting->planned_ms;
    if (waiting->start_ms < end_ms)
        add(forecast, waiting->class, waiting->start_ms, waiting->start_ms + waiting->length_ms,
            -waiting->width);
}

void site_forecast_read(struct site_forecast *forecast, const struct plenum_ledger *ledger)
{
    size_t cursor = 0;
    uint64_t job;
    const int64_t *row;
    forecast->now_ms = plenum_ledger_now_ms(ledger);
    forecast->count = forecast->found_count = 0;
    drop_pools(forecast);
    add_servers(forecast, ledger);
    while (plenum_ledger_walk(ledger, PLENUM_JOB, &cursor, &job, &row))
        add_job(forecast, ledger, job, row);
    if (forecast->count < 1)
        return;
    qsort(forecast->jobs, forecast->count, sizeof *forecast->jobs, compare_ids);
    find_turns(forecast, ledger);
    qsort(forecast->jobs, forecast->count, sizeof *forecast->jobs, compare_planned);
    for (size_t i = 0; i < forecast->count; i++)
        if (forecast->jobs[i].class != PLENUM_NONE)
            foretell(forecast, &forecast->jobs[i]);
    qsort(forecast->jobs, forecast->count, sizeof *forecast->jobs, compare_ids);
}

int64_t site_forecast_start(const struct site_forecast *forecast, uint64_t job)
{
    const struct waiting *found = find_job(forecast, job);
    return found ? found->start_ms : PLENUM_FOREVER;
}
