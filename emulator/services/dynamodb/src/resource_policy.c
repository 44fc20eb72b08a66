/* resource_policy.c - PutResourcePolicy, GetResourcePolicy, DeleteResourcePolicy, of tables and of streams: kept as
 * they are given; they decide under --auth iam. DynamoDB API Reference, PutResourcePolicy. */
#include "resource_policy.h"
#include "policy.h"
#include <stdlib.h>

OPERATION(DynamodbPutResourcePolicy, put_resource_policy, WRITES);
OPERATION(DynamodbGetResourcePolicy, get_resource_policy, READS);
OPERATION(DynamodbDeleteResourcePolicy, delete_resource_policy, WRITES);

static const Query put_policy = {"INSERT OR REPLACE INTO dynamodb_policy (table_id, stream, policy, revision)"
                                 " VALUES (?1, ?2, ?3, ?4)"};
static const Query get_policy = {"SELECT policy, revision FROM dynamodb_policy WHERE table_id = ?1 AND stream = ?2"};
static const Query delete_policy = {"DELETE FROM dynamodb_policy WHERE table_id = ?1 AND stream = ?2"};

#define NO_POLICY "NO_POLICY" /* aws: as ExpectedRevisionId: there is to be none */

typedef struct Resource {
    int64_t table_id;
    Bytes stream; /* its label; empty: the table itself */
} Resource;

typedef struct Policy {
    Bytes text, revision; /* absent: none */
} Policy;

static Status refuse(Call *call, Bytes arn)
{
    return fail(call, &DYNAMODB_RESOURCE_NOT_FOUND, "Requested resource not found: ResourcArn: " BYTES_FMT " not found",
                BYTES_ARG(arn));
}

static Status find_stream(Call *call, Bytes arn, Bytes name, Bytes label, Resource *ret)
{
    Table *table;
    TableStream stream;
    int code = table_stream_find(&call->scope, arn, &stream);
    if (code == STORE_OK)
        code = table_get(&call->scope, name, &table);
    if (code == STORE_NOT_FOUND)
        return refuse(call, arn);
    TRY(expect_ok(call, code));
    *ret = (Resource){table->id, label};
    return OK;
}

static Status find(Call *call, Bytes text, Resource *ret)
{
    Arn arn;
    Table *table;
    bool is_arn = arn_parse(text, &arn) && bytes_is(arn.service, "dynamodb");
    Bytes rest = arn.resource, kind = is_arn ? bytes_cut(&rest, '/') : (Bytes){0};
    if (!is_arn || !bytes_is(kind, "table"))
        return fail(call, &DYNAMODB_VALIDATION, "Invalid ResourceArn: Invalid ResourceArn provided as input " BYTES_FMT,
                    BYTES_ARG(text));
    if (!bytes_equal(arn.account, call->account) || !bytes_equal(arn.region, call->region))
        return refuse(call, text);
    Bytes name = bytes_cut(&rest, '/'), of = bytes_cut(&rest, '/');
    if (bytes_is(of, "stream"))
        return find_stream(call, text, name, rest, ret);
    int code = present(of) && of.len ? STORE_NOT_FOUND : table_get(&call->scope, name, &table);
    if (code == STORE_NOT_FOUND)
        return refuse(call, text);
    TRY(expect_ok(call, code));
    *ret = (Resource){table->id, TEXT("")};
    return OK;
}

Status policy_check(Call *call, Bytes policy)
{
    if (policy.len > RESOURCE_POLICY_BYTES_MAX)
        return fail(call, &DYNAMODB_VALIDATION, "Resource-based policy is too large: %zu bytes, the limit is %d",
                    policy.len, RESOURCE_POLICY_BYTES_MAX);
    return policy_is_document(policy)
               ? OK
               : fail(call, &DYNAMODB_VALIDATION, "Invalid policy document: it must be a JSON policy document");
}

static Statement *begin(const Scope *scope, const Query *query, const Resource *resource)
{
    Statement *statement = statement_begin(scope->store, query);
    bind_int64(statement, 1, resource->table_id);
    bind_text(statement, 2, resource->stream);
    return statement;
}

static int write_policy(const Scope *scope, const Resource *resource, const Policy *policy)
{
    Statement *put = begin(scope, &put_policy, resource);
    bind_text(put, 3, policy->text);
    bind_text(put, 4, policy->revision);
    return statement_run(put);
}

int policy_put_new(const Scope *scope, int64_t table_id, Bytes policy)
{
    Resource table = {table_id, TEXT("")};
    return write_policy(scope, &table, &(Policy){policy, arena_text(scope->arena, "%lld", (long long)scope->now_ms)});
}

static Status read_policy(Call *call, const Resource *resource, Policy *ret)
{
    Statement *row = begin(&call->scope, &get_policy, resource);
    int code = statement_one(row);
    *ret = (Policy){0};
    if (code != STORE_ROW)
        return code == STORE_NOT_FOUND ? OK : fault(call, code);
    *ret = (Policy){arena_copy(call->arena, column_bytes(row, 0)), arena_copy(call->arena, column_bytes(row, 1))};
    statement_end(row);
    return OK;
}

/* aws: "if the revision ID of the existing policy on the resource doesn't match or if there's no policy attached to the
 * resource, your request will be rejected with a PolicyNotFoundException" */
static Status check_revision(Call *call, Bytes expected, const Policy *policy, Bytes arn)
{
    bool is_fine = !present(expected) || bytes_equal(expected, policy->revision) ||
                   (bytes_is(expected, NO_POLICY) && !present(policy->revision));
    return is_fine ? OK
                   : fail(call, &DYNAMODB_POLICY_NOT_FOUND,
                          "Resource-based policy with the expected revision ID not found for the provided ResourceArn: "
                          "Requested policy update cannot be processed due to conflict. " BYTES_FMT,
                          BYTES_ARG(arn));
}

int policy_of_table(const Scope *scope, int64_t table_id, Bytes label, Bytes *ret_policy)
{
    Resource resource = {table_id, label};
    Statement *row = begin(scope, &get_policy, &resource);
    int code = statement_one(row);
    *ret_policy = (Bytes){0};
    if (code != STORE_ROW)
        return code == STORE_NOT_FOUND ? STORE_OK : code;
    *ret_policy = arena_copy(scope->arena, column_bytes(row, 0));
    statement_end(row);
    return STORE_OK;
}

static Status put_resource_policy(Call *call, const DynamodbPutResourcePolicyInput *in,
                                  DynamodbPutResourcePolicyOutput *out)
{
    Resource resource;
    Policy before;
    TRY(policy_check(call, in->policy));
    TRY(find(call, in->resource_arn, &resource));
    TRY(read_policy(call, &resource, &before));
    TRY(check_revision(call, in->expected_revision_id, &before, in->resource_arn));
    out->revision_id = before.revision;
    if (bytes_equal(before.text, in->policy)) /* aws: "the same policy document will return the same revision ID" */
        return OK;

    /* aws: as the reference has them, the milliseconds of the change; two of them are never the same */
    int64_t last = present(before.revision) ? strtoll(arena_cstr(call->arena, before.revision), NULL, 10) : 0;
    out->revision_id = arena_text(call->arena, "%lld", (long long)(call->now_ms > last ? call->now_ms : last + 1));
    return expect_ok(call, write_policy(&call->scope, &resource, &(Policy){in->policy, out->revision_id}));
}

static Status get_resource_policy(Call *call, const DynamodbGetResourcePolicyInput *in,
                                  DynamodbGetResourcePolicyOutput *out)
{
    Resource resource;
    Policy policy;
    TRY(find(call, in->resource_arn, &resource));
    TRY(read_policy(call, &resource, &policy));
    if (!present(policy.text))
        return fail(call, &DYNAMODB_POLICY_NOT_FOUND,
                    "Resource-based policy not found for the provided ResourceArn: " BYTES_FMT,
                    BYTES_ARG(in->resource_arn));
    out->policy = policy.text;
    out->revision_id = policy.revision;
    return OK;
}

static Status delete_resource_policy(Call *call, const DynamodbDeleteResourcePolicyInput *in,
                                     DynamodbDeleteResourcePolicyOutput *out)
{
    Resource resource;
    Policy policy;
    TRY(find(call, in->resource_arn, &resource));
    TRY(read_policy(call, &resource, &policy));
    TRY(check_revision(call, in->expected_revision_id, &policy, in->resource_arn));
    out->revision_id = policy.revision;
    return expect_ok(call, statement_run(begin(&call->scope, &delete_policy, &resource)));
}
