/* list_log_groups.c - ListLogGroups: by name, those that have a part in their name. The pattern is of the model's few:
 * up to five parts, separated by "|", of which one with "^" stands at the beginning.
 * aws: CloudWatch Logs API Reference, ListLogGroups. */
#include "budget.h"
#include "group.h"
#include "logs_operations.h"
#include "words.h"

OPERATION(LogsListLogGroups, list_log_groups, READS);

#define PAGE_DEFAULT 50
#define ROW_STEPS    50

static bool has_pattern(Bytes name, Bytes pattern)
{
    while (present(pattern)) {
        Bytes part = bytes_cut(&pattern, '|');
        bool is_first = bytes_starts_with(part, TEXT("^"));
        if (is_first ? bytes_starts_with(name, bytes_slice(part, 1, part.len - 1)) : name_contains(name, part))
            return true;
    }
    return false;
}

static Status check(Call *call, const LogsListLogGroupsInput *in)
{
    if (in->data_sources.len || in->field_index_names.len || in->log_group_tags.len)
        return fail(call, &COMMON_NOT_IMPLEMENTED,
                    "dataSources, fieldIndexNames and logGroupTags of ListLogGroups are not implemented.");
    return present(in->next_token) && !is_group_name(in->next_token) ? fail_token(call) : OK;
}

static Status list_log_groups(Call *call, const LogsListLogGroupsInput *in, LogsListLogGroupsOutput *out)
{
    LogGroup group;
    size_t limit = in->has_limit ? (size_t)in->limit : PAGE_DEFAULT;
    int code;
    TRY(check(call, in));
    out->log_groups.items = arena_new_array(call->arena, LogsLogGroupSummary, limit);
    Statement *rows = log_groups_after(&call->scope, in->next_token, (Bytes){0});
    while ((code = statement_step(rows)) == STORE_ROW) {
        ArenaMark mark = arena_mark(call->arena);
        budget_work(call->arena, ROW_STEPS);
        log_group_read(call->arena, rows, &group);
        if ((present(in->log_group_name_pattern) && !has_pattern(group.name, in->log_group_name_pattern)) ||
            (present(in->log_group_class) && !bytes_equal(group.class_name, in->log_group_class))) {
            arena_rewind(call->arena, mark);
            continue;
        }
        if (out->log_groups.len == limit) {
            out->next_token = out->log_groups.items[limit - 1].log_group_name;
            statement_end(rows);
            return OK;
        }
        out->log_groups.items[out->log_groups.len++] =
            (LogsLogGroupSummary){group.name, log_group_arn(call->arena, &group), group.class_name};
    }
    return expect_ok(call, code);
}
