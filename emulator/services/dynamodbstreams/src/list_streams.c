/* list_streams.c - ListStreams. DynamoDB Streams API Reference, ListStreams. */
#include "iterator.h"

OPERATION(DynamodbstreamsListStreams, list_streams, READS);

#define LIMIT_MAX 100

static Status list_streams(Call *call, const DynamodbstreamsListStreamsInput *in, DynamodbstreamsListStreamsOutput *out)
{
    size_t limit = in->has_limit ? (size_t)in->limit : LIMIT_MAX;
    TableStream start = {0};
    TableStreams streams;
    TRY(limit_check(call, in->has_limit, in->limit, LIMIT_MAX));
    if (present(in->exclusive_start_stream_arn))
        TRY(stream_of_arn(call, in->exclusive_start_stream_arn, &start));
    TRY(expect_ok(call, table_streams_list(&call->scope, in->table_name, start.id, limit + 1, &streams)));

    out->streams.items = arena_new_array(call->arena, DynamodbstreamsStream, limit);
    for (size_t i = 0; i < streams.count && i < limit; i++)
        out->streams.items[out->streams.len++] =
            (DynamodbstreamsStream){.stream_arn = table_stream_arn(&call->scope, &streams.items[i]),
                                    .table_name = streams.items[i].table_name,
                                    .stream_label = streams.items[i].label};
    if (streams.count > limit)
        out->last_evaluated_stream_arn = out->streams.items[limit - 1].stream_arn;
    return OK;
}
