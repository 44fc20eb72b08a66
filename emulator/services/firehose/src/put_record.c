/* put_record.c - PutRecord and PutRecordBatch: acknowledged is what is in the store.
 * aws: Firehose API Reference, PutRecord, PutRecordBatch. */
#include "base64.h"
#include "encryption.h"
#include "firehose_operations.h"
#include "metrics.h"
#include "put.h"

#define BATCH_BYTES_MAX (4 * 1024 * 1024) /* aws: PutRecordBatch: "up to 500 records and a total of 4 MiB" */

OPERATION(FirehosePutRecord, put_record, WRITES);
OPERATION(FirehosePutRecordBatch, put_record_batch, WRITES);

/* aws: seen in use, of both operations */
static Status stream_for_put(Call *call, Bytes name, DeliveryStream *ret_stream)
{
    TRY(delivery_stream_for(call, name, ret_stream));
    if (ret_stream->type != DIRECT_PUT)
        return fail(call, &FIREHOSE_INVALID_ARGUMENT,
                    "This operation is not permitted on KinesisStreamAsSource delivery stream type.");
    /* aws: one that is being made or deleted is as if it were not there yet, or any more. */
    if (!bytes_equal(delivery_stream_status(ret_stream, call->now_ms), FIREHOSE_DELIVERY_STREAM_STATUS_ACTIVE))
        return delivery_stream_not_found(call, name);
    return encryption_check_put(call, ret_stream);
}

/* Opaque: 336 bits that nobody has had before. */
static Bytes record_id(Call *call)
{
    char random[42], *text = arena_take_raw(call->arena, 56);
    random_fill(call->runtime->random, random, sizeof random);
    return (Bytes){text, base64_encode(text, (Bytes){random, sizeof random})};
}

static Status put_record(Call *call, const FirehosePutRecordInput *in, FirehosePutRecordOutput *out)
{
    DeliveryStream stream;
    TRY(stream_for_put(call, in->delivery_stream_name, &stream));

    TRY(expect_ok(call, put_record_into(&call->scope, &stream, in->record->data)));
    TRY(expect_ok(call, put_end(&call->scope, &stream)));

    incoming_metrics(call, &stream, 1, in->record->data.len);
    delivery_metric(call->service, &stream, METRIC_PUT_BYTES, (double)in->record->data.len);
    request_metrics(call, &stream, METRIC_PUT_REQUESTS);
    out->record_id = record_id(call);
    SET(out, encrypted, stream.encryption == ENCRYPTION_ON);
    return OK;
}

static void count_batch(Call *call, const DeliveryStream *stream, size_t records, size_t bytes)
{
    incoming_metrics(call, stream, records, bytes);
    delivery_metric(call->service, stream, METRIC_BATCH_BYTES, (double)bytes);
    delivery_metric(call->service, stream, METRIC_BATCH_RECORDS, (double)records);
    request_metrics(call, stream, METRIC_BATCH_REQUESTS);
}

/* A fault rule's code and message, or AWS's when it takes no more for the moment. */
static FirehosePutRecordBatchResponseEntry failed_entry(const Call *call)
{
    return (FirehosePutRecordBatchResponseEntry){
        .error_code = present(call->failing_code) ? call->failing_code : TEXT("ServiceUnavailableException"),
        .error_message = present(call->failing_message) ? call->failing_message : TEXT("Slow down."),
    };
}

static Status put_record_batch(Call *call, const FirehosePutRecordBatchInput *in, FirehosePutRecordBatchOutput *out)
{
    DeliveryStream stream;
    size_t bytes = 0, put = 0, put_bytes = 0, count = in->records.len;
    FirehosePutRecordBatchResponseEntry *entries =
        arena_new_array(call->arena, FirehosePutRecordBatchResponseEntry, count + 1);
    for (size_t i = 0; i < count; i++)
        bytes += in->records.items[i].data.len;
    if (bytes > BATCH_BYTES_MAX)
        return fail(call, &FIREHOSE_INVALID_ARGUMENT, "Records size exceeds 4 MB limit");
    TRY(stream_for_put(call, in->delivery_stream_name, &stream));

    for (size_t i = 0; i < count; i++) {
        Bytes data = in->records.items[i].data;
        if (call_item_fails(call)) {
            entries[i] = failed_entry(call);
            continue;
        }
        TRY(expect_ok(call, put_record_into(&call->scope, &stream, data)));
        entries[i].record_id = record_id(call);
        put_bytes += data.len;
        put++;
    }
    if (put)
        TRY(expect_ok(call, put_end(&call->scope, &stream)));

    count_batch(call, &stream, put, put_bytes);
    SET(out, failed_put_count, (int32_t)(count - put));
    SET(out, encrypted, stream.encryption == ENCRYPTION_ON);
    out->request_responses.items = entries;
    out->request_responses.len = count;
    return OK;
}
