/* UTF-8 checking. See utf8.h. */
#include "model/utf8.h"

#include <stdint.h>

/* Bytes of the letter that starts with this byte, and the range its second byte may be in
 * (RFC 3629, section 4). 0 where no letter starts so. */
static size_t letter_shape(unsigned char first, unsigned char *low, unsigned char *high)
{
    *low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    *high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (first < 0x80) {
        return 1;
    }
    if (first < 0xc2 || first > 0xf4) {
        return 0;
    }
    return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

size_t utf8_first_bad(const char *text, size_t length)
{
    const unsigned char *bytes = (const unsigned char *)text;

    for (size_t at = 0; at < length;) {
        unsigned char low, high;
        size_t size = letter_shape(bytes[at], &low, &high);

        if (size == 0 || size > length - at) {
            return at;
        }
        for (size_t i = 1; i < size; i++) {
            if (bytes[at + i] < low || bytes[at + i] > high) {
                return at;
            }
            low = 0x80;
            high = 0xbf;
        }
        at += size;
    }
    return length;
}
