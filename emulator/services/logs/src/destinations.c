/* destinations.c - PutDestination, PutDestinationPolicy, DescribeDestinations, DeleteDestination: a name that stands
 * for a stream, which other accounts may subscribe to. CloudWatch Logs API Reference. */
#include "destination.h"
#include "logs_operations.h"
#include "policy.h"
#include "row.h"
#include "tags.h"
#include "words.h"

OPERATION(LogsPutDestination, put_destination, WRITES);
OPERATION(LogsPutDestinationPolicy, put_destination_policy, WRITES);
OPERATION(LogsDescribeDestinations, describe_destinations, READS);
OPERATION(LogsDeleteDestination, delete_destination, WRITES);

#define PAGE_MAX   50
#define POLICY_MAX 5120 /* aws: PutDestinationPolicy, accessPolicy: "can be up to 5120 bytes" */

static const Column columns[] = {
    COLUMN(Destination, name),   COLUMN(Destination, target_arn), COLUMN(Destination, role_arn),
    COLUMN(Destination, policy), COLUMN(Destination, created_ms),
};
static const Row whole = ROW(columns);

#define NAMES "name, target_arn, role_arn, policy, created_ms"
#define PLACE "account = ?1 AND region = ?2"
static const Query find = {"SELECT " NAMES " FROM logs_destination WHERE " PLACE " AND name = ?3"};
static const Query after = {"SELECT " NAMES " FROM logs_destination WHERE " PLACE " AND name > ?3 ORDER BY name"};
static const Query put = {"REPLACE INTO logs_destination (account, region, " NAMES
                          ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"};
static const Query remove_one = {"DELETE FROM logs_destination WHERE " PLACE " AND name = ?3"};

static Statement *begin(const Scope *scope, const Query *query, Bytes name)
{
    Statement *row = statement_begin(scope->store, query);
    bind_text(row, 1, scope->account);
    bind_text(row, 2, scope->region);
    bind_text(row, 3, present(name) ? name : TEXT(""));
    return row;
}

int destination_find(const Scope *scope, Bytes name, Destination *ret_destination)
{
    return row_one(scope->arena, begin(scope, &find, name), &whole, ret_destination);
}

static Status write(Call *call, const Destination *destination)
{
    Statement *row = begin(&call->scope, &put, destination->name);
    row_bind(row, 3, &whole, destination);
    return expect_ok(call, statement_run(row));
}

static Bytes arn_of(Call *call, Bytes name)
{
    return call_arn(call, "logs", "destination:" BYTES_FMT, BYTES_ARG(name));
}

static LogsDestination told(Call *call, const Destination *destination)
{
    LogsDestination told = {
        .destination_name = destination->name,
        .target_arn = destination->target_arn,
        .role_arn = destination->role_arn,
        .access_policy = destination->policy,
        .arn = arn_of(call, destination->name),
    };
    SET(&told, creation_time, destination->created_ms);
    return told;
}

static Status check_target(Call *call, const LogsPutDestinationInput *in)
{
    bool is_there = false;
    Target target = target_of(in->target_arn);
    if (target.kind != TARGET_KINESIS && target.kind != TARGET_FIREHOSE)
        return fail(call, &LOGS_INVALID_PARAMETER, "The specified targetArn is not valid.");
    TRY(expect_ok(call, role_is_there(&call->scope, in->role_arn, &is_there)));
    if (is_there)
        TRY(expect_ok(call, target_try(&call->scope, &target, &is_there)));
    /* aws: seen in use */
    return is_there
               ? OK
               : fail(call, &LOGS_INVALID_PARAMETER,
                      "Could not deliver test message to specified destination. Check if the destination is valid.");
}

/* aws: PutDestination, tags: only of a new one. The test message is delivered, whatever comes of the call. */
static Status put_destination(Call *call, const LogsPutDestinationInput *in, LogsPutDestinationOutput *out)
{
    Tags tags = log_tags_of(call->arena, &in->tags);
    TagOwner owner = log_tags(arn_of(call, in->destination_name));
    Destination destination = {.created_ms = call->now_ms};
    int code = destination_find(&call->scope, in->destination_name, &destination);
    if (code < 0)
        return fault(call, code);
    TRY(log_tags_check(call, tags));
    TRY(check_target(call, in));

    destination.name = in->destination_name;
    destination.target_arn = in->target_arn;
    destination.role_arn = in->role_arn;
    TRY(write(call, &destination));
    if (code == STORE_NOT_FOUND)
        TRY(expect_ok(call, tags_put(&call->scope, &owner, tags)));

    out->destination = arena_new_of(call->arena, LogsDestination);
    *out->destination = told(call, &destination);
    return OK;
}

static Status put_destination_policy(Call *call, const LogsPutDestinationPolicyInput *in,
                                     LogsPutDestinationPolicyOutput *out)
{
    Destination destination;
    (void)out;
    int code = destination_find(&call->scope, in->destination_name, &destination);
    if (code == STORE_NOT_FOUND)
        return fail(call, &LOGS_INVALID_PARAMETER, "The specified destination does not exist.");
    TRY(expect_ok(call, code));
    if (in->access_policy.len > POLICY_MAX || !policy_is_document(in->access_policy))
        return fail(call, &LOGS_INVALID_PARAMETER, "The specified access policy is not valid.");
    destination.policy = in->access_policy;
    return write(call, &destination);
}

static Status describe_destinations(Call *call, const LogsDescribeDestinationsInput *in,
                                    LogsDescribeDestinationsOutput *out)
{
    size_t limit = in->has_limit ? (size_t)in->limit : PAGE_MAX;
    Bytes prefix = present(in->destination_name_prefix) ? in->destination_name_prefix : TEXT("");
    Destination destination;
    int code;
    if (present(in->next_token) && !is_stream_name(in->next_token))
        return fail_token(call);
    out->destinations.items = arena_new_array(call->arena, LogsDestination, limit);
    Statement *rows = begin(&call->scope, &after, in->next_token);
    while ((code = statement_step(rows)) == STORE_ROW) {
        row_read(call->arena, rows, &whole, &destination);
        if (!bytes_starts_with(destination.name, prefix))
            continue;
        if (out->destinations.len == limit) {
            out->next_token = out->destinations.items[limit - 1].destination_name;
            statement_end(rows);
            return OK;
        }
        out->destinations.items[out->destinations.len++] = told(call, &destination);
    }
    return expect_ok(call, code);
}

static Status delete_destination(Call *call, const LogsDeleteDestinationInput *in, LogsDeleteDestinationOutput *out)
{
    Destination destination;
    (void)out;
    int code = destination_find(&call->scope, in->destination_name, &destination);
    if (code == STORE_NOT_FOUND)
        return fail(call, &LOGS_RESOURCE_NOT_FOUND, "The specified destination does not exist.");
    TRY(expect_ok(call, code));
    TRY(expect_ok(call, statement_run(begin(&call->scope, &remove_one, in->destination_name))));
    return expect_ok(call, log_tags_forget(&call->scope, arn_of(call, in->destination_name)));
}
