/* encryption.c - StartStreamEncryption and StopStreamEncryption: from then on records are sealed, or no more; what was
 * put before stays as it is. */
#include "operations.h"
#include "stream_kms.h"

OPERATION(KinesisStartStreamEncryption, start_encryption, WRITES);
OPERATION(KinesisStopStreamEncryption, stop_encryption, WRITES);

static Status check_type(Call *call, Bytes type)
{
    if (bytes_equal(type, KINESIS_ENCRYPTION_TYPE_KMS))
        return OK;
    return fail(call, &KINESIS_INVALID_ARGUMENT, "EncryptionType must be KMS. Specified value was " BYTES_FMT,
                BYTES_ARG(type));
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
    TRY(kms_check_new_key(call, in->key_id));

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
