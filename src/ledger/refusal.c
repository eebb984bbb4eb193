/* The sentence of a refusal. */
#include <plenum/ledger.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/instant.h"
#include "base/text.h"

const char *plenum_reason_name(enum plenum_reason reason)
{
    static const char *const names[] = {
#define X(code, name, never) name,
        PLENUM_REASONS(X)
#undef X
    };
    CHECK((unsigned)reason < PLENUM_REASON_COUNT);
    return names[reason];
}

static const char *reason_never(enum plenum_reason reason)
{
    static const char *const nevers[] = {
#define X(code, name, never) never,
        PLENUM_REASONS(X)
#undef X
    };
    CHECK((unsigned)reason < PLENUM_REASON_COUNT);
    return nevers[reason];
}

enum { PART_TEXT = 160 };

/* " (job 7)", or nothing. */
static const char *other_text(const struct plenum_refusal *refusal, char text[PART_TEXT])
{
    text[0] = '\0';
    if (refusal->other.kind < PLENUM_KIND_COUNT)
        snprintf(text, PART_TEXT, " (%s %" PRIu64 ")", plenum_kind_name(refusal->other.kind),
                 refusal->other.id);
    return text;
}

static const char *server_text(const struct plenum_site *site, int32_t index, char text[PART_TEXT])
{
    const struct plenum_server *server = &site->servers[index];
    snprintf(text, PART_TEXT, "%.100s/%" PRId32, site->racks[server->rack].name, server->slot);
    return text;
}

/* "hall[12, 3]": column and row. */
static const char *cell_text(const struct plenum_site *site, int32_t cell, char text[PART_TEXT])
{
    const struct plenum_hall *hall = &site->halls[plenum_site_hall_of(site, cell)];
    int32_t at = cell - hall->first_cell;
    snprintf(text, PART_TEXT, "%.100s[%" PRId32 ", %" PRId32 "]", hall->name, at % hall->width,
             at / hall->width);
    return text;
}

/* What the subject is called: its name in the site file, where it has one. */
static const char *subject_text(const struct plenum_site *site,
                                const struct plenum_refusal *refusal, char text[PART_TEXT])
{
    int32_t subject = refusal->subject;
    switch (refusal->reason) {
    case PLENUM_REASON_POWER_LIMIT:
    case PLENUM_REASON_FEED_LOST_LIMIT:
        if (subject >= 0 && subject < site->power_node_count)
            return site->power_nodes[subject].name;
        break;
    case PLENUM_REASON_COOLING_LIMIT:
        if (subject >= 0 && subject < site->cooling_zone_count)
            return site->cooling_zones[subject].name;
        break;
    case PLENUM_REASON_ACCELERATOR_TAKEN:
    case PLENUM_REASON_CORES_TAKEN:
    case PLENUM_REASON_MEMORY_TAKEN:
    case PLENUM_REASON_NOT_OFFERED:
        if (subject >= 0 && subject < site->server_count)
            return server_text(site, subject, text);
        break;
    case PLENUM_REASON_WALL:
    case PLENUM_REASON_CELL_TAKEN:
    case PLENUM_REASON_CELL_CLOSED:
    case PLENUM_REASON_SWAP:
        if (subject >= 0 && subject < site->cell_count)
            return cell_text(site, subject, text);
        break;
    case PLENUM_REASON_AIR_CLOSED:
        if (subject >= 0 && subject < site->airspace.closed_count)
            return site->airspace.closed[subject].name;
        break;
    default:
        break;
    }
    snprintf(text, PART_TEXT, "%" PRId32, subject);
    return text;
}

/* "412000 W of 400000 W from 2026-01-05T10:00Z" */
static void format_limit(const struct plenum_site *site, const struct plenum_refusal *refusal,
                         const char *unit, char *text)
{
    char subject[PART_TEXT], instant[INSTANT_TEXT], lost[PART_TEXT] = "";
    if (refusal->reason == PLENUM_REASON_FEED_LOST_LIMIT && refusal->feed_lost >= 0 &&
        refusal->feed_lost < site->feed_count)
        snprintf(lost, sizeof lost, " with %.100s lost",
                 site->power_nodes[site->feeds[refusal->feed_lost]].name);
    (void)text_format(text, PLENUM_REFUSAL_TEXT, /* cut where names are very long */
                      "%.100s: %" PRId64 "%s of %" PRId64 "%s%s from %s",
                      subject_text(site, refusal, subject), refusal->asked, unit, refusal->limit,
                      unit, lost, instant_format(refusal->from_ms, instant));
}

static void thing_text(struct plenum_ref ref, char text[PART_TEXT])
{
    if (ref.kind == PLENUM_STOP)
        snprintf(text, PART_TEXT, "the %s", ref.id == PLENUM_STOP_FLOOR ? "floor" : "air");
    else
        snprintf(text, PART_TEXT, "%s %" PRIu64, plenum_kind_name(ref.kind), ref.id);
}

static void format_state(const struct plenum_refusal *refusal, char *text)
{
    struct plenum_ref ref = refusal->other;
    CHECK(ref.kind < PLENUM_KIND_COUNT);
    int32_t count = plenum_kind_state_count(ref.kind);
    const char *from = refusal->limit >= 0 && refusal->limit < count
                           ? plenum_state_name(ref.kind, (int32_t)refusal->limit)
                           : "?";
    const char *to = refusal->asked >= 0 && refusal->asked < count
                         ? plenum_state_name(ref.kind, (int32_t)refusal->asked)
                         : "no state";
    char thing[PART_TEXT];
    thing_text(ref, thing);
    if (refusal->limit == refusal->asked)
        snprintf(text, PLENUM_REFUSAL_TEXT, "%s is %s already", thing, to);
    else
        snprintf(text, PLENUM_REFUSAL_TEXT, "%s: no way from %s to %s", thing, from, to);
}

static void format_past(const struct plenum_refusal *refusal, char *text)
{
    char asked[INSTANT_TEXT], now[INSTANT_TEXT];
    snprintf(text, PLENUM_REFUSAL_TEXT, "%s is past: the clock stands at %s",
             instant_format(refusal->asked, asked), instant_format(refusal->limit, now));
}

/* What has no figures: where, the rule, and who is in the way. */
static void format_rule(const struct plenum_site *site, const struct plenum_refusal *refusal,
                        char *text)
{
    char other[PART_TEXT], subject[PART_TEXT], name[PART_TEXT] = "";
    const char *rule = refusal->rule ? refusal->rule : reason_never(refusal->reason);
    if (refusal->subject != PLENUM_NONE)
        snprintf(name, sizeof name, "%.60s: ", subject_text(site, refusal, subject));
    (void)text_format(text, PLENUM_REFUSAL_TEXT, "%s%.150s%s", name, rule,
                      other_text(refusal, other));
}

char *plenum_refusal_format(const struct plenum_site *site, const struct plenum_refusal *refusal,
                            char text[PLENUM_REFUSAL_TEXT])
{
    switch (refusal->reason) {
    case PLENUM_REASON_NONE:
        snprintf(text, PLENUM_REFUSAL_TEXT, "nothing is in the way");
        break;
    case PLENUM_REASON_POWER_LIMIT:
    case PLENUM_REASON_FEED_LOST_LIMIT:
    case PLENUM_REASON_COOLING_LIMIT:
        format_limit(site, refusal, " W", text);
        break;
    case PLENUM_REASON_ACCELERATOR_TAKEN:
        format_limit(site, refusal, " thousandths", text);
        break;
    case PLENUM_REASON_CORES_TAKEN:
        format_limit(site, refusal, " cores", text);
        break;
    case PLENUM_REASON_MEMORY_TAKEN:
        format_limit(site, refusal, " bytes", text);
        break;
    case PLENUM_REASON_STATE:
        format_state(refusal, text);
        break;
    case PLENUM_REASON_PAST:
        if (!refusal->rule) {
            format_past(refusal, text);
            break;
        }
        format_rule(site, refusal, text);
        break;
    default:
        format_rule(site, refusal, text);
    }
    return text;
}
