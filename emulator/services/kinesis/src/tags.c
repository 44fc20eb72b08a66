/* tags.c - AddTagsToStream, RemoveTagsFromStream, ListTagsForStream. */
#include "tags.h"
#include "operations.h"

OPERATION(KinesisAddTagsToStream, add_tags, WRITES);
OPERATION(KinesisRemoveTagsFromStream, remove_tags, WRITES);
OPERATION(KinesisListTagsForStream, list_tags, READS);

static const Query put_tag = {"INSERT INTO kinesis_tag (stream_id, key, value) VALUES (?1, ?2, ?3)"
                              " ON CONFLICT (stream_id, key) DO UPDATE SET value = excluded.value"};
static const Query has_tag = {"SELECT 1 FROM kinesis_tag WHERE stream_id = ?1 AND key = ?2"};
static const Query count_tags = {"SELECT COUNT(*) FROM kinesis_tag WHERE stream_id = ?1"};
static const Query delete_tag = {"DELETE FROM kinesis_tag WHERE stream_id = ?1 AND key = ?2"};
static const Query tags_after = {"SELECT key, value FROM kinesis_tag WHERE stream_id = ?1 AND key > ?2"
                                 " ORDER BY key LIMIT ?3"};

/* aws: Developer Guide, "Tag restrictions": Unicode letters, digits, white space and these. Other scripts pass: what
 * is no ASCII is taken for a letter. */
static bool is_tag_text(Bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        bool is_word = c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (!is_word && !(c && strchr(" _./=+-%@:", c)))
            return false;
    }
    return true;
}

Status tags_check(Call *call, const KinesisTagMap *tags)
{
    for (size_t i = 0; i < tags->len; i++) {
        if (!is_tag_text(tags->items[i].key) || !is_tag_text(tags->items[i].value))
            return fail(
                call, &KINESIS_INVALID_ARGUMENT,
                "Some tags contain invalid characters. Valid characters: Unicode letters, digits, white space, _ . / = + - %% @ :");
        if (bytes_starts_with(tags->items[i].key, TEXT("aws:")))
            return fail(call, &KINESIS_INVALID_ARGUMENT, "Tag keys that begin with aws: are reserved for AWS.");
    }
    return OK;
}

Status tags_too_many(Call *call, KinesisStreamName name)
{
    return fail(call, &KINESIS_INVALID_ARGUMENT,
                "Failed to add tags to stream " BYTES_FMT " under account " BYTES_FMT
                " because a given stream cannot have more than %d tags associated with it.",
                BYTES_ARG(name.name), BYTES_ARG(name.account), TAGS_PER_STREAM);
}

int tags_put(Kinesis *kinesis, int64_t owner, const KinesisTagMap *tags)
{
    int code = STORE_OK;
    for (size_t i = 0; code == STORE_OK && i < tags->len; i++) {
        Statement *put = store_begin(kinesis->store, &put_tag);
        bind_int64(put, 1, owner);
        bind_text(put, 2, tags->items[i].key);
        bind_text(put, 3, tags->items[i].value);
        code = store_run(put);
    }
    return code;
}

/* How many tags it would have. */
static int count_with(Kinesis *kinesis, int64_t owner, const KinesisTagMap *tags, int64_t *ret_count)
{
    Statement *count = store_begin(kinesis->store, &count_tags);
    bind_int64(count, 1, owner);
    int code = store_one(count);
    if (code != STORE_ROW)
        return code;
    *ret_count = column_int64(count, 0);
    store_end(count);
    for (size_t i = 0; i < tags->len; i++) {
        Statement *has = store_begin(kinesis->store, &has_tag);
        bind_int64(has, 1, owner);
        bind_text(has, 2, tags->items[i].key);
        code = store_one(has);
        if (code == STORE_ROW)
            store_end(has);
        else if (code == STORE_NOT_FOUND)
            ++*ret_count;
        else
            return code;
    }
    return STORE_OK;
}

Status tags_check_count(Call *call, const Stream *stream, int64_t owner, const KinesisTagMap *tags)
{
    int64_t count = 0;
    TRY(expect_ok(call, count_with(call->service, owner, tags, &count)));
    return count <= TAGS_PER_STREAM
               ? OK
               : tags_too_many(call, (KinesisStreamName){stream->account, stream->region, stream->name});
}

int tags_remove(Kinesis *kinesis, int64_t owner, const KinesisTagKeyList *keys)
{
    int code = STORE_OK;
    for (size_t i = 0; code == STORE_OK && i < keys->len; i++) {
        Statement *delete = store_begin(kinesis->store, &delete_tag);
        bind_int64(delete, 1, owner);
        bind_text(delete, 2, keys->items[i]);
        code = store_run(delete);
    }
    return code;
}

int tags_list(Call *call, int64_t owner, Bytes after, size_t limit, KinesisTagList *ret_tags, bool *ret_has_more)
{
    int code;
    *ret_tags = (KinesisTagList){arena_new_array(call->arena, KinesisTag, limit), 0};
    *ret_has_more = false;
    Statement *row = store_begin(call->store, &tags_after);
    bind_int64(row, 1, owner);
    bind_text(row, 2, after);
    bind_int64(row, 3, (int64_t)limit + 1);
    while ((code = store_step(row)) == STORE_ROW) {
        if (ret_tags->len == limit) {
            *ret_has_more = true;
            continue;
        }
        KinesisTag *tag = &ret_tags->items[ret_tags->len++];
        tag->key = arena_copy(call->arena, column_bytes(row, 0));
        tag->value = arena_copy(call->arena, column_bytes(row, 1));
    }
    return code;
}

static Status add_tags(Call *call, const KinesisAddTagsToStreamInput *in, KinesisAddTagsToStreamOutput *out)
{
    Stream *stream = NULL;
    (void)out;
    TRY(stream_find(call, STREAM_REF(in), &stream));
    TRY(tags_check(call, &in->tags));
    TRY(tags_check_count(call, stream, stream->id, &in->tags));
    return expect_ok(call, tags_put(call->service, stream->id, &in->tags));
}

static Status remove_tags(Call *call, const KinesisRemoveTagsFromStreamInput *in,
                          KinesisRemoveTagsFromStreamOutput *out)
{
    Stream *stream = NULL;
    (void)out;
    TRY(stream_find(call, STREAM_REF(in), &stream));
    return expect_ok(call, tags_remove(call->service, stream->id, &in->tag_keys));
}

static Status list_tags(Call *call, const KinesisListTagsForStreamInput *in, KinesisListTagsForStreamOutput *out)
{
    Stream *stream = NULL;
    size_t limit = in->has_limit ? (size_t)in->limit : TAGS_PER_STREAM;
    Bytes after = present(in->exclusive_start_tag_key) ? in->exclusive_start_tag_key : TEXT("");
    bool has_more = false;
    TRY(stream_find(call, STREAM_REF(in), &stream));
    TRY(expect_ok(call, tags_list(call, stream->id, after, limit, &out->tags, &has_more)));
    SET(out, has_more_tags, has_more);
    return OK;
}
