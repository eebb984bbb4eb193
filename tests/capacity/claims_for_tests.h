/* An independent book of capacity: what all claims on a server add up to, instant by instant. It
 * shares no code with the ledger's.
 *
 * A test program that uses it lists site_for_tests_dep among its dependencies: servers are those of
 * SITE_CATALOGUE. */
#ifndef TESTS_CLAIMS_FOR_TESTS_H
#define TESTS_CLAIMS_FOR_TESTS_H

#include <plenum/ledger.h>

/* Fails the test where anything of the servers is given twice at any instant from now on. */
void claims_check(const struct plenum_ledger *ledger, int32_t servers);

#endif
