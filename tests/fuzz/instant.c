/* Texts to instants, durations and numbers: what is read, written again and read again is the same
 * value; what is not read leaves no trace but `false`. */
#include "fuzz.h"

#include "base/check.h"
#include "base/instant.h"
#include "base/text.h"

#include <inttypes.h>
#include <string.h>

enum { TEXT_SIZE = 128 };

static void check_instant(const char *text)
{
    char again[INSTANT_TEXT];
    int64_t instant_ms = 0, same_ms = 0;
    if (!instant_parse(text, &instant_ms))
        return;
    instant_format(instant_ms, again);
    if (again[0] == '-' || again[0] == '+')
        return; /* an offset led out of the years that RFC 3339 has */
    CHECK(instant_parse(again, &same_ms));
    CHECK(same_ms == instant_ms);
}

static void check_duration(const char *text)
{
    char again[DURATION_TEXT];
    int64_t duration_ms = 0, same_ms = 0;
    if (!duration_parse(text, &duration_ms))
        return;
    CHECK(duration_ms >= 0);
    duration_format(duration_ms, again);
    CHECK(strcmp(again, "forever") == 0 || duration_parse(again, &same_ms));
    CHECK(strcmp(again, "forever") == 0 || same_ms == duration_ms);
}

static void check_numbers(const char *text)
{
    char again[32];
    int64_t number = 0, same = 0;
    uint64_t natural = 0;
    bool is_number = text_to_i64(text, &number);
    bool is_natural = text_to_u64(text, &natural);
    if (is_number) {
        CHECK(text_format(again, sizeof again, "%" PRId64, number));
        CHECK(text_to_i64(again, &same) && same == number);
    }
    if (is_natural && natural <= INT64_MAX)
        CHECK(is_number && (uint64_t)number == natural);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[TEXT_SIZE];
    if (size >= sizeof text)
        return 0;
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    check_instant(text);
    check_duration(text);
    check_numbers(text);
    return 0;
}
