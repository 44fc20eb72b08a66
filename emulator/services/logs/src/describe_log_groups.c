/* describe_log_groups.c - DescribeLogGroups: by name, a page at a time. A token is the last name told. */
#include "budget.h"
#include "filters.h"
#include "group.h"
#include "logs_operations.h"
#include "words.h"

OPERATION(LogsDescribeLogGroups, describe_log_groups, READS);

#define PAGE_MAX  50 /* aws: DescribeLogGroups, limit: "If you don't specify a value, the default is up to 50 items" */
#define ROW_STEPS 50

static int tell_group(Call *call, const LogGroup *group, LogsLogGroup *ret)
{
    int64_t filters = 0;
    int code = metric_filters_count(&call->scope, group->id, &filters);
    ret->log_group_name = group->name;
    ret->arn = log_group_arn_star(call->arena, group);
    ret->log_group_arn = log_group_arn(call->arena, group);
    ret->log_group_class = group->class_name;
    ret->kms_key_id = group->key_arn;
    SET(ret, creation_time, group->created_ms);
    SET(ret, metric_filter_count, (int32_t)filters);
    SET(ret, stored_bytes, group->stored_bytes);
    SET(ret, deletion_protection_enabled, group->is_protected);
    if (group->retention_days)
        SET(ret, retention_in_days, group->retention_days);
    return code;
}

/* aws: logGroupNamePattern: "a case-sensitive substring search". */
static bool is_wanted(const LogsDescribeLogGroupsInput *in, const LogGroup *group)
{
    Bytes pattern = in->log_group_name_pattern;
    return (!present(pattern) || name_contains(group->name, pattern)) &&
           (!present(in->log_group_class) || bytes_equal(group->class_name, in->log_group_class));
}

static Status describe_all(Call *call, const LogsDescribeLogGroupsInput *in, LogsDescribeLogGroupsOutput *out)
{
    size_t limit = in->has_limit ? (size_t)in->limit : PAGE_MAX;
    Bytes prefix = in->log_group_name_prefix;
    int code;
    LogGroup group;
    Statement *rows = log_groups_after(&call->scope, in->next_token, prefix);
    while ((code = statement_step(rows)) == STORE_ROW) {
        ArenaMark mark = arena_mark(call->arena);
        budget_work(call->arena, ROW_STEPS);
        log_group_read(call->arena, rows, &group);
        if (present(prefix) && !bytes_starts_with(group.name, prefix)) {
            statement_end(rows); /* they begin with those that have it */
            return OK;
        }
        if (!is_wanted(in, &group)) {
            arena_rewind(call->arena, mark);
            continue;
        }
        if (out->log_groups.len == limit) {
            out->next_token = out->log_groups.items[limit - 1].log_group_name;
            statement_end(rows);
            return OK;
        }
        code = tell_group(call, &group, &out->log_groups.items[out->log_groups.len++]);
        if (code != STORE_OK) {
            statement_end(rows);
            return fault(call, code);
        }
    }
    return expect_ok(call, code);
}

static Status describe_named(Call *call, const LogsDescribeLogGroupsInput *in, LogsDescribeLogGroupsOutput *out)
{
    for (size_t i = 0; i < in->log_group_identifiers.len; i++) {
        LogGroup group;
        Bytes name;
        TRY(log_group_name_of(call, in->log_group_identifiers.items[i], &name));
        int code = log_group_find(&call->scope, name, &group);
        if (code < 0)
            return fault(call, code);
        if (code == STORE_OK)
            TRY(expect_ok(call, tell_group(call, &group, &out->log_groups.items[out->log_groups.len++])));
    }
    return OK;
}

static Status describe_log_groups(Call *call, const LogsDescribeLogGroupsInput *in, LogsDescribeLogGroupsOutput *out)
{
    bool has_pattern = present(in->log_group_name_pattern), has_prefix = present(in->log_group_name_prefix);
    out->log_groups.items = arena_new_array(call->arena, LogsLogGroup, PAGE_MAX + 1);
    if (has_pattern && has_prefix)
        return fail(call, &LOGS_INVALID_PARAMETER,
                    "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.");
    if (present(in->next_token) && !is_group_name(in->next_token))
        return fail_token(call);
    return in->log_group_identifiers.len ? describe_named(call, in, out) : describe_all(call, in, out);
}
