/* The report is one JSON document; the lines for people are made from that document, so that both
 * always say the same. */
#include <plenum/quota.h>
#include <plenum/report.h>

#include "base/check.h"
#include "base/instant.h"
#include "base/memory.h"
#include "engine/legs.h"
#include "engine/tally.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static const double HOUR_MS = 3600000.0;

static void put(json_t *object, const char *key, json_t *value)
{
    CHECK(json_object_set_new(object, key, value) == 0);
}

static void put_integer(json_t *object, const char *key, int64_t value)
{
    put(object, key, json_integer(value));
}

/* A value under a name of ours as a key: "at-dock" and "rack.serve" become at_dock, rack_serve. */
static void put_named(json_t *object, const char *name, int64_t value)
{
    char key[64];
    size_t length = strlen(name);
    CHECK(length < sizeof key);
    for (size_t i = 0; i <= length; i++)
        key[i] = (char)(name[i] == '-' || name[i] == '.' ? '_' : name[i]);
    put_integer(object, key, value);
}

static void put_real(json_t *object, const char *key, double value)
{
    put(object, key, json_real(value));
}

/* --- parts ------------------------------------------------------------------------------------ */

/* How many entities of a kind are in each state. */
static json_t *report_states(const struct plenum_ledger *ledger, uint32_t kind)
{
    int64_t counts[32] = {0};
    size_t cursor = 0;
    uint64_t id;
    const int64_t *row;
    CHECK(plenum_kind_state_count(kind) <= 32);
    while (plenum_ledger_walk(ledger, kind, &cursor, &id, &row))
        counts[row[PLENUM_FIELD_STATE]]++;
    json_t *states = json_object();
    for (int32_t i = 0; i < plenum_kind_state_count(kind); i++)
        put_named(states, plenum_state_name(kind, i), counts[i]);
    return states;
}

/* Thousandths x milliseconds to accelerator-hours. */
static double hours(int64_t milli_ms)
{
    return (double)milli_ms / 1000.0 / HOUR_MS;
}

/* Of each chip at the end: what is sold, what could be, and what is stranded, by cause. */
static json_t *report_chips(const struct plenum_ledger *ledger)
{
    const struct plenum_site *site = plenum_ledger_site(ledger);
    struct plenum_quota *quota = plenum_quota_create(site);
    json_t *chips = json_array();
    plenum_quota_read(quota, ledger);
    for (int32_t i = 0; i < plenum_quota_chip_count(quota); i++) {
        const struct plenum_quota_chip *chip = plenum_quota_chip(quota, i);
        json_t *object = json_object(), *stranded = json_object();
        put(object, "name", json_string(site->chips[chip->chip].name));
        put_real(object, "accelerators", (double)chip->all_milli / 1000.0);
        put_real(object, "sold", (double)chip->sold_milli / 1000.0);
        put_real(object, "usable", (double)chip->usable_milli / 1000.0);
        put_real(object, "usable_whole_servers", (double)chip->whole_milli / 1000.0);
        for (int cause = 0; cause < PLENUM_STRANDED_CAUSE_COUNT; cause++)
            if (chip->stranded_milli[cause] > 0)
                put_real(stranded, plenum_stranded_cause_name((enum plenum_stranded_cause)cause),
                         (double)chip->stranded_milli[cause] / 1000.0);
        put(object, "stranded", stranded);
        json_array_append_new(chips, object);
    }
    plenum_quota_destroy(quota);
    return chips;
}

static json_t *report_capacity(const struct tally *tally, const struct plenum_ledger *ledger)
{
    int64_t asked = 0, sold = 0, devices = 0;
    for (int32_t i = 0; i < tally->site->tenant_count; i++) {
        asked += tally->tenants[i].asked_milli_ms;
        sold += tally->tenants[i].sold_milli_ms;
    }
    for (int32_t i = 0; i < tally->site->server_count; i++)
        devices += tally->site->server_models[tally->site->servers[i].model].accelerators;
    json_t *capacity = json_object();
    put_integer(capacity, "accelerators", devices);
    put_integer(capacity, "accelerators_offered_now", tally->offered_devices);
    put_real(capacity, "offered_accelerator_hours", hours(tally->offered_milli_ms));
    put_real(capacity, "asked_accelerator_hours", hours(asked));
    put_real(capacity, "sold_accelerator_hours", hours(sold));
    put_real(capacity, "bound_accelerator_hours", hours(tally->bound_milli_ms));
    if (tally->bound_milli_ms > 0)
        put_real(capacity, "sold_percent_of_bound",
                 100.0 * (double)sold / (double)tally->bound_milli_ms);
    put(capacity, "chips_at_the_end", report_chips(ledger));
    return capacity;
}

/* All jobs ever asked for, and where those stand that are not over: an ended job has left the
 * ledger. */
static json_t *report_jobs(const struct tally *tally, const struct plenum_ledger *ledger)
{
    json_t *jobs = json_object();
    uint64_t asked = 0, finished = 0, cancelled = 0, preemptions = 0;
    for (int32_t i = 0; i < tally->site->tenant_count; i++) {
        asked += tally->tenants[i].jobs_asked;
        finished += tally->tenants[i].jobs_finished;
        cancelled += tally->tenants[i].jobs_cancelled;
        preemptions += tally->tenants[i].preemptions;
    }
    put_integer(jobs, "asked", (int64_t)asked);
    put_integer(jobs, "finished", (int64_t)finished);
    put_integer(jobs, "cancelled", (int64_t)cancelled);
    put_integer(jobs, "put_back", (int64_t)preemptions);
    put_integer(jobs, "moved", (int64_t)tally->taken[PLENUM_COMMAND_JOB_MOVE]);
    put(jobs, "waiting_or_running", report_states(ledger, PLENUM_JOB));
    return jobs;
}

static int compare_waits(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void put_waits(json_t *object, struct tally_waits *waits)
{
    if (waits->count == 0)
        return;
    qsort(waits->ms, waits->count, sizeof *waits->ms, compare_waits);
    int64_t sum = 0;
    for (size_t i = 0; i < waits->count; i++)
        sum += waits->ms[i];
    put_integer(object, "wait_ms_mean", sum / (int64_t)waits->count);
    put_integer(object, "wait_ms_p50", waits->ms[waits->count / 2]);
    put_integer(object, "wait_ms_p95", waits->ms[waits->count * 95 / 100]);
    put_integer(object, "wait_ms_max", waits->ms[waits->count - 1]);
}

/* Errors without their sign: how far starts were from where they were foretold. */
static void put_distances(json_t *object, const struct tally_waits *errors)
{
    const int64_t near_ms = 5 * 60 * 1000;
    int64_t *ms = memory_new(errors->count, sizeof *ms), sum = 0, sum_signed = 0, near = 0;
    int64_t count = (int64_t)errors->count;
    for (size_t i = 0; i < errors->count; i++) {
        ms[i] = errors->ms[i] < 0 ? -errors->ms[i] : errors->ms[i];
        sum += ms[i];
        sum_signed += errors->ms[i];
        near += ms[i] <= near_ms;
    }
    qsort(ms, errors->count, sizeof *ms, compare_waits);
    put_integer(object, "error_ms_mean", sum_signed / count);
    put_integer(object, "error_abs_ms_mean", sum / count);
    put_integer(object, "error_abs_ms_p50", ms[errors->count / 2]);
    put_integer(object, "error_abs_ms_p95", ms[errors->count * 95 / 100]);
    put_real(object, "within_5_min_percent", 100.0 * (double)near / (double)count);
    free(ms);
}

/* Of jobs that waited, the first start that they were told against the one they had; and of those
 * whose start was sold, how many began then. */
static json_t *report_predictions(const struct tally *tally)
{
    const struct tally_predictions *predictions = &tally->predictions;
    json_t *object = json_object();
    put_integer(object, "foretold", (int64_t)predictions->errors.count);
    if (predictions->errors.count > 0)
        put_distances(object, &predictions->errors);
    put_integer(object, "sold_started", (int64_t)predictions->sold);
    put_integer(object, "sold_on_time", (int64_t)predictions->sold_on_time);
    return object;
}

/* Those who ask for jobs: who has others under it does not. */
static json_t *report_tenants(struct tally *tally)
{
    json_t *tenants = json_array();
    for (int32_t i = 0; i < tally->site->tenant_count; i++) {
        struct tally_tenant *sums = &tally->tenants[i];
        if (tally->site->tenants[i].child_count > 0)
            continue;
        json_t *tenant = json_object();
        int32_t parent = tally->site->tenants[i].parent;
        put(tenant, "name", json_string(tally->site->tenants[i].name));
        put(tenant, "under",
            parent == PLENUM_NONE ? json_null() : json_string(tally->site->tenants[parent].name));
        put_integer(tenant, "jobs_asked", (int64_t)sums->jobs_asked);
        put_integer(tenant, "jobs_started", (int64_t)sums->jobs_started);
        put_integer(tenant, "jobs_finished", (int64_t)sums->jobs_finished);
        put_integer(tenant, "jobs_cancelled", (int64_t)sums->jobs_cancelled);
        put_integer(tenant, "preemptions", (int64_t)sums->preemptions);
        put_real(tenant, "asked_accelerator_hours", hours(sums->asked_milli_ms));
        put_real(tenant, "sold_accelerator_hours", hours(sums->sold_milli_ms));
        put_waits(tenant, &sums->waits);
        json_array_append_new(tenants, tenant);
    }
    return tenants;
}

/* An errand is one place to be; a task is two. The bound is robots that never wait, over the mean
 * shortest way from one place to the next. */
static json_t *report_robots(const struct tally *tally, const struct plenum_ledger *ledger)
{
    const struct plenum_site *site = tally->site;
    json_t *robots = json_object();
    double run_hours = (double)(tally->last_ms - tally->first_ms) / HOUR_MS;
    double robot_hours = run_hours * site->robot_count;
    int64_t moves = 0, leg_milli = legs_mean_milli(site, tally->legs, tally->leg_count);
    for (int32_t i = 0; i < site->robot_count; i++)
        moves += plenum_floor_moves(ledger, i);
    put_integer(robots, "count", site->robot_count);
    put(robots, "states", report_states(ledger, PLENUM_ROBOT));
    put_integer(robots, "errands_done", (int64_t)tally->errands_done);
    put_integer(robots, "tote_tasks_done", (int64_t)tally->tasks_done[PLENUM_LOAD_TOTE]);
    put_integer(robots, "rack_tasks_done", (int64_t)tally->tasks_done[PLENUM_LOAD_RACK]);
    put_integer(robots, "part_tasks_done", (int64_t)tally->tasks_done[PLENUM_LOAD_PART]);
    put_integer(robots, "robots_fetched", (int64_t)tally->tasks_done[PLENUM_LOAD_ROBOT]);
    put_integer(robots, "moves", moves);
    if (robot_hours > 0)
        put_real(robots, "errands_per_robot_hour", (double)tally->errands_done / robot_hours);
    put_real(robots, "mean_shortest_leg_moves", (double)leg_milli / 1000.0);
    if (leg_milli > 0)
        put_real(robots, "bound_errands_per_robot_hour",
                 HOUR_MS / site->step_ms / ((double)leg_milli / 1000.0));
    return robots;
}

static json_t *report_flights(const struct tally *tally, const struct plenum_ledger *ledger)
{
    json_t *flights = json_object();
    put_integer(flights, "planned", (int64_t)tally->flights_planned);
    put_integer(flights, "ended", (int64_t)tally->flights_ended);
    put_integer(flights, "deliveries_landed", (int64_t)tally->deliveries_landed);
    put_integer(flights, "deliveries_waiting",
                (int64_t)plenum_ledger_count(ledger, PLENUM_DELIVERY));
    put(flights, "drones", report_states(ledger, PLENUM_DRONE));
    return flights;
}

static json_t *report_power(const struct plenum_ledger *ledger)
{
    const struct plenum_site *site = plenum_ledger_site(ledger);
    json_t *nodes = json_array();
    for (int32_t i = 0; i < site->power_node_count; i++) {
        int64_t lost_w = 0;
        for (int32_t feed = 0; feed < site->feed_count; feed++) {
            int64_t peak_w = plenum_power_peak_w(ledger, i, feed);
            lost_w = peak_w > lost_w ? peak_w : lost_w;
        }
        json_t *node = json_object();
        put(node, "node", json_string(site->power_nodes[i].name));
        put_integer(node, "limit_w", site->power_nodes[i].limit_w);
        put_integer(node, "peak_w", plenum_power_peak_w(ledger, i, PLENUM_NONE));
        put_integer(node, "failover_limit_w", site->power_nodes[i].failover_limit_w);
        put_integer(node, "peak_one_feed_lost_w", lost_w);
        json_array_append_new(nodes, node);
    }
    return nodes;
}

static json_t *report_commands(const struct tally *tally)
{
    json_t *commands = json_object(), *taken = json_object(), *refused = json_object();
    for (int i = 0; i < PLENUM_COMMAND_KIND_COUNT; i++)
        if (tally->taken[i] > 0)
            put_named(taken, plenum_command_kind_name((enum plenum_command_kind)i),
                      (int64_t)tally->taken[i]);
    for (int i = 0; i < PLENUM_REASON_COUNT; i++)
        if (tally->refused[i] > 0)
            put_named(refused, plenum_reason_name((enum plenum_reason)i),
                      (int64_t)tally->refused[i]);
    put(commands, "taken", taken);
    put(commands, "refused", refused);
    return commands;
}

static json_t *report_wall(const struct plenum_engine *engine)
{
    json_t *wall = json_object();
    double all = 0;
    for (int i = 0; i < PLENUM_METER_COUNT; i++) {
        double seconds = (double)plenum_engine_spent_ns(engine, (enum plenum_meter)i) / 1e9;
        put_real(wall, plenum_meter_name((enum plenum_meter)i), seconds);
        all += seconds;
    }
    put_real(wall, "all", all);
    return wall;
}

/* --- the whole -------------------------------------------------------------------------------- */

static json_t *report_make(struct plenum_engine *engine, struct tally *tally,
                           const struct plenum_journal_stat *stat)
{
    const struct plenum_ledger *ledger = plenum_engine_ledger(engine);
    char from[INSTANT_TEXT], until[INSTANT_TEXT], hash[65];
    plenum_ledger_state_hash(ledger, hash);
    json_t *report = json_object(), *journal = json_object();
    put(report, "site", json_string(tally->site->name));
    put_integer(report, "seed", (int64_t)tally->site->seed);
    put(report, "from", json_string(instant_format(tally->first_ms, from)));
    put(report, "until", json_string(instant_format(tally->last_ms, until)));
    put_integer(report, "site_seconds", (tally->last_ms - tally->first_ms) / 1000);
    put(report, "state_hash", json_string(hash));
    put(report, "racks", report_states(ledger, PLENUM_RACK));
    put(report, "jobs", report_jobs(tally, ledger));
    put(report, "capacity", report_capacity(tally, ledger));
    put(report, "predictions", report_predictions(tally));
    put(report, "tenants", report_tenants(tally));
    put(report, "robots", report_robots(tally, ledger));
    put(report, "flights", report_flights(tally, ledger));
    put(report, "power", report_power(ledger));
    put(report, "commands", report_commands(tally));
    put_integer(journal, "rows", (int64_t)stat->rows);
    put_integer(journal, "bytes", stat->bytes);
    put(report, "journal", journal);
    put(report, "wall_seconds", report_wall(engine));
    return report;
}

/* One line a figure: "capacity.sold_accelerator_hours  1234.5". */
static void print_lines(const char *path, json_t *value, FILE *out)
{
    char below[256];
    const char *key;
    json_t *member;
    size_t index;
    if (json_is_object(value)) {
        json_object_foreach(value, key, member)
        {
            snprintf(below, sizeof below, "%s%s%s", path, *path ? "." : "", key);
            print_lines(below, member, out);
        }
    } else if (json_is_array(value)) {
        json_array_foreach(value, index, member)
        {
            json_t *name = json_object_get(member, "name");
            name = name ? name : json_object_get(member, "node");
            snprintf(below, sizeof below, "%s.%s", path, name ? json_string_value(name) : "");
            print_lines(below, member, out);
        }
    } else if (json_is_string(value)) {
        fprintf(out, "%-56s %s\n", path, json_string_value(value));
    } else if (json_is_null(value)) {
        fprintf(out, "%-56s -\n", path);
    } else if (json_is_integer(value)) {
        fprintf(out, "%-56s %lld\n", path, (long long)json_integer_value(value));
    } else {
        fprintf(out, "%-56s %.3f\n", path, json_real_value(value));
    }
}

static bool take_row(void *context, const struct plenum_journal_row *row)
{
    tally_row(context, row);
    return true;
}

enum plenum_status plenum_report_write(struct plenum_engine *engine, bool json, FILE *out,
                                       struct plenum_error *error)
{
    struct plenum_journal *journal = plenum_engine_journal(engine);
    if (!journal)
        return plenum_fail(error, PLENUM_INPUT, "a report needs a journal; none is kept");
    struct plenum_journal_stat stat;
    struct tally *tally = memory_new(1, sizeof *tally);
    tally_init(tally, plenum_ledger_site(plenum_engine_ledger(engine)));
    plenum_engine_sync(engine);
    enum plenum_status status = plenum_journal_walk(journal, 1, take_row, tally, error);
    if (status == PLENUM_OK)
        status = plenum_journal_stat(journal, &stat, error);
    if (status == PLENUM_OK) {
        json_t *report = report_make(engine, tally, &stat);
        if (json)
            json_dumpf(report, out, JSON_INDENT(2) | JSON_REAL_PRECISION(9));
        else
            print_lines("", report, out);
        if (json)
            fputc('\n', out);
        json_decref(report);
        if (ferror(out) || fflush(out) != 0)
            status = plenum_fail(error, PLENUM_IO, "the report could not be written");
    }
    tally_finish(tally);
    free(tally);
    return status;
}
