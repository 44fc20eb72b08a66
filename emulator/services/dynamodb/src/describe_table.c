/* describe_table.c - DescribeTable. DynamoDB API Reference, DescribeTable. */
#include "table.h"

OPERATION(DynamodbDescribeTable, describe_table, READS);

static Status describe_table(Call *call, const DynamodbDescribeTableInput *in, DynamodbDescribeTableOutput *out)
{
    Table *table;
    TRY(table_find(call, in->table_name, &table));
    out->table = table_describe(call, table,
                                table_is_being_made(table, call->now_ms) ? DYNAMODB_TABLE_STATUS_CREATING
                                                                         : DYNAMODB_TABLE_STATUS_ACTIVE);
    return OK;
}
