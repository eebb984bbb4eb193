#include "cli/token.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum plenum_status token_read(const char *path, char *token, size_t size,
                              struct plenum_error *error)
{
    FILE *file = fopen(path, "r");
    bool read = file && fgets(token, (int)size, file) != NULL;
    if (file)
        (void)fclose(file);
    if (!read || strlen(token) + 1 == size)
        return plenum_fail(error, PLENUM_IO, "%s: no token can be read from it", path);
    token[strcspn(token, "\r\n")] = 0;
    return PLENUM_OK;
}
