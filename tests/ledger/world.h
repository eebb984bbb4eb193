/* A small site with a ledger, and commands that bring its things forward as planners would. */
#ifndef TESTS_WORLD_H
#define TESTS_WORLD_H

#include <plenum/ledger.h>

struct world {
    struct plenum_site *site;
    struct plenum_ledger *ledger;
    struct plenum_command command; /* reset by each function below */
    struct plenum_outcome outcome; /* of the last submit */
};

/* The ledger after its genesis. */
void world_init(struct world *world, const char *text);
void world_finish(struct world *world);
/* An empty command at hand. */
struct plenum_command *world_begin(struct world *world);
/* Submits the command at hand. Fails the test if it is not taken. */
void world_take(struct world *world);
/* The same; fails the test if it is not refused for this reason. */
void world_refuse(struct world *world, enum plenum_reason reason);
void world_tick(struct world *world, int64_t by_ms);

/* Fills a command that brings the rack to the state from the one before it; the task, when it is
 * carried, is the next one, and robot 0 has it. */
void world_rack_command(const struct plenum_site *site, struct plenum_command *command,
                        uint64_t rack, int64_t state, uint64_t task, int64_t now_ms);
/* Brings the rack to the state. */
void world_rack_to(struct world *world, uint64_t rack, int64_t state);

#endif
