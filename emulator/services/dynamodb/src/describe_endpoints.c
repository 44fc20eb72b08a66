/* describe_endpoints.c - DescribeEndpoints: the region's, as AWS tells it. Whoever was told an endpoint
 * (AWS_ENDPOINT_URL) asks for none: SDKs discover endpoints only where they have none. DynamoDB API Reference,
 * DescribeEndpoints. */
#include "table.h"

OPERATION(DynamodbDescribeEndpoints, describe_endpoints, READS);

#define CACHE_MINUTES 1440 /* aws: the reference's example */

static Status describe_endpoints(Call *call, const DynamodbDescribeEndpointsInput *in,
                                 DynamodbDescribeEndpointsOutput *out)
{
    (void)in;
    DynamodbEndpoint *endpoint = arena_new_of(call->arena, DynamodbEndpoint);
    endpoint->address = arena_text(call->arena, "dynamodb." BYTES_FMT ".amazonaws.com", BYTES_ARG(call->region));
    SET(endpoint, cache_period_in_minutes, CACHE_MINUTES);
    out->endpoints = (DynamodbEndpoints){endpoint, 1};
    return OK;
}
