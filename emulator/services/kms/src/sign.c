/* sign.c - Sign, Verify. */
#include "key_pair.h"
#include "material.h"

OPERATION(KmsSign, sign, WRITES);
OPERATION(KmsVerify, verify, WRITES);

typedef struct Signing {
    KmsKey key;
    const SigningAlgorithm *algorithm;
    Bytes digest; /* or the message, where the algorithm takes that */
} Signing;

typedef struct Signed {
    Bytes key_name, algorithm, message, message_type;
    const KmsGrantTokenList *tokens;
    bool is_dry_run;
} Signed;

/* aws: Sign, MessageType: Ed25519 itself takes a message, Ed25519ph a digest; all else takes either. */
static Status check_type(Call *call, const SigningAlgorithm *algorithm, bool is_digest)
{
    bool takes_message_alone = algorithm->kind == SIGNATURE_EDDSA;
    bool takes_digest_alone = algorithm->kind == SIGNATURE_EDDSA_PH;
    if (!(is_digest ? takes_message_alone : takes_digest_alone))
        return OK;
    return fail(call, &COMMON_VALIDATION, "MessageType %s is not valid for algorithm %s.", is_digest ? "DIGEST" : "RAW",
                algorithm->name);
}

static Status prepare(Call *call, const Signed *in, Signing *ret)
{
    bool is_digest = present(in->message_type) && bytes_equal(in->message_type, KMS_MESSAGE_TYPE_DIGEST);
    TRY(key_find_for_use(call, in->key_name, KMS_KEY_USAGE_TYPE_SIGN_VERIFY, &ret->key));
    TRY(key_check_algorithm(call, &ret->key, in->algorithm));
    ret->algorithm = signing_algorithm_find(in->algorithm);
    if (present(in->message_type) && bytes_equal(in->message_type, KMS_MESSAGE_TYPE_EXTERNAL_MU))
        return fail(call, &COMMON_VALIDATION, "MessageType EXTERNAL_MU is not valid for algorithm %s.",
                    ret->algorithm->name);
    TRY(check_type(call, ret->algorithm, is_digest));
    if (is_digest && in->message.len != ret->algorithm->digest_len)
        return fail(call, &COMMON_VALIDATION, "Digest is invalid length for algorithm %s.", ret->algorithm->name);
    TRY(grant_tokens_check(call, in->tokens));
    ret->digest = in->message;
    if (!is_digest && ret->algorithm->digest_len) {
        unsigned char *digest = arena_take(call->arena, DIGEST_MAX_BYTES);
        digest_make(ret->algorithm, in->message, digest);
        ret->digest = (Bytes){(const char *)digest, ret->algorithm->digest_len};
    }
    return kms_check_dry_run(call, in->is_dry_run);
}

static Status sign(Call *call, const KmsSignInput *in, KmsSignOutput *out)
{
    Signing signing;
    Bytes material;
    Signed asked = {in->key_id, in->signing_algorithm, in->message, in->message_type, &in->grant_tokens, in->dry_run};
    TRY(prepare(call, &asked, &signing));
    TRY(material_of(call, &signing.key, &material));
    if (!key_sign(spec_find(signing.key.spec), material, signing.algorithm, signing.digest, call->arena,
                  &out->signature))
        return fault(call, -1);
    out->key_id = signing.key.arn;
    out->signing_algorithm = in->signing_algorithm;
    return OK;
}

static Status verify(Call *call, const KmsVerifyInput *in, KmsVerifyOutput *out)
{
    Signing signing;
    Bytes public_der;
    Signed asked = {in->key_id, in->signing_algorithm, in->message, in->message_type, &in->grant_tokens, in->dry_run};
    TRY(prepare(call, &asked, &signing));
    TRY(expect_ok(call, key_public(&call->scope, &signing.key, &public_der)));
    if (!key_verify(spec_find(signing.key.spec), public_der, signing.algorithm, signing.digest, in->signature))
        return fail(call, &KMS_KMS_INVALID_SIGNATURE, "%s", "");
    out->key_id = signing.key.arn;
    SET(out, signature_valid, true);
    out->signing_algorithm = in->signing_algorithm;
    return OK;
}
