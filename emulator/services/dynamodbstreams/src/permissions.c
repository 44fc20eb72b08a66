/* permissions.c - what each operation asks of policies. aws: Service Authorization Reference, "Actions, resources, and
 * condition keys for Amazon DynamoDB". */
#include "dynamodb.h"
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

extern const PermissionsOf dynamodb_permissions;

/* A stream is its table's, and so are its policy and tags. */
static int find_resource(const Scope *scope, PermissionResource *found)
{
    Scope theirs = scope_for(scope, runtime_service(scope->runtime, &dynamodb_service));
    return theirs.service ? dynamodb_permissions.resource(&theirs, found) : STORE_OK;
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
    .resource = find_resource,
};
