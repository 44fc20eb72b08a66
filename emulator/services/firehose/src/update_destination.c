/* update_destination.c - UpdateDestination: each makes another version, which objects bear in their names.
 * aws: Firehose API Reference, UpdateDestination. */
#include "destination.h"
#include "firehose_operations.h"

OPERATION(FirehoseUpdateDestination, update_destination, WRITES);

static Status check_version(Call *call, const DeliveryStream *stream, const FirehoseUpdateDestinationInput *in)
{
    int64_t version;
    if (!bytes_is(in->destination_id, "destinationId-000000000001"))
        return fail(call, &FIREHOSE_INVALID_ARGUMENT,
                    "Destination Id " BYTES_FMT " not found for firehose " BYTES_FMT " under account " BYTES_FMT ".",
                    BYTES_ARG(in->destination_id), BYTES_ARG(stream->name), BYTES_ARG(call->account));
    if (bytes_to_int64(in->current_delivery_stream_version_id, &version) && version == stream->version)
        return OK;
    return fail(call, &FIREHOSE_CONCURRENT_MODIFICATION,
                "Cannot update firehose: " BYTES_FMT
                " since the current version id: %lld and specified version id: " BYTES_FMT " do not match",
                BYTES_ARG(stream->name), (long long)stream->version, BYTES_ARG(in->current_delivery_stream_version_id));
}

static Status update_destination(Call *call, const FirehoseUpdateDestinationInput *in,
                                 FirehoseUpdateDestinationOutput *out)
{
    DeliveryStream stream;
    Destination destination;
    (void)out;
    TRY(delivery_stream_for_change(call, in->delivery_stream_name, &stream));
    TRY(check_version(call, &stream, in));
    if (!destination_read(call->arena, &stream, &destination))
        return fault(call, STORE_BROKEN);
    TRY(destination_update(call, in, &destination));

    destination_keep(call->arena, &destination, &stream);
    stream.version++;
    stream.updated_ms = call->now_ms;
    return expect_ok(call, delivery_stream_write(&call->scope, &stream));
}
