/* mac.c - GenerateMac, VerifyMac. */
#include "material.h"
#include <gnutls/crypto.h>
#include <sodium.h>

OPERATION(KmsGenerateMac, generate_mac, WRITES);
OPERATION(KmsVerifyMac, verify_mac, WRITES);

#define MAC_MAX_BYTES 64

static gnutls_mac_algorithm_t mac_of(const Spec *spec)
{
    switch (spec->bits) {
    case 224:
        return GNUTLS_MAC_SHA224;
    case 256:
        return GNUTLS_MAC_SHA256;
    case 384:
        return GNUTLS_MAC_SHA384;
    default:
        return GNUTLS_MAC_SHA512;
    }
}

typedef struct MacAsked {
    Bytes key_name, algorithm, message;
    const KmsGrantTokenList *tokens;
    bool is_dry_run;
} MacAsked;

static Status make_mac(Call *call, const MacAsked *in, KmsKey *ret_key, Bytes *ret_mac)
{
    Bytes material;
    TRY(key_find_for_use(call, in->key_name, KMS_KEY_USAGE_TYPE_GENERATE_VERIFY_MAC, ret_key));
    TRY(key_check_algorithm(call, ret_key, in->algorithm));
    TRY(grant_tokens_check(call, in->tokens));
    TRY(kms_check_dry_run(call, in->is_dry_run));
    TRY(material_of(call, ret_key, &material));
    const Spec *spec = spec_find(ret_key->spec);
    unsigned char *mac = arena_take(call->arena, MAC_MAX_BYTES);
    if (gnutls_hmac_fast(mac_of(spec), material.ptr, material.len, in->message.ptr, in->message.len, mac) < 0)
        return fault(call, -1);
    *ret_mac = (Bytes){(const char *)mac, spec->bits / 8};
    return OK;
}

static Status generate_mac(Call *call, const KmsGenerateMacInput *in, KmsGenerateMacOutput *out)
{
    KmsKey key;
    MacAsked asked = {in->key_id, in->mac_algorithm, in->message, &in->grant_tokens, in->dry_run};
    TRY(make_mac(call, &asked, &key, &out->mac));
    out->mac_algorithm = in->mac_algorithm;
    out->key_id = key.arn;
    return OK;
}

static Status verify_mac(Call *call, const KmsVerifyMacInput *in, KmsVerifyMacOutput *out)
{
    KmsKey key;
    Bytes mac;
    MacAsked asked = {in->key_id, in->mac_algorithm, in->message, &in->grant_tokens, in->dry_run};
    TRY(make_mac(call, &asked, &key, &mac));
    if (mac.len != in->mac.len || sodium_memcmp(mac.ptr, in->mac.ptr, mac.len))
        return fail(call, &KMS_KMS_INVALID_MAC, "%s", "");
    out->key_id = key.arn;
    SET(out, mac_valid, true);
    out->mac_algorithm = in->mac_algorithm;
    return OK;
}
