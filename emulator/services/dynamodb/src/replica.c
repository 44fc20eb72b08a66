/* replica.c */
#include "replica.h"
#include "history.h"
#include "job.h"
#include "replica_settings.h"
#include "stream.h"
#include "throttle.h"
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

int replicas_each(const Scope *scope, const Table *table, ReplicaFunction *function, const void *context)
{
    int code = STORE_OK;
    for (size_t i = 0; i < table->replicas_count && code == STORE_OK; i++) {
        Scope there;
        Table *other;
        code = replica_find(scope, table, table->replicas[i], &there, &other);
        if (code == STORE_OK)
            code = function(&there, other, context);
        else if (code == STORE_NOT_FOUND)
            code = STORE_OK;
    }
    return code;
}

static int follow(const Scope *there, Table *other, const void *context)
{
    const Change *change = context;
    return write_at(there, other, &change->key, change->after);
}

int replicas_follow(const Scope *scope, const Change *change)
{
    return replicas_each(scope, change->table, follow, change);
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

static Status check_elsewhere(Call *call, Bytes region, const Table *table)
{
    if (!bytes_equal(region, table->region))
        return OK;
    return fail(
        call, &DYNAMODB_VALIDATION,
        "Cannot add, delete, or update the local region through ReplicaUpdates. Use CreateTable, DeleteTable, or UpdateTable as required.");
}

static Status check_create(Call *call, const DynamodbCreateReplicationGroupMemberAction *create, const Table *table)
{
    Scope there;
    Table *other;
    ReplicaSettings settings = REPLICA_SETTINGS(create);
    TRY(check_elsewhere(call, create->region_name, table));
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
    TRY(code == STORE_NOT_FOUND ? OK : expect_ok(call, code));
    return replica_settings_check(call, table, &settings);
}

static Status find_member(Call *call, Bytes region, const Table *table, Table **ret_member)
{
    Scope there;
    if (!is_member(table, region))
        return fail(
            call, &DYNAMODB_VALIDATION,
            "Update global table operation failed because one or more replicas were not part of the global table.");
    return expect_ok(call, replica_find(&call->scope, table, region, &there, ret_member));
}

/* aws: observed: hashicorp/terraform-provider-aws#29102: so is refused what changes nothing */
static Status check_update(Call *call, const DynamodbUpdateReplicationGroupMemberAction *update, const Table *table)
{
    ReplicaSettings settings = REPLICA_SETTINGS(update);
    Table *other;
    TRY(check_elsewhere(call, update->region_name, table));
    TRY(find_member(call, update->region_name, table, &other));
    if (!settings.provisioned && !settings.on_demand && !settings.indexes->len && !present(settings.table_class) &&
        (!present(settings.kms_key) || bytes_equal(settings.kms_key, other->sse_key)))
        return fail(call, &DYNAMODB_VALIDATION, INVALID "KMSMasterKeyId must be specified for each replica.");
    return replica_settings_check(call, other, &settings);
}

static Status check_delete(Call *call, Bytes region, const Table *table)
{
    Table *other;
    TRY(find_member(call, region, table, &other));
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
    if (update->disassociate)
        return fail(call, &COMMON_NOT_IMPLEMENTED, "Disassociate of ReplicaUpdates is not implemented.");
    if (!!update->create + !!update->update + !!update->delete != 1)
        return fail(call, &DYNAMODB_VALIDATION, INVALID "Only one of Create, Update or Delete may be specified");
    return update->create   ? check_create(call, update->create, table)
           : update->update ? check_update(call, update->update, table)
                            : check_delete(call, update->delete->region_name, table);
}

static int open_stream(const Scope *there, Table *table)
{
    return stream_is_on(table) ? STORE_OK : stream_open(there, table, DYNAMODB_STREAM_VIEW_TYPE_NEW_AND_OLD_IMAGES);
}

/* The same definition, empty, CREATING until it is filled. */
static Table replica_of(Call *call, const Table *table, const ReplicaSettings *settings)
{
    const Dynamodb *dynamodb = call->service;
    Table made = replica_copy(call->arena, table);
    made.arena = call->arena;
    made.uuid = uuid_new(call->arena, call->runtime->random);
    made.created_ms = call->now_ms;
    made.dials = (Dials){0};
    made.tally = (Tally){0};
    made.is_protected = false;
    made.recovery_since_ms = 0;
    made.stream = (StreamTip){0};
    made.destination = (Destination){0};
    made.history = (History){0};
    made.origin =
        (Origin){.table_arn = TEXT(""), .active_ms = call->now_ms + dynamodb->transition_ms, .is_copying = true};
    for (size_t i = 0; i < table->indexes_count; i++) {
        made.indexes[i].tally = (Tally){0};
        made.indexes[i].dials = (Dials){0};
    }
    replica_settings_apply(settings, &made);
    return made;
}

/* Known only now: the trees of its indexes. */
static int write_own(const Scope *there, const Table *made)
{
    Table *other;
    int code = table_get(there, made->name, &other);
    if (code != STORE_OK)
        return code;
    Table member = replica_copy(there->arena, other);
    member.dials = made->dials;
    for (size_t i = 0; i < member.indexes_count; i++)
        member.indexes[i].dials = table_index(made, member.indexes[i].name)->dials;
    code = replica_settings_write(there, &member);
    table_forget(there->service, other);
    return code;
}

static int make_replica(Call *call, Table *table, Table *made)
{
    Scope there = call->scope;
    Bytes region = made->region;
    there.region = region;
    int code = table_insert(&there, made, &made->id);
    if (code == STORE_OK)
        code = origin_insert(&there, made->id, &made->origin);
    if (code == STORE_OK)
        code = open_stream(&there, made);
    if (code == STORE_OK)
        code = write_own(&there, made);
    if (code == STORE_OK)
        code = open_stream(&call->scope, table);
    if (code == STORE_OK)
        code = statement_run(begin(call->store, &add_member, table, table->region));
    if (code == STORE_OK)
        code = statement_run(begin(call->store, &add_member, table, region));
    return code == STORE_OK
               ? jobs_add(&call->scope, &(Job){.kind = JOB_REPLICATE, .source = table->id, .target = made->id})
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

static Status add(Call *call, const DynamodbCreateReplicationGroupMemberAction *create, Table *table)
{
    ReplicaSettings settings = REPLICA_SETTINGS(create);
    Table made = replica_of(call, table, &settings);
    made.region = create->region_name;
    TRY(replica_key_of(call, table, made.region, settings.kms_key, &made.sse_key));

    TRY(expect_ok(call, make_replica(call, table, &made)));
    table_forget(call->service, table); /* what is written from now on goes to both */
    return expect_ok(call, jobs_begin(&call->scope));
}

static Status change(Call *call, const DynamodbUpdateReplicationGroupMemberAction *update, const Table *table)
{
    ReplicaSettings settings = REPLICA_SETTINGS(update);
    Scope there;
    Table *other;
    TRY(expect_ok(call, replica_find(&call->scope, table, update->region_name, &there, &other)));
    Table member = replica_copy(call->arena, other);
    replica_settings_apply(&settings, &member);
    if (present(settings.kms_key))
        TRY(replica_key_of(call, other, update->region_name, settings.kms_key, &member.sse_key));

    TRY(expect_ok(call, replica_settings_write(&there, &member)));
    throttle_follow(call, other);
    table_forget(call->service, other);
    return OK;
}

Status replicas_update(Call *call, const DynamodbUpdateTableInput *in, Table *table)
{
    const DynamodbReplicationGroupUpdate *update = in->replica_updates.items;
    if (update->update)
        return change(call, update->update, table);
    forget_others(&call->scope, table);
    return update->delete ? expect_ok(call, remove_replica(call, table, update->delete->region_name))
                          : add(call, update->create, table);
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
    return is_end ? job_has_copied(scope, job, target.table) : job_write(scope, job);
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
        replica_settings_describe(call->arena, other, replica);
        d->replicas.len++;
    }
}
