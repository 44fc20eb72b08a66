/* layer.c */
#include "layer.h"
#include "dynamodb_operations.h"

Layer layer_of(const Call *call)
{
    const Operation *operation = call->operation;
    if (operation == &DynamodbPutItem || operation == &DynamodbUpdateItem || operation == &DynamodbDeleteItem)
        return LAYER_ENVELOPED;
    if (operation == &DynamodbBatchWriteItem || operation == &DynamodbScan || operation == &DynamodbTransactGetItems ||
        operation == &DynamodbTransactWriteItems || operation == &DynamodbExecuteStatement ||
        operation == &DynamodbBatchExecuteStatement || operation == &DynamodbExecuteTransaction)
        return LAYER_OLDER;
    return LAYER_CURRENT;
}
