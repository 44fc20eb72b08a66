/* key.c */
#include "key.h"
#include "uuid.h"

static const Query find_key = {
    "SELECT id, state, manager, description, created_ms FROM kms_key WHERE account = ?1 AND region = ?2 AND id = ?3"};
static const Query find_alias = {"SELECT key_id FROM kms_alias WHERE account = ?1 AND region = ?2 AND name = ?3"};
static const Query list_keys = {"SELECT id, state, manager, description, created_ms FROM kms_key"
                                " WHERE account = ?1 AND region = ?2 AND id > ?3 ORDER BY id LIMIT ?4"};
static const Query list_aliases = {"SELECT name, key_id, created_ms FROM kms_alias"
                                   " WHERE account = ?1 AND region = ?2 AND name > ?3 ORDER BY name LIMIT ?4"};
static const Query insert_key = {"INSERT INTO kms_key (account, region, id, state, manager, description, created_ms)"
                                 " VALUES (?1, ?2, ?3, 'Enabled', ?4, ?5, ?6)"};
static const Query insert_alias = {
    "INSERT INTO kms_alias (account, region, name, key_id, created_ms) VALUES (?1, ?2, ?3, ?4, ?5)"};

Bytes key_arn(Call *call, Bytes id)
{
    return call_arn(call, "kms", "key/" BYTES_FMT, BYTES_ARG(id));
}

Bytes alias_arn(Call *call, Bytes name)
{
    return call_arn(call, "kms", BYTES_FMT, BYTES_ARG(name));
}

static Statement *begin(Call *call, const Query *query)
{
    Statement *statement = store_begin(call->store, query);
    bind_text(statement, 1, call->account);
    bind_text(statement, 2, call->region);
    return statement;
}

static KmsKey read_key(Call *call, Statement *row)
{
    KmsKey key = {
        .id = arena_copy(call->arena, column_bytes(row, 0)),
        .state = arena_copy(call->arena, column_bytes(row, 1)),
        .manager = arena_copy(call->arena, column_bytes(row, 2)),
        .description = arena_copy(call->arena, column_bytes(row, 3)),
        .created_ms = column_int64(row, 4),
    };
    key.arn = key_arn(call, key.id);
    return key;
}

static int find_by_id(Call *call, Bytes id, KmsKey *ret_key)
{
    Statement *find = begin(call, &find_key);
    bind_text(find, 3, id);
    int code = store_one(find);
    if (code != STORE_ROW)
        return code == STORE_NOT_FOUND ? KMS_KEY_ABSENT : code;
    *ret_key = read_key(call, find);
    store_end(find);
    return KMS_KEY_FOUND;
}

static int find_by_alias(Call *call, Bytes name, KmsKey *ret_key)
{
    Statement *find = begin(call, &find_alias);
    bind_text(find, 3, name);
    int code = store_one(find);
    if (code != STORE_ROW)
        return code == STORE_NOT_FOUND ? KMS_KEY_ABSENT : code;
    Bytes id = arena_copy(call->arena, column_bytes(find, 0));
    store_end(find);
    return find_by_id(call, id, ret_key);
}

static int add_managed_key(Call *call, Bytes alias, Bytes description)
{
    KmsKey key;
    int code = find_by_alias(call, alias, &key);
    if (code != KMS_KEY_ABSENT)
        return code;
    Bytes id = uuid_new(call->arena, call->host->random);
    Statement *insert = begin(call, &insert_key);
    bind_text(insert, 3, id);
    bind_text(insert, 4, TEXT("AWS"));
    bind_text(insert, 5, description);
    bind_int64(insert, 6, call->now_ms);
    code = store_run(insert);
    if (code != STORE_OK)
        return code;
    insert = begin(call, &insert_alias);
    bind_text(insert, 3, alias);
    bind_text(insert, 4, id);
    bind_int64(insert, 5, call->now_ms);
    return store_run(insert);
}

int keys_furnish(Kms *kms, Call *call)
{
    Bytes place = arena_text(call->arena, BYTES_FMT "/" BYTES_FMT, BYTES_ARG(call->account), BYTES_ARG(call->region));
    if (map_get(kms->furnished, place))
        return STORE_OK;
    int code = add_managed_key(call, TEXT("alias/aws/kinesis"),
                               TEXT("Default key that protects my Kinesis data when no other key is defined"));
    if (code == STORE_OK)
        map_put(kms->furnished, place, kms);
    return code;
}

int kms_find_key(Kms *kms, Call *call, Bytes name, KmsKey *ret_key)
{
    Arn arn;
    int code = keys_furnish(kms, call);
    if (code != STORE_OK)
        return code;
    if (arn_parse(name, &arn)) {
        if (!bytes_is(arn.service, "kms") || !bytes_equal(arn.account, call->account) ||
            !bytes_equal(arn.region, call->region))
            return KMS_KEY_ABSENT;
        name = arn.resource;
    }
    if (bytes_starts_with(name, TEXT("alias/")))
        return find_by_alias(call, name, ret_key);
    if (bytes_starts_with(name, TEXT("key/")))
        name = bytes_slice(name, 4, name.len - 4);
    return find_by_id(call, name, ret_key);
}

static Statement *begin_list(Call *call, const Query *query, Bytes after, size_t limit)
{
    Statement *list = begin(call, query);
    bind_text(list, 3, present(after) ? after : TEXT(""));
    bind_int64(list, 4, (int64_t)limit);
    return list;
}

int keys_list(Call *call, Bytes after, size_t limit, KmsKey *ret_keys, size_t *ret_count)
{
    Statement *list = begin_list(call, &list_keys, after, limit);
    int code;
    for (*ret_count = 0; (code = store_step(list)) == STORE_ROW; ++*ret_count)
        ret_keys[*ret_count] = read_key(call, list);
    return code;
}

int aliases_list(Call *call, Bytes after, size_t limit, KmsAlias *ret_aliases, size_t *ret_count)
{
    Statement *list = begin_list(call, &list_aliases, after, limit);
    int code;
    for (*ret_count = 0; (code = store_step(list)) == STORE_ROW; ++*ret_count)
        ret_aliases[*ret_count] = (KmsAlias){arena_copy(call->arena, column_bytes(list, 0)),
                                             arena_copy(call->arena, column_bytes(list, 1)), column_int64(list, 2)};
    return code;
}
