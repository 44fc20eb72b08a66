/* sealing.c */
#include "sealing.h"
#include "call_blob.h"
#include "hex.h"
#include <nettle/aes.h>
#include <nettle/ctr.h>
#include <stdlib.h>

void sealing_begin(Call *call, const SealingKeys *keys, Sealing *ret_sealing)
{
    *ret_sealing = (Sealing){.keys = *keys};
    if (keys->layers)
        random_fill(call->runtime->random, ret_sealing->counter, sizeof ret_sealing->counter);
}

Bytes sealing_etag(Arena *arena, const Sealing *sealing)
{
    return hex_text(arena, sealing->counter, sizeof sealing->counter);
}

static void advance(uint8_t counter[static SEALING_COUNTER_BYTES], uint64_t blocks)
{
    for (size_t i = SEALING_COUNTER_BYTES; i-- > 0 && blocks;) {
        blocks += counter[i];
        counter[i] = (uint8_t)blocks;
        blocks >>= 8;
    }
}

static void turn_layer(const uint8_t *key, const Sealing *sealing, uint64_t at, uint8_t *bytes, size_t len)
{
    struct aes256_ctx aes;
    uint8_t counter[SEALING_COUNTER_BYTES], pad[AES_BLOCK_SIZE] = {0};
    size_t skip = at % AES_BLOCK_SIZE,
           first = skip && len < AES_BLOCK_SIZE - skip ? len : (AES_BLOCK_SIZE - skip) % AES_BLOCK_SIZE;
    memcpy(counter, sealing->counter, sizeof counter);
    advance(counter, at / AES_BLOCK_SIZE);
    aes256_set_encrypt_key(&aes, key);
    if (skip) {
        ctr_crypt(&aes, (nettle_cipher_func *)aes256_encrypt, AES_BLOCK_SIZE, counter, sizeof pad, pad, pad);
        for (size_t i = 0; i < first; i++)
            bytes[i] ^= pad[skip + i];
    }
    ctr_crypt(&aes, (nettle_cipher_func *)aes256_encrypt, AES_BLOCK_SIZE, counter, len - first, bytes + first,
              bytes + first);
}

void sealing_turn(const Sealing *sealing, uint64_t at, char *bytes, size_t len)
{
    for (int i = 0; i < sealing->keys.layers; i++)
        turn_layer(sealing->keys.keys[i], sealing, at, (uint8_t *)bytes, len);
}

/* Reading. */

typedef struct Begin {
    uint64_t at;
    uint8_t counter[SEALING_COUNTER_BYTES];
} Begin;

struct Opening {
    Blob *blob; /* held for an answer */
    uint64_t from;
    SealingKeys keys;
    size_t count;
    Begin parts[];
};

static void read_counter(Bytes hex, uint8_t *ret_counter)
{
    for (size_t i = 0; i < SEALING_COUNTER_BYTES && 2 * i + 1 < hex.len; i++) {
        const char pair[3] = {hex.ptr[2 * i], hex.ptr[2 * i + 1], 0};
        ret_counter[i] = (uint8_t)strtoul(pair, NULL, 16);
    }
}

Status opening_new(Call *call, const Object *object, const SealingKeys *keys, Opening **ret_opening)
{
    ObjectPart whole = {.counter = object->etag}, *parts = &whole;
    size_t count = 1;
    *ret_opening = NULL;
    if (!keys->layers)
        return OK;
    if (object->parts)
        TRY(object_parts_list(call, object, &parts, &count));
    Opening *opening = calloc(1, sizeof *opening + count * sizeof *opening->parts);
    if (!opening)
        abort();
    opening->keys = *keys;
    opening->count = count;
    for (size_t i = 0; i < count; i++) {
        opening->parts[i].at = (uint64_t)parts[i].at;
        read_counter(parts[i].counter, opening->parts[i].counter);
    }
    *ret_opening = opening;
    return OK;
}

Opening *opening_free(Opening *opening)
{
    if (!opening)
        return NULL;
    if (opening->blob)
        blob_let_go(opening->blob);
    explicit_bzero(&opening->keys, sizeof opening->keys);
    free(opening);
    return NULL;
}

/* The last part that begins at `at` or before. */
static size_t find_part(const Opening *opening, uint64_t at)
{
    size_t low = 0, high = opening->count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (opening->parts[middle].at <= at)
            low = middle;
        else
            high = middle;
    }
    return low;
}

void opening_turn(const Opening *opening, uint64_t at, char *bytes, size_t len)
{
    for (size_t i = find_part(opening, at); len && i < opening->count; i++) {
        const Begin *begin = &opening->parts[i];
        uint64_t end = i + 1 < opening->count ? opening->parts[i + 1].at : UINT64_MAX;
        size_t here = end - at < len ? (size_t)(end - at) : len;
        Sealing sealing = {.keys = opening->keys};
        memcpy(sealing.counter, begin->counter, sizeof sealing.counter);
        sealing_turn(&sealing, at - begin->at, bytes, here);
        at += here;
        bytes += here;
        len -= here;
    }
}

static ssize_t read_opened(void *context, uint64_t at, char *to, size_t room)
{
    const Opening *opening = context;
    size_t len;
    if (blob_read(opening->blob, opening->from + at, to, room, &len) != STORE_OK)
        return -1;
    opening_turn(opening, opening->from + at, to, len);
    return (ssize_t)len;
}

static void answer_is_done(void *context)
{
    opening_free(context);
}

Status opening_answer(Call *call, const Object *object, Opening *opening, uint64_t at, uint64_t length)
{
    if (!opening)
        return expect_ok(call, call_answer_blob(call, object->blob, at, length));
    int code = blob_hold(call->store, object->blob, &opening->blob);
    if (code != STORE_OK || !length) {
        opening_free(opening);
        return expect_ok(call, code);
    }
    opening->from = at;
    call_answer_from(
        call,
        &(HttpSource){.read = read_opened, .done = answer_is_done, .context = opening, .length = length, .fd = -1});
    return OK;
}
