/* multipart.c */
#include "multipart.h"
#include "row.h"
#include "state.h"

static const Column columns[] = {
    COLUMN(Multipart, id),        COLUMN_BYTES("key", Multipart, key), COLUMN(Multipart, initiated_ms),
    COLUMN(Multipart, algorithm), COLUMN(Multipart, is_composite),     COLUMN(Multipart, storage_class),
    COLUMN(Multipart, head),
};
static const Row upload_row = ROW(columns);
static const Column part_columns[] = {COLUMN(Part, number),      COLUMN(Part, blob), COLUMN(Part, size),
                                      COLUMN(Part, modified_ms), COLUMN(Part, etag), COLUMN(Part, checksum)};
static const Row part_row = ROW(part_columns);

#define COLUMNS      "id, key, initiated_ms, algorithm, is_composite, storage_class, head"
#define PART_COLUMNS "number, blob, size, modified_ms, etag, checksum"
static const Query find = {"SELECT " COLUMNS " FROM s3_upload WHERE id = ?1 AND bucket = ?2 AND key = ?3"};
static const Query find_key = {"SELECT key FROM s3_upload WHERE id = ?1 AND bucket = ?2"};
static const Query insert = {"INSERT INTO s3_upload (bucket, " COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"};
static const Query remove_upload = {"DELETE FROM s3_upload WHERE id = ?1"};
static const Query remove_parts = {"DELETE FROM s3_upload_part WHERE upload = ?1"};
static const Query list = {"SELECT " COLUMNS " FROM s3_upload WHERE bucket = ?1 AND (key, id) > (?2, ?3)"
                           " ORDER BY key, id"};
static const Query list_blobs = {"SELECT blob FROM s3_upload_part WHERE upload = ?1"};
static const Query find_part = {"SELECT blob FROM s3_upload_part WHERE upload = ?1 AND number = ?2"};
static const Query put_part = {"INSERT OR REPLACE INTO s3_upload_part (upload, " PART_COLUMNS ")"
                               " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"};
static const Query list_parts = {"SELECT " PART_COLUMNS " FROM s3_upload_part WHERE upload = ?1 AND number > ?2"
                                 " ORDER BY number LIMIT ?3"};

Status multipart_for(Call *call, const Bucket *bucket, Bytes key, Bytes id, Multipart *ret_upload)
{
    Statement *row = statement_begin(call->store, &find);
    bind_text(row, 1, id);
    bind_int64(row, 2, bucket->id);
    bind_bytes(row, 3, key);
    int code = row_one(call->arena, row, &upload_row, ret_upload);
    if (code == STORE_NOT_FOUND)
        return deny_telling(call, &NO_SUCH_UPLOAD, .upload_id = id);
    return expect_ok(call, code);
}

Status multipart_key(Call *call, const Bucket *bucket, Bytes id, Bytes *ret_key)
{
    Statement *row = statement_begin(call->store, &find_key);
    bind_text(row, 1, id);
    bind_int64(row, 2, bucket->id);
    int code = statement_one(row);
    *ret_key = (Bytes){0};
    if (code == STORE_NOT_FOUND)
        return OK;
    if (code != STORE_ROW)
        return fault(call, code);
    *ret_key = arena_copy(call->arena, column_bytes(row, 0));
    statement_end(row);
    return OK;
}

Status multipart_add(Call *call, const Bucket *bucket, const Multipart *upload)
{
    Statement *row = statement_begin(call->store, &insert);
    bind_int64(row, 1, bucket->id);
    row_bind(row, 2, &upload_row, upload);
    return expect_ok(call, statement_run(row));
}

static Status remove_rows(Call *call, const Query *query, Bytes id)
{
    Statement *row = statement_begin(call->store, query);
    bind_text(row, 1, id);
    return expect_ok(call, statement_run(row));
}

static Status drop_bytes(Call *call, const Multipart *upload)
{
    Statement *row = statement_begin(call->store, &list_blobs);
    int code;
    bind_text(row, 1, upload->id);
    while ((code = statement_step(row)) == STORE_ROW) {
        int dropped = blob_drop(call->store, column_int64(row, 0));
        if (dropped == STORE_OK)
            continue;
        statement_end(row);
        return fault(call, dropped);
    }
    return expect_ok(call, code);
}

Status multipart_remove(Call *call, const Multipart *upload, bool with_bytes)
{
    if (with_bytes)
        TRY(drop_bytes(call, upload));
    TRY(remove_rows(call, &remove_parts, upload->id));
    return remove_rows(call, &remove_upload, upload->id);
}

/* Those that began first come first. */
Bytes multipart_new_id(Call *call)
{
    static const char letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz.";
    S3 *s3 = call->service;
    char random[50];
    random_fill(call->runtime->random, random, sizeof random);
    for (size_t i = 0; i < sizeof random; i++)
        random[i] = letters[(unsigned char)random[i] & 63];
    s3->uploads_of_ms = s3->upload_ms == call->now_ms ? s3->uploads_of_ms + 1 : 0;
    s3->upload_ms = call->now_ms;
    return arena_text(call->arena, "%011llx%03x%.50s", (long long)call->now_ms, s3->uploads_of_ms & 0xfff, random);
}

ChecksumAlgorithm multipart_algorithm(const Multipart *upload)
{
    return upload->algorithm ? (ChecksumAlgorithm)upload->algorithm : CHECKSUM_CRC64NVME;
}

Status part_number_check(Call *call, int64_t number)
{
    if (number >= 1 && number <= PARTS_MAX)
        return OK;
    return deny_saying(call, &INVALID_ARGUMENT, "Part number must be an integer between 1 and 10000, inclusive",
                       .argument_name = TEXT("partNumber"), .argument_value = decimal(call, number));
}

Status part_put(Call *call, const Multipart *upload, const Part *part)
{
    Statement *row = statement_begin(call->store, &find_part);
    bind_text(row, 1, upload->id);
    bind_int64(row, 2, part->number);
    int code = statement_one(row);
    int64_t before = code == STORE_ROW ? column_int64(row, 0) : 0;
    statement_end(row);
    if (code < 0)
        return fault(call, code);
    if (code == STORE_ROW)
        TRY(expect_ok(call, blob_drop(call->store, before)));
    row = statement_begin(call->store, &put_part);
    bind_text(row, 1, upload->id);
    row_bind(row, 2, &part_row, part);
    return expect_ok(call, statement_run(row));
}

Status parts_list(Call *call, const Multipart *upload, int64_t after, size_t max, Part **ret_parts, size_t *ret_count)
{
    Statement *row = statement_begin(call->store, &list_parts);
    size_t count = 0;
    int code = STORE_OK;
    *ret_parts = arena_new_array(call->arena, Part, max + 1);
    bind_text(row, 1, upload->id);
    bind_int64(row, 2, after);
    bind_int64(row, 3, (int64_t)max);
    while (count < max && (code = statement_step(row)) == STORE_ROW)
        row_read(call->arena, row, &part_row, &(*ret_parts)[count++]);
    if (code < 0)
        return fault(call, code);
    statement_end(row);
    *ret_count = count;
    return OK;
}

Statement *multiparts_begin(Call *call, const Bucket *bucket, Bytes key, Bytes id)
{
    Statement *row = statement_begin(call->store, &list);
    bind_int64(row, 1, bucket->id);
    bind_bytes(row, 2, key);
    bind_text(row, 3, id);
    return row;
}

void multiparts_read(Call *call, Statement *row, Multipart *ret_upload)
{
    row_read(call->arena, row, &upload_row, ret_upload);
}
