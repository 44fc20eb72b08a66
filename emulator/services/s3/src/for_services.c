/* for_services.c - objects that other services put: their bytes come over many turns, the object in one; and those that
 * they read. */
#include "blob.h"
#include "listing.h"
#include "s3.h"
#include <stdlib.h>

struct S3Deposit {
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
    md5_update(&deposit->md5, bytes.len, (const uint8_t *)bytes.ptr);
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

int s3_hold(const Scope *scope, Bytes bucket_name, Bytes key, Blob **ret_blob)
{
    Bucket bucket;
    Object object;
    Call call = {.scope = *scope};
    int code = bucket_find(&call, bucket_name, &bucket);
    if (code == STORE_OK)
        code = object_find(&call, &bucket, key, &object);
    return code == STORE_OK ? blob_hold(scope->store, object.blob, ret_blob) : code;
}
