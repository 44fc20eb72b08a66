/* dynamodbstreams.c - the service: DynamoDB's state is its own. */
#include "dynamodbstreams.h"
#include "dynamodbstreams_operations.h"
#include "iterator.h"
#include "permission.h"

/* aws: as DynamoDB's own: recorded answers have it, the model hasn't */
const ErrorModel DYNAMODBSTREAMS_VALIDATION = {
    "ValidationException", "com.amazon.coral.validate", NULL, 400, true, "message", NULL};

static void *open_streams(Runtime *runtime)
{
    return runtime_service(runtime, &dynamodb_service);
}

static void close_streams(void *service)
{
    (void)service;
}

extern const PermissionsOf dynamodbstreams_permissions; /* permissions.c */

const Service dynamodbstreams_service = {
    .model = &DYNAMODBSTREAMS_SERVICE,
    .operations = DYNAMODBSTREAMS_OPERATIONS,
    .validation_error = &DYNAMODBSTREAMS_VALIDATION,
    .open = open_streams,
    .close = close_streams,
    /* The same front end as DynamoDB's. */
    .tells_crc32 = true,
    .request_id_len = 52,
    .common_name_space = "com.amazon.coral.service",
    .permissions = &dynamodbstreams_permissions,
};
