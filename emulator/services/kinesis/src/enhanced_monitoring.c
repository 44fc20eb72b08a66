/* enhanced_monitoring.c - EnableEnhancedMonitoring, DisableEnhancedMonitoring: which metrics a stream has for each
 * shard. Kinesis API, EnableEnhancedMonitoring. */
#include "monitoring.h"
#include "operations.h"

OPERATION(KinesisEnableEnhancedMonitoring, enable_enhanced_monitoring, WRITES);
OPERATION(KinesisDisableEnhancedMonitoring, disable_enhanced_monitoring, WRITES);

static const char *const names[] = {"IncomingBytes",
                                    "IncomingRecords",
                                    "OutgoingBytes",
                                    "OutgoingRecords",
                                    "WriteProvisionedThroughputExceeded",
                                    "ReadProvisionedThroughputExceeded",
                                    "IteratorAgeMilliseconds"};
#define NAMES (sizeof names / sizeof *names)
#define ALL   ((1u << NAMES) - 1)

KinesisMetricsNameList shard_metrics_list(Arena *arena, unsigned metrics)
{
    KinesisMetricsNameList list = {arena_new_array(arena, Bytes, NAMES), 0};
    for (size_t i = 0; i < NAMES; i++)
        if (metrics & 1u << i)
            list.items[list.len++] = bytes_of(names[i]);
    return list;
}

static unsigned metrics_of(const KinesisMetricsNameList *list)
{
    unsigned metrics = 0;
    for (size_t i = 0; i < list->len; i++) {
        if (bytes_is(list->items[i], "ALL"))
            return ALL;
        for (size_t j = 0; j < NAMES; j++)
            if (bytes_is(list->items[i], names[j]))
                metrics |= 1u << j;
    }
    return metrics;
}

typedef struct Change {
    KinesisMetricsNameList before, after;
    Bytes name, arn;
} Change;

static Status change(Call *call, StreamRef ref, unsigned on, unsigned off, Change *ret)
{
    Stream *stream = NULL;
    TRY(stream_find(call, ref, &stream));
    TRY(stream_check_active(call, stream));
    unsigned before = stream->shard_metrics;
    stream->shard_metrics = (before | on) & ~off;
    TRY(expect_ok(call, stream_update(call->service, stream)));
    *ret = (Change){shard_metrics_list(call->arena, before), shard_metrics_list(call->arena, stream->shard_metrics),
                    arena_copy(call->arena, stream->name), stream_arn(call->arena, stream)};
    return expect_ok(call, stream_pass_through(call->service, stream, STREAM_UPDATING));
}

static Status enable_enhanced_monitoring(Call *call, const KinesisEnableEnhancedMonitoringInput *in,
                                         KinesisEnableEnhancedMonitoringOutput *out)
{
    Change done;
    TRY(change(call, STREAM_REF(in), metrics_of(&in->shard_level_metrics), 0, &done));
    *out = (KinesisEnableEnhancedMonitoringOutput){.stream_name = done.name,
                                                   .current_shard_level_metrics = done.before,
                                                   .desired_shard_level_metrics = done.after,
                                                   .stream_arn = done.arn};
    return OK;
}

static Status disable_enhanced_monitoring(Call *call, const KinesisDisableEnhancedMonitoringInput *in,
                                          KinesisDisableEnhancedMonitoringOutput *out)
{
    Change done;
    TRY(change(call, STREAM_REF(in), 0, metrics_of(&in->shard_level_metrics), &done));
    *out = (KinesisDisableEnhancedMonitoringOutput){.stream_name = done.name,
                                                    .current_shard_level_metrics = done.before,
                                                    .desired_shard_level_metrics = done.after,
                                                    .stream_arn = done.arn};
    return OK;
}
