/* table_metrics.h - what the service measures of its tables, minute by minute, for CloudWatch: AWS/DynamoDB.
 *
 * aws: Developer Guide, "DynamoDB Metrics and dimensions". What is provisioned is told of minutes in which a
 * table is used (AWS: of each five). */
#pragma once
#include "table.h"

/* Of a table, or of one of its global indexes. */
typedef enum TableMetric {
    METRIC_CONSUMED_READ,
    METRIC_CONSUMED_WRITE,
    METRIC_PROVISIONED_READ,
    METRIC_PROVISIONED_WRITE,
    METRIC_READ_THROTTLES,
    METRIC_READ_THROTTLES_PROVISIONED, /* each of these counts as one of METRIC_READ_THROTTLES, too */
    METRIC_READ_THROTTLES_ACCOUNT,
    METRIC_READ_THROTTLES_KEY_RANGE,
    METRIC_READ_THROTTLES_MAX_ON_DEMAND,
    METRIC_WRITE_THROTTLES,
    METRIC_WRITE_THROTTLES_PROVISIONED, /* … of METRIC_WRITE_THROTTLES */
    METRIC_WRITE_THROTTLES_ACCOUNT,
    METRIC_WRITE_THROTTLES_KEY_RANGE,
    METRIC_WRITE_THROTTLES_MAX_ON_DEMAND,
    METRIC_CONDITION_FAILED,
    METRIC_EXPIRED,
    METRIC_MAX_READ, /* OnDemandMaxReadRequestUnits */
    METRIC_MAX_WRITE,
    TABLE_METRICS
} TableMetric;

/* Of a table and an operation. */
typedef enum OperationMetric {
    METRIC_LATENCY,
    METRIC_RETURNED_ITEMS,
    METRIC_THROTTLED_REQUESTS,
    METRIC_SYSTEM_ERRORS,
    METRIC_RETURNED_RECORDS, /* these of streams */
    METRIC_RETURNED_BYTES,
    OPERATION_METRICS
} OperationMetric;

/* What keeps the meters of a table: Table.meters. */
struct TableMeters *table_meters_new(Arena *arena);
/* index: of the table; only global ones have their own; NULL, or a local one: the table's. */
void measure_table(Dynamodb *dynamodb, const Table *table, const Index *index, TableMetric id, double value);
/* The tables that a call asks for: what becomes of it is measured of each. */
void table_metrics_touch(Dynamodb *dynamodb, const Table *table);
/* NULL: it asked for several, or for none. */
const Table *table_metrics_only_touched(const Dynamodb *dynamodb);
/* Service.after */
void table_metrics_after(Call *call, Status status, const void *out);

/* After a commit: what was taken since is counted. A turn was undone: its part is not. */
void table_metrics_settle(Dynamodb *dynamodb);
void table_metrics_undo(Dynamodb *dynamodb);
void table_metrics_open(Dynamodb *dynamodb);
void table_metrics_close(Dynamodb *dynamodb);
