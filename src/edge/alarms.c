/* One check a kind of trouble; each adds what it finds. */
#include "edge/alarms.h"

#include "base/check.h"
#include "base/instant.h"
#include "base/text.h"

#include <plenum/rack.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const int64_t MINUTE_MS = 60000;
static const int64_t BLOCKED_MS = 10 * MINUTE_MS; /* a robot under way for so long */
static const int64_t WAITING_MS = 60 * MINUTE_MS; /* a job in the queue for so long */
static const int64_t STUCK_MS = 24 * 60 * MINUTE_MS;
enum { LOW_MILLI = 10 }; /* of a limit: less than that is little headroom */

struct look { /* at a ledger */
    const struct plenum_ledger *ledger;
    const struct plenum_site *site;
    int64_t now_ms;
    struct alarms *alarms;
    size_t alike; /* of the check that runs */
};

const char *alarm_severity_name(enum alarm_severity severity)
{
    static const char *const names[] = {
#define X(code, name) name,
        ALARM_SEVERITIES(X)
#undef X
    };
    CHECK(severity < ALARM_SEVERITY_COUNT);
    return names[severity];
}

/* A new alarm, behind all that are as bad. */
static struct alarm *alarms_insert(struct alarms *alarms, enum alarm_severity severity,
                                   const char *code, const char *subject)
{
    CHECK(alarms->count < ALARMS_MAX);
    size_t at = alarms->count++;
    for (; at > 0 && alarms->items[at - 1].severity > severity; at--)
        alarms->items[at] = alarms->items[at - 1];
    struct alarm *alarm = &alarms->items[at];
    *alarm = (struct alarm){.severity = severity, .code = code};
    CHECK(text_format(alarm->subject, sizeof alarm->subject, "%s", subject));
    return alarm;
}

/* NULL where there are enough alike. */
static struct alarm *alarm_add(struct look *look, enum alarm_severity severity, const char *code,
                               const char *subject)
{
    struct alarms *alarms = look->alarms;
    if (look->alike == ALARMS_ALIKE_MAX || alarms->count == ALARMS_MAX) {
        alarms->left_out++;
        return NULL;
    }
    look->alike++;
    return alarms_insert(alarms, severity, code, subject);
}

/* Names are of 63 bytes at most, so that every text below fits. */
#define ALARM_SAY(member, ...) CHECK(text_format((member), sizeof(member), __VA_ARGS__))

/* A path and a name, as an address may have it (RFC 3986 section 2.1). */
static void say_view(struct alarm *alarm, const char *path, const char *name)
{
    size_t length = strlen(path);
    CHECK(length + 3 * strlen(name) < sizeof alarm->view);
    memcpy(alarm->view, path, length);
    for (char *to = alarm->view + length; *name; name++) {
        bool plain = (*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z') ||
                     (*name >= '0' && *name <= '9') || strchr("-._~", *name) != NULL;
        if (plain)
            *to++ = *name;
        else
            to += snprintf(to, 4, "%%%02X", (unsigned)(unsigned char)*name);
    }
}

static const char *since(int64_t at_ms, char text[INSTANT_TEXT])
{
    return instant_format(at_ms, text);
}

/* --- racks ------------------------------------------------------------------------------------ */

static const char *repair_stage(const struct look *look, uint64_t id, const int64_t *row)
{
    if (look->site->racks[id].dock == PLENUM_NONE)
        return "it waits for whoever repairs it";
    if (row[PLENUM_RACK_PART_MS] != 0)
        return "its spare part is there and is being put in";
    if (row[PLENUM_RACK_TASK] != 0)
        return "a robot brings its spare part";
    if (row[PLENUM_RACK_DELIVERY] == 0)
        return "its spare part is being asked for";
    int64_t state = plenum_ledger_get(look->ledger, PLENUM_DELIVERY,
                                      (uint64_t)row[PLENUM_RACK_DELIVERY], PLENUM_FIELD_STATE);
    if (state == PLENUM_DELIVERY_ASKED && plenum_stop_in_force(look->ledger, PLENUM_STOP_AIR))
        return "its spare part waits until drones may fly";
    return state == PLENUM_DELIVERY_ASKED     ? "its spare part waits for a drone"
           : state == PLENUM_DELIVERY_PLANNED ? "a drone is to bring its spare part"
           : state == PLENUM_DELIVERY_FLYING  ? "a drone brings its spare part"
                                              : "its spare part has landed";
}

static void check_failed_rack(struct look *look, uint64_t id, const int64_t *row)
{
    char when[INSTANT_TEXT];
    const char *name = look->site->racks[id].name;
    struct alarm *alarm = alarm_add(look, ALARM_WARNING, "rack-failed", name);
    if (!alarm)
        return;
    ALARM_SAY(alarm->reason, "failed at %s, for the %" PRId64 "%s time; %s",
              since(row[PLENUM_FIELD_SINCE_MS], when), row[PLENUM_RACK_FAILURES],
              row[PLENUM_RACK_FAILURES] == 1   ? "st"
              : row[PLENUM_RACK_FAILURES] == 2 ? "nd"
              : row[PLENUM_RACK_FAILURES] == 3 ? "rd"
                                               : "th",
              repair_stage(look, id, row));
    ALARM_SAY(alarm->todo, "nothing: its jobs were taken off, and it is repaired and tested again");
    ALARM_SAY(alarm->cli, "plenum rack show %s", name);
    say_view(alarm, "/racks?rack=", name);
}

static void check_late_rack(struct look *look, uint64_t id, const int64_t *row)
{
    char when[INSTANT_TEXT];
    const struct plenum_rack *rack = &look->site->racks[id];
    if (row[PLENUM_FIELD_STATE] >= PLENUM_RACK_AT_DOCK ||
        rack->arrive_ms + MINUTE_MS >= look->now_ms)
        return;
    struct alarm *alarm = alarm_add(look, ALARM_WARNING, "rack-late", rack->name);
    if (!alarm)
        return;
    ALARM_SAY(alarm->reason, "was to be at its dock at %s, and is %s", since(rack->arrive_ms, when),
              plenum_state_name(PLENUM_RACK, (int32_t)row[PLENUM_FIELD_STATE]));
    ALARM_SAY(alarm->todo, "ask the supplier");
    ALARM_SAY(alarm->cli, "plenum rack show %s", rack->name);
    say_view(alarm, "/racks?rack=", rack->name);
}

typedef void check_row(struct look *look, uint64_t id, const int64_t *row);

static void check_rows(struct look *look, uint32_t kind, int64_t state, check_row *check)
{
    size_t cursor = 0;
    uint64_t id;
    const int64_t *row;
    look->alike = 0;
    while (plenum_ledger_walk(look->ledger, kind, &cursor, &id, &row))
        if (state == PLENUM_NONE || row[PLENUM_FIELD_STATE] == state)
            check(look, id, row);
}

/* --- power ------------------------------------------------------------------------------------ */

/* A power node, or behind them a cooling zone. */
static const char *node_name(const struct plenum_site *site, int32_t node)
{
    return node < site->power_node_count ? site->power_nodes[node].name
                                         : site->cooling_zones[node - site->power_node_count].name;
}

static void check_over(struct look *look)
{
    char when[INSTANT_TEXT];
    int32_t node, feed_lost;
    int64_t at_ms = plenum_power_first_over(look->ledger, &node, &feed_lost);
    look->alike = 0;
    if (at_ms == PLENUM_FOREVER)
        return;
    bool soon = at_ms <= look->now_ms + PLENUM_SHED_LEAD_MS;
    struct alarm *alarm = alarm_add(look, soon ? ALARM_CRITICAL : ALARM_WARNING, "power-over",
                                    node_name(look->site, node));
    if (!alarm)
        return;
    ALARM_SAY(
        alarm->reason, "claims are over its limit from %s%s%s", since(at_ms, when),
        feed_lost == PLENUM_NONE ? "" : " with this feed lost: ",
        feed_lost == PLENUM_NONE ? "" : look->site->power_nodes[look->site->feeds[feed_lost]].name);
    ALARM_SAY(alarm->todo, soon ? "nothing: load is being shed, charging first, then jobs"
                                : "end jobs before then, or load is shed for it");
    ALARM_SAY(alarm->cli, "plenum power ls");
    ALARM_SAY(alarm->view, "/power");
}

static void say_node(struct alarm *alarm, const char *name)
{
    ALARM_SAY(alarm->cli, "plenum power ls");
    say_view(alarm, "/power?node=", name);
}

static void check_node_limit(struct look *look, int32_t index)
{
    const struct plenum_power_node *node = &look->site->power_nodes[index];
    int64_t limit_w = plenum_power_limit_w(look->ledger, index, PLENUM_NONE, look->now_ms);
    if (limit_w >= node->limit_w)
        return;
    bool lost = limit_w == 0;
    struct alarm *alarm = alarm_add(look, lost ? ALARM_CRITICAL : ALARM_WARNING,
                                    lost ? "power-lost" : "limit-lowered", node->name);
    if (!alarm)
        return;
    if (lost)
        ALARM_SAY(alarm->reason, "may carry nothing now");
    else
        ALARM_SAY(alarm->reason, "may carry %" PRId64 " W now, of %" PRId64 " W", limit_w,
                  node->limit_w);
    ALARM_SAY(alarm->todo, "nothing: what runs fits; new load waits until the limit is back");
    say_node(alarm, node->name);
}

/* Full is what a site is meant to be: little headroom is told, and is no fault. */
static void check_node_headroom(struct look *look, int32_t index)
{
    const struct plenum_power_node *node = &look->site->power_nodes[index];
    for (int32_t lost = PLENUM_NONE; lost < look->site->feed_count; lost++) {
        int64_t limit_w = plenum_power_limit_w(look->ledger, index, lost, look->now_ms);
        int64_t left_w = limit_w - plenum_power_node_w(look->ledger, index, lost, look->now_ms);
        if (lost == node->feed || limit_w == 0 || left_w >= limit_w / 1000 * LOW_MILLI)
            continue;
        struct alarm *alarm = alarm_add(look, ALARM_INFO, "headroom-low", node->name);
        if (!alarm)
            return;
        ALARM_SAY(alarm->reason, "%" PRId64 " W left of %" PRId64 " W %s%s", left_w, limit_w,
                  lost == PLENUM_NONE ? "with all feeds up" : "with one lost: ",
                  lost == PLENUM_NONE ? "" : look->site->power_nodes[look->site->feeds[lost]].name);
        ALARM_SAY(alarm->todo, "nothing: it is full; new load waits for a claim to end");
        say_node(alarm, node->name);
        return;
    }
}

static void check_zone(struct look *look, int32_t index)
{
    const struct plenum_cooling_zone *zone = &look->site->cooling_zones[index];
    int64_t left_w = zone->limit_w - plenum_cooling_zone_w(look->ledger, index, look->now_ms);
    if (left_w >= zone->limit_w / 1000 * LOW_MILLI)
        return;
    struct alarm *alarm = alarm_add(look, ALARM_INFO, "cooling-low", zone->name);
    if (!alarm)
        return;
    ALARM_SAY(alarm->reason, "can take %" PRId64 " W more heat of %" PRId64 " W", left_w,
              zone->limit_w);
    ALARM_SAY(alarm->todo, "nothing: it is full; new load waits for a claim to end");
    say_node(alarm, zone->name);
}

static void check_indexes(struct look *look, int32_t count,
                          void (*check)(struct look *look, int32_t index))
{
    look->alike = 0;
    for (int32_t i = 0; i < count; i++)
        check(look, i);
}

/* --- robots and drones ------------------------------------------------------------------------ */

static void check_broken_robot(struct look *look, uint64_t id, const int64_t *row)
{
    char when[INSTANT_TEXT], ready[INSTANT_TEXT];
    const char *name = look->site->robots[id].name;
    struct alarm *alarm = alarm_add(look, ALARM_WARNING, "robot-broken", name);
    if (!alarm)
        return;
    bool fetched = row[PLENUM_ROBOT_FETCH] != 0;
    ALARM_SAY(alarm->reason,
              fetched ? "stands broken since %s; to be fetched, by %s at the latest"
                      : "stands broken since %s; repaired by %s",
              since(row[PLENUM_FIELD_SINCE_MS], when), since(row[PLENUM_ROBOT_READY_MS], ready));
    ALARM_SAY(alarm->todo, fetched ? "keep the cells beside it clear; others go around it"
                                   : "keep its way to the workshop clear; others go around it");
    ALARM_SAY(alarm->cli, "plenum robot show %s", name);
    ALARM_SAY(alarm->view, "/floor?sel=robot-%" PRIu64, id);
}

/* Under way to one place for long. A stop of the floor is told by itself. */
static void check_blocked_robot(struct look *look, uint64_t id, const int64_t *row)
{
    char when[INSTANT_TEXT];
    const char *name = look->site->robots[id].name;
    const int64_t *task =
        plenum_ledger_row(look->ledger, PLENUM_TASK, (uint64_t)row[PLENUM_ROBOT_TASK]);
    bool stands = plenum_stop_in_force(look->ledger, PLENUM_STOP_FLOOR);
    bool goes = task && !stands &&
                (task[PLENUM_FIELD_STATE] == PLENUM_TASK_TO_PICK ||
                 task[PLENUM_FIELD_STATE] == PLENUM_TASK_TO_DROP);
    if (!goes || task[PLENUM_FIELD_SINCE_MS] + BLOCKED_MS > look->now_ms)
        return;
    struct alarm *alarm = alarm_add(look, ALARM_WARNING, "robot-blocked", name);
    if (!alarm)
        return;
    ALARM_SAY(alarm->reason, "under way to one place since %s",
              since(task[PLENUM_FIELD_SINCE_MS], when));
    ALARM_SAY(alarm->todo, "see what stands in its way");
    ALARM_SAY(alarm->cli, "plenum robot show %s", name);
    ALARM_SAY(alarm->view, "/floor?sel=robot-%" PRIu64, id);
}

static void check_grounded_drone(struct look *look, uint64_t id, const int64_t *row)
{
    char when[INSTANT_TEXT];
    const char *name = look->site->drones[id].name;
    struct alarm *alarm = alarm_add(look, ALARM_INFO, "drone-grounded", name);
    if (!alarm)
        return;
    ALARM_SAY(alarm->reason, "grounded since %s", since(row[PLENUM_FIELD_SINCE_MS], when));
    ALARM_SAY(alarm->todo, "look at the drone, then report it ready");
    ALARM_SAY(alarm->cli, "plenum drone ls");
    ALARM_SAY(alarm->view, "/air?sel=drone-%" PRIu64, id);
}

static void check_stray_flight(struct look *look, uint64_t id, const int64_t *row)
{
    const char *name = look->site->drones[row[PLENUM_FLIGHT_DRONE]].name;
    if (row[PLENUM_FIELD_STATE] != PLENUM_FLIGHT_NONCONFORMING &&
        row[PLENUM_FIELD_STATE] != PLENUM_FLIGHT_CONTINGENT)
        return;
    struct alarm *alarm = alarm_add(look, ALARM_CRITICAL, "flight-strays", name);
    if (!alarm)
        return;
    ALARM_SAY(alarm->reason, "its flight %" PRIu64 " is %s: it may be outside its volumes", id,
              plenum_state_name(PLENUM_FLIGHT, (int32_t)row[PLENUM_FIELD_STATE]));
    ALARM_SAY(alarm->todo, "ground the drones, and follow it until it has landed");
    ALARM_SAY(alarm->cli, "plenum drone ground");
    ALARM_SAY(alarm->view, "/air?sel=flight-%" PRIu64, id);
}

/* --- stops ------------------------------------------------------------------------------------ */

static void check_stop(struct look *look, uint64_t id, const int64_t *row)
{
    char when[INSTANT_TEXT];
    bool floor = id == PLENUM_STOP_FLOOR;
    struct alarm *alarm =
        alarm_add(look, floor ? ALARM_CRITICAL : ALARM_WARNING,
                  floor ? "floor-stopped" : "drones-grounded", floor ? "floor" : "air");
    if (!alarm)
        return;
    ALARM_SAY(alarm->reason, "%s since %s",
              floor ? "stopped: no robot moves" : "grounded: no drone takes off",
              since(row[PLENUM_FIELD_SINCE_MS], when));
    ALARM_SAY(alarm->todo, "let %s go on when whoever stopped it agrees",
              floor ? "the floor" : "the drones");
    ALARM_SAY(alarm->cli, "plenum %s", floor ? "floor resume" : "drone release");
    ALARM_SAY(alarm->view, "%s", floor ? "/floor" : "/air");
}

/* --- jobs ------------------------------------------------------------------------------------- */

/* All jobs of one kind of trouble are one alarm, about the oldest. */
struct jobs_in_trouble {
    int64_t count, oldest_ms;
    uint64_t oldest;
};

static void trouble_note(struct jobs_in_trouble *trouble, uint64_t id, int64_t since_ms)
{
    if (trouble->count++ > 0 && since_ms >= trouble->oldest_ms)
        return;
    trouble->oldest_ms = since_ms;
    trouble->oldest = id;
}

static void say_jobs(struct look *look, const struct jobs_in_trouble *trouble,
                     enum alarm_severity severity, const char *code, const char *what,
                     const char *todo)
{
    char subject[64], when[INSTANT_TEXT];
    if (trouble->count == 0)
        return;
    CHECK(text_format(subject, sizeof subject, "job %" PRIu64, trouble->oldest));
    struct alarm *alarm = alarm_add(look, severity, code, subject);
    if (!alarm)
        return;
    ALARM_SAY(alarm->reason, "%" PRId64 " %s %s; this one since %s", trouble->count,
              trouble->count == 1 ? "job" : "jobs", what, since(trouble->oldest_ms, when));
    ALARM_SAY(alarm->todo, "%s", todo);
    ALARM_SAY(alarm->cli, "plenum capacity queue");
    ALARM_SAY(alarm->view, "/capacity?job=%" PRIu64, trouble->oldest);
}

static void check_jobs(struct look *look)
{
    struct jobs_in_trouble late = {0}, waiting = {0};
    size_t cursor = 0;
    uint64_t id;
    const int64_t *row;
    look->alike = 0;
    while (plenum_ledger_walk(look->ledger, PLENUM_JOB, &cursor, &id, &row)) {
        int64_t state = row[PLENUM_FIELD_STATE], start_ms = row[PLENUM_JOB_START_MS];
        int64_t wants_ms = row[PLENUM_JOB_EARLIEST_MS] > row[PLENUM_JOB_SUBMIT_MS]
                               ? row[PLENUM_JOB_EARLIEST_MS]
                               : row[PLENUM_JOB_SUBMIT_MS];
        if (state == PLENUM_JOB_RESERVED && start_ms + MINUTE_MS < look->now_ms)
            trouble_note(&late, id, start_ms);
        else if (state == PLENUM_JOB_QUEUED && wants_ms + WAITING_MS < look->now_ms)
            trouble_note(&waiting, id, wants_ms);
    }
    say_jobs(look, &late, ALARM_CRITICAL, "jobs-late", "did not start when promised",
             "see which rack or limit keeps it from starting");
    bool long_ago = waiting.oldest_ms + STUCK_MS < look->now_ms;
    say_jobs(look, &waiting, long_ago ? ALARM_WARNING : ALARM_INFO, "jobs-waiting",
             "waited over an hour with no start promised",
             "nothing: each starts when accelerators are free; more racks would help");
}

/* --- all -------------------------------------------------------------------------------------- */

void alarms_of(const struct plenum_ledger *ledger, struct alarms *alarms)
{
    const struct plenum_site *site = plenum_ledger_site(ledger);
    struct look look = {ledger, site, plenum_ledger_now_ms(ledger), alarms, 0};
    alarms->count = alarms->left_out = 0;
    check_rows(&look, PLENUM_STOP, PLENUM_STOP_STOPPED, check_stop);
    check_over(&look);
    check_rows(&look, PLENUM_FLIGHT, PLENUM_NONE, check_stray_flight);
    check_indexes(&look, site->power_node_count, check_node_limit);
    check_jobs(&look);
    check_rows(&look, PLENUM_RACK, PLENUM_RACK_FAILED, check_failed_rack);
    check_rows(&look, PLENUM_RACK, PLENUM_NONE, check_late_rack);
    check_rows(&look, PLENUM_ROBOT, PLENUM_ROBOT_BROKEN, check_broken_robot);
    check_rows(&look, PLENUM_ROBOT, PLENUM_ROBOT_BUSY, check_blocked_robot);
    check_rows(&look, PLENUM_DRONE, PLENUM_DRONE_GROUNDED, check_grounded_drone);
    check_indexes(&look, site->power_node_count, check_node_headroom);
    check_indexes(&look, site->cooling_zone_count, check_zone);
}

/* --- the run ---------------------------------------------------------------------------------- */

enum { BEHIND_MILLI = 900, JOURNAL_MILLI = 300, STEPS_SEEN = 2 };

/* Steps are seen one by one where there are less than two a second. */
static bool is_behind(struct plenum_engine *engine, int64_t speed_milli)
{
    int64_t asked_milli = plenum_engine_speed(engine);
    int64_t step_ms = plenum_ledger_site(plenum_engine_ledger(engine))->step_ms;
    return asked_milli >= STEPS_SEEN * step_ms && speed_milli < asked_milli / 1000 * BEHIND_MILLI;
}

static void add_troubles(const struct plenum_engine *engine, struct alarms *alarms)
{
    size_t cursor = 0;
    const char *name, *trouble;
    while (alarms->count < ALARMS_MAX &&
           (trouble = plenum_engine_trouble(engine, &cursor, &name))) {
        struct alarm *alarm = alarms_insert(alarms, ALARM_WARNING, "edge-trouble", name);
        ALARM_SAY(alarm->reason, "%.*s", ALARM_TEXT - 1, trouble);
        ALARM_SAY(alarm->todo, "see to what it says; it is tried again by itself");
        ALARM_SAY(alarm->cli, "plenum events --follow");
        ALARM_SAY(alarm->view, "/events");
    }
}

void alarms_add_run(struct plenum_engine *engine, struct alarms *alarms)
{
    add_troubles(engine, alarms);
    int64_t speed_milli, journal_milli, asked_milli = plenum_engine_speed(engine);
    if (alarms->count == ALARMS_MAX || !plenum_engine_pulse(engine, &speed_milli, &journal_milli) ||
        !is_behind(engine, speed_milli))
        return;
    bool journal = journal_milli >= JOURNAL_MILLI;
    struct alarm *alarm =
        alarms_insert(alarms, journal ? ALARM_WARNING : ALARM_INFO,
                      journal ? "journal-slow" : "clock-behind", journal ? "journal" : "clock");
    ALARM_SAY(alarm->reason,
              "a second brings %" PRId64 " s of the site, of %" PRId64
              " asked; the journal takes %" PRId64 " %% of the time",
              speed_milli / 1000, asked_milli / 1000, journal_milli / 10);
    ALARM_SAY(alarm->todo, journal ? "put the journal on a faster disk, or lower the speed"
                                   : "lower the speed, or give the site more of the machine");
    ALARM_SAY(alarm->cli, "plenum clock speed %" PRId64,
              speed_milli > 1000 ? speed_milli / 1000 : 1);
    ALARM_SAY(alarm->view, "/");
}
