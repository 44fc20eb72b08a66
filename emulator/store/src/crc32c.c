/* crc32c.c - CRC-32C by folding, by instruction or by tables. */
#include "crc32c.h"

#define POLYNOMIAL 0x82f63b78u /* RFC 3720, B.4; its bits reversed */

/* Eight bytes at a time: "A Systematic Approach to Building High Performance Software-based CRC Generators", Kounavis
 * and Berry. */
static const uint32_t (*tables(void))[256]
{
    static uint32_t made[8][256];
    if (made[7][255])
        return (const uint32_t(*)[256])made;
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t crc = byte;
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? POLYNOMIAL : 0);
        made[0][byte] = crc;
    }
    for (int at = 1; at < 8; at++)
        for (int byte = 0; byte < 256; byte++)
            made[at][byte] = made[at - 1][byte] >> 8 ^ made[0][made[at - 1][byte] & 0xff];
    return (const uint32_t(*)[256])made;
}

/* Here and below: without the inversion at both ends. */
static uint32_t by_table(uint32_t crc, const unsigned char *at, size_t len)
{
    const uint32_t(*table)[256] = tables();
    for (; len >= 8; len -= 8, at += 8) {
        crc ^= (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
        crc = table[7][crc & 0xff] ^ table[6][crc >> 8 & 0xff] ^ table[5][crc >> 16 & 0xff] ^ table[4][crc >> 24] ^
              table[3][at[4]] ^ table[2][at[5]] ^ table[1][at[6]] ^ table[0][at[7]];
    }
    for (; len; len--)
        crc = crc >> 8 ^ table[0][(crc ^ *at++) & 0xff];
    return crc;
}

#if defined(__x86_64__)
#include <immintrin.h>
#define INSTRUCTION       __attribute__((target("sse4.2")))
#define STEP_8(crc, word) (uint32_t) _mm_crc32_u64((crc), (word))
#define STEP_1(crc, byte) _mm_crc32_u8((crc), (byte))
static bool has_instruction(void)
{
    return __builtin_cpu_supports("sse4.2");
}
#elif defined(__aarch64__)
#include <arm_acle.h>
#include <sys/auxv.h>
#define INSTRUCTION       __attribute__((target("+crc")))
#define STEP_8(crc, word) __crc32cd((crc), (word))
#define STEP_1(crc, byte) __crc32cb((crc), (byte))
static bool has_instruction(void)
{
    return (getauxval(AT_HWCAP) & 1 << 7) != 0; /* HWCAP_CRC32 */
}
#else
static bool has_instruction(void)
{
    return false;
}
#endif

#ifdef INSTRUCTION
/* The instruction takes three cycles, but a new one can begin with each: so three pieces side by side. */
#define PIECE_BYTES 1360

static inline uint64_t word_at(const unsigned char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    return word;
}

INSTRUCTION static uint32_t one_by_one(uint32_t crc, const unsigned char *at, size_t len)
{
    for (; len >= 8; len -= 8, at += 8)
        crc = STEP_8(crc, word_at(at));
    for (; len; len--)
        crc = STEP_1(crc, *at++);
    return crc;
}

/* a * b modulo the polynomial; bits reversed, so that x^0 is the highest. */
static uint32_t multiply(uint32_t a, uint32_t b)
{
    uint32_t product = 0;
    for (; a; a <<= 1) {
        product ^= b & -(a >> 31);
        b = b >> 1 ^ (POLYNOMIAL & -(b & 1));
    }
    return product;
}

/* What a checksum becomes as PIECE_BYTES zeros follow: times x to the power of their bits. */
static uint32_t behind_piece(uint32_t crc)
{
    static uint32_t power;
    if (!power) {
        uint32_t square = 1u << 30, result = 1u << 31; /* x, 1 */
        for (unsigned bits = 8 * PIECE_BYTES; bits; bits >>= 1, square = multiply(square, square))
            if (bits & 1)
                result = multiply(result, square);
        power = result;
    }
    return multiply(power, crc);
}

INSTRUCTION static uint32_t by_instruction(uint32_t crc, const unsigned char *at, size_t len)
{
    for (; len >= 3 * PIECE_BYTES; len -= 3 * PIECE_BYTES, at += 3 * PIECE_BYTES) {
        uint32_t second = 0, third = 0;
        for (size_t i = 0; i < PIECE_BYTES; i += 8) {
            crc = STEP_8(crc, word_at(at + i));
            second = STEP_8(second, word_at(at + PIECE_BYTES + i));
            third = STEP_8(third, word_at(at + 2 * PIECE_BYTES + i));
        }
        crc = behind_piece(behind_piece(crc) ^ second) ^ third;
    }
    return one_by_one(crc, at, len);
}
#else
static uint32_t by_instruction(uint32_t crc, const unsigned char *at, size_t len)
{
    return by_table(crc, at, len);
}
#endif

#if defined(__x86_64__)
/* Intel, "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction": 16 bytes are multiplied by the
 * powers of x that bring them some bytes further on, and added to what stands there, until little is left. */
#define FOLDING        __attribute__((target("avx512f,avx512vl,vpclmulqdq,pclmul,sse4.2")))
#define FOLD_LEAST_LEN 512
#define FOLD_256       0xdcb17aa4, 0xb9e02b86
#define FOLD_64        0x740eef02, 0x9e4addf8

static bool has_folding(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("vpclmulqdq");
}

/* x^(8 * bytes + 32) and x^(8 * bytes - 32), bits reversed and one up. */
FOLDING static inline __m512i further_by(long long ahead, long long behind)
{
    return _mm512_broadcast_i32x4(_mm_set_epi64x(behind, ahead));
}

FOLDING static inline __m512i fold(__m512i sum, __m512i power, __m512i next)
{
    __m512i low = _mm512_clmulepi64_epi128(sum, power, 0x00), high = _mm512_clmulepi64_epi128(sum, power, 0x11);
    return _mm512_ternarylogic_epi64(low, high, next, 0x96); /* the three xored */
}

FOLDING static uint32_t by_folding(uint32_t crc, const unsigned char *at, size_t len)
{
    if (len < FOLD_LEAST_LEN)
        return one_by_one(crc, at, len);
    const __m512i by_256 = further_by(FOLD_256), by_64 = further_by(FOLD_64);
    unsigned char left[64];
    __m512i a = _mm512_xor_si512(_mm512_loadu_si512(at), _mm512_zextsi128_si512(_mm_cvtsi32_si128((int)crc)));
    __m512i b = _mm512_loadu_si512(at + 64), c = _mm512_loadu_si512(at + 128), d = _mm512_loadu_si512(at + 192);
    for (at += 256, len -= 256; len >= 256; at += 256, len -= 256) {
        a = fold(a, by_256, _mm512_loadu_si512(at));
        b = fold(b, by_256, _mm512_loadu_si512(at + 64));
        c = fold(c, by_256, _mm512_loadu_si512(at + 128));
        d = fold(d, by_256, _mm512_loadu_si512(at + 192));
    }
    d = fold(fold(fold(a, by_64, b), by_64, c), by_64, d);
    for (; len >= 64; at += 64, len -= 64)
        d = fold(d, by_64, _mm512_loadu_si512(at));
    _mm512_storeu_si512(left, d);
    return one_by_one(one_by_one(0, left, sizeof left), at, len);
}
#else
static bool has_folding(void)
{
    return false;
}

static uint32_t by_folding(uint32_t crc, const unsigned char *at, size_t len)
{
    return by_instruction(crc, at, len);
}
#endif

bool crc32c_has(CrcWay way)
{
    return way == CRC_BY_TABLE || (way == CRC_BY_INSTRUCTION ? has_instruction() : has_folding());
}

uint32_t crc32c_by(CrcWay way, uint32_t before, const void *bytes, size_t len)
{
    switch (way) {
    case CRC_BY_FOLDING:
        return ~by_folding(~before, bytes, len);
    case CRC_BY_INSTRUCTION:
        return ~by_instruction(~before, bytes, len);
    case CRC_BY_TABLE:
        break;
    }
    return ~by_table(~before, bytes, len);
}

uint32_t crc32c(uint32_t before, const void *bytes, size_t len)
{
    return crc32c_by(has_folding()       ? CRC_BY_FOLDING
                     : has_instruction() ? CRC_BY_INSTRUCTION
                                         : CRC_BY_TABLE,
                     before, bytes, len);
}
