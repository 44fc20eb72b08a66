/* permissions.c - what each operation asks of policies. aws: Service Authorization Reference, "Actions, resources, and
 * condition keys for AWS Key Management Service". */
#include "ciphertext.h"
#include "grant.h"
#include "kms.h"
#include "kms_model.h"
#include "permission.h"

extern const PermissionsOf kms_permissions;

static void add_key(Call *call, NeedList *needs, const char *action, Bytes name)
{
    Bytes key =
        bytes_starts_with(name, TEXT("arn:")) ? name : arena_text(call->arena, "key/" BYTES_FMT, BYTES_ARG(name));
    need_add(needs, arena_text(call->arena, "kms:%s", action), permission_arn(call, &kms_permissions, key));
}

/* A symmetric ciphertext says under which key it is. */
static Bytes key_of(Call *call, Bytes blob, Bytes name)
{
    Ciphertext ciphertext;
    if (ciphertext_read(call->service, call->arena, blob, &ciphertext))
        return ciphertext.key_id;
    return present(name) ? name : TEXT("*");
}

static void decrypt_needs(Call *call, const void *in, NeedList *needs)
{
    const KmsDecryptInput *input = in;
    add_key(call, needs, "Decrypt", key_of(call, input->ciphertext_blob, input->key_id));
}

static void re_encrypt_needs(Call *call, const void *in, NeedList *needs)
{
    const KmsReEncryptInput *input = in;
    add_key(call, needs, "ReEncryptFrom", key_of(call, input->ciphertext_blob, input->source_key_id));
    add_key(call, needs, "ReEncryptTo", input->destination_key_id);
}

/* aws: "kms:CreateAlias permission for both the alias and the KMS key". */
static void alias_needs(Call *call, const void *in, NeedList *needs)
{
    const char *action = call->operation->model->name;
    permission_need(call, &kms_permissions, needs, permission_member(call, in, "AliasName"));
    add_key(call, needs, action, permission_member(call, in, "TargetKeyId"));
}

static void delete_alias_needs(Call *call, const void *in, NeedList *needs)
{
    Bytes name = permission_member(call, in, "AliasName");
    permission_need(call, &kms_permissions, needs, name);
    add_key(call, needs, "DeleteAlias", name);
}

static void add_context(Call *call, const KmsEncryptionContextType *context, FactList *facts)
{
    for (size_t i = 0; i < context->len; i++) {
        fact_add(facts, arena_text(call->arena, "kms:EncryptionContext:" BYTES_FMT, BYTES_ARG(context->items[i].key)),
                 context->items[i].value);
        fact_add(facts, TEXT("kms:EncryptionContextKeys"), context->items[i].key);
    }
}

/* action: of the two of ReEncrypt the one that is asked for. NULL: it takes none. */
static const KmsEncryptionContextType *context_of(Call *call, const void *in, Bytes action)
{
    const char *name = call->operation->model->name;
    if (bytes_is(action, "kms:ReEncryptFrom"))
        return &((const KmsReEncryptInput *)in)->source_encryption_context;
    if (!strcmp(name, "Encrypt"))
        return &((const KmsEncryptInput *)in)->encryption_context;
    if (!strcmp(name, "Decrypt"))
        return &((const KmsDecryptInput *)in)->encryption_context;
    if (!strcmp(name, "GenerateDataKey"))
        return &((const KmsGenerateDataKeyInput *)in)->encryption_context;
    if (!strcmp(name, "GenerateDataKeyWithoutPlaintext"))
        return &((const KmsGenerateDataKeyWithoutPlaintextInput *)in)->encryption_context;
    if (!strcmp(name, "GenerateDataKeyPair"))
        return &((const KmsGenerateDataKeyPairInput *)in)->encryption_context;
    if (!strcmp(name, "GenerateDataKeyPairWithoutPlaintext"))
        return &((const KmsGenerateDataKeyPairWithoutPlaintextInput *)in)->encryption_context;
    if (!strcmp(name, "ReEncrypt"))
        return &((const KmsReEncryptInput *)in)->destination_encryption_context;
    return NULL;
}

static void add_facts(Call *call, const void *in, FactList *facts)
{
    const KmsEncryptionContextType *context = context_of(call, in, (Bytes){0});
    Bytes name = permission_member(call, in, "KeyId");
    if (context)
        add_context(call, context, facts);
    fact_add(facts, TEXT("kms:CallerAccount"), call->account);
    if (bytes_starts_with(name, TEXT("alias/")))
        fact_add(facts, TEXT("kms:RequestAlias"), name);
}

static int find_resource(const Scope *scope, PermissionResource *found)
{
    KmsKey key;
    Bytes alias = permission_name(found->arn, "alias"), name = permission_name(found->arn, "key");
    bool is_alias = present(alias) && found->action.len > 5 &&
                    bytes_equal(bytes_slice(found->action, found->action.len - 5, 5), TEXT("Alias"));
    if (is_alias || (!present(alias) && !present(name)))
        return STORE_OK;
    int code = kms_look_up_key(scope, present(alias) ? found->arn : name, &key);
    if (code != KMS_KEY_FOUND) {
        found->is_nowhere = code == KMS_KEY_ABSENT && present(name) && !bytes_is(name, "*");
        return code == KMS_KEY_ABSENT ? STORE_OK : code;
    }
    found->arn = key.arn;
    found->needs_policy = true;
    return key_policy_of(scope, &key, &found->policy);
}

/* aws: Developer Guide, "Grants in AWS KMS": who is granted an operation needs no policy. */
static bool is_granted(Call *call, const void *in, const Need *need, Bytes principal)
{
    Grant grants[32];
    size_t count;
    KmsKey key;
    const KmsEncryptionContextType *context = context_of(call, in, need->action);
    Bytes action = need->action;
    (void)bytes_cut(&action, ':');
    Bytes name = permission_name(need->resource, "key");
    if (!present(name) || kms_look_up_key(&call->scope, name, &key) != KMS_KEY_FOUND)
        return false;
    GrantPage page = {.key_id = key.id, .grantee = principal, .limit = 32};
    if (grant_list(&call->scope, &page, grants, &count) != STORE_OK)
        return false;
    for (size_t i = 0; i < count; i++)
        if (words_have(arena_cstr(call->arena, grants[i].operations), action) &&
            constraints_hold(call->arena, grants[i].constraints, context))
            return true;
    return false;
}

static const Permission rows[] = {
    {"CreateKey", NULL, NULL, NULL},
    {"ListKeys", NULL, NULL, NULL},
    {"ListAliases", NULL, NULL, NULL},
    {"GenerateRandom", NULL, NULL, NULL},
    {"CreateCustomKeyStore", NULL, NULL, NULL},
    {"DescribeCustomKeyStores", NULL, NULL, NULL},
    {"UpdateCustomKeyStore", NULL, NULL, NULL},
    {"ConnectCustomKeyStore", NULL, NULL, NULL},
    {"DisconnectCustomKeyStore", NULL, NULL, NULL},
    {"DeleteCustomKeyStore", NULL, NULL, NULL},
    {"ListRetirableGrants", NULL, NULL, NULL},
    {"Encapsulate", NULL, "key/{KeyId}", NULL},
    {"Decapsulate", NULL, "key/{KeyId}", NULL},
    {"DescribeKey", NULL, "key/{KeyId}", NULL},
    {"EnableKey", NULL, "key/{KeyId}", NULL},
    {"DisableKey", NULL, "key/{KeyId}", NULL},
    {"ScheduleKeyDeletion", NULL, "key/{KeyId}", NULL},
    {"CancelKeyDeletion", NULL, "key/{KeyId}", NULL},
    {"UpdateKeyDescription", NULL, "key/{KeyId}", NULL},
    {"GetKeyPolicy", NULL, "key/{KeyId}", NULL},
    {"PutKeyPolicy", NULL, "key/{KeyId}", NULL},
    {"ListKeyPolicies", NULL, "key/{KeyId}", NULL},
    {"TagResource", NULL, "key/{KeyId}", NULL},
    {"UntagResource", NULL, "key/{KeyId}", NULL},
    {"ListResourceTags", NULL, "key/{KeyId}", NULL},
    {"Encrypt", NULL, "key/{KeyId}", NULL},
    {"GenerateDataKey", NULL, "key/{KeyId}", NULL},
    {"GenerateDataKeyWithoutPlaintext", NULL, "key/{KeyId}", NULL},
    {"GenerateDataKeyPair", NULL, "key/{KeyId}", NULL},
    {"GenerateDataKeyPairWithoutPlaintext", NULL, "key/{KeyId}", NULL},
    {"Sign", NULL, "key/{KeyId}", NULL},
    {"Verify", NULL, "key/{KeyId}", NULL},
    {"GenerateMac", NULL, "key/{KeyId}", NULL},
    {"VerifyMac", NULL, "key/{KeyId}", NULL},
    {"DeriveSharedSecret", NULL, "key/{KeyId}", NULL},
    {"GetPublicKey", NULL, "key/{KeyId}", NULL},
    {"EnableKeyRotation", NULL, "key/{KeyId}", NULL},
    {"DisableKeyRotation", NULL, "key/{KeyId}", NULL},
    {"GetKeyRotationStatus", NULL, "key/{KeyId}", NULL},
    {"RotateKeyOnDemand", NULL, "key/{KeyId}", NULL},
    {"ListKeyRotations", NULL, "key/{KeyId}", NULL},
    {"CreateGrant", NULL, "key/{KeyId}", NULL},
    {"ListGrants", NULL, "key/{KeyId}", NULL},
    {"RetireGrant", NULL, "key/{KeyId}", NULL},
    {"RevokeGrant", NULL, "key/{KeyId}", NULL},
    {"ReplicateKey", NULL, "key/{KeyId}", NULL},
    {"UpdatePrimaryRegion", NULL, "key/{KeyId}", NULL},
    {"GetParametersForImport", NULL, "key/{KeyId}", NULL},
    {"ImportKeyMaterial", NULL, "key/{KeyId}", NULL},
    {"DeleteImportedKeyMaterial", NULL, "key/{KeyId}", NULL},
    {"Decrypt", NULL, NULL, decrypt_needs},
    {"ReEncrypt", NULL, NULL, re_encrypt_needs},
    {"CreateAlias", NULL, NULL, alias_needs},
    {"UpdateAlias", NULL, NULL, alias_needs},
    {"DeleteAlias", NULL, NULL, delete_alias_needs},
    {NULL, NULL, NULL, NULL},
};

static const PermissionKey keys[] = {
    {"kms:EncryptionAlgorithm", "EncryptionAlgorithm"},
    {"kms:SigningAlgorithm", "SigningAlgorithm"},
    {"kms:MacAlgorithm", "MacAlgorithm"},
    {"kms:MessageType", "MessageType"},
    {"kms:DataKeyPairSpec", "KeyPairSpec"},
    {"kms:KeySpec", "KeySpec"},
    {"kms:KeyUsage", "KeyUsage"},
    {"kms:KeyOrigin", "Origin"},
    {"kms:GranteePrincipal", "GranteePrincipal"},
    {"kms:GrantOperations", "Operations"},
    {"kms:ReplicaRegion", "ReplicaRegion"},
    {"kms:ScheduleKeyDeletionPendingWindowInDays", "PendingWindowInDays"},
    {NULL, NULL},
};

const PermissionsOf kms_permissions = {
    .prefix = "kms",
    .rows = rows,
    .keys = keys,
    .facts = add_facts,
    .resource = find_resource,
    .grants = is_granted,
};
