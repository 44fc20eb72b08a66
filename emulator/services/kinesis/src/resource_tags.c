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
    TRY(tags_check(call, &in->tags));
    TRY(tags_check_count(call, resource.stream, resource.owner, &in->tags));
    return expect_ok(call, tags_put(call->service, resource.owner, &in->tags));
}

static Status untag_resource(Call *call, const KinesisUntagResourceInput *in, KinesisUntagResourceOutput *out)
{
    Resource resource;
    (void)out;
    TRY(resource_find(call, in->resource_arn, &resource));
    return expect_ok(call, tags_remove(call->service, resource.owner, &in->tag_keys));
}

static Status list_tags_for_resource(Call *call, const KinesisListTagsForResourceInput *in,
                                     KinesisListTagsForResourceOutput *out)
{
    Resource resource;
    bool has_more;
    TRY(resource_find(call, in->resource_arn, &resource));
    return expect_ok(call, tags_list(call, resource.owner, TEXT(""), TAGS_PER_STREAM, &out->tags, &has_more));
}
