/* s3.c - the operations this service answers, its tables, and its front end. */
#include "s3.h"
#include "address.h"
#include "blob.h"
#include "bucket.h"
#include "config.h"
#include "cors.h"
#include "kms.h"
#include "lifecycle.h"
#include "permission.h"
#include "presigned.h"
#include "s3_operations.h"
#include <stdlib.h>

/* Columns of an object's state, whether it is what the key names or what it was before. */
#define STATE                                                                                                          \
    "sequence INTEGER NOT NULL, version TEXT, is_marker INTEGER NOT NULL, blob INTEGER NOT NULL,"                      \
    " size INTEGER NOT NULL, modified_ms INTEGER NOT NULL, etag TEXT, algorithm INTEGER NOT NULL,"                     \
    " is_composite INTEGER NOT NULL, checksum TEXT, parts INTEGER NOT NULL, storage_class TEXT, head TEXT"

static const Migration migration = {
    "s3",
    (const char *const[]){
        "CREATE TABLE s3_bucket (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, account TEXT NOT NULL,"
        " region TEXT NOT NULL, location TEXT NOT NULL, created_ms INTEGER NOT NULL, versioning INTEGER NOT NULL);"
        "CREATE INDEX s3_bucket_by_owner ON s3_bucket (account, name);"
        "CREATE TABLE s3_config (bucket INTEGER, kind TEXT, document TEXT NOT NULL, PRIMARY KEY (bucket, kind))"
        " WITHOUT ROWID;"
        "CREATE TABLE s3_object (bucket INTEGER, key BLOB, " STATE ", PRIMARY KEY (bucket, key)) WITHOUT ROWID;"
        "CREATE TABLE s3_version (bucket INTEGER, key BLOB, " STATE ", PRIMARY KEY (bucket, key, sequence))"
        " WITHOUT ROWID;"
        "CREATE TABLE s3_part (blob INTEGER, number INTEGER, at INTEGER NOT NULL, size INTEGER NOT NULL, checksum TEXT,"
        " PRIMARY KEY (blob, number)) WITHOUT ROWID;"
        "CREATE TABLE s3_upload (id TEXT PRIMARY KEY, bucket INTEGER NOT NULL, key BLOB NOT NULL,"
        " initiated_ms INTEGER NOT NULL, algorithm INTEGER NOT NULL, is_composite INTEGER NOT NULL, storage_class TEXT,"
        " head TEXT NOT NULL) WITHOUT ROWID;"
        "CREATE UNIQUE INDEX s3_upload_by_key ON s3_upload (bucket, key, id);"
        "CREATE TABLE s3_upload_part (upload TEXT, number INTEGER, blob INTEGER NOT NULL, size INTEGER NOT NULL,"
        " modified_ms INTEGER NOT NULL, etag TEXT NOT NULL, checksum TEXT, PRIMARY KEY (upload, number)) WITHOUT ROWID;",
        "ALTER TABLE s3_part ADD COLUMN counter TEXT;",
        NULL,
    },
};

static void on_rollback(void *context)
{
    documents_changed(context, NULL);
    lifecycle_again(context);
}

static void *open_s3(Runtime *runtime)
{
    if (store_migrate(runtime->store, &migration) != STORE_OK)
        return NULL;
    S3 *s3 = calloc(1, sizeof *s3);
    if (!s3)
        abort();
    s3->runtime = runtime;
    s3->md5_thread = md5_thread_new();
    s3->kms = runtime_service(runtime, &kms_service);
    s3->hosts = runtime->config ? config_text(runtime->config, SETTING_S3_HOSTS) : NULL;
    store_on_rollback(runtime->store, on_rollback, s3);
    lifecycle_open(s3);
    return s3;
}

static void close_s3(void *service)
{
    S3 *s3 = service;
    lifecycle_close(s3);
    md5_thread_free(s3->md5_thread);
    free(s3);
}

/* Blobs of a namespace that is reset: each is dropped, then the rows go. */
#define BUCKETS "(SELECT id FROM s3_bucket WHERE " IN_NAMESPACE ")"
#define UPLOADS "(SELECT id FROM s3_upload WHERE bucket IN " BUCKETS ")"
static const Query blobs = {"SELECT blob FROM s3_object WHERE bucket IN " BUCKETS
                            " UNION ALL SELECT blob FROM s3_version WHERE is_marker = 0 AND bucket IN " BUCKETS
                            " UNION ALL SELECT blob FROM s3_upload_part WHERE upload IN " UPLOADS};
static const Query reset_object_parts = {
    "DELETE FROM s3_part WHERE blob IN (SELECT blob FROM s3_object WHERE parts > 0"
    " AND bucket IN " BUCKETS " UNION ALL SELECT blob FROM s3_version WHERE parts > 0 AND bucket IN " BUCKETS ")"};
static const Query reset_parts = {"DELETE FROM s3_upload_part WHERE upload IN " UPLOADS};
static const Query reset_uploads = {"DELETE FROM s3_upload WHERE bucket IN " BUCKETS};
static const Query reset_objects = {"DELETE FROM s3_object WHERE bucket IN " BUCKETS};
static const Query reset_versions = {"DELETE FROM s3_version WHERE bucket IN " BUCKETS};
static const Query reset_configs = {"DELETE FROM s3_config WHERE bucket IN " BUCKETS};
static const Query reset_buckets = {"DELETE FROM s3_bucket WHERE " IN_NAMESPACE};

static int reset(void *service, Bytes account, Bytes region)
{
    static const Query *const queries[] = {&reset_object_parts, &reset_parts,   &reset_uploads, &reset_objects,
                                           &reset_versions,     &reset_configs, &reset_buckets, NULL};
    Store *store = ((S3 *)service)->runtime->store;
    Statement *row = statement_begin(store, &blobs);
    bind_text(row, 1, account);
    bind_text(row, 2, region);
    int code;
    while ((code = statement_step(row)) == STORE_ROW) {
        int dropped = blob_drop(store, column_int64(row, 0));
        if (dropped < 0) {
            statement_end(row);
            return dropped;
        }
    }
    return code < 0 ? code : reset_rows(store, queries, account, region);
}

static const Field *field_of(const Shape *input, const char *member)
{
    for (size_t i = 0; i < input->fields_count; i++)
        if (!strcmp(input->fields[i].path, member))
            return &input->fields[i];
    return NULL;
}

/* Most constraints of the model are of documents. What is refused of header fields and parameters in words of their own
 * was taken out of the model. A parameter that is missing makes it another request: POST to a key without an uploadId.
 */
static Status judge(Call *call, const void *in, const Complaints *complaints)
{
    (void)in;
    if (!complaints->count)
        return OK;
    const Complaint *first = &complaints->items[0];
    const Field *field = field_of(call->operation->model->input, first->member);
    bool is_absent = bytes_is(first->value, "null");
    if (!field || field->location == IN_BODY || field->location == IN_PAYLOAD)
        return deny(call, &MALFORMED_XML);
    if (field->location == IN_QUERY && is_absent)
        return deny(call, &METHOD_NOT_ALLOWED);
    return deny_telling(call, &INVALID_ARGUMENT, .argument_name = field->name,
                        .argument_value = is_absent ? (Bytes){0} : first->value);
}

/* "eu-west-1". Old tools sign for "US", and take the right one from the answer (s3cmd, at its first mb). */
static bool is_region(Bytes name)
{
    return name.len > 5 && name.ptr[name.len - 1] >= '0' && name.ptr[name.len - 1] <= '9' && bytes_find(name, '-') > 0;
}

#define MALFORMED "The authorization header is malformed; the region '" BYTES_FMT "' is wrong; expecting 'us-east-1'"

static Status admit(Call *call, const void *in)
{
    (void)in;
    if (!is_region(call->region))
        return deny_saying(call, &AUTHORIZATION_MALFORMED,
                           arena_cstr(call->arena, arena_text(call->arena, MALFORMED, BYTES_ARG(call->region))),
                           .region = TEXT("us-east-1"));
    TRY(cors_answer(call));
    return presigned_check(call);
}

static const FrontEnd front_end = {
    .takes_the_rest = true,
    .path = s3_path,
    .preflight = cors_preflight,
    .malformed = &MALFORMED_XML,
    .bad_uri = &INVALID_URI,
    .failure = &INTERNAL_ERROR,
    .no_operation = &METHOD_NOT_ALLOWED,
    .request_id_header = "x-amz-request-id",
};

extern const PermissionsOf s3_permissions; /* permissions.c */

const Service s3_service = {
    .model = &S3_SERVICE,
    .operations = S3_OPERATIONS,
    .open = open_s3,
    .close = close_s3,
    .judge = judge,
    .reset = reset,
    .admit = admit,
    .has_extended_ids = true,
    .request_id_len = 16,
    .front_end = &front_end,
    .permissions = &s3_permissions,
};
