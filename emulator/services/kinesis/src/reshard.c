#include "reshard.h"

#define ROUNDING_MAX ((HashKey)1 << 20) /* far more than 20,000 parts can differ by, far less than a part */

void reshard_plan(const Stream *stream, uint32_t count, HashKey *ret_starts)
{
    for (uint32_t i = 0; i < count; i++) {
        HashKey start = hash_key_part(i, count);
        const Shard *shard = shard_of_hash(stream, start);
        if (start - shard->hash_start <= ROUNDING_MAX)
            start = shard->hash_start;
        else if (shard->hash_end - start < ROUNDING_MAX && shard->hash_end != HASH_KEY_MAX)
            start = shard->hash_end + 1;
        ret_starts[i] = start;
    }
}

static int split_at(Kinesis *kinesis, const Stream *stream, HashKey start, int64_t at_ms)
{
    Shard *shard = shard_of_hash(stream, start);
    return shard->hash_start == start ? STORE_OK : shard_split(kinesis, shard, start, at_ms);
}

static int merge_between(Kinesis *kinesis, const Stream *stream, HashKey start, HashKey end, int64_t at_ms)
{
    int code = STORE_OK;
    for (Shard *shard; code == STORE_OK && (shard = shard_of_hash(stream, start))->hash_end != end;)
        code = shard_merge(kinesis, shard, shard_of_hash(stream, shard->hash_end + 1), at_ms);
    return code;
}

int reshard_run(Kinesis *kinesis, Stream *stream, const HashKey *starts, uint32_t count, int64_t at_ms)
{
    int code = STORE_OK;
    for (uint32_t i = 0; code == STORE_OK && i < count; i++)
        code = split_at(kinesis, stream, starts[i], at_ms);
    for (uint32_t i = 0; code == STORE_OK && i < count; i++)
        code = merge_between(kinesis, stream, starts[i], i + 1 < count ? starts[i + 1] - 1 : HASH_KEY_MAX, at_ms);
    return code;
}
