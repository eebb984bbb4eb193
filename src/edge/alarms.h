/* Alarms: what is wrong at a site, with its reason and what to do. A function of the ledger alone:
 * whoever asks at the same command gets the same alarms, and a past state has those of its time;
 * but for those of the run, which are of the wall clock.
 *
 * It looks at every rack, robot, drone, job and power node; for a large site ask about once a
 * second. */
#ifndef EDGE_ALARMS_H
#define EDGE_ALARMS_H

#include <plenum/engine.h>

/* code, name; the worst first */
#define ALARM_SEVERITIES(X)                                                                        \
    X(CRITICAL, "critical")                                                                        \
    X(WARNING, "warning")                                                                          \
    X(INFO, "info")

enum alarm_severity {
#define X(code, name) ALARM_##code,
    ALARM_SEVERITIES(X)
#undef X
        ALARM_SEVERITY_COUNT
};

enum {
    ALARM_TEXT = 256,
    ALARMS_MAX = 128,
    ALARMS_ALIKE_MAX = 16 /* of one code; the worst come first, the rest is counted */
};

struct alarm {
    enum alarm_severity severity;
    const char *code;         /* "rack-failed": stays the same while texts may change */
    char subject[64];         /* the name of what it is about */
    char reason[ALARM_TEXT];  /* what is so, since when, and why */
    char todo[ALARM_TEXT];    /* what a person can do, or what the site does itself */
    char cli[ALARM_TEXT / 2]; /* the command line that does it or shows more */
    char view[ALARM_TEXT];    /* the dashboard's path that shows it */
};

struct alarms {
    struct alarm items[ALARMS_MAX];
    size_t count;
    size_t left_out; /* more of the same codes that were not kept */
};

const char *alarm_severity_name(enum alarm_severity severity);
/* The worst first; of the same severity in the order of the checks, then of ids. */
void alarms_of(const struct plenum_ledger *ledger, struct alarms *alarms);
/* Adds what is wrong with the run itself: it is slower than it is asked to be; an agent says that
 * something keeps it from its work. */
void alarms_add_run(struct plenum_engine *engine, struct alarms *alarms);

#endif
