/* crc64_fold.c - by carry-less multiplication, 64 bytes a step: "Fast CRC Computation for Generic Polynomials Using
 * PCLMULQDQ Instruction", Gopal and others. */
#include "crc64_fold.h"

#if defined __x86_64__
#include "crc64.h"
#include <immintrin.h>

#define TARGET __attribute__((target("pclmul,sse4.1")))
#define STEP   64

/* x^bits modulo the polynomial, its bits reversed. */
static uint64_t power(uint64_t bits)
{
    uint64_t value = 1ull << 63;
    for (; bits; bits--)
        value = value >> 1 ^ (value & 1 ? CRC_64_NVME.polynomial : 0);
    return value;
}

/* What 128 bits are worth `bits` further on. Of reversed bits a product is one place short. */
TARGET static __m128i constants(uint64_t bits)
{
    return _mm_set_epi64x((long long)power(bits - 1), (long long)power(bits + 63));
}

TARGET static inline __m128i moved(__m128i sum, __m128i by)
{
    return _mm_xor_si128(_mm_clmulepi64_si128(sum, by, 0x00), _mm_clmulepi64_si128(sum, by, 0x11));
}

TARGET static inline __m128i at(const unsigned char *bytes, int i)
{
    return _mm_loadu_si128((const __m128i *)(const void *)bytes + i);
}

bool crc64_folds(void)
{
    return __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.1");
}

TARGET size_t crc64_fold(uint64_t crc, const void *bytes, size_t len, unsigned char ret_rest[static CRC64_REST])
{
    static __m128i by_64, by_16;
    const unsigned char *from = bytes, *end = from + len - len % STEP;
    __m128i sums[4];
    if (!_mm_cvtsi128_si64(by_16)) {
        by_64 = constants(512);
        by_16 = constants(128);
    }
    for (int i = 0; i < 4; i++)
        sums[i] = at(from, i);
    sums[0] = _mm_xor_si128(sums[0], _mm_cvtsi64_si128((long long)crc));
    for (from += STEP; from < end; from += STEP)
        for (int i = 0; i < 4; i++)
            sums[i] = _mm_xor_si128(moved(sums[i], by_64), at(from, i));
    for (int i = 1; i < 4; i++)
        sums[i] = _mm_xor_si128(moved(sums[i - 1], by_16), sums[i]);
    _mm_storeu_si128((__m128i *)(void *)ret_rest, sums[3]);
    return len - len % STEP;
}

#else

bool crc64_folds(void)
{
    return false;
}

size_t crc64_fold(uint64_t crc, const void *bytes, size_t len, unsigned char ret_rest[static CRC64_REST])
{
    (void)crc, (void)bytes, (void)len, (void)ret_rest;
    return 0;
}

#endif
