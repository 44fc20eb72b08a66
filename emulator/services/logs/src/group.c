/* group.c */
#include "group.h"
#include "filters.h"
#include "row.h"
#include "subscription.h"
#include "sweep.h"
#include "tags.h"

static const Column columns[] = {
    COLUMN(LogGroup, id),
    COLUMN(LogGroup, account),
    COLUMN(LogGroup, region),
    COLUMN(LogGroup, name),
    COLUMN_AS("class", LogGroup, class_name),
    COLUMN(LogGroup, created_ms),
    COLUMN(LogGroup, retention_days),
    COLUMN(LogGroup, key_arn),
    COLUMN(LogGroup, is_protected),
    COLUMN(LogGroup, stored_bytes),
    COLUMN(LogGroup, span_ms),
};
static const Row whole = ROW(columns), new_row = {columns + 1, sizeof columns / sizeof *columns - 1};

#define NAMES "account, region, name, class, created_ms, retention_days, key_arn, is_protected, stored_bytes, span_ms"

static const Query find = {"SELECT id, " NAMES " FROM logs_group WHERE account = ?1 AND region = ?2 AND name = ?3"};
static const Query load = {"SELECT id, " NAMES " FROM logs_group WHERE id = ?1"};
static const Query after = {"SELECT id, " NAMES " FROM logs_group WHERE account = ?1 AND region = ?2 AND name >= ?3"
                            " AND name IS NOT ?4 ORDER BY name"};
static const Query insert = {"INSERT INTO logs_group (" NAMES ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"};
static const Query change = {
    "UPDATE logs_group SET retention_days = ?2, key_arn = ?3, is_protected = ?4 WHERE id = ?1"};
static const Query change_stored = {"UPDATE logs_group SET stored_bytes = ?2, span_ms = ?3 WHERE id = ?1"};
static const Query remove_row = {"DELETE FROM logs_group WHERE id = ?1"};

int log_group_find(const Scope *scope, Bytes name, LogGroup *ret_group)
{
    Statement *row = statement_begin(scope->store, &find);
    bind_text(row, 1, scope->account);
    bind_text(row, 2, scope->region);
    bind_text(row, 3, name);
    return row_one(scope->arena, row, &whole, ret_group);
}

int log_group_load(const Scope *scope, int64_t id, LogGroup *ret_group)
{
    Statement *row = statement_begin(scope->store, &load);
    bind_int64(row, 1, id);
    return row_one(scope->arena, row, &whole, ret_group);
}

/* aws: recorded */
Status log_group_for(Call *call, Bytes name, LogGroup *ret_group)
{
    int code = log_group_find(&call->scope, name, ret_group);
    return code == STORE_NOT_FOUND ? fail(call, &LOGS_RESOURCE_NOT_FOUND, "The specified log group does not exist.")
                                   : expect_ok(call, code);
}

Status log_group_name_of(Call *call, Bytes identifier, Bytes *ret_name)
{
    Arn arn;
    Bytes kind = TEXT("log-group:"), star = TEXT(":*");
    *ret_name = identifier;
    if (!bytes_starts_with(identifier, TEXT("arn:")))
        return OK;
    if (!arn_parse(identifier, &arn) || !bytes_is(arn.service, "logs") || !bytes_starts_with(arn.resource, kind))
        return fail(call, &LOGS_INVALID_PARAMETER, "The specified log group ARN is not valid.");
    /* aws: logs of other accounts are read where an account is a monitoring one (linked by OAM), which none is here. */
    if (!bytes_equal(arn.account, call->account) || !bytes_equal(arn.region, call->region))
        return fail(call, &LOGS_RESOURCE_NOT_FOUND, "The specified log group does not exist.");
    Bytes name = bytes_slice(arn.resource, kind.len, arn.resource.len - kind.len);
    if (name.len > star.len && bytes_equal(bytes_slice(name, name.len - star.len, star.len), star))
        name.len -= star.len;
    *ret_name = name;
    return OK;
}

/* aws: recorded, of both given; of neither: seen in use */
Status log_group_named(Call *call, Bytes name, Bytes identifier, LogGroup *ret_group)
{
    if (present(name) && present(identifier))
        return fail(call, &LOGS_VALIDATION, "LogGroup name and LogGroup ARN are mutually exclusive parameters.");
    if (!present(name) && !present(identifier))
        return fail(call, &LOGS_VALIDATION, "At least one of logGroupName or logGroupIdentifier is required.");
    if (present(identifier))
        TRY(log_group_name_of(call, identifier, &name));
    return log_group_for(call, name, ret_group);
}

int log_group_insert(const Scope *scope, LogGroup *group)
{
    Statement *row = statement_begin(scope->store, &insert);
    row_bind(row, 1, &new_row, group);
    int code = statement_run(row);
    group->id = store_last_rowid(scope->store);
    return code;
}

int log_group_write(const Scope *scope, const LogGroup *group)
{
    Statement *row = statement_begin(scope->store, &change);
    bind_int64(row, 1, group->id);
    bind_int64(row, 2, group->retention_days);
    bind_text(row, 3, group->key_arn);
    bind_int64(row, 4, group->is_protected);
    return statement_run(row);
}

int log_group_write_stored(const Scope *scope, const LogGroup *group)
{
    Statement *row = statement_begin(scope->store, &change_stored);
    bind_int64(row, 1, group->id);
    bind_int64(row, 2, group->stored_bytes);
    bind_int64(row, 3, group->span_ms);
    return statement_run(row);
}

int log_group_remove(const Scope *scope, const LogGroup *group)
{
    int code = query_run_with(scope->store, &remove_row, group->id);
    if (code == STORE_OK)
        code = log_tags_forget(scope, log_group_arn(scope->arena, group));
    if (code == STORE_OK)
        code = metric_filters_forget(scope, group->id);
    if (code == STORE_OK)
        code = subscriptions_remove_all(scope, group->id);
    return code == STORE_OK ? sweep_group(scope, group->id) : code;
}

Statement *log_groups_after(const Scope *scope, Bytes after_name, Bytes prefix)
{
    Bytes from = bytes_compare(after_name, prefix) > 0 ? after_name : prefix;
    Statement *rows = statement_begin(scope->store, &after);
    bind_text(rows, 1, scope->account);
    bind_text(rows, 2, scope->region);
    bind_text(rows, 3, present(from) ? from : TEXT(""));
    bind_text(rows, 4, after_name);
    return rows;
}

void log_group_read(Arena *arena, Statement *row, LogGroup *ret_group)
{
    row_read(arena, row, &whole, ret_group);
}

Bytes log_group_arn(Arena *arena, const LogGroup *group)
{
    return arn_text(arena, "logs", group->region, group->account,
                    arena_text(arena, "log-group:" BYTES_FMT, BYTES_ARG(group->name)));
}

Bytes log_group_arn_star(Arena *arena, const LogGroup *group)
{
    return arena_text(arena, BYTES_FMT ":*", BYTES_ARG(log_group_arn(arena, group)));
}

int64_t log_group_horizon_ms(const LogGroup *group, int64_t now_ms)
{
    return group->retention_days ? now_ms - group->retention_days * MS_PER_DAY : INT64_MIN / 2;
}
