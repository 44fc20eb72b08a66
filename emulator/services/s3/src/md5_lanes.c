/* md5_lanes.c - RFC 1321's steps on vectors of eight lanes, two of them side by side, for a step waits for the one
 * before. */
#include "md5_lanes.h"
#include <string.h>

#define BLOCK MD5_BLOCK_SIZE
#define EACH  8 /* lanes of a vector */
#define PAIRS (MD5_LANES / EACH)

#if defined __x86_64__

typedef uint32_t Eight __attribute__((vector_size(EACH * sizeof(uint32_t))));
typedef struct State {
    Eight a[PAIRS], b[PAIRS], c[PAIRS], d[PAIRS];
} State;
#define INLINE static inline __attribute__((always_inline))
#pragma GCC diagnostic ignored "-Wpsabi" /* of functions that are never called, but always inlined */

/* RFC 1321, 3.4: floor(2^32 * abs(sin(i + 1))). */
static const uint32_t sines[64] = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391};

INLINE Eight mixed(int round, Eight b, Eight c, Eight d)
{
    switch (round) {
    case 0:
        return d ^ (b & (c ^ d));
    case 1:
        return c ^ (d & (b ^ c));
    case 2:
        return b ^ c ^ d;
    default:
        return c ^ (b | ~d);
    }
}

INLINE void step(int i, Eight *a, const Eight *b, const Eight *c, const Eight *d, Eight words[PAIRS][16])
{
    static const int shifts[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
    static const int from[4] = {0, 1, 5, 0}, by[4] = {1, 5, 3, 7};
    int round = i / 16, shift = shifts[round][i % 4], word = (from[round] + by[round] * i) % 16;
#pragma GCC unroll 16
    for (int at = 0; at < PAIRS; at++) {
        Eight sum = a[at] + mixed(round, b[at], c[at], d[at]) + (words[at][word] + sines[i]);
        a[at] = b[at] + (sum << shift | sum >> (32 - shift));
    }
}

#define FOUR(i)                                                                                                        \
    step(i, now.a, now.b, now.c, now.d, words);                                                                        \
    step(i + 1, now.d, now.a, now.b, now.c, words);                                                                    \
    step(i + 2, now.c, now.d, now.a, now.b, words);                                                                    \
    step(i + 3, now.b, now.c, now.d, now.a, words)
#define SIXTEEN(i)                                                                                                     \
    FOUR(i);                                                                                                           \
    FOUR(i + 4);                                                                                                       \
    FOUR(i + 8);                                                                                                       \
    FOUR(i + 12)

INLINE void steps(State *state, Eight words[PAIRS][16])
{
    State now = *state;
    SIXTEEN(0);
    SIXTEEN(16);
    SIXTEEN(32);
    SIXTEEN(48);
#pragma GCC unroll 16
    for (int at = 0; at < PAIRS; at++) {
        state->a[at] += now.a[at];
        state->b[at] += now.b[at];
        state->c[at] += now.c[at];
        state->d[at] += now.d[at];
    }
}

/* Eight words of each of eight lanes become one word of all, eight times. */
INLINE void turned(const uint8_t *const lanes[EACH], size_t offset, Eight to[EACH])
{
    Eight row[EACH], pair[EACH], four[EACH];
#pragma GCC unroll 16
    for (int i = 0; i < EACH; i++)
        memcpy(&row[i], lanes[i] + offset, sizeof row[i]);
#pragma GCC unroll 16
    for (int i = 0; i < EACH; i += 2) {
        pair[i] = __builtin_shufflevector(row[i], row[i + 1], 0, 8, 1, 9, 4, 12, 5, 13);
        pair[i + 1] = __builtin_shufflevector(row[i], row[i + 1], 2, 10, 3, 11, 6, 14, 7, 15);
    }
#pragma GCC unroll 16
    for (int i = 0; i < EACH; i += 4)
#pragma GCC unroll 16
        for (int j = 0; j < 2; j++) {
            four[i + 2 * j] = __builtin_shufflevector(pair[i + j], pair[i + j + 2], 0, 1, 8, 9, 4, 5, 12, 13);
            four[i + 2 * j + 1] = __builtin_shufflevector(pair[i + j], pair[i + j + 2], 2, 3, 10, 11, 6, 7, 14, 15);
        }
#pragma GCC unroll 16
    for (int i = 0; i < EACH / 2; i++) {
        to[i] = __builtin_shufflevector(four[i], four[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
        to[i + 4] = __builtin_shufflevector(four[i], four[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
    }
}

INLINE void all_blocks(State *state, const uint8_t *const bytes[MD5_LANES], size_t blocks)
{
    Eight words[PAIRS][16];
    for (size_t block = 0; block < blocks; block++) {
#pragma GCC unroll 16
        for (int at = 0; at < PAIRS; at++)
#pragma GCC unroll 16
            for (int half = 0; half < 2; half++)
                turned(bytes + at * EACH, block * BLOCK + half * sizeof(Eight), words[at] + half * EACH);
        steps(state, words);
    }
}

__attribute__((target("avx2"))) static void blocks_by_avx2(State *state, const uint8_t *const bytes[MD5_LANES],
                                                           size_t blocks)
{
    all_blocks(state, bytes, blocks);
}

/* Rotates, and any function of three, in one instruction. */
__attribute__((target("avx2,avx512f,avx512vl"))) static void blocks_by_avx512(State *state,
                                                                              const uint8_t *const bytes[MD5_LANES],
                                                                              size_t blocks)
{
    all_blocks(state, bytes, blocks);
}

bool md5_lanes_are_fast(void)
{
    return __builtin_cpu_supports("avx2");
}

/* As many blocks of each. Places without a lane do the first one's again. */
static void run(const Md5Lane *lanes, size_t count, const size_t *done, size_t blocks)
{
    State state;
    const uint8_t *bytes[MD5_LANES];
    for (size_t i = 0; i < MD5_LANES; i++) {
        size_t of = i < count ? i : 0;
        const uint32_t *from = lanes[of].md5->state;
        bytes[i] = lanes[of].bytes + done[of] * BLOCK;
        state.a[i / EACH][i % EACH] = from[0];
        state.b[i / EACH][i % EACH] = from[1];
        state.c[i / EACH][i % EACH] = from[2];
        state.d[i / EACH][i % EACH] = from[3];
    }
    if (__builtin_cpu_supports("avx512vl"))
        blocks_by_avx512(&state, bytes, blocks);
    else
        blocks_by_avx2(&state, bytes, blocks);
    for (size_t i = 0; i < count; i++) {
        uint32_t *to = lanes[i].md5->state;
        to[0] = state.a[i / EACH][i % EACH];
        to[1] = state.b[i / EACH][i % EACH];
        to[2] = state.c[i / EACH][i % EACH];
        to[3] = state.d[i / EACH][i % EACH];
        lanes[i].md5->count += blocks;
    }
}

#else

bool md5_lanes_are_fast(void)
{
    return false;
}

static void run(const Md5Lane *lanes, size_t count, const size_t *done, size_t blocks)
{
    for (size_t i = 0; i < count; i++)
        md5_update(lanes[i].md5, blocks * BLOCK, lanes[i].bytes + done[i] * BLOCK);
}

#endif

/* A lane that has no more leaves; fewer than three are not worth the vectors. */
void md5_lanes_update(const Md5Lane *lanes, size_t count)
{
    Md5Lane left[MD5_LANES];
    size_t done[MD5_LANES] = {0};
    memcpy(left, lanes, count * sizeof *lanes);
    while (count > 2 && md5_lanes_are_fast()) {
        size_t least = left[0].blocks - done[0], kept = 0;
        for (size_t i = 1; i < count; i++)
            least = left[i].blocks - done[i] < least ? left[i].blocks - done[i] : least;
        run(left, count, done, least);
        for (size_t i = 0; i < count; i++)
            if ((done[i] += least) < left[i].blocks) {
                left[kept] = left[i];
                done[kept++] = done[i];
            }
        count = kept;
    }
    for (size_t i = 0; i < count; i++)
        md5_update(left[i].md5, (left[i].blocks - done[i]) * BLOCK, left[i].bytes + done[i] * BLOCK);
}
