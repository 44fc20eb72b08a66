/* list_objects.c - ListObjectsV2 and ListObjects. aws: S3 API Reference. */
#include "base64.h"
#include "listing.h"
#include "s3_operations.h"

typedef struct Page {
    Call *call;
    Bytes encoding;
    S3Owner *owner; /* NULL: not told */
    S3ObjectList *out;
} Page;

static void add(void *context, const Object *object)
{
    Page *page = context;
    S3Object *told = &page->out->items[page->out->len++];
    Bytes *algorithm = arena_new_of(page->call->arena, Bytes);
    told->key = encoded(page->call, page->encoding, object->key);
    SET(told, last_modified, object->modified_ms);
    told->e_tag = quoted(page->call, object->etag);
    SET(told, size, object->size);
    told->storage_class = present(object->storage_class) ? object->storage_class : TEXT("STANDARD");
    told->owner = page->owner;
    if (object->algorithm) {
        *algorithm = checksum_name((ChecksumAlgorithm)object->algorithm);
        told->checksum_algorithm = (S3ChecksumAlgorithmList){algorithm, 1};
        told->checksum_type = object->is_composite ? TEXT("COMPOSITE") : TEXT("FULL_OBJECT");
    }
}

static Bytes or_empty(Bytes text)
{
    return present(text) ? text : TEXT("");
}

static void encode_prefixes(Call *call, Bytes encoding, S3CommonPrefixList *prefixes)
{
    for (size_t i = 0; i < prefixes->len; i++)
        prefixes->items[i].prefix = encoded(call, encoding, prefixes->items[i].prefix);
}

/* Opaque to clients: the last key or prefix in base64, of letters that need no escape in a URL. */
static Bytes token_of(Call *call, Bytes last)
{
    char *token = arena_take_raw(call->arena, base64_encoded_len(last.len));
    size_t len = base64_encode(token, last);
    for (size_t i = 0; i < len; i++)
        token[i] = token[i] == '+' ? '-' : token[i] == '/' ? '_' : token[i] == '=' ? '.' : token[i];
    return (Bytes){token, len};
}

static Status read_token(Call *call, Bytes token, Bytes *ret_after)
{
    char *text = arena_take_raw(call->arena, token.len + 3), *after = arena_take_raw(call->arena, token.len + 3);
    for (size_t i = 0; i < token.len; i++)
        text[i] = token.ptr[i] == '-' ? '+' : token.ptr[i] == '_' ? '/' : token.ptr[i] == '.' ? '=' : token.ptr[i];
    ptrdiff_t len = base64_decode(after, (Bytes){text, token.len});
    if (len <= 0)
        return deny_saying(call, &INVALID_ARGUMENT, "The continuation token provided is incorrect",
                           .argument_name = TEXT("continuation-token"));
    *ret_after = (Bytes){after, (size_t)len};
    return OK;
}

OPERATION(S3ListObjectsV2, list_objects_v2, READS);
static Status list_objects_v2(Call *call, const S3ListObjectsV2Input *in, S3ListObjectsV2Output *out)
{
    Bucket bucket;
    Page page = {.call = call, .encoding = in->encoding_type, .out = &out->contents};
    Listing listing = {.prefix = or_empty(in->prefix),
                       .delimiter = or_empty(in->delimiter),
                       .after = or_empty(in->start_after),
                       .add_object = add,
                       .context = &page};
    TRY(bucket_for(call, in->bucket, in->expected_bucket_owner, &bucket));
    TRY(encoding_check(call, in->encoding_type));
    TRY(max_check(call, "max-keys", in->has_max_keys, in->max_keys, &listing.max));
    if (present(in->continuation_token))
        TRY(read_token(call, in->continuation_token, &listing.after));
    if (in->has_fetch_owner && in->fetch_owner)
        page.owner = owner_of_bucket(call, &bucket);
    out->contents.items = arena_new_array(call->arena, S3Object, listing.max + 1);
    TRY(listing_run(call, &bucket, &listing));

    out->name = bucket.name;
    out->prefix = encoded(call, in->encoding_type, listing.prefix);
    out->delimiter = delimiter_told(call, in->encoding_type, in->delimiter);
    if (!present(in->continuation_token))
        out->start_after = encoded(call, in->encoding_type, in->start_after);
    out->encoding_type = in->encoding_type;
    out->continuation_token = in->continuation_token;
    encode_prefixes(call, in->encoding_type, &listing.prefixes);
    out->common_prefixes = listing.prefixes;
    SET(out, max_keys, (int32_t)listing.max);
    SET(out, key_count, (int32_t)listing.count);
    SET(out, is_truncated, listing.is_truncated);
    if (listing.is_truncated)
        out->next_continuation_token = token_of(call, listing.last);
    return OK;
}

OPERATION(S3ListObjects, list_objects, READS);
static Status list_objects(Call *call, const S3ListObjectsInput *in, S3ListObjectsOutput *out)
{
    Bucket bucket;
    Page page = {.call = call, .encoding = in->encoding_type, .out = &out->contents};
    Listing listing = {.prefix = or_empty(in->prefix),
                       .delimiter = or_empty(in->delimiter),
                       .after = or_empty(in->marker),
                       .add_object = add,
                       .context = &page};
    TRY(bucket_for(call, in->bucket, in->expected_bucket_owner, &bucket));
    TRY(encoding_check(call, in->encoding_type));
    TRY(max_check(call, "max-keys", in->has_max_keys, in->max_keys, &listing.max));
    page.owner = owner_of_bucket(call, &bucket);
    out->contents.items = arena_new_array(call->arena, S3Object, listing.max + 1);
    TRY(listing_run(call, &bucket, &listing));

    out->name = bucket.name;
    out->prefix = encoded(call, in->encoding_type, listing.prefix);
    out->marker = encoded(call, in->encoding_type, or_empty(in->marker));
    out->delimiter = delimiter_told(call, in->encoding_type, in->delimiter);
    out->encoding_type = in->encoding_type;
    encode_prefixes(call, in->encoding_type, &listing.prefixes);
    out->common_prefixes = listing.prefixes;
    SET(out, max_keys, (int32_t)listing.max);
    SET(out, is_truncated, listing.is_truncated);
    if (listing.is_truncated && listing.delimiter.len)
        out->next_marker = encoded(call, in->encoding_type, listing.last);
    return OK;
}
