/* group_settings.c - what is set of a group after it was made: PutRetentionPolicy, DeleteRetentionPolicy,
 * AssociateKmsKey, DisassociateKmsKey, PutLogGroupDeletionProtection. CloudWatch Logs API Reference. */
#include "group_key.h"
#include "logs_operations.h"

OPERATION(LogsPutRetentionPolicy, put_retention_policy, WRITES);
OPERATION(LogsDeleteRetentionPolicy, delete_retention_policy, WRITES);
OPERATION(LogsAssociateKmsKey, associate_kms_key, WRITES);
OPERATION(LogsDisassociateKmsKey, disassociate_kms_key, WRITES);
OPERATION(LogsPutLogGroupDeletionProtection, put_deletion_protection, WRITES);

/* aws: PutRetentionPolicy, retentionInDays: "Possible values are: …" */
static bool is_retention(int32_t days)
{
    static const int32_t possible[] = {1,   3,   5,   7,   14,   30,   60,   90,   120,  150,  180,
                                       365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653};
    for (size_t i = 0; i < sizeof possible / sizeof *possible; i++)
        if (possible[i] == days)
            return true;
    return false;
}

static Status put_retention_policy(Call *call, const LogsPutRetentionPolicyInput *in, LogsPutRetentionPolicyOutput *out)
{
    LogGroup group;
    (void)out;
    if (!is_retention(in->retention_in_days))
        return fail(
            call, &LOGS_INVALID_PARAMETER,
            "1 validation error detected: Value '%d' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653]",
            in->retention_in_days);
    TRY(log_group_for(call, in->log_group_name, &group));
    group.retention_days = in->retention_in_days;
    return expect_ok(call, log_group_write(&call->scope, &group));
}

static Status delete_retention_policy(Call *call, const LogsDeleteRetentionPolicyInput *in,
                                      LogsDeleteRetentionPolicyOutput *out)
{
    LogGroup group;
    (void)out;
    TRY(log_group_for(call, in->log_group_name, &group));
    group.retention_days = 0;
    return expect_ok(call, log_group_write(&call->scope, &group));
}

/* aws: AssociateKmsKey: "you must include either logGroupName or resourceIdentifier, but you can't specify both". */
static Status group_of(Call *call, Bytes name, Bytes resource, LogGroup *ret_group)
{
    if (present(name) == present(resource))
        return fail(call, &LOGS_INVALID_PARAMETER,
                    "Exactly one of logGroupName and resourceIdentifier must be specified.");
    if (present(resource)) {
        ptrdiff_t star = bytes_find(resource, '*');
        if (star >= 0)
            return fail(call, &COMMON_NOT_IMPLEMENTED, "KMS keys of query results are not implemented.");
        TRY(log_group_name_of(call, resource, &name));
    }
    return log_group_for(call, name, ret_group);
}

static Status associate_kms_key(Call *call, const LogsAssociateKmsKeyInput *in, LogsAssociateKmsKeyOutput *out)
{
    LogGroup group;
    (void)out;
    TRY(group_of(call, in->log_group_name, in->resource_identifier, &group));
    TRY(log_group_key_check_new(call, in->kms_key_id, &group.key_arn));
    return expect_ok(call, log_group_write(&call->scope, &group));
}

/* aws: DisassociateKmsKey: what was put before stays encrypted. */
static Status disassociate_kms_key(Call *call, const LogsDisassociateKmsKeyInput *in, LogsDisassociateKmsKeyOutput *out)
{
    LogGroup group;
    (void)out;
    TRY(group_of(call, in->log_group_name, in->resource_identifier, &group));
    group.key_arn = (Bytes){0};
    return expect_ok(call, log_group_write(&call->scope, &group));
}

static Status put_deletion_protection(Call *call, const LogsPutLogGroupDeletionProtectionInput *in,
                                      LogsPutLogGroupDeletionProtectionOutput *out)
{
    LogGroup group;
    Bytes name;
    (void)out;
    TRY(log_group_name_of(call, in->log_group_identifier, &name));
    TRY(log_group_for(call, name, &group));
    group.is_protected = in->deletion_protection_enabled;
    return expect_ok(call, log_group_write(&call->scope, &group));
}
