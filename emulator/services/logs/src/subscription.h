/* subscription.h - subscription filters of a group: what is put into it is delivered to somebody, in the same turn. */
#pragma once
#include "append.h"
#include "destination.h"

#define SUBSCRIPTIONS_MAX 2 /* aws: PutSubscriptionFilter: "Each log group can have up to two subscription filters" */

typedef struct Subscription {
    int64_t group_id;
    Bytes name, pattern, destination_arn;
    Bytes role_arn; /* absent: none */
    bool is_random;
    int64_t created_ms;
} Subscription;

MUST_CHECK int subscriptions_of(const Scope *scope, int64_t group_id, Subscription subscriptions[SUBSCRIPTIONS_MAX],
                                size_t *ret_count);
MUST_CHECK int subscriptions_remove_all(const Scope *scope, int64_t group_id);

/* What was put: the first event's place tells those of all, unless they went to several chunks. */
MUST_CHECK int subscriptions_forward(const Scope *scope, const LogGroup *group, const LogStream *stream, Batch batch);
