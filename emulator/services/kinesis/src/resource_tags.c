/* resource_tags.c - TagResource, UntagResource, ListTagsForResource: tags of streams and consumers, by ARN. */
#include "operations.h"
#include "resource.h"
#include "tags.h"

OPERATION(KinesisTagResource, tag_resource, WRITES);
OPERATION(KinesisUntagResource, untag_resource, WRITES);
OPERATION(KinesisListTagsForResource, list_tags_for_resource, READS);

static Status tag_resource(Call *call, const KinesisTagResourceInput *in, KinesisTagResourceOutput *out)
{
    Resource resource;
    (void)out;
    TRY(resource_find(call, in->resource_arn, &resource));
    TagOwner owner = tags_of(resource.owner);
    TRY(tags_check_more(call, resource.stream, &owner, &in->tags));
    return expect_ok(call, tags_put(&call->scope, &owner, TAGS_OF(&in->tags)));
}

static Status untag_resource(Call *call, const KinesisUntagResourceInput *in, KinesisUntagResourceOutput *out)
{
    Resource resource;
    (void)out;
    TRY(resource_find(call, in->resource_arn, &resource));
    TagOwner owner = tags_of(resource.owner);
    return expect_ok(call, tags_remove(&call->scope, &owner, in->tag_keys.items, in->tag_keys.len));
}

static Status list_tags_for_resource(Call *call, const KinesisListTagsForResourceInput *in,
                                     KinesisListTagsForResourceOutput *out)
{
    Resource resource;
    Tags tags;
    TRY(resource_find(call, in->resource_arn, &resource));
    TagOwner owner = tags_of(resource.owner);
    TRY(expect_ok(call, tags_list(&call->scope, &owner, (Bytes){0}, TAGS_MAX, &tags)));
    TAGS_TELL(&out->tags, tags);
    return OK;
}
