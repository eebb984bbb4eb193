/* Calendar: what is free on each server from now on, kept where a search can run over it fast.
 *
 * A server's calendar is its free parts over time, as segments:
 *
 *     begin_ms   now        10:00      10:40      12:00 ...
 *     free       4 acc      1 acc      2 acc      4 acc   (for ever)
 *
 * It is read from the ledger when it is first asked for, and again when a command has changed the
 * server's claims (plenum_capacity_revision): the clock alone makes nothing of it wrong from now
 * on. Two calendars of the same ledger give the same answers, so one may be made anew at any time.
 * A calendar is of one ledger for all its life. */
#ifndef CAPACITY_SITE_CALENDAR_H
#define CAPACITY_SITE_CALENDAR_H

#include "capacity/site_profile.h"
#include "capacity/site_request.h"

struct site_calendar;

struct site_calendar *site_calendar_create(const struct plenum_site *site);
void site_calendar_destroy(struct site_calendar *calendar);

/* From now on every claim counts only until the instant that until gives for it (not at all where
 * that is its begin); all that was read is forgotten. NULL: every claim counts as it stands. */
void site_calendar_look(struct site_calendar *calendar,
                        int64_t (*until)(void *context, const struct plenum_ledger *ledger,
                                         const struct plenum_capacity_claim *claim),
                        void *context);

/* The earliest start at or after from_ms (from now on) at which what is asked of one server is free
 * for its whole length, inside the server's window; PLENUM_FOREVER if there is none. Watts are not
 * looked at. */
int64_t site_calendar_next(struct site_calendar *calendar, const struct plenum_ledger *ledger,
                           int32_t server, const struct fit_request *request, int64_t from_ms);
/* What the server's accelerators offer in [from_ms, until_ms), and what of it nobody holds:
 * thousandths of an accelerator x milliseconds. until_ms - from_ms is at most some years. */
void site_calendar_sum(struct site_calendar *calendar, const struct plenum_ledger *ledger,
                       int32_t server, int64_t from_ms, int64_t until_ms, int64_t *offered,
                       int64_t *unsold);

/* The least that is free on the server at any time in [from_ms, until_ms): as
 * plenum_capacity_free_on. */
void site_calendar_free(struct site_calendar *calendar, const struct plenum_ledger *ledger,
                        int32_t server, int64_t from_ms, int64_t until_ms,
                        struct plenum_capacity_free *free_on);
/* What all servers of a chip offer and have unsold in an hour that has not begun. */
struct profile_hour site_calendar_hour(struct site_calendar *calendar,
                                       const struct plenum_ledger *ledger, int32_t chip,
                                       int64_t hour);

#endif
