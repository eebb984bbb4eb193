/* The stored form of commands: what decodes, encoded again, is the same bytes (a command has one
 * stored form); what does not decode leaves an empty command and a sentence. */
#include "fuzz.h"

#include "base/check.h"

#include <plenum/command.h>
#include <stdlib.h>
#include <string.h>

static void check_decoded(const struct plenum_command *command, const uint8_t *data, size_t size)
{
    uint8_t *again = NULL;
    size_t length = 0;
    struct plenum_error error = {0};
    CHECK(plenum_command_encode(command, &again, &length, &error) == PLENUM_OK);
    CHECK(length == size);
    CHECK(memcmp(again, data, size) == 0);
    free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct plenum_command command;
    struct plenum_error error = {0};
    plenum_command_init(&command, PLENUM_COMMAND_OTHER, "fuzz");
    enum plenum_status status = plenum_command_decode(&command, data, size, &error);
    if (status == PLENUM_OK) {
        check_decoded(&command, data, size);
    } else {
        CHECK(status == error.status && error.text[0] != '\0');
        CHECK(command.op_count == 0);
    }
    plenum_command_finish(&command);
    return 0;
}
