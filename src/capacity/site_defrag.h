/* Defragmentation: in quiet hours, running jobs are moved together, so that whole servers come free
 * for those who need whole ones.
 *
 * What always holds:
 *   D1  only jobs that run on one server and that their owner marked preemptible are moved, and
 *       none that was told of a move or a preemption within RECLAIM_AGAIN_MS;
 *   D2  only from servers where all that runs may be moved: the others could not come free;
 *   D3  a job goes to a server that holds more than what it leaves behind. So each move raises the
 *       sum of the squares of what servers hold, and no move is ever undone by another;
 *   D4  at most site.defragment.moves a day, spread evenly over the quiet hours: which of them
 *       the clock has come to says whether one is due, so nothing is remembered;
 *   D5  a job is told RECLAIM_NOTICE_MS before, keeps what it has until then, and gets the pause
 *       that the move costs added to its end. */
#ifndef CAPACITY_SITE_DEFRAG_H
#define CAPACITY_SITE_DEFRAG_H

#include <plenum/ledger.h>

struct site_defrag;

struct site_defrag *site_defrag_create(const struct plenum_site *site);
void site_defrag_destroy(struct site_defrag *defrag);

/* Whether a move became due in the round_ms up to now (D4). */
bool site_defrag_due(const struct site_defrag *defrag, int64_t now_ms, int64_t round_ms);

/* Fills the command of one move: false where there is none to make. */
bool site_defrag_move(struct site_defrag *defrag, const struct plenum_ledger *ledger,
                      struct plenum_command *command);

#endif
