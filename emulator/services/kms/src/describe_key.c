/* describe_key.c - DescribeKey. KMS API Reference, DescribeKey and KeyMetadata. */
#include "key.h"
#include "kms_model.h"

OPERATION(KmsDescribeKey, describe_key, WRITES);

/* aws: "Alias arn:… is not found.", "Key 'arn:…' does not exist". */
static Status no_such_key(Call *call, Bytes name)
{
    if (bytes_starts_with(name, TEXT("arn:")))
        return fail(call, &KMS_NOT_FOUND, "Key '" BYTES_FMT "' does not exist", BYTES_ARG(name));
    if (bytes_starts_with(name, TEXT("alias/")))
        return fail(call, &KMS_NOT_FOUND, "Alias " BYTES_FMT " is not found.", BYTES_ARG(alias_arn(call, name)));
    return fail(call, &KMS_NOT_FOUND, "Key '" BYTES_FMT "' does not exist", BYTES_ARG(key_arn(call, name)));
}

static KmsKeyMetadata *metadata_of(Call *call, const KmsKey *key)
{
    KmsKeyMetadata *metadata = arena_new_of(call->arena, KmsKeyMetadata);
    metadata->aws_account_id = call->account;
    metadata->key_id = key->id;
    metadata->arn = key->arn;
    SET(metadata, creation_date, key->created_ms);
    SET(metadata, enabled, bytes_is(key->state, "Enabled"));
    metadata->description = key->description;
    metadata->key_usage = KMS_KEY_USAGE_TYPE_ENCRYPT_DECRYPT;
    metadata->key_state = key->state;
    metadata->origin = KMS_ORIGIN_TYPE_AWS_KMS;
    metadata->key_manager = key->manager;
    metadata->customer_master_key_spec = KMS_CUSTOMER_MASTER_KEY_SPEC_SYMMETRIC_DEFAULT;
    metadata->key_spec = KMS_KEY_SPEC_SYMMETRIC_DEFAULT;
    metadata->encryption_algorithms.items = arena_new_array(call->arena, Bytes, 1);
    metadata->encryption_algorithms.items[0] = TEXT("SYMMETRIC_DEFAULT");
    metadata->encryption_algorithms.len = 1;
    SET(metadata, multi_region, false);
    return metadata;
}

static Status describe_key(Call *call, const KmsDescribeKeyInput *in, KmsDescribeKeyOutput *out)
{
    KmsKey key;
    int code = kms_find_key(call->service, call, in->key_id, &key);
    if (code == KMS_KEY_ABSENT)
        return no_such_key(call, in->key_id);
    TRY(expect_ok(call, code));
    out->key_metadata = metadata_of(call, &key);
    return OK;
}
