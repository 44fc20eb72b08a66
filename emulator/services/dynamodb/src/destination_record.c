/* destination_record.c - a change as DynamoDB puts it into Kinesis: JSON. aws: recorded; Developer Guide, "Getting
 * started with Kinesis Data Streams": ApproximateCreationDateTime in ms or µs, as the destination's precision says. */
#include "destination.h"
#include "uuid.h"
#include "wire.h"

static void append_item(Buffer *out, const char *name, const Item *item)
{
    buffer_append_format(out, "\"%s\":{", name);
    for (size_t i = 0; i < item->len; i++) {
        if (i)
            buffer_append_char(out, ',');
        json_append_string(out, item->items[i].key);
        buffer_append_char(out, ':');
        json_encode(out, &DYNAMODB_SHAPE_ATTRIBUTE_VALUE, &item->items[i].value);
    }
    buffer_append_text(out, "},");
}

static void append_change(Buffer *out, const Scope *scope, const Change *change, const Item *keys)
{
    Bytes precision = change->table->destination.precision;
    bool is_fine = bytes_equal(precision, DYNAMODB_APPROXIMATE_CREATION_DATE_TIME_PRECISION_MICROSECOND);
    size_t size = item_size(keys);
    buffer_append_format(out, "\"ApproximateCreationDateTime\":%lld,",
                         (long long)(is_fine ? scope->now_ms * 1000 : scope->now_ms));
    append_item(out, "Keys", keys);
    if (change->after) {
        append_item(out, "NewImage", change->after);
        size += item_size(change->after);
    }
    if (change->before) {
        append_item(out, "OldImage", change->before);
        size += item_size(change->before);
    }
    buffer_append_format(out, "\"SizeBytes\":%zu,\"ApproximateCreationDateTimePrecision\":\"%s\"", size,
                         is_fine ? "MICROSECOND" : "MILLISECOND");
}

void destination_record(const Scope *scope, const Change *change, Buffer *out)
{
    const Table *table = change->table;
    const char *event = !change->before ? "INSERT" : change->after ? "MODIFY" : "REMOVE";
    Item keys = key_attributes(scope->arena, table, NULL, change->after ? change->after : change->before);
    Bytes id = uuid_new(scope->arena, scope->runtime->random);
    buffer_append_text(out, "{\"awsRegion\":");
    json_append_string(out, table->region);
    buffer_append_format(
        out, ",\"eventID\":\"" BYTES_FMT "\",\"eventName\":\"%s\",\"userIdentity\":%s,", BYTES_ARG(id), event,
        change->is_expiry ? "{\"principalId\":\"dynamodb.amazonaws.com\",\"type\":\"Service\"}" : "null");
    buffer_append_text(out, "\"recordFormat\":\"application/json\",\"tableName\":");
    json_append_string(out, table->name);
    buffer_append_text(out, ",\"dynamodb\":{");
    append_change(out, scope, change, &keys);
    buffer_append_text(out, "},\"eventSource\":\"aws:dynamodb\"}");
}
