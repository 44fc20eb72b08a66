/* permissions.c - what each operation asks of policies. aws: Service Authorization Reference, "Actions, resources, and
 * condition keys for Amazon DynamoDB". */
#include "dynamodb.h"
#include "dynamodb_model.h"
#include "permission.h"
#include "request.h"
#include "resource_policy.h"
#include "statement.h"
#include "tag.h"

extern const PermissionsOf dynamodb_permissions;

static void add_table(Call *call, NeedList *needs, const char *action, Bytes table)
{
    bool is_arn = bytes_starts_with(table, TEXT("arn:"));
    Bytes resource = is_arn ? table : arena_text(call->arena, "table/" BYTES_FMT, BYTES_ARG(table));
    need_add(needs, arena_text(call->arena, "dynamodb:%s", action),
             permission_arn(call, &dynamodb_permissions, resource));
}

/* What a request does wrong its operation says. */
static void take_back_failure(Call *call)
{
    call->error = NULL;
    call->error_fields = NULL;
}

/* aws: Developer Guide, "IAM policies with DynamoDB transactions": each by the action of its kind. */
static void transact_write_needs(Call *call, const void *in, NeedList *needs)
{
    const DynamodbTransactWriteItemsInput *input = in;
    for (size_t i = 0; i < input->transact_items.len; i++) {
        const DynamodbTransactWriteItem *item = &input->transact_items.items[i];
        if (item->condition_check)
            add_table(call, needs, "ConditionCheckItem", item->condition_check->table_name);
        if (item->put)
            add_table(call, needs, "PutItem", item->put->table_name);
        if (item->delete)
            add_table(call, needs, "DeleteItem", item->delete->table_name);
        if (item->update)
            add_table(call, needs, "UpdateItem", item->update->table_name);
    }
}

static void restore_needs(Call *call, Bytes source, Bytes target, const char *action, NeedList *needs)
{
    static const char *const more[] = {"Query",      "Scan",       "GetItem",       "PutItem",
                                       "UpdateItem", "DeleteItem", "BatchWriteItem"};
    if (present(source))
        add_table(call, needs, action, source);
    add_table(call, needs, action, target);
    for (size_t i = 0; i < sizeof more / sizeof *more; i++) /* aws: RestoreTableFromBackup: dependent actions */
        add_table(call, needs, more[i], target);
}

static void restore_backup_needs(Call *call, const void *in, NeedList *needs)
{
    const DynamodbRestoreTableFromBackupInput *input = in;
    restore_needs(call, input->backup_arn, input->target_table_name, "RestoreTableFromBackup", needs);
}

static void restore_time_needs(Call *call, const void *in, NeedList *needs)
{
    const DynamodbRestoreTableToPointInTimeInput *input = in;
    Bytes source = present(input->source_table_arn) ? input->source_table_arn : input->source_table_name;
    restore_needs(call, source, input->target_table_name, "RestoreTableToPointInTime", needs);
}

/* What the statement's own reader makes of it: what a statement may do is not guessed from its words. */
static void add_statement(Call *call, Bytes text, const DynamodbPreparedStatementParameters *parameters,
                          NeedList *needs)
{
    static const char *const actions[] = {
        [STATEMENT_SELECT] = "PartiQLSelect", [STATEMENT_EXISTS] = "PartiQLSelect",
        [STATEMENT_INSERT] = "PartiQLInsert", [STATEMENT_UPDATE] = "PartiQLUpdate",
        [STATEMENT_DELETE] = "PartiQLDelete",
    };
    PartiqlStatement statement;
    if (!is_ok(parameters_check(call, parameters)) || !is_ok(statement_parse(call, text, parameters, &statement))) {
        take_back_failure(call);
        return;
    }
    Bytes table = statement.table_name;
    if (present(statement.index_name))
        table =
            arena_text(call->arena, BYTES_FMT "/index/" BYTES_FMT, BYTES_ARG(table), BYTES_ARG(statement.index_name));
    add_table(call, needs, actions[statement.kind], table);
}

static void statement_needs(Call *call, const void *in, NeedList *needs)
{
    const DynamodbExecuteStatementInput *input = in;
    add_statement(call, input->statement, &input->parameters, needs);
}

static void batch_needs(Call *call, const void *in, NeedList *needs)
{
    const DynamodbBatchExecuteStatementInput *input = in;
    for (size_t i = 0; i < input->statements.len; i++)
        add_statement(call, input->statements.items[i].statement, &input->statements.items[i].parameters, needs);
}

static void transaction_needs(Call *call, const void *in, NeedList *needs)
{
    const DynamodbExecuteTransactionInput *input = in;
    for (size_t i = 0; i < input->transact_statements.len; i++)
        add_statement(call, input->transact_statements.items[i].statement,
                      &input->transact_statements.items[i].parameters, needs);
}

static bool hash_name(Call *call, Bytes table_name, Bytes index, Bytes *ret_name)
{
    Table *table;
    if (present(index) || table_get(&call->scope, table_name, &table) != STORE_OK)
        return false;
    *ret_name = table->keys.hash.name;
    return true;
}

static Bytes text_of(const DynamodbAttributeValue *value)
{
    return value->kind == VALUE_S || value->kind == VALUE_N || value->kind == VALUE_B ? value->s : (Bytes){0};
}

/* items: a map from names to values, of whichever type of the model. */
static Bytes value_named(const AnyList *items, Bytes name)
{
    const DynamodbAttributeMapEntry *entries = items->items;
    for (size_t i = 0; i < items->len; i++)
        if (bytes_equal(entries[i].key, name))
            return text_of(&entries[i].value);
    return (Bytes){0};
}

/* The value that a query wants its hash key to have. */
static Bytes value_queried(Call *call, const DynamodbQueryInput *in, Bytes hash)
{
    KeyComparisons *all;
    if (!is_ok(query_comparisons(call, in, &all))) {
        take_back_failure(call);
        return (Bytes){0};
    }
    for (size_t i = 0; all && i < all->len && i < KEY_COMPARISONS_MAX; i++)
        if (all->items[i].kind == NODE_EQ && bytes_equal(all->items[i].attribute, hash))
            return text_of(all->items[i].value);
    return (Bytes){0};
}

static void leading_keys(Call *call, const void *in, FactList *facts)
{
    const char *name = call->operation->model->name;
    const DynamodbGetItemInput *get = in;
    const DynamodbPutItemInput *put = in;
    const DynamodbUpdateItemInput *update = in;
    const DynamodbDeleteItemInput *delete = in;
    const DynamodbQueryInput *query = in;
    const void *items = !strcmp(name, "GetItem")      ? (const void *)&get->key
                        : !strcmp(name, "PutItem")    ? (const void *)&put->item
                        : !strcmp(name, "UpdateItem") ? (const void *)&update->key
                        : !strcmp(name, "DeleteItem") ? (const void *)&delete->key
                                                      : NULL;
    bool is_query = !strcmp(name, "Query");
    Bytes hash, table = items || is_query ? permission_member(call, in, "TableName") : (Bytes){0};
    if (!present(table) || !hash_name(call, table, is_query ? query->index_name : (Bytes){0}, &hash))
        return;
    fact_add(facts, TEXT("dynamodb:LeadingKeys"),
             is_query ? value_queried(call, query, hash) : value_named(items, hash));
}

/* aws: Developer Guide, "Using IAM policy conditions for fine-grained access control". */
static void add_facts(Call *call, const void *in, FactList *facts)
{
    PermissionTexts attributes = permission_members(call, in, "AttributesToGet[]");
    for (size_t i = 0; i < attributes.len; i++)
        fact_add(facts, TEXT("dynamodb:Attributes"), attributes.items[i]);
    leading_keys(call, in, facts);
}

static int find_resource(const Scope *scope, PermissionResource *found)
{
    Table *table;
    Bytes name = permission_name(found->arn, "table");
    if (!present(name))
        return STORE_OK;
    Bytes rest = name;
    int code = table_get(scope, bytes_cut(&rest, '/'), &table);
    if (code != STORE_OK)
        return code == STORE_NOT_FOUND ? STORE_OK : code;
    bool is_stream = present(rest) && bytes_starts_with(rest, TEXT("stream/"));
    Bytes label = is_stream ? bytes_slice(rest, 7, rest.len - 7) : TEXT("");
    code = policy_of_table(scope, table->id, label, &found->policy);
    Tags tags;
    if (code == STORE_OK)
        code = table_tags_all(scope, table->id, &tags);
    if (code == STORE_OK)
        fact_add_tags(found->tags, tags);
    return code;
}

static const Permission rows[] = {
    {"CreateTable", NULL, "table/{TableName}", NULL},
    {"DeleteTable", NULL, "table/{TableName}", NULL},
    {"DescribeTable", NULL, "table/{TableName}", NULL},
    {"UpdateTable", NULL, "table/{TableName}", NULL},
    {"UpdateTimeToLive", NULL, "table/{TableName}", NULL},
    {"DescribeTimeToLive", NULL, "table/{TableName}", NULL},
    {"PutItem", NULL, "table/{TableName}", NULL},
    {"GetItem", NULL, "table/{TableName}", NULL},
    {"UpdateItem", NULL, "table/{TableName}", NULL},
    {"DeleteItem", NULL, "table/{TableName}", NULL},
    {"DescribeContinuousBackups", NULL, "table/{TableName}", NULL},
    {"UpdateContinuousBackups", NULL, "table/{TableName}", NULL},
    {"EnableKinesisStreamingDestination", NULL, "table/{TableName}", NULL},
    {"DisableKinesisStreamingDestination", NULL, "table/{TableName}", NULL},
    {"DescribeKinesisStreamingDestination", NULL, "table/{TableName}", NULL},
    {"UpdateKinesisStreamingDestination", NULL, "table/{TableName}", NULL},
    {"CreateBackup", NULL, "table/{TableName}", NULL},
    {"DescribeTableReplicaAutoScaling", NULL, "table/{TableName}", NULL},
    {"Query", NULL, "table/{TableName}/index/{IndexName} table/{TableName}", NULL},
    {"Scan", NULL, "table/{TableName}/index/{IndexName} table/{TableName}", NULL},
    {"DescribeContributorInsights", NULL, "table/{TableName}/index/{IndexName} table/{TableName}", NULL},
    {"UpdateContributorInsights", NULL, "table/{TableName}/index/{IndexName} table/{TableName}", NULL},
    {"BatchGetItem", NULL, "table/{RequestItems[]}", NULL},
    {"BatchWriteItem", NULL, "table/{RequestItems[]}", NULL},
    {"TransactWriteItems", NULL, NULL, transact_write_needs},
    {"TransactGetItems", "dynamodb:GetItem", "table/{TransactItems[].Get.TableName}", NULL},
    {"ExecuteStatement", NULL, NULL, statement_needs},
    {"BatchExecuteStatement", NULL, NULL, batch_needs},
    {"ExecuteTransaction", NULL, NULL, transaction_needs},
    {"TagResource", NULL, "{ResourceArn}", NULL},
    {"UntagResource", NULL, "{ResourceArn}", NULL},
    {"ListTagsOfResource", NULL, "{ResourceArn}", NULL},
    {"GetResourcePolicy", NULL, "{ResourceArn}", NULL},
    {"PutResourcePolicy", NULL, "{ResourceArn}", NULL},
    {"DeleteResourcePolicy", NULL, "{ResourceArn}", NULL},
    {"ListTables", NULL, NULL, NULL},
    {"ListBackups", NULL, NULL, NULL},
    {"ListExports", NULL, NULL, NULL},
    {"ListImports", NULL, NULL, NULL},
    {"ListGlobalTables", NULL, NULL, NULL},
    {"ListContributorInsights", NULL, NULL, NULL},
    {"DescribeLimits", NULL, NULL, NULL},
    {"DescribeEndpoints", NULL, NULL, NULL},
    {"DescribeBulkOperation", NULL, NULL, NULL},
    {"ListBulkOperations", NULL, NULL, NULL},
    {"DescribeBackup", NULL, "{BackupArn}", NULL},
    {"DeleteBackup", NULL, "{BackupArn}", NULL},
    {"RestoreTableFromBackup", NULL, NULL, restore_backup_needs},
    {"RestoreTableToPointInTime", NULL, NULL, restore_time_needs},
    {"ExportTableToPointInTime", NULL, "{TableArn}", NULL},
    {"DescribeExport", NULL, "{ExportArn}", NULL},
    {"ImportTable", NULL, "table/{TableCreationParameters.TableName}", NULL},
    {"DescribeImport", NULL, "{ImportArn}", NULL},
    {"DescribeGlobalTable", NULL, "global-table/{GlobalTableName}", NULL},
    {"DescribeGlobalTableSettings", NULL, "global-table/{GlobalTableName}", NULL},
    {NULL, NULL, NULL, NULL},
};

static const PermissionKey keys[] = {
    {"dynamodb:Select", "Select"},
    {"dynamodb:ReturnValues", "ReturnValues"},
    {"dynamodb:ReturnConsumedCapacity", "ReturnConsumedCapacity"},
    {NULL, NULL},
};

const PermissionsOf dynamodb_permissions = {
    .prefix = "dynamodb",
    .rows = rows,
    .keys = keys,
    .facts = add_facts,
    .resource = find_resource,
};
