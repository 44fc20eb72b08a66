/* listing.c */
#include "listing.h"
#include "escape.h"
#include "row.h"

extern const Row object_row;

static const Query page = {"SELECT key, sequence, version, is_marker, blob, size, modified_ms, etag, algorithm,"
                           " is_composite, checksum, parts, storage_class, NULL AS head FROM s3_object"
                           " WHERE bucket = ?1 AND key >= ?2 ORDER BY key"};

Bytes common_prefix(Bytes key, Bytes prefix, Bytes delimiter)
{
    if (!delimiter.len || key.len < prefix.len + delimiter.len)
        return (Bytes){0};
    const char *found = memmem(key.ptr + prefix.len, key.len - prefix.len, delimiter.ptr, delimiter.len);
    return found ? bytes_slice(key, 0, (size_t)(found - key.ptr) + delimiter.len) : (Bytes){0};
}

/* Text is UTF-8: no byte of it is 0xff. */
Bytes behind_prefix(Arena *arena, Bytes prefix)
{
    Bytes next = arena_copy(arena, prefix);
    if (next.len)
        ((char *)next.ptr)[next.len - 1]++;
    return next;
}

Bytes behind_key(Arena *arena, Bytes key)
{
    char *next = arena_take_raw(arena, key.len + 1);
    if (key.len)
        memcpy(next, key.ptr, key.len);
    next[key.len] = 0;
    return (Bytes){next, key.len + 1};
}

static Bytes first_key(Call *call, const Listing *listing)
{
    if (!listing->after.len || bytes_compare(listing->after, listing->prefix) < 0)
        return listing->prefix;
    Bytes shared = common_prefix(listing->after, listing->prefix, listing->delimiter);
    if (bytes_starts_with(listing->after, listing->prefix) && present(shared)) /* it has been told (recorded) */
        return behind_prefix(call->arena, shared);
    return behind_key(call->arena, listing->after);
}

static Statement *seek(Call *call, const Bucket *bucket, Bytes from)
{
    Statement *row = statement_begin(call->store, &page);
    bind_int64(row, 1, bucket->id);
    bind_bytes(row, 2, from);
    return row;
}

static void add_prefix(Call *call, Listing *listing, Bytes prefix)
{
    listing->last = arena_copy(call->arena, prefix);
    listing->prefixes.items[listing->prefixes.len++].prefix = listing->last;
    listing->count++;
}

static void add_object(Call *call, Listing *listing, Statement *row)
{
    Object object = {0};
    row_read(call->arena, row, &object_row, &object);
    listing->last = object.key;
    listing->add_object(listing->context, &object);
    listing->count++;
}

Status listing_run(Call *call, const Bucket *bucket, Listing *listing)
{
    Statement *row = seek(call, bucket, first_key(call, listing));
    int code;
    listing->prefixes.items = arena_new_array(call->arena, S3CommonPrefix, listing->max + 1);
    while (listing->max && (code = statement_step(row)) == STORE_ROW) {
        Bytes key = column_bytes(row, 0);
        if (!bytes_starts_with(key, listing->prefix))
            break;
        if (listing->count == listing->max) {
            listing->is_truncated = true;
            break;
        }
        Bytes shared = common_prefix(key, listing->prefix, listing->delimiter);
        if (!present(shared)) {
            add_object(call, listing, row);
            continue;
        }
        add_prefix(call, listing, shared);
        statement_end(row);
        row = seek(call, bucket, behind_prefix(call->arena, listing->last));
    }
    if (listing->max && code < 0)
        return fault(call, code);
    statement_end(row);
    return OK;
}

Status encoding_check(Call *call, Bytes encoding)
{
    if (!present(encoding) || bytes_is(encoding, "url"))
        return OK;
    return deny_saying(call, &INVALID_ARGUMENT, "Invalid Encoding Method specified in Request",
                       .argument_name = TEXT("encoding-type"), .argument_value = encoding);
}

Bytes encoded(Call *call, Bytes encoding, Bytes text)
{
    return present(encoding) ? escaped(call->arena, text) : text;
}

Bytes delimiter_told(Call *call, Bytes encoding, Bytes delimiter)
{
    return delimiter.len ? encoded(call, encoding, delimiter) : (Bytes){0};
}

Status max_check(Call *call, const char *name, bool is_given, int64_t given, size_t *ret_max)
{
    *ret_max = !is_given || given > LIST_KEYS_MAX ? LIST_KEYS_MAX : (size_t)given;
    if (!is_given || given >= 0)
        return OK;
    Bytes words = arena_text(call->arena, "Argument %s must be an integer between 0 and 2147483647", name);
    return deny_in_words(call, &INVALID_ARGUMENT, words.ptr,
                         &(S3ErrorFields){.argument_name = bytes_of(name), .argument_value = decimal(call, given)});
}

S3Owner *owner_of_bucket(Call *call, const Bucket *bucket)
{
    S3Owner *owner = arena_new_of(call->arena, S3Owner);
    owner->id = canonical_id(call, bucket->account);
    return owner;
}
