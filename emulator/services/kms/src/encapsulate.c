/* encapsulate.c - Encapsulate and Decapsulate, for keys of ML-KEM. CreateKey makes none here, so whichever key is named
 * is of another usage, and AWS says so. */
#include "material.h"

OPERATION(KmsEncapsulate, encapsulate, READS);
OPERATION(KmsDecapsulate, decapsulate, READS);

static Status find(Call *call, Bytes name)
{
    KmsKey key;
    TRY(key_find_for_use(call, name, KMS_KEY_USAGE_TYPE_ENCAPSULATE_DECAPSULATE, &key));
    return fail(call, &COMMON_NOT_IMPLEMENTED, "ML-KEM is not implemented in the emulator.");
}

static Status encapsulate(Call *call, const KmsEncapsulateInput *in, KmsEncapsulateOutput *out)
{
    (void)out;
    return find(call, in->key_id);
}

static Status decapsulate(Call *call, const KmsDecapsulateInput *in, KmsDecapsulateOutput *out)
{
    (void)out;
    return find(call, in->key_id);
}
