/* kinesis_streaming_destination.c - Enable…, Disable…, Update…, DescribeKinesisStreamingDestination. DynamoDB API
 * Reference. aws: states and words are those of live calls, published by the controllers for Kubernetes (ACK), and of
 * recorded ones: a table has one destination that is not DISABLED or ENABLE_FAILED, and any number of those. */
#include "destination.h"
#include "kinesis.h"

OPERATION(DynamodbEnableKinesisStreamingDestination, enable_kinesis_streaming_destination, WRITES);
OPERATION(DynamodbDisableKinesisStreamingDestination, disable_kinesis_streaming_destination, WRITES);
OPERATION(DynamodbUpdateKinesisStreamingDestination, update_kinesis_streaming_destination, WRITES);
OPERATION(DynamodbDescribeKinesisStreamingDestination, describe_kinesis_streaming_destination, READS);

#define NOT_VALID     "Table is not in a valid state to enable Kinesis Streaming Destination: "
#define NO_PERMISSION "User does not have a permission to use kinesis stream"

static bool is_at_rest(Bytes status)
{
    return bytes_equal(status, DYNAMODB_DESTINATION_STATUS_DISABLED) ||
           bytes_equal(status, DYNAMODB_DESTINATION_STATUS_ENABLE_FAILED);
}

static Status check_none_is_on(Call *call, const Destinations *all)
{
    for (size_t i = 0; i < all->count; i++)
        if (!is_at_rest(destination_status(&all->items[i], call->now_ms)))
            return fail(
                call, &DYNAMODB_VALIDATION,
                NOT_VALID
                "EnableKinesisStreamingDestination must be DISABLED or ENABLE_FAILED to perform ENABLE operation.");
    return OK;
}

/* ACTIVE, or ENABLE_FAILED where there is no such stream here. */
static Status status_of_new(Call *call, Bytes stream_arn, Bytes *ret_status)
{
    Dynamodb *dynamodb = call->service;
    Scope theirs = scope_for(&call->scope, dynamodb->kinesis);
    Arn arn;
    *ret_status = DYNAMODB_DESTINATION_STATUS_ENABLE_FAILED;
    if (!dynamodb->kinesis || !arn_parse(stream_arn, &arn) || !bytes_is(arn.service, "kinesis") ||
        !bytes_equal(arn.region, call->region) || !bytes_equal(arn.account, call->account) ||
        !bytes_starts_with(arn.resource, TEXT("stream/")))
        return OK;
    int code = kinesis_find(&theirs, bytes_slice(arn.resource, 7, arn.resource.len - 7));
    if (code == KINESIS_DONE)
        *ret_status = DYNAMODB_DESTINATION_STATUS_ACTIVE;
    return code == KINESIS_NO_STREAM ? OK : expect_ok(call, code);
}

static Status enable_kinesis_streaming_destination(Call *call, const DynamodbKinesisStreamingDestinationInput *in,
                                                   DynamodbKinesisStreamingDestinationOutput *out)
{
    DynamodbEnableKinesisStreamingConfiguration *configuration = in->enable_kinesis_streaming_configuration;
    Destination destination = {.stream_arn = in->stream_arn, .status = DYNAMODB_DESTINATION_STATUS_ENABLING};
    Destinations all;
    Table *table;
    TRY(table_find(call, in->table_name, &table));
    TRY(expect_ok(call, destinations_list(&call->scope, table, &all)));
    TRY(check_none_is_on(call, &all));
    TRY(status_of_new(call, in->stream_arn, &destination.status_after));
    if (!configuration)
        configuration = arena_new_of(call->arena, DynamodbEnableKinesisStreamingConfiguration);
    destination.precision = configuration->approximate_creation_date_time_precision;

    TRY(expect_ok(call, destination_write(&call->scope, table, &destination)));

    out->table_name = table->name;
    out->stream_arn = in->stream_arn;
    out->destination_status = destination.status;
    out->enable_kinesis_streaming_configuration = configuration;
    table_forget(call->service, table);
    return OK;
}

static Status find_destination(Call *call, const Table *table, Bytes stream_arn, Destination *ret_destination)
{
    Destinations all;
    TRY(expect_ok(call, destinations_list(&call->scope, table, &all)));
    for (size_t i = 0; i < all.count; i++)
        if (bytes_equal(all.items[i].stream_arn, stream_arn)) {
            *ret_destination = all.items[i];
            return OK;
        }
    return fail(call, &DYNAMODB_VALIDATION,
                NOT_VALID "No streaming destination with streamArn: " BYTES_FMT
                          " found for table with tableName: " BYTES_FMT,
                BYTES_ARG(stream_arn), BYTES_ARG(table->name));
}

static Status disable_kinesis_streaming_destination(Call *call, const DynamodbKinesisStreamingDestinationInput *in,
                                                    DynamodbKinesisStreamingDestinationOutput *out)
{
    Destination destination;
    Table *table;
    if (in->enable_kinesis_streaming_configuration)
        return fail(call, &DYNAMODB_VALIDATION,
                    "Stream cannot be disabled using EnableKinesisStreamingConfiguration parameters");
    TRY(table_find(call, in->table_name, &table));
    TRY(find_destination(call, table, in->stream_arn, &destination));
    Bytes status = destination_status(&destination, call->now_ms);
    bool is_ending = bytes_equal(status, DYNAMODB_DESTINATION_STATUS_DISABLING);
    if (!is_ending && !bytes_equal(status, DYNAMODB_DESTINATION_STATUS_ACTIVE))
        return fail(call, &DYNAMODB_VALIDATION,
                    NOT_VALID "KinesisStreamingDestination must be ACTIVE to perform DISABLE operation.");
    destination.status = DYNAMODB_DESTINATION_STATUS_DISABLING;
    destination.status_after = DYNAMODB_DESTINATION_STATUS_DISABLED;

    if (!is_ending)
        TRY(expect_ok(call, destination_write(&call->scope, table, &destination)));

    out->table_name = table->name;
    out->stream_arn = in->stream_arn;
    out->destination_status = destination.status;
    table_forget(call->service, table);
    return OK;
}

static Status check_update(Call *call, const Table *table, const Destination *destination, Bytes wanted)
{
    Bytes status = destination_status(destination, call->now_ms);
    Bytes precision = present(destination->precision) ? destination->precision
                                                      : DYNAMODB_APPROXIMATE_CREATION_DATE_TIME_PRECISION_MILLISECOND;
    if (!bytes_equal(status, DYNAMODB_DESTINATION_STATUS_ACTIVE))
        return fail(
            call, &DYNAMODB_VALIDATION,
            NOT_VALID
            "Kinesis streaming is not in ACTIVE state. Updates are only allowed in ACTIVE state. TableName: " BYTES_FMT,
            BYTES_ARG(table->name));
    if (bytes_equal(precision, wanted))
        return fail(call, &DYNAMODB_VALIDATION,
                    "Invalid Request: Precision is already set to the desired value of " BYTES_FMT
                    " for tableId: " BYTES_FMT ", kdsArn: " BYTES_FMT,
                    BYTES_ARG(wanted), BYTES_ARG(table->uuid), BYTES_ARG(destination->stream_arn));
    return OK;
}

static Status update_kinesis_streaming_destination(Call *call, const DynamodbUpdateKinesisStreamingDestinationInput *in,
                                                   DynamodbUpdateKinesisStreamingDestinationOutput *out)
{
    const DynamodbUpdateKinesisStreamingConfiguration *configuration = in->update_kinesis_streaming_configuration;
    Destination destination;
    Table *table;
    if (!configuration || !present(configuration->approximate_creation_date_time_precision))
        return fail(
            call, &DYNAMODB_VALIDATION,
            "Streaming destination cannot be updated with given parameters: UpdateKinesisStreamingConfiguration cannot be null or contain only null values");
    Bytes wanted = configuration->approximate_creation_date_time_precision;
    TRY(table_find(call, in->table_name, &table));
    TRY(find_destination(call, table, in->stream_arn, &destination));
    TRY(check_update(call, table, &destination, wanted));
    destination.precision = wanted;
    destination.status = DYNAMODB_DESTINATION_STATUS_UPDATING;
    destination.status_after = DYNAMODB_DESTINATION_STATUS_ACTIVE;

    TRY(expect_ok(call, destination_write(&call->scope, table, &destination)));

    out->table_name = table->name;
    out->stream_arn = in->stream_arn;
    out->destination_status = destination.status;
    out->update_kinesis_streaming_configuration = in->update_kinesis_streaming_configuration;
    table_forget(call->service, table);
    return OK;
}

static Status describe_kinesis_streaming_destination(Call *call,
                                                     const DynamodbDescribeKinesisStreamingDestinationInput *in,
                                                     DynamodbDescribeKinesisStreamingDestinationOutput *out)
{
    Destinations all;
    Table *table;
    TRY(table_find(call, in->table_name, &table));
    TRY(expect_ok(call, destinations_list(&call->scope, table, &all)));
    DynamodbKinesisDataStreamDestinations *list = &out->kinesis_data_stream_destinations;
    list->items = arena_new_array(call->arena, DynamodbKinesisDataStreamDestination, all.count);
    for (size_t i = 0; i < all.count; i++) {
        Bytes status = destination_status(&all.items[i], call->now_ms);
        bool has_failed = bytes_equal(status, DYNAMODB_DESTINATION_STATUS_ENABLE_FAILED);
        list->items[list->len++] = (DynamodbKinesisDataStreamDestination){
            .stream_arn = all.items[i].stream_arn,
            .destination_status = status,
            .destination_status_description = has_failed ? TEXT(NO_PERMISSION) : (Bytes){0},
            .approximate_creation_date_time_precision = all.items[i].precision,
        };
    }
    out->table_name = table->name;
    return OK;
}
