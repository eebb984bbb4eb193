/* Arithmetic on rows of bytes: where a search spends its time. Widths are of ROW_ALIGN. */
#include "capacity/calendar_servers.h"

#if defined(__SSE2__)
#include <emmintrin.h>

/* SSE2 is part of x86-64; the answer is that of the plain loop below. */
int64_t row_join(uint8_t *to, const uint8_t *from, const uint8_t *row, size_t width)
{
    const __m128i zero = _mm_setzero_si128();
    __m128i sum = zero;
    for (size_t i = 0; i < width; i += 16) {
        __m128i a = _mm_loadu_si128((const __m128i *)(const void *)(from + i));
        __m128i b = _mm_loadu_si128((const __m128i *)(const void *)(row + i));
        __m128i least = _mm_min_epu8(a, b);
        _mm_storeu_si128((__m128i *)(void *)(to + i), least);
        sum = _mm_add_epi64(sum, _mm_sad_epu8(least, zero));
    }
    return _mm_cvtsi128_si64(sum) + _mm_cvtsi128_si64(_mm_unpackhi_epi64(sum, sum));
}

int64_t row_sum(const uint8_t *row, size_t width)
{
    const __m128i zero = _mm_setzero_si128();
    __m128i sum = zero;
    for (size_t i = 0; i < width; i += 16) {
        __m128i a = _mm_loadu_si128((const __m128i *)(const void *)(row + i));
        sum = _mm_add_epi64(sum, _mm_sad_epu8(a, zero));
    }
    return _mm_cvtsi128_si64(sum) + _mm_cvtsi128_si64(_mm_unpackhi_epi64(sum, sum));
}
#else
int64_t row_join(uint8_t *to, const uint8_t *from, const uint8_t *row, size_t width)
{
    for (size_t i = 0; i < width; i++)
        to[i] = row[i] < from[i] ? row[i] : from[i];
    return row_sum(to, width);
}

int64_t row_sum(const uint8_t *row, size_t width)
{
    int64_t sum = 0;
    for (size_t i = 0; i < width; i++)
        sum += row[i];
    return sum;
}
#endif
