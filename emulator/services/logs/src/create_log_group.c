/* create_log_group.c - CreateLogGroup, DeleteLogGroup. CloudWatch Logs API Reference. */
#include "group_key.h"
#include "logs_operations.h"
#include "tags.h"

OPERATION(LogsCreateLogGroup, create_log_group, WRITES);
OPERATION(LogsDeleteLogGroup, delete_log_group, WRITES);

static Status create_log_group(Call *call, const LogsCreateLogGroupInput *in, LogsCreateLogGroupOutput *out)
{
    LogGroup group = {
        .account = call->account,
        .region = call->region,
        .name = in->log_group_name,
        .class_name = present(in->log_group_class) ? in->log_group_class : LOGS_LOG_GROUP_CLASS_STANDARD,
        .created_ms = call->now_ms,
        .is_protected = in->deletion_protection_enabled,
    };
    LogGroup there;
    Tags tags = log_tags_of(call->arena, &in->tags);
    (void)out;
    int code = log_group_find(&call->scope, in->log_group_name, &there);
    if (code == STORE_OK)
        return fail(call, &LOGS_RESOURCE_ALREADY_EXISTS, "The specified log group already exists");
    if (code != STORE_NOT_FOUND)
        return fault(call, code);
    TRY(log_tags_check(call, tags));
    if (present(in->kms_key_id))
        TRY(log_group_key_check_new(call, in->kms_key_id, &group.key_arn));

    TRY(expect_ok(call, log_group_insert(&call->scope, &group)));
    TagOwner owner = log_tags(log_group_arn(call->arena, &group));
    return expect_ok(call, tags_put(&call->scope, &owner, tags));
}

/* aws: CreateLogGroup, deletionProtectionEnabled: "When enabled on a log group, deletion protection blocks all deletion
 * operations until it is explicitly disabled." */
static Status delete_log_group(Call *call, const LogsDeleteLogGroupInput *in, LogsDeleteLogGroupOutput *out)
{
    LogGroup group;
    (void)out;
    TRY(log_group_for(call, in->log_group_name, &group));
    if (group.is_protected)
        return fail(call, &LOGS_VALIDATION,
                    "The log group has deletion protection enabled. Disable it before you delete the log group.");
    return expect_ok(call, log_group_remove(&call->scope, &group));
}
