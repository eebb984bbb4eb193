/* Names of kinds, fields, states and operations, all from the lists of entity.h and command.h. */
#include <plenum/command.h>

#include "base/check.h"

struct kind_facts {
    const char *name;
    const char *const *fields;
    const char *const *states;
    const uint32_t *next;
    int32_t field_count, state_count;
    bool comes_and_goes;
};

#define X(kind, code, name) #name,
static const char *const rack_fields[] = {PLENUM_RACK_FIELDS(X)};
static const char *const robot_fields[] = {PLENUM_ROBOT_FIELDS(X)};
static const char *const drone_fields[] = {PLENUM_DRONE_FIELDS(X)};
static const char *const task_fields[] = {PLENUM_TASK_FIELDS(X)};
static const char *const job_fields[] = {PLENUM_JOB_FIELDS(X)};
static const char *const delivery_fields[] = {PLENUM_DELIVERY_FIELDS(X)};
static const char *const flight_fields[] = {PLENUM_FLIGHT_FIELDS(X)};
static const char *const stop_fields[] = {PLENUM_STOP_FIELDS(X)};
static const char *const tenant_fields[] = {PLENUM_TENANT_FIELDS(X)};
static const char *const area_fields[] = {PLENUM_AREA_FIELDS(X)};
static const char *const maintenance_fields[] = {PLENUM_MAINTENANCE_FIELDS(X)};
#undef X

#define X(kind, code, name, next) name,
static const char *const rack_states[] = {PLENUM_RACK_STATES(X)};
static const char *const robot_states[] = {PLENUM_ROBOT_STATES(X)};
static const char *const drone_states[] = {PLENUM_DRONE_STATES(X)};
static const char *const task_states[] = {PLENUM_TASK_STATES(X)};
static const char *const job_states[] = {PLENUM_JOB_STATES(X)};
static const char *const delivery_states[] = {PLENUM_DELIVERY_STATES(X)};
static const char *const flight_states[] = {PLENUM_FLIGHT_STATES(X)};
static const char *const stop_states[] = {PLENUM_STOP_STATES(X)};
static const char *const tenant_states[] = {PLENUM_TENANT_STATES(X)};
static const char *const area_states[] = {PLENUM_AREA_STATES(X)};
static const char *const maintenance_states[] = {PLENUM_MAINTENANCE_STATES(X)};
#undef X

#define X(kind, code, name, next) next,
static const uint32_t rack_next[] = {PLENUM_RACK_STATES(X)};
static const uint32_t robot_next[] = {PLENUM_ROBOT_STATES(X)};
static const uint32_t drone_next[] = {PLENUM_DRONE_STATES(X)};
static const uint32_t task_next[] = {PLENUM_TASK_STATES(X)};
static const uint32_t job_next[] = {PLENUM_JOB_STATES(X)};
static const uint32_t delivery_next[] = {PLENUM_DELIVERY_STATES(X)};
static const uint32_t flight_next[] = {PLENUM_FLIGHT_STATES(X)};
static const uint32_t stop_next[] = {PLENUM_STOP_STATES(X)};
static const uint32_t tenant_next[] = {PLENUM_TENANT_STATES(X)};
static const uint32_t area_next[] = {PLENUM_AREA_STATES(X)};
static const uint32_t maintenance_next[] = {PLENUM_MAINTENANCE_STATES(X)};
#undef X

static const struct kind_facts kinds[] = {
#define X(code, lower, comes)                                                                      \
    {.name = #lower,                                                                               \
     .fields = lower##_fields,                                                                     \
     .states = lower##_states,                                                                     \
     .next = lower##_next,                                                                         \
     .field_count = PLENUM_##code##_FIELD_COUNT,                                                   \
     .state_count = PLENUM_##code##_STATE_COUNT,                                                   \
     .comes_and_goes = (comes) != 0},
    PLENUM_KINDS(X)
#undef X
};

/* The first two fields of every kind, and the room that rows have. */
#define X(code, lower, comes)                                                                      \
    _Static_assert((int)PLENUM_##code##_STATE == (int)PLENUM_FIELD_STATE, "STATE is first");       \
    _Static_assert((int)PLENUM_##code##_SINCE_MS == (int)PLENUM_FIELD_SINCE_MS,                    \
                   "SINCE_MS is second");                                                          \
    _Static_assert((int)PLENUM_##code##_FIELD_COUNT <= (int)PLENUM_FIELDS_MAX, "fields fit");
PLENUM_KINDS(X)
#undef X

static const struct kind_facts *kind_facts(uint32_t kind)
{
    CHECK(kind < PLENUM_KIND_COUNT);
    return &kinds[kind];
}

const char *plenum_command_kind_name(enum plenum_command_kind kind)
{
    static const char *const names[] = {
#define X(code, name) name,
        PLENUM_COMMAND_KINDS(X)
#undef X
    };
    CHECK((unsigned)kind < PLENUM_COMMAND_KIND_COUNT);
    return names[kind];
}

const char *plenum_op_type_name(enum plenum_op_type type)
{
    static const char *const names[] = {
#define X(code, name) name,
        PLENUM_OP_TYPES(X)
#undef X
    };
    CHECK((unsigned)type < PLENUM_OP_TYPE_COUNT);
    return names[type];
}

const char *plenum_kind_name(uint32_t kind)
{
    return kind_facts(kind)->name;
}

int32_t plenum_kind_field_count(uint32_t kind)
{
    return kind_facts(kind)->field_count;
}

const char *plenum_field_name(uint32_t kind, int32_t field)
{
    const struct kind_facts *facts = kind_facts(kind);
    CHECK(field >= 0 && field < facts->field_count);
    return facts->fields[field];
}

int32_t plenum_kind_state_count(uint32_t kind)
{
    return kind_facts(kind)->state_count;
}

const char *plenum_state_name(uint32_t kind, int32_t state)
{
    const struct kind_facts *facts = kind_facts(kind);
    CHECK(state >= 0 && state < facts->state_count);
    return facts->states[state];
}

uint32_t plenum_state_next(uint32_t kind, int32_t state)
{
    const struct kind_facts *facts = kind_facts(kind);
    CHECK(state >= 0 && state < facts->state_count);
    return facts->next[state];
}

bool plenum_kind_comes_and_goes(uint32_t kind)
{
    return kind_facts(kind)->comes_and_goes;
}
