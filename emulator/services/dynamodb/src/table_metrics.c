#include "table_metrics.h"
#include "dynamodb_operations.h"
#include "meters.h"
#include "throttle.h"
#include <stdlib.h>

#define TOUCHED_MAX 100 /* tables of one transaction */

static const MeterMetric table_metrics[TABLE_METRICS] = {
    [METRIC_CONSUMED_READ] = {"ConsumedReadCapacityUnits", "Count"},
    [METRIC_CONSUMED_WRITE] = {"ConsumedWriteCapacityUnits", "Count"},
    [METRIC_PROVISIONED_READ] = {"ProvisionedReadCapacityUnits", "Count"},
    [METRIC_PROVISIONED_WRITE] = {"ProvisionedWriteCapacityUnits", "Count"},
    [METRIC_READ_THROTTLES] = {"ReadThrottleEvents", "Count"},
    [METRIC_READ_THROTTLES_PROVISIONED] = {"ReadProvisionedThroughputThrottleEvents", "Count"},
    [METRIC_READ_THROTTLES_ACCOUNT] = {"ReadAccountLimitThrottleEvents", "Count"},
    [METRIC_READ_THROTTLES_KEY_RANGE] = {"ReadKeyRangeThroughputThrottleEvents", "Count"},
    [METRIC_READ_THROTTLES_MAX_ON_DEMAND] = {"ReadMaxOnDemandThroughputThrottleEvents", "Count"},
    [METRIC_WRITE_THROTTLES] = {"WriteThrottleEvents", "Count"},
    [METRIC_WRITE_THROTTLES_PROVISIONED] = {"WriteProvisionedThroughputThrottleEvents", "Count"},
    [METRIC_WRITE_THROTTLES_ACCOUNT] = {"WriteAccountLimitThrottleEvents", "Count"},
    [METRIC_WRITE_THROTTLES_KEY_RANGE] = {"WriteKeyRangeThroughputThrottleEvents", "Count"},
    [METRIC_WRITE_THROTTLES_MAX_ON_DEMAND] = {"WriteMaxOnDemandThroughputThrottleEvents", "Count"},
    [METRIC_CONDITION_FAILED] = {"ConditionalCheckFailedRequests", "Count"},
    [METRIC_EXPIRED] = {"TimeToLiveDeletedItemCount", "Count"},
    [METRIC_MAX_READ] = {"OnDemandMaxReadRequestUnits", "Count"},
    [METRIC_MAX_WRITE] = {"OnDemandMaxWriteRequestUnits", "Count"},
};

static const MeterMetric operation_metrics[OPERATION_METRICS] = {
    [METRIC_LATENCY] = {"SuccessfulRequestLatency", "Milliseconds"},
    [METRIC_RETURNED_ITEMS] = {"ReturnedItemCount", "Count"},
    [METRIC_THROTTLED_REQUESTS] = {"ThrottledRequests", "Count"},
    [METRIC_SYSTEM_ERRORS] = {"SystemErrors", "Count"},
    [METRIC_RETURNED_RECORDS] = {"ReturnedRecordsCount", "Count"},
    [METRIC_RETURNED_BYTES] = {"ReturnedBytes", "Bytes"},
};

static const MeterMetric account_metrics[] = {{"UserErrors", "Count"}};

static const MeterKind of_account = {{NULL}, account_metrics, 1};
static const MeterKind of_table = {{"TableName"}, table_metrics, TABLE_METRICS};
static const MeterKind of_index = {{"TableName", "GlobalSecondaryIndexName"}, table_metrics, TABLE_METRICS};
static const MeterKind of_operation = {{"TableName", "Operation"}, operation_metrics, OPERATION_METRICS};
static const MeterKind of_stream = {{"TableName", "StreamLabel", "Operation"}, operation_metrics, OPERATION_METRICS};

/* The operations on items: what becomes of others is not measured of a table. */
static const Operation *const measured[] = {
    &DynamodbPutItem,
    &DynamodbGetItem,
    &DynamodbUpdateItem,
    &DynamodbDeleteItem,
    &DynamodbQuery,
    &DynamodbScan,
    &DynamodbBatchGetItem,
    &DynamodbBatchWriteItem,
    &DynamodbTransactGetItems,
    &DynamodbTransactWriteItems,
    &DynamodbExecuteStatement,
    &DynamodbBatchExecuteStatement,
    &DynamodbExecuteTransaction,
};
#define MEASURED (sizeof measured / sizeof *measured)

struct TableMeters {
    MeterRef table;
    MeterRef indexes[INDEXES_LOCAL_MAX + INDEXES_GLOBAL_MAX]; /* as the table has them */
    MeterRef operations[MEASURED];
};

typedef struct TableMetrics {
    Meters *meters;                    /* NULL: nothing is measured */
    const Table *touched[TOUCHED_MAX]; /* by the call that is on */
    size_t touched_count;
} TableMetrics;

struct TableMeters *table_meters_new(Arena *arena)
{
    return arena_new_of(arena, struct TableMeters);
}

static void tell_units(Meters *meters, Meter *meter, const Units *units)
{
    const int64_t values[TABLE_METRICS] = {
        [METRIC_PROVISIONED_READ] = units->read,
        [METRIC_PROVISIONED_WRITE] = units->write,
        [METRIC_MAX_READ] = units->max_read,
        [METRIC_MAX_WRITE] = units->max_write,
    };
    for (int id = 0; id < TABLE_METRICS; id++)
        if (values[id] > 0)
            meter_take(meters, meter, id, (double)values[id]);
}

static Meter *meter_of_index(Meters *meters, const Table *table, const Index *index)
{
    MeterRef *ref = table->meters ? &table->meters->indexes[index - table->indexes] : NULL;
    Meter *meter = ref ? meter_kept(meters, ref) : NULL;
    MeterName name = {&of_index, table->account, table->region, {table->name, index->name}};
    return meter ? meter : meter_find(meters, &name, ref, NULL);
}

static Meter *meter_of(Meters *meters, const Table *table)
{
    MeterRef *ref = table->meters ? &table->meters->table : NULL;
    Meter *meter = ref ? meter_kept(meters, ref) : NULL;
    MeterName name = {&of_table, table->account, table->region, {table->name}};
    bool is_new;
    if (meter)
        return meter;
    meter = meter_find(meters, &name, ref, &is_new);
    if (!is_new)
        return meter;
    tell_units(meters, meter, &table->units);
    for (size_t i = 0; i < table->indexes_count; i++)
        if (table->indexes[i].is_global)
            tell_units(meters, meter_of_index(meters, table, &table->indexes[i]), &table->indexes[i].units);
    return meter;
}

static Meter *meter_of_operation(Meters *meters, const Table *table, size_t place)
{
    MeterRef *ref = table->meters ? &table->meters->operations[place] : NULL;
    Meter *meter = ref ? meter_kept(meters, ref) : NULL;
    MeterName name = {&of_operation, table->account, table->region, {table->name}};
    if (meter)
        return meter;
    name.values[1] = bytes_of(measured[place]->model->name);
    meter_of(meters, table); /* what is provisioned is told of every minute in which a table is used */
    return meter_find(meters, &name, ref, NULL);
}

void measure_table(Dynamodb *dynamodb, const Table *table, const Index *index, TableMetric id, double value)
{
    Meters *meters = dynamodb->metrics->meters;
    if (!meters)
        return;
    Meter *meter = meter_of(meters, table);
    if (index && index->is_global)
        meter = meter_of_index(meters, table, index);
    meter_take(meters, meter, id, value);
    if (id > METRIC_READ_THROTTLES && id < METRIC_WRITE_THROTTLES)
        meter_take(meters, meter, METRIC_READ_THROTTLES, value);
    else if (id > METRIC_WRITE_THROTTLES && id < METRIC_CONDITION_FAILED)
        meter_take(meters, meter, METRIC_WRITE_THROTTLES, value);
}

void table_stream_measured(Call *call, const TableStream *stream, size_t records, size_t bytes)
{
    Meters *meters = ((Dynamodb *)call->service)->metrics->meters;
    MeterName name = {&of_stream, call->account, call->region, {stream->table_name, stream->label, TEXT("GetRecords")}};
    if (!meters)
        return;
    Meter *meter = meter_find(meters, &name, NULL, NULL);
    meter_take(meters, meter, METRIC_LATENCY, meters_latency_ms(call));
    meter_take(meters, meter, METRIC_RETURNED_RECORDS, (double)records);
    meter_take(meters, meter, METRIC_RETURNED_BYTES, (double)bytes);
}

void table_metrics_touch(Dynamodb *dynamodb, const Table *table)
{
    TableMetrics *metrics = dynamodb->metrics;
    size_t count = metrics->touched_count;
    for (size_t i = count; i; i--)
        if (metrics->touched[i - 1] == table)
            return;
    if (count < TOUCHED_MAX)
        metrics->touched[metrics->touched_count++] = table;
}

const Table *table_metrics_only_touched(const Dynamodb *dynamodb)
{
    const TableMetrics *metrics = dynamodb->metrics;
    return metrics->touched_count == 1 ? metrics->touched[0] : NULL;
}

static size_t place_of(const Operation *operation)
{
    size_t at = 0;
    while (at < MEASURED && measured[at] != operation)
        at++;
    return at;
}

static void user_error(Call *call, Meters *meters)
{
    MeterName name = {&of_account, call->account, call->region, {{0}}};
    meter_take(meters, meter_find(meters, &name, NULL, NULL), 0, 1);
}

static double items_returned(const Operation *operation, const void *out)
{
    if (operation == &DynamodbQuery)
        return (double)((const DynamodbQueryOutput *)out)->count;
    if (operation == &DynamodbScan)
        return (double)((const DynamodbScanOutput *)out)->count;
    return -1;
}

static void measure_success(Call *call, const TableMetrics *metrics, size_t place, const void *out)
{
    Meters *meters = metrics->meters;
    double latency = meters_latency_ms(call), items = out ? items_returned(call->operation, out) : -1;
    for (size_t i = 0; i < metrics->touched_count; i++) {
        Meter *meter = meter_of_operation(meters, metrics->touched[i], place);
        meter_take(meters, meter, METRIC_LATENCY, latency);
        if (items >= 0)
            meter_take(meters, meter, METRIC_RETURNED_ITEMS, items);
    }
}

static void measure_failure(Call *call, const TableMetrics *metrics, Status status, size_t place)
{
    bool is_ours = status.code_ < 0, is_throttled = throttle_is_error(call->error);
    OperationMetric id = is_ours ? METRIC_SYSTEM_ERRORS : METRIC_THROTTLED_REQUESTS;
    if (is_ours || is_throttled)
        for (size_t i = 0; i < metrics->touched_count && place < MEASURED; i++)
            meter_take(metrics->meters, meter_of_operation(metrics->meters, metrics->touched[i], place), id, 1);
    else if (call->error == &DYNAMODB_CONDITIONAL_CHECK_FAILED && metrics->touched_count)
        measure_table(call->service, metrics->touched[0], NULL, METRIC_CONDITION_FAILED, 1);
    else
        user_error(call, metrics->meters); /* aws: all of HTTP status 400 but those above */
}

void table_metrics_after(Call *call, Status status, const void *out)
{
    TableMetrics *metrics = ((Dynamodb *)call->service)->metrics;
    size_t place = place_of(call->operation);
    if (metrics->meters && !is_ok(status))
        measure_failure(call, metrics, status, place);
    else if (metrics->meters && place < MEASURED)
        measure_success(call, metrics, place, out);
    metrics->touched_count = 0;
}

void table_metrics_settle(Dynamodb *dynamodb)
{
    meters_settle(dynamodb->metrics->meters);
    dynamodb->metrics->touched_count = 0;
}

void table_metrics_undo(Dynamodb *dynamodb)
{
    meters_undo(dynamodb->metrics->meters);
    dynamodb->metrics->touched_count = 0;
}

void table_metrics_open(Dynamodb *dynamodb)
{
    dynamodb->metrics = calloc(1, sizeof *dynamodb->metrics);
    if (!dynamodb->metrics)
        abort();
    dynamodb->metrics->meters = meters_open(dynamodb->runtime, "AWS/DynamoDB");
}

void table_metrics_close(Dynamodb *dynamodb)
{
    meters_close(dynamodb->metrics->meters);
    free(dynamodb->metrics);
}
