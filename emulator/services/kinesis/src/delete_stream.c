/* delete_stream.c - DeleteStream. */
#include "consumer.h"
#include "operations.h"
#include "stream.h"

OPERATION(KinesisDeleteStream, delete_stream, WRITES);

static Status delete_stream(Call *call, const KinesisDeleteStreamInput *in, KinesisDeleteStreamOutput *out)
{
    Stream *stream = NULL;
    int64_t consumers = 0;
    (void)out;
    TRY(stream_find(call, STREAM_REF(in), &stream));
    if (stream->status == STREAM_DELETING)
        return OK;
    TRY(expect_ok(call, consumers_count(call->service, stream, &consumers)));
    if (consumers && !in->enforce_consumer_deletion)
        return fail(
            call, &KINESIS_RESOURCE_IN_USE,
            "DeleteStream can't delete " BYTES_FMT ":" BYTES_FMT
            " because there are consumers associated with this data stream. To delete " BYTES_FMT
            " anyway, set the EnforceConsumerDeletion parameter to true to force the deletion of all the consumers that are associated with it.",
            BYTES_ARG(stream->account), BYTES_ARG(stream->name), BYTES_ARG(stream->name));

    return expect_ok(call, stream_pass_through(call->service, stream, STREAM_DELETING));
}
