/* for_services.c - what other services do with delivery streams, in the turn that is on. */
#include "metrics.h"
#include "put.h"

static int key_is_usable(const Scope *scope, const DeliveryStream *stream, bool *ret_is_usable)
{
    KmsKey key;
    const Firehose *firehose = scope->service;
    *ret_is_usable = true;
    if (stream->encryption != ENCRYPTION_ON || !present(stream->key_arn) || !firehose->kms)
        return STORE_OK;
    Scope place = scope_for(scope, firehose->kms);
    int code = kms_look_up_key(&place, stream->key_arn, &key);
    *ret_is_usable = code == KMS_KEY_FOUND && key.state == KMS_KEY_ENABLED;
    return code < 0 ? code : STORE_OK;
}

int firehose_append(const Scope *scope, Bytes name, Bytes data)
{
    DeliveryStream stream;
    bool is_usable;
    int code = delivery_stream_find(scope, name, &stream);
    if (code != STORE_OK)
        return code == STORE_NOT_FOUND ? FIREHOSE_NO_STREAM : code;
    if (stream.type != DIRECT_PUT ||
        !bytes_equal(delivery_stream_status(&stream, scope->now_ms), FIREHOSE_DELIVERY_STREAM_STATUS_ACTIVE))
        return FIREHOSE_NO_STREAM;
    code = key_is_usable(scope, &stream, &is_usable);
    if (code != STORE_OK || !is_usable)
        return code == STORE_OK ? FIREHOSE_NO_STREAM : code;
    code = put_record_into(scope, &stream, data);
    if (code == STORE_OK)
        code = put_end(scope, &stream);
    if (code != STORE_OK)
        return code;
    delivery_metric(scope->service, &stream, METRIC_INCOMING_BYTES, (double)data.len);
    delivery_metric(scope->service, &stream, METRIC_INCOMING_RECORDS, 1);
    return FIREHOSE_DONE;
}
