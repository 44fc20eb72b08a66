/* endpoint.h - an HTTP endpoint as destination: what is kept of it, and its rules. Its S3 part, where what it does not
 * take goes, is a destination as any other, which follows from it. */
#pragma once
#include "destination.h"

typedef FirehoseHttpEndpointDestinationDescription Endpoint;

MUST_CHECK Status endpoint_of_new(Call *call, const FirehoseHttpEndpointDestinationConfiguration *in, Target *ret);
MUST_CHECK Status endpoint_update(Call *call, const FirehoseHttpEndpointDestinationUpdate *in, Target *target);
/* NULL: the stream delivers to S3, or what is kept is damaged. */
Endpoint *endpoint_read(Arena *arena, const DeliveryStream *stream);
Bytes endpoint_json(Arena *arena, const Endpoint *endpoint);
