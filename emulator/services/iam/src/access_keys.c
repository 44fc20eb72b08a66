/* access_keys.c - access keys of users. A secret key is told once and kept sealed, for those who check signatures. aws:
 * IAM API Reference, CreateAccessKey and its like. */
#include "access_key.h"
#include "users.h"

#define KEYS_MAX 2 /* aws: IAM and AWS STS quotas: "Access keys assigned to an IAM user": 2 */

static const Query insert_key = {"INSERT INTO iam_access_key (id, owner, status, created_ms, secret)"
                                 " VALUES (?1, ?2, ?3, ?4, ?5)"};
static const Query list_keys = {"SELECT id, status, created_ms FROM iam_access_key WHERE owner = ?1 ORDER BY id"};
static const Query set_status = {"UPDATE iam_access_key SET status = ?3 WHERE id = ?1 AND owner = ?2"};
static const Query delete_key = {"DELETE FROM iam_access_key WHERE id = ?1 AND owner = ?2"};

static Status list(Call *call, const Entity *user, IamaccessKeyMetadataListType *ret_list)
{
    Statement *row = statement_begin(call->store, &list_keys);
    bind_int64(row, 1, user->key);
    ret_list->items = arena_new_array(call->arena, IamAccessKeyMetadata, KEYS_MAX);
    int code;
    for (ret_list->len = 0; (code = statement_step(row)) == STORE_ROW; ret_list->len++) {
        IamAccessKeyMetadata *key = &ret_list->items[ret_list->len];
        key->user_name = user->name;
        key->access_key_id = arena_copy(call->arena, column_bytes(row, 0));
        key->status = arena_copy(call->arena, column_bytes(row, 1));
        SET(key, create_date, column_int64(row, 2));
    }
    return expect_ok(call, code);
}

OPERATION(IamCreateAccessKey, create_access_key, WRITES);
static Status create_access_key(Call *call, const IamCreateAccessKeyInput *in, IamCreateAccessKeyOutput *out)
{
    Entity user;
    IamaccessKeyMetadataListType there;
    TRY(find_user(call, in->user_name, &user));
    TRY(list(call, &user, &there));
    if (there.len >= KEYS_MAX)
        return fail(call, &IAM_LIMIT_EXCEEDED, "Cannot exceed quota for AccessKeysPerUser: %d", KEYS_MAX);

    IamAccessKey *key = out->access_key = arena_new_of(call->arena, IamAccessKey);
    *key = (IamAccessKey){.user_name = user.name,
                          .access_key_id = access_key_new(call->arena, call->runtime->random, "AKIA", call->account),
                          .status = TEXT("Active"),
                          .secret_access_key = secret_key_new(call->arena, call->runtime->random)};
    SET(key, create_date, call->now_ms / 1000 * 1000);
    Bytes sealed;
    TRY(expect_ok(call, iam_seal(&call->scope, key->access_key_id, key->secret_access_key, &sealed)));
    Statement *insert = statement_begin(call->store, &insert_key);
    bind_text(insert, 1, key->access_key_id);
    bind_int64(insert, 2, user.key);
    bind_text(insert, 3, key->status);
    bind_int64(insert, 4, key->create_date);
    bind_bytes(insert, 5, sealed);
    return expect_ok(call, statement_run(insert));
}

OPERATION(IamListAccessKeys, list_access_keys, READS);
static Status list_access_keys(Call *call, const IamListAccessKeysInput *in, IamListAccessKeysOutput *out)
{
    Entity user;
    TRY(find_user(call, in->user_name, &user));
    SET(out, is_truncated, false); /* there are two at most */
    return list(call, &user, &out->access_key_metadata);
}

static Status change(Call *call, const Query *query, const Entity *user, Bytes id, Bytes status)
{
    Statement *statement = statement_begin(call->store, query);
    bind_text(statement, 1, id);
    bind_int64(statement, 2, user->key);
    if (present(status))
        bind_text(statement, 3, status);
    TRY(expect_ok(call, statement_run(statement)));
    if (store_changes(call->store))
        return OK;
    return fail(call, &IAM_NO_SUCH_ENTITY, "The Access Key with id " BYTES_FMT " cannot be found.", BYTES_ARG(id));
}

OPERATION(IamUpdateAccessKey, update_access_key, WRITES);
static Status update_access_key(Call *call, const IamUpdateAccessKeyInput *in, IamUpdateAccessKeyOutput *out)
{
    Entity user;
    (void)out;
    TRY(find_user(call, in->user_name, &user));
    return change(call, &set_status, &user, in->access_key_id, in->status);
}

OPERATION(IamDeleteAccessKey, delete_access_key, WRITES);
static Status delete_access_key(Call *call, const IamDeleteAccessKeyInput *in, IamDeleteAccessKeyOutput *out)
{
    Entity user;
    (void)out;
    TRY(find_user(call, in->user_name, &user));
    return change(call, &delete_key, &user, in->access_key_id, (Bytes){0});
}

/* aws: GetAccessKeyLastUsed: "N/A" where the key has not been used. Uses are not noted here. */
OPERATION(IamGetAccessKeyLastUsed, get_access_key_last_used, READS);
static Status get_access_key_last_used(Call *call, const IamGetAccessKeyLastUsedInput *in,
                                       IamGetAccessKeyLastUsedOutput *out)
{
    IamIdentity user;
    int code = iam_find_key(&call->scope, in->access_key_id, &user);
    if (code == STORE_NOT_FOUND)
        return fail(call, &COMMON_ACCESS_DENIED,
                    "User: " BYTES_FMT
                    " is not authorized to perform: iam:GetAccessKeyLastUsed on resource: access key " BYTES_FMT,
                    BYTES_ARG(call_root_arn(call)), BYTES_ARG(in->access_key_id));
    TRY(expect_ok(call, code));
    out->user_name = user.name;
    out->access_key_last_used = arena_new_of(call->arena, IamAccessKeyLastUsed);
    *out->access_key_last_used = (IamAccessKeyLastUsed){.service_name = TEXT("N/A"), .region = TEXT("N/A")};
    return OK;
}
