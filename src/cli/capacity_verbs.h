/* Verbs of plenum capacity. */
#ifndef CLI_CAPACITY_VERBS_H
#define CLI_CAPACITY_VERBS_H

/* On traces: capacity_trace.c. */
int capacity_bound(int argc, char **argv);
int capacity_lifetimes(int argc, char **argv);
int capacity_replay(int argc, char **argv);

/* capacity_work.c. */
int capacity_hand_over(int argc, char **argv);
int capacity_maintain(int argc, char **argv);
int capacity_maintain_cancel(int argc, char **argv);

/* At a running site: capacity_site.c. */
int capacity_cancel(int argc, char **argv);
int capacity_extend(int argc, char **argv);
int capacity_offer(int argc, char **argv);
int capacity_prices(int argc, char **argv);
int capacity_queue(int argc, char **argv);
int capacity_reserve(int argc, char **argv);

/* capacity_changes.c. */
int capacity_changes(int argc, char **argv);

/* capacity_quota.c. */
int capacity_quota(int argc, char **argv);

#endif
