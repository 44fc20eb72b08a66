/* describe_key.c - DescribeKey, and how keys are found and told of. KMS API Reference, DescribeKey and KeyMetadata. */
#include "key.h"
#include "uuid.h"
#include <ctype.h>

OPERATION(KmsDescribeKey, describe_key, WRITES);

Bytes alias_arn(Call *call, Bytes name)
{
    return call_arn(call, "kms", BYTES_FMT, BYTES_ARG(name));
}

Bytes key_state_text(KmsKeyState state)
{
    switch (state) {
    case KMS_KEY_DISABLED:
        return KMS_KEY_STATE_DISABLED;
    case KMS_KEY_PENDING_DELETION:
        return KMS_KEY_STATE_PENDINGDELETION;
    case KMS_KEY_ENABLED:
        break;
    }
    return KMS_KEY_STATE_ENABLED;
}

/* A UUID, or mrk- and 32 hex digits. */
static bool is_key_id(Bytes id)
{
    if (!bytes_starts_with(id, TEXT("mrk-")))
        return uuid_is(id);
    for (size_t i = 4; i < id.len; i++)
        if (!isxdigit((unsigned char)id.ptr[i]))
            return false;
    return id.len == 4 + 32;
}

/* Recorded from AWS: "Invalid arn us-west-2" (the region that was asked), "Invalid keyId '…'", "Key 'arn:…' does not
 * exist", "Alias arn:… is not found." */
static Status no_such_key(Call *call, Bytes name)
{
    Arn arn;
    Bytes id = name;
    if (arn_parse(name, &arn)) {
        if (!bytes_equal(arn.region, call->region))
            return fail(call, &KMS_NOT_FOUND, "Invalid arn " BYTES_FMT, BYTES_ARG(call->region));
        id = arn.resource;
    }
    if (bytes_starts_with(id, TEXT("alias/")))
        return fail(call, &KMS_NOT_FOUND, "Alias " BYTES_FMT " is not found.", BYTES_ARG(alias_arn(call, id)));
    if (bytes_starts_with(id, TEXT("key/")))
        id = bytes_slice(id, 4, id.len - 4);
    if (!is_key_id(id))
        return fail(call, &KMS_NOT_FOUND, "Invalid keyId '" BYTES_FMT "'", BYTES_ARG(id));
    return fail(call, &KMS_NOT_FOUND, "Key '" BYTES_FMT "' does not exist",
                BYTES_ARG(call_arn(call, "kms", "key/" BYTES_FMT, BYTES_ARG(id))));
}

Status keys_furnish_for(Call *call)
{
    TRY(expect_ok(call, keys_furnish(&call->scope)));
    call_keep_writes(call);
    return OK;
}

Status key_find(Call *call, Bytes name, KmsKey *ret_key)
{
    TRY(keys_furnish_for(call));
    int code = kms_look_up_key(&call->scope, name, ret_key);
    return code == KMS_KEY_ABSENT ? no_such_key(call, name) : expect_ok(call, code);
}

Status key_find_by_id(Call *call, Bytes name, KmsKey *ret_key)
{
    Arn arn;
    Bytes resource = arn_parse(name, &arn) ? arn.resource : name;
    if (bytes_starts_with(resource, TEXT("alias/")))
        return fail(call, &KMS_INVALID_ARN, "Invalid keyId " BYTES_FMT, BYTES_ARG(name));
    return key_find(call, name, ret_key);
}

/* aws: Developer Guide, "AWS managed keys": you cannot change their properties, disable or delete them; who tries is
 * told by the policy of the key that he may not. */
Status key_check_managed_by_customer(Call *call, const KmsKey *key)
{
    static const ErrorModel access_denied = {
        .code = "AccessDeniedException", .http_status = 400, .senders_fault = true, .message_name = "message"};
    if (!bytes_is(key->manager, "AWS"))
        return OK;
    return fail(call, &access_denied,
                "User: " BYTES_FMT " is not authorized to perform: kms:%s on resource: " BYTES_FMT
                " because no resource-based policy allows the kms:%s action",
                BYTES_ARG(call_root_arn(call)), call->operation->model->name, BYTES_ARG(key->arn),
                call->operation->model->name);
}

Status key_find_for_change(Call *call, Bytes name, KmsKey *ret_key)
{
    TRY(key_find_by_id(call, name, ret_key));
    TRY(key_check_managed_by_customer(call, ret_key));
    if (ret_key->state != KMS_KEY_PENDING_DELETION)
        return OK;
    return fail(call, &KMS_KMS_INVALID_STATE, BYTES_FMT " is pending deletion.", BYTES_ARG(ret_key->arn));
}

KmsKeyMetadata *key_metadata(Call *call, const KmsKey *key)
{
    KmsKeyMetadata *metadata = arena_new_of(call->arena, KmsKeyMetadata);
    metadata->aws_account_id = call->account;
    metadata->key_id = key->id;
    metadata->arn = key->arn;
    SET(metadata, creation_date, key->created_ms);
    SET(metadata, enabled, key->state == KMS_KEY_ENABLED);
    metadata->description = key->description;
    metadata->key_usage = KMS_KEY_USAGE_TYPE_ENCRYPT_DECRYPT;
    metadata->key_state = key_state_text(key->state);
    if (key->state == KMS_KEY_PENDING_DELETION)
        SET(metadata, deletion_date, key->deletion_ms);
    metadata->origin = KMS_ORIGIN_TYPE_AWS_KMS;
    metadata->key_manager = key->manager;
    metadata->customer_master_key_spec = KMS_CUSTOMER_MASTER_KEY_SPEC_SYMMETRIC_DEFAULT;
    metadata->key_spec = KMS_KEY_SPEC_SYMMETRIC_DEFAULT;
    metadata->encryption_algorithms.items = arena_new_array(call->arena, Bytes, 1);
    metadata->encryption_algorithms.items[0] = TEXT("SYMMETRIC_DEFAULT");
    metadata->encryption_algorithms.len = 1;
    SET(metadata, multi_region, false);
    metadata->current_key_material_id = key->material_id;
    return metadata;
}

static Status describe_key(Call *call, const KmsDescribeKeyInput *in, KmsDescribeKeyOutput *out)
{
    KmsKey key;
    TRY(key_find(call, in->key_id, &key));
    out->key_metadata = key_metadata(call, &key);
    return OK;
}
