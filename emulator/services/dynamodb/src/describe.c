/* describe.c - a table as the answers of the table operations show it. */
#include "dials.h"
#include "key.h"
#include "replica.h"

Bytes table_arn(Call *call, const Table *table)
{
    return call_arn(call, "dynamodb", "table/" BYTES_FMT, BYTES_ARG(table->name));
}

static DynamodbKeySchema describe_keys(Arena *arena, const Keys *keys)
{
    DynamodbKeySchema schema = {arena_new_array(arena, DynamodbKeySchemaElement, 2 * (size_t)KEY_ATTRIBUTES_MAX), 0};
    const KeyAttribute *key;
    for (size_t at = 0; (key = keys_next(keys, &at));)
        schema.items[schema.len++] = (DynamodbKeySchemaElement){
            key->name, key < keys->ranges ? DYNAMODB_KEY_TYPE_HASH : DYNAMODB_KEY_TYPE_RANGE};
    return schema;
}

static void define(DynamodbAttributeDefinitions *definitions, const KeyAttribute *key)
{
    for (size_t i = 0; i < definitions->len; i++)
        if (bytes_equal(definitions->items[i].attribute_name, key->name))
            return;
    definitions->items[definitions->len++] =
        (DynamodbAttributeDefinition){key->name, bytes_of(value_kind_name(key->kind))};
}

static DynamodbAttributeDefinitions describe_attributes(Arena *arena, const Table *table)
{
    DynamodbAttributeDefinitions definitions = {
        arena_new_array(arena, DynamodbAttributeDefinition, 2 + 2 * KEY_ATTRIBUTES_MAX * table->indexes_count), 0};
    const KeyAttribute *key;
    for (size_t at = 0; (key = keys_next(&table->keys, &at));)
        define(&definitions, key);
    for (size_t i = 0; i < table->indexes_count; i++)
        for (size_t at = 0; (key = keys_next(&table->indexes[i].keys, &at));)
            define(&definitions, key);
    return definitions;
}

static DynamodbProvisionedThroughputDescription *describe_units(Call *call, const Table *table, const Units *units,
                                                                const Dials *dials)
{
    DynamodbProvisionedThroughputDescription *d = arena_new_of(call->arena, DynamodbProvisionedThroughputDescription);
    bool is_provisioned = !table_is_on_demand(table);
    SET(d, number_of_decreases_today, dials_decreases_today(dials, call->now_ms));
    if (dials->decreased_ms)
        SET(d, last_decrease_date_time, dials->decreased_ms);
    if (dials->increased_ms)
        SET(d, last_increase_date_time, dials->increased_ms);
    SET(d, read_capacity_units, is_provisioned ? units->read : 0);
    SET(d, write_capacity_units, is_provisioned ? units->write : 0);
    return d;
}

static DynamodbOnDemandThroughput *describe_on_demand(Arena *arena, const Units *units)
{
    if (!units->max_read && !units->max_write)
        return NULL;
    DynamodbOnDemandThroughput *d = arena_new_of(arena, DynamodbOnDemandThroughput);
    SET(d, max_read_request_units, units->max_read ? units->max_read : -1);
    SET(d, max_write_request_units, units->max_write ? units->max_write : -1);
    return d;
}

static DynamodbProjection *describe_projection(Arena *arena, const Index *index)
{
    DynamodbProjection *projection = arena_new_of(arena, DynamodbProjection);
    projection->projection_type = index->projection_type;
    if (index->non_key.len)
        projection->non_key_attributes = index->non_key;
    return projection;
}

static Bytes index_arn(Call *call, const Table *table, const Index *index)
{
    return arena_text(call->arena, BYTES_FMT "/index/" BYTES_FMT, BYTES_ARG(table_arn(call, table)),
                      BYTES_ARG(index->name));
}

static DynamodbGlobalSecondaryIndexDescription describe_global(Call *call, const Table *table, const Index *index,
                                                               Bytes status)
{
    DynamodbGlobalSecondaryIndexDescription d = {
        .index_name = index->name,
        .key_schema = describe_keys(call->arena, &index->keys),
        .projection = describe_projection(call->arena, index),
        .index_status = status,
        .provisioned_throughput = describe_units(call, table, &index->units, &index->dials),
        .index_arn = index_arn(call, table, index),
        .on_demand_throughput = describe_on_demand(call->arena, &index->units),
    };
    SET(&d, index_size_bytes, index->tally.bytes);
    SET(&d, item_count, index->tally.items);
    if (bytes_equal(status, DYNAMODB_INDEX_STATUS_ACTIVE)) {
        d.warm_throughput = arena_new_of(call->arena, DynamodbGlobalSecondaryIndexWarmThroughputDescription);
        Units warm = units_warm(table, &index->units);
        SET(d.warm_throughput, read_units_per_second, warm.warm_read);
        SET(d.warm_throughput, write_units_per_second, warm.warm_write);
        d.warm_throughput->status = DYNAMODB_TABLE_STATUS_ACTIVE;
    }
    return d;
}

static DynamodbLocalSecondaryIndexDescription describe_local(Call *call, const Table *table, const Index *index)
{
    DynamodbLocalSecondaryIndexDescription d = {
        .index_name = index->name,
        .key_schema = describe_keys(call->arena, &index->keys),
        .projection = describe_projection(call->arena, index),
        .index_arn = index_arn(call, table, index),
    };
    SET(&d, index_size_bytes, index->tally.bytes);
    SET(&d, item_count, index->tally.items);
    return d;
}

static void describe_indexes(Call *call, const Table *table, Bytes status, DynamodbTableDescription *d)
{
    DynamodbGlobalSecondaryIndexDescriptionList *global = &d->global_secondary_indexes;
    DynamodbLocalSecondaryIndexDescriptionList *local = &d->local_secondary_indexes;
    bool is_new = bytes_equal(status, DYNAMODB_TABLE_STATUS_CREATING);
    for (size_t i = 0; i < table->indexes_count; i++) {
        const Index *index = &table->indexes[i];
        if (index->is_global) {
            if (!global->items)
                global->items =
                    arena_new_array(call->arena, DynamodbGlobalSecondaryIndexDescription, INDEXES_GLOBAL_MAX);
            bool is_created = is_new || index->is_filling;
            DynamodbGlobalSecondaryIndexDescription *of = &global->items[global->len++];
            *of = describe_global(call, table, index,
                                  is_created ? DYNAMODB_INDEX_STATUS_CREATING : DYNAMODB_INDEX_STATUS_ACTIVE);
            if (index->is_filling)
                SET(of, backfilling, true);
        } else {
            if (!local->items)
                local->items = arena_new_array(call->arena, DynamodbLocalSecondaryIndexDescription, INDEXES_LOCAL_MAX);
            local->items[local->len++] = describe_local(call, table, index);
        }
    }
}

DynamodbTableWarmThroughputDescription *warm_describe(Arena *arena, const Table *table, Bytes status)
{
    DynamodbTableWarmThroughputDescription *d = arena_new_of(arena, DynamodbTableWarmThroughputDescription);
    Units warm = units_warm(table, &table->units);
    SET(d, read_units_per_second, warm.warm_read);
    SET(d, write_units_per_second, warm.warm_write);
    d->status = status;
    return d;
}

static void describe_billing(Call *call, const Table *table, bool is_active, DynamodbTableDescription *d)
{
    Arena *arena = call->arena;
    if (table->on_demand_since_ms) {
        d->billing_mode_summary = arena_new_of(arena, DynamodbBillingModeSummary);
        d->billing_mode_summary->billing_mode = table->billing_mode;
        if (is_active)
            SET(d->billing_mode_summary, last_update_to_pay_per_request_date_time, table->on_demand_since_ms);
    }
    d->provisioned_throughput = describe_units(call, table, &table->units, &table->dials);
    d->on_demand_throughput = describe_on_demand(arena, &table->units);
    if (!is_active)
        return;
    d->warm_throughput = warm_describe(arena, table, DYNAMODB_TABLE_STATUS_ACTIVE);
}

static void describe_settings(Arena *arena, const Table *table, DynamodbTableDescription *d)
{
    if (present(table->table_class)) {
        d->table_class_summary = arena_new_of(arena, DynamodbTableClassSummary);
        d->table_class_summary->table_class = table->table_class;
    }
    if (present(table->sse_key)) {
        d->sse_description = arena_new_of(arena, DynamodbSSEDescription);
        *d->sse_description = (DynamodbSSEDescription){.status = DYNAMODB_SSE_STATUS_ENABLED,
                                                       .sse_type = DYNAMODB_SSE_TYPE_KMS,
                                                       .kms_master_key_arn = table->sse_key};
    }
}

/* aws: live: of a stream that is off only its name is told */
static void describe_stream(Call *call, const Table *table, DynamodbTableDescription *d)
{
    const TableStream *stream = &table->stream.newest;
    if (!stream->id)
        return;
    d->latest_stream_label = stream->label;
    d->latest_stream_arn = table_stream_arn(&call->scope, stream);
    if (stream->disabled_ms)
        return;
    d->stream_specification = arena_new_of(call->arena, DynamodbStreamSpecification);
    SET(d->stream_specification, stream_enabled, true);
    d->stream_specification->stream_view_type = stream->view_type;
}

static void describe_origin(Call *call, const Table *table, DynamodbTableDescription *d)
{
    if (!table->origin.table_arn.len) /* imported, or simply made */
        return;
    d->restore_summary = arena_new_of(call->arena, DynamodbRestoreSummary);
    d->restore_summary->source_table_arn = table->origin.table_arn;
    d->restore_summary->source_backup_arn = table->origin.backup_arn;
    SET(d->restore_summary, restore_date_time, table->origin.as_of_ms);
    SET(d->restore_summary, restore_in_progress, table_is_being_made(table, call->now_ms));
}

DynamodbTableDescription *table_describe(Call *call, const Table *table, Bytes status)
{
    DynamodbTableDescription *d = arena_new_of(call->arena, DynamodbTableDescription);
    *d = (DynamodbTableDescription){.table_name = table->name,
                                    .table_status = status,
                                    .table_arn = table_arn(call, table),
                                    .table_id = table->uuid};
    SET(d, table_size_bytes, table->tally.bytes);
    SET(d, item_count, table->tally.items);
    SET(d, deletion_protection_enabled, table->is_protected);
    describe_stream(call, table, d);
    describe_billing(call, table, bytes_equal(status, DYNAMODB_TABLE_STATUS_ACTIVE), d);
    if (bytes_equal(status, DYNAMODB_TABLE_STATUS_DELETING)) /* aws: recorded: no keys, no time, no indexes */
        return d;
    d->key_schema = describe_keys(call->arena, &table->keys);
    d->attribute_definitions = describe_attributes(call->arena, table);
    SET(d, creation_date_time, table->created_ms);
    describe_indexes(call, table, status, d);
    describe_origin(call, table, d);
    replicas_describe(call, table, d);
    describe_settings(call->arena, table, d);
    return d;
}
