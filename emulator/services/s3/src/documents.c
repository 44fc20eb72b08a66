/* documents.c - the documents of a bucket, one row each; in s3_config they are JSON by the model's shapes.
 * aws: S3 API Reference, the operations named here. */
#include "documents.h"
#include "budget.h"
#include "s3_operations.h"
#include "wire.h"
#include <ctype.h>
#include <stdio.h>

#define REMOVED  TEXT("-") /* in place of what every bucket has at first */
#define PAGE_MAX 100       /* aws: ListBucketMetricsConfigurations: "up to 100 configurations at a time" */
#define KIND_MAX 128

typedef struct Document {
    const char *kind;
    const Operation *put, *get, *remove,
        *list;                /* list: a bucket has several, by Id. NULL: there is no such operation */
    const ErrorModel *absent; /* NULL: the answer is empty then */
    const char *usual;        /* what a new bucket has; NULL: none */
    DocumentCheck *check;     /* NULL: the model's constraints are all */
    int put_status;           /* 0: as the model says */
} Document;

static Status put_document(Call *call, const void *in, void *out);
static Status get_document(Call *call, const void *in, void *out);
static Status remove_document(Call *call, const void *in, void *out);
static Status list_documents(Call *call, const void *in, void *out);

#define OPERATION_OF_DOCUMENT(Name, run_, access_)                                                                     \
    const Operation Name = {.model = &Name##Model, .access = access_, .run = run_}

OPERATION_OF_DOCUMENT(S3PutBucketCors, put_document, WRITES);
OPERATION_OF_DOCUMENT(S3GetBucketCors, get_document, READS);
OPERATION_OF_DOCUMENT(S3DeleteBucketCors, remove_document, WRITES);
OPERATION_OF_DOCUMENT(S3PutPublicAccessBlock, put_document, WRITES);
OPERATION_OF_DOCUMENT(S3GetPublicAccessBlock, get_document, READS);
OPERATION_OF_DOCUMENT(S3DeletePublicAccessBlock, remove_document, WRITES);
OPERATION_OF_DOCUMENT(S3PutBucketOwnershipControls, put_document, WRITES);
OPERATION_OF_DOCUMENT(S3GetBucketOwnershipControls, get_document, READS);
OPERATION_OF_DOCUMENT(S3DeleteBucketOwnershipControls, remove_document, WRITES);
OPERATION_OF_DOCUMENT(S3PutBucketEncryption, put_document, WRITES);
OPERATION_OF_DOCUMENT(S3GetBucketEncryption, get_document, READS);
OPERATION_OF_DOCUMENT(S3DeleteBucketEncryption, remove_document, WRITES);
OPERATION_OF_DOCUMENT(S3PutBucketWebsite, put_document, WRITES);
OPERATION_OF_DOCUMENT(S3GetBucketWebsite, get_document, READS);
OPERATION_OF_DOCUMENT(S3DeleteBucketWebsite, remove_document, WRITES);
OPERATION_OF_DOCUMENT(S3PutBucketLogging, put_document, WRITES);
OPERATION_OF_DOCUMENT(S3GetBucketLogging, get_document, READS);
OPERATION_OF_DOCUMENT(S3PutBucketNotificationConfiguration, put_document, WRITES);
OPERATION_OF_DOCUMENT(S3GetBucketNotificationConfiguration, get_document, READS);
OPERATION_OF_DOCUMENT(S3PutBucketReplication, put_document, WRITES);
OPERATION_OF_DOCUMENT(S3GetBucketReplication, get_document, READS);
OPERATION_OF_DOCUMENT(S3DeleteBucketReplication, remove_document, WRITES);
OPERATION_OF_DOCUMENT(S3PutBucketAccelerateConfiguration, put_document, WRITES);
OPERATION_OF_DOCUMENT(S3GetBucketAccelerateConfiguration, get_document, READS);
OPERATION_OF_DOCUMENT(S3PutBucketRequestPayment, put_document, WRITES);
OPERATION_OF_DOCUMENT(S3GetBucketRequestPayment, get_document, READS);
OPERATION_OF_DOCUMENT(S3PutBucketAbac, put_document, WRITES);
OPERATION_OF_DOCUMENT(S3GetBucketAbac, get_document, READS);
OPERATION(S3PutBucketLifecycleConfiguration, put_lifecycle, WRITES);
OPERATION(S3GetBucketLifecycleConfiguration, get_lifecycle, READS);
OPERATION_OF_DOCUMENT(S3DeleteBucketLifecycle, remove_document, WRITES);
OPERATION_OF_DOCUMENT(S3PutObjectLockConfiguration, put_document, WRITES);
OPERATION_OF_DOCUMENT(S3GetObjectLockConfiguration, get_document, READS);
OPERATION_OF_DOCUMENT(S3PutBucketMetricsConfiguration, put_document, WRITES);
OPERATION_OF_DOCUMENT(S3GetBucketMetricsConfiguration, get_document, READS);
OPERATION_OF_DOCUMENT(S3DeleteBucketMetricsConfiguration, remove_document, WRITES);
OPERATION_OF_DOCUMENT(S3ListBucketMetricsConfigurations, list_documents, READS);
OPERATION_OF_DOCUMENT(S3PutBucketAnalyticsConfiguration, put_document, WRITES);
OPERATION_OF_DOCUMENT(S3GetBucketAnalyticsConfiguration, get_document, READS);
OPERATION_OF_DOCUMENT(S3DeleteBucketAnalyticsConfiguration, remove_document, WRITES);
OPERATION_OF_DOCUMENT(S3ListBucketAnalyticsConfigurations, list_documents, READS);
OPERATION_OF_DOCUMENT(S3PutBucketInventoryConfiguration, put_document, WRITES);
OPERATION_OF_DOCUMENT(S3GetBucketInventoryConfiguration, get_document, READS);
OPERATION_OF_DOCUMENT(S3DeleteBucketInventoryConfiguration, remove_document, WRITES);
OPERATION_OF_DOCUMENT(S3ListBucketInventoryConfigurations, list_documents, READS);
OPERATION_OF_DOCUMENT(S3PutBucketIntelligentTieringConfiguration, put_document, WRITES);
OPERATION_OF_DOCUMENT(S3GetBucketIntelligentTieringConfiguration, get_document, READS);
OPERATION_OF_DOCUMENT(S3DeleteBucketIntelligentTieringConfiguration, remove_document, WRITES);
OPERATION_OF_DOCUMENT(S3ListBucketIntelligentTieringConfigurations, list_documents, READS);

#define DOCUMENT(noun)  .put = &S3Put##noun, .get = &S3Get##noun
#define REMOVABLE(noun) DOCUMENT(noun), .remove = &S3Delete##noun
#define SEVERAL(noun)   REMOVABLE(noun), .list = &S3List##noun##s, .absent = &CONFIGURATION_ABSENT, .put_status = 204

static const Document documents[] = {
    {"cors", REMOVABLE(BucketCors), .absent = &CORS_ABSENT, .check = cors_check},
    /* aws: all four are on in a new bucket since April 2023 */
    {"public-access-block", REMOVABLE(PublicAccessBlock), .absent = &PUBLIC_ACCESS_ABSENT, .check = public_access_check,
     .usual = "{\"BlockPublicAcls\":true,\"IgnorePublicAcls\":true,\"BlockPublicPolicy\":true,"
              "\"RestrictPublicBuckets\":true}"},
    {"ownership", REMOVABLE(BucketOwnershipControls), .absent = &OWNERSHIP_ABSENT, .check = ownership_check,
     .usual = "{\"Rule\":[{\"ObjectOwnership\":\"BucketOwnerEnforced\"}]}"},
    /* aws: since January 2023 every new object is encrypted so; DeleteBucketEncryption brings it back to that */
    {"encryption", REMOVABLE(BucketEncryption), .check = encryption_document_check,
     .usual = "{\"Rule\":[{\"ApplyServerSideEncryptionByDefault\":{\"SSEAlgorithm\":\"AES256\"},"
              "\"BucketKeyEnabled\":false}]}"},
    {"website", REMOVABLE(BucketWebsite), .absent = &WEBSITE_ABSENT, .check = website_check},
    {"logging", DOCUMENT(BucketLogging), .check = logging_check},
    {"notification", DOCUMENT(BucketNotificationConfiguration), .check = notification_check},
    {"replication", REMOVABLE(BucketReplication), .absent = &REPLICATION_ABSENT, .check = replication_check},
    {"accelerate", DOCUMENT(BucketAccelerateConfiguration), .check = accelerate_check},
    {"abac", DOCUMENT(BucketAbac), .usual = "{\"Status\":\"Disabled\"}"},
    {"request-payment", DOCUMENT(BucketRequestPayment), .usual = "{\"Payer\":\"BucketOwner\"}"},
    {"lifecycle", DOCUMENT(BucketLifecycleConfiguration), .remove = &S3DeleteBucketLifecycle,
     .absent = &LIFECYCLE_ABSENT, .check = lifecycle_check},
    {"object-lock", DOCUMENT(ObjectLockConfiguration), .absent = &OBJECT_LOCK_ABSENT, .check = object_lock_check},
    {"metrics", SEVERAL(BucketMetricsConfiguration)},
    {"analytics", SEVERAL(BucketAnalyticsConfiguration)},
    {"inventory", SEVERAL(BucketInventoryConfiguration), .check = inventory_check},
    {"intelligent-tiering", SEVERAL(BucketIntelligentTieringConfiguration)},
};

static const Document *document_of(const Operation *operation)
{
    const Document *one = documents;
    while (one->put != operation && one->get != operation && one->remove != operation && one->list != operation)
        one++;
    return one;
}

static const Field *field_at(const Shape *shape, Location location)
{
    for (size_t i = 0; i < shape->fields_count; i++)
        if (shape->fields[i].location == location)
            return &shape->fields[i];
    return NULL;
}

/* Absent where the shape has no such member. */
static Bytes text_of(const Shape *shape, const void *value, const char *name)
{
    for (size_t i = 0; i < shape->fields_count; i++)
        if (bytes_is(shape->fields[i].name, name))
            return *(const Bytes *)((const char *)value + shape->fields[i].offset);
    return (Bytes){0};
}

static Status find_bucket(Call *call, const void *in, Bucket *ret_bucket)
{
    const Shape *shape = call->operation->model->input;
    return bucket_for(call, text_of(shape, in, "Bucket"), text_of(shape, in, "x-amz-expected-bucket-owner"),
                      ret_bucket);
}

/* "metrics", or "metrics/id" of those that a bucket has several of. */
static void name_kind(Call *call, const Document *document, const void *in, char ret_kind[static KIND_MAX])
{
    Bytes id = text_of(call->operation->model->input, in, "id");
    if (document->list)
        snprintf(ret_kind, KIND_MAX, "%s/" BYTES_FMT, document->kind, BYTES_ARG(id));
    else
        snprintf(ret_kind, KIND_MAX, "%s", document->kind);
}

Status document_keep(Call *call, const Bucket *bucket, const char *kind, const Shape *shape, const void *value)
{
    Buffer json = {0};
    json_encode(&json, shape, value);
    Bytes copy = arena_copy(call->arena, buffer_bytes(&json));
    buffer_done(&json);
    return config_put(call, bucket, kind, copy);
}

static const char *usual_of(const char *kind)
{
    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++)
        if (!strcmp(documents[i].kind, kind))
            return documents[i].usual;
    return NULL;
}

Status document_read(Call *call, const Bucket *bucket, const char *kind, const Shape *shape, void *ret,
                     bool *ret_is_there)
{
    Bytes json, message;
    TRY(config_get(call, bucket, kind, &json));
    if (!present(json) && usual_of(kind))
        json = bytes_of(usual_of(kind));
    *ret_is_there = present(json) && !bytes_equal(json, REMOVED);
    return *ret_is_there ? expect_ok(call, json_decode(call->arena, shape, json, ret, &message)) : OK;
}

/* aws: "The ID has a 64 character limit and can only contain letters, numbers, periods, dashes, and underscores." */
static bool is_id(Bytes id)
{
    for (size_t i = 0; i < id.len; i++)
        if (!isalnum((unsigned char)id.ptr[i]) && !strchr(".-_", id.ptr[i]))
            return false;
    return id.len && id.len <= 64;
}

static Status put_document(Call *call, const void *in, void *out)
{
    const Document *document = document_of(call->operation);
    const Shape *input = call->operation->model->input;
    const Field *payload = field_at(input, IN_PAYLOAD);
    char kind[KIND_MAX];
    Bucket bucket;
    bool is_nothing = false;
    (void)out;
    TRY(find_bucket(call, in, &bucket));
    void *given = *(void *const *)((const char *)in + payload->offset);
    if (!given)
        return deny(call, &MALFORMED_XML);
    if (document->list && !is_id(text_of(input, in, "id")))
        return fail(call, &INVALID_ARGUMENT, "The configuration id may have up to 64 letters, digits, and . - _");
    if (document->list && !bytes_equal(text_of(payload->shape, given, "Id"), text_of(input, in, "id")))
        return deny(call, &ID_MISMATCH);
    if (document->check)
        TRY(document->check(call, &bucket, given, &is_nothing));
    name_kind(call, document, in, kind);
    call->status = document->put_status;
    return is_nothing ? config_remove(call, &bucket, kind) : document_keep(call, &bucket, kind, payload->shape, given);
}

static Status get_document(Call *call, const void *in, void *out)
{
    const Document *document = document_of(call->operation);
    const Shape *output = call->operation->model->output;
    const Field *payload = field_at(output, IN_PAYLOAD);
    char kind[KIND_MAX];
    Bucket bucket;
    bool is_there;
    TRY(find_bucket(call, in, &bucket));
    name_kind(call, document, in, kind);
    void *told = payload ? arena_take(call->arena, payload->shape->size) : out;
    TRY(document_read(call, &bucket, kind, payload ? payload->shape : output, told, &is_there));
    if (!is_there && document->absent)
        return deny_telling(call, document->absent, .bucket_name = document->list ? (Bytes){0} : bucket.name);
    if (payload)
        *(void **)((char *)out + payload->offset) = told;
    return OK;
}

static Status remove_document(Call *call, const void *in, void *out)
{
    const Document *document = document_of(call->operation);
    char kind[KIND_MAX];
    Bucket bucket;
    Bytes before;
    (void)out;
    TRY(find_bucket(call, in, &bucket));
    name_kind(call, document, in, kind);
    if (document->usual && document->absent)
        return config_put(call, &bucket, kind, REMOVED);
    if (document->list) {
        TRY(config_get(call, &bucket, kind, &before));
        if (!present(before))
            return deny(call, document->absent);
    }
    return config_remove(call, &bucket, kind);
}

static const Query list = {"SELECT kind, document FROM s3_config WHERE bucket = ?1 AND kind > ?2 AND kind < ?3"
                           " ORDER BY kind LIMIT 101"};

static Bytes list_name(const Shape *output)
{
    for (size_t i = 0; i < output->fields_count; i++)
        if (output->fields[i].shape->kind == KIND_LIST)
            return output->fields[i].name;
    return TEXT("");
}

/* The answer as JSON of its documents' JSON, read by the answer's shape. */
static Status list_documents(Call *call, const void *in, void *out)
{
    const Document *document = document_of(call->operation);
    const Shape *output = call->operation->model->output;
    Bytes token = text_of(call->operation->model->input, in, "continuation-token"), last = {0}, message;
    Buffer json = {0};
    Bucket bucket;
    size_t count = 0, prefix = strlen(document->kind) + 1;
    int code;
    TRY(find_bucket(call, in, &bucket));
    if (present(token) && !is_id(token)) /* they are the last id of the page before */
        return deny_saying(call, &INVALID_ARGUMENT, "The continuation token provided is incorrect",
                           .argument_name = TEXT("continuation-token"));
    Statement *row = statement_begin(call->store, &list);
    bind_int64(row, 1, bucket.id);
    bind_text(row, 2, arena_text(call->arena, "%s/" BYTES_FMT, document->kind, BYTES_ARG(token)));
    bind_text(row, 3, arena_text(call->arena, "%s0", document->kind)); /* '0' is behind '/' */
    buffer_append_format(&json, "{\"" BYTES_FMT "\":[", BYTES_ARG(list_name(output)));
    while ((code = statement_step(row)) == STORE_ROW && count < PAGE_MAX) {
        Bytes kind = column_bytes(row, 0);
        buffer_append_format(&json, "%s" BYTES_FMT, count++ ? "," : "", BYTES_ARG(column_bytes(row, 1)));
        last = arena_copy(call->arena, bytes_slice(kind, prefix, kind.len - prefix));
    }
    statement_end(row);
    buffer_append_format(&json, "],\"IsTruncated\":%s", code == STORE_ROW ? "true" : "false");
    if (token.len)
        buffer_append_format(&json, ",\"ContinuationToken\":\"" BYTES_FMT "\"", BYTES_ARG(token));
    if (code == STORE_ROW)
        buffer_append_format(&json, ",\"NextContinuationToken\":\"" BYTES_FMT "\"", BYTES_ARG(last));
    buffer_append_text(&json, "}");
    Bytes copy = arena_copy(call->arena, buffer_bytes(&json));
    buffer_done(&json);
    if (code < 0)
        return fault(call, code);
    return expect_ok(call, json_decode(call->arena, output, copy, out, &message));
}

/* Its header field is kept beside the document. */
#define MINIMUM "lifecycle-minimum-size"

static Status put_lifecycle(Call *call, const S3PutBucketLifecycleConfigurationInput *in,
                            S3PutBucketLifecycleConfigurationOutput *out)
{
    Bucket bucket;
    Bytes minimum = in->transition_default_minimum_object_size;
    if (present(minimum) && !bytes_is(minimum, "varies_by_storage_class") &&
        !bytes_is(minimum, "all_storage_classes_128K"))
        return fail(call, &INVALID_REQUEST, "Invalid TransitionDefaultMinimumObjectSize found: " BYTES_FMT,
                    BYTES_ARG(minimum));
    TRY(put_document(call, in, out));
    out->transition_default_minimum_object_size = present(minimum) ? minimum : TEXT("all_storage_classes_128K");
    TRY(find_bucket(call, in, &bucket));
    return config_put(call, &bucket, MINIMUM, out->transition_default_minimum_object_size);
}

static Status get_lifecycle(Call *call, const S3GetBucketLifecycleConfigurationInput *in,
                            S3GetBucketLifecycleConfigurationOutput *out)
{
    Bucket bucket;
    TRY(get_document(call, in, out));
    TRY(find_bucket(call, in, &bucket));
    return config_get(call, &bucket, MINIMUM, &out->transition_default_minimum_object_size);
}
