/* put_records.c - PutRecords: up to 500 records, each to its own shard. Each result stands where its record stood. */
#include "metrics.h"
#include "operations.h"
#include "put.h"
#include "rate_limits.h"
#include "stream_kms.h"
#include "trace.h"

#define ERRORS_MAX 10

OPERATION(KinesisPutRecords, put_records, WRITES);

/* The model lets a record go without a key, since a stream can spread its records by itself. aws: ten errors are told
 * at most. */
static Status check_keys(Call *call, StreamRef ref, const KinesisPutRecordsRequestEntryList *records)
{
    Bytes text = TEXT("");
    int errors = 0;
    for (size_t i = 0; i < records->len && errors < ERRORS_MAX; i++)
        if (!present(records->items[i].partition_key))
            text = arena_text(
                call->arena,
                BYTES_FMT
                "%sValue null at 'records.%zu.member.partitionKey' failed to satisfy constraint: Member must not be null",
                BYTES_ARG(text), errors++ ? "; " : "", i + 1);
    if (!errors)
        return OK;
    bool may_lack_key;
    TRY(put_may_lack_key(call, ref, &may_lack_key));
    return may_lack_key ? OK
                        : fail(call, &KINESIS_VALIDATION, "%d validation error%s detected: " BYTES_FMT, errors,
                               errors == 1 ? "" : "s", BYTES_ARG(text));
}

static NewRecord record_of(const Call *call, const KinesisPutRecordsRequestEntry *entry)
{
    return (NewRecord){entry->partition_key, entry->explicit_hash_key, entry->data, call->now_ms};
}

static Status check_sizes(Call *call, const Stream *stream, const KinesisPutRecordsRequestEntryList *records)
{
    size_t bytes = 0, max = (size_t)stream->record_kib_max * 1024;
    for (size_t i = 0; i < records->len; i++) {
        NewRecord record = record_of(call, &records->items[i]);
        if (record.data.len > max)
            return fail(
                call, &KINESIS_VALIDATION,
                "1 validation error detected: Value 'java.nio.HeapByteBuffer[pos=0 lim=%zu cap=%zu]' at 'records.%zu.member.data' failed to satisfy constraint: Member must have length less than or equal to %zu",
                record.data.len, record.data.len, i + 1, max);
        TRY(put_check_size(call, stream, &record));
        bytes += record.data.len + record.partition_key.len;
    }
    if (bytes > PUT_RECORDS_BYTES_MAX)
        return fail(call, &KINESIS_INVALID_ARGUMENT, "Records size exceeds 10 MB limit");
    return OK;
}

/* What a call did, for its metrics. */
typedef struct Batch {
    int32_t failed, throttled;
    size_t bytes;
} Batch;

static void count(Call *call, Stream *stream, const Batch *batch, int32_t records)
{
    const struct {
        MetricId id;
        double value;
    } counts[] = {
        {METRIC_PUT_RECORDS_TOTAL, records},
        {METRIC_PUT_RECORDS_SUCCESSFUL, records - batch->failed - batch->throttled},
        {METRIC_PUT_RECORDS_FAILED, batch->failed},
        {METRIC_PUT_RECORDS_THROTTLED, batch->throttled},
        {METRIC_PUT_RECORDS_SUCCESS, batch->failed + batch->throttled < records},
        {METRIC_PUT_RECORDS_BYTES, (double)batch->bytes},
        {METRIC_PUT_RECORDS_LATENCY, meters_latency_ms(call)},
        {METRIC_WRITE_EXCEEDED, batch->throttled},
    };
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        metric_of_stream(call->service, stream, counts[i].id, counts[i].value);
}

/* By a rule of the admin API, or because its shard has no room for it in this second. */
static bool item_fails(Call *call, Shard *shard, const NewRecord *record, KinesisPutRecordsResultEntry *result,
                       Batch *batch)
{
    if (call_item_fails(call)) {
        result->error_code = present(call->failing_code) ? call->failing_code : TEXT("InternalFailure");
        result->error_message =
            present(call->failing_message) ? call->failing_message : TEXT("Internal Service Failure");
        batch->failed++;
        return true;
    }
    bool has_room = limits_take_write(call->service, shard, record->data.len + record->partition_key.len);
    metric_of_shard(call->service, shard, METRIC_WRITE_EXCEEDED, !has_room);
    if (has_room)
        return false;
    batch->throttled++;
    result->error_code = TEXT("ProvisionedThroughputExceededException");
    result->error_message = limits_shard_message(call->arena, shard);
    return true;
}

static Status put_records(Call *call, const KinesisPutRecordsInput *in, KinesisPutRecordsOutput *out)
{
    Stream *stream = NULL;
    Shard **shards = arena_new_array(call->arena, Shard *, in->records.len);
    int32_t failed = 0;
    Batch batch = {0};
    TRY(check_keys(call, STREAM_REF(in), &in->records));
    TRY(stream_for_data(call, STREAM_REF(in), &stream));
    TRY(check_sizes(call, stream, &in->records));
    TRY(stream_check_key(call, stream));
    for (size_t i = 0; i < in->records.len; i++) {
        NewRecord record = record_of(call, &in->records.items[i]);
        TRY(put_find_shard(call, stream, &record, &shards[i]));
    }
    TRY(check_dry_run(call, in->dry_run));

    out->records.items = arena_new_array(call->arena, KinesisPutRecordsResultEntry, in->records.len);
    for (; out->records.len < in->records.len; out->records.len++) {
        NewRecord record = record_of(call, &in->records.items[out->records.len]);
        Shard *shard = shards[out->records.len];
        KinesisPutRecordsResultEntry *result = &out->records.items[out->records.len];
        if (item_fails(call, shard, &record, result, &batch)) {
            failed++;
            continue;
        }
        batch.bytes += record.data.len + record.partition_key.len;
        TRY(expect_ok(call, record_append(call->service, call->arena, shard, &record, &result->sequence_number)));
        trace_put(call, shard);
        result->shard_id = shard_name(call->arena, shard->index);
    }
    count(call, stream, &batch, (int32_t)in->records.len);
    SET(out, failed_record_count, failed);
    out->encryption_type = put_encryption(stream);
    return OK;
}
