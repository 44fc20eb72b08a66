/* operations.h - operations whose inputs have every kind of member: the first byte of an input chooses one. Append
 * only: the corpora count on the order. */
#pragma once
#include "cloudwatch_model.h"
#include "dynamodb_model.h"
#include "fuzz.h"
#include "glue_model.h"
#include "kinesis_model.h"
#include "kms_model.h"
#include "sts_model.h"
#include "wire.h"

static const OperationModel *const operations[] = {
    &KinesisPutRecordModel,        &KinesisPutRecordsModel,     &KinesisGetShardIteratorModel,
    &KinesisSubscribeToShardModel, &KinesisListShardsModel,     &DynamodbPutItemModel,
    &DynamodbQueryModel,           &DynamodbUpdateItemModel,    &DynamodbCreateTableModel,
    &DynamodbBatchWriteItemModel,  &GlueCreateSchemaModel,      &GlueGetSchemaVersionModel,
    &CloudwatchPutMetricDataModel, &CloudwatchListMetricsModel, &KmsDescribeKeyModel,
    &StsGetCallerIdentityModel,
};

static inline const OperationModel *operation_chosen(const uint8_t *data)
{
    return operations[data[0] % COUNT_OF(operations)];
}

/* An input that was read is checked, written, and read again: it must be written the same the second time. */
static inline void check_round_trip(const Protocol *protocol, const OperationModel *operation, Bytes body)
{
    OperationModel echo = *operation;
    echo.output = operation->input;
    echo.has_output = true;
    Arena *arena = arena_new();
    Validator *validator = validator_new();
    WireAnswer once = {.arena = arena}, twice = {.arena = arena};
    WireRequest first = {.body = body}, second = {0};
    Bytes message = {0};
    void *value = arena_take(arena, operation->input->size), *again = arena_take(arena, operation->input->size);
    int answer = protocol->decode(arena, operation, &first, value, &message);
    if (answer == WIRE_OK) {
        Complaints complaints;
        if (validate(validator, arena, operation->input, value, &complaints))
            EXPECT(bytes_is_utf8(complaints_message(arena, &complaints)));
        protocol->encode(&once, &KINESIS_SERVICE, &echo, value, TEXT("id"));
        second.body = buffer_bytes(&once.body);
        EXPECT(protocol->decode(arena, operation, &second, again, &message) == WIRE_OK);
        protocol->encode(&twice, &KINESIS_SERVICE, &echo, again, TEXT("id"));
        EXPECT(bytes_equal(buffer_bytes(&once.body), buffer_bytes(&twice.body)));
    } else {
        EXPECT(present(message) && bytes_is_utf8(message));
    }
    buffer_done(&once.body);
    buffer_done(&twice.body);
    validator_free(validator);
    arena_free(arena);
}
