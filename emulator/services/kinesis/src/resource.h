/* resource.h - what an ARN can name besides by an operation's own members: a stream or a registered consumer.
 * aws: Kinesis API, TagResource, PutResourcePolicy. */
#pragma once
#include "consumer.h"

typedef struct Resource {
    Stream *stream;
    Consumer consumer;
    bool is_consumer;
    int64_t owner; /* of its tags and policy: the stream's id, or the consumer's below 0 */
} Resource;

MUST_CHECK Status resource_find(Call *call, Bytes arn, Resource *ret_resource);
