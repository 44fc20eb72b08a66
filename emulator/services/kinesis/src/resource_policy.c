/* resource_policy.c - PutResourcePolicy, GetResourcePolicy, DeleteResourcePolicy: kept as they are given; they decide
 * under --auth iam. */
#include "operations.h"
#include "policy.h"
#include "resource.h"

OPERATION(KinesisPutResourcePolicy, put_resource_policy, WRITES);
OPERATION(KinesisGetResourcePolicy, get_resource_policy, READS);
OPERATION(KinesisDeleteResourcePolicy, delete_resource_policy, WRITES);

static const Query put_policy = {"INSERT INTO kinesis_policy (owner, policy) VALUES (?1, ?2)"
                                 " ON CONFLICT (owner) DO UPDATE SET policy = excluded.policy"};
static const Query get_policy = {"SELECT policy FROM kinesis_policy WHERE owner = ?1"};
static const Query delete_policy = {"DELETE FROM kinesis_policy WHERE owner = ?1"};

static Status check_policy(Call *call, Bytes policy)
{
    if (policy.len > RESOURCE_POLICY_BYTES_MAX)
        return fail(call, &KINESIS_LIMIT_EXCEEDED, "The policy has %zu bytes; %d is the most.", policy.len,
                    RESOURCE_POLICY_BYTES_MAX);
    return policy_is_document(policy)
               ? OK
               : fail(call, &KINESIS_INVALID_ARGUMENT, "The policy is not valid: it must be a JSON policy document.");
}

static Status put_resource_policy(Call *call, const KinesisPutResourcePolicyInput *in,
                                  KinesisPutResourcePolicyOutput *out)
{
    Resource resource;
    (void)out;
    TRY(resource_find(call, in->resource_arn, &resource));
    if (resource.is_consumer)
        TRY(consumer_check_active(call, resource.stream, &resource.consumer));
    TRY(check_policy(call, in->policy));
    Statement *put = statement_begin(call->store, &put_policy);
    bind_int64(put, 1, resource.owner);
    bind_text(put, 2, in->policy);
    return expect_ok(call, statement_run(put));
}

int resource_policy(const Scope *scope, int64_t owner, Bytes *ret_policy)
{
    Statement *get = statement_begin(scope->store, &get_policy);
    bind_int64(get, 1, owner);
    int code = statement_one(get);
    *ret_policy = (Bytes){0};
    if (code != STORE_ROW)
        return code == STORE_NOT_FOUND ? STORE_OK : code;
    *ret_policy = arena_copy(scope->arena, column_bytes(get, 0));
    statement_end(get);
    return STORE_OK;
}

static Status get_resource_policy(Call *call, const KinesisGetResourcePolicyInput *in,
                                  KinesisGetResourcePolicyOutput *out)
{
    Resource resource;
    TRY(resource_find(call, in->resource_arn, &resource));
    out->policy = TEXT("{}"); /* aws: recorded: what a resource without one has */
    Bytes kept;
    TRY(expect_ok(call, resource_policy(&call->scope, resource.owner, &kept)));
    if (present(kept))
        out->policy = kept;
    return OK;
}

static Status delete_resource_policy(Call *call, const KinesisDeleteResourcePolicyInput *in,
                                     KinesisDeleteResourcePolicyOutput *out)
{
    Resource resource;
    (void)out;
    TRY(resource_find(call, in->resource_arn, &resource));
    Statement *delete = statement_begin(call->store, &delete_policy);
    bind_int64(delete, 1, resource.owner);
    return expect_ok(call, statement_run(delete));
}
