/* rate_limits.c - what is counted, and what is said. */
#include "rate_limits.h"
#include "metrics.h"
#include "operations.h"
#include "scaling.h"
#include <stdlib.h>

#define MIB 1048576

static const RateMax write_max = {1000, MIB};
static const RateMax read_max = {5, 2 * MIB};
static const RateMax iterator_max = {5, 0};
static const RateMax push_max = {0, 2 * MIB};

static const RateLimits *limits_of(const Kinesis *kinesis, const Stream *stream)
{
    const RateLimits *own = map_count(kinesis->stream_limits) ? map_get(kinesis->stream_limits, stream->key) : NULL;
    return own ? own : &kinesis->limits;
}

/* At least one a second passes. */
static RateMax scaled(const RateMax *max, const RateLimits *limits)
{
    RateMax out = {(int64_t)((double)max->count * limits->scale), (int64_t)((double)max->bytes * limits->scale)};
    if (max->count && !out.count)
        out.count = 1;
    if (max->bytes && !out.bytes)
        out.bytes = 1;
    return out;
}

/* What passes now may be undone with its turn. */
static Rate *change(const Kinesis *kinesis, KeptRate *kept)
{
    uint64_t commit = store_commits(kinesis->store) + 1;
    if (kept->commit != commit) {
        kept->before = kept->rate;
        kept->commit = commit;
    }
    return &kept->rate;
}

bool limits_take_write(Kinesis *kinesis, Shard *shard, size_t bytes)
{
    const RateLimits *limits = limits_of(kinesis, shard->stream);
    if (!limits->are_enforced)
        return true;
    RateMax max = scaled(&write_max, limits);
    int64_t at_ms = now_ms(kinesis);
    scaling_note(kinesis, shard->stream, bytes, limits->scale);
    if (!rate_has_room(change(kinesis, &shard->writes), &max, (int64_t)bytes, at_ms))
        return false;
    rate_take(&shard->writes.rate, &max, (int64_t)bytes, at_ms);
    return true;
}

Bytes limits_shard_message(Arena *arena, const Shard *shard)
{
    return arena_text(arena,
                      "Rate exceeded for shard shardId-%012u in stream " BYTES_FMT " under account " BYTES_FMT ".",
                      shard->index, BYTES_ARG(shard->stream->name), BYTES_ARG(shard->stream->account));
}

static Status exceeded(Call *call, const Shard *shard)
{
    return fail(call, &KINESIS_PROVISIONED_THROUGHPUT_EXCEEDED, BYTES_FMT,
                BYTES_ARG(limits_shard_message(call->arena, shard)));
}

Status limits_check_read(Call *call, Shard *shard)
{
    const RateLimits *limits = limits_of(call->service, shard->stream);
    if (!limits->are_enforced)
        return OK;
    RateMax max = scaled(&read_max, limits);
    if (rate_has_room(change(call->service, &shard->reads), &max, 1, call->now_ms))
        return OK;
    metric_of_stream(call->service, shard->stream, METRIC_READ_EXCEEDED, 1);
    metric_of_stream(call->service, shard->stream, METRIC_GET_RECORDS_SUCCESS, 0);
    metric_of_shard(call->service, shard, METRIC_READ_EXCEEDED, 1);
    return exceeded(call, shard);
}

void limits_take_read(Kinesis *kinesis, Shard *shard, size_t bytes)
{
    const RateLimits *limits = limits_of(kinesis, shard->stream);
    if (!limits->are_enforced)
        return;
    RateMax max = scaled(&read_max, limits);
    rate_take(change(kinesis, &shard->reads), &max, (int64_t)bytes, now_ms(kinesis));
}

Status limits_take_iterator(Call *call, Shard *shard)
{
    const RateLimits *limits = limits_of(call->service, shard->stream);
    if (!limits->are_enforced)
        return OK;
    RateMax max = scaled(&iterator_max, limits);
    if (!rate_has_room(change(call->service, &shard->iterators), &max, 0, call->now_ms))
        return exceeded(call, shard);
    rate_take(&shard->iterators.rate, &max, 0, call->now_ms);
    return OK;
}

int64_t limits_push_ms(Kinesis *kinesis, const Shard *shard, Rate *rate, int64_t at_ms)
{
    const RateLimits *limits = limits_of(kinesis, shard->stream);
    if (!limits->are_enforced)
        return at_ms;
    RateMax max = scaled(&push_max, limits);
    return rate_has_room(rate, &max, 1, at_ms) ? at_ms : rate->ends_ms;
}

void limits_take_push(Kinesis *kinesis, const Shard *shard, Rate *rate, size_t bytes, int64_t at_ms)
{
    const RateLimits *limits = limits_of(kinesis, shard->stream);
    RateMax max = scaled(&push_max, limits);
    rate_take(rate, &max, (int64_t)bytes, at_ms);
}

/* The operations' own limits: calls a second. aws: the Kinesis API Reference says them with each operation. */
static const struct CallLimit {
    const Operation *operation;
    int64_t calls;
    bool is_of_stream; /* or of the account */
} call_limits[] = {
    {&KinesisCreateStream, 5, false},
    {&KinesisDeleteStream, 5, false},
    {&KinesisListStreams, 5, false},
    {&KinesisSplitShard, 5, false},
    {&KinesisMergeShards, 5, false},
    {&KinesisUpdateShardCount, 10, false},
    {&KinesisDescribeStream, 10, false},
    {&KinesisDescribeStreamSummary, 20, false},
    {&KinesisDescribeLimits, 1, false},
    {&KinesisDescribeAccountSettings, 5, false},
    {&KinesisUpdateAccountSettings, 5, false},
    {&KinesisUpdateStreamWarmThroughput, 5, false},
    {&KinesisAddTagsToStream, 5, false},
    {&KinesisRemoveTagsFromStream, 5, false},
    {&KinesisListTagsForStream, 5, false},
    {&KinesisRegisterStreamConsumer, 5, false},
    {&KinesisListShards, 1000, true},
    {&KinesisDeregisterStreamConsumer, 5, true},
    {&KinesisDescribeStreamConsumer, 20, true},
    {&KinesisListStreamConsumers, 5, true},
};

static const struct CallLimit *call_limit_of(const Operation *operation)
{
    for (size_t i = 0; i < sizeof call_limits / sizeof *call_limits; i++)
        if (call_limits[i].operation == operation)
            return &call_limits[i];
    return NULL;
}

/* A stream's name: of its member, or out of any ARN the input names it by. Empty: the input tells it otherwise. */
static Bytes stream_named(const Shape *shape, const void *in)
{
    for (int i = 0; i < shape->fields_count; i++) {
        const Field *field = &shape->fields[i];
        const Bytes *text = (const Bytes *)(const void *)((const char *)in + field->offset);
        Arn arn;
        if (field->shape->kind != KIND_STRING || !present(*text))
            continue;
        if (bytes_is(field->name, "StreamName"))
            return *text;
        if (arn_parse(*text, &arn) && bytes_is(bytes_cut(&arn.resource, '/'), "stream"))
            return bytes_cut(&arn.resource, '/');
    }
    return TEXT("");
}

static Rate *rate_of(Kinesis *kinesis, Bytes key)
{
    Rate *rate = map_get(kinesis->calls, key);
    if (rate)
        return rate;
    rate = calloc(1, sizeof *rate);
    if (!rate)
        abort();
    map_put(kinesis->calls, key, rate);
    return rate;
}

Status limits_admit(Call *call, const void *in)
{
    Kinesis *kinesis = call->service;
    const struct CallLimit *limit = kinesis->limits.are_enforced ? call_limit_of(call->operation) : NULL;
    if (!limit)
        return OK;
    Bytes stream = limit->is_of_stream ? stream_named(call->operation->model->input, in) : TEXT("");
    Rate *rate =
        rate_of(kinesis, arena_text(call->arena, BYTES_FMT "/" BYTES_FMT "/%s/" BYTES_FMT, BYTES_ARG(call->account),
                                    BYTES_ARG(call->region), call->operation->model->name, BYTES_ARG(stream)));
    RateMax max = {limit->calls, 0};
    max = scaled(&max, &kinesis->limits);
    if (rate_has_room(rate, &max, 0, call->now_ms)) {
        rate_take(rate, &max, 0, call->now_ms);
        return OK;
    }
    stream = stream_named(call->operation->model->input, in);
    if (stream.len)
        return fail(call, &KINESIS_LIMIT_EXCEEDED,
                    "Rate exceeded for stream " BYTES_FMT " under account " BYTES_FMT ".", BYTES_ARG(stream),
                    BYTES_ARG(call->account));
    return fail(call, &KINESIS_LIMIT_EXCEEDED, "Rate exceeded for account " BYTES_FMT ".", BYTES_ARG(call->account));
}

typedef struct KeptRates {
    KeptRate writes, reads, iterators;
} KeptRates;

/* As the last commit left it. */
static KeptRate settled(const Kinesis *kinesis, const KeptRate *kept)
{
    bool is_undone = kept->commit == store_commits(kinesis->store) + 1;
    return (KeptRate){.rate = is_undone ? kept->before : kept->rate};
}

void limits_keep_rates(Kinesis *kinesis)
{
    Bytes key;
    void *value;
    if (!kinesis->limits.are_enforced && !map_count(kinesis->stream_limits))
        return;
    if (!kinesis->kept_rates)
        kinesis->kept_rates = map_new();
    for (size_t at = 0; map_next(kinesis->shards, &at, &key, &value);) {
        const Shard *shard = value;
        if (!shard->writes.commit && !shard->reads.commit && !shard->iterators.commit)
            continue;
        KeptRates *kept = malloc(sizeof *kept);
        if (!kept)
            abort();
        *kept = (KeptRates){settled(kinesis, &shard->writes), settled(kinesis, &shard->reads),
                            settled(kinesis, &shard->iterators)};
        free(map_put(kinesis->kept_rates, key, kept));
    }
}

void limits_give_rates_back(Kinesis *kinesis)
{
    Bytes key;
    void *value;
    if (!kinesis->kept_rates)
        return;
    for (size_t at = 0; map_next(kinesis->kept_rates, &at, &key, &value);) {
        const KeptRates *kept = value;
        Shard *shard = map_get(kinesis->shards, key);
        if (!shard)
            continue;
        shard->writes = kept->writes;
        shard->reads = kept->reads;
        shard->iterators = kept->iterators;
    }
    kinesis->kept_rates = map_free_with_values(kinesis->kept_rates);
}

void limits_open(Kinesis *kinesis)
{
    kinesis->limits.scale = 1;
    kinesis->stream_limits = map_new();
    kinesis->calls = map_new();
}

void limits_close(Kinesis *kinesis)
{
    kinesis->stream_limits = map_free_with_values(kinesis->stream_limits);
    kinesis->calls = map_free_with_values(kinesis->calls);
    if (kinesis->kept_rates)
        kinesis->kept_rates = map_free_with_values(kinesis->kept_rates);
}

/* A new rule begins with a whole second. */
static void forget_counts(Kinesis *kinesis)
{
    Bytes key;
    void *shard;
    for (size_t at = 0; map_next(kinesis->shards, &at, &key, &shard);) {
        Shard *of = shard;
        of->writes = of->reads = of->iterators = (KeptRate){0};
    }
    map_free_with_values(kinesis->calls);
    kinesis->calls = map_new();
}

void kinesis_set_limits(Kinesis *kinesis, RateLimits limits)
{
    kinesis->limits = limits;
    forget_counts(kinesis);
}

static RateLimits of_all(const void *service)
{
    return ((const Kinesis *)service)->limits;
}

static void set_all(void *service, RateLimits limits)
{
    kinesis_set_limits(service, limits);
}

static void set_one(void *service, LimitedThing thing, const RateLimits *limits)
{
    Kinesis *kinesis = service;
    StreamKey key;
    RateLimits *copy = limits ? malloc(sizeof *copy) : NULL;
    if (limits && !copy)
        abort();
    if (copy)
        *copy = *limits;
    Bytes of = stream_key(&key, (KinesisStreamName){thing.account, thing.region, thing.name});
    free(copy ? map_put(kinesis->stream_limits, of, copy) : map_remove(kinesis->stream_limits, of));
    forget_counts(kinesis);
}

static bool next(const void *service, size_t *at, LimitedThing *ret_thing, RateLimits *ret_limits)
{
    const Kinesis *kinesis = service;
    Bytes key;
    void *limits;
    if (!map_next(kinesis->stream_limits, at, &key, &limits))
        return false;
    *ret_thing = (LimitedThing){bytes_cut(&key, 0), {0}, {0}};
    ret_thing->region = bytes_cut(&key, 0);
    ret_thing->name = bytes_cut(&key, 0);
    *ret_limits = *(const RateLimits *)limits;
    return true;
}

const RateLimitsOf kinesis_rate_limits = {"stream", "streams", of_all, set_all, set_one, next};
