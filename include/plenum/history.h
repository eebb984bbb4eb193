/* History: the site as it was at an earlier instant, made again from the journal of a running one.
 *
 * A past state is the nearest snapshot before it, taken on by the rows that follow, each submitted
 * again as in a recovery. That takes time, so it is done in slices, and whoever asks, asks again:
 *
 *     plenum_history_find(history, at_ms, &seq, &error);
 *     while (plenum_history_ask(history, seq, &ledger, &error) == PLENUM_OK && !ledger)
 *         plenum_history_work(history, 5000000);
 *
 * What is always true:
 *   H1  a past state is the ledger's after the row of its number, bit for bit: same state hash.
 *   H2  nothing here changes the journal or the running ledger.
 *   H3  at most PLENUM_HISTORY_STATES past states are kept; the one asked for least recently goes
 *       first, and one is moved forward where that is nearer than a snapshot. One that nobody has
 *       asked for in five minutes goes at the next work.
 *   H4  what nobody has asked for in the last second is not worked at. */
#ifndef PLENUM_HISTORY_H
#define PLENUM_HISTORY_H

#include <plenum/journal.h>

struct plenum_history;

enum { PLENUM_HISTORY_STATES = 4 };

/* Of a journal that outlives it. */
PLENUM_API struct plenum_history *plenum_history_create(struct plenum_journal *journal);
PLENUM_API void plenum_history_destroy(struct plenum_history *history);

/* The number of the state at an instant: the state as the clock came to at_ms, before any other
 * command there; where no command was given at at_ms, the same of the last instant before where one
 * was. PLENUM_INPUT before the first. */
PLENUM_API enum plenum_status plenum_history_find(struct plenum_history *history, int64_t at_ms,
                                                  uint64_t *seq,
                                                  struct plenum_error *error) PLENUM_MUST_USE;
/* The state after row seq, which the journal has. *ledger is NULL while it is not there yet; it is
 * valid until the next ask or work. PLENUM_CORRUPT where the journal does not hold. */
PLENUM_API enum plenum_status plenum_history_ask(struct plenum_history *history, uint64_t seq,
                                                 const struct plenum_ledger **ledger,
                                                 struct plenum_error *error) PLENUM_MUST_USE;
/* Works for about budget_ns of wall time at what was asked for: a snapshot or a row is never cut in
 * two. False: there is nothing left to do. */
PLENUM_API bool plenum_history_work(struct plenum_history *history, int64_t budget_ns);

#endif
