/* services.c - all services there are, each behind those it uses. Nothing else names one. */
#include "services.h"
#include "cloudwatch.h"
#include "dynamodb.h"
#include "dynamodbstreams.h"
#include "firehose.h"
#include "glue.h"
#include "iam.h"
#include "kinesis.h"
#include "kms.h"
#include "logs.h"
#include "s3.h"
#include "sts.h"

const Service *const ALL_SERVICES[] = {
    &kms_service,        &iam_service,      &sts_service,
    &cloudwatch_service, &s3_service,       &glue_service,
    &kinesis_service,    &dynamodb_service, &dynamodbstreams_service,
    &firehose_service,   &logs_service,     NULL,
};
