/* encryption.c - StartStreamEncryption and StopStreamEncryption: from then on records are sealed, or no more; what was
 * put before stays as it is. */
#include "kms.h"
#include "operations.h"
#include "stream.h"

OPERATION(KinesisStartStreamEncryption, start_encryption, WRITES);
OPERATION(KinesisStopStreamEncryption, stop_encryption, WRITES);

static Status check_type(Call *call, Bytes type)
{
    if (bytes_equal(type, KINESIS_ENCRYPTION_TYPE_KMS))
        return OK;
    return fail(call, &KINESIS_INVALID_ARGUMENT, "EncryptionType must be KMS. Specified value was " BYTES_FMT,
                BYTES_ARG(type));
}

static Status check_key(Call *call, Bytes key_id)
{
    KmsKey key;
    Kinesis *kinesis = call->service;
    if (!kinesis->kms)
        return OK;
    int code = kms_find_key(kinesis->kms, call, key_id, &key);
    if (code == KMS_KEY_ABSENT)
        return fail(call, &KINESIS_KMS_NOT_FOUND, "Key '" BYTES_FMT "' does not exist", BYTES_ARG(key_id));
    TRY(expect_ok(call, code));
    if (bytes_is(key.state, "Disabled"))
        return fail(call, &KINESIS_KMS_DISABLED, BYTES_FMT " is disabled.", BYTES_ARG(key.arn));
    if (!bytes_is(key.state, "Enabled"))
        return fail(call, &KINESIS_KMS_INVALID_STATE, BYTES_FMT " is in state " BYTES_FMT ".", BYTES_ARG(key.arn),
                    BYTES_ARG(key.state));
    return OK;
}

static Status change(Call *call, Stream *stream, Bytes key_id)
{
    stream_set_key_id(stream, key_id);
    TRY(expect_ok(call, stream_update(call->service, stream)));
    return expect_ok(call, stream_pass_through(call->service, stream, STREAM_UPDATING));
}

static Status start_encryption(Call *call, const KinesisStartStreamEncryptionInput *in,
                               KinesisStartStreamEncryptionOutput *out)
{
    Stream *stream = NULL;
    (void)out;
    TRY(check_type(call, in->encryption_type));
    TRY(stream_for_change(call, STREAM_REF(in), &stream));
    TRY(check_key(call, in->key_id));

    return change(call, stream, in->key_id);
}

static Status stop_encryption(Call *call, const KinesisStopStreamEncryptionInput *in,
                              KinesisStopStreamEncryptionOutput *out)
{
    Stream *stream = NULL;
    (void)out;
    TRY(check_type(call, in->encryption_type));
    TRY(stream_for_change(call, STREAM_REF(in), &stream));

    return change(call, stream, (Bytes){0});
}
