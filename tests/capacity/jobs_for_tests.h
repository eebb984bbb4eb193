/* Jobs that a test asks for itself. */
#ifndef TESTS_JOBS_FOR_TESTS_H
#define TESTS_JOBS_FOR_TESTS_H

#include "world_for_tests.h"

/* What is left at 0: of tenant 0, a core, from now on. */
struct job_wish {
    int64_t minutes;
    int64_t servers, accelerators; /* whole ones */
    int64_t tenant, cores;
    bool preemptible;
};

/* Asks for a job, and returns its id. */
uint64_t job_ask(struct world *world, const struct job_wish *wish);
int64_t job_state(const struct world *world, uint64_t job);
/* Ends a job that runs. */
void job_end(struct world *world, uint64_t job);

#endif
