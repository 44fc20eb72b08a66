/* permissions.c - what each operation asks of policies. aws: Service Authorization Reference, "Actions, resources, and
 * condition keys for Amazon Data Firehose". */
#include "firehose.h"
#include "firehose_model.h"
#include "permission.h"

extern const PermissionsOf firehose_permissions;

/* aws: the roles that it is to act by must be the caller's to pass. */
static void delivery_needs(Call *call, const void *in, NeedList *needs)
{
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
    };
    permission_need(call, &firehose_permissions, needs,
                    arena_text(call->arena, "deliverystream/" BYTES_FMT,
                               BYTES_ARG(permission_member(call, in, "DeliveryStreamName"))));
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        permission_pass_roles(call, in, roles[i], needs);
}

static void add_facts(Call *call, const void *in, FactList *facts)
{
    (void)call;
    (void)in;
    fact_add(facts, TEXT("iam:PassedToService"), TEXT("firehose.amazonaws.com"));
}

static const Permission rows[] = {
    {"CreateDeliveryStream", NULL, NULL, delivery_needs},
    {"UpdateDestination", NULL, NULL, delivery_needs},
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
    .facts = add_facts,
};
