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
    case KMS_KEY_PENDING_IMPORT:
        return KMS_KEY_STATE_PENDINGIMPORT;
    case KMS_KEY_PENDING_REPLICA_DELETION:
        return KMS_KEY_STATE_PENDINGREPLICADELETION;
    case KMS_KEY_ENABLED:
        break;
    }
    return KMS_KEY_STATE_ENABLED;
}

const char *kms_state_trouble(KmsKeyState state)
{
    switch (state) {
    case KMS_KEY_DISABLED:
        return "is disabled.";
    case KMS_KEY_PENDING_DELETION:
        return "is pending deletion.";
    case KMS_KEY_PENDING_IMPORT:
        return "is pending import.";
    case KMS_KEY_PENDING_REPLICA_DELETION:
        return "is pending replica deletion.";
    case KMS_KEY_ENABLED:
        break;
    }
    return NULL;
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
    int code = kms_find_key(&call->scope, name, ret_key);
    call_keep_writes(call);
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
    if (ret_key->state != KMS_KEY_PENDING_DELETION && ret_key->state != KMS_KEY_PENDING_REPLICA_DELETION)
        return OK;
    return fail(call, &KMS_KMS_INVALID_STATE, BYTES_FMT " %s", BYTES_ARG(ret_key->arn),
                kms_state_trouble(ret_key->state));
}

Status key_check_enabled(Call *call, const KmsKey *key)
{
    const char *trouble = kms_state_trouble(key->state);
    if (!trouble)
        return OK;
    const ErrorModel *error = key->state == KMS_KEY_DISABLED ? &KMS_DISABLED : &KMS_KMS_INVALID_STATE;
    return fail(call, error, BYTES_FMT " %s", BYTES_ARG(key->arn), trouble);
}

/* AWS's own keys are for its services: kms:ViaService in their policies keeps everybody else out. */
Status key_find_for_use(Call *call, Bytes name, Bytes usage, KmsKey *ret_key)
{
    TRY(key_find(call, name, ret_key));
    TRY(key_check_managed_by_customer(call, ret_key));
    TRY(key_check_enabled(call, ret_key));
    if (bytes_equal(ret_key->usage, usage))
        return OK;
    return fail(call, &KMS_INVALID_KEY_USAGE, BYTES_FMT " key usage is " BYTES_FMT " which is not valid for %s.",
                BYTES_ARG(ret_key->arn), BYTES_ARG(ret_key->usage), call->operation->model->name);
}

Status key_check_algorithm(Call *call, const KmsKey *key, Bytes algorithm)
{
    if (spec_has_algorithm(spec_find(key->spec), key->usage, algorithm))
        return OK;
    return fail(call, &KMS_INVALID_KEY_USAGE, "Algorithm " BYTES_FMT " is incompatible with key spec " BYTES_FMT ".",
                BYTES_ARG(algorithm), BYTES_ARG(key->spec));
}

Status key_check_origin(Call *call, const KmsKey *key, Bytes origin)
{
    if (bytes_equal(key->origin, origin))
        return OK;
    return fail(call, &KMS_UNSUPPORTED_OPERATION,
                BYTES_FMT " origin is " BYTES_FMT " which is not valid for this operation.", BYTES_ARG(key->arn),
                BYTES_ARG(key->origin));
}

Status kms_check_dry_run(Call *call, bool is_dry_run)
{
    return is_dry_run
               ? fail(call, &KMS_DRY_RUN_OPERATION, "The request would have succeeded, but the DryRun option is set.")
               : OK;
}

Status kms_check_no_recipient(Call *call, const KmsRecipientInfo *recipient)
{
    return recipient ? fail(call, &COMMON_NOT_IMPLEMENTED, "Recipient (an attested enclave) is not implemented.") : OK;
}

Bytes *kms_texts_of(Arena *arena, const char *const *texts, size_t *ret_len)
{
    size_t len = 0;
    while (texts[len])
        len++;
    Bytes *items = arena_new_array(arena, Bytes, len);
    for (size_t i = 0; i < len; i++)
        items[i] = bytes_of(texts[i]);
    *ret_len = len;
    return items;
}

static void tell_algorithms(Call *call, const KmsKey *key, KmsKeyMetadata *metadata)
{
    size_t len;
    const SpecUse *use = spec_use(spec_find(key->spec), key->usage);
    Bytes *items = kms_texts_of(call->arena, use->algorithms, &len);
    if (bytes_equal(key->usage, KMS_KEY_USAGE_TYPE_ENCRYPT_DECRYPT))
        metadata->encryption_algorithms = (KmsEncryptionAlgorithmSpecList){items, len};
    else if (bytes_equal(key->usage, KMS_KEY_USAGE_TYPE_SIGN_VERIFY))
        metadata->signing_algorithms = (KmsSigningAlgorithmSpecList){items, len};
    else if (bytes_equal(key->usage, KMS_KEY_USAGE_TYPE_KEY_AGREEMENT))
        metadata->key_agreement_algorithms = (KmsKeyAgreementAlgorithmSpecList){items, len};
    else
        metadata->mac_algorithms = (KmsMacAlgorithmSpecList){items, len};
}

static Status tell_regions(Call *call, const KmsKey *key, KmsKeyMetadata *metadata)
{
    Regions regions;
    TRY(expect_ok(call, key_regions(&call->scope, key, &regions)));
    KmsMultiRegionConfiguration *told = arena_new_of(call->arena, KmsMultiRegionConfiguration);
    told->multi_region_key_type =
        key->multi_region == KMS_PRIMARY ? KMS_MULTI_REGION_KEY_TYPE_PRIMARY : KMS_MULTI_REGION_KEY_TYPE_REPLICA;
    told->primary_key = arena_new_of(call->arena, KmsMultiRegionKey);
    told->primary_key->region = key->primary_region;
    told->primary_key->arn = key_arn_in(&call->scope, key->primary_region, key->id);
    told->replica_keys.items = arena_new_array(call->arena, KmsMultiRegionKey, regions.len);
    for (size_t i = 0; i < regions.len; i++)
        if (!bytes_equal(regions.items[i], key->primary_region))
            told->replica_keys.items[told->replica_keys.len++] =
                (KmsMultiRegionKey){key_arn_in(&call->scope, regions.items[i], key->id), regions.items[i]};
    metadata->multi_region_configuration = told;
    return OK;
}

/* The older name of the member has no values for what came later. */
Bytes key_old_spec(const KmsKey *key)
{
    return spec_find(key->spec)->family == SPEC_ED25519 ? (Bytes){0} : key->spec;
}

static void tell_times(const KmsKey *key, KmsKeyMetadata *metadata)
{
    SET(metadata, creation_date, key->created_ms);
    if (key->state == KMS_KEY_PENDING_DELETION)
        SET(metadata, deletion_date, key->deletion_ms);
    if (key->state == KMS_KEY_PENDING_REPLICA_DELETION)
        SET(metadata, pending_deletion_window_in_days, key->pending_days);
    if (key->expires_ms >= 0)
        metadata->expiration_model = key->expires_ms ? KMS_EXPIRATION_MODEL_TYPE_KEY_MATERIAL_EXPIRES
                                                     : KMS_EXPIRATION_MODEL_TYPE_KEY_MATERIAL_DOES_NOT_EXPIRE;
    if (key->expires_ms > 0)
        SET(metadata, valid_to, key->expires_ms);
}

Status key_metadata(Call *call, const KmsKey *key, KmsKeyMetadata **ret_metadata)
{
    KmsKeyMetadata *metadata = arena_new_of(call->arena, KmsKeyMetadata);
    metadata->aws_account_id = call->account;
    metadata->key_id = key->id;
    metadata->arn = key->arn;
    SET(metadata, enabled, key->state == KMS_KEY_ENABLED);
    metadata->description = key->description;
    metadata->key_usage = key->usage;
    metadata->key_state = key_state_text(key->state);
    metadata->origin = key->origin;
    metadata->key_manager = key->manager;
    metadata->key_spec = key->spec;
    metadata->customer_master_key_spec = key_old_spec(key);
    SET(metadata, multi_region, key->multi_region != KMS_SINGLE_REGION);
    if (key->material_id.len && bytes_equal(key->spec, KMS_KEY_SPEC_SYMMETRIC_DEFAULT))
        metadata->current_key_material_id = key->material_id;
    tell_times(key, metadata);
    tell_algorithms(call, key, metadata);
    if (key->multi_region != KMS_SINGLE_REGION)
        TRY(tell_regions(call, key, metadata));
    *ret_metadata = metadata;
    return OK;
}

static Status describe_key(Call *call, const KmsDescribeKeyInput *in, KmsDescribeKeyOutput *out)
{
    KmsKey key;
    TRY(key_find(call, in->key_id, &key));
    TRY(grant_tokens_check(call, &in->grant_tokens));
    return key_metadata(call, &key, &out->key_metadata);
}
