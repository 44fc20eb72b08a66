/* bulk_operations.c - DescribeBulkOperation, ListBulkOperations: what an account that never started one answers, for
 * tools that ask. DynamoDB API Reference. */
#include "table.h"

OPERATION(DynamodbDescribeBulkOperation, describe_bulk_operation, READS);
OPERATION(DynamodbListBulkOperations, list_bulk_operations, READS);

static Status describe_bulk_operation(Call *call, const DynamodbDescribeBulkOperationInput *in,
                                      DynamodbDescribeBulkOperationOutput *out)
{
    (void)out;
    return fail(call, &DYNAMODB_RESOURCE_NOT_FOUND, "Bulk operation not found: " BYTES_FMT,
                BYTES_ARG(in->bulk_operation_arn));
}

static Status list_bulk_operations(Call *call, const DynamodbListBulkOperationsInput *in,
                                   DynamodbListBulkOperationsOutput *out)
{
    (void)in;
    out->bulk_operations_summary_list.items =
        arena_new_of(call->arena, DynamodbBulkOperationSummary); /* a list that is there, empty */
    return OK;
}
