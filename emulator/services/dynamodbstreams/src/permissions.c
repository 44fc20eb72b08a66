/* permissions.c - what each operation asks of policies. aws: Service Authorization Reference, "Actions, resources, and
 * condition keys for Amazon DynamoDB". */
#include "dynamodbstreams.h"
#include "dynamodbstreams_model.h"
#include "permission.h"

extern const PermissionsOf dynamodbstreams_permissions;

/* An iterator begins with its stream's ARN. */
static void get_records_needs(Call *call, const void *in, NeedList *needs)
{
    Bytes rest = ((const DynamodbstreamsGetRecordsInput *)in)->shard_iterator, arn = bytes_cut(&rest, '|');
    permission_need(call, &dynamodbstreams_permissions, needs, bytes_starts_with(arn, TEXT("arn:")) ? arn : TEXT("*"));
}

static const Permission rows[] = {
    {"ListStreams", "dynamodb:ListStreams", NULL, NULL},
    {"DescribeStream", NULL, "{StreamArn}", NULL},
    {"GetShardIterator", NULL, "{StreamArn}", NULL},
    {"GetRecords", NULL, NULL, get_records_needs},
    {NULL, NULL, NULL, NULL},
};

const PermissionsOf dynamodbstreams_permissions = {
    .prefix = "dynamodb",
    .rows = rows,
};
