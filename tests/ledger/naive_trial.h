/* What the files of the naive ledger share while a command is judged. */
#ifndef TESTS_NAIVE_TRIAL_H
#define TESTS_NAIVE_TRIAL_H

#include "naive.h"

/* The state before the command, the state it would make, and the first operation that does not
 * fit. */
struct trial {
    const struct naive *before;
    struct naive *after;
    const struct plenum_command *command;
    struct plenum_refusal refusal;
};

static inline bool same(struct plenum_ref a, struct plenum_ref b)
{
    return a.kind == b.kind && a.id == b.id;
}

static inline bool refused(const struct trial *trial)
{
    return trial->refusal.reason != PLENUM_REASON_NONE;
}

/* Keeps the refusal of the lowest operation. */
static inline void refuse(struct trial *trial, size_t op, enum plenum_reason reason)
{
    if (refused(trial) && trial->refusal.op <= op)
        return;
    trial->refusal = (struct plenum_refusal){.reason = reason, .op = (uint32_t)op};
}

/* Whose claims, cells or row the operation is about; false for none, and for a create. */
bool naive_owner(const struct plenum_op *op, struct plenum_ref *owner);
/* Index in closed, or -1. */
int naive_closed_at(const struct naive *naive, int32_t cell);
/* Keeps the peaks of all instants from now to to_ms. */
void naive_keep_peaks(struct naive *after, int64_t to_ms);

/* Each judges and does its part of the command. */
void trial_power(struct trial *trial);
void trial_capacity(struct trial *trial);
void trial_floor(struct trial *trial);
void trial_rules(struct trial *trial);

#endif
