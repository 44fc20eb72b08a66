#include "scaling.h"
#include "reshard.h"
#include <math.h>

#define SHARD_BYTES    1048576.0
#define SHARD_RECORDS  1000.0
#define SHARDS_MAX     10240 /* aws: there: up to 10 GB/s of writes */
#define SCALE_AFTER_MS 1000

static int scale(Kinesis *kinesis, Stream *stream, int64_t at_ms)
{
    uint32_t target = stream->wanted_shards;
    stream->wanted_shards = 0;
    if (!stream->is_on_demand || stream->status != STREAM_ACTIVE || target <= stream->open_count)
        return STORE_OK;
    Reshard reshard = {.kind = RESHARD_COUNT, .count = target};
    return reshard_begin(kinesis, stream, &reshard, at_ms);
}

static void on_timer(void *context, int64_t at_ms)
{
    Kinesis *kinesis = context;
    Bytes key;
    void *stream;
    kinesis->scaling_timer = NULL;
    if (streams_load(kinesis) != STORE_OK)
        return;
    for (size_t at = 0; map_next(kinesis->streams, &at, &key, &stream);)
        if (((Stream *)stream)->wanted_shards && scale(kinesis, stream, at_ms) != STORE_OK) {
            log_event(kinesis->runtime->log, LOG_ERROR, "an on-demand stream could not be scaled", "reason",
                      store_error(kinesis->store), NULL);
            return;
        }
}

void scaling_note(Kinesis *kinesis, Stream *stream, size_t bytes, double scale)
{
    static const RateMax all = {0};
    if (!stream->is_on_demand)
        return;
    int64_t at_ms = now_ms(kinesis);
    rate_take(&stream->demand, &all, (int64_t)bytes, at_ms);
    double of_bytes = (double)stream->demand.bytes / SHARD_BYTES / scale,
           of_records = (double)stream->demand.count / SHARD_RECORDS / scale;
    double wanted = 2 * ceil(of_bytes > of_records ? of_bytes : of_records);
    double most = 2 * (double)stream->open_count;
    uint32_t target = (uint32_t)fmin(fmin(wanted, most), SHARDS_MAX);
    if (target <= stream->open_count || target <= stream->wanted_shards)
        return;
    stream->wanted_shards = target;
    if (!kinesis->scaling_timer)
        kinesis->scaling_timer = scheduler_at(kinesis->runtime->scheduler, at_ms + SCALE_AFTER_MS, on_timer, kinesis);
}

void scaling_stop(Kinesis *kinesis)
{
    if (kinesis->scaling_timer)
        scheduler_cancel(kinesis->runtime->scheduler, kinesis->scaling_timer);
    kinesis->scaling_timer = NULL;
}
