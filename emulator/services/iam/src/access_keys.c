/* access_keys.c - access keys and login profiles of users. A secret key is told once and kept sealed, for those who
 * check signatures; passwords are kept nowhere. aws: IAM API Reference, CreateAccessKey, CreateLoginProfile … */
#include "access_key.h"
#include "users.h"

#define KEYS_MAX 2 /* aws: IAM and AWS STS quotas: "Access keys assigned to an IAM user": 2 */

static const Query insert_key = {"INSERT INTO iam_access_key (id, owner, status, created_ms, secret)"
                                 " VALUES (?1, ?2, ?3, ?4, ?5)"};
static const Query list_keys = {"SELECT id, status, created_ms FROM iam_access_key WHERE owner = ?1 ORDER BY id"};
static const Query set_status = {"UPDATE iam_access_key SET status = ?3 WHERE id = ?1 AND owner = ?2"};
static const Query delete_key = {"DELETE FROM iam_access_key WHERE id = ?1 AND owner = ?2"};
static const Query put_login = {"INSERT INTO iam_login (owner, created_ms, reset) VALUES (?1, ?2, ?3)"
                                " ON CONFLICT DO UPDATE SET reset = excluded.reset"};
static const Query get_login = {"SELECT created_ms, reset FROM iam_login WHERE owner = ?1"};
static const Query delete_login = {"DELETE FROM iam_login WHERE owner = ?1"};

/* Without a name: the user whose key the call bears. */
static Status find_user(Call *call, Bytes name, Entity *ret_user)
{
    IamIdentity caller;
    if (present(name))
        return entity_find(call, ENTITY_USER, name, ret_user);
    int code = iam_find_key(&call->scope, call->access_key, &caller);
    if (code == STORE_NOT_FOUND)
        return fail(call, &COMMON_VALIDATION, "Must specify userName when calling with non-User credentials");
    return code == STORE_OK ? entity_find(call, ENTITY_USER, caller.name, ret_user) : fault(call, code);
}

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

/* Login profiles */

static Status find_login(Call *call, const Entity *user, IamLoginProfile *ret_login, bool *ret_is_there)
{
    Statement *row = statement_begin(call->store, &get_login);
    bind_int64(row, 1, user->key);
    int code = statement_one(row);
    *ret_is_there = code == STORE_ROW;
    if (code == STORE_NOT_FOUND)
        return OK;
    if (code != STORE_ROW)
        return fault(call, code);
    ret_login->user_name = user->name;
    SET(ret_login, create_date, column_int64(row, 0));
    SET(ret_login, password_reset_required, column_int64(row, 1) != 0);
    statement_end(row);
    return OK;
}

static Status need_login(Call *call, Bytes name, Entity *ret_user, IamLoginProfile *ret_login)
{
    bool is_there;
    TRY(find_user(call, name, ret_user));
    TRY(find_login(call, ret_user, ret_login, &is_there));
    if (!is_there)
        return fail(call, &IAM_NO_SUCH_ENTITY, "Login Profile for User " BYTES_FMT " cannot be found.",
                    BYTES_ARG(ret_user->name));
    return OK;
}

static Status write_login(Call *call, const Entity *user, int64_t created_ms, bool must_reset)
{
    Statement *put = statement_begin(call->store, &put_login);
    bind_int64(put, 1, user->key);
    bind_int64(put, 2, created_ms);
    bind_int64(put, 3, must_reset);
    return expect_ok(call, statement_run(put));
}

OPERATION(IamCreateLoginProfile, create_login_profile, WRITES);
static Status create_login_profile(Call *call, const IamCreateLoginProfileInput *in, IamCreateLoginProfileOutput *out)
{
    Entity user;
    bool is_there;
    IamLoginProfile *login = out->login_profile = arena_new_of(call->arena, IamLoginProfile);
    TRY(find_user(call, in->user_name, &user));
    TRY(find_login(call, &user, login, &is_there));
    if (is_there)
        return fail(call, &IAM_ENTITY_ALREADY_EXISTS, "Login Profile for user " BYTES_FMT " already exists.",
                    BYTES_ARG(user.name));
    login->user_name = user.name;
    SET(login, create_date, call->now_ms / 1000 * 1000);
    SET(login, password_reset_required, in->has_password_reset_required && in->password_reset_required);
    return write_login(call, &user, login->create_date, login->password_reset_required);
}

OPERATION(IamGetLoginProfile, get_login_profile, READS);
static Status get_login_profile(Call *call, const IamGetLoginProfileInput *in, IamGetLoginProfileOutput *out)
{
    Entity user;
    out->login_profile = arena_new_of(call->arena, IamLoginProfile);
    return need_login(call, in->user_name, &user, out->login_profile);
}

OPERATION(IamUpdateLoginProfile, update_login_profile, WRITES);
static Status update_login_profile(Call *call, const IamUpdateLoginProfileInput *in, IamUpdateLoginProfileOutput *out)
{
    Entity user;
    IamLoginProfile login;
    (void)out;
    TRY(need_login(call, in->user_name, &user, &login));
    bool must_reset = in->has_password_reset_required ? in->password_reset_required : login.password_reset_required;
    return write_login(call, &user, login.create_date, must_reset);
}

OPERATION(IamDeleteLoginProfile, delete_login_profile, WRITES);
static Status delete_login_profile(Call *call, const IamDeleteLoginProfileInput *in, IamDeleteLoginProfileOutput *out)
{
    Entity user;
    IamLoginProfile login;
    (void)out;
    TRY(need_login(call, in->user_name, &user, &login));
    Statement *statement = statement_begin(call->store, &delete_login);
    bind_int64(statement, 1, user.key);
    return expect_ok(call, statement_run(statement));
}
