/* update_table.c - UpdateTable: billing, throughput, global indexes, protection, class. What AWS takes minutes for is
 * done at once; the answer still says UPDATING. DynamoDB API Reference, UpdateTable. */
#include "definition.h"
#include "dials.h"
#include "index_job.h"
#include "job.h"
#include "replica.h"
#include "stream.h"
#include "throttle.h"

OPERATION(DynamodbUpdateTable, update_table, WRITES);

#define INVALID "One or more parameter values were invalid: "

/* What is to become of the table and its indexes; nothing is written while it is made. */
typedef struct Plan {
    Table table;    /* with what changes */
    Index *created; /* NULL: none */
    const Index *deleted;
    bool units_changed[INDEXES_LOCAL_MAX + INDEXES_GLOBAL_MAX];
    bool stream_changes;
    Bytes stream_view; /* absent: it is switched off */
} Plan;

static Status check_implemented(Call *call, const DynamodbUpdateTableInput *in)
{
    const char *what = in->global_table_witness_updates.len                  ? "GlobalTableWitnessUpdates"
                       : in->vector_index_updates.len                        ? "VectorIndexUpdates"
                       : present(in->multi_region_consistency)               ? "MultiRegionConsistency"
                       : present(in->global_table_settings_replication_mode) ? "GlobalTableSettingsReplicationMode"
                       : in->has_disassociation_protection_enabled           ? "DisassociationProtectionEnabled"
                                                                             : NULL;
    return what ? fail(call, &COMMON_NOT_IMPLEMENTED, "%s of UpdateTable is not implemented.", what) : OK;
}

static bool is_more_than_warm(const DynamodbUpdateTableInput *in)
{
    return present(in->billing_mode) || in->provisioned_throughput || in->on_demand_throughput ||
           in->sse_specification || in->global_secondary_index_updates.len || present(in->table_class) ||
           in->stream_specification || in->has_deletion_protection_enabled;
}

static Status check_something(Call *call, const DynamodbUpdateTableInput *in)
{
    if (in->warm_throughput || in->replica_updates.len || is_more_than_warm(in))
        return OK;
    return fail(
        call, &DYNAMODB_VALIDATION,
        "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required");
}

static Status plan_units(Call *call, const DynamodbUpdateTableInput *in, Plan *plan)
{
    const Units *before = &plan->table.units;
    bool is_switched = present(in->billing_mode) && !bytes_equal(in->billing_mode, plan->table.billing_mode);
    if (present(in->billing_mode))
        plan->table.billing_mode = in->billing_mode;
    bool is_on_demand = table_is_on_demand(&plan->table);
    if (is_switched && is_on_demand)
        plan->table.on_demand_since_ms = call->now_ms;
    if (!is_switched && !in->provisioned_throughput && !in->on_demand_throughput)
        return warm_of(call, &plan->table, (Bytes){0}, in->warm_throughput, &plan->table.units);
    Units units = *before;
    TRY(units_of(call, &plan->table, (Bytes){0}, in->provisioned_throughput, in->on_demand_throughput, &units));
    if (in->provisioned_throughput && !is_switched && units.read == before->read && units.write == before->write)
        return fail(
            call, &DYNAMODB_VALIDATION,
            "The provisioned throughput for the table will not change. The requested value equals the current value. Current ReadCapacityUnits provisioned for the table: %lld. Requested ReadCapacityUnits: %lld. Current WriteCapacityUnits provisioned for the table: %lld. Requested WriteCapacityUnits: %lld. Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.",
            (long long)before->read, (long long)units.read, (long long)before->write, (long long)units.write);
    plan->table.units = units;
    return warm_of(call, &plan->table, (Bytes){0}, in->warm_throughput, &plan->table.units);
}

static Status plan_index_update(Call *call, const DynamodbUpdateGlobalSecondaryIndexAction *update, Plan *plan)
{
    for (size_t i = 0; i < plan->table.indexes_count; i++) {
        Index *index = &plan->table.indexes[i];
        if (!index->is_global || !bytes_equal(index->name, update->index_name))
            continue;
        plan->units_changed[i] = true;
        if (update->provisioned_throughput || update->on_demand_throughput || !update->warm_throughput)
            TRY(units_of(call, &plan->table, index->name, update->provisioned_throughput, update->on_demand_throughput,
                         &index->units));
        return warm_of(call, &plan->table, index->name, update->warm_throughput, &index->units);
    }
    return index_absent(call, &plan->table, update->index_name);
}

static Status check_one_at_a_time(Call *call, const Plan *plan)
{
    bool is_busy = plan->created || plan->deleted;
    for (size_t i = 0; i < plan->table.indexes_count && !is_busy; i++)
        is_busy = plan->table.indexes[i].is_filling;
    return is_busy
               ? fail(
                     call, &DYNAMODB_LIMIT_EXCEEDED,
                     "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table")
               : OK;
}

static Status plan_index_create(Call *call, const DynamodbUpdateTableInput *in,
                                const DynamodbCreateGlobalSecondaryIndexAction *create, Plan *plan)
{
    IndexDefinition definition = GLOBAL_DEFINITION(create);
    size_t global = 0;
    for (size_t i = 0; i < plan->table.indexes_count; i++)
        global += plan->table.indexes[i].is_global;
    TRY(check_one_at_a_time(call, plan));
    if (global == INDEXES_GLOBAL_MAX)
        return fail(call, &DYNAMODB_LIMIT_EXCEEDED,
                    "Subscriber limit exceeded: The number of global secondary indexes per table is limited to %d",
                    INDEXES_GLOBAL_MAX);
    if (table_index(&plan->table, create->index_name))
        return fail(call, &DYNAMODB_VALIDATION, "Attempting to create an index which already exists");
    TRY(definitions_check_same(call, &plan->table, &in->attribute_definitions));
    plan->created = arena_new_of(call->arena, Index);
    return index_of_definition(call, &plan->table, &in->attribute_definitions, &definition, plan->created);
}

static Status plan_index_delete(Call *call, const DynamodbDeleteGlobalSecondaryIndexAction *delete_, Plan *plan)
{
    const Index *index = table_index(&plan->table, delete_->index_name);
    if (!index || !index->is_global)
        return index_absent(call, &plan->table, delete_->index_name);
    if (!index->is_filling || plan->deleted) /* aws: GlobalSecondaryIndexDescription: it can be deleted meanwhile */
        TRY(check_one_at_a_time(call, plan));
    plan->deleted = index;
    return OK;
}

static Status plan_indexes(Call *call, const DynamodbUpdateTableInput *in, Plan *plan)
{
    for (size_t i = 0; i < in->global_secondary_index_updates.len; i++) {
        const DynamodbGlobalSecondaryIndexUpdate *update = &in->global_secondary_index_updates.items[i];
        if (!!update->create + !!update->update + !!update->delete != 1)
            return fail(call, &DYNAMODB_VALIDATION,
                        INVALID
                        "Only one of Create, Update or Delete may be specified in a GlobalSecondaryIndexUpdate");
        if (update->create)
            TRY(plan_index_create(call, in, update->create, plan));
        else if (update->update)
            TRY(plan_index_update(call, update->update, plan));
        else
            TRY(plan_index_delete(call, update->delete, plan));
    }
    return OK;
}

static Status plan_of(Call *call, const DynamodbUpdateTableInput *in, const Table *table, Plan *plan)
{
    *plan = (Plan){.table = *table};
    plan->table.indexes = arena_new_array(call->arena, Index, INDEXES_LOCAL_MAX + INDEXES_GLOBAL_MAX);
    memcpy(plan->table.indexes, table->indexes, table->indexes_count * sizeof *table->indexes);
    TRY(plan_units(call, in, plan));
    TRY(plan_indexes(call, in, plan));
    plan->stream_changes = in->stream_specification;
    if (in->stream_specification)
        TRY(stream_check(call, table, in->stream_specification, &plan->stream_view));
    if (present(in->table_class))
        plan->table.table_class = in->table_class;
    if (in->has_deletion_protection_enabled)
        plan->table.is_protected = in->deletion_protection_enabled;
    if (in->sse_specification && present(in->sse_specification->kms_master_key_id) && table->replicas_count)
        return fail(/* aws: observed: hashicorp/terraform-provider-aws#21726 */
                    call, &DYNAMODB_VALIDATION,
                    "Invalid operation: Customer Managed CMKs on Global Table Version 2019.11.21 replicas cannot be updated through SSESpecification parameter and can only be updated through ReplicaUpdates parameter");
    if (in->sse_specification)
        TRY(sse_key_of(call, in->sse_specification, &plan->table.sse_key));
    return OK;
}

static int write_indexes(const Scope *scope, const Table *table, Plan *plan)
{
    int code = plan->deleted ? index_remove(scope, plan->deleted) : STORE_OK;
    if (!plan->created || code != STORE_OK)
        return code;
    code = index_insert(scope, table, plan->created, &plan->created->tree);
    if (code == STORE_OK)
        code = index_job_add(scope, table, plan->created);
    return code;
}

/* aws: "… global secondary indexes … are synchronized across replicas" */
static int write_indexes_at(const Scope *there, Table *other, const void *context)
{
    const Plan *plan = context;
    Index created = plan->created ? *plan->created : (Index){0};
    if (!plan->created && !plan->deleted)
        return STORE_OK;
    Plan same = {.created = plan->created && !table_index(other, created.name) ? &created : NULL,
                 .deleted = plan->deleted ? table_index(other, plan->deleted->name) : NULL};
    int code = write_indexes(there, other, &same);
    table_forget(there->service, other);
    return code;
}

static int write_plan(Call *call, const Table *table, Plan *plan)
{
    int code = table_write(&call->scope, &plan->table);
    if (code == STORE_OK)
        code = dials_note(&call->scope, table, &plan->table);
    if (plan->stream_changes && code == STORE_OK)
        code = present(plan->stream_view) ? stream_open(&call->scope, &plan->table, plan->stream_view)
                                          : stream_close(&call->scope, &plan->table);
    for (size_t i = 0; i < table->indexes_count && code == STORE_OK; i++)
        if (plan->units_changed[i])
            code = index_write(&call->scope, &plan->table.indexes[i]);
    if (code == STORE_OK)
        code = write_indexes(&call->scope, table, plan);
    if (code == STORE_OK)
        code = replicas_each(&call->scope, table, write_indexes_at, plan);
    return code == STORE_OK ? replicas_follow_settings(&call->scope, &plan->table) : code;
}

static void describe_plan(Call *call, const Plan *plan, DynamodbUpdateTableOutput *out)
{
    Table shown = plan->table;
    if (plan->created)
        shown.indexes[shown.indexes_count++] = *plan->created;
    out->table_description = table_describe(call, &shown, DYNAMODB_TABLE_STATUS_UPDATING);
    for (size_t i = 0; i < out->table_description->global_secondary_indexes.len; i++) {
        DynamodbGlobalSecondaryIndexDescription *index = &out->table_description->global_secondary_indexes.items[i];
        bool is_created = plan->created && bytes_equal(index->index_name, plan->created->name);
        bool is_deleted = plan->deleted && bytes_equal(index->index_name, plan->deleted->name);
        if (is_created) {
            index->index_status = DYNAMODB_INDEX_STATUS_CREATING;
            SET(index, backfilling, false);
            SET(index, item_count, 0);
            SET(index, index_size_bytes, 0);
        } else if (is_deleted) {
            index->index_status = DYNAMODB_INDEX_STATUS_DELETING;
        }
    }
}

/* aws: recorded: a key that is given up is told once more, UPDATING */
static void describe_key(const Table *before, DynamodbTableDescription *d)
{
    if (d->sse_description || !present(before->sse_key))
        return;
    d->sse_description = arena_new_of(before->arena, DynamodbSSEDescription);
    *d->sse_description = (DynamodbSSEDescription){.status = DYNAMODB_SSE_STATUS_UPDATING,
                                                   .sse_type = DYNAMODB_SSE_TYPE_KMS,
                                                   .kms_master_key_arn = before->sse_key};
}

static void tell_replica(DynamodbTableDescription *d, Bytes region, Bytes status)
{
    for (size_t i = 0; i < d->replicas.len; i++)
        if (bytes_equal(d->replicas.items[i].region_name, region))
            d->replicas.items[i].replica_status = status;
}

/* aws: alone: "… you can't modify replicas and other settings in one request" */
static Status update_replicas(Call *call, const DynamodbUpdateTableInput *in, Table *table,
                              DynamodbUpdateTableOutput *out)
{
    Bytes name = table->name;
    if (in->warm_throughput || is_more_than_warm(in))
        return fail(call, &DYNAMODB_VALIDATION,
                    INVALID "ReplicaUpdates cannot be combined with other updates of the table");
    TRY(replicas_check(call, in, table));
    TRY(replicas_update(call, in, table));
    table_forget(call->service, table);
    TRY(table_find(call, name, &table));
    out->table_description = table_describe(call, table, DYNAMODB_TABLE_STATUS_UPDATING);
    const DynamodbReplicationGroupUpdate *update = in->replica_updates.items;
    if (update->create) /* aws: however small it is */
        tell_replica(out->table_description, update->create->region_name, DYNAMODB_REPLICA_STATUS_CREATING);
    if (update->update)
        tell_replica(out->table_description, update->update->region_name, DYNAMODB_REPLICA_STATUS_UPDATING);
    return OK;
}

static Status update_table(Call *call, const DynamodbUpdateTableInput *in, DynamodbUpdateTableOutput *out)
{
    Table *table;
    Plan plan;
    TRY(check_implemented(call, in));
    TRY(check_something(call, in));
    TRY(table_find_to_change(call, in->table_name, &table));
    if (in->replica_updates.len)
        return update_replicas(call, in, table, out);
    TRY(plan_of(call, in, table, &plan));
    TRY(dials_check(call, table, &plan.table));

    TRY(expect_ok(call, write_plan(call, table, &plan)));
    if (plan.created)
        TRY(expect_ok(call, jobs_begin(&call->scope)));

    throttle_follow(call, table);
    describe_plan(call, &plan, out);
    describe_key(table, out->table_description);
    if (in->warm_throughput)
        out->table_description->warm_throughput =
            warm_describe(call->arena, &plan.table, DYNAMODB_TABLE_STATUS_UPDATING);
    if (!is_more_than_warm(in)) /* aws-test: only the throughput tells of it */
        out->table_description->table_status = DYNAMODB_TABLE_STATUS_ACTIVE;
    table_forget(call->service, table);
    return OK;
}
