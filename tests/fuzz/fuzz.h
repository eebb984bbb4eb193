/* What every fuzz target is: a function that takes any bytes, never reads past them, and ends the
 * process (CHECK) when a property does not hold. */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
