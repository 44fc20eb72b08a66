/* delete_delivery_stream.c - DeleteDeliveryStream: with what its buffer still holds.
 * aws: Firehose API Reference, DeleteDeliveryStream: "it doesn't make any guarantees with respect to delivering the
 * data" of a stream that is DELETING. */
#include "delivery_stream.h"
#include "firehose_operations.h"

OPERATION(FirehoseDeleteDeliveryStream, delete_delivery_stream, WRITES);

static Status delete_delivery_stream(Call *call, const FirehoseDeleteDeliveryStreamInput *in,
                                     FirehoseDeleteDeliveryStreamOutput *out)
{
    const Firehose *firehose = call->service;
    DeliveryStream stream;
    (void)out;
    TRY(delivery_stream_for(call, in->delivery_stream_name, &stream));
    if (stream.is_deleting)
        return OK;
    if (!firehose->transition_ms)
        return expect_ok(call, delivery_stream_remove(&call->scope, &stream));
    stream.is_deleting = true;
    stream.passes_ms = call->now_ms + firehose->transition_ms;
    return expect_ok(call, delivery_stream_write(&call->scope, &stream));
}
