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

/* The call is of the account that the ARN has: STORE_OK, STORE_NOT_FOUND, or below 0. */
MUST_CHECK int resource_owner(Call *call, Bytes arn, int64_t *ret_owner);
/* resource_policy.c: absent: it has none. */
MUST_CHECK int resource_policy(const Scope *scope, int64_t owner, Bytes *ret_policy);
MUST_CHECK Status resource_find(Call *call, Bytes arn, Resource *ret_resource);
