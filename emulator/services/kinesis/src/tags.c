/* tags.c - AddTagsToStream, RemoveTagsFromStream, ListTagsForStream. */
#include "tags.h"
#include "operations.h"

OPERATION(KinesisAddTagsToStream, add_tags, WRITES);
OPERATION(KinesisRemoveTagsFromStream, remove_tags, WRITES);
OPERATION(KinesisListTagsForStream, list_tags, READS);

static const TagTable table = {TAG_QUERIES("kinesis_tag", "stream_id", "?4"), .has_id = true};

TagOwner tags_of(int64_t owner)
{
    return (TagOwner){.table = &table, .id = owner};
}

static Status too_many(Call *call, KinesisStreamName name)
{
    return fail(call, &KINESIS_INVALID_ARGUMENT,
                "Failed to add tags to stream " BYTES_FMT " under account " BYTES_FMT
                " because a given stream cannot have more than %d tags associated with it.",
                BYTES_ARG(name.name), BYTES_ARG(name.account), TAGS_MAX);
}

/* aws: Developer Guide, "Tag restrictions": Unicode letters, digits, white space and _ . / = + - % @ : */
Status tags_check(Call *call, KinesisStreamName name, const KinesisTagMap *tags)
{
    Bytes key;
    switch (tags_judge(TAGS_OF(tags), &key)) {
    case TAGS_TOO_MANY:
        return too_many(call, name);
    case TAGS_RESERVED:
        return fail(call, &KINESIS_INVALID_ARGUMENT, "Tag keys that begin with aws: are reserved for AWS.");
    case TAGS_BAD_CHARACTER:
        return fail(
            call, &KINESIS_INVALID_ARGUMENT,
            "Some tags contain invalid characters. Valid characters: Unicode letters, digits, white space, _ . / = + - %% @ :");
    case TAGS_DOUBLE: /* a map has none */
    case TAGS_FINE:
        break;
    }
    return OK;
}

Status tags_check_more(Call *call, const Stream *stream, const TagOwner *owner, const KinesisTagMap *tags)
{
    size_t count;
    TRY(tags_check(call, stream_name(stream), tags));
    TRY(expect_ok(call, tags_count_with(&call->scope, owner, TAGS_OF(tags), &count)));
    return count <= TAGS_MAX ? OK : too_many(call, stream_name(stream));
}

static Status add_tags(Call *call, const KinesisAddTagsToStreamInput *in, KinesisAddTagsToStreamOutput *out)
{
    Stream *stream = NULL;
    (void)out;
    TRY(stream_find(call, STREAM_REF(in), &stream));
    TagOwner owner = tags_of(stream->id);
    TRY(tags_check_more(call, stream, &owner, &in->tags));
    return expect_ok(call, tags_put(&call->scope, &owner, TAGS_OF(&in->tags)));
}

static Status remove_tags(Call *call, const KinesisRemoveTagsFromStreamInput *in,
                          KinesisRemoveTagsFromStreamOutput *out)
{
    Stream *stream = NULL;
    (void)out;
    TRY(stream_find(call, STREAM_REF(in), &stream));
    TagOwner owner = tags_of(stream->id);
    return expect_ok(call, tags_remove(&call->scope, &owner, in->tag_keys.items, in->tag_keys.len));
}

static Status list_tags(Call *call, const KinesisListTagsForStreamInput *in, KinesisListTagsForStreamOutput *out)
{
    Stream *stream = NULL;
    Tags tags;
    size_t limit = in->has_limit ? (size_t)in->limit : TAGS_MAX;
    TRY(stream_find(call, STREAM_REF(in), &stream));
    TagOwner owner = tags_of(stream->id);
    TRY(expect_ok(call, tags_list(&call->scope, &owner, in->exclusive_start_tag_key, limit + 1, &tags)));
    SET(out, has_more_tags, tags.len > limit);
    if (tags.len > limit)
        tags.len = limit;
    TAGS_TELL(&out->tags, tags);
    return OK;
}
