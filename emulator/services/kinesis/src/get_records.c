/* get_records.c - GetRecords: a page of a shard, and the iterator for the next one until a closed shard has none. */
#include "iterator.h"
#include "metrics.h"
#include "operations.h"
#include "rate_limits.h"
#include "record.h"
#include "stream_kms.h"
#include "trace.h"

OPERATION(KinesisGetRecords, get_records, READS);

static Status check_arn(Call *call, const Stream *stream, Bytes arn)
{
    if (!present(arn) || bytes_equal(arn, stream_arn(call->arena, stream)))
        return OK;
    return fail(call, &KINESIS_INVALID_ARGUMENT,
                "StreamARN " BYTES_FMT " does not match the stream of the ShardIterator.", BYTES_ARG(arn));
}

static void count(Call *call, Shard *shard, const RecordPage *page)
{
    Kinesis *kinesis = call->service;
    Stream *stream = shard->stream;
    double records = (double)page->records.len, bytes = (double)page->bytes;
    /* aws: the age of the last record of the call: 0 where the reader has caught up. */
    double age_ms = (double)page->millis_behind;
    metric_of_stream(kinesis, stream, METRIC_GET_RECORDS_BYTES, bytes);
    metric_of_stream(kinesis, stream, METRIC_GET_RECORDS_RECORDS, records);
    metric_of_stream(kinesis, stream, METRIC_GET_RECORDS_AGE, age_ms);
    metric_of_stream(kinesis, stream, METRIC_GET_RECORDS_LATENCY, meters_latency_ms(call));
    metric_of_stream(kinesis, stream, METRIC_GET_RECORDS_SUCCESS, 1);
    metric_of_stream(kinesis, stream, METRIC_READ_EXCEEDED, 0);
    metric_of_shard(kinesis, shard, METRIC_READ_EXCEEDED, 0);
    metric_of_shard(kinesis, shard, METRIC_OUTGOING_BYTES, bytes);
    metric_of_shard(kinesis, shard, METRIC_OUTGOING_RECORDS, records);
    metric_of_shard(kinesis, shard, METRIC_SHARD_AGE, age_ms);
}

static Status get_records(Call *call, const KinesisGetRecordsInput *in, KinesisGetRecordsOutput *out)
{
    Shard *shard;
    RecordPage page;
    RecordQuery query = {.limit = in->has_limit ? (size_t)in->limit : READ_RECORDS_MAX, .bytes_max = READ_BYTES_MAX};
    TRY(iterator_follow(call, in->shard_iterator, &shard, &query.from));
    TRY(check_arn(call, shard->stream, in->stream_arn));
    TRY(check_dry_run(call, in->dry_run));
    TRY(limits_check_read(call, shard));
    TRY(expect_ok(call, records_read(call->service, call->arena, shard, query, &page)));

    if (page.has_sealed)
        TRY(kms_check_read(call, shard->stream));

    trace_get(call, shard, &page);
    limits_take_read(call->service, shard, page.bytes);
    count(call, shard, &page);
    out->records = page.records;
    SET(out, millis_behind_latest, page.millis_behind);
    if (page.is_at_tip && !shard_is_open(shard))
        out->child_shards = shard_children(call->arena, shard, call->now_ms);
    else
        out->next_shard_iterator = iterator_make(call, shard, page.next);
    return OK;
}
