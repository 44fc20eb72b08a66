/* principal.c - whose an access key is: an account's root, a user's, or a session's. */
#include "access_key.h"
#include "iam.h"
#include "permission.h"
#include "state.h"
#include "sts.h"

static Bytes root_arn(Call *call, Bytes account)
{
    return arena_text(call->arena, "arn:" BYTES_FMT ":iam::" BYTES_FMT ":root", BYTES_ARG(arn_partition(call->region)),
                      BYTES_ARG(account));
}

static bool is_account(Bytes key)
{
    for (size_t i = 0; i < key.len; i++)
        if (key.ptr[i] < '0' || key.ptr[i] > '9')
            return false;
    return key.len == ACCOUNT_BYTES;
}

/* A key that is listed; or one that is an account's number, with the first listed one's secret. */
static bool find_root(const Auth *auth, Call *call, Bytes access_key, Principal *ret)
{
    const RootKey *found = NULL;
    for (size_t i = 0; i < auth->root_keys_count && !found; i++)
        if (bytes_equal(auth->root_keys[i].access_key, access_key))
            found = &auth->root_keys[i];
    Bytes account = found && present(found->account) ? found->account : auth->runtime->default_account;
    if (!found && is_account(access_key) && auth->root_keys_count) {
        found = &auth->root_keys[0];
        account = access_key;
    }
    if (!found)
        return false;
    *ret = (Principal){.kind = PRINCIPAL_ROOT, .account = account, .arn = root_arn(call, account), .user_id = account};
    ret->basis = ret->arn_of_root = ret->arn;
    ret->secret = found->secret;
    ret->is_active = true;
    return true;
}

static int find_user(Scope *scope, Bytes access_key, Principal *ret)
{
    IamKey key;
    int code = iam_find_secret(scope, access_key, &key);
    if (code != STORE_OK)
        return code;
    if (!present(key.secret) || !key.secret.len)
        return STORE_NOT_FOUND;
    *ret = (Principal){.kind = PRINCIPAL_USER,
                       .account = key.account,
                       .arn = key.user.arn,
                       .user_id = key.user.id,
                       .name = key.user.name,
                       .basis = key.user.arn,
                       .secret = key.secret,
                       .is_active = key.is_active};
    return STORE_OK;
}

static int find_session(Scope *scope, Bytes access_key, Principal *ret)
{
    StsSession session;
    int code = sts_find_session(scope, access_key, &session);
    if (code != STORE_OK)
        return code;
    *ret = (Principal){.kind = PRINCIPAL_SESSION,
                       .account = session.account,
                       .arn = session.arn,
                       .user_id = session.user_id,
                       .basis = session.basis,
                       .secret = session.secret,
                       .token = session.token,
                       .is_active = true,
                       .has_expired = session.expires_ms <= scope->now_ms,
                       .policy = session.policy,
                       .policy_arns = session.policy_arns,
                       .tags = session.tags,
                       .source_identity = session.source_identity,
                       .issued_ms = session.issued_ms,
                       .is_federated = present(permission_name(session.arn, "federated-user"))};
    return STORE_OK;
}

int principal_find(const Auth *auth, Call *call, Bytes access_key, Principal *ret_principal)
{
    char account[ACCOUNT_BYTES];
    Runtime *runtime = auth->runtime;
    bool is_found = find_root(auth, call, access_key, ret_principal);
    ret_principal->access_key = access_key;
    if (is_found)
        return STORE_OK;
    if (!access_key_account(access_key, account) || !runtime_service(runtime, &iam_service))
        return STORE_NOT_FOUND;
    Scope scope = scope_for(&call->scope, runtime_service(runtime, &iam_service));
    scope.account = arena_copy(call->arena, (Bytes){account, sizeof account});
    int code = find_user(&scope, access_key, ret_principal);
    if (code == STORE_NOT_FOUND && runtime_service(runtime, &sts_service)) {
        scope.service = runtime_service(runtime, &sts_service);
        code = find_session(&scope, access_key, ret_principal);
    }
    ret_principal->access_key = access_key;
    if (code == STORE_OK)
        ret_principal->arn_of_root = root_arn(call, ret_principal->account);
    return code;
}
