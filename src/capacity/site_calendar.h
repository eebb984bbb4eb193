/* Calendar: what is free on each server from now on, kept where a search can run over it fast.
 *
 * A server's calendar is its free parts over time, as segments:
 *
 *     begin_ms   now        10:00      10:40      12:00 ...
 *     free       4 acc      1 acc      2 acc      4 acc   (for ever)
 *
 * It is read from the ledger when it is first asked for, and forgotten when the server's claims
 * change or the clock moves. Two calendars of the same ledger are the same, so one may be made anew
 * at any time. */
#ifndef CAPACITY_SITE_CALENDAR_H
#define CAPACITY_SITE_CALENDAR_H

#include "capacity/site_request.h"

struct site_calendar;

struct site_calendar *site_calendar_create(const struct plenum_site *site);
void site_calendar_destroy(struct site_calendar *calendar);

/* Forgets everything: to be called when the clock has moved or others changed the ledger. */
void site_calendar_forget_all(struct site_calendar *calendar);
/* Forgets one server: to be called when its claims or its window change. */
void site_calendar_forget(struct site_calendar *calendar, int32_t server);

/* The earliest start at or after from_ms (from now on) at which what is asked of one server is free
 * for its whole length, inside the server's window; PLENUM_FOREVER if there is none. Watts are not
 * looked at. */
int64_t site_calendar_next(struct site_calendar *calendar, const struct plenum_ledger *ledger,
                           int32_t server, const struct fit_request *request, int64_t from_ms);

#endif
