/* The airspace planner as an agent. */
#include <plenum/port.h>

static enum plenum_status airspace_step(void *self, const struct plenum_port *port)
{
    (void)self;
    (void)port;
    return PLENUM_OK;
}

static void airspace_destroy(void *self)
{
    (void)self;
}

struct plenum_agent plenum_airspace_agent(const struct plenum_site *site)
{
    (void)site;
    return (struct plenum_agent){.name = "planner/airspace",
                                 .step = airspace_step,
                                 .destroy = airspace_destroy,
                                 .self = NULL};
}
