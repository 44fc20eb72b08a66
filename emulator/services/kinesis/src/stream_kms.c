/* stream_kms.c - aws: Kinesis API, PutRecord and GetRecords: KMSDisabledException, KMSInvalidStateException,
 * KMSNotFoundException. The answer is remembered until a key or an alias changes. */
#include "stream_kms.h"
#include "kms.h"
#include "operations.h"

/* NULL: it is fine. */
static const ErrorModel *judge(Arena *arena, int code, const KmsKey *key, Bytes name, Bytes *ret_message)
{
    if (code == KMS_KEY_ABSENT) {
        *ret_message = arena_text(arena, "Key '" BYTES_FMT "' does not exist", BYTES_ARG(name));
        return &KINESIS_KMS_NOT_FOUND;
    }
    if (key->state == KMS_KEY_DISABLED) {
        *ret_message = arena_text(arena, BYTES_FMT " is disabled.", BYTES_ARG(key->arn));
        return &KINESIS_KMS_DISABLED;
    }
    if (kms_state_trouble(key->state)) {
        *ret_message = arena_text(arena, BYTES_FMT " %s", BYTES_ARG(key->arn), kms_state_trouble(key->state));
        return &KINESIS_KMS_INVALID_STATE;
    }
    return NULL;
}

static Status tell(Call *call, const ErrorModel *error, Bytes message)
{
    return error ? fail(call, error, BYTES_FMT, BYTES_ARG(message)) : OK;
}

Status kms_check_new_key(Call *call, Bytes key_id)
{
    KmsKey key;
    Bytes message = {0};
    Kinesis *kinesis = call->service;
    if (!kinesis->kms)
        return OK;
    Scope place = scope_for(&call->scope, kinesis->kms);
    int code = kms_find_key(&place, key_id, &key);
    if (code < 0)
        return fault(call, code);
    call_keep_writes(call);
    const ErrorModel *error = judge(call->arena, code, &key, key_id, &message);
    return tell(call, error, message);
}

static int check(const Scope *place, Bytes key_id, const ErrorModel **ret_error, Bytes *ret_message)
{
    KmsKey key;
    int code = kms_look_up_key(place, key_id, &key);
    if (code < 0)
        return code;
    *ret_error = judge(place->arena, code, &key, key_id, ret_message);
    return STORE_OK;
}

static Scope place_of(const Kinesis *kinesis, Arena *arena, const Stream *stream)
{
    Scope place = scope_of_runtime(kinesis->runtime, kinesis->kms, arena);
    place.account = stream->account;
    place.region = stream->region;
    return place;
}

Status stream_check_key(Call *call, Stream *stream)
{
    const ErrorModel *error = NULL;
    Bytes message = {0};
    Kinesis *kinesis = call->service;
    if (!present(stream->key_id) || !kinesis->kms)
        return OK;
    uint64_t generation = kms_generation(kinesis->kms);
    if (stream->kms_generation_put == generation)
        return OK;
    Scope place = place_of(kinesis, call->arena, stream);
    TRY(expect_ok(call, check(&place, stream->key_id, &error, &message)));
    if (!error)
        stream->kms_generation_put = generation;
    return tell(call, error, message);
}

int kms_read_error(Kinesis *kinesis, Arena *arena, Stream *stream, const ErrorModel **ret_error, Bytes *ret_message)
{
    *ret_error = NULL;
    uint64_t generation = kinesis->kms ? kms_generation(kinesis->kms) : 0;
    if (!kinesis->kms || !present(stream->sealed_key_id) || stream->kms_generation_read == generation)
        return STORE_OK;
    Scope place = place_of(kinesis, arena, stream);
    int code = check(&place, stream->sealed_key_id, ret_error, ret_message);
    if (code == STORE_OK && !*ret_error)
        stream->kms_generation_read = generation;
    return code;
}

Status kms_check_read(Call *call, Stream *stream)
{
    const ErrorModel *error;
    Bytes message = {0};
    TRY(expect_ok(call, kms_read_error(call->service, call->arena, stream, &error, &message)));
    return tell(call, error, message);
}
