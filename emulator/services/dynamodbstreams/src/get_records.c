/* get_records.c - GetRecords: a page of a shard, and the iterator for the next one until a closed shard has none.
 * DynamoDB Streams API Reference, GetRecords. */
#include "iterator.h"

OPERATION(DynamodbstreamsGetRecords, get_records, READS);

#define LIMIT_MAX 1000

/* Values of the two models lie in memory alike. */
_Static_assert(sizeof(DynamodbstreamsAttributeValue) == sizeof(DynamodbAttributeValue) &&
                   sizeof(DynamodbstreamsAttributeMapEntry) == sizeof(DynamodbAttributeMapEntry) &&
                   offsetof(DynamodbstreamsAttributeValue, bool_) == offsetof(DynamodbAttributeValue, bool_) &&
                   (int)DYNAMODBSTREAMS_ATTRIBUTE_VALUE_BOOL == (int)DYNAMODB_ATTRIBUTE_VALUE_BOOL,
               "an item of one model is one of the other");

static DynamodbstreamsAttributeMap map_of(DynamodbAttributeMap item)
{
    return (DynamodbstreamsAttributeMap){(DynamodbstreamsAttributeMapEntry *)(void *)item.items, item.len};
}

static DynamodbstreamsRecord describe_record(Call *call, const TableStream *stream, const StreamRecord *record)
{
    static DynamodbstreamsIdentity expiry = {TEXT("dynamodb.amazonaws.com"), TEXT("Service")};
    DynamodbstreamsStreamRecord *change = arena_new_of(call->arena, DynamodbstreamsStreamRecord);
    *change = (DynamodbstreamsStreamRecord){
        .keys = map_of(record->keys),
        .new_image = map_of(record->new_image),
        .old_image = map_of(record->old_image),
        .sequence_number = record->sequence_number,
        .stream_view_type = stream->view_type,
    };
    /* aws: API Reference, StreamRecord: "rounded down to the closest second" */
    SET(change, approximate_creation_date_time, record->created_ms / 1000 * 1000);
    SET(change, size_bytes, record->size_bytes);
    return (DynamodbstreamsRecord){
        .event_id = record->event_id,
        .event_name = record->event_name,
        .event_version = TEXT("1.1"),
        .event_source = TEXT("aws:dynamodb"),
        .aws_region = call->region,
        .dynamodb = change,
        .user_identity = record->is_expiry ? &expiry : NULL,
    };
}

static Status get_records(Call *call, const DynamodbstreamsGetRecordsInput *in, DynamodbstreamsGetRecordsOutput *out)
{
    TableStream stream;
    StreamShard shard;
    StreamPage page;
    int64_t from;
    TRY(limit_check(call, in->has_limit, in->limit, LIMIT_MAX));
    TRY(stream_iterator_follow(call, in->shard_iterator, &stream, &shard, &from));
    size_t limit = in->has_limit ? (size_t)in->limit : LIMIT_MAX;
    TRY(expect_ok(call, stream_read(&call->scope, &stream, &shard, from, limit, &page)));
    if (page.is_trimmed)
        return fail(call, &DYNAMODBSTREAMS_TRIMMED_DATA_ACCESS, "The data you are trying to access has been trimmed");

    out->records.items = arena_new_array(call->arena, DynamodbstreamsRecord, page.count);
    size_t bytes = 0;
    for (size_t i = 0; i < page.count; i++) {
        bytes += page.items[i].size_bytes;
        out->records.items[out->records.len++] = describe_record(call, &stream, &page.items[i]);
    }
    table_stream_measured(call, &stream, page.count, bytes);
    if (!page.is_end)
        out->next_shard_iterator = stream_iterator_make(call, &stream, &shard, page.next);
    return OK;
}
