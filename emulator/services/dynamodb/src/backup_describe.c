/* backup_describe.c - a backup as answers show it. aws: DynamoDB API Reference, BackupDescription. */
#include "backup.h"

static const Query find_copy = {"SELECT 1 FROM dynamodb_job WHERE kind <= 1 AND target = ?1 LIMIT 1"};

static int is_copied_whole(const Scope *scope, const Backup *backup, bool *ret_is_copied)
{
    Statement *row = statement_begin(scope->store, &find_copy);
    bind_int64(row, 1, backup->table_id);
    int code = statement_one(row);
    if (code == STORE_ROW)
        statement_end(row);
    *ret_is_copied = code == STORE_NOT_FOUND;
    return code == STORE_ROW || code == STORE_NOT_FOUND ? STORE_OK : code;
}

Status backup_status(Call *call, const Backup *backup, Bytes *ret_status)
{
    bool is_copied;
    TRY(expect_ok(call, is_copied_whole(&call->scope, backup, &is_copied)));
    *ret_status = is_copied && call->now_ms >= backup->active_ms ? DYNAMODB_BACKUP_STATUS_AVAILABLE
                                                                 : DYNAMODB_BACKUP_STATUS_CREATING;
    return OK;
}

DynamodbBackupDetails *backup_details(Call *call, const Backup *backup, int64_t bytes, Bytes status)
{
    DynamodbBackupDetails *d = arena_new_of(call->arena, DynamodbBackupDetails);
    *d = (DynamodbBackupDetails){.backup_arn = backup_arn(&call->scope, backup),
                                 .backup_name = backup->name,
                                 .backup_status = status,
                                 .backup_type = backup->type};
    SET(d, backup_size_bytes, bytes);
    SET(d, backup_creation_date_time, backup->created_ms);
    if (backup->expires_ms)
        SET(d, backup_expiry_date_time, backup->expires_ms);
    return d;
}

static DynamodbProvisionedThroughput *units(Arena *arena, const DynamodbProvisionedThroughputDescription *from)
{
    DynamodbProvisionedThroughput *d = arena_new_of(arena, DynamodbProvisionedThroughput);
    SET(d, read_capacity_units, from->read_capacity_units);
    SET(d, write_capacity_units, from->write_capacity_units);
    return d;
}

static DynamodbSourceTableDetails *source(Call *call, const Backup *backup, const Table *table,
                                          const DynamodbTableDescription *from)
{
    DynamodbSourceTableDetails *d = arena_new_of(call->arena, DynamodbSourceTableDetails);
    *d = (DynamodbSourceTableDetails){.table_name = backup->table_name,
                                      .table_id = from->table_id,
                                      .table_arn = from->table_arn,
                                      .key_schema = from->key_schema,
                                      .provisioned_throughput = units(call->arena, from->provisioned_throughput),
                                      .on_demand_throughput = from->on_demand_throughput,
                                      .billing_mode = table->billing_mode};
    SET(d, table_size_bytes, table->tally.bytes);
    SET(d, item_count, table->tally.items);
    SET(d, table_creation_date_time, table->created_ms);
    return d;
}

static void describe_indexes(Arena *arena, const DynamodbTableDescription *from, DynamodbSourceTableFeatureDetails *d)
{
    size_t locals = from->local_secondary_indexes.len, globals = from->global_secondary_indexes.len;
    if (locals)
        d->local_secondary_indexes.items = arena_new_array(arena, DynamodbLocalSecondaryIndexInfo, locals);
    for (size_t i = 0; i < locals; i++) {
        const DynamodbLocalSecondaryIndexDescription *index = &from->local_secondary_indexes.items[i];
        d->local_secondary_indexes.items[d->local_secondary_indexes.len++] =
            (DynamodbLocalSecondaryIndexInfo){index->index_name, index->key_schema, index->projection};
    }
    if (globals)
        d->global_secondary_indexes.items = arena_new_array(arena, DynamodbGlobalSecondaryIndexInfo, globals);
    for (size_t i = 0; i < globals; i++) {
        const DynamodbGlobalSecondaryIndexDescription *index = &from->global_secondary_indexes.items[i];
        d->global_secondary_indexes.items[d->global_secondary_indexes.len++] = (DynamodbGlobalSecondaryIndexInfo){
            index->index_name, index->key_schema, index->projection, units(arena, index->provisioned_throughput),
            index->on_demand_throughput};
    }
}

static DynamodbSourceTableFeatureDetails *features(Call *call, const Backup *backup, const Table *table,
                                                   const DynamodbTableDescription *from)
{
    DynamodbSourceTableFeatureDetails *d = arena_new_of(call->arena, DynamodbSourceTableFeatureDetails);
    describe_indexes(call->arena, from, d);
    d->sse_description = from->sse_description;
    if (present(backup->view_type)) {
        d->stream_description = arena_new_of(call->arena, DynamodbStreamSpecification);
        SET(d->stream_description, stream_enabled, true);
        d->stream_description->stream_view_type = backup->view_type;
    }
    if (present(table->ttl_attribute)) {
        d->time_to_live_description = arena_new_of(call->arena, DynamodbTimeToLiveDescription);
        *d->time_to_live_description =
            (DynamodbTimeToLiveDescription){DYNAMODB_TIME_TO_LIVE_STATUS_ENABLED, table->ttl_attribute};
    }
    return d;
}

DynamodbBackupDescription *backup_describe(Call *call, const Backup *backup, const Table *table, Bytes status)
{
    DynamodbBackupDescription *d = arena_new_of(call->arena, DynamodbBackupDescription);
    Table shown = *table;
    shown.name = backup->table_name;
    const DynamodbTableDescription *from = table_describe(call, &shown, DYNAMODB_TABLE_STATUS_ACTIVE);
    d->backup_details = backup_details(call, backup, table->tally.bytes, status);
    d->source_table_details = source(call, backup, table, from);
    d->source_table_feature_details = features(call, backup, table, from);
    return d;
}
