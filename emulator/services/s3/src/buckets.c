/* buckets.c - CreateBucket, HeadBucket, DeleteBucket, GetBucketLocation, ListBuckets. aws: S3 API Reference. */
#include "acl.h"
#include "budget.h"
#include "documents.h"
#include "multipart.h"
#include "s3_operations.h"
#include "tags.h"

#define LIST_MAX 10000

static const Query insert = {"INSERT INTO s3_bucket (name, account, region, location, created_ms, versioning)"
                             " VALUES (?1, ?2, ?3, ?4, ?5, ?6)"};
static const Query remove_bucket = {"DELETE FROM s3_bucket WHERE id = ?1"};
static const Query remove_configs = {"DELETE FROM s3_config WHERE bucket = ?1"};
static const Query list = {"SELECT name, region, created_ms FROM s3_bucket WHERE account = ?1 AND name > ?2"
                           " AND (?3 IS NULL OR region = ?3) ORDER BY name"};

/* Where it will lie. us-east-1's end point takes any region, the others their own. */
static Status place(Call *call, Bytes asked, Bytes *ret_region)
{
    bool is_us_east_1 = bytes_is(call->region, "us-east-1");
    bool is_eu = bytes_is(asked, "EU");
    *ret_region = is_eu ? TEXT("eu-west-1") : present(asked) ? asked : call->region;
    if (!present(asked) && !is_us_east_1)
        return fail(call, &ILLEGAL_LOCATION,
                    "The unspecified location constraint is incompatible for the region specific endpoint this request "
                    "was sent to.");
    if (!present(asked))
        return OK;
    bool is_region = is_eu || (asked.len > 6 && bytes_find(asked, '-') == 2 && asked.ptr[asked.len - 1] >= '0' &&
                               asked.ptr[asked.len - 1] <= '9');
    if (!is_us_east_1 && !bytes_equal(*ret_region, call->region))
        return fail(call, &ILLEGAL_LOCATION,
                    "The " BYTES_FMT " location constraint is incompatible for the region specific endpoint this "
                    "request was sent to.",
                    BYTES_ARG(asked));
    if (!is_region || bytes_is(asked, "us-east-1"))
        return deny_telling(call, &INVALID_LOCATION, .location_constraint = asked);
    return OK;
}

static Status check_new(Call *call, Bytes name, Bytes region, bool *ret_is_there)
{
    Bucket before;
    if (!bucket_name_is_valid(name))
        return deny_telling(call, &INVALID_BUCKET_NAME, .bucket_name = name);
    int code = bucket_find(call, name, &before);
    *ret_is_there = code == STORE_OK;
    if (code == STORE_NOT_FOUND)
        return OK;
    TRY(expect_ok(call, code));
    if (!bytes_equal(before.account, call->account))
        return deny_telling(call, &BUCKET_EXISTS, .bucket_name = name);
    /* aws: "if you re-create an existing bucket that you already own in us-east-1, Amazon S3 returns 200 OK" */
    if (bytes_is(before.region, "us-east-1") && bytes_is(region, "us-east-1"))
        return OK;
    return deny_telling(call, &BUCKET_IS_YOURS, .bucket_name = name);
}

/* What the head asks for beside the bucket. */
static Status put_first_documents(Call *call, const S3CreateBucketInput *in, const Bucket *made)
{
    S3OwnershipControlsRule rule = {.object_ownership = in->object_ownership};
    S3OwnershipControls ownership = {.rules = {&rule, 1}};
    S3ObjectLockConfiguration lock = {.object_lock_enabled = TEXT("Enabled")};
    if (present(in->object_ownership))
        TRY(document_keep(call, made, "ownership", &S3_SHAPE_OWNERSHIP_CONTROLS, &ownership));
    if (in->object_lock_enabled_for_bucket)
        TRY(document_keep(call, made, "object-lock", &S3_SHAPE_OBJECT_LOCK_CONFIGURATION, &lock));
    return OK;
}

static Status check_tags(Call *call, Tags tags)
{
    for (size_t i = 0; i < tags.len; i++)
        if (bytes_starts_with(tags.pairs[2 * i], TEXT("aws:")))
            return fail(
                call, &INVALID_TAG,
                "User-defined tag keys can't start with \"aws:\". This prefix is reserved for system tags. Remove \"aws:\" from your tag keys and try again.");
    return tag_set_check(call, tags, BUCKET_TAGS_MAX);
}

OPERATION(S3CreateBucket, create_bucket, WRITES);
static Status create_bucket(Call *call, const S3CreateBucketInput *in, S3CreateBucketOutput *out)
{
    const S3CreateBucketConfiguration *wanted = in->create_bucket_configuration;
    Bytes asked = wanted ? wanted->location_constraint : (Bytes){0}, region;
    bool is_there;
    TRY(place(call, asked, &region));
    TRY(check_new(call, in->bucket, region, &is_there));
    TRY(canned_acl_check(call, in->acl));
    if (present(in->object_ownership) && !is_ownership(in->object_ownership))
        return deny_in_words(
            call, &INVALID_ARGUMENT,
            arena_cstr(call->arena, arena_text(call->arena, "Invalid x-amz-object-ownership header: " BYTES_FMT,
                                               BYTES_ARG(in->object_ownership))),
            &(S3ErrorFields){.argument_name = TEXT("x-amz-object-ownership")});
    if (wanted && wanted->tags.len)
        TRY(check_tags(call, TAGS_OF(&wanted->tags)));
    if (is_there && wanted && wanted->tags.len) /* whether they are the same or not (recorded) */
        return deny_telling(call, &BUCKET_IS_YOURS, .bucket_name = in->bucket);
    if (!is_there) {
        Statement *row = statement_begin(call->store, &insert);
        bind_text(row, 1, in->bucket);
        bind_text(row, 2, call->account);
        bind_text(row, 3, region);
        bind_text(row, 4, present(asked) ? asked : TEXT(""));
        bind_int64(row, 5, call->now_ms);
        bind_int64(row, 6, in->object_lock_enabled_for_bucket ? VERSIONING_ENABLED : VERSIONING_NEVER);
        TRY(expect_ok(call, statement_run(row)));
        Bucket made = {.id = store_last_rowid(call->store)};
        TRY(put_first_documents(call, in, &made));
        if (wanted && wanted->tags.len)
            TRY(config_put(call, &made, "tagging", tag_set_text(call, TAGS_OF(&wanted->tags))));
    }
    out->location = bytes_is(call->region, "us-east-1")
                        ? arena_text(call->arena, "/" BYTES_FMT, BYTES_ARG(in->bucket))
                        : arena_text(call->arena, "http://" BYTES_FMT ".s3.amazonaws.com/", BYTES_ARG(in->bucket));
    out->bucket_arn = arena_text(call->arena, "arn:" BYTES_FMT ":s3:::" BYTES_FMT,
                                 BYTES_ARG(arn_partition(call->region)), BYTES_ARG(in->bucket));
    return OK;
}

OPERATION(S3HeadBucket, head_bucket, READS);
static Status head_bucket(Call *call, const S3HeadBucketInput *in, S3HeadBucketOutput *out)
{
    Bucket bucket;
    TRY(bucket_for(call, in->bucket, in->expected_bucket_owner, &bucket));
    out->bucket_region = bucket.region;
    out->bucket_arn = arena_text(call->arena, "arn:" BYTES_FMT ":s3:::" BYTES_FMT,
                                 BYTES_ARG(arn_partition(bucket.region)), BYTES_ARG(bucket.name));
    SET(out, access_point_alias, false);
    return OK;
}

/* Uploads that are open keep no bucket; what of them is there goes with it. */
static Status remove_uploads(Call *call, const Bucket *bucket)
{
    Multipart upload;
    int code;
    do {
        Statement *row = multiparts_begin(call, bucket, TEXT(""), TEXT(""));
        code = statement_step(row);
        if (code == STORE_ROW) {
            multiparts_read(call, row, &upload);
            statement_end(row);
            TRY(multipart_remove(call, &upload, true));
        }
    } while (code == STORE_ROW);
    return expect_ok(call, code);
}

OPERATION(S3DeleteBucket, delete_bucket, WRITES);
static Status delete_bucket(Call *call, const S3DeleteBucketInput *in, S3DeleteBucketOutput *out)
{
    Bucket bucket;
    bool is_empty;
    (void)out;
    TRY(bucket_for(call, in->bucket, in->expected_bucket_owner, &bucket));
    TRY(bucket_is_empty(call, &bucket, &is_empty));
    if (!is_empty && bucket.versioning != VERSIONING_NEVER)
        return deny_saying(call, &BUCKET_NOT_EMPTY,
                           "The bucket you tried to delete is not empty. You must delete all versions in the bucket.",
                           .bucket_name = bucket.name);
    if (!is_empty)
        return deny_telling(call, &BUCKET_NOT_EMPTY, .bucket_name = bucket.name);
    TRY(remove_uploads(call, &bucket));
    Statement *row = statement_begin(call->store, &remove_configs);
    bind_int64(row, 1, bucket.id);
    TRY(expect_ok(call, statement_run(row)));
    row = statement_begin(call->store, &remove_bucket);
    bind_int64(row, 1, bucket.id);
    return expect_ok(call, statement_run(row));
}

OPERATION(S3GetBucketLocation, get_bucket_location, READS);
static Status get_bucket_location(Call *call, const S3GetBucketLocationInput *in, S3GetBucketLocationOutput *out)
{
    Bucket bucket;
    TRY(bucket_for(call, in->bucket, in->expected_bucket_owner, &bucket));
    out->location_constraint = bucket.location;
    return OK;
}

/* Those behind the token, one more than asked for where there are so many. */
static Status list_buckets_of(Call *call, const S3ListBucketsInput *in, size_t max, S3ListBucketsOutput *out)
{
    Bytes prefix = present(in->prefix) ? in->prefix : TEXT("");
    Statement *row = statement_begin(call->store, &list);
    bind_text(row, 1, call->account);
    bind_text(row, 2, present(in->continuation_token) ? in->continuation_token : TEXT(""));
    bind_text(row, 3, in->bucket_region);
    out->buckets.items = arena_new_array(call->arena, S3Bucket, max ? max : 1);
    int code;
    while ((code = statement_step(row)) == STORE_ROW) {
        Bytes name = column_bytes(row, 0);
        budget_work(call->arena, 20);
        if (!bytes_starts_with(name, prefix))
            continue;
        if (out->buckets.len == max) {
            out->continuation_token = out->buckets.items[max - 1].name;
            statement_end(row);
            return OK;
        }
        S3Bucket *told = &out->buckets.items[out->buckets.len++];
        told->name = arena_copy(call->arena, name);
        told->bucket_region = arena_copy(call->arena, column_bytes(row, 1));
        SET(told, creation_date, column_int64(row, 2));
        told->bucket_arn = arena_text(call->arena, "arn:" BYTES_FMT ":s3:::" BYTES_FMT,
                                      BYTES_ARG(arn_partition(told->bucket_region)), BYTES_ARG(name));
    }
    return expect_ok(call, code);
}

/* aws: General Reference, "Amazon S3 endpoints and quotas". */
static Status check_region(Call *call, Bytes region)
{
    static const char *const regions[] = {
        "af-south-1",     "ap-east-1",      "ap-east-2",      "ap-northeast-1", "ap-northeast-2", "ap-northeast-3",
        "ap-south-1",     "ap-south-2",     "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4",
        "ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "ca-central-1",   "ca-west-1",      "cn-north-1",
        "cn-northwest-1", "eu-central-1",   "eu-central-2",   "eu-north-1",     "eu-south-1",     "eu-south-2",
        "eu-west-1",      "eu-west-2",      "eu-west-3",      "il-central-1",   "me-central-1",   "me-south-1",
        "mx-central-1",   "sa-east-1",      "us-east-1",      "us-east-2",      "us-gov-east-1",  "us-gov-west-1",
        "us-west-1",      "us-west-2"};
    size_t i = 0;
    while (present(region) && i < sizeof regions / sizeof *regions && !bytes_is(region, regions[i]))
        i++;
    if (i < sizeof regions / sizeof *regions)
        return OK;
    Bytes words = arena_text(call->arena, "Argument value " BYTES_FMT " is not a valid AWS Region", BYTES_ARG(region));
    return deny_in_words(call, &INVALID_ARGUMENT, words.ptr, &(S3ErrorFields){.argument_name = TEXT("bucket-region")});
}

OPERATION(S3ListBuckets, list_buckets, READS);
static Status list_buckets(Call *call, const S3ListBucketsInput *in, S3ListBucketsOutput *out)
{
    if (in->has_max_buckets && (in->max_buckets < 1 || in->max_buckets > LIST_MAX))
        return deny_saying(call, &INVALID_ARGUMENT, "Argument max-buckets must be an integer between 1 and 10000",
                           .argument_name = TEXT("max-buckets"), .argument_value = decimal(call, in->max_buckets));
    TRY(check_region(call, in->bucket_region));
    out->owner = arena_new_of(call->arena, S3Owner);
    out->owner->id = canonical_id(call, call->account);
    out->prefix = in->prefix;
    return list_buckets_of(call, in, in->has_max_buckets ? (size_t)in->max_buckets : LIST_MAX, out);
}
