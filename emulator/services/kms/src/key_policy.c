/* key_policy.c - GetKeyPolicy, PutKeyPolicy, ListKeyPolicies. Policies decide under --auth iam. */
#include "key.h"
#include "policy.h"

OPERATION(KmsGetKeyPolicy, get_key_policy, WRITES);
OPERATION(KmsPutKeyPolicy, put_key_policy, WRITES);
OPERATION(KmsListKeyPolicies, list_key_policies, WRITES);

static const Query get_policy = {"SELECT policy FROM kms_key WHERE account = ?1 AND region = ?2 AND id = ?3"};
static const Query set_policy = {"UPDATE kms_key SET policy = ?4 WHERE account = ?1 AND region = ?2 AND id = ?3"};

/* aws: GetKeyPolicy: "The only valid name is default". */
static Status check_name(Call *call, Bytes name)
{
    if (!present(name) || bytes_is(name, "default"))
        return OK;
    return fail(call, &KMS_NOT_FOUND, "No such policy exists");
}

Status key_policy_check(Call *call, Bytes policy)
{
    if (!present(policy))
        return OK;
    return policy_is_document(policy) ? OK
                                      : fail(call, &KMS_MALFORMED_POLICY_DOCUMENT,
                                             "The new key policy is malformed: it is no JSON object with a Statement.");
}

static Statement *begin(Call *call, const Query *query, const KmsKey *key)
{
    Statement *statement = statement_begin(call->store, query);
    bind_text(statement, 1, call->account);
    bind_text(statement, 2, call->region);
    bind_text(statement, 3, key->id);
    return statement;
}

/* aws: Developer Guide, "Default key policy": when you create a key with the API and give none. */
Bytes key_default_policy(Call *call)
{
    return arena_text(
        call->arena,
        "{\n  \"Version\" : \"2012-10-17\",\n  \"Id\" : \"key-default-1\",\n  \"Statement\" : [ {\n    \"Sid\" : \"Enable IAM User Permissions\",\n    \"Effect\" : \"Allow\",\n    \"Principal\" : {\n      \"AWS\" : \"" BYTES_FMT
        "\"\n    },\n    \"Action\" : \"kms:*\",\n    \"Resource\" : \"*\"\n  } ]\n}",
        BYTES_ARG(call_root_arn(call)));
}

int key_policy_of(const Scope *scope, const KmsKey *key, Bytes *ret_policy)
{
    Call call = {.scope = *scope};
    Statement *get = begin(&call, &get_policy, key);
    int code = statement_one(get);
    if (code != STORE_ROW)
        return code;
    *ret_policy = arena_copy(scope->arena, column_bytes(get, 0));
    statement_end(get);
    if (!present(*ret_policy) || !ret_policy->len)
        *ret_policy = key_default_policy(&call);
    return STORE_OK;
}

static Status get_key_policy(Call *call, const KmsGetKeyPolicyInput *in, KmsGetKeyPolicyOutput *out)
{
    KmsKey key;
    TRY(key_find_by_id(call, in->key_id, &key));
    TRY(check_name(call, in->policy_name));
    Statement *get = begin(call, &get_policy, &key);
    int code = statement_one(get);
    if (code != STORE_ROW)
        return fault(call, code);
    out->policy = arena_copy(call->arena, column_bytes(get, 0));
    statement_end(get);
    if (!present(out->policy) || !out->policy.len)
        out->policy = key_default_policy(call);
    out->policy_name = TEXT("default");
    return OK;
}

static Status put_key_policy(Call *call, const KmsPutKeyPolicyInput *in, KmsPutKeyPolicyOutput *out)
{
    KmsKey key;
    (void)out;
    TRY(key_find_for_change(call, in->key_id, &key));
    TRY(check_name(call, in->policy_name));
    TRY(key_policy_check(call, in->policy));
    Statement *set = begin(call, &set_policy, &key);
    bind_text(set, 4, in->policy);
    return expect_ok(call, statement_run(set));
}

static Status list_key_policies(Call *call, const KmsListKeyPoliciesInput *in, KmsListKeyPoliciesOutput *out)
{
    KmsKey key;
    TRY(key_find_by_id(call, in->key_id, &key));
    out->policy_names.items = arena_new_array(call->arena, Bytes, 1);
    out->policy_names.items[0] = TEXT("default");
    out->policy_names.len = 1;
    SET(out, truncated, false);
    return OK;
}
