/* permissions.c - what each operation asks of policies. aws: Service Authorization Reference, "Actions, resources, and
 * condition keys for Amazon Kinesis Data Streams". */
#include "kinesis.h"
#include "permission.h"
#include "resource.h"
#include "tags.h"
#include "token.h"

extern const PermissionsOf kinesis_permissions;

/* An iterator says of which stream it is. */
static void get_records_needs(Call *call, const void *in, NeedList *needs)
{
    Token token;
    const KinesisGetRecordsInput *input = in;
    Bytes resource = TEXT("*");
    if (token_open(call->service, call->arena, input->shard_iterator, TOKEN_ITERATOR, &token))
        resource = arn_text(call->arena, "kinesis", token.region, token.account,
                            arena_text(call->arena, "stream/" BYTES_FMT, BYTES_ARG(token.name)));
    permission_need(call, &kinesis_permissions, needs, resource);
}

static int find_resource(const Scope *scope, PermissionResource *found)
{
    Call call = {.scope = *scope};
    Tags tags;
    int64_t owner;
    int code = resource_owner(&call, found->arn, &owner);
    if (code != STORE_OK)
        return code == STORE_NOT_FOUND ? STORE_OK : code;
    code = resource_policy(scope, owner, &found->policy);
    TagOwner tag_owner = tags_of(owner);
    if (code == STORE_OK)
        code = tags_list(scope, &tag_owner, (Bytes){0}, TAGS_MAX, &tags);
    if (code == STORE_OK)
        fact_add_tags(found->tags, tags);
    return code;
}

static const Permission rows[] = {
    {"CreateStream", NULL, "{StreamARN} stream/{StreamName}", NULL},
    {"DeleteStream", NULL, "{StreamARN} stream/{StreamName}", NULL},
    {"DescribeStream", NULL, "{StreamARN} stream/{StreamName}", NULL},
    {"DescribeStreamSummary", NULL, "{StreamARN} stream/{StreamName}", NULL},
    {"ListShards", NULL, "{StreamARN} stream/{StreamName}", NULL},
    {"PutRecord", NULL, "{StreamARN} stream/{StreamName}", NULL},
    {"PutRecords", NULL, "{StreamARN} stream/{StreamName}", NULL},
    {"GetShardIterator", NULL, "{StreamARN} stream/{StreamName}", NULL},
    {"SplitShard", NULL, "{StreamARN} stream/{StreamName}", NULL},
    {"MergeShards", NULL, "{StreamARN} stream/{StreamName}", NULL},
    {"UpdateShardCount", NULL, "{StreamARN} stream/{StreamName}", NULL},
    {"IncreaseStreamRetentionPeriod", NULL, "{StreamARN} stream/{StreamName}", NULL},
    {"DecreaseStreamRetentionPeriod", NULL, "{StreamARN} stream/{StreamName}", NULL},
    {"StartStreamEncryption", NULL, "{StreamARN} stream/{StreamName}", NULL},
    {"StopStreamEncryption", NULL, "{StreamARN} stream/{StreamName}", NULL},
    {"UpdateStreamMode", NULL, "{StreamARN} stream/{StreamName}", NULL},
    {"UpdateMaxRecordSize", NULL, "{StreamARN} stream/{StreamName}", NULL},
    {"UpdateStreamWarmThroughput", NULL, "{StreamARN} stream/{StreamName}", NULL},
    {"EnableEnhancedMonitoring", NULL, "{StreamARN} stream/{StreamName}", NULL},
    {"DisableEnhancedMonitoring", NULL, "{StreamARN} stream/{StreamName}", NULL},
    {"UpdateStreamRecordDistributionStrategy", NULL, "{StreamARN} stream/{StreamName}", NULL},
    {"RegisterStreamConsumer", NULL, "{StreamARN} stream/{StreamName}", NULL},
    {"ListStreamConsumers", NULL, "{StreamARN} stream/{StreamName}", NULL},
    {"AddTagsToStream", NULL, "{StreamARN} stream/{StreamName}", NULL},
    {"RemoveTagsFromStream", NULL, "{StreamARN} stream/{StreamName}", NULL},
    {"ListTagsForStream", NULL, "{StreamARN} stream/{StreamName}", NULL},
    {"GetRecords", NULL, NULL, get_records_needs},
    {"ListStreams", NULL, NULL, NULL},
    {"DescribeLimits", NULL, NULL, NULL},
    {"DescribeAccountSettings", NULL, NULL, NULL},
    {"UpdateAccountSettings", NULL, NULL, NULL},
    {"DescribeStreamConsumer", NULL, "{ConsumerARN} {StreamARN}/consumer/{ConsumerName}", NULL},
    {"DeregisterStreamConsumer", NULL, "{ConsumerARN} {StreamARN}/consumer/{ConsumerName}", NULL},
    {"SubscribeToShard", NULL, "{ConsumerARN} {StreamARN}/consumer/{ConsumerName}", NULL},
    {"TagResource", NULL, "{ResourceARN}", NULL},
    {"UntagResource", NULL, "{ResourceARN}", NULL},
    {"ListTagsForResource", NULL, "{ResourceARN}", NULL},
    {"PutResourcePolicy", NULL, "{ResourceARN}", NULL},
    {"GetResourcePolicy", NULL, "{ResourceARN}", NULL},
    {"DeleteResourcePolicy", NULL, "{ResourceARN}", NULL},
    {NULL, NULL, NULL, NULL},
};

const PermissionsOf kinesis_permissions = {
    .prefix = "kinesis",
    .rows = rows,
    .resource = find_resource,
};
