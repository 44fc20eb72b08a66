/* update_destination.c - UpdateDestination: each makes another version, which objects bear in their names.
 * aws: Firehose API Reference, UpdateDestination. */
#include "destination.h"
#include "firehose_operations.h"
#include "metrics.h"
#include "partitions.h"

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

typedef struct Change {
    const FirehoseUpdateDestinationInput *in;
    DeliveryStream stream;
    Target target;
} Change;

static Status check(Call *call, Change *change)
{
    const FirehoseUpdateDestinationInput *in = change->in;
    TRY(delivery_stream_for_change(call, in->delivery_stream_name, &change->stream));
    TRY(check_version(call, &change->stream, in));
    if (!target_read(call->arena, &change->stream, &change->target))
        return fault(call, STORE_BROKEN);
    return destination_update(call, in, &change->target);
}

/* Its query was looked at meanwhile, by another process: what may have changed since is looked at again. */
static Status update(Call *call, void *context)
{
    Change *change = context;
    DeliveryStream *stream = &change->stream;
    TRY(check(call, change));
    destination_keep(call->arena, &change->target, stream);
    stream->version++;
    stream->attempts = stream->attempt_to = 0; /* another request, then */
    stream->updated_ms = call->now_ms;
    TRY(expect_ok(call, delivery_stream_write(&call->scope, stream)));
    request_metrics(call, stream, METRIC_UPDATE_REQUESTS);
    return OK;
}

static Status update_destination(Call *call, const FirehoseUpdateDestinationInput *in,
                                 FirehoseUpdateDestinationOutput *out)
{
    Change *change = arena_new_of(call->arena, Change);
    (void)out;
    change->in = in;
    TRY(check(call, change));
    TRY(partition_query_check(call, &change->target.destination, (QueryCheck){update, change}));
    return update(call, change);
}
