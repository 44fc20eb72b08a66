/* secrets.c - secret keys, as they lie in the file, and the keys of users for those who check signatures. */
#include "entity.h"
#include "seal.h"

static const SealTable secret_table = SEAL_TABLE("iam_secret");
static const Query find_key = {"SELECT owner, status, secret FROM iam_access_key WHERE id = ?1"};

static int64_t seal_owner(Bytes access_key)
{
    return (int64_t)bytes_hash(access_key, 0);
}

int iam_seal(const Scope *scope, Bytes access_key, Bytes secret, Bytes *ret_sealed)
{
    unsigned char key[SEAL_SECRET_BYTES];
    int code = seal_secret_load(scope->store, &secret_table, key);
    if (code == STORE_OK)
        *ret_sealed = seal(key, scope->arena, seal_owner(access_key), secret);
    return code;
}

int iam_unseal(const Scope *scope, Bytes access_key, Bytes *secret)
{
    unsigned char key[SEAL_SECRET_BYTES];
    int code = seal_secret_load(scope->store, &secret_table, key);
    if (code != STORE_OK)
        return code;
    return unseal(key, scope->arena, seal_owner(access_key), secret) ? STORE_OK : STORE_BROKEN;
}

int iam_find_secret(const Scope *scope, Bytes access_key, IamKey *ret_key)
{
    Entity user;
    Statement *row = statement_begin(scope->store, &find_key);
    bind_text(row, 1, access_key);
    int code = statement_one(row);
    if (code != STORE_ROW)
        return code;
    int64_t owner = column_int64(row, 0);
    bool is_active = bytes_is(column_bytes(row, 1), "Active");
    Bytes secret = arena_copy(scope->arena, column_bytes(row, 2));
    statement_end(row);
    code = entity_by_key(scope, owner, &user);
    if (code == STORE_OK && present(secret) && secret.len)
        code = iam_unseal(scope, access_key, &secret);
    if (code != STORE_OK)
        return code;
    *ret_key = (IamKey){.account = scope->account, .secret = secret, .is_active = is_active};
    ret_key->user = (IamIdentity){user.name, user.id, entity_arn(scope, &user), 0};
    return STORE_OK;
}
