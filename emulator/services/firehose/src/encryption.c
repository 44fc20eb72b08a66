/* encryption.c - StartDeliveryStreamEncryption and StopDeliveryStreamEncryption.
 * aws: Firehose API Reference, of both. */
#include "encryption.h"
#include "firehose_operations.h"

OPERATION(FirehoseStartDeliveryStreamEncryption, start_encryption, WRITES);
OPERATION(FirehoseStopDeliveryStreamEncryption, stop_encryption, WRITES);

static Status refuse_key(Call *call, const char *code, Bytes message)
{
    FirehoseInvalidKMSResourceException *fields = arena_new_of(call->arena, FirehoseInvalidKMSResourceException);
    fields->code = bytes_of(code);
    return fail_with(call, &FIREHOSE_INVALID_KMS_RESOURCE, fields, BYTES_FMT, BYTES_ARG(message));
}

/* aws: InvalidKMSResourceException: "when the KMS service throws one of the following: AccessDeniedException,
 * InvalidStateException, DisabledException, or NotFoundException". The code is KMS's. */
static Status judge_key(Call *call, int code, const KmsKey *key, Bytes name)
{
    Arena *arena = call->arena;
    if (code < 0)
        return fault(call, code);
    if (code == KMS_KEY_ABSENT)
        return refuse_key(call, "NotFoundException",
                          arena_text(arena, "Key '" BYTES_FMT "' does not exist", BYTES_ARG(name)));
    if (key->state == KMS_KEY_DISABLED)
        return refuse_key(call, "DisabledException", arena_text(arena, BYTES_FMT " is disabled.", BYTES_ARG(key->arn)));
    if (kms_state_trouble(key->state))
        return refuse_key(call, "KMSInvalidStateException",
                          arena_text(arena, BYTES_FMT " %s", BYTES_ARG(key->arn), kms_state_trouble(key->state)));
    return OK;
}

Status encryption_check_key(Call *call, const FirehoseDeliveryStreamEncryptionConfigurationInput *in)
{
    KmsKey key;
    const Firehose *firehose = call->service;
    bool is_own = in && bytes_equal(in->key_type, FIREHOSE_KEY_TYPE_CUSTOMER_MANAGED_CMK);
    if (is_own && !present(in->key_arn))
        return fail(call, &FIREHOSE_INVALID_ARGUMENT, "KeyARN is required when KeyType is CUSTOMER_MANAGED_CMK.");
    if (in && !is_own && present(in->key_arn))
        return fail(call, &FIREHOSE_INVALID_ARGUMENT, "KeyARN must not be specified when KeyType is AWS_OWNED_CMK.");
    if (!is_own || !firehose->kms)
        return OK;
    Scope place = scope_for(&call->scope, firehose->kms);
    int code = kms_find_key(&place, in->key_arn, &key);
    call_keep_writes(call);
    return judge_key(call, code, &key, in->key_arn);
}

void encryption_set(Call *call, DeliveryStream *stream, const FirehoseDeliveryStreamEncryptionConfigurationInput *in)
{
    const Firehose *firehose = call->service;
    stream->encryption = in ? ENCRYPTION_ON : ENCRYPTION_OFF;
    stream->encryption_passes_ms = call->now_ms + firehose->transition_ms;
    if (!in)
        return;
    stream->key_type = present(in->key_type) ? in->key_type : FIREHOSE_KEY_TYPE_AWS_OWNED_CMK;
    stream->key_arn = in->key_arn;
}

Status encryption_check_put(Call *call, const DeliveryStream *stream)
{
    KmsKey key;
    const Firehose *firehose = call->service;
    if (stream->encryption != ENCRYPTION_ON || !present(stream->key_arn) || !firehose->kms)
        return OK;
    Scope place = scope_for(&call->scope, firehose->kms);
    return judge_key(call, kms_look_up_key(&place, stream->key_arn, &key), &key, stream->key_arn);
}

static Bytes status_of(const DeliveryStream *stream, int64_t now_ms)
{
    bool is_passing = now_ms < stream->encryption_passes_ms;
    if (stream->encryption == ENCRYPTION_ON)
        return is_passing ? FIREHOSE_DELIVERY_STREAM_ENCRYPTION_STATUS_ENABLING
                          : FIREHOSE_DELIVERY_STREAM_ENCRYPTION_STATUS_ENABLED;
    return is_passing ? FIREHOSE_DELIVERY_STREAM_ENCRYPTION_STATUS_DISABLING
                      : FIREHOSE_DELIVERY_STREAM_ENCRYPTION_STATUS_DISABLED;
}

FirehoseDeliveryStreamEncryptionConfiguration *encryption_describe(Arena *arena, const DeliveryStream *stream,
                                                                   int64_t now_ms)
{
    FirehoseDeliveryStreamEncryptionConfiguration *told =
        arena_new_of(arena, FirehoseDeliveryStreamEncryptionConfiguration);
    told->status = status_of(stream, now_ms);
    if (bytes_equal(told->status, FIREHOSE_DELIVERY_STREAM_ENCRYPTION_STATUS_DISABLED))
        return told;
    told->key_type = stream->key_type;
    told->key_arn = stream->key_arn;
    return told;
}

static Status stream_for_encryption(Call *call, Bytes name, DeliveryStream *ret_stream)
{
    TRY(delivery_stream_for_change(call, name, ret_stream));
    if (ret_stream->type != DIRECT_PUT)
        return fail(call, &FIREHOSE_INVALID_ARGUMENT,
                    "This operation is not permitted on KinesisStreamAsSource delivery stream type.");
    if (call->now_ms < ret_stream->encryption_passes_ms)
        return fail(call, &FIREHOSE_RESOURCE_IN_USE,
                    "The encryption of Firehose " BYTES_FMT " under account " BYTES_FMT " is being changed.",
                    BYTES_ARG(name), BYTES_ARG(call->account));
    return OK;
}

static Status start_encryption(Call *call, const FirehoseStartDeliveryStreamEncryptionInput *in,
                               FirehoseStartDeliveryStreamEncryptionOutput *out)
{
    DeliveryStream stream;
    static const FirehoseDeliveryStreamEncryptionConfigurationInput usual = {.key_arn = {0}};
    const FirehoseDeliveryStreamEncryptionConfigurationInput *wanted =
        in->delivery_stream_encryption_configuration_input;
    (void)out;
    TRY(stream_for_encryption(call, in->delivery_stream_name, &stream));
    TRY(encryption_check_key(call, wanted));

    encryption_set(call, &stream, wanted ? wanted : &usual);
    return expect_ok(call, delivery_stream_write(&call->scope, &stream));
}

static Status stop_encryption(Call *call, const FirehoseStopDeliveryStreamEncryptionInput *in,
                              FirehoseStopDeliveryStreamEncryptionOutput *out)
{
    DeliveryStream stream;
    (void)out;
    TRY(stream_for_encryption(call, in->delivery_stream_name, &stream));
    if (stream.encryption != ENCRYPTION_ON)
        return OK;

    encryption_set(call, &stream, NULL);
    return expect_ok(call, delivery_stream_write(&call->scope, &stream));
}
