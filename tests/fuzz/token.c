/* token.c - what clients give back to Kinesis, or make up: iterators and page tokens, sequence numbers, names of
 * shards, hash keys. The first byte chooses. A sealed token opens only whole. */
#include "token.h"
#include "fuzz.h"
#include "shard.h"

static void try_token(Arena *arena, Bytes text)
{
    Kinesis kinesis = {.secret = {7}};
    Token token = {.kind = TOKEN_SHARDS,
                   .made_ms = 5,
                   .stream_id = 6,
                   .numbers = {1, 2, 3},
                   .account = TEXT("a"),
                   .region = TEXT("r"),
                   .name = text.len <= 128 ? text : TEXT("n")};
    Token opened;
    EXPECT(!token_open(&kinesis, arena, text, TOKEN_ITERATOR, &opened));
    Bytes sealed = token_seal(&kinesis, arena, &token);
    EXPECT(token_open(&kinesis, arena, sealed, TOKEN_SHARDS, &opened));
    EXPECT(opened.numbers[2] == 3 && bytes_equal(opened.name, token.name));
    EXPECT(!token_open(&kinesis, arena, sealed, TOKEN_STREAMS, &opened));
    if (text.len >= 2) {
        char *broken = arena_take_raw(arena, sealed.len);
        memcpy(broken, sealed.ptr, sealed.len);
        size_t at = (unsigned char)text.ptr[0] % sealed.len;
        broken[at] = (char)(broken[at] == text.ptr[1] ? '!' : text.ptr[1]);
        EXPECT(at + 4 > sealed.len || !token_open(&kinesis, arena, (Bytes){broken, sealed.len}, TOKEN_SHARDS, &opened));
    }
}

static void try_sequence(Arena *arena, Bytes text)
{
    SequenceNumber number;
    if (!sequence_parse(text, &number) || number.version != SEQUENCE_VERSION || number.index > SEQUENCE_INDEX_MAX)
        return;
    SequenceOrigin origin = sequence_origin(number.created_s, number.shard_index);
    SequenceNumber again;
    EXPECT(sequence_parse(sequence_text(arena, &origin, number.index, number.arrived_s), &again));
    EXPECT(again.index == number.index && again.shard_index == number.shard_index);
}

static void try_names(Arena *arena, Bytes text)
{
    HashKey key;
    uint32_t index;
    if (hash_key_parse(text, &key)) {
        HashKey again;
        EXPECT(hash_key_parse(hash_key_text(arena, key), &again) && again == key);
    }
    if (shard_index_parse(text, &index)) {
        uint32_t again;
        EXPECT(shard_index_parse(shard_name(arena, index), &again) && again == index);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const tries[])(Arena * arena, Bytes text) = {try_token, try_sequence, try_names};
    if (!size || sodium_init() < 0)
        return 0;
    Arena *arena = arena_new();
    tries[data[0] % COUNT_OF(tries)](arena, (Bytes){(const char *)data + 1, size - 1});
    arena_free(arena);
    return 0;
}
