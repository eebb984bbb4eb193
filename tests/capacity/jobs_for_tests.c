#include "jobs_for_tests.h"

#define MINUTE_MS INT64_C(60000)

uint64_t job_ask(struct world *world, const struct job_wish *wish)
{
    uint64_t id = plenum_ledger_next_id(world->ledger, PLENUM_JOB);
    struct plenum_ref job = plenum_ref(PLENUM_JOB, id);
    const struct {
        int32_t field;
        int64_t value;
    } fields[] = {{PLENUM_JOB_TENANT, wish->tenant},
                  {PLENUM_JOB_SERVERS, wish->servers},
                  {PLENUM_JOB_ACCELERATORS, wish->accelerators},
                  {PLENUM_JOB_MILLI, 1000},
                  {PLENUM_JOB_CHIP, PLENUM_NONE},
                  {PLENUM_JOB_CORES, wish->cores > 0 ? wish->cores : 1},
                  {PLENUM_JOB_DURATION_MS, wish->minutes * MINUTE_MS},
                  {PLENUM_JOB_LEFT_MS, wish->minutes * MINUTE_MS},
                  {PLENUM_JOB_SUBMIT_MS, world_now_ms(world)},
                  {PLENUM_JOB_EARLIEST_MS, world_now_ms(world)},
                  {PLENUM_JOB_START_MS, PLENUM_FOREVER},
                  {PLENUM_JOB_END_MS, PLENUM_FOREVER},
                  {PLENUM_JOB_PREEMPTIBLE, wish->preemptible}};
    plenum_command_reset(&world->scratch, PLENUM_COMMAND_JOB_SUBMIT, "test");
    plenum_command_create(&world->scratch, job);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        plenum_command_set(&world->scratch, job, fields[i].field, fields[i].value);
    world_submit(world, &world->scratch);
    return id;
}

int64_t job_state(const struct world *world, uint64_t job)
{
    return world_get(world, PLENUM_JOB, job, PLENUM_FIELD_STATE);
}

void job_end(struct world *world, uint64_t job)
{
    struct plenum_ref ref = plenum_ref(PLENUM_JOB, job);
    plenum_command_reset(&world->scratch, PLENUM_COMMAND_JOB_FINISH, "test");
    plenum_command_release(&world->scratch, ref, PLENUM_BOOK_POWER | PLENUM_BOOK_CAPACITY,
                           world_now_ms(world));
    plenum_command_set(&world->scratch, ref, PLENUM_FIELD_STATE, PLENUM_JOB_DONE);
    world_submit(world, &world->scratch);
}
