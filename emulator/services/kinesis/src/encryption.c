/* encryption.c - StartStreamEncryption and StopStreamEncryption: from then on records are sealed, or no more; what was
 * put before stays as it is. */
#include "daily.h"
#include "operations.h"
#include "stream_kms.h"

OPERATION(KinesisStartStreamEncryption, start_encryption, WRITES);
OPERATION(KinesisStopStreamEncryption, stop_encryption, WRITES);

/* aws: Kinesis API, StartStreamEncryption: "You can successfully apply a new AWS KMS key for server-side encryption 25
 * times in a rolling 24-hour period"; StopStreamEncryption says the same of disabling it. */
static const Daily starts = {
    .count = {"SELECT COUNT(*) FROM kinesis_encryption WHERE is_start AND stream_id = ?1 AND at_ms > ?2"},
    .note = {"INSERT INTO kinesis_encryption (is_start, stream_id, at_ms) VALUES (1, ?1, ?2)"},
    .forget = {"DELETE FROM kinesis_encryption WHERE is_start AND stream_id = ?1 AND at_ms <= ?2"},
    .max = 25,
    .words = "cannot be encrypted with a new key more than 25 times within 24 hours.",
};
static const Daily stops = {
    .count = {"SELECT COUNT(*) FROM kinesis_encryption WHERE NOT is_start AND stream_id = ?1 AND at_ms > ?2"},
    .note = {"INSERT INTO kinesis_encryption (is_start, stream_id, at_ms) VALUES (0, ?1, ?2)"},
    .forget = {"DELETE FROM kinesis_encryption WHERE NOT is_start AND stream_id = ?1 AND at_ms <= ?2"},
    .max = 25,
    .words = "cannot have its encryption stopped more than 25 times within 24 hours.",
};

static Status check_type(Call *call, Bytes type)
{
    if (bytes_equal(type, KINESIS_ENCRYPTION_TYPE_KMS))
        return OK;
    return fail(call, &KINESIS_INVALID_ARGUMENT, "EncryptionType must be KMS. Specified value was " BYTES_FMT,
                BYTES_ARG(type));
}

static Status change(Call *call, Stream *stream, Bytes key_id)
{
    TRY(expect_ok(call, daily_note(call, stream, present(key_id) ? &starts : &stops)));
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
    TRY(daily_check(call, stream, &starts));

    return change(call, stream, in->key_id);
}

static Status stop_encryption(Call *call, const KinesisStopStreamEncryptionInput *in,
                              KinesisStopStreamEncryptionOutput *out)
{
    Stream *stream = NULL;
    (void)out;
    TRY(check_type(call, in->encryption_type));
    TRY(stream_for_change(call, STREAM_REF(in), &stream));
    TRY(daily_check(call, stream, &stops));

    return change(call, stream, (Bytes){0});
}
