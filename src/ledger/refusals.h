/* Refusals, as the parts of the ledger make them. */
#ifndef LEDGER_REFUSALS_H
#define LEDGER_REFUSALS_H

#include <plenum/ledger.h>

/* One that names nothing yet but its reason and operation. */
static inline struct plenum_refusal refusal_of(enum plenum_reason reason, size_t op)
{
    return (struct plenum_refusal){
        .reason = reason,
        .op = (uint32_t)op,
        .subject = PLENUM_NONE,
        .feed_lost = PLENUM_NONE,
        .other = {.kind = PLENUM_KIND_COUNT},
    };
}

/* One with the sentence that says what is demanded. */
static inline struct plenum_refusal refusal_rule(enum plenum_reason reason, size_t op,
                                                 const char *rule)
{
    struct plenum_refusal refusal = refusal_of(reason, op);
    refusal.rule = rule;
    return refusal;
}

#endif
