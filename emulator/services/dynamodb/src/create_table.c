/* create_table.c - CreateTable. DynamoDB API Reference, CreateTable. */
#include "definition.h"
#include "resource_policy.h"
#include "stream.h"
#include "tag.h"
#include "uuid.h"

OPERATION(DynamodbCreateTable, create_table, WRITES);

#define INVALID "One or more parameter values were invalid: "

static Status check_implemented(Call *call, const DynamodbCreateTableInput *in)
{
    const char *what = present(in->global_table_source_arn) ? "GlobalTableSourceArn"
                       : in->vector_indexes.len             ? "VectorIndexes"
                                                            : NULL;
    return what ? fail(call, &COMMON_NOT_IMPLEMENTED, "%s of CreateTable is not implemented.", what) : OK;
}

static Status check_counts(Call *call, const DynamodbCreateTableInput *in)
{
    if (in->local_secondary_indexes.items && !in->local_secondary_indexes.len)
        return fail(call, &DYNAMODB_VALIDATION, INVALID "List of LocalSecondaryIndexes is empty");
    if (in->global_secondary_indexes.items && !in->global_secondary_indexes.len)
        return fail(call, &DYNAMODB_VALIDATION, INVALID "List of GlobalSecondaryIndexes is empty");
    if (in->local_secondary_indexes.len > INDEXES_LOCAL_MAX)
        return fail(call, &DYNAMODB_VALIDATION, INVALID "Number of LocalSecondaryIndexes exceeds per-table limit of %d",
                    INDEXES_LOCAL_MAX);
    if (in->global_secondary_indexes.len > INDEXES_GLOBAL_MAX)
        return fail(call, &DYNAMODB_VALIDATION, INVALID "GlobalSecondaryIndex count exceeds the per-table limit of %d",
                    INDEXES_GLOBAL_MAX);
    return OK;
}

static Status add_index(Call *call, const DynamodbCreateTableInput *in, IndexDefinition definition, Table *table)
{
    TRY(index_of_definition(call, table, &in->attribute_definitions, &definition,
                            &table->indexes[table->indexes_count]));
    table->indexes_count++;
    return OK;
}

static Status read_indexes(Call *call, const DynamodbCreateTableInput *in, Table *table)
{
    TRY(check_counts(call, in));
    table->indexes = arena_new_array(call->arena, Index, INDEXES_LOCAL_MAX + INDEXES_GLOBAL_MAX);
    for (size_t i = 0; i < in->local_secondary_indexes.len; i++)
        TRY(add_index(call, in, LOCAL_DEFINITION(&in->local_secondary_indexes.items[i]), table));
    for (size_t i = 0; i < in->global_secondary_indexes.len; i++)
        TRY(add_index(call, in, GLOBAL_DEFINITION(&in->global_secondary_indexes.items[i]), table));
    size_t named = 0;
    for (size_t i = 0; i < table->indexes_count; i++)
        named += table->indexes[i].non_key.len;
    if (named > 100) /* aws: Quotas, "Projected Secondary Index attributes per table" */
        return fail(call, &DYNAMODB_VALIDATION,
                    INVALID "The total number of attributes projected into all of the table's indexes exceeds 100");
    return OK;
}

static Status create_table(Call *call, const DynamodbCreateTableInput *in, DynamodbCreateTableOutput *out)
{
    bool is_on_demand = bytes_equal(in->billing_mode, DYNAMODB_BILLING_MODE_PAY_PER_REQUEST);
    Table table = {
        .name = table_name_of(in->table_name),
        .uuid = uuid_new(call->arena, call->runtime->random),
        .created_ms = call->now_ms,
        .billing_mode = is_on_demand ? in->billing_mode : DYNAMODB_BILLING_MODE_PROVISIONED,
        .on_demand_since_ms = is_on_demand ? call->now_ms : 0,
        .table_class = in->table_class,
        .is_protected = in->deletion_protection_enabled,
    };
    Bytes view = {0};
    TRY(name_check(call, table.name));
    TRY(check_implemented(call, in));
    TRY(keys_of_schema(call, &in->key_schema, &in->attribute_definitions, &table.keys));
    TRY(units_of(call, &table, (Bytes){0}, in->provisioned_throughput, in->on_demand_throughput, &table.units));
    TRY(warm_of(call, &table, (Bytes){0}, in->warm_throughput, &table.units));
    TRY(read_indexes(call, in, &table));
    TRY(definitions_check_used(call, &table, &in->attribute_definitions));
    TRY(sse_key_of(call, in->sse_specification, &table.sse_key));
    TRY(table_tags_check(call, &in->tags));
    if (present(in->resource_policy))
        TRY(policy_check(call, in->resource_policy));
    if (in->stream_specification)
        TRY(stream_check(call, NULL, in->stream_specification, &view));
    TRY(name_check_free(call, table.name));

    TRY(expect_ok(call, table_insert(&call->scope, &table, &table.id)));
    TRY(expect_ok(call, table_tags_put(&call->scope, table.id, &in->tags)));
    if (present(in->resource_policy))
        TRY(expect_ok(call, policy_put_new(&call->scope, table.id, in->resource_policy)));
    if (present(view))
        TRY(expect_ok(call, stream_open(&call->scope, &table, view)));

    out->table_description = table_describe(call, &table, DYNAMODB_TABLE_STATUS_CREATING);
    if (in->warm_throughput) /* aws: recorded: else it is told once the table is ACTIVE */
        out->table_description->warm_throughput = warm_describe(call->arena, &table, DYNAMODB_TABLE_STATUS_UPDATING);
    return OK;
}
