/* permissions.c - what each operation asks of policies. aws: Service Authorization Reference, "Actions, resources, and
 * condition keys for Amazon Data Firehose". */
#include "firehose.h"
#include "permission.h"

extern const PermissionsOf firehose_permissions;

static const char *const roles[] = {
    "KinesisStreamSourceConfiguration.RoleARN",
    "S3DestinationConfiguration.RoleARN",
    "ExtendedS3DestinationConfiguration.RoleARN",
    "ExtendedS3DestinationConfiguration.S3BackupConfiguration.RoleARN",
    "ExtendedS3DestinationConfiguration.DataFormatConversionConfiguration.SchemaConfiguration.RoleARN",
    "HttpEndpointDestinationConfiguration.RoleARN",
    "HttpEndpointDestinationConfiguration.S3Configuration.RoleARN",
    "S3DestinationUpdate.RoleARN",
    "ExtendedS3DestinationUpdate.RoleARN",
    "HttpEndpointDestinationUpdate.RoleARN",
    NULL,
};

static const Permission rows[] = {
    {"CreateDeliveryStream", NULL, "deliverystream/{DeliveryStreamName}", NULL},
    {"UpdateDestination", NULL, "deliverystream/{DeliveryStreamName}", NULL},
    {"DescribeDeliveryStream", NULL, "deliverystream/{DeliveryStreamName}", NULL},
    {"DeleteDeliveryStream", NULL, "deliverystream/{DeliveryStreamName}", NULL},
    {"PutRecord", NULL, "deliverystream/{DeliveryStreamName}", NULL},
    {"PutRecordBatch", NULL, "deliverystream/{DeliveryStreamName}", NULL},
    {"StartDeliveryStreamEncryption", NULL, "deliverystream/{DeliveryStreamName}", NULL},
    {"StopDeliveryStreamEncryption", NULL, "deliverystream/{DeliveryStreamName}", NULL},
    {"TagDeliveryStream", NULL, "deliverystream/{DeliveryStreamName}", NULL},
    {"UntagDeliveryStream", NULL, "deliverystream/{DeliveryStreamName}", NULL},
    {"ListTagsForDeliveryStream", NULL, "deliverystream/{DeliveryStreamName}", NULL},
    {"ListDeliveryStreams", NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL},
};

const PermissionsOf firehose_permissions = {
    .prefix = "firehose",
    .rows = rows,
    .roles = roles,
    .passed_to = "firehose.amazonaws.com",
};
