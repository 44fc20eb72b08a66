/* backup.c */
#include "backup.h"
#include "event.h"
#include "history.h"
#include "job.h"
#include "row.h"
#include "stream.h"

#define HIDDEN             "/backup/"
#define SYSTEM_BACKUP_DAYS 35 /* aws: Developer Guide: "retained for 35 days (at no additional cost)" */

static const Column columns[] = {COLUMN(Backup, table_id),  COLUMN(Backup, id),         COLUMN(Backup, name),
                                 COLUMN(Backup, type),      COLUMN(Backup, table_name), COLUMN(Backup, created_ms),
                                 COLUMN(Backup, active_ms), COLUMN(Backup, expires_ms), COLUMN(Backup, view_type),
                                 COLUMN(Backup, uuid),      COLUMN(Backup, bytes)};
static const Row whole_backup = ROW(columns), new_backup = {columns, 9};
#define NEW_COLUMNS "table_id, id, name, type, table_name, created_ms, active_ms, expires_ms, view_type"
#define WHOLE_COLUMNS                                                                                                  \
    "b.table_id, b.id, b.name, b.type, b.table_name, b.created_ms, b.active_ms, b.expires_ms, b.view_type, t.uuid, "   \
    "t.bytes FROM dynamodb_backup b JOIN dynamodb_table t ON t.id = b.table_id"

static const Query insert_backup = {"INSERT INTO dynamodb_backup (" NEW_COLUMNS ", account, region)"
                                    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"};
static const Query find_backup = {"SELECT " WHOLE_COLUMNS " WHERE b.account = ?1 AND b.region = ?2"
                                  " AND b.id = ?3 AND b.type <> ''"};
static const Query list_backups = {"SELECT " WHOLE_COLUMNS " WHERE b.account = ?1 AND b.region = ?2"
                                   " AND b.id > ?3 AND b.type <> '' AND (?4 IS NULL OR b.table_name = ?4)"
                                   " AND (?5 IS NULL OR b.type = ?5) AND b.created_ms >= ?6 AND b.created_ms < ?7"
                                   " ORDER BY b.id LIMIT ?8"};
static const Query delete_backup = {"DELETE FROM dynamodb_backup WHERE table_id = ?1"};
static const Query write_tally = {"UPDATE dynamodb_table SET items = ?2, bytes = ?3 WHERE id = ?1"};
static const Query hide_table = {"UPDATE dynamodb_table SET account = ?2, name = ?3, recovery_since_ms = 0"
                                 " WHERE id = ?1"};
static const Query drop_index_trees = {"INSERT OR IGNORE INTO dynamodb_dropped (tree)"
                                       " SELECT -id FROM dynamodb_index WHERE table_id = ?1"};
static const Query first_old = {"SELECT account, region, id, expires_ms FROM dynamodb_backup WHERE expires_ms > 0"
                                " ORDER BY expires_ms LIMIT 1"};

Scope backup_scope(const Scope *scope)
{
    Scope there = *scope;
    there.account = arena_text(scope->arena, HIDDEN BYTES_FMT, BYTES_ARG(scope->account));
    return there;
}

/* aws: 14 digits of milliseconds, a dash, 8 hexadecimal digits */
static Bytes new_id(const Scope *scope)
{
    return arena_text(scope->arena, "%014lld-%08llx", (long long)scope->now_ms,
                      (unsigned long long)random_below(scope->runtime->random, UINT64_C(1) << 32));
}

static int insert_row(const Scope *scope, const Table *table, Backup *backup)
{
    if (stream_is_on(table))
        backup->view_type = table->stream.newest.view_type;
    backup->table_name = table->name;
    if (!present(backup->type))
        backup->type = TEXT("");
    Statement *insert = statement_begin(scope->store, &insert_backup);
    int next = row_bind(insert, 1, &new_backup, backup);
    bind_text(insert, next, scope->account);
    bind_text(insert, next + 1, scope->region);
    return statement_run(insert);
}

int backup_insert(const Scope *scope, const Table *table, Backup *backup)
{
    Scope there = backup_scope(scope);
    Table hidden = *table;
    backup->id = new_id(scope);
    backup->created_ms = scope->now_ms;
    hidden.name = backup->id;
    hidden.recovery_since_ms = 0;
    int code = table_insert(&there, &hidden, &backup->table_id);
    if (code != STORE_OK)
        return code;
    Statement *tally = statement_begin(scope->store, &write_tally);
    bind_int64(tally, 1, backup->table_id);
    bind_int64(tally, 2, table->tally.items);
    bind_int64(tally, 3, table->tally.bytes);
    code = statement_run(tally);
    return code == STORE_OK ? insert_row(scope, table, backup) : code;
}

static int hide(const Scope *scope, const Table *table, Bytes id)
{
    int code = query_run_with(scope->store, &drop_index_trees, table->id);
    if (code != STORE_OK)
        return code;
    Statement *hide = statement_begin(scope->store, &hide_table);
    bind_int64(hide, 1, table->id);
    bind_text(hide, 2, backup_scope(scope).account);
    bind_text(hide, 3, id);
    drops_start(scope->service);
    return statement_run(hide);
}

/* aws: Developer Guide, "Deleting a table with point-in-time recovery enabled": "DynamoDB automatically creates an
 * on-demand backup called a system backup"; its name is the table's and $DeletedTableBackup */
int backup_keep_deleted(const Scope *scope, Table *table)
{
    Backup backup = {
        .table_id = table->id,
        .id = new_id(scope),
        .name = arena_text(scope->arena, BYTES_FMT "$DeletedTableBackup", BYTES_ARG(table->name)),
        .type = DYNAMODB_BACKUP_TYPE_SYSTEM,
        .created_ms = scope->now_ms,
        .expires_ms = scope->now_ms + SYSTEM_BACKUP_DAYS * DAY_MS,
    };
    int code = insert_row(scope, table, &backup);
    if (code == STORE_OK)
        code = table_remove_parts(scope, table);
    table_forget(scope->service, table);
    if (code == STORE_OK)
        code = hide(scope, table, backup.id);
    old_backups_start(scope->service, backup.expires_ms);
    return code == STORE_OK ? history_forget(scope, table->id) : code;
}

int backup_remove(const Scope *there, Table *table)
{
    int code = query_run_with(there->store, &delete_backup, table->id);
    if (code == STORE_OK)
        code = table_remove(there, table);
    table_forget(there->service, table);
    return code;
}

Bytes backup_arn(const Scope *scope, const Backup *backup)
{
    return arn_text(scope->arena, "dynamodb", scope->region, scope->account,
                    arena_text(scope->arena, "table/" BYTES_FMT "/backup/" BYTES_FMT, BYTES_ARG(backup->table_name),
                               BYTES_ARG(backup->id)));
}

Bytes backup_id_of(const Scope *scope, Bytes text)
{
    Arn arn;
    if (!arn_parse(text, &arn) || !bytes_is(arn.service, "dynamodb") || !bytes_equal(arn.region, scope->region) ||
        !bytes_equal(arn.account, scope->account))
        return (Bytes){0};
    Bytes rest = arn.resource, kind = bytes_cut(&rest, '/'), name = bytes_cut(&rest, '/'), of = bytes_cut(&rest, '/');
    return bytes_is(kind, "table") && name.len && bytes_is(of, "backup") ? rest : (Bytes){0};
}

Status backup_find(Call *call, Bytes arn, Backup *ret_backup, Table **ret_table)
{
    Bytes id = backup_id_of(&call->scope, arn);
    Scope there = backup_scope(&call->scope);
    Statement *find = statement_begin(call->store, &find_backup);
    bind_text(find, 1, call->account);
    bind_text(find, 2, call->region);
    bind_text(find, 3, present(id) ? id : TEXT(""));
    int code = row_one(call->arena, find, &whole_backup, ret_backup);
    if (code == STORE_NOT_FOUND || (code == STORE_OK && !bytes_equal(backup_arn(&call->scope, ret_backup), arn)))
        return fail(call, &DYNAMODB_BACKUP_NOT_FOUND, "Backup not found: " BYTES_FMT, BYTES_ARG(arn));
    TRY(expect_ok(call, code));
    TRY(expect_ok(call, table_get(&there, ret_backup->id, ret_table)));
    table_forget(call->service, *ret_table); /* there may be many */
    return OK;
}

int backups_list(const Scope *scope, const BackupFilter *filter, size_t limit, Backups *ret_backups)
{
    Statement *rows = statement_begin(scope->store, &list_backups);
    int code;
    *ret_backups = (Backups){arena_new_array(scope->arena, Backup, limit), 0};
    bind_text(rows, 1, scope->account);
    bind_text(rows, 2, scope->region);
    bind_text(rows, 3, present(filter->after) ? filter->after : TEXT(""));
    bind_text(rows, 4, filter->table_name);
    bind_text(rows, 5, filter->type);
    bind_int64(rows, 6, filter->from_ms);
    bind_int64(rows, 7, filter->to_ms);
    bind_int64(rows, 8, (int64_t)limit);
    while ((code = statement_step(rows)) == STORE_ROW)
        row_read(scope->arena, rows, &whole_backup, &ret_backups->items[ret_backups->count++]);
    return code;
}

typedef struct Old {
    Scope scope;
    int64_t next_ms; /* 0: none is left */
} Old;

/* STORE_NOT_FOUND: none is due. */
static int remove_first_old(Old *old)
{
    Scope *scope = &old->scope, there;
    Table *table;
    Statement *first = statement_begin(scope->store, &first_old);
    int code = statement_one(first);
    old->next_ms = 0;
    if (code != STORE_ROW)
        return code;
    scope->account = arena_copy(scope->arena, column_bytes(first, 0));
    scope->region = arena_copy(scope->arena, column_bytes(first, 1));
    Bytes id = arena_copy(scope->arena, column_bytes(first, 2));
    int64_t expires_ms = column_int64(first, 3);
    statement_end(first);
    old->next_ms = expires_ms;
    if (expires_ms > scope->now_ms)
        return STORE_NOT_FOUND;
    there = backup_scope(scope);
    code = table_get(&there, id, &table);
    if (code != STORE_OK)
        return code == STORE_NOT_FOUND ? STORE_BROKEN : code;
    code = jobs_find(scope, table->id); /* it is being restored: a while later */
    old->next_ms = scope->now_ms + 60000;
    return code == STORE_NOT_FOUND ? backup_remove(&there, table) : code == STORE_OK ? STORE_NOT_FOUND : code;
}

static int remove_old(void *context)
{
    int code;
    while ((code = remove_first_old(context)) == STORE_OK)
        ;
    return code == STORE_NOT_FOUND ? STORE_OK : code;
}

static void on_due(void *context, int64_t now_ms)
{
    Dynamodb *dynamodb = context;
    Old old = {.scope = scope_of_runtime(dynamodb->runtime, dynamodb, arena_new())};
    dynamodb->old_backups = NULL;
    old.scope.now_ms = now_ms;
    int code = runtime_run_alone(dynamodb->runtime, remove_old, &old);
    arena_free(old.scope.arena);
    if (code < 0)
        log_format(dynamodb->runtime->log, LOG_ERROR, "dynamodb: old backups could not be removed: %s",
                   store_error(dynamodb->store));
    if (code < 0 || old.next_ms)
        old_backups_start(dynamodb, code < 0 ? now_ms + 60000 : old.next_ms);
}

void old_backups_start(Dynamodb *dynamodb, int64_t due_ms)
{
    if (dynamodb->old_backups && dynamodb->old_backups_ms <= due_ms)
        return;
    old_backups_stop(dynamodb);
    dynamodb->old_backups_ms = due_ms;
    dynamodb->old_backups = scheduler_at(dynamodb->runtime->scheduler, due_ms, on_due, dynamodb);
}

void old_backups_stop(Dynamodb *dynamodb)
{
    if (dynamodb->old_backups)
        scheduler_cancel(dynamodb->runtime->scheduler, dynamodb->old_backups);
    dynamodb->old_backups = NULL;
}
