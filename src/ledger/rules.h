/* Rules: what each state demands of an entity (L5 of ledger.h), judged on everything as it would
 * be after a command. The arrows between states are judged in change.c.
 *
 * Judged are the entities that the command touches, and those whose demands look at a row that it
 * changes: a task's rack and the robot it fetches, the task a robot had, a flight's drone. Claims
 * that end by themselves are no change: a demand is judged at commands only. */
#ifndef LEDGER_RULES_H
#define LEDGER_RULES_H

#include "ledger/air_book.h"
#include "ledger/capacity_book.h"
#include "ledger/change.h"
#include "ledger/floor_book.h"
#include "ledger/power_book.h"

/* code, the sentence */
#define RULES(X)                                                                                   \
    X(R1, "R1: a rack from placed to failed has its position's cell closed in its name")           \
    X(R2, "R2: a rack that is powered or tested holds its peak watts at its position now")         \
    X(R3, "R3: a rack in service holds its idle watts at its position from now for ever")          \
    X(R4, "R4: a rack that is not powered holds no watts, but for servers that are expected")      \
    X(R5, "R5: a server of a rack that is not in service is offered from a later instant only")    \
    X(R6, "R6: a rack that is carried is the load of a task that has taken it up")                 \
    X(R7, "R7: a task under way has a robot, and the robot has the task")                          \
    X(R8, "R8: a robot that charges stands at its charger and holds watts there now")              \
    X(R9, "R9: a job that is reserved holds capacity")                                             \
    X(R10, "R10: a job that runs holds capacity on as many servers as it asked for, now")          \
    X(R11, "R11: a job that is queued, done or cancelled holds no capacity and no watts")          \
    X(R12, "R12: a flight that is accepted or activated holds airspace")                           \
    X(R13, "R13: a drone that flies has a flight that is in the air")                              \
    X(R14, "R14: an entity that ends holds nothing")                                               \
    X(R15, "R15: while the floor is stopped no robot moves, is taken up or set down")              \
    X(R16, "R16: while the drones are grounded none takes off")                                    \
    X(R17, "R17: an area closes cells of its own: all of them while it is closed, else none")      \
    X(R18, "R18: no task begins or ends in a fire lane, but to fetch a robot from there")          \
    X(R19, "R19: a job that runs is on servers of racks that are in service")                      \
    X(R20, "R20: a maintenance that is over or cancelled keeps nothing clear")                     \
    X(R21, "R21: a robot that is carried stands nowhere, and one task has taken it up")

struct rules {
    const struct plenum_site *site;
    const struct change *change;
    const struct power_book *power;
    const struct capacity_book *capacity;
    const struct floor_book *floor;
    const struct air_book *air;
    const struct plenum_op *step;         /* of the command's operations, or NULL */
    bool places;                          /* the command places or lifts robots */
    struct plenum_capacity_claim *claims; /* scratch */
    int32_t *servers;                     /* scratch */
    size_t claim_room, server_room;
};

/* The caller fills in all but the scratch before. */
void rules_finish(struct rules *rules);
/* False if a demand is not met; *refusal names the lowest operation that it can be laid to. */
bool rules_test(struct rules *rules, struct plenum_refusal *refusal);

#endif
