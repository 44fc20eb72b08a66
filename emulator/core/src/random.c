/* random.c - xoshiro256**, seeded through splitmix64. Blackman & Vigna, "Scrambled linear pseudorandom number
 * generators". */
#include "random.h"
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

struct Random {
    uint64_t state[4];
};

static uint64_t splitmix(uint64_t *seed)
{
    uint64_t z = *seed += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

Random *random_new_seeded(uint64_t seed)
{
    Random *random = malloc(sizeof *random);
    if (!random)
        abort();
    for (int i = 0; i < 4; i++)
        random->state[i] = splitmix(&seed);
    return random;
}

Random *random_new(void)
{
    uint64_t seed;
    if (getrandom(&seed, sizeof seed, 0) != sizeof seed)
        abort();
    return random_new_seeded(seed);
}

Random *random_free(Random *random)
{
    free(random);
    return NULL;
}

static uint64_t rotate(uint64_t x, int by)
{
    return (x << by) | (x >> (64 - by));
}

uint64_t random_u64(Random *random)
{
    uint64_t *s = random->state;
    uint64_t result = rotate(s[1] * 5, 7) * 9, t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return result;
}

uint64_t random_below(Random *random, uint64_t limit)
{
    uint64_t least = (0 - limit) % limit, value;
    do
        value = random_u64(random);
    while (value < least);
    return value % limit;
}

void random_fill(Random *random, void *memory, size_t len)
{
    char *at = memory;
    uint64_t word;
    for (; len >= sizeof word; at += sizeof word, len -= sizeof word) {
        word = random_u64(random);
        memcpy(at, &word, sizeof word);
    }
    if (!len)
        return;
    word = random_u64(random);
    memcpy(at, &word, len);
}
