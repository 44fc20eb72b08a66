/* group_key.c - aws: User Guide, "Encrypt log data in CloudWatch Logs using AWS KMS". */
#include "group_key.h"

/* aws: AssociateKmsKey: "If you attempt to associate a KMS key with a log group but the KMS key does not exist or the
 * KMS key is disabled, you receive an InvalidParameterException error." It "must be a symmetric" one. */
Status log_group_key_check_new(Call *call, Bytes name, Bytes *ret_key_arn)
{
    KmsKey key;
    const Logs *logs = call->service;
    *ret_key_arn = name;
    if (!bytes_starts_with(name, TEXT("arn:")))
        return fail(call, &LOGS_INVALID_PARAMETER,
                    "The specified KMS Key Id is not valid: it must be the ARN of a key.");
    if (!logs->kms)
        return OK;
    Scope place = scope_for(&call->scope, logs->kms);
    int code = kms_look_up_key(&place, name, &key);
    if (code < 0)
        return fault(call, code);
    if (code == KMS_KEY_ABSENT)
        return fail(call, &LOGS_INVALID_PARAMETER, "The specified KMS Key Id could not be found.");
    if (kms_state_trouble(key.state) || key.state == KMS_KEY_DISABLED)
        return fail(call, &LOGS_INVALID_PARAMETER, "The specified KMS Key Id is disabled or is pending deletion.");
    if (!bytes_is(key.spec, "SYMMETRIC_DEFAULT"))
        return fail(call, &LOGS_INVALID_PARAMETER, "The specified KMS Key Id is not a symmetric key.");
    *ret_key_arn = key.arn;
    return OK;
}

int log_group_key_ask(const Scope *scope, const LogGroup *group, bool *ret_is_usable)
{
    KmsKey key;
    const Logs *logs = scope->service;
    *ret_is_usable = true;
    if (!logs->kms || !present(group->key_arn))
        return STORE_OK;
    Scope place = scope_for(scope, logs->kms);
    int code = kms_look_up_key(&place, group->key_arn, &key);
    if (code < 0)
        return code;
    *ret_is_usable = code == KMS_KEY_FOUND && key.state == KMS_KEY_ENABLED;
    return STORE_OK;
}

/* aws: User Guide: where access to the key is taken away, "your encrypted data in CloudWatch Logs can no longer be
 * retrieved". The words are those of an association that is refused. */
Status log_group_key_check(Call *call, const LogGroup *group)
{
    bool is_usable;
    TRY(expect_ok(call, log_group_key_ask(&call->scope, group, &is_usable)));
    return is_usable
               ? OK
               : fail(call, &LOGS_ACCESS_DENIED,
                      "The specified KMS key does not exist or is not allowed to be used with Arn '" BYTES_FMT "'",
                      BYTES_ARG(log_group_arn(call->arena, group)));
}
