/* replica_settings.c */
#include "replica_settings.h"
#include "definition.h"
#include "dials.h"
#include "kms.h"

#define INVALID "One or more parameter values were invalid: "

Table replica_copy(Arena *arena, const Table *table)
{
    Table copy = *table;
    copy.indexes = arena_new_array(arena, Index, table->indexes_count + 1);
    if (table->indexes_count)
        memcpy(copy.indexes, table->indexes, table->indexes_count * sizeof *table->indexes);
    return copy;
}

/* index absent: the table itself. As units_of says it of all regions. */
static Status check_units(Call *call, const Table *table, Bytes index,
                          const DynamodbProvisionedThroughputOverride *provisioned,
                          const DynamodbOnDemandThroughputOverride *on_demand)
{
    DynamodbProvisionedThroughput read = {0};
    DynamodbOnDemandThroughput most = {0};
    Units units = {0};
    if (provisioned)
        read = (DynamodbProvisionedThroughput){.read_capacity_units = provisioned->read_capacity_units};
    if (on_demand)
        SET(&most, max_read_request_units, on_demand->max_read_request_units);
    if (!provisioned && !on_demand)
        return OK;
    return units_of(call, table, index, provisioned || !table_is_on_demand(table) ? &read : NULL,
                    on_demand ? &most : NULL, &units);
}

Status replica_settings_check(Call *call, const Table *table, const ReplicaSettings *asked)
{
    TRY(check_units(call, table, (Bytes){0}, asked->provisioned, asked->on_demand));
    for (size_t i = 0; i < asked->indexes->len; i++) {
        const DynamodbReplicaGlobalSecondaryIndex *wanted = &asked->indexes->items[i];
        const Index *index = table_index(table, wanted->index_name);
        if (!index || !index->is_global)
            return index_absent(call, table, wanted->index_name);
        TRY(check_units(call, table, index->name, wanted->provisioned_throughput_override,
                        wanted->on_demand_throughput_override));
    }
    return OK;
}

static Status is_own_key(Call *call, const Table *table, bool *ret)
{
    const Dynamodb *dynamodb = call->service;
    Scope theirs = scope_for(&call->scope, dynamodb->kms);
    KmsKey key;
    *ret = false;
    if (!present(table->sse_key))
        return OK;
    int code = dynamodb->kms ? kms_find_key(&theirs, table->sse_key, &key) : KMS_KEY_ABSENT;
    *ret = code == KMS_KEY_ABSENT || !bytes_is(key.manager, "AWS");
    return code == KMS_KEY_ABSENT ? OK : expect_ok(call, code);
}

Status replica_key_of(Call *call, const Table *table, Bytes region, Bytes asked, Bytes *ret_key)
{
    DynamodbSSESpecification sse = {.enabled = true, .has_enabled = true, .kms_master_key_id = asked};
    bool is_own;
    *ret_key = (Bytes){0};
    TRY(is_own_key(call, table, &is_own));
    if (is_own && !present(asked)) /* aws: observed: hashicorp/terraform-provider-aws#17422 */
        return fail(call, &DYNAMODB_VALIDATION, INVALID "KMSMasterKeyId must be specified for each replica.");
    if (!present(asked) && !present(table->sse_key))
        return OK;
    Bytes home = call->region;
    call->region = region; /* names of keys mean something there */
    Status status = sse_key_of(call, &sse, ret_key);
    call->region = home;
    return status;
}

static void override(const DynamodbProvisionedThroughputOverride *provisioned,
                     const DynamodbOnDemandThroughputOverride *on_demand, Units *units, Dials *dials)
{
    if (provisioned && provisioned->has_read_capacity_units) {
        units->read = provisioned->read_capacity_units;
        dials->own |= OWN_READ;
    }
    if (on_demand && on_demand->has_max_read_request_units) {
        units->max_read = on_demand->max_read_request_units > 0 ? on_demand->max_read_request_units : 0;
        dials->own |= OWN_MAX_READ;
    }
}

void replica_settings_apply(const ReplicaSettings *asked, Table *member)
{
    override(asked->provisioned, asked->on_demand, &member->units, &member->dials);
    for (size_t i = 0; i < asked->indexes->len; i++) {
        const DynamodbReplicaGlobalSecondaryIndex *wanted = &asked->indexes->items[i];
        for (size_t j = 0; j < member->indexes_count; j++)
            if (bytes_equal(member->indexes[j].name, wanted->index_name))
                override(wanted->provisioned_throughput_override, wanted->on_demand_throughput_override,
                         &member->indexes[j].units, &member->indexes[j].dials);
    }
    if (present(asked->table_class))
        member->table_class = asked->table_class;
}

int replica_settings_write(const Scope *there, const Table *member)
{
    int code = table_write(there, member);
    if (code == STORE_OK && member->dials.own)
        code = dials_write(there->store, member->id, &member->dials);
    for (size_t i = 0; i < member->indexes_count && code == STORE_OK; i++) {
        code = index_write(there, &member->indexes[i]);
        if (code == STORE_OK && member->indexes[i].dials.own)
            code = dials_write(there->store, member->indexes[i].tree, &member->indexes[i].dials);
    }
    return code;
}

/* What is dialled here, there: what either side has of its own stays. */
static Units followed(const Units *from, const Dials *from_dials, const Units *before, const Dials *dials)
{
    Units units = *from;
    int own = from_dials->own | dials->own;
    if (own & OWN_READ && from->read && before->read)
        units.read = before->read;
    if (own & OWN_MAX_READ && !from->read && !before->read)
        units.max_read = before->max_read;
    return units;
}

static int follow(const Scope *there, Table *other, const void *context)
{
    const Table *from = context;
    Table member = replica_copy(there->arena, other);
    member.billing_mode = from->billing_mode;
    member.on_demand_since_ms = from->on_demand_since_ms;
    member.units = followed(&from->units, &from->dials, &other->units, &other->dials);
    for (size_t i = 0; i < other->indexes_count; i++) {
        const Index *index = table_index(from, other->indexes[i].name), *before = &other->indexes[i];
        if (index && index->is_global)
            member.indexes[i].units = followed(&index->units, &index->dials, &before->units, &before->dials);
    }
    int code = dials_note(there, other, &member);
    if (code == STORE_OK)
        code = replica_settings_write(there, &member);
    table_forget(there->service, other);
    return code;
}

int replicas_follow_settings(const Scope *scope, const Table *table)
{
    return replicas_each(scope, table, follow, table);
}

static DynamodbProvisionedThroughputOverride *describe_read(Arena *arena, const Units *units, const Dials *dials)
{
    if (!(dials->own & OWN_READ) || !units->read)
        return NULL;
    DynamodbProvisionedThroughputOverride *d = arena_new_of(arena, DynamodbProvisionedThroughputOverride);
    SET(d, read_capacity_units, units->read);
    return d;
}

static DynamodbOnDemandThroughputOverride *describe_most(Arena *arena, const Units *units, const Dials *dials)
{
    if (!(dials->own & OWN_MAX_READ) || units->read)
        return NULL;
    DynamodbOnDemandThroughputOverride *d = arena_new_of(arena, DynamodbOnDemandThroughputOverride);
    SET(d, max_read_request_units, units->max_read ? units->max_read : -1);
    return d;
}

void replica_settings_describe(Arena *arena, const Table *member, DynamodbReplicaDescription *d)
{
    DynamodbReplicaGlobalSecondaryIndexDescriptionList *indexes = &d->global_secondary_indexes;
    d->kms_master_key_id = member->sse_key;
    d->provisioned_throughput_override = describe_read(arena, &member->units, &member->dials);
    d->on_demand_throughput_override = describe_most(arena, &member->units, &member->dials);
    if (present(member->table_class)) {
        d->replica_table_class_summary = arena_new_of(arena, DynamodbTableClassSummary);
        d->replica_table_class_summary->table_class = member->table_class;
    }
    for (size_t i = 0; i < member->indexes_count; i++) {
        const Index *index = &member->indexes[i];
        if (!index->dials.own)
            continue;
        if (!indexes->items)
            indexes->items =
                arena_new_array(arena, DynamodbReplicaGlobalSecondaryIndexDescription, member->indexes_count);
        indexes->items[indexes->len++] = (DynamodbReplicaGlobalSecondaryIndexDescription){
            .index_name = index->name,
            .provisioned_throughput_override = describe_read(arena, &index->units, &index->dials),
            .on_demand_throughput_override = describe_most(arena, &index->units, &index->dials)};
    }
}
