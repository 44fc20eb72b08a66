/* random.h - the one source of chance. With a seed, the same run twice; without, the system's entropy.
 * For ids only: keys and nonces come from libsodium. */
#pragma once
#include <stddef.h>
#include <stdint.h>

typedef struct Random Random;

Random *random_new(void);
Random *random_new_seeded(uint64_t seed);
Random *random_free(Random *random);
uint64_t random_u64(Random *random);
uint64_t random_below(Random *random, uint64_t limit); /* 0 … limit-1, without bias; limit > 0 */
void random_fill(Random *random, void *memory, size_t len);
