/* transfer.c */
#include "transfer.h"
#include "wire.h"

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

bool transfer_parse_arn(const Scope *scope, Bytes text, const char *kind, Bytes *ret_table_name, Bytes *ret_name)
{
    Arn arn;
    if (!arn_parse(text, &arn) || !bytes_is(arn.service, "dynamodb"))
        return false;
    Bytes rest = arn.resource, of = bytes_cut(&rest, '/');
    *ret_table_name = bytes_cut(&rest, '/');
    Bytes found = bytes_cut(&rest, '/');
    *ret_name = bytes_equal(arn.region, scope->region) && bytes_equal(arn.account, scope->account) ? rest : TEXT("");
    return bytes_is(of, "table") && ret_table_name->len && bytes_is(found, kind);
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
