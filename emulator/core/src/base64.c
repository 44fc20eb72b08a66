/* base64.c - RFC 4648. The AVX2 form is that of Muła and Lemire, "Faster Base64 Encoding and Decoding using AVX2
 * Instructions" (2018): six-bit groups cut out by multiplications, characters found by a small table and saturating
 * arithmetic. */
#include "base64.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static size_t encode_tail(char *out, const unsigned char *in, size_t len)
{
    char *start = out;
    for (; len >= 3; in += 3, len -= 3, out += 4) {
        out[0] = alphabet[in[0] >> 2];
        out[1] = alphabet[(in[0] & 3) << 4 | in[1] >> 4];
        out[2] = alphabet[(in[1] & 15) << 2 | in[2] >> 6];
        out[3] = alphabet[in[2] & 63];
    }
    if (len) {
        out[0] = alphabet[in[0] >> 2];
        out[1] = alphabet[(in[0] & 3) << 4 | (len > 1 ? in[1] >> 4 : 0)];
        out[2] = len > 1 ? alphabet[(in[1] & 15) << 2] : '=';
        out[3] = '=';
        out += 4;
    }
    return (size_t)(out - start);
}

size_t base64_encode_portable(char *out, Bytes in)
{
    return encode_tail(out, (const unsigned char *)in.ptr, in.len);
}

/* 0 … 63, or -1. */
static int value_of(unsigned char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* The last four characters, of which one or two may be padding. Bits that padding cuts off must be 0. */
static ptrdiff_t decode_last(char *out, const unsigned char *in)
{
    int a = value_of(in[0]), b = value_of(in[1]), c = value_of(in[2]), d = value_of(in[3]);
    if (a < 0 || b < 0)
        return -1;
    out[0] = (char)(a << 2 | b >> 4);
    if (in[2] == '=')
        return in[3] == '=' && !(b & 15) ? 1 : -1;
    if (c < 0)
        return -1;
    out[1] = (char)(b << 4 | c >> 2);
    if (in[3] == '=')
        return c & 3 ? -1 : 2;
    if (d < 0)
        return -1;
    out[2] = (char)(c << 6 | d);
    return 3;
}

static ptrdiff_t decode_tail(char *out, const unsigned char *in, size_t len)
{
    char *start = out;
    for (; len > 4; in += 4, len -= 4, out += 3) {
        int a = value_of(in[0]), b = value_of(in[1]), c = value_of(in[2]), d = value_of(in[3]);
        if ((a | b | c | d) < 0)
            return -1;
        uint32_t word = (uint32_t)a << 18 | (uint32_t)b << 12 | (uint32_t)c << 6 | (uint32_t)d;
        out[0] = (char)(word >> 16);
        out[1] = (char)(word >> 8);
        out[2] = (char)word;
    }
    if (!len)
        return out - start;
    ptrdiff_t last = len == 4 ? decode_last(out, in) : -1;
    return last < 0 ? -1 : out - start + last;
}

#if defined(__x86_64__)
#include <immintrin.h>

__attribute__((target("avx2"))) static __m256i encode_24(__m256i in)
{
    const __m256i spread = _mm256_set_epi8(10, 11, 9, 10, 7, 8, 6, 7, 4, 5, 3, 4, 1, 2, 0, 1, 14, 15, 13, 14, 11, 12,
                                           10, 11, 8, 9, 7, 8, 5, 6, 4, 5);
    in = _mm256_shuffle_epi8(in, spread);
    __m256i high =
        _mm256_mulhi_epu16(_mm256_and_si256(in, _mm256_set1_epi32(0x0fc0fc00)), _mm256_set1_epi32(0x04000040));
    __m256i low =
        _mm256_mullo_epi16(_mm256_and_si256(in, _mm256_set1_epi32(0x003f03f0)), _mm256_set1_epi32(0x01000010));
    __m256i values = _mm256_or_si256(high, low);
    const __m256i shifts = _mm256_setr_epi8(65, 71, -4, -4, -4, -4, -4, -4, -4, -4, -4, -4, -19, -16, 0, 0, 65, 71, -4,
                                            -4, -4, -4, -4, -4, -4, -4, -4, -4, -19, -16, 0, 0);
    __m256i index = _mm256_subs_epu8(values, _mm256_set1_epi8(51));
    index = _mm256_sub_epi8(index, _mm256_cmpgt_epi8(values, _mm256_set1_epi8(25)));
    return _mm256_add_epi8(values, _mm256_shuffle_epi8(shifts, index));
}

/* A block is the 24 bytes and the 4 before and behind them: what isn't there is not read, and what is there moved into
 * its place. */
__attribute__((target("avx2"))) static size_t encode_avx2(char *out, const unsigned char *in, size_t len)
{
    const __m256i up = _mm256_setr_epi32(0, 0, 1, 2, 3, 4, 5, 6), down = _mm256_setr_epi32(1, 2, 3, 4, 5, 6, 7, 7);
    if (len < 32)
        return 0;
    __m256i block = _mm256_permutevar8x32_epi32(_mm256_loadu_si256((const __m256i *)(const void *)in), up);
    _mm256_storeu_si256((__m256i *)(void *)out, encode_24(block));
    size_t done = 24;
    for (; len - done >= 28; done += 24) {
        block = _mm256_loadu_si256((const __m256i *)(const void *)(in + done - 4));
        _mm256_storeu_si256((__m256i *)(void *)(out + done / 3 * 4), encode_24(block));
    }
    if (len - done < 24)
        return done;
    block = _mm256_loadu_si256((const __m256i *)(const void *)(in + done - 8));
    _mm256_storeu_si256((__m256i *)(void *)(out + done / 3 * 4), encode_24(_mm256_permutevar8x32_epi32(block, down)));
    return done + 24;
}

/* 32 characters to 24 bytes (of 32 written). False where one of them is not of the alphabet. */
__attribute__((target("avx2"))) static bool decode_32(char *out, __m256i in)
{
    const __m256i low_table = _mm256_setr_epi8(0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x13, 0x1a,
                                               0x1b, 0x1b, 0x1b, 0x1a, 0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11,
                                               0x11, 0x11, 0x13, 0x1a, 0x1b, 0x1b, 0x1b, 0x1a);
    const __m256i high_table = _mm256_setr_epi8(0x10, 0x10, 0x01, 0x02, 0x04, 0x08, 0x04, 0x08, 0x10, 0x10, 0x10, 0x10,
                                                0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x01, 0x02, 0x04, 0x08, 0x04, 0x08,
                                                0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10);
    const __m256i roll_table = _mm256_setr_epi8(0, 16, 19, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0, 0, 16, 19, 4,
                                                -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0);
    const __m256i slash = _mm256_set1_epi8(0x2f);
    __m256i high = _mm256_and_si256(_mm256_srli_epi32(in, 4), slash);
    __m256i low = _mm256_and_si256(in, slash);
    __m256i bad = _mm256_and_si256(_mm256_shuffle_epi8(low_table, low), _mm256_shuffle_epi8(high_table, high));
    if (!_mm256_testz_si256(bad, bad))
        return false;
    __m256i is_slash = _mm256_cmpeq_epi8(in, slash);
    in = _mm256_add_epi8(in, _mm256_shuffle_epi8(roll_table, _mm256_add_epi8(is_slash, high)));
    in = _mm256_maddubs_epi16(in, _mm256_set1_epi32(0x01400140));
    in = _mm256_madd_epi16(in, _mm256_set1_epi32(0x00011000));
    in = _mm256_shuffle_epi8(in, _mm256_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1, 2, 1, 0, 6, 5,
                                                  4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1));
    in = _mm256_permutevar8x32_epi32(in, _mm256_setr_epi32(0, 1, 2, 4, 5, 6, -1, -1));
    _mm256_storeu_si256((__m256i *)(void *)out, in);
    return true;
}

/* Leaves at least 16 characters, so that the 8 bytes it writes too much lie inside what the rest will fill. */
__attribute__((target("avx2"))) static size_t decode_avx2(char *out, const unsigned char *in, size_t len)
{
    size_t done = 0;
    for (; len - done >= 48; done += 32)
        if (!decode_32(out + done / 4 * 3, _mm256_loadu_si256((const __m256i *)(const void *)(in + done))))
            break;
    return done;
}

static bool has_avx2(void)
{
    return __builtin_cpu_supports("avx2");
}
#else
static bool has_avx2(void)
{
    return false;
}
static size_t encode_avx2(char *out, const unsigned char *in, size_t len)
{
    (void)out, (void)in, (void)len;
    return 0;
}
static size_t decode_avx2(char *out, const unsigned char *in, size_t len)
{
    (void)out, (void)in, (void)len;
    return 0;
}
#endif

size_t base64_encode(char *out, Bytes in)
{
    const unsigned char *bytes = (const unsigned char *)in.ptr;
    size_t done = has_avx2() ? encode_avx2(out, bytes, in.len) : 0;
    return done / 3 * 4 + encode_tail(out + done / 3 * 4, bytes + done, in.len - done);
}

ptrdiff_t base64_decode(char *out, Bytes in)
{
    const unsigned char *bytes = (const unsigned char *)in.ptr;
    if (in.len % 4)
        return -1;
    size_t done = has_avx2() ? decode_avx2(out, bytes, in.len) : 0;
    ptrdiff_t rest = decode_tail(out + done / 4 * 3, bytes + done, in.len - done);
    return rest < 0 ? -1 : (ptrdiff_t)(done / 4 * 3) + rest;
}

Bytes base64_text(Arena *arena, Bytes in)
{
    char *text = arena_take_raw(arena, base64_encoded_len(in.len));
    return (Bytes){text, base64_encode(text, in)};
}
