/* permissions.c - what each operation asks of policies. aws: Service Authorization Reference, "Actions, resources, and
 * condition keys for Amazon CloudWatch Logs". */
#include "logs.h"
#include "permission.h"

extern const PermissionsOf logs_permissions;

static const Permission rows[] = {
    {"CreateLogGroup", NULL, "log-group:{logGroupName}", NULL},
    {"DeleteLogGroup", NULL, "log-group:{logGroupName}", NULL},
    {"CreateLogStream", NULL, "log-group:{logGroupName}", NULL},
    {"DescribeLogStreams", NULL, "log-group:{logGroupIdentifier} log-group:{logGroupName}", NULL},
    {"FilterLogEvents", NULL, "log-group:{logGroupIdentifier} log-group:{logGroupName}", NULL},
    {"DescribeLogGroups", NULL, NULL, NULL},
    {"DeleteLogStream", NULL, "log-group:{logGroupName}:log-stream:{logStreamName}", NULL},
    {"PutLogEvents", NULL, "log-group:{logGroupName}:log-stream:{logStreamName}", NULL},
    {"GetLogEvents", NULL,
     "log-group:{logGroupName}:log-stream:{logStreamName} log-group:{logGroupIdentifier}:log-stream:{logStreamName}",
     NULL},
    {"PutRetentionPolicy", NULL, "log-group:{logGroupName}", NULL},
    {"DeleteRetentionPolicy", NULL, "log-group:{logGroupName}", NULL},
    {"TagLogGroup", NULL, "log-group:{logGroupName}", NULL},
    {"UntagLogGroup", NULL, "log-group:{logGroupName}", NULL},
    {"ListTagsLogGroup", NULL, "log-group:{logGroupName}", NULL},
    {"PutSubscriptionFilter", NULL, "log-group:{logGroupName}", NULL},
    {"DescribeSubscriptionFilters", NULL, "log-group:{logGroupName}", NULL},
    {"DeleteSubscriptionFilter", NULL, "log-group:{logGroupName}", NULL},
    {"AssociateKmsKey", NULL, "log-group:{logGroupName} {resourceIdentifier}", NULL},
    {"DisassociateKmsKey", NULL, "log-group:{logGroupName} {resourceIdentifier}", NULL},
    {"PutLogGroupDeletionProtection", NULL, "log-group:{logGroupIdentifier}", NULL},
    {"ListLogGroups", NULL, NULL, NULL},
    {"PutResourcePolicy", NULL, NULL, NULL},
    {"DescribeResourcePolicies", NULL, NULL, NULL},
    {"DeleteResourcePolicy", NULL, NULL, NULL},
    {"DescribeDestinations", NULL, NULL, NULL},
    {"TagResource", NULL, "{resourceArn}", NULL},
    {"UntagResource", NULL, "{resourceArn}", NULL},
    {"ListTagsForResource", NULL, "{resourceArn}", NULL},
    {"PutDestination", NULL, "destination:{destinationName}", NULL},
    {"DeleteDestination", NULL, "destination:{destinationName}", NULL},
    {"PutDestinationPolicy", NULL, "destination:{destinationName}", NULL},
    {"PutMetricFilter", NULL, "log-group:{logGroupName}", NULL},
    {"DeleteMetricFilter", NULL, "log-group:{logGroupName}", NULL},
    {"DescribeMetricFilters", NULL, "log-group:{logGroupName}", NULL},
    {"StartLiveTail", NULL, "log-group:{logGroupIdentifiers[]}", NULL},
    {"StartQuery", NULL, "log-group:{logGroupName} log-group:{logGroupNames[]} log-group:{logGroupIdentifiers[]}",
     NULL},
    {"TestMetricFilter", NULL, NULL, NULL},
    {"GetQueryResults", NULL, NULL, NULL},
    {"StopQuery", NULL, NULL, NULL},
    {"DescribeQueries", NULL, NULL, NULL},
    {"GetLogRecord", NULL, NULL, NULL},
    {"PutQueryDefinition", NULL, NULL, NULL},
    {"DescribeQueryDefinitions", NULL, NULL, NULL},
    {"DeleteQueryDefinition", NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL},
};

static const char *const roles[] = {"roleArn", NULL};

const PermissionsOf logs_permissions = {
    .prefix = "logs",
    .rows = rows,
    .roles = roles,
    .passed_to = "logs.amazonaws.com",
};
