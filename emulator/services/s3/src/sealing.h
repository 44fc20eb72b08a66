/* sealing.h - objects' bytes under AES-256 in counter mode, so that any range of them is read by itself: each object
 * that came whole, and each part, begins at a counter of its own, which is its ETag, too (aws: "Objects … encrypted by
 * SSE-C or SSE-KMS have ETags that are not an MD5 digest of their object data"). The key is the customer's, of whom
 * only a salted check is kept, or a data key that a key of KMS opens; aws:kms:dsse has two, one over the other. */
#pragma once
#include "object.h"

#define SEALING_KEY_BYTES     32
#define SEALING_LAYERS_MAX    2
#define SEALING_COUNTER_BYTES 16

typedef struct SealingKeys {
    int layers; /* 0: the bytes lie as they came */
    uint8_t keys[SEALING_LAYERS_MAX][SEALING_KEY_BYTES];
} SealingKeys;

/* An object, or a part, that is being written. */
typedef struct Sealing {
    SealingKeys keys;
    uint8_t counter[SEALING_COUNTER_BYTES];
} Sealing;

/* At a counter by chance. */
void sealing_begin(Call *call, const SealingKeys *keys, Sealing *ret_sealing);
/* Its ETag: 32 hex digits. */
Bytes sealing_etag(Arena *arena, const Sealing *sealing);
/* Seals and opens alike, in place: `len` bytes, `at` behind the counter's beginning. */
void sealing_turn(const Sealing *sealing, uint64_t at, char *bytes, size_t len);

/* An object that is read: its parts' counters. */
typedef struct Opening Opening;
/* NULL where there is nothing to open. The caller's to free, unless it is given away. */
MUST_CHECK Status opening_new(Call *call, const Object *object, const SealingKeys *keys, Opening **ret_opening);
Opening *opening_free(Opening *opening); /* NULL is fine; returns NULL */
/* In place: `len` bytes, `at` in the object. */
void opening_turn(const Opening *opening, uint64_t at, char *bytes, size_t len);
/* The answer's payload, opened as it is pulled; the opening is given away. NULL: as call_answer_blob. */
MUST_CHECK Status opening_answer(Call *call, const Object *object, Opening *opening, uint64_t at, uint64_t length);
