/* operations.h - what the service answers: one file each, named as the operation. */
#pragma once
#include "dynamodb.h"

extern const Operation DynamodbCreateTable, DynamodbDeleteTable, DynamodbDescribeTable, DynamodbListTables,
    DynamodbUpdateTable, DynamodbUpdateTimeToLive, DynamodbDescribeTimeToLive, DynamodbDescribeContinuousBackups,
    DynamodbUpdateContinuousBackups, DynamodbPutItem, DynamodbGetItem, DynamodbUpdateItem, DynamodbDeleteItem,
    DynamodbQuery, DynamodbScan, DynamodbBatchWriteItem, DynamodbBatchGetItem, DynamodbTransactWriteItems,
    DynamodbTransactGetItems, DynamodbTagResource, DynamodbUntagResource, DynamodbListTagsOfResource,
    DynamodbDescribeLimits;
