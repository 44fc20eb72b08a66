/* managed.c - the aliases AWS has for its services. aws: Developer Guide, "AWS managed keys": "alias/aws/<service>".
 * ListAliases tells those whose key is there; the others are made by whoever first asks for them by name. */
#include "key.h"

#define PROTECTS(what) "Default key that protects my " what " when no other key is defined"

static const struct {
    const char *alias, *description;
} managed[] = {
    {"alias/aws/acm", PROTECTS("ACM private keys")},
    {"alias/aws/backup", PROTECTS("Backup data")},
    {"alias/aws/dynamodb", PROTECTS("DynamoDB data")},
    {"alias/aws/ebs", PROTECTS("EBS volumes")},
    {"alias/aws/elasticfilesystem", PROTECTS("EFS filesystems")},
    {"alias/aws/es", PROTECTS("Elasticsearch data")},
    {"alias/aws/glue", PROTECTS("Glue data")},
    {"alias/aws/kinesis", PROTECTS("Kinesis data")},
    {"alias/aws/lambda", PROTECTS("Lambda functions")},
    {"alias/aws/rds", PROTECTS("RDS database volumes")},
    {"alias/aws/redshift", PROTECTS("Redshift clusters")},
    {"alias/aws/s3", PROTECTS("S3 objects")},
    {"alias/aws/secretsmanager", PROTECTS("Secrets Manager data")},
    {"alias/aws/sns", PROTECTS("SNS data")},
    {"alias/aws/sqs", PROTECTS("SQS messages")},
    {"alias/aws/ssm", PROTECTS("SSM parameters")},
    {"alias/aws/xray", PROTECTS("X-Ray data")},
};

Bytes managed_description(Bytes alias)
{
    for (size_t i = 0; i < sizeof managed / sizeof *managed; i++)
        if (bytes_is(alias, managed[i].alias))
            return bytes_of(managed[i].description);
    return (Bytes){0};
}
