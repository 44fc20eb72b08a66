/* bucket.c */
#include "bucket.h"
#include "hex.h"
#include "row.h"
#include "state.h"
#include <nettle/sha2.h>

static const Column columns[] = {
    COLUMN(Bucket, id),       COLUMN(Bucket, name),       COLUMN(Bucket, account),    COLUMN(Bucket, region),
    COLUMN(Bucket, location), COLUMN(Bucket, created_ms), COLUMN(Bucket, versioning),
};
static const Row bucket_row = ROW(columns);

static const Query find = {"SELECT id, name, account, region, location, created_ms, versioning FROM s3_bucket"
                           " WHERE name = ?1"};
static const Query any = {"SELECT 1 FROM (SELECT 1 FROM s3_object WHERE bucket = ?1 LIMIT 1)"
                          " UNION ALL SELECT 1 FROM (SELECT 1 FROM s3_version WHERE bucket = ?1 LIMIT 1) LIMIT 1"};
static const Query set_versioning = {"UPDATE s3_bucket SET versioning = ?2 WHERE id = ?1"};
static const Query get_config = {"SELECT document FROM s3_config WHERE bucket = ?1 AND kind = ?2"};
static const Query put_config = {"INSERT INTO s3_config (bucket, kind, document) VALUES (?1, ?2, ?3)"
                                 " ON CONFLICT DO UPDATE SET document = excluded.document"};
static const Query remove_config = {"DELETE FROM s3_config WHERE bucket = ?1 AND kind = ?2"};

static bool is_letter_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool is_address(Bytes name)
{
    size_t dots = 0, digits = 0;
    for (size_t i = 0; i < name.len; i++) {
        dots += name.ptr[i] == '.';
        digits += name.ptr[i] >= '0' && name.ptr[i] <= '9';
    }
    return dots == 3 && dots + digits == name.len;
}

static bool ends_with(Bytes name, Bytes end)
{
    return name.len >= end.len && bytes_equal(bytes_slice(name, name.len - end.len, end.len), end);
}

static bool is_reserved(Bytes name)
{
    return bytes_starts_with(name, TEXT("xn--")) || bytes_starts_with(name, TEXT("sthree-")) ||
           bytes_starts_with(name, TEXT("amzn-s3-demo-")) || ends_with(name, TEXT("-s3alias")) ||
           ends_with(name, TEXT("--ol-s3")) || ends_with(name, TEXT(".mrap")) || ends_with(name, TEXT("--x-s3")) ||
           ends_with(name, TEXT("--table-s3"));
}

bool bucket_name_is_valid(Bytes name)
{
    if (name.len < 3 || name.len > 63 || is_address(name) || is_reserved(name))
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool is_at_end = i == 0 || i + 1 == name.len;
        bool is_second_dot = c == '.' && i && name.ptr[i - 1] == '.';
        if (!is_letter_or_digit(c) && (is_at_end || (c != '-' && c != '.') || is_second_dot))
            return false;
    }
    return true;
}

int bucket_find(Call *call, Bytes name, Bucket *ret_bucket)
{
    Statement *row = statement_begin(call->store, &find);
    bind_text(row, 1, name);
    return row_one(call->arena, row, &bucket_row, ret_bucket);
}

static bool is_account_id(Bytes id)
{
    for (size_t i = 0; i < id.len; i++)
        if (id.ptr[i] < '0' || id.ptr[i] > '9')
            return false;
    return id.len == 12;
}

Status bucket_for(Call *call, Bytes name, Bytes owner, Bucket *ret_bucket)
{
    if (present(owner) && !is_account_id(owner))
        return fail(call, &INVALID_OWNER_ID,
                    "The value of the expected bucket owner parameter must be an AWS Account ID... [" BYTES_FMT "]",
                    BYTES_ARG(owner));
    int code = bucket_find(call, name, ret_bucket);
    if (code == STORE_NOT_FOUND)
        return deny_telling(call, &NO_SUCH_BUCKET, .bucket_name = name);
    TRY(expect_ok(call, code));
    if (present(owner) && !bytes_equal(owner, ret_bucket->account))
        return deny(call, &ACCESS_DENIED);
    return OK;
}

Status bucket_is_empty(Call *call, const Bucket *bucket, bool *ret_is_empty)
{
    Statement *row = statement_begin(call->store, &any);
    bind_int64(row, 1, bucket->id);
    int code = statement_one(row);
    *ret_is_empty = code == STORE_NOT_FOUND;
    statement_end(row);
    return code < 0 ? fault(call, code) : OK;
}

Status bucket_set_versioning(Call *call, const Bucket *bucket, Versioning versioning)
{
    Statement *row = statement_begin(call->store, &set_versioning);
    bind_int64(row, 1, bucket->id);
    bind_int64(row, 2, (int64_t)versioning);
    return expect_ok(call, statement_run(row));
}

Bytes canonical_id(Call *call, Bytes account)
{
    struct sha256_ctx sum;
    uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_init(&sum);
    sha256_update(&sum, account.len, (const uint8_t *)account.ptr);
    sha256_digest(&sum, sizeof digest, digest);
    return hex_text(call->arena, digest, sizeof digest);
}

static Statement *begin_config(Call *call, const Query *query, const Bucket *bucket, const char *kind)
{
    Statement *row = statement_begin(call->store, query);
    bind_int64(row, 1, bucket->id);
    bind_text(row, 2, bytes_of(kind));
    return row;
}

Status config_get(Call *call, const Bucket *bucket, const char *kind, Bytes *ret_document)
{
    Statement *row = begin_config(call, &get_config, bucket, kind);
    int code = statement_one(row);
    *ret_document = code == STORE_ROW ? arena_copy(call->arena, column_bytes(row, 0)) : (Bytes){0};
    statement_end(row);
    return code < 0 ? fault(call, code) : OK;
}

Status config_put(Call *call, const Bucket *bucket, const char *kind, Bytes document)
{
    documents_changed(call->service, kind);
    Statement *row = begin_config(call, &put_config, bucket, kind);
    bind_text(row, 3, document);
    return expect_ok(call, statement_run(row));
}

Status config_remove(Call *call, const Bucket *bucket, const char *kind)
{
    documents_changed(call->service, kind);
    return expect_ok(call, statement_run(begin_config(call, &remove_config, bucket, kind)));
}
