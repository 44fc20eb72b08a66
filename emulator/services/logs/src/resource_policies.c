/* resource_policies.c - PutResourcePolicy, DescribeResourcePolicies, DeleteResourcePolicy: of the account, by name; or
 * of one group, which has one. Kept and told; nobody is refused by them. CloudWatch Logs API Reference. */
#include "group.h"
#include "logs_operations.h"
#include "policy.h"
#include "row.h"
#include "words.h"

OPERATION(LogsPutResourcePolicy, put_resource_policy, WRITES);
OPERATION(LogsDescribeResourcePolicies, describe_resource_policies, READS);
OPERATION(LogsDeleteResourcePolicy, delete_resource_policy, WRITES);

#define POLICIES_MAX 10   /* aws: PutResourcePolicy: "An account can have up to 10 resource policies per AWS Region" */
#define DOCUMENT_MAX 5120 /* aws: there, of an account's: "This parameter can be up to 5120 characters" */
#define PAGE_MAX     50

typedef struct ResourcePolicy {
    Bytes name, resource_arn; /* of a group: no name; of the account: no ARN; empty then */
    Bytes document;
    int64_t updated_ms, revision;
} ResourcePolicy;

static const Column columns[] = {
    COLUMN(ResourcePolicy, name),       COLUMN(ResourcePolicy, resource_arn), COLUMN(ResourcePolicy, document),
    COLUMN(ResourcePolicy, updated_ms), COLUMN(ResourcePolicy, revision),
};
static const Row whole = ROW(columns);

#define NAMES "name, resource_arn, document, updated_ms, revision"
#define PLACE "account = ?1 AND region = ?2"

static const Query find = {"SELECT " NAMES " FROM logs_resource_policy WHERE " PLACE
                           " AND name = ?3 AND resource_arn = ?4"};
static const Query put = {"REPLACE INTO logs_resource_policy (account, region, " NAMES
                          ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"};
static const Query remove_one = {"DELETE FROM logs_resource_policy WHERE " PLACE
                                 " AND name = ?3 AND resource_arn = ?4"};
static const Query count_of_account = {"SELECT count(*) FROM logs_resource_policy WHERE " PLACE
                                       " AND resource_arn = ''"};
static const Query list = {"SELECT " NAMES " FROM logs_resource_policy WHERE " PLACE
                           " AND (name, resource_arn) > (?3, ?4) AND (?5 IS NULL OR resource_arn = ?5)"
                           " AND (?6 < 0 OR (resource_arn <> '') = ?6) ORDER BY name, resource_arn LIMIT ?7"};

static Statement *begin(const Call *call, const Query *query, Bytes name, Bytes resource_arn)
{
    Statement *row = statement_begin(call->store, query);
    bind_text(row, 1, call->account);
    bind_text(row, 2, call->region);
    bind_text(row, 3, present(name) ? name : TEXT(""));
    bind_text(row, 4, present(resource_arn) ? resource_arn : TEXT(""));
    return row;
}

static LogsResourcePolicy told(Call *call, const ResourcePolicy *policy)
{
    bool is_of_group = policy->resource_arn.len;
    LogsResourcePolicy told = {
        .policy_document = policy->document,
        .policy_scope = is_of_group ? LOGS_POLICY_SCOPE_RESOURCE : LOGS_POLICY_SCOPE_ACCOUNT,
    };
    if (policy->name.len)
        told.policy_name = policy->name;
    if (is_of_group) {
        told.resource_arn = policy->resource_arn;
        told.revision_id = arena_text(call->arena, "%lld", (long long)policy->revision);
    }
    SET(&told, last_updated_time, policy->updated_ms);
    return told;
}

/* A group's ARN is the one without ":*". */
static Status check_owner(Call *call, Bytes name, Bytes resource_arn)
{
    LogGroup group;
    Bytes group_name;
    if (!present(name) && !present(resource_arn))
        return fail(call, &LOGS_INVALID_PARAMETER, "Either policyName or resourceArn must be specified.");
    if (!present(resource_arn))
        return OK;
    TRY(log_group_name_of(call, resource_arn, &group_name));
    return log_group_for(call, group_name, &group);
}

static Status check_revision(Call *call, Bytes expected, int64_t revision)
{
    int64_t number;
    return !present(expected) || (bytes_to_int64(expected, &number) && number == revision)
               ? OK
               : fail(call, &LOGS_OPERATION_ABORTED, "The expected revision ID does not match the policy's.");
}

/* aws: recorded */
static Status check_limit(Call *call)
{
    Statement *row = begin(call, &count_of_account, (Bytes){0}, (Bytes){0});
    int64_t count = 0;
    TRY(expect_ok(call, statement_one_number(row, &count)));
    return count < POLICIES_MAX ? OK : fail(call, &LOGS_LIMIT_EXCEEDED, "Resource limit exceeded.");
}

static Status put_resource_policy(Call *call, const LogsPutResourcePolicyInput *in, LogsPutResourcePolicyOutput *out)
{
    bool is_of_group = present(in->resource_arn);
    ResourcePolicy there = {0};
    ResourcePolicy policy = {
        .name = present(in->policy_name) ? in->policy_name : TEXT(""),
        .resource_arn = is_of_group ? in->resource_arn : TEXT(""),
        .document = in->policy_document,
        .updated_ms = call->now_ms,
    };
    TRY(check_owner(call, in->policy_name, in->resource_arn));
    if (!present(policy.document) || !policy_is_document(policy.document) ||
        (!is_of_group && bytes_utf8_length(policy.document) > DOCUMENT_MAX))
        return fail(call, &LOGS_INVALID_PARAMETER, "The specified policy document is not valid.");
    int code = row_one(call->arena, begin(call, &find, policy.name, policy.resource_arn), &whole, &there);
    if (code < 0)
        return fault(call, code);
    TRY(check_revision(call, in->expected_revision_id, there.revision));
    if (code == STORE_NOT_FOUND && !is_of_group)
        TRY(check_limit(call));

    policy.revision = there.revision + 1;
    Statement *row = begin(call, &put, (Bytes){0}, (Bytes){0});
    row_bind(row, 3, &whole, &policy);
    TRY(expect_ok(call, statement_run(row)));

    out->resource_policy = arena_new_of(call->arena, LogsResourcePolicy);
    *out->resource_policy = told(call, &policy);
    out->revision_id = out->resource_policy->revision_id;
    return OK;
}

/* A token is the last one told: its name and its ARN. */
static Status describe_resource_policies(Call *call, const LogsDescribeResourcePoliciesInput *in,
                                         LogsDescribeResourcePoliciesOutput *out)
{
    size_t limit = in->has_limit ? (size_t)in->limit : PAGE_MAX;
    Bytes arn = in->next_token, name = present(arn) ? bytes_cut(&arn, '|') : (Bytes){0};
    ResourcePolicy policy;
    int code, scope = -1;
    if (present(in->next_token) && !present(arn))
        return fail_token(call);
    if (present(in->policy_scope))
        scope = bytes_equal(in->policy_scope, LOGS_POLICY_SCOPE_RESOURCE);
    out->resource_policies.items = arena_new_array(call->arena, LogsResourcePolicy, limit);
    Statement *rows = begin(call, &list, name, arn);
    bind_text(rows, 5, in->resource_arn);
    bind_int64(rows, 6, present(in->resource_arn) ? -1 : scope);
    bind_int64(rows, 7, (int64_t)limit + 1);
    while ((code = statement_step(rows)) == STORE_ROW) {
        if (out->resource_policies.len == limit) {
            out->next_token = arena_text(call->arena, BYTES_FMT "|" BYTES_FMT, BYTES_ARG(policy.name),
                                         BYTES_ARG(policy.resource_arn));
            statement_end(rows);
            return OK;
        }
        row_read(call->arena, rows, &whole, &policy);
        out->resource_policies.items[out->resource_policies.len++] = told(call, &policy);
    }
    return expect_ok(call, code);
}

static Status delete_resource_policy(Call *call, const LogsDeleteResourcePolicyInput *in,
                                     LogsDeleteResourcePolicyOutput *out)
{
    ResourcePolicy there = {0};
    (void)out;
    TRY(check_owner(call, in->policy_name, in->resource_arn));
    Bytes shown = present(in->policy_name) ? in->policy_name : in->resource_arn;
    int code = row_one(call->arena, begin(call, &find, in->policy_name, in->resource_arn), &whole, &there);
    if (code == STORE_NOT_FOUND) /* aws: recorded */
        return fail(call, &LOGS_RESOURCE_NOT_FOUND, "Policy with name [" BYTES_FMT "] does not exist.",
                    BYTES_ARG(shown));
    TRY(expect_ok(call, code));
    TRY(check_revision(call, in->expected_revision_id, there.revision));
    return expect_ok(call, statement_run(begin(call, &remove_one, in->policy_name, in->resource_arn)));
}
