/* Waits: why a robot of the running site does not move, and who is at the root of that.
 *
 * What the ledger says comes first: a robot that is broken, charges, is late or loads. Else it is
 * what the fleet planner decided in the last step. Robots keep each other in chains: one stands in
 * the way of the next, up to one that nobody keeps. */
#ifndef PLENUM_WAIT_H
#define PLENUM_WAIT_H

#include <plenum/port.h>

#define PLENUM_WAIT_CAUSES(X)                                                                      \
    X(MOVES, "moves", "moves")                                                                     \
    X(STOPPED, "stopped", "the floor is stopped")                                                  \
    X(BROKEN, "broken", "is broken")                                                               \
    X(FETCHED, "fetched", "is broken, and waits for the robot that fetches it")                    \
    X(NO_STATION, "no-station", "is broken, and no repair station is free")                        \
    X(CARRIED, "carried", "is carried to a repair station")                                        \
    X(CHARGING, "charging", "charges its battery")                                                 \
    X(LATE, "late", "is late")                                                                     \
    X(LOADING, "loading", "takes up or sets down its load")                                        \
    X(NO_WATTS, "no-watts", "stands at its charger, whose panel has no watts left")                \
    X(NO_CHARGER, "no-charger", "has a low battery, and no charger is free")                       \
    X(NO_TASK, "no-task", "has no task")                                                           \
    X(CLOSED, "closed", "may not enter the cell it is to go to")                                   \
    X(NO_WAY, "no-way", "has no way around walls and closed cells")                                \
    X(SHUT_IN, "shut-in", "cannot come there, however the others move")                            \
    X(QUEUE, "queue", "waits for the robot that stands where it is to go")                         \
    X(YIELDS, "yields", "gives way to a robot that has waited longer")                             \
    X(BEHIND, "behind", "waits for a robot that cannot leave its way")                             \
    X(BIDES, "bides", "waits since that is best")                                                  \
    X(UNKNOWN, "unknown", "was not planned in the last step")

enum plenum_wait_cause {
#define X(code, name, text) PLENUM_WAIT_##code,
    PLENUM_WAIT_CAUSES(X)
#undef X
        PLENUM_WAIT_COUNT
};

struct plenum_robot_wait {
    int32_t robot;
    enum plenum_wait_cause cause;
};

/* Writes why the robot waits, then the same of who keeps it, and so on up to the root, or to one
 * that is among them already; `most` of them at most, and at least one. Returns how many. The agent
 * is one of plenum_fleet_agent. */
PLENUM_API size_t plenum_fleet_agent_why(const struct plenum_agent *agent,
                                         const struct plenum_ledger *ledger, int32_t robot,
                                         struct plenum_robot_wait *waits, size_t most);
/* "no-task", and "has no task". */
PLENUM_API const char *plenum_wait_name(enum plenum_wait_cause cause);
PLENUM_API const char *plenum_wait_text(enum plenum_wait_cause cause);

#endif
