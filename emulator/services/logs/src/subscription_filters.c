/* subscription_filters.c - PutSubscriptionFilter, DescribeSubscriptionFilters, DeleteSubscriptionFilter.
 * CloudWatch Logs API Reference. */
#include "filter_pattern.h"
#include "logs_operations.h"
#include "subscription.h"
#include "words.h"

OPERATION(LogsPutSubscriptionFilter, put_subscription_filter, WRITES);
OPERATION(LogsDescribeSubscriptionFilters, describe_subscription_filters, READS);
OPERATION(LogsDeleteSubscriptionFilter, delete_subscription_filter, WRITES);

static const Query put = {"REPLACE INTO logs_subscription (group_id, name, pattern, destination_arn, role_arn,"
                          " is_random, created_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"};
static const Query remove_one = {"DELETE FROM logs_subscription WHERE group_id = ?1 AND name = ?2"};

/* aws: recorded: asked before the group is looked for. */
static Status check_vendor(Call *call, const LogsPutSubscriptionFilterInput *in, Target *ret_target)
{
    Target target = *ret_target = target_of(in->destination_arn);
    if (target.kind == TARGET_LAMBDA && !bytes_equal(target.account, call->account))
        return fail(
            call, &LOGS_ACCESS_DENIED,
            "Cross-account lambda invocation passing is not allowed. You must use DestinationPolicies to create cross account lambda triggers.");
    if (target.kind == TARGET_NONE)
        return fail(call, &LOGS_INVALID_PARAMETER, "The specified destinationArn is not valid.");
    if ((target.kind == TARGET_KINESIS || target.kind == TARGET_FIREHOSE) && !present(in->role_arn))
        return fail(call, &LOGS_INVALID_PARAMETER, "destinationArn for vendor %s cannot be used without roleArn",
                    target.kind == TARGET_KINESIS ? "kinesis" : "firehose");
    return OK;
}

static Status check_built(Call *call, const LogsPutSubscriptionFilterInput *in, const Target *target)
{
    if (target->kind == TARGET_LAMBDA)
        return fail(call, &COMMON_NOT_IMPLEMENTED, "Subscription filters that deliver to Lambda are not implemented.");
    if (in->apply_on_transformed_logs || in->field_selection_criteria.len || in->emit_system_fields.len)
        return fail(
            call, &COMMON_NOT_IMPLEMENTED,
            "applyOnTransformedLogs, fieldSelectionCriteria and emitSystemFields of PutSubscriptionFilter are not implemented.");
    return OK;
}

static Status check_pattern(Call *call, Bytes text)
{
    FilterPatternFault fault;
    Bytes detail;
    return filter_pattern_read(call->arena, text, &fault, &detail)
               ? OK
               : fail(call, &LOGS_INVALID_PARAMETER, "Invalid filter pattern");
}

/* The test message: what is delivered by it stays, but nothing can fail behind it. aws: seen in use */
static Status check_target(Call *call, const LogsPutSubscriptionFilterInput *in, const Target *target)
{
    bool is_there = true;
    if (present(in->role_arn))
        TRY(expect_ok(call, role_is_there(&call->scope, in->role_arn, &is_there)));
    if (is_there)
        TRY(expect_ok(call, target_try(&call->scope, target, &is_there)));
    if (is_there)
        return OK;
    if (target->kind == TARGET_DESTINATION)
        return fail(call, &LOGS_INVALID_PARAMETER,
                    "Could not deliver test message to specified destination. Check if the destination is valid.");
    const char *what = target->kind == TARGET_KINESIS ? "Kinesis" : "Firehose";
    return fail(
        call, &LOGS_INVALID_PARAMETER,
        "Could not deliver test message to specified %s stream. Check if the given %s stream is in ACTIVE state.", what,
        target->kind == TARGET_KINESIS ? "kinesis" : "Firehose");
}

/* The one of that name, or a new one, where there is room. */
static Status find_place(Call *call, const LogGroup *group, Bytes name, Subscription *subscription)
{
    Subscription there[SUBSCRIPTIONS_MAX];
    size_t count;
    TRY(expect_ok(call, subscriptions_of(&call->scope, group->id, there, &count)));
    for (size_t i = 0; i < count; i++)
        if (bytes_equal(there[i].name, name)) {
            subscription->created_ms = there[i].created_ms;
            return OK;
        }
    return count < SUBSCRIPTIONS_MAX ? OK : fail(call, &LOGS_LIMIT_EXCEEDED, "Resource limit exceeded.");
}

static Status put_subscription_filter(Call *call, const LogsPutSubscriptionFilterInput *in,
                                      LogsPutSubscriptionFilterOutput *out)
{
    LogGroup group;
    Target target;
    Subscription made = {.created_ms = call->now_ms};
    (void)out;
    TRY(check_vendor(call, in, &target));
    TRY(log_group_for(call, in->log_group_name, &group));
    TRY(check_built(call, in, &target));
    TRY(check_pattern(call, in->filter_pattern));
    TRY(find_place(call, &group, in->filter_name, &made));
    TRY(check_target(call, in, &target));

    Statement *row = statement_begin(call->store, &put);
    bind_int64(row, 1, group.id);
    bind_text(row, 2, in->filter_name);
    bind_text(row, 3, in->filter_pattern);
    bind_text(row, 4, in->destination_arn);
    bind_text(row, 5, in->role_arn);
    bind_int64(row, 6, bytes_equal(in->distribution, LOGS_DISTRIBUTION_RANDOM));
    bind_int64(row, 7, made.created_ms);
    return expect_ok(call, statement_run(row));
}

static LogsSubscriptionFilter told(const LogGroup *group, const Subscription *subscription)
{
    LogsSubscriptionFilter told = {
        .filter_name = subscription->name,
        .log_group_name = group->name,
        .filter_pattern = subscription->pattern,
        .destination_arn = subscription->destination_arn,
        .role_arn = subscription->role_arn,
        .distribution = subscription->is_random ? LOGS_DISTRIBUTION_RANDOM : LOGS_DISTRIBUTION_BYLOGSTREAM,
    };
    SET(&told, apply_on_transformed_logs, false);
    SET(&told, creation_time, subscription->created_ms);
    return told;
}

static Status describe_subscription_filters(Call *call, const LogsDescribeSubscriptionFiltersInput *in,
                                            LogsDescribeSubscriptionFiltersOutput *out)
{
    LogGroup group;
    Subscription there[SUBSCRIPTIONS_MAX];
    size_t count, limit = in->has_limit ? (size_t)in->limit : SUBSCRIPTIONS_MAX;
    Bytes prefix = present(in->filter_name_prefix) ? in->filter_name_prefix : TEXT("");
    if (present(in->next_token) && !is_stream_name(in->next_token))
        return fail_token(call);
    TRY(log_group_for(call, in->log_group_name, &group));
    TRY(expect_ok(call, subscriptions_of(&call->scope, group.id, there, &count)));
    out->subscription_filters.items = arena_new_array(call->arena, LogsSubscriptionFilter, SUBSCRIPTIONS_MAX);
    for (size_t i = 0; i < count; i++) {
        LogsSubscriptionFilters *list = &out->subscription_filters;
        if (!bytes_starts_with(there[i].name, prefix) ||
            (present(in->next_token) && bytes_compare(there[i].name, in->next_token) <= 0))
            continue;
        if (list->len == limit) {
            out->next_token = list->items[limit - 1].filter_name;
            break;
        }
        list->items[list->len++] = told(&group, &there[i]);
    }
    return OK;
}

/* aws: recorded */
static Status delete_subscription_filter(Call *call, const LogsDeleteSubscriptionFilterInput *in,
                                         LogsDeleteSubscriptionFilterOutput *out)
{
    LogGroup group;
    (void)out;
    TRY(log_group_for(call, in->log_group_name, &group));
    Statement *row = statement_begin(call->store, &remove_one);
    bind_int64(row, 1, group.id);
    bind_text(row, 2, in->filter_name);
    TRY(expect_ok(call, statement_run(row)));
    return store_changes(call->store)
               ? OK
               : fail(call, &LOGS_RESOURCE_NOT_FOUND, "The specified subscription filter does not exist.");
}
