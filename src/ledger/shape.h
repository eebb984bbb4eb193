/* Shape: what an operation must be before any book is asked: its indices are of the site, its
 * interval is one and does not begin before now, its amounts mean something. What shape_test lets
 * through may be added up without overflow. */
#ifndef LEDGER_SHAPE_H
#define LEDGER_SHAPE_H

#include <plenum/ledger.h>

#define SHAPE_WATTS_MAX INT64_C(100000000000) /* of one claim or limit: 100 GW */
#define SHAPE_BYTES_MAX (INT64_C(1) << 52)    /* of one claim */

/* False if an operation is no operation; *refusal says which, and why. */
bool shape_test(const struct plenum_site *site, const struct plenum_command *command,
                int64_t now_ms, struct plenum_refusal *refusal);

#endif
