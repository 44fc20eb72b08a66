/* aliases.c - CreateAlias, UpdateAlias, DeleteAlias. */
#include "key.h"

OPERATION(KmsCreateAlias, create_alias, WRITES);
OPERATION(KmsUpdateAlias, update_alias, WRITES);
OPERATION(KmsDeleteAlias, delete_alias, WRITES);

/* aws: CreateAlias: "alias/aws/" is reserved for AWS managed keys. */
static Status check_name(Call *call, Bytes name)
{
    static const ErrorModel not_authorized = {
        .code = "NotAuthorizedException", .http_status = 400, .senders_fault = true, .message_name = "message"};
    if (!bytes_starts_with(name, TEXT("alias/")))
        return fail(
            call, &COMMON_VALIDATION,
            "Alias must start with the prefix \"alias/\". Please see https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html");
    if (bytes_starts_with(name, TEXT("alias/aws/")))
        return fail(call, &not_authorized, "Aliases that begin with alias/aws/ are reserved.");
    return OK;
}

static Status find_target(Call *call, Bytes key_id, KmsKey *ret_key)
{
    Arn arn;
    Bytes resource = arn_parse(key_id, &arn) ? arn.resource : key_id;
    if (bytes_starts_with(resource, TEXT("alias/")))
        return fail(call, &COMMON_VALIDATION, "Aliases must refer to keys. Not aliases");
    return key_find_for_change(call, key_id, ret_key);
}

static Status find_alias(Call *call, Bytes name, KmsAlias *ret_alias)
{
    TRY(keys_furnish_for(call));
    int code = alias_find(&call->scope, name, ret_alias);
    if (code == KMS_KEY_ABSENT)
        return fail(call, &KMS_NOT_FOUND, "Alias " BYTES_FMT " is not found.", BYTES_ARG(alias_arn(call, name)));
    return expect_ok(call, code);
}

static Status create_alias(Call *call, const KmsCreateAliasInput *in, KmsCreateAliasOutput *out)
{
    KmsKey key;
    KmsAlias there;
    (void)out;
    TRY(check_name(call, in->alias_name));
    TRY(find_target(call, in->target_key_id, &key));
    int code = alias_find(&call->scope, in->alias_name, &there);
    if (code == KMS_KEY_FOUND)
        return fail(call, &KMS_ALREADY_EXISTS, "An alias with the name " BYTES_FMT " already exists",
                    BYTES_ARG(alias_arn(call, in->alias_name)));
    if (code != KMS_KEY_ABSENT)
        return fault(call, code);

    return expect_ok(call, alias_insert(&call->scope, in->alias_name, key.id));
}

static Status update_alias(Call *call, const KmsUpdateAliasInput *in, KmsUpdateAliasOutput *out)
{
    KmsKey key;
    KmsAlias there;
    (void)out;
    TRY(check_name(call, in->alias_name));
    TRY(find_target(call, in->target_key_id, &key));
    TRY(find_alias(call, in->alias_name, &there));

    return expect_ok(call, alias_point(&call->scope, in->alias_name, key.id));
}

static Status delete_alias(Call *call, const KmsDeleteAliasInput *in, KmsDeleteAliasOutput *out)
{
    KmsAlias there;
    (void)out;
    TRY(check_name(call, in->alias_name));
    TRY(find_alias(call, in->alias_name, &there));

    return expect_ok(call, alias_delete(&call->scope, in->alias_name));
}
