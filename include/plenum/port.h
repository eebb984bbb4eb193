/* Port: how planners and devices speak to the ledger.
 *
 * A planner, a simulated world and the edge of a real device are all the same to the engine: a
 * table of functions that is asked once a step. It reads the ledger and submits commands; after
 * each submit the ledger already shows the effect, if the command was taken.
 *
 * An agent has no memory of its own that changes what it decides: all it needs to know between two
 * steps is in the ledger. (Caches of what can be computed again are fine.) So a run that was cut
 * anywhere goes on as if it had not been. */
#ifndef PLENUM_PORT_H
#define PLENUM_PORT_H

#include <plenum/ledger.h>

struct plenum_port {
    const struct plenum_ledger *ledger;
    /* Submits a command through engine and journal. outcome may be NULL. Only trouble with the
     * journal gives anything but PLENUM_OK. */
    enum plenum_status (*submit)(void *context, const struct plenum_command *command,
                                 struct plenum_outcome *outcome);
    void *context;
};

static inline enum plenum_status plenum_port_submit(const struct plenum_port *port,
                                                    const struct plenum_command *command,
                                                    struct plenum_outcome *outcome)
{
    return port->submit(port->context, command, outcome);
}

struct plenum_agent {
    const char *name; /* "planner/rack", "sim": the actor of its commands */
    /* Asked once a step, in a fixed order of agents. Returns what a submit returned if that was
     * not PLENUM_OK, else PLENUM_OK. */
    enum plenum_status (*step)(void *self, const struct plenum_port *port);
    /* What keeps it from its work, a sentence for people; "" for nothing. The text is its own,
     * until it is asked again. NULL: nothing ever does. */
    const char *(*trouble)(void *self);
    void (*destroy)(void *self);
    void *self;
};

/* The agents of a site, each made of the site alone. The caller calls destroy(self). */
PLENUM_API struct plenum_agent plenum_rack_agent(const struct plenum_site *site);
PLENUM_API struct plenum_agent plenum_capacity_agent(const struct plenum_site *site);
PLENUM_API struct plenum_agent plenum_airspace_agent(const struct plenum_site *site);
/* Its last command of a step is the step of all robots (PLENUM_OP_FLOOR_STEP). */
PLENUM_API struct plenum_agent plenum_fleet_agent(const struct plenum_site *site, unsigned threads);
PLENUM_API struct plenum_agent plenum_sim_agent(const struct plenum_site *site, uint64_t seed);

#endif
