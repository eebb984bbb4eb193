/* Checksums of pages and frames: see journal_page.h. */
#include "ledger/journal_page.h"

#include "base/check.h"

#include <plenum/journal.h>

#include <sodium.h>
#include <string.h>

enum {
    HEADER_MAGIC = 16,
    HEADER_FIXED = 24, /* magic, page size, WAL, reserved bytes: never change */
    HEADER_FORMAT = 60,
    HEADER_APPLICATION = 68,
    DAMAGE_BITS_MAX = 4 /* so near to a journal's header, it is one and damaged */
};

static const uint8_t header_fixed[HEADER_FIXED + 1] =
    "SQLite format 3\0\x10\x00\x02\x02\x08\x40\x20\x20";

_Static_assert((int)PAGE_SUM_BYTES == (int)crypto_shorthash_BYTES, "SipHash-2-4");

static void page_sum(const uint8_t page[PAGE_BYTES], uint32_t number, uint8_t sum[PAGE_SUM_BYTES])
{
    uint8_t key[crypto_shorthash_KEYBYTES] = "plenum journal";
    CHECK(number > 0);
    for (size_t i = 0; i < 4; i++)
        key[12 + i] = (uint8_t)(number >> (8 * i));
    CHECK(crypto_shorthash(sum, page, PAGE_BYTES - PAGE_SUM_BYTES, key) == 0);
}

void page_seal(uint8_t page[PAGE_BYTES], uint32_t number)
{
    page_sum(page, number, page + PAGE_BYTES - PAGE_SUM_BYTES);
}

bool page_holds(const uint8_t page[PAGE_BYTES], uint32_t number)
{
    uint8_t sum[PAGE_SUM_BYTES];
    page_sum(page, number, sum);
    return memcmp(sum, page + PAGE_BYTES - PAGE_SUM_BYTES, PAGE_SUM_BYTES) == 0;
}

uint32_t big_u32(const uint8_t bytes[4])
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static uint32_t little_u32(const uint8_t bytes[4])
{
    return (uint32_t)bytes[3] << 24 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[1] << 8 | bytes[0];
}

struct log_sum log_sum_over(struct log_sum sum, const uint8_t *data, size_t length, bool big)
{
    CHECK(length % 8 == 0);
    for (size_t i = 0; i < length; i += 8) {
        sum.a += (big ? big_u32(data + i) : little_u32(data + i)) + sum.b;
        sum.b += (big ? big_u32(data + i + 4) : little_u32(data + i + 4)) + sum.a;
    }
    return sum;
}

struct log_sum log_sum_read(const uint8_t bytes[8])
{
    return (struct log_sum){big_u32(bytes), big_u32(bytes + 4)};
}

bool log_sum_equal(struct log_sum x, struct log_sum y)
{
    return x.a == y.a && x.b == y.b;
}

struct log_sum log_frame_sum(struct log_sum before, const uint8_t header[LOG_FRAME_HEADER_BYTES],
                             const uint8_t page[PAGE_BYTES], bool big)
{
    struct log_sum sum = log_sum_over(before, header, 8, big);
    return log_sum_over(sum, page, PAGE_BYTES, big);
}

static int bits_apart(const uint8_t *x, const uint8_t *y, size_t length)
{
    int bits = 0;
    for (size_t i = 0; i < length; i++) {
        for (unsigned difference = x[i] ^ y[i]; difference != 0; difference &= difference - 1)
            bits++;
    }
    return bits;
}

static bool looks_like_ours(const uint8_t page[PAGE_BYTES])
{
    static const uint8_t application[4] = {'P', 'l', 'n', 'm'};
    int bits = bits_apart(page, header_fixed, HEADER_MAGIC) +
               bits_apart(page + HEADER_APPLICATION, application, sizeof application);
    return bits <= DAMAGE_BITS_MAX;
}

enum plenum_status page_check_first(const uint8_t page[PAGE_BYTES], size_t length, bool covered,
                                    const char *path, struct plenum_error *error)
{
    if (length == 0)
        return plenum_fail(error, PLENUM_INPUT,
                           "journal %s: found an empty file, expected a journal", path);
    if (length < HEADER_APPLICATION + 4 || !looks_like_ours(page))
        return plenum_fail(error, PLENUM_INPUT,
                           "%s: found a file of another program, expected a Plenum journal", path);
    bool holds = length == PAGE_BYTES && page_holds(page, 1);
    uint32_t format = big_u32(page + HEADER_FORMAT);
    if (holds && format != PLENUM_JOURNAL_FORMAT)
        return plenum_fail(error, PLENUM_VERSION,
                           "journal %s: found format %u, expected format %d: it was written by "
                           "%s Plenum",
                           path, format, PLENUM_JOURNAL_FORMAT,
                           format > PLENUM_JOURNAL_FORMAT ? "a newer" : "an older");
    bool fixed = memcmp(page, header_fixed, HEADER_FIXED) == 0 &&
                 big_u32(page + HEADER_APPLICATION) == JOURNAL_APPLICATION;
    if ((holds && fixed) || (covered && fixed && format == PLENUM_JOURNAL_FORMAT))
        return PLENUM_OK;
    return plenum_fail(error, PLENUM_CORRUPT,
                       "journal %s: page 1 (bytes 0 to %d): its checksum does not hold", path,
                       PAGE_BYTES - 1);
}
