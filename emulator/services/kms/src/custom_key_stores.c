/* custom_key_stores.c - there are none: CreateCustomKeyStore is not implemented. The others say what AWS says of stores
 * that aren't there. */
#include "key.h"

OPERATION(KmsDescribeCustomKeyStores, describe_custom_key_stores, READS);
OPERATION(KmsUpdateCustomKeyStore, update_custom_key_store, READS);
OPERATION(KmsConnectCustomKeyStore, connect_custom_key_store, READS);
OPERATION(KmsDisconnectCustomKeyStore, disconnect_custom_key_store, READS);
OPERATION(KmsDeleteCustomKeyStore, delete_custom_key_store, READS);

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
