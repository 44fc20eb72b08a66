/* for_services.c - objects that other services put: their bytes come over many turns, the object in one; and those that
 * they read. */
#include "blob.h"
#include "encryption.h"
#include "hex.h"
#include "listing.h"
#include "s3.h"
#include "state.h"
#include <stdlib.h>

#define INLINE_BYTES ((uint64_t)256 * 1024) /* of small objects MD5 is made at once */

struct S3Deposit {
    Md5Thread *md5_thread;
    BlobWriter *writer;
    struct md5_ctx md5;
    Checksum sum;
    const char *encoding; /* NULL: none */
};

int s3_find_bucket(const Scope *scope, Bytes name)
{
    Bucket bucket;
    Call call = {.scope = *scope};
    int code = bucket_find(&call, name, &bucket);
    return code == STORE_NOT_FOUND ? S3_NO_BUCKET : code;
}

int s3_deposit_begin(const Scope *scope, S3Deposit **ret_deposit)
{
    S3Deposit *deposit = calloc(1, sizeof *deposit);
    if (!deposit)
        abort();
    deposit->md5_thread = ((S3 *)scope->service)->md5_thread;
    md5_init(&deposit->md5);
    checksum_begin(&deposit->sum, CHECKSUM_CRC64NVME);
    int code = blob_begin(scope->store, BLOB_LENGTH_UNKNOWN, &deposit->writer);
    if (code != STORE_OK)
        deposit = s3_deposit_free(deposit);
    *ret_deposit = deposit;
    return code;
}

int s3_deposit_write(S3Deposit *deposit, Bytes bytes)
{
    if (blob_written(deposit->writer) < INLINE_BYTES)
        md5_update(&deposit->md5, bytes.len, (const uint8_t *)bytes.ptr);
    else
        md5_thread_add(deposit->md5_thread, &deposit->md5, bytes);
    checksum_add(&deposit->sum, bytes);
    return blob_write(deposit->writer, bytes);
}

void s3_deposit_encoding(S3Deposit *deposit, const char *encoding)
{
    deposit->encoding = encoding;
}

S3Deposit *s3_deposit_free(S3Deposit *deposit)
{
    if (!deposit)
        return NULL;
    md5_thread_wait(deposit->md5_thread, &deposit->md5);
    blob_writer_free(deposit->writer);
    free(deposit);
    return NULL;
}

int s3_deposit_keep(const Scope *scope, S3Deposit *deposit, Bytes bucket_name, Bytes key)
{
    Bucket bucket;
    uint8_t md5[MD5_DIGEST_SIZE];
    Call call = {.scope = *scope};
    ObjectHead head = {.content_type = TEXT("application/octet-stream"),
                       .content_encoding = bytes_of(deposit->encoding)};
    int code = bucket_find(&call, bucket_name, &bucket);
    if (code != STORE_OK)
        return code == STORE_NOT_FOUND ? S3_NO_BUCKET : code;
    md5_thread_wait(deposit->md5_thread, &deposit->md5);
    md5_digest(&deposit->md5, sizeof md5, md5);
    Object object = {
        .key = key,
        .size = (int64_t)blob_written(deposit->writer),
        .modified_ms = scope->now_ms,
        .etag = hex_text(scope->arena, md5, sizeof md5),
        .algorithm = CHECKSUM_CRC64NVME,
        .checksum = checksum_end(&deposit->sum, scope->arena),
        .head = object_head_text(&call, &head),
    };
    code = blob_keep(deposit->writer, &object.blob);
    if (code != STORE_OK)
        return code;
    Status status = object_put(&call, &bucket, &object);
    return is_ok(status) ? S3_DONE : STORE_BROKEN;
}

static const Query next_key = {"SELECT key FROM s3_object WHERE bucket = ?1 AND key >= ?2 ORDER BY key LIMIT 1"};

int s3_next_key(const Scope *scope, Bytes bucket_name, Bytes prefix, Bytes after, Bytes *ret_key)
{
    Bucket bucket;
    Call call = {.scope = *scope};
    int code = bucket_find(&call, bucket_name, &bucket);
    if (code != STORE_OK)
        return code == STORE_NOT_FOUND ? S3_NO_BUCKET : code;
    Statement *row = statement_begin(scope->store, &next_key);
    bind_int64(row, 1, bucket.id);
    bind_bytes(row, 2, after.len ? behind_key(scope->arena, after) : prefix.len ? prefix : TEXT(""));
    code = statement_one(row);
    if (code != STORE_ROW)
        return code;
    *ret_key = arena_copy(scope->arena, column_bytes(row, 0));
    statement_end(row);
    return bytes_starts_with(*ret_key, prefix) ? STORE_OK : STORE_NOT_FOUND;
}

struct S3Reading {
    Blob *blob;
    Opening *opening;
};

static int open_sealed(Call *call, const Bucket *bucket, const Object *object, Opening **ret_opening)
{
    const EncryptionGiven nothing = {0};
    SealingKeys keys;
    ObjectHead head = object_head_read(call, object->head);
    *ret_opening = NULL;
    if (!is_ok(encryption_open(call, bucket, &head, &nothing, &keys)))
        return call->fault_code ? call->fault_code : S3_SEALED;
    return is_ok(opening_new(call, object, &keys, ret_opening)) ? STORE_OK : call->fault_code;
}

int s3_open(const Scope *scope, Bytes bucket_name, Bytes key, S3Reading **ret_reading)
{
    Bucket bucket;
    Object object;
    Opening *opening = NULL;
    Blob *blob;
    Call call = {.scope = *scope};
    int code = bucket_find(&call, bucket_name, &bucket);
    if (code == STORE_OK)
        code = object_find(&call, &bucket, key, &object);
    if (code == STORE_OK)
        code = open_sealed(&call, &bucket, &object, &opening);
    if (code == STORE_OK)
        code = blob_hold(scope->store, object.blob, &blob);
    if (code != STORE_OK) {
        opening_free(opening);
        return code;
    }
    *ret_reading = malloc(sizeof **ret_reading);
    if (!*ret_reading)
        abort();
    **ret_reading = (S3Reading){blob, opening};
    return STORE_OK;
}

int s3_read(S3Reading *reading, uint64_t at, char *to, size_t room, size_t *ret_len)
{
    int code = blob_read(reading->blob, at, to, room, ret_len);
    if (code == STORE_OK && reading->opening)
        opening_turn(reading->opening, at, to, *ret_len);
    return code;
}

S3Reading *s3_close(S3Reading *reading)
{
    if (!reading)
        return NULL;
    opening_free(reading->opening);
    blob_let_go(reading->blob);
    free(reading);
    return NULL;
}
