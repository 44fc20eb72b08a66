/* replica.c */
#include "replica.h"
#include "history.h"
#include "job.h"
#include "stream.h"
#include "uuid.h"

#define REPLICAS_MAX 40 /* more than there are regions */
#define INVALID      "One or more parameter values were invalid: "

static const Query select_others = {
    "SELECT region FROM dynamodb_replica WHERE account = ?1 AND name = ?2 AND region <> ?3"
    " AND EXISTS (SELECT 1 FROM dynamodb_replica"
    " WHERE account = ?1 AND name = ?2 AND region = ?3) ORDER BY region LIMIT ?4"};
static const Query add_member = {"INSERT OR IGNORE INTO dynamodb_replica (account, name, region) VALUES (?1, ?2, ?3)"};
static const Query drop_member = {"DELETE FROM dynamodb_replica WHERE account = ?1 AND name = ?2 AND region = ?3"};

static Statement *begin(Store *store, const Query *query, const Table *table, Bytes region)
{
    Statement *statement = statement_begin(store, query);
    bind_text(statement, 1, table->account);
    bind_text(statement, 2, table->name);
    bind_text(statement, 3, region);
    return statement;
}

int replicas_load(Store *store, Table *table)
{
    Statement *rows = begin(store, &select_others, table, table->region);
    int code;
    bind_int64(rows, 4, REPLICAS_MAX);
    while ((code = statement_step(rows)) == STORE_ROW) {
        if (!table->replicas)
            table->replicas = arena_new_array(table->arena, Bytes, REPLICAS_MAX);
        table->replicas[table->replicas_count++] = arena_copy(table->arena, column_bytes(rows, 0));
    }
    return code;
}

int replica_find(const Scope *scope, const Table *table, Bytes region, Scope *ret_there, Table **ret_table)
{
    *ret_there = *scope;
    ret_there->account = table->account;
    ret_there->region = region;
    return table_get(ret_there, table->name, ret_table);
}

static int write_at(const Scope *there, Table *table, const Key *key, const Item *after)
{
    Item before;
    Change change = {.table = table, .key = *key, .after = after, .is_replicated = true};
    ChangeCost cost = {0};
    int code = item_read(there, table, key, &before);
    if (code == STORE_OK)
        change.before = &before;
    if (code != STORE_OK && code != STORE_NOT_FOUND)
        return code;
    return change.before || after ? change_write(there, &change, &cost) : STORE_OK;
}

int replicas_follow(const Scope *scope, const Change *change)
{
    const Table *table = change->table;
    int code = STORE_OK;
    for (size_t i = 0; i < table->replicas_count && code == STORE_OK; i++) {
        Scope there;
        Table *other;
        code = replica_find(scope, table, table->replicas[i], &there, &other);
        if (code == STORE_OK)
            code = write_at(&there, other, &change->key, change->after);
        else if (code == STORE_NOT_FOUND)
            code = STORE_OK;
    }
    return code;
}

static void forget_others(const Scope *scope, const Table *table)
{
    for (size_t i = 0; i < table->replicas_count; i++) {
        Scope there;
        Table *other;
        if (replica_find(scope, table, table->replicas[i], &there, &other) == STORE_OK)
            table_forget(scope->service, other);
    }
}

int replicas_leave(const Scope *scope, const Table *table)
{
    if (!table->replicas_count)
        return statement_run(begin(scope->store, &drop_member, table, table->region));
    forget_others(scope, table);
    return statement_run(begin(scope->store, &drop_member, table, table->region));
}

static bool is_member(const Table *table, Bytes region)
{
    return list_of_bytes_has(table->replicas, table->replicas_count, region);
}

static Status check_create(Call *call, const DynamodbCreateReplicationGroupMemberAction *create, const Table *table)
{
    Scope there;
    Table *other;
    if (present(create->kms_master_key_id) || create->provisioned_throughput_override ||
        create->on_demand_throughput_override || create->global_secondary_indexes.items ||
        present(create->table_class_override))
        return fail(call, &COMMON_NOT_IMPLEMENTED, "Overrides of a replica's settings are not implemented.");
    if (bytes_equal(create->region_name, table->region))
        return fail(
            call, &DYNAMODB_VALIDATION,
            "Cannot add, delete, or update the local region through ReplicaUpdates. Use CreateTable, DeleteTable, or UpdateTable as required.");
    if (stream_is_on(table) &&
        !bytes_equal(table->stream.newest.view_type, DYNAMODB_STREAM_VIEW_TYPE_NEW_AND_OLD_IMAGES))
        return fail(call, &DYNAMODB_VALIDATION,
                    INVALID "StreamViewType of a table with replicas must be NEW_AND_OLD_IMAGES");
    int code = replica_find(&call->scope, table, create->region_name, &there, &other);
    if (code == STORE_OK) /* aws: Troubleshooting of global tables has these words */
        return fail(call, &DYNAMODB_VALIDATION,
                    "Failed to create a the new replica of table with name: '" BYTES_FMT
                    "' because one or more replicas already existed as tables.",
                    BYTES_ARG(table->name));
    return code == STORE_NOT_FOUND ? OK : expect_ok(call, code);
}

static Status check_delete(Call *call, Bytes region, const Table *table)
{
    Scope there;
    Table *other;
    if (!is_member(table, region))
        return fail(
            call, &DYNAMODB_VALIDATION,
            "Update global table operation failed because one or more replicas were not part of the global table.");
    TRY(expect_ok(call, replica_find(&call->scope, table, region, &there, &other)));
    if (!table_is_being_made(other, call->now_ms) && !other->history.copies_count && !other->is_protected)
        return OK;
    return fail(call, &DYNAMODB_RESOURCE_IN_USE,
                "Attempt to change a resource which is still in use: Table is being updated: " BYTES_FMT,
                BYTES_ARG(table->name));
}

Status replicas_check(Call *call, const DynamodbUpdateTableInput *in, Table *table)
{
    const DynamodbReplicationGroupUpdate *update = in->replica_updates.items;
    if (in->replica_updates.len > 1)
        return fail(
            call, &DYNAMODB_LIMIT_EXCEEDED,
            "Subscriber limit exceeded: Only 1 replica can be created, deleted or updated simultaneously per table");
    if (update->update || update->disassociate)
        return fail(call, &COMMON_NOT_IMPLEMENTED, "Of ReplicaUpdates only Create and Delete are implemented.");
    if (!!update->create + !!update->delete != 1)
        return fail(call, &DYNAMODB_VALIDATION, INVALID "Only one of Create, Update or Delete may be specified");
    return update->create ? check_create(call, update->create, table)
                          : check_delete(call, update->delete->region_name, table);
}

static int open_stream(const Scope *there, Table *table)
{
    return stream_is_on(table) ? STORE_OK : stream_open(there, table, DYNAMODB_STREAM_VIEW_TYPE_NEW_AND_OLD_IMAGES);
}

/* The same definition, empty, CREATING until it is filled. */
static int make_replica(Call *call, Table *table, Bytes region)
{
    const Dynamodb *dynamodb = call->service;
    Scope there = call->scope;
    Table made = *table;
    there.region = region;
    made.arena = call->arena;
    made.region = region;
    made.uuid = uuid_new(call->arena, call->runtime->random);
    made.created_ms = call->now_ms;
    made.tally = (Tally){0};
    made.is_protected = false;
    made.recovery_since_ms = 0;
    made.stream = (StreamTip){0};
    made.destination = (Destination){0};
    made.history = (History){0};
    made.origin =
        (Origin){.table_arn = TEXT(""), .active_ms = call->now_ms + dynamodb->transition_ms, .is_copying = true};
    made.indexes = arena_new_array(call->arena, Index, table->indexes_count + 1);
    for (size_t i = 0; i < table->indexes_count; i++) {
        made.indexes[i] = table->indexes[i];
        made.indexes[i].tally = (Tally){0};
    }
    int code = table_insert(&there, &made, &made.id);
    if (code == STORE_OK)
        code = origin_insert(&there, made.id, &made.origin);
    if (code == STORE_OK)
        code = open_stream(&there, &made);
    if (code == STORE_OK)
        code = open_stream(&call->scope, table);
    if (code == STORE_OK)
        code = statement_run(begin(call->store, &add_member, table, table->region));
    if (code == STORE_OK)
        code = statement_run(begin(call->store, &add_member, table, region));
    return code == STORE_OK
               ? jobs_add(&call->scope, &(Job){.kind = JOB_REPLICATE, .source = table->id, .target = made.id})
               : code;
}

static int remove_replica(Call *call, const Table *table, Bytes region)
{
    Scope there;
    Table *other;
    int code = replica_find(&call->scope, table, region, &there, &other);
    if (code == STORE_OK)
        code = table_remove(&there, other);
    if (code == STORE_OK)
        table_forget(call->service, other);
    return code;
}

Status replicas_update(Call *call, const DynamodbUpdateTableInput *in, Table *table)
{
    const DynamodbReplicationGroupUpdate *update = in->replica_updates.items;
    forget_others(&call->scope, table);
    if (update->delete)
        return expect_ok(call, remove_replica(call, table, update->delete->region_name));
    TRY(expect_ok(call, make_replica(call, table, update->create->region_name)));
    table_forget(call->service, table); /* what is written from now on goes to both */
    return expect_ok(call, jobs_begin(&call->scope));
}

/* Rows of the first table, as they are when their turn comes. */
typedef struct Target {
    Scope scope;
    Table *table;
} Target;

static int replicate_row(void *context, const StoredRow *row, Share *share)
{
    Target *target = context;
    share_take(share, 1 + (int64_t)target->table->indexes_count, row->item.len * (1 + target->table->indexes_count));
    ArenaMark mark = arena_mark(target->scope.arena);
    Item item = item_decode(target->scope.arena, row->item);
    int code = write_at(&target->scope, target->table, &row->key, &item);
    arena_rewind(target->scope.arena, mark);
    return code;
}

int replicate_step(const Scope *scope, Job *job, Share *share)
{
    Target target;
    bool is_end;
    int code = job_table(scope, job->target, &target.scope, &target.table);
    if (code == STORE_NOT_FOUND)
        return job_done(scope, job);
    if (code == STORE_OK)
        code = job_for_rows(scope, job, share, replicate_row, &target, &is_end);
    if (code != STORE_OK)
        return code;
    if (!is_end)
        return job_write(scope, job);
    table_forget(scope->service, target.table);
    code = origin_is_copied(scope->store, job->target);
    return code == STORE_OK ? job_done(scope, job) : code;
}

void replicas_describe(Call *call, const Table *table, DynamodbTableDescription *d)
{
    if (!table->replicas_count)
        return;
    d->global_table_version = TEXT("2019.11.21");
    d->replicas.items = arena_new_array(call->arena, DynamodbReplicaDescription, table->replicas_count);
    for (size_t i = 0; i < table->replicas_count; i++) {
        Scope there;
        Table *other;
        DynamodbReplicaDescription *replica = &d->replicas.items[d->replicas.len];
        if (replica_find(&call->scope, table, table->replicas[i], &there, &other) != STORE_OK)
            continue;
        replica->region_name = other->region;
        replica->replica_status = table_is_being_made(other, call->now_ms) ? DYNAMODB_REPLICA_STATUS_CREATING
                                                                           : DYNAMODB_REPLICA_STATUS_ACTIVE;
        d->replicas.len++;
    }
}
