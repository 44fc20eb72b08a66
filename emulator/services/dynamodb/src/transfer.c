/* transfer.c */
#include "transfer.h"
#include "wire.h"

#define TOKEN_MS (8 * INT64_C(3600000)) /* aws: "A client token is valid for 8 hours" */

/* aws: the ids of exports and imports are like those of backups */
Bytes transfer_name(const Scope *scope)
{
    return arena_text(scope->arena, "%014lld-%08llx", (long long)scope->now_ms,
                      (unsigned long long)random_below(scope->runtime->random, UINT64_C(1) << 32));
}

Bytes transfer_arn(const Scope *scope, Bytes table_name, const char *kind, Bytes name)
{
    return arn_text(
        scope->arena, "dynamodb", scope->region, scope->account,
        arena_text(scope->arena, "table/" BYTES_FMT "/%s/" BYTES_FMT, BYTES_ARG(table_name), kind, BYTES_ARG(name)));
}

bool transfer_parse_arn(const Scope *scope, Bytes text, const char *kind, TransferName *ret_name)
{
    Arn arn;
    if (!arn_parse(text, &arn) || !bytes_is(arn.service, "dynamodb"))
        return false;
    Bytes rest = arn.resource, of = bytes_cut(&rest, '/');
    ret_name->table = bytes_cut(&rest, '/');
    Bytes found = bytes_cut(&rest, '/');
    ret_name->name =
        bytes_equal(arn.region, scope->region) && bytes_equal(arn.account, scope->account) ? rest : TEXT("");
    return bytes_is(of, "table") && ret_name->table.len && bytes_is(found, kind);
}

static Statement *begin(Call *call, const Query *query, Bytes third)
{
    Statement *rows = statement_begin(call->store, query);
    bind_text(rows, 1, call->account);
    bind_text(rows, 2, call->region);
    bind_text(rows, 3, third);
    return rows;
}

Status transfer_find_done(Call *call, const Query *query, const Row *columns, Bytes token, void *ret_row,
                          bool *ret_is_done)
{
    Statement *row = begin(call, query, token);
    bind_int64(row, 4, call->now_ms - TOKEN_MS);
    int code = row_one(call->arena, row, columns, ret_row);
    *ret_is_done = code == STORE_OK;
    return code == STORE_NOT_FOUND ? OK : expect_ok(call, code);
}

int transfer_find(Call *call, const Query *query, const Row *columns, const TransferName *name, void *ret_row)
{
    Statement *row = begin(call, query, name->table);
    bind_text(row, 4, name->name);
    return row_one(call->arena, row, columns, ret_row);
}

Status transfer_find_after(Call *call, Bytes token, Bytes table_arn, const char *kind, TransferName *ret_after)
{
    *ret_after = (TransferName){TEXT(""), TEXT("")};
    if (present(token) && !transfer_parse_arn(&call->scope, token, kind, ret_after))
        return fail(call, &DYNAMODB_VALIDATION, "Invalid NextToken");
    if (present(table_arn))
        ret_after->table = table_name_of(table_arn);
    return OK;
}

/* One more than the limit tells that there is another page. */
Statement *transfers_begin(Call *call, const Query *query, const TransferName *after, size_t limit)
{
    Statement *rows = begin(call, query, after->table);
    bind_text(rows, 4, after->name);
    bind_int64(rows, 5, (int64_t)limit + 1);
    return rows;
}

Bytes transfer_prefix(Arena *arena, Bytes prefix)
{
    return prefix.len ? arena_text(arena, BYTES_FMT "/", BYTES_ARG(prefix)) : TEXT("");
}

bool transfer_is_under_way(const Scope *scope, int64_t start_ms, int64_t end_ms)
{
    const Dynamodb *dynamodb = scope->service;
    return !end_ms || scope->now_ms < start_ms + dynamodb->transition_ms;
}

Bytes request_text(Arena *arena, const Shape *shape, const void *in)
{
    Buffer text = {0};
    json_encode(&text, shape, in);
    Bytes copy = arena_copy(arena, buffer_bytes(&text));
    buffer_done(&text);
    return copy;
}

void transfers_stop(Dynamodb *dynamodb)
{
    export_file_drop(dynamodb);
    import_read_drop(dynamodb);
}
