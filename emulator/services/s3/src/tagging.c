/* tagging.c - tags of objects and buckets. aws: S3 API Reference, PutObjectTagging and its like. */
#include "object.h"
#include "s3_operations.h"
#include "tags.h"

static Bytes text_of(Call *call, const S3TagSet *set)
{
    Tags tags = TAGS_OF(set);
    return tags.len ? tag_set_text(call, tags) : (Bytes){0};
}

static Status tell(Call *call, Bytes text, S3TagSet *set)
{
    Tags tags = {0};
    if (present(text))
        TRY(tag_set_read(call, text, &tags));
    if (!tags.pairs)
        tags.pairs = arena_new_of(call->arena, Bytes);
    TAGS_TELL(set, tags);
    return OK;
}

/* The object with these tags: the bytes and all else stay. */
static Status put(Call *call, const Bucket *bucket, Object *object, Bytes tagging)
{
    ObjectHead head = object_head_read(call, object->head);
    head.tagging = tagging;
    object->head = object_head_text(call, &head);
    return object_update_head(call, bucket, object);
}

OPERATION(S3PutObjectTagging, put_object_tagging, WRITES);
static Status put_object_tagging(Call *call, const S3PutObjectTaggingInput *in, S3PutObjectTaggingOutput *out)
{
    Bucket bucket;
    Object object;
    TRY(bucket_for(call, in->bucket, in->expected_bucket_owner, &bucket));
    TRY(object_for_beside(call, &bucket, in->key, in->version_id, &object));
    if (!in->tagging)
        return deny(call, &MALFORMED_XML);
    TRY(tag_set_check(call, TAGS_OF(&in->tagging->tag_set), OBJECT_TAGS_MAX));
    out->version_id = version_told(&bucket, &object);
    return put(call, &bucket, &object, text_of(call, &in->tagging->tag_set));
}

OPERATION(S3GetObjectTagging, get_object_tagging, READS);
static Status get_object_tagging(Call *call, const S3GetObjectTaggingInput *in, S3GetObjectTaggingOutput *out)
{
    Bucket bucket;
    Object object;
    TRY(bucket_for(call, in->bucket, in->expected_bucket_owner, &bucket));
    Status found = object_for_beside(call, &bucket, in->key, in->version_id, &object);
    if (!is_ok(found) && call->error == &NO_SUCH_KEY) /* this operation alone tells the bucket, too (recorded) */
        return deny_telling(
            call, &NO_SUCH_KEY,
            .key = arena_text(call->arena, BYTES_FMT "/" BYTES_FMT, BYTES_ARG(bucket.name), BYTES_ARG(in->key)));
    TRY(found);
    out->version_id = version_told(&bucket, &object);
    return tell(call, object_head_read(call, object.head).tagging, &out->tag_set);
}

OPERATION(S3DeleteObjectTagging, delete_object_tagging, WRITES);
static Status delete_object_tagging(Call *call, const S3DeleteObjectTaggingInput *in, S3DeleteObjectTaggingOutput *out)
{
    Bucket bucket;
    Object object;
    TRY(bucket_for(call, in->bucket, in->expected_bucket_owner, &bucket));
    TRY(object_for_beside(call, &bucket, in->key, in->version_id, &object));
    out->version_id = version_told(&bucket, &object);
    return put(call, &bucket, &object, (Bytes){0});
}

OPERATION(S3PutBucketTagging, put_bucket_tagging, WRITES);
static Status put_bucket_tagging(Call *call, const S3PutBucketTaggingInput *in, S3PutBucketTaggingOutput *out)
{
    Bucket bucket;
    (void)out;
    TRY(bucket_for(call, in->bucket, in->expected_bucket_owner, &bucket));
    if (!in->tagging)
        return deny(call, &MALFORMED_XML);
    TRY(tag_set_check(call, TAGS_OF(&in->tagging->tag_set), BUCKET_TAGS_MAX));
    call->status = 204;
    Bytes text = text_of(call, &in->tagging->tag_set);
    return present(text) ? config_put(call, &bucket, "tagging", text) : config_remove(call, &bucket, "tagging");
}

OPERATION(S3GetBucketTagging, get_bucket_tagging, READS);
static Status get_bucket_tagging(Call *call, const S3GetBucketTaggingInput *in, S3GetBucketTaggingOutput *out)
{
    Bucket bucket;
    Bytes text;
    TRY(bucket_for(call, in->bucket, in->expected_bucket_owner, &bucket));
    TRY(config_get(call, &bucket, "tagging", &text));
    if (!present(text))
        return deny_telling(call, &TAGS_ABSENT, .bucket_name = bucket.name);
    return tell(call, text, &out->tag_set);
}

OPERATION(S3DeleteBucketTagging, delete_bucket_tagging, WRITES);
static Status delete_bucket_tagging(Call *call, const S3DeleteBucketTaggingInput *in, S3DeleteBucketTaggingOutput *out)
{
    Bucket bucket;
    (void)out;
    TRY(bucket_for(call, in->bucket, in->expected_bucket_owner, &bucket));
    return config_remove(call, &bucket, "tagging");
}
