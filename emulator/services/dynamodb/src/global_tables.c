/* global_tables.c - DescribeGlobalTable, ListGlobalTables, DescribeGlobalTableSettings,
 * DescribeTableReplicaAutoScaling: what an account without global tables answers, for tools that ask. DynamoDB API
 * Reference. */
#include "table.h"

OPERATION(DynamodbDescribeGlobalTable, describe_global_table, READS);
OPERATION(DynamodbListGlobalTables, list_global_tables, READS);
OPERATION(DynamodbDescribeGlobalTableSettings, describe_global_table_settings, READS);
OPERATION(DynamodbDescribeTableReplicaAutoScaling, describe_table_replica_auto_scaling, READS);

static Status refuse(Call *call, Bytes name)
{
    return fail(call, &DYNAMODB_GLOBAL_TABLE_NOT_FOUND, "Global table with name: '" BYTES_FMT "' does not exist.",
                BYTES_ARG(name));
}

static Status describe_global_table(Call *call, const DynamodbDescribeGlobalTableInput *in,
                                    DynamodbDescribeGlobalTableOutput *out)
{
    (void)out;
    return refuse(call, in->global_table_name);
}

static Status describe_global_table_settings(Call *call, const DynamodbDescribeGlobalTableSettingsInput *in,
                                             DynamodbDescribeGlobalTableSettingsOutput *out)
{
    (void)out;
    return refuse(call, in->global_table_name);
}

static Status list_global_tables(Call *call, const DynamodbListGlobalTablesInput *in,
                                 DynamodbListGlobalTablesOutput *out)
{
    (void)in;
    out->global_tables.items = arena_new_of(call->arena, DynamodbGlobalTable); /* a list that is there, empty */
    return OK;
}

static Status describe_table_replica_auto_scaling(Call *call, const DynamodbDescribeTableReplicaAutoScalingInput *in,
                                                  DynamodbDescribeTableReplicaAutoScalingOutput *out)
{
    Table *table;
    TRY(table_find(call, in->table_name, &table));
    DynamodbTableAutoScalingDescription *d = arena_new_of(call->arena, DynamodbTableAutoScalingDescription);
    d->table_name = table->name;
    d->table_status =
        table_is_being_made(table, call->now_ms) ? DYNAMODB_TABLE_STATUS_CREATING : DYNAMODB_TABLE_STATUS_ACTIVE;
    d->replicas.items = arena_new_of(call->arena, DynamodbReplicaAutoScalingDescription);
    out->table_auto_scaling_description = d;
    return OK;
}
