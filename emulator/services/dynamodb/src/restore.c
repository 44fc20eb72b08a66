/* restore.c */
#include "restore.h"
#include "definition.h"
#include "history.h"
#include "uuid.h"

#define INVALID      "One or more parameter values were invalid: "
#define RESTORES_MAX 50 /* aws: RestoreTableFromBackup: "up to 50 concurrent restores (any type of restore)" */

static const Query count_restores = {"SELECT count(*) FROM dynamodb_origin o JOIN dynamodb_table t ON t.id = o.table_id"
                                     " WHERE (o.is_copying OR o.active_ms > ?2) AND t.account = ?1"};

Status restore_check(Call *call, const RestoreInput *in)
{
    TRY(name_check(call, in->name));
    if (in->vector_indexes)
        return fail(call, &COMMON_NOT_IMPLEMENTED, "VectorIndexOverride is not implemented.");
    return OK;
}

static Status check_new(Call *call, Bytes name)
{
    Table *table;
    int64_t restores = 0;
    int code = table_get(&call->scope, name, &table);
    if (code == STORE_OK && table_is_being_made(table, call->now_ms))
        return fail(call, &DYNAMODB_TABLE_IN_USE, "Table is being created: " BYTES_FMT, BYTES_ARG(name));
    if (code == STORE_OK)
        return fail(call, &DYNAMODB_TABLE_ALREADY_EXISTS, "Table already exists: " BYTES_FMT, BYTES_ARG(name));
    if (code != STORE_NOT_FOUND)
        return fault(call, code);
    Statement *count = statement_begin(call->store, &count_restores);
    bind_text(count, 1, call->account);
    bind_int64(count, 2, call->now_ms);
    code = statement_one(count);
    if (code != STORE_ROW)
        return fault(call, code);
    restores = column_int64(count, 0);
    statement_end(count);
    if (restores >= RESTORES_MAX)
        return fail(call, &DYNAMODB_LIMIT_EXCEEDED,
                    "Subscriber limit exceeded: The number of concurrent restores is limited to %d", RESTORES_MAX);
    return OK;
}

static bool keys_are(const Keys *keys, const DynamodbKeySchema *schema)
{
    const KeyAttribute *key;
    size_t count = 0;
    for (size_t at = 0; (key = keys_next(keys, &at)); count++)
        if (count >= schema->len || !bytes_equal(key->name, schema->items[count].attribute_name) ||
            !bytes_equal(schema->items[count].key_type,
                         key < keys->ranges ? DYNAMODB_KEY_TYPE_HASH : DYNAMODB_KEY_TYPE_RANGE))
            return false;
    return count == schema->len;
}

static bool projection_is(const Index *index, const DynamodbProjection *projection)
{
    if (!projection || !bytes_equal(index->projection_type, projection->projection_type) ||
        index->non_key.len != projection->non_key_attributes.len)
        return false;
    for (size_t i = 0; i < index->non_key.len; i++)
        if (!list_of_bytes_has(projection->non_key_attributes.items, projection->non_key_attributes.len,
                               index->non_key.items[i]))
            return false;
    return true;
}

/* aws: "The indexes provided should match existing secondary indexes. You can choose to exclude some or all of the
 * indexes at the time of restore." */
static Status add_index(Call *call, const Table *source, const IndexDefinition *asked, Table *target)
{
    const Index *index = table_index(source, asked->name);
    bool is_same = index && index->is_global == asked->is_global && keys_are(&index->keys, asked->key_schema) &&
                   projection_is(index, asked->projection);
    if (!is_same)
        return fail(
            call, &DYNAMODB_VALIDATION, INVALID "%s must match an index of the source table. Index name: " BYTES_FMT,
            asked->is_global ? "GlobalSecondaryIndexOverride" : "LocalSecondaryIndexOverride", BYTES_ARG(asked->name));
    if (table_index(target, asked->name))
        return fail(call, &DYNAMODB_VALIDATION, INVALID "Duplicate index name: " BYTES_FMT, BYTES_ARG(asked->name));
    Index *added = &target->indexes[target->indexes_count];
    *added = *index;
    if (index->is_global && (asked->provisioned || asked->on_demand))
        TRY(units_of(call, target, index->name, asked->provisioned, asked->on_demand, &added->units));
    if (asked->warm)
        TRY(warm_of(call, target, index->name, asked->warm, &added->units));
    target->indexes_count++;
    return OK;
}

static void keep_indexes(const Table *source, bool is_global, Table *target)
{
    for (size_t i = 0; i < source->indexes_count; i++)
        if (source->indexes[i].is_global == is_global)
            target->indexes[target->indexes_count++] = source->indexes[i];
}

static Status plan_indexes(Call *call, const RestoreInput *in, const Table *source, Table *target)
{
    target->indexes = arena_new_array(call->arena, Index, INDEXES_LOCAL_MAX + INDEXES_GLOBAL_MAX);
    target->indexes_count = 0;
    if (!in->locals->items)
        keep_indexes(source, false, target);
    if (!in->globals->items)
        keep_indexes(source, true, target);
    if (in->locals->len > INDEXES_LOCAL_MAX || in->globals->len > INDEXES_GLOBAL_MAX)
        return fail(call, &DYNAMODB_VALIDATION, INVALID "Number of indexes exceeds the per-table limit");
    for (size_t i = 0; i < in->locals->len; i++) {
        IndexDefinition asked = LOCAL_DEFINITION(&in->locals->items[i]);
        TRY(add_index(call, source, &asked, target));
    }
    for (size_t i = 0; i < in->globals->len; i++) {
        IndexDefinition asked = GLOBAL_DEFINITION(&in->globals->items[i]);
        TRY(add_index(call, source, &asked, target));
    }
    return OK;
}

static Status plan_billing(Call *call, const RestoreInput *in, const Table *source, Table *target)
{
    if (present(in->billing_mode))
        target->billing_mode = in->billing_mode;
    bool is_on_demand = table_is_on_demand(target);
    bool is_switched = !bytes_equal(target->billing_mode, source->billing_mode);
    target->on_demand_since_ms = is_on_demand ? call->now_ms : 0;
    if (is_switched || in->provisioned || in->on_demand)
        TRY(units_of(call, target, (Bytes){0}, in->provisioned, in->on_demand, &target->units));
    return OK;
}

/* An index has units where its table has; where the request gives it none, the table's. */
static void plan_index_units(const Table *source, Table *target)
{
    bool is_on_demand = table_is_on_demand(target);
    if (bytes_equal(target->billing_mode, source->billing_mode))
        return;
    for (size_t i = 0; i < target->indexes_count; i++) {
        Units *units = &target->indexes[i].units;
        if (!target->indexes[i].is_global)
            continue;
        if (is_on_demand)
            units->read = units->write = 0;
        else if (!units->read)
            *units = (Units){.read = target->units.read, .write = target->units.write};
    }
}

Status restore_plan(Call *call, const RestoreInput *in, const Table *source, Table *ret_target)
{
    Table target = {
        .name = in->name,
        .uuid = uuid_new(call->arena, call->runtime->random),
        .created_ms = call->now_ms,
        .keys = source->keys,
        .billing_mode = source->billing_mode,
        .units = source->units,
        .table_class = source->table_class,
        .sse_key = source->sse_key,
    };
    TRY(plan_billing(call, in, source, &target));
    TRY(plan_indexes(call, in, source, &target));
    plan_index_units(source, &target);
    if (in->sse)
        TRY(sse_key_of(call, in->sse, &target.sse_key));
    TRY(check_new(call, target.name));
    *ret_target = target;
    return OK;
}

Status restore_begin(Call *call, Table *target, const Origin *origin, const Job *job)
{
    const Dynamodb *dynamodb = call->service;
    Job fill = *job;
    target->origin = *origin;
    target->origin.active_ms = call->now_ms + dynamodb->transition_ms;
    target->origin.is_copying = true;
    TRY(expect_ok(call, table_insert(&call->scope, target, &target->id)));
    TRY(expect_ok(call, origin_insert(&call->scope, target->id, &target->origin)));
    fill.kind = JOB_RESTORE;
    fill.target = target->id;
    TRY(expect_ok(call, jobs_add(&call->scope, &fill)));
    return expect_ok(call, jobs_begin(&call->scope));
}
