/* custom_key_stores.c - there are none: the emulator has neither clusters of CloudHSM nor a way to an external proxy,
 * so CreateCustomKeyStore finds none; the others say what AWS says of stores that aren't there. */
#include "key.h"

OPERATION(KmsCreateCustomKeyStore, create_custom_key_store, READS);
OPERATION(KmsDescribeCustomKeyStores, describe_custom_key_stores, READS);
OPERATION(KmsUpdateCustomKeyStore, update_custom_key_store, READS);
OPERATION(KmsConnectCustomKeyStore, connect_custom_key_store, READS);
OPERATION(KmsDisconnectCustomKeyStore, disconnect_custom_key_store, READS);
OPERATION(KmsDeleteCustomKeyStore, delete_custom_key_store, READS);

static Status create_custom_key_store(Call *call, const KmsCreateCustomKeyStoreInput *in,
                                      KmsCreateCustomKeyStoreOutput *out)
{
    (void)out;
    if (bytes_is(in->custom_key_store_type, "EXTERNAL_KEY_STORE"))
        return fail(call, &KMS_XKS_PROXY_URI_UNREACHABLE,
                    "External key stores are not implemented in the emulator: it cannot reach the proxy " BYTES_FMT,
                    BYTES_ARG(present(in->xks_proxy_uri_endpoint) ? in->xks_proxy_uri_endpoint : TEXT("(none)")));
    if (!present(in->cloud_hsm_cluster_id) || !present(in->trust_anchor_certificate) ||
        !present(in->key_store_password))
        return fail(
            call, &COMMON_VALIDATION,
            "A custom key store of AWS_CLOUDHSM needs CloudHsmClusterId, KeyStorePassword and TrustAnchorCertificate.");
    return fail(call, &KMS_CLOUD_HSM_CLUSTER_NOT_FOUND,
                "Cluster " BYTES_FMT " not found: the emulator has no clusters of CloudHSM.",
                BYTES_ARG(in->cloud_hsm_cluster_id));
}

static Status is_not_there(Call *call, Bytes id)
{
    return fail(call, &KMS_CUSTOM_KEY_STORE_NOT_FOUND, "Custom key store " BYTES_FMT " does not exist.", BYTES_ARG(id));
}

static Status describe_custom_key_stores(Call *call, const KmsDescribeCustomKeyStoresInput *in,
                                         KmsDescribeCustomKeyStoresOutput *out)
{
    Bytes asked = present(in->custom_key_store_id) ? in->custom_key_store_id : in->custom_key_store_name;
    if (present(asked))
        return is_not_there(call, asked);
    out->custom_key_stores.items = arena_new_array(call->arena, KmsCustomKeyStoresListEntry, 1);
    SET(out, truncated, false);
    return OK;
}

static Status update_custom_key_store(Call *call, const KmsUpdateCustomKeyStoreInput *in,
                                      KmsUpdateCustomKeyStoreOutput *out)
{
    (void)out;
    return is_not_there(call, in->custom_key_store_id);
}

static Status connect_custom_key_store(Call *call, const KmsConnectCustomKeyStoreInput *in,
                                       KmsConnectCustomKeyStoreOutput *out)
{
    (void)out;
    return is_not_there(call, in->custom_key_store_id);
}

static Status disconnect_custom_key_store(Call *call, const KmsDisconnectCustomKeyStoreInput *in,
                                          KmsDisconnectCustomKeyStoreOutput *out)
{
    (void)out;
    return is_not_there(call, in->custom_key_store_id);
}

static Status delete_custom_key_store(Call *call, const KmsDeleteCustomKeyStoreInput *in,
                                      KmsDeleteCustomKeyStoreOutput *out)
{
    (void)out;
    return is_not_there(call, in->custom_key_store_id);
}
