/* Tokens stand in files: one on a command line could be seen by every user of the machine. */
#ifndef CLI_TOKEN_H
#define CLI_TOKEN_H

#include <plenum/error.h>
#include <stddef.h>

/* The first line of the file. PLENUM_IO where there is none, or it does not fit. */
enum plenum_status token_read(const char *path, char *token, size_t size,
                              struct plenum_error *error) PLENUM_MUST_USE;

#endif
