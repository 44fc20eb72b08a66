/* tags.c - TagDeliveryStream, UntagDeliveryStream, ListTagsForDeliveryStream.
 * aws: Firehose API Reference, of each. */
#include "tags.h"
#include "firehose_operations.h"

OPERATION(FirehoseTagDeliveryStream, tag_delivery_stream, WRITES);
OPERATION(FirehoseUntagDeliveryStream, untag_delivery_stream, WRITES);
OPERATION(FirehoseListTagsForDeliveryStream, list_tags, READS);

static const TagTable table = {TAG_QUERIES("firehose_tag", "stream_id", "?4"), .has_id = true};

TagOwner stream_tags(const DeliveryStream *stream)
{
    return (TagOwner){.table = &table, .id = stream->id};
}

Tags tags_filled(Arena *arena, Tags tags)
{
    Bytes *pairs = arena_new_array(arena, Bytes, 2 * tags.len + 1);
    for (size_t i = 0; i < 2 * tags.len; i++)
        pairs[i] = present(tags.pairs[i]) ? tags.pairs[i] : TEXT("");
    return (Tags){pairs, tags.len};
}

Status stream_tags_check(Call *call, Tags tags)
{
    Bytes key;
    switch (tags_judge(tags, &key)) {
    case TAGS_TOO_MANY:
        return fail(call, &FIREHOSE_LIMIT_EXCEEDED, "A Firehose cannot have more than %d tags.", TAGS_MAX);
    case TAGS_RESERVED:
        return fail(call, &FIREHOSE_INVALID_ARGUMENT, "Tag keys that begin with aws: are reserved for AWS.");
    case TAGS_DOUBLE:
        return fail(call, &FIREHOSE_INVALID_ARGUMENT, "The tag key " BYTES_FMT " is given more than once.",
                    BYTES_ARG(key));
    case TAGS_BAD_CHARACTER: /* the model's pattern says what they are made of */
    case TAGS_FINE:
        break;
    }
    return OK;
}

static Status tag_delivery_stream(Call *call, const FirehoseTagDeliveryStreamInput *in,
                                  FirehoseTagDeliveryStreamOutput *out)
{
    DeliveryStream stream;
    size_t count;
    (void)out;
    TRY(delivery_stream_for(call, in->delivery_stream_name, &stream));
    Tags tags = tags_filled(call->arena, TAGS_OF(&in->tags));
    TRY(stream_tags_check(call, tags));
    TagOwner owner = stream_tags(&stream);
    TRY(expect_ok(call, tags_count_with(&call->scope, &owner, tags, &count)));
    if (count > TAGS_MAX)
        return fail(call, &FIREHOSE_LIMIT_EXCEEDED, "A Firehose cannot have more than %d tags.", TAGS_MAX);

    return expect_ok(call, tags_put(&call->scope, &owner, tags));
}

static Status untag_delivery_stream(Call *call, const FirehoseUntagDeliveryStreamInput *in,
                                    FirehoseUntagDeliveryStreamOutput *out)
{
    DeliveryStream stream;
    (void)out;
    TRY(delivery_stream_for(call, in->delivery_stream_name, &stream));
    TagOwner owner = stream_tags(&stream);
    return expect_ok(call, tags_remove(&call->scope, &owner, in->tag_keys.items, in->tag_keys.len));
}

static Status list_tags(Call *call, const FirehoseListTagsForDeliveryStreamInput *in,
                        FirehoseListTagsForDeliveryStreamOutput *out)
{
    DeliveryStream stream;
    Tags tags;
    size_t limit = in->has_limit ? (size_t)in->limit : TAGS_MAX;
    TRY(delivery_stream_for(call, in->delivery_stream_name, &stream));
    TagOwner owner = stream_tags(&stream);
    TRY(expect_ok(call, tags_list(&call->scope, &owner, in->exclusive_start_tag_key, limit + 1, &tags)));
    SET(out, has_more_tags, tags.len > limit);
    if (tags.len > limit)
        tags.len = limit;
    TAGS_TELL(&out->tags, tags);
    return OK;
}
