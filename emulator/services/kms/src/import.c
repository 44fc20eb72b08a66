/* import.c - GetParametersForImport, ImportKeyMaterial, DeleteImportedKeyMaterial. aws: Developer Guide, "Importing key
 * material". */
#include "due.h"
#include "import_token.h"
#include "key_making.h"
#include "material.h"

OPERATION(KmsGetParametersForImport, get_parameters_for_import, WRITES);
OPERATION(KmsImportKeyMaterial, import_key_material, WRITES);
OPERATION(KmsDeleteImportedKeyMaterial, delete_imported_key_material, WRITES);

#define TOKEN_MS      DAY_MS /* aws: GetParametersForImport: "The public key and import token are valid for 24 hours" */
#define VALID_MAX_MS  (365 * DAY_MS) /* aws: ImportKeyMaterial, ValidTo: "365 days from the request date" */
#define MATERIALS_MAX 64             /* more than rotations on demand can leave */

static bool is_symmetric(const KmsKey *key)
{
    return bytes_equal(key->spec, KMS_KEY_SPEC_SYMMETRIC_DEFAULT);
}

static Status find_external(Call *call, Bytes name, KmsKey *ret_key)
{
    TRY(key_find_for_change(call, name, ret_key));
    return key_check_origin(call, ret_key, KMS_ORIGIN_TYPE_EXTERNAL);
}

typedef struct Parameters {
    const KmsGetParametersForImportInput *in;
    KmsGetParametersForImportOutput *out;
} Parameters;

static Status wrapping_key_is_made(Call *call, const KeyPair *pair, void *context)
{
    KmsKey key;
    const Parameters *parameters = context;
    TRY(find_external(call, parameters->in->key_id, &key));
    ImportToken token = {key.id, parameters->in->wrapping_algorithm, call->now_ms + TOKEN_MS, key_pair_private(pair)};
    parameters->out->key_id = key.arn;
    parameters->out->import_token = import_token_make(call->service, call->arena, &token);
    parameters->out->public_key = key_pair_public(pair);
    SET(parameters->out, parameters_valid_to, token.valid_to_ms);
    return OK;
}

/* aws: GetParametersForImport, WrappingAlgorithm: RSA private keys fit no RSA block, so they need the other kind. */
static Status check_wrapping(Call *call, const KmsGetParametersForImportInput *in, const KmsKey *key)
{
    bool is_plain_oaep = bytes_starts_with(in->wrapping_algorithm, TEXT("RSAES_OAEP"));
    if (bytes_is(in->wrapping_algorithm, "SM2PKE") || bytes_is(in->wrapping_key_spec, "SM2"))
        return fail(call, &COMMON_NOT_IMPLEMENTED, "Wrapping keys of SM2 are not implemented.");
    if (bytes_is(in->wrapping_algorithm, "RSAES_PKCS1_V1_5"))
        return fail(call, &COMMON_VALIDATION, "WrappingAlgorithm RSAES_PKCS1_V1_5 is no longer supported.");
    if (is_plain_oaep && bytes_starts_with(key->spec, TEXT("RSA_")))
        return fail(call, &COMMON_VALIDATION,
                    "WrappingAlgorithm " BYTES_FMT " cannot wrap key material of key spec " BYTES_FMT ".",
                    BYTES_ARG(in->wrapping_algorithm), BYTES_ARG(key->spec));
    return OK;
}

static Status get_parameters_for_import(Call *call, const KmsGetParametersForImportInput *in,
                                        KmsGetParametersForImportOutput *out)
{
    KmsKey key;
    Parameters *parameters = arena_new_of(call->arena, Parameters);
    *parameters = (Parameters){in, out};
    TRY(find_external(call, in->key_id, &key));
    TRY(check_wrapping(call, in, &key));
    return key_pair_for(call, spec_find(in->wrapping_key_spec), wrapping_key_is_made, parameters);
}

static Status check_expiry(Call *call, const KmsImportKeyMaterialInput *in, int64_t *ret_expires_ms)
{
    bool expires = !present(in->expiration_model) ||
                   bytes_equal(in->expiration_model, KMS_EXPIRATION_MODEL_TYPE_KEY_MATERIAL_EXPIRES);
    if (expires && !in->has_valid_to)
        return fail(call, &COMMON_VALIDATION,
                    "A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES");
    if (!expires && in->has_valid_to)
        return fail(call, &COMMON_VALIDATION,
                    "A validTo date must not be set if the ExpirationModel is KEY_MATERIAL_DOES_NOT_EXPIRE");
    if (expires && (in->valid_to <= call->now_ms || in->valid_to > call->now_ms + VALID_MAX_MS))
        return fail(call, &COMMON_VALIDATION, "The validTo date must be in the future, within 365 days.");
    *ret_expires_ms = expires ? in->valid_to : 0;
    return OK;
}

static Status open_token(Call *call, const KmsImportKeyMaterialInput *in, const KmsKey *key, ImportToken *ret_token)
{
    if (!import_token_read(call->service, call->arena, in->import_token, ret_token) ||
        !bytes_equal(ret_token->key_id, key->id))
        return fail(call, &KMS_INVALID_IMPORT_TOKEN, "%s", "");
    if (ret_token->valid_to_ms <= call->now_ms)
        return fail(call, &KMS_EXPIRED_IMPORT_TOKEN, "%s", "");
    return OK;
}

/* Is it what a key of this kind is made of? ret_pair: of asymmetric ones. */
static Status check_plain(Call *call, const KmsKey *key, Bytes *plain, KeyPair *ret_pair)
{
    const Spec *spec = spec_find(key->spec);
    bool is_fine = spec_is_asymmetric(spec) ? key_pair_read(spec, *plain, ret_pair) : plain->len == spec->bits / 8;
    if (!is_fine)
        return fail(call, &KMS_INCORRECT_KEY_MATERIAL, "The key material is not valid for the key spec %s.",
                    spec->name);
    if (spec_is_asymmetric(spec))
        *plain = key_pair_private(ret_pair);
    return OK;
}

static Status other_material(Call *call)
{
    return fail(call, &KMS_INCORRECT_KEY_MATERIAL,
                "The key material is not the same key material that was previously imported into this KMS key.");
}

/* aws: Developer Guide, "Importing key material into multi-Region keys": a replica takes the primary's alone. */
static Status check_as_primary(Call *call, const KmsKey *key, Bytes id)
{
    KmsKey primary;
    Scope there = call->scope;
    if (key->multi_region != KMS_REPLICA)
        return OK;
    there.region = key->primary_region;
    TRY(expect_ok(call, key_at(&there, key->id, &primary)));
    return primary.material_id.len && bytes_equal(primary.material_id, id) ? OK : other_material(call);
}

/* STORE_OK in *ret_code: it was there before. */
static Status check_material(Call *call, const KmsImportKeyMaterialInput *in, const KmsKey *key, Material *material,
                             int *ret_code)
{
    Material pending;
    Bytes id = material->id;
    bool is_new = present(in->import_type) && bytes_equal(in->import_type, KMS_IMPORT_TYPE_NEW_KEY_MATERIAL);
    *ret_code = material_find(&call->scope, key->id, id, material);
    if (*ret_code < 0)
        return fault(call, *ret_code);
    if (present(in->key_material_id) && !bytes_equal(in->key_material_id, id))
        return other_material(call);
    if (*ret_code == STORE_OK)
        return OK;
    if (!key->material_id.len)
        return check_as_primary(call, key, id);
    if (!is_new || !is_symmetric(key))
        return other_material(call);
    int code = material_pending(&call->scope, key->id, &pending);
    if (code == STORE_OK)
        return fail(call, &KMS_KMS_INVALID_STATE,
                    "New key material (id: " BYTES_FMT ") cannot be imported into KMS key " BYTES_FMT
                    ", because another key material (id: " BYTES_FMT ") is pending rotation.",
                    BYTES_ARG(id), BYTES_ARG(key->arn), BYTES_ARG(pending.id));
    return code == STORE_NOT_FOUND ? OK : expect_ok(call, code);
}

/* What follows for the key from its material: when the first of it expires, whether all of it is there. */
static Status settle(Call *call, KmsKey *key)
{
    size_t count;
    MaterialPage page = {0, MATERIALS_MAX, false};
    Material *materials = arena_new_array(call->arena, Material, MATERIALS_MAX);
    bool is_whole = true;
    TRY(expect_ok(call, material_list(&call->scope, key->id, &page, materials, &count)));
    key->expires_ms = -1;
    for (size_t i = 0; i < count; i++) {
        int64_t expires_ms = materials[i].expires_ms;
        if (materials[i].state == MATERIAL_PENDING_ROTATION)
            continue;
        is_whole = is_whole && expires_ms >= 0;
        if (expires_ms > 0 && (key->expires_ms <= 0 || expires_ms < key->expires_ms))
            key->expires_ms = expires_ms;
        if (!expires_ms && key->expires_ms < 0)
            key->expires_ms = 0;
    }
    if (key->state == KMS_KEY_PENDING_IMPORT && is_whole && count)
        key->state = KMS_KEY_ENABLED;
    else if (!is_whole && (key->state == KMS_KEY_ENABLED || key->state == KMS_KEY_DISABLED))
        key->state = KMS_KEY_PENDING_IMPORT;
    return expect_ok(call, key_save(&call->scope, key));
}

static Status import_key_material(Call *call, const KmsImportKeyMaterialInput *in, KmsImportKeyMaterialOutput *out)
{
    KmsKey key;
    ImportToken token;
    Bytes plain;
    int code;
    Material material = {0};
    int64_t expires_ms;
    KeyPair *pair = arena_new_of(call->arena, KeyPair);
    TRY(find_external(call, in->key_id, &key));
    TRY(check_expiry(call, in, &expires_ms));
    TRY(open_token(call, in, &key, &token));
    if (!import_unwrap(&token, call->arena, in->encrypted_key_material, &plain))
        return fail(call, &KMS_INVALID_CIPHERTEXT, "%s", "");
    TRY(check_plain(call, &key, &plain, pair));
    Bytes id = material.id = material_id_of(&call->scope, key.id, plain);
    TRY(check_material(call, in, &key, &material, &code));

    if (code == STORE_NOT_FOUND)
        material = (Material){.id = id, .state = key.material_id.len ? MATERIAL_PENDING_ROTATION : MATERIAL_CURRENT};
    material.expires_ms = expires_ms;
    if (present(in->key_material_description))
        material.description = in->key_material_description;
    TRY(expect_ok(call, material_put(&call->scope, key.id, &material, plain)));
    if (material.state == MATERIAL_CURRENT)
        key.material_id = id;
    if (pair->public_len)
        TRY(expect_ok(call, key_set_public(&call->scope, &key, key_pair_public(pair))));
    out->key_id = key.arn;
    if (is_symmetric(&key))
        out->key_material_id = id;
    return settle(call, &key);
}

static Status delete_imported_key_material(Call *call, const KmsDeleteImportedKeyMaterialInput *in,
                                           KmsDeleteImportedKeyMaterialOutput *out)
{
    KmsKey key;
    Material material;
    TRY(key_find_by_id(call, in->key_id, &key));
    TRY(key_check_managed_by_customer(call, &key));
    TRY(key_check_origin(call, &key, KMS_ORIGIN_TYPE_EXTERNAL));
    Bytes id = present(in->key_material_id) ? in->key_material_id : key.material_id;
    out->key_id = key.arn;
    if (is_symmetric(&key) && id.len)
        out->key_material_id = id;
    int code = material_find(&call->scope, key.id, id, &material);
    if (code == STORE_NOT_FOUND && present(in->key_material_id))
        return fail(call, &KMS_NOT_FOUND, "Key material '" BYTES_FMT "' does not exist", BYTES_ARG(id));
    if (code == STORE_NOT_FOUND)
        return OK;
    TRY(expect_ok(call, code));

    material.sealed = (Bytes){0};
    material.expires_ms = -1;
    TRY(expect_ok(call, material_save(&call->scope, key.id, &material)));
    return settle(call, &key);
}
